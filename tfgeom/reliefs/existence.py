"""Whether a bare relief can exist, and which of its sizes would let it.

Wall has to be left between the rims and the floor, material at its thinnest section with the rims still
sharp, and space between the walls.  What fits is found by building the relief again with one size changed.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from tfgeom.errors import DesignError
from tfgeom.geometry.free_reach import gaps_between, narrowest, thinnest_solid
from tfgeom.geometry.lattice import nearest
from tfgeom.geometry.plan import Plan
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.quantities import Quantity, Section
from tfgeom.reliefs.sections import ROUNDING, Relief, Width, length_text, rim_above_wall
from tfgeom.rows import Numbers, larger, refuse, root
from tfgeom.searching import last_point, possible

_STEP, _FURTHEST = 1.25, 60.0
"""By which factor a size is changed until the relief exists, and how far."""
_DIGITS = 4
_SEVERAL = ("several sizes changed: upright walls, a smaller rim_radius, more pitch or thicker material",)
_MOST_REMEDIES = 4
_SHORTEST, _LONGEST = 0.05e-9, 0.1  # m, what the file allows of a length

Build = Callable[[Any], Cell]


class Remedy(NamedTuple):
    """A single size that would let a relief exist: the nearest that does, SI."""

    key: str
    value: float
    bound: str
    text: str

    def __str__(self) -> str:
        return f"{self.key} {self.bound} {self.text}"


class _Check(NamedTuple):
    """What has to be left of a relief, m, and what is wrong where nothing is: the key to blame and words.

    Of n reliefs the summary stands for the words of each.
    """

    left: Callable[[UnitCell], Numbers]
    fault: Callable[[UnitCell], tuple[str, str]]
    summary: str


def require_existence(relief: Relief, build: Build) -> Cell:
    """Return the cell of a relief.

    Raises
    ------
    DesignError
        When its walls or sections meet, its material vanishes, or its rims leave no wall; with what fits.
    Refused
        Of n reliefs, with those of which that holds.
    """
    cell = build(relief)
    if not isinstance(cell, UnitCell) or cell.is_flat:
        return cell

    def error(check: _Check) -> DesignError:
        key, message = check.fault(cell)
        fitting = [str(remedy) for remedy in remedies(relief, build)]
        if not fitting:  # more is wrong than one size: what mends this
            fitting = [f"first {remedy}" for remedy in remedies(relief, build, check)]
        return DesignError.at(f"relief.{key}", message, f"use {', or '.join(fitting or _SEVERAL)}")

    for check in _CHECKS:
        refuse(check.left(cell) <= 0, partial(error, check), check.summary)
    return cell


def remedies(relief: Relief, build: Build, only: _Check | None = None) -> list[Remedy]:
    """Return which single sizes would let a relief exist, or pass one check; the first four."""
    checks = _CHECKS if only is None else (only,)
    found = []
    for key, value, dimension in _sizes(relief):

        def left(size: float, key: str = key) -> float:
            cell = build(changed(relief, key, size))
            assert isinstance(cell, UnitCell)
            return min(check.left(cell) for check in checks)

        angle = dimension == "angle"
        fitting = _nearest_fitting(possible(left), key, value, angle=angle)
        if fitting is not None:
            bound = "at least" if fitting > value else "at most"
            text = f"{math.degrees(fitting):.6g} deg" if angle else length_text(fitting)
            found.append(Remedy(key, fitting, bound, text))
    return found[:_MOST_REMEDIES]


def changed(section: Any, key: str, value: float) -> Any:
    """Return a section with one size changed, m or rad; a width stays measured where it was."""
    outer, _, rest = key.partition(".")
    given = getattr(section, outer)
    new: Any = value
    if rest and isinstance(given, Section):
        new = changed(given, rest, value)
    elif isinstance(given, Width):
        new = given.model_copy(update={"value": value})
    elif isinstance(given, tuple):
        new = tuple(value if str(index) == rest else size for index, size in enumerate(given))
    return section.model_copy(update={outer: new})


def _wall_left(cell: UnitCell) -> Numbers:
    return cell.profile.wall_end - cell.profile.wall_start - _nothing(cell)


def _rims(cell: UnitCell) -> tuple[str, str]:
    return "rim_radius", rim_above_wall(cell.profile, cell.words.height)


def _material_left(cell: UnitCell) -> Numbers:
    # of an undercut through-hole the lower rim starts where the material has widened again
    least = larger(0.0, -2 * cell.rim_radius * cell.profile.slope) if cell.through else 0.0
    return _solid(cell, cell.sharp_plan.eroded(-least)) - _nothing(cell)


def _no_material(cell: UnitCell) -> tuple[str, str]:
    profile, what, high = cell.profile, cell.words.solid, cell.words.height
    thinnest = _solid(cell, cell.plan)
    thickest = _solid(cell, cell.plan.eroded(-cell.height * abs(profile.slope)))
    thin, thick = ("floor", "top") if profile.slope < 0 else ("top", "floor")
    if thinnest > _nothing(cell):
        where = "" if cell.is_vertical else f" at the {thin}"
        taken = thinnest - _material_left(cell)
        return "rim_radius", (
            f"rims of {length_text(cell.rim_radius)}{_leaning(cell)} take {length_text(taken)} of {what}, "
            f"{length_text(thinnest)} thick{where}"
        )
    if thickest > _nothing(cell):
        return "sidewall_angle", (
            f"nothing is left of {what} at the {thin}{_leaning(cell)}: {length_text(thickest)} thick at the "
            f"{thick}, less {length_text(thickest - thinnest)} over the {high} of {length_text(cell.height)}"
        )
    return "pitch", _meeting(cell, "the openings", -thickest)


def _space_left(cell: UnitCell) -> Numbers:
    return math.inf if cell.gap is None else cell.gap - _nothing(cell)


def _no_space(cell: UnitCell) -> tuple[str, str]:
    widest = narrowest(gaps_between(cell.plan, cell.periods, cell.lattice, cell.rotation))
    if widest.width <= _nothing(cell):
        if widest.name == "neighbours":
            return "pitch", _meeting(cell, "the sections", -widest.width)
        return "sidewall_angle", f"{widest.place} is closed at its widest{_leaning(cell)}"
    end = "floor" if cell.profile.slope < 0 else "top"
    taken = 2 * cell.height * abs(cell.profile.slope)
    return "sidewall_angle", (
        f"{widest.place} of {length_text(widest.width)} at the {end}{_leaning(cell)} closes over the "
        f"{cell.words.height} of {length_text(cell.height)}, which takes {length_text(taken)}"
    )


_CHECKS = (
    _Check(_wall_left, _rims, "relief.rim_radius: the rims leave no wall"),
    _Check(_material_left, _no_material, "relief: nothing is left of its material"),
    _Check(_space_left, _no_space, "relief: its sections meet, or its openings close"),
)


def _meeting(cell: UnitCell, what: str, overlap: float) -> str:
    turned = f", turned by {math.degrees(cell.rotation):.6g} deg," if cell.rotation else ""
    pitch = length_text(nearest(cell.periods or 0.0))
    return (
        f"{what} of {length_text(cell.feature_width or 0.0)} at the top{_leaning(cell)}{turned} meet their "
        f"neighbours in the pitch of {pitch}: they overlap by {length_text(overlap)}"
    )


def _leaning(cell: UnitCell) -> str:
    return "" if cell.is_vertical else f" with walls at {math.degrees(cell.angle):.6g} deg"


def _solid(cell: UnitCell, plan: Plan) -> Numbers:
    thickness = thinnest_solid(plan, cell.periods, cell.lattice, cell.rotation)
    return math.inf if thickness is None else thickness


def _nothing(cell: UnitCell) -> Numbers:
    """Return below which a difference of the cell's sizes is rounding, m."""
    return ROUNDING * larger(root(cell.footprint) if cell.pitch is None else cell.pitch, cell.height)


def _sizes(section: Section, within: str = "") -> Iterator[tuple[str, float, str]]:
    """Yield what may be changed: key, value and dimension; lengths and the angle of the walls."""
    for key, field in type(section).model_fields.items():
        given = getattr(section, key)
        if isinstance(given, Width):
            yield within + key, given.value, "length"
        elif isinstance(given, Section):
            yield from _sizes(given, f"{within}{key}.")
        for quantity in field.metadata:
            if isinstance(quantity, Quantity) and given and key != "rotation":
                if isinstance(given, tuple):
                    yield from ((f"{within}{key}.{i}", size, "length") for i, size in enumerate(given))
                else:
                    yield within + key, given, quantity.dimension


def _nearest_fitting(left: Callable[[float], float], key: str, value: float, *, angle: bool) -> float | None:
    """Return the value nearest to ``value`` at which something is left, to four digits; None without one.

    What is left is the smallest of lengths that each grow or fall with a size: it rises to one highest value.
    """
    if angle:
        start: float | None = math.pi / 2 if left(math.pi / 2) > 0 else None
    else:
        nudged = {way: left(value * way) for way in (1 + 1e-4, 1 - 1e-4)}
        start = _first_fitting(left, value, max(nudged, key=lambda way: nudged[way]) > 1)
        if start is None and key == "rim_radius" and left(0.0) > 0:
            start = 0.0
    if start is None:
        return None
    found = _rounded(last_point(left, start, value, halvings=30).value, start, angle=angle)
    return found if angle or found == 0 or _SHORTEST <= found <= _LONGEST else None


def _first_fitting(left: Callable[[float], float], value: float, upwards: bool) -> float | None:
    factor = _STEP if upwards else 1 / _STEP
    tried = [(value, left(value))]
    while 1 / _FURTHEST < tried[-1][0] / value < _FURTHEST:
        size = tried[-1][0] * factor
        tried.append((size, left(size)))
        if tried[-1][1] > 0:
            return size
        if not tried[-1][1] > tried[-2][1]:
            break
    # the highest may lie between two steps
    low, high = (tried[-3:] or tried)[0][0], tried[-1][0]
    for _ in range(12):
        first, second = low + (high - low) / 3, high - (high - low) / 3
        better = max((first, left(first)), (second, left(second)), key=lambda pair: pair[1])
        if better[1] > 0:
            return better[0]
        low, high = (low, second) if better[0] == first else (first, high)
    return None


def _rounded(edge: float, inside: float, *, angle: bool) -> float:
    """Return a value of few digits as near to the edge as there is one on its inner side."""
    if edge in (0.0, inside):
        return edge
    unit = math.radians(1) if angle else 1.0
    exponent = math.floor(math.log10(edge / unit)) - _DIGITS + 1
    steps = edge / unit / 10.0**exponent
    whole = math.ceil(steps) if inside > edge else math.floor(steps)
    near = float(f"{whole}e{exponent}") * unit
    return min(inside, near) if inside > edge else max(inside, near)
