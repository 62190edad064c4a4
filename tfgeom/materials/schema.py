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

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field, model_validator

from tfgeom.materials.curve_forms import Form, check_parameters
from tfgeom.materials.stated import (
    ActivationEnergy,
    Banded,
    Concentration,
    Conductivity,
    Confidence,
    Density,
    Diffusivity,
    Expansion,
    Fraction,
    Given,
    GivenExchange,
    Portion,
    RecombinationRate,
    Resistivity,
    Sourced,
    SourcedExchange,
    SourcedSpecificCapacity,
    SourcedText,
    Strict,
    Temperature,
    Text,
    Voltage,
    VolumetricCapacity,
)
from tfgeom.units import format_quantity


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


class SourcedDissociation(Strict):
    """Constants of a solid electrolyte whose mobile ions form and recombine."""

    k_r: Sourced[RecombinationRate]
    delta: Sourced[Portion]
    D_plus: Sourced[Diffusivity]
    D_minus: Sourced[Diffusivity]
    total_lithium: Sourced[Concentration]


class GivenDissociation(Strict):
    """The same for a design; what is left out stays as in the library."""

    k_r: Given[RecombinationRate] | None = None
    delta: Given[Portion] | None = None
    D_plus: Given[Diffusivity] | None = None
    D_minus: Given[Diffusivity] | None = None
    total_lithium: Given[Concentration] | None = None


PROPERTY_DIMENSIONS: dict[str, str] = {
    "density": "density",
    "volumetric_capacity": "volumetric_capacity",
    "host_capacity": "volumetric_capacity",
    "diffusivity": "diffusivity",
    "exchange_current": "current_density",
    "electronic_conductivity": "conductivity",
    "ionic_conductivity": "conductivity",
    "activation_energy": "activation_energy",
    "reference_temperature": "temperature",
    "transference_number": "fraction",
    "salt_concentration": "concentration",
    "resistivity": "resistivity",
    "expansion": "fraction",
    "initial_efficiency": "fraction",
    "lithiation": "fraction",
}
"""Keys whose value is one number, and its dimension; in the order in which they are printed."""

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

DISSOCIATION_DIMENSIONS: dict[str, str] = {
    "k_r": "recombination_rate",
    "delta": "fraction",
    "D_plus": "diffusivity",
    "D_minus": "diffusivity",
    "total_lithium": "concentration",
}
"""Keys of ``dissociation`` and their dimensions."""


class _Keys(Strict):
    @model_validator(mode="after")
    def _one_way_to_state_conduction(self) -> "_Keys":
        if getattr(self, "electronic_conductivity", None) and getattr(self, "resistivity", None):
            raise ValueError("give electronic_conductivity or resistivity, not both: one is 1 over the other")
        return self


class MaterialEntry(_Keys):
    """One material of the library."""

    title: Text
    aliases: tuple[Text, ...] = ()
    like: Text | None = None
    density: Sourced[Density] | None = None
    volumetric_capacity: Sourced[VolumetricCapacity] | None = None
    host_capacity: Sourced[VolumetricCapacity] | None = None
    open_circuit: SourcedOpenCircuit | None = None
    diffusivity: Sourced[Diffusivity] | None = None
    exchange_current: SourcedExchange | None = None
    electronic_conductivity: Sourced[Conductivity] | None = None
    ionic_conductivity: Sourced[Conductivity] | None = None
    activation_energy: Sourced[ActivationEnergy] | None = None
    reference_temperature: Sourced[Temperature] | None = None
    transference_number: Sourced[Fraction] | None = None
    salt_concentration: Sourced[Concentration] | None = None
    dissociation: SourcedDissociation | None = None
    resistivity: Sourced[Resistivity] | None = None
    expansion: Sourced[Expansion] | None = None
    voltage_window: SourcedVoltageWindow | None = None
    initial_efficiency: Sourced[Portion] | None = None
    lithiation: Sourced[Fraction] | None = None
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


class MaterialOverride(_Keys):
    """What a design states of a material, in place of the library or for a material of its own."""

    density: Given[Density] | None = None
    volumetric_capacity: Given[VolumetricCapacity] | None = None
    host_capacity: Given[VolumetricCapacity] | None = Field(None, description="theory, to judge claims by")
    open_circuit: GivenOpenCircuit | None = None
    diffusivity: Given[Diffusivity] | None = None
    exchange_current: GivenExchange | None = None
    electronic_conductivity: Given[Conductivity] | None = None
    ionic_conductivity: Given[Conductivity] | None = Field(
        None, description="at 25 degC, or at the reference_temperature given beside it"
    )
    activation_energy: Given[ActivationEnergy] | None = None
    reference_temperature: Given[Temperature] | None = None
    transference_number: Given[Fraction] | None = None
    salt_concentration: Given[Concentration] | None = Field(None, description="of a liquid electrolyte")
    dissociation: GivenDissociation | None = None
    resistivity: Given[Resistivity] | None = None
    expansion: Given[Expansion] | None = Field(None, description="volume growth from empty to full")
    voltage_window: GivenVoltageWindow | None = None
    initial_efficiency: Given[Portion] | None = None
    lithiation: Given[Fraction] | None = Field(None, description="filled fraction as made")

    def to_mapping(self) -> dict[str, Any]:
        """Return the plain mapping, quantities as text, that reads back to an equal override."""
        return _plain(self, PROPERTY_DIMENSIONS)


def _plain(model: BaseModel, dimensions: Mapping[str, str]) -> dict[str, Any]:
    """Return what a model states, with each number named in ``dimensions`` as text with its unit."""
    plain: dict[str, Any] = {}
    for key, stated in model:
        if stated is None:
            continue
        if isinstance(stated, Banded):
            band = _plain(stated, dict.fromkeys(("value", "low", "high"), dimensions[key]))
            plain[key] = band if len(band) > 1 else band["value"]
        elif isinstance(stated, GivenDissociation):
            plain[key] = _plain(stated, DISSOCIATION_DIMENSIONS)
        elif isinstance(stated, _Window):
            plain[key] = _plain(stated, {"min": "voltage", "max": "voltage"})
        elif isinstance(stated, BaseModel):
            plain[key] = _plain(stated, {})
        elif key in dimensions:
            plain[key] = _number_text(stated, dimensions[key])
        else:
            plain[key] = list(stated) if isinstance(stated, tuple) else stated
    return plain


def _number_text(value: float, dimension: str) -> str | float:
    return value if dimension == "fraction" else format_quantity(value, dimension)
