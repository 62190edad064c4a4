"""The live page's table: the numbers of the solve once it is there, and whose an error is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.kinds import design
from tfgeom.design import design_from_mapping, dump_design, load_design
from tfgeom.errors import SolveError
from tfgeom.results import Evaluation
from tfgeom.viewer.actions import Actions
from tfgeom.viewer.numbers import NONE
from tfgeom.viewer.page_state import text_key
from tfgeom.viewer.shown_design import ShownDesign


class State(dict[str, Any]):
    """As much of trame's state as the actions need."""

    def __enter__(self) -> "State":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to send."""

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value


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
        [parameter.path for parameter in page.sizes.parameters].index("layers.cathode.thickness"), "90 nm"
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
    place = [parameter.path for parameter in page.sizes.parameters].index("layers.cathode.thickness")
    page.take_text(place, "-3 nm")
    page.draw()
    assert [headline["is_stale"] for headline in page.state.headlines] == [True, False]
    assert page.state.problem.startswith("one: ")
    assert page.state.wrong_paths == ["layers.cathode.thickness"]
    page.take_text(place, "70 nm")
    page.draw()
    assert [headline["is_stale"] for headline in page.state.headlines] == [False, False]
    assert page.state.problem == ""
    assert page.state[text_key(place)] == "70 nm"

    def fails() -> Evaluation:
        raise SolveError("did not converge")

    monkeypatch.setattr(page.shown[0], "solve", fails)
    asyncio.run(page.solve())
    assert page.state.failure == "one: did not converge"
    assert not page.state.is_solving
    assert table(page)["resistance by"] == "closed form"
    assert table(page, 1)["resistance by"] == "finite elements", "the other design is still solved"
