"""Current through the two faces of the electrolyte."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.quality import shape_gradients
from tfgeom.transport.films.linear import FilmSolution
from tfgeom.transport.films.system import ConductionSystem
from tfgeom.transport.surface_element import nodal_areas

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaceCurrent:
    """Current through one face of the electrolyte.

    Attributes
    ----------
    level
        Level of the mesh the face lies on.
    density
        Current density at the surface nodes from the outer to the inner side, 1e6 A/m², shape (n_surface,).
    total
        Current through the sector's face, 1e-6 A.
    side
        inner or outer face.
    """

    level: int
    density: Floats
    total: float
    side: Literal["inner", "outer"]


def face_current(
    system: ConductionSystem, solution: FilmSolution, side: Literal["inner", "outer"]
) -> FaceCurrent:
    """Return the current through the inner or outer face of the electrolyte.

    Where the potential jumps it is what crosses the interface, else the reaction of the electrolyte's
    elements on the face (what the face's test functions see), over the nodes' areas.
    """
    sheets, mesh = system.sheets, system.mesh
    electrolyte = system.core.electrolyte
    film = electrolyte[0] if side == "inner" else electrolyte[-1]
    sheet = sheets.faces[film][0 if side == "inner" else 1]
    level = sheets.levels[sheet]
    junction = film if side == "inner" else film + 1
    areas = nodal_areas(mesh.points_um[level], mesh.quads, mesh.area_ratio[junction])
    # the layer of the electrolyte at the face, or the jump there
    layer = sheet if side == "inner" else sheet - 1
    link = next((low for index, low, _ in sheets.jumps if index == junction), layer)
    from_low, from_up = solution.links.link_current(link, solution.potential)
    reaction = -from_low if side == "inner" else from_up
    total = float(reaction.sum())
    if junction in solution.jump_density:
        return FaceCurrent(level, solution.jump_density[junction], total, side)
    # A sharp rim at offset 0 has nodes without area and without current.
    density = np.divide(reaction, areas, out=np.zeros_like(areas), where=areas > 0)
    return FaceCurrent(level, density, total, side)


def flux_mismatch(system: ConductionSystem, solution: FilmSolution, face: FaceCurrent) -> float:
    """Return the mean of |sigma dphi/dn - j| over a face, relative to the mean of j.

    The gradient is that of the electrolyte's elements at the middle of their quad on the face.
    """
    sheets, mesh, potential = system.sheets, system.mesh, solution.potential
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
    quads, areas, ratio = mesh.quads[real], areas[real], mesh.film_ratio(film)[real]
    points = mesh.points_um[sheets.levels[low]], mesh.points_um[sheets.levels[up]]
    corners = np.concatenate((points[0][quads], points[1][quads]), axis=1)
    values = np.concatenate((potential[low][quads], potential[up][quads]), axis=1)
    shapes = shape_gradients(np.array([[0.5, 0.5, height]]))[0]
    maps = np.einsum("aj,nac->ncj", shapes, corners - corners[:, :1])
    gradients = np.linalg.solve(np.swapaxes(maps, 1, 2), (values @ shapes)[..., None])[..., 0]
    normals = np.cross(maps[:, :, 0], maps[:, :, 1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    # the potential is solved with S/m and um: its fluxes are in 1e6 A/m²
    flux = system.sigma[layer][real] * np.sum(gradients * normals, axis=1) / ratio
    density = face.density[quads].mean(axis=1)
    return float(np.sum(areas * np.abs(flux - density)) / np.sum(areas * np.abs(density)))
