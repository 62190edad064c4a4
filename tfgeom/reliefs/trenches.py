"""Parallel trenches."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tfgeom.geometry.plan import Bar, Plan
from tfgeom.geometry.size_words import SizeWords
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.quantities import Length
from tfgeom.reliefs.building import UPRIGHT, smallest_section, width_at_top
from tfgeom.reliefs.kind import ReliefKind
from tfgeom.reliefs.sections import Problems, Walled, Width


class Trenches(Walled):
    """Parallel trenches."""

    kind: Literal["trenches"]
    pitch: Length = Field(description="Distance between the middles of neighbours.")
    width: Width = Field(description="Width of a trench.")
    depth: Length = Field(description="Depth below the surface.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = Problems()
        width = self.width.value
        wrong.too_wide(width, "width", self.pitch)
        wrong.rim(self.profile(self.depth), self.pitch - width, "pitch - width", "depth")
        return wrong.check(self)


def trenches(
    width: float, pitch: float, depth: float, rim_radius: float = 0.0, *, angle: float = UPRIGHT
) -> UnitCell:
    """Return the cell (pitch x pitch) of parallel trenches ``width`` wide; lengths in m."""
    ridge = Bar(pitch - width, pitch, centre=pitch / 2)
    return UnitCell(
        kind="trenches",
        plan=Plan(pitch**2, smallest_section((ridge,), depth, angle)),
        height=depth,
        rim_radius=rim_radius,
        feature_width=width,
        pitch=pitch,
        angle=angle,
        words=SizeWords("trench width", more_room="wider trenches", solid="the ridges between trenches"),
    )


def _build(relief: Trenches) -> UnitCell:
    width = width_at_top(relief.width, relief.depth, relief.sidewall_angle, opening=True)
    return trenches(width, relief.pitch, relief.depth, relief.rim_radius, angle=relief.sidewall_angle)


KIND = ReliefKind(
    section=Trenches,
    build=_build,
    article="trenches",
    template="""\
kind: trenches
pitch: 4 um               # from one trench to the next
width: 2 um               # of the opening
depth: 20 um
rim_radius: 50 nm         # rounding of the upper edges; 0 nm is sharp
""",
)
