"""What a corner adds to the conductance of the closed form, for any turning angle.

The closed form takes the levels as equipotentials.  Beside a concave edge (a foot) and a convex one (a rim)
they are not; per length of edge the difference is a constant of the films alone.  It comes from plane finite
elements on half the corner: the films on one flat strip up to the bisector.  The strip is long against the
distances over which the potential relaxes, so at its far end the films conduct as on a plane.
"""

import itertools

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.films.film_row import FilmRow
from tfgeom.units import UM
from tfgeom.verification.plane_solve import plane_conductance

_FAN_STEP = np.pi / 4 / 24  # rad, of the fan around a convex edge
_RATIO = 1.15  # of neighbouring cells, towards faces and corner
_FINEST = 1e-3  # first cell over the film's thickness


def foot_excess(films: FilmRow, turn: float) -> float:
    """Return what a concave edge adds to the closed form, S per m of edge; negative.

    Parameters
    ----------
    films
        The films on both its sides.
    turn
        Angle by which the substrate turns there, rad, below pi; pi/2 at the foot of a vertical wall.

    Notes
    -----
    The levels meet on the bisector, so at offset d the strip on each side has lost ``d tan(turn/2)``.  For
    one film of conductivity sigma the Schwarz-Christoffel map ``dw/dz = (1/z) [(z - 1)/(z + 1)]^a`` of a bent
    channel, a = turn/pi, gives ``sigma {tan(turn/2) - (2/pi) [psi(1/2) - psi((1 - a)/2)]}``, psi the digamma
    function; -2 ln2/pi at pi/2.
    """
    pull = float(np.tan(turn / 2))
    length, strip = _strip(films)
    flat = np.column_stack((length * strip, np.zeros(len(strip))))
    velocity = np.column_stack((pull * (1 - strip), np.ones(len(strip))))
    return 2 * _half_excess(films, length, -pull, flat, velocity, np.zeros(len(strip) - 1))


def rim_excess(films: FilmRow, turn: float, radius: float = 0.0) -> float:
    """Return what a convex edge adds to the closed form, S per m of edge; negative.

    Parameters
    ----------
    films
        The films around it.
    turn
        Angle by which the substrate turns there, rad; pi/2 at the rim of a vertical wall.
    radius
        Radius of the bare edge, m; 0 for a sharp one.
    """
    films = films.further_out(radius)
    length, strip = _strip(films)
    fan_cells = int(np.ceil(turn / 2 / _FAN_STEP))
    step = turn / 2 / fan_cells
    angles = step * np.arange(fan_cells) - turn / 2
    fan = np.column_stack((np.sin(angles), np.cos(angles)))
    flat = np.column_stack((length * strip, np.zeros(len(strip))))
    return 2 * _half_excess(
        films,
        length,
        turn / 2,
        np.concatenate((np.zeros((fan_cells, 2)), flat)),
        np.concatenate((fan, np.tile([0.0, 1.0], (len(strip), 1)))),
        np.concatenate((np.full(fan_cells, step), np.zeros(len(strip) - 1))),
    )


def _half_excess(
    films: FilmRow,
    length: float,
    growth: float,
    origin: NDArray[np.float64],
    velocity: NDArray[np.float64],
    chords: NDArray[np.float64],
) -> float:
    """Return the conductance of half a corner less its closed form, S/m.

    Its nodes lie at ``origin[i] + d velocity[i]``, um; at offset d it is ``length + growth d`` long.  The
    closed form is that of long strips: its terms in 1/length go with the strip's far end.
    """
    levels, film_of_layer = _film_levels(films.bounds / UM)
    points = origin[None] + levels[:, None, None] * velocity[None]
    conductance = plane_conductance(points, film_of_layer, films.sigma, films.faces, chords)
    return conductance - (length * UM + growth * films.mean_offset) / films.resistance


def _strip(films: FilmRow) -> tuple[float, NDArray[np.float64]]:
    """Return the length of a strip, um, and its nodes from 0 to 1, fine at the corner."""
    length = _strip_length(films)
    return length, _graded(length, _FINEST * float(np.diff(films.bounds).min()) / UM) / length


def _strip_length(films: FilmRow) -> float:
    """Return a length, um, long against thickness and against the relaxation along each film.

    Along a film of sheet conductance sigma t that leaks through the resistances on both its sides, the
    potential relaxes over sqrt(sigma t/(g_in + g_out)).
    """
    through, faces = films.film_resistances, films.faces
    inside = np.cumsum(through) - through + np.cumsum(faces[:-1])
    outside = np.maximum(through.sum() + faces.sum() - inside - through, 0.0)
    sheet = films.sigma * np.diff(films.bounds)
    with np.errstate(divide="ignore"):
        relaxation = np.sqrt(sheet / (1 / inside + 1 / outside))
    return float(max(20 * (films.bounds[-1] - films.bounds[0]), 15 * relaxation.max())) / UM


def _film_levels(bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return levels fine at both faces of every film, um, and the film of each layer."""
    steps = _graded(0.5, _FINEST / 2)
    across = np.concatenate((steps, 1 - steps[-2::-1]))
    levels, films = [bounds[:1]], []
    for index, (low, up) in enumerate(itertools.pairwise(bounds)):
        levels.append(low + across[1:] * (up - low))
        films.append(np.full(len(across) - 1, index))
    return np.concatenate(levels), np.concatenate(films)


def _graded(length: float, first: float) -> NDArray[np.float64]:
    """Return nodes from 0 to ``length`` in geometric progression, the first cell at most ``first``."""
    count = max(1, int(np.ceil(np.log(1 + length * (_RATIO - 1) / first) / np.log(_RATIO))))
    return np.asarray(length * (_RATIO ** np.arange(count + 1) - 1) / (_RATIO**count - 1))
