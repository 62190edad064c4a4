"""Exchange current density of an electrode's face, from its material, its filling and the ions before it."""

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.library import Material

Floats = NDArray[np.float64]

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
        Concentration of ions before the face over that at rest, in a shape that broadcasts.

    Notes
    -----
    Form ``occupancy``: ``i0 (s/0.5)^(1-alpha) ((1-s)/0.5)^alpha``, alpha the anodic coefficient; ions take
    part as the electrode's vacancies do, with alpha (L.H.J. Raijmakers, D.L. Danilov, R.-A. Eichel, P.H.L.
    Notten, Electrochim. Acta 330 (2020) 135147).  What does not depend on the filling does on the ions alike.
    """
    value = material.value_at("exchange_current", temperature)
    if value is None:
        return None
    alpha = material.anodic_coefficient
    known = material.get("exchange_current")
    size = np.asarray(value * np.asarray(ions, dtype=np.float64) ** alpha)
    if known is None or known.form != "occupancy" or material.is_lithium_metal:
        return size * np.ones_like(filled)
    s = np.clip(filled, _HELD, 1 - _HELD)
    return np.asarray(size * 2 * s ** (1 - alpha) * (1 - s) ** alpha)
