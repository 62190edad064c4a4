"""Small sweeps for tests: a relief alone, which takes a thousandth of a second a point."""

import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.commands import run
from tests.shipped import ROOT
from tfgeom.sweep import StoredSweep, load_sweep, run_sweep

PILLARS = "{kind: pillars, lattice: hexagonal, pitch: 4 um, diameter: 2 um, height: 20 um}"
HOLES = "{kind: holes, lattice: square, pitch: 5 um, diameter: 3 um, depth: 30 um}"


def base(folder: Path, relief: str = PILLARS, name: str = "base.yaml") -> Path:
    """Write a design of a relief alone."""
    path = folder / name
    path.write_text(f"schema_version: 1\nname: {path.stem}\nrelief: {relief}\n")
    return path


def sweep_of(folder: Path, text: str, relief: str = PILLARS) -> Path:
    """Write a sweep of such a design, and the design."""
    base(folder, relief)
    path = folder / "asked.yaml"
    path.write_text(text if text.startswith("base:") else f"base: base.yaml\n{text}")
    return path


def rows_of(folder: Path, text: str, relief: str = PILLARS) -> list[dict[str, Any]]:
    """Return the rows of such a sweep, run in memory."""
    return [dict(row) for row in run_sweep(load_sweep(sweep_of(folder, text, relief))).rows]


def swept(folder: Path, *options: object) -> int:
    """Run the sweep of a folder from the command line into ``out``; return its exit code."""
    return run("sweep", folder / "asked.yaml", "-o", folder / "out", *options)


def killed(folder: Path, size: int, *options: str) -> int:
    """Start the sweep of a folder and kill it where its journal is larger; return its exit code."""
    command = [sys.executable, "-m", "tfgeom", "sweep", "asked.yaml", "-o", "out", *options]
    known = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=known)
    journal = folder / "out" / "journal.jsonl"
    while process.poll() is None and not (journal.exists() and journal.stat().st_size > size):
        time.sleep(0.001)
    process.kill()
    return process.wait()


def many(stored: StoredSweep, rows: int) -> StoredSweep:
    """Return a sweep of so many rows: those it has, each a little different."""
    dice = random.Random(1)
    fine = [record for record in stored.records if record["status"] == "ok"]
    records = []
    for number in range(rows):
        record = fine[number % len(fine)]
        numbers = {name: cell * dice.uniform(0.5, 2) for name, cell in record["numbers"].items()}
        values = record["values"] | {"relief.pitch": f"{dice.uniform(3, 6)} um"}
        records.append({**record, "point": number, "numbers": numbers, "values": values})
    return replace(stored, records=tuple(records))
