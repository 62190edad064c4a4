"""The exact outlines of relief and films in the section through the features' axes, um.

A level surface of vertical walls is, in that section, a polyline with arcs: flat tops, a quarter circle
around each rim, straight walls and flat floors.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.geometry.cell import Level, UnitCell
from tfgeom.geometry.plan import Bar
from tfgeom.units import UM

Outline = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FilmOutline:
    """The area that one film takes in the section: a closed polygon, shape (n, 2)."""

    name: str
    polygon: Outline


def level_outline(cell: UnitCell, level: Level, features: range, chords: int = 24) -> Outline:
    """Return a level surface from left to right over some features, shape (n, 2), um; ``chords`` to a rim.

    Feature k has its axis at ``k pitch``; bare floor at z = 0.  On a plane the line runs from -0.5 to 0.5.
    """
    if cell.pitch is None:
        return np.array([[-0.5, level.bottom], [0.5, level.bottom]]) / [1, UM]
    rounding = cell.rim_radius  # the rounded relief is the eroded sharp one, seen from this offset on
    top, bottom = level.top + rounding, level.bottom + rounding
    foot, height = cell.wall_foot(Level(top, bottom)), cell.height
    points: list[tuple[float, float]] = []
    for feature in features:
        for left, right in raised_intervals(cell):
            a, b = feature * cell.pitch + left, feature * cell.pitch + right
            arc = [
                (top * math.sin(angle), top * math.cos(angle))
                for angle in np.linspace(0, math.pi / 2, chords + 1)
            ]
            points += [(a - foot, bottom), *((a - x, height + z) for x, z in reversed(arc))]
            points += [*((b + x, height + z) for x, z in arc), (b + foot, bottom)]
    return (np.array(points) - [0, rounding]) / UM


def raised_intervals(cell: UnitCell) -> list[tuple[float, float]]:
    """Return where the sharp relief is raised along a row of features, around the feature at x = 0, m."""
    plan, pitch = cell.sharp_plan, cell.pitch
    if not plan.elements or pitch is None:
        return []
    first = plan.elements[0]
    if isinstance(first, Bar):
        return [((pitch - first.width) / 2, (pitch + first.width) / 2)]
    if plan.raised_background:
        return [(first.inradius, pitch - first.inradius)]
    bores = [element.inradius for element in plan.elements[1:] if not isinstance(element, Bar)]
    if bores:
        return [(-first.inradius, -bores[0]), (bores[0], first.inradius)]
    return [(-first.inradius, first.inradius)]


def film_outlines(stack: Stack, features: range, chords: int = 24) -> list[FilmOutline]:
    """Return the films' areas in the section, from the substrate outwards."""
    found = []
    for film in stack.films:
        inner, outer = (
            level_outline(stack.cell, level, features, chords) for level in (film.inner, film.outer)
        )
        found.append(FilmOutline(film.layer.name, np.concatenate((inner, outer[::-1]))))
    return found
