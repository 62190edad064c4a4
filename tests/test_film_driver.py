"""Runs of the film model: limits, what is conserved, ends, controls, and where energy goes."""

import numpy as np
import pytest

from tests.film_cells import CAPACITY, DIFFUSIVITY, THICKNESS, cell, film, flat, material, plain, with_leak
from tfgeom.errors import SolveError
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmColumns
from tfgeom.transport.discharge.prescribed import Propagation
from tfgeom.transport.discharge.steps import Step

THETA_CURRENT = CAPACITY * DIFFUSIVITY / THICKNESS**2  # A/m² of theta = 1


@pytest.mark.parametrize(
    ("theta", "utilisation", "within"),
    [
        (0.1, 0.9666667, 2e-6),
        (0.3, 0.9, 2e-6),
        (1, 0.6669472, 2e-6),
        (3, 0.2617990, 2e-6),
        (10, 0.0785398, 1e-4),
    ],
)
def test_diffusion_limited_utilisation(theta: float, utilisation: float, within: float) -> None:
    done = run(plain(), [Step("current", theta * THETA_CURRENT)], tolerance=0.05)
    assert done.ends[-1].reason == "surface"
    assert done.charge[-1] / CAPACITY == pytest.approx(utilisation, abs=within)


def test_lithium_and_charge_are_conserved_over_all_controls() -> None:
    both = cell(
        film(flat(3), material("film", exchange_current="1 A/m^2")),
        film(flat(3), material("other", open_circuit={"form": "linear", "parameters": {"intercept": 1.0, "slope": -0.5}}), -1, 0.9),
        ohmic=0.01,
    )  # fmt: skip
    steps = [
        Step("current", 2.0, seconds=40.0),
        Step("power", 3.0, seconds=20.0),
        Step("rest", seconds=100.0),
        Step("current", -1.0, voltage_above=3.5),
        Step("voltage", 3.5, current_below=0.2),
    ]
    done = run(both, steps, keep_fields=True, tolerance=0.02)
    filled = done.mean["cathode"].mean(axis=1)
    emptied = 0.9 - done.mean["anode"].mean(axis=1)
    assert filled == pytest.approx(emptied, abs=1e-10)
    assert filled == pytest.approx(done.charge / CAPACITY, abs=1e-9)
    assert [end.reason for end in done.ends] == ["time", "time", "time", "voltage_above", "current_below"]


def test_losses_add_up_to_what_is_not_delivered() -> None:
    of = with_leak(plain(2, 0.05, exchange_current="1 A/m^2"), 1e-3)
    done = run(of, [Step("current", 2.0, voltage_below=3.4), Step("rest", seconds=500.0), Step("power", -3.0, seconds=50.0)], tolerance=0.02)  # fmt: skip
    inside = done.current + 1e-3 * done.voltage
    given = np.trapezoid(done.open_circuit * inside, done.time)
    assert done.energy + sum(done.lost.values()) == pytest.approx(given, rel=1e-8)
    assert done.lost["electrolyte", "leak"] == pytest.approx(np.trapezoid(1e-3 * done.voltage**2, done.time))


def test_columns_that_run_ahead_lose_what_the_even_electrode_would_have_had() -> None:
    thickness = np.array([0.5, 1.5]) * THICKNESS
    half = np.full(2, 0.5)
    of = cell(film(FilmColumns(thickness, half, half, half), material()), ohmic=0.05)
    done = run(of, [Step("current", 0.3 * THETA_CURRENT, voltage_below=3.4)], tolerance=0.02)
    given = np.trapezoid(done.open_circuit * done.current, done.time)
    assert done.energy + sum(done.lost.values()) == pytest.approx(given, rel=1e-8)
    assert done.lost["cathode", "unevenness"] > 1e-3 * given


def test_an_end_is_where_its_limit_lies() -> None:
    done = run(plain(1, 0.05), [Step("current", 3.0, voltage_below=3.5)])
    assert done.ends[0].reason == "voltage_below"
    assert done.voltage[-1] == pytest.approx(3.5, abs=1e-6)
    charged = run(plain(1, 0.05), [Step("current", 3.0, charge=123.456, seconds=1e9, voltage_below=0.0)])
    assert charged.ends[0].reason == "charge"
    assert charged.charge[-1] == pytest.approx(123.456, rel=1e-12)
    timed = run(plain(1, 0.05), [Step("current", 3.0, seconds=0.1 + 0.2)])
    assert timed.time[-1] == 0.1 + 0.2


def test_a_power_and_the_current_it_took_are_the_same_discharge() -> None:
    of = plain(1, 0.05, exchange_current="1 A/m^2")
    powered = run(of, [Step("power", 8.0, voltage_below=3.4)], tolerance=1e-4)
    assert powered.voltage * powered.current == pytest.approx(8.0, rel=1e-8)
    assert powered.energy == pytest.approx(8.0 * powered.time[-1], rel=1e-8)
    held = run(of, [Step("current", 2.0, seconds=20.0)], tolerance=1e-3)
    back = run(of, [Step("voltage", float(held.voltage[-1]), seconds=5.0)], state=held.state, tolerance=1e-3)
    assert back.current[0] == pytest.approx(2.0, rel=1e-6)


def test_a_power_that_no_voltage_gives_is_refused_at_once() -> None:
    # U²/(4 R) is the most
    done = run(plain(1, 1.0), [Step("power", 4.2**2 / 4 * 1.01, seconds=1.0)])
    assert done.ends[0].reason == "cannot_carry"
    carried = run(plain(1, 1.0), [Step("power", 4.2**2 / 4 * 0.99, seconds=1e-3)])
    assert carried.ends[0].reason == "time"


def test_a_voltage_below_its_limit_ends_at_once() -> None:
    done = run(plain(1, 1.0), [Step("current", 1.0, voltage_below=3.5)])
    assert done.ends[0].reason == "voltage_below"
    assert done.time.size == 1


def test_equal_columns_are_one() -> None:
    steps = [Step("current", 2.0, voltage_below=3.4), Step("rest", seconds=100.0)]
    one, many = (run(plain(count, 0.05, exchange_current="1 A/m^2"), steps) for count in (1, 5))
    assert many.charge[-1] == pytest.approx(one.charge[-1], rel=1e-7)
    assert many.voltage[-1] == pytest.approx(one.voltage[-1], abs=1e-7)


@pytest.mark.parametrize("step", [Step("rest"), Step("current", 0.0), Step("voltage", 4.0)])
def test_a_step_that_cannot_end_is_refused(step: Step) -> None:
    with pytest.raises(SolveError, match="does not end"):
        run(plain(), [step])


def test_points_follow_the_voltage_of_a_rest_too() -> None:
    of = plain(1, 0.05, exchange_current="1 A/m^2")
    done = run(of, [Step("current", 3.0, seconds=20.0), Step("rest", seconds=1e6)])
    after = np.geomspace(1e-2, 1e5, 60)
    exact = Propagation(of)
    loaded = exact.after(exact.at_rest(), 20.0, 3.0)
    resting = exact.voltage(exact.surfaces(exact.after(loaded, after, 0.0 * after)), 0.0)
    between = np.interp(20.0 + after, done.time, done.voltage)
    assert np.abs(between - resting).max() < 1.5e-3
