"""The application, what its commands share, and how they print."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tfgeom import __version__
from tfgeom.errors import TfgeomError

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
OutputFile = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="File to write; stdout if not given.")
]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; print errors of tfgeom to stderr and exit with their code."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="tfgeom")
    except TfgeomError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tfgeom {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def print_json(content: object) -> None:
    """Print one JSON object."""
    import json

    typer.echo(json.dumps(content, indent=2, allow_nan=False))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: framed to the width of a terminal, tab-separated when read by a program."""
    if not sys.stdout.isatty():
        for row in (head, *rows):
            typer.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*head)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
