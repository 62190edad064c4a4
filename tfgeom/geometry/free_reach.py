"""How much film a relief has room for, and what stops it; how much of it is solid between openings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from tfgeom.geometry.lattice import Pitch, neighbour_distance
from tfgeom.geometry.plan import Bar, Loop, Plan
from tfgeom.rows import Numbers, alike, smaller


@dataclass(frozen=True, slots=True)
class Reach:
    """The offset at which a uniform film would close the relief.

    Attributes
    ----------
    value
        Largest offset, m; infinite for a plane.
    limited_by
        bore, opening, neighbours, annulus, floor (the gap closes at the floor first), depth (the wall is
        buried), curvature (of a wave); None for a plane.
    """

    value: Numbers
    limited_by: str | None


class Gap(NamedTuple):
    """A distance between the facing edges of a plan: levels grow into it from both sides.

    Attributes
    ----------
    width
        m; of edges that overlap negative.
    name
        bore, opening, neighbours or annulus.
    """

    width: Numbers
    name: str

    @property
    def place(self) -> str:
        """What it is in a sentence."""
        return _PLACES.get(self.name, f"the {self.name}")


_PLACES = {
    "neighbours": "the space between neighbours",
    "annulus": "the annulus between the tubes",
}


class Obstruction(NamedTuple):
    """What keeps a level surface from existing.

    Attributes
    ----------
    verb
        What the films do there: closes, buries, folds.
    place
        Where.
    available, taken
        Room there and what the films would take of it, m.
    """

    verb: str
    place: str
    available: Numbers
    taken: Numbers


def narrowest(gaps: Sequence[Gap]) -> Gap:
    """Return the gap of least width, of equal ones the first by name; of n reliefs they all have the same."""
    best = gaps[0]
    for gap in gaps[1:]:
        if alike((gap.width < best.width) | ((gap.width == best.width) & (gap.name < best.name))):
            best = gap
    return best


def gaps_between(plan: Plan, pitch: Pitch | None, lattice: str | None, rotation: Numbers) -> tuple[Gap, ...]:
    """Return the distances between facing edges of a plan; those to neighbours only with a pitch (m).

    Corners of raised polygons are sharp in a plan and round at a distance from it, so twice that distance is
    what a parallel curve takes of every gap, whoever faces whom.
    """
    first = plan.elements[0] if plan.elements else None
    if isinstance(first, Bar):
        return (Gap(plan.footprint / first.length - first.width, "opening"),)
    loops = [element for element in plan.elements if isinstance(element, Loop)]
    if plan.raised_background:
        return tuple(Gap(2 * loop.inradius, "opening") for loop in loops)
    found = []
    if first is not None and pitch is not None:
        found.append(Gap(neighbour_distance(first, rotation, pitch, lattice or "square"), "neighbours"))
    found += [
        Gap(outside.inradius - inside.inradius, "annulus")
        for outside, inside in zip(loops[1::2], loops[2::2], strict=False)
    ]
    return (*found, *(Gap(2 * bore.inradius, "bore") for bore in loops[-1:] if bore.opening))


def thinnest_solid(plan: Plan, pitch: Pitch | None, lattice: str | None, rotation: Numbers) -> Numbers | None:
    """Return the smallest thickness of the raised material of a plan, m; None without any.

    Between openings, of a ridge, of the wall of a tube, or of the section that stands by itself.  Not
    positive where nothing is left.
    """
    first = plan.elements[0] if plan.elements else None
    if first is None:
        return None
    if isinstance(first, Bar):
        return first.width
    if plan.raised_background:
        return None if pitch is None else neighbour_distance(first, rotation, pitch, lattice or "square")
    radii = [element.half_width for element in plan.elements]
    if len(radii) == 1:
        return 2 * radii[0]
    return reduce(smaller, (out - bore for out, bore in zip(radii[::2], radii[1::2], strict=True)))
