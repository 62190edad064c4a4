"""The conductance matrix of the films on their mesh.

Volumes are assembled by scikit-fem on trilinear hexahedra, interfaces by `surface_element`.  Three factors
remove what a faceted mesh with few layers gets wrong, so that a state whose levels are equipotentials carries
exactly the current of the closed form, which therefore bounds every result from below: conductivities times
the squared normal speed of a facet (a chord lies nearer than its arc), interface coefficients times the speed
(its area is too small or large), and one factor a layer for the area that changes across it.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.transport.conducting_core import ConductingCore, NodeSheets, node_sheets
from tfgeom.transport.surface_element import surface_mass

_SKFEM_ORDER = [0, 4, 3, 1, 7, 5, 2, 6]  # corners of a VTK hexahedron in the order of MeshHex
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)  # layers are thin
_NODES = (_NODES + 1) / 2


@dataclass(frozen=True, slots=True)
class ConductionSystem:
    """The assembled problem; conductances in 1e-6 S, lengths in um.

    Attributes
    ----------
    core, mesh, sheets
        Films, their mesh, the sheets of nodes on it.
    matrix
        Symmetric, zero row sums, shape (n_nodes, n_nodes); node i of sheet s is ``s * n_surface + i``.
    basis
        scikit-fem basis of all hexahedra.
    sigma
        Conductivity of each hexahedron with its corrections, S/m.
    conductances
        Conductance per area of each jump and quad with its correction, S/m² x 1e-6.
    """

    core: ConductingCore
    mesh: FilmMesh
    sheets: NodeSheets
    matrix: csr_matrix
    basis: Any
    sigma: NDArray[np.float64]
    conductances: tuple[NDArray[np.float64], ...]


def assemble_conduction(core: ConductingCore, mesh: FilmMesh) -> ConductionSystem:
    """Return the conductance matrix of the films of a core on their mesh.

    Parameters
    ----------
    core
        Films between equipotential terminals.
    mesh
        Mesh of ``core.stack``.
    """
    from skfem import Basis, BilinearForm, ElementHex0, ElementHex1, MeshHex
    from skfem.helpers import dot, grad

    per_film = tuple(int(count) for count in np.bincount(mesh.film_of_layer))
    sheets = node_sheets(per_film, tuple(jump is not None for jump in core.jumps))
    n_surface = mesh.points_um.shape[1]
    points = mesh.points_um[list(sheets.levels)].reshape(-1, 3)
    hexes = np.concatenate(
        [np.hstack((mesh.quads + low * n_surface, mesh.quads + up * n_surface)) for low, up in sheets.layers]
    )
    sigma = np.concatenate(
        [
            core.conductors[film].conductivity * factor * mesh.normal_speed[film] ** 2
            for film, factor in zip(sheets.films, _layer_factors(mesh, core), strict=True)
        ]
    )
    basis = Basis(MeshHex(points.T.copy(), hexes[:, _SKFEM_ORDER].T.copy()), ElementHex1(), intorder=3)
    laplace = BilinearForm(lambda u, v, w: w["sigma"] * dot(grad(u), grad(v)))
    piecewise = basis.with_element(ElementHex0())
    volumes = laplace.assemble(basis, sigma=piecewise.interpolate(sigma))
    conductances = tuple(
        1e-6 / core.jump_resistances[junction] * face_speed(mesh, junction) for junction, _, _ in sheets.jumps
    )
    rows, columns, values = [], [], []
    for (_, low, up), conductance in zip(sheets.jumps, conductances, strict=True):
        mass = surface_mass(mesh.points_um[sheets.levels[low]], mesh.quads, conductance)
        for a, b, sign in ((low, low, 1), (up, up, 1), (low, up, -1), (up, low, -1)):
            rows.append(mass.rows + a * n_surface)
            columns.append(mass.columns + b * n_surface)
            values.append(sign * mass.values)
    matrix = csr_matrix(volumes)
    # A terminal behind an interface resistance belongs to no hexahedron; scikit-fem leaves trailing ones out.
    matrix.resize((len(points), len(points)))
    if rows:
        entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        matrix = matrix + coo_matrix(entries, shape=matrix.shape).tocsr()
    return ConductionSystem(core, mesh, sheets, matrix, basis, sigma, conductances)


def face_speed(mesh: FilmMesh, junction: int) -> NDArray[np.float64]:
    """Return the normal speed at the face below film ``junction`` (above the last film), (n_quads,)."""
    return np.asarray(mesh.normal_speed[min(junction, len(mesh.films) - 1)])


def _layer_factors(mesh: FilmMesh, core: ConductingCore) -> NDArray[np.float64]:
    """Return, per layer, its exact conductance over that of a potential linear in the offset."""
    cell = core.stack.cell
    factors = []
    for start, end in itertools.pairwise(mesh.levels):
        areas = np.array([cell.area(start.towards(end, share, cell.deepest)) for share in _NODES])
        mean, harmonic = np.sum(_WEIGHTS / 2 * areas), 1 / np.sum(_WEIGHTS / 2 / areas)
        factors.append(harmonic / mean)
    return np.array(factors)
