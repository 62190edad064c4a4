"""Sweeps that are killed, again and again: ``python -m tests.campaigns kills``."""

import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.speed import Row
from tests.swept import killed, sweep_of
from tfgeom.sweep import load_sweep, run_sweep

KILLS = 20
ASKED = (
    "vary:\n  relief.pitch: {from: 3 um, to: 6 um, steps: 120}\n  relief.height: [5 um, 10 um, 20 um]\n"
    "ties: {relief.diameter: relief.pitch / 2}\nconstraints: [area_gain < 12]\noutputs: [name, area_gain]\n"
)


def kills_table() -> list[Row]:
    """Return a row for one worker and for two: the journal after 20 kills goes on to the same table."""
    return [_row(workers) for workers in (1, 2)]


def _row(workers: int) -> Row:
    drawn = random.Random(workers)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spec = load_sweep(sweep_of(folder, ASKED))
        run_sweep(spec, folder / "one_go")
        full = (folder / "one_go" / "journal.jsonl").stat().st_size
        journal = folder / "out" / "journal.jsonl"
        hits = kept = 0
        before = b""
        for size in sorted(drawn.randrange(full * 19 // 20) for _ in range(KILLS)):
            hits += killed(folder, size, "--workers", str(workers)) == -signal.SIGKILL
            now = journal.read_bytes() if journal.exists() else b""
            kept += now.startswith(before[: before.rfind(b"\n") + 1])
            cut = drawn.randrange(200)  # of the last line, as a disk may that lost power
            whole = now[: now.rfind(b"\n") + 1]
            before = now[: max(len(whole), len(now) - cut)]
            sys.stderr.write(f"{workers} workers: killed at {size} of {full} bytes\n")
            if journal.exists():
                os.truncate(journal, len(before))
        result = run_sweep(spec, folder / "out")
        same = all(
            (folder / "out" / table).read_bytes() == (folder / "one_go" / table).read_bytes()
            for table in ("results.csv", "results.parquet")
        )
        once = len({line.split(b'"key"')[0] for line in journal.read_bytes().splitlines()}) == spec.points
        lines = len(journal.read_bytes().splitlines())
    return Row(
        f"{KILLS} kills of a sweep of {spec.points} points, {workers} workers",
        f"{hits} killed, {kept} times all finished lines kept, {lines} lines, table "
        f"{'identical' if same else 'different'}, {result.failed} failed",
        "identical, nothing lost or twice",
        same and once and lines == spec.points and kept == KILLS,
    )
