"""Volumes, Jacobian determinants and aspect ratios of trilinear hexahedra, and of quads swept to them."""

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_GAUSS = 0.5 + np.array([-0.5, 0.5]) / math.sqrt(3)
_CORNERS = np.array(
    [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], dtype=float
)
_EDGES = tuple(
    (a, b) for a, b in itertools.combinations(range(8), 2) if np.abs(_CORNERS[a] - _CORNERS[b]).sum() == 1
)


class HexQuality(NamedTuple):
    """Volume, smallest det J at a Gauss point, and that over the volume, of hexahedra; each of shape (n,)."""

    volumes: NDArray[np.float64]
    jacobian: NDArray[np.float64]
    relative_jacobian: NDArray[np.float64]


class Sweep(NamedTuple):
    """Quads swept along straight paths: what the hexahedra between two of their positions are like.

    The determinant of the map (u, v, s), s = 0..1 along the paths, is a quadratic in s at fixed (u, v).

    Attributes
    ----------
    constant, linear, square
        Its coefficients at the 2 x 2 Gauss points of each quad, shape (2, 2, n_quads).
    """

    constant: NDArray[np.float64]
    linear: NDArray[np.float64]
    square: NDArray[np.float64]

    def sums(self) -> NDArray[np.float64]:
        """Return the coefficients integrated over each quad and added up, shape (3,): see `swept_volume`."""
        return np.array([coefficient.sum() for coefficient in self]) / len(_GAUSS) ** 2

    def lower_bounds(self, start: float, end: float) -> NDArray[np.float64]:
        """Return a lower bound of each quad's determinants between two positions, shape (n_quads,).

        The least Bernstein coefficient of the quadratic: exact where it is the first or the last.
        """
        constant, linear, square = self
        least = constant + start * (linear + start * square)
        np.minimum(least, constant + end * (linear + end * square), out=least)
        np.minimum(least, constant + (start + end) / 2 * linear + start * end * square, out=least)
        return np.asarray(least.min(axis=(0, 1)))

    def smallest(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the smallest determinant of each quad between pairs of positions, (n_pairs, n_quads)."""
        constant, linear, square = (coefficient[None] for coefficient in self)
        start, end = starts[:, None, None, None], ends[:, None, None, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = -linear / (2 * square)
        # of a constant it is no number, which fmin and fmax pass over
        turn = np.fmax(np.fmin(turn, end), start)
        found = constant + turn * (linear + turn * square)
        for at in (start, end):
            np.minimum(found, constant + at * (linear + at * square), out=found)
        return np.asarray(found.min(axis=(1, 2)))


def swept_volume(sums: NDArray[np.float64], start: float, end: float) -> float:
    """Return the volume that quads sweep between two positions, from the sums of their coefficients."""
    powers = np.array([(end**k - start**k) / k for k in (1, 2, 3)])
    return float(sums @ powers)


def sweep(corners: NDArray[np.float64]) -> Sweep:
    """Return the determinants of quads swept along straight paths.

    Parameters
    ----------
    corners
        Where each corner is at s = 0, and its path from there to s = 1: shape (2, 3, 4, n_quads).
    """
    # axes: component; start or path; Gauss point in u, in v; quad.  The edges are linear in u and v:
    # x_u = along + v twist, x_v = across + u twist, and the path is bilinear.
    a, b, c, d = (corners[:, :, corner].swapaxes(0, 1) for corner in range(4))
    along, across = b - a, d - a
    twist = c - b - across
    gauss = _GAUSS[:, None]
    path = a[:, 1, None] + gauss * across[:, 1, None]
    shear = gauss * twist[:, :, None]
    along, across = along[:, :, None] + shear, across[:, :, None] + shear
    path = path[:, None] + gauss[:, None] * along[:, 1, None]
    # (x_u x x_v) . path = x_u . (x_v x path)
    turned = _cross(across[:, :, :, None], path[:, None])
    products = _dot(along[:, :, None, None], turned[:, None])
    products[0, 1] += products[1, 0]
    return Sweep(products[0, 0], products[0, 1], products[1, 1])


def facet_sizes(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the areas of quads: half the cross product of their diagonals, (3, 4, n_quads) -> (n_quads,)."""
    normals = _cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    return np.asarray(np.sqrt(_dot(normals, normals)) / 2)


def normal_distances(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far facets move along their normal, that halfway; corners as of `sweep`, (n_quads,)."""
    halfway = corners[0] + corners[1] / 2
    normals = _cross(halfway[:, 2] - halfway[:, 0], halfway[:, 3] - halfway[:, 1])
    return np.asarray(_dot(normals, corners[1].mean(axis=1)) / np.sqrt(_dot(normals, normals)))


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cross products of vectors whose components lie along the first axis."""
    found = np.empty(np.broadcast_shapes(a.shape, b.shape))
    for axis in range(3):
        after, last = (axis + 1) % 3, (axis + 2) % 3
        np.multiply(a[after], b[last], out=found[axis])
        found[axis] -= a[last] * b[after]
    return found


def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the dot products of vectors whose components lie along the first axis."""
    found = a[0] * b[0]
    found += a[1] * b[1]
    found += a[2] * b[2]
    return np.asarray(found)


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
        maps = np.einsum("aj,nac->jcn", gradients, local)
        determinants = _dot(maps[0], _cross(maps[1], maps[2]))
        volumes += determinants / len(gauss)
        smallest = np.minimum(smallest, determinants)
    return HexQuality(volumes, smallest, smallest / np.where(volumes > 0, volumes, np.inf))


def aspect_ratios(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return longest over shortest edge of hexahedra, shape (n,); collapsed edges do not count."""
    lengths = np.stack([np.linalg.norm(corners[:, b] - corners[:, a], axis=1) for a, b in _EDGES])
    longest = lengths.max(axis=0)
    shortest = np.where(lengths > 1e-12 * longest, lengths, np.inf).min(axis=0)
    return np.asarray(longest / shortest)
