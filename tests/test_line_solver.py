"""The iteration along the columns against direct solves, over conductivities of all sizes."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix, diags, identity, kron

from tests.wires import pearse
from tfgeom.errors import SolveError
from tfgeom.geometry.cell import UnitCell
from tfgeom.geometry.kinds import holes, honeycomb, pillars
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport import conduction
from tfgeom.transport.conduction import Conduction, solve_conduction
from tfgeom.transport.line_solver import solve_by_lines

CELLS: dict[str, UnitCell] = {
    "holes": holes(3e-6, 6e-6, 30e-6, "hexagonal"),
    "honeycomb": honeycomb(1e-6, 6e-6, 10e-6),
    "leaning": pillars(2e-6, 6e-6, 5e-6, "square", angle=math.radians(80)),
}


def both_ways(
    monkeypatch: pytest.MonkeyPatch, cell: UnitCell, exchange: float, **sigma: float
) -> list[Conduction]:
    found = []
    for limit in (10**9, 0):
        monkeypatch.setattr(conduction, "_DIRECT_UNKNOWNS", limit)
        found.append(solve_conduction(*pearse(exchange, cell, sigma), Resolution(1)))
    return found


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("exchange", [10.0, math.inf])
def test_agrees_with_the_direct_solve(monkeypatch: pytest.MonkeyPatch, name: str, exchange: float) -> None:
    direct, lines = both_ways(monkeypatch, CELLS[name], exchange)
    assert lines.asr == pytest.approx(direct.asr, rel=1e-9)
    assert lines.potential == pytest.approx(direct.potential, abs=2e-7)
    assert lines.current_peak_to_mean == pytest.approx(direct.current_peak_to_mean, rel=1e-6)


@pytest.mark.parametrize("cathode", [1e-4, 1.0, 1e3])
@pytest.mark.parametrize("anode", [1e-4, 1e3])
@pytest.mark.parametrize("exchange", [5.0, math.inf])
def test_agrees_whatever_the_conductivities(
    monkeypatch: pytest.MonkeyPatch, cathode: float, anode: float, exchange: float
) -> None:
    direct, lines = both_ways(monkeypatch, CELLS["holes"], exchange, cathode=cathode, anode=anode)
    assert lines.asr == pytest.approx(direct.asr, rel=1e-8)


def chain(n_levels: int, n_surface: int, across: float) -> csr_matrix:
    """Return columns of unit conductances held at both ends, joined side by side by weak ones."""
    column = diags(
        [np.full(n_levels - 1, -1.0), np.full(n_levels, 2.0), np.full(n_levels - 1, -1.0)], [-1, 0, 1]
    )
    ring = diags(
        [np.full(n_surface - 1, -1.0), np.full(n_surface, 2.0), np.full(n_surface - 1, -1.0)], [-1, 0, 1]
    )
    return csr_matrix(kron(column, identity(n_surface)) + across * kron(identity(n_levels), ring))


@pytest.mark.parametrize("across", [1e-6, 1.0, 1e3])
def test_solves_a_grid_of_resistors(across: float) -> None:
    matrix = chain(6, 50, across)
    exact = np.random.default_rng(3).standard_normal(300)
    found = solve_by_lines(
        matrix, matrix @ exact, np.array([0, 0, 0, 1, 1, 1]), 50, float(exact @ matrix @ exact)
    )
    assert found.potential.ravel() == pytest.approx(exact, abs=1e-7)
    assert found.iterations < 150


def test_a_column_that_hangs_in_the_air_is_an_error() -> None:
    matrix = chain(4, 3, 0.0).tolil()
    matrix[0, :] = 0
    matrix[:, 0] = 0
    with pytest.raises(SolveError, match="not held by anything"):
        solve_by_lines(csr_matrix(matrix), np.ones(12), np.zeros(4, dtype=int), 3, 1.0)


def test_an_iteration_that_does_not_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tfgeom.transport.line_solver._MOST_ITERATIONS", 2)
    matrix = chain(6, 50, 1.0)
    right = np.random.default_rng(3).standard_normal(300)
    with pytest.raises(SolveError, match="stopped after 2 steps"):
        solve_by_lines(matrix, right, np.zeros(6, dtype=int), 50, 1.0)
