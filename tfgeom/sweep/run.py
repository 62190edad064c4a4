"""Run a sweep: evaluate what is not finished yet, journal every row, write the table whole."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tfgeom.errors import OutputError
from tfgeom.sweep.arithmetic import Sized
from tfgeom.sweep.evaluating import Outcome, go_together
from tfgeom.sweep.folder import Manifest, Part, open_folder, write_tables
from tfgeom.sweep.journal import Record
from tfgeom.sweep.plan import Plan, Point
from tfgeom.sweep.said import copies_of, manifest_of
from tfgeom.sweep.spec import SweepSpec, load_sweep
from tfgeom.sweep.table import best_points, in_order
from tfgeom.sweep.workers import MOST_POINTS, Blocks, Feed, Item, Job, Points, Work, run_work

Progress = Callable[[bool], None]
"""Told after each point whether it succeeded."""

BLOCK = 256
"""Points that are computed together where the closed forms can."""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What is finished of a sweep.

    Attributes
    ----------
    columns
        Names of the columns: parameters, then status, error and results.
    rows
        One mapping a row, in the order of the points; those of a second stage after them, the best first.
    points
        Number of rows that the run was asked for.
    repeated
        Number of points whose design is, in other words, that of an earlier one.
    missing
        What could not be written of the table, empty for nothing.
    missed
        Constraint to the number of rows that miss it.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    points: int
    repeated: int = 0
    missing: str = ""
    missed: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Number of rows that could not be evaluated."""
        return self._count("failed")

    @property
    def excluded(self) -> int:
        """Number of rows that miss a constraint."""
        return self._count("excluded")

    def _count(self, status: str) -> int:
        return sum(row["status"] == status for row in self.rows)


class _Journal(Protocol):
    records: list[Record]

    def append(self, records: Sequence[Record]) -> None: ...


class _Memory:
    """Stands for the journal of a sweep that is written nowhere."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def append(self, records: Sequence[Record]) -> None:
        self.records += records


def run_sweep(
    sweep: SweepSpec | str | Path,
    output: str | Path | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    part: Part | None = None,
    force: bool = False,
) -> SweepResult:
    """Evaluate every point of a sweep that is not finished in its folder yet.

    Parameters
    ----------
    sweep
        A sweep file, or what `load_sweep` made of it.
    output
        Folder of the sweep, which `tfgeom.sweep.folder` describes; nothing is written without it.
    limit
        Evaluate only the first points.
    progress
        Called after each point, of those that are finished already too.
    workers
        Processes that share the work; above 1 a script calls this under ``if __name__ == "__main__":``.
    scheduler
        Address of a Dask scheduler whose workers share it instead.
    part
        Which of how many parts to evaluate, from 1: the first stage only, into a folder of its own in
        ``output``.
    force
        Begin anew where the folder holds another sweep, or the same.

    Returns
    -------
    SweepResult
        A point that cannot be evaluated is a row with status ``failed`` and its error; one that misses a
        constraint is ``excluded``.

    Raises
    ------
    DesignError
        When a varied path or a wanted output does not exist, before anything is written.
    OutputError
        When the folder cannot or should not be written to.
    """
    spec = sweep if isinstance(sweep, SweepSpec) else load_sweep(sweep)
    plan = Plan(spec)
    manifest = manifest_of(plan, part)
    numbers = numbers_of_part(spec, limit, part)
    folder = None if output is None else part_folder(Path(output), part)
    with _journal(plan, manifest, folder, force=force) as journal:
        run = _Run(plan, manifest, journal, Work(workers, scheduler), progress)
        run.stage(0, numbers)
        if spec.then is not None and part is None:
            chosen = set(numbers)
            first = [one for one in in_order(journal.records, None) if one["point"] in chosen]
            run.stage(1, best_points(first, spec.then))
        records = in_order(journal.records, spec.then)
        missing = "" if folder is None else write_tables(folder, manifest.layout, records)
    rows = tuple(map(manifest.layout.row, records))
    keys = [one["key"] for one in records if one["status"] != "failed" and one["key"]]
    repeated = len(keys) - len(set(keys))
    missed = Counter(spec.constraints[place] for one in records for place in one.get("missed", ()))
    return SweepResult(manifest.layout.columns, rows, len(numbers), repeated, missing, missed)


def part_folder(folder: Path, part: Part | None) -> Path:
    """Return the folder of a part of a sweep, that of the sweep for None."""
    return folder if part is None else folder / f"part-{part[0]}-of-{part[1]}"


def numbers_of_part(spec: SweepSpec, limit: int | None, part: Part | None) -> range:
    """Return the numbers of the points to evaluate: of a part neighbours, which one batch may share."""
    count = spec.points if limit is None else min(limit, spec.points)
    if part is None:
        return range(count)
    which, parts = part
    if spec.fidelity != "analytic":  # what costs more lies together, and is dealt out one by one
        return range(which - 1, count, parts)
    return range(count * (which - 1) // parts, count * which // parts)


@contextmanager
def _journal(plan: Plan, manifest: Manifest, folder: Path | None, *, force: bool) -> Iterator[_Journal]:
    if folder is None:
        yield _Memory()
        return
    if manifest.part is not None and not folder.parent.is_dir():
        try:
            folder.parent.mkdir(exist_ok=True)  # of several parts that start at once each may be first
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OutputError(f"{folder.parent}: cannot be made ({reason}); write elsewhere") from error
    with open_folder(folder, manifest, copies_of(plan.spec), force=force) as journal:
        yield journal


class _Run:
    """The stages of one run, and the keys of what is finished."""

    def __init__(
        self, plan: Plan, manifest: Manifest, journal: _Journal, work: Work, progress: Progress | None
    ) -> None:
        self.plan = plan
        self.manifest = manifest
        self.journal = journal
        self.work = work
        self.progress = progress or (lambda ok: None)
        self._light: list[Record] = []

    def stage(self, stage: int, numbers: Sequence[int]) -> None:
        """Evaluate the points of a stage that are not finished, and journal them as they come."""
        finished = {one["point"]: one for one in self.journal.records if one["stage"] == stage}
        for number in numbers:
            if number in finished:
                self.progress(finished[number]["status"] != "failed")
        fidelity = self.manifest.layout.fidelities[stage]
        todo = [number for number in numbers if number not in finished]
        job = Job(fidelity, dict(self.manifest.keys))
        waiting: dict[str, list[Point]] = {}
        by_key = {one["key"]: one for one in finished.values()}
        if go_together(fidelity, job.outputs):
            feed: Feed = Blocks(self._blocks(stage, todo, fidelity, waiting))
        else:
            feed = Points(self._points(stage, todo, fidelity, by_key, waiting), len(todo))
        for outcomes in run_work(self.work, job, feed):
            records = []
            for key, outcome in outcomes:
                if key not in waiting:  # a neighbour in its block that is finished
                    continue
                first, *others = waiting.pop(key)
                missed = {} if outcome.error else self._missed(first, outcome.numbers)
                own = self.plan.quick_key(first, fidelity) if isinstance(feed, Blocks) else key
                by_key[key] = _record(stage, first, own, outcome, missed)
                records += [by_key[key], *(_again(by_key[key], point) for point in others)]
            self._finish(records)
        self._finish([])

    def _points(
        self,
        stage: int,
        numbers: Sequence[int],
        fidelity: str,
        by_key: Mapping[str, Record],
        waiting: dict[str, list[Point]],
    ) -> Iterator[Item]:
        """Yield points to evaluate by their keys, of equal ones the first; all wait in ``waiting``."""
        for number in numbers:
            point = self._possible(stage, number)
            if point is None:
                continue
            key = self.plan.key(point, fidelity)
            if key in by_key:  # the same design in other words
                self._later(_again(by_key[key], point))
                continue
            waiting.setdefault(key, []).append(point)
            if len(waiting[key]) == 1:
                yield key, self.plan.changed(point)

    def _blocks(
        self, stage: int, numbers: Sequence[int], fidelity: str, waiting: dict[str, list[Point]]
    ) -> Iterator[list[Item]]:
        """Yield whole blocks of neighbours, whichever are wanted: their digits are then always the same."""
        wanted = set(numbers)
        for block in sorted({number // BLOCK for number in numbers}):
            items: list[Item] = []
            firsts: dict[str, str] = {}
            for number in range(block * BLOCK, min((block + 1) * BLOCK, len(self.plan))):
                point = self._possible(stage, number, is_wanted=number in wanted)
                if point is None:
                    continue
                equal = firsts.setdefault(self.plan.quick_key(point, fidelity), str(number))
                if equal == str(number):
                    items.append((equal, self.plan.changed(point)))
                if number in wanted:
                    waiting.setdefault(equal, []).append(point)
            if items:
                yield items

    def _possible(self, stage: int, number: int, *, is_wanted: bool = True) -> Point | None:
        """Return a point that is to be evaluated; journal one whose sizes alone tell what becomes of it."""
        point = self.plan.point(number)
        misses = {} if point.error else self._missed(point, {})
        if not point.error and not misses:
            return point
        if is_wanted:
            self._later(_record(stage, point, "", Outcome(error=point.error), misses))
        return None

    def _later(self, record: Record) -> None:
        """Journal a row that cost nothing together with others: each onto the disk by itself takes longer."""
        self._light.append(record)
        if len(self._light) >= MOST_POINTS:
            self._finish([])

    def _finish(self, new: Sequence[Record]) -> None:
        records = [*self._light, *new]
        self._light.clear()
        if records:
            self.journal.append(records)
        for record in records:
            self.progress(record["status"] != "failed")

    def _missed(self, point: Point, numbers: Mapping[str, Any]) -> dict[int, str]:
        """Return the constraints that a point misses, and how; without numbers those on its sizes alone."""
        missed = {}

        def lookup(name: str) -> Sized | None:
            if self.plan.is_path(name):
                return self.plan.sized(name, point)
            number = numbers.get(name)
            return Sized(float(number)) if isinstance(number, (int, float)) else None

        for place, constraint in enumerate(self.plan.constraints):
            if not numbers and not all(map(self.plan.is_path, constraint.names)):
                continue
            try:
                miss = constraint.miss(lookup)
            except ValueError as error:  # no value of it in this row
                miss = f"{constraint.text} ({error})"
            if miss:
                missed[place] = miss
        return missed


def _record(stage: int, point: Point, key: str, outcome: Outcome, missed: Mapping[int, str]) -> Record:
    status, error = ("failed", outcome.error) if outcome.error else ("ok", "")
    if missed:
        status, error = "excluded", f"misses {'; '.join(missed.values())}"
    record: Record = {
        "stage": stage,
        "point": point.number,
        "key": key,
        "base": point.base,
        "values": dict(point.values),
        "status": status,
        "error": error,
        "numbers": dict(outcome.numbers),
        "seconds": round(outcome.seconds, 4),
    }
    if missed:
        record["missed"] = list(missed)
    if list(point.set_to.items()) != list(point.values.items()):
        record["set_to"] = dict(point.set_to)
    return record


def _again(record: Record, point: Point) -> Record:
    """Return the row of a point whose design another one has."""
    kept = {key: value for key, value in record.items() if key != "set_to"}
    again = {**kept, "point": point.number, "base": point.base, "values": dict(point.values), "seconds": 0.0}
    if list(point.set_to.items()) != list(point.values.items()):
        again["set_to"] = dict(point.set_to)
    return again
