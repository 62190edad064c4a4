"""How thick a film is at depth: its step coverage.

A number is the thickness at the deepest point over the nominal one on the flat top, linear in depth.  Points
are (depth in m, ratio), linear between, constant beyond the last, 1 at depth 0 unless given.
"""

from collections.abc import Sequence

import numpy as np

StepCoverage = float | tuple[tuple[float, float], ...]

Points = tuple[tuple[float, float], ...]


def coverage_points(coverage: StepCoverage, deepest: float) -> Points:
    """Return (depth, ratio) from the flat top to the deepest point, by increasing depth, m.

    On a plane (``deepest`` 0) every film has its nominal thickness.
    """
    if deepest == 0:
        return ((0.0, 1.0), (0.0, 1.0))
    if isinstance(coverage, (float, int)):
        return ((0.0, 1.0), (deepest, float(coverage)))
    known = coverage if coverage[0][0] == 0 else ((0.0, 1.0), *coverage)
    inside = tuple(point for point in known if point[0] < deepest)
    return (*inside, (deepest, interpolate(known, deepest)))


def interpolate(points: Sequence[tuple[float, float]], depth: float) -> float:
    """Return the value of a piecewise linear table at a depth, constant beyond its ends."""
    return float(np.interp(depth, [point[0] for point in points], [point[1] for point in points]))


def summed(first: Points, second: Points, scale: float) -> Points:
    """Return ``first + scale * second`` of two piecewise linear tables, with the knots of both."""
    depths = sorted({depth for depth, _ in (*first, *second)})
    return tuple((depth, interpolate(first, depth) + scale * interpolate(second, depth)) for depth in depths)
