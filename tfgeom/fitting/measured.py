"""What was measured: numbers at points, each of a group that is one discharge or one pulse."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

Kind = Literal["rate", "curves", "pulses"]
"""Capacities at rates; voltage curves at constant currents; voltage under pulses and rests."""
KINDS: tuple[Kind, ...] = ("rate", "curves", "pulses")
Quantity = Literal["capacity", "utilisation", "voltage"]


@dataclass(frozen=True, slots=True)
class Group:
    """Points that stand or fall together when some are held out: one rate, one curve, one pulse.

    Attributes
    ----------
    label
        What tables call it: ``10C``, ``0.5 mA/cm^2``, ``pulse 3``.
    c_rate, current
        What it was discharged at: a C-rate, or a footprint current, A/m²; neither of a pulse.
    """

    label: str
    c_rate: float | None = None
    current: float | None = None


@dataclass(frozen=True)
class Measured:
    """Measured numbers; arrays of shape (m,), one entry a point.

    Attributes
    ----------
    file
        Name of the file.
    form
        What it holds.
    quantity
        What ``values`` are: C/m² of footprint, a share of the usable capacity, or V at the terminals.
    values
        The numbers.
    lines
        Line of the file that each stands on.
    groups
        What was measured together, in the order of the file.
    of_group
        Index of each point's group.
    charge, time
        Of curves, one of them: C/m² delivered, or s since the discharge began.  Of pulses s since the start.
    current
        Of pulses: A/m² of footprint that has flowed since the point before, positive on discharge.
    """

    file: str
    form: Kind
    quantity: Quantity
    values: Floats
    lines: Ints
    groups: tuple[Group, ...]
    of_group: Ints
    charge: Floats | None = None
    time: Floats | None = None
    current: Floats | None = None

    @property
    def size(self) -> int:
        """Number of points."""
        return int(self.values.size)

    @property
    def has_one_rate(self) -> bool:
        """Whether all there is are capacities at one rate."""
        return self.form == "rate" and len(self.groups) == 1

    def points_of(self, groups: frozenset[int]) -> NDArray[np.bool_]:
        """Return which points belong to groups of these indices, shape (m,)."""
        return np.isin(self.of_group, sorted(groups))
