"""Hexahedral mesh of the films on one sector of the unit cell, on whole cells or on tiles of them.

The surface grid of the sector is lifted through the levels of the stack: node i of level k is node i of the
grid at that level, and a hexahedron is a quad between two levels.  At a sharp rim or vertical edge the first
level has no arc; the hexahedra there are collapsed, their Jacobian still positive at every Gauss point.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.films import Film, Stack
from tfgeom.geometry.plan import Loop
from tfgeom.geometry.profile import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.build_grid import build_surface_grid, fewest_quads
from tfgeom.meshing.lifting import Lifted, lift_levels
from tfgeom.meshing.memory import estimate_film_mesh, require_memory
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.surface_grid import SurfaceGrid, boundary_edges, coincident
from tfgeom.units import UM


@dataclass(frozen=True, slots=True)
class FilmMesh:
    """Films as levels of one surface grid.  All arrays are read-only.

    Attributes
    ----------
    cell
        The relief.
    films
        The films, from the substrate outwards.
    resolution
        What it was made with.
    levels
        Offset of each level from the bare surface, length n_levels.
    points_um
        Nodes, shape (n_levels, n_surface, 3); bare floor at z = 0 (of a through-hole the lower face), axis
        of the feature along z.
    quads
        Corners of the surface quads, shape (n_quads, 4); normals towards growing offsets.  Beside a convex
        vertical edge two neighbouring corners may be one node.
    film_of_layer
        Index into ``films`` of each layer of hexahedra, shape (n_levels - 1,).
    strips, strip_of_quad
        Names of the strips of the profile, and which one a quad belongs to.
    area_ratio
        True area over that of the facets at the faces of the films, shape (n_films + 1, n_quads).
    symmetry_planes
        Surface nodes on each plane that no current crosses: ``first`` and ``last`` mirror plane and the
        ``border`` of the cell (of trenches and waves ``front`` and ``back``, where the strip is cut).
    contacts
        Surface nodes at which a continuous collector is reached: ``floor`` and ``top`` on the border.
    unit_cells
        Unit cells that the mesh covers; below 1 for a sector.
    film_volumes
        Volume of each film per unit cell by the mesh, m³, shape (n_films,).
    min_jacobian
        Smallest det J of all hexahedra, um³ (unit reference cube), at the Gauss points of their quads from
        the first Gauss point across a film to its last: a lower bound of that at the Gauss points alone.
    grid
        The sector's surface grid; None of whole cells and tiles.
    merged
        For each surface node the one that stands for it on the first level, of whole cells and tiles; None
        of a sector, where `standing` finds it.
    """

    cell: Cell
    films: tuple[Film, ...]
    resolution: Resolution
    levels: tuple[Level, ...]
    points_um: NDArray[np.float64]
    quads: NDArray[np.int64]
    film_of_layer: NDArray[np.int64]
    strips: tuple[str, ...]
    strip_of_quad: NDArray[np.int64]
    area_ratio: NDArray[np.float64]
    symmetry_planes: dict[str, NDArray[np.int64]]
    contacts: dict[str, NDArray[np.int64]]
    unit_cells: float
    film_volumes: NDArray[np.float64]
    min_jacobian: float
    grid: SurfaceGrid | None
    merged: NDArray[np.int64] | None = None

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return self.points_um.size // 3

    @property
    def n_hexes(self) -> int:
        """Number of hexahedra (collapsed ones included)."""
        return len(self.film_of_layer) * len(self.quads)

    @property
    def hexes(self) -> NDArray[np.int64]:
        """Corners of all hexahedra in VTK order, layer by layer, shape (n_hexes, 8).

        Node i of level k has the number ``k * n_surface + i``.
        """
        n_surface = self.points_um.shape[1]
        bottom = self.quads[None] + n_surface * np.arange(len(self.film_of_layer))[:, None, None]
        return np.concatenate((bottom, bottom + n_surface), axis=2).reshape(-1, 8)

    @property
    def film_of_hex(self) -> NDArray[np.int64]:
        """Index into ``films`` of each hexahedron, in the order of ``hexes``."""
        return np.repeat(self.film_of_layer, len(self.quads))

    @property
    def standing(self) -> NDArray[np.int64]:
        """For each surface node the one that stands for it on the first level, where an edge may be sharp."""
        return coincident(self.points_um[0]) if self.merged is None else self.merged

    @property
    def edges(self) -> NDArray[np.int64]:
        """Directed boundary edges of the surface grid, shape (n_edges, 2)."""
        return boundary_edges(self.quads)

    @property
    def volume_errors(self) -> NDArray[np.float64]:
        """Relative difference of each film's mesh volume from its closed form, shape (n_films,)."""
        exact = np.array([film.volume for film in self.films])
        errors: NDArray[np.float64] = self.film_volumes / exact - 1
        return errors

    def faces(self, film: int) -> tuple[int, int]:
        """Return the levels of the inner and outer face of a film."""
        layers = np.flatnonzero(self.film_of_layer == film)
        return int(layers[0]), int(layers[-1]) + 1

    def areas_um2(self, level: int) -> NDArray[np.float64]:
        """Return the true area of each quad's patch of a level surface, um², shape (n_quads,)."""
        level %= len(self.points_um)
        film = int(self.film_of_layer[min(level, len(self.film_of_layer) - 1)])
        share = self.resolution.across(self.films[film].layer.role)[level - self.faces(film)[0]]
        ratio = (1 - share) * self.area_ratio[film] + share * self.area_ratio[film + 1]
        return np.asarray(facet_areas(self.points_um[level], self.quads) * ratio)

    def film_ratio(self, film: int) -> NDArray[np.float64]:
        """Return true over facet area within a film, shape (n_quads,).

        Its volume is true, so facets are nearer to each other by as much as their area is too small: the
        square corrects conduction across the chord of a curved film.
        """
        return np.asarray((self.area_ratio[film] + self.area_ratio[film + 1]) / 2)


def mesh_films(stack: Stack, resolution: Resolution | None = None) -> FilmMesh:
    """Return the mesh of all films of a stack on one sector of its cell.

    Parameters
    ----------
    stack
        Films on any relief.  Films below the first one (their thickness is in its inner offset) need not be
        part of the stack.
    resolution
        How fine; the default meets the closed form's volumes to rounding.

    Raises
    ------
    UnsupportedError
        For a layer that fills the relief: it is no film.
    MeshError
        When the mesh would not fit the memory that is free, the resolution cannot resolve the stack, or a
        hexahedron would be inverted.
    """
    resolution = resolution or Resolution()
    if not stack.films:
        raise MeshError("there is nothing to mesh: the design has no layers")
    for film in stack.films:
        if film.layer.fills:
            raise UnsupportedError.at(
                f"layers.{film.layer.name}.fill",
                f"not yet supported: a film mesh of a layer that fills ('{film.layer.name}'); "
                "use the closed forms (analytic)",
            )
    across = [resolution.across(film.layer.role) for film in stack.films]
    counts = [len(shares) - 1 for shares in across]
    _require_size(sum(counts), fewest_quads(resolution), resolution)
    grid = _grid(stack, resolution)
    _require_size(sum(counts), len(grid.quads), resolution)
    film_of_layer = np.repeat(np.arange(len(stack.films)), counts)
    lifted = lift_levels(grid, _faces(stack), across)
    _require_positive(lifted, grid, stack)
    film_volumes = lifted.volumes * UM**3 / grid.fraction
    planes, contacts = _named_nodes(grid)
    mesh = FilmMesh(
        cell=stack.cell,
        films=stack.films,
        resolution=resolution,
        levels=_levels(stack, across),
        points_um=lifted.points,
        quads=grid.quads,
        film_of_layer=film_of_layer,
        strips=grid.strips,
        strip_of_quad=grid.strip_of_quad,
        area_ratio=lifted.area_ratio,
        symmetry_planes=planes,
        contacts=contacts,
        unit_cells=grid.fraction,
        film_volumes=film_volumes,
        min_jacobian=lifted.smallest.jacobian,
        grid=grid,
    )
    freeze(mesh)
    return mesh


def freeze(mesh: FilmMesh) -> None:
    """Make the arrays of a mesh read-only."""
    for name in ("points_um", "quads", "film_of_layer", "strip_of_quad", "area_ratio", "film_volumes"):
        getattr(mesh, name).flags.writeable = False


def _grid(stack: Stack, resolution: Resolution) -> SurfaceGrid:
    thinnest = min(film.layer.thickness for film in stack.films)
    return build_surface_grid(stack.cell, _faces(stack), thinnest, resolution)


def _faces(stack: Stack) -> tuple[Level, ...]:
    """Return the level below the first film and those above each."""
    return (stack.films[0].inner, *(film.outer for film in stack.films))


def mesh_obstacle(stack: Stack) -> str | None:
    """Return what has no film mesh in this stack, or None when it can be meshed."""
    for film in stack.films:
        if film.layer.fills:
            return f"a film mesh of a layer that fills ('{film.layer.name}')"
    if stack.films and any(isinstance(loop, Loop) and loop.sides for loop in stack.cell.plan.elements):
        try:
            _grid(stack, Resolution(1))
        except UnsupportedError as error:
            lacking = error.issues[0]
            return f"{lacking.feature}; {lacking.remedy}"
        except MeshError:
            return None  # a finer mesh may do
    return None


def _require_size(n_layers: int, n_quads: int, resolution: Resolution) -> None:
    n_hexes = n_layers * n_quads
    require_memory(
        estimate_film_mesh(n_hexes, n_quads),
        f"a film mesh of resolution {resolution.refine} ({n_hexes:,} hexahedra)",
    )


def _levels(stack: Stack, across: list[NDArray[np.float64]]) -> tuple[Level, ...]:
    levels = [stack.films[0].inner]
    for film, shares in zip(stack.films, across, strict=True):
        levels += [
            film.inner.towards(film.outer, share, stack.cell.deepest) for share in shares[1:-1].tolist()
        ]
        levels.append(film.outer)
    return tuple(levels)


def _require_positive(lifted: Lifted, grid: SurfaceGrid, stack: Stack) -> None:
    jacobian, film, quad = lifted.smallest
    if not jacobian > 0:
        x, y, z = lifted.points[:, grid.quads[quad]].mean(axis=(0, 1))
        raise MeshError(
            f"the mesh of '{stack.films[film].layer.name}' is inverted near ({x:.4g}, {y:.4g}, {z:.4g}) "
            "um; the gap left there is too narrow for this resolution: use a higher one"
        )


def _named_nodes(
    grid: SurfaceGrid,
) -> tuple[dict[str, NDArray[np.int64]], dict[str, NDArray[np.int64]]]:
    """Return symmetry planes and contacts by name."""
    planes = {"first": grid.seams[0], "last": grid.seams[1]}
    around = [
        row for name, row in grid.borders.items() if grid.sector is not None or name in ("left", "right")
    ]
    if around:
        planes["border"] = np.unique(np.concatenate(around))
    planes |= {name: row for name, row in grid.borders.items() if name in ("front", "back")}
    contacts = {name: row for name, row in grid.borders.items() if name in ("top", "floor", "lower face")}
    return {name: np.unique(nodes) for name, nodes in planes.items() if nodes.size}, contacts


def facet_normals(points: NDArray[np.float64], quads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the vector areas of quads: half the cross product of their diagonals, shape (n_quads, 3)."""
    corner = points[quads]
    return np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]) / 2


def facet_areas(points: NDArray[np.float64], quads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the areas of plane quads, shape (n_quads,)."""
    return np.asarray(np.linalg.norm(facet_normals(points, quads), axis=1))
