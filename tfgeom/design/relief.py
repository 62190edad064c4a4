"""The kinds of relief, as the design file spells them, with the checks that need no films."""

import math
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from tfgeom.design.quantities import Angle, Length, LengthOrZero, SidewallAngle
from tfgeom.units import NUMBER_AND_UNIT, format_quantity

Lattice = Literal["square", "hexagonal"]
_VERTICAL = math.pi / 2
_ROUNDING = 1e-9  # a difference of two sizes is not exact; nothing thinner than this share is material


class Section(BaseModel):
    """A section of the design file: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Width(Section):
    """A width and the height at which it is measured; plain text means at the top."""

    value: Length = Field(description="The width, with its unit.")
    at: Literal["top", "middle", "bottom"] = Field(default="top", description="Where it is measured.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        return given if isinstance(given, dict) else {"value": given}

    @model_serializer(mode="wrap")
    def _as_text(self, handler: SerializerFunctionWrapHandler, info: Any) -> Any:
        written = handler(self)
        return written["value"] if info.mode == "json" and self.at == "top" else written

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        text = {"type": "string", "pattern": NUMBER_AND_UNIT, "examples": ["3 um"]}
        return {"anyOf": [text, handler.resolve_ref_schema(handler(schema))]}


class Walled(Section):
    """What every relief with walls may say."""

    sidewall_angle: SidewallAngle = Field(
        default=_VERTICAL, description="Angle of the walls from the wafer plane; 90 deg is vertical."
    )
    rim_radius: LengthOrZero = Field(default=0.0, description="Rounding of the upper edges.")


class Sectioned(Walled):
    """What pillars and holes may say about their cross-section."""

    cross_section: Literal["circle", "square", "hexagon"] = Field(
        default="circle", description="Shape seen from above."
    )
    side: Width | None = Field(default=None, description="Edge of a square or hexagon, instead of diameter.")
    rotation: Angle = Field(default=0.0, description="Turn of the cross-section.")


AnyWalled = TypeVar("AnyWalled", bound=Walled)


class Planar(Section):
    """The flat substrate, the baseline of every other kind."""

    kind: Literal["planar"]


class Pillars(Sectioned):
    """Pillars on a lattice."""

    kind: Literal["pillars"]
    lattice: Lattice = Field(description="Arrangement of the pillars.")
    pitch: Length = Field(description="Distance between the axes of neighbours.")
    diameter: Width | None = Field(default=None, description="Diameter, or width across flats.")
    height: Length = Field(description="Height above the floor.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = _Problems()
        width, key = _sized(self, wrong)
        wrong.unless(width < self.pitch, key, _too_wide(width, self.pitch))
        wrong.rim(self.rim_radius, width, key, self.height, "height")
        return wrong.check(self)


class Holes(Sectioned):
    """Holes on a lattice."""

    kind: Literal["holes"]
    lattice: Lattice = Field(description="Arrangement of the holes.")
    pitch: Length = Field(description="Distance between the axes of neighbours.")
    diameter: Width | None = Field(default=None, description="Diameter, or width across flats.")
    depth: Length = Field(description="Depth below the surface.")
    through: bool = Field(default=False, strict=True, description="Whether the holes go through the wafer.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = _Problems()
        width, key = _sized(self, wrong)
        wrong.unless(width < self.pitch, key, _too_wide(width, self.pitch))
        wrong.rim(self.rim_radius, self.pitch - width, f"pitch - {key}", self.depth, "depth")
        return wrong.check(self)


class Trenches(Walled):
    """Parallel trenches."""

    kind: Literal["trenches"]
    pitch: Length = Field(description="Distance between the middles of neighbours.")
    width: Width = Field(description="Width of a trench.")
    depth: Length = Field(description="Depth below the surface.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = _Problems()
        width = self.width.value
        wrong.unless(width < self.pitch, "width", _too_wide(width, self.pitch))
        wrong.rim(self.rim_radius, self.pitch - width, "pitch - width", self.depth, "depth")
        return wrong.check(self)


class InnerTube(Section):
    """The smaller tube inside a double microtube."""

    outer_diameter: Width = Field(description="Outer diameter of the inner tube.")
    wall: Length = Field(description="Thickness of the inner tube's wall.")


class Microtubes(Walled):
    """Tubes on a lattice, the bore as deep as the outside."""

    kind: Literal["microtubes"]
    lattice: Lattice = Field(description="Arrangement of the tubes.")
    pitch: Length = Field(description="Distance between the axes of neighbours.")
    outer_diameter: Width = Field(description="Outer diameter of a tube.")
    wall: Length = Field(description="Thickness of the tube's wall.")
    height: Length = Field(description="Height above the floor.")
    inner: InnerTube | None = Field(default=None, description="A second tube inside each tube.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = _Problems()
        width = self.outer_diameter.value
        wrong.unless(width < self.pitch, "outer_diameter", _too_wide(width, self.pitch))
        wrong.unless(
            2 * self.wall < width,
            "wall",
            f"{_length(self.wall)} leaves no bore in a tube of {_length(width)}; "
            f"use less than {_length(width / 2)}, or a larger outer_diameter",
        )
        wrong.rim(self.rim_radius, self.wall, "wall", self.height, "height")
        if self.inner is not None:
            second, bore = self.inner.outer_diameter.value, width - 2 * self.wall
            wrong.unless(
                bore <= 0 or second < bore,
                "inner",
                f"its outer_diameter {_length(second)} does not fit the bore of {_length(max(bore, 0.0))}; "
                "use a smaller inner tube, or a thinner wall around it",
            )
            wrong.unless(
                2 * self.inner.wall < second,
                "inner",
                f"its wall {_length(self.inner.wall)} leaves no bore in {_length(second)}; "
                f"use less than {_length(second / 2)}",
            )
        return wrong.check(self)


class Honeycomb(Walled):
    """Hexagonal openings between straight walls."""

    kind: Literal["honeycomb"]
    pitch: Length = Field(description="Distance between the axes of neighbouring openings.")
    wall: Length = Field(description="Thickness of the walls.")
    depth: Length = Field(description="Depth of the openings.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = _Problems()
        wrong.unless(self.wall < self.pitch, "wall", _too_wide(self.wall, self.pitch))
        wrong.rim(self.rim_radius, self.wall, "wall", self.depth, "depth")
        return wrong.check(self)


class Wave(Section):
    """A wavy surface, as of flexible foils."""

    kind: Literal["wave"]
    amplitude: Length = Field(description="Half the height from valley to peak.")
    period: Length = Field(description="Length of one wave.")


LATER_KINDS = ("pattern", "freeform")


def _refuse_later(given: Any) -> Any:
    kind = given.get("kind") if isinstance(given, dict) else None
    if kind in LATER_KINDS:
        issue = ("kind", f"not yet supported: kind {kind}", True)
        raise PydanticCustomError("issues", "relief", {"issues": [issue]})
    return given


Relief = Planar | Pillars | Holes | Trenches | Microtubes | Honeycomb | Wave
"""The kinds of relief."""

ReliefField = Annotated[
    Annotated[Relief, Field(discriminator="kind", description="Shape of the substrate.")],
    BeforeValidator(_refuse_later),
]
"""A relief as a field of the design, told apart by ``kind``."""


class _Problems:
    """What is wrong with one relief, all of it."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str, bool]] = []

    def unless(self, holds: bool, key: str, message: str) -> None:
        if not holds:
            self._found.append((key, message, False))

    def rim(self, radius: float, material: float, material_key: str, height: float, height_key: str) -> None:
        """Require that two rims leave material between them and one rim fits the height."""
        if material > 0:
            self.unless(
                2 * radius < material * (1 - _ROUNDING),
                "rim_radius",
                f"{_length(radius)} on both sides leaves nothing of {material_key} {_length(material)}; "
                f"use less than {_length(material / 2)}",
            )
        self.unless(
            radius < height,
            "rim_radius",
            f"{_length(radius)} does not fit {height_key} {_length(height)}; use less than {_length(height)}",
        )

    def check(self, relief: AnyWalled) -> AnyWalled:
        if self._found:
            raise PydanticCustomError("issues", "relief", {"issues": self._found})
        return relief


def _sized(relief: "Pillars | Holes", wrong: _Problems) -> tuple[float, str]:
    """Return the width that was given and its key; note when there is none or one too many."""
    if relief.side is not None and relief.cross_section == "circle":
        wrong.unless(False, "side", "a circle has none; give diameter, or a cross_section with sides")
    if relief.side is not None and relief.diameter is not None:
        wrong.unless(False, "side", "stands beside diameter; keep one of the two")
    if relief.side is None and relief.diameter is None:
        wrong.unless(False, "diameter", "is missing; add it, for example 'diameter: 3 um'")
    given, key = (relief.side, "side") if relief.diameter is None else (relief.diameter, "diameter")
    return (0.0 if given is None else given.value), key


def _too_wide(width: float, pitch: float) -> str:
    most = _length(pitch)
    return f"{_length(width)} does not fit pitch {most}; use less than {most}, or a larger pitch"


def _length(value: float) -> str:
    # six digits: pitch - diameter carries rounding noise
    return format_quantity(float(f"{value:.6g}"), "length")
