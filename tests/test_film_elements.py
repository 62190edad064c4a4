"""Film meshes as cells of other programs: kinds of cells, volumes, interfaces between regions."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from tests.coated_reliefs import coated_reliefs, films_on
from tests.reliefs import CELLS
from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import load_library
from tfgeom.meshing import film_elements as elements
from tfgeom.meshing.element_files import ElementGrid, write_vtu
from tfgeom.meshing.film_mesh import FilmMesh, facet_areas, mesh_films
from tfgeom.meshing.flooded_mesh import FloodedMesh, mesh_flooded
from tfgeom.meshing.legend import film_legend
from tfgeom.meshing.mesh_report import enclosed_volume, measure_mesh
from tfgeom.meshing.msh_files import write_msh
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.tiling import tile_mesh
from tfgeom.reliefs.planar import planar
from tfgeom.units import UM

Points = NDArray[np.float64]
Ids = NDArray[np.int64]
HEIGHT = 2 * UM
# Faces outwards in gmsh's order of corners.
FACES: Mapping[str, tuple[tuple[int, ...], ...]] = {
    "hexahedron": ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)),
    "wedge": ((0, 2, 1), (3, 4, 5), (0, 1, 4, 3), (1, 2, 5, 4), (2, 0, 3, 5)),
    "pyramid": ((0, 3, 2, 1), (0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)),
    "tetra": ((0, 2, 1), (0, 1, 3), (1, 2, 3), (2, 0, 3)),
}
# Kinds of cells that a sharp relief's films have: rims are swept fans, corners of polygons fans of both kinds.
EXPECTED: Mapping[str, set[str]] = {
    "planar": {"hexahedron"},
    "wave": {"hexahedron"},
    "trenches": {"hexahedron", "wedge"},
    "leaning trenches": {"hexahedron", "wedge"},
    "round pillars": {"hexahedron", "wedge"},
    "leaning round holes": {"hexahedron", "wedge"},
    "through-holes": {"hexahedron", "wedge"},
    "tubes": {"hexahedron", "wedge"},
    "double tubes": {"hexahedron", "wedge"},
    "square holes": {"hexahedron", "wedge"},
    "honeycomb": {"hexahedron", "wedge"},
    "rounded honeycomb": {"hexahedron"},
    "rounded tubes": {"hexahedron"},
    "rounded holes at 85 deg": {"hexahedron"},
    "rounded square pillars": {"hexahedron", "wedge"},
    "square pillars": {"hexahedron", "wedge", "pyramid", "tetra"},
    "hexagonal pillars": {"hexahedron", "wedge", "pyramid", "tetra"},
}


def sector(cell: Cell, refine: int = 1) -> FilmMesh:
    room = 0.5 * min(cell.reach.value, 0.8 * UM)
    return mesh_films(films_on(cell, [0.4 * room, 0.6 * room]), Resolution(refine))


def film_elements(mesh: FilmMesh, space: FloodedMesh | None = None) -> ElementGrid:
    beyond = None if space is None else ("liquid", "electrolyte", "LiPF6-EC-EMC")
    legend = film_legend([film.layer for film in mesh.films], beyond=beyond)
    return elements.film_elements(mesh, legend, space)


def names_of(grid: ElementGrid) -> list[str]:
    return [region.name for region in grid.regions]


def faces_of(kind: str, corners: Ids) -> list[tuple[int, ...]]:
    """Return the faces of cells, corners that repeat left out, lines too."""
    found = []
    for cell in corners.tolist():
        for face in FACES[kind]:
            ids = list(dict.fromkeys(cell[corner] for corner in face))
            if len(ids) > 2:
                found.append(tuple(ids))
    return found


def enclosed(points: Points, faces: list[tuple[int, ...]]) -> float:
    """Return the volume inside faces, um³: of a bilinear quad the mean of both ways to halve it."""
    three = [face for face in faces if len(face) == 3]
    four = np.array([face for face in faces if len(face) == 4]).reshape(-1, 4)
    halves = [four[:, order] for order in ([0, 1, 2], [0, 2, 3], [1, 2, 3], [1, 3, 0])]
    triangles = np.concatenate((np.array(three + three).reshape(-1, 3), *halves)).astype(np.int64)
    a, b, c = (points[corner] - points.mean(axis=0) for corner in triangles.T)
    return float(np.einsum("ij,ij->", a, np.cross(b, c))) / 12


def region_volumes(grid: ElementGrid) -> list[float]:
    """Return each region's volume from the faces of its cells, um³."""
    found = []
    for region in grid.regions:
        faces = [
            face
            for kind, corners in grid.elements.items()
            for face in faces_of(kind, corners[grid.region[kind] == region.number])
        ]
        found.append(enclosed(grid.points_um, faces))
    return found


def films_volumes(mesh: FilmMesh) -> list[float]:
    return [film.volume * mesh.unit_cells / UM**3 for film in mesh.films]


def coincident_points(grid: ElementGrid) -> int:
    places = np.round(grid.points_um / 1e-9).astype(np.int64)
    return len(places) - len(np.unique(places, axis=0))


def surface_faces(grid: ElementGrid, name: str) -> list[tuple[int, ...]]:
    return [tuple(face) for quads in grid.surfaces[name].values() for face in quads.tolist()]


def surface_area(grid: ElementGrid, name: str) -> float:
    total = 0.0
    for corners in grid.surfaces[name].values():
        a, b = grid.points_um[corners[:, 0]], grid.points_um[corners[:, 2]]
        c = grid.points_um[corners[:, 1]]
        total += float(np.linalg.norm(np.cross(c - a, b - a), axis=1).sum() / 2)
        if corners.shape[1] == 4:
            d = grid.points_um[corners[:, 3]]
            total += float(np.linalg.norm(np.cross(b - a, d - a), axis=1).sum() / 2)
    return total


def face_areas(mesh: FilmMesh) -> list[float]:
    """Return the area of all facets between regions, from the substrate outwards, um²."""
    levels = [mesh.faces(0)[0], *(mesh.faces(film)[1] for film in range(len(mesh.films)))]
    return [float(facet_areas(mesh.points_um[level], mesh.quads).sum()) for level in levels]


def require_interfaces(grid: ElementGrid) -> None:
    """Assert that the named surfaces are all the faces between regions, each with a cell of both."""
    owner: dict[frozenset[int], list[tuple[int, tuple[int, ...]]]] = {}
    for kind, corners in grid.elements.items():
        for index in np.unique(grid.region[kind]).tolist():
            for face in faces_of(kind, corners[grid.region[kind] == index]):
                owner.setdefault(frozenset(face), []).append((index, face))
    assert max(len(cells) for cells in owner.values()) == 2
    bounds = [None, *(region.number for region in grid.regions), None]
    named = set()
    for (inner, outer), name in zip(itertools.pairwise(bounds), grid.surfaces, strict=True):
        for face in surface_faces(grid, name):
            assert len(set(face)) == len(face)
            regions = sorted(index for index, _ in owner[frozenset(face)])
            assert regions == [index for index in (inner, outer) if index is not None], name
            named.add(frozenset(face))
            for index, own in owner[frozenset(face)]:
                # outwards: the cells below see it as it is named, those above from behind
                start = own.index(face[0])
                assert (own[start:] + own[:start] == face) == (index == inner)
    between = {key for key, cells in owner.items() if len({index for index, _ in cells}) == 2}
    assert between <= named


@pytest.mark.parametrize("name", CELLS)
def test_cells_hold_the_films(name: str) -> None:
    mesh = sector(CELLS[name])
    grid = film_elements(mesh)
    assert sum(map(len, grid.elements.values())) == mesh.n_hexes
    assert region_volumes(grid) == pytest.approx(films_volumes(mesh), rel=1e-8)
    assert names_of(grid) == ["film0", "film1"]
    assert list(grid.surfaces) == ["substrate|film0", "film0|film1", "film1|outside"]
    areas = [surface_area(grid, surface) for surface in grid.surfaces]
    assert areas == pytest.approx(face_areas(mesh), rel=1e-9)
    require_interfaces(grid)
    assert len(np.unique(np.concatenate([c.ravel() for c in grid.elements.values()]))) == len(grid.points_um)


@pytest.mark.parametrize("name", CELLS)
def test_points_that_coincide_are_one(name: str) -> None:
    for mesh in (sector(CELLS[name]), tile_mesh(sector(CELLS[name]), 2, 1)):
        assert coincident_points(film_elements(mesh)) == 0


@pytest.mark.parametrize("name", EXPECTED)
def test_which_cells_there_are(name: str) -> None:
    assert set(film_elements(sector(CELLS[name])).elements) == EXPECTED[name]


def test_only_the_first_layer_beside_a_sharp_rim_is_wedges() -> None:
    mesh = sector(CELLS["round pillars"])
    grid = film_elements(mesh)
    rim = [index for index, strip in enumerate(mesh.strips) if strip.endswith("rim")]
    n_rim = int(np.isin(mesh.strip_of_quad, rim).sum())
    assert len(grid.elements["wedge"]) == n_rim > 0
    assert set(grid.region["wedge"].tolist()) == {1}


@pytest.mark.parametrize("name", ["round pillars", "square pillars", "honeycomb", "wave", "through-holes"])
@pytest.mark.parametrize("suffix", [".vtu", ".msh"])
def test_volumes_by_vtk(name: str, suffix: str, tmp_path: Path) -> None:
    import meshio
    import pyvista

    mesh = sector(CELLS[name])
    grid = film_elements(mesh)
    if suffix == ".vtu":
        write_vtu(grid, tmp_path / "x.vtu")
        read = pyvista.read(tmp_path / "x.vtu")
        film = read["film"]
    else:
        write_msh(grid, tmp_path / "x.msh")
        loaded = meshio.read(tmp_path / "x.msh")
        solid = [index for index, block in enumerate(loaded.cells) if block.dim == 3]
        read = pyvista.UnstructuredGrid(
            {
                getattr(pyvista.CellType, block.type.upper()): block.data
                for block in (loaded.cells[index] for index in solid)
            },
            loaded.points,
        )
        # of several kinds pyvista sorts the cells by kind as given
        film = np.concatenate([loaded.cell_data["gmsh:physical"][index] for index in solid])
    volumes = read.compute_cell_sizes()["Volume"]
    # VTK cuts hexahedra with bent sides into tetrahedra that differ from them by about 1e-4 of a cell
    assert np.bincount(film, weights=np.abs(volumes))[1:] == pytest.approx(films_volumes(mesh), rel=1e-6)
    if suffix == ".vtu":
        assert (volumes > 0).all()


@pytest.mark.parametrize("name", [name for name in CELLS if not CELLS[name].through])
def test_space_above_joins_the_films(name: str) -> None:
    mesh = sector(CELLS[name])
    space = mesh_flooded(mesh, HEIGHT)
    grid = film_elements(mesh, space)
    assert names_of(grid) == ["film0", "film1", "liquid"]
    assert grid.legend.materials == {"LiPON-ALD": 1, "LiPF6-EC-EMC": 2}
    assert list(grid.surfaces) == ["substrate|film0", "film0|film1", "film1|liquid", "liquid|outside"]
    exact = [*films_volumes(mesh), space.closed_form_volume * mesh.unit_cells / UM**3]
    assert region_volumes(grid) == pytest.approx(exact, rel=1e-8)
    plane = mesh.cell.footprint * mesh.unit_cells / UM**2
    areas = [surface_area(grid, surface) for surface in grid.surfaces]
    assert areas == pytest.approx([*face_areas(mesh), plane], rel=1e-9)
    require_interfaces(grid)
    assert coincident_points(grid) == 0


@settings(max_examples=12, deadline=None)
@given(coated_reliefs())
def test_random_films(stack: Stack) -> None:
    try:
        mesh = mesh_films(stack, Resolution(1))
    except UnsupportedError:
        return  # a section that reaches over the cell around its axis
    grid = film_elements(mesh)
    assert region_volumes(grid) == pytest.approx(films_volumes(mesh), rel=1e-8)
    require_interfaces(grid)
    measure_mesh(mesh)


@pytest.mark.parametrize(
    "name", ["round pillars", "square pillars", "trenches", "wave", "honeycomb", "through-holes"]
)
def test_tiles(name: str) -> None:
    mesh = tile_mesh(sector(CELLS[name]), 2, 1)
    grid = film_elements(mesh)
    assert region_volumes(grid) == pytest.approx(films_volumes(mesh), rel=1e-8)
    assert set(grid.elements) == set(film_elements(sector(CELLS[name])).elements)
    require_interfaces(grid)


def test_names_that_join_to_the_same_stay_apart() -> None:
    material = load_library().find("LiPON")
    names = ["a|b", "c", "a", "b|c", 'x "<b>\n</b>"']
    stack = stack_films(planar(), [FilmLayer(name, "electrolyte", material, 20e-9) for name in names])
    grid = film_elements(mesh_films(stack, Resolution(1)))
    assert names_of(grid) == names
    assert list(grid.surfaces) == [
        "substrate|a|b",
        "a|b|c",
        "c|a",
        "a|b|c_2",
        'b|c|x "<b>\n</b>"',
        'x "<b>\n</b>"|outside',
    ]
    heights = [float(grid.points_um[faces["quad"]][..., 2].mean()) for faces in grid.surfaces.values()]
    assert heights == pytest.approx([0, 0.02, 0.04, 0.06, 0.08, 0.1], abs=1e-12)


def test_films_with_space_are_a_sector() -> None:
    mesh = sector(CELLS["round pillars"])
    with pytest.raises(MeshError, match="for one sector"):
        film_elements(tile_mesh(mesh), mesh_flooded(mesh, HEIGHT))


def moved(mesh: FilmMesh, level: int, node: int, by: tuple[float, float, float]) -> FilmMesh:
    points = mesh.points_um.copy()
    points[level, node] += by
    return replace(mesh, points_um=points)


def inner_node(mesh: FilmMesh) -> int:
    """Return a node of the floor that lies on no border."""
    return int(np.setdiff1d(mesh.quads, mesh.edges)[0])


def test_a_good_mesh_is_measured() -> None:
    for name in ("round pillars", "square pillars", "wave", "honeycomb", "through-holes"):
        for mesh in (sector(CELLS[name], 2), tile_mesh(sector(CELLS[name], 2), 2, 1)):
            found = measure_mesh(mesh)
            assert np.abs(found.volume_errors).max() < 1e-8
            assert found.tolerated_error == 1e-5
            assert 0 < found.min_jacobian_um3 < 1
            assert 0 < found.min_relative_jacobian <= 1
            assert found.max_aspect_ratio > 1
            assert abs(found.closure_error) < 1e-10


def test_quality_of_bricks_by_hand() -> None:
    mesh = mesh_films(films_on(planar(), [0.1 * UM]), Resolution(1))
    found = measure_mesh(mesh)
    sides = np.ptp(mesh.points_um.reshape(-1, 3), axis=0) / [2, 2, len(mesh.film_of_layer)]
    assert found.min_jacobian_um3 == pytest.approx(np.prod(sides), rel=1e-12)
    assert found.min_relative_jacobian == pytest.approx(1, rel=1e-12)
    assert found.max_aspect_ratio == pytest.approx(sides.max() / sides.min(), rel=1e-12)
    assert enclosed_volume(mesh) == pytest.approx(0.1, rel=1e-12)


def test_a_node_moved_between_films_is_a_wrong_volume() -> None:
    mesh = sector(CELLS["leaning trenches"], 2)
    level = mesh.faces(0)[1]
    with pytest.raises(MeshError, match=r"the volume of 'film[01]' is -?\d\.\de-\d+ off"):
        measure_mesh(moved(mesh, level, inner_node(mesh), (0.0, 0.0, 0.01)))


def test_a_node_moved_through_another_level_is_an_inverted_hexahedron() -> None:
    mesh = sector(CELLS["trenches"], 2)
    with pytest.raises(MeshError, match="a hexahedron of the mesh is inverted"):
        measure_mesh(moved(mesh, mesh.faces(0)[1], inner_node(mesh), (0.0, 0.0, 0.3)))


def test_a_turned_quad_is_an_inverted_hexahedron() -> None:
    mesh = sector(CELLS["round pillars"], 2)
    quads = mesh.quads.copy()
    quads[3] = quads[3, ::-1]
    with pytest.raises(MeshError, match="a hexahedron of the mesh is inverted"):
        measure_mesh(replace(mesh, quads=quads))


def test_a_missing_quad_is_a_wrong_volume() -> None:
    mesh = sector(CELLS["round pillars"], 2)
    with pytest.raises(MeshError, match=r"the volume of 'film\d' is -.* off its closed form \(limit 1e-05\)"):
        measure_mesh(replace(mesh, quads=mesh.quads[1:]))


def test_overlapping_hexahedra_are_said() -> None:
    mesh = mesh_films(films_on(planar(), [0.1 * UM]), Resolution(2))
    quads = mesh.quads.copy()
    quads[-1] = quads[0]  # of equal size: the film keeps its volume
    with pytest.raises(MeshError, match="hexahedra overlap or leave gaps: together they hold"):
        measure_mesh(replace(mesh, quads=quads))
