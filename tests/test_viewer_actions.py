"""The live page's table: the numbers of the solve once it is there, and whose an error is."""

import asyncio
from pathlib import Path

import pytest

from tests.kinds import design
from tests.page_states import State
from tfgeom.design import design_from_mapping, dump_design, load_design
from tfgeom.errors import SolveError
from tfgeom.results import Evaluation
from tfgeom.viewer.actions import Actions
from tfgeom.viewer.colour_bar import ColourBar, field_bar
from tfgeom.viewer.node_fields import POTENTIAL
from tfgeom.viewer.numbers import NONE
from tfgeom.viewer.page_state import slider_key, text_key
from tfgeom.viewer.shown_design import ShownDesign


@pytest.fixture
def page(tmp_path: Path) -> Actions:
    files = []
    for name, cell in (("one", "conformal"), ("other", "bipolar")):
        file = tmp_path / f"{name}.yaml"
        text = dump_design(design_from_mapping(design("planar", cell, name=name)))
        file.write_text(text, encoding="utf-8")
        files.append(file)
    return Actions(State(), [ShownDesign(load_design(file)) for file in files])


def table(page: Actions, index: int = 0) -> dict[str, str]:
    return {row["what"]: row["cell"] for row in page.state.headlines[index]["rows"]}


def test_the_table_shows_the_solve_once_it_is_there(page: Actions) -> None:
    before = table(page)
    assert before["resistance by"] == "closed form"
    assert before["peak to mean at the cathode"] == NONE
    asyncio.run(page.solve())
    assert page.state.failure == ""
    for index in (0, 1):
        after = table(page, index)
        assert after["resistance by"] == "finite elements"
        assert float(after["peak to mean at the cathode"]) == pytest.approx(1, abs=1e-6)  # a plane
        assert list(after) == list(before)
    assert page.state.fields
    page.take_text(
        0,
        [parameter.path for parameter in page.sizes[0].parameters].index("layers.cathode.thickness"),
        "90 nm",
    )
    page.draw()
    assert table(page)["resistance by"] == "closed form", "the solve was of another thickness"
    assert table(page, 1)["resistance by"] == "finite elements"


def test_what_is_not_counted_and_cells_in_series_stand_beside_the_numbers(page: Actions) -> None:
    one, other = page.state.headlines
    assert (one["name"], other["name"]) == ("one", "other, 3 cells in series")
    assert [left_out["subject"] for left_out in one["not_counted"]] == [
        left_out.subject for left_out in page.first.evaluation.not_counted
    ]
    assert "between cells" in [left_out["subject"] for left_out in other["not_counted"]]


def test_an_error_marks_the_design_that_it_is_of(page: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    place = [parameter.path for parameter in page.sizes[0].parameters].index("layers.cathode.thickness")
    page.take_text(0, place, "-3 nm")
    page.draw()
    assert [headline["is_stale"] for headline in page.state.headlines] == [True, False]
    assert page.state.problem.startswith("one: ")
    assert page.state.wrong_paths == ["0:layers.cathode.thickness"]
    page.take_text(0, place, "70 nm")
    page.draw()
    assert [headline["is_stale"] for headline in page.state.headlines] == [False, False]
    assert page.state.problem == ""
    assert page.state[text_key(0, place)] == "70 nm"

    def fails() -> Evaluation:
        raise SolveError("did not converge")

    monkeypatch.setattr(page.shown[0], "solve", fails)
    asyncio.run(page.solve())
    assert page.state.failure == "one: did not converge"
    assert not page.state.is_solving
    assert table(page)["resistance by"] == "closed form"
    assert table(page, 1)["resistance by"] == "finite elements", "the other design is still solved"


def test_two_designs_share_one_range_of_colours_unless_told_otherwise(page: Actions) -> None:
    place = [parameter.path for parameter in page.sizes[1].parameters].index("layers.electrolyte.thickness")
    page.take_text(1, place, "300 nm")
    page.draw()
    asyncio.run(page.solve())
    page.state.field = POTENTIAL
    page.draw()
    own = [one.fields.range_of(POTENTIAL) for one in page.shown if one.fields is not None]
    assert own[0] != own[1]
    whole = min(low for low, _ in own), max(high for _, high in own)
    (bar,) = page.state.bars
    assert bar["title"] == "potential, mV at 1 mA/cm² of footprint"
    assert (float(bar["ticks"][0]), float(bar["ticks"][-1])) == pytest.approx(
        whole, abs=(whole[1] - whole[0]) / 200
    )
    for one in page.shown:
        drawn = [actor.mapper.scalar_range for actor in one.scene.actors if actor.mapper.scalar_visibility]
        assert drawn
        assert {tuple(ends) for ends in drawn} == {whole}
    page.state.is_common = False
    page.draw()
    assert [(one.scene.bar.low, one.scene.bar.high) for one in page.shown if one.scene.bar] == own
    assert [bar["title"] for bar in page.state.bars] == [
        f"{headline['name']}: potential, mV at 1 mA/cm² of footprint" for headline in page.state.headlines
    ], "stacked on a narrow page and in a saved picture, each says whose it is"
    page.state.field = ""
    page.draw()
    assert page.state.bars == []


def test_a_design_without_fields_leaves_the_bar_to_the_other(page: Actions) -> None:
    asyncio.run(page.solve())
    page.state.field = POTENTIAL
    place = [parameter.path for parameter in page.sizes[1].parameters].index("layers.cathode.thickness")
    page.take_text(1, place, "90 nm")
    page.draw()
    first = page.first.fields
    assert first is not None
    assert page.shown[1].fields is None
    assert (page.first.scene.bar, page.shown[1].scene.bar) == (field_bar(POTENTIAL, first), None)
    assert len(page.state.bars) == 1


def test_sizes_change_the_design_that_they_are_of(page: Actions) -> None:
    before = table(page), table(page, 1)
    place = [parameter.path for parameter in page.sizes[1].parameters].index("layers.cathode.thickness")
    page.state[slider_key(1, place)] = page.sizes[1].parameters[place].position_of("140 nm")
    page.take_sliders()
    page.draw()
    assert table(page) == before[0]
    assert table(page, 1) != before[1]
    page.state.saved_design = "1"
    assert "140 nm" in page.design_text()
    page.state.saved_design = "0"
    assert "140 nm" not in page.design_text()
    page.take_text(1, place, "-3 nm")
    page.draw()
    assert page.state.wrong_paths == ["1:layers.cathode.thickness"]
    page.reset_sizes()
    page.draw()
    assert (table(page), table(page, 1)) == before


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (6.92, 17.3, ("6.9", "12.1", "17.3")),
        (1.0, 1.004, ("1.00000", "1.00200", "1.00400")),
        (-20.0, 20.0, ("−20.0", "0.0", "20.0")),
        (0.0, 3000.0, ("0", "1500", "3000")),
        (1e-8, 3e-8, ("1×10⁻⁸", "2×10⁻⁸", "3×10⁻⁸")),
    ],
)
def test_numbers_on_a_bar_can_be_told_apart(low: float, high: float, shown: tuple[str, ...]) -> None:
    assert ColourBar("", low, high).ticks(3) == shown
