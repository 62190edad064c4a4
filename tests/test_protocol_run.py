"""A protocol of steps: against balances, the rate model and itself written in other ways."""

import copy
import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.commands import Captured, run
from tests.film_cells import CAPACITY, plain
from tests.kinds import design
from tests.shipped import DESIGNS
from tfgeom.design import design_from_mapping
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.metrics.protocol_curves import protocol_curves
from tfgeom.report.gallery import draw_pictures
from tfgeom.report.protocol_figure import protocol_tables
from tfgeom.report.render import report_html
from tfgeom.results import Evaluation, ProtocolNumbers, ProtocolPlaneNumbers
from tfgeom.transport.discharge.driver import run as drive
from tfgeom.transport.discharge.protocol_run import (
    HeldStep,
    ProtocolError,
    Repetition,
    StepTaken,
    run_protocol,
)
from tfgeom.transport.discharge.steps import Step

CYCLES = DESIGNS / "raijmakers_2020_cycles.yaml"
ONE_C = CAPACITY / 3600
same = pytest.approx
DOWN, UP = Step("current", ONE_C, voltage_below=3.0), Step("current", -ONE_C / 2, voltage_above=4.2)


def held(*steps: Step) -> list[HeldStep]:
    return [HeldStep((place,), step) for place, step in enumerate(steps, 1)]


def ends_of(taken: tuple[StepTaken, ...]) -> np.ndarray:
    return np.array([(one.seconds, one.charge, one.run.energy, one.run.voltage[-1]) for one in taken])


def test_a_closed_cycle_gives_back_its_charge_and_loses_what_it_loses() -> None:
    """Discharge and charge of as much: fillings are back, and energy in less energy out is what is lost."""
    cell = plain(ohmic=1e-3, diffusivity="1e-13 cm^2/s")
    out = Step("current", ONE_C, charge=0.3 * CAPACITY)
    back = Step("current", -ONE_C / 3, charge=0.3 * CAPACITY)
    cycle = Repetition((2,), tuple(held(out, Step("rest", seconds=600), back)), 3)
    first = HeldStep((1,), Step("current", ONE_C, charge=0.3 * CAPACITY))
    taken = run_protocol(cell, [first, cycle])[1:]
    flows = np.array([one.flows for one in taken]).sum(axis=0)
    assert flows[0] == same(0.9 * CAPACITY, rel=1e-9)
    assert flows[0] - flows[1] == same(0, abs=1e-9 * flows[0])
    lost = sum(sum(one.run.lost.values()) for one in taken)
    assert lost > 0.005 * flows[3]
    # the trapezia of the rest voltage over the charge do not close by themselves: points differ down and up
    assert flows[3] - flows[2] == same(lost, rel=5e-3)


def test_a_step_cut_at_a_time_changes_nothing() -> None:
    cell = plain(ohmic=1e-3, diffusivity="1e-13 cm^2/s")
    cut = run_protocol(cell, held(Step("current", ONE_C, seconds=777.0, voltage_below=3.0), DOWN, UP))
    whole = run_protocol(cell, held(DOWN, UP))
    for column in (0, 1):
        assert ends_of(cut)[:2, column].sum() == same(ends_of(whole)[0, column], rel=1e-6)
        assert ends_of(cut)[2, column] == same(ends_of(whole)[1, column], rel=1e-6)


def test_a_repetition_is_its_steps_written_as_often() -> None:
    cell = plain(ohmic=1e-3, diffusivity="1e-13 cm^2/s")
    parts = (DOWN, Step("rest", seconds=300), UP)
    repeated = run_protocol(cell, [Repetition((1,), tuple(held(*parts)), 3)])
    assert np.array_equal(ends_of(repeated), ends_of(run_protocol(cell, held(*parts * 3))))
    assert [one.cycle for one in repeated] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    steps = drive(cell, list(parts) * 3)
    assert steps.charge[-1] == same(sum(one.charge for one in repeated), rel=1e-12)


def test_a_repetition_ends_when_a_cycle_delivers_less_or_nothing_passes() -> None:
    cell = plain(ohmic=1e-3)
    less = Repetition(
        (1,), tuple(held(Step("current", ONE_C, seconds=1000, voltage_below=3.0))), 50, 0.2 * CAPACITY
    )
    delivered = [one.charge / CAPACITY for one in run_protocol(cell, [less])]
    assert delivered[:3] == same([1 / 3.6] * 3)
    assert delivered[-1] < 0.2
    assert len(delivered) == 4
    empty = Repetition((1,), tuple(held(DOWN)), 9_000)
    assert len(run_protocol(cell, [empty])) == 2  # the second passes nothing, and so would all others


@pytest.mark.slow
def test_what_does_not_start_or_end_is_said_at_its_step() -> None:
    hold = Step("voltage", 3.7, current_below=1e-6 * ONE_C)
    with pytest.raises(ProtocolError, match=re.escape("does not end")) as endless:
        run_protocol(plain(ohmic=1e-2), held(DOWN, Step("voltage", 3.7, charge=40 * CAPACITY)))
    assert endless.value.place == (2,)
    assert run_protocol(plain(ohmic=1e-2), held(hold))[0].reason == "current_below"
    with pytest.raises(
        ProtocolError, match=r"cannot start: the voltage, .* is above .* 3\.1 V.*discharge first"
    ):
        run_protocol(plain(), held(Step("current", -ONE_C, voltage_above=3.1)))


def planar(
    steps: list[Any], relief: str = "planar", cell: str = "lithium anode", **operation: Any
) -> Evaluation:
    mapping = copy.deepcopy(design(relief, cell))
    mapping["operation"] = {**mapping["operation"], "c_rates": [2], "protocol": steps, **operation}
    return evaluate(design_from_mapping(mapping), "film")


def protocol_of(found: Evaluation) -> ProtocolNumbers:
    assert found.protocol is not None
    return found.protocol


LOW = f"{design('planar', 'lithium anode')['operation']['voltage']['min']}"
HIGH = f"{design('planar', 'lithium anode')['operation']['voltage']['max']}"


def test_a_discharge_is_the_row_of_its_rate() -> None:
    found = planar([{"c_rate": 2, "until": LOW}])
    (step,), rows = protocol_of(found).steps, found.rate
    assert rows is not None
    assert step.charge_uAh_cm2 == same(rows[0].capacity_uAh_cm2, rel=1e-6)
    assert step.energy_mWh_cm2 == same(rows[0].energy_mWh_cm2, rel=1e-3)
    assert step.current_end_mA_cm2 == same(rows[0].footprint_current_mA_cm2)
    for until in ("9 h", {"charge": "300 %"}):
        (other,) = protocol_of(planar([{"c_rate": 2, "until": until}])).steps
        assert other.charge_uAh_cm2 == step.charge_uAh_cm2
        assert other.ended_by in ("voltage limit", "film full or empty")


def test_cells_in_series_share_the_current() -> None:
    """A stack of three asked for three times the power and the voltage of one passes what the one passes."""
    one = protocol_of(planar([{"c_rate": 2, "until": {"charge": "50 %"}}, {"rest": "1 h"}], cell="conformal"))
    stack = protocol_of(planar([{"c_rate": 2, "until": {"charge": "50 %"}}, {"rest": "1 h"}], cell="bipolar"))
    for single, three in zip(one.steps, stack.steps, strict=True):
        assert three.charge_uAh_cm2 == same(single.charge_uAh_cm2, rel=1e-6)
        assert three.voltage_end_V == same(3 * single.voltage_end_V, rel=1e-4)
        assert three.energy_mWh_cm2 == same(3 * single.energy_mWh_cm2, rel=1e-3)


@pytest.mark.slow
def test_every_key_of_a_step_moves_something() -> None:
    base: list[dict[str, Any]] = [
        {"repeat": [{"current": "1 uA/cm^2", "until": {"time": "20 min"}}, {"rest": "5 min"}], "times": 3, "until": {"charge": "1 %"}},
        {"power": "20 uW/cm^2", "until": {"charge": "0.3 uAh/cm^2"}},
        {"c_rate": -0.5, "until": {"time": "10 min", "voltage": HIGH}},
        {"voltage": LOW, "until": {"current": "C/20", "time": "2 h"}},
    ]  # fmt: skip
    told = protocol_of(planar(base))
    changes: list[tuple[tuple[Any, ...], Any]] = [
        ((0, "repeat", 0, "current"), "1.1 uA/cm^2"),
        ((0, "repeat", 0, "until", "time"), "21 min"),
        ((0, "repeat", 1, "rest"), "6 min"),
        ((0, "times"), 2),
        ((0, "until", "charge"), "90 %"),
        ((1, "power"), "21 uW/cm^2"),
        ((1, "until", "charge"), "0.4 uAh/cm^2"),
        ((2, "c_rate"), -0.4),
    ]
    for place, value in changes:
        steps = copy.deepcopy(base)
        node: Any = steps
        for key in place[:-1]:
            node = node[key]
        node[place[-1]] = value
        assert protocol_of(planar(steps)) != told, place


def test_the_first_step_that_cannot_start_is_bad_input() -> None:
    with pytest.raises(DesignError, match=r"operation\.protocol\.0\.repeat\.0: cannot start: the voltage"):
        planar([{"repeat": [{"c_rate": -1, "until": HIGH}, {"c_rate": 1, "until": LOW}], "times": 2}])


@pytest.mark.slow
def test_the_plane_is_asked_for_the_same(tmp_path: Path) -> None:
    found = planar([{"c_rate": 1, "until": LOW}], relief="pillars")
    numbers = protocol_of(found)
    assert numbers.planar is not None
    assert numbers.planar.steps[0].charge_uAh_cm2 < numbers.steps[0].charge_uAh_cm2
    assert {one.cell for one in protocol_curves(found)} == {"cell", "planar_same_films"}
    assert "voltage in the protocol" in draw_pictures(found).shown
    assert 'id="protocol"' in report_html(found)
    tables = protocol_tables(numbers)
    assert tables is not None
    assert "charge, µAh/cm²" in tables.steps.head
    written = [str(cell) for row in (*tables.steps.rows, *tables.totals.rows) for cell in row]
    assert not [cell for cell in written if "uAh" in cell or "cm2" in cell or cell.startswith("-")]


def test_the_shipped_cycles(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "rate.csv"
    assert run("rate", CYCLES, "-o", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)["protocol"]
    assert {one["step"]: one["ended_by"] for one in said["steps"]} == {
        "1.1": "voltage", "1.2": "time", "1.3": "voltage", "1.4": "current",
    }  # fmt: skip
    assert said["planar"] is None  # it is a plane
    assert set(said) == {*ProtocolPlaneNumbers.__dataclass_fields__, "planar"}
    second, third = (
        [one["charge_uAh_cm2"] for one in said["steps"] if one["cycle"] == cycle] for cycle in (2, 3)
    )
    assert second == same(third, rel=1e-6)  # periodic, so closed
    assert sum(third) == same(0, abs=1e-4 * third[0])
    rows = list(csv.DictReader((tmp_path / "rate_protocol.csv").read_text().splitlines()))
    assert float(rows[-1]["time_s"]) == same(3600 * said["lasts_h"])
    net = said["charge_out_uAh_cm2"] - said["charge_in_uAh_cm2"]
    assert float(rows[-1]["capacity_uAh_cm2"]) == same(net, rel=1e-9)
    assert run("rate", CYCLES, "-o", out) == 0
    assert "protocol of 12 steps, 13.8 h, gives back 95.89%" in capsys.readouterr().out


def test_without_the_film_model_it_says_so() -> None:
    mapping = copy.deepcopy(design("planar", "lithium anode"))
    mapping["operation"]["protocol"] = [{"rest": "1 h"}]
    found = evaluate(design_from_mapping(mapping))
    assert found.protocol is None
    assert any("run by the film model" in note for note in found.notes)
