"""The exact outlines of relief and films in the section along x through the features' axes, um.

A level surface is, in that section, a polyline with arcs: flat tops, an arc around each rim, walls and flat
floors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.geometry.profile import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.numerals import length
from tfgeom.units import NM, UM

Outline = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FilmOutline:
    """The area that one film takes in the section: a closed polygon, shape (n, 2)."""

    name: str
    polygon: Outline


def period_words(cell: Cell) -> str:
    """Return the period of a relief in words; of a rectangular lattice both."""
    assert cell.pitch is not None
    words = f"{cell.words.period} {length(cell.pitch / NM)}"
    if isinstance(cell.periods, tuple):
        words += f" along x, {length(cell.periods[1] / NM)} along y"
    return words


def level_outline(cell: Cell, level: Level, features: range, chords: int = 24) -> Outline:
    """Return a level surface from left to right over some features, shape (n, 2), um; ``chords`` to a rim.

    Feature k has its axis at ``k pitch``; bare floor at z = 0.  A plane is one cell wide, whatever features.
    Of through-holes only the upper half is drawn, down to the middle of the wafer.
    """
    line = cell.outline(level, chords)
    if cell.pitch is None:
        return line / UM
    return np.concatenate([np.add(line, (feature * cell.pitch, 0.0)) for feature in features]) / UM


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
