"""The page of a comparison and what stands beside it: whole for a reader who has nothing else."""

import csv
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.commands import run
from tests.design_texts import VALID, spoilt
from tests.pages import Page
from tests.shipped import DANILOV, DESIGNS, LEI, PEARSE
from tfgeom.compare import compare_designs, comparison_json, rate_curves
from tfgeom.design import design_from_mapping, design_sha256, load_design
from tfgeom.evaluation import discharges, evaluate
from tfgeom.metrics.estimates import RANKS
from tfgeom.report import comparison_html, pdf
from tfgeom.report.comparison import comparison_csv
from tfgeom.report.comparison_figures import draw_plans, one_scale, shortened
from tfgeom.units import MA_PER_CM2

IMEC = DESIGNS / "imec_2017_pillars_cl_tio2.yaml"
BIPOLAR = DESIGNS / "bipolar_holes.yaml"
ANODE_FREE = DESIGNS / "anode_free_pillars.yaml"
MIXED = [PEARSE, IMEC, BIPOLAR, ANODE_FREE, DANILOV, LEI]


@pytest.fixture(scope="module")
def mixed() -> str:
    return comparison_html(compare_designs(MIXED), "tfgeom compare a.yaml -o x.html")


def script(text: str, name: str) -> Any:
    return json.loads(text.split(f'id="{name}">')[1].split("</script>", maxsplit=1)[0])


def test_a_reader_who_has_only_the_page_knows_what_was_compared(mixed: str) -> None:
    page = Page(mixed)
    seen = " ".join(" ".join(page.texts).split())
    for file in MIXED:
        design = load_design(file)
        assert design.name in seen
        assert not design.source or design.source in seen
        for layer in design.layers:
            assert layer.material in seen
    for words in (
        "6 µm", "30 µm", "0.5 V to 3.5 V", "N/P ratio", "1.86", "step coverage", "70 nm",
        "energy density (active), Wh/L", "20.9", "1.26", "cathode interface", "at best",
        "Plane, same capacity: cathode 672 nm", "3 in series", "anode-free", "geometry only", "half-cell",
        "tfgeom compare a.yaml -o x.html", "The tfgeom authors", "at equal current per footprint",
    ):  # fmt: skip
        assert words in seen, words
    for rank in ("primary", "memory", "computed"):
        assert RANKS[rank] in seen
    assert "Contents" in seen  # of more than three designs
    assert seen.count("Through the axes of a row of features") == len(MIXED) - 1  # one is flat


def test_every_link_of_the_contents_leads_somewhere(mixed: str) -> None:
    anchors = re.findall(r'href="#([^"]+)"', mixed)
    assert len(anchors) > 12
    for anchor in anchors:
        assert mixed.count(f'id="{anchor}"') == 1, anchor
    assert 'id="contents"' not in comparison_html(compare_designs([LEI]))


def test_every_picture_is_drawn(mixed: str) -> None:
    assert "No picture" not in mixed
    shown = [str(attrs["alt"]) for tag, attrs in Page(mixed).tags if tag == "img"]
    assert sum(alt.startswith("Cross-section of") for alt in shown) == len(MIXED)
    assert sum("from above" in alt for alt in shown) == len(MIXED) - 1


def test_the_page_holds_the_designs_that_make_it_again(mixed: str) -> None:
    for file, held in zip(MIXED, script(mixed, "tfgeom-designs")["designs"], strict=True):
        assert held["file"] == str(file)
        assert design_sha256(design_from_mapping(held["design"])) == design_sha256(load_design(file))
    numbers = script(mixed, "tfgeom-comparison")
    assert re.fullmatch("[0-9a-f]{64}", numbers["design_sha256"])
    assert numbers["fidelity"] == "analytic"
    assert [one["ahead"] for one in numbers["verdict"] if one["about"] == "energy per footprint"] == [[3]]


def test_reliefs_of_one_size_are_drawn_at_one_scale_and_others_are_not(mixed: str) -> None:
    cells = [evaluate(load_design(file)).cell for file in (PEARSE, IMEC, LEI, DANILOV)]
    size = one_scale(cells[:2])
    assert size is not None
    wide, tall = size
    assert tall > 50  # the pillars, um
    assert wide > 2 * 6
    assert one_scale(cells[:3]) is None  # a pitch of 0.4 um beside pillars of 50 um
    assert one_scale([cells[0], cells[3]]) is None  # one relief alone
    assert "too unlike in size" in mixed
    assert "all at one scale" in comparison_html(compare_designs([PEARSE, IMEC]))


def test_from_above_a_rectangular_lattice_shows_its_longer_pitch(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    longer = ("lattice: hexagonal\n  pitch: 6 um", "lattice: rectangular\n  pitch: [6 um, 9 um]")
    file.write_text(spoilt(VALID, longer), encoding="utf-8")
    cells = [(entry, found.cell) for entry, found in compare_designs([file, PEARSE]).evaluated]
    picture = draw_plans(cells)
    assert picture is not None
    assert "22.5 µm across each" in picture.alt  # 1.25 periods to each side


def test_flat_and_bare_designs_have_no_word_of_what_they_lack() -> None:
    flat = comparison_html(compare_designs([DANILOV, DESIGNS / "bates_planar.yaml"]))
    bare = comparison_html(compare_designs([LEI, DESIGNS / "nathan_2005_through_holes.yaml"]))
    for page in (flat, bare):
        assert "Under a number stand those of the planes" not in page
        assert "No picture" not in page
    assert "too unlike in size" not in flat
    assert "area of the bare relief" not in flat.split("<h2>Words</h2>", maxsplit=1)[0].lower()
    assert "too unlike in size" in bare
    assert not any("null" in text for text in Page(bare).texts if not text.lstrip().startswith("{"))


def test_names_keep_both_ends_when_they_are_shortened() -> None:
    assert shortened("short") == "short"
    long = shortened("Pearse 2018, holes of a relief that is 30 um deep", 30)
    assert len(long) <= 30
    assert long.startswith("Pearse 2018")
    assert long.endswith("deep")


@pytest.mark.parametrize("at", ["current", "c_rate", "footprint_capacity"])
def test_lines_are_smooth_go_through_the_places_and_end_where_the_cell_does(at: str) -> None:
    comparison = compare_designs([PEARSE, DANILOV], at=at)
    for curve in rate_curves(comparison):
        if at == "footprint_capacity":  # each over its own rates
            assert len(curve.line) > 35
            continue
        assert len(curve.line) > 60
        line = np.array(curve.line)
        assert (np.diff(line[:, 0]) > 0).all()
        x, y = np.array([point for point in curve.points if line[0, 0] <= point[0] <= line[-1, 0]]).T
        between = np.interp(np.log(x), np.log(line[:, 0]), line[:, 1])
        assert between == pytest.approx(y, abs=4e-3 * line[0, 1])
        for (before, some), (after, none) in pairwise(curve.line):
            if some > 0 >= none:  # followed to its end
                assert after / before < 1.011


def test_the_csv_holds_the_discharges_of_every_cell() -> None:
    comparison = compare_designs([PEARSE, DANILOV])
    rows = list(csv.DictReader(comparison_csv(comparison).splitlines()))
    assert {(row["design"], row["cell"]) for row in rows} == {
        ("Pearse 2018, holes 30 um deep", "cell"),
        ("Pearse 2018, holes 30 um deep", "planar_same_films.at_current"),
        ("Pearse 2018, holes 30 um deep", "planar_same_capacity.at_current"),
        ("Pearse 2018, holes 30 um deep", "planar_best.at_current"),
        ("Danilov 2011, planar Li/Li3PO4/LiCoO2", "cell"),
    }
    row = next(one for one in rows[len(rows) // 8 :] if one["cell"] == "planar_same_films.at_current")
    current = float(row["footprint_current_mA_cm2"])
    (alone,) = discharges(evaluate(load_design(PEARSE)), (), (current * MA_PER_CM2,))
    flat = alone.planar_same_films.at_current
    assert float(row["capacity_uAh_cm2"]) == pytest.approx(flat.capacity_uAh_cm2, rel=1e-6)
    assert float(row["energy_mWh_cm2"]) == pytest.approx(flat.energy_mWh_cm2, rel=1e-6)
    assert "closed form" in row["method"]
    lacking = list(csv.DictReader(comparison_csv(compare_designs([IMEC])).splitlines()))
    assert lacking[0]["at_best_without"] == "anode.exchange_current"
    assert comparison_csv(compare_designs([LEI])) == ""


def test_energy_densities_are_those_of_each_alone() -> None:
    (found,) = comparison_json(compare_designs([PEARSE]), [])["designs"]
    alone = evaluate(load_design(PEARSE)).energy
    assert alone is not None
    for key in ("volumetric_energy_Wh_L", "specific_energy_Wh_kg"):
        for of in ("active", "device"):
            assert found[key][of] == getattr(getattr(alone, key), of)
            assert found["planar_same_films"][key][of] == getattr(getattr(alone.planar, key), of)
    assert sum(found["asr_by_part_ohm_cm2"].values()) == pytest.approx(found["asr_ohm_cm2"])


def test_a_page_is_made_again_and_what_is_not_ours_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "x.html"
    for _ in range(2):
        assert run("compare", LEI, PEARSE, "-o", page) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"x.html", "x.json", "x.csv"}
    capsys.readouterr()
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    before = page.read_bytes()
    assert run("compare", LEI, "-o", page) == 2
    assert "x.json: exists and was not written by tfgeom" in capsys.readouterr().err
    assert page.read_bytes() == before
    other = tmp_path / "y.html"
    (tmp_path / "y.csv").write_text("time_s,current_mA\n", encoding="utf-8")
    assert run("compare", PEARSE, "-o", other) == 2
    assert "y.csv: exists" in capsys.readouterr().err
    assert not other.exists()


def test_pdf_goes_beside_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def printer(page: Path, target: Path) -> None:
        assert "What was compared" in page.read_text(encoding="utf-8")
        target.write_bytes(b"%PDF-1.7\n")

    monkeypatch.setattr("tfgeom.report.comparison.find_printer", lambda: printer)
    assert run("compare", LEI, "--pdf", "-o", tmp_path / "x.html") == 0
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
    assert capsys.readouterr().out.split()[-1] == str(tmp_path / "x.pdf")
    assert "--pdf -o" in (tmp_path / "x.html").read_text(encoding="utf-8")
    assert run("compare", LEI, "--pdf") == 2
    assert "--pdf: goes with the page; name that with -o" in capsys.readouterr().err
    assert run("compare", LEI, "-o", tmp_path / "x.pdf") == 2
    assert "give the name of the page" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.setattr(pdf, "BROWSERS", ())
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    assert run("compare", LEI, "--pdf", "-o", tmp_path / "y.html") == 1
    assert not (tmp_path / "y.html").exists()


def test_figures_go_to_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures"
    for _ in range(2):  # its own files are replaced
        assert run("compare", LEI, DANILOV, "--figures", figures, "-o", tmp_path / "x.html") == 0
    names = ("x_cross_section_1", "x_cross_section_2", "x_from_above_1", "x_resistance_by_part", "x_rates")
    made = {f"{name}.{suffix}" for name in names for suffix in ("svg", "pdf", "png")}
    assert {path.name for path in figures.iterdir()} == made
    assert capsys.readouterr().out.split()[-1] == str(figures)
    (figures / "x_rates.png").write_bytes(b"mine")
    assert run("compare", LEI, DANILOV, "--figures", figures, "-o", tmp_path / "x.html") == 2
    assert "x_rates.png: exists and was not written by tfgeom" in capsys.readouterr().err
    assert run("compare", LEI, "--figures", figures) == 2
    assert "--figures: goes with the page" in capsys.readouterr().err


def test_fidelities_are_told_and_unknown_ones_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", DANILOV, LEI, "--fidelity", "fem", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["fidelity"] == "fem"
    assert [one["fidelity"] for one in found["designs"]] == ["fem", "analytic"]
    assert found["designs"][0]["resistance_method"] == "finite elements"
    assert run("compare", DANILOV, "--fidelity", "exact") == 2
    assert "'exact' is unknown; use one of analytic, film, fem" in capsys.readouterr().err
    assert run("compare", DANILOV, "--fidelity", "film", "--json") == 0
    assert json.loads(capsys.readouterr().out)["fidelity"] == "film"


def test_a_terminal_of_80_columns_shows_every_number_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    long = tmp_path / "long.yaml"
    long.write_text(
        VALID.replace("name: Holes", "name: A long name of holes in silicon, 30 um deep"), "utf-8"
    )
    bad = tmp_path / "bad.yaml"
    bad.write_text(spoilt(VALID, ("depth: 30 um", "depth: 30")), encoding="utf-8")
    files = [*MIXED, long, bad]
    assert run("compare", *files) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "(1) Pearse 2018, holes 30 um deep"
    assert [line for line in lines if len(line) > 80 and str(tmp_path) not in line] == []
    words = set(" ".join(lines).split())
    for entry, found in compare_designs(files).evaluated:
        assert f"({entry.number})" in words
        for value in (found.geometry.area_gain, found.capacity and found.capacity.footprint_capacity_uAh_cm2):
            assert value is None or f"{value:.4g}" in words
    assert sum("needs a unit" in line for line in lines) >= 1
    assert "verdict:" in words


def test_designs_that_all_fail_still_give_a_page_that_says_why(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(spoilt(VALID, ("depth: 30 um", "depth: 30")), encoding="utf-8")
    text = comparison_html(compare_designs([bad, tmp_path / "none.yaml"]))
    assert "relief.depth: needs a unit" in text
    assert "no such file" in text
    assert "<h2>Rate</h2>" not in text
