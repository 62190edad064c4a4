"""Film meshes of single designs: sectors, rims, resolution, numbering, and what they must refuse."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from tests.coated_reliefs import coated_reliefs, films_on, mesh_unless_crossing
from tests.stacks import layers, pearse_plane, pearse_stack
from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.films import Film, Stack, stack_films
from tfgeom.geometry.unit_cell import Level
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films, mesh_obstacle
from tfgeom.meshing.quality import Sweep, aspect_ratios, hex_quality, sweep, swept_volume
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar

COARSE = Resolution(refine=1)


@settings(max_examples=15, deadline=None)
@given(coated_reliefs(["pillars", "holes", "microtubes", "trenches", "honeycomb"]))
def test_each_strip_has_its_own_closed_area(stack: Stack) -> None:
    mesh = mesh_unless_crossing(stack, 2)
    if mesh is None:
        return
    strips = stack.cell.strips(stack.top)
    areas = mesh.areas_um2(len(mesh.levels) - 1) * 1e-12 / mesh.unit_cells
    for name, exact in zip(strips._fields, strips, strict=True):
        own = [index for index, strip in enumerate(mesh.strips) if strip.split()[-1] == name]
        assert areas[np.isin(mesh.strip_of_quad, own)].sum() == pytest.approx(exact, rel=1e-8, abs=1e-24)


def reference_meshes() -> list[FilmMesh]:
    return [
        mesh_films(pearse_stack(cell), COARSE)
        for cell in (
            pillars(3e-6, 6e-6, 30e-6, "hexagonal"),
            holes(3e-6, 6e-6, 30e-6, "square", 50e-9),
            microtubes(3e-6, 0.7e-6, 5e-6, 30e-6, "hexagonal", 20e-9),
        )
    ]


def test_sectors_are_a_twelfth_and_an_eighth() -> None:
    for mesh, fraction in zip(reference_meshes(), (1 / 12, 1 / 8, 1 / 12), strict=True):
        assert mesh.unit_cells == pytest.approx(fraction, rel=1e-12)
        edge = mesh.points_um[..., :2]
        angle = np.arctan2(edge[..., 1], edge[..., 0])
        assert angle.min() > -1e-12
        assert angle.max() < (math.pi / 6 if fraction < 0.1 else math.pi / 4) + 1e-12


def test_rounded_rim_starts_its_arc_at_the_rim_radius() -> None:
    # Bare rounded pillar: highest point of the relief h, widest r, and no node closer to the sharp edge.
    stack = films_on(pillars(2e-6, 4e-6, 5e-6, "square", 0.2e-6), [50e-9])
    bare = mesh_films(stack).points_um[0]
    radius = np.hypot(bare[:, 0], bare[:, 1])
    assert bare[:, 2].max() == pytest.approx(5, rel=1e-12)
    assert bare[:, 2].min() == pytest.approx(0, abs=1e-12)
    from_centre = np.hypot(np.maximum(radius - 0.8, 0), np.maximum(bare[:, 2] - 4.8, 0))
    rim = (radius > 0.8005) & (radius < 1.01) & (bare[:, 2] > 4.8005)
    assert rim.sum() > 10
    assert from_centre[rim] == pytest.approx(0.2, rel=0.01)


def test_sharp_rim_is_a_fan_from_one_circle() -> None:
    stack = films_on(pillars(2e-6, 4e-6, 5e-6, "square"), [50e-9])
    mesh = mesh_films(stack)
    rim = np.unique(mesh.quads[mesh.strip_of_quad == mesh.strips.index("rim")])
    bare, coated = mesh.points_um[0][rim], mesh.points_um[-1][rim]
    assert np.ptp(bare[:, 2]) == 0
    assert np.ptp(np.hypot(bare[:, 0], bare[:, 1])) < 1e-12
    assert np.ptp(coated[:, 2]) == pytest.approx(0.05, rel=1e-9)
    quality = hex_quality(mesh.points_um.reshape(-1, 3)[mesh.hexes])
    assert 0.2 < quality.relative_jacobian.min() < 0.6


def test_jacobian_is_signed() -> None:
    brick = np.array([[[x, y, z] for x, y, z in ((0, 0, 0), (2, 0, 0), (2, 3, 0), (0, 3, 0))]], dtype=float)
    lift = np.array([0, 0, 4])
    upright = np.concatenate((brick, brick + lift), axis=1)
    assert hex_quality(upright).volumes == pytest.approx([24])
    assert hex_quality(upright).jacobian == pytest.approx([24])
    assert hex_quality(upright).relative_jacobian == pytest.approx([1])
    overturned = np.concatenate((brick + lift, brick), axis=1)
    assert hex_quality(overturned).volumes == pytest.approx([-24])
    assert hex_quality(overturned).jacobian[0] < 0


def test_volume_of_a_twisted_hexahedron() -> None:
    # Trilinear map x = u(1 + v w): det = 1 + v w, volume 1 + 1/4.
    corners = np.array(
        [
            [u * (1 + v * w), v, w]
            for u, v, w in (
                (0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)
            )
        ],
        dtype=float,
    )  # fmt: skip
    assert hex_quality(corners[None]).volumes == pytest.approx([1.25], rel=1e-14)


def test_cells_at_foot_and_rim_are_at_most_half_the_thinnest_film() -> None:
    mesh = mesh_films(pearse_stack())
    for level in (0, len(mesh.levels) - 1):
        points = mesh.points_um[level]
        on_axis = np.flatnonzero(np.abs(points[:, 1]) < 1e-12)
        profile = points[on_axis][:, [0, 2]]
        foot = np.array([1.5 - mesh.levels[level].top * 1e6, mesh.levels[level].top * 1e6])
        away = np.sort(np.abs(profile - foot).max(axis=1))
        assert away[0] < 1e-3
        assert away[2] <= 0.005 + 1e-3  # neighbours along floor and wall; 10 nm is the thinnest film


def test_default_resolution() -> None:
    mesh = mesh_films(pearse_stack())
    assert np.bincount(mesh.film_of_layer).tolist() == [2, 2, 4, 2, 2]
    corner = mesh.points_um[0][mesh.edges.ravel()]
    outermost = corner[np.hypot(corner[:, 0], corner[:, 1]) > 2.999]
    assert len(np.unique(np.arctan2(outermost[:, 1], outermost[:, 0]).round(9))) == 9  # 8 chords


def test_members_of_the_family_nest() -> None:
    for ends in ("start", "end", "both"):
        coarse = Resolution(1).fractions(30.0, 0.01, ends)
        fine = Resolution(3).fractions(30.0, 0.01, ends)
        assert (np.diff(fine) > 0).all()
        assert fine[::3] == pytest.approx(coarse, abs=1e-14)
        assert (coarse[0], coarse[-1]) == pytest.approx((0, 1), abs=1e-15)


def swept(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> Sweep:
    """Return the sweep of one quad between two positions of its corners, (4, 3) each."""
    return sweep(np.stack((inner, outer - inner)).transpose(0, 2, 1)[..., None])


def test_sweep_is_the_mesh_of_its_hexahedra() -> None:
    # Straight paths: any slice of a swept quad is a trilinear hexahedron, whose volume is known otherwise.
    rng = np.random.default_rng(1)
    inner = np.array([[0, 0, 0], [2, 0, 0], [2, 3, 0], [0, 3, 0]]) + rng.uniform(-0.3, 0.3, (4, 3))
    outer = inner + np.array([0, 0, 4]) + rng.uniform(-0.5, 0.5, (4, 3))
    found = swept(inner, outer)
    low, high = (inner + share * (outer - inner) for share in (0.2, 0.7))
    exact = hex_quality(np.concatenate((low, high))[None])
    assert swept_volume(found.sums(), 0.2, 0.7) == pytest.approx(exact.volumes[0], rel=1e-13)
    gauss = 0.45 + np.array([-0.25, 0.25]) / math.sqrt(3)
    assert 0.5 * found.smallest(gauss, gauss).min() == pytest.approx(exact.jacobian[0], rel=1e-13)


def test_smallest_determinant_of_a_sweep_may_lie_inside_it() -> None:
    # The quad shrinks to a point midway and grows again turned by half a turn: det = (1 - 2 s)².
    inner = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=float)
    found = swept(inner, np.array([[0, 0, 1], [-1, 0, 1], [-1, -1, 1], [0, -1, 1]], dtype=float))
    starts, ends = np.array([0.0, 0.75, 0.0]), np.array([1.0, 1.0, 0.25])
    assert found.smallest(starts, ends)[:, 0] == pytest.approx([0, 0.25, 0.25], abs=1e-15)
    for start, end in zip(starts, ends, strict=True):
        exact = found.smallest(np.array([start]), np.array([end]))[0]
        assert found.lower_bounds(start, end) <= exact + 1e-15
    # a prism's determinant is constant: the bound is exact
    prism = swept(inner, inner + np.array([0, 0, 2.0]))
    assert prism.lower_bounds(0.3, 0.6) == pytest.approx([2])


def test_aspect_ratio_of_a_brick_and_of_a_wedge() -> None:
    brick = np.array([[x, y, z] for z in (0, 0.5) for x, y in ((0, 0), (2, 0), (2, 3), (0, 3))], dtype=float)
    wedge = brick.copy()
    wedge[3] = wedge[0]  # collapsed edge
    assert aspect_ratios(np.stack((brick, wedge)))[0] == pytest.approx(6)
    assert aspect_ratios(wedge[None]) == pytest.approx([math.sqrt(13) / 0.5])


def test_films_above_others_can_be_meshed_alone() -> None:
    stack = pearse_stack()
    upper = mesh_films(Stack(stack.cell, stack.films[2:4]), COARSE)
    assert upper.levels[0].top == pytest.approx(110e-9)
    assert np.abs(upper.volume_errors).max() < 1e-8


def test_arrays_are_read_only_and_numbered_for_vtk() -> None:
    mesh = mesh_films(pearse_plane(), COARSE)
    with pytest.raises(ValueError, match="read-only"):
        mesh.points_um[0, 0, 0] = 1
    nodes = mesh.points_um.reshape(-1, 3)
    quality = hex_quality(nodes[mesh.hexes])
    assert quality.volumes.sum() == pytest.approx(0.195)
    assert len(mesh.film_of_hex) == mesh.n_hexes == len(mesh.hexes)
    assert len(nodes) == mesh.n_nodes


def test_a_layer_that_fills_is_no_film() -> None:
    filling = replace(layers()[-1], fills=True)
    stack = stack_films(holes(3e-6, 6e-6, 30e-6, "hexagonal"), [*layers()[:-1], filling])
    assert mesh_obstacle(stack) == "a film mesh of a layer that fills ('outer_collector')"
    with pytest.raises(UnsupportedError, match=r"layers.outer_collector.fill: not yet supported"):
        mesh_films(stack)
    assert mesh_obstacle(pearse_stack()) is None


def test_nothing_to_mesh() -> None:
    with pytest.raises(MeshError, match="no layers"):
        mesh_films(Stack(planar(), ()))


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"refine": 0}, "refine is 0; use 1 or more"),
        ({"angles": 6}, "use a multiple of 4"),
        ({"rim_chords": 2}, "use 3 or more"),
        ({"first_cell": 0.0}, "first_cell is 0.0"),
        ({"growth": 1.0}, "growth is 1.0"),
    ],
)
def test_impossible_resolutions(given_: dict[str, float], message: str) -> None:
    with pytest.raises(MeshError, match=message):
        Resolution(**given_)  # type: ignore[arg-type]


def test_gap_narrower_than_the_facets_is_an_error() -> None:
    # 0.1 nm are left between neighbours, less than the nodes of a coarse polygon stand out of its circle.
    stack = films_on(pillars(20e-6, 21e-6, 5e-6, "square"), [0.49995e-6])
    assert stack.gap_after_coating == pytest.approx(1e-10)
    with pytest.raises(
        MeshError, match=r"leave too little between neighbours for chords of 7.5 degrees: use a higher"
    ):
        mesh_films(stack, COARSE)


def test_inverted_hexahedra_are_an_error() -> None:
    # A film thicker than the bore is wide, as the layers' own check would never let pass.
    layer = layers()[0]
    film = Film(layer, Level(0.0, 0.0), Level(2.2e-6, 2.2e-6), 1.0, 1.0, 1.0)
    stack = Stack(holes(2e-6, 6e-6, 30e-6, "hexagonal"), (film,))
    with pytest.raises(
        MeshError, match=r"the mesh of 'inner_collector' is inverted near \(.*use a higher one"
    ):
        mesh_films(stack, COARSE)
