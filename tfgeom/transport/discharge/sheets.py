"""Collectors that carry the columns' currents along themselves, and lose voltage on the way.

Of each sheet ``K psi = I`` holds off its contact, where psi, what is lost from a column to the terminal, is
0; a column has ``f_i(I_i) = W + sum psi_i``.  With the currents eliminated a Newton step is one symmetric
positive definite system, ``K_k dpsi_k + G sum dpsi = G (f - W - dW) + rest``, with two right-hand sides: the
residuals and the level.  Its factor, of an earlier conductance G, is a good preconditioner for long.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.transport.discharge.film_cell import Sheet
from tfgeom.transport.discharge.newton import Response, Solution

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from tfgeom.transport.krylov import Inverse

Floats = NDArray[np.float64]

_RELATIVE = 1e-5  # residual of the preconditioned iteration
_MOST = 3  # iterations before the factor is renewed


class Sheets:
    """Sheets between columns and terminals; answers `tfgeom.transport.discharge.newton.Collectors`.

    Parameters
    ----------
    sheets
        At least one.

    Raises
    ------
    SolveError
        When a sheet has no contact, or holds no column.
    """

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        from scipy.sparse import block_diag, csr_matrix

        self.size = size = sheets[0].stiffness.shape[0]
        self.free: list[NDArray[np.intp]] = []
        stiffnesses = []
        for sheet in sheets:
            if sheet.contact.size == 0:
                raise SolveError(f"{sheet.part}: no contact holds the sheet")
            free = np.setdiff1d(np.arange(size), sheet.contact)
            self.free.append(free)
            stiffnesses.append(csr_matrix(sheet.stiffness)[free][:, free])
        self.ends = np.cumsum([0, *(free.size for free in self.free)])
        self.columns = np.concatenate(self.free)  # of each unknown
        self._conduction = csr_matrix(block_diag(stiffnesses, format="csr"))
        self._place()
        self._inverse: Inverse | None = None

    def _place(self) -> None:
        """Find, once, where each column's conductance enters the one matrix of all sheets."""
        from scipy.sparse import coo_matrix, csr_matrix

        count = self.columns.size
        order = np.argsort(self.columns, kind="stable")
        # every pair of unknowns of one column, the diagonal included
        starts = np.searchsorted(self.columns[order], np.arange(self.size + 1)).tolist()
        pairs = [
            (one, other)
            for first, last in pairwise(starts)
            for one in order[first:last]
            for other in order[first:last]
        ]
        rows, columns = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        mask = coo_matrix((np.ones(rows.size), (rows, columns)), (count, count)).tocsr()
        conduction = self._conduction
        pattern = csr_matrix(abs(conduction) + mask)
        pattern.sort_indices()
        self._pattern = pattern
        keys = np.repeat(np.arange(count), np.diff(pattern.indptr)) * count + pattern.indices
        coo = conduction.tocoo()
        self._base: Floats = np.zeros(pattern.nnz)
        np.add.at(self._base, np.searchsorted(keys, coo.row.astype(np.intp) * count + coo.col), coo.data)
        self._slots = np.searchsorted(keys, rows * count + columns)
        self._of_column = self.columns[rows]

    def _matrix(self, conductance: Floats) -> "csr_matrix":
        from scipy.sparse import csr_matrix

        entries = self._base.copy()
        entries[self._slots] += conductance[self._of_column]
        return csr_matrix((entries, self._pattern.indices, self._pattern.indptr), self._pattern.shape)

    def response(self, conductance: Floats, residual: Floats, solution: Solution) -> Response:
        """Return how currents and losses along sheets follow."""
        unbalanced = self._unbalanced(solution.answer.current, solution.sheets)
        rights = np.stack(
            [(conductance * residual)[self.columns] + unbalanced, conductance[self.columns]], axis=1
        )
        moved = self._solved(self._matrix(conductance), rights)
        by_residual, by_voltage = (self._spread(moved[:, side]) for side in (0, 1))
        return Response(
            conductance * (residual - sum(by_residual)),
            conductance * (1 - sum(by_voltage)),
            by_residual,
            by_voltage,
        )

    def losses(self, current: Floats, sheets: tuple[Floats, ...]) -> float:
        """Return by how much the currents along sheets miss their balance, relative to the largest one."""
        missed = float(np.abs(self._unbalanced(current, sheets)).max(initial=0.0))
        return missed / max(float(np.abs(current).max()), 1e-300)

    def _unbalanced(self, current: Floats, sheets: tuple[Floats, ...]) -> Floats:
        unknowns = np.concatenate([loss[free] for loss, free in zip(sheets, self.free, strict=True)])
        return np.asarray(current[self.columns] - self._conduction @ unknowns)

    def _spread(self, unknowns: Floats) -> tuple[Floats, ...]:
        """Return unknowns as one array a sheet over all columns, 0 at contacts."""
        found = []
        for free, first, last in zip(self.free, self.ends[:-1], self.ends[1:], strict=True):
            whole: Floats = np.zeros(self.size)
            whole[free] = unknowns[first:last]
            found.append(whole)
        return tuple(found)

    def _solved(self, matrix: "csr_matrix", rights: Floats) -> Floats:
        """Return solutions for both right-hand sides: by iteration with the last factor, else by a new."""
        from tfgeom.transport.krylov import symmetric_inverse

        if self._inverse is not None:
            found = _iterated(matrix, rights, self._inverse)
            if found is not None:
                return found
        self._inverse = symmetric_inverse(matrix, refined=False)
        return self._inverse(rights)


def _iterated(matrix: "csr_matrix", rights: Floats, inverse: "Inverse") -> Floats | None:
    """Return solutions of a symmetric positive definite system, shape (n, k); None when it takes too long.

    Conjugate gradients, all right-hand sides side by side, each with its own lengths.
    """
    solution = inverse(rights)
    residual = rights - matrix @ solution
    wanted = _RELATIVE**2 * _squares(rights, rights)
    step = inverse(residual)
    direction, square = step, _squares(residual, step)
    for _ in range(_MOST):
        if np.all(_squares(residual, residual) <= wanted):
            return np.asarray(solution)
        image = matrix @ direction
        curvature = _squares(direction, image)
        length = np.where(curvature > 0, square / np.where(curvature > 0, curvature, 1.0), 0.0)
        solution = solution + length * direction
        residual = residual - length * image
        step = inverse(residual)
        before, square = square, _squares(residual, step)
        direction = step + np.where(before > 0, square / np.where(before > 0, before, 1.0), 0.0) * direction
    return None


def _squares(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->j", one, other))
