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

from tfgeom.films import Film
from tfgeom.meshing.film_mesh import FilmMesh, facet_areas
from tfgeom.meshing.flooded_mesh import FloodedMesh
from tfgeom.transport.flooded import FloodedCircuit, Key
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.transport.losses import Mechanism
from tfgeom.transport.surface_element import surface_mass
from tfgeom.units import UM

# A sharp edge has no area, but its film is fed from both sides: between equipotential faces it conducts 0.586
# per length, as much as a fan whose inner face has this share of its outer one.
_NEGLIGIBLE = 1e-7  # resistance of a wall over that of the head space, below which it counts as ideal
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
    if total.any():
        wall = _on_surface(mesh, mesh.film_quads, 1e6 / total / facet_areas(mesh.points_um, mesh.film_quads))
    if circuit.counter_transfer:
        conductance = np.full(len(mesh.plane_quads), 1e-6 / circuit.counter_transfer)
        counter = _on_surface(mesh, mesh.plane_quads, conductance)
    liquid = _liquid(mesh, circuit.conductivity, integrate)
    return FloodedSystem(film_mesh, mesh, circuit, liquid, wall, counter, columns, integrate)


def wall_resistances(mesh: FilmMesh, circuit: FloodedCircuit) -> dict[Key, Floats]:
    """Return the resistance between the liquid and the collector below each quad by part and mechanism, ohm.

    Films count with ``integral dd/(sigma A(d))``, A linear in d and d the local offset, contacts and charge
    transfer with the area of their face.  The areas are those of the curved surfaces, not of their facets.

    Parameters
    ----------
    mesh
        Films of one sector.
    circuit
        What conducts.
    """
    found: dict[Key, Floats] = {}
    wires = circuit.films
    faces = [mesh.faces(mesh.films.index(conductor.film)) for conductor in wires.films]
    outer = [mesh.areas_um2(level) * UM**2 for _, level in faces]

    def add(part: str, mechanism: Mechanism, resistance: Floats) -> None:
        key = part, mechanism
        found[key] = found.get(key, np.zeros(len(mesh.quads))) + resistance

    for conductor, (level, _), area in zip(wires.films, faces, outer, strict=True):
        if np.isfinite(conductor.conductivity):
            inner = mesh.areas_um2(level) * UM**2
            thickness = _local_thickness(mesh, conductor.film)
            add(conductor.part, "film", thickness / (conductor.conductivity * _mean_area(inner, area)))
    for face in wires.interfaces:
        for mechanism, value in face.by_mechanism.items():
            add(face.part, mechanism, value / outer[face.inner])
    add(circuit.own_interface, "charge_transfer", circuit.charge_transfer / outer[-1])
    return found


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
    mass = surface_mass(mesh.points_um, quads, conductance)
    size = len(mesh.points_um)
    return coo_matrix((mass.values, (mass.rows, mass.columns)), shape=(size, size)).tocsr()


def _local_thickness(mesh: FilmMesh, film: Film) -> Floats:
    """Return the thickness of a film on each quad, m."""
    assert mesh.grid is not None  # of a sector
    inner, outer = (mesh.grid.place(level)[1] for level in (film.inner, film.outer))
    return np.asarray((outer - inner)[mesh.quads].mean(axis=1) * UM)


def _mean_area(inner: Floats, outer: Floats) -> Floats:
    """Return the area that a film of linearly changing section conducts with, m²: the logarithmic mean."""
    ratio = np.maximum(inner / outer, _SHARP_EDGE)
    growth = ratio - 1
    small = np.abs(growth) < 1e-6
    return np.asarray(outer * np.where(small, 1 + growth / 2, growth / np.log(np.where(small, 2.0, ratio))))
