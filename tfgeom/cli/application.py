"""The application, what its commands share, and how they print."""

import contextlib
import errno
import io
import os
import shutil
import signal
import sys
import textwrap
import threading
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tfgeom import __version__
from tfgeom.characters import visible
from tfgeom.errors import OutputError, TfgeomError, WriteError

if TYPE_CHECKING:
    from tfgeom.bands.whole import BandSettings

# plain help and plain tracebacks: rich would double the time of `tfgeom --help`
app = typer.Typer(
    name="tfgeom",
    help="Design 3D thin-film lithium-ion microbatteries from one YAML file.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DesignFile = Annotated[Path, typer.Argument(metavar="DESIGN", help="Design file (YAML).", show_default=False)]
DesignFiles = Annotated[
    list[Path], typer.Argument(metavar="DESIGN...", help="Design files (YAML).", show_default=False)
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace files that tfgeom did not write; never one that is read.")
]
Bands = Annotated[
    str,
    typer.Option(
        "--bands",
        metavar="on|off",
        help="From where to where eight tenths of what numbers may be lie, by what constants and sizes may "
        "be, and what makes most of that.",
    ),
]
Samples = Annotated[int, typer.Option("--samples", help="Of the bands; a power of two.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the samples.")]
OutputFile = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="File to write; stdout if not given.")
]


_UsageError: Any = (
    typer.BadParameter.__base__
)  # base of what a mistyped command raises; typer does not name it
_BETWEEN = "  "
"""Between two cells of a table."""
_LEAST_WIDTH = 20
"""Columns that text takes at least, however narrow a terminal is."""
_CLOSED = (errno.EPIPE, errno.EBADF)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; print errors of tfgeom to stderr and exit with their code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a screen cannot show is escaped, never an error
            stream.reconfigure(errors="backslashreplace")
    with _tidy_when_stopped():
        sys.exit(_run(None if arguments is None else list(arguments)))


@contextlib.contextmanager
def _tidy_when_stopped() -> Iterator[None]:
    """Have a request to end (kill, a closed terminal) unwind as Ctrl-C does, so that nothing is left."""

    def stop(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):  # the second is not there on Windows
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(arguments: list[str] | None) -> int:
    """Return the exit code of a command."""
    try:
        if sys.stdout is None:
            raise WriteError("standard output is closed; nothing can be printed")
        # without exit codes of their own, commands return None
        given = sys.argv[1:] if arguments is None else arguments
        return app(args=arguments, prog_name="tfgeom", standalone_mode=False, obj=given) or 0
    except TfgeomError as error:
        complain(*str(error).splitlines())
        return error.exit_code
    except _UsageError as error:
        error.message = "\n".join(map(visible, error.message.splitlines()))
        with contextlib.suppress(OSError):
            error.show()
        return int(error.exit_code)
    except typer.Abort:
        return 130
    except MemoryError as error:
        more = f" ({visible(str(error))})" if str(error) else ""
        complain(
            f"the memory that this process may use is not enough{more}; ask for less, or close other programs"
        )
        return 1
    except OSError as error:
        if error.filename is not None or error.errno not in _CLOSED + _FULL:
            raise
        _drop_output()
        if error.errno in _FULL:
            complain(f"standard output: cannot be written ({(error.strerror or str(error)).lower()})")
        return 1


def _drop_output() -> None:
    """Lead what is still to be printed nowhere, so that nothing complains again at the end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(*lines: object) -> None:
    """Print lines to stdout: each one line, whatever somebody else's text in it holds."""
    say_text("".join(f"{visible(str(line))}\n" for line in lines or ("",)))


def say_wrapped(*lines: str, indent: int = 2) -> None:
    """Print lines as `say`; on a terminal each is broken between words at its width, and goes on indented."""
    if not sys.stdout.isatty():
        say(*lines)
        return
    width = max(shutil.get_terminal_size().columns, _LEAST_WIDTH)
    rest = " " * (indent if indent < width // 2 else 2)
    for line in lines:
        say_text("\n".join(_wrapped(visible(line), width, rest=rest) or [""]) + "\n")


def say_text(text: str) -> None:
    """Print text of several lines that nobody else wrote, or that is escaped, as it is."""
    sys.stdout.write(text)
    sys.stdout.flush()


def complain(*lines: object) -> None:
    """Print lines to stderr, as `say`; a stderr that takes none is no reason to fail."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write("".join(f"{visible(str(line))}\n" for line in lines))
            sys.stderr.flush()


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"tfgeom {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch and not epoch.isdecimal():  # libraries read it as they load, and fail in their own words
        raise OutputError(f"SOURCE_DATE_EPOCH: must be whole seconds after 1970, not '{epoch:.60}'; unset it")


def band_settings(bands: str, samples: int, seed: int, *, rows: int, crossings: int) -> "BandSettings | None":
    """Return how bands are computed and ranked, with at most so many rows; None where nobody wants them.

    Raises
    ------
    DesignError
        When an option cannot be meant so.
    """
    from tfgeom.bands.whole import BandSettings
    from tfgeom.errors import DesignError

    if bands not in ("on", "off"):
        raise DesignError.at("--bands", f"'{bands:.60}' is unknown; use on or off")
    settings = BandSettings(samples, seed, ranked=rows > 0, rows=rows, crossings=crossings)
    return None if bands == "off" else settings


def typed(context: typer.Context) -> str:
    """Return the command as it was typed, for what is made to tell."""
    import shlex

    return visible(shlex.join(("tfgeom", *context.obj)))


def print_json(content: object) -> None:
    """Print one JSON object."""
    import json

    say_text(json.dumps(content, indent=2, allow_nan=False) + "\n")


def print_csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table as comma-separated values."""
    import csv

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((head, *rows))
    say_text(text.getvalue())


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: laid out for the width of a terminal, tab-separated when read by a program."""
    written = [[visible(cell) for cell in row] for row in (head, *rows)]
    if not sys.stdout.isatty():
        say_text("".join("\t".join(row) + "\n" for row in written))
        return
    say_text(laid_out(written[0], written[1:], shutil.get_terminal_size().columns))


def laid_out(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Return a table as text of at most ``width`` columns that breaks lines between words only.

    Where not even one word a line fits side by side, each row is a paragraph of its own: the first cell,
    and under it the others with their heads.  (Tables of rich fold long words, and lose some.)
    """
    from rich.cells import cell_len

    columns = list(zip(head, *rows, strict=True))
    least = [max(map(cell_len, " ".join(column).split()), default=1) for column in columns]
    spare = width - sum(least) - len(_BETWEEN) * (len(least) - 1)
    if spare < 0:
        return "".join(_paragraph(head, row, width) for row in rows)
    wanted = [max(map(cell_len, column)) for column in columns]
    widths = _shared_out(least, wanted, spare)
    lines = [*_side_by_side(head, widths), _BETWEEN.join("─" * size for size in widths)]
    for row in rows:
        lines += _side_by_side(row, widths)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _shared_out(least: Sequence[int], wanted: Sequence[int], spare: int) -> list[int]:
    """Return widths of columns: what is to spare goes to whichever has the least of what it wants."""
    widths = list(least)
    for _ in range(spare):
        share = {
            wants / has: at for at, (wants, has) in enumerate(zip(wanted, widths, strict=True)) if wants > has
        }
        if not share:
            break
        widths[share[max(share)]] += 1
    return widths


def _side_by_side(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    from rich.cells import cell_len

    cells = [_wrapped(cell, size) for cell, size in zip(row, widths, strict=True)]
    for parts in zip_longest(*cells, fillvalue=""):
        yield _BETWEEN.join(
            part + " " * (size - cell_len(part)) for part, size in zip(parts, widths, strict=True)
        )


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _paragraph(head: Sequence[str], row: Sequence[str], width: int) -> str:
    lines = [row[0]]
    for word, cell in zip(head[1:], row[1:], strict=True):
        if cell:
            lines += _wrapped(f"{word}: {cell}", max(width, _LEAST_WIDTH), "  ", "    ")
    return "\n".join(lines) + "\n"
