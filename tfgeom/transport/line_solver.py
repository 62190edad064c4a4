"""Conjugate gradients for thin films: exact along the columns, one constant per film and column across them.

A film mesh couples the nodes of a column strongly and the columns weakly, by orders of magnitude.  The
preconditioner solves every column exactly (one tridiagonal factorisation) and corrects the columns' means
film by film with a direct solve on the surface; both together leave little for the iteration, whatever the
conductivities.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import splu

from tfgeom.errors import SolveError

_LARGEST = 1.8  # of damping times the largest eigenvalue of the column solves; below 2 the cycle is definite
_USUAL_EIGENVALUE = 3.0  # of bilinear elements
_POWER_STEPS, _MARGIN = 12, 1.2  # the power iteration comes from below
_TOLERANCE = 1e-11  # of the error in the energy norm, relative
_MOST_ITERATIONS = 400

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineSolution:
    """Potentials of the free nodes, (n_levels, n_surface), and how many iterations they took."""

    potential: Floats
    iterations: int


def solve_by_lines(
    matrix: csr_matrix, right: Floats, films: NDArray[np.int64], n_surface: int, energy: float
) -> LineSolution:
    """Return the solution of a film problem.

    Parameters
    ----------
    matrix
        Symmetric positive definite; unknown ``k n_surface + i`` is node i of level k.  Nodes of one column
        couple only with those of the levels next to theirs.
    right
        Right-hand side, shape (n_levels * n_surface,).
    films
        Film of each level, shape (n_levels,).
    n_surface
        Nodes of a level.
    energy
        Power of the solution, about: what the error is measured against.  That of the right-hand side would
        not do: beside a good conductor it is many orders larger than what the poor one dissipates.

    Raises
    ------
    SolveError
        When a column or the surface problem is singular, or the iteration does not converge.
    """
    n_levels = len(films)
    order = np.arange(n_levels * n_surface).reshape(n_levels, n_surface).T.ravel()
    system = matrix[order][:, order].tocsr()
    lines = _Lines(system, n_levels)
    coarse = _Coarse(system, films, n_surface)
    load = right[order]

    damping = _LARGEST / max(_USUAL_EIGENVALUE, _MARGIN * _largest_eigenvalue(system, lines))

    def precondition(residual: Floats) -> Floats:
        step = damping * lines.solve(residual)
        step += coarse.solve(residual - system @ step)
        step += damping * lines.solve(residual - system @ step)
        return step

    solution = coarse.solve(load)
    solution += coarse.solve(load - system @ solution)
    residual = load - system @ solution
    step = precondition(residual)
    direction, square = step, float(residual @ step)
    iterations = 0
    while square > _TOLERANCE**2 * energy:
        if iterations == _MOST_ITERATIONS:
            raise _stopped(iterations, square / energy)
        image = system @ direction
        length = square / float(direction @ image)
        solution += length * direction
        residual -= length * image
        step = precondition(residual)
        before, square = square, float(residual @ step)
        if not square >= 0:
            raise _stopped(iterations, before / energy)
        direction = step + square / before * direction
        iterations += 1
    return LineSolution(solution.reshape(n_surface, n_levels).T.copy(), iterations)


def _stopped(iterations: int, square: float) -> SolveError:
    return SolveError(
        f"the iteration stopped after {iterations} steps with a relative error of {square**0.5:.1e} (limit "
        f"{_TOLERANCE:.0e}); the films' conductivities may differ by too much: check them"
    )


def _largest_eigenvalue(system: csr_matrix, lines: "_Lines") -> float:
    """Return about the largest eigenvalue of the column solves times the matrix, by power iteration."""
    vector = np.random.default_rng(0).standard_normal(system.shape[0])
    found = 1.0
    for _ in range(_POWER_STEPS):
        image = system @ vector
        after = lines.solve(image)
        found = float(after @ image) / float(vector @ image)
        vector = after / np.linalg.norm(after)
    return found


class _Lines:
    """Exact solves of all columns by themselves."""

    def __init__(self, system: csr_matrix, n_levels: int) -> None:
        diagonal = system.diagonal()
        beside = np.asarray(system.diagonal(1)).copy()
        beside[n_levels - 1 :: n_levels] = 0.0  # from one column to the next
        self._diagonal, self._beside, failed = lapack.dpttrf(diagonal, beside)
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

    def __init__(self, system: csr_matrix, films: NDArray[np.int64], n_surface: int) -> None:
        groups = np.unique(films, return_inverse=True)[1]
        n_groups = int(groups.max()) + 1
        columns = (np.arange(n_surface)[:, None] * n_groups + groups[None]).ravel()
        size = n_surface * n_groups
        spread = csr_matrix((np.ones(len(columns)), (np.arange(len(columns)), columns)), (len(columns), size))
        self._spread, self._gather = spread, spread.T.tocsr()
        small = (self._gather @ system @ spread).tocsc()
        self._factored = splu(
            small, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
        )

    def solve(self, right: Floats) -> Floats:
        """Return the correction, constant in every film of a column."""
        return np.asarray(self._spread @ self._factored.solve(self._gather @ right))
