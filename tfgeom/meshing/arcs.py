"""Arcs as chords that keep the area and the first moment of their sector.

Film volumes around a rim follow from the area and first moment of its profile (Pappus), those along a rounded
vertical edge from the area of its plan: chords with both make every volume exact, however few they are.
"""

import math

import numpy as np
from numpy.typing import NDArray

from tfgeom.searching import last_point


def arc(turn: float, chords: int) -> NDArray[np.float64]:
    """Return the nodes of an arc of the unit circle drawn with chords, shape (chords + 1, 2).

    The ends lie on the circle at the angles 0 and ``turn``.  The other nodes share one radius, the chords
    between them one angle; the two are such that the polygon with the centre has the sector's area
    ``turn/2`` and first moment ``(2/3) sin(turn/2)`` along its axis of symmetry.

    Parameters
    ----------
    turn
        Angle of the arc, rad, in 0..pi.
    chords
        Number of chords, at least 3.
    """
    inner = chords - 2

    def nodes(end_angle: float) -> NDArray[np.float64]:
        step = (turn - 2 * end_angle) / inner
        # area: inner/2 sin(step) q² + sin(end) q = turn/2
        square, linear = inner / 2 * math.sin(step), math.sin(end_angle)
        radius = (math.sqrt(linear**2 + 2 * turn * square) - linear) / (2 * square)
        angles = end_angle + step * np.arange(inner + 1)
        points = radius * np.column_stack((np.cos(angles), np.sin(angles)))
        ends = np.array([[1.0, 0.0], [math.cos(turn), math.sin(turn)]])
        return np.concatenate((ends[:1], points, ends[1:]))

    middle = np.array([math.cos(turn / 2), math.sin(turn / 2)])

    def moment_left(end_angle: float) -> float:
        points = nodes(end_angle)
        x, y = points.T
        twice_areas = x[:-1] * y[1:] - x[1:] * y[:-1]
        moment = float(np.sum(twice_areas * ((points[:-1] + points[1:]) @ middle))) / 6
        return 2 / 3 * math.sin(turn / 2) - moment

    equal = turn / chords
    return nodes(last_point(moment_left, 0.6 * equal, 1.2 * equal).value)
