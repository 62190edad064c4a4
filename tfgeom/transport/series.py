"""Area-specific resistance in closed form.

Films of uniform thickness: every level surface is an equipotential, so the films add in series, each
integrated over its own changing area; a lower bound for the true resistance.  Where the step coverage
varies, thick and thin places cannot share a level: columns (top with rim, slices of the wall, floor) act in
parallel, each a series of its films; the parts are then split by dissipation.
"""

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Film, Stack
from tfgeom.geometry.cell import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.transport.coefficients import PARTS, Conductors

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_NODES = (_NODES + 1) / 2
_WEIGHTS = _WEIGHTS / 2
_SLICES = 64
_FEW_NODES, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(4)  # a film is thin against its columns
_FEW_NODES = (_FEW_NODES + 1) / 2
_FEW_WEIGHTS = _FEW_WEIGHTS / 2


def series_resistance(stack: Stack, conductors: Conductors) -> dict[str, float]:
    """Return the resistance of each part of the cell, ohm m² of footprint.

    ``R = sum of integral dd/(sigma A(d)) + sum of R_face/A``, times the footprint.

    Parameters
    ----------
    stack
        Films of a conformal cell, or of its planar baseline.
    conductors
        Their conductivities and interface resistances.

    Returns
    -------
    dict
        One value for each of `PARTS`; their sum is the area-specific resistance.
    """
    if all(_is_uniform(conductor.film) for conductor in conductors.films):
        return _uniform(stack, conductors)
    return _columns(stack, conductors)


def with_ohmic_faces_in_electrodes(
    stack: Stack, conductors: Conductors, parts: dict[str, float]
) -> dict[str, float]:
    """Return the parts with what is ohmic of an electrode's interface counted to the electrode.

    What is left of the interface is charge transfer, which the rate model treats by itself; contact
    resistances and interlayers are ohmic.

    Parameters
    ----------
    stack, conductors
        As for `series_resistance`, whose ratio of the two is taken.
    parts
        Resistance by part, in closed form or by finite elements, ohm m² of footprint.
    """
    whole = series_resistance(stack, conductors)
    ohmic = series_resistance(stack, conductors.without_charge_transfer)
    moved = dict(parts)
    for electrode in ("cathode", "anode"):
        face = f"{electrode}_interface"
        if whole[face]:
            share = parts[face] * ohmic[face] / whole[face]
            moved[face] -= share
            moved[electrode] += share
    return moved


def _is_uniform(film: Film) -> bool:
    return film.inner.is_uniform and (film.layer.fills or film.outer.is_uniform)


def _uniform(stack: Stack, conductors: Conductors) -> dict[str, float]:
    parts = dict.fromkeys(PARTS, 0.0)
    footprint = stack.cell.footprint
    for conductor in conductors.films:
        if np.isfinite(conductor.conductivity):
            crossing = inverse_area_integral(stack.cell, conductor.film)
            parts[conductor.part] += footprint * crossing / conductor.conductivity
    for face in conductors.interfaces:
        parts[face.part] += footprint * face.resistance / conductors.films[face.inner].film.outer_area
    return parts


def inverse_area_integral(cell: Cell, film: Film) -> float:
    """Return the integral of dd/A(d) through a film of uniform thickness, 1/m.

    A(d) is a quadratic for vertical walls, so three areas give it exactly.
    """
    middle = Level((film.inner.top + film.outer.top) / 2, (film.inner.bottom + film.outer.bottom) / 2)
    start, half, end = film.inner_area, cell.area(middle), film.outer_area
    linear, square = -3 * start + 4 * half - end, 2 * start - 4 * half + 2 * end
    areas = start + linear * _NODES + square * _NODES**2
    return film.layer.thickness * float(np.sum(_WEIGHTS / areas))


def _columns(stack: Stack, conductors: Conductors) -> dict[str, float]:
    cell = stack.cell
    by_part: dict[str, NDArray[np.float64]] = {}
    for conductor in conductors.films:
        if np.isfinite(conductor.conductivity):
            crossing = _column_integrals(cell, conductor.film) / conductor.conductivity
            by_part[conductor.part] = by_part.get(conductor.part, 0.0) + crossing
    for face in conductors.interfaces:
        areas = cell.columns(conductors.films[face.inner].film.outer, _SLICES)
        by_part[face.part] = by_part.get(face.part, 0.0) + face.resistance / areas
    if not by_part:
        return dict.fromkeys(PARTS, 0.0)
    total = np.sum(list(by_part.values()), axis=0)
    share = (1 / total) / np.sum(1 / total)
    parts = dict.fromkeys(PARTS, 0.0)
    for part, resistance in by_part.items():
        parts[part] = cell.footprint * float(np.sum(share**2 * resistance))
    return parts


def _column_integrals(cell: Cell, film: Film) -> NDArray[np.float64]:
    """Return the integral of dd/A through each column of a film, 1/m."""
    levels = [film.inner.towards(film.outer, share, cell.deepest) for share in _FEW_NODES]
    areas = np.array([cell.columns(level, _SLICES) for level in levels])
    inverse: NDArray[np.float64] = _FEW_WEIGHTS @ (1 / areas)
    inner, outer = (cell.column_offsets(level, _SLICES) for level in (film.inner, film.outer))
    return inverse * (outer - inner)
