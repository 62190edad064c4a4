"""The folder of a sweep: nothing that was done is lost, whatever stops it, and every split makes one table."""

import errno
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.commands import Captured, run
from tests.shipped import ROOT
from tests.swept import base, killed, sweep_of, swept
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.sweep import load_sweep, read_sweep, run_sweep
from tfgeom.sweep.journal import open_journal

ASKED = (
    "vary:\n  relief.pitch: {from: 3 um, to: 6 um, steps: 5}\n  relief.height: [5 um, 10 um, 10000 nm]\n"
    "ties: {relief.diameter: relief.pitch / 2}\nconstraints: [area_gain < 20]\noutputs: [area_gain, footprint_um2]\n"
)
SINGLY = ASKED.replace("[area_gain, ", "[name, area_gain, ")
"""A name is no number: the points are computed one by one, as by the film model, and not in blocks."""
MANY = ASKED.replace("steps: 5", "steps: 100")
TABLES = ("results.csv", "results.parquet")


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, bytes]:
    """Return the table of one run in one go, elsewhere."""
    (tmp_path / "one_go").mkdir()
    run_sweep(load_sweep(sweep_of(tmp_path / "one_go", ASKED)), tmp_path / "one_go" / "out")
    return tables(tmp_path / "one_go" / "out")


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in TABLES}


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def one_message(capsys: Captured) -> str:
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_the_journal_may_be_cut_at_any_byte(tmp_path: Path, whole: dict[str, bytes]) -> None:
    """Whatever is left of it goes on to the same table, and no whole line is computed again."""
    sweep_of(tmp_path, ASKED)
    content = (tmp_path / "one_go" / "out" / "journal.jsonl").read_bytes()
    drawn = random.Random(5)
    ends = [0, 1, len(content) - 1, len(content), *(drawn.randrange(len(content)) for _ in range(8))]
    for end in ends:
        shutil.copytree(tmp_path / "one_go" / "out", tmp_path / "out")
        for name in TABLES:
            (tmp_path / "out" / name).unlink()
        (tmp_path / "out" / "journal.jsonl").write_bytes(content[:end])
        assert swept(tmp_path) == 0
        assert tables(tmp_path / "out") == whole, end
        kept = content[: content[:end].rfind(b"\n") + 1]
        assert (tmp_path / "out" / "journal.jsonl").read_bytes().startswith(kept)
        assert len(lines(tmp_path / "out")) == 15
        shutil.rmtree(tmp_path / "out")


@pytest.mark.slow
def test_three_kills_make_the_same_table(tmp_path: Path) -> None:
    """A process is killed where its journal has grown to a random size; the next one goes on."""
    sweep_of(tmp_path, MANY.replace("[area_gain, ", "[name, area_gain, "))
    run_sweep(load_sweep(tmp_path / "asked.yaml"), tmp_path / "one_go")
    full = (tmp_path / "one_go" / "journal.jsonl").stat().st_size
    drawn = random.Random(11)
    for size in sorted(drawn.randrange(full // 10, full * 8 // 10) for _ in range(3)):
        assert killed(tmp_path, size, "--workers", "2") == -signal.SIGKILL
    before = (tmp_path / "out" / "journal.jsonl").read_bytes()
    assert 0 < len(before) < full
    assert swept(tmp_path) == 0
    assert (tmp_path / "out" / "journal.jsonl").read_bytes().startswith(before[: before.rfind(b"\n") + 1])
    assert tables(tmp_path / "out") == tables(tmp_path / "one_go")


@pytest.mark.parametrize("parts", [1, 2, 4, 17])
def test_any_split_makes_the_same_table(
    parts: int, tmp_path: Path, whole: dict[str, bytes], capsys: Captured
) -> None:
    sweep_of(tmp_path, ASKED)
    done = 0
    for part in range(parts, 0, -1):
        assert swept(tmp_path, "--part", f"{part}/{parts}") in (0, 1)  # a part of excluded rows alone is 1
        done += len(lines(tmp_path / "out" / f"part-{part}-of-{parts}"))
    assert done == 15
    capsys.readouterr()
    assert run("sweep", "merge", tmp_path / "out") == 0
    out = tmp_path / "out"
    assert capsys.readouterr().out == f"{out / 'sweep.html'}\n{out / 'results.csv'}: 15 points\n"
    assert tables(tmp_path / "out") == whole
    assert run("sweep", "merge", *sorted((tmp_path / "out").glob("part-*")), "-o", tmp_path / "other") == 0
    assert tables(tmp_path / "other") == whole
    before = (tmp_path / "other" / "journal.jsonl").read_bytes()
    assert run("sweep", tmp_path / "asked.yaml", "-o", tmp_path / "other") == 0  # nothing is left to do
    assert (tmp_path / "other" / "journal.jsonl").read_bytes() == before


def test_points_computed_in_blocks_have_the_same_digits_however_they_are_split(tmp_path: Path) -> None:
    """Three parts whose bounds cut blocks, and a run that goes on in the middle of one."""
    spec = load_sweep(sweep_of(tmp_path, MANY.replace("[area_gain, ", "[area_gain, gap_after_coating_nm, ")))
    assert spec.points == 300
    run_sweep(spec, tmp_path / "one_go")
    for part in (1, 2, 3):
        run_sweep(spec, tmp_path / "out", part=(part, 3))
    assert run("sweep", "merge", tmp_path / "out") == 0
    assert tables(tmp_path / "out") == tables(tmp_path / "one_go")
    for limit in (1, 57, 270, None):
        run_sweep(spec, tmp_path / "further", limit)
    assert tables(tmp_path / "further") == tables(tmp_path / "one_go")
    rows = read_sweep(tmp_path / "one_go").rows
    singly = run_sweep(
        load_sweep(sweep_of(tmp_path, MANY.replace("[area_gain, ", "[name, area_gain, "))), limit=40
    ).rows
    for row, single in zip(rows, singly, strict=False):
        assert row["area_gain"] == pytest.approx(single["area_gain"], rel=1e-9)


def test_a_merge_says_what_is_missing_and_the_sweep_goes_on(
    tmp_path: Path, whole: dict[str, bytes], capsys: Captured
) -> None:
    sweep_of(tmp_path, ASKED)
    for part in (1, 3):
        swept(tmp_path, "--part", f"{part}/3")
    capsys.readouterr()
    assert run("sweep", "merge", tmp_path / "out") == 1
    message = one_message(capsys)
    assert (
        f"{tmp_path / 'out'}: 5 of 15 points are missing, the first is number 5; finish the parts" in message
    )
    assert swept(tmp_path) == 0
    assert tables(tmp_path / "out") == whole


@pytest.mark.slow
def test_two_workers_make_the_table_of_one(tmp_path: Path, whole: dict[str, bytes]) -> None:
    sweep_of(tmp_path, ASKED)
    assert swept(tmp_path, "--workers", 2) == 0
    assert tables(tmp_path / "out") == whole


def test_equal_designs_are_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated = []

    def counted(*arguments: object) -> object:
        evaluated.append(arguments)
        return evaluate(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("tfgeom.sweep.evaluating.evaluate", counted)
    result = run_sweep(load_sweep(sweep_of(tmp_path, SINGLY)))
    assert len(evaluated) == 10 + 1  # 10 um and 10000 nm are one height; once to find the numbers
    assert result.repeated == 5
    for first, second in zip(result.rows[1::3], result.rows[2::3], strict=True):
        assert first == second


def test_what_the_folder_holds_is_read_back(tmp_path: Path) -> None:
    sweep_of(tmp_path, ASKED)
    result = run_sweep(load_sweep(tmp_path / "asked.yaml"), tmp_path / "out")
    stored = read_sweep(tmp_path / "out")
    assert stored.columns == result.columns
    assert stored.rows == result.rows
    assert stored.parameters == ("relief.pitch_um", "relief.height_um", "relief.diameter_um")
    assert stored.outputs == ("area_gain", "footprint_um2")
    assert (tmp_path / "out" / "sweep.yaml").read_text() == (tmp_path / "asked.yaml").read_text()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["points"] == 15
    for row in (0, 7, 14):
        found = evaluate(design_from_mapping(stored.design(row))).geometry
        assert found.area_gain == stored.rows[row]["area_gain"]


def test_the_tables_hold_the_same(tmp_path: Path) -> None:
    import csv

    import duckdb

    text = ASKED.replace("relief.height: [", "relief.height: [-1 um, ")
    result = run_sweep(load_sweep(sweep_of(tmp_path, text)), tmp_path / "out")
    found = duckdb.sql(f"SELECT * FROM '{tmp_path / 'out' / 'results.parquet'}'")
    assert tuple(found.columns) == result.columns
    assert [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()] == list(result.rows)
    assert {str(kind) for kind in found.types} == {"DOUBLE", "VARCHAR"}
    with (tmp_path / "out" / "results.csv").open() as file:
        for row, read in zip(result.rows, csv.DictReader(file), strict=True):
            for name, cell in row.items():
                assert (float(read[name]) if isinstance(cell, float) else read[name] or None) == (
                    cell or None
                )


def test_without_duckdb_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, whole: dict[str, bytes]
) -> None:
    sweep_of(tmp_path, ASKED)
    assert swept(tmp_path) == 0
    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "duckdb", None)
        assert swept(tmp_path) == 0
        assert one_message(capsys) == (
            "results.parquet needs DuckDB; 'pip install \"tfgeom[sweep]\"' and the same command write it"
        )
        assert not (tmp_path / "out" / "results.parquet").exists()
    assert swept(tmp_path) == 0
    assert tables(tmp_path / "out") == whole


def test_two_sweeps_in_one_folder_are_refused(tmp_path: Path, capsys: Captured) -> None:
    sweep_of(tmp_path, ASKED)
    assert swept(tmp_path, "--limit", 2) == 0
    capsys.readouterr()
    with open_journal(tmp_path / "out" / "journal.jsonl"):
        for options in ((), ("--force",)):
            assert swept(tmp_path, *options) == 2
            assert "another sweep is writing to this folder; wait for it" in one_message(capsys)
    assert len(lines(tmp_path / "out")) == 2
    assert swept(tmp_path) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("steps: 5", "steps: 6"), "vary"),
        (("/ 2", "/ 3"), "ties"),
        (("< 20", "< 1.5"), "constraints"),
        (("area_gain, f", "f"), "outputs"),
        (("outputs", "method: zip\noutputs"), "method"),
    ],
)
def test_another_sweep_is_refused(
    change: tuple[str, str], said: str, tmp_path: Path, capsys: Captured
) -> None:
    text = ASKED.replace("[5 um, 10 um, 10000 nm]", "{from: 1 um, to: 2 um, steps: 5}")
    sweep_of(tmp_path, text)
    assert swept(tmp_path) == 0
    kept = tables(tmp_path / "out")
    capsys.readouterr()
    sweep_of(tmp_path, text.replace(*change).replace("to: 2 um, steps: 6", "to: 2 um, steps: 5"))
    assert swept(tmp_path) == 2
    message = one_message(capsys)
    assert message.startswith(f"{tmp_path / 'out'}: holds another sweep (not the same: {said})")
    assert "--force begins anew there, or give another folder with -o" in message
    assert tables(tmp_path / "out") == kept
    assert swept(tmp_path, "--force") in (0, 1)
    assert tables(tmp_path / "out") != kept


def test_another_base_or_version_is_refused_and_comments_are_not(tmp_path: Path, capsys: Captured) -> None:
    sweep_of(tmp_path, ASKED)
    assert swept(tmp_path) == 0
    sweep_of(tmp_path, f"# of pillars\n{ASKED}".replace("400 um", "0.4 mm"))
    assert swept(tmp_path) == 0
    capsys.readouterr()
    base(tmp_path, "{kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, height: 20 um}")
    assert swept(tmp_path) == 2
    assert "(not the same: base)" in one_message(capsys)
    base(tmp_path)
    manifest = tmp_path / "out" / "manifest.json"
    now = json.loads(manifest.read_text())["version"]
    manifest.write_text(manifest.read_text().replace(f'"version": "{now}"', '"version": "0.0.1"'))
    assert swept(tmp_path) == 2
    assert f"was begun by tfgeom 0.0.1 and this is {now}, whose numbers may differ" in one_message(capsys)


def test_a_line_that_is_no_row_is_told_by_its_number(tmp_path: Path, capsys: Captured) -> None:
    sweep_of(tmp_path, ASKED)
    assert swept(tmp_path) == 0
    journal = tmp_path / "out" / "journal.jsonl"
    content = journal.read_text().splitlines(keepends=True)
    for wrong in ("{}\n", "\0\0\n", "[1, 2]\n", content[3][:-9] + "\n"):
        journal.write_text("".join([*content[:3], wrong, *content[4:]]))
        capsys.readouterr()
        assert swept(tmp_path) == 2
        assert f"{journal}:4: is no row of a sweep; remove that line" in one_message(capsys)
    journal.write_text("".join([*content[:3], *content[4:]]))
    assert swept(tmp_path) == 0


def test_a_full_disk_keeps_what_was_written(
    tmp_path: Path, whole: dict[str, bytes], capsys: Captured
) -> None:
    sweep_of(tmp_path, ASKED)
    assert swept(tmp_path, "--limit", 9) == 0
    kept = (tmp_path / "out" / "journal.jsonl").read_bytes()
    assert len(kept) < 6000
    capsys.readouterr()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept) + 100, before[1]))
    try:
        assert swept(tmp_path) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    message = one_message(capsys)
    assert re.search(
        r"journal.jsonl: cannot be written \(file too large\); 9 finished rows are kept", message
    )
    assert (tmp_path / "out" / "journal.jsonl").read_bytes().startswith(kept)
    assert swept(tmp_path) == 0
    assert tables(tmp_path / "out") == whole


def test_a_folder_that_may_not_be_written_to_is_refused(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file system mounted for reading, which root cannot write to either."""
    sweep_of(tmp_path, ASKED)
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK | os.X_OK)
    assert swept(tmp_path) == 2
    assert "may not be written to; change its rights, or write elsewhere" in one_message(capsys)
    monkeypatch.undo()
    assert swept(tmp_path, "--limit", 3) == 0
    kept = (tmp_path / "out" / "journal.jsonl").read_bytes()
    opened = Path.open

    def refused(path: Path, mode: str = "r", *options: object, **more: object) -> object:
        if "a" in mode:
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return opened(path, mode, *options, **more)  # type: ignore[call-overload]

    capsys.readouterr()
    monkeypatch.setattr(Path, "open", refused)
    assert swept(tmp_path) == 2
    assert "journal.jsonl: cannot be written (read-only file system); give another folder" in one_message(
        capsys
    )
    assert (tmp_path / "out" / "journal.jsonl").read_bytes() == kept


def test_shipped_sweeps_are_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for path in (ROOT / "designs" / "sweeps").glob("pearse*.yaml"):
        spec = replace(load_sweep(path), then=None)
        result = run_sweep(spec)
        statuses = [row["status"] for row in result.rows]
        assert statuses.count("ok") > len(statuses) // 2
        assert result.failed == 0


def test_ctrl_c_keeps_what_is_finished(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sweep(load_sweep(sweep_of(tmp_path, SINGLY)), tmp_path / "one_go")
    done = []

    def interrupted(*arguments: object) -> object:
        done.append(arguments)
        if len(done) == 6:
            raise KeyboardInterrupt
        return evaluate(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("tfgeom.sweep.workers.MOST_POINTS", 2)
    with monkeypatch.context() as patch:
        patch.setattr("tfgeom.sweep.evaluating.evaluate", interrupted)
        assert swept(tmp_path) == 130
    assert "stopped; what is finished is kept in" in one_message(capsys)
    kept = len(lines(tmp_path / "out"))
    assert 0 < kept < 15
    assert swept(tmp_path) == 0
    assert tables(tmp_path / "out") == tables(tmp_path / "one_go")


LISTENING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts behind it ignore Ctrl-C
from tfgeom.cli import main
main(["sweep", "asked.yaml", "-o", "out", "--workers", "2"])
"""


def alive(group: int) -> list[psutil.Process]:
    """Return the processes of a group that have not ended."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_with_workers_leaves_one_line_and_no_process(tmp_path: Path, number: int) -> None:
    """The whole group is told, as a terminal does at Ctrl-C."""
    sweep_of(tmp_path, SINGLY.replace("steps: 5", "steps: 400"))
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENING],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    journal = tmp_path / "out" / "journal.jsonl"
    while not (journal.exists() and journal.stat().st_size > 2000):
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, number)
    out, err = process.communicate()
    assert out == ""
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert err == "stopped; what is finished is kept in out, and the same command goes on\n"
    until = time.monotonic() + 30
    while alive(process.pid):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert journal.read_bytes().endswith(b"\n")


def test_all_excluded_counts_by_constraint(tmp_path: Path, capsys: Captured) -> None:
    sweep_of(tmp_path, ASKED.replace("[area_gain < 20]", "[area_gain < 1, relief.pitch > 4 um]"))
    assert swept(tmp_path) == 1
    assert one_message(capsys) == (
        "no point meets the constraints: 9 miss 'area_gain < 1', 6 miss 'relief.pitch > 4 um'; loosen them, or "
        "widen the ranges"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--part", "0/3"), "--part: '0/3' is none; write 1/10 to 10/10"),
        (("--part", "4/3"), "--part: '4/3' is none"),
        (("--part", "x"), "--part: 'x' is none"),
        (("--scheduler", "node1"), "--scheduler: 'node1' is no address; write for example tcp://node1:8786"),
        (("--scheduler", "tcp://a:1", "--workers", "2"), "--workers: the scheduler has workers of its own"),
    ],
)
def test_options_that_are_none(
    options: tuple[str, ...], message: str, tmp_path: Path, capsys: Captured
) -> None:
    sweep_of(tmp_path, ASKED)
    assert swept(tmp_path, *options) == 2
    assert one_message(capsys).startswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "merge: give the folders of the parts"),
        (("empty",), "empty: holds no part of a sweep"),
        (("none",), "none: holds no part of a sweep"),
        (("empty", "none"), "merge: give the folder for the whole with -o"),
    ],
)
def test_merges_of_nothing(
    arguments: tuple[str, ...],
    message: str,
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    assert run("sweep", "merge", *arguments) == 2
    assert one_message(capsys).startswith(message)


def test_parts_of_other_sweeps_do_not_merge(tmp_path: Path, capsys: Captured) -> None:
    sweep_of(tmp_path, ASKED)
    swept(tmp_path, "--part", "1/2")
    sweep_of(tmp_path, ASKED.replace("steps: 5", "steps: 4"))
    swept(tmp_path, "--part", "2/2")
    capsys.readouterr()
    assert run("sweep", "merge", tmp_path / "out") == 2
    assert "part-2-of-2: is of another sweep than" in one_message(capsys)
    assert not (tmp_path / "out" / "results.csv").exists()


def test_a_dry_run_counts_and_times_and_writes_nothing(tmp_path: Path, capsys: Captured) -> None:
    sweep_of(tmp_path, ASKED + "then: {fidelity: film, best: 4, by: area_gain}\n")
    assert swept(tmp_path, "--dry-run", "--workers", 2) == 0
    said = capsys.readouterr().out
    assert re.fullmatch(
        r"15 points, [\d.e-]+ s each at analytic, [\d.e-]+ s each at film \(4 of them\), about [\d.e-]+ s "
        r"on 2 workers\n",
        said,
    )
    assert not (tmp_path / "out").exists()
