"""The voltage of a planar cell whose faces' filled fractions are known, in the plain words of the equations."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from tests.film_oracles.cells import CLIP, THERMAL, Columns, Half, evaluated
from tests.film_oracles.superposition import face_filling

Floats = NDArray[np.float64]


def exchange_current(half: Half, filled: Floats) -> Floats:
    """A/m² at filled fractions of the face; infinite where none is stated."""
    if half.exchange is None:
        return np.full_like(filled, np.inf)
    if not half.occupancy:
        return np.full_like(filled, half.exchange)
    a = half.anodic
    return np.asarray(half.exchange * (filled / 0.5) ** (1 - a) * ((1 - filled) / 0.5) ** a)


def charge_transfer(half: Half, filled: float, density: float, oxidised: bool) -> float:
    """How much voltage the face loses (V, in the sign of ``density``), found by bracketing Butler and Volmer's law.

    ``oxidised``: whether a positive density oxidises this electrode (the anode on discharge).
    """
    i0 = float(exchange_current(half, np.array(filled)))
    if np.isinf(i0) or density == 0.0:
        return 0.0
    forward, back = (half.anodic, 1 - half.anodic) if oxidised else (1 - half.anodic, half.anodic)
    law = lambda x: i0 * (np.exp(forward * x) - np.exp(-back * x)) - density  # noqa: E731
    return THERMAL * float(brentq(law, -80.0, 80.0, xtol=1e-13, rtol=1e-14))


def slab_voltage(cell: Columns, times: Floats, breaks: Floats, currents: Floats) -> Floats:
    """Terminal voltage at ``times`` while ``currents[k]`` (A/m², positive on discharge) holds from ``breaks[k]`` on.

    Exact for flat films of constant diffusivity.  At a time that is a break the current after it counts.
    """
    now = currents[np.searchsorted(breaks, times, side="right") - 1]
    voltage = -now * cell.resistance[0]
    for half, sign in ((cell.cathode, 1), (cell.anode, -1)):
        face = np.full_like(times, half.start)
        if half.diffusivity is not None:
            diffusion = float(half.thickness[0]) ** 2 / half.diffusivity
            face = face_filling(times, breaks, sign * currents / half.capacity, diffusion, half.start)
        face = np.clip(face, CLIP, 1 - CLIP)
        potential = evaluated(half.potential, np)(face)
        lost = [charge_transfer(half, s, i, sign < 0) for s, i in zip(face, now / half.face[0], strict=True)]
        voltage = voltage + sign * potential - np.array(lost)
    return np.asarray(voltage)
