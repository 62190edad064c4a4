"""Voltages far apart, held right after one another: random columns of every resistance and kinetics reach them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.constants import R, physical_constants
from scipy.optimize import brentq

from tests.film_oracles.cells import Columns, Half, evaluated, film_cell
from tests.film_oracles.random_columns import random_columns
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.steps import Step

LIMITS = 2.0, 6.0
HEAT = R * 298.15 / physical_constants["Faraday constant"][0]
# beyond the first ten those in which a hold was given up before columns had each a share of a step of their own
SEEDS = (*range(10), 15, 51, 53, 88)


def wild(seed: int) -> Columns:
    """Return random columns whose exchange currents and resistance may be a millionth of what they usually are."""
    cell, rng = random_columns(seed), np.random.default_rng(seed + 7000)

    def slow(half: Half) -> Half:
        assert half.exchange is not None
        return replace(half, exchange=half.exchange * 10 ** rng.uniform(-6, 0))

    return replace(
        cell,
        cathode=slow(cell.cathode),
        anode=slow(cell.anode),
        resistance=cell.resistance * 10 ** rng.uniform(-6, 0),
    )


def holds(seed: int) -> list[Step]:
    """Return four holds of both limits by turns, each from 1 us to 100 s."""
    rng = np.random.default_rng(seed + 5000)
    return [
        Step("voltage", LIMITS[(k + seed) % 2], seconds=float(10 ** rng.uniform(-6, 2)), past_surface=True)
        for k in range(4)
    ]


def overpotential(half: Half, sign: int, column: int, current: float) -> float:
    """Return what charge transfer loses at the start, V, by solving Butler and Volmer's equation for it."""
    exchange, s = half.exchange, half.start
    assert exchange is not None
    if half.occupancy:
        exchange *= 2 * s ** (1 - half.anodic) * (1 - s) ** half.anodic
    ratio = current / (half.face[column] * exchange)
    forward = 1 - half.anodic if sign > 0 else half.anodic

    def off(x: float) -> float:
        return float(np.exp(forward * x) - np.exp(-(1 - forward) * x) - ratio)

    return HEAT * float(brentq(off, -200.0, 200.0, xtol=1e-13))


@pytest.mark.parametrize("seed", SEEDS)
def test_voltages_far_apart_are_held(seed: int) -> None:
    cell = wild(seed)
    made, steps = film_cell(cell), holds(seed)
    done = run(made, steps, keep_fields=True)
    assert [end.reason for end in done.ends] == ["time"] * 4
    first = 0
    for step, end in zip(steps, done.ends, strict=True):
        assert done.voltage[first : end.point + 1] == pytest.approx(step.value, abs=1e-7)
        first = end.point + 1
    # what has passed is in the films
    for half, name, sign in ((cell.cathode, "cathode", 1), (cell.anode, "anode", -1)):
        if half.diffusivity is not None:
            moved = (done.mean[name] - done.mean[name][0]) @ half.shares * half.capacity * sign
            assert moved == pytest.approx(done.charge, abs=1e-9 * half.capacity)


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if not wild(seed).sheets])
def test_as_a_hold_begins_each_column_is_that_of_its_own_equation(seed: int) -> None:
    cell = wild(seed)
    done = run(film_cell(cell), holds(seed)[:1], keep_fields=True)
    assert done.column_current is not None
    rest = evaluated(cell.cathode.potential, np)(cell.cathode.start)
    rest -= evaluated(cell.anode.potential, np)(cell.anode.start)
    for column, current in enumerate(done.column_current[0]):
        lost = current * cell.resistance[column]
        for half, sign in ((cell.cathode, 1), (cell.anode, -1)):
            lost += overpotential(half, sign, column, current)
        assert rest - lost == pytest.approx(holds(seed)[0].value, abs=1e-5)
