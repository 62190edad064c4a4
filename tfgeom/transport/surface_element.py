"""Bilinear quads in space: mass matrices of interfaces, conduction along sheets, areas of nodes.

scikit-fem has no surface mesh in space, and finds the reference points of a hexahedron's face by a Newton
iteration that does not converge on hexahedra a thousand times wider than thick.
"""

import itertools
import math

import numpy as np
from numpy.typing import NDArray

_GAUSS = 0.5 + np.array([-0.5, 0.5]) / math.sqrt(3)
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float)
_PLACES = np.array(list(itertools.product(_GAUSS, repeat=2)))
_ALONG = np.where(_CORNERS[None, :, 0] > 0, _PLACES[:, :1], 1 - _PLACES[:, :1])
_ACROSS = np.where(_CORNERS[None, :, 1] > 0, _PLACES[:, 1:], 1 - _PLACES[:, 1:])
GAUSS_SHAPES = _ALONG * _ACROSS
"""Values of the four bilinear functions at the 2 x 2 Gauss points, shape (4 points, 4 corners)."""
_SLOPES = np.stack(
    (np.where(_CORNERS[:, 0] > 0, 1.0, -1.0) * _ACROSS, np.where(_CORNERS[:, 1] > 0, 1.0, -1.0) * _ALONG),
    axis=2,
)

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def gauss_areas(points: Floats, quads: Ids) -> Floats:
    """Return the area that each of the 2 x 2 Gauss points of each quad stands for, (4, n_quads).

    Parameters
    ----------
    points
        Shape (n, 3).
    quads
        Shape (n_quads, 4).

    Notes
    -----
    Integrals of products of two bilinear functions are exact on plane parallelograms.
    """
    along, across = _tangents(points, quads)
    return np.asarray(np.linalg.norm(np.cross(along, across), axis=2) / 4)


def pair_integrals(areas: Floats) -> Floats:
    """Return the integrals of ``N_a N_b`` with weights at the Gauss points, (4, n) -> (4, 4, n)."""
    products = GAUSS_SHAPES[:, :, None] * GAUSS_SHAPES[:, None, :]
    return np.asarray(np.tensordot(products, areas, axes=(0, 0)))


def surface_mass(points: Floats, quads: Ids, coefficient: Floats) -> Floats:
    """Return the integrals of ``coefficient N_a N_b`` over quads, (4, 4, n_quads).

    Parameters
    ----------
    points
        Shape (n, 3).
    quads
        Shape (n_quads, 4).
    coefficient
        One value a quad, shape (n_quads,).
    """
    return pair_integrals(gauss_areas(points, quads) * coefficient)


def surface_stiffness(points: Floats, quads: Ids, conductance: Floats) -> Floats:
    """Return the integrals of ``s grad N_a . grad N_b`` along a surface, (4, 4, n_quads).

    Parameters
    ----------
    points
        Shape (n, 3).
    quads
        Shape (n_quads, 4).
    conductance
        Sheet conductance s of each quad, shape (n_quads,).

    Notes
    -----
    Gradients are tangential: with E, F, G the metric of the map, ``grad N_a . grad N_b`` times the area is
    ``(G a_u b_u - F (a_u b_v + a_v b_u) + E a_v b_v)/sqrt(E G - F²)``.  Quads without area conduct nothing.
    """
    along, across = _tangents(points, quads)
    e, f, g = (
        np.sum(first * second, axis=2)
        for first, second in ((along, along), (along, across), (across, across))
    )
    density = np.sqrt(np.maximum(e * g - f**2, 0.0))
    weight = np.divide(conductance / 4, density, out=np.zeros_like(density), where=density > 0)
    u, v = _SLOPES[:, :, 0], _SLOPES[:, :, 1]
    mixed = u[:, :, None] * v[:, None, :]
    return np.asarray(
        np.einsum("pq,pab->abq", g * weight, u[:, :, None] * u[:, None, :])
        - np.einsum("pq,pab->abq", f * weight, mixed + mixed.transpose(0, 2, 1))
        + np.einsum("pq,pab->abq", e * weight, v[:, :, None] * v[:, None, :])
    )


def nodal_areas(points: Floats, quads: Ids, coefficient: Floats) -> Floats:
    """Return the integral of ``coefficient N_a`` per node, shape (n,)."""
    shares = GAUSS_SHAPES.T @ (gauss_areas(points, quads) * coefficient)
    return np.bincount(quads.T.ravel(), shares.ravel(), len(points)).astype(np.float64)


def _tangents(points: Floats, quads: Ids) -> tuple[Floats, Floats]:
    """Return the two tangents of the map at the Gauss points, (4, n_quads, 3) each."""
    corners = points[quads]
    found = np.einsum("pak,qac->pkqc", _SLOPES, corners - corners[:, :1])
    return found[:, 0], found[:, 1]
