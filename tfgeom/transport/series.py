"""Area-specific resistance in closed form.

Films of uniform thickness: every level surface is an equipotential, so the films add in series, each
integrated over its own changing area; a lower bound for the true resistance.  Where the step coverage
varies, thick and thin places cannot share a level: columns (top with rim, slices of the wall, floor) act in
parallel, each a series of its films; the parts are then split by dissipation.
"""

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Film, Stack
from tfgeom.geometry.cell import Level, UnitCell
from tfgeom.transport.coefficients import PARTS, Conductors

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_NODES = (_NODES + 1) / 2
_WEIGHTS = _WEIGHTS / 2
_WALL_SLICES = 64


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
    if all(film.layer.step_coverage == 1 for film in stack.films):
        return _uniform(stack, conductors)
    return _columns(stack, conductors)


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


def inverse_area_integral(cell: UnitCell, film: Film) -> float:
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
        areas = _column_areas(cell, conductors.films[face.inner].film.outer)
        by_part[face.part] = by_part.get(face.part, 0.0) + face.resistance / areas
    total = np.sum(list(by_part.values()), axis=0)
    share = (1 / total) / np.sum(1 / total)
    parts = dict.fromkeys(PARTS, 0.0)
    for part, resistance in by_part.items():
        parts[part] = cell.footprint * float(np.sum(share**2 * resistance))
    return parts


def _column_areas(cell: UnitCell, level: Level) -> NDArray[np.float64]:
    """Return the area of each column at a level, m²: top with rim, wall slices from the top, floor."""
    strips = cell.strips(level)
    plan = cell.sharp_plan
    if not plan.elements:
        return np.array([strips.floor])
    foot = cell.wall_foot(level)
    fraction = (np.arange(_WALL_SLICES) + 0.5) / _WALL_SLICES
    rho = level.top + (foot - level.top) * fraction
    density = plan.perimeter + 2 * plan.kappa * rho
    wall = strips.wall * density / density.sum()
    return np.concatenate(([strips.top + strips.rim], wall, [strips.floor]))


def _column_integrals(cell: UnitCell, film: Film) -> NDArray[np.float64]:
    """Return the integral of dd/A through each column of a film, 1/m."""
    inner, outer = np.array(film.inner), np.array(film.outer)
    areas = np.array([_column_areas(cell, Level(*(inner + node * (outer - inner)))) for node in _NODES])
    inverse: NDArray[np.float64] = _WEIGHTS @ (1 / areas)
    if not cell.plan.elements:
        return inverse * (film.outer.bottom - film.inner.bottom)
    fraction = (np.arange(_WALL_SLICES) + 0.5) / _WALL_SLICES
    top = film.outer.top - film.inner.top
    foot = cell.wall_foot(film.outer) - cell.wall_foot(film.inner)
    thickness = np.concatenate(
        ([top], top + (foot - top) * fraction, [film.outer.bottom - film.inner.bottom])
    )
    return inverse * thickness
