"""Which constants an evaluation used, and where each came from."""

from tfgeom.materials.library import Material, OpenCircuit, Property
from tfgeom.materials.recording import ConstantsRead
from tfgeom.results import ProvenanceNumbers
from tfgeom.units import in_display_unit


def provenance(read: ConstantsRead) -> tuple[ProvenanceNumbers, ...]:
    """Return a row for each constant that was read, and for those that one of these was computed from.

    Materials stand in the order in which they were first read, their constants in that of the library's
    tables.  Two materials of one name with different constants have a row each where they differ.
    """
    keys: dict[int, set[str]] = {}
    materials: dict[int, Material] = {}
    for (identity, key), material in read.items():
        materials[identity] = material
        known = material.properties.get(key)
        keys.setdefault(identity, set()).update((key, *(known.computed_from if known else ())))
    return tuple(
        dict.fromkeys(
            row for identity, material in materials.items() for row in _rows(material, keys[identity])
        )
    )


def _rows(material: Material, keys: set[str]) -> list[ProvenanceNumbers]:
    rows = []
    for key, known in material.constants().items():
        if key in keys:
            value, unit = in_display_unit(known.value, known.dimension)
            low, high = (
                None if end is None else in_display_unit(end, known.dimension)[0]
                for end in (known.low, known.high)
            )
            rows.append(
                ProvenanceNumbers(
                    material.name,
                    key,
                    value,
                    unit,
                    known.source,
                    known.confidence,
                    low,
                    high,
                    _noted(material, key, known),
                )
            )
    curve = material.curve
    if "open_circuit" in keys and curve is not None:
        text = f"{curve.form} curve"
        rows.append(
            ProvenanceNumbers(
                material.name,
                "open_circuit",
                text,
                "V",
                curve.source,
                curve.confidence,
                note=_noted(material, "open_circuit", curve),
            )
        )
    return rows


def _noted(material: Material, key: str, known: Property | OpenCircuit) -> str:
    """Return the note on a constant; on one from memory also where to state what is known of it."""
    if known.confidence != "memory":
        return known.note
    return "; ".join(
        text for text in (known.note, f"measure it and state it as materials.{material.name}.{key}") if text
    )
