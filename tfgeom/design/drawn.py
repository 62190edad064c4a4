"""A value that may be one of several dimensions: its unit tells which."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tfgeom.quantities import Quantity
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.spelling.grammar import NUMBER_AND_UNIT
from tfgeom.units import format_quantity


@dataclass(frozen=True, slots=True)
class Drawn:
    """A value in the SI unit of its dimension, a key of `tfgeom.spelling.dimensions.DIMENSIONS`."""

    value: float
    dimension: str

    def __str__(self) -> str:
        """Return it as a design file writes it."""
        return format_quantity(self.value, self.dimension)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Text with a unit of one of some dimensions.

    Attributes
    ----------
    dimensions
        What it may measure, and the bounds of each.
    noun
        What it is, for messages: "a current or a power".
    """

    dimensions: tuple[Quantity, ...]
    noun: str

    def read(self, given: object) -> Drawn:
        """Return ``given`` with its dimension; raise ValueError with what is wrong and what would do."""
        if isinstance(given, Drawn):
            return given
        wrong: list[ValueError] = []
        for quantity in self.dimensions:
            try:
                # what cannot be bounded is of another dimension; bounds are told of the one it is
                Quantity(quantity.dimension, positive=False).read(given)
            except ValueError as error:
                wrong.append(error)
                continue
            return Drawn(quantity.read(given), quantity.dimension)
        examples = " or ".join(f"'{DIMENSIONS[one.dimension].example}'" for one in self.dimensions)
        if isinstance(given, str) and any(character.isalpha() for character in given):
            raise ValueError(f"must be {self.noun} such as {examples}, not '{given:.60}'")
        raise wrong[0]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(_written)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        examples = [DIMENSIONS[one.dimension].example for one in self.dimensions]
        return {"type": "string", "pattern": NUMBER_AND_UNIT, "examples": examples}


def _written(value: Drawn | None) -> str | None:
    return None if value is None else str(value)
