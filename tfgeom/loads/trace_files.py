"""A trace from a CSV file, read in pieces: it may be far larger than memory.

Each value holds until the next row, and the last row ends the period.  Neighbours that draw the same are one
step; ``average`` makes windows of equal length, with the same charge, of what a profiler took too finely.
"""

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.encodings import EncodingError, decoded
from tfgeom.loads.steps_gathered import Steps, StepsOfWindows
from tfgeom.loads.trace import MOST_STEPS, Trace, in_si
from tfgeom.loads.trace_columns import KEYS, TraceColumns, columns_of_trace
from tfgeom.materials.csv_columns import ColumnsOfText, read_columns
from tfgeom.materials.given_data import GivenDataError, refuse

_HEAD = 65_536
"""Bytes that tell columns, separator and decimals."""
_LINES = 200_000
"""Lines that are read at once."""

Floats = NDArray[np.float64]


def trace_of_file(stated: Mapping[str, Any], folder: Path, average: float | None = None) -> Trace:
    """Return the trace of a CSV file.

    Parameters
    ----------
    stated
        ``trace``, the file; ``time``, and ``current`` or ``power``, its columns, where headers do not tell.
    folder
        Where the design file lies.
    average
        Length of the windows that it is averaged over, s; None to keep each row.

    Raises
    ------
    GivenDataError
        If it cannot be read, is not in order of time, or has more steps than a trace may.
    """
    name = stated["trace"]
    path = _path_of(name, folder)
    state = path.stat()
    columns = tuple((key, stated[key]) for key in KEYS if key in stated)
    return _read(str(path), name, columns, average, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)  # a sweep reads the design again for each of its rows
def _read(
    path: str, name: str, columns: tuple[tuple[str, Any], ...], average: float | None, *_: int
) -> Trace:
    try:
        head = _head(path)
        table = read_columns(head)
    except EncodingError as error:
        more = f"; {error}" if str(error) else ""
        refuse(f"'{name:.200}' is not a text file; a trace is a CSV file in UTF-8{more}", "trace")
    except ValueError as error:
        refuse(f"'{name:.200}': {error}", "trace")
    chosen = columns_of_trace(table, dict(columns), name)
    steps = Steps() if average is None else StepsOfWindows(average)
    try:
        for first, times, values in _pieces(path, table, chosen):
            wrong = steps.take(in_si(times, chosen.second), in_si(values, chosen.unit))
            if wrong is not None:
                _refuse_order(name, first, times, wrong, table.columns[chosen.time].header)
            if steps.count > MOST_STEPS:
                _refuse_size(name, first + len(times), steps.seconds_so_far)
    except (ValueError, UnicodeDecodeError) as error:
        if isinstance(error, GivenDataError):
            raise
        refuse(f"'{name:.200}': {error}", "trace")
    if steps.rows < 2:
        refuse(
            f"'{name:.200}' has one row: each value holds until the next, and the last row ends the period; "
            "add a row with the time of the end",
            "trace",
        )
    seconds, drawn = steps.finished()
    return Trace(seconds, drawn, chosen.dimension, name)


def _path_of(name: object, folder: Path) -> Path:
    """Return the path of a file that is there."""
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        refuse(f"must be the name of a CSV file, not {name!r:.60}", "trace")
    path = folder / name
    where = f"names are relative to the folder of the design file, {str(folder)!r}"
    try:
        known, regular = path.exists(), path.is_file()
    except (OSError, ValueError) as error:
        raise GivenDataError(f"'{name:.200}' cannot be a file: {error!s:.100}", "trace") from error
    if not known:
        refuse(f"no such file as '{name:.200}'; {where}", "trace")
    if not regular:
        refuse(f"'{name:.200}' is a folder or a device, not a file; {where}", "trace")
    if path.suffix.lower() in (".xlsx", ".xls", ".ods", ".ppk2", ".jls"):
        refuse(f"'{name:.200}' is no text; export it as CSV", "trace")
    if not os.access(path, os.R_OK):
        refuse(f"'{name:.200}' cannot be read: permission denied", "trace")
    return path


def _head(path: str) -> str:
    """Return the first whole lines of a file."""
    with Path(path).open("rb") as stream:
        content = stream.read(_HEAD)
    if not content.strip():
        raise ValueError("is empty; a trace needs a column of time and one of current or power")
    if len(content) == _HEAD:
        content = content[: content.rfind(b"\n") + 1] or content
    return decoded(content)


def _pieces(path: str, table: ColumnsOfText, chosen: TraceColumns) -> Iterator[tuple[int, Floats, Floats]]:
    """Yield the number of a piece's first line, its times and its draws as they stand in the file."""
    first = table.rows[0][0]
    with Path(path).open(encoding="utf-8-sig", newline=None) as stream:
        for _ in islice(stream, first - 1):
            pass
        while lines := list(islice(stream, _LINES)):
            both = _numbers(lines, table, chosen, first)
            if len(both):
                yield first, both[:, 0], both[:, 1]
            first += len(lines)


def _numbers(lines: list[str], table: ColumnsOfText, chosen: TraceColumns, first: int) -> Floats:
    comma = table.decimal_comma
    if comma and table.separator != ",":
        lines = [line.replace(",", ".") for line in lines]
    kept = [line for line in lines if line.strip()]
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
        raise ValueError(_first_wrong(lines, table, chosen, first)) from error
    if not np.isfinite(found).all():
        raise ValueError(_first_wrong(lines, table, chosen, first))
    return found


def _first_wrong(lines: list[str], table: ColumnsOfText, chosen: TraceColumns, first: int) -> str:
    """Return what is wrong with the first line that holds no two numbers."""
    separator = None if table.separator == " " else table.separator
    for number, line in enumerate(lines, first):
        cells = [cell.strip().strip('"') for cell in line.split(separator)]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        for place in (chosen.time, chosen.draw):
            cell = cells[place] if place < len(cells) else ""
            try:
                good = bool(np.isfinite(float(cell)))
            except ValueError:
                good = False
            if not good:
                header = table.columns[place].header
                what = f"'{cell:.40}' is no number" if cell else "has no number"
                return f"line {number}: column '{header:.40}': {what}; mend or remove the row"
    return f"lines {first} to {first + len(lines) - 1} hold no plain rows of numbers"


def _refuse_order(name: str, first: int, times: Floats, at: int, header: str) -> None:
    """Refuse a row that is not later than the one before; ``at`` is its place in the piece."""
    line = first + at
    again = at > 0 and times[at] == times[at - 1]
    what = "has the time of the row before" if again else "is earlier than the row before"
    refuse(
        f"'{name:.200}', about line {line}: '{header:.40}' {times[at]:.12g} {what}; "
        "a trace is in order of time, each row later than the last",
        "trace",
    )


def _refuse_size(name: str, line: int, seconds: float) -> None:
    size = max(float(f"{2 * seconds / MOST_STEPS:.1g}"), 1e-6)
    scale, unit = (1e6, "us") if size < 1e-3 else (1e3, "ms") if size < 1 else (1.0, "s")
    window = f"{size * scale:.12g} {unit}"
    refuse(
        f"'{name:.200}' changes more than {MOST_STEPS:,} times by line {line:,}, {seconds:.4g} s into it, "
        f"the most a trace may; add for example 'average: {window}', which keeps its charge",
        "trace",
    )
