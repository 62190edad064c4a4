"""A plan as shapely polygons, um: what a horizontal cut through a relief shows."""

import math
from typing import Any

from tfgeom.geometry.lattice import Pitch, along_axes, corners, in_unit, lattice_vectors
from tfgeom.geometry.plan import Bar, Loop, Plan
from tfgeom.units import UM

QUARTER_CHORDS = 32
"""Chords of a quarter circle."""


def raised_um(plan: Plan, pitch: Pitch, lattice: str | None, rotation: float, window: Any) -> Any:
    """Return the raised material of a plan over a box and what surrounds it, as a shapely geometry, um.

    Parameters
    ----------
    plan
        Of a relief with walls.
    pitch, lattice
        How it repeats; the pitch in m.
    rotation
        Turn of polygonal sections, rad.
    window
        A square box, um.
    """
    import shapely
    from shapely import affinity

    around = surrounding(window)
    first = plan.elements[0]
    if isinstance(first, Bar):
        low, _, high, _ = around.bounds
        period = along_axes(pitch)[0] / UM
        left, right = (first.centre - first.half_width) / UM, (first.centre + first.half_width) / UM
        places = range(math.floor(low / period) - 1, math.ceil(high / period) + 1)
        return shapely.union_all(
            [shapely.box(k * period + left, low, k * period + right, high) for k in places]
        )
    feature = shapely.Polygon()
    for element in plan.elements:
        if isinstance(element, Loop):
            opens = element.opening and not plan.raised_background
            feature = (shapely.difference if opens else shapely.union)(feature, _polygon(element, rotation))
    (ax, _), (bx, by) = lattice_vectors(in_unit(pitch, UM), lattice or "square")
    low, _, high, _ = around.bounds
    rows = range(math.floor(low / by) - 1, math.ceil(high / by) + 2)
    copies = [
        affinity.translate(feature, m * ax + n * bx, n * by)
        for n in rows
        for m in range(math.floor((low - n * bx) / ax) - 1, math.ceil((high - n * bx) / ax) + 2)
    ]
    together = shapely.union_all([copy for copy in copies if shapely.intersects(copy, around)])
    return shapely.difference(around, together) if plan.raised_background else together


def border(pitch: Pitch, lattice: str | None) -> Any:
    """Return the border of the unit cell, um: the points nearest to the feature at the origin."""
    import shapely

    if isinstance(pitch, tuple):
        half_x, half_y = (period / 2 / UM for period in pitch)
        return shapely.box(-half_x, -half_y, half_x, half_y)
    return shapely.Polygon(corners(pitch / 2 / UM, 6 if lattice == "hexagonal" else 4, 0.0))


def surrounding(window: Any) -> Any:
    """Return a square box with as much again on every side, um: films on material there reach into it."""
    import shapely

    low, high = window.bounds[0], window.bounds[2]
    reach = high - low
    return shapely.box(low - reach, low - reach, high + reach, high + reach)


def _polygon(element: Loop, rotation: float) -> Any:
    import shapely

    radius = element.inradius / UM
    if element.sides == 0:
        return shapely.Point(0, 0).buffer(radius, quad_segs=QUARTER_CHORDS)
    return shapely.Polygon(corners(radius, element.sides, rotation))
