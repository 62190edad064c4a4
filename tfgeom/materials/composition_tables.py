"""Constants that change with the composition, as tables over the coordinate of the open-circuit curve.

Between the points the logarithm follows a monotone cubic (PCHIP), beyond them it stays what it is at the end.
What knows no composition counts on one value: that stated beside the table, or else one of the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tfgeom.materials.open_circuit import OpenCircuit

if TYPE_CHECKING:
    from scipy.interpolate import PchipInterpolator

    from tfgeom.materials.material import Property

Floats = NDArray[np.float64]

_EVEN = np.linspace(0.0, 1.0, 1001)
_BEYOND = 0.1  # of the window, that a table may leave out at each end


@dataclass(frozen=True, slots=True)
class CompositionTable:
    """A constant over the composition.

    Attributes
    ----------
    x, values
        Coordinates of the open-circuit curve, rising, and SI values, more than 0; as many of both, 2 or more.
    implied
        Whether the single value is the table's own, because nobody stated one beside it.

    Raises
    ------
    ValueError
        If they are no such table.
    """

    x: tuple[float, ...]
    values: tuple[float, ...]
    implied: bool = True

    def __post_init__(self) -> None:
        if len(self.x) != len(self.values):
            raise ValueError(
                f"x has {len(self.x)} numbers and what belongs to them {len(self.values)}; as many of both"
            )
        if len(self.x) < 2:
            raise ValueError("needs 2 points or more; a single one is a value")
        for place, (left, right) in enumerate(pairwise(self.x), 2):
            if not left < right:
                raise ValueError(
                    f"x must rise from point to point: point {place} is {right:g} after {left:g}"
                )

    def at(self, x: ArrayLike) -> Floats:
        """Return the values at coordinates of any shape."""
        inside = np.clip(np.asarray(x, dtype=np.float64), self.x[0], self.x[-1])
        return np.asarray(np.exp(_logarithm(self.x, self.values)(inside)))

    def over_filling(self, filled: ArrayLike, curve: OpenCircuit | None) -> Floats:
        """Return the values at filled fractions of any shape; without a curve, x is the filled fraction."""
        empty, full = (0.0, 1.0) if curve is None else curve.window
        return self.at(empty + (full - empty) * np.asarray(filled, dtype=np.float64))

    def log_mean(self, curve: OpenCircuit | None) -> float:
        """Return the geometric mean over the window of the curve."""
        return float(np.exp(np.trapezoid(np.log(self.over_filling(_EVEN, curve)), _EVEN)))

    def misses(self, curve: OpenCircuit | None) -> str:
        """Return what is wrong where the table leaves out a tenth of the curve's window; empty where not."""
        window = (0.0, 1.0) if curve is None else curve.window
        low, high = min(window), max(window)
        if max(self.x[0] - low, high - self.x[-1]) <= _BEYOND * (high - low):
            return ""
        return (
            f"x runs from {self.x[0]:g} to {self.x[-1]:g}, the window of the open-circuit curve from {low:g} "
            f"to {high:g}; give x on the same coordinate, over that window"
        )


@cache
def _logarithm(x: tuple[float, ...], values: tuple[float, ...]) -> "PchipInterpolator":
    from scipy.interpolate import PchipInterpolator

    return PchipInterpolator(x, np.log(values))


def fault_of_exchange(properties: Mapping[str, "Property"], curve: OpenCircuit | None) -> str:
    """Return what is wrong with an exchange current over the host's stoichiometry; empty where nothing is."""
    known = properties.get("exchange_current")
    if known is None or known.form != "stoichiometry":
        return ""
    window = (0.0, 1.0) if curve is None else curve.window
    if min(window) >= 0 and max(window) <= 1:
        return ""
    return (
        "form stoichiometry needs an open-circuit curve over the host's stoichiometry, from 0 to 1; its "
        f"window is {list(window)}"
    )


LOG_MEAN = "the log-mean of its table over the window, where one value has to do"
HALF_FILLED = "half filled, of its table, where one value has to do"


def settled(properties: Mapping[str, "Property"], curve: OpenCircuit | None) -> dict[str, "Property"]:
    """Return constants with the single values of those tables beside which nobody stated one."""
    found = dict(properties)
    for key, known in properties.items():
        table = known.table
        if table is None or not table.implied:
            continue
        halves = key == "exchange_current"
        value = float(table.over_filling(0.5, curve)) if halves else table.log_mean(curve)
        value = float(f"{value:.4g}")  # no more digits than tables carry
        words = HALF_FILLED if halves else LOG_MEAN
        note = known.note if words in known.note else "; ".join(filter(None, (known.note, words)))
        found[key] = replace(known, value=value, note=note)
    return found
