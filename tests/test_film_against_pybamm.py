"""The planar film cell against a model of its own in PyBaMM: curves and pulses within 1 mV at equal times."""

from dataclasses import replace

import numpy as np
import pytest

from tests.film_oracles.cells import film_cell, plane
from tests.film_oracles.pybamm_planes import PybammPlane
from tests.film_oracles.random_planes import curve_misses, random_plane
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.steps import Step

WITHIN = 1e-3
"""V."""


@pytest.mark.parametrize("anodic", [0.5, 0.35])
def test_curves_of_a_cell_of_two_films(anodic: float) -> None:
    cell = plane()
    cell = replace(cell, cathode=replace(cell.cathode, anodic=anodic))
    assert max(curve_misses(cell, [0.1, 30.0])) < WITHIN


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_curves_of_random_planes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = random_plane(rng)
    assert max(curve_misses(cell, [0.1, 1.0, 10 ** rng.uniform(0.2, 1), 30.0])) < WITHIN


@pytest.mark.parametrize(
    "seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_pulses_with_every_break_handed_over(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = plane()
    halves = replace(cell.cathode, start=0.4), replace(cell.anode, start=0.6)
    cell = replace(cell, cathode=halves[0], anode=halves[1], window=(-5.0, 9.0))
    seconds = 10 ** rng.uniform(-6, 1, 20)
    currents = rng.uniform(-1, 1, 20) * 10 ** rng.uniform(-1, 1.5, 20)
    breaks = np.concatenate([[0.0], np.cumsum(seconds)])
    model = PybammPlane(cell, grading=7.0, cut_off=False)
    times, voltages = model.staircase(breaks[:-1], currents, float(breaks[-1]), points=6)
    film, state = film_cell(cell), None
    for time, voltage, start, current in zip(times, voltages, breaks[:-1], currents, strict=True):
        lengths = np.diff(time, prepend=start)
        found = run(film, [Step("current", current, seconds=length) for length in lengths], state=state)
        state = found.state
        answer = found.voltage[[end.point for end in found.ends]]
        assert np.abs(answer - voltage).max() < WITHIN / 4
