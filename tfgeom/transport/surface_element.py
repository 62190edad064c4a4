"""Bilinear quads in space: the mass matrix that couples the two sides of an interface.

scikit-fem has no surface mesh in space, and finds the reference points of a hexahedron's face by a Newton
iteration that does not converge on hexahedra a thousand times wider than thick.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_GAUSS = 0.5 + np.array([-0.5, 0.5]) / math.sqrt(3)
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float)


class SurfaceMass(NamedTuple):
    """Entries of a mass matrix: rows, columns, values, each of shape (16 n_quads,)."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]


def surface_mass(
    points: NDArray[np.float64], quads: NDArray[np.int64], coefficient: NDArray[np.float64]
) -> SurfaceMass:
    """Return the entries of the integral of ``coefficient N_a N_b`` over a surface.

    Parameters
    ----------
    points
        Shape (n, 3).
    quads
        Shape (n_quads, 4).
    coefficient
        One value a quad, shape (n_quads,).

    Notes
    -----
    2 x 2 Gauss points, exact for plane parallelograms.
    """
    corner = points[quads]
    values = np.zeros((len(quads), 4, 4))
    for u, v in itertools.product(_GAUSS, repeat=2):
        shape, gradient = _bilinear(u, v)
        tangents = np.einsum("aj,nac->njc", gradient, corner)
        density = np.linalg.norm(np.cross(tangents[:, 0], tangents[:, 1]), axis=1)
        values += (density * coefficient / 4)[:, None, None] * np.outer(shape, shape)
    rows = np.repeat(quads, 4, axis=1)
    columns = np.tile(quads, (1, 4))
    return SurfaceMass(rows.ravel(), columns.ravel(), values.ravel())


def nodal_areas(
    points: NDArray[np.float64], quads: NDArray[np.int64], coefficient: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the integral of ``coefficient N_a`` per node, shape (n,)."""
    mass = surface_mass(points, quads, coefficient)
    return np.bincount(mass.rows, weights=mass.values, minlength=len(points)).astype(np.float64)


def _bilinear(u: float, v: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    along = np.where(_CORNERS[:, 0] > 0, u, 1 - u), np.where(_CORNERS[:, 0] > 0, 1.0, -1.0)
    across = np.where(_CORNERS[:, 1] > 0, v, 1 - v), np.where(_CORNERS[:, 1] > 0, 1.0, -1.0)
    return along[0] * across[0], np.stack((along[1] * across[0], along[0] * across[1]), axis=1)
