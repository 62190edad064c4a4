"""Where to look to see the films of a cell, at a rim, at the foot of a wall or on a plane, and how near."""

from dataclasses import dataclass

import numpy as np

from tfgeom.films import Stack
from tfgeom.geometry.profile import Level
from tfgeom.units import UM

RIM, FOOT = "rim", "foot"
PLACES = (RIM, FOOT)
"""What can be looked at: where films turn over the upper end of a wall, and where at its lower one."""

_CLOSEST, _WIDEST = 0.9, 3.0  # half height of the picture, in thicknesses of all films
_THINNEST = 2.5  # pixels that the thinnest film gets, unless all would not fit
_MOST = 0.6  # of a pitch
_OFF = 0.3  # of half the height: how far the wall's end lies from the middle of the picture


@dataclass(frozen=True, slots=True)
class CloseUp:
    """What to look at.

    Attributes
    ----------
    x_um, z_um
        The middle of the picture in the section through the axes, um.
    half_um
        Half the height of the picture, um.
    """

    x_um: float
    z_um: float
    half_um: float


def close_up(stack: Stack, place: str = RIM, pixels: int = 1000, thickness_scale: float = 1.0) -> CloseUp:
    """Return where to look at the films of a stack.

    Parameters
    ----------
    stack
        Films on a relief.
    place
        One of `PLACES`; a plane has neither, and is looked at where it is.
    pixels
        Height of the picture.
    thickness_scale
        How much thicker than they are the films are drawn.
    """
    cell = stack.cell
    films = [film.layer.thickness * thickness_scale / UM for film in stack.films if not film.layer.fills]
    if cell.is_flat or cell.pitch is None:
        half = 0.65 * sum(films) or 0.1 * float(np.sqrt(cell.footprint)) / UM
        return CloseUp(0.5 * float(np.sqrt(cell.footprint)) / UM, sum(films) / 2, half)
    pitch, height = cell.pitch / UM, cell.height / UM
    all_films = sum(films) or 0.1 * pitch
    half = all_films * _WIDEST
    if films:
        half = min(half, max(_CLOSEST * all_films, min(films) * pixels / 2 / _THINNEST))
    half = min(half + cell.rim_radius / UM, _MOST * pitch)
    x = cell.first_edge / UM
    if place == RIM:
        return CloseUp(x, height - _OFF * half, half)
    return CloseUp(_foot(stack), _OFF * half, half)


def _foot(stack: Stack) -> float:
    """Return how far from the axis the first wall ends below, um; in a wave the valley."""
    cell = stack.cell
    edge, pitch = cell.first_edge / UM, (cell.pitch or 0.0) / UM
    if edge == 0:
        return pitch / 2
    bare = cell.outline(Level(0.0, 0.0), 2) / UM  # begins at the foot of a wall
    drift = float(bare[0, 0] - bare[np.argmax(bare[:, 1]), 0])
    return edge + (drift if cell.plan.raised_background else -drift)
