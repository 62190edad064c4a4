"""Conduction across films in the plane, by finite elements on a lifted profile.

A profile is a row of nodes along the bare substrate; each is lifted through the levels of the films, so that
the elements are quadrilaterals that conform to every face.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from tfgeom.transport.films.core import node_sheets
from tfgeom.transport.krylov import symmetric_inverse
from tfgeom.units import UM
from tfgeom.verification.forms import conduction, jump


def plane_conductance(
    points: NDArray[np.float64],
    film_of_layer: NDArray[np.int64],
    sigma: NDArray[np.float64],
    faces: NDArray[np.float64],
    chords: NDArray[np.float64],
) -> float:
    """Return the conductance between first and last level of a lifted profile, S per m out of the plane.

    Parameters
    ----------
    points
        Nodes of every level, um, shape (n_levels, n_profile, 2).
    film_of_layer
        Film between each level and the next, shape (n_levels - 1,).
    sigma, faces
        Conductivity of each film, S/m; resistance below each film and above the last, ohm m².
    chords
        Arc angle that each segment of the profile stands for, rad, shape (n_profile - 1,).  A chord lies
        nearer to its neighbour than the arc by cos(angle/2) and is shorter by sin(angle/2)/(angle/2).
    """
    from skfem import Basis, BilinearForm, ElementQuad0, ElementQuad1, MeshQuad

    counts = tuple(int(count) for count in np.bincount(film_of_layer))
    sheets = node_sheets(counts, tuple(bool(face) for face in faces))
    n = points.shape[1]
    nodes = points[list(sheets.levels)].reshape(-1, 2)
    along = np.arange(n - 1)
    quads = np.concatenate(
        [
            np.column_stack((low * n + along, low * n + along + 1, up * n + along + 1, up * n + along))
            for low, up in sheets.layers
        ]
    )
    basis = Basis(MeshQuad(nodes.T.copy(), quads.T.copy()), ElementQuad1(), intorder=3)
    half = np.where(chords > 0, chords / 2, 1e-9)
    per_quad = np.outer(sigma[list(sheets.films)], half / np.tan(half)).ravel()
    matrix = csr_matrix(
        BilinearForm(conduction).assemble(
            basis, sigma=basis.with_element(ElementQuad0()).interpolate(per_quad)
        )
    )
    matrix.resize((len(nodes), len(nodes)))  # a terminal behind an interface belongs to no quad
    for junction, low, up in sheets.jumps:
        matrix = matrix + _line_jump(
            points[sheets.levels[low]],
            (low * n, up * n),
            UM / faces[junction] * half / np.sin(half),
            matrix.shape[0],
        )
    potential = np.zeros(matrix.shape[0])
    potential[-n:] = 1.0
    free = np.arange(n, matrix.shape[0] - n)
    right = -(matrix[free] @ potential)
    potential[free] = symmetric_inverse(csr_matrix(matrix[free][:, free]), refined=False)(right)
    return float((matrix[:n] @ potential).sum() * -1)


def _line_jump(
    points: NDArray[np.float64], starts: tuple[int, int], conductance: NDArray[np.float64], size: int
) -> csr_matrix:
    """Return the coupling of two copies of a polyline of nodes by a conductance per length of each piece."""
    from skfem import Basis, BilinearForm, ElementLineP1, ElementVector, MeshLine

    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    basis = Basis(
        MeshLine(np.concatenate(([0.0], np.cumsum(lengths)))), ElementVector(ElementLineP1(), 2), intorder=2
    )
    at_points = np.broadcast_to(conductance[:, None], (len(lengths), basis.X.shape[-1]))
    # each node of the line has two unknowns: below and above
    local = BilinearForm(jump).assemble(basis, g=at_points, area=1.0).tocoo()
    unknown = (np.arange(len(points))[:, None] + np.array(starts)).ravel()
    return coo_matrix((local.data, (unknown[local.row], unknown[local.col])), shape=(size, size)).tocsr()
