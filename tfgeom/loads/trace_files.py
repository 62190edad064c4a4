"""A trace from a CSV file, read in pieces: it may be far larger than memory.

Each value holds until the next row, and the last row ends the period.  Neighbours that draw the same are one
step; ``average`` makes windows of equal length, with the same charge, of what a profiler took too finely.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from math import floor, log10
from pathlib import Path
from typing import Any

from tfgeom.encodings import EncodingError
from tfgeom.loads.steps_gathered import Steps, StepsOfWindows
from tfgeom.loads.trace import MOST_STEPS, Trace, in_si
from tfgeom.loads.trace_columns import KEYS, TraceColumns, columns_of_trace
from tfgeom.loads.trace_errors import refuse_file
from tfgeom.loads.trace_rows import Piece, RowError, column_of, head_of, last_time, pieces
from tfgeom.materials.csv_columns import ColumnsOfText, read_columns
from tfgeom.materials.given_data import GivenDataError, refuse


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
        head = head_of(path)
        table = read_columns(head)
    except EncodingError as error:
        more = f"; {error}" if str(error) else ""
        said = f"is not a text file; a trace is a CSV file in UTF-8{more}"
        refuse_file(name, said, error.line, error.column)
    except ValueError as error:
        refuse_file(name, str(error))
    chosen = columns_of_trace(table, dict(columns), name, head)
    steps = Steps() if average is None else StepsOfWindows(average)
    try:
        for piece in pieces(path, table, chosen):
            wrong = steps.take(in_si(piece.times, chosen.second), in_si(piece.draws, chosen.unit))
            if wrong is not None:
                _refuse_order(name, piece, wrong, table, chosen)
            if steps.count > MOST_STEPS:
                end = last_time(path, table, chosen)
                whole = 0.0 if end is None else end * chosen.second - steps.begun
                _refuse_size(name, piece.first + len(piece.lines) - 1, steps.seconds_so_far, whole)
    except RowError as error:
        refuse_file(name, str(error), error.line, error.column)
    except UnicodeDecodeError as error:
        refuse_file(name, f"is not a text file; a trace is a CSV file in UTF-8; {error}")
    if steps.rows < 2:
        refuse_file(
            name,
            "has one row: each value holds until the next, and the last row ends the period; "
            "add a row with the time of the end",
            table.rows[0][0],
        )
    seconds, drawn = steps.finished()
    return Trace(seconds, drawn, chosen.dimension, name)


def _path_of(name: object, folder: Path) -> Path:
    """Return the path of a file that is there."""
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        refuse(f"must be the name of a CSV file, not {name!r:.60}", "trace")
    path = folder / name
    try:
        known, regular = path.exists(), path.is_file()
    except (OSError, ValueError) as error:
        raise GivenDataError(f"'{name:.200}' cannot be a file: {error!s:.100}", "trace") from error
    if not known:
        where = "" if path.is_absolute() else f"; names are relative to the folder {str(folder.absolute())!r}"
        refuse(f"no such file as '{name:.200}'{where}", "trace")
    if not regular:
        refuse_file(name, "is a folder or a device, not a file")
    if path.suffix.lower() in (".xlsx", ".xls", ".ods", ".ppk2", ".jls"):
        refuse_file(name, "is no text; export it as CSV")
    if not os.access(path, os.R_OK):
        refuse_file(name, "cannot be read: permission denied")
    return path


def _refuse_order(name: str, piece: Piece, row: int, table: ColumnsOfText, chosen: TraceColumns) -> None:
    """Refuse a row that is not later than the one before."""
    number, line = piece.line_of(row)
    again = row > 0 and piece.times[row] == piece.times[row - 1]
    what = "has the time of the row before" if again else "is earlier than the row before"
    refuse_file(
        name,
        f"'{table.columns[chosen.time].header}' {piece.times[row]:.12g} {what}; "
        "a trace is in order of time, each row later than the last",
        number,
        column_of(line, table, chosen.time),
    )


def _refuse_size(name: str, line: int, seconds: float, whole: float) -> None:
    """Refuse a trace of too many steps with windows that do; ``whole`` is its length, s, 0 if unknown."""
    least = max(1.01 * max(whole, seconds) / MOST_STEPS, 1e-9)
    digit = 10.0 ** floor(log10(least))
    size = next(one * digit for one in (1, 2, 5, 10) if one * digit >= least)
    scale, unit = (1e6, "us") if size < 1e-3 else (1e3, "ms") if size < 1 else (1.0, "s")
    window = f"{size * scale:.12g} {unit}"
    lasts = f" of its {whole:.4g} s" if whole > seconds else ""
    refuse_file(
        name,
        f"changes more than {MOST_STEPS:,} times within its first {line:,} lines, {seconds:.4g} s{lasts}, "
        f"the most a trace may; write in the design 'load: {{trace: {name:.80}, average: {window}}}', which "
        "keeps its charge",
    )
