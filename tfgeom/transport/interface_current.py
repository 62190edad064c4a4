"""Current densities over the two faces of the electrolyte, and how unevenly they are spread."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.meshing.quality import shape_gradients
from tfgeom.transport.conduction_system import ConductionSystem, face_speed
from tfgeom.transport.surface_element import nodal_areas

_PEAK_SHARE = 1e-3  # of the interface's area: the maximum itself is infinite at a sharp foot
_SAMPLES = 6  # per quad and direction


@dataclass(frozen=True, slots=True)
class FaceCurrent:
    """Current through one face of the electrolyte at 1 V between the terminals.

    Attributes
    ----------
    level
        Level of the mesh the face lies on.
    density
        Current density at the surface nodes, A/m² x 1e-6 per V, shape (n_surface,).
    total
        Current through the sector's face, 1e-6 A per V.
    side
        inner or outer face.
    """

    level: int
    density: NDArray[np.float64]
    total: float
    side: Literal["inner", "outer"]


def face_current(
    system: ConductionSystem, potential: NDArray[np.float64], side: Literal["inner", "outer"]
) -> FaceCurrent:
    """Return the current through the inner or outer face of the electrolyte.

    Where the potential jumps it is the jump over the interface resistance, else the reaction of the
    electrolyte's elements on the face (what the face's test functions see), over the nodes' areas.
    """
    sheets, mesh = system.sheets, system.mesh
    electrolyte = system.core.electrolyte
    film = electrolyte[0] if side == "inner" else electrolyte[-1]
    sheet = sheets.faces[film][0 if side == "inner" else 1]
    level = sheets.levels[sheet]
    junction = film if side == "inner" else film + 1
    areas = nodal_areas(mesh.points_um[level], mesh.quads, face_speed(mesh, junction))
    for index, low, up in sheets.jumps:
        if index == junction:
            conductance = 1e-6 / system.core.jump_resistances[junction]
            density = conductance * (potential[up] - potential[low])
            return FaceCurrent(level, density, float(areas @ density), side)
    reaction = _reaction(system, potential, film)[sheet]
    reaction = -reaction if side == "inner" else reaction
    # A sharp rim at offset 0 has nodes without area and without current.
    density = np.divide(reaction, areas, out=np.zeros_like(areas), where=areas > 0)
    return FaceCurrent(level, density, float(reaction.sum()), side)


def _reaction(system: ConductionSystem, potential: NDArray[np.float64], film: int) -> NDArray[np.float64]:
    """Return what the elements of one film exert on each node, 1e-6 A per V, (n_sheets, n_surface)."""
    from skfem import Basis, ElementHex0, ElementHex1, LinearForm
    from skfem.helpers import dot, grad

    elements = np.flatnonzero(np.repeat(np.array(system.sheets.films) == film, len(system.mesh.quads)))
    basis = Basis(system.basis.mesh, ElementHex1(), intorder=3, elements=elements)
    form = LinearForm(lambda v, w: w["sigma"] * dot(w["phi"].grad, grad(v)))
    forces = form.assemble(
        basis,
        phi=basis.interpolate(potential.ravel()[: basis.N]),
        sigma=basis.with_element(ElementHex0()).interpolate(system.sigma),
    )
    return np.pad(forces, (0, potential.size - basis.N)).reshape(potential.shape)


def peak_to_mean(mesh: FilmMesh, face: FaceCurrent) -> float:
    """Return the current density exceeded on 0.1 % of a face's area, over its mean.

    The nodal densities are interpolated bilinearly and sampled at equal parts of each quad.
    """
    areas = mesh.areas_um2(face.level)
    position = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    u, v = (axis.ravel() for axis in np.meshgrid(position, position))
    shapes = np.stack(((1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v))
    samples = face.density[mesh.quads] @ shapes
    weights = np.repeat(areas[:, None] / len(u), len(u), axis=1)
    order = np.argsort(samples, axis=None)[::-1]
    covered = np.cumsum(weights.ravel()[order])
    share = covered / covered[-1]
    # Densities agree to rounding on a plane: the quantile must not be less than the mean there.
    peak = float(np.interp(_PEAK_SHARE, share, samples.ravel()[order]))
    return peak * float(covered[-1]) / float(np.sum(samples * weights))


def flux_mismatch(system: ConductionSystem, potential: NDArray[np.float64], face: FaceCurrent) -> float:
    """Return the mean of |sigma dphi/dn - j| over a face, relative to the mean of j.

    The gradient is that of the electrolyte's elements at the middle of their quad on the face.
    """
    sheets, mesh = system.sheets, system.mesh
    electrolyte = system.core.electrolyte
    films = np.array(sheets.films)
    if face.side == "inner":
        layer, height = int(np.flatnonzero(films == electrolyte[0])[0]), 0.0
    else:
        layer, height = int(np.flatnonzero(films == electrolyte[-1])[-1]), 1.0
    low, up = sheets.layers[layer]
    areas = mesh.areas_um2(face.level)
    # The arc of a sharp rim has no area at offset 0, and its collapsed hexahedra no gradient there.
    real = areas > areas.max() * 1e-12
    film = electrolyte[0] if face.side == "inner" else electrolyte[-1]
    quads, areas, speed = mesh.quads[real], areas[real], mesh.normal_speed[film][real]
    points = mesh.points_um[sheets.levels[low]], mesh.points_um[sheets.levels[up]]
    corners = np.concatenate((points[0][quads], points[1][quads]), axis=1)
    values = np.concatenate((potential[low][quads], potential[up][quads]), axis=1)
    shapes = shape_gradients(np.array([[0.5, 0.5, height]]))[0]
    maps = np.einsum("aj,nac->ncj", shapes, corners - corners[:, :1])
    gradients = np.linalg.solve(np.swapaxes(maps, 1, 2), (values @ shapes)[..., None])[..., 0]
    normals = np.cross(maps[:, :, 0], maps[:, :, 1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    sigma = system.sigma.reshape(len(sheets.layers), -1)[layer][real]
    flux = sigma * np.sum(gradients * normals, axis=1) / speed
    density = face.density[quads].mean(axis=1)
    return float(np.sum(areas * np.abs(flux - density)) / np.sum(areas * np.abs(density)))
