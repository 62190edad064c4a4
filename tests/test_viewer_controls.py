"""Sliders of a design, its headline numbers as the page prints them, and whom the page answers."""

import asyncio
import logging
import math
from pathlib import Path

import pytest

from tests.design_texts import FLOODED, VALID, mapping_in
from tests.shipped import SHIPPED
from tfgeom.design import KINDS, design_template, load_design
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.reliefs.holes import Holes
from tfgeom.reliefs.sections import Walled, Width
from tfgeom.viewer.app import tells_more_than_a_lost_page
from tfgeom.viewer.callbacks import Callbacks, in_thread
from tfgeom.viewer.foreign_requests import is_loopback, is_own
from tfgeom.viewer.numbers import NONE, number_rows
from tfgeom.viewer.parameters import changed_design, design_parameters, plain_design


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_slider_changes_its_number_and_no_other(file: Path) -> None:
    design = load_design(file)
    plain = plain_design(design)
    parameters = design_parameters(design)
    paths = [parameter.path for parameter in parameters]
    assert len(set(paths)) == len(paths)
    assert changed_design(plain, {}) == design
    assert changed_design(plain, {p.path: p.text for p in parameters}) == design
    for parameter in parameters:
        low, high = parameter.ends
        start = parameter.position_of(parameter.text)
        assert low <= start <= high
        assert start < high, parameter.path
        text = parameter.text_at(start + min(parameter.step, (high - start) / 2))
        other = changed_design(plain, {parameter.path: text})
        moved = {
            p.path: p.text for p in design_parameters(other) if p.text not in [q.text for q in parameters]
        }
        assert other != design
        assert set(moved) <= {parameter.path}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_sizes(kind: str, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(design_template(kind), encoding="utf-8")
    design = load_design(tmp_path / "new.yaml")
    found = design_parameters(design)
    sizes = {
        parameter.path.removeprefix("relief.") for parameter in found if parameter.path.startswith("relief")
    }
    # the template says every size, but for the angle of the walls
    said = mapping_in(design_template(kind))["relief"]
    walls = {"sidewall_angle"} if isinstance(design.relief, Walled) else set()
    assert sizes == {key for key, value in said.items() if value[0].isdigit()} | walls
    assert sum(parameter.path.endswith(".thickness") for parameter in found) >= 1


def test_thickness_slides_by_ratios_and_sizes_by_steps(tmp_path: Path) -> None:
    (tmp_path / "holes.yaml").write_text(VALID, encoding="utf-8")
    found = {p.path: p for p in design_parameters(load_design(tmp_path / "holes.yaml"))}
    film, pitch = found["layers.cathode.thickness"], found["relief.pitch"]
    assert (film.unit, film.low, film.high, film.text) == ("nm", 7, 700, "70 nm")
    assert film.position_of("0.7 um") == pytest.approx(math.log10(700))
    assert film.text_at(2) == "100 nm"
    assert film.position_of("5 um") == film.ends[1], "beyond the end stands at the end"
    assert (pitch.unit, pitch.low, pitch.high) == ("um", 1.2, 15)
    assert pitch.text_at(6.5) == "6.5 µm"
    with pytest.raises(DesignError, match=r"relief\.pitch: needs a unit"):
        pitch.position_of("6")
    with pytest.raises(DesignError, match=r"relief\.pitch: .*5\.5 um"):
        pitch.position_of("5,5 um")


def test_a_width_keeps_the_height_at_which_it_is_measured(tmp_path: Path) -> None:
    text = VALID.replace("diameter: 3 um", "diameter: {value: 3 um, at: bottom}")
    (tmp_path / "holes.yaml").write_text(text, encoding="utf-8")
    plain = plain_design(load_design(tmp_path / "holes.yaml"))
    changed = changed_design(plain, {"relief.diameter": "2 um"})
    assert isinstance(changed.relief, Holes)
    assert changed.relief.diameter == Width.model_validate({"value": "2 um", "at": "bottom"})
    with pytest.raises(DesignError, match=r"relief\.diameter: 7 um does not fit pitch 6 um"):
        changed_design(plain, {"relief.diameter": "7 um"})


def test_headline_prints_four_digits_and_dashes(tmp_path: Path) -> None:
    bare = "schema_version: 1\nname: Walls\nrelief: {kind: honeycomb, pitch: 400 nm, wall: 16 nm, depth: 25 um}\n"
    for name, text in (("full", VALID), ("flooded", FLOODED), ("bare", bare)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    rows = {
        name: {row.what: row for row in number_rows(evaluate(load_design(tmp_path / f"{name}.yaml")))}
        for name in ("full", "flooded", "bare")
    }
    assert len({tuple(found) for found in rows.values()}) == 1, "the same rows for every design"
    assert (rows["full"]["footprint capacity"].cell, rows["full"]["footprint capacity"].plane) == (
        "24.88",
        "2.59",
    )
    assert rows["full"]["gap after coating"].cell == "2610"
    assert rows["flooded"]["N/P ratio"].cell == NONE
    assert rows["bare"]["area gain"].cell.startswith("24")
    others = [row for what, row in rows["bare"].items() if what != "area gain"]
    assert {text for row in others for text in (row.cell, row.plane)} == {NONE}


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("localhost", True), ("::1", True), ("[::1]", True),
     ("0.0.0.0", False), ("192.0.2.1", False), ("example.org", False), ("", False), ("::", False)],
)  # fmt: skip
def test_what_only_this_machine_reaches(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("origin", "asked", "own"),
    [
        (None, "127.0.0.1:8765", True),
        ("http://127.0.0.1:8765", "127.0.0.1:8765", True),
        ("http://evil.example", "127.0.0.1:8765", False),
        (None, "evil.example", False),
        (None, "[::1]:80", True),
        (None, "[::1", False),
        (None, "[", False),
        (None, "]", False),
        (None, "", False),
        ("http://[::1", "127.0.0.1:8765", False),
        ("null", "127.0.0.1:8765", False),
        ("[", "[", False),
        (None, "127.0.0.1:x", True),
        (None, "\u2100.example", False),
    ],
)
def test_headers_that_anybody_may_have_written(origin: str | None, asked: str, own: bool) -> None:
    assert is_own(origin, asked, "127.0.0.1") is own


class State(dict[str, str]):
    """As much of trame's state as a callback needs."""

    def __enter__(self) -> "State":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to send."""

    def __setattr__(self, key: str, value: str) -> None:
        self[key] = value


def test_errors_of_callbacks_reach_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    state = State()
    callbacks = Callbacks(state)

    def impossible() -> None:
        raise DesignError.at("relief.pitch", "too small")

    def wrong() -> None:
        raise KeyError("a bug")

    async def solve() -> None:
        await in_thread(impossible)

    async def press() -> None:
        callbacks.beside(solve)()
        assert "failure" not in state, "the page is not kept waiting"
        while "failure" not in state:
            await asyncio.sleep(0.01)

    assert callbacks.reporting(lambda: 3)(unused=1) == 3
    asyncio.run(press())
    assert state.pop("failure") == "relief.pitch: too small"
    callbacks.reporting(impossible)()
    assert state["failure"] == "relief.pitch: too small"
    assert capsys.readouterr().err == ""
    callbacks.reporting(wrong)()
    assert state["failure"] == "unexpected error, see the terminal: KeyError: 'a bug'"
    assert "Traceback" in capsys.readouterr().err


def test_a_page_that_went_away_is_not_worth_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("test_a_page_that_went_away")
    log.addFilter(tells_more_than_a_lost_page)
    for error in (ConnectionResetError("closing transport"), KeyError("a bug")):
        log.error("Error handling request", exc_info=error)
    log.error("no exception")
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [KeyError, None]
