"""Area-specific resistance in closed form.

Films of uniform thickness: every level surface is an equipotential, so the films add in series, each
integrated over its own changing area; a lower bound for the true resistance.  Where the step coverage
varies, thick and thin places cannot share a level: columns (top with rim, slices of the wall, floor) act in
parallel, each a series of its films; the parts are then split by dissipation.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Film
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import Level
from tfgeom.rows import Numbers, abreast, first_axis, plain
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
        Films of a conformal cell, or of its planar baseline, with their conductivities and interfaces; of n
        cells in arrays, and then so are the values.
    """
    # Columns in parallel: each carries its share of the current, and what a row loses there goes with the
    # square of it.  Films of uniform thickness are one column.
    rows, footprint = _column_rows(circuit), circuit.cell.footprint
    width = max((len(values) for values in rows.values()), default=1)
    # a single column is as many equal ones in parallel
    rows = {key: values * (width / len(values)) for key, values in rows.items()}
    share: Numbers = 1.0
    if width > 1:
        rows = dict(zip(rows, abreast(*rows.values()), strict=True))
        total = np.asarray(sum(rows.values()))
        conductance = np.divide(1, total, out=np.ones_like(total), where=total != 0)
        share = conductance / conductance.sum(axis=0)
    return Losses(
        tuple(
            Loss(part, mechanism, plain(footprint * np.sum(share**2 * values, axis=0)))
            for (part, mechanism), values in rows.items()
        )
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
    """Return the resistance of each column (ohm) by part and mechanism, shape (columns,) or (columns, n)."""
    found: dict[tuple[str, Mechanism], Floats] = {}
    for part, mechanism, values in _column_resistances(circuit):
        before = found.get((part, mechanism))
        found[part, mechanism] = values if before is None else np.add(*abreast(before, values))
    return found


def _column_resistances(
    circuit: FilmCircuit, *, apart: bool = False
) -> Iterator[tuple[str, Mechanism, Floats]]:
    """Yield part, mechanism and the resistance in each column, ohm, of each film and each interface.

    ``apart``: each by itself, so that what is even is one column among others of many.
    """
    cell, uniform = circuit.cell, circuit.is_uniform
    for one in circuit.films:
        if not one.is_ideal:
            film = one.film
            even = uniform or (apart and _is_even(film))
            through = (
                np.array([inverse_area_integral(cell, film)])
                if even
                else column_integrals(cell, film, _SLICES)
            )
            yield one.part, "film", first_axis(through, one.conductivity) / one.conductivity
    for interface in circuit.interfaces:
        film = circuit.films[interface.inner].film
        even = uniform or (apart and film.outer.is_uniform)
        areas = np.array([film.outer_area]) if even else cell.current_tubes(film.outer, _SLICES)
        for mechanism, value in interface.by_mechanism.items():
            yield interface.part, mechanism, value / first_axis(areas, value)


def _is_even(film: Film) -> bool:
    return film.inner.is_uniform and (film.layer.fills or film.outer.is_uniform)


def inverse_area_integral(cell: Cell, film: Film) -> Numbers:
    """Return the integral of dd/A(d) through a film of uniform thickness, 1/m.

    A(d) is a quadratic for vertical walls, so three areas give it exactly.
    """
    inner, outer = film.inner, film.outer
    start, end = film.inner_area, film.outer_area
    half = cell.area(Level((inner.top + outer.top) / 2, (inner.bottom + outer.bottom) / 2))
    linear, square = -3 * start + 4 * half - end, 2 * start - 4 * half + 2 * end
    x = first_axis(_NODES, linear)
    return film.layer.thickness * np.tensordot(_WEIGHTS, 1 / (start + x * (linear + x * square)), axes=1)


def column_integrals(cell: Cell, film: Film, slices: int) -> Floats:
    """Return the integral of dd/A through each column of a film, 1/m, shape (columns,) or (columns, n).

    Parameters
    ----------
    cell, film
        The relief and a film on it.
    slices
        Columns of the wall, as `Cell.current_tubes` takes them.
    """
    levels = [film.inner.towards(film.outer, share, cell.deepest) for share in _FEW_NODES]
    areas = np.array(abreast(*(cell.current_tubes(level, slices) for level in levels)))
    inverse: Floats = np.tensordot(_FEW_WEIGHTS, 1 / areas, axes=1)
    inverse, thickness = abreast(inverse, cell.tube_thicknesses(film.inner, film.outer, slices))
    return inverse * thickness
