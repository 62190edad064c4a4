"""The materials of a design, and overrides that state their constants again."""

from typing import Any

from tfgeom.materials.activation import ENERGY_OF
from tfgeom.materials.library import Material, resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.units import format_quantity


def materials_of(mapping: dict[str, Any]) -> dict[str, Material]:
    cell = mapping.get("cell", {})
    names = {layer["material"] for layer in mapping.get("layers", [])}
    names |= {mapping[key]["material"] for key in ("substrate", "bipolar_plate") if key in mapping}
    names |= {cell["electrolyte"], "Li"} if "electrolyte" in cell else set()
    names |= {"Li"} if cell.get("anode_free") else set()
    given = mapping.get("materials", {})
    stated = {name: MaterialOverride.model_validate(values) for name, values in given.items()}
    return {name: resolve_material(name, stated.get(name)) for name in sorted(names)}


def restated(material: Material, key: str, share: float) -> dict[str, Any]:
    """Return the override that states one constant again, times ``share``."""
    known = material.properties[key]
    value = 0.01 * (1 - share) if known.value == 0 else known.value * share
    number = value if known.dimension == "fraction" else format_quantity(value, known.dimension)
    group, _, inner = key.partition(".")
    stated: dict[str, Any] = {group: {inner: number}} if inner else {key: number}
    at = material.properties.get("reference_temperature")
    if at is not None and not inner.startswith("activation") and group in (*ENERGY_OF, "dissociation"):
        stated["reference_temperature"] = format_quantity(at.value, at.dimension)
    return stated
