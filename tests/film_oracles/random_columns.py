"""Random cells of uneven columns, and how far the film model is from the monolithic system on them."""

import numpy as np

from tests.film_oracles.cells import GENTLE, SLOPING, Columns, film_cell, half, lithium
from tests.film_oracles.ida_columns import Floats, IdaColumns
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.steps import Step


def random_columns(seed: int) -> Columns:
    """One to six columns: thickness by coverage, areas, diffusivity, kinetics, resistance, sheets; from 1C scales."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 7))
    gain = rng.uniform(1, 20)
    area = gain * rng.dirichlet(np.full(n, 3.0))
    coverage = 1 - rng.uniform(0, 0.6) * np.linspace(0, 1, n)
    capacity = 10 ** rng.uniform(2, 4)
    hour = capacity / 3600  # A/m² at 1C

    def film(thickness: float, held: float, start: float, potential: str, theta: float) -> object:
        bent = rng.uniform(-0.4, 0.4, n) * coverage
        areas = (area, area * (1 + bent / 2 + rng.uniform(-0.03, 0.03)), area * (1 + bent))
        return half(
            thickness * coverage, thickness**2 / 3600 / theta, held, start, potential,
            hour / gain * 10 ** rng.uniform(0.3, 2), areas=areas, anodic=float(rng.choice([0.5, rng.uniform(0.3, 0.7)])),
        )  # fmt: skip

    cathode = film(
        10 ** rng.uniform(-7.5, -5.5),
        capacity,
        rng.uniform(0.02, 0.2),
        SLOPING,
        10 ** rng.uniform(-2.5, -0.5),
    )
    anode = (
        lithium(n, hour / gain * 10 ** rng.uniform(0.3, 2), gain)
        if rng.random() < 0.5
        else film(
            10 ** rng.uniform(-7.5, -6),
            capacity * rng.uniform(1, 1.5),
            rng.uniform(0.8, 0.95),
            GENTLE,
            10 ** rng.uniform(-2.5, -1),
        )
    )
    # a loss of a few to a hundred mV at 1C to 10C
    resistance = 0.02 / hour * 10 ** rng.uniform(-1.5, 0) * coverage * area.sum() / area
    sheets: tuple[tuple[Floats, Floats], ...] = ()
    if n > 1 and rng.random() < 0.5:
        line = np.zeros((n, n))
        for k in range(n - 1):
            conductance = hour / 0.02 * 10 ** rng.uniform(-0.5, 1)
            line[k : k + 2, k : k + 2] += conductance * np.array([[1, -1], [-1, 1]])
        sheets = ((line, np.array([0.0])), (2 * line, np.array([float(n - 1)])))
    return Columns(cathode, anode, resistance, (2.0, 6.0), sheets)  # type: ignore[arg-type]


def miss(seed: int) -> tuple[float, float]:
    """Difference of what is delivered, of the capacity, and what is delivered, at a random rate."""
    cell = random_columns(seed)
    film = film_cell(cell)
    current = film.nominal / 3600 * 10 ** np.random.default_rng(seed + 10**6).uniform(-0.3, 1.8)
    found = run(film, [Step("current", current, voltage_below=cell.window[0])])
    ends = []
    for cells in (45, 90):
        times, _ = IdaColumns(cell, cells).run(
            ("current", current), np.array([0.0, 1.2 * found.time[-1] + 1.0])
        )
        ends.append(times[-1])
    exact = current * (4 * ends[1] - ends[0]) / 3
    return abs(found.charge[-1] - exact) / film.capacity, exact / film.capacity
