"""What the pages call things: the parts of a half-cell, units in sources, terms that a page does not use."""

from pathlib import Path

import pytest

from tests.design_texts import VALID, WALLS, designed, with_relief
from tests.pages import Page
from tfgeom.compare import compare_designs
from tfgeom.evaluation import evaluate
from tfgeom.report.comparison import comparison_html
from tfgeom.report.headline import headline
from tfgeom.report.part_names import part_titles
from tfgeom.report.render import report_html

POSTS = """\
schema_version: 1
name: Posts
relief: {kind: pillars, lattice: square, pitch: 10 um, diameter: 4 um, height: 60 um}
layers:
  - {role: current_collector, material: Pt, thickness: 50 nm}
  - {role: cathode, material: LiCoO2, thickness: 500 nm}
cell: {type: flooded, electrolyte: LiPF6-EC-EMC, separator: 20 um, counter: Li}
operation: {voltage: {min: 3 V, max: 4.2 V}, temperature: 25 degC, c_rates: [1, 10]}
"""
ANODE = (
    POSTS.replace("cathode, material: LiCoO2", "anode, material: TiO2")
    .replace("500 nm", "100 nm")
    .replace("{min: 3 V, max: 4.2 V}", "{min: 1 V, max: 3 V}")
)


def test_two_electrodes_are_not_told_as_the_lithium_alone(tmp_path: Path) -> None:
    found = evaluate(designed(tmp_path, POSTS))
    assert found.resistance is not None
    parts = found.resistance.asr_by_part_ohm_cm2
    assert parts["anode_interface"] > parts["cathode_interface"] > 0.1 * parts["anode_interface"]
    text = " ".join(headline(found))
    assert "charge transfer at two electrodes, mostly the lithium, is the largest part" in text
    alone = " ".join(headline(evaluate(designed(tmp_path, ANODE))))
    assert "charge transfer at the lithium electrode is the largest part" in alone


@pytest.mark.parametrize(("text", "wrong"), [(POSTS, "anode interface"), (ANODE, "cathode interface")])
def test_the_interface_of_the_counter_electrode_is_the_lithiums(
    tmp_path: Path, text: str, wrong: str
) -> None:
    design = designed(tmp_path, text)
    found = evaluate(design)
    assert "lithium interface" in part_titles(found).values()
    for page in (Page(report_html(found)), Page(comparison_html(compare_designs([str(design.origin.file)])))):
        assert "lithium interface" in page.text
        assert wrong not in page.text
        told = " ".join(str(attrs.get("alt")) for tag, attrs in page.tags if tag == "img")
        assert wrong not in told


def test_units_in_sources_are_typeset(tmp_path: Path) -> None:
    text = Page(report_html(evaluate(designed(tmp_path, POSTS)))).text
    before = text.partition("As it was given")[0]
    for raw in ("ohm cm2", "uohm*cm", "uAh/cm2", "degC"):
        assert raw not in before
    assert "µΩ·cm at 110 nm" in before


def test_a_bare_relief_explains_no_words_of_cells(tmp_path: Path) -> None:
    text = Page(report_html(evaluate(designed(tmp_path, WALLS)))).text
    for word in (
        "conformal, flooded",
        "closed form, finite",
        "film stack on the top",
        "sources of the constants",
    ):
        assert word not in text
    text = Page(report_html(evaluate(designed(tmp_path, VALID)))).text
    assert "film stack on the top" in text
    assert "The sources of the constants deserve theirs" in text


def test_a_cell_whose_resistance_is_not_known_misses_no_constant_of_it(tmp_path: Path) -> None:
    wave = designed(
        tmp_path, POSTS.replace(POSTS.splitlines()[2], "relief: {kind: wave, amplitude: 4 um, period: 10 um}")
    )
    found = evaluate(wave)
    assert found.resistance is None
    assert "No constant is missing" not in Page(report_html(found)).text


def test_one_panel_is_not_drawn_over_the_whole_page(tmp_path: Path) -> None:
    for text, size in ((POSTS, "half"), (VALID, "wide")):
        page = report_html(evaluate(designed(tmp_path, text)))
        figure = page.partition("<h3>Energy against power</h3>")[2].partition("<figure")[2]
        assert figure.startswith(f' class="{size}"')


def test_one_collector_is_an_equipotential(tmp_path: Path) -> None:
    outer = "  - {role: current_collector, material: TiN, thickness: 25 nm}\n"
    design = designed(tmp_path, with_relief("{kind: planar}", VALID.replace(outer, "")))
    text = Page(report_html(evaluate(design))).text
    assert "inner collector is taken as an equipotential;" in text
