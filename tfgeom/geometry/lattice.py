"""Cross-sections of pillars and holes on a lattice: who faces whom, and how far away."""

import math
from typing import TypeAlias

from tfgeom.geometry.curve_rows import FloatArray
from tfgeom.geometry.plan import Loop
from tfgeom.rows import Numbers, choose, cosine, larger, root, sine, smaller

SIDES = {"circle": 0, "square": 4, "hexagon": 6}
"""Number of sides by the name of a cross-section; 0 for a circle."""


Pitch: TypeAlias = Numbers
"""The period of a lattice: one, or of a ``rectangular`` lattice a tuple of that along x and that along y."""


def along_axes(pitch: Pitch) -> tuple[Numbers, Numbers]:
    """Return the periods along x and along y; the same of a lattice with one."""
    return pitch if isinstance(pitch, tuple) else (pitch, pitch)


def in_unit(pitch: Pitch, unit: float) -> Pitch:
    """Return a pitch in a unit of this many m."""
    return (pitch[0] / unit, pitch[1] / unit) if isinstance(pitch, tuple) else pitch / unit


def nearest(pitch: Pitch) -> Numbers:
    """Return the distance between the axes of nearest neighbours, in the unit of the pitch."""
    return smaller(*along_axes(pitch))


def lattice_footprint(pitch: Pitch, lattice: str) -> Numbers:
    """Return the area of the primitive cell of a square, rectangular or hexagonal lattice, m²."""
    along_x, along_y = along_axes(pitch)
    return math.sqrt(3) / 2 * along_x**2 if lattice == "hexagonal" else along_x * along_y


def lattice_vectors(pitch: Pitch, lattice: str) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """Return the two vectors that repeat the cell; the first lies along x."""
    along_x, along_y = along_axes(pitch)
    if lattice == "hexagonal":
        return (along_x, 0.0), (along_x / 2, along_x * math.sqrt(3) / 2)
    return (along_x, 0.0), (0.0, along_y)


def across_flats(side: Numbers, sides: int) -> Numbers:
    """Return the width across flats of a square or hexagon with edges of length ``side``."""
    return side / math.tan(math.pi / sides)


def corners(inradius: float, sides: int, rotation: float) -> FloatArray:
    """Return the corners of a polygon with a flat towards +x (before ``rotation``), shape (sides, 2)."""
    import numpy as np

    angles = rotation + math.pi / sides * (1 + 2 * np.arange(sides))
    return inradius / math.cos(math.pi / sides) * np.column_stack((np.cos(angles), np.sin(angles)))


def neighbour_distance(section: Loop, rotation: Numbers, pitch: Pitch, lattice: str) -> Numbers:
    """Return the smallest distance between a section and its copies on the lattice, m.

    Negative where they overlap: by how far they would have to move apart.  Sections are centrally symmetric,
    so a copy moved by v is as far away as the point v is from the section twice as large.
    """
    if section.sides == 0:
        return nearest(pitch) - 2 * section.inradius
    (ax, ay), (bx, by) = lattice_vectors(pitch, lattice)
    steps = [(m, n) for m in range(-2, 3) for n in range(3) if (n, m) > (0, 0)]
    found: Numbers = math.inf
    for m, n in steps:
        found = smaller(found, _to_polygon(m * ax + n * bx, m * ay + n * by, section, rotation))
    return found


def _to_polygon(x: Numbers, y: Numbers, section: Loop, rotation: Numbers) -> Numbers:
    """Return how far a point (m) is from a section twice as large, negative inside of it."""
    inradius, half = 2 * section.inradius, math.pi / section.sides
    nearest_edge, furthest_out = math.inf, -math.inf
    half_side = inradius * math.tan(half)
    for side in range(section.sides):
        turn = rotation + 2 * half * side
        c, s = cosine(turn), sine(turn)
        out, along = x * c + y * s - inradius, y * c - x * s
        past = larger(abs(along) - half_side, 0.0)
        nearest_edge = smaller(nearest_edge, root(out**2 + past**2))
        furthest_out = larger(furthest_out, out)
    return choose(furthest_out < 0, -nearest_edge, nearest_edge)
