"""A design's own constants laid over the library's.

What a design states has the confidence ``user``, or ``fitted`` where it says so.  Seven rules keep the
constants of one material from contradicting each other: a new conductivity, diffusivity or exchange current
is meant at 25 degC unless a ``reference_temperature`` stands beside it, and keeps the activation energy that
is known; a new ``ionic_conductivity`` sets aside the library's dissociation constants (which imply a
conductivity of their own); new dissociation constants set conductivity and transference number; a new
``resistivity`` sets aside the electronic conductivity, and the other way round; a new ``diffusivity`` is
that of both phases, unless ``two_phase`` states theirs; a new open-circuit curve sets aside limits of two
phases that lie outside it, and tables over a composition that it does not share, of which the single value
stays.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tfgeom.constants import REFERENCE_TEMPERATURE
from tfgeom.errors import Issue, MaterialError
from tfgeom.materials.activation import ENERGY_OF
from tfgeom.materials.composition_tables import fault_of_exchange, settled
from tfgeom.materials.constants import CONSTANTS, constants_in, words_of
from tfgeom.materials.material import Dissociation, Material, Property, VoltageWindow
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.materials.schema import MaterialOverride
from tfgeom.materials.stated import Given, GivenCapacity
from tfgeom.materials.two_phases import fault_of_limits
from tfgeom.units import format_quantity

DESIGN_FILE = "design file"
"""Source of an override that states none."""

USER = "user"
"""Confidence of what a design states."""

OWN = (USER, "fitted")
"""Confidences of what is the user's own: stated, or fitted to the user's measurements."""

_CONTRADICTION = 0.02  # relative; a conductivity rounded to two digits still agrees


def overridden(base: Material, override: MaterialOverride, path: str) -> Material:
    """Return ``base`` with what a design states laid over it; ``path`` is where the design states it.

    Raises
    ------
    MaterialError
        If what is stated contradicts itself or leaves a set of constants incomplete.
    """
    properties = dict(base.properties)
    stated = override.stated()
    for key, given in stated.items():
        properties[key] = _user_property(key, given, base.properties.get(key))
    for key in ("volumetric_capacity", "host_capacity"):
        if key in stated and stated[key].per is not None:
            properties[key] = _per_volume(properties, key, stated[key], path)
    for key in stated:
        under, _, alone = key.rpartition(".")
        if alone == "activation_energy" and under and under not in properties:
            message = "needs a value beside its activation_energy: the library knows none of this material"
            raise MaterialError([Issue(f"{path}.{under}", message)])
    for one, other in (
        ("resistivity", "electronic_conductivity"),
        ("electronic_conductivity", "resistivity"),
    ):
        if one in stated:
            properties.pop(other, None)
    reference = stated.get("reference_temperature")
    for key in properties.keys() & ENERGY_OF.keys():
        if reference is not None:
            properties[key] = replace(properties[key], holds_at=reference.value)
    _dissociate(properties, override, stated, path)
    curve = _open_circuit(override, path) or base.curve
    _agree_on_phases(properties, stated, curve, path)
    _agree_on_tables(properties, stated, curve, path)
    properties = settled(properties, curve)
    fault = fault_of_exchange(properties, curve)
    if fault:
        raise MaterialError([Issue(f"{path}.exchange_current", fault)])
    if all(known.holds_at is None for known in properties.values()) and reference is None:
        properties.pop("reference_temperature", None)
    window = override.voltage_window
    return Material(
        name=base.name,
        title=base.title,
        aliases=base.aliases,
        properties={key: properties[key] for key in CONSTANTS if key in properties},
        curve=curve,
        voltage_window=base.voltage_window
        if window is None
        else VoltageWindow(window.min, window.max, window.source or DESIGN_FILE, USER, window.note or ""),
        remarks=base.remarks,
        other_windows=base.other_windows if window is None else (),
    )


def _user_property(name: str, given: Given[float], shadowed: Property | None) -> Property:
    dimension = CONSTANTS[name].dimension
    replaces = f"replaces {format_quantity(shadowed.value, dimension)} of the library" if shadowed else ""
    return Property(
        name=name,
        dimension=dimension,
        source=given.source or DESIGN_FILE,
        confidence=given.confidence or USER,
        note="; ".join(part for part in (given.note, replaces) if part),
        **given.numbers(shadowed),
    )


def _per_volume(properties: Mapping[str, Property], key: str, given: GivenCapacity, path: str) -> Property:
    """Return a capacity that a design states per mass, per mole or per formula unit, per volume.

    A host's capacity is that of the crystal, a film's is less by its ``film_fraction``.
    """
    needed = ["density"] if given.per == "specific_capacity" else ["molar_mass", "density"]
    for one in needed:
        if one not in properties:
            quantity = CONSTANTS[one].example
            message = f"{given.text} needs its {words_of(one)} beside it, for example '{one}: {quantity}'"
            raise MaterialError([Issue(f"{path}.{key}", message)])
    if key == "volumetric_capacity" and "film_fraction" in properties:
        needed.append("film_fraction")
    factor, parts = 1.0, [given.text]
    for one in needed:
        value = properties[one].value
        factor = factor / value if one == "molar_mass" else factor * value
        parts.append(f"{'/' if one == 'molar_mass' else 'x'} {words_of(one)} {properties[one].text}")
    found = properties[key]
    ends = (None if end is None else float(end) * factor for end in (found.low, found.high))
    note = "; ".join(part for part in (" ".join(parts), found.note) if part)
    low, high = ends
    return replace(
        found, value=float(found.value) * factor, low=low, high=high, note=note, computed_from=tuple(needed)
    )


def _open_circuit(override: MaterialOverride, path: str) -> OpenCircuit | None:
    given = override.open_circuit
    if given is None:
        return None
    source, note = given.source or DESIGN_FILE, given.note or ""
    try:
        return OpenCircuit(
            given.form, given.parameters, given.window, source, USER, note, departure=given.departure
        )
    except ValueError as error:
        raise MaterialError([Issue(f"{path}.open_circuit", str(error))]) from error


def _agree_on_phases(
    properties: dict[str, Property], stated: Mapping[str, Any], curve: OpenCircuit | None, path: str
) -> None:
    """Set aside what the library says of two phases where the design speaks against it; refuse the rest."""
    if "diffusivity" in stated:
        for key in ("two_phase.D_alpha", "two_phase.D_beta"):
            if key not in stated:
                properties.pop(key, None)
    fault = fault_of_limits(properties, curve)
    if fault is None:
        return
    key, message = fault
    if not any(one.startswith("two_phase.") for one in stated):
        for constant in constants_in("two_phase"):
            properties.pop(constant.key, None)
        return
    raise MaterialError([Issue(".".join(part for part in (path, "two_phase", key) if part), message)])


def _agree_on_tables(
    properties: dict[str, Property], stated: Mapping[str, Any], curve: OpenCircuit | None, path: str
) -> None:
    """Set aside tables of the library that the curve does not share; refuse those of the design."""
    for key, known in list(properties.items()):
        fault = "" if known.table is None else known.table.misses(curve)
        if fault and key in stated:
            raise MaterialError([Issue(f"{path}.{key}.table", fault)])
        if fault:
            note = "; ".join(filter(None, (known.note, "its table has no part in this open-circuit curve")))
            properties[key] = replace(known, table=None, note=note)


def _dissociate(
    properties: dict[str, Property], override: MaterialOverride, stated: Mapping[str, Any], path: str
) -> None:
    """Lay the dissociation constants over ``properties``, and mend those that must agree with them."""
    needed = constants_in("dissociation")
    if override.dissociation is None:
        if "ionic_conductivity" in stated:
            for constant in needed:
                properties.pop(constant.key, None)
        return
    missing = [constant.name for constant in needed if constant.key not in properties]
    if missing:
        message = f"lacks '{missing[0]}', which the library does not know for this material; give it too"
        raise MaterialError([Issue(f"{path}.dissociation", message)])
    found = Dissociation(**{constant.name: properties[constant.key].value for constant in needed})
    reference = stated.get("reference_temperature")
    sigma = found.conductivity(reference.value if reference else REFERENCE_TEMPERATURE)
    if "ionic_conductivity" not in stated:
        implied = _implied("ionic_conductivity", sigma, "delta", "D_plus", "D_minus", "total_lithium")
        properties["ionic_conductivity"] = replace(implied, holds_at=reference.value if reference else None)
    elif abs(properties["ionic_conductivity"].value / sigma - 1) > _CONTRADICTION:
        message = (
            f"contradicts the dissociation constants, which give {sigma:.4g} S/m; leave out one of the two"
        )
        raise MaterialError([Issue(f"{path}.ionic_conductivity", message)])
    if "transference_number" not in stated:
        share = found.transference_number
        properties["transference_number"] = _implied("transference_number", share, "D_plus", "D_minus")


def _implied(name: str, value: float, *keys: str) -> Property:
    return Property(
        name=name,
        value=value,
        dimension=CONSTANTS[name].dimension,
        source="computed from the dissociation constants",
        confidence=USER,
        computed_from=tuple(f"dissociation.{key}" for key in keys),
    )
