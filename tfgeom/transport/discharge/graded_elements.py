"""A film cut along its thickness into elements that shrink towards both faces, where gradients are steep."""

from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.polynomial.legendre import Legendre
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEGREE = 5
EDGES = (0.0, 0.0005, 0.004, 0.025, 0.12, 0.5)
"""Shares of the thickness, from either face to the middle.  What moves for t reaches ``sqrt(D t)`` deep: as
long as that is less than the first element, the face has moved by less than its gradient over the element."""


class Slices(NamedTuple):
    """Nodes across a film and its diffusion as independent modes, all over the thickness.

    Attributes
    ----------
    shares
        Nodes from face to face, 0 to 1, shape (k,).
    weights
        Share of the thickness that each stands for, shape (k,): they sum to 1.
    decay
        Eigenvalues of ``-d²/dy²`` with no flux through the faces, shape (k,): ``exp(-decay D t/L²)`` remains.
    modes
        Values of the modes at the nodes, shape (k, k): orthonormal under ``weights``.
    finer
        Interpolates from the nodes to Gauss points of each element, shape (g, k).
    finer_weights
        Weights of the integral over the thickness at these, shape (g,).
    """

    shares: Floats
    weights: Floats
    decay: Floats
    modes: Floats
    finer: Floats
    finer_weights: Floats


@cache
def graded_slices() -> Slices:
    """Return the slices of every film, whatever its thickness.

    Spectral elements with Gauss-Lobatto nodes, whose lumped mass keeps what diffuses to rounding (A. T.
    Patera, J. Comput. Phys. 54 (1984) 468); the first mode is even and does not decay.
    """
    half = np.array(EDGES)
    edges = np.concatenate((half, 1 - half[-2::-1]))
    nodes, weights, slope = _lobatto(DEGREE)
    gauss, gauss_weights = np.polynomial.legendre.leggauss(2 * DEGREE)
    between = _interpolation(nodes, gauss)
    count = DEGREE * (edges.size - 1) + 1
    shares, lumped, stiffness = np.zeros(count), np.zeros(count), np.zeros((count, count))
    finer, finer_weights = [], []
    for element, (low, high) in enumerate(pairwise(edges)):
        width = high - low
        here = slice(DEGREE * element, DEGREE * (element + 1) + 1)
        shares[here] = low + width * (nodes + 1) / 2
        lumped[here] += width / 2 * weights
        stiffness[here, here] += 2 / width * (slope.T * weights) @ slope
        rows = np.zeros((gauss.size, count))
        rows[:, here] = between
        finer.append(rows)
        finer_weights.append(width / 2 * gauss_weights)
    root = np.sqrt(lumped)
    decay, vectors = np.linalg.eigh(stiffness / root / root[:, None])
    # nothing but the mean stays, to rounding; the eigenvalues reach so far that it would be 1e-9
    vectors -= root[:, None] * (root @ vectors)
    decay[0], vectors[:, 0] = 0.0, root
    return Slices(
        shares, lumped, decay, vectors / root[:, None], np.vstack(finer), np.concatenate(finer_weights)
    )


def _lobatto(degree: int) -> tuple[Floats, Floats, Floats]:
    """Return Gauss-Lobatto nodes on [-1, 1], their weights, and the derivatives of the interpolants there."""
    polynomial = Legendre.basis(degree)
    nodes = np.concatenate(([-1.0], np.sort(polynomial.deriv().roots().real), [1.0]))
    values = polynomial(nodes)
    gaps = nodes[:, None] - nodes + np.eye(nodes.size)
    slope = values[:, None] / values / gaps
    np.fill_diagonal(slope, 0.0)
    slope[0, 0], slope[-1, -1] = -degree * (degree + 1) / 4, degree * (degree + 1) / 4
    return nodes, 2 / (degree * (degree + 1) * values**2), slope


def _interpolation(nodes: Floats, points: Floats) -> Floats:
    """Return the matrix from values at ``nodes`` to values at ``points``, Lagrange's polynomials."""
    gaps = points[:, None] - nodes
    rows = np.empty_like(gaps)
    for index in range(nodes.size):
        others = np.arange(nodes.size) != index
        rows[:, index] = np.prod(gaps[:, others] / (nodes[index] - nodes[others]), axis=1)
    return rows
