"""Closed forms of reliefs against published check values, slices by shapely, and laws over random plans."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, affinity
from shapely.geometry import Point

from tests.orders import slopes
from tfgeom.geometry.plan import Bar, Loop, Plan
from tfgeom.geometry.unit_cell import Level, UnitCell
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.trenches import trenches

HEXAGON_OF_SIDE_1 = Loop(math.sqrt(3) / 2, opening=True, sides=6)


def cell(*elements: Loop | Bar, rim: float = 0.0) -> UnitCell:
    """Return a cell of 9 um² and 2 um height; lengths in um."""
    raised = all(isinstance(e, Loop) and e.opening for e in elements)
    return UnitCell("pillars", Plan(9.0, elements, raised), height=2.0, rim_radius=rim)


@pytest.mark.parametrize(
    ("relief", "volume"),
    [
        (cell(Loop(0.8, opening=False)), 5.07219),
        (cell(Loop(0.8, opening=True)), 4.31952),
        (cell(Loop(1.1, opening=False), Loop(0.7, opening=True)), 7.75317),
        (cell(Bar(1.8, 3.0)), 5.16952),
        (cell(HEXAGON_OF_SIDE_1), 4.75455),
        (cell(Loop(0.8, opening=False), rim=0.1), 5.00594),
        (cell(Loop(0.8, opening=False, sides=4), rim=0.1), 5.57781),
        (cell(HEXAGON_OF_SIDE_1, rim=0.1), 4.70376),
    ],
    ids=["pillar", "hole", "tube", "trench", "hexagon", "pillar-rim", "square-rim", "hexagon-rim"],
)
def test_volume_check_values(relief: UnitCell, volume: float) -> None:
    # Steiner against slices and sampled distances, F = 9 um², h = 2 um, d = 0.25 um.
    assert relief.volume(Level(0.25, 0.25)) == pytest.approx(volume, rel=1e-5)


def test_step_coverage_check_values() -> None:
    level = Level(0.25, 0.2)
    assert cell(Loop(0.8, opening=False)).volume(level) == pytest.approx(4.53200, rel=1e-5)
    assert cell(Loop(0.8, opening=False)).area(level) == pytest.approx(21.8285, rel=1e-5)
    assert cell(Loop(0.8, opening=True)).volume(level) == pytest.approx(4.12823, rel=1e-5)


@pytest.mark.parametrize(
    "loop", [Loop(0.8, False), Loop(0.8, False, 4), Loop(0.8, False, 6), Loop(0.8, True, 6)]
)
def test_volume_against_slices_of_buffered_polygons(loop: Loop) -> None:
    d, h = 0.3, 2.0
    if loop.sides:
        angles = np.pi / loop.sides * (1 + 2 * np.arange(loop.sides))
        corner = loop.inradius / math.cos(math.pi / loop.sides)
        outline = Polygon(np.column_stack((np.cos(angles), np.sin(angles))) * corner)
    else:
        outline = Point(0, 0).buffer(loop.inradius, quad_segs=512)

    def raised(rho: float) -> float:
        if loop.opening:
            return float(9.0 - outline.buffer(-rho, join_style="mitre").area)
        return float(outline.buffer(rho, quad_segs=512).area)

    nodes, weights = np.polynomial.legendre.leggauss(24)
    turn = (nodes + 1) * np.pi / 4  # z = h + d sin(turn) above the top, rho = d cos(turn)
    cap = (
        sum(w * raised(d * math.cos(t)) * d * math.cos(t) for t, w in zip(turn, weights, strict=True))
        * np.pi
        / 4
    )
    volume = 9.0 * d + (h - d) * raised(d) + cap - h * raised(0.0)
    assert cell(loop).volume(Level(d, d)) == pytest.approx(volume, rel=2e-5)


def test_gains_of_published_cells() -> None:
    hole = holes(3e-6, 6e-6, 30e-6, "hexagonal")
    film = hole.volume(Level(110e-9, 110e-9)) - hole.volume(Level(40e-9, 40e-9))
    assert hole.area_gain == pytest.approx(10.07, abs=0.005)
    assert film / (hole.footprint * 70e-9) == pytest.approx(9.606, abs=0.0005)
    assert pillars(2e-6, 4e-6, 50e-6, "square").area_gain == pytest.approx(20.63, abs=0.005)
    lei = honeycomb(16e-9, 400e-9, 25e-6)
    assert lei.area_gain == pytest.approx(241, rel=1e-9)
    assert lei.strips(Level(0, 0)).wall / lei.footprint == pytest.approx(240, rel=1e-9)
    # 4.65e9 cells per square inch and a solid fraction of 0.0784 are published for it
    assert 0.0254**2 / lei.footprint == pytest.approx(4.65e9, rel=2e-3)
    assert lei.plan.area / lei.footprint == pytest.approx(0.0784, rel=1e-3)
    assert trenches(2e-6, 4e-6, 48e-6).area_gain == pytest.approx(25, rel=1e-12)
    assert microtubes(4.2e-6, 1.06e-6, 6e-6, 109e-6, "hexagonal").area_gain == pytest.approx(70, rel=5e-3)


def test_gains_of_a_stack_on_pillars() -> None:
    cell_ = pillars(2e-6, 4e-6, 20e-6, "square")
    offsets = np.cumsum([0, 30e-9, 200e-9, 100e-9, 50e-9])
    areas = [cell_.area(Level(d, d)) / cell_.footprint for d in offsets[:4]]
    gains = [
        (cell_.volume(Level(b, b)) - cell_.volume(Level(a, a))) / cell_.footprint / (b - a)
        for a, b in pairwise(offsets)
    ]
    assert areas == pytest.approx([8.85, 9.08, 10.61, 11.37], abs=0.006)
    assert gains == pytest.approx([8.97, 9.85, 10.99, 11.56], abs=0.006)


def test_plane_gains_nothing() -> None:
    flat = planar()
    assert flat.area_gain == 1
    assert flat.volume(Level(3e-7, 3e-7)) == flat.footprint * 3e-7
    assert flat.reach.value == math.inf
    assert flat.reach.limited_by is None


@st.composite
def reliefs(draw: st.DrawFn) -> UnitCell:
    """Return a random relief of any kind; lengths of the order of 1."""
    kind = draw(st.sampled_from(["pillars", "holes", "trenches", "microtubes", "honeycomb"]))
    lattice = draw(st.sampled_from(["square", "hexagonal"]))
    pitch, height = draw(st.floats(1, 5)), draw(st.floats(1, 30))
    share = draw(st.floats(0.3, 0.8))
    width = share * pitch
    if kind == "pillars":
        made = pillars(width, pitch, height, lattice)
    elif kind == "holes":
        made = holes(width, pitch, height, lattice)
    elif kind == "trenches":
        made = trenches(width, pitch, height)
    elif kind == "microtubes":
        made = microtubes(width, 0.2 * width, pitch, height, lattice)
    else:
        made = honeycomb(pitch - width, pitch, height)
    rim = draw(st.sampled_from([0.0, 0.05])) * min(width, pitch - width)
    return replace(made, rim_radius=rim)


@given(reliefs(), st.floats(0.02, 0.95))
@settings(max_examples=150, deadline=None)
def test_area_is_the_derivative_of_volume(relief: UnitCell, share: float) -> None:
    d = share * relief.reach.value
    growth, area = slopes(
        lambda low, high: relief.volume(Level(high, high)) - relief.volume(Level(low, low)),
        lambda offset: relief.area(Level(offset, offset)),
        d,
        1e-3 * d,
    )
    assert growth == pytest.approx(area, rel=1e-6)


@given(reliefs(), st.lists(st.floats(0.05, 0.3), min_size=2, max_size=3))
@settings(deadline=None)
def test_films_add_up(relief: UnitCell, shares: list[float]) -> None:
    offsets = np.concatenate(([0.0], np.cumsum(shares) * relief.reach.value))
    # Simpson's rule is exact: the area is a quadratic of the offset
    films = [
        (b - a)
        / 6
        * sum(weight * relief.area(Level(d, d)) for d, weight in ((a, 1), ((a + b) / 2, 4), (b, 1)))
        for a, b in pairwise(offsets)
    ]
    whole = relief.volume(Level(offsets[-1], offsets[-1])) - relief.volume(Level(0, 0))
    assert sum(films) == pytest.approx(whole, rel=1e-10)


@given(reliefs(), st.floats(1e-8, 1e3), st.floats(0.1, 0.9))
@settings(deadline=None)
def test_gains_do_not_depend_on_scale(relief: UnitCell, scale: float, share: float) -> None:
    def scaled(element: Loop | Bar) -> Loop | Bar:
        if isinstance(element, Loop):
            return replace(element, inradius=element.inradius * scale)
        return Bar(element.width * scale, element.length * scale)

    plan = Plan(
        relief.footprint * scale**2,
        tuple(scaled(element) for element in relief.plan.elements),
        relief.plan.raised_background,
    )
    other = replace(relief, plan=plan, height=relief.height * scale, rim_radius=relief.rim_radius * scale)
    d = share * relief.reach.value
    assert other.area_gain == pytest.approx(relief.area_gain, rel=1e-9)
    gain = relief.volume(Level(d, d)) / relief.footprint / d
    assert other.volume(Level(d * scale, d * scale)) / other.footprint / (d * scale) == pytest.approx(
        gain, rel=1e-9
    )


@given(st.floats(0.3, 0.9), st.floats(0.01, 0.2), st.floats(0.05, 0.5), st.booleans())
def test_rounded_rim_is_the_shifted_sharp_relief(radius: float, rim: float, d: float, opening: bool) -> None:
    rounded = cell(Loop(radius, opening), rim=rim)
    sharp = cell(Loop(radius + rim if opening else radius - rim, opening))
    assert rounded.area(Level(d, d)) == sharp.area(Level(d + rim, d + rim))
    film = rounded.volume(Level(d, d)) - rounded.volume(Level(0, 0))
    assert film == pytest.approx(
        sharp.volume(Level(d + rim, d + rim)) - sharp.volume(Level(rim, rim)), rel=1e-12
    )


@given(reliefs(), st.floats(0.05, 0.4))
@settings(deadline=None)
def test_coverage_of_one_is_the_uniform_film(relief: UnitCell, share: float) -> None:
    relief = replace(relief, rim_radius=0.0)
    d = share * relief.reach.value
    nearly = Level(d, d * (1 - 1e-9))
    assert relief.volume(nearly) == pytest.approx(relief.volume(Level(d, d)), rel=1e-8)
    assert relief.area(nearly) == pytest.approx(relief.area(Level(d, d)), rel=1e-8)


def test_solid_volume_of_a_rounded_pillar() -> None:
    # A cylinder whose rim is a quarter torus: cylinder less the ring between square corner and arc (Pappus).
    r, rc, h = 0.8, 0.1, 2.0
    moment = rc**2 * (r - rc / 2) - (math.pi / 4 * rc**2 * (r - rc) + rc**3 / 3)
    rounded = cell(Loop(r, opening=False), rim=rc)
    assert rounded.solid_volume == pytest.approx(math.pi * r**2 * h - 2 * math.pi * moment, rel=1e-12)


def test_reach_names_what_closes() -> None:
    assert pillars(2e-6, 4e-6, 50e-6, "square").reach.limited_by == "neighbours"
    assert holes(3e-6, 6e-6, 30e-6, "hexagonal").reach.limited_by == "opening"
    assert holes(3e-6, 6e-6, 1e-6, "hexagonal").reach == type(planar().reach)(1e-6, "depth")
    assert microtubes(4.2e-6, 1.06e-6, 7e-6, 38e-6, "hexagonal").reach.limited_by == "bore"
    tube = microtubes(4.2e-6, 1.06e-6, 6e-6, 38e-6, "hexagonal")
    assert tube.reach.limited_by == "neighbours"
    assert tube.reach.value == pytest.approx(0.9e-6)


@given(reliefs())
@settings(deadline=None)
def test_areas_stay_positive_up_to_the_reach(relief: UnitCell) -> None:
    d = 0.999 * relief.reach.value
    assert min(relief.strips(Level(d, d))) >= 0


def test_polygonal_opening_keeps_sharp_corners() -> None:
    # A hexagonal opening keeps sharp corners: its offset is the hexagon scaled about its centre.
    corner = Polygon([(math.cos(a), math.sin(a)) for a in np.arange(6) * np.pi / 3])
    shrunk = corner.buffer(-0.1, join_style="mitre")
    scaled = affinity.scale(corner, *(2 * [1 - 0.1 / (math.sqrt(3) / 2)]))
    assert shrunk.area == pytest.approx(scaled.area, rel=1e-9)
    plan = Plan(9.0, (HEXAGON_OF_SIDE_1,), raised_background=True)
    grown = plan.area + plan.perimeter * 0.1 + plan.kappa * 0.01
    assert 9 - grown == pytest.approx(shrunk.area, rel=1e-9)
