"""What the sections of the kinds of relief share: a base, widths, walls, and checks that need no films."""

import math
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from tfgeom.quantities import Angle, Length, LengthOrZero, Quantity, Section
from tfgeom.units import NUMBER_AND_UNIT, format_quantity

Lattice = Literal["square", "hexagonal"]
_VERTICAL = math.pi / 2
_ROUNDING = 1e-9  # a difference of two sizes is not exact; nothing thinner than this share is material


class Relief(Section):
    """The section of a kind of relief; each kind states its name in ``kind``."""

    kind: str


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


class Walled(Relief):
    """What every relief with walls may say."""

    sidewall_angle: Annotated[float, Quantity("angle", "45 deg", "95 deg")] = Field(
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


SAID_LAST = frozenset(Sectioned.model_fields) - {"kind"}
"""What only some reliefs say: it comes after the kind and its sizes."""

AnyRelief = TypeVar("AnyRelief", bound=Relief)


class Problems:
    """What is wrong with one relief, all of it."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str, bool]] = []

    def unless(self, holds: bool, key: str, message: str) -> None:
        """Note ``message`` at a key unless something holds."""
        if not holds:
            self._found.append((key, message, False))

    def too_wide(self, width: float, key: str, pitch: float) -> None:
        """Require that a width (m) is below the pitch."""
        most = length_text(pitch)
        self.unless(
            width < pitch,
            key,
            f"{length_text(width)} does not fit pitch {most}; use less than {most}, or a larger pitch",
        )

    def rim(self, radius: float, material: float, material_key: str, height: float, height_key: str) -> None:
        """Require that two rims leave material between them and one rim fits the height."""
        if material > 0:
            self.unless(
                2 * radius < material * (1 - _ROUNDING),
                "rim_radius",
                f"{length_text(radius)} on both sides leaves nothing of {material_key} "
                f"{length_text(material)}; use less than {length_text(material / 2)}",
            )
        most = length_text(height)
        self.unless(
            radius < height,
            "rim_radius",
            f"{length_text(radius)} does not fit {height_key} {most}; use less than {most}",
        )

    def check(self, relief: AnyRelief) -> AnyRelief:
        """Return the relief; raise with everything that was noted."""
        if self._found:
            raise PydanticCustomError("issues", "relief", {"issues": self._found})
        return relief


def section_width(relief: Sectioned, diameter: Width | None, wrong: Problems) -> tuple[float, str]:
    """Return the width that was given (m) and its key; note when there is none or one too many."""
    if relief.side is not None and relief.cross_section == "circle":
        wrong.unless(False, "side", "a circle has none; give diameter, or a cross_section with sides")
    if relief.side is not None and diameter is not None:
        wrong.unless(False, "side", "stands beside diameter; keep one of the two")
    if relief.side is None and diameter is None:
        wrong.unless(False, "diameter", "is missing; add it, for example 'diameter: 3 um'")
    given, key = (relief.side, "side") if diameter is None else (diameter, "diameter")
    return (0.0 if given is None else given.value), key


def length_text(value: float) -> str:
    """Return a length as text, to six digits: a pitch less a diameter carries rounding noise."""
    return format_quantity(float(f"{value:.6g}"), "length")
