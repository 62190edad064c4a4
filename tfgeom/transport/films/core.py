"""The part of a stack in which the potential varies across the films: what hexahedra are made for.

Across a collector it does not, nor across an electrode next to one that conducts so much better than the
electrolyte that no potential difference can arise in it.  These films are sheets: they keep their
through-film resistance in closed form, and are equipotential, or conduct along the relief to a contact.  The
rest is the core, a stack of films with a jump of the potential wherever an interface has a resistance.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import UnsupportedError
from tfgeom.films import Stack
from tfgeom.transport.circuit import FilmCircuit, FilmConductor, Interface
from tfgeom.transport.losses import Losses
from tfgeom.transport.series import series_resistance

_BETWEEN = ("cathode", "electrolyte", "anode")
_EQUIPOTENTIAL_CONTRAST = 1e9  # over the electrolyte's conductance per area; beyond it only rounding is left


@dataclass(frozen=True, slots=True)
class ConductingCore:
    """Films between two equipotential terminals.

    Attributes
    ----------
    stack
        The films of the core on their cell.
    conductors
        Their conductivities, from the inner terminal to the outer.
    jumps
        Interface below each film and above the last one, None where the potential is continuous,
        length n_films + 1.
    outside
        Losses in closed form of everything else.
    electrodes
        The electrode on the inner side of the electrolyte (cathode or anode) and the other one.
    sheets
        Films outside the core on its inner and its outer side: what conducts along the relief there.
    """

    stack: Stack
    conductors: tuple[FilmConductor, ...]
    jumps: tuple[Interface | None, ...]
    outside: Losses
    electrodes: tuple[str, str]
    sheets: tuple[tuple[FilmConductor, ...], tuple[FilmConductor, ...]] = ((), ())

    @property
    def electrolyte(self) -> tuple[int, ...]:
        """Indices of the electrolyte films."""
        return tuple(k for k, film in enumerate(self.conductors) if film.part == "electrolyte")

    def along(self, side: int) -> tuple[int, ...]:
        """Return the films of the core that carry the current along the relief on one side, 0 inner, 1 outer.

        None where the sheets outside the core conduct as well along the relief as that side's electrode.
        """
        electrode = [k for k, film in enumerate(self.conductors) if film.part == self.electrodes[side]]
        of_core = sum(self.conductors[k].along for k in electrode)
        return tuple(electrode) if of_core > sum(film.along for film in self.sheets[side]) else ()

    @property
    def is_uniform(self) -> bool:
        """Whether every film is as thick at depth as on the top."""
        return all(film.inner.is_uniform and film.outer.is_uniform for film in self.stack.films)

    @property
    def film_resistances(self) -> tuple[float, ...]:
        """Through-film resistance of each film on a plane, ohm m²."""
        return tuple(film.film.layer.thickness / film.conductivity for film in self.conductors)

    @property
    def jump_resistances(self) -> tuple[float, ...]:
        """Interface resistances, ohm m², zero where the potential is continuous."""
        return tuple(0.0 if jump is None else jump.resistance for jump in self.jumps)


def conducting_core(conductors: FilmCircuit) -> ConductingCore:
    """Return the films between the collectors without those that are equipotential.

    Raises
    ------
    UnsupportedError
        When a film of unlimited conductivity lies between others of the core.
    """
    between = [k for k, film in enumerate(conductors.films) if film.part in _BETWEEN]
    first, last = between[0], between[-1]
    least = min(
        film.conductivity / film.film.layer.thickness
        for film in conductors.films[first : last + 1]
        if film.part == "electrolyte"
    )

    def equipotential(index: int) -> bool:
        film = conductors.films[index]
        conductance = film.conductivity / film.film.layer.thickness
        return film.part != "electrolyte" and conductance > _EQUIPOTENTIAL_CONTRAST * least

    while equipotential(first):
        first += 1
    while equipotential(last):
        last -= 1
    core = conductors.films[first : last + 1]
    for film in core:
        if math.isinf(film.conductivity):
            raise UnsupportedError.at(
                f"layers.{film.film.layer.name}",
                "not yet supported: finite elements with a film of unlimited conductivity inside the stack; "
                "give its conductivity, or use the analytic fidelity",
            )
    by_inner = {face.inner: face for face in conductors.interfaces if face.resistance}
    jumps = tuple(by_inner.get(index) for index in range(first - 1, last + 1))
    outside_films = tuple(
        replace(film, conductivity=math.inf) if first <= index <= last else film
        for index, film in enumerate(conductors.films)
    )
    outside_faces = tuple(face for face in conductors.interfaces if face not in jumps)
    outside = series_resistance(FilmCircuit(conductors.cell, outside_films, outside_faces))
    cathode_inside = (
        conductors.films[between[0]].part == "cathode" or conductors.films[between[-1]].part == "anode"
    )
    return ConductingCore(
        Stack(conductors.cell, tuple(film.film for film in core)),
        core,
        jumps,
        outside,
        ("cathode", "anode") if cathode_inside else ("anode", "cathode"),
        (conductors.films[:first], conductors.films[last + 1 :]),
    )


@dataclass(frozen=True, slots=True)
class NodeSheets:
    """Copies of the levels that carry unknowns: a level is doubled where the potential jumps.

    Attributes
    ----------
    levels
        Level of each sheet, from the inner terminal (first sheet) to the outer (last).
    layers
        Lower and upper sheet of each layer of elements.
    films
        Film of each layer.
    jumps
        ``(index of the junction, lower sheet, upper sheet)`` of each jump; junction k lies below film k.
    faces
        Sheet on the inner and on the outer face of each film.
    """

    levels: tuple[int, ...]
    layers: tuple[tuple[int, int], ...]
    films: tuple[int, ...]
    jumps: tuple[tuple[int, int, int], ...]
    faces: tuple[tuple[int, int], ...]

    @property
    def film_of_sheet(self) -> NDArray[np.int64]:
        """Film that each sheet belongs to, where two share it the inner one; -1 for a terminal apart."""
        films = np.full(len(self.levels), -1)
        for index in range(len(self.faces) - 1, -1, -1):
            inner, outer = self.faces[index]
            films[inner : outer + 1] = index
        return films


def node_sheets(sublevels: tuple[int, ...], jumps: tuple[bool, ...]) -> NodeSheets:
    """Return the sheets of films with the given numbers of layers, doubled where ``jumps`` says so.

    Parameters
    ----------
    sublevels
        Layers of elements in each film.
    jumps
        Whether the potential jumps below each film, and above the last; one longer.
    """
    levels, layers, films = [0], [], []
    jump_sheets: list[tuple[int, int, int]] = []
    faces: list[tuple[int, int]] = []

    def double(junction: int) -> None:
        levels.append(levels[-1])
        jump_sheets.append((junction, len(levels) - 2, len(levels) - 1))

    for film, count in enumerate(sublevels):
        if jumps[film]:
            double(film)
        inner = len(levels) - 1
        for _ in range(count):
            levels.append(levels[-1] + 1)
            layers.append((len(levels) - 2, len(levels) - 1))
            films.append(film)
        faces.append((inner, len(levels) - 1))
    if jumps[-1]:
        double(len(sublevels))
    return NodeSheets(tuple(levels), tuple(layers), tuple(films), tuple(jump_sheets), tuple(faces))
