"""The materials that ship with tfgeom, looked up by name, and a design's overrides laid over them.

`load_library` finds the names in the YAML files beside this module, once, and reads a material when it is
asked for; `resolve_material` is what a design's layer gets.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from tfgeom.errors import Issue, MaterialError
from tfgeom.materials.activation import ENERGY_OF
from tfgeom.materials.composition_tables import fault_of_exchange, settled
from tfgeom.materials.constants import CONSTANTS
from tfgeom.materials.material import (
    Dissociation,
    Material,
    Property,
    Remark,
    VoltageWindow,
)
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.materials.overrides import overridden
from tfgeom.materials.reading import EntryText, index_entries, read_entry
from tfgeom.materials.schema import (
    DESCRIPTIVE_KEYS,
    MaterialEntry,
    MaterialOverride,
    SourcedVoltageWindow,
)
from tfgeom.materials.stated import Sourced
from tfgeom.materials.two_phases import fault_of_limits
from tfgeom.units import format_quantity
from tfgeom.words import nearest_words

__all__ = [
    "Dissociation",
    "Library",
    "Material",
    "OpenCircuit",
    "Property",
    "Remark",
    "VoltageWindow",
    "load_library",
    "read_library",
    "resolve_material",
    "resolve_materials",
]


@dataclass(frozen=True, slots=True)
class Library:
    """All materials that ship with tfgeom."""

    places: Mapping[str, EntryText]
    _canonical: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)
    _built: dict[str, Material] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, place in self.places.items():
            self._canonical.update(dict.fromkeys((name, *place.aliases), name))

    def __contains__(self, name: object) -> bool:
        return name in self._canonical

    def __iter__(self) -> Iterator[Material]:
        return (self.find(name) for name in self.places)

    def names(self) -> tuple[str, ...]:
        """Return every name and alias, an entry's aliases after its name."""
        return tuple(self._canonical)

    def nearest(self, name: str) -> tuple[str, ...]:
        """Return up to three names most like ``name``, whatever their case."""
        return nearest_words(name, self._canonical, 3, cutoff=0.5)

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
            With the nearest names; or with the faults of the library's file.
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
            self._built[canonical] = self._build(canonical)
        return self._built[canonical]

    def _build(self, name: str) -> Material:
        place = self.places[name]
        entry = read_entry(place)
        if entry.like is not None:
            base = self._canonical.get(entry.like)
            shared = None if base is None or base == name else read_entry(self.places[base])
            if shared is None or shared.like is not None:
                message = f"'{entry.like}' must be another material that is itself not like another"
                raise place.blame([Issue(f"{name}.like", message)])
            entry = entry.completed_by(shared)
        try:
            found = _material(name, entry)
        except ValueError as error:
            raise place.blame([Issue(f"{name}.open_circuit", str(error))]) from error
        for key, known in found.properties.items():
            if known.table is not None and known.table.misses(found.curve):
                raise place.blame([Issue(f"{name}.{key}", known.table.misses(found.curve))])
        wrong = fault_of_exchange(found.properties, found.curve)
        if wrong:
            raise place.blame([Issue(f"{name}.exchange_current", wrong)])
        fault = fault_of_limits(found.properties, found.curve)
        if fault is not None:
            raise place.blame([Issue(f"{name}.two_phase", fault[1])])
        return found


def read_library(folder: Path) -> Library:
    """Return the library of a folder of YAML files, all of it read; faults have file, line and column.

    Raises
    ------
    MaterialError
        With all faults of the first file that has any.
    """
    library = Library(index_entries(folder))
    faults: list[MaterialError] = []
    for name in library.places:
        try:
            library.find(name)
        except MaterialError as error:
            faults.append(error)
    if faults:
        file = faults[0].file
        raise MaterialError([issue for fault in faults if fault.file == file for issue in fault.issues], file)
    return library


@cache
def load_library() -> Library:
    """Return the library that ships with tfgeom; its materials are read as they are asked for."""
    return Library(index_entries(Path(__file__).parent / "data"))


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


def _material(name: str, entry: MaterialEntry) -> Material:
    curve = _open_circuit(entry)
    return Material(
        name=name,
        title=entry.title,
        aliases=entry.aliases,
        properties=settled(_properties(entry), curve),
        curve=curve,
        voltage_window=None if entry.voltage_window is None else _voltage_window(entry.voltage_window),
        remarks=_remarks(entry),
        other_windows=tuple(map(_voltage_window, entry.other_windows)),
    )


def _open_circuit(entry: MaterialEntry) -> OpenCircuit | None:
    curve = entry.open_circuit
    if curve is None:
        return None
    return OpenCircuit(curve.form, curve.parameters, curve.window, curve.source, curve.confidence, curve.note)


def _voltage_window(window: SourcedVoltageWindow) -> VoltageWindow:
    return VoltageWindow(
        min=window.min,
        max=window.max,
        source=window.source,
        confidence=window.confidence,
        note=window.note,
        electrolyte=window.electrolyte,
        electrode=window.electrode,
    )


def _remarks(entry: MaterialEntry) -> dict[str, Remark]:
    remarks: dict[str, Remark] = {}
    for key in DESCRIPTIVE_KEYS:
        stated = getattr(entry, key)
        if stated is not None:
            text = (
                stated.value
                if isinstance(stated.value, str)
                else format_quantity(stated.value, "temperature")
            )
            remarks[key] = Remark(text, stated.source, stated.confidence, stated.note)
    return remarks


def _properties(entry: MaterialEntry) -> dict[str, Property]:
    found = {key: _property(key, stated) for key, stated in entry.stated().items()}
    reference = found.get("reference_temperature")
    if reference is not None:
        held = {key: replace(found[key], holds_at=reference.value) for key in ENERGY_OF if key in found}
        found.update(held)
    return found


def _property(name: str, stated: Sourced[float]) -> Property:
    return Property(
        name=name,
        dimension=CONSTANTS[name].dimension,
        source=stated.source,
        confidence=stated.confidence,
        note=stated.note,
        **stated.numbers(),
    )
