"""Open-circuit curves from lists and CSV files: percent, millivolts, order, repeats, noise, windows."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from tests.commands import Captured, run
from tests.curve_designs import designed, evaluated, mean_voltage, write_design
from tfgeom import dump_design, evaluate, load_design
from tfgeom.design import design_sha256
from tfgeom.errors import DesignError

X, V = [0.0, 0.5, 1.0], [4.2, 3.9, 3.0]
MEAN = PchipInterpolator(X, V).integrate(0, 1)
"""Mean of the curve through three points, by scipy: 3.8 V."""

FALLING_X = "{x: [1.0, 0.87, 0.84, 0.8, 0.77, 0.73], V: [3.5, 3.556, 3.58, 3.622, 3.663, 3.697]}"


def of_file(folder: Path, text: str, curve: str = "{file: ocv.csv}", **keys: object) -> float:
    (folder / "ocv.csv").write_bytes(text.encode())
    return mean_voltage(evaluated(folder, curve, **keys))


def refused(folder: Path, curve: str, **keys: object) -> str:
    with pytest.raises(DesignError) as error:
        evaluated(folder, curve, **keys)
    assert len(error.value.issues) == 1, error.value
    return str(error.value)


def refused_file(folder: Path, text: str, curve: str = "{file: ocv.csv}", **keys: object) -> str:
    (folder / "ocv.csv").write_bytes(text.encode())
    return refused(folder, curve, **keys)


def test_the_mean_by_hand() -> None:
    assert pytest.approx(3.8, abs=1e-12) == MEAN


@pytest.mark.parametrize(
    "curve",
    [
        "{table: {x: [0, 0.5, 1], V: [4.2, 3.9, 3.0]}}",
        "{table: {x: [0, 0.5, 1], mV: [4200, 3900, 3000]}}",
        "{table: {x: [0, 0.5, 1], potential: [4.2, 3.9, 3.0]}}",
        "{table: {x: [1, 0.5, 0], V: [3.0, 3.9, 4.2]}}",
        "{table: {x: [0 %, 50 %, 100 %], V: [4.2, 3.9, 3.0]}}",
        "{table: {x: [0, 50, 100], V: [4.2, 3.9, 3.0]}, scale: percent}",
        "{table: {x: [0, 50, 100], V: [4.2, 3.9, 3.0]}, window: [0, 100]}",
        "{table: {x: [0, 50, 100], V: [4.2, 3.9, 3.0]}, scale: percent, window: [0, 100]}",
        "{table: {soc: [0, 0.5, 1], V: [3.0, 3.9, 4.2]}}",
        "{table: {soc: [100, 50, 0], V: [4.2, 3.9, 3.0]}, scale: percent}",
        "{table: {soc: [0, 0.5, 1], V: [3.0, 3.9, 4.2]}, window: [1, 0]}",
        "{table: {x: [0, 0.5, 1], V: [4.2 V, 3900 mV, 3.0 V]}}",
        "{form: pchip, parameters: {x: [0, 0.5, 1], potential: [4.2 V, 3.9 V, 3.0 V]}}",
        "{form: pchip, parameters: {x: [1, 0.5, 0], potential: [3.0, 3.9, 4.2]}}",
    ],
)
def test_one_table_in_many_words(tmp_path: Path, curve: str) -> None:
    found = evaluated(tmp_path, curve)
    assert mean_voltage(found) == pytest.approx(MEAN, abs=1e-9)
    assert found.energy is not None
    assert found.energy.footprint_energy_mWh_cm2 == pytest.approx(MEAN * 49e-3, rel=1e-9)


def test_a_state_of_charge_of_an_anode_is_its_filling(tmp_path: Path) -> None:
    by_charge = designed(tmp_path, "{table: {soc: [0, 0.5, 1], V: [0.9, 0.3, 0.1]}}", role="anode")
    by_filling = designed(tmp_path, "{table: {x: [0, 0.5, 1], V: [0.9, 0.3, 0.1]}}", role="anode")
    assert by_charge == by_filling
    message = refused(tmp_path, "{table: {soc: [0, 1], V: [0.9, 0.1]}}", role="cathode")
    assert "rises from 0.1 V to 0.9 V where the electrode fills from soc 1 to 0" in message


def test_a_window_of_charge_that_runs_the_wrong_way(tmp_path: Path) -> None:
    message = refused(tmp_path, "{table: {soc: [0, 1], V: [3.0, 4.2]}, window: [0, 1]}")
    assert "open_circuit.window: [0, 1] runs the wrong way" in message
    assert "write [1, 0]" in message


def test_x_falls_in_the_file_of_a_cycler(tmp_path: Path) -> None:
    points = sorted(
        zip([1.0, 0.87, 0.84, 0.8, 0.77, 0.73], [3.5, 3.556, 3.58, 3.622, 3.663, 3.697], strict=True)
    )
    by_hand = PchipInterpolator(*zip(*points, strict=True)).integrate(0.73, 1) / 0.27
    found = evaluated(tmp_path, f"{{table: {FALLING_X}, window: [0.73, 1]}}")
    assert mean_voltage(found) == pytest.approx(by_hand, abs=1e-6)
    assert by_hand == pytest.approx(3.576, abs=5e-4)


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        (
            "{table: {x: [0, 50, 100], V: [4.2, 3.9, 3.0]}}",
            r"table\.x: x runs from 0 to 100, the window from 0 to 1: in percent that is 0 to 1, .*'window: \[0, 100\]'",
        ),
        (
            "{table: {x: [0, 50, 100], V: [4.2, 3.9, 3.0]}, window: [0.4, 1]}",
            "x runs from 0 to 100, the window from 0.4 to 1",
        ),
        (
            "{table: {x: [0, 0.5, 1], V: [4200, 3900, 3000]}}",
            r"table\.V: .*4200 V as it stands, 4\.2 V if .*millivolts",
        ),
        (
            "{table: {x: [0, 0.3], V: [4.2, 3.0]}}",
            r"x runs from 0 to 0\.3, the window from 0 to 1: 70%.*\[0, 0\.3\]",
        ),
        (
            "{table: {x: [0, 0.3], V: [4.2, 3.0]}, window: [0.5, 1]}",
            r"from 0 to 0\.3, the window from 0\.5 to 1",
        ),
        ("{table: {x: [0, 1], V: [4.2, 3.0]}, scale: percent}", r"from 0 to 0\.01, the window from 0 to 1"),
        (
            "{table: {x: [0, 0.5, 0.5, 1], V: [4.2, 3.9, 3.89, 3]}}",
            r"stands 2 times, with 3\.89 V and 3\.9 V.*'smooth: 5 mV'",
        ),
        ("{table: {x: [0, 1, 0.5], V: [4.2, 3.9, 3.0]}}", "turns round at point 2"),
        ("{table: {x: [0, 1], V: [3.0, 4.2]}}", "rises from 3 V to 4.2 V.*name it 'soc'"),
        (
            "{table: {x: [0, 1], V: [4.2, 3]}, window: [0, 0.02]}",
            r"from 0 to 1, the window from 0 to 0\.02: it would use 2 %",
        ),
        (
            "{table: {soc: [0, 100], V: [3, 4.2]}}",
            "soc runs from 0 to 100.*as a fraction it is 100 times charged",
        ),
        ("3.4 V", r"'3\.4 V' is a constant potential, stated as.*potential: 3\.4\}, window"),
        ("ocv.csv", r"a file is named by 'open_circuit: \{file: ocv\.csv\}'"),
        ("{table: {x: [0, 1], V: [4.2]}}", "has 2 numbers and V 1"),
        ("{table: {x: [0, 1], V: [4.2, .nan]}}", "number 2"),
        ("{table: {x: [0, one], V: [4.2, 3]}}", "number 2: 'one' is not a number"),
        ("{table: {x: [0, 1], V: [4.2, 3 mA]}}", "number 2: .*voltage"),
        ("{table: {x: [0.5, 0.5], V: [4.2, 4.2]}}", "holds 1 point"),
        ("{table: {x: [0, 1], soc: [0, 1], V: [4.2, 3]}}", r"table\.soc: stands beside 'x'"),
        ("{table: {X: [0, 1], V: [4.2, 3]}}", r"table\.X: unknown key; did you mean 'x'"),
        ("{table: {x: [0, 1]}}", "lacks V or mV"),
        (
            "{table: {x: [0, 1], V: [4.2, 3]}, window: [1, 1]}",
            r"\[1\.0, 1\.0\] must be two different numbers",
        ),
        ("{table: {x: [0, 1], V: [4.2, 3]}, scale: 100}", "scale: must be percent or fraction, not 100"),
        ("{table: [1, 2]}", "must be lists such as"),
        ("{form: linear, parameters: {x: [0, 1], potential: [4.2, 3]}}", "a table is of form pchip"),
    ],
)
def test_what_is_not_declared_or_disagrees_is_refused_at_its_place(
    tmp_path: Path, curve: str, expected: str
) -> None:
    message = refused(tmp_path, curve)
    assert re.search(expected, message), message
    assert re.match(r".*design\.yaml:20:\d+: materials\.Mine\.open_circuit", message), message


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "ocv.csv").write_bytes("Füllung;U\n0;4,2\n1;3\n".encode("cp1252"))
    message = refused(tmp_path, "{file: ocv.csv, x: 1, V: 2}")
    assert "'ocv.csv', line 1, column 2: is not a text file; a curve is a CSV file in UTF-8" in message
    assert "Windows-1252" in message


def test_a_missing_file_is_named_with_its_place(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "ocv.csv").write_text("sto,U [V]\n0,4.2\n0.5,3.9\n1,3.0\n")
    file = write_design(tmp_path, "{file: ocv.csv}")
    assert run("check", file) == 0
    elsewhere = tmp_path / "moved"
    elsewhere.mkdir()
    moved = Path(shutil.move(file, elsewhere))
    capsys.readouterr()
    assert run("check", moved) == 2
    error = capsys.readouterr().err
    assert re.search(
        r"moved/design\.yaml:20:26: materials\.Mine\.open_circuit\.file: no such file as 'ocv\.csv'", error
    ), error


@pytest.mark.parametrize("name", [".", "/dev/zero", "x.xlsx", "''", "[1]", "a\\0b"])
def test_what_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK")
    assert "open_circuit.file" in refused(
        tmp_path, f'{{file: "{name}"}}' if "\\" in name else f"{{file: {name}}}"
    )


def test_a_design_carries_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written, the design stands by itself; a changed file is another design."""
    csv = tmp_path / "ocv.csv"
    csv.write_text("sto,U [V]\n0,4.2\n0.5,3.9\n1,3.0\n")
    first = designed(tmp_path, "{file: ocv.csv}")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    copy = elsewhere / "copy.yaml"
    copy.write_text(dump_design(first), encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    second = load_design(copy)
    assert second == first
    assert design_sha256(second) == design_sha256(first)
    one, two = evaluate(first), evaluate(second)
    assert one.to_dict() == two.to_dict()
    sources = {
        row.source for row in one.provenance if row.property == "open_circuit" and row.material == "Mine"
    }
    assert sources == {"ocv.csv"}
    csv.write_text("sto,U [V]\n0,4.2\n0.5,3.9\n1,3.001\n")
    assert design_sha256(load_design(tmp_path / "design.yaml")) != design_sha256(first)


def test_a_sweep_looks_for_files_beside_the_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tfgeom.sweep import run_sweep

    inner = tmp_path / "designs"
    inner.mkdir()
    (inner / "ocv.csv").write_text("sto,U [V]\n0,4.2\n0.5,3.9\n1,3.0\n")
    write_design(inner, "{file: ocv.csv}")
    sweep = tmp_path / "s.yaml"
    sweep.write_text(
        "base: designs/design.yaml\nmethod: grid\nvary: {layers.cathode.thickness: [1 um, 2 um]}\noutputs: [mean_voltage_V]\n"
    )
    monkeypatch.chdir(tmp_path.parent)
    rows = run_sweep(sweep).rows
    assert [row["status"] for row in rows] == ["ok", "ok"]
    assert [row["mean_voltage_V"] for row in rows] == pytest.approx([float(MEAN)] * 2)


def noisy(count: int, volts: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(0, 1, count)
    return x, 4.2 - 0.8 * x - 0.2 * x**3 + np.random.default_rng(seed).normal(0, volts, count)


def noisy_file(folder: Path, x: np.ndarray, v: np.ndarray) -> None:
    rows = "".join(f"{a:.6f},{b:.6f}\n" for a, b in zip(x, v, strict=True))
    (folder / "ocv.csv").write_text("x,V\n" + rows)


def test_noise_is_smoothed_within_the_band_that_is_allowed(tmp_path: Path) -> None:
    x, v = noisy(400, 2e-3)
    noisy_file(tmp_path, x, v)
    message = refused(tmp_path, "{file: ocv.csv}")
    offered = re.search(r"as noise it needs 'smooth: ([\d.]+) mV'", message)
    assert offered, message
    found = designed(tmp_path, f"{{file: ocv.csv, smooth: {offered[1]} mV}}")
    curve = found.materials["Mine"].open_circuit
    assert curve is not None
    read = PchipInterpolator(curve.parameters["x"], curve.parameters["potential"])
    away = np.abs(read(x) - np.round(v, 6)).max()
    assert away <= float(offered[1]) * 1e-3 * (1 + 1e-9)
    assert curve.departure == pytest.approx(away, rel=1e-3)
    dense = read(np.linspace(0, 1, 5001))
    assert np.all(np.diff(dense) <= 1e-12)
    true = 4.2 - 0.8 * np.linspace(0, 1, 5001) - 0.2 * np.linspace(0, 1, 5001) ** 3
    assert np.abs(dense - true).max() < 6e-3
    assert np.abs(dense - true).mean() < 1e-3
    numbers = evaluate(found)
    assert mean_voltage(numbers) == pytest.approx(4.2 - 0.4 - 0.05, abs=5e-4)
    notes = [note for note in numbers.notes if "smoothed" in note]
    assert len(notes) == 1
    said = re.search(r"up to ([\d.]+) mV from it", notes[0])
    assert said
    assert float(said[1]) == pytest.approx(away * 1e3, rel=5e-3)


def test_less_than_the_noise_is_refused(tmp_path: Path) -> None:
    noisy_file(tmp_path, *noisy(400, 2e-3))
    assert re.search(
        r"smooth: .* 1 mV is too little: 'smooth: [4-9]\.?\d* mV'",
        refused(tmp_path, "{file: ocv.csv, smooth: 1 mV}"),
    )
    assert "more than 0 and at most 500 mV" in refused(tmp_path, "{file: ocv.csv, smooth: 1 V}")
    assert "smooth: needs a unit" in refused(tmp_path, "{file: ocv.csv, smooth: 5}")


def test_both_directions_are_smoothed_into_their_middle(tmp_path: Path) -> None:
    """Charge and discharge 20 mV apart: the curve between them is 10 mV from both."""
    x = np.concatenate([np.linspace(0, 1, 21), np.linspace(1, 0, 21)])
    v = 4.0 - 0.5 * x + np.repeat([0.01, -0.01], 21)
    noisy_file(tmp_path, x, v)
    assert "turns round at line" in refused(tmp_path, "{file: ocv.csv}")
    found = evaluated(tmp_path, "{file: ocv.csv, smooth: 10.1 mV}")
    assert mean_voltage(found) == pytest.approx(3.75, abs=1e-6)


def test_a_long_file_is_thinned_where_that_is_allowed(tmp_path: Path) -> None:
    x, v = noisy(9000, 0)
    noisy_file(tmp_path, x, v)
    assert "has 9000 points, a curve at most 4000; 'smooth: 1 mV'" in refused(tmp_path, "{file: ocv.csv}")
    found = designed(tmp_path, "{file: ocv.csv, smooth: 1 mV}")
    curve = found.materials["Mine"].open_circuit
    assert curve is not None
    assert len(curve.parameters["x"]) <= 4000
    read = PchipInterpolator(curve.parameters["x"], curve.parameters["potential"])
    assert np.abs(read(x) - v).max() <= 1e-3
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_design(found), encoding="utf-8")
    assert load_design(copy) == found


def test_repeats_that_agree_are_one(tmp_path: Path) -> None:
    curve = (
        designed(tmp_path, "{table: {x: [0, 0.5, 0.5, 1], V: [4.2, 3.9, 3.9, 3]}}")
        .materials["Mine"]
        .open_circuit
    )
    assert curve is not None
    assert curve.parameters == {"x": [0, 0.5, 1], "potential": [4.2, 3.9, 3]}


def test_a_table_that_ends_before_its_window_is_noted(tmp_path: Path) -> None:
    """What is beyond goes on straight, and says so; the mean by hand."""
    found = evaluated(tmp_path, "{table: {x: [0.05, 0.5, 0.98], V: [4.2, 3.9, 3.0]}}")
    inside = PchipInterpolator([0.05, 0.5, 0.98], [4.2, 3.9, 3.0])
    first, last = inside.derivative()([0.05, 0.98])
    ends = (4.2 - first * 0.025) * 0.05 + (3.0 + last * 0.01) * 0.02
    assert mean_voltage(found) == pytest.approx(inside.integrate(0.05, 0.98) + ends, abs=1e-4)
    notes = [note for note in found.notes if "open-circuit table" in note]
    assert "ends at 0.05, the window at 0: the first 5 %" in notes[0]
    assert "ends at 0.98, the window at 1: the last 2 %" in notes[1]
    part = evaluated(tmp_path, "{table: {x: [0, 0.5, 1], V: [4.2, 3.9, 3.0]}, window: [0.6, 1]}")
    assert [note for note in part.notes if "its window, 0.6 to 1, uses 40 % of it" in note]
    whole = evaluated(tmp_path, "{table: {x: [0, 0.5, 1], V: [4.2, 3.9, 3.0]}}")
    assert not [note for note in whole.notes if "open-circuit table" in note]


def test_a_stoichiometry_above_the_usual_is_declared(tmp_path: Path) -> None:
    table = "table: {x: [0, 1, 2, 3], V: [3.6, 3.2, 2.4, 2.0]}"
    by_hand = PchipInterpolator([0, 1, 2, 3], [3.6, 3.2, 2.4, 2.0])
    assert "'scale: percent' says so" in refused(tmp_path, f"{{{table}}}")
    declared = designed(tmp_path, f"{{{table}, scale: fraction}}")
    assert mean_voltage(evaluate(declared)) == pytest.approx(by_hand.integrate(0, 1), abs=1e-6)
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_design(declared))
    assert load_design(copy) == declared
    by_window = evaluated(tmp_path, f"{{{table}, window: [0, 3]}}")
    assert mean_voltage(by_window) == pytest.approx(by_hand.integrate(0, 3) / 3, abs=1e-6)


def test_a_charge_as_x_needs_its_window(tmp_path: Path) -> None:
    text = "q (mAh/g),U (V)\n0,4.2\n75,3.9\n150,3.0\n"
    found = of_file(tmp_path, text, "{file: ocv.csv, x: q, V: U, window: [0, 150]}")
    assert found == pytest.approx(MEAN, abs=1e-9)


def test_the_json_schema_knows_the_forms() -> None:
    import jsonschema

    from tfgeom.design import design_json_schema

    whole = json.loads(design_json_schema())
    curve = {"$ref": "#/$defs/GivenOpenCircuit", "$defs": whole["$defs"]}
    good = [
        {"table": {"x": [0, 1], "V": ["4.2 V", 3]}, "smooth": "5 mV", "window": [0, 1]},
        {"file": "ocv.csv", "x": "filled_fraction", "V": "volts", "smooth": "5 mV"},
        {"file": "ocv.csv", "soc": 1, "mV": 2, "scale": "percent"},
        {"bpx": "cell.json", "electrode": "positive"},
        {"form": "pchip", "parameters": {"file": "ocv.csv"}},
        {"form": "expression", "parameters": {"expression": "3 - x"}},
    ]
    for one in good:
        jsonschema.validate(one, curve)
    for bad in (
        {"table": {"y": [0, 1]}},
        {"file": "a", "smooth": 5},
        {"bpx": "a", "electrode": "left"},
        {"x": "a"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, curve)
