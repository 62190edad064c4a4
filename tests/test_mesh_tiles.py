"""Whole cells and tiles: volumes, topology and outline from what they are made of."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.coated_reliefs import coated_reliefs, films_on, mesh_unless_crossing
from tests.reliefs import SHARP
from tfgeom.films import Stack
from tfgeom.geometry.lattice import in_unit, lattice_vectors
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.quality import hex_quality
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.surface_grid import boundary_edges
from tfgeom.meshing.tiling import tile_mesh
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.wave import wave
from tfgeom.units import UM

COARSE = Resolution(refine=1)
CELLS: dict[str, Cell] = {**SHARP, "planar": planar(), "wave": wave(1 * UM, 8 * UM)}
SIZES = ((1, 1), (3, 2), (1, 3))


def sector_of(cell: Cell) -> FilmMesh:
    room = 0.5 * min(cell.reach.value, 0.8 * UM)
    return mesh_films(films_on(cell, [0.4 * room, 0.6 * room]), COARSE)


def coincident_nodes(mesh: FilmMesh, level: int) -> int:
    """Return how many nodes of a level lie within 1e-7 um of another one."""
    places = np.round(mesh.points_um[level] / 1e-7).astype(np.int64)
    return len(places) - len(np.unique(places, axis=0))


def euler_characteristic(mesh: FilmMesh) -> int:
    """Return nodes less edges plus faces of the surface grid; collapsed edges do not count."""
    edges = np.concatenate([mesh.quads[:, [a, (a + 1) % 4]] for a in range(4)])
    edges = np.unique(np.sort(edges[edges[:, 0] != edges[:, 1]], axis=1), axis=0)
    return len(np.unique(mesh.quads)) - len(edges) + len(mesh.quads)


def film_volumes(mesh: FilmMesh) -> list[float]:
    volumes = hex_quality(mesh.points_um.reshape(-1, 3)[mesh.hexes]).volumes
    return [float(v) for v in np.bincount(mesh.film_of_hex, volumes) * UM**3]


def outline_length(mesh: FilmMesh, columns: int, rows: int) -> float:
    """Return how long the border of a tile is, um, from the sides of its cell."""
    cell, grid = mesh.cell, mesh.grid
    assert grid is not None
    faces = 2 if cell.through else 1
    side = math.sqrt(cell.footprint) / UM
    if grid.sector is None:
        front = mesh.points_um[-1][grid.borders["front"]]
        along = float(np.linalg.norm(np.diff(front, axis=0), axis=1).sum())
        return 2 * columns * along / mesh.unit_cells + 2 * rows * side
    corners = grid.sector.corners
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    # opposite sides face one neighbour: a lattice step apart, their midpoints half of one
    places = {
        (c - r // 2 if cell.lattice == "hexagonal" else c, r) for r in range(rows) for c in range(columns)
    }
    vectors: NDArray[np.float64] = np.array(
        lattice_vectors(in_unit(cell.periods or 0.0, UM), cell.lattice or "")
    )
    length = 0.0
    for here, there, size in zip(corners, np.roll(corners, -1, axis=0), sides, strict=True):
        m, n = np.linalg.solve(vectors.T, here + there).round().astype(int).tolist()
        length += size * sum((i + m, j + n) not in places for i, j in places)
    return faces * length


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", CELLS)
def test_tiles(name: str, size: tuple[int, int]) -> None:
    cell = CELLS[name]
    sector = sector_of(cell)
    tile = tile_mesh(sector, *size)
    n_cells = size[0] * size[1]
    assert tile.unit_cells == n_cells
    assert film_volumes(tile) == pytest.approx([n_cells * film.volume for film in tile.films], rel=1e-8)
    quality = hex_quality(tile.points_um.reshape(-1, 3)[tile.hexes])
    assert quality.jacobian.min() > 0
    assert coincident_nodes(tile, -1) == 0
    # a disc, or two with a tube from one to the other at every through-hole
    through = isinstance(cell, UnitCell) and cell.through
    assert euler_characteristic(tile) == (2 - 2 * n_cells if through else 1)
    edges = boundary_edges(tile.quads)
    assert np.array_equal(np.unique(edges[:, 0], return_counts=True)[1], np.ones(len(edges)))
    assert np.array_equal(np.sort(edges[:, 0]), np.sort(edges[:, 1]))
    points = tile.points_um[-1]
    length = np.linalg.norm(points[edges[:, 1]] - points[edges[:, 0]], axis=1).sum()
    assert length == pytest.approx(outline_length(sector, *size), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(coated_reliefs(), st.sampled_from([(1, 1), (2, 1), (1, 2), (2, 3)]))
def test_random_tiles(stack: Stack, size: tuple[int, int]) -> None:
    sector = mesh_unless_crossing(stack, 1)
    if sector is None:
        return
    tile = tile_mesh(sector, *size)
    n_cells = size[0] * size[1]
    assert film_volumes(tile) == pytest.approx([n_cells * film.volume for film in stack.films], rel=1e-8)
    assert euler_characteristic(tile) == (2 - 2 * n_cells if stack.cell.through else 1)


@pytest.mark.parametrize("name", ["square pillars", "square pillars on hexagonal", "honeycomb", "tubes"])
def test_columns_and_rows_add_the_nodes_of_inner_sides_once(name: str) -> None:
    sector = sector_of(CELLS[name])
    one, right, above, four = (
        tile_mesh(sector, *size).points_um.shape[1] for size in ((1, 1), (2, 1), (1, 2), (2, 2))
    )
    sides = 4 if CELLS[name].lattice == "square" else 6
    on_border = len(boundary_edges(tile_mesh(sector).quads))
    assert sector.grid is not None
    assert sector.grid.sector is not None
    along = [on_border // sides + 1] * 3  # nodes of the sides towards +x and to the two rows
    if name == "square pillars on hexagonal":
        # bricks: sides differ; half of the border has all three, less the corners between them
        along = [2 * one - right, 2 * one - above, 0]
        along[2] = on_border // 2 + 3 - sum(along)
    assert right == 2 * one - along[0]
    assert above == 2 * one - along[1]
    # four cells: corners of three or four cells are counted once
    if sides == 4:
        assert four == 4 * one - 4 * along[0] + 1
    else:
        inner = 2 * along[0] + 2 * along[1] + along[2]
        assert four == 4 * one - inner + 2


@pytest.mark.parametrize(
    ("name", "shift", "rise"), [("honeycomb", 0.5, math.sqrt(3) / 2), ("square holes", 0, 1)]
)
def test_rows_of_a_hexagonal_lattice_are_staggered(name: str, shift: float, rise: float) -> None:
    pitch = (CELLS[name].pitch or 0) / UM
    tile = tile_mesh(sector_of(CELLS[name]), 2, 3)
    axes = tile.points_um[0][tile.quads].mean(axis=1)[:, :2].reshape(6, -1, 2).mean(axis=1)
    expected = [[column + row % 2 * shift, row * rise] for row in range(3) for column in range(2)]
    assert axes == pytest.approx(pitch * np.array(expected), abs=1e-9)


def test_surface_facets_of_a_tile_look_outwards() -> None:
    # Volumes of films would be negative in copies whose quads were not turned around.
    tile = tile_mesh(sector_of(pillars(3 * UM, 6 * UM, 4 * UM, "hexagonal")), 2, 2)
    quality = hex_quality(tile.points_um.reshape(-1, 3)[tile.hexes])
    assert (quality.volumes > 0).all()


def test_contacts_and_areas_are_those_of_all_cells() -> None:
    sector = sector_of(honeycomb(1 * UM, 6 * UM, 4 * UM))
    tile = tile_mesh(sector, 3, 2)
    assert tile.areas_um2(-1).sum() == pytest.approx(72 * sector.areas_um2(-1).sum(), rel=1e-12)
    heights = tile.points_um[-1][tile.contacts["top"], 2]
    assert np.ptp(heights) == 0
    # twelve pieces a cell; sides between cells are shared
    assert len(tile.contacts["top"]) < 72 * len(sector.contacts["top"])
    assert tile.symmetry_planes == {}


def test_strips_and_speeds_go_with_their_quads() -> None:
    sector = sector_of(holes(3 * UM, 6 * UM, 4 * UM, "square", 0.1 * UM))
    tile = tile_mesh(sector, 2, 1)
    top = tile.strip_of_quad == tile.strips.index("top")
    assert np.allclose(
        tile.points_um[-1][tile.quads[top], 2], np.max(tile.points_um[-1][:, 2]), rtol=0, atol=1e-12
    )
    assert tile.area_ratio.shape == (3, len(tile.quads))
    quads = len(sector.quads)
    assert np.array_equal(tile.area_ratio[:, 3 * quads : 4 * quads], sector.area_ratio)


def test_a_tile_is_made_of_a_sector() -> None:
    tile = tile_mesh(sector_of(planar()), 2, 2)
    with pytest.raises(ValueError, match="only the mesh of a sector can be repeated"):
        tile_mesh(tile, 2, 2)
    with pytest.raises(ValueError, match="read-only"):
        tile.points_um[0, 0, 0] = 1
