"""`tfgeom optimize`: fronts against closed optima, against each design by itself, and what it leaves behind."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.commands import run
from tests.pages import Page
from tests.shipped import ROOT
from tests.swept import base, sweep_of
from tfgeom.design import load_design
from tfgeom.errors import DesignError, TfgeomError, UnsupportedError
from tfgeom.evaluation import evaluate
from tfgeom.search import SearchSpec, load_search, run_search
from tfgeom.search.front import beaten_by_none, spread
from tfgeom.sweep import read_sweep

PILLARS = """\
schema_version: 1
name: pillars
relief: {{kind: pillars, lattice: {lattice}, pitch: 3 um, diameter: 1.399 um, height: 50 um}}
cell: {{type: conformal}}
operation: {{voltage: {{min: 2 V, max: 4.2 V}}, temperature: 25 degC}}
layers:
  - {{role: cathode, material: LiCoO2, thickness: 0.3 um}}
  - {{role: electrolyte, material: LiPON, thickness: 0.3 um}}
  - {{role: anode, material: Si, thickness: 0.2 um}}
"""
BEST = 1.00143e-6
"""Diameter of pillars, their coated walls 1 nm apart, of largest capacity gain: film 0.3 um, stack 0.8 um, 50 um."""
TWO = """\
vary: {relief.pitch: {from: 3 um, to: 9 um}, relief.diameter: {from: 1 um, to: 8 um}}
constraints: [wall_nm > 500, relief.diameter > 1.5 um]
objectives: {area_gain: maximize, feature_aspect_ratio: minimize}
"""
HOLES = "{kind: holes, lattice: square, pitch: 5 um, diameter: 3 um, depth: 30 um}"


def search(folder: Path, text: str, relief: str = HOLES) -> SearchSpec:
    found = load_search(sweep_of(folder, text, relief))
    assert isinstance(found, SearchSpec)
    return found


@pytest.mark.parametrize("lattice", ["square", "hexagonal"])
def test_pillars_whose_coated_walls_nearly_meet_are_best_at_their_closed_optimum(
    tmp_path: Path, lattice: str
) -> None:
    """The height over which the cathode covers a pillar is 50 um; its volume per area does not ask for the lattice."""
    (tmp_path / "pillars.yaml").write_text(PILLARS.format(lattice=lattice))
    file = tmp_path / "asked.yaml"
    file.write_text(
        "base: pillars.yaml\nvary: {relief.diameter: {from: 0.2 um, to: 5 um, scale: log}}\n"
        "ties: {relief.pitch: relief.diameter + 1.601 um}\nobjectives: {footprint_capacity_gain: maximize}\n"
    )
    result = run_search(file, 128)
    point = result.space.point(0, result.tried.points, result.front[0])
    found = float(str(point.values["relief.diameter"]).removesuffix(" um")) * 1e-6
    assert found == pytest.approx(BEST, rel=1e-4)


def test_holes_at_a_fixed_wall_are_best_as_wide_as_the_wall(tmp_path: Path) -> None:
    """1 + pi d h / (d + s)^2 is largest at d = s."""
    result = run_search(
        search(
            tmp_path,
            "vary: {relief.diameter: {from: 0.3 um, to: 9 um}}\nties: {relief.pitch: relief.diameter + 1.7 um}\n"
            "objectives: {area_gain: maximize}\n",
        ),
        64,
    )
    best = result.front[0]
    diameter = result.space.drawn(result.tried.points.shares[best])["relief.diameter"]
    assert float(diameter.removesuffix(" um")) == pytest.approx(1.7, rel=1e-4)
    assert result.tried.found.numbers["area_gain"][best] == pytest.approx(
        1 + math.pi * 30 / (4 * 1.7), rel=1e-8
    )


def test_a_front_is_the_closed_one(tmp_path: Path) -> None:
    """Walls at their least, the area gain of holes over the aspect ratio is a curve: d alone is left."""
    result = run_search(search(tmp_path, TWO), 512)
    numbers = result.rounded.numbers
    diameter = 30 / numbers["feature_aspect_ratio"]
    best = np.minimum(diameter + 0.5, 9.0)
    allowed = np.maximum(best, 3.0)
    assert np.allclose(numbers["area_gain"], 1 + math.pi * diameter * 30 / allowed**2, rtol=1e-6)
    assert (
        numbers["feature_aspect_ratio"].max() > 11.9
    )  # 30 um over 2.5 um: wider ones at pitch 3 um gain less
    assert numbers["feature_aspect_ratio"].min() == pytest.approx(30 / 8, rel=1e-3)
    assert len(result.front) > 30
    assert (numbers["area_gain"][:-1] >= numbers["area_gain"][1:]).all()


def test_a_search_is_the_same_every_time_and_another_with_another_seed(tmp_path: Path) -> None:
    first, again, other = (
        run_search(search(tmp_path, TWO + seed), 128) for seed in ("seed: 1\n", "seed: 1\n", "seed: 2\n")
    )
    assert np.array_equal(first.tried.points.shares, again.tried.points.shares)
    assert first.front == again.front
    assert not np.array_equal(first.tried.points.shares[:32], other.tried.points.shares[:32])


def test_the_folder_holds_the_front_as_designs_of_the_same_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = (
        sweep_of(tmp_path, TWO + "ties: {relief.depth: relief.diameter * 10}\n", HOLES),
        tmp_path / "out",
    )
    assert run("optimize", file, "-o", out, "--trials", 128, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    with (out / "pareto.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert [*rows[0]] == [
        "relief.pitch_um",
        "relief.diameter_um",
        "relief.depth_um",
        "area_gain",
        "feature_aspect_ratio",
        "wall_nm",
        "design",
    ]
    assert len(rows) == len(said["front"]) == len(list((out / "front").iterdir()))
    for row in rows[:: max(1, len(rows) // 5)]:
        design = load_design(out / row["design"])
        numbers = evaluate(design).geometry
        assert numbers.area_gain == pytest.approx(float(row["area_gain"]), rel=1e-9)
        assert numbers.wall_nm == pytest.approx(float(row["wall_nm"]), rel=1e-9)
        assert float(row["wall_nm"]) > 500
        assert float(row["relief.depth_um"]) == pytest.approx(
            10 * float(row["relief.diameter_um"]), rel=1e-12
        )
    assert (out / rows[0]["design"]).read_text().startswith("# Design 1 of ")
    stored = read_sweep(out)
    assert len(stored.rows) == said["designs"]
    assert {row["status"] for row in stored.rows} == {"ok", "excluded", "failed"}
    assert stored.manifest.asked["objectives"] == {
        "area_gain": "maximize",
        "feature_aspect_ratio": "minimize",
    }


def test_the_same_command_goes_on_and_another_search_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = sweep_of(tmp_path, TWO, HOLES), tmp_path / "out"
    assert run("optimize", file, "-o", out, "--trials", 64) == 0
    whole = {name: (out / name).read_bytes() for name in ("results.csv", "pareto.csv", "journal.jsonl")}
    lines = whole["journal.jsonl"].splitlines(keepends=True)
    (out / "journal.jsonl").write_bytes(b"".join(lines[:20]) + lines[20][:30])
    (out / "results.csv").unlink()
    assert run("optimize", file, "-o", out, "--trials", 64) == 0
    assert {name: (out / name).read_bytes() for name in whole} == whole
    page = json.loads(Page((out / "sweep.html").read_text(encoding="utf-8")).scripts["sweep-points"])
    first = [page["columns"][place] for place in page["first"]]
    assert [(one["title"], one["more"]) for one in first] == [
        ("area gain", True),
        ("feature aspect ratio", False),
    ]
    capsys.readouterr()
    assert run("optimize", file, "-o", out, "--trials", 128) == 2
    assert "holds another sweep (not the same: trials)" in capsys.readouterr().err
    assert run("optimize", file, "-o", out, "--trials", 128, "--force") == 0


def test_choices_are_searched_too_and_lists_alone_are_tried_whole(tmp_path: Path) -> None:
    text = (
        "vary: {relief.lattice: [square, hexagonal], relief.diameter: {from: 1 um, to: 4.4 um}}\n"
        "objectives: {area_gain: maximize}\n"
    )
    result = run_search(search(tmp_path, text), 128)
    best = result.space.drawn(result.tried.points.shares[result.front[0]])
    assert best == {"relief.lattice": "hexagonal", "relief.diameter": "4.4 um"}
    listed = "vary: {relief.lattice: [square, hexagonal], relief.pitch: [4 um, 5 um]}\nobjectives: {area_gain: maximize}\n"
    result = run_search(search(tmp_path, listed), 32)
    assert len(result.tried) == 4


def test_constraints_that_exclude_all_are_counted(tmp_path: Path) -> None:
    with pytest.raises(
        TfgeomError, match=r"of \d+ designs not one counts: \d+ miss 'area_gain > 1000000'"
    ) as error:
        run_search(
            search(
                tmp_path,
                "vary: {relief.pitch: {from: 4 um, to: 9 um}}\nconstraints: [area_gain > 1000000]\n"
                "objectives: {area_gain: maximize}\n",
            ),
            64,
        )
    assert error.value.exit_code == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "vary: {relief.pich: {from: 4 um, to: 5 um}}\nobjectives: {area_gain: maximize}\n",
            "did you mean 'pitch'",
        ),
        (
            "vary: {relief.pitch: {from: 4 um, to: 5 um}}\nobjectives: {area_gian: maximize}\n",
            "did you mean area_gain",
        ),
        (
            "vary: {relief.pitch: {from: 4 um, to: 5 um}}\nobjectives: {area_gain: most}\n",
            "write maximize or minimize",
        ),
        (
            "vary: {relief.pitch: {from: 4 um, to: 4 um}}\nobjectives: {area_gain: maximize}\n",
            "is empty; give two different",
        ),
        (
            "vary: {relief.pitch: {from: 4 um, to: 5 V}}\nobjectives: {area_gain: maximize}\n",
            "vary.relief.pitch",
        ),
        ("vary: {relief.pitch: {from: 4 um, to: 5 um}}\n", "says nothing to search for"),
        (
            "vary: {relief.pitch: {from: 4 um, to: 5 um}}\nmethod: grid\nobjectives: {area_gain: maximize}\n",
            "remove it",
        ),
        (
            "vary: {relief.pitch: {from: 4 um, to: 5 um}}\nobjectives: {area_gain: maximize}\n"
            "ties: {relief.depth: relief.diameter, relief.diameter: relief.depth}\n",
            "ties go in a circle",
        ),
        (
            "vary: {relief.pitch: {from: 4 um, to: 5 um}}\nconstraints: [area_gian > 3]\n"
            "objectives: {area_gain: maximize}\n",
            r"constraints\.0: no such number: 'area_gian'; did you mean area_gain",
        ),
    ],
)
def test_bad_input_is_told_before_anything_is_written(tmp_path: Path, text: str, message: str) -> None:
    file = sweep_of(tmp_path, text, HOLES)
    with pytest.raises(DesignError, match=message) as error:
        run_search(file, 32)
    assert str(error.value).startswith(f"{file}:") or "says nothing" in message
    assert run("optimize", file, "-o", tmp_path / "out") == 2
    assert not (tmp_path / "out").exists()


def test_films_in_time_are_not_searched_yet(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="not yet supported: a search at fidelity film") as error:
        search(tmp_path, TWO + "fidelity: film\n")
    assert error.value.exit_code == 1


def test_a_sweep_refuses_what_is_for_a_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sweep", sweep_of(tmp_path, TWO, HOLES), "-o", tmp_path / "out") == 2
    assert "'tfgeom optimize " in capsys.readouterr().err


def test_the_shipped_search_has_a_front(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = run_search("designs/sweeps/energy_and_resistance.yaml", 256)
    numbers = result.rounded.numbers
    assert len(result.front) > 30
    assert (np.diff(numbers["footprint_energy_mWh_cm2"]) < 0).all()
    assert (np.diff(numbers["asr_ohm_cm2"]) < 0).all()
    assert numbers["wall_nm"].min() > 300
    assert numbers["gap_after_coating_nm"].min() > 200


def test_points_that_no_other_beats() -> None:
    points = np.array([[1, 4], [2, 2], [4, 1], [2, 3], [4, 4], [2, 2]], dtype=float)
    assert beaten_by_none(points).tolist() == [True, True, True, False, False, False]
    random = np.random.default_rng(1).random((300, 3))
    slow = [
        not ((other <= row).all(axis=1) & (other < row).any(axis=1)).any()
        for row in random
        for other in [random]
    ]
    assert beaten_by_none(random).tolist() == slow
    line = np.stack([np.linspace(0, 1, 101), np.linspace(1, 0, 101)], axis=1)
    assert spread(line, 5).tolist() == [0, 25, 50, 75, 100]


def test_the_base_need_not_be_possible(tmp_path: Path) -> None:
    base(tmp_path, "{kind: holes, lattice: square, pitch: 2 um, diameter: 3 um, depth: 30 um}")
    file = tmp_path / "asked.yaml"
    file.write_text(
        "base: base.yaml\nvary: {relief.pitch: {from: 1 um, to: 9 um}}\nobjectives: {area_gain: maximize}\n"
    )
    result = run_search(file, 128)
    pitch = result.space.drawn(result.tried.points.shares[result.front[0]])["relief.pitch"]
    assert 3 < float(pitch.removesuffix(" um")) < 3.01
