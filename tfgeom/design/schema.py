"""The design file as types: what each section may hold, SI floats once read.

The whole format is declared.  A feature that this version does not have is read, then refused as "not yet
supported"; it is never ignored.  Checks across sections are in `tfgeom.design.checks`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import (
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from tfgeom.design.load import Load
from tfgeom.design.paths import layer_names
from tfgeom.design.protocol import Protocol
from tfgeom.design.published import Published
from tfgeom.design.quantities import (
    ArealCapacity,
    AreaResistance,
    Balance,
    Coverage,
    CRate,
    CurrentDensity,
    Density,
    Fraction,
    MaterialName,
    Name,
    Temperature,
    Text,
    Thickness,
    Voltage,
)
from tfgeom.design.tolerance import SpreadField
from tfgeom.errors import DesignError
from tfgeom.materials.schema import MaterialOverride
from tfgeom.quantities import Length, LengthOrZero, Section
from tfgeom.reliefs import ReliefField
from tfgeom.rows import refuse, smaller
from tfgeom.source import Origin
from tfgeom.units import format_quantity

Role = Literal[
    "current_collector", "cathode", "electrolyte", "anode", "barrier", "interlayer", "encapsulation"
]
ContactPlace = Literal["ideal", "auto", "floor", "top", "both"]
THICKEST_FILM = 20e-6
"""Thickest electrode film of the best plane unless a design says so, m.

Films of LiCoO2 have been deposited for thin-film cells up to 30 um thick (Matsuda, Kuwata, Kawamura, Solid
State Ionics 320 (2018) 38, by pulsed laser; from memory); on sale are some 10 um (Raijmakers 2020: 8 um).
"""
THINNEST_FILM = 1e-9
"""Below this a film is a few unit cells of its crystal, m."""
_LAYER_NAME = r"[A-Za-z][A-Za-z0-9_-]{0,59}"


class Substrate(Section):
    """The wafer."""

    material: MaterialName = Field(description="Material of the wafer.")
    thickness: Length = Field(description="Thickness of the whole wafer, relief included.")


class Fill(Section):
    """A last layer that closes what is left of the relief."""

    above_top: Length = Field(description="Thickness above the coated flat top.")


class Layer(Section):
    """One film; layers are listed from the substrate outwards."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["thickness"]}, {"required": ["fill"]}]}
    )

    role: Role = Field(description="What the layer does in the cell.")
    material: MaterialName = Field(description="Formula or short name, see 'tfgeom materials'.")
    thickness: Thickness = Field(
        default=None, description="Thickness on the flat top, or the N/P ratio to solve an electrode for."
    )
    name: str = Field(
        default="", pattern=f"^{_LAYER_NAME}$", description="Name in paths and results; by default the role."
    )
    step_coverage: Coverage = Field(
        default=1.0,
        description="Thickness at the deepest point over that on the flat top, or points of depth and ratio.",
    )
    interface_resistance: AreaResistance = Field(
        default=0.0, description="Extra resistance of the layer's inner face, per area of interface."
    )
    lithiation: Fraction | None = Field(default=None, description="Filled fraction as made, 0 to 1.")
    fill: Fill | None = Field(default=None, description="Closes what is left, instead of thickness.")

    @model_validator(mode="after")
    def _one_thickness(self) -> Self:
        fills = self.fill is not None
        wrong = {
            "thickness": (
                (not fills and self.thickness is None, "is missing; add it, for example 'thickness: 3 um'"),
                (
                    isinstance(self.thickness, Balance) and self.role not in ("cathode", "anode"),
                    "balance is for a cathode or an anode; give a thickness",
                ),
            ),
            "fill": (
                (fills and self.thickness is not None, "stands instead of thickness; remove one of them"),
                (
                    fills and self.role == "electrolyte",
                    "an electrolyte that fills leaves no room for the other electrode; give a thickness",
                ),
            ),
            "step_coverage": (
                (
                    fills and self.step_coverage != 1,
                    "a filling layer has none: it closes what is left; remove it",
                ),
            ),
        }
        issues = [(key, message, False) for key, cases in wrong.items() for is_so, message in cases if is_so]
        if issues:
            raise PydanticCustomError("issues", "layer", {"issues": issues})
        return self


class Conformal(Section):
    """An all-solid cell: every layer is a film."""

    has_liquid: ClassVar[bool] = False

    type: Literal["conformal"]
    electrolyte_model: Literal["ohmic", "dc", "dissociation"] = Field(
        default="ohmic",
        description="Loss in the electrolyte: from its conductivity, also from its ions at rest, or in time.",
    )
    anode_free: bool = Field(default=False, strict=True, description="Whether lithium is plated.")


class LiquidFilled(Section):
    """What every cell says whose relief a liquid or gel fills, up to a flat counter electrode."""

    has_liquid: ClassVar[bool] = True

    type: str
    electrolyte: MaterialName = Field(description="Material of the liquid or gel electrolyte.")
    separator: Length = Field(description="Head space between relief and counter electrode.")
    counter: MaterialName = Field(default="Li", description="Material of the counter electrode.")
    electrolyte_model: Literal["ohmic", "salt"] = Field(
        default="ohmic",
        description="Loss in the liquid: from its conductivity, or also from its salt's steady gradient.",
    )


class Flooded(LiquidFilled):
    """One electrode film on the relief; a liquid or gel electrolyte up to a flat counter electrode."""

    type: Literal["flooded"]


AnyCell = Conformal | Flooded
"""The kinds of cell, by ``type``."""
CELL_SECTIONS = {get_args(one.model_fields["type"].annotation)[0]: one for one in get_args(AnyCell)}
"""Their sections."""


class VoltageWindow(Section):
    """The voltage limits of the cell."""

    min: Voltage = Field(description="End of discharge.")
    max: Voltage = Field(description="End of charge.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        refuse(
            self.min >= self.max,
            lambda: ValueError(f"min {self.min:g} V must be below max {self.max:g} V; swap them?"),
            "operation.voltage: min must be below max",
        )
        return self


class Contact(Section):
    """Where each collector is contacted: everywhere (ideal), or where it goes on into the next unit cell.

    One word stands for both.
    """

    inner: ContactPlace = Field(default="ideal", description="Collector on the substrate.")
    outer: ContactPlace = Field(default="ideal", description="Outermost collector.")

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, given: Any) -> Any:
        if isinstance(given, Mapping | Contact):
            return given
        places = get_args(ContactPlace)
        if given not in places:
            forms = ", ".join(f"'{place}'" for place in places)
            raise ValueError(f"must be one of {forms}, or {{inner: ..., outer: ...}}, not {given!r:.60}")
        return {"inner": given, "outer": given}

    @model_serializer(mode="plain")
    def _as_word(self) -> str | dict[str, str]:
        return self.inner if self.inner == self.outer else {"inner": self.inner, "outer": self.outer}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        place = {"enum": list(get_args(ContactPlace)), "type": "string"}
        both = {
            "type": "object",
            "properties": {"inner": place, "outer": place},
            "additionalProperties": False,
        }
        return {"anyOf": [place, both]}


class Operation(Section):
    """How the cell is run."""

    voltage: VoltageWindow = Field(description="Voltage limits; of the whole stack of cells in series.")
    temperature: Temperature = Field(description="Temperature of the cell.")
    c_rates: tuple[CRate, ...] = Field(default=(), description="Rates; 1 empties the cell in an hour.")
    footprint_currents: tuple[CurrentDensity, ...] = Field(
        default=(), description="Currents per footprint to compute, beside or instead of c_rates."
    )
    nominal_capacity: ArealCapacity | None = Field(
        default=None, description="What C-rates count on, per footprint; by default the cell's own capacity."
    )
    initial_state_of_charge: Fraction = Field(
        default=1.0, description="Start of discharges: a share of what the cell holds, 1 is charged."
    )
    contact: Contact = Field(
        default=Contact(),
        description="Where the collectors of a unit cell are held at their potential: one word, or one each.",
    )

    protocol: Protocol = Field(default=None, description="Steps in order, and what ends each.")


class Packaging(Section):
    """What the device carries besides wafer and films."""

    thickness: Length = Field(description="Thickness of the packaging.")
    density: Density = Field(description="Density of the packaging.")


class ChipContact(Section):
    """A contact pad along one edge of the chip."""

    edge: Literal["left", "right", "top", "bottom"] = Field(description="Edge of the chip.")
    collector: Literal["inner", "outer"] = Field(description="Collector it contacts.")


class Chip(Section):
    """The chip that the relief covers."""

    width: Length = Field(description="Width of the chip.")
    length: Length = Field(description="Length of the chip.")
    border: LengthOrZero = Field(default=0.0, description="Dead margin around the relief.")
    contacts: tuple[ChipContact, ...] = Field(default=(), description="Where current enters and leaves.")

    @model_validator(mode="after")
    def _border_leaves_room(self) -> Self:
        shorter = smaller(self.width, self.length)

        def error() -> PydanticCustomError:
            border, side = (format_quantity(value, "length") for value in (self.border, shorter))
            half = format_quantity(shorter / 2, "length")
            message = f"{border} on both sides leaves nothing of the {side} side; use less than {half}"
            return PydanticCustomError("issues", "chip", {"issues": [("border", message, False)]})

        refuse(2 * self.border >= shorter, error, "chip.border: leaves nothing of the shorter side")
        return self


class BipolarPlate(Section):
    """What replaces the wafer between cells in series."""

    material: MaterialName = Field(description="Material of the plate.")
    thickness: Length = Field(description="Thickness of the whole plate, relief included.")


class Baseline(Section):
    """What the best plane may be: the plane that one would build instead."""

    thickest_film: Length = Field(
        default=THICKEST_FILM, description="Thickness that no electrode film of the best plane passes."
    )

    @field_validator("thickest_film")
    @classmethod
    def _is_a_film(cls, thickness: float) -> float:
        if thickness < THINNEST_FILM:
            given, least = (format_quantity(value, "length") for value in (thickness, THINNEST_FILM))
            raise ValueError(f"{given} is no film; use at least {least}, for example 20 um")
        return thickness


class Design(Section):
    """A whole design, checked; what `tfgeom.evaluate` takes.

    Made by `tfgeom.load_design` or `tfgeom.design.design_from_mapping`, which also check across sections.
    """

    schema_version: Literal[1] = Field(description="Version of the file format.")
    name: Name = Field(description="Title of the design.")
    source: Text | None = Field(default=None, description="Where the design comes from.")
    relief: ReliefField
    substrate: Substrate | None = Field(default=None, description="The wafer.")
    layers: tuple[Layer, ...] = Field(default=(), description="The films, from the substrate outwards.")
    cell: Annotated[AnyCell, Field(discriminator="type")] | None = Field(
        default=None,
        description="How the films make a cell; without it only geometry is computed.",
    )
    operation: Operation | None = Field(default=None, description="How the cell is run.")
    load: Load | None = Field(default=None, description="What a node draws of the cell.")
    packaging: Packaging | None = Field(default=None, description="What the device carries besides.")
    chip: Chip | None = Field(default=None, description="The chip that the relief covers.")
    cells_in_series: int = Field(
        default=1,
        ge=1,
        le=1000,
        strict=True,
        description="Cells stacked face to back; voltage limits and results are then the whole stack's.",
    )
    bipolar_plate: BipolarPlate | None = Field(
        default=None, description="What all cells but the first lie on, instead of a wafer each."
    )
    baseline: Baseline = Field(
        default=Baseline(), description="What the best plane that the relief is compared with may be."
    )
    tolerance: dict[str, SpreadField] = Field(
        default_factory=dict,
        description="One standard deviation of sizes, by path: '3 %' of the value, or '50 nm'.",
    )
    materials: dict[Name, MaterialOverride] = Field(
        default_factory=dict, description="Constants that replace or add to the library's."
    )
    published: tuple[Published, ...] = Field(default=(), description="What was measured or claimed.")
    chosen: dict[str, Text] = Field(
        default_factory=dict,
        description="Paths of values that the source does not give, and why they are so.",
    )

    _origin: Origin = PrivateAttr(default_factory=Origin)
    _said: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("layers", mode="before")
    @classmethod
    def _named(cls, layers: Any) -> Any:
        if not isinstance(layers, (list, tuple)):
            return layers
        names = layer_names(layers)
        return [
            {**layer, "name": name} if isinstance(layer, Mapping) and "name" not in layer and name else layer
            for layer, name in zip(layers, names, strict=True)
        ]

    @field_serializer("materials", when_used="json")
    def _written(self, materials: dict[str, MaterialOverride]) -> dict[str, Any]:
        return {name: override.to_mapping() for name, override in materials.items()}

    def __eq__(self, other: object) -> bool:
        """Return whether both say the same, wherever they were read from."""
        return isinstance(other, Design) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    @property
    def origin(self) -> Origin:
        """The file this was read from and the place of each value in it."""
        return self._origin

    @property
    def said(self) -> Mapping[str, str]:
        """What the file said in other words, by path: ``{"relief.pitch": "spacing 2 um"}``."""
        return self._said

    @contextmanager
    def located(self) -> Iterator[None]:
        """Add file, line and column to any `DesignError` raised inside that has none."""
        try:
            yield
        except DesignError as error:
            if error.file is not None or self._origin.file is None:
                raise
            raise error.located(self._origin.file, dict(self._origin.positions)) from error
