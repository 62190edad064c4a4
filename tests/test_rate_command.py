"""`tfgeom rate`: what it prints and writes, what adds up, and what it refuses."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.commands import Captured, run
from tests.design_texts import VALID
from tests.kinds import CELLS, design
from tests.shipped import IMEC, LEI, PEARSE
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.marks import has_mark
from tfgeom.metrics.curves import rate_curves
from tfgeom.rate_tables import NEVER, charge_rows
from tfgeom.results import CurveNumbers, RateCurves
from tfgeom.results.declared import declaration
from tfgeom.transport.losses import PARTS

same = pytest.approx
RUN = [cell for cell in CELLS if cell != "geometry only"]
IN_TIME = "electrolyte in time"  # whose ions are stepped


def model_of(cell: str, relief: str, fidelity: str) -> Any:
    """Return a case of a test; a few films of one thickness on the plane are quick, others take longer."""
    stepped = fidelity == "film" and (relief == "pillars" or cell not in ("lithium anode", "flooded"))
    return pytest.param(cell, relief, fidelity, marks=pytest.mark.slow if stepped else ())


every_model = pytest.mark.parametrize(
    ("cell", "relief", "fidelity"),
    [
        *(model_of(cell, "pillars", "analytic") for cell in RUN if cell != IN_TIME),
        *(model_of(cell, "planar", "film") for cell in RUN),
        *(model_of(cell, "pillars", "film") for cell in ("conformal", "step coverage", "flooded")),
    ],
)


@cache
def curves_of(cell: str, relief: str, fidelity: str, c_rates: tuple[float, ...] = (0.1, 10.0)) -> RateCurves:
    mapping = design(relief, cell)
    mapping["operation"] = mapping["operation"] | {"c_rates": list(c_rates)}
    return rate_curves(evaluate(design_from_mapping(mapping), fidelity))


def every_curve(found: RateCurves) -> tuple[CurveNumbers, ...]:
    return (*found.curves, *found.planar_curves)


@every_model
def test_what_is_delivered_and_what_is_lost_are_the_integral_of_the_rest_voltage(
    cell: str, relief: str, fidelity: str
) -> None:
    for curve in every_curve(curves_of(cell, relief, fidelity)):
        lost = sum(row.energy_mWh_cm2 for row in curve.energy_lost)
        assert curve.energy_mWh_cm2 + lost == same(curve.rest_energy_mWh_cm2, rel=1e-9)
        rest = np.trapezoid(curve.rest_voltage_V, curve.capacity_uAh_cm2) * 1e-3
        # trapezia over a few dozen points; single segments of curves bend
        assert rest == same(curve.rest_energy_mWh_cm2, rel=2e-3)
        assert {row.part for row in curve.energy_lost} <= set(PARTS)
        assert sum(row.share for row in curve.energy_lost) == same(lost / curve.rest_energy_mWh_cm2)


@every_model
def test_a_curve_ends_where_its_row_of_the_table_does(cell: str, relief: str, fidelity: str) -> None:
    found = curves_of(cell, relief, fidelity)
    for curve, row in zip(found.curves, found.rate, strict=True):
        assert curve.capacity_uAh_cm2[0] == 0
        assert curve.capacity_uAh_cm2[-1] == same(row.capacity_uAh_cm2, rel=1e-9)
        assert curve.energy_mWh_cm2 == same(row.energy_mWh_cm2, rel=1e-9)
        hours = row.capacity_uAh_cm2 * 1e-3 / row.footprint_current_mA_cm2
        assert curve.time_s[-1] == same(3600 * hours, rel=1e-9)
        assert np.all(np.diff(curve.time_s) >= 0)
        # at rest the cell is never below its terminals on discharge, columns that share their charge neither
        rest, terminals = np.array(curve.rest_voltage_V), np.array(curve.voltage_V)
        assert curve.energy_mWh_cm2 <= curve.rest_energy_mWh_cm2 * (1 + 1e-9)
        apart = 1e-6 if fidelity == "film" and relief != "planar" else 1e-12
        assert np.all(rest >= terminals - apart)


@pytest.mark.parametrize("cell", ["conformal", "flooded", "anode-free", "bipolar"])
def test_planes_are_driven_at_equal_c_rate_and_at_equal_current(cell: str) -> None:
    found = curves_of(cell, "pillars", "analytic")
    of: dict[str, list[CurveNumbers]] = {}
    for curve in found.planar_curves:
        of.setdefault(curve.cell, []).append(curve)
    assert set(of) == {
        f"planar_{plane}.{place}"
        for plane in ("same_films", "same_capacity")
        for place in ("at_c_rate", "at_current")
    }
    for name, curves in of.items():
        for curve, own in zip(curves, found.curves, strict=True):
            if name.endswith("at_current"):
                assert curve.footprint_current_mA_cm2 == same(own.footprint_current_mA_cm2)
            else:
                assert curve.c_rate == same(own.c_rate)


def test_a_charge_is_as_long_as_current_and_capacity_say() -> None:
    """Slow charges take their time: to 80 % of the capacity at C/20 are 16 h, and no voltage is held."""
    found = curves_of("conformal", "planar", "film", (0.05, 5.0))
    slow, fast = (one for one in found.charge or () if one.cell == "cell")
    assert slow.to_80_pct_min == same(0.8 * 20 * 60, rel=5e-3)
    assert slow.charged_uAh_cm2 == slow.constant_current_uAh_cm2
    whole = found.rate[0].capacity_uAh_cm2 / found.rate[0].utilisation
    assert fast.charged_uAh_cm2 == same(whole, rel=0.02)
    assert fast.constant_current_uAh_cm2 < 0.9 * whole
    assert fast.to_80_pct_min is not None
    assert fast.full_min is not None
    assert 9.6 * (1 - 1e-9) <= fast.to_80_pct_min < fast.full_min < 60
    assert curves_of("conformal", "planar", "analytic").charge is None


def test_a_flat_cell_charges_as_its_planes_do() -> None:
    rows = charge_rows(curves_of("conformal", "planar", "film", (0.05, 5.0)))
    assert rows
    assert all(row[6] == row[7] == row[4] not in ("-", NEVER) for row in rows)


def test_a_stack_of_cells_has_their_voltages_and_energies_together() -> None:
    one, three = curves_of("conformal", "pillars", "analytic"), curves_of("bipolar", "pillars", "analytic")
    for single, stack in zip(one.curves, three.curves, strict=True):
        assert np.array(stack.voltage_V) == same(3 * np.array(single.voltage_V), rel=1e-9)
        assert stack.rest_energy_mWh_cm2 == same(3 * single.rest_energy_mWh_cm2, rel=1e-9)
        assert stack.capacity_uAh_cm2 == same(single.capacity_uAh_cm2, rel=1e-9)


def test_the_json_has_the_keys_of_the_contract_and_the_csv_the_same_digits(
    tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "rate.csv"
    assert run("rate", PEARSE, "--fidelity", "analytic", "--json", "-o", out) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads((tmp_path / "rate.json").read_text())
    assert list(said) == [
        "name", "version", "design_sha256", "fidelity", "notes", "rate", "rate_summary", "curves",
        "planar_curves", "charge", "protocol",
    ]  # fmt: skip
    assert {"c_rate", "capacity_uAh_cm2", "voltage_V"} <= set(said["curves"][0])
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    read: dict[tuple[str, str], dict[str, list[float]]] = {}
    keys = ("time_s", "capacity_uAh_cm2", "voltage_V", "rest_voltage_V")
    for row in rows:
        curve = read.setdefault((row["cell"], row["c_rate"]), {key: [] for key in keys})
        for key in keys:
            curve[key].append(float(row[key]))
    told = {(one["cell"], repr(one["c_rate"])): one for one in said["curves"] + said["planar_curves"]}
    assert list(read) == list(told)
    for place, curve in read.items():
        assert curve == {key: told[place][key] for key in keys}
    assert has_mark(out)
    assert run("rate", PEARSE, "--fidelity", "analytic", "-o", out) == 0  # its own files are replaced


def test_what_is_printed(capsys: Captured) -> None:
    assert run("rate", IMEC, "--fidelity", "analytic") == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert lines[0].startswith("imec 2017, pillars with Cl-TiO2, by the ")
    assert lines[2].split("\t")[:3] == ["C-rate", "current, mA/cm2", "capacity, uAh/cm2"]
    assert "at best" in lines[3]
    assert "cathode interface, charge transfer" in text  # the lithium's: the film is this cell's anode
    assert "note: at best: exchange current of anode not known" in text


def test_outputs_that_are_refused_before_any_work(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "cell.yaml"
    file.write_text(VALID)
    named = tmp_path / "rate.csv"
    named.symlink_to(file)
    for output, said in (
        (file, "not a format of it; use .csv"),
        (named, "is read for this and would be replaced"),
        (tmp_path / "no" / "rate.csv", "does not exist"),
        (tmp_path / "rate.json", "give the name of the curves, rate.csv"),
        (tmp_path, "is a folder"),
    ):
        assert run("rate", file, "-o", output) == 2
        assert said in capsys.readouterr().err
    other = tmp_path / "theirs.json"
    other.write_text("{}")
    assert run("rate", file, "-o", tmp_path / "theirs.csv") == 2
    assert "theirs.json: exists and was not written by tfgeom" in capsys.readouterr().err
    assert other.read_text() == "{}"
    assert run("rate", file, "-o", tmp_path / "theirs.csv", "--force", "--fidelity", "analytic") == 0


def test_curves_go_down_a_pipe(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cell.yaml"
    file.write_text(VALID)
    assert run("rate", file, "--fidelity", "analytic", "-o", "/dev/stdout") == 0
    assert capfd.readouterr().out.startswith("design,cell,c_rate,footprint_current_mA_cm2,time_s,")
    assert [one.name for one in tmp_path.iterdir()] == ["cell.yaml"]


def test_designs_that_deliver_nothing_say_why(tmp_path: Path, capsys: Captured) -> None:
    assert run("rate", LEI) == 2
    assert "a design without layers and cell delivers nothing" in capsys.readouterr().err
    bare = tmp_path / "bare.yaml"
    bare.write_text(VALID.replace("LiV2O5", "LiNiO2"))
    assert run("rate", bare) == 2
    assert "there is no rate to compute: no open-circuit curve of cathode" in capsys.readouterr().err
    through = tmp_path / "through.json"
    through.write_text(json.dumps(design("through-holes", "flooded")))
    assert run("rate", through) == 2
    assert "there is no rate to compute: not yet supported: " in capsys.readouterr().err
    assert run("rate", PEARSE, "--fidelity", "exact") == 2
    assert "use one of analytic, film, fem" in capsys.readouterr().err


def test_every_number_of_a_curve_is_declared() -> None:
    from dataclasses import fields

    for kind in (RateCurves, CurveNumbers):
        assert all(declaration(field).title for field in fields(kind))
