"""A plan as shapely polygons, um: what a horizontal cut through a relief shows."""

import math
from typing import Any

from tfgeom.geometry.lattice import corners, lattice_vectors
from tfgeom.geometry.plan import Bar, Loop, Plan
from tfgeom.units import UM

QUARTER_CHORDS = 32
"""Chords of a quarter circle."""


def raised_um(plan: Plan, pitch: float, lattice: str | None, rotation: float, window: Any) -> Any:
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

    period, around = pitch / UM, surrounding(window)
    first = plan.elements[0]
    if isinstance(first, Bar):
        low, _, high, _ = around.bounds
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
    (ax, ay), (bx, by) = lattice_vectors(period, lattice or "square")
    steps = range(-6, 7)
    copies = [affinity.translate(feature, m * ax + n * bx, m * ay + n * by) for m in steps for n in steps]
    together = shapely.union_all([copy for copy in copies if shapely.intersects(copy, around)])
    return shapely.difference(around, together) if plan.raised_background else together


def border(pitch: float, lattice: str | None) -> Any:
    """Return the border of the unit cell, um: the points nearest to the feature at the origin."""
    import shapely

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
