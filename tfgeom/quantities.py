"""A section of the design file, and the type of a value with a unit: metadata of an annotated float.

The type checks with a message that says what was given, what is allowed and how to mend it, writes the value
back as the file spells it, and describes itself in the JSON Schema.
"""

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tfgeom.rows import Bools, Floats
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.spelling.grammar import NUMBER_AND_UNIT, NUMBER_PERHAPS_UNIT
from tfgeom.units import format_quantity, parse_quantity

AnySection = TypeVar("AnySection", bound=BaseModel)
SMALLEST, LARGEST = 1e-35, 1e35
"""Least and largest size of any value in its SI unit, so that products and ratios of a few stay numbers."""
_CHECK = "check the number and its unit"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with a unit, within bounds written as quantities themselves.

    Attributes
    ----------
    dimension
        Key of `tfgeom.spelling.dimensions.DIMENSIONS`.
    low, high
        Smallest and largest value allowed, as text; empty for no bound.
    positive
        Whether zero and below are refused.
    zero
        Whether zero is allowed although it is below ``low``.
    """

    dimension: str
    low: str = ""
    high: str = ""
    positive: bool = True
    zero: bool = False

    def read(self, given: object) -> float:
        """Return the SI value of ``given``; raise ValueError with what is wrong and what would do."""
        try:
            value = parse_quantity(given, self.dimension)
        except OverflowError:
            raise ValueError("is too large a number") from None
        if self.zero and value == 0:
            return 0.0
        if value and not SMALLEST <= abs(value) <= LARGEST:
            raise ValueError(
                f"{given} is {'far below' if abs(value) < 1 else 'far above'} any such value; {_CHECK}"
            )
        if value <= 0 and self.positive:
            least = "0 or more" if self.zero else "greater than 0"
            raise ValueError(f"must be {least}, not {given}")
        below = self.low and value < parse_quantity(self.low, self.dimension)
        above = self.high and value > parse_quantity(self.high, self.dimension)
        if below or above:
            bounds = " to ".join(part for part in (self.low, self.high) if part)
            raise ValueError(f"{given} is outside {bounds}; {_CHECK}")
        return value

    def outside(self, values: Floats) -> Bools:
        """Return which SI values `read` would refuse, in the shape of ``values``."""
        size = np.abs(values)
        wrong = ~np.isfinite(values) | ((values != 0) & ((size < SMALLEST) | (size > LARGEST)))
        if self.positive:
            wrong |= values <= 0
        if self.low:
            wrong |= values < parse_quantity(self.low, self.dimension)
        if self.high:
            wrong |= values > parse_quantity(self.high, self.dimension)
        return wrong & (values != 0) if self.zero else wrong

    def write(self, value: float) -> str | float:
        """Return ``value`` as the file spells it."""
        text = format_quantity(value, self.dimension)
        return value if DIMENSIONS[self.dimension].si == "" and not text.endswith("%") else text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write, when_used="json"),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        example = DIMENSIONS[self.dimension].example
        if self.dimension == "fraction":
            return {
                "anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER_PERHAPS_UNIT}],
                "examples": [0.05, example],
            }
        return {"type": "string", "pattern": NUMBER_AND_UNIT, "examples": [example]}


Length = Annotated[float, Quantity("length", "0.05 nm", "100 mm")]
LengthOrZero = Annotated[float, Quantity("length", "0.05 nm", "100 mm", zero=True)]
Angle = Annotated[float, Quantity("angle", "-360 deg", "360 deg", positive=False)]


class Section(BaseModel):
    """A section of the design file: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


def checked_again(section: AnySection) -> AnySection:
    """Return a section after the checks that it makes of itself as a whole when it is read.

    Its numbers may be those of n designs: then what is wrong raises `tfgeom.rows.Refused`.
    """
    for validator in type(section).__pydantic_decorators__.model_validators.values():
        if validator.info.mode == "after":
            check: Any = validator.func
            check(section)
    return section
