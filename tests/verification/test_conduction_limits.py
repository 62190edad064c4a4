"""Solve against exact shells, corner constants, convergence orders and the closed form plus corners."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from tests.orders import observed_orders, orders_without_exact
from tests.solves import solved_films
from tests.verification.covered import assert_covered
from tests.wires import films, pearse, wires
from tfgeom.films import Stack
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.films import problem, system
from tfgeom.transport.series import series_resistance
from tfgeom.transport.steady import Bounds
from tfgeom.verification.limits import corner_excess, reference_asr, reference_uncertainty


def shell() -> tuple[Stack, FilmCircuit, float]:
    """Return an electrolyte in so deep a hole that it is a coaxial shell, and its exact resistance, ohm m²."""
    depth = 50e-3
    stack = films(holes(2e-6, 2.1e-6, depth, "hexagonal"), ("electrolyte", 300e-9))
    exact = math.log(1 / 0.7) / (2 * math.pi * depth * 3.25e-5) * stack.cell.footprint
    return stack, wires(stack), exact


def test_coaxial_shell_is_exact_on_every_mesh() -> None:
    _, conducting, exact = shell()
    for refine in (1, 2):
        found = solved_films(conducting, Resolution(refine))
        assert_covered(found, exact, 2e-5, 0.0)  # floor and top are 1e-5 of the area


def test_coaxial_shell_without_the_layer_factor_is_second_order(monkeypatch: pytest.MonkeyPatch) -> None:
    _, conducting, exact = shell()
    monkeypatch.setattr(system, "_layer_factors", lambda mesh, core: np.ones(len(mesh.film_of_layer)))
    monkeypatch.setattr(problem.FilmProblem, "bounds", lambda *_: Bounds())
    errors = [solved_films(conducting, Resolution(refine)).asr / exact - 1 for refine in (1, 2, 4)]
    assert errors[0] == pytest.approx(-2.7e-3, rel=0.05)
    # levels graded towards the faces tend to it from below
    assert observed_orders(errors) == pytest.approx([1.7, 1.9], abs=0.05)


def one_film(cell: UnitCell, below: float, thickness: float) -> tuple[Stack, FilmCircuit]:
    rows = [("inner_collector", below)] if below else []
    stack = films(cell, *rows, ("electrolyte", thickness))
    return stack, wires(stack, {"electrolyte": 1.0})


def test_foot_constant_is_exact() -> None:
    # Across an L is dual to along it: the corner square counts 1 - 2 ln2/pi = 0.559 squares, so the levels'
    # equipotential form (width L - d) is too high by 2 ln2/pi.
    excess = corner_excess(one_film(pillars(3e-6, 6e-6, 30e-6, "square"), 0, 100e-9)[1])
    assert excess.foot == pytest.approx(-2 * math.log(2) / math.pi, rel=3e-3)


@pytest.mark.parametrize(
    ("inner", "constant"),
    [(0.25, 0.14036), (0.5, 0.11038), (1.0, 0.07753), (2.2, 0.04526), (5.0, 0.02298)],
)
@pytest.mark.parametrize("rounded", [False, True])
def test_rim_constants(inner: float, constant: float, rounded: bool) -> None:
    # Solved apart in log-polar coordinates, where the fan is a rectangle and no chord enters.
    thickness = 100e-9
    radius = inner * thickness
    cell = pillars(6e-6, 9e-6, 30e-6, "square", radius if rounded else 0.0)
    excess = corner_excess(one_film(cell, 0 if rounded else radius, thickness)[1])
    assert excess.rim == pytest.approx(-constant, rel=3e-3)


def test_sharp_rim_constant() -> None:
    excess = corner_excess(one_film(pillars(3e-6, 6e-6, 30e-6, "square"), 0, 100e-9)[1])
    # inner area/t + 0.586 per length; the closed form has pi/4
    assert math.pi / 4 + excess.rim == pytest.approx(0.586, abs=1e-3)


def test_corner_constants_of_resistive_faces() -> None:
    # Behind a face of a hundred times its resistance a film is nearly equipotential and its corner harmless.
    stack = films(pillars(3e-6, 6e-6, 30e-6, "square"), ("cathode", 40e-9), ("electrolyte", 100e-9))
    sigma = {"cathode": 1e4, "electrolyte": 1.0}
    plain = corner_excess(wires(stack, sigma))
    blocked = corner_excess(wires(stack, sigma, {"cathode|electrolyte": 1e-5}))
    assert plain.foot == pytest.approx(-2 * math.log(2) / math.pi, rel=0.02)
    assert 0 < -blocked.foot < 1e-2 * -plain.foot


VARIANTS: dict[str, Callable[[], tuple[Stack, FilmCircuit]]] = {
    "shipped": pearse,
    "i0 10 A/m2": lambda: pearse(10.0),
    "fast kinetics": lambda: pearse(math.inf),
    "cathode 1e-4 S/m": lambda: pearse(sigma={"cathode": 1e-4}),
    "cathode 1e-4 S/m, fast kinetics": lambda: pearse(math.inf, sigma={"cathode": 1e-4}),
    "12 um deep, rounded": lambda: pearse(5.0, holes(3e-6, 6e-6, 12e-6, "hexagonal", 0.1e-6)),
    "pillars": lambda: pearse(10.0, pillars(3e-6, 6e-6, 30e-6, "square")),
    "tubes": lambda: pearse(10.0, microtubes(4.2e-6, 1.06e-6, 6e-6, 20e-6, "hexagonal")),
}
EXCESS = {"i0 10 A/m2": 7.5e-4, "fast kinetics": 7.2e-4, "cathode 1e-4 S/m, fast kinetics": 1.71e-3}


@pytest.mark.parametrize("name", VARIANTS)
def test_agrees_with_closed_form_and_corners(name: str) -> None:
    _, conducting = VARIANTS[name]()
    found = solved_films(conducting)
    series = float(series_resistance(conducting).total)
    reference = reference_asr(conducting)
    assert_covered(found, reference, reference_uncertainty(conducting), 3e-4)
    assert found.asr > series
    assert found.discretisation_error < 3e-4
    if name in EXCESS:
        assert reference / series - 1 == pytest.approx(EXCESS[name], rel=0.05)


@pytest.mark.parametrize("name", ["shipped", "cathode 1e-4 S/m, fast kinetics"])
def test_peak_to_mean_is_stable_under_refinement(name: str) -> None:
    _, conducting = VARIANTS[name]()
    usual = solved_films(conducting).current_peak_to_mean
    finer = solved_films(conducting, Resolution(3)).current_peak_to_mean
    for electrode, peak in usual.items():
        assert finer[electrode] == pytest.approx(peak, rel=0.03)


@pytest.mark.slow
def test_order_four_thirds_with_a_sharp_foot() -> None:
    cell = holes(2e-6, 4e-6, 3e-6, "square")
    stack = films(cell, ("inner_collector", 50e-9), ("electrolyte", 200e-9))
    conducting = wires(stack)
    found = {refine: solved_films(conducting, Resolution(refine)) for refine in (1, 2, 4)}
    order = orders_without_exact([solved.asr for solved in found.values()]).item()
    assert 4 / 3 - 0.05 < order < 1.6
    # The estimate of the coarser solve covers its true distance from the finest, and is not far above it.
    limit = found[4].asr * (1 + found[4].discretisation_error)
    error = abs(found[2].asr / limit - 1)
    assert 0.5 < found[2].discretisation_error / error < 2


def test_discretisation_error_covers_the_true_error() -> None:
    _, conducting = pearse(math.inf)
    usual = solved_films(conducting)
    finer = solved_films(conducting, Resolution(3))
    assert abs(finer.asr / usual.asr - 1) < usual.discretisation_error < 5 * abs(finer.asr / usual.asr - 1)
