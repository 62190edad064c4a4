"""The commands around files, end to end: what a person sees and the exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import Captured, run
from tests.design_texts import VALID
from tests.shipped import ROOT
from tfgeom.design import KINDS


def write(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "design.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_new_designs_check(kind: str, tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / f"{kind}.yaml"
    assert run("new", kind, "-o", file) == 0
    assert run("check", file) == 0
    out, err = capsys.readouterr()
    assert (verdicts(out), err) == ([f"{file}: ok"], "")
    assert run("new", kind) == 0
    assert capsys.readouterr().out == file.read_text()


def verdicts(out: str) -> list[str]:
    """Return the lines of `tfgeom check` that are no notes."""
    return [line for line in out.splitlines() if ": note: " not in line]


def test_new_refuses(tmp_path: Path, capsys: Captured) -> None:
    assert run("new", "pilars") == 2
    assert capsys.readouterr().err == "'pilars' is no kind of relief; did you mean 'pillars'?\n"
    assert run("new", "pattern") == 1
    assert capsys.readouterr().err.startswith("not yet supported: kind pattern; allowed: planar, pillars")
    assert run("new", "holes", "-o", tmp_path / "no" / "x.yaml") == 2
    assert "does not exist; create it" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "{file}: is empty; 'tfgeom new pillars' prints a design to start from"),
        (b"# nothing\n", "{file}: is empty; 'tfgeom new pillars' prints a design to start from"),
        (b"---\n...\n", "{file}: is empty; 'tfgeom new pillars' prints a design to start from"),
        (b"\x89PNG\r\n\x1a\n\0\0", "{file}: is not a text file; a design is a YAML file in UTF-8"),
        (b"name: \x07\n", "{file}: is not a text file; a design is a YAML file in UTF-8"),
        (
            VALID.encode("utf-16"),
            "{file}: is not a text file; a design is a YAML file in UTF-8; it looks like UTF-16 "
            "(the byte order mark FF FE stands first); save it as UTF-8",
        ),
        (b"name: x\n" * 150_000, "{file}: is larger than 1 MB, the most a design may have"),
        (b"[" * 100_000, "{file}:1:21: is nested more than 20 levels deep"),
        (b"a: [" + b"1, " * 30_000 + b"]", "{file}:1:59996: holds more than 20000 values, the most it may"),
        (b"a: &a [1, 2]\nb: [*a, *a]\n", "{file}:1:4: anchor '&a' is not read; write values out"),
        (b"a: *a\n", "{file}:1:4: alias '*a' is not read; write the value out"),
        (b"a: !!python/name:os.system x\n", "{file}:1:4: tag 'tag:yaml.org,2002:python/name:os"),
        (b"a: 1\na: 2\n", "{file}:2:1: a: is given twice, first on line 1; keep one"),
        (b"- a\n", "{file}: must hold keys and values such as 'schema_version: 1', not a list or text"),
        (b"a: [1\nb: 2\n", "{file}:2:2: not valid YAML: while parsing a flow sequence expected ',' or ']'"),
        (b"a: 1\n---\nb: 1\n", "{file}:2:1: holds a second document ('---'); keep one design a file"),
        (b"? {a: 1}\n: 2\n", "{file}:1:3: a key must be a word, not a list or mapping"),
    ],
)  # fmt: skip
def test_files_that_are_no_designs(tmp_path: Path, capsys: Captured, content: bytes, message: str) -> None:
    file = write(tmp_path, content)
    assert run("check", file) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(message.format(file=file))
    assert len(err.splitlines()) == 1


def test_paths_that_cannot_be_read(tmp_path: Path, capsys: Captured) -> None:
    assert run("check", tmp_path / "no.yaml") == 2
    assert capsys.readouterr().err == f"{tmp_path}/no.yaml: no such file; check the name and the folder\n"
    assert run("check", tmp_path) == 2
    assert capsys.readouterr().err == f"{tmp_path}: is a folder; give the name of a file\n"
    assert run("check", "/dev/zero") == 2
    assert capsys.readouterr().err == "/dev/zero: is larger than 1 MB, the most a design may have\n"
    assert run("check", tmp_path / ("x" * 300)) == 2
    assert "cannot be read: file name too long" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_file_without_rights(tmp_path: Path, capsys: Captured) -> None:
    file = write(tmp_path, VALID)
    file.chmod(0)
    assert run("check", file) == 2
    assert capsys.readouterr().err == f"{file}: cannot be read: permission denied\n"


def test_check_of_several_returns_the_worst(tmp_path: Path, capsys: Captured) -> None:
    good, later, bad = (tmp_path / name for name in ("good.yaml", "later.yaml", "bad.yaml"))
    good.write_text(VALID)
    later.write_text(VALID.replace("kind: holes", "kind: pyramids"))
    bad.write_text(VALID.replace("pitch: 6 um", "pitch: 6"))
    assert run("check", good, later) == 1
    assert run("check", bad, later, good) == 2
    out, err = capsys.readouterr()
    assert verdicts(out) == [f"{good}: ok"] * 2
    assert f"{later}:4:9: relief.kind: not yet supported: kind pyramids" in err
    assert (
        f"{bad}:6:10: relief.pitch: needs a unit: 6 alone could mean anything; write for example '6 um'"
        in err
    )


def test_check_tells_of_a_claim_that_is_off(tmp_path: Path, capsys: Captured) -> None:
    claim = (
        "published:\n  - {quantity: area_gain, value: 20, tolerance: 3 %, confidence: review, source: x}\n"
    )
    file = write(tmp_path, VALID + claim)
    assert run("check", file) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{file}: published.area_gain: computed 10.07")
    assert err == ""


def test_byte_order_mark_and_windows_lines(tmp_path: Path, capsys: Captured) -> None:
    file = write(tmp_path, b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode())
    assert run("check", file) == 0
    assert verdicts(capsys.readouterr().out) == [f"{file}: ok"]


def test_schema_is_json(capsys: Captured) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "tfgeom design"


def test_materials(capsys: Captured) -> None:
    assert run("materials") == 0
    listed = capsys.readouterr().out
    assert run("materials", "list") == 0
    assert capsys.readouterr().out == listed
    assert "\nLiV2O5\t" in listed
    assert run("materials", "show", "LiV2O5") == 0
    shown = capsys.readouterr().out
    assert "\nvolumetric_capacity\t37 uAh/cm^2/um" in shown
    assert run("materials", "show", "LiV2O") == 2
    assert "did you mean LiV2O5" in capsys.readouterr().err


def test_usage_errors_exit_2(capsys: Captured) -> None:
    for arguments in (["chek"], ["check"], ["check", "--no"], ["materials", "lst"]):
        assert run(*arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "Usage: tfgeom" in err


def test_as_a_program(tmp_path: Path) -> None:
    """Through the interpreter, as installed: exit code, streams, and no traceback."""
    file = write(tmp_path, VALID.replace("pitch: 6 um", "pitch: 6"))
    for arguments, code in ((["check", str(file)], 2), (["--version"], 0), (["nonsense"], 2)):
        command = [sys.executable, "-m", "tfgeom", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == code
        assert "Traceback" not in done.stderr
        assert bool(done.stderr) == (code != 0)
