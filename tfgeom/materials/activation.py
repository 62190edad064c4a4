"""How constants follow the temperature: Arrhenius, each with an activation energy of its own.

One of unknown activation energy takes `DEFAULT` at every temperature but the one at which it holds: with a
constant exchange current the resistance of charge transfer, R T/(F i0), would fall on cooling.
"""

from tfgeom.constants import FARADAY, GAS_CONSTANT
from tfgeom.rows import Numbers, exponential

ENERGY_OF = {
    "exchange_current": ("exchange_current.activation_energy",),
    "two_phase.D_alpha": ("diffusivity.activation_energy",),
    "two_phase.D_beta": ("diffusivity.activation_energy",),
    "diffusivity": ("diffusivity.activation_energy",),
    "electronic_conductivity": ("electronic_conductivity.activation_energy", "activation_energy"),
    "resistivity": ("activation_energy",),
    "ionic_conductivity": ("activation_energy",),
}
"""Constants that follow the temperature, and under which keys their activation energy may stand; the first of
them is where a default is shown."""

METALLIC = 2e4
"""Of electrons, S/m, from which on they need no activation: Mott's least metallic conductivity is
of the order of 200 S/cm (N. F. Mott, Metal-Insulator Transitions, 2nd ed., 1990)."""

_EV = FARADAY  # J/mol
DEFAULT, DEFAULT_LOW, DEFAULT_HIGH = 0.5 * _EV, 0.3 * _EV, 0.7 * _EV
"""Activation energy where none is known, and its band, J/mol."""
DEFAULT_SOURCE = "the default where none is known: lithium moves and reacts in solids with 0.3 to 0.7 eV"


def arrhenius(energy: Numbers, temperature: Numbers, reference: Numbers) -> Numbers:
    """Return a constant at ``temperature`` over its value at ``reference``, both K.

    ``exp(-(E/R)(1/T - 1/T_ref))``, E in J/mol (S. Arrhenius, Z. Phys. Chem. 4 (1889) 226).
    """
    return exponential(-energy / GAS_CONSTANT * (1 / temperature - 1 / reference))
