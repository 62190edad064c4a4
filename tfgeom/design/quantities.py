"""Types of the design file's values: text with a unit, bare numbers, names.

Each is metadata of an annotated float or str.  It checks with a message that says what was given, what
is allowed and how to mend it, writes the value back as the file spells it, and describes itself in the
JSON Schema.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, get_args, get_origin

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tfgeom.materials.library import load_library
from tfgeom.quantities import Quantity
from tfgeom.rows import Bools, Floats

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

    def outside(self, values: Floats) -> Bools:
        """Return which numbers `read` would refuse, in the shape of ``values``."""
        inside = (values >= self.low) & (values <= self.high)
        return ~inside | (values == self.low) if self.above else ~inside

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        least = "exclusiveMinimum" if self.above else "minimum"
        return {"type": "number", least: self.low, "maximum": self.high, "examples": [self.example]}


@dataclass(frozen=True, slots=True)
class Balance:
    """A thickness still to be solved: that at which anode over cathode capacity is ``ratio``."""

    ratio: float


class FilmThickness(Quantity):
    """A length, or the N/P ratio to solve it for: ``{balance: 1.1}``."""

    def read_thickness(self, given: object) -> float | Balance:
        """Return the SI value of ``given``, or the ratio; raise ValueError with what would do."""
        if isinstance(given, Mapping):
            if list(given) != ["balance"]:
                raise ValueError(
                    f"must be a length, or an N/P ratio as '{{balance: 1.1}}', not {given!r:.60}"
                )
            try:
                return Balance(_RATIO.read(given["balance"]))
            except ValueError as error:
                raise ValueError(f"balance {error}") from None
        return self.read(given)

    def write_thickness(self, value: float | Balance | None, info: core_schema.SerializationInfo) -> Any:
        """Return ``value`` as the file spells it, lengths as floats in Python."""
        if isinstance(value, Balance):
            return {"balance": value.ratio}
        return value if value is None or info.mode == "python" else self.write(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read_thickness,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.write_thickness, info_arg=True
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        length = Quantity.__get_pydantic_json_schema__(self, schema, handler)
        ratio = _RATIO.__get_pydantic_json_schema__(schema, handler)
        balance = {
            "type": "object",
            "properties": {"balance": ratio},
            "required": ["balance"],
            "additionalProperties": False,
        }
        return {"anyOf": [length, balance]}


CoverageValue = float | tuple[tuple[float, float], ...]
"""Step coverage: deepest over nominal thickness, or (depth in m, ratio) points."""


class StepCoverage(Number):
    """A bare number, points ``[[depth, ratio], ...]``, or a form that comes later."""

    def read(self, given: object) -> CoverageValue:  # type: ignore[override]
        """Return a ratio, or points by increasing depth; say so when it is a form that comes later."""
        if isinstance(given, (list, tuple)):
            return self._points(given)
        if isinstance(given, Mapping) and list(given) == ["deposition"]:
            raise not_yet("step_coverage from a deposition model")
        return Number.read(self, given)

    def write(self, value: CoverageValue) -> object:
        """Return ``value`` as the file spells it."""
        if isinstance(value, float):
            return value
        return [[_DEPTH.write(depth), ratio] for depth, ratio in value]

    def _points(self, given: Sequence[object]) -> CoverageValue:
        points = []
        for point in given:
            if not isinstance(point, (list, tuple)) or len(point) != 2:
                raise ValueError(f"points are [depth, ratio] pairs such as [[25 um, 0.9]], not {point!r:.60}")
            points.append((_DEPTH.read(point[0]), Number.read(self, point[1])))
        depths = [depth for depth, _ in points]
        # two depths that only rounding tells apart would be a step, which no mesh follows
        if not points or any(deeper <= depth * (1 + 1e-9) for depth, deeper in pairwise(depths)):
            raise ValueError("needs points by increasing depth, such as [[25 um, 0.9], [50 um, 0.8]]")
        if depths[0] == 0 and points[0][1] != 1:
            raise ValueError(f"the ratio at depth 0 is 1 by definition, not {points[0][1]:g}")
        return tuple(points)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        number = Number.__get_pydantic_json_schema__(self, schema, handler)
        points = {"type": "array", "items": {"type": "array"}, "examples": [[["25 um", 0.9], ["50 um", 0.8]]]}
        return {"anyOf": [number, points]}


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


class MaterialWord(Words):
    """The name of a material: editors offer those of the library, a design's own are as good."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        plain = super().__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [{"enum": list(load_library().names())}, plain]}


def not_yet(feature: str) -> PydanticCustomError:
    """Return the error of a feature that the file format knows and this version does not."""
    return PydanticCustomError("unsupported", "not yet supported: {feature}", {"feature": feature})


def reading_of(field: FieldInfo) -> Quantity | Number | None:
    """Return what reads the number that a field of a section holds; None where it holds something else."""
    for one in (*field.metadata, *_inside(field.annotation)):
        if isinstance(one, (Quantity, Number)):
            return one
    return None


def _inside(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return list(annotation.__metadata__)
    return [found for one in get_args(annotation) for found in _inside(one)]


_RATIO = Number(0.01, 100, example=1.1)
_DEPTH = Quantity("length", "0.05 nm", "100 mm", zero=True)
Thickness = Annotated[float | Balance | None, FilmThickness("length", "0.05 nm", "100 mm")]
Voltage = Annotated[float, Quantity("voltage", "-10000 V", "10000 V", positive=False)]
Temperature = Annotated[float, Quantity("temperature", "200 K", "400 K")]
Density = Annotated[float, Quantity("density", high="30 g/cm^3")]
CurrentDensity = Annotated[float, Quantity("current_density", high="1e6 mA/cm^2")]
ArealCapacity = Annotated[float, Quantity("areal_capacity", high="1e6 uAh/cm^2")]
AreaResistance = Annotated[float, Quantity("area_resistance", high="1e9 ohm*cm^2", zero=True)]
Fraction = Annotated[float, Quantity("fraction", "0", "1", positive=False)]
Tolerance = Annotated[float, Quantity("fraction", high="10")]
Coverage = Annotated[CoverageValue, StepCoverage(0, 2, above=True, example=0.9)]
CRate = Annotated[float, Number(1e-9, 1e6, example=0.5)]
Name = Annotated[str, Words()]
MaterialName = Annotated[str, MaterialWord()]
Text = Annotated[str, Words(4000, lines=True)]
