"""The README's table of misses says what both rate models give."""

import copy
import re
from typing import Any

import pytest

from tests.shipped import ROOT
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes
from tfgeom.design import design_from_mapping, read_mapping
from tfgeom.evaluation import evaluate
from tfgeom.metrics.film_cells import film_cells
from tfgeom.transport.discharge.constant_current import discharge_curves

HEAD = "### What both rate models miss"
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "LTO 2024": ("speulmanns_2024_lto", {"footprint_currents": ["5 mA/cm^2"]}),
    "Lille anatase": ("letiche_2017_double_microtubes", {"c_rates": [2]}),
    "imec Cl-TiO2": ("imec_2017_pillars_cl_tio2", {"c_rates": [20]}),
    "VO2": ("mattelaer_2017_pillars_vo2", {"c_rates": [40]}),
    "`bates_planar`": ("bates_planar", {"footprint_currents": ["3 mA/cm^2"]}),
}


def table() -> dict[str, list[str]]:
    """Cells of each row after its first words."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split(HEAD)[1].split("\n#")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows if "%" in row[2]}


def mapping(stem: str, operation: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(dict(read_mapping(ROOT / "designs" / f"{stem}.yaml")[0]))
    kept = {
        key: value
        for key, value in found["operation"].items()
        if key not in ("c_rates", "footprint_currents")
    }
    found |= {"published": [], "operation": {**kept, **operation}}
    if stem == "bates_planar":
        found["layers"][1]["thickness"] = "20 um"
        found["layers"][3]["thickness"] = "10 um"
    return found


def in_time(said: dict[str, Any]) -> float:
    """Utilisation by the film model at the one rate of a design."""
    design = design_from_mapping(said)
    cells = film_cells(beside_planes(assemble_cell(design))).value
    assert cells is not None
    closed = evaluate(design).rate
    assert closed is not None
    (curve,) = discharge_curves(cells.cell, [closed[0].footprint_current_mA_cm2 * 10])
    return float(curve.charge[-1]) / cells.cell.capacity


def percent(text: str) -> tuple[float, float]:
    """A share and half a unit of its last digit."""
    number = re.match(r"[\d.]+", text)
    assert number is not None
    digits = number[0].partition(".")[2]
    return float(number[0]) / 100, 0.51 * 10 ** -(len(digits) + 2)


def test_every_row_is_a_case() -> None:
    rows = table()
    assert len(rows) == len(CASES)
    assert all(any(row.startswith(case) for row in rows) for case in CASES)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_what_the_models_give_is_what_stands_there(case: str) -> None:
    (row,) = (cells for name, cells in table().items() if name.startswith(case))
    said = mapping(*CASES[case])
    closed = evaluate(design_from_mapping(said)).rate
    assert closed is not None
    value, within = percent(row[1])
    assert closed[0].utilisation == pytest.approx(value, abs=within)
    value, within = percent(row[2])
    assert in_time(said) == pytest.approx(value, abs=within)


@pytest.mark.slow
def test_the_band_of_the_phases_limits() -> None:
    (row,) = (cells for name, cells in table().items() if name.startswith("LTO"))
    band = re.search(r"\((\d+) to (\d+) %\)", row[2])
    assert band is not None
    said = mapping(*CASES["LTO 2024"])
    ends = []
    for poor, rich in ((0.02, 0.98), (0.1, 0.9)):  # the library's band
        limits = {"x_alpha": poor, "x_beta": rich, "D_alpha": "4e-16 m^2/s", "D_beta": "4e-16 m^2/s"}
        ends.append(100 * in_time(said | {"materials": {"Li4Ti5O12": {"two_phase": limits}}}))
    assert [round(end) for end in ends] == [int(band[1]), int(band[2])]
