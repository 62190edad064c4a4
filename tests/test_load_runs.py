"""Loads in the film model: closed periods against steps in time, capacitors against a closed circuit."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import film_cells
from tests.shipped import DESIGNS
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import load_design
from tfgeom.materials.schema import MaterialOverride
from tfgeom.transport.discharge import load_closed, load_stepped
from tfgeom.transport.discharge.column_voltages import Columns
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.load_closed import run_closed
from tfgeom.transport.discharge.load_runs import mean_delivered, run_load, smallest_capacitor
from tfgeom.transport.discharge.load_stepped import probe, run_stepped
from tfgeom.transport.discharge.load_task import LoadTask
from tfgeom.transport.discharge.prescribed import Propagation
from tfgeom.transport.discharge.steps import Step

CELL = film_cells.plain(ohmic=0.02)
KINETIC = film_cells.plain(ohmic=0.02, exchange_current="1 A/m^2")
FLAT: dict[str, Any] = {
    "open_circuit": {"form": "constant", "parameters": {"potential": 3.7}, "window": [0, 1]}
}
LIMIT = 3.0


def task(seconds: Any, values: Any, **more: Any) -> LoadTask:
    return LoadTask(np.array(seconds, float), np.array(values, float), "current", **{"limit": LIMIT} | more)


def drawn_until(load: LoadTask, seconds: float) -> float:
    """Return the integral of a load by hand: whole periods, whole steps, and what is left."""
    periods = int(seconds // load.period)
    rest, charge = seconds - periods * load.period, periods * float(load.seconds @ load.values)
    for length, value in zip(load.seconds.tolist(), load.values.tolist(), strict=True):
        charge += value * min(length, max(rest, 0.0))
        rest -= length
    return charge


def test_a_pulse_that_passes_the_limit_within_itself_fails_there() -> None:
    """It begins above and rests above: ``V = 4.2 - x - I R`` where nothing diffuses slowly."""
    sloping = {"form": "linear", "parameters": {"intercept": 4.2, "slope": -1.0}}
    cell = film_cells.plain(ohmic=0.05, diffusivity="1 cm^2/s", open_circuit=sloping)
    current, limit = 10.0, 3.4
    passes = (4.2 - limit - current * 0.05) * film_cells.CAPACITY / current
    load = task([passes / 2.5, 100], [current, 0], limit=limit)  # in the third pulse, half way
    found = run_load(cell, load)
    assert found.failure is not None
    assert (found.failure.period, found.failure.step) == (2, 0)
    assert found.failure.after == pytest.approx(passes / 5, rel=1e-6)
    assert found.charge == pytest.approx(current * passes, rel=1e-6)
    assert found.lowest == pytest.approx(
        limit - 0.5 * current * (passes / 2.5) / film_cells.CAPACITY, rel=1e-6
    )


loads = st.lists(st.tuples(st.floats(1e-6, 50), st.floats(0, 20)), min_size=1, max_size=6).filter(
    lambda steps: sum(a * b for a, b in steps) > 1 and sum(a for a, _ in steps) > 1e-3
)


@settings(deadline=None, max_examples=40)
@given(steps=loads)
def test_charge_is_the_integral_of_the_load(steps: list[tuple[float, float]]) -> None:
    load = task(*zip(*steps, strict=True))
    found = run_load(CELL, load)
    assert found.method == "closed periods"
    assert found.charge == pytest.approx(drawn_until(load, found.seconds), rel=1e-9, abs=1e-9)
    assert found.failure is not None


@settings(deadline=None, max_examples=25)
@given(steps=loads, share=st.floats(0.05, 0.95), which=st.integers(0, 5), periods=st.integers(2, 4))
def test_how_a_period_is_told_changes_nothing(
    steps: list[tuple[float, float]], share: float, which: int, periods: int
) -> None:
    """A step in two parts, a period said several times over, a life that goes on from its middle."""
    load = task(*zip(*steps, strict=True))
    seconds, values = load.seconds, load.values
    plain = run_load(CELL, load)
    place = which % seconds.size
    parts = np.insert(seconds, place, share * seconds[place])
    parts[place + 1] *= 1 - share
    split = run_load(CELL, replace(load, seconds=parts, values=np.insert(values, place, values[place])))
    several = run_load(
        CELL, replace(load, seconds=np.tile(seconds, periods), values=np.tile(values, periods))
    )
    cell = Propagation(CELL)
    half = int(plain.seconds / load.period) // 2
    many = cell.after_periods(cell.at_rest(), seconds, values, np.array([float(half)]))
    later = run_closed(cell, load, type(many)(many.mean[0], many.amplitudes[0]))
    for other, lasted in ((split, 0.0), (several, 0.0), (later, half * load.period)):
        assert other.seconds + lasted == pytest.approx(plain.seconds, rel=1e-9, abs=1e-9)
    for other in (split, several):
        assert other.energy == pytest.approx(plain.energy, rel=1e-4)


@pytest.mark.parametrize("cell", [CELL, KINETIC], ids=["ohmic", "kinetic"])
@pytest.mark.parametrize(
    "load",
    [
        task([1, 59], [20, 0.01]),
        task([5, 2, 30], [3, 0, 6]),
        task([3600], [0.4]),
    ],
    ids=["pulse", "three", "steady"],
)
def test_closed_periods_are_every_step(cell: FilmCell, load: LoadTask) -> None:
    closed, stepped = run_load(cell, load), run_stepped(cell, load)
    assert (closed.method, stepped.method) == ("closed periods", "every step")
    assert closed.seconds == pytest.approx(stepped.seconds, rel=2e-6)
    assert closed.charge == pytest.approx(stepped.charge, rel=2e-6)
    assert closed.energy == pytest.approx(stepped.energy, rel=1e-3)
    assert closed.failure is not None
    assert stepped.failure is not None
    assert closed.failure.period == stepped.failure.period
    if closed.lowest is not None and load.seconds.size > 1:
        assert closed.lowest == pytest.approx(stepped.lowest, abs=1e-5)


def test_a_load_that_gives_back_between_pulses() -> None:
    cell = replace(CELL, cathode=replace(CELL.cathode, start=0.2))
    load = task([1, 10, 3], [10, -0.2, 2])
    closed, stepped = run_load(cell, load), run_stepped(cell, load)
    assert closed.seconds == pytest.approx(stepped.seconds, rel=2e-6)
    assert closed.charge == pytest.approx(stepped.charge, rel=2e-6)
    assert closed.charge == pytest.approx(drawn_until(load, closed.seconds), rel=1e-9)


def test_the_search_finds_the_first_failure_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    load = task([0.01, 0.99], [20, 0.05])
    every = run_load(CELL, load)
    for name, value in (("_ALL", 60), ("_FIRST", 5), ("_SAMPLED", 16)):
        monkeypatch.setattr(load_closed, name, value)
    found = run_load(CELL, load)
    assert found.failure == every.failure
    assert found.seconds == every.seconds


def test_a_load_that_fails_at_once_says_so() -> None:
    found = run_load(CELL, task([1, 59], [80, 0.01]))
    assert found.seconds == found.charge == found.energy == 0
    assert found.failure is not None
    assert (found.failure.period, found.failure.step, found.failure.after) == (0, 0, 0)


def test_a_trace_that_is_not_repeated_ends() -> None:
    found = run_load(CELL, task([10, 20], [5, 1], repeats=False))
    assert (found.seconds, found.failure) == (30, None)
    assert found.charge == pytest.approx(70)
    assert found.lowest is not None
    assert LIMIT < found.lowest < 4.2


@pytest.mark.slow
def test_samples_along_the_discharge_are_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a period and a pulse, where pulses are few enough to run them all."""
    plain = task([0.5, 9.5], [5, 1])
    for load, scale in ((plain, 1.0), (replace(plain, values=3.7 * plain.values, control="power"), 3.7)):
        every = run_stepped(CELL, load)
        with monkeypatch.context() as patched:
            patched.setattr(load_stepped, "MOST_STEPS", 10)
            sampled = run_stepped(CELL, load)
        assert (every.method, sampled.method) == ("every step", "sampled periods")
        assert sampled.seconds == pytest.approx(every.seconds, abs=2 * load.period)
        assert sampled.charge == pytest.approx(
            every.charge, abs=2 * float(load.seconds @ load.values) / scale
        )
        assert sampled.energy / sampled.charge == pytest.approx(every.energy / every.charge, rel=4e-3)


@pytest.mark.parametrize("capacitance", [1e-3, 1.0, 100.0])
def test_a_capacitor_beside_an_ohmic_cell(capacitance: float) -> None:
    """``V = U - I R (1 - exp(-t/(R C)))``, and all that leaves the cell is drawn or stored."""
    resistance, current = 0.05, 4.0
    cell = film_cells.plain(ohmic=resistance, diffusivity="1 cm^2/s", **FLAT)
    own = resistance * capacitance
    steps = [
        Step("current", current, seconds=3 * own, capacitance=capacitance),
        Step("rest", seconds=2 * own, capacitance=capacitance),
    ]
    errors = []
    for tolerance in (4e-3, 1e-3):
        found = run(cell, steps, tolerance=tolerance)
        turn = found.ends[0].point
        lost = current * resistance * -np.expm1(-found.time / own)
        lost[turn + 1 :] = lost[turn] * np.exp(-(found.time[turn + 1 :] - found.time[turn]) / own)
        errors.append(float(np.abs(3.7 - lost - found.voltage).max()))
        stored = capacitance * (found.voltage[-1] - 3.7)
        given = current * 3 * own + stored
        assert found.charge[-1] == pytest.approx(given, rel=4e-3)
    assert errors[1] < 3e-4
    assert errors[1] < errors[0] / 2.5


def test_a_larger_capacitor_never_lowers_the_minimum() -> None:
    load = task([0.05, 5], [30, 0.5])
    lows = [
        probe(KINETIC, replace(load, limit=0.5, capacitance=size), None, 3).lowest
        for size in (0.0, 0.1, 1.0, 10.0, 100.0)
    ]
    assert (np.diff(lows) > -1e-3).all()
    assert lows[-1] > lows[0] + 0.1


@pytest.mark.slow
def test_the_smallest_capacitor_of_an_ohmic_cell() -> None:
    """With a flat potential the pulse alone decides: ``C = t/(-R ln(1 - (U - V)/(I R)))``."""
    resistance, pulse, current = 0.05, 0.02, 30.0
    cell = film_cells.plain(ohmic=resistance, diffusivity="1 cm^2/s", **FLAT)
    load = task([pulse, 10], [current, 1e-3])
    found = smallest_capacitor(cell, load, mean_delivered(cell, load))
    expected = pulse / (-resistance * np.log(1 - (3.7 - LIMIT) / (current * resistance)))
    assert found == pytest.approx(expected, rel=1e-2)
    assert smallest_capacitor(cell, replace(load, limit=2.0), mean_delivered(cell, load)) == 0.0


@pytest.mark.slow
def test_a_beacon_is_every_pulse_of_it_at_any_time_of_its_life() -> None:
    """50 uA for 5 ms every 10 s beside 50 nA: 100 pulses from stored states, start, middle and end of life."""
    stated = load_design(DESIGNS / "raijmakers_2020_planar.yaml")
    # of one diffusivity, that of its table in the middle: with the table there is no closed form
    constant = {"LiCoO2-Raijmakers2020": MaterialOverride.model_validate({"diffusivity": "7.9e-10 cm^2/s"})}
    design = stated.model_copy(update={"materials": {**stated.materials, **constant}})
    assembled = assemble_cell(design)
    cell = assembled.kind.film_cell(assembled, nominal=1.0, contacted=False)
    area = 3.36e-4
    load = replace(task([5e-3, 9.995], np.array([50.05e-6, 50e-9]) / area), limit=cell.window[0])
    life = run_load(cell, load)
    assert life.failure is not None
    closed, columns = Propagation(cell), Columns(cell)
    steps = [
        Step("current", float(v), seconds=float(s)) for s, v in zip(load.seconds, load.values, strict=True)
    ]
    for period in (0, life.failure.period // 2, life.failure.period - 110):
        counts = np.arange(period, period + 100, dtype=np.float64)
        _, ends = closed.periods(closed.at_rest(), load.seconds, load.values, counts)
        state = closed.after_periods(closed.at_rest(), load.seconds, load.values, counts[:1])
        begin = columns.at_rest()
        film = begin.films[0]._replace(mean=state.mean[0], amplitudes=state.amplitudes[0][:, np.newaxis])
        begin = begin._replace(films=(film, None), current=load.values[-1:] * bool(period))
        found = run(cell, steps * 100, state=begin)
        stepped = found.voltage[[end.point for end in found.ends]].reshape(100, 2)
        assert np.abs(stepped - ends).max() < 1e-4
