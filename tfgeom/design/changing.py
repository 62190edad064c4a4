"""Change one value of a plain design by its dotted path, for sweeps."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tfgeom.design.keys import keys_that_may_stand, known_keys
from tfgeom.design.paths import layer_names, locate, value_at, with_layer_names
from tfgeom.errors import DesignError
from tfgeom.materials.constants import CONSTANTS
from tfgeom.reliefs.synonyms import GAPS, WIDTHS, keys_of_one_size, kind_of
from tfgeom.reliefs.turning import key_in_kind, turned
from tfgeom.source import Location
from tfgeom.words import nearest


def set_paths(mapping: Mapping[str, Any], values: Mapping[str, object]) -> dict[str, Any]:
    """Return a deep copy of ``mapping`` with several values changed, one after the other, as by `set_path`.

    Raises
    ------
    DesignError
        As `set_path`.
    """
    changed: dict[str, Any] = deepcopy(dict(mapping))
    for path, value in values.items():
        _set(changed, path, value)
    return changed


def set_path(mapping: Mapping[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a deep copy of ``mapping`` with one value changed.

    Parameters
    ----------
    mapping
        A design as `read_mapping` returns it.
    path
        For example ``relief.pitch`` or ``layers.cathode.thickness``.  The value must be there already, or
        its section must be there and know the key; ``materials.NAME.PROPERTY`` may always be added.
    value
        As the YAML file would hold it: quantities as text with a unit.  Another ``relief.kind`` takes the
        sizes of the relief along, under the keys that the kind has for them.

    Raises
    ------
    DesignError
        If the path leads nowhere, with the keys that exist there.
    """
    return set_paths(mapping, {path: value})


def _set(changed: dict[str, Any], path: str, value: object) -> None:
    """Change one value of a mapping of our own."""
    location, rest = locate(changed, path)
    if rest:
        location, rest = _make_room(changed, path, rest)
    node = value_at(changed, location[:-1]) if location else None
    if rest or node is None:
        raise DesignError.at(path, _dead_end(changed, path))
    key = location[-1]
    if location == ("relief", "kind") and kind_of(node[key]) != kind_of(value):
        changed["relief"] = turned(node, value)
        for section in ("chosen", "tolerance"):
            _take_along(changed, section, value)
        return
    if location == ("relief",):
        _take_along(changed, "chosen", None)
    existing = node[key]
    if location[0] == "relief" and isinstance(node, dict):
        existing = _only_way_of_saying(node, str(key), "inner" if len(location) > 2 else node.get("kind"))
    if isinstance(existing, dict) and not isinstance(value, dict) and _goes_on(location, existing):
        # a width keeps the height at which it is measured, a constant its activation energy
        node[key] = {**existing, "value": value}
    else:
        node[key] = deepcopy(value)


def _take_along(changed: dict[str, Any], section: str, kind: object) -> None:
    """Say of the sizes of another kind what was said of those before; of another relief (None) nothing is."""
    if not isinstance(changed.get(section), dict):
        return
    found: dict[Any, Any] = {}
    for path, said in changed[section].items():
        head, _, rest = str(path).partition(".")
        key, *below = rest.split(".")
        now = key_in_kind(key, kind)
        if head != "relief" or not rest:
            found[path] = said
        elif kind is not None and now in changed["relief"]:
            found[".".join((head, now, *below))] = said
    changed[section] = found


def _goes_on(location: Location, existing: Mapping[str, Any]) -> bool:
    """Return whether what stands beside a value stays when the value changes."""
    if location[0] == "relief":
        return "value" in existing
    return location[0] == "materials" and "activation_energy" in existing


def _only_way_of_saying(section: dict[str, Any], key: str, kind: object) -> Any:
    """Remove what says the same size as ``key`` in other words; return what was said.

    Beside a pitch a gap says the width, where nothing else does: neither stands for the other.
    """
    existing = section[key]
    width = WIDTHS.get(kind_of(kind), "")
    gaps = GAPS.get(kind_of(kind), ())
    has_width = any(one in section for one in (width, "side", *keys_of_one_size(kind, width)))
    for other in keys_of_one_size(kind, key):
        if other == key or (not has_width and (key in gaps) != (other in gaps)):
            continue
        said = section.pop(other, None)
        existing = said if existing is None else existing
    return existing


def _make_room(changed: dict[str, Any], path: str, rest: str) -> tuple[Location, str]:
    """Add the last key of ``path`` where the format knows it; return the location and what is left over."""
    place = _material_property(path)
    if place is not None and place[2] in (known_keys(changed, place[:2]) or []):
        section = changed.setdefault("materials", {})
        if isinstance(section, dict) and isinstance(section.setdefault(place[1], {}), dict):
            stated = section[place[1]]
            if len(place) == 3:
                stated.setdefault(place[2], None)
                return place, ""
            if isinstance(
                stated.get(place[2]), str
            ):  # a plain quantity: what stands beside it needs a section
                stated[place[2]] = {"value": stated[place[2]]}
            if isinstance(stated.setdefault(place[2], {}), dict):
                stated[place[2]].setdefault(place[3], None)
                return place, ""
    location, rest = locate(changed, path)
    node = value_at(changed, location)
    if isinstance(node, dict) and rest in (keys_that_may_stand(changed, location) or []):
        node[rest] = None
        return (*location, rest), ""
    return location, rest


def _material_property(path: str) -> tuple[str, ...] | None:
    """Return the location that ``materials.NAME.PROPERTY`` means, whether or not it is there.

    A property may itself be of two words, as ``dissociation.k_r``.
    """
    head, _, tail = path.partition(".")
    if head != "materials":
        return None
    for key in CONSTANTS:
        if "." in key and tail.endswith(f".{key}"):
            return ("materials", tail.removesuffix(f".{key}"), *key.split("."))
    name, _, key = tail.rpartition(".")
    return ("materials", name, key) if name and key else None


def _dead_end(mapping: Mapping[str, Any], path: str) -> str:
    location, rest = locate(mapping, path)
    material = _material_property(path)
    if material is not None and len(location) < 2:
        location, rest = material[:-1], material[-1]
        node: Any = {}
    else:
        node = value_at(mapping, location)
    place = f"'{with_layer_names(mapping)(location)}'" if location else "a design"
    if isinstance(node, list):
        names = layer_names(node) if location == ("layers",) else range(len(node))
        keys = [str(name) for name in names if name is not None]
    elif isinstance(node, Mapping):
        keys = list(dict.fromkeys([*node, *(known_keys(mapping, location) or [])]))
    else:
        return f"no such path: {place} is a value and has no keys"
    word = rest.partition(".")[0]
    if word in keys and word != rest:  # the format knows it, and this design does not have it
        return f"no such path: {place} has no '{word:.60}' of its own; write that section into it first"
    match = nearest(word, keys)
    hint = f"did you mean '{match}'? " if match else ""
    return f"no such path: {place} has no '{word:.60}'; {hint}keys there: {', '.join(keys)}"
