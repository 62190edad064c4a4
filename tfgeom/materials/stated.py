"""One value as a file states it: a quantity with its band, its source and, in the library, a confidence.

`Sourced` is a value of the library: no source, no entry.  `Given` is a value of a design, which may be a
plain quantity such as ``1e-13 cm^2/s``.  Values are SI floats once read.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic import ValidationError as PydanticError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from tfgeom.units import DIMENSIONS, NUMBER_AND_UNIT, format_quantity, parse_quantity

Confidence = Literal["primary", "abstract", "digest", "review", "computed", "memory"]
"""How far a library value can be trusted, from the text itself down to memory."""

ExchangeForm = Literal["occupancy", "constant"]
"""Exchange current that follows the filled fraction, or one that does not."""

DEFAULT_EXPONENT = 0.5
"""Anodic transfer coefficient of an exchange current that states none."""

Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Quantity:
    """Annotation of a float read from text with a unit.

    Attributes
    ----------
    dimension
        Key of `tfgeom.units.DIMENSIONS`.
    above, least, most
        Bounds in SI: larger than ``above``, at least ``least``, at most ``most``.
    """

    dimension: str
    above: float = -math.inf
    least: float = -math.inf
    most: float = math.inf

    def read(self, given: object) -> float:
        """Return the SI value; raise ValueError with what was given, what is allowed and an example."""
        try:
            value = parse_quantity(given, self.dimension)
        except OverflowError as error:
            raise ValueError("is too large a number") from error
        if value > self.above and self.least <= value <= self.most:
            return value
        raise ValueError(f"'{given}' is out of bounds; it must be {self._allowed()}")

    def _allowed(self) -> str:
        bounds = (("more than", self.above), ("at least", self.least), ("at most", self.most))
        return " and ".join(
            f"{word} {format_quantity(bound, self.dimension)}"
            for word, bound in bounds
            if math.isfinite(bound)
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        kind = DIMENSIONS[self.dimension]
        if self.dimension == "fraction":
            return {"anyOf": [{"type": "number"}, {"type": "string"}], "examples": [0.05, kind.example]}
        return {"type": "string", "pattern": NUMBER_AND_UNIT, "examples": [kind.example]}


Density = Annotated[float, Quantity("density", above=0)]
VolumetricCapacity = Annotated[float, Quantity("volumetric_capacity", above=0)]
Diffusivity = Annotated[float, Quantity("diffusivity", above=0)]
CurrentDensity = Annotated[float, Quantity("current_density", above=0)]
Conductivity = Annotated[float, Quantity("conductivity", above=0)]
Resistivity = Annotated[float, Quantity("resistivity", above=0)]
ActivationEnergy = Annotated[float, Quantity("activation_energy", least=0)]
Temperature = Annotated[float, Quantity("temperature", above=0)]
Fraction = Annotated[float, Quantity("fraction", least=0, most=1)]
Portion = Annotated[float, Quantity("fraction", above=0, most=1)]
Expansion = Annotated[float, Quantity("fraction", above=-1, most=10)]
Voltage = Annotated[float, Quantity("voltage")]
Concentration = Annotated[float, Quantity("concentration", above=0)]
RecombinationRate = Annotated[float, Quantity("recombination_rate", above=0)]

Number = TypeVar("Number", bound=float)


class Strict(BaseModel):
    """A frozen model that refuses unknown keys and numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Banded(Strict, Generic[Number]):
    """A value with its uncertainty band."""

    value: Number
    low: Number | None = Field(None, description="lower end of what is found for this constant")
    high: Number | None = Field(None, description="upper end of what is found for this constant")

    @model_validator(mode="after")
    def _value_within_band(self) -> "Banded[Number]":
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if not low <= self.value <= high:
            raise ValueError("value must lie between low and high")
        return self


class Sourced(Banded[Number], Generic[Number]):
    """A value of the library: no source, no entry."""

    source: Text
    confidence: Confidence
    note: str = ""


class SourcedExchange(Sourced[CurrentDensity]):
    """Exchange current density at half filling, and how it follows the filling."""

    exponent: float = Field(DEFAULT_EXPONENT, gt=0, lt=1)
    form: ExchangeForm = "occupancy"


class Given(Banded[Number], Generic[Number]):
    """A value of a design, written in full or as a plain quantity."""

    source: Text | None = None
    note: str | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _plain_quantity(cls, given: Any, handler: Any) -> Any:
        if isinstance(given, (Mapping, cls)):
            return handler(given)
        try:
            return handler({"value": given})
        except PydanticError as error:  # report it at the key itself, not at a "value" nobody wrote
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        full = handler(schema)
        stated = handler.resolve_ref_schema(full)
        stated.pop("title", None)  # the generic's name says nothing to a reader of the schema
        plain = stated["properties"]["value"]
        return {"anyOf": [{k: v for k, v in plain.items() if k != "title"}, full]}


class GivenExchange(Given[CurrentDensity]):
    """Exchange current density of a design; exponent and form of the library stay unless given."""

    exponent: float | None = Field(None, gt=0, lt=1)
    form: ExchangeForm | None = None
