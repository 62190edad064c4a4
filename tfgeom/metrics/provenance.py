"""Which constants an evaluation used, and where each came from."""

from collections.abc import Iterable

from tfgeom.films import FilmLayer
from tfgeom.materials.library import Material
from tfgeom.results import ProvenanceNumbers
from tfgeom.units import in_display_unit

_ELECTRODE = (
    "density",
    "volumetric_capacity",
    "lithiation",
    "initial_efficiency",
    "diffusivity",
    "exchange_current",
    "electronic_conductivity",
    "expansion",
)
_ELECTROLYTE = (
    "density",
    "ionic_conductivity",
    "reference_temperature",
    "activation_energy",
)
_DISSOCIATION = (
    "density",
    "dissociation.k_r",
    "dissociation.delta",
    "dissociation.D_plus",
    "dissociation.D_minus",
    "dissociation.total_lithium",
)
_COLLECTOR = ("density", "resistivity", "electronic_conductivity")
_METAL = ("density", "volumetric_capacity", "exchange_current", "electronic_conductivity")
_INTERLAYER = ("resistivity", "electronic_conductivity", *_ELECTROLYTE)


def layer_provenance(
    layers: Iterable[FilmLayer], electrolyte_model: str | None
) -> tuple[ProvenanceNumbers, ...]:
    """Return the constants that the layers' roles use, each once, in the order of the layers."""
    rows: dict[tuple[str, str], ProvenanceNumbers] = {}
    for layer in layers:
        material = layer.material
        for key in _used(layer, electrolyte_model):
            row = constant_provenance(material, key)
            if row is not None:
                rows.setdefault((material.name, key), row)
        curve = material.open_circuit
        if layer.role in ("cathode", "anode") and curve is not None:
            text = f"{curve.form} curve"
            rows[material.name, "open_circuit"] = ProvenanceNumbers(
                material.name, "open_circuit", text, "V", curve.source, curve.confidence, note=curve.note
            )
    return tuple(rows.values())


def constant_provenance(material: Material, key: str) -> ProvenanceNumbers | None:
    """Return one constant's row, or None when the material does not have it."""
    known = material.get(key)
    if known is None:
        return None
    value, unit = in_display_unit(known.value, known.dimension)
    low, high = (
        None if end is None else in_display_unit(end, known.dimension)[0] for end in (known.low, known.high)
    )
    return ProvenanceNumbers(
        material.name, key, value, unit, known.source, known.confidence, low, high, known.note
    )


def _used(layer: FilmLayer, electrolyte_model: str | None) -> tuple[str, ...]:
    if layer.material.is_lithium_metal:
        return _METAL
    if layer.role in ("cathode", "anode"):
        return _ELECTRODE
    if layer.role == "electrolyte":
        return _DISSOCIATION if electrolyte_model == "dc" else _ELECTROLYTE
    if layer.role == "interlayer":
        return _INTERLAYER
    return _COLLECTOR if layer.role == "current_collector" else ("density",)
