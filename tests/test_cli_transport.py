"""``tfgeom transport``: what it prints, its options, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvista

from tests.commands import run
from tests.shipped import DESIGNS, IMEC, PEARSE
from tfgeom.design import load_design
from tfgeom.evaluation import solve_transport
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.verification import assembly


def transport(*arguments: object) -> int:
    return run("transport", *arguments)


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert transport(*arguments, "--json") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_numbers_of_a_conformal_cell(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, PEARSE, "--resolution", "1")
    assert set(found) == {
        "resistance", "interfaces", "bounds", "drive", "salt", "mesh", "unknowns", "iterations", "seconds",
        "assembly", "notes",
    }  # fmt: skip
    resistance, bounds = found["resistance"], found["bounds"]
    assert sum(resistance["asr_by_part_ohm_cm2"].values()) == pytest.approx(resistance["asr_ohm_cm2"])
    assert bounds["lower_ohm_cm2"] < resistance["asr_ohm_cm2"] < bounds["upper_ohm_cm2"]
    assert found["drive"] is found["salt"] is None
    for electrode in ("cathode", "anode"):
        spread = found["interfaces"][electrode]
        assert spread["peak_to_mean"] == resistance["current_peak_to_mean"][electrode] > 1
        assert set(spread["hot_spot"]) == {"strip", "x_um", "y_um", "z_um"}
    assert found["interfaces"]["cathode"]["hot_spot"]["strip"] == "rim"
    assert found["interfaces"]["anode"]["hot_spot"]["strip"] == "floor"
    # the plane by the same solver is a sum of slabs and interfaces
    assert resistance["planar_asr_ohm_cm2"] == pytest.approx(118.16, rel=1e-4)


def test_resolution_is_that_of_the_mesh(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = [printed(capsys, PEARSE, "--resolution", refine)["mesh"]["n_cells"] for refine in ("1", "2")]
    assert sizes[1] == 8 * sizes[0]


def test_numbers_of_a_flooded_cell_and_its_fields(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = printed(capsys, IMEC, "--resolution", "1", "-o", str(tmp_path / "liquid.vtu"))
    assert found["resistance"]["method"] == "finite elements"
    assert found["resistance"]["current_peak_to_mean"]["cathode"] is None
    assert found["resistance"]["current_peak_to_mean"]["anode"] > 1.4
    grid = pyvista.read(tmp_path / "liquid.vtu")
    beside = json.loads((tmp_path / "liquid.vtu.json").read_text(encoding="utf-8"))
    assert (beside["n_nodes"], beside["n_cells"]) == (grid.n_points, grid.n_cells)
    assert beside["arrays"] == {"potential_V": "V", "current_density_A_m2": "A/m^2"}
    (part,) = beside["parts"]
    assert (part["name"], part["number"], part["material_number"]) == ("liquid", 3, 3)
    assert grid.field_data["film:liquid"].tolist() == np.unique(grid["film"]).tolist() == [3]
    assert grid.n_points == found["mesh"]["n_nodes"]
    assert 0 <= grid["potential_V"].min() < grid["potential_V"].max() <= 1
    # what enters at the counter electrode is 1 V over the resistance, straight down
    top = grid.cell_centers().points[:, 2] > grid.bounds[5] - 1
    down = -grid["current_density_A_m2"][top][:, 2]
    asr = found["resistance"]["asr_ohm_cm2"] * 1e-4
    assert down == pytest.approx(1 / asr, rel=1e-3)


@pytest.mark.parametrize("design", [PEARSE, IMEC], ids=["films", "liquid"])
def test_fields_in_any_unit(design: Path, tmp_path: Path) -> None:
    """The same fields at the same places; the file and its description say the unit."""
    read = {}
    for unit, options in (("um", ()), ("mm", ("--unit", "mm"))):
        file = tmp_path / f"{unit}.vtu"
        assert transport(design, "--resolution", "1", "-o", file, *options) == 0
        assert json.loads(Path(f"{file}.json").read_text(encoding="utf-8"))["unit"] == unit
        read[unit] = pyvista.read(file)
    assert read["mm"].field_data["length_unit:mm"].tolist() == [1e-3]
    assert "length_unit:um" not in read["mm"].field_data.keys()  # noqa: SIM118
    assert 1e3 * read["mm"].points == pytest.approx(read["um"].points, rel=1e-12)
    for name in ("potential_V", "current_density_A_m2"):
        assert read["mm"][name] == pytest.approx(read["um"][name], rel=1e-12)


def test_a_finite_current(capsys: pytest.CaptureFixture[str]) -> None:
    small = printed(capsys, PEARSE, "--resolution", "1")["resistance"]["asr_ohm_cm2"]
    driven = printed(capsys, PEARSE, "--resolution", "1", "--current", "50 mA/cm^2")
    drive, asr = driven["drive"], driven["resistance"]["asr_ohm_cm2"]
    assert drive["footprint_current_mA_cm2"] == pytest.approx(50)
    assert drive["polarisation_V"] == pytest.approx(0.05 * asr)
    assert asr < 0.7 * small  # charge transfer gives way
    assert driven["bounds"] == {"lower_ohm_cm2": None, "upper_ohm_cm2": None}
    again = printed(capsys, PEARSE, "--resolution", "1", "--voltage", f"{drive['polarisation_V']} V")
    assert again["drive"]["footprint_current_mA_cm2"] == pytest.approx(50, rel=1e-5)


def test_cells_in_series_are_one_stack(capsys: pytest.CaptureFixture[str]) -> None:
    bipolar = DESIGNS / "bipolar_holes.yaml"
    still = printed(capsys, bipolar, "--resolution", "1")
    total = still["resistance"]["asr_ohm_cm2"]
    assert still["bounds"]["lower_ohm_cm2"] < total < still["bounds"]["upper_ohm_cm2"]
    driven = printed(capsys, bipolar, "--resolution", "1", "--voltage", "0.3 V")
    drive = driven["drive"]
    assert drive["polarisation_V"] == pytest.approx(0.3)
    current = drive["footprint_current_mA_cm2"] * 1e-3
    assert 0.3 / current == pytest.approx(driven["resistance"]["asr_ohm_cm2"])


def changed(folder: Path, design: Path, old: str, new: str) -> Path:
    text = design.read_text(encoding="utf-8")
    assert old in text
    file = folder / "changed.yaml"
    file.write_text(text.split("chosen:")[0].replace(old, new), encoding="utf-8")
    return file


def test_exact_bounds_allow_for_rounding(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # on the plane beside it the result is its bound, but for what the solve rounds
    design = changed(tmp_path, PEARSE, "25 nm}", "25 nm, interface_resistance: 10 ohm*cm^2}")
    found = printed(capsys, design, "--resolution", "1")["resistance"]
    assert found["planar_asr_ohm_cm2"] == pytest.approx(128.162, rel=1e-5)
    wide = changed(tmp_path, IMEC, "separator: 20 um", "separator: 5 mm")
    assert printed(capsys, wide, "--resolution", "1")["resistance"]["asr_ohm_cm2"] > 50


def test_options_of_a_solve_are_not_ignored_without_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    filled = changed(
        tmp_path, PEARSE, "material: TiN,     thickness: 25 nm", "material: TiN, fill: {above_top: 2 um}"
    )
    contacted = filled.read_text(encoding="utf-8").replace(
        "  temperature:", "  contact: auto\n  temperature:"
    )
    filled.write_text(contacted, encoding="utf-8")
    assert transport(filled) == 0
    assert "contact does not count" in capsys.readouterr().err
    assert transport(filled, "--current", "1 mA/cm^2") == 1
    assert "without finite elements leave the options out" in capsys.readouterr().err
    assert transport(filled, "--assembly", "scikit-fem") == 1
    assert "without finite elements leave the options out" in capsys.readouterr().err


def test_a_voltage_that_lies_outside_the_films_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lithium = changed(
        tmp_path,
        PEARSE,
        "material: SnNx,    thickness: 10 nm}\n  - {role: current_collector, material: TiN,     thickness: 25 nm}",
        "material: Li, thickness: 10 nm}\n  - {role: current_collector, material: TiN, thickness: 25 nm, "
        "interface_resistance: 10 ohm*cm^2}",
    )
    assert transport(lithium, "--voltage", "50 mV") == 1
    assert "give --current" in capsys.readouterr().err


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert transport(PEARSE) == 0
    text = capsys.readouterr().out
    assert "discretisation error about" in text
    assert "largest at the rim" in text
    assert "anode_interface\t5.6588 ohm cm2, 0.442 of it" in text


def test_resistance_asks_for_no_capacity(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Of a cathode with a capacity and of one without, all else equal, the numbers are the same."""
    mine = "materials:\n  mine: {electronic_conductivity: 1e-3 S/cm, exchange_current: 1 mA/cm^2"
    text = PEARSE.read_text(encoding="utf-8").split("chosen:")[0].split("published:")[0]
    assert "LiV2O5" in text
    file = tmp_path / "mine.yaml"
    found = []
    for more in ("", ", volumetric_capacity: 37 uAh/cm^2/um, lithiation: 1"):
        file.write_text(f"{text.replace('LiV2O5', 'mine')}\n{mine}{more}}}\n", encoding="utf-8")
        found.append(printed(capsys, file, "--resolution", "1")["resistance"])
    assert found[0] == found[1]


SALTED = "cell: {type: flooded, electrolyte_model: salt"


@pytest.mark.parametrize(
    "name", ["films", "films at a current", "cells in series", "liquid", "salt at a current"]
)
def test_scikit_fem_assembles_the_same_system(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    design: Path = {"cells in series": DESIGNS / "bipolar_holes.yaml", "liquid": IMEC}.get(name, PEARSE)
    if name.startswith("salt"):
        design = changed(tmp_path, IMEC, "cell: {type: flooded", SALTED)
    drive = ("--current", "1 mA/cm^2") if name.endswith("current") else ()
    found = printed(capsys, design, "--resolution", "1", "--assembly", "scikit-fem", *drive)
    other, own = found["assembly"], found["resistance"]
    assert set(other) == {"name", "asr_ohm_cm2", "relative_difference", "parts_relative_difference"}
    assert other["name"] == "scikit-fem"
    assert other["asr_ohm_cm2"] == pytest.approx(own["asr_ohm_cm2"], rel=1e-9)
    assert abs(other["relative_difference"]) < 1e-9
    assert set(other["parts_relative_difference"]) == set(own["asr_by_part_ohm_cm2"])
    for part, difference in other["parts_relative_difference"].items():
        assert abs(difference * own["asr_by_part_ohm_cm2"][part]) < 1e-9 * own["asr_ohm_cm2"]


@pytest.mark.parametrize(
    ("design", "meshed"),
    [(PEARSE, ("cathode", "electrolyte", "anode")), (IMEC, ("electrolyte",))],
    ids=["films", "liquid"],
)
def test_another_assembly_that_errs_is_seen(
    monkeypatch: pytest.MonkeyPatch, design: Path, meshed: tuple[str, ...]
) -> None:
    """Hexahedra that conduct 1 % too well take 1 % off their share of the resistance, to first order."""
    better: Kernel = lambda corners, sigma: hex_stiffness(corners, 1.01 * sigma)  # noqa: E731
    monkeypatch.setattr(assembly, "ASSEMBLIES", {"own": hex_stiffness, "better": better})
    found = solve_transport(load_design(design), resolution=1, assembly="better")
    other, parts = found.other, found.numbers.asr_by_part_ohm_cm2
    assert other is not None
    share = sum(parts[part] for part in meshed) / found.numbers.asr_ohm_cm2
    assert other.relative_difference == pytest.approx(-0.01 * share, rel=0.02)
    differences = other.parts_relative_difference
    worst = max(differences, key=lambda part: abs(differences[part]))
    assert worst in meshed
    ((_, text),) = (row for row in found.rows() if row[0] == "assembled by better")
    assert f"relative difference {other.relative_difference:.1e}" in text
    assert f"at most {differences[worst]:.1e} ({worst})" in text


def test_nobody_else_assembles_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, PEARSE, "--resolution", "1")["assembly"] is None
    assert printed(capsys, PEARSE, "--resolution", "1", "--assembly", "own")["assembly"] is None


@pytest.mark.parametrize(("arguments", "code", "message"), [
    ((PEARSE, "--within", "1e-9"), 1, "more than the 1.0e-09 asked for; use a higher resolution"),
    ((PEARSE, "--within", "2"), 2, "--within: must be between 0 and 1, not 2"),
    ((PEARSE, "--current", "5"), 2, "--current: needs a unit"),
    ((PEARSE, "--current", "5 mA"), 2, "--current: 'mA' is not a unit of this kind"),
    ((PEARSE, "--current", "-1 mA/cm^2"), 2, "--current: must be greater than 0"),
    ((PEARSE, "--current", "1 mA/cm^2", "--voltage", "1 V"), 2, "--voltage: stands instead of --current"),
    ((PEARSE, "--assembly", "scikitfem"), 2, "--assembly: 'scikitfem' is unknown; did you mean 'scikit-fem'?"),
    ((PEARSE, "--voltage", "500 V"), 2, "--voltage: 500 V is above what the charged cell has at rest, 3.239 V"),
    ((PEARSE, "--current", "100 A/cm^2"), 2, "use a current that takes at most 3.239 V"),
    ((IMEC, "--current", "1 mA/cm^2"), 1, "use electrolyte_model: salt with a current"),
    ((PEARSE, "--resolution", "500"), 1, "of memory and"),
    ((PEARSE, "--unit", "mm"), 2, "--unit mm: is that of the file of -o; leave it out, or add -o fields.vtu"),
    ((PEARSE, "-o", "fields.vtu", "--unit", "inch"), 2, "--unit inch: unknown; use nm, um, mm or m"),
    ((PEARSE, "-o", "fields.csv"), 2, "fields.csv: '.csv' is not a format of it; use .vtu, for example fields.vtu"),
])  # fmt: skip
def test_what_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert transport(*arguments) == code
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""
