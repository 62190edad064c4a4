"""From widths in a design file to plans: what the builders of the kinds share.

Widths are given at the top of the unrounded edges.  Raised material grows, openings shrink downwards when
walls lean outwards (angle below pi/2); undercut walls are swept from the foot, their smallest section.
"""

import math
from dataclasses import replace
from itertools import pairwise

from tfgeom.errors import Issue
from tfgeom.geometry.lattice import SIDES, across_flats, neighbour_distance
from tfgeom.geometry.plan import Bar, Loop
from tfgeom.geometry.profile import Profile
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.reliefs.sections import Sectioned, Width
from tfgeom.units import UM

UPRIGHT = math.pi / 2


def smallest_section(top: tuple[Loop | Bar, ...], height: float, angle: float) -> tuple[Loop | Bar, ...]:
    """Return the elements at the material's smallest section: the top, of undercut walls the foot."""
    shift = Profile(height, angle).top_shift
    return tuple(element.eroded(shift) for element in top) if shift else top


def width_at_top(width: Width, height: float, angle: float, *, opening: bool) -> float:
    """Return a width at the top of the relief (m), wherever the design measures it."""
    height_above_floor = {"top": height, "middle": height / 2, "bottom": 0.0}[width.at]
    change = 2 * (height - height_above_floor) * Profile(height, angle).slope
    return width.value + (change if opening else -change)


def section_at_top(
    relief: Sectioned, diameter: Width | None, height: float, *, opening: bool
) -> tuple[float, int]:
    """Return the width across flats at the top (m) that ``diameter`` or ``side`` gives, and the sides."""
    sides = SIDES[relief.cross_section]
    width = diameter
    if relief.side is not None:
        width = relief.side.model_copy(update={"value": across_flats(relief.side.value, sides)})
    if width is None:
        raise ValueError("a section without a width has been refused")
    return width_at_top(width, height, relief.sidewall_angle, opening=opening), sides


def impossible(cell: UnitCell) -> list[Issue]:
    """Return what keeps a bare relief from existing, beyond the checks of its file."""
    issues = []
    slant = cell.height * cell.profile.slope
    leaning = "" if cell.is_vertical else f" with walls at {math.degrees(cell.angle):g} deg"
    for gap in cell.gaps:
        if gap.width - max(0.0, 2 * slant) <= 0:
            issues.append(
                Issue(
                    "relief.sidewall_angle" if gap.width > 0 else "relief",
                    f"{gap.place} of {gap.width / UM:.4g} um at the top{leaning} closes over the height of "
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
    if cell.plan.raised_background:
        issues += _meeting(cell, leaning)
    for element in cell.sharp_plan.elements:
        if element.half_width <= 0:
            issues.append(
                Issue(
                    "relief.rim_radius" if cell.is_vertical else "relief.sidewall_angle",
                    f"nothing is left of the smallest section{leaning}; use a smaller rim radius, "
                    "steeper walls or a wider relief",
                )
            )
    return issues


def _meeting(cell: UnitCell, leaning: str) -> list[Issue]:
    """Return what is wrong where openings, at their widest and before their rims are rounded, meet."""
    (widest,) = cell.sharp_plan.elements
    pitch, lattice, width = cell.pitch or 0.0, cell.lattice or "square", cell.feature_width or 0.0
    if not isinstance(widest, Loop) or neighbour_distance(widest, cell.rotation, pitch, lattice) > 0:
        return []
    key = "rim_radius" if cell.is_vertical else "sidewall_angle"
    at_top = replace(widest, inradius=width / 2)
    if neighbour_distance(at_top, cell.rotation, pitch, lattice) <= 0:
        key = "pitch"
    message = (
        f"the openings of {width / UM:.4g} um at the top{leaning} meet their neighbours in the pitch of "
        f"{pitch / UM:.4g} um; use a larger pitch, smaller openings, steeper walls or a smaller rim radius"
    )
    return [Issue(f"relief.{key}", message)]
