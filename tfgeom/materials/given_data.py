"""What a design states in files or in the words of a table, and what is wrong with it, at which key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from tfgeom.words import did_you_mean


class GivenDataError(ValueError):
    """What a design states of a material cannot be read.

    Attributes
    ----------
    keys
        Where it stands below the material.
    """

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.keys = keys

    def under(self, *keys: str) -> "GivenDataError":
        """Return the same error below further keys."""
        return GivenDataError(str(self), *keys, *self.keys)


def require_keys(stated: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """Raise GivenDataError at the first key that is not allowed."""
    for key in stated:
        if key not in allowed:
            raise GivenDataError(f"unknown key; {did_you_mean(str(key), list(allowed))}", str(key))


def text_of_file(given: object, folder: Path, called: str) -> tuple[str, str]:
    """Return the text of a file that a design names, and the name as given.

    Parameters
    ----------
    given
        Name of the file, relative to ``folder``.
    folder
        Where the design file lies.
    called
        What such a file is, for messages.

    Raises
    ------
    GivenDataError
        If it cannot be read.
    """
    from tfgeom.errors import DesignError
    from tfgeom.source import text_of

    if not isinstance(given, str) or not given.strip() or not given.isprintable():
        raise GivenDataError(f"must be the name of a file, not {given!r:.60}")
    path = folder / given
    where = f"names are relative to the folder of the design file, {str(folder)!r}"
    try:
        known, regular = path.exists(), path.is_file()
    except (OSError, ValueError) as error:
        raise GivenDataError(f"'{given:.200}' cannot be a file: {error!s:.100}") from error
    if not known:
        raise GivenDataError(f"no such file as '{given:.200}'; {where}")
    if not regular:
        raise GivenDataError(f"'{given:.200}' is a folder or a device, not a file; {where}")
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise GivenDataError(f"'{given:.200}' is a workbook, not text; save the sheet as CSV")
    try:
        return text_of(path, called), given
    except DesignError as error:
        issue = error.issues[0]
        line = f", line {issue.line}, column {issue.column}" if issue.line else ""
        raise GivenDataError(f"'{given:.200}'{line}: {issue.message}") from error


def refuse(message: str, *keys: str) -> NoReturn:
    """Raise GivenDataError."""
    raise GivenDataError(message, *keys)
