"""The table of a sweep on disk."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tfgeom.errors import OutputError
from tfgeom.output import write_text

TABLE = "results.csv"


def check_folder(folder: Path, force: bool) -> None:
    """Refuse a folder that a sweep cannot write to, before long work.

    Raises
    ------
    OutputError
        If it cannot be made there, or holds results that ``force`` does not allow to replace.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; give a folder for the results with -o")
    if not folder.parent.is_dir():
        raise OutputError(f"{folder}: folder '{folder.parent}' does not exist; create it, or write elsewhere")
    if (folder / TABLE).exists() and not force:
        raise OutputError(f"{folder / TABLE}: exists; --force replaces it, or give another folder with -o")


def write_table(folder: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Path:
    """Make the folder and write ``results.csv``; None becomes an empty field.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"{folder}: cannot be made ({reason}); write elsewhere") from error
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: row.get(column) for column in columns})
    path = folder / TABLE
    write_text(path, text.getvalue())
    return path
