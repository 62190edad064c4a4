"""Names for places in a design: ``layers.cathode.thickness`` for the second layer's thickness.

A *location* is the tuple of keys and list indexes that leads to a value; its *path* is the dotted text
that people write and read, in which a layer goes by its name.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tfgeom.source import Location, dotted

PLATED_LITHIUM = "plated_lithium"
"""Name of the film that charging an anode-free cell plates; no layer of a design may take it."""

_CORE_ROLES = ("cathode", "electrolyte", "anode")


def layer_names(layers: Sequence[Any]) -> list[str | None]:
    """Return the name of each raw layer: its own, else the one its role and place give it.

    A current collector without a name is ``inner_collector`` before the first cathode, electrolyte or
    anode, ``outer_collector`` after it; every other layer is named as its role.  None where a layer has
    neither name nor role.
    """
    roles = [layer.get("role") if isinstance(layer, Mapping) else None for layer in layers]
    core = [index for index, role in enumerate(roles) if role in _CORE_ROLES]
    first = core[0] if core else 1
    names: list[str | None] = []
    for index, (layer, role) in enumerate(zip(layers, roles, strict=True)):
        own = layer.get("name") if isinstance(layer, Mapping) else None
        if isinstance(own, str):
            names.append(own)
        elif role == "current_collector":
            names.append("inner_collector" if index < first else "outer_collector")
        else:
            names.append(role if isinstance(role, str) else None)
    return names


def with_layer_names(mapping: Mapping[str, Any]) -> Callable[[Location], str]:
    """Return a function that writes locations of ``mapping`` as paths, layers by name."""
    layers = mapping.get("layers")
    names = layer_names(layers) if isinstance(layers, list) else []
    times = Counter(names)

    def path(location: Location) -> str:
        if len(location) > 1 and location[0] == "layers" and isinstance(location[1], int):
            index = location[1]
            name = names[index] if index < len(names) else None
            if name is not None and times[name] == 1:
                return dotted(("layers", name, *location[2:]))
        return dotted(location)

    return path


def locate(mapping: Mapping[str, Any], path: str) -> tuple[Location, str]:
    """Return the location of the longest leading part of ``path`` that exists, and the rest of the path.

    Keys that hold a dot themselves are found; a layer is found by its name or its index.
    """
    node: Any = mapping
    location: tuple[str | int, ...] = ()
    rest = path
    while rest:
        step = _step(node, rest, is_layers=location == ("layers",))
        if step is None:
            break
        part, rest = step
        node = node[part]
        location = (*location, part)
    return location, rest


def _step(node: Any, rest: str, is_layers: bool) -> tuple[str | int, str] | None:
    if isinstance(node, Mapping):
        fitting = [key for key in node if rest == key or rest.startswith(f"{key}.")]
        if not fitting:
            return None
        key = max(fitting, key=len)
        return key, rest[len(key) + 1 :]
    if isinstance(node, list):
        head, _, tail = rest.partition(".")
        names = layer_names(node) if is_layers else []
        if head in names:
            return names.index(head), tail
        if head.isascii() and head.isdigit() and int(head[:6]) < len(node):
            return int(head), tail
    return None


def value_at(mapping: Mapping[str, Any], location: Location) -> Any:
    """Return the value at a location that exists."""
    node: Any = mapping
    for part in location:
        node = node[part]
    return node


def walk(value: Any, location: Location = ()) -> Iterator[tuple[Location, Any]]:
    """Yield every location below ``value`` with its value, sections before their content."""
    entries: Any = ()
    if isinstance(value, Mapping):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, inner in entries:
        yield (*location, key), inner
        yield from walk(inner, (*location, key))
