"""The border of the unit cell: a polygon around the axis that repeats by the lattice.

Where section and lattice share their mirror lines it is the set of points nearest to the axis, a square, a
rectangle or a regular hexagon.  Other coated sections may reach beyond that without meeting their neighbours.
Any hexagon with opposite sides a lattice vector apart repeats as well: the one is taken that leaves them most
room.
"""

import math

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.lattice import Pitch, lattice_vectors, nearest

Points = NDArray[np.float64]

_WORTH = 3.0  # how much more room makes an irregular cell worth while
_NARROWEST = 0.3  # rad, at which a side of a rectangular lattice's cell is seen: columns of a coarse mesh
_SHORTEST = 0.02  # of the pitch; a side shorter than that is none


def regular_border(pitch: Pitch, lattice: str) -> Points:
    """Return the corners of the points nearest to the axis: a square, rectangle or regular hexagon, (n, 2).

    Counterclockwise.
    """
    if isinstance(pitch, tuple):
        return np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]) * pitch / 2
    sides = 4 if lattice == "square" else 6
    angles = 2 * math.pi / sides * (np.arange(sides) + 0.5)
    return pitch / 2 / math.cos(math.pi / sides) * np.column_stack((np.cos(angles), np.sin(angles)))


def roomy_border(pitch: Pitch, lattice: str, outline: Points, *, mirrored: float | None) -> Points:
    """Return the corners of the cell that leaves an outline most room, counterclockwise, shape (n, 2).

    Parameters
    ----------
    pitch, lattice
        Of the cell.
    outline
        Points of the outline that must lie inside, closed under a half turn, shape (n, 2).
    mirrored
        Direction of a mirror line that the cell must keep, rad; None without one.
    """
    regular = regular_border(pitch, lattice)
    best, room = regular, room_in(regular, outline)
    for one, two in _neighbours(pitch, lattice, mirrored):
        along = np.array([-one[1], one[0]])
        across = one if mirrored is None else np.zeros(2)
        made = _hexagon(_roomiest(one, two, along, across, outline), one, two)
        shortest = np.hypot(*np.diff(made, axis=0, append=made[:1]).T).min()
        fits = shortest > _SHORTEST * nearest(pitch)
        if isinstance(pitch, tuple):  # the short sides of a long cell are far away: columns pass them by
            fits = fits and _smallest_angle(made) > _NARROWEST
        found = room_in(made, outline) if fits else -math.inf
        if found > _WORTH * max(room, 0):
            best, room = made, found
    return best


def _neighbours(pitch: Pitch, lattice: str, mirrored: float | None) -> list[tuple[Points, Points]]:
    """Return pairs of neighbours one after the other, counterclockwise, whose difference is the third."""
    first, second = (np.array(vector) for vector in lattice_vectors(pitch, lattice))
    if mirrored is None:
        return [(first, second)] if lattice == "hexagonal" else [(first, second), (first, first + second)]
    if lattice != "hexagonal":
        if abs(math.remainder(mirrored, math.pi / 2)) < 1e-9:
            return []  # a section with mirror lines along x and y keeps to the square or rectangle
        return [(first + second, second), (second - first, -first)]
    for turn in range(6):
        for line in (mirrored, mirrored + math.pi / 2):
            if abs(math.remainder(line - turn * math.pi / 3, math.pi)) < 1e-9:
                cos, sin = math.cos(turn * math.pi / 3), math.sin(turn * math.pi / 3)
                rotate = np.array([[cos, sin], [-sin, cos]])
                return [(first @ rotate, second @ rotate)]
    return []


def _roomiest(one: Points, two: Points, along: Points, across: Points, outline: Points) -> Points:
    """Return the corner between the third side's mirror image and the first side that leaves most room."""
    from scipy.optimize import minimize

    third = two - one
    start = _circumcentre(one, -third)

    def lost(steps: Points) -> float:
        return -room_in(_hexagon(start + steps[0] * along + steps[1] * across, one, two), outline)

    ways = 2 if across.any() else 1
    simplex = 0.05 * np.vstack((np.zeros(ways), np.eye(ways)))
    options = {"initial_simplex": simplex, "xatol": 1e-4, "fatol": 1e-9}
    found = minimize(
        lambda steps: lost(np.append(steps, 0.0)), np.zeros(ways), method="Nelder-Mead", options=options
    )
    steps = np.append(found.x, 0.0)
    return np.asarray(start + steps[0] * along + steps[1] * across)


def _circumcentre(a: Points, b: Points) -> Points:
    """Return the point as far from the axis as from a and b."""
    return np.asarray(np.linalg.solve(np.stack((a, b)), np.array([a @ a, b @ b]) / 2), dtype=np.float64)


def _hexagon(corner: Points, one: Points, two: Points) -> Points:
    """Return the cell's corners from one of them: opposite corners are negatives, sides have midpoints."""
    following = one - corner
    third = two - following
    half = np.stack((corner, following, third))
    return np.concatenate((half, -half))


def _smallest_angle(corners: Points) -> float:
    """Return the smallest angle at which a side is seen from the axis, rad."""
    angles = np.unwrap(np.arctan2(corners[:, 1], corners[:, 0]))
    return float(np.diff(angles, append=angles[0] + 2 * math.pi).min())


def room_in(corners: Points, outline: Points) -> float:
    """Return the smallest distance of an outline from the sides of a cell; negative when it crosses one.

    Parameters
    ----------
    corners
        Of the cell, counterclockwise, shape (n, 2).
    outline
        Points in the same unit, shape (m, 2).

    Returns
    -------
    float
        In that unit; minus infinity when the cell is not convex.
    """
    ahead = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*ahead.T)
    after = np.roll(ahead, -1, axis=0)
    turns = ahead[:, 0] * after[:, 1] - ahead[:, 1] * after[:, 0]
    if turns.min() < -1e-12 * lengths.max() ** 2:
        return -math.inf  # not convex
    sides = lengths > 1e-9 * lengths.max()
    normal = np.column_stack((ahead[:, 1], -ahead[:, 0]))[sides] / lengths[sides, None]
    distance = np.sum(normal * corners[sides], axis=1)
    return float((distance - (outline @ normal.T).max(axis=0)).min())
