"""Holes on a lattice, blind or through the wafer."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from tfgeom.geometry.lattice import Pitch, along_axes, lattice_footprint, nearest
from tfgeom.geometry.plan import Loop, Plan
from tfgeom.geometry.size_words import SizeWords
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.quantities import Length
from tfgeom.reliefs.building import UPRIGHT, section_at_top, smallest_section
from tfgeom.reliefs.kind import ReliefKind
from tfgeom.reliefs.periods import PITCH, WITH_ITS_PITCH, AnyLattice, PitchField, require_its_pitch
from tfgeom.reliefs.sections import Problems, Sectioned, Width, measured_as, section_width


class Holes(Sectioned):
    """Holes on a lattice."""

    model_config = ConfigDict(json_schema_extra=WITH_ITS_PITCH)

    kind: Literal["holes"]
    lattice: AnyLattice = Field(description="Arrangement of the holes.")
    pitch: PitchField = Field(description=PITCH)
    diameter: Width | None = Field(default=None, description="Diameter, or width across flats.")
    depth: Length = Field(description="Depth below the surface.")
    through: bool = Field(default=False, strict=True, description="Whether the holes go through the wafer.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = Problems()
        require_its_pitch(self.lattice, self.pitch, wrong)
        width, key = section_width(self, self.diameter, wrong)
        called = measured_as(self, key)
        wrong.too_wide(width, key, nearest(self.pitch), "" if called == key else called)
        profile = self.profile(self.depth, through=self.through)
        wrong.rim(profile, nearest(self.pitch) - width, f"pitch - {called}", "depth")
        return wrong.check(self)


def holes(
    diameter: float,
    pitch: Pitch,
    depth: float,
    lattice: str,
    rim_radius: float = 0.0,
    *,
    sides: int = 0,
    rotation: float = 0.0,
    angle: float = UPRIGHT,
    through: bool = False,
) -> UnitCell:
    """Return the cell of holes; ``diameter`` is across flats, lengths in m, the angle in rad.

    A rectangular lattice has two pitches, along x and along y.
    """
    top = Loop(diameter / 2, opening=True, sides=sides)
    footprint = lattice_footprint(pitch, lattice)
    return UnitCell(
        kind="holes",
        plan=Plan(footprint, smallest_section((top,), depth, angle), raised_background=True),
        height=depth,
        rim_radius=rim_radius,
        feature_width=diameter,
        pitch=along_axes(pitch)[0],
        pitch_y=along_axes(pitch)[1] if isinstance(pitch, tuple) else None,
        lattice=lattice,
        angle=angle,
        through=through,
        rotation=rotation if sides else 0.0,
        words=SizeWords("hole diameter", more_room="wider holes", solid="the wall between holes"),
    )


def _build(relief: Holes) -> UnitCell:
    width, sides = section_at_top(relief, relief.diameter, relief.depth, opening=True)
    return holes(
        width,
        relief.pitch,
        relief.depth,
        relief.lattice,
        relief.rim_radius,
        sides=sides,
        rotation=relief.rotation,
        angle=relief.sidewall_angle,
        through=relief.through,
    )


KIND = ReliefKind(
    section=Holes,
    build=_build,
    article="holes",
    template="""\
kind: holes
lattice: hexagonal        # or square; rectangular has pitch: [4 um, 6 um]
pitch: 6 um               # between the axes of neighbours
diameter: 3 um
depth: 30 um
rim_radius: 50 nm         # rounding of the upper edges; 0 nm is sharp
""",
)
