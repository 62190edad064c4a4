"""How the points of a sweep are made: methods, choices, ties, constraints; against sizes worked out by hand."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

from tests.shipped import PEARSE
from tests.swept import HOLES, PILLARS, base, rows_of, sweep_of
from tfgeom.design import design_from_mapping, read_mapping, set_path
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.sweep import load_sweep, run_sweep
from tfgeom.sweep.arithmetic import Sized, read_sized
from tfgeom.units import from_base_units, in_base_units

AREA = "outputs: [area_gain]\n"


def cylinders(pitch: float, diameter: float, height: float) -> float:
    """Area gain of pillars on a hexagonal lattice."""
    return 1 + math.pi * diameter * height / (pitch**2 * math.sqrt(3) / 2)


def test_a_zip_goes_through_lists_side_by_side(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "vary:\n  relief.pitch: {from: 4 um, to: 6 um, steps: 3}\n  relief.height: [1 um, 2 um, 3 um]\n"
        "method: zip\n" + AREA,
    )
    assert [(row["relief.pitch_um"], row["relief.height_um"]) for row in rows] == [(4, 1), (5, 2), (6, 3)]
    expected = [cylinders(pitch, 2, height) for pitch, height in ((4, 1), (5, 2), (6, 3))]
    assert [row["area_gain"] for row in rows] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("method", "sampler"), [("sobol", qmc.Sobol), ("lhs", qmc.LatinHypercube)])
def test_samples_fill_ranges_as_scipy_draws_them(tmp_path: Path, method: str, sampler: type) -> None:
    text = (
        "vary:\n  relief.pitch: {from: 4 um, to: 8 um}\n  relief.height: {from: 1 um, to: 100 um, scale: log}\n"
        f"  relief.lattice: [square, hexagonal]\nmethod: {method}\nsamples: 16\nseed: 7\n" + AREA
    )
    rows = rows_of(tmp_path, text)
    drawn = sampler(3, seed=7).random(16)
    assert [row["relief.pitch_um"] for row in rows] == pytest.approx(4 + 4 * drawn[:, 0], rel=1e-9)
    assert [row["relief.height_um"] for row in rows] == pytest.approx(100 ** drawn[:, 1], rel=1e-9)
    assert [row["relief.lattice"] for row in rows] == list(np.where(drawn[:, 2] < 0.5, "square", "hexagonal"))
    assert rows == rows_of(tmp_path, text)
    assert rows != rows_of(tmp_path, text.replace("seed: 7", "seed: 8"))
    if method == "sobol":  # each half of a range holds half of the points, of every range
        assert sum(row["relief.pitch_um"] < 6 for row in rows) == 8
        assert sum(row["relief.lattice"] == "square" for row in rows) == 8


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ("relief.pitch,relief.height", "6 um,3000 nm"),
        ("relief.pitch_um,relief.height_nm", "6,3000"),
        ("relief.pitch [um],relief.height (nm)", "6,3e3"),
        (" relief.pitch_um , relief.height ", " 6 , 3 um "),
    ],
)
def test_points_from_a_file_have_units_in_the_header_or_the_values(
    tmp_path: Path, head: str, first: str
) -> None:
    (tmp_path / "points.csv").write_text(f"{head}\n{first}\n{first}\n")
    rows = rows_of(tmp_path, "method: csv\npoints: points.csv\n" + AREA)
    assert len(rows) == 2
    assert [row["area_gain"] for row in rows] == pytest.approx([cylinders(6, 2, 3)] * 2, rel=1e-12)


def test_the_columns_of_a_table_are_those_of_a_file_of_points(tmp_path: Path) -> None:
    text = "vary: {relief.pitch: [4 um, 5 um], relief.height: [9 um, 8 um]}\n" + AREA
    rows = rows_of(tmp_path, text)
    names = ["relief.pitch_um", "relief.height_um"]
    lines = [",".join(str(row[name]) for name in names) for row in rows]
    (tmp_path / "points.csv").write_text("\n".join([",".join(names), *lines, ""]))
    assert rows_of(tmp_path, "method: csv\npoints: points.csv\n" + AREA) == rows


def test_another_kind_takes_the_sizes_along(tmp_path: Path) -> None:
    """Pillars and holes of one height and depth, and trenches as wide as they are."""
    rows = rows_of(
        tmp_path,
        "vary:\n  relief.height: [10 um, 20 um]\n  relief.kind: [pillars, holes, trenches, planar]\n"
        "  relief.diameter: [1 um]\n" + AREA,
    )
    found = {(row["relief.kind"], row["relief.height_um"]): row for row in rows}
    for height in (10, 20):
        pillars, holes = (found[kind, height]["area_gain"] for kind in ("pillars", "holes"))
        assert pillars == pytest.approx(cylinders(4, 1, height), rel=1e-12)
        assert holes == pytest.approx(pillars, rel=1e-12)  # the same walls, from the other side
        assert found["trenches", height]["area_gain"] == pytest.approx(1 + 2 * height / 4, rel=1e-12)
        assert found["planar", height]["status"] == "failed"  # a plane has no height


def test_several_designs_of_different_kinds_share_depth_and_height(tmp_path: Path) -> None:
    base(tmp_path, HOLES, "holes.yaml")
    text = "base: [base.yaml, holes.yaml]\nvary: {relief.depth: [7 um]}\nties: {relief.pitch: 2 * relief.depth}\n"
    rows = rows_of(tmp_path, text + AREA)
    assert [row["relief.pitch_um"] for row in rows] == [14, 14]
    expected = [cylinders(14, 2, 7), 1 + math.pi * 3 * 7 / 14**2]
    assert [row["area_gain"] for row in rows] == pytest.approx(expected, rel=1e-12)


def test_whole_reliefs_are_choices(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, f"vary:\n  relief: [{PILLARS}, {HOLES}]\n" + AREA)
    assert [row["area_gain"] for row in rows] == pytest.approx(
        [cylinders(4, 2, 20), 1 + math.pi * 3 * 30 / 25], rel=1e-12
    )
    assert [row["relief"]["kind"] for row in rows] == ["pillars", "holes"]


def test_setting_a_kind_keeps_what_both_know() -> None:
    mapping = {"relief": {"kind": "pillars", "lattice": "square", "pitch": "4 um", "diameter": "2 um",
                          "height": "9 um", "sidewall_angle": "89 deg"}}  # fmt: skip
    relief = set_path(mapping, "relief.kind", "trenches")["relief"]
    assert relief == {"kind": "trenches", "pitch": "4 um", "width": "2 um", "depth": "9 um",
                      "sidewall_angle": "89 deg"}  # fmt: skip
    assert set_path({"relief": relief}, "relief.kind", "pillar")["relief"]["height"] == "9 um"
    assert mapping["relief"]["kind"] == "pillars"


def test_what_is_said_of_sizes_goes_along_with_them(tmp_path: Path) -> None:
    mapping = {"relief": {"kind": "holes", "pitch": "4 um", "diameter": "2 um", "depth": "9 um"},
               "chosen": {"relief.depth": "from memory", "layers.cathode.thickness": "by us"},
               "tolerance": {"relief.diameter": "50 nm", "relief.depth": "3 %"}}  # fmt: skip
    trenches = set_path(set_path(mapping, "relief.kind", "pillars"), "relief.kind", "trench")
    assert trenches["chosen"] == mapping["chosen"]
    assert trenches["tolerance"] == {"relief.width": "50 nm", "relief.depth": "3 %"}
    planar = set_path(mapping, "relief.kind", "planar")
    assert (planar["chosen"], planar["tolerance"]) == ({"layers.cathode.thickness": "by us"}, {})
    shipped = f"base: {PEARSE}\nvary: {{relief.kind: [pillars, planar]}}\n"
    assert [one["status"] for one in rows_of(tmp_path, shipped + AREA)] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("ties", "relief.pitch - 0.5 um"),
        ("vary", "relief.pitch - 0.5 um"),
        ("ties", "0.875 * relief.pitch"),
        ("ties", "max(relief.pitch - 500 nm, 1 nm)"),
        ("ties", "sqrt(relief.pitch ** 2 * 49 / 64)"),
    ],
)
def test_tied_sizes_follow_others(tmp_path: Path, place: str, text: str) -> None:
    tie = f"  relief.diameter: {text}\n"
    text = "vary:\n  relief.pitch: [4 um]\n" + (tie if place == "vary" else f"ties:\n{tie}") + AREA
    (row,) = rows_of(tmp_path, text)
    assert list(row)[:2] == ["relief.pitch_um", "relief.diameter_um"]
    assert row["relief.diameter_um"] == pytest.approx(3.5, rel=1e-12)
    assert row["area_gain"] == pytest.approx(cylinders(4, 3.5, 20), rel=1e-12)


def test_ties_follow_ties_and_sizes_in_other_words(tmp_path: Path) -> None:
    """The pitch is said as a gap that varies; nothing is taken from what it was before."""
    relief = "{kind: pillars, lattice: square, spacing: 1 um, radius: 1 um, height: 20 um}"
    rows = rows_of(
        tmp_path,
        "vary: {relief.spacing: [1 um, 3 um]}\n"
        "ties: {relief.height: relief.rim_radius * 10, relief.rim_radius: relief.pitch / 10}\n" + AREA,
        relief,
    )
    assert [row["relief.height_um"] for row in rows] == [3, 5]  # pitch = gap + diameter
    assert [row["relief.rim_radius_um"] for row in rows] == [0.3, 0.5]


def test_a_tie_that_has_no_value_fails_its_row(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "vary: {relief.pitch: [4 um, 9 um]}\nties: {relief.diameter: 1 um * sqrt(1 - relief.pitch / 5 um)}\n",
    )
    assert [row["status"] for row in rows] == ["ok", "failed"]
    assert rows[1]["relief.diameter_um"] is None
    assert "'sqrt' of -0.8 is no number" in rows[1]["error"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", "5 um"),
        ("a - b", "-1 um"),
        ("2 * a - b / 3 + 1 um", "4 um"),
        ("a * b / c", 1.5),
        ("(a + b) * 50 %", "2.5 um"),
        ("a ** 2 / b", "1.3333333333333 um"),
        ("1 / (1 um / a)", 2),
        ("1 um * exp(a / b - 2 / 3)", "1 um"),
        ("min(a, b) + abs(-a)", "4 um"),
        ("1 V / (2 ohm) / (1 m^2)", "0.5 A/m^2"),
        ("3e-6 m * 1", "3 um"),
    ],
)
def test_arithmetic_carries_units(text: str, expected: object) -> None:
    sizes = {"a": "2 um", "b": "3 um", "c": "4 um^2"}
    known = {name: Sized(*in_base_units(*_split(given))) for name, given in sizes.items()}
    found = read_sized(text)(known.__getitem__)
    assert from_base_units(found.value, found.made_of) == expected


def _split(given: str) -> tuple[float, str]:
    number, unit = given.split()
    return float(number), unit


CONSTRAINED = "vary: {relief.pitch: [3 um, 4 um, 5 um, 6 um]}\n"


def test_rows_that_miss_a_constraint_are_excluded_and_say_which(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, CONSTRAINED + "constraints: [area_gain > 5.5, relief.pitch > 3.5 um]\n" + AREA)
    assert [row["status"] for row in rows] == ["excluded", "ok", "ok", "excluded"]
    assert rows[0]["area_gain"] is None  # known before it is evaluated
    assert rows[0]["error"] == "misses relief.pitch > 3.5 um"
    gain = cylinders(6, 2, 20)
    assert rows[3]["error"] == f"misses area_gain > 5.5 (area_gain is {gain:.6g})"
    assert rows[3]["area_gain"] == pytest.approx(gain)


def test_a_number_that_is_not_known_misses_its_constraint(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, CONSTRAINED + "constraints: [asr_ohm_cm2 < 50]\n")
    assert {row["error"] for row in rows} == {"misses asr_ohm_cm2 < 50 (asr_ohm_cm2 not known)"}


def test_constraints_hold_against_every_point_by_hand(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "vary: {relief.pitch: {from: 2.5 um, to: 6 um, steps: 5}, relief.height: [5 um, 10 um, 40 um]}\n"
        "constraints: ['relief.pitch - relief.diameter >= 1 um', area_gain * relief.height / 1 um <= 100]\n"
        + AREA,
    )
    pitches = [2.5 + 0.875 * step for step in range(5)]
    for row, (pitch, height) in zip(rows, itertools.product(pitches, (5, 10, 40)), strict=True):
        meets = pitch - 2 >= 1 and cylinders(pitch, 2, height) * height <= 100
        assert (row["status"] == "ok") == meets, row


def test_the_best_points_come_again_at_another_fidelity(tmp_path: Path) -> None:
    path = tmp_path / "then.yaml"
    path.write_text(
        f"base: {PEARSE}\nvary: {{relief.pitch: [5 um, 9 um, 7 um]}}\noutputs: [asr_ohm_cm2, resistance.method]\n"
        "then: {fidelity: fem, best: 2, by: {asr_ohm_cm2: minimize}}\n"
    )
    rows = run_sweep(load_sweep(path)).rows
    assert [(row["relief.pitch_um"], row["fidelity"]) for row in rows] == [
        (5, "analytic"), (9, "analytic"), (7, "analytic"), (5, "fem"), (7, "fem"),
    ]  # fmt: skip
    mapping, _ = read_mapping(PEARSE)
    single = evaluate(design_from_mapping(set_path(mapping, "relief.pitch", "7 um")), "fem").resistance
    assert single is not None
    assert rows[4]["asr_ohm_cm2"] == single.asr_ohm_cm2 != rows[2]["asr_ohm_cm2"]


VARY = "vary: {relief.pitch: [4 um, 5 um]}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (VARY + "method: sobol\n", r":3:9: method: needs samples, as 'samples: 64'"),
        (VARY + "method: sobol\nsamples: 100\n", r":4:10: samples: 100 is no power of two, .*use 64 or 128"),
        (VARY + "method: lhs\nsamples: 0\n", "needs samples"),
        (VARY + "samples: 8\n", "samples: is for method sobol or lhs, and this is grid"),
        (VARY + "method: lhs\nsamples: 8\nseed: -1\n", "seed: must be a whole number of 0 or more, not -1"),
        ("vary: {relief.pitch: [4 um], relief.height: [1 um, 2 um]}\nmethod: zip\n", "lists of one length"),
        (
            "vary: {relief.pitch: {from: 4 um, to: 4000 nm, steps: 3}}\n",
            "range from 4 um to 4000 nm is empty",
        ),
        ("vary: {relief.pitch: {from: 4 um, to: 5 um}}\n", "lacks steps"),
        (VARY + "points: x.csv\n", "points: is for method csv"),
        ("method: csv\n", "needs a file, as 'points: x.csv'"),
        ("method: csv\npoints: none.csv\n", "no file 'none.csv' here"),
        (VARY + "method: csv\npoints: base.yaml\n", "vary: stands beside a file of points"),
        (VARY + "ties: {relief.diamter: relief.pitch / 2}\n", r":3:24: ties.relief.diamter: no such path"),
        (VARY + "ties: {relief.diameter: relief.pich / 2}\n", "'relief.pich': no such path.*mean 'pitch'"),
        (VARY + "ties: {relief.diameter: relief.pitch / 2 + 1}\n", "'\\+' joins length and number"),
        (VARY + "ties: {relief.pitch: relief.diameter * 2}\n", "relief.pitch: is varied too"),
        (VARY + "ties: {relief.diameter: 3 um - 1 um}\n", "names no other path"),
        (VARY + "ties: {relief.diameter: relief.lattice}\n", "'hexagonal', which is no quantity"),
        (VARY + "ties: {relief.diameter: open(relief.pitch)}\n", "'open' is no function that is read"),
        (VARY + "ties: {relief.diameter: relief.pitch; 1}\n", "is not arithmetic"),
        (VARY + "ties: {relief.diameter: '(lambda: 1)()'}\n", "is not arithmetic"),
        (
            VARY + "ties: {relief.diameter: relief.height / 9, relief.height: 9 * relief.diameter}\n",
            "ties go in a circle: relief.diameter -> relief.height -> relief.diameter",
        ),
        (
            VARY + "ties: {relief.radius: relief.pitch / 3, relief.diameter: relief.pitch / 2}\n",
            "changes what",
        ),
        (
            VARY + "constraints: [area_gain]\n",
            r":3:15: constraints.0: 'area_gain' must hold one of < <= > >=",
        ),
        (VARY + "constraints: [1 < area_gain < 2]\n", "must hold one of"),
        (VARY + "constraints: [area_gian > 2]\n", "no such number: 'area_gian'; did you mean"),
        (VARY + "constraints: [relief.pitch > 2]\n", "compares length with number"),
        (VARY + "then: {fidelity: fem, best: 3}\n", "then: lacks by"),
        (VARY + "then: {fidelity: fem, best: 0, by: area_gain}\n", "then.best: must be a whole number"),
        (VARY + "then: {fidelity: analytic, best: 3, by: area_gain}\n", "is that of all points"),
        (VARY + "then: {fidelity: fem, best: 3, by: area_gian}\n", "then.by: no such number"),
        (VARY + "constraints: [geometry.kind < 3]\n", "constraints.0: 'geometry.kind' is a word"),
        (VARY + "then: {fidelity: fem, best: 3, by: geometry.kind}\n", "then.by: 'geometry.kind' is a word"),
        (VARY + "then: {fidelity: fem, best: 3, by: {area_gain: most}}\n", "then.by: must name a number"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = sweep_of(tmp_path, text)
    with pytest.raises(DesignError) as caught:
        run_sweep(load_sweep(path), tmp_path / "out")
    assert re.search(message, str(caught.value)), caught.value
    assert str(caught.value).startswith(f"{path}:")
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("relief.pitch_um\n", "holds no points"),
        ("relief.pitch_um,relief.height\n4\n", r"points.csv:2: has 1 values and the header 2 names"),
        ("relief.pitch_um\n4\nx\n", r"points.csv:3:1: the value of 'relief.pitch_um' 'x' is no bare number"),
        (
            "relief.pitch_um,relief.height_um\n4,\n",
            r"points.csv:2:2: the value of 'relief.height_um' is empty",
        ),
        ("relief.pitch_um,relief.pitch_nm\n4,4000\n", "is there twice"),
        ("relief.pitch_um;relief.height_um\n4,5;10\n", r"points.csv:1: has its columns parted by ';'"),
        ("relief.pitch_um\trelief.height_um\n4\t10\n", r"points.csv:1: has its columns parted by tabs"),
        ("relief.pich_um\n4\n", "no such path"),
        ("relief.pitch_V\n4\n", "no such path"),
    ],
)
def test_what_is_wrong_in_a_file_of_points_is_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(DesignError) as caught:
        run_sweep(load_sweep(sweep_of(tmp_path, "method: csv\npoints: points.csv\n")))
    assert re.search(message, str(caught.value)), caught.value
