"""Rows of a trace's file, read in pieces, and the place of one that is wrong."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tfgeom.encodings import decoded
from tfgeom.loads.trace_columns import TraceColumns
from tfgeom.materials.csv_columns import ColumnsOfText

Floats = NDArray[np.float64]

_ENDS = 65_536
"""Bytes of the head, which tell columns, separator and decimals, and of the tail."""
_LINES = 200_000
"""Lines that are read at once."""
_COMMENTS = ("#", "%", "//")


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that are read at once.

    Attributes
    ----------
    first
        Number of the first line, from 1.
    lines
        As they stand in the file.
    times, draws
        Of those that hold a row, as they stand in the file.
    """

    first: int
    lines: Sequence[str]
    times: Floats
    draws: Floats

    def line_of(self, row: int) -> tuple[int, str]:
        """Return number and text of the line of a row, counted from 0 in this piece."""
        return next(islice(_rows(self.lines, self.first), row, None))


class RowError(ValueError):
    """A line that holds no two numbers, with its number and the column of the cell."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column


def head_of(path: str) -> str:
    """Return the first whole lines of a file."""
    with Path(path).open("rb") as stream:
        content = stream.read(_ENDS)
    if not content.strip():
        raise ValueError("is empty; a trace needs a column of time and one of current or power")
    if len(content) == _ENDS:
        content = content[: content.rfind(b"\n") + 1] or content
    return decoded(content)


def last_time(path: str, table: ColumnsOfText, chosen: TraceColumns) -> float | None:
    """Return the time of the last row as it stands there, found from the end of the file; None if unknown."""
    with Path(path).open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - _ENDS))
        tail = stream.read().decode("utf-8", errors="replace")
    for line in reversed(tail.splitlines()[1:]):
        if line.strip():
            try:
                return float(_numbers([line], table, chosen, 1)[0, 0])
            except (RowError, IndexError):
                return None
    return None


def pieces(path: str, table: ColumnsOfText, chosen: TraceColumns) -> Iterator[Piece]:
    """Yield the rows of a file, as many lines at a time as memory has room for.

    Raises
    ------
    RowError
        At the first line that holds no two numbers.
    """
    first = table.rows[0][0]
    with Path(path).open(encoding="utf-8-sig", newline=None) as stream:
        for _ in islice(stream, first - 1):
            pass
        while lines := list(islice(stream, _LINES)):
            both = _numbers(lines, table, chosen, first)
            if len(both):
                yield Piece(first, lines, both[:, 0], both[:, 1])
            first += len(lines)


def column_of(line: str, table: ColumnsOfText, place: int) -> int:
    """Return the column, from 1, where a cell of a line begins; that of its end where it has no such cell."""
    pattern = r"\S+" if table.separator == " " else f"[^{re.escape(table.separator)}\n]*"
    parts = re.escape(table.separator) if table.separator != " " else r"\s+"
    found, at = 0, len(line) - len(line.lstrip()) if table.separator == " " else 0
    while found < place:
        end = re.compile(pattern).match(line, at)
        after = None if end is None else re.compile(parts).match(line, end.end())
        if after is None:
            return len(line.rstrip()) + 1
        found, at = found + 1, after.end()
    return at + len(line[at:]) - len(line[at:].lstrip(' "')) + 1


def _rows(lines: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that are neither empty nor a comment."""
    for number, line in enumerate(lines, first):
        if line.strip() and not line.lstrip().startswith(_COMMENTS):
            yield number, line


def _numbers(lines: Sequence[str], table: ColumnsOfText, chosen: TraceColumns, first: int) -> Floats:
    kept = [line for _, line in _rows(lines, first)]
    if table.decimal_comma and table.separator != ",":
        kept = [line.replace(",", ".") for line in kept]
    if not kept:
        return np.empty((0, 2))
    try:
        found: Floats = np.loadtxt(
            kept,
            delimiter=None if table.separator == " " else table.separator,
            usecols=(chosen.time, chosen.draw),
            comments="#",
            quotechar='"',
            ndmin=2,
        )
    except ValueError as error:
        raise _first_wrong(lines, table, chosen, first) from error
    if not np.isfinite(found).all():
        raise _first_wrong(lines, table, chosen, first)
    return found


def _first_wrong(lines: Sequence[str], table: ColumnsOfText, chosen: TraceColumns, first: int) -> RowError:
    """Return what is wrong with the first line that holds no two numbers."""
    separator = None if table.separator == " " else table.separator
    for number, line in _rows(lines, first):
        cells = [cell.strip().strip('"') for cell in line.split(separator)]
        for place in (chosen.time, chosen.draw):
            cell = cells[place] if place < len(cells) else ""
            plain = cell.replace(",", ".") if table.decimal_comma else cell
            try:
                good = bool(np.isfinite(float(plain)))
            except ValueError:
                good = False
            if not good:
                header = table.columns[place].header
                what = f"'{cell:.40}' is no number" if cell else "has no number"
                said = f"column '{header:.40}': {what}; mend or remove the row"
                return RowError(said, number, column_of(line, table, place))
    last = first + len(lines) - 1
    return RowError(f"from here to line {last} stand no plain rows of numbers", first, 1)
