"""The README's table of finite-element answers against the designs it names."""

import re

import pytest

from tests.shipped import ROOT
from tfgeom.design import load_design
from tfgeom.metrics.resistance import Resistance
from tfgeom.model import build_model

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


def cells_of(found: Resistance) -> tuple[str, ...]:
    """Return what the table should say."""
    numbers, solved = found.numbers, found.solved
    assert solved is not None
    mark = "at best " if numbers.incomplete else ""
    parts = sorted(numbers.asr_by_part_ohm_cm2.items(), key=lambda part: -part[1])
    told = []
    for part, value in parts:
        share = value / numbers.asr_ohm_cm2
        if share < LEAST_SHARE:
            continue
        name = part.replace("_", " ")
        if found.flooded is not None and part == found.flooded.circuit.other_interface:
            name = "lithium's interface"
        words = f"{name} {percent(share)}"
        if part == "electrolyte" and found.flooded is not None:
            words += f" (in the gaps {percent(found.flooded.liquid_in_gaps / found.flooded.asr)})"
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
    found = build_model(load_design(ROOT / "designs" / f"{name}.yaml")).resistance(by_elements=True)
    assert table()[name] == cells_of(found)
    assert found.solved is not None
    assert found.solved.discretisation_error < 5e-4  # the table's four digits
