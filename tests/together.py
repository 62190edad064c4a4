"""n things of one shape as one whose numbers are arrays of shape (n,), as batch evaluation has them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def together(things: Sequence[Any]) -> Any:
    """Return things of one shape as one: numbers that differ as arrays, what is equal once.

    Raises
    ------
    ValueError
        When they differ in more than numbers.
    """
    first = things[0]
    if all(type(thing) is float for thing in things):
        return first if all(thing == first for thing in things) else np.array(things)
    if is_dataclass(first) and not isinstance(first, type):
        made = {one.name: together([getattr(thing, one.name) for thing in things]) for one in _given(first)}
        return type(first)(**made)
    if isinstance(first, tuple) and all(len(thing) == len(first) for thing in things):
        parts = [together([thing[place] for thing in things]) for place in range(len(first))]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    if isinstance(first, Mapping) and all(thing.keys() == first.keys() for thing in things):
        return {key: together([thing[key] for thing in things]) for key in first}
    if all(thing == first for thing in things):
        return first
    raise ValueError(f"{things} differ in more than numbers")


def _given(thing: Any) -> list[Any]:
    return [field for field in fields(thing) if field.init]


def row_of(number: Any, row: int) -> Any:
    """Return the number of one of n."""
    return number[row] if isinstance(number, np.ndarray) and number.ndim else number
