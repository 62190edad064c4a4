"""Film meshes against the closed forms, over random designs, and what they must refuse."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stacks import layers, pearse_plane, pearse_stack
from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.films import Film, FilmLayer, Stack, stack_films
from tfgeom.geometry.cell import Level, UnitCell
from tfgeom.geometry.kinds import holes, honeycomb, microtubes, pillars, planar, trenches
from tfgeom.materials.library import load_library
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films, mesh_obstacle
from tfgeom.meshing.quality import hex_quality
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.surface_grid import quarter_arc

COARSE = Resolution(refine=1)


def films_on(cell: UnitCell, thicknesses: list[float]) -> Stack:
    material = load_library().find("LiPON")
    roles = ["electrolyte", *["cathode"] * len(thicknesses)]
    return stack_films(
        cell,
        [
            FilmLayer(f"film{k}", role, material, thickness)
            for k, (role, thickness) in enumerate(zip(roles, thicknesses, strict=False))
        ],
    )


@st.composite
def coated_reliefs(draw: st.DrawFn) -> Stack:
    """Return films that take up to 95 % of the room on a random relief."""
    kind = draw(st.sampled_from(["planar", "pillars", "holes", "microtubes"]))
    lattice = draw(st.sampled_from(["square", "hexagonal"]))
    width = draw(st.floats(0.3e-6, 10e-6))
    pitch = width * draw(st.floats(1.1, 4))
    height = draw(st.floats(0.3e-6, 100e-6))
    rounding = draw(st.sampled_from([0.0, 0.0, 0.03, 0.15]))
    if kind == "planar":
        cell = planar()
    elif kind == "pillars":
        cell = pillars(width, pitch, height, lattice, min(rounding * width, height / 3))
    elif kind == "holes":
        cell = holes(width, pitch, height, lattice, min(rounding * (pitch - width), height / 3))
    else:
        wall = width * draw(st.floats(0.05, 0.4))
        cell = microtubes(width, wall, pitch, height, lattice, min(rounding * wall, height / 3))
    room = min(cell.reach.value, 1e-6) * draw(st.floats(0.02, 0.95))
    shares = draw(st.lists(st.floats(0.05, 1), min_size=1, max_size=4))
    return films_on(cell, [room * share / sum(shares) for share in shares])


@settings(max_examples=40, deadline=None)
@given(coated_reliefs())
def test_volumes_and_areas_meet_the_closed_form(stack: Stack) -> None:
    mesh = mesh_films(stack)
    assert np.abs(mesh.volume_errors).max() < 1e-8
    assert mesh.min_jacobian > 0
    for level, offset in ((0, 0.0), (-1, stack.top.top)):
        area = mesh.areas_um2(level).sum() * 1e-12 / mesh.sector_fraction
        assert area == pytest.approx(stack.cell.area(Level(offset, offset)), rel=1e-8)


@settings(max_examples=15, deadline=None)
@given(coated_reliefs())
def test_each_strip_has_its_own_closed_area(stack: Stack) -> None:
    mesh = mesh_films(stack, COARSE)
    offset = stack.top.top
    strips = stack.cell.strips(Level(offset, offset))
    areas = mesh.areas_um2(len(mesh.offsets_um) - 1) * 1e-12 / mesh.sector_fraction
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
        assert mesh.sector_fraction == pytest.approx(fraction, rel=1e-12)
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
    assert 0.2 < mesh.min_relative_jacobian < 0.6


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


@pytest.mark.parametrize("chords", [3, 4, 7, 12])
def test_quarter_arc_has_area_and_moments_of_the_quarter_disc(chords: int) -> None:
    from shapely import Polygon

    arc = quarter_arc(chords)
    body = Polygon([(0, 0), *arc])
    assert len(arc) == chords + 1
    assert body.area == pytest.approx(math.pi / 4, rel=1e-13)
    assert body.centroid.x * body.area == pytest.approx(1 / 3, rel=1e-13)
    assert body.centroid.y * body.area == pytest.approx(1 / 3, rel=1e-13)


def test_cells_at_foot_and_rim_are_at_most_half_the_thinnest_film() -> None:
    mesh = mesh_films(pearse_stack())
    for level in (0, len(mesh.offsets_um) - 1):
        points = mesh.points_um[level]
        on_axis = np.flatnonzero(np.abs(points[:, 1]) < 1e-12)
        profile = points[on_axis][:, [0, 2]]
        foot = np.array([1.5 - mesh.offsets_um[level], mesh.offsets_um[level]])
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


def test_films_above_others_can_be_meshed_alone() -> None:
    stack = pearse_stack()
    upper = mesh_films(Stack(stack.cell, stack.films[2:4]), COARSE)
    assert upper.offsets_um[0] == pytest.approx(0.110)
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


@pytest.mark.parametrize("cell", [trenches(2e-6, 4e-6, 5e-6), honeycomb(0.5e-6, 4e-6, 5e-6)])
def test_other_kinds_are_refused(cell: UnitCell) -> None:
    stack = stack_films(cell, layers())
    assert f"film mesh of {cell.kind}" in str(mesh_obstacle(stack))
    with pytest.raises(
        UnsupportedError, match=rf"relief.kind: not yet supported: a film mesh of {cell.kind}"
    ):
        mesh_films(stack)


def test_varying_thickness_is_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"layers.inner_collector.step_coverage: not yet supported"):
        mesh_films(pearse_stack(step_coverage=0.9))
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


def test_absurd_resolutions_are_refused_before_memory_is_taken() -> None:
    with pytest.raises(MeshError, match=r"would have at least [\d,]+ hexahedra, more than the 3,000,000"):
        mesh_films(pearse_stack(), Resolution(refine=10_000))
    with pytest.raises(MeshError, match="use a lower resolution"):
        mesh_films(pearse_stack(), Resolution(refine=16))


def test_gap_narrower_than_the_facets_is_an_error() -> None:
    # 0.1 nm are left between neighbours, less than the nodes of a coarse polygon stand out of its circle.
    stack = films_on(pillars(20e-6, 21e-6, 5e-6, "square"), [0.49995e-6])
    assert stack.gap_after_coating == pytest.approx(1e-10)
    with pytest.raises(MeshError, match=r"only 0.1 nm are left between neighbours.*higher resolution"):
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
