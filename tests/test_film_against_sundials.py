"""Uneven columns that share one voltage, and resistive sheets, against one monolithic system that SUNDIALS solves.

The system's finite volumes are of second order: Richardson's extrapolation from two meshes is the reference.
"""

from dataclasses import replace

import numpy as np
import pytest

from tests.film_oracles.cells import GENTLE, SLOPING, Columns, film_cell, half, lithium
from tests.film_oracles.ida_columns import Floats, IdaColumns
from tests.film_oracles.random_columns import miss
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.steps import Step

OF_CAPACITY = 1e-4


def chain(conductances: Floats) -> Floats:
    """The Laplacian of columns in a row."""
    n = conductances.size + 1
    matrix = np.zeros((n, n))
    for k, conductance in enumerate(conductances):
        matrix[k : k + 2, k : k + 2] += conductance * np.array([[1, -1], [-1, 1]])
    return matrix


def thin_to_thick(columns: int, anode: str = "film", sheets: bool = False) -> Columns:
    """Films twice as thick on the top as at the foot, on surfaces that curve outwards and inwards."""
    place = np.linspace(0, 1, columns)
    area = np.full(columns, 2.0 / columns)
    bent = 1 + 0.4 * np.sin(2 * np.pi * place)
    areas = (area, area * (1 + bent) / 2 * 0.98, area * bent)
    cathode = half((1.4 - 0.9 * place) * 1e-6, 3e-15, 2000.0, 0.05, SLOPING, 8.0, areas=areas, anodic=0.4)
    other = (
        lithium(columns, 12.0, 2.0)
        if anode == "lithium"
        else half(
            (0.4 + 0.5 * place) * 1e-6, 2e-15, 2700.0, 0.9, GENTLE, 12.0, areas=(area, 0.9 * area, 0.7 * area)
        )
    )
    resistance = 1e-3 * (1.5 - place) / area
    fins: tuple[tuple[Floats, Floats], ...] = ()
    if sheets:
        fins = (
            (chain(np.full(columns - 1, 60.0)), np.array([0])),
            (chain(np.linspace(40.0, 200.0, columns - 1)), np.array([0, columns - 1])),
        )
    return Columns(cathode, other, resistance, (2.0, 6.0), fins)


def extrapolated(
    cell: Columns, control: tuple[str, float], cells: int, end: float
) -> tuple[float, Floats, Floats]:
    """Time of the cut-off, and mean fillings of the columns then, from ``cells`` and twice as many."""
    ends, means, shares = [], [], []
    for m in (cells, 2 * cells):
        system = IdaColumns(cell, m)
        times, states = system.run(control, np.array([0.0, end]))
        film = system.films[0]
        filled, current, *_ = system.split(states[-1])
        assert film is not None
        assert filled[0] is not None
        ends.append(float(times[-1]))
        means.append((filled[0] * film.volume).sum(axis=0) / film.volume.sum(axis=0))
        shares.append(current)
    return (
        (4 * ends[1] - ends[0]) / 3,
        np.asarray((4 * means[1] - means[0]) / 3),
        np.asarray((4 * shares[1] - shares[0]) / 3),
    )


@pytest.mark.parametrize(
    ("columns", "anode", "sheets", "rate"),
    [
        (3, "film", False, 10.0),
        pytest.param(6, "lithium", False, 25.0, marks=pytest.mark.slow),
        pytest.param(6, "film", True, 5.0, marks=pytest.mark.slow),
        (4, "lithium", True, 15.0),
    ],
)
def test_what_uneven_columns_deliver_and_how_they_share_it(
    columns: int, anode: str, sheets: bool, rate: float
) -> None:
    cell = thin_to_thick(columns, anode, sheets)
    film = film_cell(cell)
    current = film.nominal / 3600 * rate
    found = run(film, [Step("current", current, voltage_below=2.0)], keep_fields=True)
    assert found.ends[0].reason == "voltage_below"
    end, means, shares = extrapolated(cell, ("current", current), 45, 1.2 * found.time[-1])
    assert found.charge[-1] == pytest.approx(current * end, abs=OF_CAPACITY * film.capacity)
    assert found.mean["cathode"][-1] == pytest.approx(means, abs=3 * OF_CAPACITY)
    assert found.column_current is not None
    assert found.column_current[-1] == pytest.approx(shares, abs=2e-2 * current / columns)
    # thin and thick places do not fill alike, and sheets are felt
    assert np.ptp(means) > 0.02
    if sheets:
        bare = run(film_cell(replace(cell, sheets=())), [Step("current", current, voltage_below=2.0)])
        assert abs(bare.charge[-1] - found.charge[-1]) > 20 * OF_CAPACITY * film.capacity


@pytest.mark.slow
def test_uneven_columns_at_constant_power() -> None:
    cell = thin_to_thick(4)
    film = film_cell(cell)
    power = 3.4 * film.nominal / 3600 * 8
    found = run(film, [Step("power", power, voltage_below=2.0)])
    end, *_ = extrapolated(cell, ("power", power), 45, 1.2 * found.time[-1])
    assert found.time[-1] == pytest.approx(end, rel=2e-4)


@pytest.mark.slow
def test_uneven_columns_held_at_a_voltage() -> None:
    cell = replace(thin_to_thick(4), window=(0.5, 6.0))
    found = run(film_cell(cell), [Step("voltage", 3.2, seconds=60.0)])
    currents = []
    for m in (60, 120):
        system = IdaColumns(cell, m)
        _, states = system.run(("voltage", 3.2), np.array([0.0, 30.0, 60.0]), stop=False)
        currents.append([system.split(y)[1].sum() for y in states[1:]])
    exact = (4 * np.array(currents[1]) - np.array(currents[0])) / 3
    at = np.interp([30.0, 60.0], found.time, found.current)
    assert at == pytest.approx(exact, rel=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 12, 25])
def test_random_columns(seed: int) -> None:
    """`python -m tests.campaigns films` draws many."""
    off, delivered = miss(seed)
    assert off < OF_CAPACITY
    assert 0 < delivered < 1
