"""What stands beside a report: figures as files, rate curves as CSV; and what the page tells of its making."""

import csv
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.design_texts import VALID, WALLS, designed, with_relief
from tests.pages import Page
from tests.shipped import DESIGNS
from tfgeom.cli import main
from tfgeom.design import load_design
from tfgeom.errors import OutputError
from tfgeom.evaluation import evaluate
from tfgeom.marks import has_mark
from tfgeom.numerals import typeset
from tfgeom.report import render, render_report, report_html
from tfgeom.report.about import Making
from tfgeom.report.background_still import Still
from tfgeom.report.figure_files import check_figures, figure_path, write_figures
from tfgeom.report.figures import FIGURE_FORMATS
from tfgeom.report.gallery import PICTURES, draw_pictures
from tfgeom.report.rate_csv import rate_csv
from tfgeom.report.rate_lines import curve_rows, rate_line
from tfgeom.sweep.progress import progress_stages


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what is rendered in three dimensions."""

    class NoRender:
        def __init__(self, *_: object) -> None: ...
        def __enter__(self) -> "NoRender":
            return self

        def __exit__(self, *_: object) -> None: ...
        def result(self) -> Still:
            return Still(None, "not rendered here")

    monkeypatch.setattr(render, "StillRender", NoRender)
    monkeypatch.setattr(render, "embedded_view", lambda _: None)


@pytest.mark.slow
def test_every_figure_is_written_in_every_format_and_the_same_again(tmp_path: Path) -> None:
    found = evaluate(designed(tmp_path, VALID))
    pictures = draw_pictures(found, rate_line(found)).shown
    assert set(pictures) <= set(PICTURES)
    folder = check_figures(tmp_path / "a" / "b", "x", PICTURES)
    made = write_figures(pictures, folder, "x")
    assert {path.name for path in folder.iterdir()} == {path.name for path in made}
    assert len(made) == 3 * len(pictures) == 3 * 7
    starts = {".svg": b"<?xml", ".pdf": b"%PDF-", ".png": b"\x89PNG"}
    for path in made:
        assert path.read_bytes().startswith(starts[path.suffix])
        assert has_mark(path)
    before = [path.read_bytes() for path in made]
    check_figures(folder, "x", PICTURES)  # its own files may be replaced
    again = write_figures(draw_pictures(found, rate_line(found)).shown, folder, "x")
    assert [path.read_bytes() for path in again] == before


@pytest.mark.parametrize("suffix", FIGURE_FORMATS)
def test_what_somebody_else_drew_is_kept(tmp_path: Path, suffix: str) -> None:
    own = figure_path(tmp_path, "x", "cross-section", suffix)
    own.write_text("<svg>mine</svg>")
    assert own.name == f"x_cross_section.{suffix}"
    with pytest.raises(OutputError, match="was not written by tfgeom"):
        check_figures(tmp_path, "x", PICTURES)
    check_figures(tmp_path, "x", PICTURES, force=True)
    with pytest.raises(OutputError, match="is a file; give the name of a folder"):
        check_figures(own, "x", PICTURES)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_the_command_writes_figures_and_rates_and_tells_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    text = VALID + "# a word of mine\n"
    (tmp_path / "my cell.yaml").write_text(text, encoding="utf-8")
    arguments = ["report", "my cell.yaml", "-o", "x.html", "--fidelity", "analytic", "--figures", "f"]
    for _ in range(2):  # the second time over its own files
        with pytest.raises(SystemExit) as done:
            main(arguments)
        assert done.value.code == 0
        assert capsys.readouterr() == ("x.html\nf\n", "")
    assert {path.name for path in tmp_path.iterdir()} == {"my cell.yaml", "x.html", "x.json", "f"}
    files = {path.name for path in (tmp_path / "f").iterdir()}
    assert {"x_rates.csv", "x_curves.csv", "x_cross_section.pdf", "x_energy_against_power.png"} <= files
    page = Page((tmp_path / "x.html").read_text(encoding="utf-8"))
    assert "tfgeom report 'my cell.yaml' -o x.html --fidelity analytic --figures f" in page.text
    assert "1970-01-02" in page.text
    with (tmp_path / "f" / "x_curves.csv").open(encoding="utf-8") as file:
        discharges = dict.fromkeys((row["cell"], row["c_rate"]) for row in csv.DictReader(file))
    cells = ["cell"] + [
        f"planar_{plane}.{place}"
        for plane in ("same_films", "same_capacity")
        for place in ("at_c_rate", "at_current")
    ]
    numbers = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert list(dict.fromkeys(cell for cell, _ in discharges)) == cells
    assert all(sum(cell == one for one, _ in discharges) == len(numbers["rate"]) for cell in cells)
    assert "# a word of mine" in page.text
    assert "All points stand in x_rates.csv." in page.text
    (tmp_path / "f" / "x_rates.csv").write_text("1,2\n")
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert (
        "x_rates.csv: exists and was not written by tfgeom (the rate curves go there)"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("name", ["pearse_2018_holes_30um", "bates_planar", "imec_2017_pillars_cl_tio2"])
def test_rate_curves_are_close_and_go_on_until_nothing_is_left(name: str) -> None:
    found = evaluate(load_design(DESIGNS / f"{name}.yaml"))
    line = rate_line(found)
    rates = np.array([row.c_rate for row in line])
    assert np.all(np.diff(rates) > 0)
    assert np.all(rates[1:] / rates[:-1] < 10 ** (1 / 20))
    asked = [row.c_rate for row in found.rate or ()]
    assert rates[0] < min(asked)
    assert rates[-1] >= max(asked)
    assert line[-1].utilisation < 0.01
    rows = list(csv.DictReader(io.StringIO(rate_csv(curve_rows(found, line)))))
    cells = dict.fromkeys(row["cell"] for row in rows)
    best = all(row.planar_best for row in line)  # imec's exchange current is not known
    assert best == (name != "imec_2017_pillars_cl_tio2")
    assert len(cells) == (1 if found.geometry.is_flat else 5 + best)
    # a design that asks for three of those rates is told the same on the road itself
    some = [line[at] for at in (0, len(line) // 2, len(line) - 1)]
    assert found.design.operation is not None
    operation = found.design.operation.model_copy(update={"c_rates": tuple(row.c_rate for row in some), "footprint_currents": ()})  # fmt: skip
    told = evaluate(found.design.model_copy(update={"operation": operation})).rate
    assert told is not None
    for row, other in zip(some, told, strict=True):
        written = next(one for one in rows if one["cell"] == "cell" and float(one["c_rate"]) == pytest.approx(row.c_rate, rel=1e-9))  # fmt: skip
        assert float(written["capacity_uAh_cm2"]) == pytest.approx(
            other.capacity_uAh_cm2, rel=1e-8, abs=1e-12
        )
        assert float(written["energy_mWh_cm2"]) == pytest.approx(other.energy_mWh_cm2, rel=1e-8, abs=1e-12)


def test_a_relief_without_rates_has_no_curves(tmp_path: Path) -> None:
    found = evaluate(designed(tmp_path, WALLS))
    assert rate_line(found) == ()
    assert list(curve_rows(found, ())) == []


def test_a_flat_cell_stands_beside_no_plane(tmp_path: Path) -> None:
    page = Page(report_html(evaluate(designed(tmp_path, with_relief("{kind: planar}")))))
    shown = page.text.partition("What the words mean")[0]
    for absent in ("Beside the plane", "area gain", "Area gain", "same films", "the plane", "planar cell"):
        assert absent not in shown.replace("the plane that reliefs are compared with", "")


def test_guesses_are_short_and_say_so(tmp_path: Path) -> None:
    guessed = evaluate(designed(tmp_path, VALID))
    known = replace(
        guessed, provenance=tuple(replace(row, confidence="primary") for row in guessed.provenance)
    )
    assert "≈ 13 Ω·cm² plane 120; rests on estimates" in Page(report_html(guessed)).text
    text = Page(report_html(known, made=Making("2026-01-01"))).text
    assert "12.8 Ω·cm² plane 118" in text
    assert "≈" not in text.partition("What is not counted")[0]


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("43.7 of the 48 uAh/cm2 are usable: 9.8% lies above", "43.7 of the 48 µAh/cm² are usable: 9.8 % lies above"),
        ("73.8 ohm a square at 25 degC", "73.8 Ω a square at 25 °C"),
        ("4 ohm*cm^2, 12 uohm*cm and 1e-13 cm^2/s", "4 Ω·cm², 12 µΩ·cm and 1×10⁻¹³ cm²/s"),
        ("3 x 30 um of inner_collector", "3 × 30 µm of inner collector"),
        ("state layers.inner_collector.thickness", "state layers.inner_collector.thickness"),
        ("name step_coverage, m2.5 and $x^2$", "name step_coverage, m2.5 and $x^2$"),
    ],
)  # fmt: skip
def test_sentences_are_set_as_pages_print_them(plain: str, printed: str) -> None:
    assert typeset(plain) == printed


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("quick")
def test_a_terminal_is_told_the_stages_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = designed(tmp_path, with_relief("{kind: planar}"))
    stages = ["relief and films", "numbers", "drawings", "picture in three dimensions", "page"]
    for stderr in (_Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stderr)
        with progress_stages() as progress:
            render_report(design, tmp_path / "x.html", "analytic", progress=progress)
        told = stderr.getvalue()
        assert told == "" if not stderr.isatty() else all(stage in told for stage in stages)
