"""Designs of which numbers are arrays: n designs that share all that is discrete, checked as one is.

An array is put into a checked design in the place of its float; the checks of the sections that changed are
then the same ones, over rows (`tfgeom.rows.refuse`).
"""

from collections.abc import Mapping
from typing import Any

from tfgeom.design import Design
from tfgeom.quantities import checked_again
from tfgeom.rows import Numbers
from tfgeom.source import Location


def with_numbers(design: Design, numbers: Mapping[Location, Numbers]) -> Design:
    """Return a design with numbers in the places of its own, one or n of them.

    Raises
    ------
    Refused
        With the rows that a section of the design file refuses.
    ValueError, PydanticCustomError
        What a section says of a single one.
    """
    found = design
    for head in dict.fromkeys(location[0] for location in numbers):
        below = {location[1:]: number for location, number in numbers.items() if location[0] == head}
        found = found.model_copy(update={str(head): _changed(getattr(found, str(head)), below)})
    return found


def stands_at(design: Design, place: Location) -> bool:
    """Return whether a design states a value at a place."""
    node: Any = design
    for part in place:
        if isinstance(node, Mapping):
            node = node.get(part)
        else:
            node = node[part] if isinstance(part, int) else getattr(node, str(part), None)
        if node is None:
            return False
    return True


def _changed(node: Any, numbers: Mapping[Location, Numbers]) -> Any:
    """Return a section, list or mapping with numbers in their places."""
    if () in numbers:
        return numbers[()]
    parts: dict[Any, dict[Location, Numbers]] = {}
    for location, number in numbers.items():
        parts.setdefault(location[0], {})[location[1:]] = number
    if isinstance(node, Mapping):
        return {**node, **{key: _changed(node[key], below) for key, below in parts.items()}}
    if isinstance(node, tuple):
        return tuple(_changed(one, parts[i]) if i in parts else one for i, one in enumerate(node))
    changed = {str(key): _changed(getattr(node, str(key)), below) for key, below in parts.items()}
    return checked_again(node.model_copy(update=changed))
