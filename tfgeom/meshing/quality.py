"""Volumes and Jacobian determinants of trilinear hexahedra."""

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_GAUSS = 0.5 + np.array([-0.5, 0.5]) / math.sqrt(3)
_CORNERS = np.array(
    [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], dtype=float
)


class HexQuality(NamedTuple):
    """Volume, smallest det J at a Gauss point, and that over the volume, of hexahedra; each of shape (n,)."""

    volumes: NDArray[np.float64]
    jacobian: NDArray[np.float64]
    relative_jacobian: NDArray[np.float64]


def shape_gradients(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gradients of the eight trilinear functions at points of the unit cube.

    Parameters
    ----------
    points
        Shape (n, 3), each in 0..1.

    Returns
    -------
    ndarray
        Shape (n, 8, 3), corners in VTK order.
    """
    factor = np.where(_CORNERS[None] > 0, points[:, None, :], 1 - points[:, None, :])
    slope = np.where(_CORNERS > 0, 1.0, -1.0)
    gradients = np.empty((len(points), 8, 3))
    for axis in range(3):
        others = [other for other in range(3) if other != axis]
        gradients[:, :, axis] = slope[None, :, axis] * factor[:, :, others].prod(axis=2)
    return gradients


def hex_quality(corners: NDArray[np.float64]) -> HexQuality:
    """Return volumes and Jacobians of hexahedra.

    The determinant of a trilinear map is quadratic in each direction, so two Gauss points a direction
    integrate it exactly.

    Parameters
    ----------
    corners
        Shape (n, 8, 3), VTK order.

    Returns
    -------
    HexQuality
        ``jacobian`` is the smallest determinant over the 2 x 2 x 2 Gauss points of the unit cube, in the
        cubed unit of ``corners``; ``relative_jacobian`` the same over the hexahedron's volume.
    """
    gauss = np.array(list(itertools.product(_GAUSS, repeat=3)))
    smallest = np.full(len(corners), np.inf)
    volumes = np.zeros(len(corners))
    # Relative to one corner: a thin film far from the origin would lose digits.
    local = corners - corners[:, :1]
    for gradients in shape_gradients(gauss):
        determinants = np.linalg.det(np.einsum("aj,nac->ncj", gradients, local))
        volumes += determinants / len(gauss)
        smallest = np.minimum(smallest, determinants)
    return HexQuality(volumes, smallest, smallest / np.where(volumes > 0, volumes, np.inf))
