"""The film stack on a relief: where each film lies, what it covers and how much of it there is.

`stack_films` lays the layers outwards from the substrate on a `UnitCell`.  It is the same road for the
3D cell and for its planar baselines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tfgeom.errors import DesignError
from tfgeom.geometry.cell import Level, UnitCell
from tfgeom.materials.library import Material
from tfgeom.units import NM, UM


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
        Thickness at the deepest point over the nominal one, linear in depth.
    interface_resistance
        Extra resistance at the inner face, ohm m² of that face.
    lithiation
        Filled fraction of its capacity as made; None where the material states it.
    """

    name: str
    role: str
    material: Material
    thickness: float
    step_coverage: float = 1.0
    interface_resistance: float = 0.0
    lithiation: float | None = None


@dataclass(frozen=True, slots=True)
class Film:
    """A layer in its place, per unit cell.

    Attributes
    ----------
    layer
        What was laid.
    inner, outer
        Level surfaces of its two faces.
    volume
        Volume, m³.
    inner_area, outer_area
        Areas of the two faces, m².
    """

    layer: FilmLayer
    inner: Level
    outer: Level
    volume: float
    inner_area: float
    outer_area: float


@dataclass(frozen=True, slots=True)
class Stack:
    """All films of one unit cell, from the substrate outwards."""

    cell: UnitCell
    films: tuple[Film, ...]

    @property
    def top(self) -> Level:
        """The outermost level surface."""
        return self.films[-1].outer if self.films else Level(0.0, 0.0)

    @property
    def gap_after_coating(self) -> float | None:
        """Smallest width left between coated walls above the floor film, m; None for a plane."""
        if self.cell.gap is None:
            return None
        return self.cell.gap - 2 * self.cell.wall_offset(self.top)

    def first(self, role: str) -> Film | None:
        """Return the first film of a role, seen from the substrate."""
        return next((film for film in self.films if film.layer.role == role), None)

    def named(self, name: str) -> Film | None:
        """Return the film of that name."""
        return next((film for film in self.films if film.layer.name == name), None)

    def capacity_gain(self, film: Film) -> float:
        """Return the film's volume over that of the same nominal thickness on the plane."""
        return film.volume / (self.cell.footprint * film.layer.thickness)


def stack_films(cell: UnitCell, layers: Sequence[FilmLayer]) -> Stack:
    """Return the films of ``layers`` on ``cell``, from the substrate outwards.

    Raises
    ------
    DesignError
        At the layer whose film would close the relief's gap or bury its wall, with the thickness that
        would still fit and the size of the relief that would be needed.
    """
    films: list[Film] = []
    inner = Level(0.0, 0.0)
    inner_area, inner_volume = cell.area(inner), 0.0
    for layer in layers:
        outer = Level(inner.top + layer.thickness, inner.bottom + layer.thickness * layer.step_coverage)
        _require_room(cell, layer, inner, outer)
        outer_area, outer_volume = cell.area(outer), cell.volume(outer)
        films.append(Film(layer, inner, outer, outer_volume - inner_volume, inner_area, outer_area))
        inner, inner_area, inner_volume = outer, outer_area, outer_volume
    return Stack(cell, tuple(films))


_REMEDY = {
    "pillars": "a pitch above {gap:.4g} um plus the pillar diameter",
    "holes": "holes wider than {gap:.4g} um",
    "trenches": "trenches wider than {gap:.4g} um",
    "honeycomb": "a pitch above {gap:.4g} um plus the wall",
    "microtubes": "a {name} above {gap:.4g} um",
}
_PLACE = {
    "neighbours": "the space between neighbours",
    "opening": "the opening",
    "bore": "the bore",
}


def _require_room(cell: UnitCell, layer: FilmLayer, inner: Level, outer: Level) -> None:
    path = f"layers.{layer.name}.thickness"
    buried_at = cell.height - cell.rim_radius
    if cell.gap is None:
        return
    total = cell.wall_offset(outer)
    if total >= cell.gap / 2:
        room = _fitting_thickness(cell, layer, inner, cell.gap / 2)
        place = _PLACE[cell.gap_name or ""]
        name = "bore" if cell.gap_name == "bore" else "space between tubes"
        raise DesignError.at(
            path,
            f"the films close {place}: it is {cell.gap / UM:.4g} um wide and the films up to '{layer.name}' "
            f"take {2 * total / UM:.4g} um of it (both walls); {_advice(room)}"
            f"{_REMEDY[cell.kind].format(gap=2 * total / UM, name=name)}",
        )
    if outer.bottom >= buried_at:
        room = (buried_at - inner.bottom) / layer.step_coverage
        raise DesignError.at(
            path,
            f"the films bury the wall: it is {buried_at / UM:.4g} um high and the floor film up to "
            f"'{layer.name}' is {outer.bottom / UM:.4g} um thick; {_advice(room)}a taller relief",
        )


def _advice(room: float) -> str:
    if room <= 0:
        return "no thickness of this layer fits: use thinner layers below it, or "
    return f"use less than {room / NM:.4g} nm here, or "


def _fitting_thickness(cell: UnitCell, layer: FilmLayer, inner: Level, limit: float) -> float:
    """Return the thickness of ``layer`` at which the wall offset reaches ``limit``, m (0 if none fits)."""
    low, high = 0.0, layer.thickness
    for _ in range(60):
        middle = (low + high) / 2
        outer = Level(inner.top + middle, inner.bottom + middle * layer.step_coverage)
        low, high = (middle, high) if cell.wall_offset(outer) < limit else (low, middle)
    return low
