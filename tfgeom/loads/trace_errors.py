"""What is wrong in the file of a trace, and at which line and column of it."""

import re
from typing import NoReturn

from tfgeom.materials.given_data import GivenDataError

_LINE_FIRST = re.compile(r"line (\d+):? (.*)", re.DOTALL)


class TraceFileError(GivenDataError):
    """A file that is no trace.

    Attributes
    ----------
    said
        What is wrong, without name and place of the file.
    line, column
        Where, from 1; None where the whole file, or the whole line, is meant.
    """

    def __init__(self, file: str, said: str, line: int | None = None, column: int | None = None) -> None:
        where = "" if line is None else f", line {line}"
        super().__init__(f"'{file:.200}'{where}: {said}", "trace")
        self.said = said
        self.line, self.column = line, column


def refuse_file(file: str, said: str, line: int | None = None, column: int | None = None) -> NoReturn:
    """Raise TraceFileError; a line that ``said`` begins with is its place."""
    found = _LINE_FIRST.fullmatch(said) if line is None else None
    if found:
        raise TraceFileError(file, found[2], int(found[1]), column or 1)
    raise TraceFileError(file, said, line, column)
