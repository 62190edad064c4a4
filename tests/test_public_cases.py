"""Cases from public threads and papers that are of no one module: each with its right value by hand."""

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ellipe

from tests.commands import Captured, run
from tests.design_texts import VALID, designed
from tfgeom import evaluate, load_design
from tfgeom.design.loading import design_from_mapping
from tfgeom.errors import DesignError
from tfgeom.mesh_files import write_mesh_file
from tfgeom.source import parse_source


def gain(relief: str) -> float:
    design = design_from_mapping(parse_source(f"schema_version: 1\nname: x\nrelief: {relief}\n", "x").root)
    return evaluate(design).geometry.area_gain


def test_a_corrugated_plate() -> None:
    """Area factor of plate heat exchangers: amplitude 0.5 mm, wavelength 3.7 mm; the exact elliptic integral."""
    k = 2 * np.pi * 0.5 / 3.7
    exact = 2 / np.pi * np.sqrt(1 + k**2) * ellipe(k**2 / (1 + k**2))
    assert exact == pytest.approx(1.1611862, rel=1e-7)
    assert gain("{kind: wave, amplitude: 0.5 mm, period: 3.7 mm}") == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(("angle", "expected"), [(88, 5.8284), (92, 6.1777)])
def test_etched_trenches_that_lean(angle: int, expected: float) -> None:
    """Deep reactive etching: 10 um wide at the top, 50 um deep, sidewalls of 88 and of 92 deg."""
    bottom = 10 - 2 * 50 / np.tan(np.radians(angle))
    by_hand = (20 - 10 + bottom + 2 * np.hypot(50, (10 - bottom) / 2)) / 20
    assert by_hand == pytest.approx(expected, abs=1e-4)
    relief = (
        "{kind: trenches, pitch: 20 um, width: {value: 10 um, at: top}, depth: 50 um, sidewall_angle: %d deg}"
    )
    assert gain(relief % angle) == pytest.approx(by_hand, rel=1e-12)


def test_a_trench_that_closes_is_refused_with_the_depth_that_fits() -> None:
    # walls at 88 deg meet where half the width is spent: 5 um x tan(88 deg) = 143.18 um
    with pytest.raises(DesignError, match=r"depth at most 143\.1 um"):
        gain("{kind: trenches, pitch: 20 um, width: 10 um, depth: 200 um, sidewall_angle: 88 deg}")


def test_a_cathode_that_fills_between_posts() -> None:
    """Posts 100 um x 400 um on a pitch of 200 um under 5 um and 10 um of films; the last layer fills."""
    text = """\
schema_version: 1
name: posts
relief: {kind: pillars, lattice: square, pitch: 200 um, diameter: 100 um, height: 400 um}
substrate: {material: Si, thickness: 500 um}
layers:
  - {role: current_collector, material: Ni, thickness: 200 nm}
  - {role: anode, material: Si, thickness: 5 um}
  - {role: electrolyte, material: LiPON, thickness: 10 um}
  - {role: cathode, material: NCA, fill: {above_top: 10 um}}
cell: {type: conformal}
operation: {voltage: {min: 2.7 V, max: 4.1 V}, temperature: 25 degC}
"""
    t = 15.2
    rounded = quad(lambda u: (50 + np.sqrt(t**2 - u**2)) ** 2, 0, t)[0]  # edge of the coated post
    by_hand = 200**2 * (400 + 10) - np.pi * ((50 + t) ** 2 * (400 - t) + rounded)
    assert by_hand == pytest.approx(11_077_239.66, abs=0.01)
    found = evaluate(design_from_mapping(parse_source(text, "x").root))
    cathode = next(layer for layer in found.layers if layer.role == "cathode")
    assert cathode.volume_um3 == pytest.approx(by_hand, rel=1e-10)


def test_anchors_are_named(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(VALID.replace("role: current_collector", "role: &cc current_collector", 1))
    assert run("check", file) == 2
    assert "anchor '&cc' is not read; write values out" in capsys.readouterr().err


SWEEP = "base: design.yaml\nvary:\n  relief.pitch: [{}]\nmethod: grid\noutputs: [area_gain]\n"


def swept(folder: Path, values: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.chdir(folder)
    Path("design.yaml").write_text(VALID)
    Path("sweep.yaml").write_text(SWEEP.format(values))
    return run("sweep", "sweep.yaml", "-o", "out")


def test_equal_points_in_other_words_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert swept(tmp_path, "6 um, 6.0 um, 6000 nm, 0.007 mm", monkeypatch) == 0
    out = capsys.readouterr().out
    assert out == "out/sweep.html\nout/results.csv: 4 points, 0 failed, 2 the same as another\n"


def test_failed_points_are_rows_and_all_failed_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert swept(tmp_path, "2 um, 6 um", monkeypatch) == 0
    assert capsys.readouterr().out == "out/sweep.html\nout/results.csv: 2 points, 1 failed\n"
    rows = Path("out/results.csv").read_text().splitlines()
    assert ',failed,"relief.diameter: 3 um does not fit pitch 2 um' in rows[1]
    assert rows[1].endswith(",")
    (tmp_path / "other").mkdir()
    assert swept(tmp_path / "other", "1 um, 2 um", monkeypatch) == 1
    assert "no point could be evaluated; the first: relief.diameter" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("objectives: {asr_ohm_cm2: minimize}", 2, "objectives: is for a search, which 'tfgeom optimize"),
        ("target: {footprint_capacity: 1 mAh/cm^2}", 2, "target: is for a search, which 'tfgeom optimize"),
        ("bands: off", 1, "bands: not yet supported: bands"),
    ],
)
def test_what_a_sweep_does_not_do(
    line: str, code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("design.yaml").write_text(VALID)
    Path("sweep.yaml").write_text(SWEEP.format("6 um").replace("method: grid", line))
    assert run("sweep", "sweep.yaml", "-o", "out") == code
    assert message in capsys.readouterr().err
    assert not Path("out").exists()


def test_two_nanometres_on_a_millimetre(tmp_path: Path) -> None:
    """A film of 2 nm on posts of 1 mm: meshed and written, its volume that of the closed form."""
    text = VALID.replace("pitch: 6 um", "pitch: 2 mm").replace("diameter: 3 um", "diameter: 1 mm")
    text = text.replace("depth: 30 um", "depth: 1 mm").replace("thickness: 50 nm", "thickness: 2 nm")
    design = designed(tmp_path, text)

    made = write_mesh_file(design, tmp_path / "x.vtu", resolution=1)
    assert all(abs(part.relative_error) < 1e-9 for part in made.parts)
    assert {part.region.name for part in made.parts} >= {"electrolyte"}


def test_the_design_of_a_sweep_is_the_file_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert swept(tmp_path, "6 um", monkeypatch) == 0
    rows = Path("out/results.csv").read_text().splitlines()
    assert float(rows[1].split(",")[-1]) == evaluate(load_design("design.yaml")).geometry.area_gain
