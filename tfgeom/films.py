"""The film stack on a relief: where each film lies, what it covers and how much of it there is.

`stack_films` lays the layers outwards from the substrate on a `Cell`.  It is the same road for the
3D cell and for its planar baselines.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import numpy as np

from tfgeom.deposition import StepCoverage, coverage_points, summed
from tfgeom.errors import DesignError
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import Level
from tfgeom.materials.library import Material
from tfgeom.rows import Bools, Numbers, Refused, alike, is_rows
from tfgeom.searching import last_point, possible
from tfgeom.units import NM, UM

_CORE_ROLES = ("cathode", "electrolyte", "anode")


@dataclass(frozen=True, slots=True)
class FilmLayer:
    """A film to be laid: what the design says, with its material looked up.

    Attributes
    ----------
    name, role
        As in the design file.
    material
        The library's material with the design's overrides.
    thickness
        Nominal thickness on the flat top, m.
    step_coverage
        Thickness at the deepest point over the nominal one, linear in depth; or (depth in m, ratio) points,
        linear between, constant beyond the last, 1 at depth 0.
    interface_resistance
        Extra resistance at the inner face, ohm m² of that face.
    lithiation
        Filled fraction of its capacity as made; None where the material states it.
    fills
        Whether it closes what is left of the relief; ``thickness`` then counts above the coated flat top.
    """

    name: str
    role: str
    material: Material
    thickness: Numbers
    step_coverage: StepCoverage = 1.0
    interface_resistance: Numbers = 0.0
    lithiation: Numbers | None = None
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Film:
    """A layer in its place, per unit cell.

    Attributes
    ----------
    layer
        What was laid.
    inner, outer
        Level surfaces of its two faces; the flat outer face of a filling layer lies the height of the
        relief further from the floor than from the top.
    volume
        Volume, m³.
    inner_area, outer_area
        Areas of the two faces, m².
    step_coverage
        Thickness at the deepest point over that on the flat top.
    """

    layer: FilmLayer
    inner: Level
    outer: Level
    volume: Numbers
    inner_area: Numbers
    outer_area: Numbers
    step_coverage: Numbers = 1.0


@dataclass(frozen=True, slots=True)
class Stack:
    """All films of one unit cell, from the substrate outwards."""

    cell: Cell
    films: tuple[Film, ...]

    @property
    def top(self) -> Level:
        """The outermost level surface."""
        return self.films[-1].outer if self.films else Level(0.0, 0.0)

    @property
    def gap_after_coating(self) -> Numbers | None:
        """Smallest width left between coated walls above the floor film, m; None for a plane, 0 if filled."""
        if self.films and self.films[-1].layer.fills and not self.cell.is_flat:
            return 0.0
        return self.cell.gap_left(self.top)

    @property
    def has_room(self) -> bool | Bools:
        """Whether the relief leaves room for all films; of n stacks shape (n,) where they may differ."""
        laid = (film.outer for film in self.films if not film.layer.fills)
        return reduce(and_, (self.cell.has_room(level) for level in laid), True)

    @property
    def current_path(self) -> tuple[Film, ...]:
        """The films that current crosses, from the inner collector (else the first electrode) outwards."""
        roles = [film.layer.role for film in self.films]
        core = [index for index, role in enumerate(roles) if role in _CORE_ROLES]
        if not core:
            return ()
        collectors = [index for index, role in enumerate(roles) if role == "current_collector"]
        first = max((index for index in collectors if index < core[0]), default=core[0])
        last = min((index for index in collectors if index > core[-1]), default=core[-1])
        return self.films[first : last + 1]

    def first(self, role: str) -> Film | None:
        """Return the first film of a role, seen from the substrate."""
        return next((film for film in self.films if film.layer.role == role), None)

    def named(self, name: str) -> Film | None:
        """Return the film of that name."""
        return next((film for film in self.films if film.layer.name == name), None)

    def capacity_gain(self, film: Film) -> Numbers:
        """Return the film's volume over that of the same nominal thickness on the plane."""
        return film.volume / (self.cell.footprint * film.layer.thickness)


def stack_films(cell: Cell, layers: Sequence[FilmLayer], *, checked: bool = True) -> Stack:
    """Return the films of ``layers`` on ``cell``, from the substrate outwards.

    Numbers of cell and layers may be those of n designs, shape (n,), and so are those of the films then.
    Unless ``checked``, `Stack.has_room` tells whether they have room: a search asks for many that have not.

    Raises
    ------
    DesignError
        At the layer whose film would close the relief's gap or bury its wall, with the thickness that
        would still fit and the size of the relief that would be needed.
    Refused
        Of n designs, with those whose films do.
    """
    films: list[Film] = []
    inner = Level(0.0, 0.0)
    inner_area, inner_volume = cell.area(inner), 0.0  # type: Numbers, Numbers
    for layer in layers:
        if layer.fills:
            if layer is not layers[-1]:
                raise ValueError(f"'{layer.name}' fills the relief: no layer can follow it")
            films.append(_filling(cell, layer, inner))
            break
        outer = _laid(cell, layer, inner, layer.thickness)
        if checked:
            _require_room(cell, layer, inner, outer)
        outer_area, outer_volume = cell.area(outer), cell.volume(outer)
        ratio = coverage_points(layer.step_coverage, cell.deepest)[-1][1]
        films.append(Film(layer, inner, outer, outer_volume - inner_volume, inner_area, outer_area, ratio))
        inner, inner_area, inner_volume = outer, outer_area, outer_volume
    return Stack(cell, tuple(films))


def _filling(cell: Cell, layer: FilmLayer, inner: Level) -> Film:
    """Return the last film, which closes what is left of the relief up to a flat face.

    With thickness t above the films, d thick on the flat top: volume ``F (h + d + t)`` less the solid and
    the films below it; a through-hole carries the overburden, and the flat face, on both sides.
    """
    faces = 2 if cell.through else 1
    outer = Level(inner.top + layer.thickness, cell.height + inner.top + layer.thickness)
    space = cell.footprint * (cell.height + faces * outer.top)
    volume = space - cell.solid_volume - cell.volume(inner)
    return Film(layer, inner, outer, volume, cell.area(inner), faces * cell.footprint, 1.0)


def thickest_that_fits(lay: Callable[[float], Stack], start: float) -> float:
    """Return the largest thickness, or factor of all, whose films fit the relief; 0 if none does.

    Parameters
    ----------
    lay
        Lays the films with that thickness (m) or factor; raises DesignError when they merge.
    start
        One to start from.
    """

    def margin(thickness: float) -> float:
        lay(thickness)
        return 1.0

    return last_point(possible(margin), start / 2, start, floor=0.0, count=60).value


def _require_room(cell: Cell, layer: FilmLayer, inner: Level, outer: Level) -> None:
    room: Any = cell.has_room(outer)
    if is_rows(room):
        if room.all():
            return
        raise Refused(np.logical_not(room), f"layers.{layer.name}.thickness: the films leave no room")
    blocked = None if room else cell.obstruction(outer)
    if blocked is None:
        return
    path = f"layers.{layer.name}.thickness"
    most = _fitting_thickness(cell, layer, inner)
    available, taken = blocked.available / UM, blocked.taken / UM
    if blocked.verb == "closes":
        place = blocked.place.removeprefix("the ")
        remedy = cell.words.more_room.format(place=place)
        raise DesignError.at(
            path,
            f"the films close {blocked.place}: it is {available:.4g} um wide and the films up to "
            f"'{layer.name}' take {taken:.4g} um of it (both walls)",
            f"{_advice(most)}{remedy} (more than {taken:.4g} um between the walls)",
        )
    if blocked.verb == "buries":
        raise DesignError.at(
            path,
            f"the films bury {blocked.place}: it is {available:.4g} um high and the floor film up to "
            f"'{layer.name}' is {taken:.4g} um thick",
            f"{_advice(most)}a taller relief",
        )
    raise DesignError.at(
        path,
        f"the films fold onto themselves in {blocked.place} of {available:.4g} um: those up to "
        f"'{layer.name}' are {taken:.4g} um thick",
        f"{_advice(most)}{cell.words.more_room}",
    )


def _advice(room: float) -> str:
    if room <= 0:
        return "no thickness of this layer fits: use thinner layers below it, or "
    return f"use less than {room / NM:.4g} nm here, or "


def _fitting_thickness(cell: Cell, layer: FilmLayer, inner: Level) -> float:
    """Return the thickness of ``layer`` at which the relief would just close, m (0 if none fits)."""

    def margin(thickness: float) -> float:
        return 1.0 if cell.obstruction(_laid(cell, layer, inner, thickness)) is None else -1.0

    return last_point(margin, layer.thickness / 2, layer.thickness, floor=0.0, count=60).value


def _laid(cell: Cell, layer: FilmLayer, inner: Level, thickness: Numbers) -> Level:
    """Return the level of a layer's outer face when it is ``thickness`` thick on the flat top, m."""
    even = not isinstance(layer.step_coverage, tuple) and alike(layer.step_coverage == 1)
    if even and not inner.knots:
        return Level(inner.top + thickness, inner.bottom + thickness)
    ratios = coverage_points(layer.step_coverage, cell.deepest)
    offsets = summed(inner.table(cell.deepest), ratios, thickness)
    return Level(offsets[0][1], offsets[-1][1], offsets[1:-1])
