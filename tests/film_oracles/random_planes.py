"""Random planar cells, and how far the film model's curves are from PyBaMM's on them."""

import numpy as np
import pytest

from tests.film_oracles.cells import GENTLE, SLOPING, Columns, film_cell, half, lithium
from tests.film_oracles.pybamm_planes import PybammPlane
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.steps import Step


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


def curve_misses(cell: Columns, rates: list[float]) -> list[float]:
    """Largest difference of voltages up to 99 % of what is delivered, at the film model's points, by rate."""
    film, model = film_cell(cell), PybammPlane(cell, cells=900)
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
