"""Area-specific resistance in closed form.

Films of uniform thickness: every level surface is an equipotential, so the films add in series, each
integrated over its own changing area; a lower bound for the true resistance.  Where the step coverage
varies, thick and thin places cannot share a level: columns (top with rim, slices of the wall, floor) act in
parallel, each a series of its films; the parts are then split by dissipation.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Film
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import Level
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.losses import Loss, Losses, Mechanism

Floats = NDArray[np.float64]

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
    return series_resistances([circuit]).of_cell(0)


def series_resistances(circuits: Sequence[FilmCircuit]) -> Losses:
    """Return what n cells lose, each as `series_resistance` has it.

    Parameters
    ----------
    circuits
        The n cells; their reliefs and films may differ.

    Returns
    -------
    Losses
        Values of shape (n,); 0 where a cell has no such row.
    """
    # Columns in parallel: each carries its share of the current, and what a row loses there goes with the
    # square of it.  Films of uniform thickness are one column.
    by_row = [_column_rows(circuit) for circuit in circuits]
    width = max((values.size for rows in by_row for values in rows.values()), default=1)
    keys = list(dict.fromkeys(key for rows in by_row for key in rows))
    values = np.zeros((len(keys), len(circuits), width))
    for index, rows in enumerate(by_row):
        for key, found in rows.items():
            # a single column is as many equal ones in parallel
            values[keys.index(key), index] = found * (width / found.size)
    total = values.sum(axis=0)
    conductance = np.divide(1, total, out=np.ones_like(total), where=total != 0)
    share = conductance / conductance.sum(axis=1, keepdims=True)
    footprints = np.array([circuit.cell.footprint for circuit in circuits])
    lost = footprints * np.sum(share**2 * values, axis=2)
    return Losses(
        tuple(Loss(part, mechanism, row) for (part, mechanism), row in zip(keys, lost, strict=True))
    )


def level_resistance(circuit: FilmCircuit) -> float:
    """Return the resistance with every face of a film an equipotential, ohm m².

    ``sum of 1/(conductances of a film's columns) + sum of R_face/A``: what `series_resistance` has of uniform
    films.  Of films that vary it is less, for there the current may change from thick places to thin ones
    between films, and a lower bound of the true resistance as far as columns are one of each film.  Films and
    faces that are even beside such as vary count exactly.

    Parameters
    ----------
    circuit
        As of `series_resistance`.
    """
    found = (values for _, _, values in _column_resistances(circuit, apart=True) if values.any())
    return circuit.cell.footprint * sum(1 / float(np.sum(1 / values)) for values in found)


def _column_rows(circuit: FilmCircuit) -> dict[tuple[str, Mechanism], Floats]:
    """Return the resistance of each column of a cell (ohm) by part and mechanism, shape (columns,)."""
    found: dict[tuple[str, Mechanism], Floats] = {}
    for part, mechanism, values in _column_resistances(circuit):
        found[part, mechanism] = found.get((part, mechanism), 0.0) + values
    return found


def _column_resistances(
    circuit: FilmCircuit, *, apart: bool = False
) -> Iterator[tuple[str, Mechanism, Floats]]:
    """Yield part, mechanism and the resistance in each column, ohm, of each film and each interface.

    ``apart``: each by itself, so that what is even is one column among others of many.
    """
    cell, uniform = circuit.cell, circuit.is_uniform
    for one in circuit.films:
        if math.isfinite(one.conductivity):
            film = one.film
            even = uniform or (apart and _is_even(film))
            through = inverse_area_integrals(cell, [film]) if even else column_integrals(cell, film, _SLICES)
            yield one.part, "film", through / one.conductivity
    for interface in circuit.interfaces:
        film = circuit.films[interface.inner].film
        even = uniform or (apart and film.outer.is_uniform)
        areas = np.array([film.outer_area]) if even else cell.current_tubes(film.outer, _SLICES)
        for mechanism, value in interface.by_mechanism.items():
            yield interface.part, mechanism, value / areas


def _is_even(film: Film) -> bool:
    return film.inner.is_uniform and (film.layer.fills or film.outer.is_uniform)


def inverse_area_integrals(cell: Cell, films: Sequence[Film]) -> Floats:
    """Return the integral of dd/A(d) through each film of uniform thickness, 1/m, shape (films,).

    A(d) is a quadratic for vertical walls, so three areas give it exactly.
    """
    middles = [
        Level((film.inner.top + film.outer.top) / 2, (film.inner.bottom + film.outer.bottom) / 2)
        for film in films
    ]
    start, half, end, thickness = (
        np.array(
            [
                (film.inner_area, cell.area(middle), film.outer_area, film.layer.thickness)
                for film, middle in zip(films, middles, strict=True)
            ]
        )
        .reshape(-1, 4)
        .T[..., np.newaxis]
    )
    linear, square = -3 * start + 4 * half - end, 2 * start - 4 * half + 2 * end
    areas = start + linear * _NODES + square * _NODES**2
    integrals: Floats = thickness[:, 0] * np.sum(_WEIGHTS / areas, axis=1)
    return integrals


def column_integrals(cell: Cell, film: Film, slices: int) -> Floats:
    """Return the integral of dd/A through each column of a film, 1/m.

    Parameters
    ----------
    cell, film
        The relief and a film on it.
    slices
        Columns of the wall, as `Cell.current_tubes` takes them.
    """
    levels = [film.inner.towards(film.outer, share, cell.deepest) for share in _FEW_NODES]
    areas = np.array([cell.current_tubes(level, slices) for level in levels])
    inverse: Floats = _FEW_WEIGHTS @ (1 / areas)
    return inverse * cell.tube_thicknesses(film.inner, film.outer, slices)
