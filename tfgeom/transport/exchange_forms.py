"""How an exchange current follows the filling of its electrode's face: one place for every model of rates."""

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.library import Material

Floats = NDArray[np.float64]


def exchange_share(material: Material, filled: Floats, held: float) -> Floats:
    """Return the exchange current over that at half filling, in the shape of ``filled``.

    Parameters
    ----------
    material
        The electrode's, whose exchange current is known.
    filled
        Filled fraction at the face, any shape.
    held
        It is read inside ``held`` and ``1 - held``: most forms vanish at an end.

    Notes
    -----
    ``occupancy``: ``(s/0.5)^(1 - a) ((1 - s)/0.5)^a`` of the filled fraction s, a the anodic coefficient
    (J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., 2004, section 22.4: vacancies take up,
    occupied places give).  ``stoichiometry``: the same of the host's stoichiometry x, as its open-circuit
    curve counts it (L. H. J. Raijmakers et al., Electrochim. Acta 330 (2020) 135147: ``sqrt(x (1 - x))``).
    ``table``: as the material's table says.  Else, and of lithium metal, 1.
    """
    known = material.get("exchange_current")
    if known is None or material.is_lithium_metal or known.form in (None, "constant"):
        return np.ones_like(filled)
    alpha, s = material.anodic_coefficient, np.minimum(np.maximum(filled, held), 1 - held)
    if known.form == "occupancy":
        return np.asarray(2 * s ** (1 - alpha) * (1 - s) ** alpha)
    curve = material.open_circuit
    if known.table is not None:
        return np.asarray(known.table.over_filling(s, curve) / known.value)
    empty, full = (0.0, 1.0) if curve is None else curve.window
    x, half = np.clip(empty + (full - empty) * s, held, 1 - held), (empty + full) / 2
    return np.asarray((x / half) ** (1 - alpha) * ((1 - x) / (1 - half)) ** alpha)
