"""A design under its load: the chip's amperes and the film model's, planes, brown-outs, and the command."""

import copy
import csv
import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from tests.commands import run
from tests.kinds import design
from tests.shipped import DESIGNS
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.plane_family import free_planes
from tfgeom.design import design_from_mapping, load_design
from tfgeom.evaluation import evaluate
from tfgeom.load_tables import LOAD_BY, duration_text, load_rows, load_sentence
from tfgeom.metrics.load_curves import load_curves
from tfgeom.metrics.load_numbers import load_task
from tfgeom.numerals import unit_text
from tfgeom.report.headline import headline
from tfgeom.report.load_figure import curves_drawn, draw_load
from tfgeom.results import Evaluation, LoadNumbers, LoadPoint
from tfgeom.transport.discharge.load_runs import load_delivered
from tfgeom.transport.discharge.load_task import Method

BEACON = DESIGNS / "raijmakers_2020_beacon.yaml"
PULSES = {"sleep": "1 uA/cm^2", "pulse": {"current": "50 uA/cm^2", "duration": "1 s", "every": "60 s"}}


def loaded(load: dict[str, Any], relief: str = "planar", **more: Any) -> Evaluation:
    mapping = design(relief, "lithium anode", **copy.deepcopy(more))
    mapping["load"] = copy.deepcopy(load)
    return evaluate(design_from_mapping(mapping))


def numbers(found: Evaluation) -> LoadNumbers:
    assert found.load is not None, found.notes
    return found.load


def test_the_beacon_runs_for_its_charge_over_its_mean() -> None:
    """75 nA in the mean out of 0.7 mAh: 1.07 years; 3.4 million pulses, none of which browns out."""
    found = evaluate(load_design(BEACON))
    load = numbers(found)
    assert load.method == "closed periods"
    assert load.charge_delivered_mAh is not None
    assert load.charge_delivered_mAh == pytest.approx(0.70, abs=0.005)
    assert load.runs_for_h == pytest.approx(load.charge_delivered_mAh / 75e-6, rel=1e-6)
    assert load_sentence(found) == "runs its load for 1.07 years"
    assert load.browns_out_at_h is None
    assert load.bypass_capacitor_uF == 0
    assert load.lowest_voltage_V == pytest.approx(3.0, abs=1e-4)
    assert load.energy_mWh is not None
    assert 3.0 < load.energy_mWh / load.charge_delivered_mAh < 4.2
    plane = load.planar.same_films
    assert plane.runs_for_h == load.runs_for_h  # it is one


def test_the_page_begins_with_it_and_draws_it() -> None:
    found = evaluate(load_design(BEACON))
    assert "It runs its load for 1.07 years." in headline(found)
    curves = load_curves(found)
    assert [curve.cell for curve in curves] == ["cell", "same_films", "best"]
    low, high = curves[0].lowest_voltage_V, curves[0].highest_voltage_V
    assert all(3.0 <= one < other for one, other in zip(low, high, strict=True))
    assert min(curves[0].last_voltage_V) == pytest.approx(3.0, abs=1e-4)
    assert [curve.cell for curve in curves_drawn(found)] == ["cell", "best"]  # the cell is its own plane
    assert "Voltage under the load over 1.07 years" in draw_load(curves, 3.0).alt


def test_a_load_of_the_chip_is_one_of_its_footprint() -> None:
    per_footprint = numbers(loaded({**PULSES, "per": "footprint"}))
    area = 2.0  # cm²
    pulse = {"current": f"{50 * area} uA", "duration": "1 s", "every": "60 s"}
    chip = {"width": "20 mm", "length": "10 mm"}
    of_chip = numbers(loaded({"sleep": f"{area} uA", "pulse": pulse}, chip=chip))
    assert of_chip.runs_for_h == pytest.approx(per_footprint.runs_for_h, rel=1e-9)
    assert of_chip.charge_delivered_mAh == pytest.approx(area * per_footprint.charge_delivered_mAh_cm2)
    assert of_chip.energy_mWh == pytest.approx(area * per_footprint.energy_mWh_cm2)
    assert per_footprint.charge_delivered_mAh is None


@pytest.mark.slow
def test_cells_in_series_share_the_current_and_add_their_voltages() -> None:
    per = {**PULSES, "per": "footprint"}
    one = numbers(evaluate(design_from_mapping({**design("planar", "conformal"), "load": per})))
    several = design("planar", "bipolar")
    three = numbers(evaluate(design_from_mapping({**several, "load": per})))
    assert three.runs_for_h == pytest.approx(one.runs_for_h, rel=1e-9)
    assert three.energy_mWh_cm2 == pytest.approx(3 * one.energy_mWh_cm2, rel=1e-9)
    assert (one.lowest_voltage_V is None) == (three.lowest_voltage_V is None)
    power = {"sleep": "3 uW/cm^2", "per": "footprint"}
    alone = numbers(evaluate(design_from_mapping({**design("planar", "conformal"), "load": {**power, "sleep": "1 uW/cm^2"}})))  # fmt: skip
    shared = numbers(evaluate(design_from_mapping({**several, "load": power})))
    assert shared.runs_for_h == pytest.approx(alone.runs_for_h, rel=1e-6)


def test_a_brown_out_voltage_is_that_of_all_cells_in_series() -> None:
    stated = {**PULSES, "per": "footprint", "brown_out_voltage": "6 V"}
    cell = assemble_cell(design_from_mapping({**design("planar", "bipolar"), "load": stated}))
    load = cell.blueprint.design.load
    assert load is not None
    task, _ = load_task(cell, load)
    assert task.limit == pytest.approx(6.0 / cell.blueprint.in_series)


def test_the_relief_runs_longer_than_its_plane() -> None:
    found = loaded({"sleep": "1 uA/cm^2", "per": "footprint"}, "pillars")
    load = numbers(found)
    gain = found.capacity.footprint_capacity_gain if found.capacity else None
    assert gain is not None
    assert load.runs_for_h / load.planar.same_films.runs_for_h == pytest.approx(gain, rel=0.05)
    assert load_sentence(found).startswith("runs its load for ")
    assert "; the plane of the same films for " in load_sentence(found)


@pytest.mark.slow
def test_a_load_that_browns_out_says_which_pulse_and_when() -> None:
    load = {"sleep": "1 uA/cm^2", "per": "footprint"}
    pulse = {"current": "200 mA/cm^2", "duration": "5 ms", "every": "10 s"}
    found = loaded({**load, "pulse": pulse})
    assert numbers(found).browns_out_at_h == numbers(found).charge_delivered_mAh_cm2 == 0
    (told,) = [note for note in found.notes if "browns out" in note]
    assert "browns out at once, in period 1, 0 s into step 1 of 2" in told
    assert "after 0.00% of what its mean would deliver" in told
    assert load_sentence(found) == "browns out at once"
    capacitor = numbers(found).bypass_capacitor_uF_cm2
    assert capacitor is not None
    assert capacitor > 0
    planes = numbers(found).planar
    assert planes.same_films.bypass_capacitor_uF_cm2 == pytest.approx(capacitor)  # it is one
    assert planes.best is not None
    thin = planes.best.bypass_capacitor_uF_cm2  # without a capacitor a thinner one does as little
    assert thin is not None
    assert thin > 0


@pytest.mark.slow
def test_the_best_plane_under_power_is_found_by_its_currents() -> None:
    """Against planes of other thicknesses, each run with the power itself."""
    pulse = {"power": "1.5 mW/cm^2", "duration": "1 s", "every": "20 s"}
    found = loaded({"sleep": "30 uW/cm^2", "pulse": pulse, "per": "footprint"})
    best = numbers(found).planar.best
    assert best is not None
    assert any(
        "the best plane was chosen with the currents that its power is at 3." in one for one in found.notes
    )
    load = found.cell.blueprint.design.load
    assert load is not None
    task, _ = load_task(found.cell, load)
    free = free_planes(found.cell, found.cell.blueprint.design.baseline.thickest_film)
    assert free is not None
    for gain in np.geomspace(free.least, free.most, 4).tolist():
        plane = free.plane(gain)
        other = load_delivered(plane.kind.film_cell(plane, nominal=1.0, contacted=False), task) / 3.6e4
        assert best.charge_delivered_mAh_cm2 > 0.98 * other


def test_what_has_no_film_model_says_why() -> None:
    mapping = design("planar", "lithium anode")
    mapping["materials"] = {"mystery": {"density": "3 g/cm^3", "volumetric_capacity": "40 uAh/cm^2/um"}}
    mapping["layers"][1]["material"] = "mystery"
    mapping["load"] = {"sleep": "1 uA/cm^2", "per": "footprint"}
    found = evaluate(design_from_mapping(mapping))
    assert found.load is None
    assert any("load is null" in note for note in found.notes)


@pytest.mark.parametrize(
    ("hours", "text"),
    [(0, "0 s"), (0.001, "3.6 s"), (0.5, "30 min"), (3, "3 h"), (984, "41 days"), (9336, "1.07 years")],
)
def test_a_time_is_told_in_its_unit(hours: float, text: str) -> None:
    assert duration_text(hours) == text


def test_the_command_runs_a_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace, out = tmp_path / "node.csv", tmp_path / "load.csv"
    trace.write_text("time_ms,current_uA\n0,3000\n5,0.05\n10000,0\n")
    assert run("load", BEACON, trace, "-o", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said["load"]) >= set(LoadPoint.__dataclass_fields__)
    mean = (3000 * 0.005 + 0.05 * 9.995) / 10 * 1e-3  # mA
    assert said["load"]["runs_for_h"] == pytest.approx(said["load"]["charge_delivered_mAh"] / mean, rel=1e-4)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert {row["cell"] for row in rows} >= {"cell", "same_films"}
    last = [row for row in rows if row["cell"] == "cell" and row["part"] == "last period"]
    assert float(last[0]["current_mA_cm2"]) == pytest.approx(3 / 3.36)
    assert json.loads(out.with_suffix(".json").read_text())["load"] == said["load"]
    assert run("load", BEACON) == 0
    assert "runs its load for 1.07 years" in capsys.readouterr().out


def test_the_command_needs_a_load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("load", DESIGNS / "raijmakers_2020_planar.yaml") == 2
    assert "load: is missing: nothing draws from the cell" in capsys.readouterr().err
    assert run("load", DESIGNS / "raijmakers_2020_planar.yaml", tmp_path / "none.csv") == 2
    assert "no such file" in capsys.readouterr().err
    file = tmp_path / "node.csv"
    file.write_text("time_s,current_uA\n0,1\n1,2\n2,3\n")
    assert run("load", DESIGNS / "raijmakers_2020_planar.yaml", file) == 2
    assert "per: footprint" in capsys.readouterr().err


def test_the_page_writes_units_as_a_page_does() -> None:
    found = evaluate(load_design(BEACON))
    heads = [row[0] for row in load_rows(found, unit_text)]
    assert "bypass capacitor, µF" in heads
    assert "charge delivered per footprint, mAh/cm²" in heads
    assert "bypass capacitor, uF" in [row[0] for row in load_rows(found)]
    assert set(LOAD_BY) == set(get_args(Method))
