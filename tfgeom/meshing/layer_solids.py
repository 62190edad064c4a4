"""Watertight bodies of the layers and the substrate, on whole cells and tiles.

Neighbouring bodies share the triangles of their common face.  A body is bounded by the two faces of a layer
and by the cut at the border of the tile; bodies with a flat side (the substrate's back, the outer face of a
layer that fills) get a fan of triangles in each cell.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError
from tfgeom.films import Film, Stack
from tfgeom.geometry.profile import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.build_grid import build_surface_grid, fewest_quads
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.strip_cut import cut_triangles
from tfgeom.meshing.surface_grid import boundary_edges, coincident
from tfgeom.meshing.tiling import one_sector, tile_grid
from tfgeom.units import UM

# Bound of the peak while bodies are made, checked and written (tracemalloc): to make up to 360 B, to check a
# body 380 B of its own.
_BYTES_PER_TRIANGLE = 400
MAX_TRIANGLES = 2_000_000
"""Most triangles that bodies are built of, unless more are allowed."""
SUBSTRATE = "substrate"
"""Name and role of the body below the films."""

Ids = NDArray[np.int64]
Points = NDArray[np.float64]


class TooManyTrianglesError(MeshError):
    """Bodies of a tile need more triangles than allowed."""


@dataclass(frozen=True, slots=True)
class SubstrateBody:
    """The wafer as a body: thickness (m) from its back to the top of the relief, material and colour."""

    thickness: float
    material: str
    colour: str


def layer_solids(
    stack: Stack,
    colours: Mapping[str, str],
    *,
    substrate: SubstrateBody | None = None,
    tile: tuple[int, int] | None = (1, 1),
    resolution: Resolution | None = None,
    max_triangles: int = MAX_TRIANGLES,
    otherwise: str = "",
) -> list[Solid]:
    """Return one closed body a layer, from the substrate outwards.

    Parameters
    ----------
    stack
        Films on a relief; without films only the substrate is made.
    colours
        Of the layers, by name.
    substrate
        The wafer, None to leave it out.
    tile
        Cells along x and rows of them; None for one sector, which has no substrate.
    resolution
        How fine; by default coarse, which loses no volume.
    max_triangles
        Most triangles that may be made.
    otherwise
        A further way out, for the message where they do not suffice.

    Raises
    ------
    TooManyTrianglesError
        When the tile needs more triangles than allowed, with the largest one that fits.
    MeshError
        When there is nothing to make, or the substrate is thinner than the relief.
    """
    resolution = resolution or Resolution(1)
    if tile is None and (substrate is not None or any(film.layer.fills for film in stack.films)):
        raise MeshError("one sector has no flat back: make substrates and filling layers of whole cells")
    made = _Bodies(stack, tile, resolution, max_triangles, otherwise, with_substrate=substrate is not None)
    solids = []
    if substrate is not None:
        solids.append(made.substrate(substrate))
    for index, film in enumerate(stack.films):
        solids.append(made.layer(index, film, colours[film.layer.name]))
    if not solids:
        raise MeshError("there is nothing to make: the design has no layers")
    return solids


def substrate_volume(cell: Cell, thickness: float) -> float:
    """Return the volume of a wafer with the relief in it, m³ per unit cell; through-holes: as deep as it."""
    if cell.through:
        return cell.solid_volume
    return cell.footprint * (thickness - cell.height) + cell.solid_volume


class _Bodies:
    """The faces of a stack on a tile, and the bodies between them."""

    def __init__(
        self,
        stack: Stack,
        tile: tuple[int, int] | None,
        resolution: Resolution,
        max_triangles: int,
        otherwise: str,
        *,
        with_substrate: bool,
    ) -> None:
        self.cell = stack.cell
        self.whole = tile is not None
        laid = [film for film in stack.films if not film.layer.fills]
        bare = Level(0.0, 0.0)
        self.levels = (bare, *(film.outer for film in laid))
        room = self.cell.gap or math.sqrt(self.cell.footprint)
        thinnest = min((film.layer.thickness for film in laid), default=room / 20)
        least = 4 * max(1, len(laid)) * fewest_quads(resolution)  # before the grid itself fills the memory
        require_memory(_BYTES_PER_TRIANGLE * least, f"bodies of {least:,} triangles")
        self.grid = build_surface_grid(self.cell, self.levels, thinnest, resolution)
        flat = len(stack.films) - len(laid) + with_substrate
        remedies = ["allow more", *([otherwise] if otherwise else [])]
        if resolution.refine > 1:
            remedies.insert(0, "use a lower resolution")
        self._require_budget(len(laid), flat, tile, max_triangles, remedies)
        self.tiling = one_sector(self.grid) if tile is None else tile_grid(self.grid, self.cell, *tile)
        sector = np.stack([self.grid.place(level) for level in self.levels])
        self.points = self.tiling.points(sector)
        self.stands = self.tiling.standing_for(coincident(sector[0]))
        self.quads = self.tiling.quads(self.grid.quads)
        self.edges = boundary_edges(self.quads)

    def _require_budget(
        self, films: int, flat: int, tile: tuple[int, int] | None, max_triangles: int, remedies: list[str]
    ) -> None:
        quads, border = len(self.grid.quads), sum(len(row) for row in self.grid.borders.values())
        # faces and the cut around them; of bodies with a flat side also its fan
        per_sector = films * (4 * quads + 2 * border) + flat * (2 * quads + 3 * border)
        per_cell = math.ceil(per_sector / self.grid.fraction)
        wanted = self.grid.fraction if tile is None else tile[0] * tile[1]
        needed = math.ceil(wanted * per_cell)
        if needed <= max_triangles:
            require_memory(_BYTES_PER_TRIANGLE * needed, f"bodies of {needed:,} triangles")
            return
        side = math.isqrt(max_triangles // per_cell)
        fits = f"at most {side}x{side} cells fit" if side else "not even one cell fits"
        what = "one sector needs" if tile is None else f"{tile[0]}x{tile[1]} cells need"
        if side and tile is not None:
            remedies = ["use fewer cells", *remedies]
        raise TooManyTrianglesError(
            f"{what} about {needed:,} triangles, more than the {max_triangles:,} "
            f"allowed: {fits}; {', or '.join(remedies)}"
        )

    def level(self, index: int) -> Points:
        """Return the nodes of a level, um, (n, 3)."""
        return np.asarray(self.points[index])

    def face(self, index: int) -> Ids:
        """Return the triangles of a level surface, outwards, without those of collapsed quads."""
        quads = self.stands[self.quads] if index == 0 else self.quads
        return _proper(np.concatenate((quads[:, [0, 1, 2]], quads[:, [0, 2, 3]])))

    def layer(self, index: int, film: Film, colour: str) -> Solid:
        """Return the body of a layer."""
        inside = self.face(index)[:, ::-1]
        if film.layer.fills:
            points, triangles = self._filling(index, film.layer.thickness / UM)
        else:
            count = self.tiling.n_nodes
            a, b = self.edges.T
            low = self.stands if index == 0 else np.arange(count)
            sides = np.column_stack((low[a], low[b], b + count, a + count))
            points = np.concatenate((self.level(index), self.level(index + 1)))
            triangles = np.concatenate((self.face(index + 1) + count, _halves(sides)))
        layer = film.layer
        holes = (1 if film.layer.fills else 2) * self._through  # a film joins the sheets on both faces
        euler_number = (4 if self._through else 2) - 2 * holes
        triangles = np.concatenate((inside, triangles))
        return _solid(layer.name, layer.role, layer.material.name, colour, points, triangles, euler_number)

    @property
    def _through(self) -> int:
        """How many whole through-holes there are."""
        return len(self.tiling.shifts_um) if self.cell.through and self.whole else 0

    def substrate(self, body: SubstrateBody) -> Solid:
        """Return the wafer."""
        points = self.level(0)
        if self.cell.through:
            lower = self._partners()
            top = np.isin(self.edges[:, 0], self.tiling.nodes(self.grid.borders["top"]))
            a, b = self.edges[top].T
            triangles = _halves(np.column_stack((lower[a], lower[b], b, a)))
        else:
            if body.thickness < self.cell.height:
                raise MeshError(
                    f"the substrate is {body.thickness / UM:.4g} um thick, the relief in it "
                    f"{self.cell.height / UM:.4g} um; use a thicker one"
                )
            back = (self.cell.height - body.thickness) / UM
            foot = self._plane(0, self.grid.n_stations - 1, back)
            points, triangles = self._closed(points, foot, self.edges, self.stands, up=False)
        triangles = np.concatenate((self.face(0), triangles))
        euler_number = 2 - 2 * self._through
        return _solid(SUBSTRATE, SUBSTRATE, body.material, body.colour, points, triangles, euler_number)

    def _filling(self, index: int, above: float) -> tuple[Points, Ids]:
        """Return the points of a filling layer and its triangles without the inner face."""
        points = self.level(index)
        faces = [(0, True)]
        if self.cell.through:
            faces.append((self.grid.n_stations - 1, False))
        triangles = []
        stands = self.stands if index == 0 else np.arange(self.tiling.n_nodes)
        for station, up in faces:
            top = self.levels[index].top
            height = (self.cell.height + top if up else -top) / UM
            plane = self._plane(index, station, height + (above if up else -above))
            edges = self.edges
            if self.cell.through:
                border = self.grid.borders["top" if up else "lower face"]
                edges = edges[np.isin(edges[:, 0], self.tiling.nodes(border))]
            points, closing = self._closed(points, plane, edges, stands, up=True)
            triangles.append(closing)
        return points, np.concatenate(triangles)

    def _plane(self, index: int, station: int, height: float) -> Points:
        """Return all nodes of a level moved into a plane so that no two edges of the border cross, um."""
        if self.grid.swept:
            plane = self.grid.place_at(self.levels[index], station, np.arange(self.grid.n_nodes))
        else:
            plane = self.grid.place(self.levels[index])
        plane[:, 2] = height
        return self.tiling.points(plane)

    def _closed(
        self, points: Points, plane: Points, edges: Ids, stands: Ids, *, up: bool
    ) -> tuple[Points, Ids]:
        """Return points with those of a plane, and the triangles of its fans and of the cut down to it.

        ``up`` tells whether the body lies between the level surface below and the plane above.
        """
        count, nodes = len(points), self.tiling.n_nodes
        cells = len(self.tiling.shifts_um)
        in_plane = count + self._same_place(plane)
        per_cell = len(self.quads) // cells
        fans = []
        for cell in range(cells):
            own = boundary_edges(self.quads[cell * per_cell : (cell + 1) * per_cell])
            if self.cell.through:
                own = own[np.isin(own[:, 0], np.unique(self._border_of(edges)))]
            a, b = in_plane[own].T
            centre = np.full(len(own), count + nodes + cell)
            fans.append(np.column_stack((centre, a, b)))
        across, edges = self._across(points, plane, edges)
        a, b = edges.T
        cut = np.column_stack((stands[a], stands[b], in_plane[b], in_plane[a]))
        made = np.concatenate((*fans, _halves(cut), np.concatenate((stands, in_plane))[across]))
        triangles = made if up else made[:, ::-1]  # below the surface its cut and its back turn the other way
        middle = np.column_stack((self._centres(), np.full(cells, plane[0, 2])))
        return np.concatenate((points, plane, middle)), _proper(triangles)

    def _across(self, points: Points, plane: Points, edges: Ids) -> tuple[Ids, Ids]:
        """Return the triangles of cuts across trenches, and the edges that these do not close.

        Corners are nodes, or those of the plane by as many numbers more as there are nodes.
        """
        nodes = self.tiling.n_nodes
        if self.grid.sector is not None or not self.grid.swept:
            return np.zeros((0, 3), dtype=np.int64), edges
        code = edges[:, 0] * nodes + edges[:, 1]
        outer = set(code.tolist())
        made, closed = [], []
        for name in ("front", "back"):
            border = self.grid.borders[name]
            rows = self.tiling.node_of[:, :, border].reshape(-1, len(border))
            profile, flat = points[rows[0]][:, [0, 2]], plane[rows[0]][:, [0, 2]]
            triangles = cut_triangles(profile, flat)
            for row in rows:
                for way, turned in ((row, triangles), (row[::-1], triangles[:, ::-1])):
                    along = way[:-1] * nodes + way[1:]
                    if int(along[0]) in outer:
                        closed.append(along)
                        made.append(np.concatenate((row, nodes + row))[turned])
        return np.concatenate(made), edges[~np.isin(code, np.concatenate(closed))]

    def _border_of(self, edges: Ids) -> Ids:
        """Return the nodes of the border (of a through-hole: of one face) that the outer edges belong to."""
        for name in ("top", "lower face"):
            nodes = self.tiling.nodes(self.grid.borders[name])
            if np.isin(edges[0, 0], nodes):
                return nodes
        raise AssertionError("the edges lie on no border")

    def _centres(self) -> Points:
        """Return a point inside the border of each cell, um, (n_cells, 2)."""
        if self.grid.sector is not None or self.grid.seams[0].size:
            offset = np.zeros(2)
            if self.grid.sector is None:
                offset[1] = (self.cell.pitch or 0.0) / 2 / UM
        else:
            offset = np.full(2, math.sqrt(self.cell.footprint) / 2 / UM)
        return self.tiling.shifts_um + offset

    def _same_place(self, plane: Points) -> Ids:
        """Return for each node the first of its sector at the same place of a plane."""
        return self.tiling.standing_for(coincident(plane[self.tiling.node_of[0, 0]]))

    def _partners(self) -> Ids:
        """Return for each node on the upper border of a through-hole's cell the one below it."""
        below = np.arange(self.grid.n_nodes)
        below[self.grid.borders["top"]] = self.grid.borders["lower face"]
        made = np.arange(self.tiling.n_nodes)
        made[self.tiling.node_of] = self.tiling.node_of[:, :, below]
        return made


def _halves(quads: Ids) -> Ids:
    """Return the proper triangles of quads."""
    return _proper(np.concatenate((quads[:, [0, 1, 2]], quads[:, [0, 2, 3]])))


def _proper(triangles: Ids) -> Ids:
    """Return the triangles with three different corners."""
    a, b, c = triangles.T
    return np.asarray(triangles[(a != b) & (b != c) & (c != a)])


def _solid(
    name: str, role: str, material: str, colour: str, points: Points, triangles: Ids, euler_number: int
) -> Solid:
    used, numbers = np.unique(triangles, return_inverse=True)
    return Solid(name, role, material, colour, points[used], numbers.reshape(-1, 3), euler_number)
