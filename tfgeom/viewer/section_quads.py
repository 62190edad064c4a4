"""The face that closes a surface where a plane cuts it, by trapezoids.

The section is cut into slabs at every corner; in each, the lines that cross it bound the inside in pairs.  No
contour has to be followed, so that sections of any shape come out whole.
"""

import numpy as np
from numpy.typing import NDArray

_SNAP = 1e-9  # of the extent: corners closer than that along the slabs are one

Points = NDArray[np.float64]
Ids = NDArray[np.int64]


def section_quads(points: Points, triangles: Ids, axis: int, place: float) -> tuple[Points, Ids]:
    """Return the section of a closed surface with a plane as points (n, 3) and quads (m, 4).

    Parameters
    ----------
    points, triangles
        Of the surface; neighbouring triangles share the numbers of their corners.
    axis, place
        The plane: coordinate ``axis`` is ``place``.  Quads are counter-clockwise seen from the positive side
        of x and z and the negative one of y.

    Raises
    ------
    ValueError
        When the surface is not closed.
    """
    lines = _crossings(points, triangles, axis, place)
    across, along = (k for k in range(3) if k != axis)
    step = _SNAP * max(float(np.ptp(points[:, across])), np.finfo(float).tiny)
    places = np.round(lines[:, :, across] / step)
    order = np.argsort(places, axis=1)
    places = np.take_along_axis(places, order, axis=1)
    heights = np.take_along_axis(lines[:, :, along], order, axis=1)
    wide = places[:, 0] < places[:, 1]
    places, heights = places[wide], heights[wide]
    levels, slabs = np.unique(places, return_inverse=True)
    first, last = slabs.reshape(-1, 2).T
    spans = last - first
    line = np.repeat(np.arange(len(places)), spans)
    slab = np.arange(len(line)) - np.repeat(np.cumsum(spans) - spans, spans) + first[line]
    if np.any(np.bincount(slab) % 2):
        raise ValueError("the surface is not closed")
    slope = (heights[:, 1] - heights[:, 0]) / (places[:, 1] - places[:, 0])
    ends = np.stack((levels[slab], levels[slab + 1]), axis=1)
    level = heights[line, :1] + slope[line, None] * (ends - places[line, :1])
    pairs = np.lexsort((level.sum(axis=1), slab)).reshape(-1, 2)
    low, high = level[pairs[:, 0]], level[pairs[:, 1]]
    ends = ends[pairs[:, 0]] * step
    corners = np.full((len(pairs), 4, 3), place)
    corners[:, :, across] = ends[:, [0, 1, 1, 0]]
    corners[:, :, along] = np.column_stack((low, high[:, ::-1]))
    return corners.reshape(-1, 3), np.arange(4 * len(pairs)).reshape(-1, 4)


def _crossings(points: Points, triangles: Ids, axis: int, place: float) -> Points:
    """Return where a plane crosses triangles, (n, 2, 3); exactly the same points in neighbouring ones."""
    beyond = points[:, axis] >= place
    sides = beyond[triangles]
    count = sides.sum(axis=1)
    crossed = (count == 1) | (count == 2)
    triangles, sides = triangles[crossed], sides[crossed]
    lone = np.argmax(sides == (count[crossed] == 1)[:, None], axis=1)
    rows = np.arange(len(triangles))
    ends = []
    for other in (1, 2):
        pair = np.sort(np.column_stack((triangles[rows, lone], triangles[rows, (lone + other) % 3])), axis=1)
        low, high = points[pair[:, 0]], points[pair[:, 1]]
        share = (place - low[:, axis]) / (high[:, axis] - low[:, axis])
        ends.append(low + share[:, None] * (high - low))
    return np.stack(ends, axis=1)
