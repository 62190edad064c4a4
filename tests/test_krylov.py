"""The shared solvers of symmetric matrices against dense ones, and what they refuse."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, kron

from tfgeom.errors import SolveError
from tfgeom.transport.krylov import conjugate_gradients, symmetric_inverse

RNG = np.random.default_rng(5)


def grid(n: int, contrast: float = 1.0) -> csr_matrix:
    """Return the conductances of a square grid, held by its first side; one direction conducts better."""
    line = diags([np.full(n - 1, -1.0), np.full(n, 2.0), np.full(n - 1, -1.0)], [-1, 0, 1]).tolil()
    line[-1, -1] = 1.0
    free = line.copy()
    free[0, 0] = 1.0
    ones = diags(np.ones(n))
    return csr_matrix(kron(line, ones) + contrast * kron(ones, free))


MATRIX = grid(12, 100.0)
EXACT = RNG.standard_normal(MATRIX.shape[0])
LOAD = MATRIX @ EXACT


def jacobi(residual: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(residual / MATRIX.diagonal())


POWER = float(EXACT @ LOAD)


@pytest.mark.parametrize("refined", [True, False])
def test_the_direct_solve_takes_any_right_hand_side(refined: bool) -> None:
    inverse = symmetric_inverse(MATRIX, refined)
    dense = np.linalg.inv(MATRIX.toarray())
    for _ in range(3):
        right = RNG.standard_normal(MATRIX.shape[0])
        assert inverse(right) == pytest.approx(dense @ right, rel=1e-9, abs=1e-11)


def test_a_matrix_that_nothing_holds_is_refused() -> None:
    loose = csr_matrix(np.array([[1.0, -1.0], [-1.0, 1.0]]))
    with pytest.raises(SolveError, match="the potential is not held by anything"):
        symmetric_inverse(loose)


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-10])
def test_the_iteration_ends_at_its_tolerance_and_not_before(tolerance: float) -> None:
    found, iterations = conjugate_gradients(MATRIX, LOAD, jacobi, lambda _: POWER, tolerance, 500)
    residual = LOAD - MATRIX @ found
    assert float(residual @ jacobi(residual)) <= tolerance**2 * POWER * (1 + 1e-3)
    assert 0 < iterations < 200
    with pytest.raises(SolveError, match=f"stopped after {iterations - 1} steps"):
        conjugate_gradients(MATRIX, LOAD, jacobi, lambda _: POWER, tolerance, iterations - 1)


def test_the_error_is_measured_against_the_power_that_is_found() -> None:
    # The start dissipates far more than the solution: its power would end the iteration too early.
    start = 1e4 * RNG.standard_normal(MATRIX.shape[0])
    given = start.copy()
    found, _ = conjugate_gradients(MATRIX, LOAD, jacobi, lambda x: float(x @ (MATRIX @ x)), 1e-6, 500, start)
    residual = LOAD - MATRIX @ found
    assert float(residual @ jacobi(residual)) <= 1e-12 * POWER * (1 + 1e-3)
    assert np.array_equal(start, given)


def test_an_exact_preconditioner_takes_one_step_and_an_exact_start_none() -> None:
    exact = symmetric_inverse(MATRIX)
    found, iterations = conjugate_gradients(MATRIX, LOAD, exact, lambda _: POWER, 1e-9, 10)
    assert iterations == 1
    assert found == pytest.approx(EXACT, abs=1e-9)
    found, iterations = conjugate_gradients(MATRIX, LOAD, jacobi, lambda _: POWER, 1e-9, 10, EXACT)
    assert iterations == 0
    assert found == pytest.approx(EXACT, abs=1e-12)


def test_a_matrix_that_is_not_positive_is_refused() -> None:
    with pytest.raises(SolveError, match="the conductance matrix is not positive"):
        conjugate_gradients(csr_matrix(-MATRIX), LOAD, jacobi, lambda _: POWER, 1e-6, 50)
