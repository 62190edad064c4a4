"""Whole cells and tiles of cells from one sector, by mirroring and repeating; nodes merged by their numbers.

Sectors share the nodes of their mirror planes, neighbouring cells those of the side between them.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tfgeom.geometry.lattice import in_unit, lattice_vectors
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import FilmMesh, freeze
from tfgeom.meshing.surface_grid import SurfaceGrid
from tfgeom.units import UM

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tiling:
    """Cells side by side, each made of copies of one sector.

    Attributes
    ----------
    columns, rows
        Cells along x and rows of cells; on a hexagonal lattice every other row is shifted by half a pitch.
    turns
        Matrix of each copy in the plan, shape (n_copies, 2, 2).
    shifts_um
        Position of each cell's axis, shape (n_cells, 2).
    node_of
        Number of each copy's nodes, shape (n_cells, n_copies, n_surface).
    n_nodes
        Number of nodes of a level.
    """

    columns: int
    rows: int
    turns: NDArray[np.float64]
    shifts_um: NDArray[np.float64]
    node_of: Ids
    n_nodes: int

    def points(self, sector: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the nodes of all cells from those of the sector, um: (..., n_surface, 3) to (..., n, 3)."""
        made = np.empty((*sector.shape[:-2], self.n_nodes, 3))
        for copy, turn in enumerate(self.turns):
            plan = sector[..., :2] @ turn.T
            for cell, shift in enumerate(self.shifts_um):
                nodes = self.node_of[cell, copy]
                made[..., nodes, :2] = plan + shift
                made[..., nodes, 2] = sector[..., 2]
        return made

    def quads(self, sector: Ids) -> Ids:
        """Return the quads of all cells, cell by cell, copy by copy; those of mirror images turned around."""
        made = []
        for cell in range(len(self.shifts_um)):
            for copy, turn in enumerate(self.turns):
                quads = self.node_of[cell, copy][sector]
                made.append(quads if np.linalg.det(turn) > 0 else quads[:, ::-1])
        return np.concatenate(made)

    @property
    def n_copies(self) -> int:
        """Number of copies of the sector."""
        return len(self.shifts_um) * len(self.turns)

    def nodes(self, sector: Ids) -> Ids:
        """Return the numbers of some nodes of the sector in all copies, each once, ascending."""
        return np.unique(self.node_of[:, :, sector])

    def standing_for(self, sector: Ids) -> Ids:
        """Return, from the node that stands for each node of the sector, the same for all nodes.

        Copies that share a node on their seam have a common node stand for all that coincide with it.
        """
        labels, _ = _merge(self.n_nodes, [(self.node_of.ravel(), self.node_of[:, :, sector].ravel())])
        _, first = np.unique(labels, return_index=True)
        return np.asarray(first[labels])


def tile_grid(grid: SurfaceGrid, cell: Cell, columns: int = 1, rows: int = 1) -> Tiling:
    """Return how ``columns`` x ``rows`` cells are made of copies of a sector.

    Parameters
    ----------
    grid
        Grid of the sector.
    cell
        Its relief.
    columns, rows
        At least 1.
    """
    turns = _turns(grid)
    of_copy, n_cell = _merge(len(turns) * grid.n_nodes, _seams(grid, len(turns)))
    of_copy = of_copy.reshape(len(turns), grid.n_nodes)
    sides = _strip_sides(grid, of_copy) if grid.sector is None else _polygon_sides(grid, turns, of_copy, cell)
    vectors, places = _lattice_places(cell, columns, rows)
    number = {place: index for index, place in enumerate(places)}
    pairs = [
        (here + number[m, n] * n_cell, there + number[m + i, n + j] * n_cell)
        for (i, j), here, there in sides
        for m, n in places
        if (m + i, n + j) in number
    ]
    of_cell, n_nodes = _merge(len(places) * n_cell, pairs)
    node_of = of_cell.reshape(len(places), n_cell)[:, of_copy]
    return Tiling(columns, rows, turns, np.array(places) @ vectors, node_of, n_nodes)


def cell_places(cell: Cell, columns: int, rows: int) -> NDArray[np.float64]:
    """Return where the axes of the cells of a tile stand, um, row by row as `tile_grid` lays them.

    Returns
    -------
    ndarray
        Shape (rows, columns, 2); the first stands at the origin.
    """
    vectors, places = _lattice_places(cell, columns, rows)
    return (np.array(places) @ vectors).reshape(rows, columns, 2)


def _lattice_places(cell: Cell, columns: int, rows: int) -> tuple[NDArray[np.float64], list[tuple[int, int]]]:
    """Return the lattice's two vectors, um, and how often each is taken to reach every cell, row by row."""
    size = in_unit(cell.periods or math.sqrt(cell.footprint), UM)
    lattice = "hexagonal" if cell.lattice == "hexagonal" else "square"
    places = [
        (column - row // 2 if lattice == "hexagonal" else column, row)
        for row in range(rows)
        for column in range(columns)
    ]
    return np.array(lattice_vectors(size, lattice)), places


def one_sector(grid: SurfaceGrid) -> Tiling:
    """Return the tiling of a sector by itself."""
    nodes = np.arange(grid.n_nodes)
    return Tiling(0, 0, np.eye(2)[None], np.zeros((1, 2)), nodes[None, None], grid.n_nodes)


def tile_mesh(mesh: FilmMesh, columns: int = 1, rows: int = 1) -> FilmMesh:
    """Return the mesh of whole cells from that of a sector.

    Parameters
    ----------
    mesh
        Mesh of one sector.
    columns, rows
        Cells along x, and rows of them.
    """
    if mesh.grid is None:
        raise ValueError("only the mesh of a sector can be repeated")
    tiling = tile_grid(mesh.grid, mesh.cell, columns, rows)
    border = {name: tiling.nodes(nodes) for name, nodes in mesh.contacts.items()}
    tile = replace(
        mesh,
        points_um=tiling.points(mesh.points_um),
        quads=tiling.quads(mesh.quads),
        strip_of_quad=np.tile(mesh.strip_of_quad, tiling.n_copies),
        area_ratio=np.tile(mesh.area_ratio, tiling.n_copies),
        symmetry_planes={},
        contacts=border,
        unit_cells=float(columns * rows),
        film_volumes=mesh.film_volumes.copy(),
        grid=None,
        merged=tiling.standing_for(mesh.standing),
    )
    freeze(tile)
    return tile


def _turns(grid: SurfaceGrid) -> NDArray[np.float64]:
    """Return the plan's matrix of each copy: turned and, every other one, mirrored."""
    if grid.sector is None:
        mirrors = [1.0, -1.0] if grid.seams[0].size else [1.0]
        return np.array([np.diag([x, 1.0]) for x in mirrors])
    start, width = grid.sector.start, grid.sector.width
    made = []
    for copy in range(grid.sector.copies):
        if copy % 2:
            angle = 2 * start + (copy + 1) * width
            made.append([[math.cos(angle), math.sin(angle)], [math.sin(angle), -math.cos(angle)]])
        else:
            angle = copy * width
            made.append([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.array(made)


def _seams(grid: SurfaceGrid, copies: int) -> list[tuple[Ids, Ids]]:
    """Return pairs of equal nodes of neighbouring copies: they are mirror images across their seam."""
    first, last = grid.seams
    n = grid.n_nodes
    if copies == 1:
        return []
    if grid.sector is None:
        return [(first, first + n)]
    pairs = []
    for copy in range(copies):
        seam = first if copy % 2 else last
        pairs.append((seam + copy * n, seam + (copy + 1) % copies * n))
    return pairs


def _merge(count: int, pairs: list[tuple[Ids, Ids]]) -> tuple[Ids, int]:
    """Return new numbers for ``count`` nodes, equal for those joined by pairs, and how many there are."""
    here, there = (np.concatenate([pair[side] for pair in pairs] or [np.zeros(0, int)]) for side in (0, 1))
    graph = coo_matrix((np.ones(len(here)), (here, there)), shape=(count, count))
    n, labels = connected_components(graph, directed=False)
    return labels.astype(np.int64), int(n)


_Sides = list[tuple[tuple[int, int], Ids, Ids]]


def _strip_sides(grid: SurfaceGrid, of_copy: Ids) -> _Sides:
    """Return the lattice step across each side, the cell's nodes there and its neighbour's."""
    if len(of_copy) == 1:
        right, left = of_copy[0, grid.borders["right"]], of_copy[0, grid.borders["left"]]
    else:
        right, left = of_copy[:, grid.seams[1]]
    back, front = (of_copy[:, grid.borders[name]].ravel() for name in ("back", "front"))
    return [((1, 0), right, left), ((0, 1), back, front)]


def _polygon_sides(grid: SurfaceGrid, turns: NDArray[np.float64], of_copy: Ids, cell: Cell) -> _Sides:
    """Return the same for a cell with a polygon for a border: opposite sides have the same nodes."""
    assert grid.sector is not None
    corners = grid.sector.corners
    periods = in_unit(cell.periods or 0.0, UM)
    vectors: NDArray[np.float64] = np.array(lattice_vectors(periods, cell.lattice or ""))
    sides: _Sides = []
    for border in grid.borders.values():
        plan = (grid.border_plan(border) @ np.swapaxes(turns, 1, 2)).reshape(-1, 2)
        nodes = of_copy[:, border].ravel()
        half = len(corners) // 2
        for side in range(half):
            here = _on_side(plan, nodes, corners[side], corners[side + 1])
            opposite = (side + half) % len(corners), (side + half + 1) % len(corners)
            there = _on_side(plan, nodes, corners[opposite[0]], corners[opposite[1]])
            step = np.linalg.solve(vectors.T, corners[side] + corners[side + 1])
            i, j = (round(float(x)) for x in step)
            sides.append(((i, j), here, there[::-1]))
    return sides


def _on_side(
    plan: NDArray[np.float64], nodes: Ids, start: NDArray[np.float64], end: NDArray[np.float64]
) -> Ids:
    """Return the nodes on one side of the border in its direction, each once."""
    ahead = end - start
    length = float(np.hypot(*ahead))
    away = plan - start
    along = away @ ahead / length
    across = away @ np.array([ahead[1], -ahead[0]]) / length
    # the border's nodes were laid on its sides: which one they are on, rounding does not blur
    on = (np.abs(across) < 1e-9 * length) & (along > -1e-9 * length) & (along < (1 + 1e-9) * length)
    order = np.argsort(along[on], kind="stable")
    found = nodes[on][order]
    keep = np.ones(len(found), dtype=bool)
    keep[1:] = found[1:] != found[:-1]
    return np.asarray(found[keep])
