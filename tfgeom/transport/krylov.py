"""Solvers of symmetric matrices that films, liquid and plane problems share: one direct, one iterative."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.linalg import splu

from tfgeom.errors import SolveError

Floats = NDArray[np.float64]
Matrix = csr_matrix
Inverse = Callable[[Floats], Floats]


def symmetric_inverse(matrix: csr_matrix, refined: bool = True) -> Inverse:
    """Return what solves a symmetric positive definite system directly, for any right-hand side.

    Parameters
    ----------
    matrix
        Shape (n, n).
    refined
        Whether a second solve, for the residual, restores the digits that fill-in costs.

    Raises
    ------
    SolveError
        When the matrix is singular: nothing holds the potential.
    """
    # a symmetric matrix by columns is the one by rows: nothing is copied
    columns = csc_matrix((matrix.data, matrix.indices, matrix.indptr), matrix.shape)
    try:
        factored = splu(
            columns, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
        )
    except RuntimeError as error:
        raise SolveError(f"the potential is not held by anything: {error}") from error

    if not refined:
        return lambda right: np.asarray(factored.solve(right))

    def solve(right: Floats) -> Floats:
        solved = factored.solve(right)
        return np.asarray(solved + factored.solve(right - columns @ solved))

    return solve


def conjugate_gradients(
    matrix: csr_matrix,
    right: Floats,
    precondition: Inverse,
    power: Callable[[Floats], float],
    tolerance: float,
    most: int,
    start: Floats | None = None,
) -> tuple[Floats, int]:
    """Return the solution of a symmetric positive definite system, and how many iterations it took.

    Parameters
    ----------
    matrix
        Shape (n, n).
    right
        Right-hand side, shape (n,).
    precondition
        Symmetric positive definite approximation of the inverse.
    power
        Gives what the error is measured against, for a solution of shape (n,), the start too, above 0: the
        power of the whole cell.
        That of the right-hand side would not do: beside a good conductor it is many orders larger than what
        the poor one dissipates.
    tolerance
        Error in the energy norm as the preconditioner sees it, relative, at which the iteration ends; the
        error of a current is its square.
    most
        Iterations that are allowed.
    start
        First guess; 0 by default.

    Raises
    ------
    SolveError
        When the iteration does not reach its tolerance, or the matrix is not positive.
    """
    solution = np.zeros_like(right) if start is None else start.copy()
    residual = right - matrix @ solution
    step = precondition(residual)
    direction, square = step, float(residual @ step)
    energy = power(solution)
    for iteration in range(most + 1):
        if 0 <= square <= tolerance**2 * energy:
            # measured against the power that was found, not the larger one of the start
            energy = power(solution)
            if square <= tolerance**2 * energy:
                return solution, iteration
        image = matrix @ direction
        length = square / positive(float(direction @ image))
        solution += length * direction
        residual -= length * image
        step = precondition(residual)
        before, square = square, float(residual @ step)
        if not square >= 0:
            square = before
            break
        direction = step + square / before * direction
    raise SolveError(
        f"the iteration stopped after {iteration} steps with a relative error of "
        f"{(abs(square) / energy) ** 0.5:.1e} (limit {tolerance:.0e}); conductivities and resistances may "
        "differ by too much: check them"
    )


def positive(curvature: float) -> float:
    """Return a curvature; raise SolveError where it is not above 0."""
    if not curvature > 0:
        raise SolveError("the conductance matrix is not positive: a conductivity is zero or negative")
    return curvature
