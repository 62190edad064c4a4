"""The current density of a potential: minus the conductivity times its gradient at the middle of an element.

Files, pages and the viewer all take it from here.
"""

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.quality import shape_gradients
from tfgeom.units import UM

Floats = NDArray[np.float64]

_QUAD = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2  # shape gradients at the middle of a quadrilateral


def current_density(corners_um: Floats, potential: Floats, conductivity: Floats | float) -> Floats:
    """Return the current density at the middle of elements, A/m², shape (n, d); nan where one has no volume.

    Parameters
    ----------
    corners_um
        Corners of hexahedra, (n, 8, 3), or of quadrilaterals in a plane of the current, (n, 4, 2), um.
    potential
        At the corners, V, (n, 8) or (n, 4).
    conductivity
        S/m, a number or shape (n,).
    """
    shapes = _QUAD if corners_um.shape[1] == len(_QUAD) else shape_gradients(np.full((1, 3), 0.5))[0]
    maps = np.einsum("aj,nac->ncj", shapes, corners_um - corners_um[:, :1])
    slopes = (potential - potential[:, :1]) @ shapes
    void = np.linalg.det(maps) == 0
    maps[void] = np.eye(maps.shape[1])
    gradients = np.linalg.solve(np.swapaxes(maps, 1, 2), slopes[..., None])[..., 0]
    gradients[void] = np.nan
    return np.asarray(-np.asarray(conductivity)[..., None] * gradients / UM)
