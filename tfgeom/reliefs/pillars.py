"""Pillars on a lattice."""

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


class Pillars(Sectioned):
    """Pillars on a lattice."""

    model_config = ConfigDict(json_schema_extra=WITH_ITS_PITCH)

    kind: Literal["pillars"]
    lattice: AnyLattice = Field(description="Arrangement of the pillars.")
    pitch: PitchField = Field(description=PITCH)
    diameter: Width | None = Field(default=None, description="Diameter, or width across flats.")
    height: Length = Field(description="Height above the floor.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = Problems()
        require_its_pitch(self.lattice, self.pitch, wrong)
        width, key = section_width(self, self.diameter, wrong)
        called = measured_as(self, key)
        wrong.too_wide(width, key, nearest(self.pitch), "" if called == key else called)
        wrong.rim(self.profile(self.height), width, called, "height")
        return wrong.check(self)


def pillars(
    diameter: float,
    pitch: Pitch,
    height: float,
    lattice: str,
    rim_radius: float = 0.0,
    *,
    sides: int = 0,
    rotation: float = 0.0,
    angle: float = UPRIGHT,
) -> UnitCell:
    """Return the cell of pillars; ``diameter`` is across flats, lengths in m, angles in rad.

    A rectangular lattice has two pitches, along x and along y.
    """
    top = Loop(diameter / 2, opening=False, sides=sides)
    return UnitCell(
        kind="pillars",
        plan=Plan(lattice_footprint(pitch, lattice), smallest_section((top,), height, angle)),
        height=height,
        rim_radius=rim_radius,
        feature_width=diameter,
        pitch=along_axes(pitch)[0],
        pitch_y=along_axes(pitch)[1] if isinstance(pitch, tuple) else None,
        lattice=lattice,
        angle=angle,
        rotation=rotation if sides else 0.0,
        words=SizeWords("pillar diameter", "height", more_room="a larger pitch", solid="the pillars"),
    )


def _build(relief: Pillars) -> UnitCell:
    width, sides = section_at_top(relief, relief.diameter, relief.height, opening=False)
    return pillars(
        width,
        relief.pitch,
        relief.height,
        relief.lattice,
        relief.rim_radius,
        sides=sides,
        rotation=relief.rotation,
        angle=relief.sidewall_angle,
    )


KIND = ReliefKind(
    section=Pillars,
    build=_build,
    article="pillars",
    template="""\
kind: pillars
lattice: square           # or hexagonal; rectangular has pitch: [4 um, 6 um]
pitch: 4 um               # between the axes of neighbours
diameter: 2 um
height: 20 um
rim_radius: 50 nm         # rounding of the upper edges; 0 nm is sharp
""",
)
