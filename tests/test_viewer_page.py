"""Sizes and controls of the live page as values, and when its pictures are drawn and sent."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.design_texts import VALID
from tfgeom.design import load_design
from tfgeom.errors import OutputError
from tfgeom.viewer import picture_clock
from tfgeom.viewer.page_state import CONTROLS, MESSAGES, Sizes, asked_view, slider_key, text_key
from tfgeom.viewer.parameters import changed_design, plain_design
from tfgeom.viewer.picture_clock import PictureClock
from tfgeom.viewer.view import Cut, View


@pytest.fixture
def sizes(tmp_path: Path) -> Sizes:
    (tmp_path / "holes.yaml").write_text(VALID, encoding="utf-8")
    return Sizes.of(load_design(tmp_path / "holes.yaml"))


def index_of(sizes: Sizes, path: str) -> int:
    return [parameter.path for parameter in sizes.parameters].index(path)


def test_sizes_say_what_differs_from_the_design_as_read(sizes: Sizes, tmp_path: Path) -> None:
    design = load_design(tmp_path / "holes.yaml")
    pitch, depth = index_of(sizes, "relief.pitch"), index_of(sizes, "relief.depth")
    assert sizes.changes == {}
    moved = sizes.slid(pitch, 7.0).typed(depth, " 25 um ")
    assert moved.changes == {"relief.pitch": "7 µm", "relief.depth": "25 um"}
    changed = changed_design(plain_design(design), moved.changes)
    assert Sizes.of(changed).texts[pitch] == "7 µm"
    assert moved.entries(1)[text_key(1, depth)] == " 25 um ", "as typed"
    assert moved.entries(1)[slider_key(1, depth)] == pytest.approx(25)
    assert moved.typed(pitch, "6 µm").changes == {"relief.depth": "25 um"}
    assert sizes == Sizes.of(design), "they are values"


def test_a_slider_stays_while_its_text_is_no_quantity(sizes: Sizes) -> None:
    pitch = index_of(sizes, "relief.pitch")
    wrong = sizes.typed(pitch, "6")
    assert wrong.changes == {"relief.pitch": "6"}, "the design says what is wrong with it"
    assert wrong.positions == sizes.positions
    assert wrong.slid(pitch, wrong.positions[pitch]) == wrong, "not moved, so the text stays"
    assert wrong.slid(pitch, 6.5).changes == {"relief.pitch": "6.5 µm"}


def test_controls_ask_for_a_view() -> None:
    assert not CONTROLS.keys() & MESSAGES.keys()
    start = CONTROLS | {"bodies": [{"name": "substrate"}, {"name": "anode"}]}
    asked = {"visible": ["anode"], "columns": " 2 ", "thicker": 1.0, "taller": -1.0, "field": "potential"}
    assert asked_view(SimpleNamespace(**start | asked)) == View(
        columns=2, hidden=frozenset({"substrate"}), cut=Cut("y", 0.5), thickness_scale=10.0, z_scale=0.1,
        field="potential",
    )  # fmt: skip
    assert asked_view(SimpleNamespace(**start | {"is_cut": False})).cut is None
    for text in ("<b>", "-1", "", "1.5", "²", "1" * 7, None):
        with pytest.raises(OutputError, match="is no count"):
            asked_view(SimpleNamespace(**start | {"rows": text}))


class Log(list[str]):
    """What a clock did, in order."""

    def clock(self) -> PictureClock:
        return PictureClock(self.doing("draw"), self.doing("send"), self.reporting)

    def doing(self, what: str) -> Callable[[], None]:
        return lambda: self.append(what)

    def reporting(self, work: Callable[[], None]) -> Callable[[], None]:
        def call() -> None:
            try:
                work()
            except ValueError as error:
                self.append(f"reported: {error}")

        return call


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_clock, "AGAIN", (0.02, 0.02))


@pytest.mark.usefixtures("quick")
def test_many_moves_are_one_picture_sent_again() -> None:
    log = Log()

    async def move() -> None:
        moved = log.clock().after(log.doing("move"))
        for _ in range(200):
            moved()
        await asyncio.sleep(0.5)

    asyncio.run(move())
    assert log == ["move"] * 200 + ["draw", "send", "send", "send"]


@pytest.mark.usefixtures("quick")
def test_pictures_come_while_moves_do_not_end() -> None:
    log = Log()

    async def move() -> None:
        moved = log.clock().after(log.doing("move"))
        loop = asyncio.get_running_loop()
        end = loop.time() + 4 * picture_clock.LONGEST_WAIT
        while loop.time() < end:
            moved()
            await asyncio.sleep(picture_clock.SETTLE / 4)
        log.append("end")

    asyncio.run(move())
    assert 1 <= log[: log.index("end")].count("draw") <= 4


@pytest.mark.usefixtures("quick")
def test_work_on_what_is_shown_waits_for_no_clock() -> None:
    log = Log()

    async def save() -> None:
        clock = log.clock()
        clock.before(log.doing("save"))()
        clock.after(log.doing("move"))()
        clock.before(log.doing("save"))()
        await asyncio.sleep(0.3)

    asyncio.run(save())
    assert log[:5] == ["save", "move", "draw", "send", "save"]
    assert log[5:].count("draw") <= 1


@pytest.mark.usefixtures("quick")
def test_a_clock_goes_on_after_an_error() -> None:
    log = Log()

    def fail() -> None:
        raise ValueError("no picture")

    async def move() -> None:
        clock = PictureClock(fail, log.doing("send"), log.reporting)
        clock.after(log.doing("move"))()
        await asyncio.sleep(0.3)
        clock.after(log.doing("move"))()
        await asyncio.sleep(0.3)
        clock.after(log.doing("move"))()
        with pytest.raises(ValueError, match="no picture"):  # its caller reports it
            clock.before(log.doing("save"))()

    asyncio.run(move())
    assert log.count("reported: no picture") == 2
    assert "save" not in log
