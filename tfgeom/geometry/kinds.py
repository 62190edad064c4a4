"""From a relief's parameters to its unit cell: one builder a kind, and the table that names them.

Widths are given at the top of the unrounded edges.  Raised material grows, openings shrink downwards when
walls lean outwards (angle below pi/2); undercut walls are swept from the foot, their smallest section.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from tfgeom.errors import DesignError, Issue
from tfgeom.geometry.cell import Gap, UnitCell
from tfgeom.geometry.plan import Bar, Loop, Plan
from tfgeom.geometry.profile import Profile
from tfgeom.geometry.sections import SIDES, across_flats, lattice_footprint, neighbour_distance
from tfgeom.geometry.wave import WaveCell
from tfgeom.units import UM

Cell = UnitCell | WaveCell
"""Any unit cell."""

UPRIGHT = math.pi / 2


def planar() -> UnitCell:
    """Return the flat cell, 1 um x 1 um."""
    return UnitCell("planar", Plan(UM**2))


def pillars(
    diameter: float,
    pitch: float,
    height: float,
    lattice: str,
    rim_radius: float = 0.0,
    *,
    sides: int = 0,
    rotation: float = 0.0,
    angle: float = UPRIGHT,
) -> UnitCell:
    """Return the cell of pillars; ``diameter`` is across flats, lengths in m, angles in rad."""
    top = Loop(diameter / 2, opening=False, sides=sides)
    return UnitCell(
        kind="pillars",
        plan=Plan(lattice_footprint(pitch, lattice), _smallest((top,), height, angle)),
        height=height,
        rim_radius=rim_radius,
        feature_width=diameter,
        gaps=(Gap(neighbour_distance(top, rotation, pitch, lattice), "neighbours"),),
        pitch=pitch,
        lattice=lattice,
        angle=angle,
        rotation=rotation if sides else 0.0,
    )


def holes(
    diameter: float,
    pitch: float,
    depth: float,
    lattice: str,
    rim_radius: float = 0.0,
    *,
    sides: int = 0,
    rotation: float = 0.0,
    angle: float = UPRIGHT,
    through: bool = False,
) -> UnitCell:
    """Return the cell of holes; ``diameter`` is across flats, lengths in m, the angle in rad."""
    top = Loop(diameter / 2, opening=True, sides=sides)
    return UnitCell(
        kind="holes",
        plan=Plan(lattice_footprint(pitch, lattice), _smallest((top,), depth, angle), raised_background=True),
        height=depth,
        rim_radius=rim_radius,
        feature_width=diameter,
        gaps=(Gap(diameter, "opening"),),
        pitch=pitch,
        lattice=lattice,
        angle=angle,
        through=through,
        rotation=rotation if sides else 0.0,
    )


def trenches(
    width: float, pitch: float, depth: float, rim_radius: float = 0.0, *, angle: float = UPRIGHT
) -> UnitCell:
    """Return the cell (pitch x pitch) of parallel trenches ``width`` wide; lengths in m."""
    return UnitCell(
        kind="trenches",
        plan=Plan(pitch**2, _smallest((Bar(pitch - width, pitch),), depth, angle)),
        height=depth,
        rim_radius=rim_radius,
        feature_width=width,
        gaps=(Gap(width, "opening"),),
        pitch=pitch,
        angle=angle,
    )


def microtubes(
    outer_diameter: float,
    wall: float,
    pitch: float,
    height: float,
    lattice: str,
    rim_radius: float = 0.0,
    *,
    inner: tuple[float, float] | None = None,
    angle: float = UPRIGHT,
) -> UnitCell:
    """Return the cell of tubes whose bore is as deep as their outside.

    Parameters
    ----------
    outer_diameter, wall, pitch, height, rim_radius
        Lengths, m.
    lattice
        ``square`` or ``hexagonal``.
    inner
        Outer diameter and wall of a second tube inside the first, m.
    angle
        Of all walls, rad.
    """
    loops: list[Loop | Bar] = []
    gaps = [Gap(pitch - outer_diameter, "neighbours")]
    for width, thickness in ((outer_diameter, wall), *(() if inner is None else (inner,))):
        bore = width - 2 * thickness
        if loops:  # the bore of the outer tube is what is left around the inner one
            gaps[-1] = Gap((gaps[-1].width - width) / 2, "annulus")
        loops += [Loop(width / 2, opening=False), Loop(bore / 2, opening=True)]
        gaps.append(Gap(bore, "bore"))
    return UnitCell(
        kind="microtubes",
        plan=Plan(lattice_footprint(pitch, lattice), _smallest(tuple(loops), height, angle)),
        height=height,
        rim_radius=rim_radius,
        feature_width=outer_diameter,
        gaps=tuple(gaps),
        pitch=pitch,
        lattice=lattice,
        angle=angle,
    )


def honeycomb(
    wall: float, pitch: float, depth: float, rim_radius: float = 0.0, *, angle: float = UPRIGHT
) -> UnitCell:
    """Return the cell of hexagonal openings, ``pitch - wall`` across flats; lengths in m."""
    opening = Loop((pitch - wall) / 2, opening=True, sides=6)
    return UnitCell(
        kind="honeycomb",
        plan=Plan(
            lattice_footprint(pitch, "hexagonal"), _smallest((opening,), depth, angle), raised_background=True
        ),
        height=depth,
        rim_radius=rim_radius,
        feature_width=pitch - wall,
        gaps=(Gap(pitch - wall, "opening"),),
        pitch=pitch,
        lattice="hexagonal",
        angle=angle,
    )


def wave(amplitude: float, period: float) -> WaveCell:
    """Return the cell of a wave; ``amplitude`` is half of peak to valley, lengths in m."""
    return WaveCell(amplitude, period)


def _smallest(top: tuple[Loop | Bar, ...], height: float, angle: float) -> tuple[Loop | Bar, ...]:
    """Return the elements at the material's smallest section: the top, of undercut walls the foot."""
    shift = Profile(height, angle).top_shift
    return tuple(element.eroded(shift) for element in top) if shift else top


def _at_top(width: Any, height: float, angle: float, opening: bool) -> float:
    """Return a width at the top of the relief, wherever the design measures it."""
    height_above_floor = {"top": height, "middle": height / 2, "bottom": 0.0}[width.at]
    change = 2 * (height - height_above_floor) * Profile(height, angle).slope
    return float(width.value) + (change if opening else -change)


def _section_width(relief: Any, sides: int) -> Any:
    """Return the width across flats that ``diameter`` or ``side`` gives."""
    if relief.side is None:
        return relief.diameter
    return relief.side.model_copy(update={"value": across_flats(relief.side.value, sides)})


def _pillars(r: Any) -> UnitCell:
    sides = SIDES[r.cross_section]
    width = _at_top(_section_width(r, sides), r.height, r.sidewall_angle, opening=False)
    return pillars(
        width,
        r.pitch,
        r.height,
        r.lattice,
        r.rim_radius,
        sides=sides,
        rotation=r.rotation,
        angle=r.sidewall_angle,
    )


def _holes(r: Any) -> UnitCell:
    sides = SIDES[r.cross_section]
    width = _at_top(_section_width(r, sides), r.depth, r.sidewall_angle, opening=True)
    cell = holes(
        width,
        r.pitch,
        r.depth,
        r.lattice,
        r.rim_radius,
        sides=sides,
        rotation=r.rotation,
        angle=r.sidewall_angle,
        through=r.through,
    )
    (widest,) = cell.sharp_plan.elements
    if isinstance(widest, Loop) and neighbour_distance(widest, r.rotation, r.pitch, r.lattice) <= 0:
        remedy = "use a larger pitch or smaller holes"
        raise DesignError.at("relief.pitch", f"the holes meet their neighbours; {remedy}")
    return cell


def _microtubes(r: Any) -> UnitCell:
    angle, inner = r.sidewall_angle, r.inner
    width = _at_top(r.outer_diameter, r.height, angle, opening=False)
    second = None
    if inner is not None:
        second = (_at_top(inner.outer_diameter, r.height, angle, opening=False), inner.wall)
    return microtubes(width, r.wall, r.pitch, r.height, r.lattice, r.rim_radius, inner=second, angle=angle)


_BUILDERS: dict[str, Callable[[Any], Cell]] = {
    "planar": lambda r: planar(),
    "pillars": _pillars,
    "holes": _holes,
    "trenches": lambda r: trenches(
        _at_top(r.width, r.depth, r.sidewall_angle, opening=True),
        r.pitch,
        r.depth,
        r.rim_radius,
        angle=r.sidewall_angle,
    ),
    "microtubes": _microtubes,
    "honeycomb": lambda r: honeycomb(r.wall, r.pitch, r.depth, r.rim_radius, angle=r.sidewall_angle),
    "wave": lambda r: wave(r.amplitude, r.period),
}


def build_cell(relief: Any) -> Cell:
    """Return the unit cell of a relief (one of the classes of `tfgeom.design`).

    Raises
    ------
    DesignError
        When its walls meet, its smallest section vanishes, or tubes do not fit into each other.
    """
    cell = _BUILDERS[relief.kind](relief)
    if isinstance(cell, UnitCell):
        issues = list(_impossible(cell))
        if issues:
            raise DesignError(issues)
    return cell


def _impossible(cell: UnitCell) -> list[Issue]:
    """Return what keeps a bare relief from existing, beyond the checks of its file."""
    issues = []
    slant = cell.height * cell.profile.slope
    leaning = "" if cell.is_vertical else f" with walls at {math.degrees(cell.angle):g} deg"
    for width, name in cell.gaps:
        narrowest = width - max(0.0, 2 * slant)
        if narrowest <= 0:
            issues.append(
                Issue(
                    "relief.sidewall_angle" if width > 0 else "relief",
                    f"the {name} of {width / UM:.4g} um at the top{leaning} closes over the height of "
                    f"{cell.height / UM:.4g} um; use steeper walls, less height or a larger pitch or width",
                )
            )
    loops = [element for element in cell.plan.elements if isinstance(element, Loop)]
    for outside, inside in pairwise(loops):
        if inside.inradius >= outside.inradius:
            issues.append(
                Issue(
                    "relief.sidewall_angle",
                    f"nothing is left of a wall{leaning} at its thinnest; use steeper or thicker walls, or "
                    "less height",
                )
            )
    if cell.kind == "honeycomb" and 2 * loops[0].inradius >= (cell.pitch or 0.0):
        issues.append(
            Issue(
                "relief.sidewall_angle",
                f"the openings{leaning} meet their neighbours at the floor; use steeper or thicker walls, or "
                "less depth",
            )
        )
    for element in cell.sharp_plan.elements:
        size = element.width / 2 if isinstance(element, Bar) else element.inradius
        if size <= 0:
            issues.append(
                Issue(
                    "relief.rim_radius" if cell.is_vertical else "relief.sidewall_angle",
                    f"nothing is left of the smallest section{leaning}; use a smaller rim radius, "
                    "steeper walls or a wider relief",
                )
            )
    return issues
