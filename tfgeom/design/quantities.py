"""Types of the design file's values: text with a unit, bare numbers, names.

Each is metadata of an annotated float or str.  It checks with a message that says what was given, what
is allowed and how to mend it, writes the value back as the file spells it, and describes itself in the
JSON Schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tfgeom.quantities import Quantity

JsonSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Number:
    """A bare finite number, ``low`` (excluded if ``above``) to ``high``."""

    low: float
    high: float
    above: bool = False
    example: float = 1.0

    def read(self, given: object) -> float:
        """Return ``given`` as a float; raise ValueError with what is wrong and what would do."""
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            raise ValueError(f"must be a bare number such as {self.example:g}, not {given!r:.60}")
        if not self.low <= given <= self.high or (self.above and given == self.low):
            least = f"above {self.low:g}" if self.above else f"from {self.low:g}"
            raise ValueError(f"must be a number {least} to {self.high:g}, not {given!s:.60}")
        return float(given)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        least = "exclusiveMinimum" if self.above else "minimum"
        return {"type": "number", least: self.low, "maximum": self.high, "examples": [self.example]}


class FilmThickness(Quantity):
    """A length, or a form that comes later."""

    def read(self, given: object) -> float:
        """Return the SI value of ``given``; say so when it is a form that comes later."""
        if isinstance(given, Mapping) and list(given) == ["balance"]:
            raise not_yet("thickness: {balance: ...}")
        return Quantity.read(self, given)


class StepCoverage(Number):
    """A bare number, or a form that comes later."""

    def read(self, given: object) -> float:
        """Return ``given``; say so when it is a form that comes later."""
        if isinstance(given, list):
            raise not_yet("step_coverage as points")
        if isinstance(given, Mapping) and list(given) == ["deposition"]:
            raise not_yet("step_coverage from a deposition model")
        return Number.read(self, given)


@dataclass(frozen=True, slots=True)
class Words:
    """Printable text of at most ``limit`` characters; on one line unless ``lines``."""

    limit: int = 200
    lines: bool = False

    def read(self, given: object) -> str:
        """Return ``given`` unchanged; raise ValueError if it is not such text."""
        if not isinstance(given, str):
            raise ValueError(f"must be text, not {given!r:.60}; put it in quotes if it is meant as text")
        if not given.strip():
            raise ValueError("is empty; give some text or remove the key")
        if len(given) > self.limit:
            raise ValueError(f"must be at most {self.limit} characters, not {len(given)}")
        if not (given.replace("\n", "") if self.lines else given).isprintable():
            form = "printable text" if self.lines else "printable text on one line"
            raise ValueError(f"must be {form}, not {given!r:.60}")
        return given

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"type": "string", "minLength": 1, "maxLength": self.limit}


def not_yet(feature: str) -> PydanticCustomError:
    """Return the error of a feature that the file format knows and this version does not."""
    return PydanticCustomError("unsupported", "not yet supported: {feature}", {"feature": feature})


Length = Annotated[float, Quantity("length", "0.05 nm", "100 mm")]
Thickness = Annotated[float, FilmThickness("length", "0.05 nm", "100 mm")]
LengthOrZero = Annotated[float, Quantity("length", "0.05 nm", "100 mm", zero=True)]
Voltage = Annotated[float, Quantity("voltage", "-10 V", "10 V", positive=False)]
Temperature = Annotated[float, Quantity("temperature", "200 K", "400 K")]
Density = Annotated[float, Quantity("density", high="30 g/cm^3")]
CurrentDensity = Annotated[float, Quantity("current_density", high="1e6 mA/cm^2")]
ArealCapacity = Annotated[float, Quantity("areal_capacity", high="1e6 uAh/cm^2")]
AreaResistance = Annotated[float, Quantity("area_resistance", high="1e9 ohm*cm^2", zero=True)]
Angle = Annotated[float, Quantity("angle", "-360 deg", "360 deg", positive=False)]
SidewallAngle = Annotated[float, Quantity("angle", "45 deg", "95 deg")]
Fraction = Annotated[float, Quantity("fraction", "0", "1", positive=False)]
Tolerance = Annotated[float, Quantity("fraction", high="10")]
Coverage = Annotated[float, StepCoverage(0, 2, above=True, example=0.9)]
CRate = Annotated[float, Number(0, 1e6, above=True, example=0.5)]
Name = Annotated[str, Words()]
Text = Annotated[str, Words(4000, lines=True)]
