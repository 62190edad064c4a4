"""The page, its drawings and the picture that may be missing."""

import base64
import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.design_texts import FLOODED, VALID, WALLS, designed, with_relief
from tests.pages import Page
from tfgeom.cli import main
from tfgeom.design import Design, design_from_mapping
from tfgeom.errors import DesignError, OutputError
from tfgeom.evaluation import evaluate
from tfgeom.metrics.constants_behind import constants_behind
from tfgeom.palette import PARTS, film_colours
from tfgeom.rendering import WINDOW_VARIABLE, Rendering
from tfgeom.report import background_still, render_report, report_html
from tfgeom.report.background_still import Still, StillRender
from tfgeom.report.headline import headline
from tfgeom.transport.liquid.salt import SALT_CONSTANTS

HEAT = ("activation_energy", "reference_temperature")

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SAID = """
published:
  - {quantity: footprint_capacity_gain, value: 9.3, c_rate: 1, confidence: abstract, source: Pearse, tolerance: 5 %}
chosen: {relief.pitch: fits the measured gain, layers.cathode.thickness: as in the paper}
"""


@pytest.fixture
def pearse(tmp_path: Path) -> Design:
    return designed(tmp_path, VALID + SAID)


def test_the_headline_says_what_limits_and_what_that_rests_on(pearse: Design) -> None:
    evaluation = evaluate(pearse)
    assert evaluation.resistance is not None
    parts = evaluation.resistance.asr_by_part_ohm_cm2
    share = (parts["cathode_interface"] + parts["anode_interface"]) / sum(parts.values())
    text = " ".join(headline(evaluation))
    assert "10.07 times the area of its footprint" in text
    assert "delivers about 25 µAh/cm² of footprint, 9.61 times" in text
    assert "The cathode limits the capacity (N/P 1.86)" in text
    assert "charge transfer at the two electrode interfaces is the largest part" in text
    assert f"({100 * share:.0f} %)" in text
    assert "rests on exchange currents marked as estimates (from memory)" in text
    assert "at best" not in text.lower()


def test_a_measured_constant_is_no_estimate(tmp_path: Path) -> None:
    own = "materials:\n  LiV2O5: {exchange_current: 0.5 mA/cm^2}\n  SnNx: {exchange_current: 0.5 mA/cm^2}\n"
    said = headline(evaluate(designed(tmp_path, VALID + own)))
    assert sum("rests on no estimated constant" in sentence for sentence in said) == 1
    one = "materials:\n  SnNx: {exchange_current: 0.5 mA/cm^2}\n"
    text = " ".join(headline(evaluate(designed(tmp_path, VALID + one))))
    assert "rests on exchange current of LiV2O5 marked as an estimate (from memory)" in text


def test_a_part_rests_on_whatever_its_losses_were_computed_from(tmp_path: Path) -> None:
    own = "materials:\n  LiV2O5: {activation_energy: 0.3 eV, reference_temperature: 40 degC}\n"
    found = evaluate(designed(tmp_path, VALID + own))
    behind = {part: {(row.material, row.property) for row in constants_behind(found, part)} for part in PARTS}
    heat = {(material, key) for material in ("LiV2O5", "Li2PO2N") for key in HEAT}
    assert behind["cathode"] == {("LiV2O5", key) for key in ("electronic_conductivity", *HEAT)}
    assert behind["electrolyte"] == {("Li2PO2N", key) for key in ("ionic_conductivity", *HEAT)}
    assert {row for part in behind.values() for row in part if row[1] in HEAT} == heat
    salt = FLOODED.replace("type: flooded", "type: flooded, electrolyte_model: salt")
    liquid = {row.property for row in constants_behind(evaluate(designed(tmp_path, salt)), "electrolyte")}
    assert liquid == {"ionic_conductivity", *SALT_CONSTANTS}


def test_at_best_stands_before_numbers_that_leave_a_loss_out(pearse: Design) -> None:
    whole = evaluate(pearse)
    assert whole.resistance is not None
    assert whole.rate is not None
    left_out = ("cathode.exchange_current",)
    evaluation = replace(
        whole,
        resistance=replace(whole.resistance, incomplete=left_out),
        rate=tuple(replace(row, incomplete=left_out) for row in whole.rate),
    )
    text = Page(report_html(evaluation)).text
    for phrase in (
        "At best, its area-specific resistance",
        "At best, it gives 80 %",
        "area-specific resistance, Ω·cm², at best",
        "capacity at 1C, µAh/cm², at best",
        "left out: exchange current of cathode missing",
        "Missing: exchange current of cathode",
    ):
        assert phrase in text
    assert "at best" not in Page(report_html(whole)).text.lower()


def test_the_page_asks_nothing_of_the_network(pearse: Design) -> None:
    page = Page(report_html(evaluate(pearse), Still(PNG)))
    links = [attrs.get(name) for _, attrs in page.tags for name in ("src", "href") if name in attrs]
    anchors = [link for link in links if link is not None and link.startswith("#")]
    links = [link for link in links if link not in anchors]
    assert len(anchors) == len(page.headings)
    assert len(links) == 9
    assert all(link is not None and link.startswith("data:") for link in links)
    assert set(anchors) <= {
        f"#{attrs['id']}" for tag, attrs in page.tags if tag == "section" and "id" in attrs
    }
    images = [attrs for tag, attrs in page.tags if tag == "img"]
    assert len(images) == 8
    assert all(attrs["alt"] for attrs in images)
    for attrs in images:
        content = base64.b64decode(str(attrs["src"]).split(",")[1])
        assert content == PNG or not re.search(rb"(href|src)=\"http", content)
    assert not [tag for tag, attrs in page.tags if tag == "script" and attrs["type"] != "application/json"]


def test_the_sections_stand_in_order(pearse: Design) -> None:
    assert Page(report_html(evaluate(pearse))).headings == [
        "What is not counted",
        "Cross-section",
        "In three dimensions",
        "Beside the plane",
        "Capacity and films",
        "The device",
        "Resistance",
        "Rate",
        "Published beside computed",
        "Chosen, not published",
        "Warnings and notes",
        "Estimated and missing constants",
        "Where every constant comes from",
        "What the words mean",
        "The design",
        "How this was made, and how to cite it",
    ]


def test_the_page_holds_numbers_and_design_for_programs(pearse: Design) -> None:
    evaluation = evaluate(pearse)
    scripts = Page(report_html(evaluation)).scripts
    numbers = json.loads(scripts["tfgeom-numbers"])
    assert numbers == json.loads(json.dumps({"schema_version": 1, **evaluation.to_dict()}))
    assert design_from_mapping(json.loads(scripts["tfgeom-design"])) == pearse


def test_names_of_the_file_are_text_and_never_markup(tmp_path: Path) -> None:
    plain = Page(report_html(evaluate(designed(tmp_path, VALID))))
    nasty = "</script><img src=x onerror=alert(1)><b>$x^2$ & 電池"
    text = VALID.replace("name: Holes", f"name: '{nasty}'\nsource: '{nasty}'")
    text += f"chosen: {{relief.pitch: '{nasty}'}}\n"
    text += f"published: [{{quantity: area_gain, value: 10, confidence: review, source: '{nasty}', note: '{nasty}'}}]\n"
    design = designed(tmp_path, text)
    page = Page(report_html(evaluate(design)))
    assert nasty in page.text
    for tag in ("img", "script", "b"):
        assert sum(t == tag for t, _ in page.tags) == sum(t == tag for t, _ in plain.tags)
    assert json.loads(page.scripts["tfgeom-numbers"])["name"] == nasty


def test_a_material_name_with_dollar_signs_is_drawn(tmp_path: Path) -> None:
    text = VALID.replace("thickness: 40 nm}", r"thickness: 40 nm, name: a_b}").replace(
        "cell: {", "materials: {'$\\frac{Ru$': {resistivity: 15 uohm*cm}}\ncell: {"
    )
    design = designed(tmp_path, text.replace("material: Ru", "material: '$\\frac{Ru$'"))
    assert "$\\frac{Ru$" in Page(report_html(evaluate(design))).text


def test_the_same_input_gives_the_same_bytes(pearse: Design) -> None:
    assert report_html(evaluate(pearse)) == report_html(evaluate(pearse))


def test_estimates_are_marked_with_a_word(pearse: Design) -> None:
    evaluation = evaluate(pearse)
    page = Page(report_html(evaluation))
    guessed = sum(row.confidence in ("memory", "computed") for row in evaluation.provenance)
    assert guessed > 5
    cells = [text for text in page.texts if text.startswith("estimate: ")]
    groups = {
        (row.material, row.confidence)
        for row in evaluation.provenance
        if row.confidence in ("memory", "computed")
    }
    ranks = {confidence for _, confidence in groups}  # each explained once
    assert len(cells) == guessed + len(groups) + len(ranks)


def test_published_numbers_stand_beside_the_computed_ones(pearse: Design) -> None:
    text = Page(report_html(evaluate(pearse))).text
    assert "footprint capacity gain at 1C 9.3 9.6 +3.2 % 5 % inside the tolerance abstract Pearse" in text
    assert "relief.pitch 6 µm fits the measured gain" in text
    assert "layers.cathode.thickness 70 nm as in the paper" in text


def test_a_flooded_cell_leaves_out_what_is_null(tmp_path: Path) -> None:
    design = designed(tmp_path, FLOODED)
    page = Page(report_html(evaluate(design)))
    assert "Rate" not in page.headings
    assert "Beside the plane" in page.headings
    assert "the salt of the liquid, which runs out at high currents" in page.text


def test_a_bare_relief_gives_a_page(tmp_path: Path) -> None:
    design = designed(tmp_path, WALLS)
    page = Page(report_html(evaluate(design)))
    assert page.headings == [
        "What is not counted",
        "Cross-section",
        "In three dimensions",
        "Warnings and notes",
        "What the words mean",
        "The design",
        "How this was made, and how to cite it",
    ]
    assert "geometry only" in page.text
    assert "The relief has 241" in page.text


def test_a_flat_cell_gives_a_page(tmp_path: Path) -> None:
    design = designed(tmp_path, with_relief("{kind: planar}"))
    page = Page(report_html(evaluate(design)))
    assert "A flat cell" in page.text
    assert "Rate" in page.headings


def test_a_film_has_one_colour_everywhere(pearse: Design) -> None:
    evaluation = evaluate(pearse)
    colours = film_colours(evaluation.layers)
    for part in ("cathode", "electrolyte", "anode", "inner_collector", "outer_collector"):
        assert colours[part] == PARTS[part]
    assert len(set(colours.values())) == 5
    html = report_html(evaluation, Still(PNG))
    section = str(next(attrs["src"] for tag, attrs in Page(html).tags if tag == "img"))
    drawn = base64.b64decode(section.split(",")[1]).decode()
    for colour in colours.values():
        assert f"fill: {colour}" in drawn
        assert f"background:{colour}" in html


def test_further_films_of_a_role_are_told_apart(pearse: Design) -> None:
    layer = evaluate(pearse).layers[2]
    assert layer.role == "electrolyte"
    assert len(set(film_colours([layer, replace(layer, name="second")]).values())) == 2


@pytest.fixture
def no_opengl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make rendering fail, as on a machine without OpenGL."""
    monkeypatch.setenv(WINDOW_VARIABLE, "vtkNoSuchRenderWindow")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.usefixtures("no_opengl")
def test_without_opengl_the_page_says_so_in_one_sentence(
    pearse: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as done:
        main(["report", str(pearse.origin.file), "--fidelity", "analytic"])
    assert done.value.code in (None, 0)
    captured = capsys.readouterr()
    assert (captured.out.strip(), captured.err) == ("cell.html", "")
    page = Page((tmp_path / "cell.html").read_text(encoding="utf-8"))
    assert page.text.count("No 3D picture: this machine cannot render 3D pictures") == 1
    assert sum(tag == "img" for tag, _ in page.tags) == 7
    numbers = json.loads((tmp_path / "cell.json").read_text(encoding="utf-8"))
    assert numbers["schema_version"] == 1
    assert numbers["geometry"]["area_gain"] == evaluate(pearse).geometry.area_gain
    assert {file.name for file in tmp_path.iterdir()} == {
        "cell.yaml",
        "cell.html",
        "cell.json",
        "cell_rates.csv",
        "cell_curves.csv",
    }


def test_a_bad_place_is_found_out_before_the_work(
    pearse: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object) -> None:
        raise AssertionError("the work has started")

    monkeypatch.setattr("tfgeom.report.render.assemble_cell", too_late)
    with pytest.raises(OutputError, match="does not exist"):
        render_report(pearse, tmp_path / "missing" / "x.html")
    with pytest.raises(OutputError, match=r"give the name of the page, for example x\.html"):
        render_report(pearse, tmp_path / "x.json")
    (tmp_path / "y.json").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        render_report(pearse, tmp_path / "y.html")


def test_an_error_leaves_nothing_behind_and_stops_the_picture(tmp_path: Path) -> None:
    design = designed(tmp_path, FLOODED)
    with pytest.raises(DesignError, match="unknown"):
        render_report(design, tmp_path / "x.html", "exact")
    assert [file.name for file in tmp_path.iterdir()] == ["cell.yaml"]


# --- the 3D picture


def works(monkeypatch: pytest.MonkeyPatch, window: str | None) -> None:
    monkeypatch.setattr(
        background_still, "probe_rendering", lambda refresh=False: Rendering(True, window, "rendered")
    )
    monkeypatch.setattr(background_still, "forget_rendering", lambda: None)


def test_a_crash_of_the_renderer_is_a_sentence(pearse: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WINDOW_VARIABLE, raising=False)
    works(monkeypatch, "vtkNoSuchRenderWindow")
    with StillRender(pearse) as job:
        found = job.result()
    assert found.png is None
    assert "the process that renders the 3D picture failed (exit" in found.sentence


def test_a_slow_renderer_is_a_sentence(pearse: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    works(monkeypatch, None)
    with StillRender(pearse, seconds=0.05) as job:
        assert job.result().sentence == "the 3D picture was not ready within 0.05 s and was left out"


def test_leaving_early_stops_the_renderer(pearse: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    works(monkeypatch, None)
    with StillRender(pearse) as job:
        while job._process is None:
            time.sleep(0.01)
    assert job._process.poll() is not None
    assert job.result().png is None


def test_a_stated_interface_resistance_is_named_when_it_dominates(pearse: Design) -> None:
    layers = list(pearse.layers)
    layers[2] = layers[2].model_copy(update={"interface_resistance": 0.1})  # 1000 ohm cm²
    found = evaluate(pearse.model_copy(update={"layers": tuple(layers)}))
    text = " ".join(headline(found))
    assert "the interface resistance that the design states is the largest part" in text
    assert "charge transfer" not in text
    assert found.resistance is not None
    face = found.layers[1].interface_area_gain.outer
    assert found.resistance.contact_by_part_ohm_cm2 == {"cathode_interface": pytest.approx(1000 / face)}
