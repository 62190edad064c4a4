"""From widths in a design file to plans: what the builders of the kinds share.

Widths are given at the top of the unrounded edges.  Raised material grows, openings shrink downwards when
walls lean outwards (angle below pi/2); undercut walls are swept from the foot, their smallest section.
"""

import math

from tfgeom.geometry.lattice import SIDES, across_flats
from tfgeom.geometry.plan import Bar, Loop
from tfgeom.geometry.profile import Profile
from tfgeom.reliefs.sections import Sectioned, Width
from tfgeom.rows import Numbers, alike

UPRIGHT = math.pi / 2


def smallest_section(top: tuple[Loop | Bar, ...], height: Numbers, angle: Numbers) -> tuple[Loop | Bar, ...]:
    """Return the elements at the material's smallest section: the top, of undercut walls the foot."""
    shift = Profile(height, angle).top_shift
    return tuple(element.eroded(shift) for element in top) if alike(shift != 0) else top


def width_at_top(width: Width, height: Numbers, angle: Numbers, *, opening: bool) -> Numbers:
    """Return a width at the top of the relief (m), wherever the design measures it."""
    height_above_floor = {"top": height, "middle": height / 2, "bottom": 0.0}[width.at]
    change = 2 * (height - height_above_floor) * Profile(height, angle).slope
    return width.value + (change if opening else -change)


def section_at_top(
    relief: Sectioned, diameter: Width | None, height: Numbers, *, opening: bool
) -> tuple[Numbers, int]:
    """Return the width across flats at the top (m) that ``diameter`` or ``side`` gives, and the sides."""
    sides = SIDES[relief.cross_section]
    width = diameter
    if relief.side is not None:
        width = relief.side.model_copy(update={"value": across_flats(relief.side.value, sides)})
    if width is None:
        raise ValueError("a section without a width has been refused")
    return width_at_top(width, height, relief.sidewall_angle, opening=opening), sides
