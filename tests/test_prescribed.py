"""Prescribed currents without stepping, against runs step by step, brute force and the closed model."""

from dataclasses import replace

import numpy as np
import pytest

from tests.film_cells import CAPACITY, THICKNESS, cell, film, flat, lithium, material, plain, with_leak
from tfgeom.transport.closed_rate import Chemistry, Electrode, RateCell, discharge_ends
from tfgeom.transport.discharge.constant_current import discharge_curves
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell, FilmColumns
from tfgeom.transport.discharge.prescribed import Lithium, Propagation
from tfgeom.transport.discharge.steps import Step

SLEEP, PULSE = np.array([10 - 5e-3, 5e-3]), np.array([1.5e-3, 1.5])


def full_cell(count: int = 1) -> FilmCell:
    """Return a film against another one, with charge transfer at both."""
    other = {"form": "linear", "parameters": {"intercept": 0.4, "slope": -0.3}}
    return cell(
        film(flat(count), material("film", exchange_current="1 A/m^2")),
        film(
            flat(count, 2 * THICKNESS),
            material("other", open_circuit=other, exchange_current="3 A/m^2"),
            -1,
            0.95,
        ),
        ohmic=0.02,
    )


def test_a_trace_is_what_a_run_makes_of_its_steps() -> None:
    of = full_cell(3)
    seconds, currents = np.array([3.0, 0.001, 20.0, 5.0, 60.0]), np.array([1.0, 9.0, 0.0, -0.02, 1.0])
    steps = [
        Step("current" if one else "rest", one, seconds=length)
        for length, one in zip(seconds, currents, strict=True)
    ]
    propagation = Propagation(of)
    found = propagation.follow(propagation.at_rest(), seconds, currents)
    done = run(of, steps, keep_fields=True)
    last = [end.point for end in done.ends]
    assert found.ends == pytest.approx(done.voltage[last], abs=1e-9)
    assert found.starts == pytest.approx(done.voltage[[0, *(point + 1 for point in last[:-1])]], abs=1e-9)
    assert found.surfaces[:, 1] == pytest.approx(done.surface["anode"][last, 0], abs=1e-12)
    assert propagation.open_circuit(found.means) == pytest.approx(done.open_circuit[last], abs=1e-9)


def test_segments_followed_together_are_those_followed_one_by_one() -> None:
    """Of 1,300 unequal lengths from 10 us to 100 s, and of few lengths; from two beginnings at once."""
    propagation = Propagation(full_cell())
    draws = np.random.default_rng(5)
    currents = draws.uniform(0, 3, 1300)
    begun = propagation.after(propagation.at_rest(), np.array([1.0, 40.0]), np.array([6.0, 1.0]))
    for seconds in (10 ** draws.uniform(-5, 2, 1300) / 40, draws.choice([1e-4, 0.3, 2.0], 1300)):
        found = propagation.follow(begun, seconds, currents)
        state, starts, ends = begun, [], []
        for length, current in zip(seconds, currents, strict=True):
            starts.append(propagation.voltage(propagation.surfaces(state), current))
            state = propagation.after(state, length, current)
            ends.append(propagation.voltage(propagation.surfaces(state), current))
        assert np.abs(found.starts - np.stack(starts, axis=1)).max() < 1e-9
        assert np.abs(found.ends - np.stack(ends, axis=1)).max() < 1e-9
        assert found.state.mean == pytest.approx(state.mean, abs=1e-13)
        assert found.state.amplitudes == pytest.approx(state.amplitudes, abs=1e-13)


def test_jumping_over_periods_is_brute_force() -> None:
    propagation = Propagation(full_cell())
    start = propagation.after(propagation.at_rest(), np.float64(30.0), np.float64(2.0))
    start = Lithium(start.mean, start.amplitudes)
    whole = propagation.follow(start, np.tile(SLEEP, 500), np.tile(PULSE, 500))
    starts, ends = propagation.periods(start, SLEEP, PULSE, np.arange(500.0))
    assert propagation.steady_after(SLEEP) > 500
    assert starts == pytest.approx(whole.starts.reshape(-1, 2), abs=1e-9)
    assert ends == pytest.approx(whole.ends.reshape(-1, 2), abs=1e-9)


def test_a_period_that_is_remembered_is_not_taken_for_another() -> None:
    one, counts = Propagation(full_cell()), np.array([0.0, 3.0, 40.0])
    for seconds, currents in ((SLEEP, PULSE), (SLEEP, 2 * PULSE), (2 * SLEEP, 2 * PULSE), (SLEEP, PULSE)):
        again = Propagation(full_cell()).periods(one.at_rest(), seconds, currents, counts)
        found = one.periods(one.at_rest(), seconds, currents, counts)
        assert np.array_equal(found, again)
    lengths = SLEEP.copy()
    one.periods(one.at_rest(), lengths, PULSE, counts)
    lengths *= 2  # in place
    again = Propagation(full_cell()).periods(one.at_rest(), 2 * SLEEP, PULSE, counts)
    assert np.array_equal(one.periods(one.at_rest(), lengths, PULSE, counts), again)


def test_long_after_the_start_only_the_mean_moves() -> None:
    propagation = Propagation(full_cell())
    seconds = SLEEP * 20
    steady = propagation.steady_after(seconds)
    counts = np.array([steady - 1, steady, steady + 50])
    starts, ends = propagation.periods(propagation.at_rest(), seconds, PULSE, counts)
    begun = propagation.after_periods(propagation.at_rest(), seconds, PULSE, counts)
    exact = propagation.follow(begun, seconds, PULSE)
    assert starts == pytest.approx(exact.starts, abs=1e-10)
    assert ends == pytest.approx(exact.ends, abs=1e-10)
    charged = counts * float(seconds @ PULSE)
    assert begun.mean[:, 0] * CAPACITY == pytest.approx(charged, rel=1e-12)


def test_what_is_not_uniform_is_not_propagated() -> None:
    ones = np.full(2, 0.5)
    uneven = FilmColumns(np.array([50e-9, 150e-9]), ones, ones, ones)
    assert not Propagation.applies(cell(film(uneven, material("film"))))
    assert not Propagation.applies(with_leak(plain(), 1e-9))
    many = plain(4, 0.05)
    uneven_start = replace(many.cathode, starts=np.array([0.1, 0.1, 0.1, 0.2]))
    assert not Propagation.applies(replace(many, cathode=uneven_start))
    assert Propagation.applies(many)
    assert not Propagation.applies(
        replace(many, anode=replace(lithium(4), face=np.array([0.1, 0.2, 0.3, 0.4])))
    )


def test_closed_curves_are_those_of_runs() -> None:
    of = replace(full_cell(), window=(3.2, 4.3))
    for curve in discharge_curves(of, [0.1, 1.0, 6.0]):
        done = run(of, [Step("current", curve.current, voltage_below=3.2, charge=CAPACITY)])
        assert done.charge[-1] == pytest.approx(curve.charge[-1], rel=1e-6)
        assert done.energy == pytest.approx(curve.energy, rel=2e-4)
        assert curve.voltage[-1] == pytest.approx(3.2, abs=1e-6)
        for key, lost in curve.lost.items():
            assert done.lost[key] == pytest.approx(lost, rel=1e-2, abs=1e-3 * curve.energy)
        assert curve.energy + sum(curve.lost.values()) == pytest.approx(
            np.trapezoid(curve.open_circuit, curve.charge), rel=1e-6
        )


def test_a_flat_film_is_the_closed_model() -> None:
    stated: dict[str, object] = {"exchange_current": {"value": "1 A/m^2", "form": "constant"}}
    film_cell = replace(plain(1, 0.05, **stated), window=(3.3, 4.3))
    electrode = Electrode(CAPACITY, THICKNESS, 1.0, 0.0)
    closed = RateCell(electrode, Electrode(np.inf, 1e-6, 1.0, 1.0), 0.05, CAPACITY, CAPACITY)
    chemistry = Chemistry(film_cell.cathode.material, film_cell.anode.material, 298.15, 3.3)
    currents = np.array([0.05, 0.5, 2.0, 5.0])
    ends = discharge_ends([closed] * 4, currents, chemistry)
    curves = discharge_curves(film_cell, currents.tolist())
    assert [curve.charge[-1] for curve in curves] == pytest.approx(ends.charge, rel=1e-6)
    assert [curve.energy for curve in curves] == pytest.approx(ends.energy, rel=1e-6)


def test_a_slow_discharge_gives_what_is_stored() -> None:
    of = replace(plain(1, 0.05), window=(3.2, 4.3))
    slow = discharge_curves(of, [1e-6])[0]
    assert slow.charge[-1] == pytest.approx(CAPACITY, rel=1e-5)
    assert slow.energy == pytest.approx(3.7 * CAPACITY, rel=1e-5)


def test_a_discharge_that_does_not_run_is_one_point() -> None:
    curve = discharge_curves(replace(plain(1, 5.0), window=(3.3, 4.3)), [2.0])[0]
    assert curve.charge.tolist() == [0.0]
    assert curve.energy == 0.0
