"""Corner constants at any angle, and the resistance they make of whole reliefs."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import digamma

from tests.verification.wall_section import conductance, covered_trench
from tests.wires import films, wires
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.materials.library import load_library
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.film_row import FilmRow
from tfgeom.transport.films.normals_bound import column_resistance
from tfgeom.transport.series import series_resistance
from tfgeom.verification.corners import foot_excess, rim_excess
from tfgeom.verification.limits import corner_excess, reference_asr, wave_conductance

NM = 1e-9


def row(*bounds: float, sigma: tuple[float, ...] = (1.0,), faces: tuple[float, ...] | None = None) -> FilmRow:
    """Return films between offsets in nm."""
    return FilmRow(np.array(bounds) * NM, np.array(sigma), np.array(faces or (0.0,) * len(bounds)))


def exact_foot(turn: float) -> float:
    """Return the excess of a bend by ``turn`` (rad) of one film of conductivity 1, by conformal mapping."""
    return float(math.tan(turn / 2) - 2 / math.pi * (digamma(0.5) - digamma((1 - turn / math.pi) / 2)))


def test_exact_foot_at_known_angles() -> None:
    assert exact_foot(math.pi / 2) == pytest.approx(-2 * math.log(2) / math.pi, rel=1e-12)
    # inner angles of 120 and 90 deg, as measured on square and hexagonal openings
    assert exact_foot(math.pi / 3) == pytest.approx(-0.166, abs=1e-3)
    assert exact_foot(math.pi / 2) == pytest.approx(-0.441, abs=1e-3)


@pytest.mark.parametrize("degrees", [20, 45, 60, 80, 90, 95])
def test_foot_at_any_angle(degrees: float) -> None:
    turn = math.radians(degrees)
    assert foot_excess(row(50, 150), turn) == pytest.approx(exact_foot(turn), rel=3e-3)


def matched_rim(inner: float, turn: float, modes: int = 120) -> float:
    """Return the excess of a film of thickness 1 around a bend of inner radius ``inner``, by matched modes.

    In the fan the potential is a series of sin(n pi ln(r/r0)/L) cosh, in the strip of sin(m pi y) exp; both
    and their normal derivatives agree where they meet.
    """
    span, half = math.log((inner + 1) / inner), turn / 2
    nodes, weights = np.polynomial.legendre.leggauss(4 * modes)
    y, weights = (nodes + 1) / 2, weights / 2
    turned = np.log1p(y / inner) / span
    n = np.arange(1, modes + 1)
    fan, strip = np.sin(np.pi * np.outer(n, turned)), np.sin(np.pi * np.outer(n, y))
    overlap = 2 * (strip * weights) @ fan.T  # of strip mode m with fan mode n
    decay = n * np.pi / span * np.tanh(n * np.pi / span * half)
    lift = 2 * strip @ (weights * (turned - y))
    # b = lift + overlap a; derivative along the wall, (1/r) d/dphi in the fan against d/dx in the strip
    project = (fan * (weights / (inner + y))) @ fan.T * decay
    right = (fan * weights) @ strip.T * (n * np.pi)
    a = np.linalg.solve(project + right @ overlap, -right @ lift)
    b = lift + overlap @ a
    sign = (-1.0) ** n
    current = half / span + sign @ (a * np.tanh(n * np.pi / span * half)) + sign @ b
    return float(2 * (current - half * (inner + 0.5)))


@pytest.mark.parametrize("degrees", [60, 75, 90, 95, 120])
@pytest.mark.parametrize("inner", [0.25, 1.0, 5.0])
def test_rim_at_any_angle(degrees: float, inner: float) -> None:
    turn = math.radians(degrees)
    expected = matched_rim(inner, turn)
    assert rim_excess(row(100 * inner, 100 * inner + 100), turn) == pytest.approx(expected, rel=3e-3)
    assert rim_excess(row(0, 100), turn, 100 * inner * NM) == pytest.approx(expected, rel=3e-3)


def test_matched_modes_know_the_right_angle() -> None:
    found = [matched_rim(inner, math.pi / 2) for inner in (0.25, 1.0, 5.0)]
    assert found == pytest.approx([-0.14036, -0.07753, -0.02298], rel=2e-3)


def test_an_edge_that_hardly_turns_takes_nothing() -> None:
    films_there = row(10, 80, 130, sigma=(0.1, 1e-3), faces=(0, 1e-6, 0))
    scale = 1 / films_there.resistance * 100 * NM
    for excess in (foot_excess, rim_excess):
        found = [excess(films_there, turn) / scale for turn in (0.02, 0.2, 1.0)]
        assert 0 > found[0] > -1e-4
        assert found[0] > found[1] > found[2]


@pytest.mark.parametrize("excess", [foot_excess, rim_excess])
def test_films_of_one_conductivity_are_one_film(excess: Any) -> None:
    whole, split = row(30, 130), row(30, 70, 130, sigma=(1.0, 1.0))
    assert excess(split, 1.3) == pytest.approx(excess(whole, 1.3), rel=1e-3)
    # a constant of one film has no length: three times the size, the same excess; it scales with sigma
    assert excess(row(90, 390, sigma=(7.0,)), 1.3) == pytest.approx(7 * excess(whole, 1.3), rel=1e-9)


def one_film(cell: Cell, thickness: float = 100 * NM, below: float = 40 * NM) -> tuple[Stack, FilmCircuit]:
    stack = films(cell, ("inner_collector", below), ("electrolyte", thickness))
    return stack, wires(stack, {"electrolyte": 1.0})


def upright(kind: str, angle: float, rim: float) -> UnitCell:
    turned = math.pi / 2 if angle == 90 else math.radians(angle)
    if kind == "trenches":
        return trenches(2e-6, 6e-6, 2e-6, rim, angle=turned)
    if kind == "pillars":
        return pillars(2e-6, 6e-6, 2e-6, "square", rim, angle=turned)
    return holes(2e-6, 6e-6, 2e-6, "square", rim, angle=turned, through=kind == "through")


# Trenches are plane, so only the solves' own errors are left; round reliefs differ by t²/(radius x height).
WITHIN = {"trenches": 1e-5, "pillars": 1e-4, "holes": 1e-4, "through": 1e-4}


@pytest.mark.parametrize("rim", [0.0, 30 * NM])
@pytest.mark.parametrize("angle", [90, 75, 95])
@pytest.mark.parametrize("kind", WITHIN)
def test_whole_walls(kind: str, angle: float, rim: float) -> None:
    cell = upright(kind, angle, rim)
    _, conducting = one_film(cell, 50 * NM, 20 * NM)
    bounds = (np.array([20, 70]) * NM + rim) / 1e-6
    true = cell.footprint / conductance(cell, bounds, np.array([1.0]))
    series = float(series_resistance(conducting).total)
    reference = reference_asr(conducting)
    assert reference == pytest.approx(true, rel=WITHIN[kind])
    assert abs(reference / true - 1) < 0.2 * (true / series - 1)
    assert series < true < column_resistance(conducting_core(conducting))


def test_whole_wall_of_unlike_films() -> None:
    cell = upright("trenches", 80, 0.0)
    rows = (("cathode", 70 * NM), ("electrolyte", 50 * NM), ("anode", 30 * NM))
    stack = films(cell, ("inner_collector", 20 * NM), *rows)
    sigma = {"cathode": 5e-3, "electrolyte": 1e-3, "anode": 1.0}
    conducting = wires(stack, sigma)
    bounds = np.array([20, 90, 140, 170]) / 1000
    true = cell.footprint / conductance(cell, bounds, np.array([sigma[name] for name, _ in rows]))
    assert reference_asr(conducting) == pytest.approx(true, rel=1e-5)
    assert reference_asr(conducting) > (1 + 5e-3) * float(series_resistance(conducting).total)


@pytest.mark.parametrize("depth", [2e-6, 6e-6])
@pytest.mark.parametrize("coverage", [0.5, 0.8, 1.2])
def test_whole_wall_of_a_film_that_varies(coverage: float, depth: float) -> None:
    cell, material = trenches(2e-6, 6e-6, depth), load_library().find("LiPON")
    rows = (("inner_collector", 15 * NM), ("electrolyte", 50 * NM), ("outer_collector", 5 * NM))
    laid = [
        FilmLayer(name, "current_collector" if "collector" in name else name, material, t, coverage)
        for name, t in rows
    ]
    stack = stack_films(cell, laid)
    conducting = wires(stack, {"electrolyte": 1.0, "outer_collector": 1e9})
    core = conducting_core(conducting)
    film = core.conductors[0].film
    true = cell.footprint / covered_trench(cell, film.inner, film.outer)
    assert reference_asr(conducting) == pytest.approx(true, rel=1e-4)
    assert float(series_resistance(conducting).total) < true < column_resistance(core)
    if depth > 5e-6:
        assert reference_asr(conducting) == pytest.approx(true, rel=1e-5)


@pytest.mark.parametrize(("kind", "sides"), [("holes", 4), ("holes", 6), ("honeycomb", 6)])
def test_vertical_edges_of_openings(kind: str, sides: int) -> None:
    depth, width = 5e-6, 2e-6
    cell = holes(width, 4e-6, depth, "hexagonal", sides=sides)
    if kind == "honeycomb":
        cell = honeycomb(2e-6, 4e-6, depth)
    found = corner_excess(one_film(cell)[1])
    per_height = sides * exact_foot(2 * math.pi / sides)
    assert found.vertical == pytest.approx((depth - 90 * NM) * per_height, rel=3e-3)
    through = corner_excess(one_film(holes(width, 4e-6, depth, "hexagonal", sides=sides, through=True))[1])
    assert through.vertical == pytest.approx(depth * per_height, rel=3e-3)
    assert through.foot == 0
    assert through.lower_rim == pytest.approx(through.rim, rel=1e-9)


def test_leaning_edges_of_openings() -> None:
    # An inverted pyramid: sides at 60 deg on a square meet at acos(cos² 60) along a line of tan 60/sqrt 2.
    angle, depth = math.pi / 3, 1e-6
    cell = holes(4e-6, 6e-6, depth, "square", sides=4, angle=angle)
    found = corner_excess(one_film(cell)[1])
    turn = math.acos(0.25)
    along = 1 / math.sin(math.atan(math.tan(angle) / math.sqrt(2)))
    assert found.vertical == pytest.approx(4 * along * (depth - 45 * NM) * exact_foot(turn), rel=3e-3)
    assert found.foot == pytest.approx(exact_foot(angle), rel=3e-3)


@pytest.mark.parametrize("sides", [4, 6])
def test_vertical_edges_of_pillars(sides: int) -> None:
    height, turn = 5e-6, 2 * math.pi / sides
    cell = pillars(2e-6, 4e-6, height, "square", sides=sides)
    found = corner_excess(one_film(cell, below=100 * NM)[1])
    assert found.vertical == pytest.approx(sides * (height - 150 * NM) * matched_rim(1.0, turn), rel=3e-3)
    rounded = pillars(2e-6, 4e-6, height, "square", 100 * NM, sides=sides)
    found = corner_excess(one_film(rounded, below=0.0)[1])
    assert found.vertical == pytest.approx(sides * (height - 150 * NM) * matched_rim(1.0, turn), rel=3e-3)
    # Leaning walls round the edges off, ever more with depth: a fine sum over the cone.
    angle = math.radians(70)
    leaning = pillars(2e-6, 8e-6, height, "square", sides=sides, angle=angle)
    top = height - 150 * NM * (1 - math.cos(angle))
    share = (np.arange(24) + 0.5) / 24
    radii = 1 + share**2 * top / math.tan(angle) / math.sin(angle) / (100 * NM)
    cone = np.array([matched_rim(float(radius), turn * math.sin(angle), 60) for radius in radii])
    expected = sides * top / math.sin(angle) * float(np.mean(2 * share * cone))
    found = corner_excess(one_film(leaning, below=100 * NM)[1])
    assert found.vertical == pytest.approx(expected, rel=1e-2)


def test_reference_of_a_tube_in_a_tube_adds_its_edges() -> None:
    cell = microtubes(6e-6, 1e-6, 9e-6, 4e-6, "hexagonal", inner=(2e-6, 0.4e-6))
    _, conducting = one_film(cell, 50 * NM, 20 * NM)
    length = math.pi * (6e-6 + 4e-6 + 2e-6 + 1.2e-6)  # the feet lie outside and inside, each as far
    corners = corner_excess(conducting)
    added = cell.footprint / reference_asr(conducting)
    added -= cell.footprint / float(series_resistance(conducting).total)
    assert added == pytest.approx(length * (corners.foot + corners.rim), rel=1e-9)


def test_wave_converges() -> None:
    rows = (("cathode", 400 * NM), ("electrolyte", 400 * NM))
    stack = films(wave(1e-6, 6e-6), *rows)
    sigma = {"cathode": 1e-3, "electrolyte": 1e-4}
    core = conducting_core(wires(stack, sigma, {"cathode|electrolyte": 1e-4}))
    found = [wave_conductance(core, pieces, layers) for pieces, layers in ((64, 2), (128, 4), (256, 8))]
    finest = wave_conductance(core, 512, 16)
    errors = np.abs(np.array(found) / finest - 1)
    assert (errors[:-1] > 4 * errors[1:]).all()
    assert errors[-1] < 1e-5  # of the default, within 12 % of where the valley folds


def test_shallow_wave() -> None:
    # To second order in A the conductance per area is [1 + (A k)² tanh(k d/2)/(k d) - (A k)²/4]/d.
    steep, period = 0.05, 6e-6
    for thick in (0.5, 1.0, 2.0):
        k = 2 * math.pi / period
        _, conducting = one_film(wave(steep / k, period), thick / k, 1 * NM)
        series = float(series_resistance(conducting).total)
        expected = steep**2 * (0.5 - math.tanh(thick / 2) / thick)
        assert reference_asr(conducting) / series - 1 == pytest.approx(expected, rel=0.03)
