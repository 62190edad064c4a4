"""The README's table of finite-element answers against the designs it names."""

import re

import pytest

from tests.shipped import ROOT
from tfgeom.design import load_design
from tfgeom.evaluation import solve_transport
from tfgeom.metrics.transport_numbers import TransportNumbers
from tfgeom.transport.liquid.fields import LiquidFields

HEADING = "### What the finite elements say"
LEAST_SHARE = 0.01


def table() -> dict[str, tuple[str, ...]]:
    """Return the cells of the table by design."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split(HEADING)[1].split("\n#")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    found = {}
    for first, *cells in rows[2:]:
        name = re.search(r"`(\w+)`", first)
        assert name is not None, first
        found[name[1]] = tuple(cell.strip() for cell in cells)
    return found


def percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def cells_of(found: TransportNumbers) -> tuple[str, ...]:
    """Return what the table should say."""
    numbers, solved = found.numbers, found.solve
    assert solved is not None
    mark = "at best " if numbers.incomplete else ""
    parts = sorted(numbers.asr_by_part_ohm_cm2.items(), key=lambda part: -part[1])
    told = []
    for part, value in parts:
        share = value / numbers.asr_ohm_cm2
        if share < LEAST_SHARE:
            continue
        name = part.replace("_", " ")
        fields = solved.fields
        if isinstance(fields, LiquidFields) and part == fields.circuit.other_interface:
            name = "lithium's interface"
        words = f"{name} {percent(share)}"
        in_gaps = solved.losses.where(place="gaps")
        if part == "electrolyte" and in_gaps.rows:
            words += f" (in the gaps {percent(float(in_gaps.total) / solved.asr)})"
        told.append(words)
    peaks = [f"{electrode} {peak:#.3g}" for electrode, peak in solved.current_peak_to_mean.items()]
    return (
        f"{mark}{numbers.asr_ohm_cm2:#.4g}",
        f"{numbers.planar_asr_ohm_cm2:#.4g}",
        ", ".join(told),
        ", ".join(peaks),
    )


def test_the_table_names_every_kind_of_cell() -> None:
    kinds = {load_design(ROOT / "designs" / f"{name}.yaml").relief.kind for name in table()}
    assert kinds >= {"holes", "pillars", "trenches", "microtubes", "honeycomb"}


@pytest.mark.parametrize("name", table())
def test_the_table_says_what_the_solve_gives(name: str) -> None:
    found = solve_transport(load_design(ROOT / "designs" / f"{name}.yaml"))
    assert table()[name] == cells_of(found)
    assert found.solve is not None
    # the table's four digits; films below a liquid count as columns, an error that stays on every mesh
    assert found.solve.discretisation_error - found.solve.columns_error < 5e-4
    assert found.solve.columns_error < 1e-3
