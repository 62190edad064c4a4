"""Charging at a constant current, then at a constant voltage, against its solution in closed form."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from tests.film_cells import CAPACITY, DIFFUSIVITY, THICKNESS, cell, film, flat, material
from tfgeom.transport.discharge.charging import charging
from tfgeom.transport.discharge.column_voltages import Columns
from tfgeom.transport.discharge.film_cell import FilmCell

USABLE, RESISTANCE, HIGH = 900.0, 0.02, 4.1  # C/m², ohm m², V


def ohmic() -> FilmCell:
    """Return a cell of 4.2 V less its filled fraction, that only its resistance slows down."""
    quick = film(flat(), material(diffusivity="1e-6 cm^2/s"), start=1 - USABLE / CAPACITY)
    return replace(cell(quick, ohmic=RESISTANCE), window=(3.0, HIGH), capacity=USABLE)


def test_a_charge_is_a_straight_line_and_then_an_exponential() -> None:
    current = 10.0
    found = charging(ohmic(), current)
    # V = 4.2 - s + R I reaches the limit at s = 0.1 + R I; from there on R Q dI/dt = -I
    line = (0.9 - RESISTANCE * current) * CAPACITY
    decay, least = RESISTANCE * CAPACITY, CAPACITY / 3600 / 20
    assert found.at_constant_current == pytest.approx(line, rel=1e-4)
    assert found.full == pytest.approx(line / current + decay * np.log(current / least), rel=5e-3)
    assert found.whole == pytest.approx(USABLE - decay * least, rel=1e-4)
    rest = (0.8 * USABLE - line) / (decay * current)
    assert found.to_share == pytest.approx(line / current - decay * np.log(1 - rest), rel=1e-3)


def test_a_current_at_which_it_counts_as_full_is_not_held() -> None:
    current = CAPACITY / 3600 / 25
    found = charging(ohmic(), current)
    line = (0.9 - RESISTANCE * current) * CAPACITY
    assert found.whole == found.at_constant_current == pytest.approx(line, rel=1e-4)
    assert found.to_share == pytest.approx(0.8 * USABLE / current, rel=1e-3)
    assert found.full == pytest.approx(line / current, rel=1e-4)


@pytest.mark.parametrize("high", [4.1, 4.5])
def test_a_face_that_is_held_empty_gives_what_diffuses_to_it(high: float) -> None:
    # at 4.1 V the face of this film keeps a tenth, beyond 4.2 V it is empty and its potential runs off
    start, kept = 0.9, max(4.2 - high, 0.0)
    slow = film(flat(), material(diffusivity=f"{DIFFUSIVITY} m^2/s"), start=start)
    usable = replace(cell(slow), window=(3.0, high), capacity=0.9 * CAPACITY)
    found = charging(usable, 3e4 * CAPACITY / 3600, Columns(usable).at_rest())
    modes = (np.arange(1, 4001) * 2 - 1) ** 2 * np.pi**2 / 4  # a slab with its face held at once

    def left(time: float) -> float:
        return float(np.sum(2 / modes * np.exp(-modes * time * DIFFUSIVITY / THICKNESS**2)))

    def flow(time: float) -> float:
        return float(np.sum(2 * np.exp(-modes * time * DIFFUSIVITY / THICKNESS**2)))

    whole, second = start - kept, DIFFUSIVITY / THICKNESS**2
    to_share = brentq(lambda time: whole * (1 - left(time)) - 0.72, 1.0, 1e4)
    full = brentq(lambda time: whole * flow(time) * second - 1 / 20 / 3600, 1.0, 1e5)
    assert found.to_share == pytest.approx(to_share, rel=4e-3)
    assert found.full == pytest.approx(full, rel=1e-2)
    assert found.whole == pytest.approx(whole * (1 - left(full)) * CAPACITY, rel=1e-3)
