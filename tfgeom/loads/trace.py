"""A load as a trace: constant from each break to the next, over one period."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.spelling.dimensions import DIMENSIONS

Floats = NDArray[np.float64]

MOST_STEPS = 200_000
"""Steps of a trace, equal neighbours merged."""
DRAWS: Mapping[str, tuple[str, bool]] = {
    "current": ("current", False),
    "current_density": ("current", True),
    "power": ("power", False),
    "power_density": ("power", True),
}
"""Dimension of what is drawn, to whether that is a current or a power, and whether it is per footprint."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What is drawn over one period.

    Attributes
    ----------
    seconds
        Length of each step, s, shape (k,).
    values
        What each draws, in the SI unit of the dimension, shape (k,); neighbours differ.
    dimension
        Key of `DRAWS`.
    source
        Where it comes from; empty where nobody says.
    """

    seconds: Floats
    values: Floats
    dimension: str
    source: str = ""

    def __post_init__(self) -> None:
        """Make the arrays read-only: a design is never changed."""
        self.seconds.setflags(write=False)
        self.values.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        """Return whether both draw the same, from the same source."""
        return isinstance(other, Trace) and (
            (self.dimension, self.source) == (other.dimension, other.source)
            and np.array_equal(self.seconds, other.seconds)
            and np.array_equal(self.values, other.values)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def period(self) -> float:
        """How long it lasts, s."""
        return float(self.seconds.sum())

    @property
    def drawn(self) -> float:
        """Integral over one period: C or J, per m² of footprint where the load is."""
        return float(self.seconds @ self.values)

    @property
    def mean(self) -> float:
        """Mean of what is drawn, in the SI unit of the dimension."""
        return self.drawn / self.period

    @property
    def breaks(self) -> Floats:
        """Start of each step and end of the last, s, shape (k + 1,)."""
        return np.concatenate(([0.0], np.cumsum(self.seconds)))

    def to_mapping(self) -> dict[str, Any]:
        """Return the lists that a design file holds, times and values in SI units."""
        unit = DIMENSIONS[self.dimension].si.replace("/", "_").replace("^", "")
        found: dict[str, Any] = {"source": self.source} if self.source else {}
        kind = DRAWS[self.dimension][0]
        return found | {"seconds": self.seconds.tolist(), f"{kind}_{unit}": self.values.tolist()}


def merged(seconds: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return steps of which neighbours differ: those that draw the same are one."""
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    return np.add.reduceat(seconds, starts), values[starts]


def in_si(numbers: Floats, unit: float) -> Floats:
    """Return numbers in SI units, ``unit`` of them to one: 50 uA is the float 5e-05, as text reads it."""
    inverse = round(1 / unit) if unit < 1 else 0
    return numbers / inverse if inverse and abs(inverse * unit - 1) < 1e-15 else numbers * unit
