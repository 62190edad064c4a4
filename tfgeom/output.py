"""Where results go, asked before the work is done, and writing them whole or not at all.

No output is an input, and no file that tfgeom did not write is replaced unless that is said.  Everything goes
to a temporary file in the target's folder first and is renamed when complete, so a stopped run leaves either
the old file or the new one.
"""

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tfgeom.errors import OutputError, WriteError
from tfgeom.marks import has_mark

PAGES = (".html", ".htm")
"""Suffixes of a page."""
DESIGNS = (".yaml", ".yml")
"""Suffixes of a design that is written."""

_STREAM = re.compile(r"/dev/(?:stdin|stdout|stderr|fd/\d+)|/proc/self/fd/\d+")
_NUMBER = {"stdin": 0, "stdout": 1, "stderr": 2}


def check_output(
    path: str | Path,
    formats: Sequence[str] = (),
    inputs: Iterable[str | Path | None] = (),
    *,
    force: bool = False,
    what: str = "",
    is_edited: bool = False,
) -> Path:
    """Refuse, before any work, a path that a result should not or cannot be written to.

    Parameters
    ----------
    path
        Where the result would go.
    formats
        Suffixes that it may have; empty where the name follows from another.
    inputs
        Files that are read for the result; None for what is no file.
    force
        Whether a file that tfgeom did not write may be replaced; an input never may.
    what
        What goes there, where that is not plain from the path: ``the numbers of the report``.
    is_edited
        Whether people go on writing in such a file, as in a design: tfgeom may have begun it.

    Returns
    -------
    Path
        The path.

    Raises
    ------
    OutputError
        With one message that says the way out.
    """
    target = Path(path)
    goes = f" ({what} go there)" if what else ""
    ensure_writable(path)
    if formats:
        check_suffix(target, formats)
    if is_device(target) or not target.exists():
        return target
    for given in inputs:
        if given is not None and _same(target, Path(given)):
            raise OutputError(f"{path}: is read for this and would be replaced{goes}; name another output")
    if not force and target.stat().st_size and not has_mark(target):
        whose = "may have been edited" if is_edited else "was not written by tfgeom"
        raise OutputError(
            f"{path}: exists and {whose}{goes}; name another output, or replace it with --force"
        )
    return target


def check_suffix(path: Path, formats: Sequence[str]) -> None:
    """Refuse a file name whose suffix is none of ``formats``; a device needs none where there is only one."""
    only = len(set(formats) - {".htm"}) == 1
    if path.suffix.lower() not in formats and not (only and not path.suffix and is_device(path)):
        listed = formats[0] if len(formats) == 1 else f"{', '.join(formats[:-1])} or {formats[-1]}"
        given = (
            f"'{path.suffix}' is not a format of it" if path.suffix else "has no suffix that says its format"
        )
        example = path.with_suffix(formats[0]).name if path.name else f"x{formats[0]}"
        raise OutputError(f"{path}: {given}; use {listed}, for example {example}")


def _same(one: Path, other: Path) -> bool:
    """Return whether two paths are one file: by name, link, hard link, or case where that does not count."""
    try:
        return one.samefile(other)
    except OSError:
        return one.absolute() == other.absolute()


def is_device(path: str | Path) -> bool:
    """Return whether a path is a device, a pipe or a stream of this process: written and not replaced."""
    target = Path(path)
    if _STREAM.fullmatch(str(path)):
        return True
    try:
        return target.exists() and not target.is_file() and not target.is_dir()
    except OSError:
        return False


def is_folder(path: str | Path) -> bool:
    """Return whether a path is a folder; raise OutputError for a name that cannot be one."""
    with _explained(path, OutputError):
        return Path(path).is_dir()


def write_text(path: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``; an existing file is replaced at once.

    Raises
    ------
    OutputError
        If the folder is missing or the file cannot be written.
    """
    write_bytes(path, text.encode())


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write ``content`` to ``path``; an existing file is replaced at once.

    Raises
    ------
    OutputError
        If the folder is missing or the file cannot be written.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Lend a temporary path beside ``path`` that takes its place when the block ends without error.

    The temporary name keeps the suffix, for libraries that choose their format by it.  What goes to a device
    is made elsewhere and sent there when it is complete.

    Raises
    ------
    OutputError
        If the folder is missing or the file cannot be written.
    WriteError
        If writing fails on the way.
    """
    target = ensure_writable(path)
    if is_device(path):
        with _explained(path, WriteError), tempfile.TemporaryDirectory(prefix="tfgeom-") as folder:
            made = Path(folder) / f"output{target.suffix}"
            yield made
            with made.open("rb") as content, _opened(path) as device:
                shutil.copyfileobj(content, device)
        return
    temporary = target.with_name(f".tfgeom-{os.getpid()}-{secrets.token_hex(4)}{target.suffix}")
    try:
        with _explained(path, WriteError):
            yield temporary
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _opened(path: str | Path) -> BinaryIO:
    """Return a device to write to; a stream of this process goes on where it is."""
    if _STREAM.fullmatch(str(path)):
        name = Path(path).name
        return os.fdopen(os.dup(_NUMBER[name] if name in _NUMBER else int(name)), "wb")
    return Path(path).open("wb")


def ensure_writable(path: str | Path) -> Path:
    """Return the path that a result written to ``path`` replaces, links followed.

    Called before long work, so that a mistyped folder is not found out at its end.

    Raises
    ------
    OutputError
        If ``path`` is a folder, its folder is missing, or either may not be written.
    """
    with _explained(path, OutputError):  # a name that is too long fails as soon as it is looked at
        return _checked(path)


def _checked(path: str | Path) -> Path:
    target = Path(path)
    if is_folder(path):
        raise OutputError(f"{target}: is a folder; give the name of a file to write")
    if is_device(path):
        return target
    if target.is_symlink():
        target = target.resolve()
    folder = target.parent
    if not folder.exists():
        raise OutputError(f"{path}: folder '{folder}' does not exist; create it, or write elsewhere")
    if not folder.is_dir():
        raise OutputError(f"{path}: '{folder}' is not a folder; write elsewhere")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(
            f"{path}: folder '{folder}' may not be written to; change its rights, or write elsewhere"
        )
    return target


@contextmanager
def _explained(path: str | Path, kind: type[OutputError]) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError) and "null byte" not in str(error):
            raise
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise kind(f"{path}: cannot be written ({reason}); write elsewhere") from error
