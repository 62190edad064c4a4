"""Films of two phases: fronts against exact solutions, lithium kept whatever is asked, plateaus that are flat."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import erf

from tests.film_cells import CAPACITY, DIFFUSIVITY, THICKNESS, cell, film, flat, material
from tests.shipped import DESIGNS, mapping_of
from tfgeom.cells import flooded
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes
from tfgeom.design import design_from_mapping
from tfgeom.materials.library import load_library
from tfgeom.materials.two_phases import PhaseLimits, PlateauCurve, phase_limits, resting_curve
from tfgeom.metrics.film_cells import film_cells
from tfgeom.transport.discharge import two_phase
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmColumns
from tfgeom.transport.discharge.steps import Step
from tfgeom.transport.discharge.two_phase import Phases, TwoPhaseFilm

PACE = DIFFUSIVITY / THICKNESS**2
POOR, RICH = 0.2, 0.7
GAP = RICH - POOR
LIMITS = PhaseLimits(POOR, RICH, DIFFUSIVITY, DIFFUSIVITY)


def two_phases(columns: FilmColumns | None = None, limits: PhaseLimits = LIMITS) -> TwoPhaseFilm:
    return TwoPhaseFilm(columns or flat(), limits)


def driven(model: TwoPhaseFilm, state: Phases, seconds: float, rate: float) -> Phases:
    rates = np.full(model.holds.shape[0], rate)
    return model.propagate(state, seconds, rates).settle(rates)


@pytest.mark.parametrize("stefan", [0.1, 1.0])
def test_the_front_under_a_held_surface(stefan: float) -> None:
    # s = 2 lambda sqrt(D t), sqrt(pi) lambda exp(lambda^2) erf(lambda) = (x_s - x_beta)/(x_beta - x_alpha)
    size = brentq(lambda x: np.sqrt(np.pi) * x * np.exp(x * x) * erf(x) - stefan, 1e-4, 3)
    model, held = two_phases(), RICH + stefan * GAP
    whole = (0.9 / 2 / size) ** 2 / PACE  # until the front is at 0.9
    flux = GAP * stefan / np.sqrt(np.pi) / erf(size) * np.sqrt(PACE)  # over the root of time
    times = np.concatenate(([0.0], np.geomspace(1e-6, 0.01, 30), np.linspace(0.11, 1.0, 45) ** 2)) * whole
    state = model.at_rest(POOR)
    rate = np.array([flux / np.sqrt(times[30])])
    for start, end in pairwise(times):
        if end <= times[30]:
            state = driven(model, state, end - start, 2 * flux / (np.sqrt(end) + np.sqrt(start)))
            continue
        filling = model.propagate(state, end - start, rate)
        for _ in range(20):
            surface, response = filling.surface(rate)
            if abs(surface[0] - held) < 1e-8:
                break
            rate = rate + (held - surface) / response
        else:
            pytest.fail("the surface could not be held")
        state = filling.settle(rate)
        front = 2 * size * np.sqrt(PACE * end)
        if front > 0.2:
            (found,) = model.fronts(state)[0]
            assert found == pytest.approx(front, rel=5e-3)
            assert rate[0] == pytest.approx(flux / np.sqrt(end), rel=2e-2)


@pytest.mark.parametrize("speed", [0.3, 1.2])
def test_the_front_under_an_exponential_flux_moves_evenly(speed: float) -> None:
    # s = v t under j = F dc v exp(v^2 t/D); the surface is x_beta + dx (exp(v^2 t/D) - 1)
    model, whole = two_phases(), 0.85 / speed / PACE
    state = model.at_rest(POOR)

    def flux(time: float) -> np.ndarray:
        return np.array([GAP * speed * PACE * np.exp(speed**2 * PACE * time)])

    times = np.linspace(0.0, 1.0, 51) ** 2 * whole
    for start, end in pairwise(times):
        filling = model.propagate(state, end - start, flux(start))
        surface, _ = filling.surface(flux(end))
        state = filling.settle(flux(end))
        front = speed * PACE * end
        if front > 0.1:
            assert model.fronts(state)[0] == pytest.approx([front], rel=5e-3)
            lead = GAP * np.expm1(speed**2 * PACE * end)
            assert surface[0] - RICH == pytest.approx(lead, rel=1.5e-2)


@pytest.mark.parametrize(("theta", "within"), [(0.01, 2e-3), (0.5, 5e-3)])
def test_the_front_under_a_constant_current_keeps_the_balance(theta: float, within: float) -> None:
    # what has passed is what the front has left behind and what the outer phase holds beyond its limit
    model, rate = two_phases(), theta * PACE
    state, time = model.at_rest(POOR), 0.0
    for share in np.linspace(0.05, 0.9, 12):
        end = share * GAP / rate
        state, time = driven(model, state, end - time, rate), end
        (front,) = model.fronts(state)[0]
        inside = np.maximum(state.filled[0] - RICH, 0.0) @ model.holds[0]
        assert front * GAP + inside == pytest.approx(share * GAP, rel=5e-3)
        if theta < 0.1:
            assert front == pytest.approx(share, rel=within + theta)
        # the quasi-steady loss of the outer phase, which the front's motion lowers, in steps of half a cell
        lead = state.filled[0, 0] - RICH
        assert theta * front * (0.95 - theta * front / GAP / 2) < lead < theta * front * 1.05


def test_a_charge_after_a_part_of_a_discharge_makes_a_second_front_and_both_meet() -> None:
    model, rate = two_phases(), 0.02 * PACE
    state = driven(model, model.at_rest(POOR), 0.4 * GAP / rate, rate)
    assert len(model.fronts(state)[0]) == 1
    state = driven(model, state, 0.1 * GAP / rate, -rate)
    outer, inner = model.fronts(state)[0]
    assert outer == pytest.approx(0.1, abs=0.01)
    assert inner == pytest.approx(0.4, abs=0.01)
    state = driven(model, state, 0.05 * GAP / rate, rate)
    assert len(model.fronts(state)[0]) == 3
    state = driven(model, state, 0.37 * GAP / rate, -rate)
    assert len(model.fronts(state)[0]) == 0
    assert model.mean(state)[0] == pytest.approx(POOR - 0.02 * GAP, abs=1e-10)


def test_a_front_that_reaches_the_collector_vanishes() -> None:
    model, rate = two_phases(), 0.05 * PACE
    state = driven(model, model.at_rest(0.0), 0.9 / rate, rate)
    assert len(model.fronts(state)[0]) == 0
    assert state.filled.min() > RICH
    still = driven(model, state, 10 / PACE, 0.0)
    assert still.filled == pytest.approx(0.9, abs=1e-6)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_any_protocol_keeps_lithium_and_the_order_of_the_cells(seed: int) -> None:
    random = np.random.default_rng(seed)
    columns = FilmColumns(random.uniform(0.4, 1.4, 3) * THICKNESS, *random.uniform(0.3, 1.5, (3, 3)))
    limits = PhaseLimits(
        random.uniform(0.02, 0.3), random.uniform(0.5, 0.98), *(DIFFUSIVITY * 10 ** random.uniform(-1, 1, 2))
    )
    model = TwoPhaseFilm(columns, limits)
    state = model.at_rest(random.uniform(0.0, 1.0))
    held = model.mean(state)
    for _ in range(6):
        seconds = 10 ** random.uniform(-4, 0.5) / PACE
        rates = random.uniform(-0.2, 0.2, (2, 3)) / max(seconds, 0.2 / PACE)
        filling = model.propagate(state, seconds, rates[0])
        surface, response = filling.surface(rates[1])
        assert np.all(np.isfinite(surface))
        assert np.all(response > 0)
        assert np.all(np.isfinite(response))
        state = filling.settle(rates[1])
        held = held + seconds / 2 * rates.sum(axis=0)
        assert model.mean(state) == pytest.approx(held, abs=1e-10)
    # left alone, what a cell holds lies between what its neighbours held
    low, high = state.filled.min(axis=1), state.filled.max(axis=1)
    rest = driven(model, state, 1 / PACE, 0.0)
    assert np.all(rest.filled >= low[:, np.newaxis] - 1e-3)
    assert np.all(rest.filled <= high[:, np.newaxis] + 1e-3)


def test_filling_is_monotone() -> None:
    model, rate = two_phases(), 0.3 * PACE
    state, last = model.at_rest(0.05), np.full(model.holds.shape, 0.05)
    for _ in range(30):
        state = driven(model, state, 0.02 / rate, rate)
        assert np.all(np.diff(state.filled[0]) < 1e-9)
        assert np.all(state.filled >= last - 1e-6)
        last = state.filled


@pytest.mark.parametrize(("width", "utilisation"), [(0.02, 0.08), (0.05, 0.20), (0.1, 0.38), (0.2, 0.73)])
def test_what_lithium_titanate_delivers_at_247c_by_the_width_of_its_rich_phase(
    width: float, utilisation: float
) -> None:
    # 38 nm, 4e-16 m²/s: theta = C L²/(3600 D).  A steady profile in the rich phase gives w/theta (1 - w/2); what
    # a moving front leaves in it bends the profile, by a third of the share w/(1 - w) that stays, and half more
    theta = 247 / 3600 * 38e-9**2 / 4e-16
    model = two_phases(limits=PhaseLimits(1e-4, 1 - width, DIFFUSIVITY, DIFFUSIVITY))
    rate = np.array([theta * PACE])

    def surface(passed: float) -> float:
        filling = model.propagate(model.at_rest(0.0), passed / rate[0], rate)
        return float(filling.surface(rate)[0][0]) - 1

    found = brentq(surface, 1e-3, 1 - width / 2, xtol=1e-4)
    assert utilisation == pytest.approx(width / theta * (1 - width / 2), abs=7e-3)
    kept = width / (1 - width)
    assert 0.98 < found / utilisation < 1.02 + kept / 2


def test_the_derivative_by_rate_is_that_of_the_surface() -> None:
    model, rate = two_phases(), np.array([0.3 * PACE])
    state = driven(model, model.at_rest(POOR), 0.3 * GAP / rate[0], rate[0])
    seconds = 0.02 / rate[0]
    _, response = model.propagate(state, seconds, rate).surface(rate)
    ends = [model.propagate(state, seconds, rate).surface(rate * share)[0][0] for share in (0.98, 1.02)]
    assert response[0] == pytest.approx((ends[1] - ends[0]) / (0.04 * rate[0]), rel=0.1)


def test_a_round_film_in_the_limit_of_slow_currents_fills_from_its_face() -> None:
    # a pillar of radii 1:2 and a hole of 2:1: the front has left behind as much volume as lithium has passed
    columns = FilmColumns(
        np.full(2, THICKNESS), np.array([2.0, 1.0]), np.array([1.5, 1.5]), np.array([1.0, 2.0])
    )
    model, rate = two_phases(columns), 1e-3 * PACE
    state = driven(model, model.at_rest(POOR), 0.5 * GAP / rate, rate)
    pillar, hole = (front[0] for front in model.fronts(state))
    assert 2 * pillar - pillar**2 / 2 == pytest.approx(0.75, rel=1e-2)
    assert hole + hole**2 / 2 == pytest.approx(0.75, rel=1e-2)


def test_the_plateau_is_flat_and_gives_as_much_energy() -> None:
    curve, limits = (
        load_library().find("Li4Ti5O12").curve,
        phase_limits(load_library().find("Li4Ti5O12"), 300.0),
    )
    assert curve is not None
    assert limits is not None
    resting = PlateauCurve(curve, limits)
    between = resting.held_inside(np.linspace(limits.poor, limits.rich, 50), 300.0)
    assert np.ptp(between) == 0.0
    fine = np.linspace(limits.poor, limits.rich, 20001)
    assert between[0] == pytest.approx(
        np.trapezoid(curve.potential(fine, 300.0), fine) / np.ptp(fine), abs=1e-6
    )
    whole = resting.held_inside(np.linspace(0, 1, 2001), 300.0)
    assert np.all(np.diff(whole) <= 1e-12)
    assert resting_curve(load_library().find("LiV2O5"), 300.0) is load_library().find("LiV2O5").curve


def test_a_discharge_runs_along_the_plateau_and_ends_by_the_outer_phase() -> None:
    phases = {"x_alpha": 0.1, "x_beta": 0.8}
    found = material("two", two_phase=phases, diffusivity="1e-13 cm^2/s")
    theta = 0.5
    current = theta * CAPACITY * PACE
    done = run(cell(film(flat(), found)), [Step("current", current, voltage_below=3.0)])
    assert done.ends[-1].reason == "surface"
    model = two_phases(limits=PhaseLimits(0.1, 0.8, DIFFUSIVITY, DIFFUSIVITY))
    rate = np.array([theta * PACE])

    def surface(passed: float) -> float:
        filling = model.propagate(model.at_rest(0.0), passed / rate[0], rate)
        return float(filling.surface(rate)[0][0]) - 1

    full = brentq(surface, 0.1, 0.9, xtol=1e-5)
    assert done.charge[-1] / CAPACITY == pytest.approx(full, rel=3e-3)
    assert np.all(np.diff(done.voltage) < 1e-3)
    inside = (done.charge > 0.15 * CAPACITY) & (done.charge < full * CAPACITY)
    assert np.count_nonzero(inside) > 3
    assert np.ptp(done.open_circuit[inside]) < 1e-12


@pytest.mark.slow
def test_columns_side_by_side_are_followed_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where 21 columns begin to take up a second phase at C/10, Newton's steps do not go round in circles."""
    given = mapping_of(DESIGNS / "lille_2014_microtubes_tio2.yaml")
    phases = {"D_alpha": "4.7e-16 m^2/s", "D_beta": "1.3e-15 m^2/s"}
    design = design_from_mapping({**given, "materials": {"TiO2": {"two_phase": phases}}})
    monkeypatch.setattr(flooded, "_APART", -1.0)  # the ladder of the liquid stands, however little it loses
    cells = film_cells(beside_planes(assemble_cell(design))).value
    assert cells is not None
    taken, advanced = [], two_phase._advanced

    def counted(film: TwoPhaseFilm, *said: Any) -> Any:
        taken.append(film.holds.shape)
        return advanced(film, *said)

    monkeypatch.setattr(two_phase, "_advanced", counted)
    run(cells.cell, [Step("current", 0.1 * cells.cell.nominal / 3600, seconds=1200.0)])
    assert {columns for columns, _ in taken} == {21}
    assert len(taken) < 1000
