"""The flat cut across a trench, between a level surface and a plane above or below it, as proper triangles.

A wall stands in that cut: joined to points of the plane straight below them, the nodes of an upright wall
would give triangles without area, and those of an overhanging one triangles that lie over each other.
"""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Plan = NDArray[np.float64]


def cut_triangles(profile: Plan, plane: Plan) -> Ids:
    """Return the triangles between a profile and a row of points at one height, all with an area.

    Parameters
    ----------
    profile, plane
        Across and height, each shape (n, 2).  The first of one stands above the first of the other, the last
        above the last; neighbours in a row may coincide.

    Returns
    -------
    ndarray
        Shape (m, 3): indices into the profile, or from n on into the plane.  They turn as the outline does
        that runs along the profile and back in the plane.  Of points that coincide the first is named.
    """
    import shapely

    ring = np.concatenate((profile, plane[::-1]))
    number = np.concatenate((np.arange(len(profile)), len(profile) + np.arange(len(plane))[::-1]))
    named: dict[tuple[float, float], int] = {}
    for place, index in sorted(zip(map(tuple, ring.tolist()), number.tolist(), strict=True), key=_by_number):
        named.setdefault(place, index)
    fresh = np.ones(len(ring), dtype=bool)
    fresh[1:] = (ring[1:] != ring[:-1]).any(axis=1)
    outline = shapely.Polygon(ring[fresh])
    corners = np.array(
        [part.exterior.coords[:3] for part in shapely.constrained_delaunay_triangles(outline).geoms]
    )
    turned = _turns(corners) != (not outline.exterior.is_ccw)
    corners[~turned] = corners[~turned][:, ::-1]
    return np.array([[named[x, y] for x, y in corner] for corner in corners.tolist()], dtype=np.int64)


def _by_number(found: tuple[tuple[float, float], int]) -> int:
    return found[1]


def _turns(corners: Plan) -> NDArray[np.bool_]:
    """Return whether triangles, shape (m, 3, 2), are counter-clockwise."""
    (ax, ay), (bx, by) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    return np.asarray(ax * by - ay * bx > 0)
