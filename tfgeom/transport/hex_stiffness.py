"""Stiffness matrices of trilinear hexahedra, all at once.

At a Gauss point ``grad N = C dN/det`` with C the cofactors of the map from the unit cube, so the integrand is
``dN_a . (C^T C/det) . dN_b``: six numbers a point, which one fixed matrix turns into the pairs of corners.
No inverse is formed, and nearly all the work is two matrix products.
"""

import itertools
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.quality import shape_gradients

_GAUSS = 0.5 + np.array([-0.5, 0.5]) / np.sqrt(3)
_SHAPES = shape_gradients(np.array(list(itertools.product(_GAUSS, repeat=3))))  # (8 points, 8 corners, 3)
_PAIRS = np.triu_indices(8)
_AXES = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (2, 0))
# (36 pairs, 6 metrics x 8 points): what each metric adds to each pair, the weight 1/8 of a point included
_PRODUCTS = np.array(
    [
        [
            (
                _SHAPES[point, a, i] * _SHAPES[point, b, j]
                + (_SHAPES[point, a, j] * _SHAPES[point, b, i] if i != j else 0.0)
            )
            / 8
            for i, j in _AXES
            for point in range(8)
        ]
        for a, b in zip(*_PAIRS, strict=True)
    ]
)
_WHERE = np.zeros((8, 8), dtype=np.int64)
_WHERE[_PAIRS] = np.arange(36)
_WHERE = np.maximum(_WHERE, _WHERE.T)

Floats = NDArray[np.float64]
Kernel: TypeAlias = Callable[[Floats, Floats], Floats]
"""Who integrates over hexahedra: corners and conductivities in, matrices out, as `hex_stiffness`."""


def hex_stiffness(corners: Floats, sigma: Floats) -> Floats:
    """Return the integrals of ``sigma grad N_a . grad N_b`` over hexahedra.

    Parameters
    ----------
    corners
        Corners in VTK order, shape (n, 8, 3).
    sigma
        Conductivity of each, shape (n,).

    Returns
    -------
    ndarray
        Shape (8, 8, n), symmetric in the first two axes; in the unit of ``sigma`` times that of a length.

    Notes
    -----
    2 x 2 x 2 Gauss points.  Corners may repeat as long as the Jacobian is positive at these points.
    """
    # Away from the first corner, so that films thin against their distance from the origin keep their digits.
    local = np.ascontiguousarray((corners - corners[:, :1]).transpose(1, 2, 0))  # (8, 3, n)
    tangents = np.tensordot(_SHAPES.transpose(0, 2, 1), local, axes=1)  # (8 points, 3 tangents, 3, n)
    along, across, up = tangents[:, 0], tangents[:, 1], tangents[:, 2]
    normals = (_cross(across, up), _cross(up, along), _cross(along, across))
    weight = sigma / np.einsum("pxn,pxn->pn", along, normals[0])
    metrics = np.stack([np.einsum("pxn,pxn->pn", normals[i], normals[j]) * weight for i, j in _AXES])
    pairs = _PRODUCTS @ metrics.reshape(48, -1)
    return np.asarray(pairs[_WHERE])


def _cross(first: Floats, second: Floats) -> Floats:
    """Return cross products along the second axis of arrays (points, 3, n)."""
    ax, ay, az = first[:, 0], first[:, 1], first[:, 2]
    bx, by, bz = second[:, 0], second[:, 1], second[:, 2]
    return np.stack((ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx), axis=1)
