"""Conjugate gradients for the liquid above films, preconditioned by multigrid on the edges of its hexahedra.

Towards feet and rims the cells are a hundred times longer than wide.  The matrix of such trilinear hexahedra
has positive entries off its diagonal, from which algebraic multigrid cannot tell strong couplings from weak
ones.  The conductances along their edges alone have the right signs and nearly the same energy: classical
multigrid coarsens that matrix along the strong directions, and sweeps on the true matrix mend the difference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, diags

from tfgeom.meshing.flooded_mesh import FloodedMesh
from tfgeom.meshing.quality import shape_gradients
from tfgeom.transport.krylov import conjugate_gradients, symmetric_inverse

_DIRECT_UNKNOWNS = 4000  # above it the multigrid is quicker
_STRENGTH = 0.25  # of an edge over the strongest of its node, from which on it counts as strong
_LARGEST_DIRECT = 100  # unknowns of the coarsest grid
_SWEEPS = 2  # on the true matrix before and after the cycle
_OVERCORRECTION = 1.4  # smooth fields have less energy in the true matrix than along the edges
_TOLERANCE = 1e-7  # of the error in the energy norm, relative; that of the current is its square
_MOST_ITERATIONS = 200
# Edges of a hexahedron by the axis of its reference cube.
_EDGES = (
    ((0, 1), (3, 2), (4, 5), (7, 6)),
    ((0, 3), (1, 2), (4, 7), (5, 6)),
    ((0, 4), (1, 5), (2, 6), (3, 7)),
)

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FreeValues:
    """Values at the free nodes, and how many iterations they took; 0 for a direct solve."""

    values: Floats
    iterations: int


LiquidInverse: TypeAlias = Callable[[Floats, float], FreeValues]
"""Solves for a right-hand side; its second argument bounds the power from below, as in `solve_liquid`."""


def solve_liquid(
    matrix: csr_matrix, right: Floats, mesh: FloodedMesh, free: Ids, conductivity: float, power: float
) -> FreeValues:
    """Return the solution of a problem in the liquid.

    Parameters
    ----------
    matrix
        Of the free nodes, symmetric positive definite, shape (n, n).
    right
        Shape (n,).
    mesh
        The liquid.
    free
        Numbers of its nodes that are free, increasing, shape (n,).
    conductivity
        Of the liquid, S/m.
    power
        A lower bound of the whole cell's, 1e-6 W: what the error is measured against.

    Raises
    ------
    SolveError
        When nothing holds the potential or the iteration does not reach its tolerance.
    """
    return liquid_inverse(matrix, mesh, free, conductivity)(right, power)


def liquid_inverse(matrix: csr_matrix, mesh: FloodedMesh, free: Ids, conductivity: float) -> LiquidInverse:
    """Return what solves a problem in the liquid for any right-hand side: arguments as `solve_liquid`.

    Raises
    ------
    SolveError
        When nothing holds the potential.
    """
    if len(free) <= _DIRECT_UNKNOWNS:
        direct = symmetric_inverse(matrix)
        return lambda right, power: FreeValues(direct(right), 0)
    precondition = _preconditioner(matrix, _along_edges(matrix, mesh, free, conductivity))
    return lambda right, power: FreeValues(
        *conjugate_gradients(matrix, right, precondition, lambda _: power, _TOLERANCE, _MOST_ITERATIONS)
    )


def _preconditioner(matrix: csr_matrix, edges: csr_matrix) -> Callable[[Floats], Floats]:
    from pyamg import ruge_stuben_solver
    from pyamg.relaxation.relaxation import gauss_seidel

    cycle = ruge_stuben_solver(
        edges,
        strength=("classical", {"theta": _STRENGTH}),
        CF=("RS", {"second_pass": True}),
        coarse_solver="splu",
        max_coarse=_LARGEST_DIRECT,
    ).aspreconditioner()

    def precondition(residual: Floats) -> Floats:
        step = np.zeros_like(residual)
        gauss_seidel(matrix, step, residual, iterations=_SWEEPS, sweep="forward")
        step += _OVERCORRECTION * (cycle @ (residual - matrix @ step))
        gauss_seidel(matrix, step, residual, iterations=_SWEEPS, sweep="backward")
        return step

    return precondition


def _along_edges(matrix: csr_matrix, mesh: FloodedMesh, free: Ids, conductivity: float) -> csr_matrix:
    """Return the matrix of the conductances along edges, held as the true one is.

    Along axis i of a hexahedron it conducts ``sigma |a_j x a_k|²/det`` with a its axes at the middle, a
    quarter of which belongs to each edge.
    """
    corners = mesh.points_um[mesh.hexes]
    shapes = shape_gradients(np.array([[0.5, 0.5, 0.5]]))[0]
    axes = np.einsum("aj,nac->jnc", shapes, corners - corners[:, :1])
    normals = [np.cross(axes[i - 2], axes[i - 1]) for i in range(3)]
    volume = np.sum(axes[0] * normals[0], axis=1)
    size = len(mesh.points_um)
    edges = csr_matrix((size, size))
    for normal, pairs in zip(normals, _EDGES, strict=True):
        weight = np.tile(conductivity * np.sum(normal**2, axis=1) / volume / 4, len(pairs))
        low, up = (np.concatenate([mesh.hexes[:, pair[end]] for pair in pairs]) for end in (0, 1))
        apart = low != up  # corners may repeat
        edges = edges + coo_matrix((weight[apart], (low[apart], up[apart])), shape=(size, size)).tocsr()
    edges = edges + edges.T
    laplace = (diags(np.asarray(edges.sum(axis=1)).ravel()) - edges).tocsr()[free][:, free]
    # What the rows of the true matrix leave over goes to walls, electrode and fixed nodes; so much at least
    # is on the diagonal of the edges' matrix already where it leads to fixed nodes.
    held = np.asarray(matrix.sum(axis=1)).ravel() - np.asarray(laplace.sum(axis=1)).ravel()
    return (laplace + diags(np.maximum(held, 0.0))).tocsr()
