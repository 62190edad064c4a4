"""One value as a file states it: a quantity with its band, its source and, in the library, a confidence.

`Sourced` is a value of the library: no source, no entry.  `Given` is a value of a design, which may be a
plain quantity such as ``1e-13 cm^2/s``.  Values are SI floats once read.
"""

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic import ValidationError as PydanticError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from tfgeom.materials.capacities import Capacity, SpecificCapacity
from tfgeom.materials.composition_tables import CompositionTable
from tfgeom.materials.constants import CONSTANTS
from tfgeom.materials.data_schema import file_of_table
from tfgeom.materials.material import Property
from tfgeom.quantities import Quantity
from tfgeom.rows import refuse

Confidence = Literal["primary", "abstract", "digest", "review", "computed", "memory"]
"""How far a library value can be trusted, from the text itself down to memory."""

CONFIDENCES: tuple[str, ...] = get_args(Confidence)
"""Most trusted first."""

ExchangeForm = Literal["occupancy", "stoichiometry", "constant"]
"""Exchange current that follows the filled fraction, the host's stoichiometry, or neither."""

DEFAULT_EXPONENT = 0.5
"""Anodic transfer coefficient of an exchange current that states none."""

Text = Annotated[str, Field(min_length=1)]
CapacityAsStated = Annotated[float, Capacity()]
VolumetricCapacity = Annotated[float, CONSTANTS["volumetric_capacity"].quantity]
ActivationEnergy = Annotated[float, CONSTANTS["activation_energy"].quantity]
Conductivity = Annotated[float, CONSTANTS["electronic_conductivity"].quantity]
CurrentDensity = Annotated[float, CONSTANTS["exchange_current"].quantity]
Diffusivity = Annotated[float, CONSTANTS["diffusivity"].quantity]
Temperature = Annotated[float, Quantity("temperature")]
Voltage = Annotated[float, Quantity("voltage", positive=False)]
Coordinate = Annotated[float, CONSTANTS["two_phase.x_alpha"].quantity]

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
        if self.value is not None:
            message = "value must lie between low and high"
            refuse((self.value < low) | (self.value > high), lambda: ValueError(message), message)
        return self

    def numbers(self, shadowed: Property | None = None) -> dict[str, Any]:
        """Return what its `Property` holds beside name and source: value, band, and what else it says.

        Parameters
        ----------
        shadowed
            The constant that a design states anew; None in the library.
        """
        return {"value": self.value, "low": self.low, "high": self.high}


class Sourced(Banded[Number], Generic[Number]):
    """A value of the library: no source, no entry."""

    source: Text
    confidence: Confidence
    note: str = ""


def _activation_energy() -> Any:
    constant = CONSTANTS["exchange_current.activation_energy"]
    return Field(None, description=constant.description, examples=[constant.example])


class SourcedActivated(Sourced[Number], Generic[Number]):
    """A value of the library that follows the temperature with an activation energy of its own."""

    activation_energy: Sourced[ActivationEnergy] | None = _activation_energy()


class _Table(Strict):
    """A constant over the composition: points of x, on the coordinate of the open-circuit curve."""

    x: tuple[Coordinate, ...] = Field(description="coordinate of the open-circuit curve, rising")

    def values(self) -> tuple[float, ...]:
        """Return the SI values at the points."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _is_a_table(self) -> "_Table":
        CompositionTable(self.x, self.values())
        return self


class DiffusivityTable(_Table):
    """Diffusivity over the composition."""

    D: tuple[Diffusivity, ...] = Field(description="diffusivity at each x")

    def values(self) -> tuple[float, ...]:
        """Return the diffusivities, m²/s."""
        return self.D


class ExchangeTable(_Table):
    """Exchange current over the composition."""

    i0: tuple[CurrentDensity, ...] = Field(description="exchange current density at each x")

    def values(self) -> tuple[float, ...]:
        """Return the current densities, A/m²."""
        return self.i0


def _of_table(table: _Table | None, value: float | None, numbers: dict[str, Any]) -> dict[str, Any]:
    """Return what a `Property` holds, with the table; a value that nobody stated follows in `settled`."""
    if table is None:
        return numbers
    found = CompositionTable(table.x, table.values(), implied=value is None)
    return numbers | {"value": found.values[0] if value is None else value, "table": found}


def _table_or_value(stated: Any) -> Any:
    if stated.value is None and stated.table is None:
        raise ValueError("needs a value, or a table over the composition")
    return stated


class SourcedDiffusivity(SourcedActivated[Diffusivity]):
    """Diffusivity of the library, which a table may give over the composition."""

    value: Diffusivity | None = None  # type: ignore[assignment]
    table: DiffusivityTable | None = None
    effective: bool = Field(False, description="taken from rates as if the film were one phase")

    @model_validator(mode="after")
    def _says_how_fast(self) -> "SourcedDiffusivity":
        return _table_or_value(self)

    def numbers(self, shadowed: Property | None = None) -> dict[str, Any]:
        """Return value, band, table and whether it is effective."""
        return _of_table(self.table, self.value, super().numbers()) | {"effective": self.effective}


class SourcedExchange(SourcedActivated[CurrentDensity]):
    """Exchange current density at half filling, and how it follows filling and temperature."""

    value: CurrentDensity | None = None  # type: ignore[assignment]
    exponent: float = Field(DEFAULT_EXPONENT, gt=0, lt=1)
    form: ExchangeForm = "occupancy"
    table: ExchangeTable | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> "SourcedExchange":
        return _table_or_value(self)

    def numbers(self, shadowed: Property | None = None) -> dict[str, Any]:
        """Return value, band, exponent, form and table."""
        form = self.form if self.table is None else "table"
        return _of_table(self.table, self.value, super().numbers()) | {
            "exponent": self.exponent,
            "form": form,
        }


class SourcedText(Strict):
    """What the library says of a material in words; it describes, nothing computes with it."""

    value: Text
    source: Text
    confidence: Confidence
    note: str = ""


class SourcedSpecificCapacity(SourcedText):
    """Capacity per mass as its source states it; cells count volumetric capacities."""

    value: Annotated[str, Field(pattern=r"^\d+(\.\d+)? mAh/g$")]


class Given(Banded[Number], Generic[Number]):
    """A value of a design, written in full or as a plain quantity."""

    source: Text | None = None
    note: str | None = None
    confidence: Literal["fitted"] | None = Field(None, description="what `tfgeom fit` wrote says so")

    @model_validator(mode="wrap")
    @classmethod
    def _plain_quantity(cls, given: Any, handler: Any) -> Any:
        if isinstance(given, (Mapping, cls)):
            return handler(given)
        try:
            return handler({"value": given})
        except PydanticError as error:  # report it at the key itself, not at a "value" nobody wrote
            raise ValueError(str(error.errors()[0]["ctx"]["error"])) from None

    @model_serializer(mode="wrap")
    def _as_plain_quantity(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
        written = handler(self)
        return written["value"] if info.mode == "json" and set(written) == {"value"} else written

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        full = handler(schema)
        stated = handler.resolve_ref_schema(full)
        stated.pop("title", None)  # the generic's name says nothing to a reader of the schema
        plain = stated["properties"]["value"]
        return {"anyOf": [{k: v for k, v in plain.items() if k != "title"}, full]}


class GivenActivated(Given[Number], Generic[Number]):
    """A value of a design that follows the temperature; the library's activation energy stays unless given.

    The activation energy may stand alone: then the library's value stays.
    """

    tabulated: ClassVar[str] = ""
    """What a table over the composition calls it; empty where there is none."""

    value: Number | None = None  # type: ignore[assignment]
    activation_energy: Given[ActivationEnergy] | None = _activation_energy()

    @model_validator(mode="after")
    def _value_or_activation_energy(self) -> "GivenActivated[Number]":
        has_table = getattr(self, "table", None) is not None
        if self.value is None and not has_table and self.model_fields_set != {"activation_energy"}:
            raise ValueError("needs a value; only an activation_energy may stand alone")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        plain, full = super().__get_pydantic_json_schema__(schema, handler)["anyOf"]
        stated = handler.resolve_ref_schema(full)
        plain = stated["properties"]["value"] = plain["anyOf"][0]
        alone = {"required": ["activation_energy"], "maxProperties": 1}
        tables = []
        if cls.tabulated:
            tables = [{"required": ["table"]}, {"required": ["file"]}]
            stated["properties"] |= file_of_table(cls.tabulated)  # read before this is
        stated["anyOf"] = [{"required": ["value"]}, *tables, alone]
        return {"anyOf": [plain, full]}


class GivenDiffusivity(GivenActivated[Diffusivity]):
    """Diffusivity of a design: one value, or a table over the composition, or both."""

    tabulated = "D"
    table: DiffusivityTable | None = None

    def numbers(self, shadowed: Property | None = None) -> dict[str, Any]:
        """Return value, band and table."""
        return _of_table(self.table, self.value, super().numbers())


class GivenExchange(GivenActivated[CurrentDensity]):
    """Exchange current density of a design; exponent and form of the library stay unless given."""

    tabulated = "i0"
    exponent: float | None = Field(None, gt=0, lt=1)
    form: ExchangeForm | None = None
    table: ExchangeTable | None = None

    def numbers(self, shadowed: Property | None = None) -> dict[str, Any]:
        """Return value, band, exponent, form and table; what is left out of exponent and form as it was."""
        form = self.form or (shadowed and shadowed.table is None and shadowed.form) or "occupancy"
        return _of_table(self.table, self.value, super().numbers()) | {
            "exponent": self.exponent or (shadowed and shadowed.exponent) or DEFAULT_EXPONENT,
            "form": form if self.table is None else "table",
        }


class GivenCapacity(Given[CapacityAsStated]):
    """Capacity of a design, per volume of film, per mass, per mole or per formula unit."""

    @model_validator(mode="after")
    def _stated_one_way(self) -> "GivenCapacity":
        ways = {getattr(one, "dimension", "") for one in (self.value, self.low, self.high) if one is not None}
        if len(ways) > 1:
            raise ValueError("value, low and high must be per the same: all per volume, per mass or per mole")
        return self

    @property
    def per(self) -> str | None:
        """Dimension of a capacity that is not stated per volume; None of one that is."""
        return self.value.dimension if isinstance(self.value, SpecificCapacity) else None

    @property
    def text(self) -> str:
        """The value as a design states it."""
        return str(Capacity().write(self.value))


MORE_THAN_A_NUMBER: dict[str, tuple[type[Banded[Any]], type[Banded[Any]]]] = {
    "volumetric_capacity": (Sourced[VolumetricCapacity], GivenCapacity),
    "host_capacity": (Sourced[VolumetricCapacity], GivenCapacity),
    "diffusivity": (SourcedDiffusivity, GivenDiffusivity),
    "electronic_conductivity": (SourcedActivated[Conductivity], GivenActivated[Conductivity]),
    "exchange_current": (SourcedExchange, GivenExchange),
}
"""Constants that say more than a number with its band, and how library and design state them."""
