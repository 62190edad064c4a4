"""What a search leaves in its folder: what a sweep does, and beside it the front and its designs.

::

    manifest.json, sweep.yaml, design.yaml, journal.jsonl, results.csv, results.parquet    as of a sweep
    pareto.csv         the front: parameters, numbers, design file
    front/001.yaml     a design of it, which 'tfgeom report' and every other command takes
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.batch.outputs import read_output
from tfgeom.characters import visible
from tfgeom.design import design_from_mapping, dump_design
from tfgeom.errors import TfgeomError, WriteError
from tfgeom.output import write_text
from tfgeom.search.optimize import SearchResult
from tfgeom.search.space import Found, Points, Space
from tfgeom.search.spec import SearchSpec
from tfgeom.sweep.asking import asked
from tfgeom.sweep.folder import Manifest, open_folder, write_tables
from tfgeom.sweep.journal import Journal, Record
from tfgeom.sweep.plan import Point
from tfgeom.sweep.said import copies_of
from tfgeom.sweep.table import Layout, write_csv

PARETO, FRONT = "pareto.csv", "front"
_OURS = re.compile(r"[0-9]{3,}\.yaml")
_ROWS = 512
"""Rows that are journalled together at most."""


def manifest_of(spec: SearchSpec, space: Space, trials: int) -> Manifest:
    """Return what the folder of a search says of it."""
    sweep = spec.sweep
    said = asked(sweep) | {
        "objectives": {
            one.name: "maximize" if one.is_largest_best else "minimize" for one in spec.objectives
        },
        "samples": spec.samples,
        "trials": trials,
    }
    bases = tuple(str(path) for path in sweep.base)
    layout = Layout(bases, space.plan.columns, space.outputs, (sweep.fidelity,), None, trials)
    return Manifest(said, layout, {name: _whole(name) for name in space.outputs})


def _whole(name: str) -> str:
    """Return the full key of a number."""
    one = read_output(name)
    rate = "" if one.c_rate is None else f"{one.c_rate:.10g}C."
    return f"{one.section}.{rate}{'.'.join(one.keys)}"


class Book:
    """Journals what a search tries; rows that are there already from a run that stopped are kept.

    Parameters
    ----------
    space
        Of the search.
    journal
        Where rows go.
    """

    def __init__(self, space: Space, journal: Journal) -> None:
        self.space = space
        self.journal = journal
        self._known = {one["point"]: one for one in journal.records}
        self._count = 0
        self._waiting: list[Record] = []

    def add(self, points: Points, found: Found) -> None:
        """Take the next rows of the search."""
        for row in range(len(points)):
            point = self.space.point(self._count, points, row)
            if self._count not in self._known:
                self._waiting.append(record_of(point, found, row))
            self._count += 1
        if len(self._waiting) >= _ROWS:
            self.write()

    def write(self) -> None:
        """See the rows onto the disk."""
        if self._waiting:
            self.journal.append(self._waiting)
        self._waiting = []


def record_of(point: Point, found: Found, row: int) -> Record:
    """Return the journal's row of a point."""
    error = str(found.reasons[row])
    status = "failed" if error else "ok" if found.is_met[row] else "excluded"
    numbers = {name: _plain(column[row]) for name, column in found.numbers.items()} if not error else {}
    return {
        "stage": 0,
        "point": point.number,
        "key": "",
        "base": point.base,
        "values": dict(point.values),
        "status": status,
        "error": error or ("" if status == "ok" else "misses a constraint"),
        "numbers": numbers,
        "seconds": 0.0,
        "set_to": dict(point.set_to),
    }


def _plain(value: Any) -> Any:
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and number != number else number  # noqa: PLR0124


@contextmanager
def search_folder(
    folder: Path, spec: SearchSpec, space: Space, trials: int, *, force: bool
) -> Iterator[tuple[Book, Manifest]]:
    """Lend what journals a search into a folder, and write its table at the end, whatever that is.

    Raises
    ------
    OutputError
        When the folder cannot or should not be written to.
    """
    manifest = manifest_of(spec, space, trials)
    with open_folder(folder, manifest, copies_of(spec.sweep), force=force) as journal:
        book = Book(space, journal)
        try:
            yield book, manifest
        except (TfgeomError, KeyboardInterrupt):
            with suppress(WriteError):
                book.write()
                write_tables(folder, manifest.layout, journal.records)
            raise


def write_result(folder: Path, book: Book, manifest: Manifest, result: SearchResult) -> str:
    """Write the tables and the designs of the front; return what could not be written of the tables."""
    book.write()
    records = sorted(book.journal.records, key=lambda one: one["point"])
    missing = write_tables(folder, manifest.layout, records)
    rows = front_rows(result, manifest.layout)
    write_csv(folder / PARETO, list(rows[0]), rows)
    inner = folder / FRONT
    try:
        inner.mkdir(exist_ok=True)
        for path in inner.iterdir():  # of an earlier front, which may have had more
            if _OURS.fullmatch(path.name):
                path.unlink()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WriteError(f"{inner}: cannot be written ({reason}); give another folder with -o") from error
    for number in range(len(result.front)):
        write_text(folder / design_name(number), design_text(result, number))
    return missing


def design_name(number: int) -> str:
    """Return the file of a design of the front within the folder, by its number from 0."""
    return f"{FRONT}/{number + 1:03d}.yaml"


def front_rows(result: SearchResult, layout: Layout) -> list[dict[str, Any]]:
    """Return the table of the front: parameters, numbers and the design file."""
    rows = []
    for number in range(len(result.front)):
        record = record_of(point_of(result, number), result.rounded, number)
        row = layout.row(record)
        rows.append(
            {name: cell for name, cell in row.items() if name not in ("status", "error")}
            | {"design": design_name(number)}
        )
    return rows


def point_of(result: SearchResult, number: int) -> Point:
    """Return a point of the front with its sizes rounded."""
    points = result.tried.points.rows([result.front[number]])
    return result.space.point(result.front[number], points, 0, result.digits[number])


def design_text(result: SearchResult, number: int) -> str:
    """Return a design of the front as a file, with what it is said above it."""
    spec, plan = result.spec, result.space.plan
    point = point_of(result, number)
    mapping = plan.mapping(point)
    mapping["name"] = f"{mapping.get('name', 'design')}, front {number + 1}"
    design = design_from_mapping(mapping, folder=plan.folders[point.base])
    file = Path(spec.sweep.origin.file or "").name
    numbers = record_of(point, result.rounded, number)["numbers"]
    ways = [f"{one.name} {numbers[one.name]:.6g}" for one in spec.objectives]
    head = [
        f"Design {number + 1} of {len(result.front)} that no other beats in {', '.join(ways)}:",
        f"by 'tfgeom optimize {file}' of tfgeom {__version__}, {len(result.tried)} designs tried, "
        f"fidelity {spec.sweep.fidelity}, seed {spec.sweep.seed}.",
        f"Changed: {', '.join(f'{path} {value}' for path, value in point.set_to.items())}.",
    ]
    return "".join(f"# {visible(line)}\n" for line in head) + dump_design(design)


def summary(result: SearchResult, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what `tfgeom optimize --json` prints."""
    reasons = result.tried.found.reasons
    failed = int((reasons != "").sum())
    met = int(result.tried.is_met().sum())
    return {
        "objectives": {one.name: one.way for one in result.spec.objectives},
        "designs": len(result.tried),
        "failed": failed,
        "excluded": len(result.tried) - failed - met,
        "beaten_by_none": result.beaten_by_none,
        "front": rows,
    }
