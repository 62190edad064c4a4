"""The command line: each command imports what it needs and stays a few lines.

Results go to stdout, errors to stderr.  Exit codes: 0 fine, 1 the work could not be done or a rule failed,
2 bad input.  Errors of tfgeom are printed as messages; any other exception is a bug and shows its traceback.
"""

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
materials_app = typer.Typer(
    help="The library of materials.", invoke_without_command=True, rich_markup_mode=None
)
app.add_typer(materials_app, name="materials")

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


@app.command()
def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Kind of relief, for example pillars.")],
    output: OutputFile = None,
) -> None:
    """Print a commented, valid design to start from."""
    from tfgeom.design import design_template
    from tfgeom.output import write_new_text

    text = design_template(kind)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_new_text(output, text)


@app.command()
def check(designs: DesignFiles) -> None:
    """Check design files: exit 0 fine, 1 a rule fails, 2 unreadable or impossible."""
    worst = 0
    for file in designs:
        try:
            failures = _failures_of(file)
        except TfgeomError as error:
            typer.echo(str(error), err=True)
            worst = max(worst, error.exit_code)
            continue
        for failure in failures:
            typer.echo(f"{file}: {failure}")
            worst = max(worst, 1)
        if not failures:
            typer.echo(f"{file}: ok")
    raise typer.Exit(worst)


def _failures_of(file: Path) -> list[str]:
    """Return the rules that a design breaks; raise what keeps it from being computed."""
    from tfgeom.design import load_design
    from tfgeom.evaluation import check as check_design

    design = load_design(file)
    with design.located():
        return check_design(design)


@app.command()
def evaluate(
    design: DesignFile,
    fidelity: Annotated[
        str, typer.Option(help="analytic (closed forms) or fem (finite elements).")
    ] = "analytic",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Print the numbers of a design beside its planar cell."""
    from tfgeom.design import load_design
    from tfgeom.evaluation import evaluate as evaluate_design

    found = evaluate_design(load_design(design), fidelity)
    if json:
        _print_json(found.to_dict())
        return
    from tfgeom.terminal_lines import note_lines, number_lines

    typer.echo(found.name)
    for what, value in number_lines(found):
        typer.echo(f"  {what:26} {value}")
    for line in note_lines(found):
        typer.echo(line)


def _print_json(content: object) -> None:
    import json

    typer.echo(json.dumps(content, indent=2, allow_nan=False))


@app.command()
def mesh(
    design: DesignFile,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Volume cells: .vtu, .msh.  Bodies: .stl, .3mf, .glb, .obj, .ply.",
        ),
    ],
    resolution: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="1 coarse, 2 fine enough for most, 4 fine; cells go with its cube.  "
            "By default 2 for cells, 1 for bodies.",
        ),
    ] = None,
    tiles: Annotated[
        str | None,
        typer.Option(
            metavar="NxM|die",
            help="Whole unit cells, or as many as the chip holds.  By default one sector of the films, "
            "one cell of bodies with a substrate.",
        ),
    ] = None,
    what: Annotated[
        str,
        typer.Option(
            metavar="films|solids|substrate|flooded",
            help="films; solids: films and substrate as closed bodies; substrate; "
            "flooded: films and the liquid above them.",
        ),
    ] = "films",
    max_triangles: Annotated[int, typer.Option(min=1, help="Most triangles of bodies.")] = 2_000_000,
) -> None:
    """Write films, bodies, substrate or liquid as a mesh; lengths in um."""
    from tfgeom.design import load_design
    from tfgeom.mesh_files import check_mesh_path, write_mesh_file

    check_mesh_path(output, what)
    made = write_mesh_file(
        load_design(design),
        output,
        what=what,
        tiles=tiles,
        resolution=resolution,
        max_triangles=max_triangles,
    )
    typer.echo(f"{output}: {made.counts}, {made.unit_cells:.4g} unit cells")
    if made.quality is not None:
        typer.echo(made.quality.sentence)
    _print_table(("part", "volume um3", "closed form um3", "relative error"), made.rows())


@app.command()
def transport(
    design: DesignFile,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write potential and current: .vtu.")
    ] = None,
    resolution: Annotated[
        int | None, typer.Option(min=1, help="1 coarse, 2 usual, 4 fine; cells go with its cube.")
    ] = None,
    within: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Fail if the discretisation error is larger, e.g. 1e-3."),
    ] = None,
    current: Annotated[
        str | None,
        typer.Option(metavar="CURRENT", help="Discharge at this footprint current, e.g. '1 mA/cm^2'."),
    ] = None,
    voltage: Annotated[
        str | None,
        typer.Option(metavar="VOLTAGE", help="Discharge at this polarisation, e.g. '50 mV'."),
    ] = None,
    assembly: Annotated[
        str,
        typer.Option(
            metavar="own|scikit-fem",
            help="scikit-fem: solve the same system again with its volumes, and print the difference.",
        ),
    ] = "own",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Solve for resistance and current spread by finite elements on the films' mesh.

    Small signal unless a current or a voltage is given: then charge transfer follows Butler-Volmer.  In a
    flooded cell a current also needs `electrolyte_model: salt`; its charge transfer stays linear.
    """
    from tfgeom.design import load_design
    from tfgeom.evaluation import solve_transport
    from tfgeom.transport.fields import check_fields_path, write_fields

    if output is not None:
        check_fields_path(output)
    loaded = load_design(design)
    found = solve_transport(loaded, current, voltage, resolution, within, assembly)
    if output is not None:
        with loaded.located():
            write_fields(found.fields, output)
    if json:
        _print_json(found.to_dict())
        return
    _print_table(("what", "value"), found.rows())
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)


@app.command()
def sweep(
    sweep_file: Annotated[
        Path, typer.Argument(metavar="SWEEP", help="Sweep file (YAML).", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Folder for results.csv; by default the name of the sweep file without its suffix, here.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the points.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first points.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace earlier results.")] = False,
) -> None:
    """Evaluate a grid of changed designs into one table; failed points are rows."""
    from tfgeom.sweep import load_sweep, run_sweep
    from tfgeom.sweep.progress import progress_bar
    from tfgeom.sweep.store import check_folder

    spec = load_sweep(sweep_file)
    points = spec.points if limit is None else min(limit, spec.points)
    if dry_run:
        typer.echo(f"{points} points, about {points * 0.02:.3g} s")
        return
    folder = output or Path(sweep_file.stem)
    check_folder(folder, force)
    with progress_bar(points) as progress:
        result = run_sweep(spec, folder, limit, progress)
    typer.echo(f"{folder / 'results.csv'}: {len(result.rows)} points, {result.failed} failed")


@app.command()
def report(
    design: DesignFile,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Page to write; by default DESIGN's name, here."),
    ] = None,
    fidelity: Annotated[
        str | None, typer.Option(help="analytic or fem; by default fem where the design allows it.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print the page to PDF too, beside it.")] = False,
) -> None:
    """Write one offline page with numbers, drawings and sources, and the numbers as JSON beside it."""
    from tfgeom.design import load_design
    from tfgeom.report import render_report

    page = render_report(load_design(design), output, fidelity, pdf)
    typer.echo(page)
    if pdf:
        typer.echo(page.with_suffix(".pdf"))


@app.command()
def compare(
    designs: DesignFiles,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Page to write (HTML).")
    ] = None,
    at: Annotated[
        str, typer.Option(help="Hold equal in the rates: footprint_capacity, c_rate or current.")
    ] = "current",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Compare designs and their planes: one table and one rate plot; exit 1 if a design fails."""
    from tfgeom.compare import HEAD, compare_designs, comparison_rows, rate_head, rate_rows
    from tfgeom.output import ensure_writable

    if output is not None:
        ensure_writable(output)
    found = compare_designs(designs, at)
    if output is not None:
        from tfgeom.report import render_comparison

        render_comparison(found, output)
    if json:
        _print_json(found.to_dict())
    elif output is not None:
        typer.echo(output)
    else:
        _print_table(HEAD, comparison_rows(found, _short))
        typer.echo()
        _print_table(rate_head(at), rate_rows(found, _short))
    raise typer.Exit(1 if found.failed else 0)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


@app.command()
def view(
    design: DesignFile,
    other: Annotated[
        Path | None,
        typer.Argument(metavar="[OTHER]", help="A second design, beside the first.", show_default=False),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 for any free one.")] = 8765,
    host: Annotated[
        str, typer.Option(help="Address to listen on; any but loopback opens the page to others.")
    ] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    timeout: Annotated[
        int, typer.Option(min=0, help="Seconds without a page after which to end; 0 for never.")
    ] = 0,
    screenshot: Annotated[
        Path | None,
        typer.Option("--screenshot", metavar="FILE", help="Write one picture (PNG) and serve no page."),
    ] = None,
) -> None:
    """Turn, cut and change the cell in the browser, until Ctrl-C."""
    from tfgeom.design import load_design
    from tfgeom.errors import OutputError

    designs = [load_design(file) for file in (design, other) if file is not None]
    if screenshot is not None:
        if other is not None:
            raise OutputError("--screenshot: shows one design; leave the second out")
        from tfgeom.viewer.still import screenshot as take_screenshot

        take_screenshot(designs[0], screenshot)
        typer.echo(screenshot)
        return
    from tfgeom.viewer.app import view_designs
    from tfgeom.viewer.foreign_requests import is_loopback

    if not is_loopback(host):
        typer.echo(
            f"warning: --host {host}: whoever reaches this machine can use the page and read the design; "
            f"for yourself from afar use 'ssh -L {port}:127.0.0.1:{port}' instead",
            err=True,
        )
    view_designs(designs, host, port, open_browser=not no_browser, timeout=timeout, say=typer.echo)


@app.command()
def doctor() -> None:
    """Print what this machine runs and can render."""
    from tfgeom.doctor import doctor_lines

    for line in doctor_lines():
        typer.echo(line)


@app.command()
def schema(
    results: Annotated[
        bool, typer.Option("--results", help="That of what `tfgeom evaluate --json` prints.")
    ] = False,
) -> None:
    """Print the JSON Schema of the design file, for editors, or of the results."""
    if results:
        from tfgeom.results import results_json_schema

        typer.echo(results_json_schema(), nl=False)
        return
    from tfgeom.design import design_json_schema

    typer.echo(design_json_schema(), nl=False)


@materials_app.callback()
def _materials(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_materials()


@materials_app.command("list")
def list_materials() -> None:
    """List the materials of the library."""
    from tfgeom.materials.library import load_library

    rows = [(m.name, m.title, ", ".join(m.aliases)) for m in load_library()]
    _print_table(("name", "material", "also called"), rows)


@materials_app.command("show")
def show_material(name: Annotated[str, typer.Argument(help="Name or alias.")]) -> None:
    """Show every constant of one material with its source."""
    from tfgeom.materials.library import load_library

    material = load_library().find(name)
    typer.echo(f"{material.name}: {material.title}")
    _print_table(("property", "value", "confidence", "source", "note"), material.rows())


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
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
