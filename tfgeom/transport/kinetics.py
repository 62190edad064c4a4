"""What current an interface passes at a difference of the potentials on its two sides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.searching import last_point

_MOST_STEPS = 100
_ROUNDING = 1e-13
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
        """Return the potential over the face at a current density out of the electrode (A/m²), V.

        ``exp(a x) - 1`` bounds the sum of both exponentials, so the logarithm bounds eta.
        """
        side = self.anodic if density > 0 else 1 - self.anodic
        most = self.thermal_voltage / side * float(np.log1p(abs(density) / self.exchange))

        def margin(size: float) -> float:
            return abs(density) - abs(float(self._at(np.array([np.copysign(size, density)]))[0][0]))

        eta = float(np.copysign(last_point(margin, 0.0, most).value, density))
        return eta + self.contact * density

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
        # R i cannot exceed the drop, and the logarithm bounds eta at that current (as in `drop`): from there
        # a few steps lead down, while from the middle one could go far up the exponential
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
