"""What a potential in the liquid of a flooded half-cell means: its currents, losses, and their spread."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import facet_normals
from tfgeom.meshing.flooded_mesh import FloodedMesh
from tfgeom.meshing.quality import shape_gradients
from tfgeom.transport.flooded import Key
from tfgeom.transport.liquid.system import FloodedSystem, liquid_matrices
from tfgeom.transport.losses import Loss, Losses
from tfgeom.transport.surface_element import GAUSS_SHAPES, gauss_areas, nodal_areas
from tfgeom.units import UM

_SIDES = np.array([[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
_MIDDLES = np.array([[1, 1, 0], [1, 1, 2], [1, 0, 1], [2, 1, 1], [1, 2, 1], [0, 1, 1]]) / 2

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WallCurrent:
    """Losses and currents of one solve of a liquid.

    Attributes
    ----------
    losses
        At small signal, or at the drive of a liquid whose salt moves.
    density
        Current density into the films at the nodes of their outer level, A/m² at 1 A/m² of footprint.
    imbalance
        Largest relative difference between wall current, counter current and power per volt.
    mismatch
        Of the liquid's gradient at the wall against the current density there, relative mean.
    """

    losses: Losses
    density: Floats
    imbalance: float
    mismatch: float


def measure_flooded(system: FloodedSystem, potential: Floats) -> WallCurrent:
    """Return what a potential at 1 V between the terminals means.

    Parameters
    ----------
    system
        The assembled problem.
    potential
        Shape (n_nodes,).
    """
    mesh, circuit = system.mesh, system.circuit
    reaction = system.liquid @ potential  # what the liquid gives off at each node
    into_wall = -reaction if system.wall is None else system.wall @ potential
    n_surface = system.film_mesh.points_um.shape[1]
    wall_current = float(into_wall[:n_surface].sum())
    if system.counter is None:
        counter_current, counter_power = float(reaction[np.unique(mesh.plane_quads)].sum()), 0.0
    else:
        drop = 1 - potential
        counter_current = float((system.counter @ drop).sum())
        counter_power = float(drop @ (system.counter @ drop))
    gaps, head = liquid_power(system, potential, potential)
    rows = [
        *circuit.in_liquid("gaps", gaps),
        *circuit.in_liquid("head_space", head),
        Loss(circuit.other_interface, "charge_transfer", counter_power),
        *(Loss(*key, value, "wall") for key, value in _wall_power(system, potential).items()),
    ]
    power = float(Losses(tuple(rows)).total)
    footprint = system.film_mesh.cell.footprint
    # At 1 V the power is the current.  Its error is the square of the potential's.
    scale = 1e6 * footprint * mesh.unit_cells / power**2
    level = len(system.film_mesh.points_um) - 1
    areas = nodal_areas(mesh.points_um[:n_surface], mesh.film_quads, system.film_mesh.area_ratio[-1])
    density = np.divide(into_wall[:n_surface], areas, out=np.zeros(n_surface), where=areas > 0)
    if system.wall is None:
        into = density[mesh.film_quads].mean(axis=1) * system.film_mesh.areas_um2(level)
    else:
        into = 1e6 / system.wall_resistance * potential[mesh.film_quads].mean(axis=1)
    return WallCurrent(
        losses=Losses.of(replace(row, value=row.value * scale) for row in rows),
        density=density * (footprint / UM**2 * mesh.unit_cells / wall_current),
        imbalance=max(abs(wall_current / power - 1), abs(counter_current / power - 1)),
        mismatch=flux_mismatch(system, potential, into),
    )


def liquid_power(system: FloodedSystem, potential: Floats, other: Floats) -> tuple[float, float]:
    """Return the power in the liquid below and above the level of the coated flat top, 1e-6 W.

    The current is that of ``potential``, the field that of ``other``; for an ohmic liquid they are the same.

    A hexahedron across that level (above a wave there are some) counts by its share of height.
    """
    mesh = system.mesh
    mouth = float(mesh.points_um[mesh.film_quads, 2].max())
    total = head = 0.0
    for hexes, matrices in liquid_matrices(mesh, system.circuit.conductivity, system.integrate):
        values, others = ((field[hexes] - field[hexes[:, :1]]).T for field in (potential, other))
        power = np.einsum("an,abn,bn->n", values, matrices, others, optimize=True)
        heights = mesh.points_um[hexes, 2]
        low, high = heights.min(axis=1), heights.max(axis=1)
        total += float(power.sum())
        head += float(power @ np.clip((high - mouth) / (high - low), 0, 1))
    return total - head, head


def _wall_power(system: FloodedSystem, potential: Floats) -> dict[Key, float]:
    """Return the power between liquid and collector by part and mechanism, 1e-6 W."""
    if system.wall is None:
        return {}
    points, quads = system.mesh.points_um, system.mesh.film_quads
    at_points = GAUSS_SHAPES @ potential[quads].T
    power = np.sum(gauss_areas(points, quads) * system.wall_conductance * at_points**2, axis=0)
    share = power / system.wall_resistance
    return {key: float(share @ own) for key, own in system.wall_resistances.items()}


def flux_mismatch(system: FloodedSystem, potential: Floats, into: Floats) -> float:
    """Return the mean of |kappa dphi/dn - j| over the wall, relative to the mean of j.

    ``into`` is the current into each quad, 1e-6 A.  The gradient is that of the liquid's hexahedra at the
    middle of their side on the wall.
    """
    mesh = system.mesh
    hexes, sides = _beside(mesh)
    normals = facet_normals(mesh.points_um, mesh.film_quads)
    facets = np.linalg.norm(normals, axis=1)
    corners = mesh.points_um[mesh.hexes[hexes]]
    shapes = shape_gradients(_MIDDLES)[sides]  # (n_quads, 8, 3)
    maps = np.einsum("naj,nac->ncj", shapes, corners - corners[:, :1])
    values = potential[mesh.hexes[hexes]]
    slopes = np.einsum("naj,na->nj", shapes, values - values[:, :1])
    gradients = np.linalg.solve(np.swapaxes(maps, 1, 2), slopes[..., None])[..., 0]
    flux = system.circuit.conductivity * np.sum(gradients * normals, axis=1)  # through each facet
    assert facets.all()
    return float(np.sum(np.abs(flux - into)) / np.sum(np.abs(into)))


def _beside(mesh: FloodedMesh) -> tuple[Ids, Ids]:
    """Return for each quad of the wall the hexahedron above it and which of its sides lies there."""
    n_surface = int(mesh.film_quads.max()) + 1
    near = np.flatnonzero(np.sum(mesh.hexes < n_surface, axis=1) >= 3)
    faces = mesh.hexes[near][:, _SIDES].reshape(-1, 4)
    keys = np.concatenate((_corner_sets(mesh.film_quads), _corner_sets(faces)))
    _, names = np.unique(keys, axis=0, return_inverse=True)
    names = names.reshape(-1)
    count = len(mesh.film_quads)
    face_of = np.full(int(names.max()) + 1, -1)
    face_of[names[count:]] = np.arange(len(faces))
    found = face_of[names[:count]]
    assert (found >= 0).all()  # the liquid's mesh conforms to that of the films
    return near[found // 6], found % 6


def _corner_sets(quads: Ids) -> Ids:
    """Return the corners of quads in growing order, each once, -1 for one that repeats."""
    ordered = np.sort(quads, axis=1)
    ordered[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = -1
    return np.sort(ordered, axis=1)
