"""The exact filled fraction at the face of a slab under any staircase of currents, by superposition.

A constant rate r (of the mean filled fraction, 1/s) into one face of a slab whose other face is blocked moves the
face's filled fraction by r G(t).  With T = L²/D (Carslaw and Jaeger, Conduction of Heat in Solids, 2nd ed., 3.8)

    G = t + T [1/3 - (2/pi²) sum exp(-n² pi² t/T)/n²]
      = 2 sqrt(t T) [1/sqrt(pi) + 2 sum ierfc(n sqrt(T/t))],

the second for short times; both sums are taken where few terms reach rounding.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc

Floats = NDArray[np.float64]

_SHORT = 0.15
_IMAGES, _TERMS = 6, 6


def step_response(time: Floats, diffusion: float) -> Floats:
    """G at times (s, any shape; 0 before the step) for a diffusion time L²/D (s), s."""
    t = np.asarray(time, dtype=float)
    share = np.maximum(t, 0.0) / diffusion
    n = np.arange(1, _TERMS + 1).reshape(-1, *(1,) * t.ndim)
    late = share + 1 / 3 - (2 / np.pi**2) * np.sum(np.exp(-((n * np.pi) ** 2) * share) / n**2, axis=0)
    safe = np.where(share > 0, share, 1.0)
    k = np.arange(1, _IMAGES + 1).reshape(-1, *(1,) * t.ndim) / np.sqrt(safe)
    images = np.exp(-(k**2)) / np.sqrt(np.pi) - k * erfc(k)
    early = 2 * np.sqrt(safe) * (1 / np.sqrt(np.pi) + 2 * images.sum(axis=0))
    return np.where(share <= 0, 0.0, diffusion * np.where(share < _SHORT, early, late))


def face_filling(times: Floats, breaks: Floats, rates: Floats, diffusion: float, start: float) -> Floats:
    """Filled fraction at the face at ``times`` (m,) while ``rates[k]`` (1/s) holds from ``breaks[k]`` on (k,).

    At a break the answer is the one just before and just after: the face does not jump.
    """
    jumps = np.diff(rates, prepend=0.0)
    response = np.zeros_like(times)
    for jump, begins in zip(jumps, breaks, strict=True):
        response += jump * step_response(times - begins, diffusion)
    return start + response


def mean_filling(times: Floats, breaks: Floats, rates: Floats, start: float) -> Floats:
    """Mean filled fraction at ``times``."""
    jumps = np.diff(rates, prepend=0.0)
    return start + np.maximum(times[:, None] - breaks, 0.0) @ jumps


def late_face_filling(
    times: Floats, breaks: Floats, rates: Floats, earlier: float, mean: Floats, diffusion: float
) -> Floats:
    """The same late in a long life: ``breaks`` are those of the last few diffusion times, ``earlier`` the rate before.

    What is older than five of them leads by its quasi-steady T/3 to 1e-21, and counts in the ``mean`` at ``times``.
    """
    jumps = np.diff(rates, prepend=earlier)
    lead = np.full(times.shape, earlier * diffusion / 3)
    for jump, begins in zip(jumps, breaks, strict=True):
        passed = np.maximum(times - begins, 0.0)
        lead += jump * (step_response(passed, diffusion) - passed)
    return np.asarray(mean + lead)
