"""Slopes, undercuts, through-holes, coaxial tubes, waves, sections and coverage: check values, laws, distances."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import trapezoid
from scipy.special import ellipe

from tests.orders import slopes
from tfgeom.design import design_from_mapping
from tfgeom.errors import DesignError
from tfgeom.geometry.lattice import neighbour_distance
from tfgeom.geometry.plan import Bar, Loop, Plan
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import Gap, Level, UnitCell
from tfgeom.reliefs import build_cell
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave

UNIFORM = Level(0.25, 0.25)
NEARLY = Level(0.25, 0.25 * (1 - 1e-12))  # takes the road of varying offsets


def cell(*elements: Loop | Bar, angle: float = 90, **changes: Any) -> UnitCell:
    """Return a cell of 9 um² and 2 um height; lengths in um, the angle in degrees."""
    raised = all(isinstance(e, Loop) and e.opening for e in elements)
    turned = math.pi / 2 if angle == 90 else math.radians(angle)
    return replace(UnitCell("holes", Plan(9.0, elements, raised), height=2.0, angle=turned), **changes)


FOOT = 0.8 + 2 / math.tan(math.radians(95))
SLOPED = {
    "pillar": (cell(Loop(0.8, opening=False), angle=80), 5.04639),
    "hole": (cell(Loop(0.8, opening=True), angle=80), 3.58281),
    "square": (cell(Loop(0.6, opening=False, sides=4), angle=80), 4.95334),
    "undercut": (cell(Loop(FOOT, opening=False), angle=95), 5.05691),
    "through": (cell(Loop(0.8, opening=True), through=True), 6.04330),
}


@pytest.mark.parametrize("name", SLOPED)
def test_check_values(name: str) -> None:
    relief, volume = SLOPED[name]
    assert relief.volume(UNIFORM) == pytest.approx(volume, rel=1e-5)


def test_check_values_of_areas() -> None:
    pillar, through = SLOPED["pillar"][0], SLOPED["through"][0]
    assert pillar.area(Level(0, 0)) == pytest.approx(19.2948, rel=1e-5)
    assert pillar.area(UNIFORM) == pytest.approx(21.0382, rel=1e-5)
    assert through.area(Level(0, 0)) == pytest.approx(24.0319, rel=1e-5)
    assert through.area(UNIFORM) == pytest.approx(24.0527, rel=1e-5)


def test_coaxial_tubes() -> None:
    relief = microtubes(2.6, 0.3, 3.4, 2.0, "hexagonal", inner=(1.3, 0.2))
    level = Level(0.15, 0.15)
    assert relief.volume(level) == pytest.approx(7.80739, rel=1e-5)
    assert relief.area(Level(0, 0)) == pytest.approx(52.7369, rel=1e-5)
    assert relief.area(level) == pytest.approx(51.3616, rel=1e-5)
    assert relief.reach.value == pytest.approx(0.175)
    assert relief.reach.limited_by == "annulus"


def test_wave() -> None:
    assert wave(1.0, 6.0).area_gain == pytest.approx(1.234255, rel=1e-6)
    foil = wave(1.0, 10.0)
    assert foil.area_gain == pytest.approx(1.09238, rel=1e-5)
    k = 2 * math.pi / 10
    assert foil.area_gain == pytest.approx(2 / math.pi * ellipe(-(k**2)))
    assert foil.reach.value == pytest.approx(1 / k**2)
    assert foil.reach.limited_by == "curvature"
    assert foil.gap_aspect_ratio == foil.feature_aspect_ratio == pytest.approx(0.2)
    # the road of varying offsets agrees: a parallel curve is as long as the wave itself
    nearly = Level(0.5, 0.5 - 1e-9)
    assert foil.area(nearly) == pytest.approx(foil.area(Level(0.5, 0.5)), rel=1e-4)
    assert foil.volume(nearly) == pytest.approx(foil.volume(Level(0.5, 0.5)), rel=1e-8)
    fold = foil.obstruction(Level(2.6, 2.6))
    assert fold is not None
    assert fold.verb == "folds"


def test_published_gains() -> None:
    nathan = holes(50e-6, 60e-6, 500e-6, "square", through=True)
    assert nathan.area_gain == pytest.approx(22.7, abs=0.05)


@st.composite
def reliefs(draw: st.DrawFn) -> UnitCell:
    """Return a random relief: any kind, section, slope, rim, blind or through; lengths of the order of 1."""
    kind = draw(
        st.sampled_from(["pillars", "holes", "through", "trenches", "microtubes", "double", "honeycomb"])
    )
    lattice = draw(st.sampled_from(["square", "hexagonal"]))
    angle = math.radians(draw(st.sampled_from([90.0, 84.0, 87.5, 92.0, 94.5])))
    angle = math.pi / 2 if math.isclose(angle, math.pi / 2) else angle
    sides = draw(st.sampled_from([0, 4, 6]))
    pitch, height = draw(st.floats(3, 5)), draw(st.floats(0.6, 2))
    width = draw(st.floats(0.4, 0.6)) * pitch
    rim = draw(st.sampled_from([0.0, 0.03]))
    if kind == "pillars":
        return pillars(width, pitch, height, lattice, rim, sides=sides, angle=angle)
    if kind in ("holes", "through"):
        return holes(width, pitch, height, lattice, rim, sides=sides, angle=angle, through=kind == "through")
    if kind == "trenches":
        return trenches(width, pitch, height, rim, angle=angle)
    if kind == "microtubes":
        return microtubes(width, 0.3 * width, pitch, height, lattice, rim, angle=angle)
    if kind == "double":
        return microtubes(0.85 * pitch, 0.12 * pitch, pitch, 0.4 * height, lattice, rim, inner=(0.4 * pitch, 0.1 * pitch), angle=angle)  # fmt: skip
    return honeycomb(pitch - width, pitch, height, rim, angle=angle)


@given(reliefs(), st.floats(0.05, 0.9))
@settings(max_examples=200, deadline=None)
def test_closed_form_and_profile_integral_agree(relief: UnitCell, share: float) -> None:
    d = share * relief.reach.value
    uniform, nearly = Level(d, d), Level(d, d * (1 - 1e-11))
    assert relief.volume(nearly) == pytest.approx(relief.volume(uniform), rel=1e-8)
    assert relief.area(nearly) == pytest.approx(relief.area(uniform), rel=1e-8)
    assert relief.reach_out(nearly) == pytest.approx(relief.reach_out(uniform), rel=1e-6, abs=1e-9)


@given(reliefs(), st.floats(0.05, 0.9))
@settings(max_examples=100, deadline=None)
def test_area_is_the_derivative_of_volume(relief: UnitCell, share: float) -> None:
    d = share * relief.reach.value
    growth, area = slopes(
        lambda low, high: relief.volume(Level(high, high)) - relief.volume(Level(low, low)),
        lambda offset: relief.area(Level(offset, offset)),
        d,
        1e-3 * d,
    )
    assert growth == pytest.approx(area, rel=1e-6)


@given(reliefs())
@settings(max_examples=150, deadline=None)
def test_reach_from_both_sides(relief: UnitCell) -> None:
    reach = relief.reach.value
    below, above = reach * (1 - 1e-6), reach * (1 + 1e-6)
    assert relief.obstruction(Level(below, below)) is None
    assert relief.obstruction(Level(above, above)) is not None
    # the same on the road of varying offsets
    assert relief.obstruction(Level(below, below * (1 - 1e-9))) is None
    assert relief.obstruction(Level(above, above * (1 - 1e-9))) is not None


def solid_at(relief: UnitCell, z: float) -> float:
    """Return how far the wall stands outside the smallest section at a height, unrounded."""
    return relief.profile.top_shift + (relief.height - z) * relief.profile.slope


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pillar 84", "hole 86", "square 84", "hexagon hole 86", "undercut 94"])
def test_film_volume_against_a_distance_field(kind: str) -> None:
    # Steps of a plan's distance rho are known for any section; the distance to the swept solid is then a
    # two-dimensional distance to its profile in (rho, z), sampled on a fine grid.
    shape, angle = kind.rsplit(" ", 1)
    section = {
        "pillar": Loop(0.8, opening=False),
        "hole": Loop(0.9, opening=True),
        "square": Loop(0.7, opening=False, sides=4),
        "hexagon hole": Loop(0.9, opening=True, sides=6),
        "undercut": Loop(0.7, opening=False),
    }[shape]
    relief = cell(section, angle=float(angle))
    d, n = 0.2, 1400
    rho_edges = np.linspace(-0.6, 1.0, n + 1)
    z_edges = np.linspace(0.0, 2.3, n + 1)
    rho = (rho_edges[:-1] + rho_edges[1:]) / 2
    z = (z_edges[:-1] + z_edges[1:]) / 2
    grid_rho, grid_z = np.meshgrid(rho, z, indexing="ij")
    wall = solid_at(relief, np.minimum(grid_z, 2.0))  # type: ignore[arg-type]
    inside = (grid_rho <= wall) & (grid_z <= 2.0)
    top, foot = solid_at(relief, 2.0), solid_at(relief, 0.0)
    along = np.array([foot - top, -2.0])
    long = np.hypot(*along)
    t = np.clip(((grid_rho - top) * along[0] + (grid_z - 2.0) * along[1]) / long**2, 0, 1)
    to_wall = np.hypot(grid_rho - top - t * along[0], grid_z - 2.0 - t * along[1])
    to_top = np.hypot(np.maximum(grid_rho - top, 0), grid_z - 2.0)
    to_floor = np.where(grid_rho >= foot, grid_z, np.hypot(grid_rho - foot, grid_z))
    distance = np.minimum(np.minimum(to_wall, to_top), to_floor)
    film = ~inside & (distance <= d)
    plan = relief.plan
    weight = plan.perimeter + 2 * plan.kappa * grid_rho
    cell_area = (rho_edges[1] - rho_edges[0]) * (z_edges[1] - z_edges[0])
    strip = float(np.sum(weight * film)) * cell_area

    # flats beyond the grid
    def area_at(r: float) -> float:
        return plan.area + plan.perimeter * r + plan.kappa * r**2

    flat = area_at(-0.6) * d + (9.0 - area_at(1.0)) * d
    assert relief.volume(Level(d, d)) == pytest.approx(strip + flat, rel=1e-3)


def test_measured_points_of_coverage_against_sums() -> None:
    # LiPON 90/80/70 nm at top, middle and bottom of pillars 2 um x 50 um: linear, so number and points agree.
    base = pillars(2e-6, 4e-6, 50e-6, "square")
    number = Level(90e-9, 70e-9)
    points = Level(90e-9, 70e-9, ((25e-6, 80e-9),))
    assert base.volume(points) == pytest.approx(base.volume(number), rel=1e-10)
    # TiN 25/30/28 nm is thickest half way down: slices of a cone frustum each
    tin = Level(25e-9, 28e-9, ((25e-6, 30e-9),))
    depth = np.linspace(0, 50e-6, 200001)
    offset = np.interp(depth, [0, 25e-6, 50e-6], [25e-9, 30e-9, 28e-9])
    wall = trapezoid(2 * math.pi * 1e-6 * offset + math.pi * offset**2, depth)
    flat = math.pi * 1e-12 * 25e-9 + (16e-12 - math.pi * 1e-12) * 28e-9
    assert base.volume(tin) == pytest.approx(wall + flat, rel=2e-3)


@pytest.mark.parametrize(
    ("sides", "rotation", "lattice", "exact"),
    [
        (4, 0, "square", 4 - 2),
        (4, 45, "square", 4 - 2 * math.sqrt(2)),
        (6, 0, "hexagonal", 4 - 2),
        (6, 30, "hexagonal", 4 - 4 / math.sqrt(3)),
        (4, 0, "hexagonal", 2 * math.sqrt(3) - 2),  # rows above stand half a pitch aside, flats still face
        (0, 0, "square", 2),
    ],
)
def test_distance_between_sections(sides: int, rotation: float, lattice: str, exact: float) -> None:
    distance = neighbour_distance(Loop(1.0, opening=False, sides=sides), math.radians(rotation), 4.0, lattice)
    assert distance == pytest.approx(exact, rel=1e-9)


def relief_of(**relief: Any) -> Cell:
    design = design_from_mapping({"schema_version": 1, "name": "x", "relief": relief})
    with design.located():
        return build_cell(design.relief)


def test_widths_measured_elsewhere_are_the_same_relief() -> None:
    common = {
        "kind": "pillars",
        "lattice": "square",
        "pitch": "6 um",
        "height": "10 um",
        "sidewall_angle": "86 deg",
    }
    spread = 2 * 10e-6 / math.tan(math.radians(86))
    top = relief_of(**common, diameter="2 um")
    foot = relief_of(**common, diameter={"value": f"{(2e-6 + spread) * 1e6!r} um", "at": "bottom"})
    middle = relief_of(**common, diameter={"value": f"{(2e-6 + spread / 2) * 1e6!r} um", "at": "middle"})
    assert foot.area_gain == pytest.approx(top.area_gain, rel=1e-12)
    assert middle.area_gain == pytest.approx(top.area_gain, rel=1e-12)


def test_side_is_the_edge_of_a_square_or_hexagon() -> None:
    common = {"kind": "pillars", "lattice": "square", "pitch": "6 um", "height": "10 um"}
    square = relief_of(**common, cross_section="square", side="2 um")
    assert square.area_gain == pytest.approx(1 + 4 * 2 * 10 / 36)
    hexagon = relief_of(**common, cross_section="hexagon", side="1 um")
    assert hexagon.area_gain == pytest.approx(1 + 6 * 1 * 10 / 36)


@pytest.mark.parametrize(
    ("relief", "message"),
    [
        (
            {"kind": "holes", "lattice": "square", "pitch": "6 um", "diameter": "3 um", "depth": "30 um", "sidewall_angle": "85 deg"},
            r"relief\.sidewall_angle: the opening of 3 um at the top with walls at 85 deg closes over the depth of 30 um",
        ),
        (
            {"kind": "pillars", "lattice": "square", "pitch": "4 um", "diameter": "2 um", "height": "50 um", "sidewall_angle": "88 deg"},
            r"relief\.sidewall_angle: the space between neighbours of 2 um",
        ),
        (
            {"kind": "pillars", "lattice": "square", "pitch": "4 um", "diameter": "1 um", "height": "30 um", "sidewall_angle": "92 deg"},
            r"relief\.sidewall_angle: nothing is left of the pillars at the floor with walls at 92 deg: 1 um thick at the top",
        ),
        (
            {"kind": "pillars", "lattice": "square", "pitch": "2 um", "diameter": "1.9 um", "height": "3 um", "cross_section": "square", "rotation": "45 deg"},
            r"relief\.pitch: the sections of 1\.9 um at the top, turned by 45 deg, meet their neighbours in the pitch of 2 um: they overlap by 485\.786 nm",
        ),
        (
            {"kind": "holes", "lattice": "square", "pitch": "2 um", "diameter": "1.9 um", "depth": "3 um", "cross_section": "square", "rotation": "45 deg"},
            r"relief\.pitch: the openings of 1\.9 um at the top, turned by 45 deg, meet their neighbours in the pitch of 2 um",
        ),
        (
            {"kind": "holes", "lattice": "hexagonal", "pitch": "3 um", "diameter": "2.5 um", "depth": "10 um", "sidewall_angle": "92 deg"},
            r"relief\.sidewall_angle: nothing is left of the wall between holes at the floor with walls at 92 deg: 0\.5 um thick",
        ),
        (  # 0.3 um of wall is left at the floor, which a rim of 0.3 um would eat from both sides
            {"kind": "honeycomb", "pitch": "3 um", "wall": "1 um", "depth": "10 um", "sidewall_angle": "92 deg", "rim_radius": "0.3 um"},
            r"relief\.rim_radius: rims of 0\.3 um with walls at 92 deg take 621\.\d+ nm of the walls, 301\.585 nm thick at the floor",
        ),
        (
            {"kind": "microtubes", "lattice": "square", "pitch": "6 um", "outer_diameter": "4 um", "wall": "0.5 um", "height": "9 um", "inner": {"outer_diameter": "3.5 um", "wall": "0.5 um"}},
            r"relief\.inner: its outer_diameter 3\.5 um does not fit the bore of 3 um",
        ),
        (
            {"kind": "microtubes", "lattice": "square", "pitch": "6 um", "outer_diameter": "4 um", "wall": "0.5 um", "height": "9 um", "inner": {"outer_diameter": "1 um", "wall": "0.5 um"}},
            r"leaves no bore in 1 um; use less than 0\.5 um",
        ),
        (
            {"kind": "pillars", "lattice": "square", "pitch": "4 um", "height": "3 um"},
            r"relief\.diameter: is missing",
        ),
        (
            {"kind": "pillars", "lattice": "square", "pitch": "4 um", "height": "3 um", "side": "1 um"},
            r"relief\.side: a circle has none",
        ),
    ],
)  # fmt: skip
def test_impossible_reliefs(relief: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        relief_of(**relief)


def test_gaps_are_sorted_by_width() -> None:
    assert min(Gap(2.0, "bore"), Gap(1.0, "neighbours")).name == "neighbours"


@given(reliefs(), st.floats(0.0, 0.9))
@settings(max_examples=100, deadline=None)
def test_strips_add_up_to_the_area(relief: UnitCell, share: float) -> None:
    d = share * relief.reach.value
    level = Level(d, d)
    assert sum(relief.strips(level)) == pytest.approx(relief.area(level), rel=1e-12)
    assert min(relief.strips(level)) >= 0
