"""Hexagonal openings between straight walls."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tfgeom.geometry.lattice import lattice_footprint
from tfgeom.geometry.plan import Loop, Plan
from tfgeom.geometry.size_words import SizeWords
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.quantities import Length
from tfgeom.reliefs.building import UPRIGHT, smallest_section
from tfgeom.reliefs.kind import ReliefKind
from tfgeom.reliefs.sections import Problems, Walled


class Honeycomb(Walled):
    """Hexagonal openings between straight walls."""

    kind: Literal["honeycomb"]
    pitch: Length = Field(description="Distance between the axes of neighbouring openings.")
    wall: Length = Field(description="Thickness of the walls.")
    depth: Length = Field(description="Depth of the openings.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = Problems()
        wrong.too_wide(self.wall, "wall", self.pitch)
        wrong.rim(self.profile(self.depth), self.wall, "wall", "depth")
        return wrong.check(self)


def honeycomb(
    wall: float, pitch: float, depth: float, rim_radius: float = 0.0, *, angle: float = UPRIGHT
) -> UnitCell:
    """Return the cell of hexagonal openings, ``pitch - wall`` across flats; lengths in m."""
    opening = Loop((pitch - wall) / 2, opening=True, sides=6)
    footprint = lattice_footprint(pitch, "hexagonal")
    return UnitCell(
        kind="honeycomb",
        plan=Plan(footprint, smallest_section((opening,), depth, angle), raised_background=True),
        height=depth,
        rim_radius=rim_radius,
        feature_width=pitch - wall,
        pitch=pitch,
        lattice="hexagonal",
        angle=angle,
        words=SizeWords("across flats", more_room="a larger pitch", solid="the walls"),
        wall=wall,
    )


def _build(relief: Honeycomb) -> UnitCell:
    return honeycomb(relief.wall, relief.pitch, relief.depth, relief.rim_radius, angle=relief.sidewall_angle)


KIND = ReliefKind(
    section=Honeycomb,
    build=_build,
    article="a honeycomb",
    template="""\
kind: honeycomb           # hexagonal openings between straight walls
pitch: 3 um               # between the axes of neighbouring openings
wall: 1 um
depth: 20 um
rim_radius: 50 nm         # rounding of the upper edges; 0 nm is sharp
""",
)
