"""Exchange current density of an electrode's face, from its material, its filling and the ions before it."""

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.library import Material
from tfgeom.transport.exchange_forms import exchange_share

Floats = NDArray[np.float64]

_LEAST_IONS = 1e-4  # of those at rest
_HELD = 1e-4  # exchange currents are read inside [held, 1 - held]: they vanish at both ends


def exchange_current(
    material: Material, filled: Floats, temperature: float, ions: Floats | float = 1.0
) -> Floats | None:
    """Return the exchange current density, A/m², in the shape of ``filled``; None where it is not known.

    Parameters
    ----------
    material
        The electrode's.
    filled
        Filled fraction at the face, any shape; read inside 1e-4 and 1 - 1e-4.  Lithium metal does not ask.
    temperature
        K.
    ions
        Concentration of ions before the face over that at rest, in a shape that broadcasts; 1e-4 at least.

    Notes
    -----
    The filling enters by the material's own form, `tfgeom.transport.exchange_forms`.  Ions take part as the
    electrode's vacancies do, with alpha, the anodic coefficient (L.H.J. Raijmakers, D.L. Danilov, R.-A.
    Eichel, P.H.L. Notten, Electrochim. Acta 330 (2020) 135147), whatever the form.
    """
    value = material.value_at("exchange_current", temperature)
    if value is None:
        return None
    size = np.asarray(value * np.maximum(ions, _LEAST_IONS) ** material.anodic_coefficient)
    return np.asarray(size * exchange_share(material, filled, _HELD))
