"""Cross-sections of pillars and holes on a lattice: who faces whom, and how far away."""

import math

from tfgeom.geometry.plan import Loop
from tfgeom.geometry.profile import FloatArray

SIDES = {"circle": 0, "square": 4, "hexagon": 6}
"""Number of sides by the name of a cross-section; 0 for a circle."""


Pitch = float | tuple[float, float]
"""The period of a lattice: one, or of a ``rectangular`` lattice that along x and that along y."""


def along_axes(pitch: Pitch) -> tuple[float, float]:
    """Return the periods along x and along y; the same of a lattice with one."""
    return pitch if isinstance(pitch, tuple) else (pitch, pitch)


def in_unit(pitch: Pitch, unit: float) -> Pitch:
    """Return a pitch in a unit of this many m."""
    return (pitch[0] / unit, pitch[1] / unit) if isinstance(pitch, tuple) else pitch / unit


def nearest(pitch: Pitch) -> float:
    """Return the distance between the axes of nearest neighbours, in the unit of the pitch."""
    return min(along_axes(pitch))


def lattice_footprint(pitch: Pitch, lattice: str) -> float:
    """Return the area of the primitive cell of a square, rectangular or hexagonal lattice, m²."""
    along_x, along_y = along_axes(pitch)
    return math.sqrt(3) / 2 * along_x**2 if lattice == "hexagonal" else along_x * along_y


def lattice_vectors(pitch: Pitch, lattice: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the two vectors that repeat the cell; the first lies along x."""
    along_x, along_y = along_axes(pitch)
    if lattice == "hexagonal":
        return (along_x, 0.0), (along_x / 2, along_x * math.sqrt(3) / 2)
    return (along_x, 0.0), (0.0, along_y)


def across_flats(side: float, sides: int) -> float:
    """Return the width across flats of a square or hexagon with edges of length ``side``."""
    return side / math.tan(math.pi / sides)


def corners(inradius: float, sides: int, rotation: float) -> FloatArray:
    """Return the corners of a polygon with a flat towards +x (before ``rotation``), shape (sides, 2)."""
    import numpy as np

    angles = rotation + math.pi / sides * (1 + 2 * np.arange(sides))
    return inradius / math.cos(math.pi / sides) * np.column_stack((np.cos(angles), np.sin(angles)))


def neighbour_distance(section: Loop, rotation: float, pitch: Pitch, lattice: str) -> float:
    """Return the smallest distance between a section and its copies on the lattice, m.

    Negative where they overlap: by how far they would have to move apart.  Sections are centrally symmetric,
    so a copy moved by v is as far away as the point v is from the section twice as large.
    """
    if section.sides == 0:
        return nearest(pitch) - 2 * section.inradius
    import numpy as np
    import shapely

    twice = shapely.Polygon(corners(2 * section.inradius, section.sides, rotation))
    first, second = lattice_vectors(pitch, lattice)
    steps = [(m, n) for m in range(-2, 3) for n in range(3) if (n, m) > (0, 0)]
    places = shapely.points(np.array(steps) @ np.array([first, second]))
    inside = shapely.contains_xy(twice, shapely.get_coordinates(places))
    return float(np.min(np.where(inside, -1, 1) * shapely.distance(twice.exterior, places)))
