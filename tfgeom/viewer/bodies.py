"""Films and substrate as bodies to draw: hexahedra lifted from the surface grid, cut with closed faces.

Cutting hexahedra instead of surfaces closes the cut faces by itself, however thin the film, and keeps fields
in them.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError
from tfgeom.films import Film, Stack
from tfgeom.geometry.profile import Level
from tfgeom.meshing.build_grid import build_surface_grid
from tfgeom.meshing.layer_solids import SubstrateBody, layer_solids
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.surface_grid import SurfaceGrid, boundary_edges
from tfgeom.meshing.tiling import Tiling, tile_grid
from tfgeom.numerals import layer_title
from tfgeom.palette import SUBSTRATE as SUBSTRATE_COLOUR
from tfgeom.palette import film_colours
from tfgeom.units import UM
from tfgeom.viewer.node_fields import Fields
from tfgeom.viewer.section_quads import section_quads
from tfgeom.viewer.view import Cut, View, thicker_films

MAX_FACES = 1_500_000
"""Most quads of hexahedra that a picture is made of."""
VALUES = "values"
"""Name of the point data that a field leaves on a body."""

_COARSE = Resolution(1, rim_chords=8, electrolyte_sublevels=1)
_CURVED = replace(_COARSE, refine=4)
_BELOW = 0.12  # substrate shown below the floor, in heights of the relief
_FLAT_BELOW = 1.5  # the same of a plane, in thicknesses of the films


@dataclass(frozen=True, slots=True)
class Body:
    """One body, uncut.

    Attributes
    ----------
    name
        Of the layer, or ``substrate``.
    material
        Its material; empty where none is stated.
    colour
        ``#rrggbb``.
    shape
        Hexahedra (an unstructured grid), or a closed surface; um.
    skin
        Its closed surface, um.
    has_values
        Whether its nodes carry the view's field.
    """

    name: str
    material: str
    colour: str
    shape: Any
    skin: Any
    has_values: bool = False

    @property
    def title(self) -> str:
        """Name and material, to be read."""
        return layer_title(self.name, self.material)


def scene_bodies(
    stack: Stack,
    view: View,
    *,
    substrate: str | None = None,
    fields: Fields | None = None,
    resolution: Resolution | None = None,
) -> list[Body]:
    """Return the bodies of a view, from the substrate outwards, uncut and at their places.

    Hidden ones are made too: showing them costs nothing.

    Parameters
    ----------
    stack
        Films on a relief.
    view
        Its tile, thickness scale and field count.
    substrate
        Material of the substrate, where the design says.
    fields
        Needed when the view shows a field.
    resolution
        How fine, where no field says it; by default coarse, which loses no volume.

    Raises
    ------
    MeshError
        When the tile is too large to show; it names one that is not.
    DesignError
        When the films merge at the view's thickness scale.
    """
    drawn = thicker_films(stack, view.thickness_scale)
    values = fields.shown(view.field) if fields is not None and view.field is not None else {}
    smooth = not (stack.cell.has_corners or stack.cell.is_flat)
    resolution = resolution or (_CURVED if smooth else _COARSE)
    if fields is not None and values:
        resolution = fields.mesh.resolution
    laid = [film for film in drawn.films if not film.layer.fills]
    colours = film_colours([film.layer for film in drawn.films])
    grid = _display_grid(drawn, laid, resolution)
    _require_budget(len(grid.quads) * len(laid), round(1 / grid.fraction), view)
    made = [_substrate_body(drawn, view, substrate, resolution)]
    mesh = _Tiled(grid, tile_grid(grid, stack.cell, view.columns, view.rows), resolution)
    own = mesh
    if values and fields is not None and fields.mesh.grid is not None:
        solved = fields.mesh.grid
        own = _Tiled(solved, tile_grid(solved, stack.cell, view.columns, view.rows), resolution)
    for film in laid:
        name = film.layer.name
        shape, skin = (own if name in values else mesh).block(film, values.get(name))
        made.append(Body(name, film.layer.material.name, colours[name], shape, skin, name in values))
    made += _filling_bodies(drawn, view, colours, resolution)
    return made


def _display_grid(drawn: Stack, laid: list[Film], resolution: Resolution) -> SurfaceGrid:
    cell = drawn.cell
    room = cell.gap or math.sqrt(cell.footprint)
    thinnest = max(min((film.layer.thickness for film in laid), default=room / 20), room / 200)
    levels = (Level(0.0, 0.0), *(film.outer for film in laid))
    return build_surface_grid(cell, levels, thinnest, resolution)


def _require_budget(quads: int, copies: int, view: View) -> None:
    per_cell = max(1, quads) * copies * 2
    if view.columns * view.rows * per_cell <= MAX_FACES:
        return
    side = math.isqrt(MAX_FACES // per_cell)
    needed = view.columns * view.rows * per_cell
    raise MeshError(
        f"{view.columns}x{view.rows} cells are too many to show ({needed:,} faces, "
        f"at most {MAX_FACES:,}); use {side}x{side}"
        if side
        else f"the cell has too many faces to show ({per_cell:,}, at most {MAX_FACES:,})"
    )


class _Tiled:
    """A surface grid repeated to cells, which films are lifted from."""

    def __init__(self, grid: SurfaceGrid, tiling: Tiling, resolution: Resolution) -> None:
        self.grid, self.tiling, self.resolution = grid, tiling, resolution
        self.quads = tiling.quads(grid.quads)
        self.edges = boundary_edges(self.quads)

    def block(self, film: Film, values: NDArray[np.float64] | None) -> tuple[Any, Any]:
        """Return a film as hexahedra between its faces and its skin, with values where there are some."""
        import pyvista

        low, high = self.grid.place(film.inner), self.grid.place(film.outer)
        across = np.array([0.0, 1.0])
        if values is not None and len(values) > len(across):
            across = self.resolution.across(film.layer.role)
        layers, nodes, shares = len(across) - 1, self.tiling.n_nodes, across[:, None, None]
        points = self.tiling.points((1 - shares) * low + shares * high).reshape(-1, 3)
        bottom = self.quads[None] + nodes * np.arange(layers)[:, None, None]
        hexes = np.concatenate((bottom, bottom + nodes), axis=2).reshape(-1, 8)
        elements = np.column_stack((np.full(len(hexes), 8), hexes))
        kinds = np.full(len(hexes), pyvista.CellType.HEXAHEDRON, dtype=np.uint8)
        shape = pyvista.UnstructuredGrid(elements.ravel(), kinds, points)
        if values is not None:
            spread = np.empty((layers + 1, nodes))
            spread[:, self.tiling.node_of] = values[:, None, None, :]
            shape.point_data[VALUES] = spread.ravel()
        a, b = np.moveaxis(self.edges + nodes * np.arange(layers)[:, None, None], -1, 0)
        sides = np.stack((a, b, b + nodes, a + nodes), axis=-1).reshape(-1, 4)
        skin = pyvista.PolyData.from_regular_faces(
            points, np.concatenate((self.quads[:, ::-1], self.quads + layers * nodes, sides))
        )
        if values is not None:
            skin.point_data[VALUES] = shape.point_data[VALUES]
        return shape, skin


def _substrate_body(drawn: Stack, view: View, material: str | None, resolution: Resolution) -> Body:
    cell = drawn.cell
    side = math.sqrt(cell.footprint)
    below = (
        max(_BELOW * cell.height, 0.1 * side) if cell.height else _FLAT_BELOW * drawn.top.top or 0.2 * side
    )
    solid = layer_solids(
        Stack(cell, ()),
        {},
        substrate=SubstrateBody(cell.height + below, material or "", SUBSTRATE_COLOUR),
        tile=(view.columns, view.rows),
        resolution=resolution,
    )[0]
    return _solid_body(solid)


def _filling_bodies(drawn: Stack, view: View, colours: dict[str, str], resolution: Resolution) -> list[Body]:
    if not drawn.films or not drawn.films[-1].layer.fills:
        return []
    solid = layer_solids(drawn, colours, tile=(view.columns, view.rows), resolution=resolution)[-1]
    return [_solid_body(solid)]


def _solid_body(solid: Solid) -> Body:
    import pyvista

    surface = pyvista.PolyData.from_regular_faces(solid.points_um, solid.triangles)
    return Body(solid.name, solid.material, solid.colour, surface, surface)


def cut_surface(body: Body, cut: Cut | None, bounds: NDArray[np.float64]) -> Any:
    """Return the surface of a body with its cut faces, um; it may be empty.

    Parameters
    ----------
    body
        The body, uncut.
    cut
        The cut, None for none.
    bounds
        Least and greatest coordinates of the whole scene, shape (2, 3): what the position counts in.
    """
    if cut is None or cut.position == 0:
        return body.skin
    origin, normal = cut_plane(cut, bounds)
    left, faces = body.skin.clip(normal=-normal, origin=origin), cut_faces(body, cut, bounds)
    if not faces.n_cells:
        return left
    return left.append_polydata(faces) if left.n_cells else faces


def cut_faces(body: Body, cut: Cut, bounds: NDArray[np.float64]) -> Any:
    """Return the faces where a cut goes through a body, um; parameters as `cut_surface`."""
    import pyvista

    origin, normal = cut_plane(cut, bounds)
    if isinstance(body.shape, pyvista.PolyData):
        axis = "xyz".index(cut.direction)
        points = np.asarray(body.shape.points, dtype=float)
        quads = section_quads(points, body.shape.regular_faces, axis, float(origin[axis]))
        return pyvista.PolyData.from_regular_faces(*quads)
    return body.shape.slice(normal=normal, origin=origin)


def cut_plane(cut: Cut, bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a point of a cut's plane, um, and its normal, which points to what stays."""
    axis = "xyz".index(cut.direction)
    low, high = bounds[:, axis]
    normal = np.zeros(3)
    origin = bounds.mean(axis=0)
    if cut.direction == "y":
        normal[axis], origin[axis] = 1.0, low + cut.position * (high - low)
    else:
        normal[axis], origin[axis] = -1.0, high - cut.position * (high - low)
    return origin, normal


def scene_bounds(bodies: list[Body]) -> NDArray[np.float64]:
    """Return the least and greatest coordinates of bodies, um, shape (2, 3)."""
    lows = [np.asarray(body.shape.points).min(axis=0) for body in bodies]
    highs = [np.asarray(body.shape.points).max(axis=0) for body in bodies]
    return np.array([np.min(lows, axis=0), np.max(highs, axis=0)])


def plane_tiles(stack: Stack) -> int:
    """Return how many cells of a plane stand in a row for a piece about as wide as it is high; 1 of a relief.

    A plane has no unit cell of its own.
    """
    if stack.cell.pitch is not None:
        return 1
    return min(8, max(1, math.ceil(1.5 * stack.top.top / math.sqrt(stack.cell.footprint))))


def relief_height(stack: Stack) -> float:
    """Return the height of the coated relief, um: what `View.explode` counts in."""
    return float((stack.cell.height + stack.top.top) / UM)
