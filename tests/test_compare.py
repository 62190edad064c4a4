"""Designs beside each other: the same numbers as each alone, equal places, failures that hide nothing."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from tests.commands import run
from tests.design_texts import FLOODED, VALID, spoilt
from tests.shipped import DANILOV, DESIGNS, LEI, PEARSE
from tfgeom.compare import HEAD, PLAIN, compare_designs, comparison_rows, rate_curves, rate_rows, verdicts
from tfgeom.design import load_design
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.report import comparison_html
from tfgeom.report.comparison_figures import draw_curves

SHALLOW = DESIGNS / "pearse_2018_holes_12um.yaml"
TRENCHES = DESIGNS / "notten_trenches.yaml"


def test_each_design_has_the_numbers_it_has_alone() -> None:
    found = compare_designs([SHALLOW, PEARSE, DANILOV, LEI], at="footprint_capacity")
    assert found.failed == 0
    for file, entry in zip([SHALLOW, PEARSE, DANILOV, LEI], found.entries, strict=True):
        assert entry.evaluation == evaluate(load_design(file))


def test_a_row_for_each_cell_and_its_planes() -> None:
    found = compare_designs([PEARSE, DANILOV, LEI])
    rows = comparison_rows(found, lambda value: "-" if value is None else f"{value:.6g}")
    alone = evaluate(load_design(PEARSE))
    assert alone.capacity is not None
    assert alone.rate_summary is not None
    assert [row[0].strip() for row in rows] == [
        "Pearse 2018, holes 30 um deep",
        "plane, same films",
        "plane, same capacity",
        "Danilov 2011, planar Li/Li3PO4/LiCoO2",
        "Lei 2020, honeycomb",
    ]
    # planar 2.59 uAh/cm2 = 70 nm x 37 uAh/cm2/um, by hand
    assert float(rows[1][4]) == pytest.approx(2.59)
    assert rows[0][4] == rows[2][4] == f"{alone.capacity.footprint_capacity_uAh_cm2:.6g}"
    limit = alone.rate_summary.planar_same_capacity.current_at_50pct_mA_cm2
    assert float(rows[2][HEAD.index("current at 50 % of capacity, mA/cm^2")]) == pytest.approx(
        limit, rel=1e-5
    )
    assert rows[4][2:] == ("241", "65.1042", *["-"] * 7, "")
    assert alone.energy is not None
    density = alone.energy.volumetric_energy_Wh_L.active
    assert rows[0][HEAD.index("energy density (active), Wh/L")] == f"{density:.6g}"


def test_at_equal_c_rate_all_take_the_rates_of_all() -> None:
    found = compare_designs([SHALLOW, PEARSE, DANILOV], at="c_rate")
    curves = rate_curves(found)
    wanted = [*load_design(SHALLOW).operation.c_rates, *load_design(DANILOV).operation.c_rates]  # type: ignore[union-attr]
    for curve in curves:
        assert [x for x, _ in curve.points] == pytest.approx(sorted(set(wanted)))
    assert [curve.which for curve in curves if curve.entry == 2] == ["cell"]
    evaluation = found.entries[0].evaluation
    assert evaluation is not None
    assert evaluation.rate is not None
    films = next(curve for curve in curves if curve.which == "planar_same_films")
    assert films.points[0][1] == evaluation.rate[0].planar_same_films.at_c_rate.capacity_uAh_cm2


def test_at_equal_current_all_take_the_same_currents() -> None:
    found = compare_designs([SHALLOW, PEARSE, TRENCHES])
    curves = rate_curves(found)
    assert len(curves) == 12
    places = [x for x, _ in curves[0].points]
    assert all([x for x, _ in curve.points] == pytest.approx(places) for curve in curves)
    assert {f"{x:.0e}"[0] for x in places} == {"1", "2", "5"}
    own = [
        row.footprint_current_mA_cm2
        for file in [SHALLOW, PEARSE, TRENCHES]
        for row in evaluate(load_design(file)).rate or ()
    ]
    assert min(own) <= places[0] * 1.001 < 3 * min(own)
    assert max(own) >= places[-1] / 1.001 > max(own) / 3
    # equal capacity: the planes that hold what the cell holds, at the cell's current
    by_design = {(curve.entry, curve.which): dict(curve.points) for curve in curves}
    for x, y in by_design[1, "planar_same_capacity"].items():
        assert y <= by_design[1, "cell"][x] * (1 + 1e-9)
    for x, y in by_design[1, "planar_best"].items():
        assert y >= by_design[1, "planar_same_films"][x] * 0.99 * (1 - 1e-4)
    rows = rate_rows(found, str)
    assert len(rows) == 3 * len(places)
    assert rows[0][0] == rows[1][0] == rows[2][0] != rows[3][0]


def test_at_equal_capacity_the_current_is_read_off() -> None:
    curve = rate_curves(compare_designs([PEARSE], at="footprint_capacity"))[0]
    rates = evaluate(load_design(PEARSE)).rate
    assert rates is not None
    assert sorted(curve.points) == sorted(
        (row.capacity_uAh_cm2, row.footprint_current_mA_cm2) for row in rates
    )


def test_a_design_that_fails_is_a_row_with_its_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, merged = tmp_path / "bad.yaml", tmp_path / "merged.yaml"
    bad.write_text(spoilt(VALID, ("depth: 30 um", "depth: 30")), encoding="utf-8")
    merged.write_text(spoilt(VALID, ("thickness: 50 nm", "thickness: 5 um")), encoding="utf-8")
    assert run("compare", bad, PEARSE, merged, tmp_path / "none.yaml") == 1
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = captured.out.splitlines()
    assert lines[1].startswith("bad\t")
    assert f"failed: {bad}:8:10: relief.depth: needs a unit" in lines[1]
    assert lines[2].startswith("Pearse 2018, holes 30 um deep\tholes\t10.07\t10\t24.88")
    assert f"failed: {merged}:" in lines[5]
    assert "failed:" in lines[6]
    assert "no such file" in lines[6]
    page = comparison_html(compare_designs([bad, PEARSE]))
    assert "relief.depth: needs a unit" in page


def test_json_holds_every_design_and_its_planes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = str(tmp_path / "none.yaml")
    assert run("compare", PEARSE, LEI, missing, "--json", "--at", "c_rate") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["at"] == "c_rate"
    first, bare, failed = found["designs"]
    assert [one["status"] for one in found["designs"]] == ["ok", "ok", "failed"]
    assert first["footprint_capacity_uAh_cm2"] == pytest.approx(24.88, abs=0.01)
    assert first["planar_same_films"]["footprint_capacity_uAh_cm2"] == pytest.approx(2.59)
    assert first["planar_same_films"]["asr_ohm_cm2"] == pytest.approx(118.162, abs=0.01)
    assert len(first["rate"]) == 10
    alone = evaluate(load_design(PEARSE))
    assert alone.energy is not None
    assert alone.rate_summary is not None
    assert first["mean_voltage_V"] == alone.energy.mean_voltage_V
    assert first["gap_after_coating_nm"] == alone.geometry.gap_after_coating_nm
    limits = alone.rate_summary.planar_same_capacity
    assert first["planar_same_capacity"]["current_at_80pct_mA_cm2"] == limits.current_at_80pct_mA_cm2
    assert first["planar_same_capacity"]["asr_ohm_cm2"] is None
    assert "planar_same_films" not in bare
    assert bare["gap_after_coating_nm"] == evaluate(load_design(LEI)).geometry.gap_after_coating_nm
    assert bare["area_gain"] == pytest.approx(241, abs=0.1)
    assert bare["footprint_capacity_uAh_cm2"] is None
    assert missing in failed["error"]


def test_an_unknown_axis_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", DANILOV, "--at", "power") == 2
    assert (
        capsys.readouterr().err
        == "--at: 'power' is unknown; use one of footprint_capacity, c_rate, current\n"
    )


def test_a_page_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object) -> None:
        raise AssertionError("the work has started")

    monkeypatch.setattr("tfgeom.compare.compare_designs", too_late)
    assert run("compare", DANILOV, "-o", tmp_path / "none" / "x.html") == 2


def test_designs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    for file in (one, two):
        file.write_text(VALID, encoding="utf-8")
    assert [entry.name for entry in compare_designs([one, two]).entries] == [
        f"Holes ({one})",
        f"Holes ({two})",
    ]


def test_the_page_is_whole_and_tells_curves_apart_without_colour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "x.html"
    assert run("compare", SHALLOW, PEARSE, DANILOV, "-o", page) == 0
    assert capsys.readouterr().out.split() == [
        str(page.with_suffix(one)) for one in (".html", ".json", ".csv")
    ]
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=\"(?!data:)", text)
    assert "<svg" not in text
    for words in ("holes 30 um deep", "plane, same capacity", "24.9", "at equal current per footprint"):
        assert words in text
    numbers = json.loads(text.split('id="tfgeom-comparison">')[1].split("</script>")[0])
    assert [one["status"] for one in numbers["designs"]] == ["ok"] * 3


def test_curves_differ_in_marker_and_dashes(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.axes import Axes

    lines: list[tuple[str, str, int]] = []
    marks: list[tuple[str, str]] = []
    plot = Axes.plot

    def noted(axes: Axes, *points: Any, **style: Any) -> Any:
        if style.get("marker"):
            marks.append((style["marker"], style["markerfacecolor"]))
        elif "linestyle" in style:
            lines.append((style["color"], style["linestyle"], len(points[0])))
        return plot(axes, *points, **style)

    found = compare_designs([SHALLOW, PEARSE, TRENCHES])
    with monkeypatch.context() as patched:
        patched.setattr(Axes, "plot", noted)
        draw_curves(rate_curves(found), found)
    assert len({line[:2] for line in lines}) == len(lines) == 12
    assert len(set(marks)) == 6  # the planes of a design have its hollow marker, and dashes of their own
    assert min(points for *_, points in lines) > 60  # smooth: no corner is seen


def test_designs_without_rates_give_a_page() -> None:
    page = comparison_html(compare_designs([LEI]))
    assert "None of these designs has a rate" in page


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(VALID.replace("name: Holes", "name: '</script><b>$x^2$'"), encoding="utf-8")
    text = comparison_html(compare_designs([file]))
    assert "</script><b>" not in text
    assert "&lt;/script&gt;&lt;b&gt;$x^2$" in text


@pytest.mark.parametrize("at", ["current", "c_rate", "footprint_capacity"])
def test_one_rate_or_one_current_is_enough(tmp_path: Path, at: str) -> None:
    rates = ("c_rates: [1]", "footprint_currents: [1 mA/cm^2]")
    for number, rate in enumerate(rates):
        file = tmp_path / f"{number}.yaml"
        file.write_text(VALID.replace("c_rates: [0.1, 1, 10]", rate), encoding="utf-8")
        for curve in rate_curves(compare_designs([file], at=at)):
            assert len(curve.points) == 1
        assert "delivered" in comparison_html(compare_designs([file, LEI], at=at))
    both = compare_designs([tmp_path / "0.yaml", tmp_path / "1.yaml"], at=at)
    assert [curve.which for curve in rate_curves(both)].count("cell") == 2
    text = {one.about: one.text for one in verdicts(both, PLAIN)}
    assert "all deliver the same" in text["capacity delivered at a current"]


def test_a_half_cell_stands_beside_its_plane(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(FLOODED, encoding="utf-8")
    with pytest.raises(DesignError):
        compare_designs([file], at="nothing")
    (entry,) = compare_designs([file], at="footprint_capacity").entries
    assert entry.evaluation == evaluate(load_design(file))


def test_pillars_and_holes_at_the_same_etch_differ_by_their_films_alone() -> None:
    """Equal pitch, gap, depth, wall length: films on pillars grow outwards, in holes inwards."""
    found = compare_designs([DESIGNS / "example_pillars_ar10.yaml", DESIGNS / "example_holes_ar10.yaml"])
    pillars, holes = (entry.evaluation for entry in found.entries)
    assert pillars is not None
    assert holes is not None
    assert pillars.geometry.gap_aspect_ratio == holes.geometry.gap_aspect_ratio == pytest.approx(10)
    assert pillars.geometry.area_gain == pytest.approx(holes.geometry.area_gain)
    assert pillars.geometry.gap_after_coating_nm == pytest.approx(holes.geometry.gap_after_coating_nm)
    footprint, perimeter, height = math.sqrt(3) / 2 * 16, 2 * math.pi, 20.0

    def grown(d: float, kappa: float) -> float:
        """Volume up to offset d, um³: Steiner's polynomial with the quarter torus of the rim."""
        linear, rim = footprint + perimeter * height, (1 - math.pi / 4) * perimeter
        return linear * d + (kappa * height - rim) * d**2 - kappa / 3 * d**3

    for evaluation, kappa in ((pillars, math.pi), (holes, -math.pi)):
        volume = grown(0.110, kappa) - grown(0.040, kappa)
        assert evaluation.capacity is not None
        # the cathode limits both, at 37 uAh/cm2/um
        assert evaluation.capacity.footprint_capacity_uAh_cm2 == pytest.approx(37 * volume / footprint)
