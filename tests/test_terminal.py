"""What commands print: on any screen, into any pipe, whatever characters a name holds."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Captured, run
from tests.design_texts import VALID
from tfgeom.characters import visible
from tfgeom.errors import DesignError, MeshError


class Broken(io.RawIOBase):
    """A device that takes nothing, as a full disk and a closed pipe do."""

    def __init__(self, number: int) -> None:
        self.number = number

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        if self.number:
            raise OSError(self.number, os.strerror(self.number))
        return len(content)


@pytest.fixture
def design(tmp_path: Path) -> Path:
    file = tmp_path / "design.yaml"
    file.write_text(VALID.replace("name: ", "name: Zelle µΩ 日本 # ", 1), encoding="utf-8")
    return file


PRINTING = (
    ("--help",),
    ("--version",),
    ("schema",),
    ("schema", "--results"),
    ("new", "pillars"),
    ("materials",),
    ("materials", "show", "LiPON"),
    ("check", "DESIGN"),
    ("evaluate", "DESIGN"),
    ("evaluate", "DESIGN", "--json"),
    ("rate", "DESIGN", "--fidelity", "analytic"),
    ("rate", "DESIGN", "--fidelity", "analytic", "--json"),
    ("compare", "DESIGN", "DESIGN"),
    ("compare", "DESIGN", "DESIGN", "--json"),
)


@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_every_command_on_every_stream(
    words: tuple[str, ...], design: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [design if word == "DESIGN" else word for word in words]
    # a screen that knows only ASCII
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    assert run(*arguments) == 0
    shown = screen.buffer.getvalue() if isinstance(screen.buffer, io.BytesIO) else b""
    assert shown
    assert b"\x1b" not in shown
    assert not capsys.readouterr().err
    for number, said in (
        (errno.EPIPE, ""),
        (errno.ENOSPC, "standard output: cannot be written (no space left"),
    ):
        broken = Broken(number)
        lost = io.TextIOWrapper(io.BufferedWriter(broken))
        monkeypatch.setattr(sys, "stdout", lost)
        assert run(*arguments) == 1
        err = capsys.readouterr().err
        assert err.startswith(said)
        assert bool(err) == bool(said)
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        broken.number = 0
    monkeypatch.setattr(sys, "stdout", None)
    assert run(*arguments) == 1
    assert capsys.readouterr().err == "standard output is closed; nothing can be printed\n"


@pytest.mark.parametrize("words", [("chek",), ("report", "a.yaml", "\x1b[31m"), ("new", "\x1b[31m"), ("check", "\x1b[31m\n\udcff.yaml"), ("materials", "show", "\x1b[31m")])  # fmt: skip
def test_a_mistyped_command_moves_no_screen(words: tuple[str, ...], capsys: Captured) -> None:
    assert run(*words) == 2
    out, err = capsys.readouterr()
    assert not out
    assert "\x1b" not in err
    assert ("\\x1b[31m" in err) == ("\x1b[31m" in "".join(words))


def test_an_error_is_one_line_and_its_exit_code_survives_a_lost_screen(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x\n\x1b[31m.yaml"
    file.write_text('schema_version: 1\nname: x\n"\\e[2J\\n\\rkey": 1\nrelief: {kind: "\\e[31m\\tred"}\n')
    assert run("check", file) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "x\\n\\x1b[31m.yaml:3:1: \\x1b[2J\\n\\rkey: unknown key" in lines[0]
    assert "'\\x1b[31m\\tred' is not known" in lines[1]
    broken = Broken(errno.ENOSPC)
    for stderr in (None, io.TextIOWrapper(broken, write_through=True)):  # type: ignore[type-var]
        monkeypatch.setattr(sys, "stderr", stderr)
        assert run("check", file) == 2
    broken.number = 0


def test_too_little_memory_is_a_message(
    design: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("Unable to allocate 9.1 TiB")

    monkeypatch.setattr("tfgeom.evaluation.evaluate", fail)
    assert run("evaluate", design) == 1
    err = capsys.readouterr().err
    assert err.startswith(
        "the memory that this process may use is not enough (Unable to allocate 9.1 TiB); ask"
    )
    assert len(err.splitlines()) == 1


def test_what_does_not_show_is_written_as_an_escape() -> None:
    assert visible("plain µΩ 日本 \\ '") == "plain µΩ 日本 \\ '"
    assert visible("\x1b[0m\t\r\n\x7f\x9b\u202e\u2028\udcff\0") == (
        "\\x1b[0m\\t\\r\\n\\x7f\\x9b\\u202e\\u2028\\udcff\\x00"
    )
    assert str(MeshError("a\nb")) == "a\\nb"
    assert str(DesignError.at("a\nb", "c\x1b")) == "a\\nb: c\\x1b"


def test_a_date_that_is_none_is_told(design: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "zzz")
    assert run("evaluate", design) == 2
    assert capsys.readouterr().err == (
        "SOURCE_DATE_EPOCH: must be whole seconds after 1970, not 'zzz'; unset it\n"
    )
