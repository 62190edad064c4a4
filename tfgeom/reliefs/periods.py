"""The lattice of pillars and holes in a design file, and its pitch: one, or two of a rectangular lattice."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tfgeom.geometry.lattice import Pitch
from tfgeom.quantities import Quantity
from tfgeom.reliefs.sections import Problems, length_text

RECTANGULAR = "rectangular"
AnyLattice = Literal["square", "hexagonal", "rectangular"]
PITCH = "Distance between the axes of neighbours; of a rectangular lattice [along x, along y]."
_TWO = "a list of two, along x and along y, such as [4 um, 6 um]"


class Pitches(Quantity):
    """A length, or a list of two."""

    def read_pitch(self, given: object) -> Pitch:
        """Return the SI value of ``given``, or both; raise ValueError with what would do."""
        if isinstance(given, Mapping):
            raise ValueError(f"must be a length with its unit, or {_TWO}, not {given!r:.60}")
        if not isinstance(given, (list, tuple)):
            return self.read(given)
        if len(given) != 2:
            raise ValueError(f"must be a length, or {_TWO}; {len(given)} given")
        found, issues = [], []
        for index, value in enumerate(given):
            try:
                found.append(self.read(value))
            except ValueError as error:
                issues.append((index, str(error), False))
        if issues:
            raise PydanticCustomError("issues", "pitch", {"issues": issues})
        return found[0], found[1]

    def write_pitch(self, value: Pitch) -> Any:
        """Return ``value`` as the file spells it."""
        return [self.write(one) for one in value] if isinstance(value, tuple) else self.write(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read_pitch,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.write_pitch, when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        length = Quantity.__get_pydantic_json_schema__(self, schema, handler)
        return {**length, "type": ["string", "array"], "items": length, "minItems": 2, "maxItems": 2}


PitchField = Annotated[Pitch, Pitches("length", "0.05 nm", "100 mm")]
"""A pitch as a field of the design."""

WITH_ITS_PITCH: dict[str, Any] = {
    "if": {"properties": {"lattice": {"const": RECTANGULAR}}, "required": ["lattice"]},
    "then": {"properties": {"pitch": {"type": "array"}}},
    "else": {"properties": {"pitch": {"type": "string"}}},
}
"""What the JSON Schema of a section says of lattice and pitch together."""


def require_its_pitch(lattice: str, pitch: Pitch, wrong: Problems) -> None:
    """Note a rectangular lattice with one pitch, and another one with two."""
    if lattice == RECTANGULAR and not isinstance(pitch, tuple):
        given = length_text(pitch)
        wrong.unless(
            False,
            "pitch",
            f"a rectangular lattice has two, along x and along y, not {given}; write [{given}, {given}] with "
            "both of yours, or lattice: square",
        )
    if lattice != RECTANGULAR and isinstance(pitch, tuple):
        given = ", ".join(map(length_text, pitch))
        wrong.unless(
            False,
            "pitch",
            f"[{given}] is for lattice: rectangular, a {lattice} lattice has one pitch; write one length, or "
            "lattice: rectangular",
        )


def refuse_rectangular(given: Any) -> Any:
    """Return what a section says; raise ValueError where only pillars and holes may say it."""
    if isinstance(given, Mapping) or given != RECTANGULAR:
        return given
    raise ValueError("rectangular is for pillars and holes; write square or hexagonal")
