"""Hexahedral mesh of the films on one sector of the unit cell.

The surface grid of the sector is lifted through the levels of the stack: node i of level k is node i of the
grid at that level's offset, and a hexahedron is a quad between two levels.  At a sharp rim the first level
has no arc; the hexahedra there are collapsed to wedges, their Jacobian still positive at every Gauss point.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.films import Film, Stack
from tfgeom.geometry.plan import Loop
from tfgeom.meshing.quality import hex_quality
from tfgeom.meshing.resolution import Resolution, require_size
from tfgeom.meshing.surface_grid import MESHED_KINDS, build_surface_grid, fewest_quads
from tfgeom.units import UM


@dataclass(frozen=True, slots=True)
class FilmMesh:
    """Films of one sector as levels of one surface grid.  All arrays are read-only.

    Attributes
    ----------
    films
        The films, from the substrate outwards.
    resolution
        What it was made with.
    offsets_um
        Offset of each level from the bare surface, shape (n_levels,).
    points_um
        Nodes, shape (n_levels, n_surface, 3); bare floor at z = 0, axis of the feature along z.
    quads
        Corners of the surface quads, shape (n_quads, 4); normals towards growing offsets.
    edges
        Directed boundary edges of the surface grid, shape (n_edges, 2).
    film_of_layer
        Index into ``films`` of each layer of hexahedra, shape (n_levels - 1,).
    strips, strip_of_quad
        Names of the strips of the profile, and which one a quad belongs to.
    normal_speed
        How far a facet moves along its normal per offset, shape (n_quads,).  Facet area times it is the true
        area of the curved surface, and its square corrects conduction across the chord of a curved film.
    sector_fraction
        Area of the sector over the footprint: unit cell = sector / fraction.
    film_volumes
        Volume of each film per unit cell by the mesh, m³, shape (n_films,).
    min_jacobian
        Smallest det J at a Gauss point of any hexahedron, um³ (unit reference cube).
    min_relative_jacobian
        The smallest over the volume of its hexahedron: 1 for a brick.
    """

    films: tuple[Film, ...]
    resolution: Resolution
    offsets_um: NDArray[np.float64]
    points_um: NDArray[np.float64]
    quads: NDArray[np.int64]
    edges: NDArray[np.int64]
    film_of_layer: NDArray[np.int64]
    strips: tuple[str, ...]
    strip_of_quad: NDArray[np.int64]
    normal_speed: NDArray[np.float64]
    sector_fraction: float
    film_volumes: NDArray[np.float64]
    min_jacobian: float
    min_relative_jacobian: float

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return self.points_um.size // 3

    @property
    def n_hexes(self) -> int:
        """Number of hexahedra (those collapsed at a sharp rim included)."""
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
    def volume_errors(self) -> NDArray[np.float64]:
        """Relative difference of each film's mesh volume from its closed form, shape (n_films,)."""
        exact = np.array([film.volume for film in self.films])
        errors: NDArray[np.float64] = self.film_volumes / exact - 1
        return errors

    def areas_um2(self, level: int) -> NDArray[np.float64]:
        """Return the true area of each quad's patch of a level surface, um², shape (n_quads,)."""
        areas: NDArray[np.float64] = _facet_areas(self.points_um[level], self.quads) * self.normal_speed
        return areas


def mesh_films(stack: Stack, resolution: Resolution | None = None) -> FilmMesh:
    """Return the mesh of all films of a stack.

    Parameters
    ----------
    stack
        Uniform films on a planar cell, pillars, holes or microtubes.  Films below the first one (their
        thickness is in its inner offset) need not be part of the stack.
    resolution
        How fine; the default meets the closed form's volumes to rounding.

    Raises
    ------
    UnsupportedError
        For other kinds and for films whose thickness varies.
    MeshError
        When the mesh would be too large, or a hexahedron would be inverted.
    """
    resolution = resolution or Resolution()
    if not stack.films:
        raise MeshError("there is nothing to mesh: the design has no layers")
    obstacle = _obstacle(stack)
    if obstacle is not None:
        raise UnsupportedError.at(
            obstacle[0], f"not yet supported: {obstacle[1]}; use the closed forms (analytic)"
        )
    offsets, film_of_layer = _levels(stack, resolution)
    require_size(len(film_of_layer) * fewest_quads(resolution), resolution)
    thinnest = min(film.layer.thickness for film in stack.films)
    grid = build_surface_grid(stack.cell, (offsets[0], offsets[-1]), thinnest, resolution)
    require_size(len(film_of_layer) * len(grid.quads), resolution)
    offsets_um = offsets / UM
    points = grid.origin_um[None] + offsets_um[:, None, None] * grid.velocity[None]
    volumes, smallest, relative = _check_layers(points, grid.quads, film_of_layer, stack)
    arrays = (offsets_um, points, grid.quads, grid.edges, film_of_layer, grid.strip_of_quad)
    speed = _normal_speed(points[-1], grid.velocity, grid.quads)
    film_volumes = volumes * UM**3 / grid.sector_fraction
    for array in (*arrays, speed, film_volumes):
        array.flags.writeable = False
    return FilmMesh(
        films=stack.films,
        resolution=resolution,
        offsets_um=offsets_um,
        points_um=points,
        quads=grid.quads,
        edges=grid.edges,
        film_of_layer=film_of_layer,
        strips=grid.strips,
        strip_of_quad=grid.strip_of_quad,
        normal_speed=speed,
        sector_fraction=grid.sector_fraction,
        film_volumes=film_volumes,
        min_jacobian=smallest,
        min_relative_jacobian=relative,
    )


def mesh_obstacle(stack: Stack) -> str | None:
    """Return what has no film mesh yet in this stack, or None when it can be meshed."""
    found = _obstacle(stack)
    return None if found is None else found[1]


def _obstacle(stack: Stack) -> tuple[str, str] | None:
    """Return the place in the design and the reason."""
    if stack.cell.kind not in MESHED_KINDS:
        return "relief.kind", f"a film mesh of {stack.cell.kind} (there is one of {', '.join(MESHED_KINDS)})"
    cell = stack.cell
    if not cell.is_flat:
        if not cell.is_vertical:
            return "relief.sidewall_angle", "a film mesh of walls that are not vertical"
        if cell.through:
            return "relief.through", "a film mesh of through-holes"
        loops = [element for element in cell.plan.elements if isinstance(element, Loop)]
        if any(loop.sides for loop in loops):
            return "relief.cross_section", "a film mesh of square and hexagonal sections"
        if len(loops) > 2:
            return "relief.inner", "a film mesh of double microtubes"
    for film in stack.films:
        if film.layer.fills:
            return (
                f"layers.{film.layer.name}.fill",
                f"a film mesh of a layer that fills ('{film.layer.name}')",
            )
        if film.inner.top != film.inner.bottom or film.outer.top != film.outer.bottom:
            return (
                f"layers.{film.layer.name}.step_coverage",
                f"a film mesh of layers whose thickness varies ('{film.layer.name}')",
            )
    return None


def _levels(stack: Stack, resolution: Resolution) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the offset of each level, m, and the film of each layer between them."""
    offsets, film_of_layer = [np.array([stack.films[0].inner.top])], []
    for index, film in enumerate(stack.films):
        count = resolution.sublevels(film.layer.role)
        require_size(count, resolution)
        offsets.append(np.linspace(film.inner.top, film.outer.top, count + 1)[1:])
        film_of_layer += [index] * count
    return np.concatenate(offsets), np.array(film_of_layer)


def _check_layers(
    points: NDArray[np.float64], quads: NDArray[np.int64], film_of_layer: NDArray[np.int64], stack: Stack
) -> tuple[NDArray[np.float64], float, float]:
    """Return film volumes of the sector, um³, and the smallest Jacobians; raise where one is not positive."""
    volumes = np.zeros(len(stack.films))
    smallest, relative = np.inf, np.inf
    for layer, film in enumerate(film_of_layer):
        corners = np.concatenate((points[layer][quads], points[layer + 1][quads]), axis=1)
        quality = hex_quality(corners)
        worst = int(np.argmin(quality.jacobian))
        if not quality.jacobian[worst] > 0:
            x, y, z = corners[worst].mean(axis=0)
            raise MeshError(
                f"the mesh of '{stack.films[film].layer.name}' is inverted near ({x:.4g}, {y:.4g}, {z:.4g}) "
                "um; the gap left there is too narrow for this resolution: use a higher one"
            )
        smallest = min(smallest, float(quality.jacobian[worst]))
        relative = min(relative, float(quality.relative_jacobian.min()))
        volumes[film] += quality.volumes.sum()
    return volumes, smallest, relative


def _facet_normals(points: NDArray[np.float64], quads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the vector areas of plane quads: half the cross product of their diagonals."""
    corner = points[quads]
    return np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]) / 2


def _facet_areas(points: NDArray[np.float64], quads: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(_facet_normals(points, quads), axis=1))


def _normal_speed(
    points: NDArray[np.float64], velocity: NDArray[np.float64], quads: NDArray[np.int64]
) -> NDArray[np.float64]:
    normals = _facet_normals(points, quads)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    # All four corners of a facet move the same way along its normal: it stays parallel to itself.
    return np.asarray(np.sum(normals * velocity[quads].mean(axis=1), axis=1))
