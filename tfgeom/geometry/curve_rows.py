"""Level curves as points and tables, of one relief or of n at once.

Points of one curve have the shape (m, 2), those of n curves (m, 2, n): what belongs to a point comes first,
what belongs to a relief last.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.rows import Numbers, choose, is_rows, plain

FloatArray = NDArray[np.float64]
Table = Sequence[tuple[Numbers, Numbers]]
"""(place, value) by increasing place; of n reliefs either may have the shape (n,)."""


def rows_in(table: Table) -> bool:
    """Return whether a table holds a value a relief."""
    return any(is_rows(part) for pair in table for part in pair)


def between(table: Table, x: Numbers) -> Numbers:
    """Return the value of a piecewise linear table at ``x``, constant beyond its ends.

    Parameters
    ----------
    table
        The table.
    x
        Places; of n reliefs the last axis is theirs.
    """
    if not rows_in(table):
        places, values = zip(*table, strict=True)
        return np.interp(x, places, values)
    found: Any = table[0][1]
    for (place, value), (further, other) in pairwise(table):
        length = further - place
        slope = (other - value) / choose(length > 0, length, np.inf)
        found = found + slope * np.clip(x - place, 0.0, length)
    return found


def slopes(table: Table, x: Numbers) -> Numbers:
    """Return the slope of a piecewise linear table at places within it."""
    found: Any = 0.0
    for (place, value), (further, other) in pairwise(table):
        length = further - place
        found = np.where(x >= place, (other - value) / choose(length > 0, length, np.inf), found)
    return found


def stacked(*numbers: Numbers) -> FloatArray:
    """Return numbers as an array along its first axis; of n reliefs the second is theirs."""
    if any(is_rows(number) for number in numbers):
        return np.stack(np.broadcast_arrays(*numbers))
    return np.array(numbers)


def tubes(*numbers: Numbers) -> FloatArray:
    """Return a number a tube of current, shape (tubes,), of n reliefs (tubes, n)."""
    return stacked(*numbers)


def curve_points(rho: FloatArray, z: FloatArray) -> FloatArray:
    """Return points of a curve, shape (m, 2), of n reliefs (m, 2, n)."""
    if rho.shape != z.shape:
        axes = max(rho.ndim, z.ndim)
        rho, z = np.broadcast_arrays(*(one[:, None] if one.ndim < axes else one for one in (rho, z)))
    return np.stack((rho, z), axis=1)


def joined(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the points of two curves one after the other."""
    if first.ndim == second.ndim == 2:
        return np.concatenate((first, second))
    both = [one if one.ndim > 2 else one[..., None] for one in (first, second)]
    rows = max(one.shape[-1] for one in both)
    return np.concatenate([np.broadcast_to(one, (*one.shape[:-1], rows)) for one in both])


def cut_below(points: FloatArray, z: Numbers) -> FloatArray:
    """Return a polyline that descends, ended where it first meets the height ``z``.

    Of a single relief what lies beyond is left out, of n it is moved to the end.
    """
    if points.ndim == 2 and not is_rows(z):
        below = np.flatnonzero(points[:, 1] <= z)
        if not below.size or below[0] == 0:
            return points if not below.size else points[:1]
        last = int(below[0])
        (rho0, z0), (rho1, z1) = points[last - 1], points[last]
        share = (z0 - z) / (z0 - z1)
        return np.vstack((points[:last], [rho0 + share * (rho1 - rho0), z]))
    if points.ndim == 2:
        points = points[..., None]
    if is_rows(z):
        points = np.broadcast_to(points, (*points.shape[:-1], max(points.shape[-1], len(z))))
    beyond = np.logical_or.accumulate(points[:, 1] <= z, axis=0)  # (m, n)
    # the point before the first one below, and that one; both the same where it is the very first
    first = np.argmax(beyond, axis=0)
    last = np.maximum(first - 1, 0)
    before, after = (np.take_along_axis(points, at[None, None], axis=0)[0] for at in (last, first))
    drop = before[1] - after[1]
    share = np.where(drop > 0, (before[1] - z) / np.where(drop > 0, drop, 1.0), 0.0)
    end = before + share * (after - before)
    return np.where(beyond[:, None], end, points)


def polygon(points: FloatArray) -> tuple[Numbers, Numbers]:
    """Return area and first moment about rho = 0 of a polygon, positive if it runs clockwise (shoelace).

    Where a film reaches above the relief its level curve turns around, and what it encloses counts less.
    """
    rho, z = points[:, 0], points[:, 1]
    rho1, z1 = np.roll(rho, -1, axis=0), np.roll(z, -1, axis=0)
    cross = rho1 * z - rho * z1
    return plain(cross.sum(axis=0)) / 2, plain(((rho + rho1) * cross).sum(axis=0)) / 6
