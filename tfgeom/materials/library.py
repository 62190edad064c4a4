"""The materials that ship with tfgeom, looked up by name, and a design's overrides laid over them.

`load_library` reads the YAML files beside this module once; `resolve_material` is what a design's layer
gets.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from tfgeom.errors import Issue, MaterialError
from tfgeom.materials.material import Dissociation, Material, Property, VoltageWindow, dissociation_of
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.materials.overrides import overridden
from tfgeom.materials.reading import load_entries
from tfgeom.materials.schema import (
    DISSOCIATION_DIMENSIONS,
    PROPERTY_DIMENSIONS,
    MaterialEntry,
    MaterialOverride,
)
from tfgeom.materials.stated import Sourced, SourcedExchange

__all__ = [
    "Dissociation",
    "Library",
    "Material",
    "OpenCircuit",
    "Property",
    "VoltageWindow",
    "load_library",
    "read_library",
    "resolve_material",
    "resolve_materials",
]


@dataclass(frozen=True, slots=True)
class Library:
    """All materials that ship with tfgeom."""

    entries: Mapping[str, MaterialEntry]
    _canonical: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)
    _built: dict[str, Material] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, entry in self.entries.items():
            self._canonical.update(dict.fromkeys((name, *entry.aliases), name))

    def __contains__(self, name: object) -> bool:
        return name in self._canonical

    def __iter__(self) -> Iterator[Material]:
        return (self.find(name) for name in self.entries)

    def names(self) -> tuple[str, ...]:
        """Return every name and alias, an entry's aliases after its name."""
        return tuple(self._canonical)

    def nearest(self, name: str) -> tuple[str, ...]:
        """Return up to three names most like ``name``, whatever their case."""
        lower = {known.lower(): known for known in self._canonical}
        return tuple(lower[match] for match in get_close_matches(name.lower(), lower, n=3, cutoff=0.5))

    def find(self, name: str, path: str = "") -> Material:
        """Return the material of this name or alias.

        Parameters
        ----------
        name
            As written in a design.
        path
            Dotted path to blame when the name is unknown, for example ``layers.cathode.material``.

        Raises
        ------
        MaterialError
            With the nearest names.
        """
        canonical = self._canonical.get(name)
        if canonical is None:
            nearest = ", ".join(self.nearest(name))
            hint = f"did you mean {nearest}? " if nearest else ""
            message = (
                f"unknown material '{name}'; {hint}`tfgeom materials` lists all; "
                f"a material of your own goes under materials.{name}"
            )
            raise MaterialError([Issue(path, message)])
        if canonical not in self._built:
            self._built[canonical] = _build(canonical, self.entries[canonical])
        return self._built[canonical]


def read_library(folder: Path) -> Library:
    """Return the library of a folder of YAML files; raise MaterialError with file, line and column."""
    return Library(load_entries(folder))


@cache
def load_library() -> Library:
    """Return the library that ships with tfgeom, read once."""
    return read_library(Path(__file__).parent / "data")


def resolve_material(name: str, override: MaterialOverride | None = None, path: str = "") -> Material:
    """Return a material of the library with a design's overrides, or a new one of the design's own.

    Parameters
    ----------
    name
        Name or alias; with an override it may be unknown to the library.
    override
        What the design states of it.
    path
        Dotted path to blame when the name is unknown.

    Raises
    ------
    MaterialError
        If the name is unknown and nothing is stated, or what is stated contradicts itself.
    """
    library = load_library()
    if override is None:
        return library.find(name, path)
    base = library.find(name) if name in library else Material(name, name, (), {})
    return overridden(base, override, f"materials.{name}")


def resolve_materials(names: Iterable[str], overrides: Mapping[str, MaterialOverride]) -> dict[str, Material]:
    """Return each named material with its override, whichever of its names the override uses.

    Raises
    ------
    MaterialError
        As `resolve_material`, and when one material is overridden under two of its names.
    """
    library = load_library()
    by_name: dict[str, tuple[str, MaterialOverride]] = {}
    for key, override in overrides.items():
        name = library.find(key).name if key in library else key
        if name in by_name:
            message = f"is the same material as '{by_name[name][0]}'; keep one of the two"
            raise MaterialError([Issue(f"materials.{key}", message)])
        by_name[name] = (key, override)
    resolved: dict[str, Material] = {}
    for name in names:
        canonical = library.find(name).name if name in library else name
        key, override_or_none = by_name.get(canonical, (name, None))
        resolved[name] = resolve_material(key, override_or_none)
    return resolved


def _build(name: str, entry: MaterialEntry) -> Material:
    properties: dict[str, Property] = {}
    for key, dimension in PROPERTY_DIMENSIONS.items():
        stated = getattr(entry, key)
        if stated is not None:
            properties[key] = _property(key, dimension, stated)
    dissociation = None
    if entry.dissociation is not None:
        for key, dimension in DISSOCIATION_DIMENSIONS.items():
            path = f"dissociation.{key}"
            properties[path] = _property(path, dimension, getattr(entry.dissociation, key))
        dissociation = dissociation_of(properties)
    return Material(
        name=name,
        title=entry.title,
        aliases=entry.aliases,
        properties=properties,
        open_circuit=_open_circuit(entry),
        dissociation=dissociation,
        voltage_window=_voltage_window(entry),
    )


def _open_circuit(entry: MaterialEntry) -> OpenCircuit | None:
    curve = entry.open_circuit
    if curve is None:
        return None
    return OpenCircuit(curve.form, curve.parameters, curve.window, curve.source, curve.confidence, curve.note)


def _voltage_window(entry: MaterialEntry) -> VoltageWindow | None:
    window = entry.voltage_window
    if window is None:
        return None
    return VoltageWindow(window.min, window.max, window.source, window.confidence, window.note)


def _property(name: str, dimension: str, stated: Sourced[float]) -> Property:
    exchange = stated if isinstance(stated, SourcedExchange) else None
    return Property(
        name=name,
        value=stated.value,
        dimension=dimension,
        source=stated.source,
        confidence=stated.confidence,
        note=stated.note,
        low=stated.low,
        high=stated.high,
        exponent=exchange.exponent if exchange else None,
        form=exchange.form if exchange else None,
    )
