"""The table of a sweep, from the rows of its journal: the same whatever the order in which they came."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgeom.characters import visible
from tfgeom.errors import MissingExtraError, WriteError
from tfgeom.output import replacing, write_text
from tfgeom.sweep.columns import Column
from tfgeom.sweep.journal import Record
from tfgeom.sweep.spec import Then

CSV, PARQUET = "results.csv", "results.parquet"


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands in the table.

    Attributes
    ----------
    bases
        The designs; a column names them where there are several.
    parameters
        Path to its column.
    outputs
        Names of the numbers.
    fidelities
        Of the stages; a column names them where there are two.
    then
        What ranks the rows of the second stage.
    points
        Number of points of the whole sweep.
    """

    bases: tuple[str, ...]
    parameters: Mapping[str, Column]
    outputs: tuple[str, ...]
    fidelities: tuple[str, ...]
    then: Then | None
    points: int

    @property
    def head(self) -> tuple[str, ...]:
        """Names of the columns before the numbers."""
        base = ("base",) if len(self.bases) > 1 else ()
        stage = ("fidelity",) if len(self.fidelities) > 1 else ()
        return (*base, *(column.name for column in self.parameters.values()), *stage, "status", "error")

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns."""
        return (*self.head, *self.outputs)

    def row(self, record: Record) -> dict[str, Any]:
        """Return the row of a finished point, column to cell."""
        row: dict[str, Any] = {"base": self.bases[record["base"]]} if len(self.bases) > 1 else {}
        for path, column in self.parameters.items():
            row[column.name] = column.cell(record["values"][path])
        if len(self.fidelities) > 1:
            row["fidelity"] = self.fidelities[record["stage"]]
        row |= {"status": record["status"], "error": record["error"]}
        return row | {name: record["numbers"].get(name) for name in self.outputs}


def in_order(records: Iterable[Record], then: Then | None) -> list[Record]:
    """Return each row once: the first stage by number, then the second with the best of the first first."""
    found: dict[tuple[int, int], Record] = {}
    for record in records:
        found.setdefault((record["stage"], record["point"]), record)
    first = [record for (stage, _), record in sorted(found.items(), key=lambda item: item[0]) if stage == 0]
    if then is None:
        return first
    best = best_points(first, then)
    return [*first, *(found[1, point] for point in best if (1, point) in found)]


def best_points(first: Iterable[Record], then: Then) -> list[int]:
    """Return the points of the second stage, best first; of equal ones the first."""
    ranked = [
        (-number if then.is_largest_best else number, record["point"])
        for record in first
        if record["stage"] == 0
        and record["status"] == "ok"
        and isinstance(number := record["numbers"].get(then.by), (int, float))
    ]
    return [point for _, point in sorted(ranked)[: then.best]]


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a table whole; None becomes an empty field.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writerow({column: _cell(column) for column in columns})
    for row in rows:
        writer.writerow({column: _cell(row.get(column)) for column in columns})
    write_text(path, text.getvalue())


def write_parquet(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a table as Parquet: numbers as doubles, everything else as text.

    Raises
    ------
    MissingExtraError
        If DuckDB, which writes it, is not installed.
    OutputError
        If it cannot be written.
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtraError(
            f"{path.name} needs DuckDB; 'pip install \"tfgeom[sweep]\"' and the same command write it"
        ) from error
    kinds = {column: _kind(row.get(column) for row in rows) for column in columns}
    with tempfile.TemporaryDirectory(prefix="tfgeom-") as folder, replacing(path) as target:
        lines = Path(folder) / "rows.jsonl"
        try:
            with lines.open("w", encoding="utf-8") as file:
                for row in rows:
                    cells = {column: _typed(row.get(column), kinds[column]) for column in columns}
                    file.write(json.dumps(cells) + "\n")
            listed = ", ".join(f"{_quoted(column)}: '{kind}'" for column, kind in kinds.items())
            reading = f"read_json({_quoted(str(lines))}, format='newline_delimited', columns={{{listed}}})"
            with duckdb.connect() as database:
                database.execute("SET threads = 1")  # rows stay in their order
                database.execute(f"COPY (SELECT * FROM {reading}) TO {_quoted(str(target))} (FORMAT parquet)")
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise WriteError(f"{path}: cannot be written ({reason}); the rows are in {CSV}") from error


def _kind(cells: Iterable[Any]) -> str:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds and kinds <= {int, float}:
        return "DOUBLE"
    return "BOOLEAN" if kinds == {bool} else "VARCHAR"


def _typed(cell: Any, kind: str) -> Any:
    return cell if cell is None or kind != "VARCHAR" else _written(cell)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _written(value: Any) -> str:
    """Return a value as the sweep file writes it: lists and sections without the quotes of Python."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(inner)}" for key, inner in value.items()) + "}"
    return f"[{', '.join(map(_written, value))}]" if isinstance(value, list) else str(value)


def _cell(value: Any) -> Any:
    """Return a value as the table holds it: text on one line, none that a spreadsheet takes for a formula."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = visible(_written(value))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
