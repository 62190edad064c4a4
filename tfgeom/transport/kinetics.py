"""What current an interface passes at a difference of the potentials on its two sides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError

_MOST_STEPS = 100
_ROUNDING = 1e-13
_CUBE_ROOT = 1e-5  # of rounding: such a step of third order is the last
_LEAST_HALLEY = 0.5  # of a Newton step's divisor, far from the answer
_LARGEST_EXPONENT = 600.0  # above it exp overflows; no cell gets there

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ButlerVolmer:
    """``i = i0 [exp(alpha eta/V) - exp(-(1 - alpha) eta/V)]``, ``eta = drop - i R``, V = R T/F.

    The Butler-Volmer equation (J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., 2004, ch. 8)
    with an ohmic resistance of the face in series.

    Attributes
    ----------
    exchange
        Exchange current density i0, A/m².
    anodic
        alpha, between 0 and 1.
    thermal_voltage
        R T/F, V.
    contact
        Ohmic resistance of the face, ohm m².
    """

    exchange: float
    anodic: float
    thermal_voltage: float
    contact: float = 0.0

    def current(self, drop: Floats) -> tuple[Floats, Floats]:
        """Return current density out of the electrode (A/m²) and its derivative (S/m²).

        Parameters
        ----------
        drop
            Potential of the electrode over that of the electrolyte, less the equilibrium value, V.

        Raises
        ------
        SolveError
            When the overpotential cannot be found: it is far beyond what a cell can have.
        """
        eta = self._overpotential(drop)
        flow, slope = self._at(eta)
        return flow, slope / (1 + self.contact * slope)

    def drop(self, density: float) -> float:
        """Return the potential over the face at a current density out of the electrode (A/m²), V."""
        side = self.anodic if density > 0 else 1 - self.anodic
        size = self.thermal_voltage * float(overpotential(abs(density) / self.exchange, side))
        return float(np.copysign(size, density)) + self.contact * density

    def _at(self, eta: Floats) -> tuple[Floats, Floats]:
        anodic, cathodic = self.anodic / self.thermal_voltage, (1 - self.anodic) / self.thermal_voltage
        if not max(anodic, cathodic) * float(np.max(np.abs(eta), initial=0.0)) <= _LARGEST_EXPONENT:
            raise SolveError(
                f"an interface would need an overpotential of {np.max(np.abs(eta)):.3g} V: far beyond what "
                "charge transfer can be described at; use a smaller current or voltage"
            )
        forward, backward = np.exp(anodic * eta), np.exp(-cathodic * eta)
        return self.exchange * (forward - backward), self.exchange * (anodic * forward + cathodic * backward)

    def _overpotential(self, drop: Floats) -> Floats:
        """Return eta of ``eta + R i(eta) = drop``: a monotone equation, by Newton steps kept in a bracket."""
        if self.contact == 0.0:
            return drop
        # R i cannot exceed the drop, and the logarithm bounds eta at that current, as exp(a x) - 1 is no more
        # than both exponentials together: from there a few steps lead down, while from the middle one could
        # go far up the exponential
        side = np.where(drop > 0, self.anodic, 1 - self.anodic)
        most = self.thermal_voltage / side * np.log1p(np.abs(drop) / (self.contact * self.exchange))
        eta = np.sign(drop) * np.minimum(np.abs(drop), most)
        low, high = np.minimum(eta, 0.0), np.maximum(eta, 0.0)
        for _ in range(_MOST_STEPS):
            flow, slope = self._at(eta)
            miss = eta + self.contact * flow - drop
            low, high = np.where(miss < 0, eta, low), np.where(miss > 0, eta, high)
            step = -miss / (1 + self.contact * slope)
            there = eta + step
            there = np.where((there < low) | (there > high), (low + high) / 2, there)
            if np.all(np.abs(there - eta) <= _ROUNDING * (np.abs(drop) + self.thermal_voltage)):
                return there
            eta = there
        raise SolveError("the overpotential of an interface was not found: check its exchange current")


def overpotential(ratio: Floats | float, side: float) -> Floats:
    """Return the overpotential over R T/F at which a current passes: the inverse of Butler and Volmer's law.

    Solves ``exp(a x) - exp(-(1 - a) x) = i/i0`` for x >= 0.  For a = 1/2 it is ``2 asinh(i/(2 i0))``.  Else
    steps of Halley's on the logarithm, ``a x + ln(1 - exp(-x))``, from the x of ``x exp(a x) = i/i0``,
    Lambert's function as R. Iacono and J. P. Boyd approximate it (Adv. Comput. Math. 43 (2017) 1403): within
    rounding.

    Parameters
    ----------
    ratio
        Current density over exchange current density, not negative, of any shape.
    side
        a: the coefficient of the direction in which the current passes, alpha for oxidation and 1 - alpha for
        reduction.
    """
    ratio = np.asarray(ratio, dtype=np.float64)
    if side == 0.5:
        return np.asarray(2 * np.arcsinh(ratio / 2))
    size = np.log1p(side * ratio)
    x = size * (1 - np.log1p(size) / (2 + size)) / side
    with np.errstate(divide="ignore", invalid="ignore"):
        wanted = np.log(ratio)
        for _ in range(_MOST_STEPS):
            below = -np.expm1(-x)
            rest = 1 / below - 1
            step = (side * x + np.log(below) - wanted) / (side + rest)
            x = x - step / np.maximum(1 + step * rest * (1 + rest) / (2 * (side + rest)), _LEAST_HALLEY)
            if not np.any(np.abs(step) > _CUBE_ROOT * x):  # none left is nan, where no current passes
                break
    return np.where(ratio > 0, x, 0.0)


def signed_overpotential(ratio: Floats, forward: float) -> tuple[Floats, Floats]:
    """Return the overpotential over R T/F at a signed current, and its derivative by the ratio.

    Parameters
    ----------
    ratio
        Current density over exchange current density, positive one way and negative the other.
    forward
        a of `overpotential` for positive ratios; negative ones have ``1 - forward``.
    """
    size = np.abs(ratio)
    if forward == 0.5:
        return 2 * np.arcsinh(ratio / 2), 1 / np.sqrt(1 + (size / 2) ** 2)
    ahead = ratio >= 0
    side = np.where(ahead, forward, 1 - forward)
    if np.all(ahead) or not np.any(ahead):
        x = overpotential(size, float(side.flat[0]))
    else:
        x = np.where(ahead, overpotential(size, forward), overpotential(size, 1 - forward))
    slope = 1 / (side * np.exp(side * x) + (1 - side) * np.exp((side - 1) * x))
    return np.where(ahead, x, -x), slope
