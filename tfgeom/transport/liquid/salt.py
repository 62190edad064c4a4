"""The salt of a binary liquid electrolyte: what its gradient adds to the loss at steady current.

In a binary 1:1 electrolyte whose activity factor is 1, with constant conductivity kappa, salt diffusivity D
and transference number t of Li+, the current is ``i = -kappa grad phi + (2 R T kappa/F)(1 - t) grad ln c``,
phi measured against a lithium electrode in the liquid.  At steady state the anions stand still, so
``i = -F D/(1 - t) grad c``: c is harmonic, and

    phi = (2 R T/F)(1 - t) ln c + F D/(kappa (1 - t)) c + constant.

The current runs from high to low c and from high to low phi: both losses add (J. Newman, K. E. Thomas-Alyea,
Electrochemical Systems, 3rd ed., 2004, chs. 11 and 12).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.constants import FARADAY, thermal_voltage
from tfgeom.errors import MaterialError
from tfgeom.materials.library import Material
from tfgeom.rows import Numbers, refuse

Floats = NDArray[np.float64]

_EXAMPLES = {
    "diffusivity": "3e-6 cm^2/s",
    "transference_number": "0.3",
    "salt_concentration": "1 mol/L",
}

LIMITING_CURRENT = "limiting_current"
"""Name of the footprint current that no steady discharge reaches, A/m², among the others of a solve."""

SALT_CONSTANTS = tuple(_EXAMPLES)
"""Keys of a liquid's constants that its salt needs besides the ionic conductivity."""


@dataclass(frozen=True, slots=True)
class Salt:
    """A binary 1:1 salt with lithium as its cation, at its mean concentration.

    Attributes
    ----------
    conductivity
        Of the liquid at even concentration, S/m.
    diffusivity
        Of the salt, m²/s.
    transference
        Share of the current that Li+ carries at even concentration, 0 to below 1.
    concentration
        Mean over the liquid, mol/m³: the amount of salt is conserved.
    temperature
        K.
    """

    conductivity: Numbers
    diffusivity: Numbers
    transference: Numbers
    concentration: Numbers
    temperature: Numbers

    @property
    def logarithmic_voltage(self) -> Numbers:
        """``(2 R T/F)(1 - t)``, V: what ln c weighs in the potential."""
        return 2 * thermal_voltage(self.temperature) * (1 - self.transference)

    @property
    def linear_voltage(self) -> Numbers:
        """``F D c0/(kappa (1 - t))``, V: what c over its mean weighs in the potential.

        Times the conductivity it is the current that a gradient of c over its mean drives, so that voltage
        times c over its mean is the potential of an ohmic conductor of the same conductivity.
        """
        flow = FARADAY * self.diffusivity * self.concentration / (1 - self.transference)
        return flow / self.conductivity

    @property
    def effective_conductivity(self) -> Numbers:
        """Of the liquid at a small steady current, S/m: ``1/kappa + 2 R T (1 - t)²/(F² D c0)``, inverted."""
        return self.conductivity / (1 + self.logarithmic_voltage / self.linear_voltage)

    @property
    def concentration_share(self) -> Numbers:
        """Share of the liquid's loss at a small steady current that its salt's gradient makes."""
        return 1 - self.effective_conductivity / self.conductivity

    def potential(self, logarithm: Floats) -> Floats:
        """Return the potential at ``ln(c/c0)``, V; 0 at the mean concentration."""
        return np.asarray(self.linear_voltage * np.expm1(logarithm) + self.logarithmic_voltage * logarithm)

    def logarithm(self, potential: Floats) -> Floats:
        """Return ``ln(c/c0)`` at a potential as `potential` has it, however low.

        ``w + ln w = x`` is solved by Wright's omega function.
        """
        from scipy.special import wrightomega  # a fifth of a second to load, and most cells are without salt

        scale, ratio = self.logarithmic_voltage, self.linear_voltage / self.logarithmic_voltage
        found = potential / scale + ratio - wrightomega(potential / scale + ratio + math.log(ratio))
        # a Newton step restores the digits that the difference of large numbers lost
        slope = self.linear_voltage * np.exp(found) + scale
        return np.asarray(found - (self.potential(found) - potential) / slope)


def liquid_salt(liquid: Material, conductivity: Numbers, temperature: Numbers) -> Salt:
    """Return the salt of a liquid electrolyte.

    Parameters
    ----------
    liquid
        The electrolyte, with `SALT_CONSTANTS`.
    conductivity
        Its ionic conductivity at ``temperature``, S/m.
    temperature
        K.

    Raises
    ------
    MaterialError
        When a constant is not known, or Li+ carries all of the current.
    """
    values: dict[str, Numbers] = {key: liquid.value(key) for key in SALT_CONSTANTS}
    values["diffusivity"] = liquid.value_at("diffusivity", temperature)
    missing = [key for key, value in values.items() if value is None]
    if missing:
        given = ", ".join(f"materials.{liquid.name}.{key}: {_EXAMPLES[key]}" for key in missing)
        raise MaterialError.at(
            "cell.electrolyte",
            f"'{liquid.name}' has no {' and no '.join(missing)} in the library, which electrolyte_model "
            f"'salt' needs; give for example {given}, or use electrolyte_model: ohmic",
        )
    diffusivity, transference, concentration = (values[key] for key in SALT_CONSTANTS)
    all_of_it = f"Li+ carries all of the current in '{liquid.name}' (transference_number 1)"
    refuse(
        transference >= 1,
        lambda: MaterialError.at(
            "cell.electrolyte",
            f"{all_of_it}, so no salt gradient builds up; use electrolyte_model: ohmic",
        ),
        all_of_it,
    )
    return Salt(conductivity, diffusivity, transference, concentration, temperature)
