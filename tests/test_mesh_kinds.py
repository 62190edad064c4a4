"""Film meshes of every kind: volumes, areas, Jacobians, places of the levels, symmetry planes, contacts."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import Polygon, box

from tests.coated_reliefs import (
    KINDS,
    coated_reliefs,
    crosses_its_cell,
    films_on,
    mesh_unless_crossing,
    unevenly_coated_reliefs,
)
from tests.reliefs import SHARP
from tests.shipped import SHIPPED
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import load_design
from tfgeom.errors import UnsupportedError
from tfgeom.films import Stack
from tfgeom.geometry.lattice import along_axes, corners, in_unit, lattice_vectors
from tfgeom.geometry.plan import Bar
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import Level, UnitCell
from tfgeom.geometry.wave import WaveCell
from tfgeom.meshing.film_mesh import FilmMesh, facet_normals, mesh_films
from tfgeom.meshing.quality import hex_quality
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.tiling import tile_mesh
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave
from tfgeom.units import UM

COARSE = Resolution(refine=1)
Array = NDArray[np.float64]


def deg(angle: float) -> float:
    return math.radians(angle)


def positive(mesh: FilmMesh) -> bool:
    quality = hex_quality(mesh.points_um.reshape(-1, 3)[mesh.hexes])
    # the bound that was asked for while meshing lies below what all hexahedra together have
    return bool(0 < mesh.min_jacobian <= quality.jacobian.min() * (1 + 1e-6))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(choices=st.data())
def test_random_films_meet_the_closed_form(kind: str, choices: st.DataObject) -> None:
    stack = choices.draw(coated_reliefs([kind]))
    for refine in (1, 2):
        mesh = mesh_unless_crossing(stack, refine)
        if mesh is None:
            return
        assert np.abs(mesh.volume_errors).max() < 1e-8
        assert positive(mesh)
        assert (np.diff([level.top for level in mesh.levels]) > 0).all()
        allowed = 5e-5 / refine**4 if stack.cell.kind == "wave" else 1e-8
        for index, level in enumerate(mesh.levels):
            area = mesh.areas_um2(index).sum() * UM**2 / mesh.unit_cells
            assert area == pytest.approx(stack.cell.area(level), rel=allowed)


@settings(max_examples=40, deadline=None)
@given(unevenly_coated_reliefs())
def test_random_uneven_films_meet_the_profile_integral(stack: Stack) -> None:
    mesh = mesh_unless_crossing(stack, 2)
    if mesh is None:
        return
    assert np.abs(mesh.volume_errors).max() < 1e-9
    assert positive(mesh)


def test_films_may_change_at_depths_that_rounding_tells_apart() -> None:
    """One depth in two films, once as 3 um and once as 3000 nm."""
    depth, again = 3 * UM, float(np.nextafter(3 * UM, 1))
    cell = pillars(8 * UM, 16 * UM, 8 * UM, "square")
    points = [((at, 1.0), (0.7 * cell.height, 0.8)) for at in (depth, again)]
    mesh = mesh_films(films_on(cell, [0.2 * UM, 0.3 * UM], points), Resolution(2))
    assert np.abs(mesh.volume_errors).max() < 1e-9
    assert positive(mesh)


UNEVEN: dict[str, Callable[[float], Cell]] = {
    "pillars": lambda rim: pillars(2 * UM, 6 * UM, 20 * UM, "square", rim),
    "square pillars": lambda rim: pillars(3 * UM, 6 * UM, 10 * UM, "square", rim, sides=4),
    "holes at 85 deg": lambda rim: holes(3 * UM, 6 * UM, 10 * UM, "hexagonal", rim, angle=deg(85)),
    "through-holes": lambda rim: holes(3 * UM, 6 * UM, 10 * UM, "square", rim, through=True, angle=deg(87)),
    "trenches at 93 deg": lambda rim: trenches(2 * UM, 4 * UM, 10 * UM, rim, angle=deg(93)),
    "tubes": lambda rim: microtubes(4.2 * UM, 1.06 * UM, 6 * UM, 20 * UM, "square", rim),
    "double tubes": lambda rim: microtubes(
        4.8 * UM, 0.5 * UM, 6 * UM, 20 * UM, "hexagonal", rim, inner=(2.3 * UM, 0.5 * UM)
    ),
    "honeycomb": lambda rim: honeycomb(1 * UM, 6 * UM, 10 * UM, rim),
}


def uneven_stack(cell: Cell) -> Stack:
    """Return films that thin with depth, one by a number, one with knots, with an even one between."""
    deepest = cell.deepest
    knots = ((0.2 * deepest, 1.0), (0.6 * deepest, 0.7))
    return films_on(cell, [60e-9, 40e-9, 60e-9], [0.8, 1.0, knots])


@pytest.mark.parametrize("depth", [30e-9, 90e-9, 150e-9])
def test_a_coverage_that_changes_at_the_foot_of_a_film_is_exact(depth: float) -> None:
    """Where a thicker film has buried the place no station is at it."""
    cell = pillars(2 * UM, 6 * UM, 3 * UM, "square", 0.1 * UM)
    points = ((cell.height - depth, 0.5),)
    mesh = mesh_films(films_on(cell, [100e-9, 60e-9, 100e-9], [points, 0.8, points]), COARSE)
    assert np.abs(mesh.volume_errors).max() < 1e-12


@pytest.mark.parametrize("refine", [1, 2])
@pytest.mark.parametrize("rim", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("name", UNEVEN)
def test_uneven_films_are_exact(name: str, rim: float, refine: int) -> None:
    mesh = mesh_films(uneven_stack(UNEVEN[name](rim * UM)), Resolution(refine))
    assert np.abs(mesh.volume_errors).max() < 1e-12


def test_uneven_floor_film_above_a_leaning_relief() -> None:
    cell = trenches(3 * UM, 5 * UM, 0.38 * UM, angle=deg(60))
    stack = films_on(cell, [0.45 * UM], [1.125])
    assert mesh_films(stack).volume_errors == pytest.approx(0, abs=1e-12)
    level = Level(0.6 * UM, 0.6 * UM)
    assert cell.profile.measure(cell.sharp_plan, level).volume == pytest.approx(cell.volume(level), rel=1e-12)


def test_uneven_films_on_a_wave_are_exact() -> None:
    mesh = mesh_films(uneven_stack(wave(1 * UM, 10 * UM)), COARSE)
    assert np.abs(mesh.volume_errors).max() < 1e-12


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_designs(path: Path) -> None:
    design = load_design(path)
    if not design.layers:
        pytest.skip("relief only")
    stack = assemble_cell(design).made
    if any(film.layer.fills for film in stack.films):
        stack = Stack(stack.cell, stack.films[:-1])
    mesh = mesh_films(stack)
    even = all(film.outer.is_uniform for film in stack.films)
    assert np.abs(mesh.volume_errors).max() < (1e-8 if even else 1e-5)
    assert positive(mesh)


def plan_distances(cell: UnitCell, points: Array) -> Array:
    """Return the distance of points (um) from the smallest section of the material, in the plan, um."""
    assert cell.pitch
    assert cell.periods
    pitch, elements = max(along_axes(cell.periods)) / UM, cell.plan.elements
    if isinstance(elements[0], Bar):
        x = np.abs(points[:, 0] - pitch * np.round(points[:, 0] / pitch))
        return np.asarray(np.maximum(0, x - elements[0].width / 2 / UM))
    loops = [element for element in elements if not isinstance(element, Bar)]
    vectors: NDArray[np.float64] = np.array(lattice_vectors(in_unit(cell.periods, UM), cell.lattice or ""))
    axes = np.array([(m, n) for m in (-1, 0, 1) for n in (-1, 0, 1)]) @ vectors
    if loops[0].sides:
        (loop,) = loops
        section = Polygon(corners(loop.inradius / UM, loop.sides, cell.rotation))
        body: shapely.Geometry = shapely.union_all([affinity.translate(section, *axis) for axis in axes])
        if loop.opening:
            body = box(-9 * pitch, -9 * pitch, 9 * pitch, 9 * pitch).difference(body)
        shapely.prepare(body)
        return np.asarray(shapely.distance(shapely.points(points[:, :2]), body))
    r = np.linalg.norm(points[:, None, :2] - axes, axis=2).min(axis=1)
    radii = [loop.inradius / UM for loop in loops]
    if cell.plan.raised_background:
        return np.asarray(np.maximum(0, radii[0] - r))
    walls = [*radii, 0.0] if len(radii) % 2 else radii
    found = [np.maximum(r - out, into - r) for out, into in zip(walls[::2], walls[1::2], strict=True)]
    return np.asarray(np.maximum(0, np.min(found, axis=0)))


def distances(cell: UnitCell, points: Array) -> Array:
    """Return the distance of points (um) from the bare relief, um: in the plan, then in (rho, z)."""
    rho = plan_distances(cell, points)
    z, height = points[:, 2], cell.height / UM
    # the wall runs from (top, height) to (foot, 0)
    lean = height / math.tan(cell.angle)
    top, foot = max(0.0, -lean), max(0.0, lean)
    share = np.clip(
        ((rho - top) * (foot - top) - (z - height) * height) / math.hypot(lean, height) ** 2, 0, 1
    )
    wall = np.hypot(rho - top - share * (foot - top), z - height + share * height)
    flat = np.hypot(np.maximum(rho - top, 0), z - height)
    below = np.hypot(np.maximum(rho - foot, 0), z) if cell.through else np.where(rho >= foot, z, np.inf)
    return np.minimum(np.minimum(wall, flat), below)


@pytest.mark.parametrize("name", SHARP)
def test_levels_lie_at_their_distance(name: str) -> None:
    cell = SHARP[name]
    room = 0.6 * min(cell.reach.value, 1 * UM)
    stack = films_on(cell, [0.3 * room, 0.7 * room])
    loops = [element for element in cell.plan.elements if not isinstance(element, Bar)]
    worst = []
    for refine in (2, 4):
        mesh = mesh_films(stack, Resolution(refine))
        off = [
            np.abs(distances(cell, points) - level.top / UM)
            for level, points in zip(mesh.levels, mesh.points_um, strict=True)
        ]
        worst.append(float(np.max(off)))
        if all(loop.sides for loop in loops):
            # all but the inner nodes of arcs around rims and vertical edges lie exactly
            assert np.mean(np.array(off) < 1e-9) > 0.4
    # Nodes of arcs stand out of them, so that their chords hold the area: of rims and edges of polygons, which
    # leaning walls round off, by 1.1 % of the radius; of whole circles by a twelfth of the chord's angle squared.
    spread = (room + cell.height * abs(cell.profile.slope)) / UM
    radius = max((loop.inradius / UM for loop in loops if not loop.sides), default=0.0)
    assert worst[0] < 0.012 * spread + deg(30 / 8) ** 2 / 12 * (radius + spread)
    assert math.log2(worst[0] / worst[1]) == pytest.approx(2, abs=0.25)


def test_flats_walls_and_inner_corners_of_polygons_lie_exactly() -> None:
    stack = films_on(SHARP["square holes"], [0.2 * UM, 0.5 * UM])
    mesh = mesh_films(stack)
    rims = np.isin(mesh.strip_of_quad, [i for i, strip in enumerate(mesh.strips) if "rim" in strip])
    elsewhere = np.unique(mesh.quads[~rims])
    for level, points in zip(mesh.levels, mesh.points_um, strict=True):
        near = distances(SHARP["square holes"], points[elsewhere])
        assert near == pytest.approx(level.top / UM, abs=1e-9)


def test_wave_levels_converge_to_their_distance() -> None:
    cell = wave(1.5 * UM, 9 * UM)
    stack = films_on(cell, [0.5 * cell.reach.value])
    x = np.linspace(-9, 9, 40001)
    bare = shapely.LineString(np.column_stack((x, 1.5 * (1 + np.cos(2 * np.pi * x / 9)))))
    shapely.prepare(bare)
    worst = []
    for refine in (1, 2, 4):
        points = mesh_films(stack, Resolution(refine)).points_um[-1]
        near = np.asarray(shapely.distance(shapely.points(points[:, [0, 2]]), bare))
        worst.append(float(np.abs(near * UM / stack.top.top - 1).max()))
    assert worst[1] < 2e-3
    assert np.log2(np.array(worst[:-1]) / worst[1:]) == pytest.approx([2, 2], abs=0.25)


@pytest.mark.parametrize("name", SHARP)
def test_mirror_planes(name: str) -> None:
    cell = SHARP[name]
    mesh = mesh_films(films_on(cell, [0.1 * UM, 0.2 * UM]), COARSE)
    whole = tile_mesh(mesh)
    if round(1 / mesh.unit_cells) == 1:
        assert set(mesh.symmetry_planes) <= {"border"}
        return
    for plane in ("first", "last"):
        nodes = mesh.points_um[:, mesh.symmetry_planes[plane]]
        across, offset = plane_through(nodes.reshape(-1, 3))
        assert nodes @ across == pytest.approx(offset, abs=1e-9)
        # of the whole cell's surface, at the same places
        normals, places = node_normals(whole), whole.points_um[-1]
        inside = [np.linalg.norm(places - node, axis=1).argmin() for node in nodes[-1]]
        if plane == "last" and "front" in mesh.symmetry_planes:
            continue  # the copy of a slice of a trench ends there
        assert normals[inside] @ across == pytest.approx(0, abs=1e-9)


def plane_through(points: Array) -> tuple[Array, float]:
    """Return the horizontal direction across a vertical plane through points, and where it lies along it."""
    plan = points[:, :2]
    span = plan[np.argmax(np.linalg.norm(plan - plan[0], axis=1))] - plan[0]
    if np.hypot(*span) < 1e-9:
        raise AssertionError("all nodes lie over one point")
    across = np.array([-span[1], span[0], 0]) / np.hypot(*span)
    return across, float(points[0] @ across)


def node_normals(mesh: FilmMesh) -> Array:
    """Return normals of the outermost level at its nodes, shape (n, 3)."""
    normals = np.zeros_like(mesh.points_um[-1])
    vectors = facet_normals(mesh.points_um[-1], mesh.quads)
    for corner in range(4):
        np.add.at(normals, mesh.quads[:, corner], vectors)
    return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True))


@pytest.mark.parametrize("name", SHARP)
def test_border_is_a_symmetry_plane_of_every_level(name: str) -> None:
    cell = SHARP[name]
    mesh = mesh_films(films_on(cell, [0.1 * UM, 0.2 * UM]), COARSE)
    planes = mesh.symmetry_planes
    rows = [planes["front"], planes["back"]] if "front" in planes else [planes["border"]]
    for row in rows:
        # nodes of the border keep to it: only height changes from level to level (of a strip x as well)
        fixed = [1] if "front" in planes else [0, 1]
        assert np.ptp(mesh.points_um[:, row][..., fixed], axis=0) == pytest.approx(0, abs=1e-12)
    if "border" in planes:
        assert mesh.grid is not None
        assert mesh.grid.sector is not None
        outline = shapely.LinearRing(mesh.grid.sector.corners)
        plan = mesh.points_um[0][planes["border"], :2]
        assert np.asarray(shapely.distance(shapely.points(plan), outline)) == pytest.approx(0, abs=1e-9)
        beside = np.isin(mesh.quads, planes["border"]).any(axis=1)
        for points in mesh.points_um:
            normals = facet_normals(points, mesh.quads[beside])
            assert normals[:, :2] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("name", [*SHARP, "wave"])
def test_contacts_lie_on_the_border_of_their_flat(name: str) -> None:
    cell: Cell = wave(1 * UM, 8 * UM) if name == "wave" else SHARP[name]
    stack = films_on(cell, [0.1 * UM, 0.2 * UM])
    mesh = mesh_films(stack, COARSE)
    raised = isinstance(cell, UnitCell) and cell.plan.raised_background
    both = isinstance(cell, WaveCell) or cell.kind == "trenches"
    expected = (
        {"top", "lower face"}
        if cell.through
        else {"top", "floor"}
        if both
        else {"top" if raised else "floor"}
    )
    assert set(mesh.contacts) == expected
    for flat, nodes in mesh.contacts.items():
        for level, points in zip(mesh.levels, mesh.points_um, strict=True):
            height = {"top": cell.height + level.top, "floor": level.bottom, "lower face": -level.top}[flat]
            # a wave's offsets are scaled so that the chords hold the area
            near = 5e-3 * level.top / UM + 1e-9 if name == "wave" else 1e-9
            assert points[nodes, 2] == pytest.approx(height / UM, abs=near)
            if both:
                x = 0.0 if flat == "top" else (cell.pitch or 0.0) / 2 / UM
                assert points[nodes, 0] == pytest.approx(x, abs=1e-12)
        if not both:
            assert set(nodes.tolist()) <= set(mesh.symmetry_planes["border"].tolist())


def test_sections_that_reach_over_every_straight_cell_are_refused() -> None:
    # 0.5 um are left between the coated corners and their neighbours' flats, 1 um beyond the square cell.
    cell = pillars(13.2 * UM, 14.8 * UM, 40 * UM, "square", sides=4, rotation=deg(15))
    stack = films_on(cell, [0.3 * UM])
    assert crosses_its_cell(stack)
    assert (stack.gap_after_coating or 0) > 0.4 * UM
    with pytest.raises(UnsupportedError, match=r"relief.rotation: not yet supported.*larger pitch"):
        mesh_films(stack)


def test_square_through_holes_that_widen_downwards() -> None:
    # On a hexagonal lattice the lower openings reach over the regular hexagon, not over that of bricks.
    cell = holes(0.6 * UM, 1 * UM, 1.144 * UM, "hexagonal", sides=4, angle=deg(94), through=True)
    mesh = mesh_films(films_on(cell, [6e-9]))
    assert mesh.volume_errors == pytest.approx(0, abs=1e-8)


def test_level_of_many_sublevels_is_a_share_of_its_film() -> None:
    stack = films_on(SHARP["trenches"], [0.1 * UM, 0.3 * UM], [0.5])
    mesh = mesh_films(stack, Resolution(refine=2))
    inner, outer = mesh.faces(0)
    assert (inner, outer) == (0, 4)
    assert mesh.levels[0] == Level(0, 0)
    middle = mesh.levels[2]
    assert (middle.top, middle.bottom) == pytest.approx((50e-9, 25e-9))
    assert mesh.faces(1) == (4, 6)
