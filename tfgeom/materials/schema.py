"""What a material may state: the keys of the library's YAML files and of a design's ``materials:`` section.

`MaterialEntry` is an entry of the library, where every value carries a source and a confidence.
`MaterialOverride` has the same keys for a design; what it states is the user's.

Some keys of the library only describe, and a design refuses them, because nothing computes with them:

======================  =================================================================================
``mechanism``           how an electrode takes up lithium: intercalation, alloy, conversion
``crystal_structure``   for example spinel, garnet
``deposition_method``   how the film was made
``process_temperature`` temperature at which it was deposited or annealed
``specific_capacity``   capacity per mass as stated, for example ``313 mAh/g``
``rate_remark``         what was delivered at which rate
``other_windows``       further voltage windows, each with the ``electrolyte`` and ``electrode`` it was
                        measured with (keys that the ``voltage_window`` of the library takes too)
``like``                name of the material whose other values this one shares
======================  =================================================================================
"""

from collections.abc import Callable, Container
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, GetJsonSchemaHandler, create_model, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from tfgeom.materials.constants import CONSTANTS, Constant, constants_in
from tfgeom.materials.curve_forms import Form, check_parameters
from tfgeom.materials.data_schema import BPX, CURVES_OF_DATA
from tfgeom.materials.stated import (
    MORE_THAN_A_NUMBER,
    Confidence,
    Given,
    Sourced,
    SourcedSpecificCapacity,
    SourcedText,
    Strict,
    Temperature,
    Text,
    Voltage,
)
from tfgeom.quantities import Quantity

M = TypeVar("M", bound=BaseModel)


def _with_constants(
    plain: type[Sourced[Any]] | type[Given[Any]], section: str = "", required: Container[str] = ()
) -> Callable[[type[M]], type[M]]:
    """Return the decorator that gives a model a field for each constant of a section.

    Parameters
    ----------
    plain
        How a constant is stated: `Sourced` in the library, `Given` in a design.
    section
        As `constants_in`.
    required
        Names of those that must be stated.
    """

    def field(constant: Constant) -> Any:
        quantity: Any = Annotated[float, constant.quantity]
        special = MORE_THAN_A_NUMBER.get(constant.key)
        stated: Any = plain.__class_getitem__(quantity) if special is None else special[plain is Given]
        words: Any = {"description": constant.description, "examples": [constant.example]}
        return (
            (stated, Field(**words)) if constant.name in required else (stated | None, Field(None, **words))
        )

    def decorate(model: type[M]) -> type[M]:
        fields = {constant.name: field(constant) for constant in constants_in(section)}
        return create_model(
            model.__name__, __base__=model, __module__=model.__module__, __doc__=model.__doc__, **fields
        )

    return decorate


class _OpenCircuit(Strict):
    """Open-circuit potential against Li/Li+, in V, over the host coordinate that ``window`` maps to.

    ``window`` holds the coordinate of the empty and of the full electrode.
    """

    form: Form
    parameters: dict[str, Any] = Field(description="numbers of the form, potentials in V")
    window: tuple[float, float] = (0.0, 1.0)

    @model_validator(mode="after")
    def _parameters_fit_form(self) -> "_OpenCircuit":
        check_parameters(self.form, self.parameters, self.window)
        return self


class SourcedOpenCircuit(_OpenCircuit):
    """Open-circuit curve of the library."""

    source: Text
    confidence: Confidence
    note: str = ""


class GivenOpenCircuit(_OpenCircuit):
    """Open-circuit curve of a design."""

    source: Text | None = None
    note: str | None = None
    departure: Annotated[float, Quantity("voltage")] | None = Field(
        None, description="how far measured points lie from a curve that was smoothed, at most"
    )
    scale: Literal["fraction"] | None = Field(
        None, description="says that values of x above 1.5 are a stoichiometry and no percent"
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), *CURVES_OF_DATA]}


class _Window(Strict):
    min: Voltage
    max: Voltage

    @model_validator(mode="after")
    def _min_below_max(self) -> "_Window":
        if self.min >= self.max:
            raise ValueError("min must be below max")
        return self


class SourcedVoltageWindow(_Window):
    """Potentials against Li/Li+ between which a library material is stable, and what it was measured with."""

    electrolyte: str = ""
    electrode: str = ""
    source: Text
    confidence: Confidence
    note: str = ""


class GivenVoltageWindow(_Window):
    """Potentials against Li/Li+ between which a material of a design is stable."""

    source: Text | None = None
    note: str | None = None


@_with_constants(Sourced, "dissociation", required=[one.name for one in constants_in("dissociation")])
class SourcedDissociation(Strict):
    """Constants of a solid electrolyte whose mobile ions form and recombine."""


@_with_constants(Given, "dissociation")
class GivenDissociation(Strict):
    """The same for a design; what is left out stays as in the library."""


@_with_constants(Sourced, "two_phase", required=("x_alpha", "x_beta"))
class SourcedTwoPhase(Strict):
    """Limits between which a film falls into a phase poor in lithium (alpha) and one rich in it (beta)."""


@_with_constants(Given, "two_phase")
class GivenTwoPhase(Strict):
    """The same for a design; what is left out stays as in the library."""


DESCRIPTIVE_KEYS = (
    "mechanism",
    "crystal_structure",
    "deposition_method",
    "process_temperature",
    "specific_capacity",
    "rate_remark",
)
"""Keys of the library that describe a material and enter no calculation, in the order of printing."""

LIBRARY_KEYS = ("title", "aliases", "like", "other_windows", *DESCRIPTIVE_KEYS)
"""Keys that an entry of the library has and a design refuses."""


class _Keys(Strict):
    def stated(self) -> dict[str, Any]:
        """Return what is stated of each constant that is, by its key, in the order of `CONSTANTS`."""
        found: dict[str, Any] = {}
        for key, constant in CONSTANTS.items():
            section = getattr(self, constant.section) if constant.section else self
            stated = None if section is None else getattr(section, constant.name)
            # under a constant its activation energy may stand alone
            says = [getattr(stated, name, None) for name in ("value", "table")]
            if stated is not None and any(one is not None for one in says):
                found[key] = stated
        return found

    @model_validator(mode="after")
    def _one_way_to_state_conduction(self) -> "_Keys":
        if getattr(self, "electronic_conductivity", None) and getattr(self, "resistivity", None):
            raise ValueError("give electronic_conductivity or resistivity, not both: one is 1 over the other")
        return self


@_with_constants(Sourced)
class MaterialEntry(_Keys):
    """One material of the library."""

    title: Text
    aliases: tuple[Text, ...] = ()
    like: Text | None = None
    open_circuit: SourcedOpenCircuit | None = None
    dissociation: SourcedDissociation | None = None
    two_phase: SourcedTwoPhase | None = None
    voltage_window: SourcedVoltageWindow | None = None
    mechanism: SourcedText | None = None
    crystal_structure: SourcedText | None = None
    deposition_method: SourcedText | None = None
    process_temperature: Sourced[Temperature] | None = None
    specific_capacity: SourcedSpecificCapacity | None = None
    rate_remark: SourcedText | None = None
    other_windows: tuple[SourcedVoltageWindow, ...] = ()

    def completed_by(self, base: "MaterialEntry") -> "MaterialEntry":
        """Return this entry with what it does not state taken from ``base``; a ``null`` takes nothing."""
        own = {key: getattr(self, key) for key in self.model_fields_set}
        return base.model_copy(update={**own, "title": self.title, "aliases": self.aliases})


@_with_constants(Given)
class MaterialOverride(_Keys):
    """What a design states of a material, in place of the library or for a material of its own."""

    open_circuit: GivenOpenCircuit | None = None
    dissociation: GivenDissociation | None = None
    two_phase: GivenTwoPhase | None = None
    voltage_window: GivenVoltageWindow | None = None

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        stated = handler(schema)
        handler.resolve_ref_schema(stated)["properties"] |= BPX
        return stated

    def to_mapping(self) -> dict[str, Any]:
        """Return the plain mapping, quantities as text, that reads back to an equal override."""
        return self.model_dump(mode="json", exclude_none=True)
