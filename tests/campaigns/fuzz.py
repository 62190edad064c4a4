"""Mutated and random designs in great number through the command line, and some through meshes and solves.

``python -m tests.campaigns fuzz [--mutated N] [--random N] [--solved N] [--film N] [--first SEED]
[--processes N]``.  A design is a function of its seed (`tests.mutations.mutant`,
`tests.random_designs.random_design`); one that goes wrong is kept in a folder that the table names.  A process that dies, or computes too long inside a library, is one fault.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import re
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import process_time

from tests.benchmarks.speed import Row
from tests.fuzzing import (
    SECONDS,
    Outcome,
    through_check_and_evaluate,
    through_film_model,
    through_mesh_and_solve,
)
from tests.mutations import mutant
from tests.random_designs import random_design

KINDS = {
    "mutated": "mutated designs through check and evaluate",
    "random": "random valid designs through check and evaluate",
    "solved": "random valid designs through mesh and finite elements",
    "film": "random valid designs through the film model",
}
AGAIN = 5
"""Every how many-th design is also printed, written out and read back."""
_GRACE = 20.0
"""A process is ended after so many times what a command may take: what loops inside a library hears no signal."""
_MEMORY = 6 * 2**30
_SHOWN = 25


@dataclass(slots=True)
class Tally:
    """What became of the designs of one kind."""

    codes: Counter[int] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)
    slowest: float = 0.0
    processor: float = 0.0

    def add(self, seed: int, outcome: Outcome, seconds: float) -> None:
        """Count one design."""
        self.codes[outcome.code] += 1
        self.faults += [(seed, fault) for fault in outcome.faults]
        self.slowest = max(self.slowest, seconds)
        self.processor += seconds


def content(kind: str, seed: int) -> bytes:
    """Return the design file of a seed."""
    if kind == "mutated":
        return mutant(seed)
    return json.dumps(random_design(seed), ensure_ascii=False, indent=1).encode()


def tried(kind: str, seed: int, file: Path, every: int = 1) -> Outcome:
    """Return what becomes of a design, written to a file; only each ``every``-th goes through ``check`` too."""
    file.write_bytes(content(kind, seed))
    if kind == "solved":
        return through_mesh_and_solve(file)
    if kind == "film":
        return through_film_model(file)
    checked = seed % every == 0
    return through_check_and_evaluate(file, check=checked, again=seed % (every * AGAIN) == 0)


def fuzz_table(arguments: Sequence[str] = ()) -> list[Row]:
    """Return how many designs came through, a row a kind and a row a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns fuzz", description=__doc__)
    for kind, usual in (("mutated", 10_000), ("random", 2_000), ("solved", 200), ("film", 100)):
        parser.add_argument(f"--{kind}", type=int, default=usual, metavar="N", help=KINDS[kind])
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first seed")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    options = parser.parse_args(arguments)
    rows: list[Row] = []
    kept = Path(tempfile.mkdtemp(prefix="tfgeom-fuzz-"))
    for kind in KINDS:
        wanted = getattr(options, kind)
        tally = run(kind, options.first, wanted, options.processes)
        for seed in sorted({seed for seed, _ in tally.faults}):
            (kept / f"{kind}-{seed}.yaml").write_bytes(content(kind, seed))
        rows += rows_of(kind, tally, wanted, options.first)
    if any(kept.iterdir()):
        sys.stderr.write(f"what went wrong is in {kept}\n")
    else:
        kept.rmdir()
    return rows


def rows_of(kind: str, tally: Tally, wanted: int, first: int) -> list[Row]:
    """Return the table's rows of a kind: a summary, and one of each kind of fault."""
    fine = tally.codes[0]
    counted = sum(tally.codes.values()) if kind == "mutated" else fine
    rest = ", ".join(f"{count} exit {code}" for code, count in sorted(tally.codes.items()) if code)
    rows = [
        Row(
            f"{KINDS[kind]}, seeds from {first}",
            f"{sum(tally.codes.values())}: {fine} computed, {rest or 'none refused'}; "
            f"{tally.processor:.0f} s of processor, {tally.slowest:.1f} s the slowest",
            f"{wanted} {'tried' if kind == 'mutated' else 'computed'}",
            counted >= wanted,
        ),
        Row(f"{kind}: faults", str(len(tally.faults)), "0", not tally.faults),
    ]
    alike: dict[str, list[tuple[int, str]]] = {}
    for seed, fault in tally.faults:
        alike.setdefault(re.sub(r"[-+]?\d[\d.e+-]*", "#", fault)[:120], []).append((seed, fault))
    for same in sorted(alike.values(), key=len, reverse=True)[:_SHOWN]:
        seed, fault = same[0]
        rows.append(Row(f"{kind}: {fault.replace('|', ' ')}", f"{len(same)}, first seed {seed}", "0", False))
    return rows


def run(kind: str, first: int, wanted: int, processes: int) -> Tally:
    """Return the tally of a kind: of so many mutants, or of as many random designs as give so many fine ones."""
    tally, seeds = Tally(), itertools.count(first)
    workers = [_Worker(kind) for _ in range(processes)]
    busy = {worker.pipe: worker for worker in workers if wanted and worker.send(next(seeds))}
    asked = len(busy)
    while busy:
        for pipe in wait(list(busy)):
            worker = busy[pipe]  # type: ignore[index]
            outcome, seconds = worker.answer()
            tally.add(worker.seed, outcome, seconds)
            if not worker.process.is_alive():
                del busy[pipe]  # type: ignore[arg-type]
                worker = _Worker(kind)
                busy[worker.pipe] = worker
            done = asked if kind == "mutated" else tally.codes[0] + len(busy) - 1
            if done < wanted and asked < 20 * wanted:
                worker.send(next(seeds))
                asked += 1
                if asked % 500 == 0:
                    sys.stderr.write(f"{kind}: {asked} designs, {len(tally.faults)} faults\n")
            else:
                del busy[worker.pipe]
                worker.end()
    return tally


class _Worker:
    """A process on one thread that answers one seed at a time."""

    def __init__(self, kind: str) -> None:
        for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[threads] = "1"  # read when the process loads numpy
        fresh = multiprocessing.get_context("spawn")
        self.pipe, far = fresh.Pipe()
        self.seed = 0
        self.process = fresh.Process(target=_work, args=(kind, far), daemon=True)
        self.process.start()
        far.close()

    def send(self, seed: int) -> bool:
        self.seed = seed
        self.pipe.send(seed)
        return True

    def answer(self) -> tuple[Outcome, float]:
        try:
            found: tuple[Outcome, float] = self.pipe.recv()
            return found
        except EOFError:
            self.process.join()
            return Outcome(-1, [f"the process ends with {self.process.exitcode}"]), 0.0

    def end(self) -> None:
        self.pipe.close()
        self.process.join()


def _work(kind: str, pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    with tempfile.TemporaryDirectory(prefix="tfgeom-fuzz-") as folder:
        for seed in _asked(pipe):
            start = process_time()
            most = int(start + _GRACE * SECONDS)
            resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
            outcome = tried(kind, seed, Path(folder) / f"{kind}-{seed}.yaml")
            outcome.numbers = None
            pipe.send((outcome, process_time() - start))


def _asked(pipe: Connection) -> Iterator[int]:
    while True:
        try:
            yield pipe.recv()
        except EOFError:
            return
