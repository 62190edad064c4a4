"""The space above the films: its volume, Jacobians, and that it fits the films and closes."""

import math
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.coated_reliefs import KINDS, coated_reliefs, filled, films_on
from tests.reliefs import CELLS
from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.films import Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.flooded_mesh import FloodedMesh, mesh_filling, mesh_flooded
from tfgeom.meshing.mesh_report import require_space
from tfgeom.meshing.quality import hex_quality
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.tiling import tile_mesh
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.units import UM

OPEN = {name: cell for name, cell in CELLS.items() if not cell.through}
HEIGHT = 2.5 * UM
SIDES = np.array(
    [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
)  # outwards
Ids = NDArray[np.int64]


def coated(cell: Cell, share: float, refine: int = 1) -> FilmMesh:
    room = share * min(cell.reach.value, 0.8 * UM)
    return mesh_films(films_on(cell, [0.4 * room, 0.6 * room]), Resolution(refine))


def outside(hexes: Ids) -> set[tuple[int, ...]]:
    """Return the faces that belong to one hexahedron, from their lowest corner on; collapsed ones vanish."""
    found: dict[frozenset[int], tuple[int, ...]] = {}
    for face in hexes[:, SIDES].reshape(-1, 4).tolist():
        corners = list(dict.fromkeys(face))
        if len(corners) < 3:
            continue
        key, first = frozenset(corners), corners.index(min(corners))
        if key in found:
            there = found.pop(key)
            # the neighbour sees it turn the other way
            assert tuple(corners[first:] + corners[:first]) == (there[0], *there[:0:-1])
        else:
            found[key] = tuple(corners[first:] + corners[:first])
    return set(found.values())


def as_faces(quads: Ids) -> set[tuple[int, ...]]:
    found = set()
    for quad in quads.tolist():
        corners = list(dict.fromkeys(quad))
        first = corners.index(min(corners))
        if len(corners) > 2:
            found.add(tuple(corners[first:] + corners[:first]))
    return found


def require_fit(mesh: FilmMesh, space: FloodedMesh) -> None:
    """Assert that the space closes, that its boundary is films, plane and cell sides, and that it fits."""
    n_surface = mesh.points_um.shape[1]
    assert np.array_equal(space.points_um[:n_surface], mesh.points_um[-1])
    assert np.array_equal(space.film_quads, mesh.quads)
    border = outside(space.hexes)
    films, plane = as_faces(space.film_quads[:, ::-1]), as_faces(space.plane_quads)
    assert films <= border
    assert plane <= border
    left = border - films - plane
    points = space.points_um
    # what is left lies in the vertical planes of the sector's own sides, whose normals are horizontal
    for face in left:
        normal = np.cross(points[face[2]] - points[face[0]], points[face[-1]] - points[face[1]])
        assert abs(normal[2]) < 1e-9 * np.linalg.norm(normal)
    edges = np.array([(a, b) for a, b in mesh.edges.tolist() if a != b])
    beside = {frozenset(edge) for edge in edges.tolist()}
    at_films = {
        frozenset((face[k - 1], face[k]))
        for face in left
        for k in range(len(face))
        if max(face[k - 1], face[k]) < n_surface
    }
    assert beside <= at_films
    # and the whole boundary encloses the volume
    total = 0.0
    for face in border:
        corners = points[list(face)] - points.mean(axis=0)
        total += sum(
            float(np.dot(corners[0], np.cross(corners[k], corners[k + 1]))) for k in range(1, len(face) - 1)
        )
    assert total / 6 * UM**3 == pytest.approx(space.volume * space.unit_cells, rel=1e-9)


@pytest.mark.parametrize("share", [0.2, 0.95])
@pytest.mark.parametrize("name", OPEN)
def test_space_fits_the_films(name: str, share: float) -> None:
    cell = OPEN[name]
    mesh = coated(cell, share)
    space = mesh_flooded(mesh, HEIGHT)
    # what the substrate and the films leave below the plane
    top = mesh.levels[-1]
    exact = cell.footprint * (cell.height + top.top + HEIGHT) - cell.solid_volume - cell.volume(top)
    assert space.closed_form_volume == pytest.approx(exact, rel=1e-14)
    assert space.volume == pytest.approx(exact, rel=1e-12)
    quality = hex_quality(space.points_um[space.hexes])
    assert quality.volumes.sum() * UM**3 / mesh.unit_cells == pytest.approx(exact, rel=1e-12)
    assert space.min_jacobian == quality.jacobian.min() > 0
    assert space.unit_cells == mesh.unit_cells
    plane = space.points_um[space.plane_quads]
    assert plane[..., 2] == pytest.approx((cell.height + top.top + HEIGHT) / UM, rel=1e-14)
    areas = np.cross(plane[:, 2] - plane[:, 0], plane[:, 3] - plane[:, 1])[:, 2] / 2
    assert (areas > 0).all()
    assert areas.sum() * UM**2 == pytest.approx(cell.footprint * mesh.unit_cells, rel=1e-12)
    assert len(np.unique(space.hexes)) == len(space.points_um)
    require_fit(mesh, space)


def test_volume_above_round_pillars_by_hand() -> None:
    mesh = mesh_films(films_on(pillars(2 * UM, 5 * UM, 8 * UM, "square"), [0.3 * UM]))
    space = mesh_flooded(mesh, 1.7 * UM)
    # pillar of radius 1 and height 8; the film on floor and top, around the wall up to the rim, a quarter torus
    film = 0.3 * (25 - math.pi * 1.3**2) + 0.3 * math.pi + math.pi * (1.3**2 - 1) * 8
    film += math.pi * (math.pi / 2 * 1 * 0.3**2 + 2 / 3 * 0.3**3)
    exact = 25 * (8 + 0.3 + 1.7) - 8 * math.pi - film
    # the wall's film starts on the bare floor, that on the floor around it ends at the film: no overlap
    assert space.volume / UM**3 == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("refine", [1, 2, 4])
def test_volume_is_exact_at_any_resolution(refine: int) -> None:
    for name in ("round pillars", "leaning square pillars", "wave"):
        space = mesh_flooded(coated(OPEN[name], 0.5, refine), HEIGHT)
        assert space.volume == pytest.approx(space.closed_form_volume, rel=1e-12)


@settings(max_examples=15, deadline=None)
@given(coated_reliefs([kind for kind in KINDS if kind != "through-holes"]), st.floats(0.05, 5))
def test_random_spaces(stack: Stack, share: float) -> None:
    height = share * math.sqrt(stack.cell.footprint)
    try:
        mesh = mesh_films(stack, Resolution(1))
    except UnsupportedError:
        return  # a section that reaches over the cell around its axis
    space = mesh_flooded(mesh, height)
    assert space.volume == pytest.approx(space.closed_form_volume, rel=1e-11)
    assert space.min_jacobian > 0
    require_fit(mesh, space)


@pytest.mark.parametrize("name", OPEN)
def test_what_fills_the_relief_has_the_layers_volume(name: str) -> None:
    cell = OPEN[name]
    room = 0.6 * min(cell.reach.value, 0.8 * UM)
    stack = filled(cell, room)
    mesh = mesh_films(Stack(cell, stack.films[:-1]), Resolution(1))
    assert mesh.grid is not None
    space = mesh_filling(cell, mesh.grid, mesh.levels[-1], mesh.resolution, stack.films[-1].layer.thickness)
    assert space.volume == pytest.approx(stack.films[-1].volume, rel=1e-12)
    require_fit(mesh, space)


def test_arrays_are_read_only() -> None:
    space = mesh_flooded(coated(planar(), 0.5), HEIGHT)
    for array in (space.points_um, space.hexes, space.plane_quads):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_through_holes_have_two_faces() -> None:
    with pytest.raises(UnsupportedError, match="not yet supported: a mesh of the space in through-holes"):
        mesh_flooded(coated(CELLS["through-holes"], 0.5), HEIGHT)


def test_only_a_sector_is_filled() -> None:
    with pytest.raises(ValueError, match="one sector"):
        mesh_flooded(tile_mesh(coated(OPEN["round pillars"], 0.5)), HEIGHT)


def test_memory_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = coated(OPEN["tubes"], 0.2)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=200_100_000))
    with pytest.raises(MeshError, match=r"a mesh of [\d,]+ hexahedra above the films needs about \d+ MB"):
        mesh_flooded(mesh, HEIGHT)


def test_a_space_of_another_volume_is_refused() -> None:
    space = mesh_flooded(coated(OPEN["round pillars"], 0.5), HEIGHT)
    require_space(space, "liquid")
    wrong = FloodedMesh(
        **{name: getattr(space, name) for name in FloodedMesh.__dataclass_fields__}
        | {"volume": 1.001 * space.volume}
    )
    with pytest.raises(MeshError, match=r"the volume of 'liquid' is 1.0e-03 off its closed form"):
        require_space(wrong, "liquid")
