"""How far a process leaves a size from what the design says: one standard deviation."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tfgeom.spelling.grammar import NUMBER_AND_UNIT
from tfgeom.units import format_quantity, parse_quantity, split_quantity

SHARE = "fraction"
"""Dimension of a spread that is a share of the value."""
_SIZES = ("length", "angle", "area_resistance", "density")
"""What the sizes of a design are measured in."""
_PERCENT = "percent"
_EXAMPLE = "a share of the value such as '3 %', or a size such as '50 nm'"


@dataclass(frozen=True, slots=True)
class Spread:
    """One standard deviation of a normal distribution around what a design says.

    Attributes
    ----------
    value
        Share of the design's value, or a size in SI.
    dimension
        `SHARE`, or the size's key of `tfgeom.spelling.dimensions.DIMENSIONS`.
    """

    value: float
    dimension: str

    @property
    def is_share(self) -> bool:
        """Whether it is a share of the value."""
        return self.dimension == SHARE

    @property
    def text(self) -> str:
        """As a file spells it; read back it is exactly the same."""
        if self.is_share:
            return f"{(Decimal(repr(self.value)) * 100).normalize():f} %"
        return format_quantity(self.value, self.dimension)

    def of(self, size: float) -> float:
        """Return the standard deviation of a size, in the size's own SI unit."""
        return self.value * abs(size) if self.is_share else self.value


class GivenSpread:
    """The type of a spread in a file: text with a unit, ``%`` of the value."""

    def read(self, given: object) -> Spread:
        """Return the spread that a file gives; raise ValueError with what would do."""
        if isinstance(given, Spread):
            return given
        if isinstance(given, int | float) and not isinstance(given, bool):
            raise ValueError(f"needs a unit: {given} alone could mean anything; write {_EXAMPLE}")
        spread = _spread(given)
        if spread.value < 0:
            raise ValueError(f"must be 0 or more, one standard deviation, not {given}")
        if spread.is_share and spread.value >= 1:
            raise ValueError(f"{given} is the value itself or more; one standard deviation is below 100 %")
        return spread

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _written, info_arg=True, when_used="always"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": NUMBER_AND_UNIT, "examples": ["3 %", "50 nm"]}


def _spread(given: object) -> Spread:
    split = split_quantity(given)
    for dimension in () if split is None else (SHARE,) if split[1] == _PERCENT else _SIZES:
        try:
            return Spread(parse_quantity(given, dimension), dimension)
        except (ValueError, OverflowError):
            continue
    raise ValueError(f"must be one standard deviation, {_EXAMPLE}, not {given!r:.60}")


def _written(spread: Spread, info: core_schema.SerializationInfo) -> Any:
    if info.mode == "json":
        return spread.text
    return {"value": spread.value, "dimension": spread.dimension}


SpreadField = Annotated[Spread, GivenSpread()]
"""A spread as a field of the design."""
