"""Slabs of constant diffusivity under any staircase of currents, held to the exact sum of step responses."""

import numpy as np
import pytest

from tests.film_oracles.cells import GENTLE, SLOPING, STEEP, Columns, film_cell, half, lithium
from tests.film_oracles.planar_voltage import slab_voltage
from tests.film_oracles.superposition import step_response
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.steps import Step

WITHIN = 1e-4
"""V."""


def staircase(rng: np.random.Generator, steps: int, cell: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Durations of 1 us to 10 s, and currents of which each alone would move the face by up to 4 %."""
    seconds = 10 ** rng.uniform(-6, 1, steps)
    moved = np.zeros(steps)
    for electrode in (cell.cathode, cell.anode):
        if electrode.diffusivity is not None:
            time = float(electrode.thickness[0]) ** 2 / electrode.diffusivity
            moved = np.maximum(moved, step_response(seconds, time) / electrode.capacity)
    currents = rng.uniform(-1, 1, steps) * np.minimum(0.04 / moved, 2e3)
    return seconds, np.where(rng.random(steps) < 0.2, 0.0, currents)


def random_slab(rng: np.random.Generator) -> Columns:
    cathode = half(
        10 ** rng.uniform(-8, -5), 10 ** rng.uniform(-17, -13), 10 ** rng.uniform(1, 4), rng.uniform(0.35, 0.6),
        rng.choice([SLOPING, STEEP]), 10 ** rng.uniform(0, 2), anodic=rng.choice([0.5, rng.uniform(0.2, 0.8)]),
    )  # fmt: skip
    anode = lithium(1, 30.0)
    if rng.random() < 0.6:
        anode = half(
            10 ** rng.uniform(-8, -6), 10 ** rng.uniform(-16, -13), cathode.capacity * rng.uniform(0.8, 2), 0.5,
            GENTLE, 20.0,
        )  # fmt: skip
    return Columns(cathode, anode, np.array([10 ** rng.uniform(-5, -3)]), (-9.0, 19.0))


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(k, marks=pytest.mark.slow) for k in range(2, 12))])
def test_voltage_after_any_staircase_of_currents(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = random_slab(rng)
    seconds, currents = staircase(rng, 25, cell)
    breaks = np.concatenate([[0.0], np.cumsum(seconds)])
    found = run(
        film_cell(cell), [Step("current", i, seconds=s) for i, s in zip(currents, seconds, strict=True)]
    )
    ends = np.array([end.point for end in found.ends])
    assert found.time[ends] == pytest.approx(breaks[1:], rel=1e-12)
    before = np.nextafter(breaks[1:], 0.0)
    exact = slab_voltage(cell, before, breaks[:-1], currents)
    assert np.abs(found.voltage[ends] - exact).max() < WITHIN
    assert found.charge[-1] == pytest.approx(seconds @ currents, rel=1e-9, abs=1e-9 * np.abs(currents).max())
