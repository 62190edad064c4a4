"""The whole matrices of films, liquid and salt by scikit-fem, on the same meshes with the same coefficients.

Own assembly (`tfgeom.transport.films.system`, `tfgeom.transport.liquid.system`) never forms most of them.
Conductances in 1e-6 S, lengths in um.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from tfgeom.transport.films.system import ConductionSystem, sheet_conductance
from tfgeom.transport.liquid.salt_system import SaltState, SaltSystem
from tfgeom.transport.liquid.system import FloodedSystem
from tfgeom.verification.forms import amount, conduction
from tfgeom.verification.hexahedra import hex_basis, per_cell
from tfgeom.verification.quads import skfem_jump, skfem_lumped, skfem_robin, skfem_sheet

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def film_matrix(system: ConductionSystem) -> csr_matrix:
    """Return the matrix of films with their interfaces and collectors, nodes sheet by sheet.

    Parameters
    ----------
    system
        Its mesh, contacts and coefficients are taken, not its matrix.
    """
    from skfem import BilinearForm

    mesh, sheets, core = system.mesh, system.sheets, system.core
    n, size = system.links.pattern.n, system.n_nodes
    points = mesh.points_um[list(sheets.levels)]  # (n_sheets, n, 3)
    hexes = [np.hstack((mesh.quads + low * n, mesh.quads + up * n)) for low, up in sheets.layers]
    basis = hex_basis(points.reshape(-1, 3), np.concatenate(hexes))
    matrix = csr_matrix(BilinearForm(conduction).assemble(basis, sigma=per_cell(system.sigma.ravel())))
    matrix.resize((size, size))  # a terminal behind an interface belongs to no hexahedron
    for junction, low, up in sheets.jumps:
        g = mesh.area_ratio[junction] * (1e-6 / core.jump_resistances[junction])
        both = np.stack((mesh.quads + low * n, mesh.quads + up * n), axis=2).reshape(-1, 8)
        matrix = matrix + _scattered(skfem_jump(points[low], mesh.quads, g), both, size)
    for side, sheet in enumerate((0, len(points) - 1)):
        if system.terminals[side] is not None:
            along = skfem_sheet(points[sheet], mesh.quads, sheet_conductance(core, mesh, side))
            matrix = matrix + _scattered(along, mesh.quads + sheet * n, size)
    return matrix


def liquid_matrix(system: FloodedSystem) -> csr_matrix:
    """Return the matrix of the liquid alone.

    Parameters
    ----------
    system
        Its mesh and conductivity are taken, not its matrix.
    """
    from skfem import BilinearForm

    mesh = system.mesh
    sigma = per_cell(np.full(len(mesh.hexes), system.circuit.conductivity))
    return csr_matrix(BilinearForm(conduction).assemble(hex_basis(mesh.points_um, mesh.hexes), sigma=sigma))


def electrode_matrices(system: FloodedSystem) -> tuple[csr_matrix | None, csr_matrix | None]:
    """Return the matrices of the conductance on films and counter electrode; None without resistance."""
    points, size = system.mesh.points_um, len(system.mesh.points_um)
    found = []
    for quads, g in _electrodes(system):
        found.append(None if g is None else _scattered(skfem_robin(points, quads, g), quads, size))
    return found[0], found[1]


def salt_amounts(system: SaltSystem) -> Floats:
    """Return the share of the liquid's volume at each node."""
    from skfem import LinearForm

    mesh = system.mesh
    found = LinearForm(amount).assemble(hex_basis(mesh.points_um, mesh.hexes))
    return np.asarray(found / found.sum())


def salt_residual(system: SaltSystem, state: SaltState) -> Floats:
    """Return the current that a state leaves over at every node, 1e-6 A, (n_nodes,).

    It is 0 at a solution, but where an electrode has no resistance and psi is given.

    Parameters
    ----------
    system
        Its mesh and coefficients are taken, not its matrices.
    state
        Of psi and of the electrodes' potentials.
    """
    points = system.mesh.points_um
    potential = system.salt.potential(state.logarithm)
    steps = (potential + state.wall_offset, potential - state.counter_offset)
    residual = liquid_matrix(system.system) @ state.excess
    for (quads, g), step in zip(_electrodes(system.system), steps, strict=True):
        if g is not None:
            residual += skfem_lumped(points, quads, g) * step
    return np.asarray(residual)


def _electrodes(system: FloodedSystem) -> tuple[tuple[Ids, Floats | None], tuple[Ids, Floats | None]]:
    """Return the quads of films and counter electrode with their conductance, 1e-6 S/um²."""
    mesh, transfer = system.mesh, system.circuit.counter_transfer
    wall = None if system.wall is None else system.wall_conductance
    counter = np.full(len(mesh.plane_quads), 1e-6 / transfer) if transfer else None
    return (mesh.film_quads, wall), (mesh.plane_quads, counter)


def _scattered(local: Floats, unknowns: Ids, size: int) -> csr_matrix:
    """Return the sum of matrices (k, k, n) of elements whose unknowns have the shape (n, k)."""
    rows, columns = (np.broadcast_to(ids, local.shape).ravel() for ids in (unknowns.T[:, None], unknowns.T))
    return coo_matrix((local.ravel(), (rows, columns)), shape=(size, size)).tocsr()
