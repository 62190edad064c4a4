"""What is not counted: on every kind of cell and relief, the same list wherever numbers are shown."""

import html as markup
import re
from pathlib import Path
from typing import Any

import pytest

from tests.design_texts import VALID, designed
from tests.kinds import CELLS, FILMS, design, every_cell, every_design, every_relief, has_closed_form
from tfgeom.cells.kinds import assemble_cell
from tfgeom.compare import compare_designs, not_counted_rows
from tfgeom.design import design_from_mapping, dump_design
from tfgeom.evaluation import evaluate, evaluate_cell
from tfgeom.numerals import typeset
from tfgeom.report import comparison, render, report_html
from tfgeom.report.comparison import comparison_html
from tfgeom.report.gallery import Gallery
from tfgeom.results import Evaluation
from tfgeom.terminal_lines import note_lines


def found(relief: str = "pillars", cell: str = "conformal", **changes: Any) -> Evaluation:
    return evaluate(design_from_mapping(design(relief, cell, **changes)))


def subjects(evaluation: Evaluation) -> dict[str, str]:
    return {one.subject: one.sentence for one in evaluation.not_counted}


@every_design
def test_every_design_says_what_it_does_not_count(relief: str, cell: str) -> None:
    evaluation = found(relief, cell)
    said = subjects(evaluation)
    assert len(said) == len(evaluation.not_counted)
    assert evaluation.to_dict()["not_counted"] == [
        {"subject": subject, "sentence": sentence} for subject, sentence in said.items()
    ]
    if not CELLS[cell]:
        assert set(said) == {"films"}
        return
    assert {"chip", "collectors", "temperature", "ageing"} <= set(said)
    assert ("conformality" in said) == (relief != "planar")
    assert ("liquid" in said) == cell.startswith("flooded")
    assert ("between cells" in said) == (cell == "bipolar")
    assert ("first cycle" in said) == (not (cell.startswith("flooded") or cell == "lithium anode"))
    edge = None if evaluation.resistance is None else evaluation.resistance.chip.edge_that_loses_10_pct_mm
    if relief == "through-holes" or not has_closed_form(relief, cell):
        assert edge is None
        assert "how much is not known, " in said["chip"]
    else:
        assert edge is not None
        assert 0.01 < edge < 1000
        (size,) = re.findall(r"longer than ([\d.]+) mm loses over 10 %", said["chip"])
        assert float(size) == pytest.approx(edge, rel=5e-3)


def test_a_leak_that_is_known_is_left_out_by_the_closed_model_alone() -> None:
    assert subjects(found())["ageing"].startswith("self-discharge and what cycling takes away")
    material = design("pillars", "conformal")["layers"][2]["material"]
    leaking = found(materials={material: {"electronic_conductivity": "1e-12 S/m"}})
    assert "electrons through the electrolyte in the film model" in subjects(leaking)["ageing"]


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "draw_pictures", lambda *_: Gallery({}, {}))
    monkeypatch.setattr(comparison, "draw_comparison", lambda *_: Gallery({}, {}))


def has_all(text: str, evaluation: Evaluation) -> bool:
    return all(sentence in text for sentence in subjects(evaluation).values())


def page_has_all(page: str, evaluation: Evaluation) -> bool:
    """Return whether a page has all, units as pages print them."""
    text = markup.unescape(page)
    return all(typeset(sentence) in text for sentence in subjects(evaluation).values())


@pytest.mark.usefixtures("undrawn")
@every_relief
def test_report_and_terminal_show_the_list_on_every_relief(relief: str) -> None:
    evaluation = found(relief)
    page = report_html(evaluation)
    assert "<h2>What is not counted</h2>" in page
    assert page_has_all(page, evaluation)
    assert has_all("\n".join(note_lines(evaluation)), evaluation)


@pytest.mark.usefixtures("undrawn")
@every_cell
def test_report_and_comparison_show_the_list_on_every_kind_of_cell(cell: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(dump_design(design_from_mapping(design("pillars", cell))), encoding="utf-8")
    evaluation = found("pillars", cell)
    assert page_has_all(report_html(evaluation), evaluation)
    compared = compare_designs([file, file])
    assert dict(not_counted_rows(compared)) == dict.fromkeys(subjects(evaluation).values(), "all")
    assert page_has_all(comparison_html(compared), evaluation)


def test_what_a_design_states_is_not_said_to_be_assumed() -> None:
    layers = [{**film, "step_coverage": 0.9} for film in FILMS]
    layers[0] = FILMS[0]
    assert "uneven films: inner collector is taken as thick" in subjects(found(layers=layers))["conformality"]
    layers[0] = {**FILMS[0], "step_coverage": 1}
    assert "conformality" not in subjects(found(layers=layers))


def test_a_missing_collector_is_named_and_counts_as_unknown() -> None:
    evaluation = found(layers=FILMS[:-1])
    said = subjects(evaluation)
    assert "there is no outer collector, and the free face of 'anode'" in said["collectors"]
    assert said["chip"].endswith("how much is not known, there is no outer collector")
    assert "the length of a chip that loses 10 % is null: there is no outer collector" in evaluation.notes


def test_a_solve_with_contacts_counts_the_collectors_in_the_cell() -> None:
    held = {**design()["operation"], "contact": "auto"}
    cell = assemble_cell(design_from_mapping(design(operation=held)))
    assert "collectors" in subjects(evaluate_cell(cell))
    assert "collectors" not in subjects(evaluate_cell(cell, "fem"))


def test_an_unknown_resistivity_is_named(tmp_path: Path) -> None:
    text = VALID.replace("material: TiN", "material: mine") + "\nmaterials: {mine: {density: 5 g/cm^3}}\n"
    evaluation = evaluate(designed(tmp_path, text))
    assert "the resistivity of mine (outer_collector) is not known" in subjects(evaluation)["chip"]
