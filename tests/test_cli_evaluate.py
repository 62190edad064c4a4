"""`tfgeom evaluate`: text for people, one JSON object for programs, exit codes."""

import json
from pathlib import Path

import pytest

from tests.commands import run
from tests.shipped import DANILOV, IMEC, LEI, PEARSE
from tfgeom.design import load_design
from tfgeom.evaluation import evaluate


def test_json_is_the_evaluation(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", PEARSE, "--json", "--bands", "off") == 0
    shown = capsys.readouterr()
    expected = json.loads(json.dumps(evaluate(load_design(PEARSE)).to_dict()))
    assert json.loads(shown.out) == expected
    assert shown.err == ""


def test_text_holds_the_headline_and_marks_estimates(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", PEARSE) == 0
    text = capsys.readouterr().out
    assert "footprint capacity gain      9.61 (" in text
    assert "estimated, from memory:" in text
    assert "LiV2O5 exchange current" in text
    assert "not counted: losses along the collectors across the chip" in text
    assert "published footprint_capacity_gain: 9.3, computed 9.606 (+3.3%, inside)" in text


def test_flooded_and_geometry_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", IMEC, "--bands", "off") == 0
    text = capsys.readouterr().out
    assert "area-specific resistance     at best" in text
    assert "at best: exchange current of anode not known" in text
    assert run("evaluate", LEI, "--bands", "off") == 0
    assert "area gain                    241" in capsys.readouterr().out


def test_fidelities(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", DANILOV, "--fidelity", "film", "--json") == 0
    assert {row["method"] for row in json.loads(capsys.readouterr().out)["rate"]} == {"film model"}
    assert run("evaluate", PEARSE, "--fidelity", "best") == 2
    assert "use one of analytic, film, fem" in capsys.readouterr().err


def test_merging_design_exits_2_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.yaml"
    text = PEARSE.read_text()
    path.write_text(text.replace("thickness: 25 nm", "thickness: 1.6 um"))
    assert run("evaluate", str(path)) == 2
    shown = capsys.readouterr()
    line = 1 + next(i for i, row in enumerate(path.read_text().splitlines()) if "1.6 um" in row)
    assert shown.err.startswith(f"{path}:{line}:")
    assert "layers.outer_collector.thickness: the films close the opening" in shown.err
    assert shown.out == ""


def test_transport_of_a_design_without_films(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("transport", LEI) == 2
    assert "layers: is missing: a design without films has no resistance" in capsys.readouterr().err
