"""Hexahedral mesh of the space above the films up to a flat plane: the liquid of a flooded cell.

Its first nodes are those of the films' outer level, so it conforms to the film mesh.  In the pores the flats
of the floor are lifted through the stations of the walls beside them; above the flat top the whole plan is
lifted up to the plane.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.geometry.profile import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.quality import hex_quality
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.surface_grid import SurfaceGrid
from tfgeom.units import UM

_HEAD_STEPS = 4  # of the head space's height, or of the widest gap, that its lowest element is
_BYTES_PER_HEX = 750  # peak while the mesh is measured (tracemalloc); it keeps an eighth of that

Ids = NDArray[np.int64]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FloodedMesh:
    """Space above one sector of coated relief.  All arrays are read-only.

    Attributes
    ----------
    points_um
        Nodes, shape (n_nodes, 3); the first ones are those of the films' outer level, in its order.
    hexes
        Corners in VTK order, shape (n_hexes, 8).  Beside a convex vertical edge corners may repeat.
    film_quads
        Quads on the films, normals into the liquid, shape (n_quads, 4): those of the film mesh.
    plane_quads
        Quads on the plane above, normals out of the liquid, shape (n_plane, 4).
    volume
        Volume per unit cell by the mesh, m³.
    closed_form_volume
        The same in closed form, m³: what relief and films leave below the plane.
    min_jacobian
        Smallest det J at a Gauss point, um³.
    unit_cells
        Share of the unit cell that the sector covers.
    """

    points_um: Points
    hexes: Ids
    film_quads: Ids
    plane_quads: Ids
    volume: float
    closed_form_volume: float
    min_jacobian: float
    unit_cells: float


def mesh_flooded(mesh: FilmMesh, height: float) -> FloodedMesh:
    """Return the mesh of the space between the films and a plane.

    Parameters
    ----------
    mesh
        Films of one sector.
    height
        Distance of the plane from the coated flat top (of a wave: its crest), m.

    Raises
    ------
    UnsupportedError
        For through-holes: their liquid has two faces.
    MeshError
        When a hexahedron would be inverted.
    """
    if mesh.grid is None:
        raise ValueError("the space above the films is meshed for one sector")
    return _space_above(mesh.cell, mesh.grid, mesh.levels[-1], mesh.resolution, height)


def mesh_filling(
    cell: Cell, grid: SurfaceGrid, level: Level, resolution: Resolution, height: float
) -> FloodedMesh:
    """Return the mesh of a layer that fills a relief: what lies between a level and a plane.

    Parameters
    ----------
    cell, grid
        The relief and the surface grid of its sector.
    level
        The outermost level below the layer.
    resolution
        How fine.
    height
        Thickness of the layer above the coated flat top, m.
    """
    return _space_above(cell, grid, level, resolution, height)


def _space_above(
    cell: Cell, grid: SurfaceGrid, level: Level, resolution: Resolution, height: float
) -> FloodedMesh:
    if cell.through:
        raise UnsupportedError.at(
            "relief.through",
            "not yet supported: a mesh of the space in through-holes; use --what films or --what solids",
        )
    surface = grid.place(level)
    made = _Space(surface)
    base, ids = _fill_pores(grid, level, made) if grid.swept else (grid.quads, np.arange(grid.n_nodes))
    top = (cell.height + level.top + height) / UM
    spacing = min(height, cell.gap or height) / _HEAD_STEPS / UM
    plane = _fill_head(made, base, ids, top, resolution, spacing)
    points, hexes = np.concatenate(made.points), np.concatenate(made.hexes)
    quality = hex_quality(points[hexes])
    smallest = float(quality.jacobian.min())
    if not smallest > 0:
        x, y, z = points[hexes[int(np.argmin(quality.jacobian))]].mean(axis=0)
        raise MeshError(
            f"the mesh of the space above the films is inverted near ({x:.4g}, {y:.4g}, {z:.4g}) um; "
            "use a higher resolution"
        )
    exact = cell.footprint * (cell.height + level.top + height) - cell.solid_volume - cell.volume(level)
    for array in (points, hexes, plane):
        array.flags.writeable = False
    return FloodedMesh(
        points_um=points,
        hexes=hexes,
        film_quads=grid.quads,
        plane_quads=plane,
        volume=float(quality.volumes.sum()) * UM**3 / grid.fraction,
        closed_form_volume=exact,
        min_jacobian=smallest,
        unit_cells=grid.fraction,
    )


class _Space:
    """Collects nodes and hexahedra above a surface."""

    def __init__(self, surface: Points) -> None:
        self.points = [surface]
        self.hexes: list[Ids] = []
        self._count = len(surface)
        self._hexes = 0

    def require_room(self, n_hexes: int) -> None:
        """Raise where so many more hexahedra would not fit the memory, before they are made."""
        self._hexes += n_hexes
        require_memory(_BYTES_PER_HEX * self._hexes, f"a mesh of {self._hexes:,} hexahedra above the films")

    def nodes(self, points: Points) -> Ids:
        """Add nodes and return their numbers."""
        self.points.append(points)
        self._count += len(points)
        return np.arange(self._count - len(points), self._count)


def _fill_pores(grid: SurfaceGrid, level: Level, made: _Space) -> tuple[Ids, Ids]:
    """Add the hexahedra beside the walls; return the quads of the plan at the top and their nodes' numbers.

    Quads name nodes of the surface, the numbers say which node of the space stands for each of them.
    """
    words = [strip.rsplit(" ", 1)[-1] for strip in grid.strips]
    floors = grid.quads[np.isin(grid.strip_of_quad, [i for i, word in enumerate(words) if word == "floor"])]
    tops = grid.quads[np.isin(grid.strip_of_quad, [i for i, word in enumerate(words) if word == "top"])]
    numbers = np.arange(grid.n_nodes)
    made.require_room(len(floors) * (grid.n_stations - 1))
    if len(floors):
        lifted = np.unique(floors)
        at_wall = np.concatenate([wall[-1] for wall in grid.swept])
        free = np.setdiff1d(lifted, at_wall)
        below = numbers.copy()
        for station in range(grid.n_stations - 2, -1, -1):
            above = numbers.copy()
            above[free] = made.nodes(grid.place_at(level, station, free))
            for wall in grid.swept:
                above[wall[-1]] = wall[station]
            made.hexes.append(np.concatenate((below[floors], above[floors]), axis=1))
            below = above
        numbers = below
    return np.concatenate((floors, tops)), numbers


def _fill_head(
    made: _Space, quads: Ids, numbers: Ids, top: float, resolution: Resolution, spacing: float
) -> Ids:
    """Add the hexahedra from the quads of the plan up to the plane; return the quads on the plane."""
    base = numbers[quads]
    used, local = np.unique(base, return_inverse=True)
    local = local.reshape(-1, 4)
    start = np.concatenate(made.points)[used]
    highest = top - float(start[:, 2].max())
    shares = resolution.fractions(highest, spacing, "start") if highest > 0 else np.array([0.0])
    made.require_room(len(quads) * (len(shares) - 1))
    below = used
    for share in shares[1:]:
        points = start.copy()
        points[:, 2] = (1 - share) * start[:, 2] + share * top
        above = made.nodes(points)
        made.hexes.append(np.concatenate((below[local], above[local]), axis=1))
        below = above
    return np.asarray(below[local])
