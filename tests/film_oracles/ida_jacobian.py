"""The Jacobian matrix of the monolithic system: what is linear once, what each column has for itself every time.

Films, sheets and the sum of the currents are linear.  The rest depends, column by column, on seven numbers of that
column: the two cells next to each face, its current and both overpotentials; it is differenced for all at once.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]


class Jacobian:
    """dF/dy + cj dF/dy' in the slots of a fixed sparse pattern, as IDA wants it."""

    def __init__(self, system: Any, control: tuple[str, float]) -> None:
        self.system, self.control = system, control
        n, m, base = system.n, system.cells, system.filled
        self.place = np.arange(n)
        blocks: list[tuple[Any, Any, Any]] = []  # rows, columns, values of what is constant
        self.starts: list[int | None] = []
        at = 0
        for film in system.films:
            self.starts.append(None if film is None else at)
            if film is None:
                continue
            index = at + np.arange(m * n).reshape(m, n)
            through = film.rate * film.area[1:-1] / film.between
            blocks += [
                (index[1:], index[:-1], -through / film.volume[1:]),
                (index[:-1], index[1:], -through / film.volume[:-1]),
                (index[1:], index[1:], through / film.volume[1:]),
                (index[:-1], index[:-1], through / film.volume[:-1]),
                (index[0], base + self.place, -film.sign / film.density / film.volume[0]),
            ]
            at += m * n
        ones = np.ones(n)
        blocks.append((base + self.place, np.full(n, system.size - 1), -ones))
        for k, (laplacian, contact) in enumerate(system.cell.sheets):
            row = base + (3 + k) * n
            held = np.zeros(n, dtype=bool)
            held[np.asarray(contact, dtype=int)] = True
            matrix = sparse.csr_matrix(laplacian).multiply((~held)[:, None]).tocoo()
            blocks += [
                (row + matrix.row, row + matrix.col, matrix.data),
                (row + self.place, row + self.place, held.astype(float)),
                (row + self.place, base + self.place, -(~held).astype(float)),
                (base + self.place, row + self.place, -ones),
            ]
        self.fixed = np.concatenate([np.ravel(values) for *_, values in blocks])
        rows = [np.ravel(row) for row, *_ in blocks]
        columns = [np.ravel(column) for _, column, _ in blocks]
        self.inputs = self._inputs()
        for place in self.inputs:
            for k in range(3):
                rows.append(base + k * n + self.place)
                columns.append(place)
        rows += [np.full(n + 1, system.size - 1), np.arange(base)]
        columns += [np.append(base + self.place, system.size - 1), np.arange(base)]
        row, column = np.concatenate(rows), np.concatenate(columns)
        shape = (system.size, system.size)
        self.pattern = sparse.csc_matrix((np.ones(row.size), (row, column)), shape=shape)
        self.pattern.sum_duplicates()
        self.pattern.sort_indices()
        numbered = self.pattern.copy()
        numbered.data = np.arange(self.pattern.nnz, dtype=float)
        self.slot = np.asarray(numbered[row, column]).ravel().astype(int)

    def _inputs(self) -> list[NDArray[np.intp]]:
        """Where the seven numbers of each column stand (fewer beside lithium metal)."""
        n, base = self.system.n, self.system.filled
        near = [begin + k * n + self.place for begin in self.starts if begin is not None for k in (0, 1)]
        return [*near, *(base + k * n + self.place for k in range(3))]

    def __call__(self, t: float, y: Floats, yp: Floats, res: Floats, cj: float, out: Floats) -> None:
        out[:] = self.values(np.array(y), cj)

    def values(self, y: Floats, cj: float) -> Floats:
        """The entries of the pattern, column by column."""
        system = self.system
        at = self._local(y)
        entries = [self.fixed]
        for place in self.inputs:
            step = 1e-7 * np.maximum(np.abs(y[place]), 1e-3)
            moved = y.copy()
            moved[place] += step
            entries += [(new - old) / step for new, old in zip(self._local(moved), at, strict=True)]
        kind, _ = self.control
        total, voltage = float(y[system.filled : system.filled + system.n].sum()), float(y[-1])
        each, own = {"current": (1.0, 0.0), "voltage": (0.0, 1.0), "power": (voltage, total)}[kind]
        entries += [np.full(system.n, each), np.array([own]), np.full(system.filled, cj)]
        return np.bincount(self.slot, np.concatenate(entries), self.pattern.nnz).astype(float)

    def _local(self, y: Floats) -> list[Floats]:
        states, current, over, *_ = self.system.split(y)
        columns: Callable[..., list[Floats]] = self.system.columns
        return columns([s if s is None else s[:2] for s in states], current, over)
