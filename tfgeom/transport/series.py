"""Area-specific resistance in closed form.

Films of uniform thickness: every level surface is an equipotential, so the films add in series, each
integrated over its own changing area; a lower bound for the true resistance.  Where the step coverage
varies, thick and thin places cannot share a level: columns (top with rim, slices of the wall, floor) act in
parallel, each a series of its films; the parts are then split by dissipation.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Film
from tfgeom.geometry.cell import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.losses import Loss, Losses, Values

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_NODES = (_NODES + 1) / 2
_WEIGHTS = _WEIGHTS / 2
_SLICES = 64
_FEW_NODES, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(4)  # a film is thin against its columns
_FEW_NODES = (_FEW_NODES + 1) / 2
_FEW_WEIGHTS = _FEW_WEIGHTS / 2


def series_resistance(circuit: FilmCircuit) -> Losses:
    """Return what films and their interfaces lose.

    ``R = sum of integral dd/(sigma A(d)) + sum of R_face/A``, times the footprint: in ohm m² of it.

    Parameters
    ----------
    circuit
        Films of a conformal cell, or of its planar baseline, with their conductivities and interfaces.
    """
    cell = circuit.cell
    if circuit.is_uniform:
        return Losses.of(
            _rows(
                circuit,
                lambda film: cell.footprint * inverse_area_integral(cell, film),
                lambda film: cell.footprint / film.outer_area,
            )
        )
    # columns in parallel: each carries its share of the current, and what a row loses there goes with the
    # square of it
    rows = _rows(
        circuit,
        lambda film: _column_integrals(cell, film),
        lambda film: 1 / cell.columns(film.outer, _SLICES),
    )
    if not rows:
        return Losses(())
    total = np.sum([np.asarray(row.value) for row in rows], axis=0)
    weight = cell.footprint * ((1 / total) / np.sum(1 / total)) ** 2
    return Losses.of(Loss(row.part, row.mechanism, float(weight @ np.asarray(row.value))) for row in rows)


def _rows(
    circuit: FilmCircuit, through: Callable[[Film], Values], face: Callable[[Film], Values]
) -> list[Loss]:
    """Return a row for every film and every mechanism of an interface.

    Parameters
    ----------
    circuit
        What conducts.
    through
        Gives the integral of dd/A through a film.
    face
        Gives the inverse area of a film's outer face.
    """
    rows = [
        Loss(one.part, "film", through(one.film) / one.conductivity)
        for one in circuit.films
        if np.isfinite(one.conductivity)
    ]
    for interface in circuit.interfaces:
        crossing = face(circuit.films[interface.inner].film)
        rows += [
            Loss(interface.part, mechanism, value * crossing)
            for mechanism, value in interface.by_mechanism.items()
        ]
    return rows


def inverse_area_integral(cell: Cell, film: Film) -> float:
    """Return the integral of dd/A(d) through a film of uniform thickness, 1/m.

    A(d) is a quadratic for vertical walls, so three areas give it exactly.
    """
    middle = Level((film.inner.top + film.outer.top) / 2, (film.inner.bottom + film.outer.bottom) / 2)
    start, half, end = film.inner_area, cell.area(middle), film.outer_area
    linear, square = -3 * start + 4 * half - end, 2 * start - 4 * half + 2 * end
    areas = start + linear * _NODES + square * _NODES**2
    return film.layer.thickness * float(np.sum(_WEIGHTS / areas))


def _column_integrals(cell: Cell, film: Film) -> NDArray[np.float64]:
    """Return the integral of dd/A through each column of a film, 1/m."""
    levels = [film.inner.towards(film.outer, share, cell.deepest) for share in _FEW_NODES]
    areas = np.array([cell.columns(level, _SLICES) for level in levels])
    inverse: NDArray[np.float64] = _FEW_WEIGHTS @ (1 / areas)
    inner, outer = (cell.column_offsets(level, _SLICES) for level in (film.inner, film.outer))
    return inverse * (outer - inner)
