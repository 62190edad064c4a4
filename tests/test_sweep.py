"""Grid sweeps: the same numbers as single evaluations, failures as rows, clear errors."""

import csv
import json
from pathlib import Path

import pytest

from tests.commands import run
from tests.shipped import DANILOV, PEARSE
from tfgeom.design import design_from_mapping, load_design, read_mapping, set_path
from tfgeom.errors import DesignError, UnsupportedError
from tfgeom.evaluation import evaluate
from tfgeom.sweep import load_sweep, run_sweep
from tfgeom.sweep.columns import flatten


def sweep_file(folder: Path, text: str) -> Path:
    path = folder / "sweep.yaml"
    path.write_text(f"base: {PEARSE}\n" + text)
    return path


GRID = """\
vary:
  relief.diameter: [300 nm, 3 um, 7 um]
  layers.cathode.thickness: {from: 20 nm, to: 0.2 um, steps: 3, scale: log}
method: grid
outputs: [footprint_capacity_uAh_cm2, resistance.asr_ohm_cm2, layers.cathode.capacity_gain, rate.10C.utilisation]
"""


def test_a_sweep_of_which_every_point_fails_could_not_be_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sweep_file(tmp_path, "vary: {relief.pitch: [1 um, -3 um, x, 5]}\nmethod: grid\n")
    assert run("sweep", file, "-o", tmp_path / "out") == 1
    out, err = capsys.readouterr()
    assert out.endswith("results.csv: 4 points, 4 failed\n")
    assert err.startswith("no point could be evaluated; the first: relief.diameter: ")
    assert [line.split(":")[0] for line in err.splitlines()[1:]] == ["  1 of 4"] * 4
    assert run("sweep", file, "-o", tmp_path / "one", "--limit", 1) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    some = sweep_file(tmp_path, "vary: {relief.pitch: [1 um, 6 um]}\nmethod: grid\n")
    assert run("sweep", some, "-o", tmp_path / "some") == 0


def test_no_cell_of_the_table_is_a_formula(tmp_path: Path) -> None:
    odd = ["=1+1", "+1", "-3 um", "@SUM(A1)", "\x1b[31m", "\t=1", "a\n=1", "5 um"]
    listed = ", ".join(json.dumps(text) for text in odd)
    run_sweep(sweep_file(tmp_path, f"vary: {{relief.pitch: [{listed}]}}\nmethod: grid\n"), tmp_path / "out")
    with (tmp_path / "out" / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    shown = ["'=1+1", "'+1", "'-3 um", "'@SUM(A1)", "\\x1b[31m", "\\t=1", "a\\n=1", "5 um"]
    assert [row["relief.pitch"] for row in rows] == shown
    assert not any(cell and cell[0] in "=+@\t\r\n" for row in rows for cell in row.values())


def test_grid_equals_single_evaluations(tmp_path: Path) -> None:
    result = run_sweep(sweep_file(tmp_path, GRID), tmp_path)
    with (tmp_path / "results.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "relief.diameter_nm",
        "layers.cathode.thickness_nm",
        "status",
        "error",
        "footprint_capacity_uAh_cm2",
        "resistance.asr_ohm_cm2",
        "layers.cathode.capacity_gain",
        "rate.10C.utilisation",
    ]
    assert [float(row["relief.diameter_nm"]) for row in rows] == [300] * 3 + [3000] * 3 + [7000] * 3
    thickness = [float(row["layers.cathode.thickness_nm"]) for row in rows[:3]]
    assert thickness == pytest.approx([20, 63.2455532, 200], rel=1e-9)
    assert [row["status"] for row in rows] == ["ok"] + ["failed"] * 2 + ["ok"] * 3 + ["failed"] * 3
    assert result.failed == 5
    mapping, _ = read_mapping(PEARSE)
    for row in rows[3:6]:
        single = evaluate(
            design_from_mapping(
                set_path(mapping, "layers.cathode.thickness", f"{row['layers.cathode.thickness_nm']} nm")
            )
        )
        assert single.capacity is not None
        assert single.rate is not None
        capacity = single.capacity.footprint_capacity_uAh_cm2
        assert float(row["footprint_capacity_uAh_cm2"]) == pytest.approx(capacity, rel=1e-9)
        ten = next(point for point in single.rate if point.c_rate == 10)
        assert float(row["rate.10C.utilisation"]) == pytest.approx(ten.utilisation, rel=1e-9)


def test_failed_points_say_why_and_hold_no_numbers(tmp_path: Path) -> None:
    result = run_sweep(sweep_file(tmp_path, GRID))
    merged, wide = result.rows[2], result.rows[8]
    assert "the films close the opening" in merged["error"]
    assert "7 um does not fit pitch 6 um" in wide["error"]
    assert merged["footprint_capacity_uAh_cm2"] is None
    assert not (tmp_path / "results.csv").exists()


def test_default_outputs_and_materials(tmp_path: Path) -> None:
    text = "vary: {materials.LiV2O5.exchange_current: [1 A/m^2, 5 A/m^2, 50 A/m^2]}\nmethod: grid\n"
    result = run_sweep(sweep_file(tmp_path, text))
    resistance = [row["resistance.asr_ohm_cm2"] for row in result.rows]
    assert resistance == sorted(resistance, reverse=True)
    assert [row["materials.LiV2O5.exchange_current_A_m2"] for row in result.rows] == [1, 5, 50]
    assert result.columns[3:] == (
        "geometry.area_gain",
        "geometry.gap_after_coating_nm",
        "capacity.footprint_capacity_uAh_cm2",
        "capacity.held_uAh_cm2",
        "capacity.n_to_p_ratio",
        "capacity.limiting_electrode",
        "capacity.footprint_capacity_gain",
        "energy.mean_voltage_V",
        "energy.footprint_energy_mWh_cm2",
        "energy.volumetric_energy_Wh_L.active",
        "resistance.asr_ohm_cm2",
        "resistance.planar_asr_ohm_cm2",
        "resistance.largest_part",
        "rate_summary.current_at_80pct_mA_cm2",
        "rate_summary.current_at_50pct_mA_cm2",
        "rate_summary.beats_best_plane_above_mA_cm2",
    )
    numbers = evaluate(load_design(PEARSE)).to_dict()
    flat = flatten(numbers)
    assert set(result.columns[3:]) <= set(flat)


def test_several_bases(tmp_path: Path) -> None:
    other = PEARSE.with_name("pearse_2018_holes_12um.yaml")
    path = tmp_path / "sweep.yaml"
    path.write_text(f"base: [{PEARSE}, {other}]\nvary: {{relief.pitch: [6 um]}}\nmethod: grid\n")
    result = run_sweep(path)
    assert [Path(row["base"]).stem for row in result.rows] == [
        "pearse_2018_holes_30um",
        "pearse_2018_holes_12um",
    ]
    assert result.rows[0]["geometry.area_gain"] > result.rows[1]["geometry.area_gain"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "vary: {relief.pich: [4 um]}\nmethod: grid\n",
            r"vary\.relief\.pich: no such path.*did you mean 'pitch'",
        ),
        ("vary: {layers.cathod.thickness: [4 nm]}\nmethod: grid\n", "did you mean 'cathode'"),
        ("vary: {relief.pitch: [6 um]}\nmethod: grd\n", r"method: 'grd' is not known; write 'method: grid'"),
        ("vary: {relief.pitch: [6 um]}\nmethod:\n", r"method: 'None' is not known"),
        ("vary: {relief.pitch: 6 um}\nmethod: grid\n", "must be a list of values"),
        ("vary: {relief.pitch: []}\nmethod: grid\n", "must be a list of values"),
        ("vary: {}\nmethod: grid\n", "vary: must map paths to values"),
        ("vary: {relief.pitch: {from: 4 um, steps: 3}}\nmethod: grid\n", "lacks to"),
        ("vary: {relief.pitch: {from: 4 um, to: 6 V, steps: 3}}\nmethod: grid\n", "not a unit of this kind"),
        ("vary: {relief.pitch: {from: 4 um, to: 6, steps: 3}}\nmethod: grid\n", "both be numbers with units"),
        ("vary: {relief.pitch: {from: 4 um, to: 6 um, steps: 1}}\nmethod: grid\n", "whole number of 2 to"),
        (
            "vary: {relief.pitch: {from: 0 um, to: 6 um, steps: 3, scale: log}}\nmethod: grid\n",
            "stay above 0",
        ),
        (
            "vary: {relief.pitch: {from: 4 um, to: 6 um, steps: 3, scale: exp}}\nmethod: grid\n",
            "use linear or log",
        ),
        ("vary: {relief.pitch: [6 um]}\nmethod: grid\noutput: [asr]\n", "did you mean 'outputs'"),
        ("vary: {relief.pitch: [6 um]}\nmethod: grid\noutputs: [asr_ohm_cm]\n", "did you mean asr_ohm_cm2"),
        ("vary: {relief.pitch: [6 um]}\nmethod: grid\nfidelity: best\n", "'best' is not known"),
        (
            "vary: {relief.pitch: {from: 4 um, to: 6 um, steps: 9999}, relief.depth: {from: 4 um, to: 6 um, "
            "steps: 9999}}\nmethod: grid\n",
            r"makes 1e\+08 points",
        ),
    ],
)
def test_bad_sweeps(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DesignError, match=message) as caught:
        run_sweep(sweep_file(tmp_path, text), tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'sweep.yaml'}:")
    assert not (tmp_path / "results.csv").exists()


def test_later_features_say_so(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="not yet supported"):
        load_sweep(sweep_file(tmp_path, "vary: {relief.pitch: [6 um]}\nbands: off\n"))


def test_missing_base(tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text("base: nowhere.yaml\nvary: {relief.pitch: [6 um]}\nmethod: grid\n")
    with pytest.raises(DesignError, match=r"sweep\.yaml:1:7: base: no file 'nowhere\.yaml'"):
        load_sweep(path)


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, folder = sweep_file(tmp_path, GRID), tmp_path / "out"
    assert run("sweep", path, "--dry-run") == 0
    assert capsys.readouterr().out.startswith("9 points")
    assert run("sweep", path, "-o", folder, "--limit", "2") == 0
    shown = capsys.readouterr()
    assert "2 points, 1 failed" in shown.out
    assert shown.err == ""  # no progress bar when nobody watches
    first = (folder / "journal.jsonl").read_text()
    assert run("sweep", path, "-o", folder) == 0  # goes on
    assert "9 points, 5 failed" in capsys.readouterr().out
    assert (folder / "journal.jsonl").read_text().startswith(first)
    table = (folder / "results.csv").read_text()
    assert run("sweep", path, "-o", folder, "--force") == 0
    assert "9 points, 5 failed" in capsys.readouterr().out
    assert (folder / "results.csv").read_text() == table
    assert run("sweep", path, "-o", tmp_path / "no" / "where") == 2
    assert "does not exist; create it" in capsys.readouterr().err
    assert run("sweep", tmp_path / "none.yaml") == 2
    assert "none.yaml" in capsys.readouterr().err


def test_mixed_units_and_zeros_stand_as_written(tmp_path: Path) -> None:
    text = "vary:\n  operation.temperature: [0 degC, 300 K]\n  relief.pitch: [6 um, 6500 nm]\nmethod: grid\n"
    rows = run_sweep(sweep_file(tmp_path, text)).rows
    assert [row["operation.temperature"] for row in rows] == ["0 degC", "0 degC", "300 K", "300 K"]
    assert [row["relief.pitch_um"] for row in rows] == [6, 6.5, 6, 6.5]
    mixed = "vary: {operation.initial_state_of_charge: [90 %, 0.5]}\nmethod: grid\n"
    rows = run_sweep(sweep_file(tmp_path, mixed)).rows
    assert [row["operation.initial_state_of_charge"] for row in rows] == ["90 %", 0.5]
    with pytest.raises(DesignError, match="different zeros: write all values in one of them"):
        load_sweep(
            sweep_file(
                tmp_path,
                "vary: {operation.temperature: {from: 0 degC, to: 300 K, steps: 3}}\nmethod: grid\n",
            )
        )


def test_misspelt_output_stops_at_the_first_good_point(tmp_path: Path) -> None:
    text = "vary: {relief.pitch: {from: 5 um, to: 8 um, steps: 500}}\nmethod: grid\noutputs: [asr]\n"
    done: list[bool] = []
    with pytest.raises(DesignError, match="no such number: 'asr'"):
        run_sweep(sweep_file(tmp_path, text), tmp_path / "out", progress=done.append)
    assert not done
    assert not (tmp_path / "out").exists()


def test_output_may_not_hide_a_parameter(tmp_path: Path) -> None:
    text = "vary: {name: [a, b]}\nmethod: grid\noutputs: [name]\n"
    with pytest.raises(DesignError, match="'name' is the name of another column"):
        run_sweep(sweep_file(tmp_path, text))


def test_an_output_means_one_number(tmp_path: Path) -> None:
    """The cell's own number before its planes' and rates'; what ends several is refused with their paths."""
    text = "vary: {relief.pitch: [6 um]}\nmethod: grid\noutputs: [mean_voltage_V, current_at_50pct_mA_cm2]\n"
    (row,) = run_sweep(sweep_file(tmp_path, text)).rows
    found = evaluate(load_design(PEARSE)).to_dict()
    assert row["mean_voltage_V"] == found["energy"]["mean_voltage_V"]
    assert row["current_at_50pct_mA_cm2"] == found["rate_summary"]["current_at_50pct_mA_cm2"]
    for name, paths in (
        ("utilisation", r"rate\.0\.1C\.utilisation, rate\."),
        ("volume_um3", r"layers\.inner_collector\.volume_um3, layers\."),
        ("active", r"energy\.volumetric_energy_Wh_L\.active, energy\.specific_energy_Wh_kg\.active"),
    ):
        text = f"vary: {{relief.pitch: [6 um]}}\nmethod: grid\noutputs: [{name}]\n"
        with pytest.raises(DesignError, match=f"'{name}' ends several numbers; give the whole path.*{paths}"):
            run_sweep(sweep_file(tmp_path, text))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("relief.density: [1e6 cm^-2, 2e6 cm^-2]", "relief.gap: [2 um, 3 um]"),
        ("relief.diameter: [3 um, 4 um]", "relief.radius: [1 um, 2 um]"),
        ("layers.cathode.thickness: [20 nm, 30 nm]", "layers.1.thickness: [40 nm]"),
        (
            "layers.cathode: [{role: cathode, material: LiV2O5, thickness: 70 nm}]",
            "layers.1.thickness: [40 nm]",
        ),
    ],
)
def test_two_paths_of_one_size_are_refused(tmp_path: Path, first: str, second: str) -> None:
    """The second would silently undo the first."""
    file = sweep_file(tmp_path, f"vary:\n  {first}\n  {second}\nmethod: grid\n")
    one, other = (text.partition(":")[0] for text in (first, second))
    with pytest.raises(DesignError) as error:
        run_sweep(file, tmp_path / "out")
    expected = f"sweep.yaml:4:3: vary.{other}: changes what '{one}' sets too; vary one of them"
    assert str(error.value).endswith(expected), error.value
    assert not (tmp_path / "out").exists()


def test_both_pitches_of_a_rectangular_lattice_vary(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    relief = "{kind: pillars, lattice: rectangular, pitch: [4 um, 6 um], radius: 1 um, height: 5 um}"
    base.write_text(f"schema_version: 1\nname: p\nrelief: {relief}\n")
    file = tmp_path / "both.yaml"
    file.write_text(
        "base: base.yaml\nvary: {relief.pitch.0: [4 um], relief.pitch.1: [5 um], relief.radius: [1 um]}\n"
        "method: grid\noutputs: [geometry.footprint_um2]\n"
    )
    assert [row["geometry.footprint_um2"] for row in run_sweep(file).rows] == [pytest.approx(20)]


def test_a_sweep_is_a_grid_unless_it_says_otherwise(tmp_path: Path) -> None:
    vary = "vary: {relief.pitch: [5 um, 6 um], relief.depth: [4 um, 5 um]}\n"
    told, untold = (run_sweep(sweep_file(tmp_path, vary + more)) for more in ("method: grid\n", ""))
    assert told.rows == untold.rows
    assert len(untold.rows) == 4


def test_a_sweep_by_the_film_model_says_so_in_every_row(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        f"base: {DANILOV}\nvary: {{layers.cathode.thickness: [200 nm, 320 nm]}}\nfidelity: film\n"
        "outputs: [rate.1.6C.method, rate.1.6C.utilisation]\n"
    )
    rows = run_sweep(load_sweep(file), tmp_path / "out").rows
    assert [row["rate.1.6C.method"] for row in rows] == ["film model"] * 2
    assert all(0.9 < float(row["rate.1.6C.utilisation"]) <= 1 for row in rows)
