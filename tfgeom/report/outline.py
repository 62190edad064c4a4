"""The exact outlines of relief and films in the section through the features' axes, um.

A level surface is, in that section, a polyline with arcs: flat tops, an arc around each rim, walls and flat
floors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.geometry.cell import Level, UnitCell
from tfgeom.geometry.kinds import Cell
from tfgeom.geometry.plan import Bar
from tfgeom.geometry.wave import WaveCell
from tfgeom.units import UM

Outline = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FilmOutline:
    """The area that one film takes in the section: a closed polygon, shape (n, 2)."""

    name: str
    polygon: Outline


def level_outline(cell: Cell, level: Level, features: range, chords: int = 24) -> Outline:
    """Return a level surface from left to right over some features, shape (n, 2), um; ``chords`` to a rim.

    Feature k has its axis at ``k pitch``; bare floor at z = 0.  On a plane the line runs from -0.5 to 0.5.
    Of through-holes only the upper half is drawn, down to the middle of the wafer.
    """
    if isinstance(cell, WaveCell):
        period = cell.outline(level, 16 * chords)[:-1]
        return np.concatenate([np.add(period, (feature * cell.period, 0.0)) for feature in features]) / UM
    if cell.pitch is None:
        return np.array([[-0.5, level.bottom], [0.5, level.bottom]]) / [1, UM]
    edge = level_edge(cell, level, chords)
    points: list[Outline] = []
    for feature in features:
        for left, right in raised_intervals(cell):
            a, b = feature * cell.pitch + left, feature * cell.pitch + right
            points += [np.column_stack((a - edge[::-1, 0], edge[::-1, 1])), np.add(edge, (b, 0.0))]
    return np.concatenate(points) / UM


def level_edge(cell: UnitCell, level: Level, chords: int) -> Outline:
    """Return a level from the top, around the rim and down the wall, beside the smallest section, m."""
    profile = cell.profile
    turns = np.linspace(0, profile.angle, chords + 1)
    depths = profile.rim_radius * (1 - np.cos(turns))
    radius = profile.rim_radius + profile.offsets(depths, level)
    centre = (profile.top_shift, profile.height - profile.rim_radius)
    arc = np.column_stack((centre[0] + radius * np.sin(turns), centre[1] + radius * np.cos(turns)))
    wall = profile.wall_line(level)[1:]
    if cell.through:
        middle = profile.wall_points(np.array([cell.height / 2]), level)
        wall = np.vstack((wall[wall[:, 1] > cell.height / 2], middle))
    return np.vstack((arc, wall))


def raised_intervals(cell: Cell) -> list[tuple[float, float]]:
    """Return where the sharp relief is raised along a row of features, around the feature at x = 0, m."""
    plan, pitch = cell.sharp_plan, cell.pitch
    if not plan.elements or pitch is None:
        return []
    first = plan.elements[0]
    if isinstance(first, Bar):
        return [((pitch - first.width) / 2, (pitch + first.width) / 2)]
    if plan.raised_background:
        return [(first.inradius, pitch - first.inradius)]
    radii = [element.inradius for element in plan.elements if not isinstance(element, Bar)]
    if len(radii) == 1:
        return [(-radii[0], radii[0])]
    walls = list(zip(radii[::2], radii[1::2], strict=True))  # outside and bore of each tube
    left = [(-outside, -bore) for outside, bore in walls]
    return [*left, *((-b, -a) for a, b in reversed(left))]


def film_outlines(stack: Stack, features: range, chords: int = 24) -> list[FilmOutline]:
    """Return the films' areas in the section, from the substrate outwards."""
    found = []
    for film in stack.films:
        inner = level_outline(stack.cell, film.inner, features, chords)
        if film.layer.fills:  # up to a flat face
            outer = np.array([[x, (stack.cell.height + film.outer.top) / UM] for x in inner[[0, -1], 0]])
        else:
            outer = level_outline(stack.cell, film.outer, features, chords)
        found.append(FilmOutline(film.layer.name, np.concatenate((inner, outer[::-1]))))
    return found
