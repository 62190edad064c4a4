"""n things of one shape as one whose numbers are arrays of shape (n,), as batch evaluation has them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel


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
        made = {name: _parts(things, name) for name in (one.name for one in fields(first) if one.init)}
        return type(first)(**made)
    if isinstance(first, BaseModel):
        changed = {name: _parts(things, name) for name in type(first).model_fields}
        return first.model_copy(update=changed)
    if isinstance(first, tuple) and all(len(thing) == len(first) for thing in things):
        parts = [together([thing[place] for thing in things]) for place in range(len(first))]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    if isinstance(first, Mapping) and all(thing.keys() == first.keys() for thing in things):
        return {key: together([thing[key] for thing in things]) for key in first}
    if all(thing == first for thing in things):
        return first
    raise ValueError(f"{things} differ in more than numbers")


def _parts(things: Sequence[Any], name: str) -> Any:
    return together([getattr(thing, name) for thing in things])


def row_of(number: Any, row: int) -> Any:
    """Return the number of one of n."""
    return number[row] if isinstance(number, np.ndarray) and number.ndim else number


def differences(found: Any, alone: Any, row: int, place: str = "") -> list[str]:
    """Return where numbers of n designs in a row are not those of the design by itself.

    A number that is not known there is None of a single design, nan of a row.
    """
    if isinstance(found, np.ndarray) and found.dtype == object:
        found = found[row]
    if is_dataclass(alone) and not isinstance(alone, type):
        names = [one.name for one in fields(alone)]
        return [
            line
            for name in names
            for line in differences(getattr(found, name), getattr(alone, name), row, f"{place}.{name}")
        ]
    if isinstance(alone, Mapping):
        return [
            line
            for key in {**alone, **found}
            for line in differences(found.get(key, 0.0), alone.get(key, 0.0), row, f"{place}.{key}")
        ]
    if isinstance(alone, tuple) and len(found) == len(alone):
        pairs = enumerate(zip(found, alone, strict=True))
        return [line for i, (one, other) in pairs for line in differences(one, other, row, f"{place}[{i}]")]
    own = row_of(found, row)
    if isinstance(alone, float) and own is not None:
        same = abs(own - alone) <= 1e-12 * abs(alone) + 1e-15 or own == alone
    else:
        same = bool(own == alone or (alone is None and own is not None and np.isnan(own)))
    return [] if same else [f"{place}: {own} instead of {alone}"]
