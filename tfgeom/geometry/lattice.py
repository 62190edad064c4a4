"""Cross-sections of pillars and holes on a lattice: who faces whom, and how far away."""

import math

from tfgeom.geometry.plan import Loop
from tfgeom.geometry.profile import FloatArray

SIDES = {"circle": 0, "square": 4, "hexagon": 6}
"""Number of sides by the name of a cross-section; 0 for a circle."""


def lattice_footprint(pitch: float, lattice: str) -> float:
    """Return the area of the primitive cell of a ``square`` or ``hexagonal`` lattice, m²."""
    return pitch**2 if lattice == "square" else math.sqrt(3) / 2 * pitch**2


def lattice_vectors(pitch: float, lattice: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the two vectors that repeat the cell; the first lies along x."""
    if lattice == "square":
        return (pitch, 0.0), (0.0, pitch)
    return (pitch, 0.0), (pitch / 2, pitch * math.sqrt(3) / 2)


def across_flats(side: float, sides: int) -> float:
    """Return the width across flats of a square or hexagon with edges of length ``side``."""
    return side / math.tan(math.pi / sides)


def corners(inradius: float, sides: int, rotation: float) -> FloatArray:
    """Return the corners of a polygon with a flat towards +x (before ``rotation``), shape (sides, 2)."""
    import numpy as np

    angles = rotation + math.pi / sides * (1 + 2 * np.arange(sides))
    return inradius / math.cos(math.pi / sides) * np.column_stack((np.cos(angles), np.sin(angles)))


def neighbour_distance(section: Loop, rotation: float, pitch: float, lattice: str) -> float:
    """Return the smallest distance between a section and its copies on the lattice, m.

    Negative where they overlap: by how far they would have to move apart.  Sections are centrally symmetric,
    so a copy moved by v is as far away as the point v is from the section twice as large.
    """
    if section.sides == 0:
        return pitch - 2 * section.inradius
    import numpy as np
    import shapely

    twice = shapely.Polygon(corners(2 * section.inradius, section.sides, rotation))
    first, second = lattice_vectors(pitch, lattice)
    steps = [(m, n) for m in range(-2, 3) for n in range(3) if (n, m) > (0, 0)]
    places = shapely.points(np.array(steps) @ np.array([first, second]))
    inside = shapely.contains_xy(twice, shapely.get_coordinates(places))
    return float(np.min(np.where(inside, -1, 1) * shapely.distance(twice.exterior, places)))
