"""Bodies of layers and substrate: closed, outward, of the closed form's volume, sharing their faces."""

import math
import re
from collections import Counter
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.coated_reliefs import coated_reliefs, filled, films_on, unevenly_coated_reliefs
from tests.reliefs import CELLS
from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.films import Stack
from tfgeom.geometry.plan import Bar
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.layer_solids import SubstrateBody, layer_solids, substrate_volume
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.solid import Solid
from tfgeom.units import UM

TILES = (None, (1, 1), (3, 2))


def colours(stack: Stack) -> dict[str, str]:
    return {film.layer.name: "#0072b2" for film in stack.films}


def wafer(cell: Cell) -> SubstrateBody:
    return SubstrateBody(cell.height + 3 * UM, "Si", "#999999")


def coated(cell: Cell) -> Stack:
    room = 0.5 * min(cell.reach.value, 0.8 * UM)
    return films_on(cell, [0.4 * room, 0.6 * room])


def bodies(stack: Stack, tile: tuple[int, int] | None, *, resolution: int = 1) -> list[Solid]:
    substrate = None if tile is None else wafer(stack.cell)
    return layer_solids(
        stack, colours(stack), substrate=substrate, tile=tile, resolution=Resolution(resolution)
    )


def volumes(stack: Stack, tile: tuple[int, int] | None, fraction: float) -> list[float]:
    """Return the closed forms of what `bodies` makes, um³."""
    found = [film.volume for film in stack.films]
    if tile is not None:
        found.insert(0, substrate_volume(stack.cell, wafer(stack.cell).thickness))
        fraction = tile[0] * tile[1]
    return [fraction * volume / UM**3 for volume in found]


def every_edge_is_met_once(solid: Solid) -> bool:
    """Return whether every directed edge has its reverse exactly once, by index: another route than trimesh's."""
    edges = [edge for a, b, c in solid.triangles.tolist() for edge in ((a, b), (b, c), (c, a))]
    return len(set(edges)) == len(edges) and {(b, a) for a, b in edges} == set(edges)


def facets(solid: Solid) -> Counter[frozenset[tuple[float, ...]]]:
    """Return the triangles by the coordinates of their corners."""
    places = [tuple(point) for point in solid.points_um.tolist()]
    return Counter(frozenset(places[corner] for corner in triangle) for triangle in solid.triangles.tolist())


def turned(solid: Solid, *, back: bool) -> set[tuple[tuple[float, ...], ...]]:
    """Return the triangles as coordinates from their lowest corner on, as they turn or the other way."""
    order = slice(None, None, -1 if back else 1)
    found = set()
    for triangle in solid.points_um[solid.triangles[:, order]].tolist():
        corners = [tuple(corner) for corner in triangle]
        first = corners.index(min(corners))
        found.add(tuple(corners[first:] + corners[:first]))
    return found


def area_of(triangles: set[tuple[tuple[float, ...], ...]]) -> float:
    corners = np.array(sorted(triangles))
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.linalg.norm(normals, axis=1).sum() / 2)


@pytest.mark.parametrize("tile", TILES, ids=lambda tile: "sector" if tile is None else f"{tile[0]}x{tile[1]}")
@pytest.mark.parametrize("name", CELLS)
def test_bodies_are_closed_and_hold_their_volume(name: str, tile: tuple[int, int] | None) -> None:
    stack = coated(CELLS[name])
    made = bodies(stack, tile)
    names = [film.layer.name for film in stack.films]
    assert [solid.name for solid in made] == (names if tile is None else ["substrate", *names])
    share = mesh_films(stack, Resolution(1)).unit_cells
    assert 1 / share == pytest.approx(round(1 / share), rel=1e-12)
    for solid, exact in zip(made, volumes(stack, tile, share), strict=True):
        body = solid.to_trimesh()
        assert body.is_volume, solid.name
        assert every_edge_is_met_once(solid), solid.name
        assert body.body_count == 1, solid.name
        assert body.euler_number == solid.euler_number, solid.name
        assert solid.volume_um3 == pytest.approx(exact, rel=1e-9)
        assert len(np.unique(solid.triangles)) == len(solid.points_um)


@pytest.mark.parametrize("name", CELLS)
def test_points_that_coincide_are_one(name: str) -> None:
    for solid in bodies(coated(CELLS[name]), (2, 1)):
        places = np.round(solid.points_um / 1e-9).astype(np.int64)
        assert len(np.unique(places, axis=0)) == len(places)
        a, b, c = (solid.points_um[corner] for corner in solid.triangles.T)
        flat = np.linalg.norm(np.cross(b - a, c - a), axis=1) < 1e-9
        # only on vertical walls cut at the border, down to the back: three points above each other
        assert (b - a)[flat, :2] == pytest.approx(0, abs=1e-12)
        assert (c - a)[flat, :2] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_neighbours_share_the_triangles_of_their_face(name: str) -> None:
    stack = coated(CELLS[name])
    made = bodies(stack, (1, 1))
    # the true area of a face and its chords: 12 columns a half turn, rims and waves of a few
    for below, above, film in zip(made[:-1], made[1:], stack.films, strict=True):
        shared = turned(below, back=False) & turned(above, back=True)
        assert area_of(shared) * UM**2 == pytest.approx(film.inner_area, rel=0.02)
    # whatever two neighbours do not share is the outer face, the cut at the border or the back: shared by no one
    faces = [facets(solid) for solid in made]
    together = sum(faces, Counter())
    assert max(together.values()) == 2
    outside = [triangle for triangle, count in together.items() if count == 1]
    assert outside
    z = np.array([[corner[2] for corner in triangle] for triangle in outside])
    back = (stack.cell.height - wafer(stack.cell).thickness) / UM
    if not (isinstance(stack.cell, UnitCell) and stack.cell.through):
        assert z.min() == pytest.approx(back, abs=1e-12)
        a, b, c = (made[0].points_um[corner] for corner in made[0].triangles.T)
        normals = np.cross(b - a, c - a)[np.maximum(np.maximum(a, b), c)[:, 2] < back + 1e-9, 2] / 2
        # the back is covered once, by triangles that all look down
        assert normals.max() < 1e-12
        assert normals.sum() * UM**2 == pytest.approx(-stack.cell.footprint, rel=1e-9)


@pytest.mark.parametrize("name", CELLS)
def test_substrate_and_films_together_are_one_solid(name: str) -> None:
    stack = coated(CELLS[name])
    made = bodies(stack, (2, 1))
    # without the faces between neighbours a closed surface is left: from back to outer face
    outside: dict[tuple[tuple[float, ...], ...], int] = {}
    for solid in made:
        for triangle in turned(solid, back=False):
            a, b, c = triangle
            back = min((a, c, b), (c, b, a), (b, a, c))
            if back in outside:
                del outside[back]
            else:
                outside[triangle] = 1
    corners = np.array(list(outside))
    points, ids = np.unique(corners.reshape(-1, 3), axis=0, return_inverse=True)
    skin = Solid("skin", "", "", "#000000", points, ids.reshape(-1, 3))
    assert every_edge_is_met_once(skin)
    cell = stack.cell
    exact = substrate_volume(cell, wafer(cell).thickness) + cell.volume(stack.top)
    assert skin.volume_um3 * UM**3 == pytest.approx(2 * exact, rel=1e-9)


@pytest.mark.parametrize("name", CELLS)
def test_a_layer_that_fills_ends_in_planes(name: str) -> None:
    cell = CELLS[name]
    room = 0.5 * min(cell.reach.value, 0.8 * UM)
    for stack in (filled(cell), filled(cell, 0.4 * room, 0.6 * room)):
        made = bodies(stack, (1, 2))
        for solid, exact in zip(made, volumes(stack, (1, 2), 0.0), strict=True):
            assert solid.to_trimesh().is_volume, solid.name
            assert solid.to_trimesh().euler_number == solid.euler_number, solid.name
            assert every_edge_is_met_once(solid)
            assert solid.volume_um3 == pytest.approx(exact, rel=1e-9)
        filling = made[-1]
        assert set(facets(filling)) & set(facets(made[-2]))
        top = (cell.height + sum(film.layer.thickness for film in stack.films)) / UM
        assert filling.points_um[:, 2].max() == pytest.approx(top, rel=1e-12)
        if isinstance(cell, UnitCell) and cell.through:
            assert filling.points_um[:, 2].min() == pytest.approx(cell.height / UM - top, rel=1e-12)


@settings(max_examples=12, deadline=None)
@given(coated_reliefs(), st.sampled_from([(1, 1), (2, 1), (1, 3)]), st.integers(1, 2))
def test_random_bodies(stack: Stack, tile: tuple[int, int], refine: int) -> None:
    try:
        made = bodies(stack, tile, resolution=refine)
    except UnsupportedError:
        return  # a section that reaches over the cell around its axis
    for solid, exact in zip(made, volumes(stack, tile, 0.0), strict=True):
        solid.check()
        assert solid.to_trimesh().is_volume
        assert every_edge_is_met_once(solid)
        assert solid.volume_um3 == pytest.approx(exact, rel=1e-8)


@settings(max_examples=8, deadline=None)
@given(unevenly_coated_reliefs())
def test_random_bodies_of_uneven_films(stack: Stack) -> None:
    # floor films above the relief have no profile of their own
    assume(stack.top.bottom < stack.cell.height - stack.cell.rim_radius or stack.cell.is_vertical)
    try:
        made = bodies(stack, (2, 1))
    except UnsupportedError:
        return
    for solid, exact in zip(made, volumes(stack, (2, 1), 0.0), strict=True):
        solid.check()
        assert solid.to_trimesh().is_volume
        assert solid.volume_um3 == pytest.approx(exact, rel=1e-8)


def test_substrate_of_through_holes_is_as_deep_as_they() -> None:
    cell = CELLS["through-holes"]
    (solid,) = layer_solids(Stack(cell, ()), {}, substrate=SubstrateBody(500 * UM, "Si", "#999999"))
    assert (solid.name, solid.role, solid.material) == ("substrate", "substrate", "Si")
    by_hand = (36 - math.pi * 1.5**2) * 4
    assert solid.volume_um3 == pytest.approx(by_hand, rel=1e-9)
    assert solid.to_trimesh().euler_number == 0  # a ring


def test_substrate_alone_of_a_bare_relief() -> None:
    cell = CELLS["round pillars"]
    (solid,) = layer_solids(
        Stack(cell, ()), {}, substrate=SubstrateBody(10 * UM, "Si", "#999999"), tile=(2, 3)
    )
    assert solid.volume_um3 == pytest.approx(6 * (36 * 6 + math.pi * 1.5**2 * 4), rel=1e-9)
    assert solid.points_um[:, 2].min() == pytest.approx(4 - 10)
    assert solid.to_trimesh().is_volume


def triangles_said(error: MeshError) -> int:
    found = re.search(r"need(s)? about ([\d,]+) triangles", str(error))
    assert found
    return int(found[2].replace(",", ""))


@pytest.mark.parametrize("name", ["round pillars", "square pillars at 15 deg", "trenches", "planar", "tubes"])
def test_too_many_triangles_say_what_fits(name: str) -> None:
    stack = coated(CELLS[name])
    limit = 3000 if name != "planar" else 500
    with pytest.raises(MeshError, match=r"9x7 cells need about [\d,]+ triangles") as caught:
        layer_solids(stack, colours(stack), tile=(9, 7), max_triangles=limit)
    message = str(caught.value)
    assert f"more than the {limit:,} allowed" in message
    if "not even one cell fits" in message:
        with pytest.raises(MeshError):
            layer_solids(stack, colours(stack), tile=(1, 1), max_triangles=limit)
    else:
        found = re.search(r"at most (\d+)x\1 cells fit", message)
        assert found
        side = int(found[1])
        layer_solids(stack, colours(stack), tile=(side, side), max_triangles=limit)
        with pytest.raises(MeshError):
            layer_solids(stack, colours(stack), tile=(side + 1, side + 1), max_triangles=limit)
    # the number said is not below the one made
    for substrate in (None, wafer(stack.cell)):
        with pytest.raises(MeshError) as caught:
            layer_solids(stack, colours(stack), substrate=substrate, tile=(2, 1), max_triangles=10)
        said = triangles_said(caught.value)
        made = layer_solids(stack, colours(stack), substrate=substrate, tile=(2, 1), max_triangles=said)
        assert 0.4 * said < sum(len(solid.triangles) for solid in made) <= said


def test_a_sector_needs_its_share_of_the_triangles() -> None:
    stack = coated(CELLS["round pillars"])
    made = sum(len(solid.triangles) for solid in layer_solids(stack, colours(stack), tile=None))
    layer_solids(stack, colours(stack), tile=None, max_triangles=2 * made)
    with pytest.raises(
        MeshError, match=r"one sector needs about [\d,]+ triangles, more than the 100 allowed"
    ):
        layer_solids(stack, colours(stack), tile=None, max_triangles=100)


def test_bodies_beyond_the_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = coated(CELLS["round pillars"])
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=210_000_000))
    with pytest.raises(
        MeshError, match=r"bodies of [\d,]+ triangles needs? about \d+ MB .* and 10 MB are free"
    ):
        layer_solids(stack, colours(stack), tile=(4, 4))


def test_what_cannot_be_made() -> None:
    cell = CELLS["round pillars"]
    stack = coated(cell)
    with pytest.raises(MeshError, match="one sector has no flat back"):
        layer_solids(stack, colours(stack), substrate=wafer(cell), tile=None)
    stack = filled(cell, 0.1 * UM)
    with pytest.raises(MeshError, match="one sector has no flat back"):
        layer_solids(stack, colours(stack), tile=None)
    with pytest.raises(
        MeshError, match="the substrate is 3 um thick, the relief in it 4 um; use a thicker one"
    ):
        layer_solids(stack, colours(stack), substrate=SubstrateBody(3 * UM, "Si", "#999999"))
    with pytest.raises(MeshError, match="nothing to make: the design has no layers"):
        layer_solids(Stack(cell, ()), {})
    assert not any(isinstance(element, Bar) for element in cell.sharp_plan.elements)
