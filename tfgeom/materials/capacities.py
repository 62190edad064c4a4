"""Capacities as people state them: per volume, per mass, per mole, or as lithium per formula unit.

What computes counts capacity per volume of film.  The others become it when a design's constants are laid
over the library's, with the density that then holds, so that a changed density changes the capacity too::

    per volume = (per mass) * density * film_fraction
    per mass   = (per mole) / molar_mass,   per mole = (lithium per formula unit) * F
"""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tfgeom.constants import FARADAY
from tfgeom.quantities import Quantity
from tfgeom.spelling.grammar import NUMBER_AND_UNIT
from tfgeom.units import format_quantity, parse_quantity

PER_VOLUME = "volumetric_capacity"
_OTHERS = ("specific_capacity", "molar_capacity")
_LITHIUM = re.compile(
    r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)\s*Li[+\u207a]?\s*"
    r"(?:(?:per|/)\s*(?:formula(?:[ _]unit)?|f\.?u\.?))?\s*$"
)
_WAYS = "'140 mAh/g' with its density, '26.8 Ah/mol' or '1 Li per formula' with its molar_mass too"


class SpecificCapacity(float):
    """A capacity per mass, C/kg, or per mole, C/mol; ``dimension`` tells which."""

    dimension: str

    def __new__(cls, value: float, dimension: str) -> "SpecificCapacity":
        """Return the capacity of this dimension."""
        found = super().__new__(cls, value)
        found.dimension = dimension
        return found

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]
        """Return what makes a copy."""
        return float(self), self.dimension

    @property
    def text(self) -> str:
        """As a design states it."""
        formula = f"{self / FARADAY:.12g}"
        if self.dimension == "molar_capacity" and float(formula) * FARADAY == self:
            return f"{formula} Li per formula"
        return format_quantity(float(self), self.dimension)


@dataclass(frozen=True, slots=True)
class Capacity(Quantity):
    """A capacity of a design, per volume or one of the other ways."""

    dimension: str = PER_VOLUME

    def read(self, given: object) -> float:
        """Return C/m³, or a `SpecificCapacity`; raise ValueError with what would do."""
        lithium = _LITHIUM.match(given) if isinstance(given, str) and len(given) < 80 else None
        if lithium:
            count = float(lithium[1])
            if not 0 < count <= 100:
                raise ValueError(f"must be more than 0 and at most 100 lithium per formula unit, not {given}")
            return SpecificCapacity(count * FARADAY, "molar_capacity")
        for dimension in _OTHERS:
            try:
                parse_quantity(given, dimension)
            except (ValueError, OverflowError):
                continue
            return SpecificCapacity(Quantity(dimension).read(given), dimension)
        try:
            return Quantity.read(self, given)
        except ValueError as error:
            if isinstance(given, str) and re.search("is not a unit of this kind|^unknown unit", str(error)):
                raise ValueError(f"{error}; also {_WAYS}") from error
            raise

    def write(self, value: float) -> str | float:
        """Return ``value`` as the file spells it."""
        return value.text if isinstance(value, SpecificCapacity) else Quantity.write(self, value)

    def _written(self, value: float, info: core_schema.SerializationInfo) -> str | float:
        # a number alone would not say per what
        plain = info.mode == "python" and not isinstance(value, SpecificCapacity)
        return value if plain else self.write(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self._written, info_arg=True),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": f"{NUMBER_AND_UNIT}|{_LITHIUM.pattern}"}
