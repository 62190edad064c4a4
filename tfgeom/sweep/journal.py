"""The journal of a sweep: one line a finished row, appended as it comes, so that nothing done is lost.

A line is whole or dropped: what a killed run left half-written at the end is cut off when the next one opens
the file.  The open file is locked, so that two sweeps never write to one folder.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from tfgeom.errors import OutputError, WriteError

NAME = "journal.jsonl"
Record = dict[str, Any]
"""A finished row: stage, point, key, base, values, status, error, numbers."""

_KEYS = {"stage", "point", "key", "base", "values", "status", "error", "numbers"}


def read_journal(path: Path) -> list[Record]:
    """Return the rows of a journal, whoever writes to it now; an unfinished last line is left out.

    Raises
    ------
    OutputError
        If it cannot be read, or a finished line is none of a journal.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from error
    return _records(content[: content.rfind(b"\n") + 1], path)


def _records(content: bytes, path: Path) -> list[Record]:
    found = []
    for number, line in enumerate(content.splitlines(), start=1):
        record: Any = None
        with suppress(ValueError):
            record = json.loads(line)
        if not isinstance(record, dict) or not set(record) >= _KEYS:
            raise OutputError(
                f"{path}:{number}: is no row of a sweep; remove that line, and its point is computed again, "
                "or begin anew with --force"
            )
        found.append(record)
    return found


class Journal:
    """An open, locked journal; make one with `open_journal`."""

    def __init__(self, path: Path, file: BinaryIO, records: list[Record]) -> None:
        self.path = path
        self.records = records
        self._file = file

    def append(self, records: Iterable[Record]) -> None:
        """Write rows and see them onto the disk.

        Raises
        ------
        WriteError
            If that fails; rows before them are kept.
        """
        new = list(records)
        text = "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in new)
        try:
            self._file.write(text.encode())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):  # what was half-written is cut off here or by whoever opens it next
                self._file.close()
            reason = (error.strerror or str(error)).lower()
            raise WriteError(
                f"{self.path}: cannot be written ({reason}); {len(self.records)} finished rows are kept: "
                "make room and give the same command again"
            ) from error
        self.records += new


@contextmanager
def open_journal(path: Path, *, anew: bool = False) -> Iterator[Journal]:
    """Lend the journal of a folder, locked, with its rows read; ``anew`` empties it first.

    Raises
    ------
    OutputError
        If another sweep has it open, it cannot be opened, or a line is none of a journal.
    """
    try:
        file = path.open("a+b")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"{path}: cannot be written ({reason}); give another folder with -o") from error
    try:
        if not _locked(file):
            raise OutputError(
                f"{path.parent}: another sweep is writing to this folder; wait for it, or give another "
                "with -o"
            )
        if anew:
            file.truncate(0)
        file.seek(0)
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        records = _records(whole, path)
        if len(whole) < len(content):
            file.truncate(len(whole))
        yield Journal(path, file, records)
    finally:
        with suppress(OSError):  # a full disk has been told of
            file.close()


def _locked(file: BinaryIO) -> bool:
    """Lock an open file until it is closed, however this process ends; return whether nobody else has."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, as some of clusters: nobody can be kept out
        return True
    return True
