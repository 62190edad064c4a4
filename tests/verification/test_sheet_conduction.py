"""A sheet on pillars and holes of a rectangular lattice conducts across the chip as on a plane: by finite elements.

Linear triangles on the bare surface of a whole cell, periodic but for a unit step of the potential along one axis.
"""

import math

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from tests.coated_reliefs import films_on
from tfgeom.geometry.lattice import along_axes
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.tiling import tile_mesh
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.units import UM


def conductance(relief: UnitCell, refine: int) -> list[float]:
    """Return the conductances per square of the footprint along x and y, of a sheet of 1 S per square."""
    mesh = tile_mesh(mesh_films(films_on(relief, [0.01 * UM]), Resolution(refine)))
    points = mesh.points_um[0]
    triangles = np.concatenate((mesh.quads[:, [0, 1, 2]], mesh.quads[:, [0, 2, 3]]))
    a, b, c = points[triangles].transpose(1, 0, 2)
    edges = np.stack((c - b, a - c, b - a), axis=1)
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    kept = areas > 1e-14  # films of sharp edges have no area there
    stiffness = np.einsum("tik,tjk->tij", edges[kept], edges[kept]) / (4 * areas[kept])[:, None, None]
    rows, columns = np.repeat(triangles[kept], 3, axis=1).ravel(), np.tile(triangles[kept], 3).ravel()
    matrix = coo_matrix((stiffness.ravel(), (rows, columns)), shape=(len(points),) * 2).tocsr()
    sides = np.array(along_axes(relief.periods or 0.0)) / UM
    # one unknown for all nodes at a place of the lattice
    place = np.column_stack(
        (np.round((points[:, :2] / sides + 0.5) % 1 * 1e7) % 1e7, np.round(points[:, 2] * 1e6))
    )
    _, first, unknown = np.unique(place, axis=0, return_index=True, return_inverse=True)
    unknown = unknown.ravel()
    spread = coo_matrix((np.ones(len(points)), (np.arange(len(points)), unknown))).tocsr()
    found = []
    for axis in (0, 1):
        step = points[:, axis] - points[first[unknown], axis]
        load = -(spread.T @ (matrix @ step))
        system = (spread.T @ matrix @ spread).tocsc()
        free = np.flatnonzero(system.diagonal() > 0)[1:]
        potential = np.zeros(spread.shape[1])
        potential[free] = spsolve(system[free][:, free], load[free])
        whole = spread @ potential + step
        found.append(float(whole @ (matrix @ whole)) / (sides[0] * sides[1]))
    return found


def limit(relief: UnitCell) -> list[float]:
    """Return the conductances that those of two meshes tend to, the error going with the square of the cell."""
    coarse, fine = (np.array(conductance(relief, refine)) for refine in (1, 2))
    return [float(value) for value in fine + (fine - coarse) / 3]


@pytest.mark.parametrize(
    "relief",
    [
        pillars(2 * UM, (3 * UM, 4.5 * UM), 5 * UM, "rectangular"),
        pillars(2 * UM, (9 * UM, 3 * UM), 5 * UM, "rectangular", 0.1 * UM, angle=math.radians(88)),
        holes(2 * UM, (3 * UM, 6 * UM), 9 * UM, "rectangular"),
    ],
)
def test_round_features_conduct_as_a_plane_whatever_their_lattice(relief: UnitCell) -> None:
    assert limit(relief) == pytest.approx([1, 1], abs=1e-3)


@pytest.mark.parametrize("sides", [4, 6])
def test_features_with_corners_conduct_within_a_percent(sides: int) -> None:
    along_x, along_y = limit(pillars(2 * UM, (2.5 * UM, 9 * UM), 5 * UM, "rectangular", sides=sides))
    assert along_x == pytest.approx(1, abs=1e-2)
    assert along_x * along_y == pytest.approx(1, abs=1e-3)  # what one way has more the other has less
