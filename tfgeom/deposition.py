"""How thick a film is at depth: its step coverage.

A number is the thickness at the deepest point over the nominal one on the flat top, linear in depth.  Points
are (depth in m, ratio), linear between, constant beyond the last, 1 at depth 0 unless given.  Of n designs
the number, the deepest point and what is summed may be arrays of shape (n,); all of them share the points.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfgeom.rows import Numbers, alike, is_rows

StepCoverage = float | tuple[tuple[float, float], ...]

Points = tuple[tuple[Numbers, Numbers], ...]


def coverage_points(coverage: StepCoverage, deepest: Numbers) -> Points:
    """Return (depth, ratio) from the flat top to the deepest point, by increasing depth, m.

    On a plane (``deepest`` 0) every film has its nominal thickness.
    """
    if alike(deepest == 0):
        return ((0.0, 1.0), (0.0, 1.0))
    if not isinstance(coverage, tuple):
        ratio: Numbers = coverage
        return ((0.0, 1.0), (deepest, ratio if is_rows(ratio) else float(ratio)))
    known = coverage if coverage[0][0] == 0 else ((0.0, 1.0), *coverage)
    inside = tuple(point for point in known if alike(point[0] < deepest))
    return (*inside, (deepest, interpolate(known, deepest)))


def interpolate(points: Sequence[tuple[Any, Any]], depth: Numbers) -> Numbers:
    """Return the value of a piecewise linear table at a depth, constant beyond its ends."""
    found = np.interp(depth, [point[0] for point in points], [point[1] for point in points])
    return found if is_rows(found) else float(found)


def summed(first: Points, second: Points, scale: Numbers) -> Points:
    """Return ``first + scale * second`` of two piecewise linear tables of the same end.

    With the knots of both, whose depths all n designs share.
    """
    ends = ((first[0], second[0]), (first[-1], second[-1]))
    top, bottom = ((depth, one + scale * other) for (depth, one), (_, other) in ends)
    inside = sorted({depth for depth, _ in (*first[1:-1], *second[1:-1])})
    return (top, *((depth, at(first, depth) + scale * at(second, depth)) for depth in inside), bottom)


def at(points: Points, depth: float) -> Numbers:
    """Return the value of a piecewise linear table at a depth between its ends, which all n designs share."""
    below = next(index for index, point in enumerate(points) if not alike(point[0] < depth))
    (above, first), (under, last) = points[below - 1 : below + 1]
    return first + (last - first) * ((depth - above) / (under - above))
