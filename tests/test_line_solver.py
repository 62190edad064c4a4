"""The iteration along the columns against direct solves, over conductivities of all sizes."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tests.solves import film_fields, solved_films
from tests.wires import pearse
from tfgeom.errors import SolveError
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.pillars import pillars
from tfgeom.transport.films import linear
from tfgeom.transport.films.lines import solve_by_lines
from tfgeom.transport.films.links import FilmBlocks, surface_pattern
from tfgeom.transport.steady import Solve

CELLS: dict[str, UnitCell] = {
    "holes": holes(3e-6, 6e-6, 30e-6, "hexagonal"),
    "honeycomb": honeycomb(1e-6, 6e-6, 10e-6),
    "leaning": pillars(2e-6, 6e-6, 5e-6, "square", angle=math.radians(80)),
}


def both_ways(
    monkeypatch: pytest.MonkeyPatch, cell: UnitCell, exchange: float, **sigma: float
) -> list[Solve]:
    found = []
    for limit in (10**9, 0):
        monkeypatch.setattr(linear, "_DIRECT_UNKNOWNS", limit)
        found.append(solved_films(pearse(exchange, cell, sigma)[1], Resolution(1)))
    return found


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("exchange", [10.0, math.inf])
def test_agrees_with_the_direct_solve(monkeypatch: pytest.MonkeyPatch, name: str, exchange: float) -> None:
    direct, lines = both_ways(monkeypatch, CELLS[name], exchange)
    assert lines.asr == pytest.approx(direct.asr, rel=1e-9)
    assert film_fields(lines).potential == pytest.approx(film_fields(direct).potential, abs=5e-7)
    assert lines.current_peak_to_mean == pytest.approx(direct.current_peak_to_mean, rel=1e-6)


@pytest.mark.parametrize("cathode", [1e-4, 1.0, 1e3])
@pytest.mark.parametrize("anode", [1e-4, 1e3])
@pytest.mark.parametrize("exchange", [5.0, math.inf])
def test_agrees_whatever_the_conductivities(
    monkeypatch: pytest.MonkeyPatch, cathode: float, anode: float, exchange: float
) -> None:
    direct, lines = both_ways(monkeypatch, CELLS["holes"], exchange, cathode=cathode, anode=anode)
    assert lines.asr == pytest.approx(direct.asr, rel=1e-8)


def chain(n_sheets: int, n: int, across: float, fixed: tuple[int, ...] = ()) -> FilmBlocks:
    """Return columns of unit conductances held at both ends, joined side by side by weak ones.

    The nodes ``fixed`` of the first sheet are cut out.
    """
    along = np.arange(n - 1)
    pattern = surface_pattern(np.column_stack((along, along, along + 1, along + 1)), n)
    within = np.where(pattern.rows == pattern.columns, 2 + 2 * across, -across) * np.ones((n_sheets, 1))
    above = np.where(pattern.rows == pattern.columns, -1.0, 0.0) * np.ones((n_sheets - 1, 1))
    held = np.zeros((n_sheets, n), dtype=bool)
    held[0, list(fixed)] = True
    within[0, held[0][pattern.rows] | held[0][pattern.columns]] = 0.0
    within[0, pattern.diagonal[held[0]]] = 1.0
    above[0, held[0][pattern.rows]] = 0.0
    return FilmBlocks(pattern, within, above, held)


def times(matrix: csr_matrix, sheets: np.ndarray) -> np.ndarray:
    """Return a matrix, whose unknowns are numbered column by column, times values (n_sheets, n)."""
    return np.asarray((matrix @ sheets.T.ravel()).reshape(sheets.T.shape).T)


@pytest.mark.parametrize("across", [1e-6, 1.0, 1e3])
@pytest.mark.parametrize("fixed", [(), (0, 1, 17)])
def test_solves_a_grid_of_resistors(across: float, fixed: tuple[int, ...]) -> None:
    blocks = chain(6, 50, across, fixed)
    matrix = blocks.matrix()
    exact = np.random.default_rng(3).standard_normal((6, 50))
    exact[blocks.fixed] = 0.0
    right = times(matrix, exact)
    groups = np.array([0, 0, 0, 1, 1, 1])
    found = solve_by_lines(blocks, right, groups, lambda _: float(np.sum(exact * right)), 1e-11)
    assert found.potential == pytest.approx(exact, abs=1e-7)
    assert found.iterations < 150


def test_the_error_in_the_energy_norm_is_within_the_tolerance() -> None:
    blocks = chain(8, 60, 1.0)
    matrix = blocks.matrix()
    exact = np.random.default_rng(5).standard_normal((8, 60))
    right = times(matrix, exact)
    energy = float(np.sum(exact * right))
    counts = []
    for tolerance in (1e-3, 1e-6, 1e-9):
        found = solve_by_lines(
            blocks, right, np.zeros(8, dtype=int), lambda change: float(np.sum(change * right)), tolerance
        )
        missed = found.potential - exact
        # it ends on the preconditioned residual, which is the error's norm but for the condition number
        assert float(np.sum(missed * times(matrix, missed))) < 10 * tolerance**2 * energy
        counts.append(found.iterations)
    assert counts[0] < counts[1] < counts[2]


def test_a_column_that_hangs_in_the_air_is_an_error() -> None:
    blocks = chain(4, 3, 0.0)
    within, above = blocks.within.copy(), blocks.above.copy()
    within[0, blocks.pattern.diagonal[0]] = above[0, blocks.pattern.diagonal[0]] = 0.0
    loose = FilmBlocks(blocks.pattern, within, above, blocks.fixed)
    with pytest.raises(SolveError, match="not held by anything"):
        solve_by_lines(loose, np.ones((4, 3)), np.zeros(4, dtype=int), lambda _: 1.0, 1e-8)


def test_an_iteration_that_does_not_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tfgeom.transport.films.lines._MOST_ITERATIONS", 2)
    right = np.random.default_rng(3).standard_normal((6, 50))
    with pytest.raises(SolveError, match="stopped after 2 steps"):
        solve_by_lines(chain(6, 50, 1.0), right, np.zeros(6, dtype=int), lambda _: 1.0, 1e-8)


def test_no_number_from_an_indefinite_matrix() -> None:
    blocks = chain(6, 50, 1.0)
    within = blocks.within.copy()
    within[:, blocks.pattern.rows != blocks.pattern.columns] *= 40.0
    wrong = FilmBlocks(blocks.pattern, within, blocks.above, blocks.fixed)
    right = np.random.default_rng(3).standard_normal((6, 50))
    with pytest.raises(SolveError, match="not positive"):
        solve_by_lines(wrong, right, np.zeros(6, dtype=int), lambda _: 1.0, 1e-8)
