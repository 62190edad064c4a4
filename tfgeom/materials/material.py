"""A material with what is known of it: constants in SI, each with source and confidence.

A constant that nobody stated is None, never a default.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tfgeom.constants import FARADAY, GAS_CONSTANT, REFERENCE_TEMPERATURE
from tfgeom.materials.constants import constants_in
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.materials.recording import record_constant
from tfgeom.units import DIMENSIONS, format_quantity

Conduction = Literal["ionic_conductivity", "electronic_conductivity"]
Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Property:
    """One constant of a material.

    Attributes
    ----------
    name
        Key as in the design file; those of ``dissociation`` read ``dissociation.k_r``.
    value, low, high
        SI value and, where known, the band of what is found for it.
    dimension
        Key of `tfgeom.units.DIMENSIONS`.
    source, confidence, note
        Where it comes from; ``user`` is the confidence of what a design states.
    exponent, form
        Of an exchange current only: with form ``occupancy`` it is
        ``value (s/0.5)^(1 - exponent) ((1 - s)/0.5)^exponent`` at filled fraction s, else constant.
    computed_from
        Keys of the constants that give it, where nobody stated it as such.
    """

    name: str
    value: float
    dimension: str
    source: str
    confidence: str
    note: str = ""
    low: float | None = None
    high: float | None = None
    exponent: float | None = None
    form: str | None = None
    computed_from: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """SI unit of ``value``."""
        return DIMENSIONS[self.dimension].si

    @property
    def text(self) -> str:
        """Value with its unit, and the band in brackets."""
        text = format_quantity(self.value, self.dimension)
        if self.low is None and self.high is None:
            return text
        ends = ["" if end is None else format_quantity(end, self.dimension) for end in (self.low, self.high)]
        return f"{text} ({ends[0]} .. {ends[1]})"


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

    k_r: float
    delta: float
    D_plus: float
    D_minus: float
    total_lithium: float

    @property
    def transference_number(self) -> float:
        """Share of the current that Li+ carries before gradients build up, ``D+/(D+ + D-)``."""
        return self.D_plus / (self.D_plus + self.D_minus)

    def conductivity(self, temperature: float) -> float:
        """Return the high-frequency conductivity ``F²/(R T) delta a0 (D+ + D-)``, S/m (Nernst-Einstein)."""
        mobile = self.delta * self.total_lithium
        return FARADAY**2 / (GAS_CONSTANT * temperature) * mobile * (self.D_plus + self.D_minus)


@dataclass(frozen=True, slots=True)
class Material:
    """A material with what is known of it.

    What computes reads constants through `get`, `value`, `conductivity_at`, `electron_conductivity`,
    `film_density`, `open_circuit` and `dissociation`, which record that they were read
    (`tfgeom.materials.recording`).

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

    def value(self, name: str) -> float | None:
        """Return a constant in SI, or None when it is not known."""
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
    def film_density(self) -> float | None:
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

    def conductivity_at(self, temperature: float, kind: Conduction) -> float | None:
        """Return a conductivity at ``temperature`` (K), S/m; None when it is not known.

        Arrhenius, ``sigma_ref exp(-(E/R)(1/T - 1/T_ref))``, when an activation energy is known, else the
        value as it stands.  The activation energy is that of the ions where ions move.
        """
        reference = self.value(kind)
        if reference is None:
            return None
        if kind == "electronic_conductivity" and self.knows("ionic_conductivity"):
            return reference
        energy = self.value("activation_energy")
        if energy is None:
            return reference
        at = self.value("reference_temperature") or REFERENCE_TEMPERATURE
        return reference * math.exp(-energy / GAS_CONSTANT * (1 / temperature - 1 / at))

    def electron_conductivity(self, temperature: float) -> float | None:
        """Return the electronic conductivity (S/m), from the resistivity where that is what is stated."""
        resistivity = self.value("resistivity")
        if resistivity is not None:
            return 1 / resistivity
        return self.conductivity_at(temperature, "electronic_conductivity")

    def rows(self) -> list[Row]:
        """Return (key, value with unit, confidence, source, note) of all that is known, for tables."""
        rows = [(p.name, p.text, p.confidence, p.source, p.note) for p in self.properties.values()]
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
