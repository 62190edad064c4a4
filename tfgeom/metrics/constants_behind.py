"""The films and constants that a part of the resistance rests on."""

from collections.abc import Mapping

from tfgeom.metrics.estimates import ESTIMATED
from tfgeom.results import Evaluation, LayerNumbers, ProvenanceNumbers
from tfgeom.transport.liquid.salt import SALT_CONSTANTS
from tfgeom.transport.losses import COLLECTORS, ELECTRODE_AT, INTERFACE_OF

_HEAT = ("activation_energy", "reference_temperature")
_ELECTRONS = ("electronic_conductivity", "resistivity", *_HEAT)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "inner_collector": _ELECTRONS,
    "cathode": _ELECTRONS,
    "cathode_interface": ("exchange_current",),
    "electrolyte": ("ionic_conductivity", *_HEAT, "dissociation", *SALT_CONSTANTS),
    "anode_interface": ("exchange_current",),
    "anode": _ELECTRONS,
    "outer_collector": _ELECTRONS,
}
"""Constants of each part of the resistance, by key."""
_MUCH = 0.1  # share of a resistance that makes it a guess


def layers_behind(evaluation: Evaluation, part: str) -> list[LayerNumbers]:
    """Return the films that a part of the resistance belongs to."""
    if part not in COLLECTORS:
        role = ELECTRODE_AT.get(part, part)
        return [layer for layer in evaluation.layers if layer.role == role]
    roles = [layer.role for layer in evaluation.layers]
    inner = next((at for at, role in enumerate(roles) if role != "current_collector"), len(roles))
    side = evaluation.layers[:inner] if part == "inner_collector" else evaluation.layers[inner:]
    return [layer for layer in side if layer.role == "current_collector"]


def constants_behind(evaluation: Evaluation, part: str) -> list[ProvenanceNumbers]:
    """Return the constants that a part of the resistance rests on."""
    materials = {layer.material for layer in layers_behind(evaluation, part)}
    liquid = evaluation.cell.liquid
    if part == lithium_interface(evaluation):
        materials = {"Li"}
    elif part == "electrolyte" and liquid is not None:
        materials = {liquid.name}
    return [
        row
        for row in evaluation.provenance
        if row.material in materials and row.property.partition(".")[0] in _KEYS[part]
    ]


def rests_on_estimates(evaluation: Evaluation, section: str) -> bool:
    """Return whether numbers of a section of the results rest on constants that are estimates.

    A resistance does when parts with such constants make more than a tenth of it; capacity and energy when
    the capacity or the curve of an electrode is one; rates when the resistance or a diffusivity is.
    """
    if section in ("capacity", "energy"):
        keys = ("volumetric_capacity", "host_capacity", "film_fraction")
        return _guessed(evaluation, keys if section == "capacity" else (*keys, "open_circuit"))
    if section in ("rate", "rate_summary"):
        return rests_on_estimates(evaluation, "resistance") or _guessed(evaluation, ("diffusivity",))
    resistance = evaluation.resistance
    if section != "resistance" or resistance is None:
        return False
    guessed = sum(
        value
        for part, value in resistance.asr_by_part_ohm_cm2.items()
        if any(
            row.confidence in ESTIMATED and row.property not in _HEAT
            for row in constants_behind(evaluation, part)
        )
    )
    return guessed > _MUCH * resistance.asr_ohm_cm2


def _guessed(evaluation: Evaluation, keys: tuple[str, ...]) -> bool:
    """Return whether a constant of an electrode is an estimate, of the one that limits where one does."""
    capacity = evaluation.capacity
    electrodes = ("cathode", "anode")
    limiting = None if capacity is None else capacity.limiting_electrode
    roles = (limiting,) if limiting in electrodes and "volumetric_capacity" in keys else electrodes
    materials = {layer.material for layer in evaluation.layers if layer.role in roles}
    return any(
        row.confidence in ESTIMATED and row.material in materials and row.property.partition(".")[0] in keys
        for row in evaluation.provenance
    )


def lithium_interface(evaluation: Evaluation) -> str | None:
    """Return the interface of an electrode that is no film of the design: the counter, or plated lithium."""
    missing = {"cathode", "anode"} - {layer.role for layer in evaluation.layers}
    return INTERFACE_OF[missing.pop()] if len(missing) == 1 else None
