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


def charge_transfer(half: Half, filled: float, density: float, oxidised: bool, ions: float = 1.0) -> float:
    """How much voltage the face loses (V, in the sign of ``density``), found by bracketing Butler and Volmer's law.

    ``oxidised``: whether a positive density oxidises this electrode (the anode on discharge); ``ions``: how many
    there are before the face over those at rest, which take part with the anodic coefficient.
    """
    i0 = float(exchange_current(half, np.array(filled))) * ions**half.anodic
    if np.isinf(i0) or density == 0.0:
        return 0.0
    forward, back = (half.anodic, 1 - half.anodic) if oxidised else (1 - half.anodic, half.anodic)
    law = lambda x: i0 * (np.exp(forward * x) - np.exp(-back * x)) - density  # noqa: E731
    return THERMAL * float(brentq(law, -80.0, 80.0, xtol=1e-13, rtol=1e-14))


def slab_voltage(
    cell: Columns, times: Floats, breaks: Floats, currents: Floats, ions: tuple[Floats, Floats] | None = None
) -> Floats:
    """Terminal voltage at ``times`` while ``currents[k]`` (A/m², positive on discharge) holds from ``breaks[k]`` on.

    Exact for flat films of constant diffusivity.  At a time that is a break the current after it counts.  ``ions``:
    before the cathode's and the anode's face at ``times``, over those at rest.
    """
    now = currents[np.searchsorted(breaks, times, side="right") - 1]
    voltage = -now * cell.resistance[0]
    there = (np.ones_like(times), np.ones_like(times)) if ions is None else ions
    for half, sign, before in ((cell.cathode, 1, there[0]), (cell.anode, -1, there[1])):
        face = np.full_like(times, half.start)
        if half.diffusivity is not None:
            diffusion = float(half.thickness[0]) ** 2 / half.diffusivity
            face = face_filling(times, breaks, sign * currents / half.capacity, diffusion, half.start)
        face = np.clip(face, CLIP, 1 - CLIP)
        potential = evaluated(half.potential, np)(face)
        lost = [
            charge_transfer(half, s, i, sign < 0, c)
            for s, i, c in zip(face, now / half.face[0], before, strict=True)
        ]
        voltage = voltage + sign * potential - np.array(lost)
    return np.asarray(voltage)
