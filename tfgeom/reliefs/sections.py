"""What the sections of the kinds of relief share: a base, widths, walls, and checks that need no films."""

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar, get_args

import numpy as np
from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from tfgeom.geometry.lattice import SIDES, across_flats
from tfgeom.geometry.profile import Profile
from tfgeom.quantities import Angle, Length, LengthOrZero, Quantity, Section
from tfgeom.reliefs.synonyms import with_synonyms
from tfgeom.rows import Bools, Numbers, Refused, choose, is_rows
from tfgeom.spelling.grammar import NUMBER_AND_UNIT
from tfgeom.units import format_quantity

Lattice = Literal["square", "hexagonal"]
_VERTICAL = math.pi / 2
ROUNDING = 1e-9
"""A difference of two sizes is not exact: nothing thinner than this share of them is material."""


class Relief(Section):
    """The section of a kind of relief; each kind states its name in ``kind``."""

    kind: str

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        reference = handler(schema)
        words = get_args(cls.model_fields["kind"].annotation)
        with_synonyms(str(words[0]) if words else "", handler.resolve_ref_schema(reference))
        return reference


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

    def profile(self, height: float, *, through: bool = False) -> Profile:
        """Return the wall of a relief of some height, m."""
        return Profile(height, self.sidewall_angle, self.rim_radius, through)


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
    """What is wrong with one relief, all of it; of n, which of them it is wrong with."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str, bool]] = []
        self._rows: list[tuple[Bools, str]] = []

    def unless(
        self, holds: bool | Bools, key: str, message: str | Callable[[], str], summary: str = "does not fit"
    ) -> None:
        """Note ``message`` at a key unless something holds; of n reliefs the ``summary``."""
        if is_rows(holds):
            self._rows.append((np.logical_not(holds), f"relief.{key}: {summary}"))
        elif not holds:
            self._found.append((key, message if isinstance(message, str) else message(), False))

    def too_wide(self, width: Numbers, key: str, pitch: Numbers, called: str = "") -> None:
        """Require that a width (m) is below the pitch; ``called`` where the key gives it in another way."""

        def message() -> str:
            given, most = length_text(width), length_text(pitch)
            given = f"{called} of {given}" if called else given
            return f"{given} does not fit pitch {most}; use less than {most}, or a larger pitch"

        self.unless(width < pitch, key, message, "does not fit the pitch")

    def rim(self, profile: Profile, material: Numbers, material_key: str, height_key: str) -> None:
        """Require that two rims leave material between them and that the wall is higher than its rims.

        Parameters
        ----------
        profile
            The wall with its rims.
        material
            Thickness of the material somewhere, m; not positive where other keys are wrong.
        material_key, height_key
            What the file calls it, and the height of the wall.
        """
        radius, taken = profile.rim_radius, 2 * profile.erosion
        widest = material / 2 / profile.half_tangent
        rest = material * (1 - ROUNDING)
        buried = rims_above_wall(profile)
        eaten = (rest > 0) & (rest <= taken)

        def message() -> str:
            if not eaten or (buried and widest >= profile.highest_rim):
                return rim_above_wall(profile, height_key)
            return (
                f"{length_text(radius)} on both sides{at_angle(profile, taken)} leaves nothing of "
                f"{material_key} {length_text(material)}; use less than {length_text(widest)}"
            )

        fits = choose(buried | eaten, False, True)
        self.unless(fits, "rim_radius", message, "leaves no wall or no material")

    def check(self, relief: AnyRelief) -> AnyRelief:
        """Return the relief; raise with everything that was noted, of n with the rows of each fault."""
        for where, summary in self._rows:
            if where.any():
                raise Refused(where, summary)
        if self._found:
            raise PydanticCustomError("issues", "relief", {"issues": self._found})
        return relief


def section_width(relief: Sectioned, diameter: Width | None, wrong: Problems) -> tuple[Numbers, str]:
    """Return the width across flats (m) that was given and its key; note one that is missing or too many."""
    if relief.side is not None and relief.cross_section == "circle":
        wrong.unless(False, "side", "a circle has none; give diameter, or a cross_section with sides")
    if relief.side is not None and diameter is not None:
        wrong.unless(False, "side", "stands beside diameter; keep one of the two")
    if relief.side is None and diameter is None:
        wrong.unless(False, "diameter", "is missing; add it, for example 'diameter: 3 um'")
    if diameter is not None or relief.side is None:
        return (0.0 if diameter is None else diameter.value), "diameter"
    sides = SIDES[relief.cross_section]
    return (across_flats(relief.side.value, sides) if sides else relief.side.value), "side"


def measured_as(relief: Sectioned, key: str) -> str:
    """Return what the width across flats is called that a key gives."""
    return "the width across flats" if (key, relief.cross_section) == ("side", "hexagon") else key


def rims_above_wall(profile: Profile) -> bool | Bools:
    """Return whether the rims leave no wall between them and the floor."""
    return choose(profile.rim_radius < profile.highest_rim * (1 - ROUNDING), False, True)


def rim_above_wall(profile: Profile, height_key: str) -> str:
    """Return what is wrong where the rims leave no wall between them and the floor; else an empty text."""
    radius, height, most = profile.rim_radius, profile.height, profile.highest_rim
    if not rims_above_wall(profile):
        return ""
    both = " on both faces" if profile.through else at_angle(profile, radius * height / most)
    return (
        f"{length_text(radius)}{both} does not fit {height_key} {length_text(height)}; "
        f"use less than {length_text(most)}"
    )


def at_angle(profile: Profile, taken: float) -> str:
    """Return how a wall leans and what its rims take of a size, to follow them; empty of an upright one."""
    if profile.is_vertical:
        return ""
    return f" of walls at {math.degrees(profile.angle):.6g} deg takes {length_text(taken)}, which"


def length_text(value: float) -> str:
    """Return a length as text, to six digits: a pitch less a diameter carries rounding noise."""
    return format_quantity(float(f"{value:.6g}"), "length")
