"""The conductance matrix of films as links between neighbouring sheets of nodes.

Every layer of elements, and every interface at which the potential jumps, joins one sheet with the next.  All
sheets share the surface grid, so each block of the matrix has the pattern of the surface; a link is three
arrays of values over it.  Links kept apart give the power of every film, the current through any face and the
matrices of the solvers without a second assembly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SurfacePattern:
    """Which surface nodes share a quad, as the pattern of a sparse matrix with sorted rows.

    Attributes
    ----------
    n
        Number of surface nodes.
    starts, columns, rows
        First slot of each row, shape (n + 1,); column and row of each slot.
    transposed
        Slot of (column, row) for each slot of (row, column).
    diagonal
        Slot of (i, i) for each node.
    slots
        Slot of each pair of corners of each quad, shape (16, n_quads), pair ``4 a + b``.
    """

    n: int
    starts: Ids
    columns: Ids
    rows: Ids
    transposed: Ids
    diagonal: Ids
    slots: Ids

    def gather(self, values: Floats) -> Floats:
        """Return the sums over quads of values of pairs of corners, shape (4, 4, n_quads), per slot."""
        return np.bincount(self.slots.ravel(), values.ravel(), len(self.columns)).astype(np.float64)


def surface_pattern(quads: Ids, n: int) -> SurfacePattern:
    """Return the pattern of the surface grid.

    Parameters
    ----------
    quads
        Corners, shape (n_quads, 4).
    n
        Number of surface nodes.
    """
    codes = (quads.T[:, None] * n + quads.T[None]).reshape(16, -1)
    found, slots = np.unique(codes, return_inverse=True)
    rows, columns = np.divmod(found, n)
    return SurfacePattern(
        n=n,
        starts=np.searchsorted(rows, np.arange(n + 1)),
        columns=columns,
        rows=rows,
        transposed=np.searchsorted(found, columns * n + rows),
        diagonal=np.searchsorted(found, np.arange(n) * (n + 1)),
        slots=slots.reshape(16, -1),
    )


@dataclass(frozen=True, slots=True)
class FilmLinks:
    """A symmetric matrix with vanishing row sums over the nodes of all sheets.

    Attributes
    ----------
    pattern
        Of the surface.
    low, cross, up
        Values of each link between the nodes of its lower sheet, from lower (row) to upper sheet (column),
        and between those of its upper sheet; shape (n_sheets - 1, n_slots).
    along
        Values within a sheet that belong to no link: conduction along a collector; by sheet.
    """

    pattern: SurfacePattern
    low: Floats
    cross: Floats
    up: Floats
    along: dict[int, Floats]

    @property
    def n_sheets(self) -> int:
        """Number of sheets."""
        return len(self.low) + 1

    def within(self, sheet: int) -> Floats:
        """Return the values between the nodes of one sheet, (n_slots,)."""
        found = self.along[sheet].copy() if sheet in self.along else np.zeros(len(self.pattern.columns))
        if sheet > 0:
            found += self.up[sheet - 1]
        if sheet < len(self.low):
            found += self.low[sheet]
        return np.asarray(found)

    def link_product(self, link: int, test: Floats, potential: Floats) -> float:
        """Return ``test . A potential`` for one link alone; both of shape (n_sheets, n).

        As row sums vanish it is ``-1/2 sum a_ij (test_i - test_j)(potential_i - potential_j)``, in which
        good conductors lose no digits.
        """
        degree, to = np.diff(self.pattern.starts), self.pattern.columns
        total = 0.0
        for values, first, second, weight in (
            (self.low[link], link, link, 0.5),
            (self.up[link], link + 1, link + 1, 0.5),
            (self.cross[link], link, link + 1, 1.0),
        ):
            steps = np.repeat(potential[first], degree) - potential[second].take(to)
            tests = steps
            if test is not potential:
                tests = np.repeat(test[first], degree) - test[second].take(to)
            total -= weight * float(np.einsum("i,i,i", values, steps, tests))
        return total

    def along_power(self, sheet: int, potential: Floats) -> float:
        """Return the power of the conduction along one sheet, ``potential`` of shape (n_sheets, n)."""
        if sheet not in self.along:
            return 0.0
        steps = potential[sheet, self.pattern.rows] - potential[sheet, self.pattern.columns]
        return -0.5 * float(np.einsum("i,i,i", self.along[sheet], steps, steps))

    def power(self, potential: Floats) -> float:
        """Return ``potential . A potential``, shape (n_sheets, n)."""
        links = sum(self.link_product(link, potential, potential) for link in range(len(self.low)))
        return links + sum(self.along_power(sheet, potential) for sheet in self.along)

    def link_current(self, link: int, potential: Floats) -> tuple[Floats, Floats]:
        """Return what one link draws from each node of its lower and of its upper sheet, (n,) each."""
        at, to, n = self.pattern.rows, self.pattern.columns, self.pattern.n
        low, up = potential[link], potential[link + 1]
        low_at, up_at = (np.repeat(values, np.diff(self.pattern.starts)) for values in (low, up))
        low_to, up_to = low.take(to), up.take(to)
        back = self.cross[link].take(self.pattern.transposed)
        from_low = self.low[link] * (low_to - low_at) + self.cross[link] * (up_to - low_at)
        from_up = self.up[link] * (up_to - up_at) + back * (low_to - up_at)
        return np.bincount(at, from_low, n).astype(np.float64), np.bincount(at, from_up, n).astype(np.float64)

    def node_current(self, potential: Floats) -> Floats:
        """Return ``A potential``, (n_sheets, n), by differences."""
        found = np.zeros_like(potential)
        for link in range(len(self.low)):
            lower, upper = self.link_current(link, potential)
            found[link] += lower
            found[link + 1] += upper
        at, to = self.pattern.rows, self.pattern.columns
        for sheet, values in self.along.items():
            steps = potential[sheet, to] - potential[sheet, at]
            found[sheet] += np.bincount(at, values * steps, self.pattern.n)
        return found

    def blocks(self, fixed: NDArray[np.bool_]) -> "FilmBlocks":
        """Return the matrix with the rows and columns of fixed nodes, (n_sheets, n), cut out.

        They keep a one on the diagonal.
        """
        at, to = self.pattern.rows, self.pattern.columns
        m = self.n_sheets
        within, above = np.empty((m, len(at))), np.empty((m - 1, len(at)))
        for sheet in range(m):
            held = fixed[sheet]
            within[sheet] = np.where(held[at] | held[to], 0.0, self.within(sheet))
            within[sheet, self.pattern.diagonal[held]] = 1.0
            if sheet + 1 < m:
                above[sheet] = np.where(held[at] | fixed[sheet + 1][to], 0.0, self.cross[sheet])
        return FilmBlocks(self.pattern, within, above, fixed)


@dataclass(frozen=True, slots=True)
class FilmBlocks:
    """A symmetric matrix over the nodes of sheets, each coupled with the next only.

    Attributes
    ----------
    pattern
        Of the surface.
    within, above
        Values within each sheet, (n_sheets, n_slots), and from each (row) to the next (column).
    fixed
        Nodes that are cut out, with a one on the diagonal, (n_sheets, n).
    """

    pattern: SurfacePattern
    within: Floats
    above: Floats
    fixed: NDArray[np.bool_]

    def grouped(self, groups: Ids) -> "FilmBlocks":
        """Return the matrix of fields that are equal at all free nodes of a group of sheets of every column.

        ``groups`` start at 0 and grow by at most one from sheet to sheet, shape (n_sheets,).
        """
        count, diagonal = int(groups[-1]) + 1, self.pattern.diagonal
        within = np.zeros((count, self.within.shape[1]))
        above = np.zeros((count - 1, self.within.shape[1]))
        fixed = np.ones((count, self.pattern.n), dtype=bool)
        for sheet, group in enumerate(groups):
            within[group] += self.within[sheet]
            within[group, diagonal] -= self.fixed[sheet]
            fixed[group] &= self.fixed[sheet]
        for sheet, values in enumerate(self.above):
            if groups[sheet] == groups[sheet + 1]:
                within[groups[sheet]] += values + values[self.pattern.transposed]
            else:
                above[groups[sheet]] += values
        within[:, diagonal] += fixed
        return FilmBlocks(self.pattern, within, above, fixed)

    def columns(self) -> tuple[Floats, Floats]:
        """Return diagonal (n, n_sheets) and couplings to the next sheet (n, n_sheets - 1) of every column."""
        return self.within[:, self.pattern.diagonal].T, self.above[:, self.pattern.diagonal].T

    def matrix(self) -> csr_matrix:
        """Return the sparse matrix; node i of sheet k has the number ``i n_sheets + k``."""
        pattern, m = self.pattern, len(self.within)
        degree = np.diff(pattern.starts)
        widths = np.full(m, 3)
        widths[0] -= 1
        widths[-1] -= 1
        before = np.concatenate(([0], np.cumsum(widths)))
        sizes = degree[:, None] * widths
        starts = np.concatenate(([0], np.cumsum(sizes)))
        small = starts[-1] < np.iinfo(np.int32).max
        kind = np.int32 if small else np.int64
        data, columns = np.empty(starts[-1]), np.empty(starts[-1], dtype=kind)
        base = (pattern.starts[:-1] * before[-1])[pattern.rows]
        inside = np.arange(len(pattern.rows)) - pattern.starts[pattern.rows]
        first = (pattern.columns * m).astype(kind)
        for k in range(m):
            slot = base + degree[pattern.rows] * before[k] + inside * widths[k]
            if k > 0:
                data[slot], columns[slot] = self.above[k - 1][pattern.transposed], first + (k - 1)
                slot = slot + 1
            data[slot], columns[slot] = self.within[k], first + k
            if k + 1 < m:
                data[slot + 1], columns[slot + 1] = self.above[k], first + (k + 1)
        size = pattern.n * m
        return csr_matrix((data, columns, starts.astype(kind)), shape=(size, size))
