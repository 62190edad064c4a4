"""The films of a circuit cut into columns: what stands side by side between the collectors.

A column crosses all films along the normal.  Between ideal collectors its areas are those of the tubes of
current (`tfgeom.geometry.protocol.Cell.current_tubes`): flat top with rims, slices of the wall, floor with
foot.  Columns that are alike in all films are one: a plane has one, a pillar with even films three.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.library import Dissociation
from tfgeom.transport.circuit import FilmCircuit, FilmConductor, Interface, dc_resistance_factor
from tfgeom.transport.discharge.film_cell import FilmColumns, SeriesRow
from tfgeom.transport.losses import Mechanism
from tfgeom.transport.series import column_integrals

_SLICES = 64
_ALIKE = 1e-9  # relative: what of areas and thicknesses is rounding

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_NODES = (_NODES + 1) / 2
_WEIGHTS = _WEIGHTS / 2

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CutFilm:
    """One film cut into n columns; areas in m² per m² of footprint, shape (n,).

    Attributes
    ----------
    thickness
        m, shape (n,).
    inner, middle, outer
        Areas at the face towards the substrate, at half the thickness and at the other face.
    crossing
        Integral of dd/A through the film, m per m² of footprint.
    """

    thickness: Floats
    inner: Floats
    middle: Floats
    outer: Floats
    crossing: Floats

    @classmethod
    def through(cls, thickness: Floats, inner: Floats, middle: Floats, outer: Floats) -> "CutFilm":
        """Return the film whose area is the quadratic through three."""
        shape = FilmColumns(thickness, inner, middle, outer)
        crossing = thickness * (_WEIGHTS @ (1 / shape.area(_NODES[:, np.newaxis])))
        return cls(thickness, inner, middle, outer, crossing)

    def columns(self, *, wetted_outside: bool) -> FilmColumns:
        """Return its columns from the face that the electrolyte wets to the blocked one."""
        wetted, blocked = (self.outer, self.inner) if wetted_outside else (self.inner, self.outer)
        return FilmColumns(self.thickness, wetted, self.middle, blocked)

    @property
    def mean_area(self) -> Floats:
        """Area of a flat film as thick that current crosses as easily, m² per m² of footprint."""
        return self.thickness / self.crossing


@dataclass(frozen=True, slots=True)
class CutCircuit:
    """A circuit cut into columns: each of its films, from the inner collector outwards.

    Attributes
    ----------
    circuit
        What was cut.
    films
        In columns.
    tubes
        Column of each of the relief's `current_tubes`; None where the columns are others.
    """

    circuit: FilmCircuit
    films: tuple[CutFilm, ...]
    tubes: NDArray[np.intp] | None = None

    def of(self, name: str) -> CutFilm:
        """Return the cut film of a layer."""
        names = [one.film.layer.name for one in self.circuit.films]
        return self.films[names.index(name)]

    def rows(self, *, local_dc: bool = False, weak: tuple[str, ...] = ()) -> tuple[SeriesRow, ...]:
        """Return what films and contacts lose in each column: without charge transfer.

        Parameters
        ----------
        local_dc
            Whether the electrolyte's conductivity is that of ``dc``, whose factor goes by the thickness: each
            column then has its own.
        weak
            Layers that are solved in time and left out here.
        """
        found: dict[tuple[str, Mechanism], Floats] = {}
        for one, cut in zip(self.circuit.films, self.films, strict=True):
            if not one.is_ideal and one.film.layer.name not in weak:
                resistance = cut.crossing / one.conductivity
                if local_dc and one.film.layer.role == "electrolyte":
                    resistance = resistance * _local_factor(one, cut.thickness)
                found[one.part, "film"] = found.get((one.part, "film"), 0.0) + resistance
        for face in self.circuit.interfaces:
            if face.contact:
                key: tuple[str, Mechanism] = (face.part, "contact")
                found[key] = found.get(key, 0.0) + face.contact / self.face(face)
        return tuple(SeriesRow(part, mechanism, values) for (part, mechanism), values in found.items())

    def face(self, interface: Interface) -> Floats:
        """Return the area of an interface in each column, m² per m² of footprint."""
        return self.films[interface.inner].outer

    def leak(self, temperature: float) -> float:
        """Return the conductance for electrons through the electrolyte films, S per m² of footprint.

        ``sum of 1/(integral dd/(sigma_e A))`` over the columns: a plane of charge Q at voltage V is empty
        after ``t = Q d/(sigma_e V)``.  0 unless every electrolyte film states its electronic conductivity:
        there is no default.
        """
        found: Floats | float = 0.0
        for one, cut in zip(self.circuit.films, self.films, strict=True):
            if one.film.layer.role != "electrolyte":
                continue
            conductivity = one.film.layer.material.electron_conductivity(temperature)
            if not conductivity:
                return 0.0
            found = found + cut.crossing / conductivity
        return float(np.sum(1 / np.asarray(found)))


def cut_between_ideal(circuit: FilmCircuit) -> CutCircuit:
    """Return a circuit cut into columns between equipotential collectors, those that are alike as one.

    What fills a relief passes for a film of its volume over its inner face, as in
    `tfgeom.transport.film_diffusion`.
    """
    return CutCircuit(circuit, *_merged(tuple(_cut(circuit, one) for one in circuit.films)))


def columns_of_surface(
    thicknesses: Sequence[Floats], mean: Floats, gaussian: Floats, weights: Floats
) -> tuple[CutFilm, ...]:
    """Return films that grow one on the other along the normals of a smooth surface, cut into columns.

    The area at offset d is ``A(d)/A(0) = 1 + 2 H d + K d²`` exactly, with the mean and Gaussian curvature of
    the surface (J. Steiner's formula; M. P. do Carmo, Differential Geometry of Curves and Surfaces, 1976,
    section 3-5).

    Parameters
    ----------
    thicknesses
        Of each film at n places, from the surface outwards, m, shape (n,) each.
    mean, gaussian
        Mean (1/m) and Gaussian (1/m²) curvature of the surface, the mean positive where it bulges towards
        growing offsets: 1/(2 r) and 0 of a cylinder that is coated outside, 1/r and 1/r² of a sphere.
    weights
        Area of the surface that each place stands for, m² per m² of footprint.

    Raises
    ------
    ValueError
        Where a film folds onto itself: an area is not positive.
    """
    found, start = [], np.zeros_like(weights)
    for thickness in thicknesses:
        areas = [
            weights * (1 + offset * (2 * mean + offset * gaussian))
            for offset in (start, start + thickness / 2, start + thickness)
        ]
        if not np.all(np.array(areas) > 0):
            raise ValueError(
                "a film folds onto itself: it is thicker than the radius of curvature leaves room"
            )
        found.append(CutFilm.through(thickness, *areas))
        start = start + thickness
    return tuple(found)


def _cut(circuit: FilmCircuit, one: FilmConductor) -> CutFilm:
    cell, film = circuit.cell, one.film
    inner = cell.current_tubes(film.inner, _SLICES) / cell.footprint
    if film.layer.fills and not cell.is_flat:
        thickness = np.full_like(inner, film.volume / film.inner_area)
        return CutFilm(thickness, inner, inner, inner, thickness / inner)
    middle = film.inner.towards(film.outer, 0.5, cell.deepest)
    return CutFilm(
        cell.tube_thicknesses(film.inner, film.outer, _SLICES),
        inner,
        cell.current_tubes(middle, _SLICES) / cell.footprint,
        cell.current_tubes(film.outer, _SLICES) / cell.footprint,
        cell.footprint * column_integrals(cell, film, _SLICES),
    )


def _merged(films: tuple[CutFilm, ...]) -> tuple[tuple[CutFilm, ...], NDArray[np.intp]]:
    """Return films whose columns that are alike in all of them, but for a factor of area, are one.

    Beside them, which one each of the columns became.
    """
    areas = np.array([area for cut in films for area in (cut.inner, cut.middle, cut.outer)])
    looks = np.concatenate((np.array([cut.thickness for cut in films]), areas / areas.sum(axis=0)))
    tolerance = _ALIKE * np.abs(looks).max(axis=1)
    group = np.full(looks.shape[1], -1)
    groups = 0
    while np.any(group < 0):
        first = int(np.argmax(group < 0))
        alike = np.all(np.abs(looks - looks[:, [first]]) <= tolerance[:, None], axis=0) & (group < 0)
        group[alike] = groups
        groups += 1
    if groups == group.size:
        return films, np.arange(groups)

    def added(values: Floats) -> Floats:
        return np.bincount(group, values, groups).astype(np.float64)

    count = added(np.ones_like(group, dtype=np.float64))
    merged = tuple(
        CutFilm(
            added(cut.thickness) / count,
            added(cut.inner),
            added(cut.middle),
            added(cut.outer),
            1 / added(1 / cut.crossing),
        )
        for cut in films
    )
    return merged, group


def _local_factor(one: FilmConductor, thickness: Floats) -> Floats:
    """Return a weak electrolyte's resistance at the columns' own thickness over that at the nominal one."""
    constants = one.film.layer.material.dissociation
    assert isinstance(constants, Dissociation)  # the circuit has read them
    own, nominal = (dc_resistance_factor(constants, one) for one in (thickness, one.film.layer.thickness))
    return np.asarray(own / nominal)
