"""What an uncertain number may be: distributions by their quantiles, so that Sobol' points become samples."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]

WIDE = 3.0
"""A band whose high end is more than this many times its low end is even over the logarithm."""


class Distribution(Protocol):
    """What an uncertain number may be."""

    def at(self, shares: Floats) -> Floats:
        """Return the quantiles at shares of probability between 0 and 1, shape (n,)."""

    @property
    def words(self) -> str:
        """What it is, in words."""


@dataclass(frozen=True, slots=True)
class LogUniform:
    """Even over the logarithm, from ``low`` to ``high``, both above 0."""

    low: float
    high: float

    def at(self, shares: Floats) -> Floats:
        """Return ``low (high/low)^share``."""
        found: Floats = self.low * (self.high / self.low) ** shares
        return found

    @property
    def words(self) -> str:
        """What it is, in words."""
        return "even over the logarithm"


@dataclass(frozen=True, slots=True)
class Triangular:
    """Most likely at ``mode``, less so in a straight line to ``low`` and ``high``."""

    low: float
    mode: float
    high: float

    def at(self, shares: Floats) -> Floats:
        """Return the quantiles: the inverse of two parabolas that meet at the mode."""
        low, mode, high = self.low, self.mode, self.high
        width = high - low
        below = (mode - low) / width
        rising = low + np.sqrt(shares * width * (mode - low))
        falling = high - np.sqrt((1 - shares) * width * (high - mode))
        return np.where(shares < below, rising, falling)

    @property
    def words(self) -> str:
        """What it is, in words."""
        return "a triangle around the value"


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal around ``mean`` with a standard deviation."""

    mean: float
    deviation: float

    def at(self, shares: Floats) -> Floats:
        """Return the quantiles."""
        found: Floats = self.mean + self.deviation * ndtri(shares)
        return found

    @property
    def words(self) -> str:
        """What it is, in words."""
        return "normal"


def of_band(low: float, value: float, high: float) -> Distribution | None:
    """Return what a value with a band may be; None where the band has no width.

    A value outside its own band widens it: what was found once can be found again.
    """
    low, high = min(low, value), max(high, value)
    if not low < high:
        return None
    if low > 0 and high / low > WIDE:
        return LogUniform(low, high)
    return Triangular(low, value, high)
