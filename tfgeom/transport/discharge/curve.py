"""One constant-current discharge as a curve, whichever model ran it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A discharge of one cell at a constant footprint current, per m² of footprint.

    Attributes
    ----------
    current
        A/m².
    time, charge, voltage, open_circuit
        s, C/m² delivered, V at the terminals, V at rest (`tfgeom.transport.discharge.ledger`); shape (m,), at
        least one point.
    energy
        Delivered, J/m².
    lost
        J/m² by (part, mechanism); with ``energy`` they add up to the integral of ``open_circuit`` by charge.
    """

    current: float
    time: Floats
    charge: Floats
    voltage: Floats
    open_circuit: Floats
    energy: float
    lost: Mapping[tuple[str, str], float]
