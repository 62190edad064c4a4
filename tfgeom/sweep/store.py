"""The table of a sweep on disk."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tfgeom.characters import visible
from tfgeom.errors import OutputError, WriteError
from tfgeom.output import check_output, ensure_writable, is_folder, write_text

TABLE = "results.csv"
_FILE_SUFFIXES = (
    ".csv",
    ".tsv",
    ".xlsx",
    ".parquet",
    ".json",
    ".yaml",
    ".yml",
    ".html",
    ".htm",
    ".pdf",
    ".png",
)


def check_folder(folder: Path, force: bool, inputs: Iterable[Path] = ()) -> None:
    """Refuse a folder that a sweep cannot write to, before long work.

    Raises
    ------
    OutputError
        If it cannot be made there, its table would replace an input, or it holds results that ``force`` does
        not allow to replace.
    """
    if not is_folder(folder):
        if folder.suffix.lower() in _FILE_SUFFIXES:
            raise OutputError(
                f"{folder}: names a file, and a sweep writes a folder with {TABLE} in it; give the name of a "
                f"folder with -o, for example {folder.stem}"
            )
        ensure_writable(folder)
        if folder.exists():
            raise OutputError(f"{folder}: is a file; give a folder for the results with -o")
        return
    table = folder / TABLE
    check_output(table, (), inputs, force=True)
    if table.exists() and table.stat().st_size and not force:
        raise OutputError(f"{table}: exists; --force replaces it, or give another folder with -o")


def write_table(folder: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Path:
    """Make the folder and write ``results.csv``; None becomes an empty field.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    made = not folder.exists()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WriteError(f"{folder}: cannot be made ({reason}); write elsewhere") from error
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writerow({column: _cell(column) for column in columns})
    for row in rows:
        writer.writerow({column: _cell(row.get(column)) for column in columns})
    path = folder / TABLE
    try:
        write_text(path, text.getvalue())
    except OutputError:
        if made:
            folder.rmdir()
        raise
    return path


def _written(value: Any) -> str:
    """Return a value as the sweep file writes it: a list without the quotes of Python."""
    return f"[{', '.join(map(_written, value))}]" if isinstance(value, list) else str(value)


def _cell(value: Any) -> Any:
    """Return a value as the table holds it: text on one line, none that a spreadsheet takes for a formula."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = visible(_written(value))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
