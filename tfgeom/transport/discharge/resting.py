"""Columns at rest: at one voltage they share what has passed, each with the lithium it was made with.

Between films lithium moves within a column, so that at rest between two films each column keeps its own, and
the collectors let charge from column to column until all have one voltage.  Of all that columns may hold
after the same charge this is what holds least free energy: no discharge from there delivers more than the
integral of this voltage by the charge (the second law; potentials fall as films are filled, so that the free
energy is convex).  The voltage of the mean composition is that of a cell whose films pass lithium along
themselves too: columns of unequal fillings may lie above it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tfgeom.transport.discharge.column_voltages import Side

Floats = NDArray[np.float64]

_VALUES, _FEWEST, _MOST = 200_000, 300, 3000  # of the table: in all, and for one column
_NEAREST, _NEAR = 1e-8, 0.02  # of a filling: how close to an end points crowd, and from where on
_BEYOND = 1e-3  # of a filling past full or empty: the potential there is 10 V off
_APART = 1e-6  # V


class Resting:
    """How columns between two films rest, from a table of what each has passed at voltages.

    Within the table voltage and charges are linear: a column's charges add up to what they share exactly.

    Parameters
    ----------
    sides
        Cathode and anode, both films.
    """

    def __init__(self, sides: "tuple[Side, Side]") -> None:
        self.sides = sides
        size = sides[0].rate.size
        self._starts = [np.broadcast_to(side.electrode.filled, (size,)) for side in sides]
        points = _crowded(int(np.clip(_VALUES // size, _FEWEST, _MOST)))[:, np.newaxis]
        ends = [
            np.sort(np.stack([-start, 1 - start]) / side.rate, axis=0)
            for start, side in zip(self._starts, sides, strict=True)
        ]
        low, high = np.maximum(ends[0][0], ends[1][0]), np.minimum(ends[0][1], ends[1][1])
        over = _BEYOND / max(float(np.abs(side.rate).max()) for side in sides)
        inside = low + points * (high - low)
        charge = np.concatenate([[low - over], inside, [high + over]])
        voltage = sum(self._potentials(charge))
        voltage = -np.maximum.accumulate(-voltage, axis=0)  # a curve may rise by rounding
        every = np.sort(voltage, axis=None)  # levels lie as close as voltages do
        levels = np.unique(every[np.linspace(0, every.size - 1, len(points)).astype(np.intp)])
        own = [
            np.interp(levels, voltage[::-1, column], charge[::-1, column]) for column in range(size)
        ]  # falls as the level rises
        self._levels, self._charges = levels[::-1], np.array(own).T[::-1]
        self._passed = self._charges.sum(axis=1)

    def _potentials(self, charge: Floats) -> list[Floats]:
        """Return each electrode's share of the voltage of columns that have passed ``charge``, C/m²."""
        return [
            side.electrode.sign * side.potential(start + side.rate * charge)
            for side, start in zip(self.sides, self._starts, strict=True)
        ]

    def _shared(self, passed: float) -> tuple[float, Floats]:
        """Return the voltage at rest and what each column has passed where they have ``passed`` together."""
        after = int(np.clip(np.searchsorted(self._passed, passed), 1, len(self._levels) - 1))
        before = self._passed[after - 1]
        part = (passed - before) / (self._passed[after] - before)
        level = self._levels[after - 1] + part * (self._levels[after] - self._levels[after - 1])
        charge = self._charges[after - 1] + part * (self._charges[after] - self._charges[after - 1])
        return float(level), charge

    def starts(self) -> tuple[Floats, Floats]:
        """Return the filled fractions of both films' columns at the start, at one voltage.

        What a column holds that is full or empty there lies past its end by as much as the others' voltage
        asks for.
        """
        if float(np.ptp(sum(self._potentials(np.zeros_like(self._starts[0]))))) <= _APART:
            return self._starts[0], self._starts[1]
        _, charge = self._shared(0.0)
        found = [start + side.rate * charge for side, start in zip(self.sides, self._starts, strict=True)]
        return found[0], found[1]

    def energy(self, charge: float, lowest: float) -> float:
        """Return what the first ``charge`` (C/m²) gives at rest, J/m², or what leads to ``lowest`` (V)."""
        end = min(charge, float(np.interp(-lowest, -self._levels, self._passed)))
        inside = self._passed[(self._passed > 0) & (self._passed < end)]
        passed = np.concatenate([[0.0], inside, [end]])
        levels = np.interp(passed, self._passed, self._levels)
        return float(np.sum(np.diff(passed) * (levels[1:] + levels[:-1]) / 2))

    def shares(self, means: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Return each electrode's share of the voltage at rest, V, shape (n,) each; sums are one voltage.

        Parameters
        ----------
        means
            Mean filled fractions of cathode and anode, shape (n,) each: what they have passed together is
            shared.
        """
        level, charge = self._shared(float(np.sum((means[0] - self._starts[0]) / self.sides[0].rate)))
        of_cathode = self._potentials(charge)[0]
        return of_cathode, level - of_cathode


def _crowded(count: int) -> Floats:
    """Return about so many points from 0 to 1, crowded at both ends."""
    near = np.geomspace(_NEAREST, _NEAR, count // 5)
    return np.unique(
        np.concatenate([[0.0], near, np.linspace(_NEAR, 1 - _NEAR, count // 2), 1 - near, [1.0]])
    )
