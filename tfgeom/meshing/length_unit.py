"""Units of length that coordinates can be written in; meshes are made in micrometres."""

import numpy as np
from numpy.typing import NDArray

METRES = {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "m": 1.0}
"""Units of a file's coordinates, each in metres."""
UNITS = tuple(METRES)
"""Their names."""
_UM_IN = {"mm": 1e3, "m": 1e6}


def from_um(um: NDArray[np.float64], unit: str) -> NDArray[np.float64]:
    """Return lengths given in um in one of `UNITS`, each rounded once: equal points stay equal."""
    if unit == "um":
        return um
    return um * 1e3 if unit == "nm" else um / _UM_IN[unit]
