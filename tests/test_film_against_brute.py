"""Whole runs held to fine finite volumes: ions that form and recombine, a diffusivity that follows the composition."""

from dataclasses import replace

import numpy as np
import pytest

from tests.film_oracles.brute import Ions, uneven_film, weak_electrolyte
from tests.film_oracles.cells import SLOPING, Columns, composed, evaluated, film_cell, half, lithium
from tests.film_oracles.planar_voltage import charge_transfer, slab_voltage
from tests.film_oracles.superposition import step_response
from tfgeom.materials.material import Material, Property
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import WeakElectrolyte
from tfgeom.transport.discharge.steps import Step

DANILOV = Ions(0.90e-6, 0.18, 0.90e-15, 5.10e-15, 6.01e4, 1.5e-6)
RAIJMAKERS = Ions(8.0e-7, 0.64, 1.73e-16, 5.69e-16, 61141, 3.62e-6)


def weak_film(ions: Ions) -> WeakElectrolyte:
    values = {
        "k_r": ions.k_r, "delta": ions.delta, "D_plus": ions.D_plus, "D_minus": ions.D_minus,
        "total_lithium": ions.total,
    }  # fmt: skip
    properties = {
        f"dissociation.{key}": Property(f"dissociation.{key}", value, "diffusivity", "test", "user")
        for key, value in values.items()
    }
    material = Material("weak", "weak", (), properties)
    return WeakElectrolyte("electrolyte", material, np.array([ions.thickness]), np.array([1.0]))


@pytest.mark.parametrize(
    ("ions", "largest", "seed"),
    [(DANILOV, 6.0, 0), (replace(DANILOV, k_r=0.9e-8), 2.0, 1), (RAIJMAKERS, 1.0, 2)],
    ids=["fast", "slow", "thick"],
)
def test_a_cell_with_a_weak_electrolyte(ions: Ions, largest: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cathode = half(3.2e-7, 1.76e-15, 360.0, 0.3, SLOPING, 8.7, anodic=0.4)
    cell = Columns(cathode, lithium(1, 12.0), np.array([1e-4]), (0.0, 9.0))
    seconds = 10 ** rng.uniform(-3, 1.5, 10)
    currents = rng.uniform(-0.3, 1, 10) * largest
    film = replace(film_cell(cell), weak=(weak_film(ions),))
    found = run(film, [Step("current", i, seconds=s) for i, s in zip(currents, seconds, strict=True)])
    ends = np.array([end.point for end in found.ends])
    _, lost, anode, cathode_ions = weak_electrolyte(ions, list(zip(seconds, currents, strict=True)))
    last = slice(19, None, 20)
    breaks = np.concatenate([[0.0], np.cumsum(seconds)])
    before = np.nextafter(breaks[1:], 0.0)
    rest = slab_voltage(cell, before, breaks[:-1], currents, (cathode_ions[last], anode[last]))
    assert np.abs(found.voltage[ends] - (rest - lost[last])).max() < 2e-5
    assert np.ptp(lost[last]) > 0.01


def falling(filled: np.ndarray) -> np.ndarray:
    """A diffusivity that falls to a 25th as the film fills, as that of LiCoO2 does."""
    return np.asarray(5e-15 * 25.0**-filled)


def voltages(cell: Columns, faces: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Terminal voltage at filled fractions of the cathode's face, against lithium."""
    lost = [
        charge_transfer(half, s, i / half.face[0], oxidised)
        for s, i in zip(faces, current, strict=True)
        for half, oxidised in ((cell.cathode, False), (cell.anode, True))
    ]
    both = np.array(lost).reshape(-1, 2).sum(axis=1)
    rest = evaluated(cell.cathode.potential, np)(faces)
    return np.asarray(rest - both - current * cell.resistance[0])


@pytest.mark.parametrize(
    "seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_a_staircase_of_currents_where_the_diffusivity_follows_the_composition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = Columns(
        half(1e-6, 1e-15, 2000.0, 0.4, SLOPING, 8.0), lithium(1, 12.0), np.array([2e-3]), (-9.0, 19.0)
    )
    seconds = 10 ** rng.uniform(-2, 1.7, 12)
    moved = step_response(seconds, 1e-12 / 1e-15) / 2000.0
    currents = rng.uniform(-1, 1, 12) * np.minimum(0.06 / moved, 400.0)
    found = run(
        composed(cell, (5e-15, 5e-15 / 25)),
        [Step("current", i, seconds=s) for i, s in zip(currents, seconds, strict=True)],
    )
    ends = np.array([end.point for end in found.ends])
    faces = []
    for cells in (300, 600):
        steps = list(zip(seconds, currents / 2000.0, strict=True))
        faces.append(uneven_film(falling, 1e-6, 0.4, steps, cells=cells, ratio=1000.0, points=4)[1][3::4])
    exact = (4 * faces[1] - faces[0]) / 3
    assert found.voltage[ends] == pytest.approx(voltages(cell, exact, currents), abs=1e-3)
    assert found.charge[-1] == pytest.approx(seconds @ currents, rel=1e-9)


@pytest.mark.parametrize("rate", [1.0, pytest.param(8.0, marks=pytest.mark.slow)])
def test_what_a_film_of_such_a_diffusivity_delivers(rate: float) -> None:
    cell = Columns(
        half(1e-6, 1e-15, 2000.0, 0.1, SLOPING, 8.0), lithium(1, 12.0), np.array([2e-3]), (2.0, 9.0)
    )
    film = composed(cell, (5e-15, 5e-15 / 25))
    current = film.nominal / 3600 * rate
    found = run(film, [Step("current", current, voltage_below=2.0)])
    # a film of the mean diffusivity delivers something else
    plain = run(film_cell(cell), [Step("current", current, voltage_below=2.0)])
    assert abs(plain.charge[-1] - found.charge[-1]) > 0.005 * film.capacity
    shares = np.linspace(-0.004, 0.004, 5)
    times = found.time[-1] * (1 + shares)
    delivered = []
    for cells in (300, 600):
        lengths = np.diff(times, prepend=0.0)
        steps = [(float(length), current / 2000.0) for length in lengths]
        faces = uneven_film(falling, 1e-6, 0.1, steps, cells=cells, ratio=100.0, points=4)[1][3::4]
        volts = voltages(cell, np.clip(faces, 1e-6, 1 - 1e-6), np.full(5, current))
        delivered.append(float(np.interp(-2.0, -volts, current * times)))
    exact = (4 * delivered[1] - delivered[0]) / 3
    assert found.charge[-1] == pytest.approx(exact, abs=3e-4 * film.capacity)
