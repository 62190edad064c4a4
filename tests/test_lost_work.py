"""No command replaces what it reads, or what tfgeom did not write; every command that writes, every way round."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import meshio
import pytest

from tests.commands import Captured, run
from tests.design_texts import SHORT, VALID
from tests.shipped import PEARSE
from tfgeom import marks
from tfgeom.design import dump_design, load_design
from tfgeom.marks import has_mark
from tfgeom.output import PAGES, check_output

COMMANDS: dict[str, tuple[tuple[str, ...], str, str]] = {
    # words before the design, option of the output, its suffix
    "report": (("report", "--fidelity", "analytic"), "-o", ".html"),
    "compare": (("compare",), "-o", ".html"),
    "mesh": (("mesh", "--resolution", "1"), "-o", ".vtu"),
    "bodies": (("mesh", "--resolution", "1"), "-o", ".stl"),
    "transport": (("transport", "--resolution", "1"), "-o", ".vtu"),
    "view": (("view",), "--screenshot", ".png"),
}
BESIDE = {"report": ".json", "mesh": ".vtu.json", "bodies": ".stl.json", "transport": ".vtu.json"}
"""What else a command writes, in place of its output's suffix."""


class TooLateError(Exception):
    """The work has started."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the 3D pictures out of reports, which take their time and are not files."""
    monkeypatch.setattr(
        "tfgeom.report.render.StillRender", lambda _: nullcontext(SimpleNamespace(result=lambda: None))
    )
    monkeypatch.setattr("tfgeom.report.render.embedded_view", lambda _: None)


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(*_: object, **__: object) -> None:
        raise TooLateError

    for name in (
        "report.render.assemble_cell",
        "compare.compare_designs",
        "mesh_files.assemble_cell",
        "evaluation.solve_transport",
        "viewer.still.assemble_cell",
    ):
        monkeypatch.setattr(f"tfgeom.{name}", too_late)


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def refused(folder: Path, capsys: Captured, *arguments: object) -> str:
    """Return the one line that a refused command prints; nothing has changed."""
    before = state(folder)
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert state(folder) == before
    return err


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
def test_no_output_is_an_input(command: str, force: tuple[str, ...], folder: Path, capsys: Captured) -> None:
    words, option, suffix = COMMANDS[command]
    design = folder / f"design{suffix}"
    design.write_text(VALID, encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / f"link{suffix}").symlink_to(design)
    os.link(design, folder / f"hard{suffix}")
    ways = [design.name, f"./sub/../{design.name}", str(design), f"link{suffix}", f"hard{suffix}"]
    for given in (design.name, str(design), f"link{suffix}"):
        for way in ways:
            err = refused(folder, capsys, *words, given, option, way, *force)
            assert "is read for this and would be replaced" in err
            assert "name another output" in err
    if command in BESIDE:  # what goes beside the output is the design
        design = folder / f"beside{BESIDE[command]}"
        design.write_text(VALID, encoding="utf-8")
        err = refused(folder, capsys, *words, design, option, f"beside{suffix}", *force)
        assert f"beside{BESIDE[command]}: is read for this and would be replaced (" in err


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_else_is_replaced_unless_that_is_said(command: str, folder: Path, capsys: Captured) -> None:
    words, option, suffix = COMMANDS[command]
    (folder / "design.yaml").write_text(VALID, encoding="utf-8")
    asks = (*words, "design.yaml", option, f"x{suffix}")
    names = [f"x{suffix}", *([f"x{BESIDE[command]}"] if command in BESIDE else [])]
    for name in names:
        file = folder / name
        for text in ("mine", VALID, " ", "\0\xff" * 5000, "{", '{"design_sha256": 1}'):
            file.write_text(text, encoding="utf-8")
            err = refused(folder, capsys, *asks)
            assert f"{name}: exists and was not written by tfgeom" in err
            assert "or replace it with --force" in err
        with pytest.raises(TooLateError):  # not refused
            run(*asks, "--force")
        file.write_text("")
        with pytest.raises(TooLateError):
            run(*asks)
        file.unlink()


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("command", COMMANDS)
def test_the_suffix_decides_or_is_refused(command: str, folder: Path, capsys: Captured) -> None:
    words, option, suffix = COMMANDS[command]
    (folder / "design.yaml").write_text(VALID, encoding="utf-8")
    for name in ("x", "x.", ".x", "x.pdf", "x.PDF", "x.html.bak", "x.yaml", "x.docx", "x.json", "x.é"):
        err = refused(folder, capsys, *words, "design.yaml", option, name)
        assert name in err
        assert suffix in err
    for name in (".", "..", "", "folder.html", "folder.vtu", "folder.stl", "folder.png"):
        if name.startswith("folder"):
            (folder / name).mkdir()
            if not name.endswith(suffix):
                continue
        refused(folder, capsys, *words, "design.yaml", option, name)
    for name, said in (
        (f"no/x{suffix}", "does not exist; create it"),
        (f"design.yaml/x{suffix}", "is not a folder"),
    ):
        assert said in refused(folder, capsys, *words, "design.yaml", option, name)
    refused(folder, capsys, *words, "design.yaml", option, f"{'x' * 300}{suffix}")
    with pytest.raises(TooLateError):
        run(*words, "design.yaml", option, f"X{suffix.upper()}")


def test_a_read_only_folder_is_refused(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "design.yaml").write_text(VALID, encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)
    for words, option, suffix in COMMANDS.values():
        err = refused(folder, capsys, *words, "design.yaml", option, f"x{suffix}")
        assert "may not be written to; change its rights" in err
    assert "may not be written to" in refused(folder, capsys, "new", "pillars", "-o", "x.yaml")


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "view"])
def test_a_disk_that_is_full_leaves_what_was_there(
    command: str, folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, option, suffix = COMMANDS[command]
    (folder / "design.yaml").write_text(SHORT, encoding="utf-8")
    (folder / f"x{suffix}").write_text("")
    before = state(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)  # the last step: all is written beside it
    assert run(*words, "design.yaml", option, f"x{suffix}") == 1
    err = capsys.readouterr().err
    assert "cannot be written (no space left on device)" in err
    assert len(err.splitlines()) == 1
    assert state(folder) == before


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("command", ["report", "compare", "transport"])
def test_devices_are_written(command: str, folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    words, option, _ = COMMANDS[command]
    (folder / "design.yaml").write_text(SHORT, encoding="utf-8")
    for device in ("/dev/null", "/dev/stdout"):
        assert run(*words, "design.yaml", option, device) == 0
        out, _ = capfdbinary.readouterr()
        if command != "transport":  # which prints its numbers too
            assert out.endswith(b"</html>\n") == (device == "/dev/stdout")
            assert b"/dev/" not in out[-200:]
    assert run(*words, "design.yaml", option, "/dev/full") == 1
    assert b"/dev/full: cannot be written (no space left on device)" in capfdbinary.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["design.yaml"]


def test_new_designs(folder: Path, capsys: Captured) -> None:
    assert run("new", "holes", "-o", "x.yaml") == 0
    err = refused(folder, capsys, "new", "pillars", "-o", "x.yaml")
    assert err == (
        "x.yaml: exists and may have been edited; name another output, or replace it with --force\n"
    )
    for name in ("x", "x.txt", "x.json", "x.YAML.bak", "."):
        refused(folder, capsys, "new", "pillars", "-o", name)
    assert run("new", "pillars", "-o", "x.yaml", "--force") == 0
    assert "kind: pillars" in (folder / "x.yaml").read_text()
    (folder / "y.YML").write_text("")
    assert run("new", "pillars", "-o", "y.YML") == 0


def test_sweeps(folder: Path, capsys: Captured) -> None:
    asks = ("sweep", "sweep.yaml", "-o")
    (folder / "out").mkdir()
    base = folder / "out" / "results.csv"
    shutil.copy(PEARSE, base)
    (folder / "sweep.yaml").write_text(
        "base: out/results.csv\nvary: {relief.pitch: [5 um, 6 um]}\nmethod: grid\n"
    )
    for force in ((), ("--force",)):
        err = refused(folder, capsys, *asks, "out", *force)
        assert "results.csv: is read for this and would be replaced" in err
    (folder / "sweep.yaml").rename(folder / "results.csv")
    assert "is read for this" in refused(folder, capsys, "sweep", "results.csv", "-o", ".", "--force")
    (folder / "results.csv").rename(folder / "sweep.yaml")
    for name in ("x.csv", "x.CSV", "x.html", "no/x", "sweep.yaml", "x" * 300):
        refused(folder, capsys, *asks, name)
    assert run(*asks, "new") == 0
    assert "2 points, 0 failed" in capsys.readouterr().out
    table = (folder / "new" / "results.csv").read_text()
    journal = (folder / "new" / "journal.jsonl").read_text()
    for force in ((), ("--force",)):
        assert run(*asks, "new", *force) == 0
        assert (folder / "new" / "results.csv").read_text() == table
        assert (folder / "new" / "journal.jsonl").read_text() == journal or force
    capsys.readouterr()
    (folder / "other.yaml").write_text((folder / "sweep.yaml").read_text().replace("5 um", "4 um"))
    assert "holds another sweep (not the same: vary); --force" in refused(
        folder, capsys, "sweep", "other.yaml", "-o", "new"
    )
    for name in (
        "results.csv",
        "results.parquet",
        "manifest.json",
        "journal.jsonl",
        "sweep.yaml",
        "design.yaml",
    ):
        (folder / "mine").mkdir()
        (folder / "mine" / name).write_text("mine")
        assert f"mine/{name}: " in refused(folder, capsys, *asks, "mine")
        shutil.rmtree(folder / "mine")
    (folder / "empty").mkdir()
    (folder / "empty" / "results.csv").write_text("")
    assert run(*asks, "empty") == 0


@pytest.mark.usefixtures("no_pictures")
def test_own_results_are_replaced_and_known_by_their_marks(folder: Path, capsys: Captured) -> None:
    (folder / "design.yaml").write_text(VALID, encoding="utf-8")
    asks = [
        (words, option, f"{name}{suffix}")
        for name, (words, option, suffix) in COMMANDS.items()
        if name != "view"
    ]
    asks += [
        (("mesh", "--resolution", "1"), "-o", f"x{suffix}")
        for suffix in (".msh", ".3mf", ".glb", ".obj", ".ply")
    ]
    for words, option, name in asks:
        for _ in range(2):
            assert run(*words, "design.yaml", option, name) == 0, name
        assert has_mark(folder / name), name
        # cut, or with something above or below: no longer as it was written
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(b"mine\n" + content[: len(content) // 2])
        assert not has_mark(folder / name), name
        (folder / name).write_bytes(content)
        mesh = meshio.read(folder / name) if name.endswith((".vtu", ".msh")) else None
        assert mesh is None or len(mesh.points)
    capsys.readouterr()
    assert all(has_mark(path) for path in folder.glob("*.json"))
    assert not [path for path in folder.iterdir() if path.name.startswith(".tfgeom")]


@pytest.mark.usefixtures("no_pictures")
def test_a_file_whose_name_is_no_text(folder: Path, capsys: Captured) -> None:
    odd = os.fsdecode(b"x\xff\x1b[31m.yaml")
    for name in (odd, "y.yaml"):
        (folder / name).write_text(SHORT, encoding="utf-8")
    (folder / "bad\udcff.yaml").write_text("name: x", encoding="utf-8")
    assert run("check", odd) == 0
    assert run("evaluate", odd, "--json") == 0
    assert run("compare", odd, "y.yaml", "-o", "c.html") == 0
    assert run("compare", odd, "bad\udcff.yaml", "-o", "c.html") == 1
    assert run("report", odd, "--fidelity", "analytic") == 0
    assert has_mark(folder / odd.replace(".yaml", ".html"))
    assert run("mesh", odd, "-o", odd.replace(".yaml", ".stl"), "--resolution", 1) == 0
    shown = "".join(capsys.readouterr())
    assert "\x1b" not in shown
    assert "\udcff" not in shown
    assert "x\\udcff\\x1b[31m.html" in shown


def designs() -> Iterator[str]:
    plain = load_design(PEARSE).model_dump(mode="json", exclude_defaults=True)
    yield VALID
    yield f"# {marks.comment('um')}\n{VALID}"
    yield '# <!doctype html><meta name="generator" content="tfgeom 0.1.0">\n' + VALID
    yield f"{VALID}\n# <!-- tfgeom 0.1.0 -->"
    yield f"{VALID}\n# endsolid tfgeom\n"
    yield f"{VALID}\n#\n%tfgeom 0.1.0\n%%EOF".replace("\n%", "\n# %")
    yield dump_design(load_design(PEARSE))
    yield json.dumps(plain)
    yield json.dumps({**plain, "design_sha256": "0" * 64})


@pytest.mark.parametrize("suffix", sorted(marks._MARKS))
def test_a_design_never_carries_a_mark(suffix: str, folder: Path) -> None:
    for text in designs():
        file = folder / f"x{suffix}"
        file.write_text(text, encoding="utf-8")
        assert not has_mark(file), text[:80]


def test_marks_of_pictures_and_prints(folder: Path) -> None:
    import matplotlib.image
    import numpy as np

    picture = folder / "x.png"
    matplotlib.image.imsave(picture, np.zeros((4, 5, 3)))
    assert not has_mark(picture)
    marks.add_mark(picture, ".png")
    assert has_mark(picture)
    assert matplotlib.image.imread(picture).shape[:2] == (4, 5)
    printed = folder / "x.PDF"
    printed.write_bytes(b"%PDF-1.4\nstartxref\n9\n%%EOF\n")
    assert not has_mark(printed)
    marks.add_mark(printed, ".PDF")
    assert has_mark(printed)
    assert printed.read_bytes().endswith(b"%%EOF\n")
    assert not has_mark(folder)
    assert check_output("/dev/stdout", PAGES) == Path("/dev/stdout")
