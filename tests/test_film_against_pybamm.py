"""The planar film cell against a model of its own in PyBaMM: curves and pulses within 1 mV at equal times."""

from dataclasses import replace

import numpy as np
import pytest

from tests.film_oracles.cells import GENTLE, SLOPING, Columns, film_cell, half, lithium, plane
from tests.film_oracles.pybamm_planes import PybammPlane
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.steps import Step

WITHIN = 1e-3
"""V."""


def curve_misses(cell: Columns, rates: list[float]) -> list[float]:
    """Largest difference of voltages up to 99 % of what is delivered, at the film model's points, by rate."""
    film, model = film_cell(cell), PybammPlane(cell)
    misses = []
    for rate in rates:
        current = film.nominal / 3600 * rate
        found = run(film, [Step("current", current, voltage_below=cell.window[0])])
        assert found.ends[0].reason == "voltage_below"
        wanted = found.time[found.time > 0]
        time, voltage = model.curve(current, np.append(wanted, 1.01 * wanted[-1]))
        assert time[-1] == pytest.approx(wanted[-1], rel=2e-4)
        same = np.isin(time, wanted[wanted <= 0.99 * wanted[-1]])
        assert same.sum() > 10
        misses.append(float(np.abs(np.interp(time, found.time, found.voltage) - voltage)[same].max()))
    return misses


@pytest.mark.parametrize("anodic", [0.5, 0.35])
def test_curves_of_a_cell_of_two_films(anodic: float) -> None:
    cell = plane()
    cell = replace(cell, cathode=replace(cell.cathode, anodic=anodic))
    assert max(curve_misses(cell, [0.1, 30.0])) < WITHIN


def random_plane(rng: np.random.Generator) -> Columns:
    capacity = 10 ** rng.uniform(1.5, 4)
    thickness, theta = 10 ** rng.uniform(-7.5, -5), 10 ** rng.uniform(-2, 0.5)  # theta at 1C
    cathode = half(
        thickness, thickness**2 / 3600 / theta, capacity, rng.uniform(0.02, 0.2), SLOPING,
        capacity / 3600 * 10 ** rng.uniform(0, 2), anodic=rng.choice([0.5, rng.uniform(0.25, 0.75)]),
    )  # fmt: skip
    anode = lithium(1, capacity / 3600 * 10 ** rng.uniform(0, 2))
    if rng.random() < 0.6:
        theta = 10 ** rng.uniform(-2, 0)
        anode = half(
            thickness / 2, (thickness / 2) ** 2 / 3600 / theta, capacity * rng.uniform(0.9, 1.6),
            rng.uniform(0.7, 0.95), GENTLE, capacity / 3600 * 10 ** rng.uniform(0, 2),
        )  # fmt: skip
    resistance = np.array([0.05 / (capacity / 3600) * 10 ** rng.uniform(-2, 0)])
    return Columns(cathode, anode, resistance, (2.0, 6.0))


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
