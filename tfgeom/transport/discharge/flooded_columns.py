"""A flooded half-cell in columns: the film on cap, walls and floors, joined by the liquid along each void.

As in the wire model of the voids (`tfgeom.transport.flooded`): along a wall the liquid is a ladder, a rung
for each slice of the wall and one for the floor; the ladders of all voids and the cap hang on the head space,
which the whole current crosses to the flat counter electrode.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import UnsupportedError
from tfgeom.films import Film
from tfgeom.geometry.unit_cell import Level, UnitCell
from tfgeom.transport.discharge.columns import CutCircuit, CutFilm
from tfgeom.transport.discharge.film_cell import SeriesRow, Sheet
from tfgeom.transport.flooded import (
    FloodedCircuit,
    flooded_obstacle,
    flooded_resistance,
    liquid_slices,
    void_plans,
)

_FEWEST, _MOST = 4, 32  # slices of a wall
_ALIKE = 1e-9  # relative: what of thicknesses is rounding
_UNEVEN = 16  # of one whose films vary with depth
_WITHIN = 5e-4  # of the wire model's resistance
_SHAPES_ALIKE = 0.02
"""Variance of ln(outer/inner area) over the film: as one column of their mean shape, films then deliver what
they do side by side within 1e-3 of their capacity (`tests/test_flooded_columns.py`)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FloodedColumns:
    """The film of a flooded half-cell in columns: the first is the cap with its rims.

    Attributes
    ----------
    cut
        Collector and film in columns.
    sheets
        The liquid along the walls, with its salt a second one in series.
    head_space
        What the whole current loses in the liquid above; resistances of shape (1,).
    """

    cut: CutCircuit
    sheets: tuple[Sheet, ...]
    head_space: tuple[SeriesRow, ...]

    @property
    def shares(self) -> Floats:
        """Share of the electrode's volume that each column holds, shape (n,)."""
        volume = self.cut.films[-1].columns(wetted_outside=True).volume
        return np.asarray(volume / volume.sum())

    def spread(self) -> float:
        """Return how far apart from their mean what columns lose in the liquid lies, at most, ohm m².

        At a current that fills the film alike everywhere.
        """
        drop = sum((_drop(sheet, self.shares) for sheet in self.sheets), np.zeros_like(self.shares))
        return float(np.max(np.abs(drop - self.shares @ drop)))

    @property
    def is_alike(self) -> bool:
        """Whether films are as thick everywhere, and so nearly of one shape that one column tells as much."""
        film = self.cut.films[-1]
        if (
            np.ptp(film.thickness) > _ALIKE * film.thickness.max()
            or min(film.inner.min(), film.outer.min()) <= 0
        ):
            return False
        shape = np.log(film.outer / film.inner)
        return float(self.shares @ (shape - self.shares @ shape) ** 2) <= _SHAPES_ALIKE

    def joined(self) -> "FloodedColumns":
        """Return it as one column of the same area and volume behind what the liquid loses.

        That of a current that fills the film alike everywhere.
        """
        lost = {(row.part, row.mechanism): row.resistance for row in self.head_space}
        for sheet in self.sheets:
            key, own = (sheet.part, sheet.mechanism), self.shares @ _drop(sheet, self.shares)
            lost[key] = lost.get(key, np.zeros(1)) + own
        rows = tuple(SeriesRow(*key, resistance) for key, resistance in lost.items())
        return replace(self.ideal(), head_space=rows)

    def ideal(self) -> "FloodedColumns":
        """Return it as one column, all of whose current enters at the mouths: what ideal films do."""
        one = tuple(
            CutFilm(
                np.average(film.thickness, weights=film.middle, keepdims=True),
                film.inner.sum(keepdims=True),
                film.middle.sum(keepdims=True),
                film.outer.sum(keepdims=True),
                np.asarray(1 / np.sum(1 / film.crossing, keepdims=True)),
            )
            for film in self.cut.films
        )
        tubes = None if self.cut.tubes is None else np.zeros_like(self.cut.tubes)
        return FloodedColumns(CutCircuit(self.cut.circuit, one, tubes), (), self.head_space)


def flooded_columns(circuit: FloodedCircuit, slices: int | None = None) -> FloodedColumns:
    """Return a flooded half-cell in columns.

    Parameters
    ----------
    circuit
        What conducts.
    slices
        Of each wall; by default as many as the ladder needs for the wire model's resistance within 5e-4.

    Raises
    ------
    UnsupportedError
        For a relief that `flooded_obstacle` names.
    """
    cell = circuit.stack.cell
    obstacle = flooded_obstacle(cell)
    if obstacle is not None:
        raise UnsupportedError.at("cell.type", f"not yet supported: {obstacle}")
    assert isinstance(cell, UnitCell)  # others have been refused
    head = tuple(
        SeriesRow(loss.part, loss.mechanism, np.array([loss.value]))
        for loss in circuit.in_liquid("head_space", circuit.separator / circuit.conductivity)
    )
    films = [one.film for one in circuit.films.films]
    if cell.is_flat:
        flat = tuple(_cut(cell, film, _floors(cell)) for film in films)
        return FloodedColumns(CutCircuit(circuit.films, flat, np.array([0])), (), head)
    if slices is None:
        slices = _enough(circuit)
    voids = [replace(cell, plan=plan) for plan in void_plans(cell.plan)]
    places = [_tops(cell)]
    for void in voids:
        places += [_floors(void), _walls(void, slices)]
    cut = tuple(_joined([_cut(cell, film, place) for place in places]) for film in films)
    liquid = _liquid(circuit, cell.footprint, voids, slices)
    # tubes run from the cap down to the floor; those of a cell with two kinds of voids cross both
    tubes = np.array([0, *range(slices + 1, 0, -1)]) if len(voids) == 1 and not cell.through else None
    return FloodedColumns(CutCircuit(circuit.films, cut, tubes), liquid, head)


def _drop(sheet: Sheet, current: Floats) -> Floats:
    """Return what is lost along a sheet from each column to the contact, V, at a current of each."""
    from scipy.sparse.linalg import spsolve

    free = np.setdiff1d(np.arange(current.size), sheet.contact)
    drop = np.zeros_like(current)
    drop[free] = spsolve(sheet.stiffness[free][:, free].tocsc(), current[free])
    return drop


def _enough(circuit: FloodedCircuit) -> int:
    """Return how many slices a wall needs: what the ladder misses falls with the square of their number."""
    if not circuit.films.is_uniform:
        return _UNEVEN
    columns = flooded_columns(circuit, _FEWEST)
    own = (
        sum(row.resistance for row in columns.cut.rows())
        + circuit.charge_transfer / columns.cut.films[-1].outer
    )
    if not np.all(own > 0):
        return _UNEVEN
    drop = np.diag(own)
    for sheet in columns.sheets:
        drop[1:, 1:] += np.linalg.inv(sheet.stiffness.toarray()[1:, 1:])
    mouths = 1 / float(np.linalg.solve(drop, np.ones_like(own)).sum())
    head = sum(float(row.resistance[0]) for row in columns.head_space)
    exact = float(flooded_resistance(circuit).total)
    missed = abs((mouths + head + circuit.counter_transfer) / exact - 1)
    return int(np.clip(np.ceil(_FEWEST * np.sqrt(missed / _WITHIN)), _FEWEST, _MOST))


class _Place(NamedTuple):
    """Areas of a level in columns there, m², and how far two levels are apart in them, m."""

    areas: Callable[[Level], Floats]
    apart: Callable[[Level, Level], Floats]


def _tops(cell: UnitCell) -> _Place:
    def areas(level: Level) -> Floats:
        strips = cell.strips(level)
        return np.array([strips.top + strips.rim])

    return _Place(areas, lambda inner, outer: np.array([outer.top - inner.top]))


def _floors(void: UnitCell) -> _Place:
    return _Place(
        lambda level: np.array([void.strips(level).floor]),
        lambda inner, outer: np.array([outer.bottom - inner.bottom]),
    )


def _walls(void: UnitCell, slices: int) -> _Place:
    """Return slices of a wall from the floor up."""
    return _Place(
        lambda level: void.wall_slices(level, slices)[::-1],
        lambda inner, outer: void.slice_thicknesses(inner, outer, slices)[::-1],
    )


def _cut(cell: UnitCell, film: Film, place: _Place) -> CutFilm:
    levels = (film.inner, film.inner.towards(film.outer, 0.5, cell.deepest), film.outer)
    areas = [place.areas(level) / cell.footprint for level in levels]
    return CutFilm.through(place.apart(film.inner, film.outer), *areas)


def _joined(pieces: Sequence[CutFilm]) -> CutFilm:
    names = ("thickness", "inner", "middle", "outer", "crossing")
    return CutFilm(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in names))


def _liquid(
    circuit: FloodedCircuit, footprint: float, voids: list[UnitCell], slices: int
) -> tuple[Sheet, ...]:
    """Return the liquid along the walls between the columns, held at the cap.

    A slice passes its current on in its middle, the floor at its lower end; the last slice, between the rims,
    takes none.
    """
    from scipy import sparse

    pairs, conductances, size = [], [], 1
    for void in voids:
        heights, sections = liquid_slices(void, circuit.stack.top, slices)
        resistance = heights / (circuit.conductivity * sections)
        half = resistance[:-1] / 2
        nodes = size + np.arange(slices + 1)
        pairs += [*pairwise(nodes), (nodes[-1], 0)]
        conductances += [1 / half[0], *(1 / (half[:-1] + half[1:])), 1 / (half[-1] + resistance[-1])]
        size += slices + 1
    first, second = np.array(pairs).T
    values = np.array(conductances) / footprint
    rows, columns = np.concatenate((first, second)), np.concatenate((second, first))
    between = sparse.coo_matrix((np.tile(values, 2), (rows, columns)), (size, size)).tocsr()
    stiffness = sparse.diags(np.asarray(between.sum(axis=1)).ravel()).tocsr() - between
    return tuple(
        Sheet(loss.part, (stiffness / float(loss.value)).tocsr(), np.array([0]), loss.mechanism)
        for loss in circuit.in_liquid("gaps", 1.0)
        if loss.value
    )
