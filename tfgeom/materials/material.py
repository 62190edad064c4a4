"""A material with what is known of it: constants in SI, each with source and confidence.

A constant that nobody stated is None, never a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tfgeom.constants import FARADAY, GAS_CONSTANT, REFERENCE_TEMPERATURE
from tfgeom.materials.activation import (
    DEFAULT,
    DEFAULT_HIGH,
    DEFAULT_LOW,
    DEFAULT_SOURCE,
    ENERGY_OF,
    METALLIC,
    arrhenius,
)
from tfgeom.materials.composition_tables import CompositionTable
from tfgeom.materials.constants import CONSTANTS, constants_in
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.materials.recording import record_constant
from tfgeom.rows import Numbers, alike, some
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.units import format_quantity

Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Property:
    """One constant of a material.

    Attributes
    ----------
    name
        Key as in the design file; those of ``dissociation`` read ``dissociation.k_r``.
    value, low, high
        SI value and, where known, the band of what is found for it; of n designs the value may be an array,
        shape (n,).
    dimension
        Key of `tfgeom.spelling.dimensions.DIMENSIONS`.
    source, confidence, note
        Where it comes from; ``user`` is the confidence of what a design states.
    exponent, form
        Of an exchange current only: with form ``occupancy`` it is
        ``value (s/0.5)^(1 - exponent) ((1 - s)/0.5)^exponent`` at filled fraction s; with ``stoichiometry``
        the same of the host's stoichiometry x, over what that is half filled; with ``table`` as its table
        says; else constant.
    computed_from
        Keys of the constants that give it, where nobody stated it as such.
    holds_at
        Temperature at which it holds, K, of a constant that follows the temperature; None for 25 degC.
    table
        How a diffusivity or exchange current changes with the composition; None for one that does not.
    effective
        Of a diffusivity only: whether it was taken from rates as if the film were one phase, so that it
        holds already what two phases do.
    """

    name: str
    value: Numbers
    dimension: str
    source: str
    confidence: str
    note: str = ""
    low: float | None = None
    high: float | None = None
    exponent: float | None = None
    form: str | None = None
    computed_from: tuple[str, ...] = ()
    holds_at: float | None = None
    table: CompositionTable | None = None
    effective: bool = False

    @property
    def unit(self) -> str:
        """SI unit of ``value``."""
        return DIMENSIONS[self.dimension].si

    @property
    def text(self) -> str:
        """Value with its unit, the band in brackets, and what a table runs over."""
        text = format_quantity(self.value, self.dimension)
        if self.low is not None or self.high is not None:
            ends = [
                "" if end is None else format_quantity(end, self.dimension) for end in (self.low, self.high)
            ]
            text = f"{text} ({ends[0]} .. {ends[1]})"
        if self.table is None:
            return text
        least, most = (format_quantity(one(self.table.values), self.dimension) for one in (min, max))
        return f"{text}, {least} to {most} in a table of {len(self.table.x)} points"


@dataclass(frozen=True, slots=True)
class VoltageWindow:
    """Potentials against Li/Li+, in V, between which a material is stable.

    ``electrolyte`` and ``electrode`` say what a collector's window was measured with, where known.
    """

    min: float
    max: float
    source: str
    confidence: str
    note: str = ""
    electrolyte: str = ""
    electrode: str = ""

    @property
    def text(self) -> str:
        """Both limits with their unit."""
        return f"{format_quantity(self.min, 'voltage')} .. {format_quantity(self.max, 'voltage')}"

    @property
    def remark(self) -> str:
        """What it was measured with, and the note."""
        where = f"in {self.electrolyte}" if self.electrolyte else ""
        which = f"at the {self.electrode}" if self.electrode else ""
        return "; ".join(part for part in (where, which, self.note) if part)


@dataclass(frozen=True, slots=True)
class Remark:
    """What describes a material and enters no calculation, such as its crystal structure."""

    text: str
    source: str
    confidence: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dissociation:
    """Constants of a solid electrolyte whose mobile ions form and recombine, in SI.

    Danilov, Niessen and Notten, J. Electrochem. Soc. 158 (2011) A215: bound lithium dissociates into
    Li+ and a vacancy-like negative charge, and both recombine with rate constant ``k_r``; at rest the
    fraction ``delta`` of ``total_lithium`` is mobile.
    """

    k_r: Numbers
    delta: Numbers
    D_plus: Numbers
    D_minus: Numbers
    total_lithium: Numbers

    @property
    def transference_number(self) -> Numbers:
        """Share of the current that Li+ carries before gradients build up, ``D+/(D+ + D-)``."""
        return self.D_plus / (self.D_plus + self.D_minus)

    def conductivity(self, temperature: Numbers) -> Numbers:
        """Return the high-frequency conductivity ``F²/(R T) delta a0 (D+ + D-)``, S/m (Nernst-Einstein)."""
        mobile = self.delta * self.total_lithium
        return FARADAY**2 / (GAS_CONSTANT * temperature) * mobile * (self.D_plus + self.D_minus)


@dataclass(frozen=True, slots=True)
class Material:
    """A material with what is known of it.

    What computes reads constants through `get`, `value`, `value_at`, `electron_conductivity`,
    `dissociated_conductivity`, `film_density`, `open_circuit` and `dissociation`, which record that they were
    read (`tfgeom.materials.recording`).

    Attributes
    ----------
    name, title, aliases
        Name in design files, what it is, and the other names it answers to.
    properties, curve
        What is known: constants by key, and the open-circuit curve.  Looking here records nothing.
    voltage_window
        None when not known.
    remarks
        Descriptions by key: mechanism, crystal structure, deposition and the like.
    other_windows
        Voltage windows in other electrolytes.
    """

    name: str
    title: str
    aliases: tuple[str, ...]
    properties: Mapping[str, Property]
    curve: OpenCircuit | None = None
    voltage_window: VoltageWindow | None = None
    remarks: Mapping[str, Remark] = field(default_factory=dict)
    other_windows: tuple[VoltageWindow, ...] = ()

    def knows(self, name: str) -> bool:
        """Return whether a constant is known, without reading it."""
        return name in self.properties

    def get(self, name: str) -> Property | None:
        """Return a constant with its provenance, or None when it is not known."""
        known = self.properties.get(name)
        if known is not None:
            record_constant(self, name)
        return known

    def value(self, name: str) -> Numbers | None:
        """Return a constant in SI, or None when it is not known; of n designs perhaps an array."""
        known = self.get(name)
        return None if known is None else known.value

    @property
    def open_circuit(self) -> OpenCircuit | None:
        """Open-circuit curve, or None when it is not known."""
        if self.curve is not None:
            record_constant(self, "open_circuit")
        return self.curve

    @property
    def dissociation(self) -> Dissociation | None:
        """Constants of a weak electrolyte, all of them, or None when they are not known."""
        values = {one.name: self.value(one.key) for one in constants_in("dissociation")}
        known = {key: value for key, value in values.items() if value is not None}
        return Dissociation(**known) if known else None

    @property
    def film_density(self) -> Numbers | None:
        """Density of a film, kg/m³: that of the crystal times `film_fraction`; None where it is not known."""
        crystal = self.value("density")
        if crystal is None:
            return None
        fraction = self.value("film_fraction")
        return crystal if fraction is None else crystal * fraction

    @property
    def is_lithium_metal(self) -> bool:
        """True for lithium metal, whose room and supply of lithium are not counted."""
        return self.name == "Li"

    @property
    def estimated(self) -> frozenset[str]:
        """Keys whose value rests on memory only."""
        return frozenset(key for key, _, confidence, _, _ in self.rows() if confidence == "memory")

    def value_at(self, key: str, temperature: Numbers) -> Numbers | None:
        """Return a constant of `ENERGY_OF` at ``temperature`` (K), in SI; None when it is not known.

        Arrhenius from its reference temperature, where it is what it was stated to be.
        """
        value = self.value(key)
        return None if value is None else value * self._activated(key, temperature)

    @property
    def anodic_coefficient(self) -> float:
        """Anodic coefficient of its charge transfer, between 0 and 1; 1/2 where nobody states one."""
        known = self.get("exchange_current")
        return 0.5 if known is None or known.exponent is None else known.exponent

    def electron_conductivity(self, temperature: Numbers) -> Numbers | None:
        """Return the electronic conductivity (S/m), from the resistivity where that is what is stated."""
        resistivity = self.value("resistivity")
        if resistivity is not None:
            return self._activated("resistivity", temperature) / resistivity
        return self.value_at("electronic_conductivity", temperature)

    def dissociated_conductivity(self, temperature: Numbers) -> Numbers | None:
        """Return what its dissociation constants conduct at high frequency, S/m; None without them.

        They hold at the reference temperature, and follow the conductivity's activation energy together.
        """
        found = self.dissociation
        if found is None:
            return None
        factor = self._activated("ionic_conductivity", temperature)
        return found.conductivity(self.reference("ionic_conductivity")) * factor

    @property
    def assumed(self) -> dict[str, Property]:
        """Activation energies that nobody stated, by key: of constants that are known, and no metal's."""
        found = {}
        for key, energies in ENERGY_OF.items():
            if key in self.properties and self._energy(key) is None and not self.stays(key):
                found[energies[0]] = Property(
                    energies[0], DEFAULT, "activation_energy", DEFAULT_SOURCE, "memory",
                    low=DEFAULT_LOW, high=DEFAULT_HIGH,
                )  # fmt: skip
        return found

    def stays(self, key: str) -> bool:
        """Return whether a known constant is that of a metal, whose electrons need no activation.

        A resistivity is stated of metals, a conductivity says so by its size; either follows an activation
        energy that somebody stated.
        """
        if self._energy(key) is not None:
            return False
        return key == "resistivity" or (
            key == "electronic_conductivity" and alike(self.properties[key].value >= METALLIC)
        )

    def constants(self) -> dict[str, Property]:
        """Return what is known and what is assumed, in the order of the table of constants."""
        both = {**self.assumed, **self.properties}
        return {key: both[key] for key in CONSTANTS if key in both}

    def with_values(self, values: "Mapping[str, Numbers]") -> "Material":
        """Return the same material with other values of known or assumed constants; all else stays.

        Unlike an override (`tfgeom.materials.overrides`) this says nothing new: temperatures, activation
        energies, sources and what other constants follow from are as they were.
        """
        known = self.constants()
        changed = {key: replace(known[key], value=value) for key, value in values.items()}
        return replace(self, properties={**self.properties, **changed})

    def _activated(self, key: str, temperature: Numbers) -> Numbers:
        """Return a constant at ``temperature`` (K) over its value at its reference temperature."""
        reference = self.reference(key)
        if not some(temperature != reference):
            return 1.0
        if key in self.properties and self.stays(key):
            return 1.0
        energy = self._energy(key)
        if key in self.properties and self.properties[key].holds_at is not None:
            record_constant(self, "reference_temperature")
        record_constant(self, energy or ENERGY_OF[key][0])
        return arrhenius(self.properties[energy].value if energy else DEFAULT, temperature, reference)

    def reference(self, key: str) -> Numbers:
        """Return the temperature at which a constant holds, K: 25 degC where nobody stated one."""
        known = self.properties.get(key)
        return REFERENCE_TEMPERATURE if known is None or known.holds_at is None else known.holds_at

    def _energy(self, key: str) -> str | None:
        """Return the key of a constant's activation energy; None where nobody stated it."""
        ions = key != "ionic_conductivity" and "ionic_conductivity" in self.properties
        keys = (one for one in ENERGY_OF[key] if not (ions and one == "activation_energy"))
        return next((one for one in keys if one in self.properties), None)

    def rows(self) -> list[Row]:
        """Return (key, value with unit, confidence, source, note) of all that is known, for tables."""
        rows = [(p.name, p.text, p.confidence, p.source, p.note) for p in self.constants().values()]
        if self.curve is not None:
            curve = self.curve
            ends = curve.potential([0.0, 0.5, 1.0])
            text = f"{curve.form}: {ends[0]:.3f} V empty, {ends[1]:.3f} V half, {ends[2]:.3f} V full"
            rows.append(("open_circuit", text, curve.confidence, curve.source, curve.note))
        windows = [("voltage_window", self.voltage_window)] if self.voltage_window else []
        windows += [("other_window", window) for window in self.other_windows]
        rows += [(key, w.text, w.confidence, w.source, w.remark) for key, w in windows]
        rows += [(key, r.text, r.confidence, r.source, r.note) for key, r in self.remarks.items()]
        return rows
