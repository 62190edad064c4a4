"""Targets: the design that holds a number, against closed forms; what is said where none does."""

import json
import math
from pathlib import Path

import pytest

from tests.commands import run
from tests.shipped import ROOT
from tests.swept import sweep_of
from tfgeom.design import load_design
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.search import TargetResult, solve_target
from tfgeom.search.target_words import target_lines

HOLES = "{kind: holes, lattice: square, pitch: 5 um, diameter: 3 um, depth: 30 um}"


def solved(folder: Path, text: str) -> TargetResult:
    return solve_target(sweep_of(folder, text, HOLES))


def size(result: TargetResult, path: str) -> float:
    assert result.found is not None
    return float(str(result.found.point.values[path]).split()[0])


def test_one_free_size_is_solved_for(tmp_path: Path) -> None:
    result = solved(tmp_path, "target: {area_gain: 20}\nfree: [relief.depth]\n")
    assert result.is_reached
    assert size(result, "relief.depth") == pytest.approx(19 * 25 / (3 * math.pi), rel=1e-6)


def test_the_change_is_the_least_of_all_that_hold_it(tmp_path: Path) -> None:
    """1 + pi d h / p^2 = G: d and h grow alike, and p shrinks by twice the logarithm."""
    result = solved(
        tmp_path, "target: {area_gain: 20}\nfree: [relief.depth, relief.pitch, relief.diameter]\n"
    )
    assert result.is_reached
    step = math.log(19 * 25 / (math.pi * 3 * 30)) / 6
    found = [size(result, f"relief.{key}") for key in ("depth", "diameter", "pitch")]
    expected = [30 * math.exp(step), 3 * math.exp(step), 5 * math.exp(-2 * step)]
    assert found == pytest.approx(expected, rel=1e-4)


def test_limits_are_kept_and_the_least_change_stands_at_them(tmp_path: Path) -> None:
    """Without limits the pitch would be 4.35 um; the wall keeps it at 4.5 um, and the depth does the rest."""
    text = "target: {area_gain: 17}\nfree: [relief.depth, relief.pitch]\nlimits: {wall: 1500 nm, gap_aspect_ratio: 12}\n"
    result = solved(tmp_path, text)
    assert result.is_reached
    assert size(result, "relief.pitch") == pytest.approx(4.5, rel=1e-5)
    assert size(result, "relief.depth") == pytest.approx(16 * 4.5**2 / (3 * math.pi), rel=1e-5)
    assert result.found is not None
    assert result.found.limits["wall_nm >= 1500"] >= 1500


@pytest.mark.slow
def test_a_target_beyond_reach_names_the_limit_and_what_is_reached(
    tmp_path: Path,
) -> None:
    """Depth 36 um at most by the aspect ratio 12: 1 + pi 3 36 / 25."""
    file = sweep_of(
        tmp_path,
        "target: {area_gain: 40}\nfree: [relief.depth]\nlimits: {gap_aspect_ratio: 12, wall: 1 um}\n",
        HOLES,
    )
    result = solve_target(file)
    assert not result.is_reached
    assert result.found is not None
    assert result.found.value == pytest.approx(1 + math.pi * 3 * 36 / 25, rel=1e-6)
    assert list(result.in_the_way) == ["gap_aspect_ratio <= 12"]
    without, needed = result.in_the_way["gap_aspect_ratio <= 12"]
    assert without == pytest.approx(40, rel=1e-6)
    assert needed == pytest.approx(39 * 25 / (3 * math.pi) / 3, rel=1e-5)
    said = "\n".join(target_lines(result))
    assert "area_gain 40 is not reached: within the limits at most 14.5717" in said
    assert "in the way is gap_aspect_ratio <= 12: without it 40 is reached, at 34.4" in said


def test_limits_that_no_design_keeps(tmp_path: Path) -> None:
    result = solved(
        tmp_path,
        "target: {area_gain: 20}\nfree: {relief.pitch: {from: 4 um, to: 5.5 um}}\nlimits: {wall: 3 um}\n",
    )
    assert not result.is_reached
    assert result.found is None
    assert result.closest["wall_nm >= 3000"] == pytest.approx(2500, rel=0.05)
    file = tmp_path / "asked.yaml"
    assert run("optimize", file, "-o", tmp_path / "x.yaml") == 1
    assert not (tmp_path / "x.yaml").exists()


def test_the_design_is_written_with_its_ties(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = sweep_of(
        tmp_path,
        "target: {area_gain: 20}\nfree: [relief.diameter]\nties: {relief.pitch: relief.diameter + 1 um}\n",
        HOLES,
    )
    out = tmp_path / "found.yaml"
    assert run("optimize", file, "-o", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["reached"] is True
    assert evaluate(load_design(out)).geometry.area_gain == pytest.approx(20, rel=1e-6)
    assert out.read_text().startswith("# area_gain 20, by 'tfgeom optimize asked.yaml' of tfgeom ")
    diameter, pitch = (float(said["sizes"][f"relief.{key}"].split()[0]) for key in ("diameter", "pitch"))
    assert pitch == pytest.approx(diameter + 1, rel=1e-12)
    assert run("optimize", file, "-o", out) == 2
    assert "may have been edited" in capsys.readouterr().err


def test_one_milliampere_hour_by_one_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "found.yaml"
    assert run("optimize", "designs/sweeps/one_milliampere_hour.yaml", "-o", out) == 0
    assert capsys.readouterr().out.startswith("footprint_capacity_uAh_cm2 1000, with the least change")
    found = evaluate(load_design(out))
    assert found.capacity is not None
    assert found.capacity.footprint_capacity_uAh_cm2 == pytest.approx(1000, rel=1e-6)
    assert found.geometry.wall_nm is not None
    assert found.geometry.gap_aspect_ratio is not None
    assert found.geometry.wall_nm >= 500 * (1 - 1e-9)
    assert found.geometry.gap_aspect_ratio <= 30 * (1 + 1e-9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("target: {area_gian: 20}\nfree: [relief.depth]\n", "did you mean area_gain"),
        ("target: {area_gain: 20 um}\nfree: [relief.depth]\n", "has a unit and this number has none"),
        ("target: {wall: 20 V}\nfree: [relief.depth]\n", "is not in a unit of it; write it in nm"),
        ("target: {wall: 20}\nfree: [relief.depth]\n", "has no unit; write it with one"),
        ("target: {area_gain: 20}\n", "a target needs sizes that may change"),
        ("target: {area_gain: 20}\nfree: [relief.dept]\n", "did you mean 'depth'"),
        (
            "target: {area_gain: 20}\nfree: [relief.depth]\nlimits: {wal: 3 um}\n",
            "limits.wal: no such number",
        ),
        ("target: {area_gain: 20}\nfree: [relief.depth]\nlimits: {wall: much}\n", "'much' is no number"),
        ("target: {area_gain: 20}\nfree: [relief.depth]\nobjectives: {area_gain: maximize}\n", "keep one"),
        ("target: {area_gain: 20}\nfree: [relief.depth, chip.width]\n", "chip.width"),
        ("target: {wall: 2 um}\nfree: [relief.depth]\n", "relief.depth changes neither wall_nm nor a limit"),
        ("target: {area_gain: 20}\nfree: [relief.depth]\nvary: {relief.pitch: [4 um]}\n", "move them there"),
        (
            "target: {footprint_capacity: 1 mAh/cm^2}\nfree: [relief.depth]\n",
            "have no footprint_capacity_uAh_cm2",
        ),
        (
            "target: {area_gain: 20}\nfree: [relief.depth]\nlimits: {footprint: 3 um^2}\n",
            "may be a least or a most",
        ),
    ],
)
def test_bad_input(tmp_path: Path, text: str, message: str) -> None:
    file = sweep_of(tmp_path, text, HOLES)
    with pytest.raises(DesignError, match=message) as error:
        solve_target(file)
    assert str(error.value).startswith(f"{file}:")
    assert run("optimize", file, "-o", tmp_path / "x.yaml") == 2
    assert not (tmp_path / "x.yaml").exists()
