"""Writing results to disk: whole or not at all.

Everything goes to a temporary file in the target's folder first and is renamed when complete, so a
stopped run leaves either the old file or the new one.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfgeom.errors import OutputError


def write_text(path: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``; an existing file is replaced at once.

    Raises
    ------
    OutputError
        If the folder is missing or the file cannot be written.
    """
    write_bytes(path, text.encode())


def write_new_text(path: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``, which must not exist yet.

    Raises
    ------
    OutputError
        If the file exists, its folder is missing or it cannot be written.
    """
    if Path(path).is_file():
        raise OutputError(f"{path}: exists already; give another name, or delete it first")
    write_text(path, text)


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

    The temporary name keeps the suffix, for libraries that choose their format by it.

    Raises
    ------
    OutputError
        If the folder is missing or the file cannot be written.
    """
    target = ensure_writable(path)
    if target.exists() and not target.is_file():  # /dev/stdout, a pipe: nothing that a rename may replace
        with _explained(path):
            yield target
        return
    temporary = target.with_name(f".tfgeom-{os.getpid()}-{secrets.token_hex(4)}{target.suffix}")
    try:
        with _explained(path):
            yield temporary
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def ensure_writable(path: str | Path) -> Path:
    """Return the path that a result written to ``path`` replaces, links followed.

    Called before long work, so that a mistyped folder is not found out at its end.

    Raises
    ------
    OutputError
        If ``path`` is a folder, its folder is missing, or either may not be written.
    """
    with _explained(path):  # a name that is too long fails as soon as it is looked at
        return _checked(path)


def _checked(path: str | Path) -> Path:
    target = Path(path)
    if str(path) == "" or target.is_dir():
        raise OutputError(f"{path or repr('')}: is a folder; give the name of a file to write")
    if target.is_symlink():
        target = target.resolve()
    folder = target.parent
    if not folder.exists():
        raise OutputError(f"{path}: folder '{folder}' does not exist; create it, or write elsewhere")
    if not folder.is_dir():
        raise OutputError(f"{path}: '{folder}' is not a folder; write elsewhere")
    special = target.exists() and not target.is_file()
    if not special and not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(
            f"{path}: folder '{folder}' may not be written to; change its rights, or write elsewhere"
        )
    return target


@contextmanager
def _explained(path: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"{path}: cannot be written ({reason}); write elsewhere") from error
