"""Whole runs of the film model whose ions form and recombine, held to fine finite volumes and exact superposition."""

from dataclasses import replace

import numpy as np
import pytest

from tests.film_oracles.brute import Ions, weak_electrolyte
from tests.film_oracles.cells import SLOPING, Columns, film_cell, half, lithium
from tests.film_oracles.planar_voltage import slab_voltage
from tfgeom.materials.material import Material, Property
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import WeakElectrolyte
from tfgeom.transport.discharge.steps import Step

DANILOV = Ions(0.90e-6, 0.18, 0.90e-15, 5.10e-15, 6.01e4, 1.5e-6)
RAIJMAKERS = Ions(8.0e-7, 0.64, 1.73e-16, 5.69e-16, 61141 / 0.64, 3.62e-6)


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
