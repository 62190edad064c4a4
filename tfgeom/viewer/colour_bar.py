"""The colour bar of a field as values: what the live page, pictures and the view in the report draw."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tfgeom.numerals import layer_title, number
from tfgeom.viewer.node_fields import UNITS, Fields

COLOURS_OF_FIELDS = "viridis"
"""Colour map of fields."""

_STEPS = 256
_DIGITS = 3  # of the distance between the ends, that every number on a bar shows


@dataclass(frozen=True, slots=True)
class ColourBar:
    """A colour bar.

    Attributes
    ----------
    title
        The field and its unit.
    low, high
        Values at its ends, ``low < high``.
    note
        Values of films in which the field does not vary; empty where there are none.
    """

    title: str
    low: float
    high: float
    note: str = ""

    def ticks(self, count: int = 5) -> tuple[str, ...]:
        """Return the numbers at equal distances from end to end, with as many places as set them apart."""
        values = np.linspace(self.low, self.high, count)
        places = _DIGITS - math.floor(math.log10(self.high - self.low)) - 1
        if places > 2 * _DIGITS or max(abs(self.low), abs(self.high)) >= 1e6:  # far from what is read at once
            return tuple(number(float(value)) for value in values)
        return tuple(f"{value:.{max(0, places)}f}".replace("-", "−") for value in values)


def field_bar(field: str, fields: Fields, ends: tuple[float, float] | None = None) -> ColourBar:
    """Return the bar of a field.

    Parameters
    ----------
    field
        Name of the field, which ``fields`` has.
    fields
        Values on the films.
    ends
        Of the bar; by default the smallest and the largest value that is shown.
    """
    low, high = fields.range_of(field) if ends is None else ends
    return ColourBar(
        f"{field}, {UNITS[field]}", low, high, _even(fields.constant(field), UNITS[field].split()[0])
    )


def common_ends(field: str, several: Iterable[Fields]) -> tuple[float, float]:
    """Return the smallest and the largest value that is shown of a field in any of several cells."""
    lows, highs = zip(*(fields.range_of(field) for fields in several), strict=True)
    return min(lows), max(highs)


def ramp(steps: int = 16) -> list[str]:
    """Return the colours of a bar from its low end to its high one, ``#rrggbb``."""
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in (field_colours(steps) * 255).round().astype(int)]


@lru_cache
def field_colours(steps: int) -> NDArray[np.float64]:
    """Return the colours of fields from the smallest value to the largest, shape (steps, 3), 0 to 1."""
    import pyvista

    table = pyvista.LookupTable(COLOURS_OF_FIELDS, n_values=_STEPS).values[:, :3] / 255
    return np.asarray(table[np.linspace(0, _STEPS - 1, steps).round().astype(int)], dtype=np.float64)


def _even(constant: Mapping[str, float], unit: str) -> str:
    told = [f"{layer_title(name)} {number(value, 3)} {unit}" for name, value in sorted(constant.items())]
    return f"the same all over: {', '.join(told)}" if told else ""
