"""The sweeps that are shipped show what their comments say."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from tests.shipped import DESIGNS
from tfgeom.sweep import load_sweep, run_sweep
from tfgeom.sweep.sensitivity import influences

SWEEPS = DESIGNS / "sweeps"
DIAMETER, THICKNESS = "relief.diameter_um", "layers.cathode.thickness_nm"


def rows_of(name: str, limit: int | None = None) -> list[dict[str, Any]]:
    result = run_sweep(load_sweep(SWEEPS / f"{name}.yaml"), limit=limit)
    assert result.failed == 0
    return [dict(row) for row in result.rows]


def peak(rows: list[dict[str, Any]], output: str) -> float:
    """Return the diameter of the largest number, by the polynomial through the five rows about it."""
    best = max(range(2, len(rows) - 2), key=lambda at: rows[at][output])
    near = rows[best - 2 : best + 3]
    middle = near[2][DIAMETER]
    curve = np.polyfit([row[DIAMETER] - middle for row in near], [row[output] for row in near], 4)
    roots = np.roots(np.polyder(curve))
    return float(middle + min(roots[np.isreal(roots)].real, key=abs))


def test_pillars_gain_most_where_the_film_by_hand_does() -> None:
    def film_above_flat(diameter: float, film: float = 0.3, height: float = 50.0) -> float:
        """Return a pillar's film less that of its foot: ring, top, round rim by Pappus' rule; um3."""
        radius = diameter / 2
        ring = math.pi * ((radius + film) ** 2 - radius**2) * height
        rim = 2 * math.pi * (radius + 4 * film / (3 * math.pi)) * math.pi * film**2 / 4
        return ring + math.pi * radius**2 * film + rim - math.pi * (radius + film) ** 2 * film

    by_hand = minimize_scalar(
        lambda diameter: -film_above_flat(diameter) / (diameter + 1.601) ** 2,
        bounds=(0.8, 1.2),
        method="bounded",
        options={"xatol": 1e-9},
    ).x
    assert by_hand == pytest.approx(1.00143, abs=1e-5)
    rows = rows_of("closed_pillars")
    for lattice in ("square", "hexagonal"):
        own = [row for row in rows if row["relief.lattice"] == lattice]
        assert peak(own, "layers.cathode.capacity_gain") == pytest.approx(by_hand, rel=1e-4)
    assert all(row["gap_after_coating_nm"] == pytest.approx(1, rel=1e-6) for row in rows)


def test_holes_gain_most_area_where_they_are_as_wide_as_their_walls() -> None:
    rows = rows_of("closed_holes")
    for lattice, cell in (("square", 1.0), ("hexagonal", math.sqrt(3) / 2)):
        own = [row for row in rows if row["relief.lattice"] == lattice]
        assert max(own, key=lambda row: row["area_gain"])[DIAMETER] == pytest.approx(1.0)
        for row in own:
            by_hand = 1 + math.pi * row[DIAMETER] * 30 / (cell * (row[DIAMETER] + 1) ** 2)
            assert row["area_gain"] == pytest.approx(by_hand)


def test_every_kind_has_the_same_etch_and_another_gain() -> None:
    rows = rows_of("each_kind_at_equal_aspect_ratio")
    raised = [row for row in rows if row["relief"]["kind"] != "planar"]
    assert {row["relief"]["kind"] for row in rows} == {
        "planar",
        "trenches",
        "holes",
        "honeycomb",
        "pillars",
        "microtubes",
    }
    assert all(row["gap_aspect_ratio"] == pytest.approx(10) for row in raised)
    thin = {
        f"{row['relief']['kind']} {row['relief'].get('lattice', '')}".strip(): row
        for row in raised
        if row[THICKNESS] == 70
    }
    assert thin["holes square"]["area_gain"] == pytest.approx(thin["pillars square"]["area_gain"])
    assert (
        thin["holes square"]["footprint_capacity_uAh_cm2"]
        < thin["pillars square"]["footprint_capacity_uAh_cm2"]
    )
    assert thin["trenches"]["area_gain"] == pytest.approx(11)


def test_what_makes_the_spread_of_pearses_cell() -> None:
    """Each size alone moves a number by its own derivative, and the squares add up: so nearly linear is a tolerance."""
    spec = load_sweep(SWEEPS / "tolerance_of_pearse.yaml")
    rows = [
        dict(row)
        for row in run_sweep(
            replace(spec, outputs=("area_gain", "footprint_um2"), fidelity="analytic"), limit=128
        ).rows
    ]
    names = ["relief.pitch_um", "relief.diameter_um", "relief.depth_um", "layers.cathode.thickness_nm"]
    found = influences(
        {name: [row[name] for row in rows] for name in names}, {"gain": [row["area_gain"] for row in rows]}
    )["gain"]

    def gain(pitch: float, diameter: float, depth: float) -> float:
        return 1 + math.pi * diameter * depth / (math.sqrt(3) / 2 * pitch**2)

    middle, half = [6.0, 3.0, 30.0], [0.1, 0.15, 1.5]
    moves = []
    for at in range(3):
        ends = [
            gain(*(one + sign * half[at] * (at == place) for place, one in enumerate(middle)))
            for sign in (-1, 1)
        ]
        moves.append((ends[1] - ends[0]) ** 2)
    for name, move in zip(names, moves, strict=False):
        assert found[name].share == pytest.approx(move / sum(moves), abs=0.12)
    assert found[names[3]].share < 0.1
