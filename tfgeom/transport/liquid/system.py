"""The conductance matrix of the liquid in a flooded half-cell, held by the films on the wall.

The liquid obeys ``div(kappa grad phi) = 0`` on trilinear hexahedra.  Each quad of the wall leads straight
through the films to the collector, an equipotential at 0 V: a current density ``g phi`` leaves the liquid
there.  At the flat counter electrode it enters through the charge transfer from 1 V.

Conductances in 1e-6 S, lengths in um; a conductance per area of 1 S/m² is 1e-6 of that unit per um².
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from tfgeom.meshing.film_mesh import FilmMesh, facet_areas
from tfgeom.meshing.flooded_mesh import FloodedMesh
from tfgeom.transport.flooded import FloodedCircuit, Key, column_resistances
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.transport.surface_element import surface_mass
from tfgeom.units import UM

_NEGLIGIBLE = 1e-7  # resistance of a wall over that of the head space, below which it counts as ideal
# A sharp edge has no area, but its film is fed from both sides: between equipotential faces it conducts 0.586
# per length, as much as a fan whose inner face has this share of its outer one.
_SHARP_EDGE = 0.0864
_CHUNK = 32_768  # hexahedra at once: their matrices take 2 kB each while they are made
_PAIRS = np.triu_indices(8)

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FloodedSystem:
    """The assembled problem.

    Attributes
    ----------
    film_mesh, mesh
        Films of one sector, and the liquid above them.
    circuit
        What conducts.
    liquid
        Matrix of the liquid alone: symmetric, zero row sums, shape (n_nodes, n_nodes).
    wall, counter
        Mass matrices of the conductances on the films and on the plane, same shape; None where there is no
        resistance and the potential is given instead.
    wall_resistances
        Resistance from the liquid's face to the collector by part and mechanism, ohm, each (n_quads,).
    wall_conductance
        All of it, per area of each facet, 1e-6 S/um², (n_quads,); infinite without resistance.
    integrate
        Who integrates over the hexahedra.
    """

    film_mesh: FilmMesh
    mesh: FloodedMesh
    circuit: FloodedCircuit
    liquid: csr_matrix
    wall: csr_matrix | None
    counter: csr_matrix | None
    wall_resistances: dict[Key, Floats]
    wall_conductance: Floats
    integrate: Kernel

    @property
    def wall_resistance(self) -> Floats:
        """All parts of the wall in series, ohm, shape (n_quads,)."""
        return np.asarray(np.sum(list(self.wall_resistances.values()), axis=0))


def assemble_flooded(
    film_mesh: FilmMesh, mesh: FloodedMesh, circuit: FloodedCircuit, integrate: Kernel = hex_stiffness
) -> FloodedSystem:
    """Return the conductance matrices of a flooded half-cell.

    Parameters
    ----------
    film_mesh
        Films of one sector.
    mesh
        The liquid above them.
    circuit
        What conducts; its films are among those of the mesh.
    integrate
        Who integrates over the hexahedra.
    """
    columns = wall_resistances(film_mesh, circuit)
    total = np.sum(list(columns.values()), axis=0)
    areas = film_mesh.areas_um2(len(film_mesh.points_um) - 1) * UM**2
    if np.max(total * areas) < _NEGLIGIBLE * circuit.separator / circuit.conductivity:
        # the drop over such a wall would drown in the rounding of the liquid's potential
        columns = {part: np.zeros_like(total) for part in columns}
        total = np.zeros_like(total)
    wall = counter = None
    per_area = np.full_like(total, np.inf)
    if total.any():
        per_area = 1e6 / total / facet_areas(mesh.points_um, mesh.film_quads)
        wall = _on_surface(mesh, mesh.film_quads, per_area)
    if circuit.counter_transfer:
        conductance = np.full(len(mesh.plane_quads), 1e-6 / circuit.counter_transfer)
        counter = _on_surface(mesh, mesh.plane_quads, conductance)
    liquid = _liquid(mesh, circuit.conductivity, integrate)
    return FloodedSystem(film_mesh, mesh, circuit, liquid, wall, counter, columns, per_area, integrate)


def wall_resistances(mesh: FilmMesh, circuit: FloodedCircuit) -> dict[Key, Floats]:
    """Return the resistance between the liquid and the collector below each quad by part and mechanism, ohm.

    The areas are those of the curved surfaces, not of their facets, and the thickness is the local one.

    Parameters
    ----------
    mesh
        Films of one sector.
    circuit
        What conducts.

    Returns
    -------
    dict
        As of `column_resistances`, shapes (n_quads,).
    """
    assert mesh.grid is not None  # of a sector
    films = []
    for conductor in circuit.films.films:
        low, up = mesh.faces(mesh.films.index(conductor.film))
        inner, outer = (mesh.areas_um2(level) * UM**2 for level in (low, up))
        thickness = mesh.grid.thicknesses(conductor.film.inner, conductor.film.outer) * UM
        films.append((np.maximum(inner, _SHARP_EDGE * outer), outer, thickness))
    return column_resistances(circuit, films)


def liquid_matrices(
    mesh: FloodedMesh, conductivity: float, integrate: Kernel
) -> Iterator[tuple[Ids, Floats]]:
    """Yield the hexahedra chunk by chunk, (n, 8), with their matrices, (8, 8, n)."""
    for start in range(0, len(mesh.hexes), _CHUNK):
        hexes = mesh.hexes[start : start + _CHUNK]
        yield hexes, integrate(mesh.points_um[hexes], np.full(len(hexes), conductivity))


def _liquid(mesh: FloodedMesh, conductivity: float, integrate: Kernel) -> csr_matrix:
    """Return the matrix of the liquid: its upper triangle is added up, then mirrored."""
    rows, columns, values = [], [], []
    first, second = _PAIRS
    for hexes, matrices in liquid_matrices(mesh, conductivity, integrate):
        nodes = hexes.T.astype(np.int32)
        a, b = nodes[first], nodes[second]
        entries = matrices[first, second]
        # corners that repeat: the pair stands on the diagonal, where both its orders count
        entries = np.where((a == b) & (first != second)[:, None], 2 * entries, entries)
        rows.append(np.minimum(a, b).ravel())
        columns.append(np.maximum(a, b).ravel())
        values.append(entries.ravel())
    size = len(mesh.points_um)
    where = (np.concatenate(rows), np.concatenate(columns))
    upper = coo_matrix((np.concatenate(values), where), shape=(size, size)).tocsr()
    del rows, columns, values, where
    diagonal = upper.diagonal()
    matrix = (upper + upper.T).tocsr()
    matrix.setdiag(diagonal)
    return matrix


def _on_surface(mesh: FloodedMesh, quads: Ids, conductance: Floats) -> csr_matrix:
    """Return the mass matrix of a conductance per area of each quad."""
    size, pairs = len(mesh.points_um), surface_mass(mesh.points_um, quads, conductance)
    rows, columns = (np.broadcast_to(ids, pairs.shape) for ids in (quads.T[:, None], quads.T))
    return coo_matrix((pairs.ravel(), (rows.ravel(), columns.ravel())), shape=(size, size)).tocsr()
