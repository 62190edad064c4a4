"""The electrodes of a cell as they discharge at rest: what they hold, where they start, how they fill."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.rows import Numbers

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Side:
    """One electrode during discharge; numbers of one cell, or of n in arrays of shape (n,).

    Attributes
    ----------
    curve
        Its open-circuit curve.
    room
        Capacity, C per m² of footprint; infinite for lithium metal.
    start
        Filled fraction of the charged cell.
    filling
        +1 when discharge fills it, -1 when it empties it.
    polarity
        +1 for the positive electrode, -1 for the negative one.
    """

    curve: OpenCircuit
    room: Numbers
    start: Numbers
    filling: int
    polarity: int


def cell_voltage(sides: Sequence[Side], charge: FloatArray, kelvin: Numbers) -> FloatArray:
    """Return the open-circuit voltage (V) after ``charge`` (C/m²) was delivered by the charged cell."""
    voltage = np.zeros_like(charge)
    for side in sides:
        filled = side.start + side.filling * charge / side.room
        voltage = voltage + side.polarity * side.curve.held_inside(filled, kelvin)
    return voltage
