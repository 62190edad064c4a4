"""Conjugate gradients for thin films: exact along the columns, one constant per film and column across them.

A film mesh couples the nodes of a column strongly and the columns weakly, by orders of magnitude.  The
preconditioner solves every column exactly (one tridiagonal factorisation) and corrects the columns' means
film by film with a direct solve on the surface; both together leave little for the iteration, whatever the
conductivities.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csr_matrix

from tfgeom.errors import SolveError
from tfgeom.transport.films.links import FilmBlocks
from tfgeom.transport.krylov import conjugate_gradients, positive, symmetric_inverse

_LARGEST = 1.8  # of damping times the largest eigenvalue of the column solves; below 2 the cycle is definite
_USUAL_EIGENVALUE = 2.6  # of bilinear elements wider than thick
_LANCZOS_STEPS, _MARGIN = 7, 1.1  # Lanczos estimates come from below
_MOST_ITERATIONS = 400
_COARSE_STARTS = 2

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineSolution:
    """Potentials of all nodes, (n_sheets, n), and how many iterations they took."""

    potential: Floats
    iterations: int


def solve_by_lines(
    blocks: FilmBlocks,
    right: Floats,
    groups: NDArray[np.int64],
    power: Callable[[Floats], float],
    tolerance: float,
) -> LineSolution:
    """Return the solution of a film problem; zero at its fixed nodes.

    Parameters
    ----------
    blocks
        The matrix, positive definite.
    right
        Right-hand side, zero at fixed nodes, shape (n_sheets, n).
    groups
        Film of each sheet, from 0 on, shape (n_sheets,).
    power
        Gives what the error is measured against, for potentials of shape (n_sheets, n): the power of the
        whole cell.  That of the right-hand side would not do: beside a good conductor it is many orders
        larger than what the poor one dissipates.
    tolerance
        Error in the energy norm, relative, at which the iteration ends.

    Raises
    ------
    SolveError
        When a column or the surface problem is singular, or the iteration does not converge.
    """
    system = blocks.matrix()
    lines = _Lines(blocks)
    coarse = _Coarse(blocks, groups)
    del blocks  # as large as a third of the matrix
    load = right.T.ravel()

    damping = _LARGEST / max(_USUAL_EIGENVALUE, _MARGIN * _largest_eigenvalue(system, lines))

    def precondition(residual: Floats) -> Floats:
        step = damping * lines.solve(residual)
        step += coarse.solve(residual - system @ step)
        step += damping * lines.solve(residual - system @ step)
        return step

    def field(solution: Floats) -> Floats:
        return solution.reshape(right.T.shape).T

    start = np.zeros_like(load)
    for _ in range(_COARSE_STARTS):
        start += coarse.solve(load - system @ start)
    found, iterations = conjugate_gradients(
        system, load, precondition, lambda x: power(field(x)), tolerance, _MOST_ITERATIONS, start
    )
    return LineSolution(field(found).copy(), iterations)


def _largest_eigenvalue(system: csr_matrix, lines: "_Lines") -> float:
    """Return about the largest eigenvalue of the column solves times the matrix.

    The coefficients of a few conjugate gradient steps on a random vector are those of the Lanczos matrix
    (Y. Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., 2003, section 6.7.3).
    """
    residual = np.random.default_rng(0).standard_normal(system.shape[0])
    step = lines.solve(residual)
    direction, square = step, float(residual @ step)
    lengths, ratios = [], []
    for _ in range(_LANCZOS_STEPS):
        image = system @ direction
        lengths.append(square / positive(float(direction @ image)))
        residual = residual - lengths[-1] * image
        step = lines.solve(residual)
        before, square = square, float(residual @ step)
        if square <= 0:
            break  # the columns alone were an exact solve
        ratios.append(square / before)
        direction = step + ratios[-1] * direction
    inverse = 1 / np.array(lengths)
    diagonal = inverse + np.concatenate(([0.0], (np.array(ratios) * inverse)[: len(inverse) - 1]))
    beside = np.sqrt(np.array(ratios)[: len(inverse) - 1]) * inverse[:-1]
    return float(np.linalg.eigvalsh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))[-1])


class _Lines:
    """Exact solves of all columns by themselves."""

    def __init__(self, blocks: FilmBlocks) -> None:
        diagonal, beside = blocks.columns()
        chained = np.zeros(diagonal.shape)  # one column after the other, zeros between them
        chained[:, :-1] = beside
        self._diagonal, self._beside, failed = lapack.dpttrf(diagonal.ravel(), chained.ravel()[:-1])
        if failed:
            raise SolveError("a column of the mesh is not held by anything: a needed conductivity is missing")

    def solve(self, right: Floats) -> Floats:
        """Return the columns' solution."""
        found, failed = lapack.dpttrs(self._diagonal, self._beside, right)
        if failed:
            raise SolveError("the solve along the columns failed")
        return np.asarray(found)


class _Coarse:
    """Direct solve for one constant per film and column."""

    def __init__(self, blocks: FilmBlocks, groups: NDArray[np.int64]) -> None:
        n_sheets, n = blocks.fixed.shape
        count = int(groups[-1]) + 1
        free = ~blocks.fixed.T.ravel()
        columns = (np.arange(n)[:, None] * count + groups[None]).ravel()
        rows = np.arange(n_sheets * n)
        self._spread = csr_matrix((free.astype(float), (rows, columns)), (n_sheets * n, count * n))
        self._gather = self._spread.T.tocsr()
        self._inverse = symmetric_inverse(blocks.grouped(groups).matrix(), refined=False)

    def solve(self, right: Floats) -> Floats:
        """Return the correction, constant in every film of a column."""
        return np.asarray(self._spread @ self._inverse(self._gather @ right))
