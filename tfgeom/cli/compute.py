"""Commands on one design: begin it, check it, compute its numbers, its meshes and its currents."""

from pathlib import Path
from typing import Annotated

import typer

from tfgeom.cli.application import (
    Bands,
    DesignFile,
    DesignFiles,
    Force,
    OutputFile,
    Samples,
    Seed,
    app,
    band_settings,
    complain,
    print_json,
    print_table,
    say,
    say_text,
    say_wrapped,
)
from tfgeom.errors import TfgeomError

_ROWS, _CROSSINGS = 128, 32
"""Rows with which it is found out what makes the bands, and where samples beat the best plane; a report takes
more."""
_VALUES = 31
"""Column in which the numbers of `evaluate` stand."""


@app.command()
def new(
    kind: Annotated[str, typer.Argument(metavar="[KIND]", help="Kind of relief.")] = "pillars",
    output: OutputFile = None,
    force: Force = False,
) -> None:
    """Print a commented, valid design to start from. A file gets its schema for editors beside it."""
    from tfgeom.design import SCHEMA_FILE, design_json_schema, design_template, is_schema
    from tfgeom.output import DESIGNS, check_output, is_device, write_text

    text = design_template(kind)
    if output is None:
        say_text(text)
        return
    write_text(check_output(output, DESIGNS, force=force, is_edited=True), text)
    schema_file = output.parent / SCHEMA_FILE
    if not is_device(output) and (is_schema(schema_file) or not schema_file.exists()):
        write_text(schema_file, design_json_schema())


@app.command()
def check(designs: DesignFiles) -> None:
    """Check files, physics and claims of designs.

    Exit 0 fine, 1 a rule fails, 2 unreadable or impossible; notes change no exit.
    """
    worst = 0
    for file in designs:
        try:
            failures, notes = _findings_of(file)
        except TfgeomError as error:
            complain(*str(error).splitlines())
            worst = max(worst, error.exit_code)
            continue
        for failure in failures:
            say(f"{file}: {failure}")
            worst = max(worst, 1)
        if not failures:
            say(f"{file}: ok")
        for note in notes:
            say_wrapped(f"{file}: note: {note}")
    raise typer.Exit(worst)


def _findings_of(file: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return the rules that a design breaks and its notes; raise what keeps it from being computed."""
    from tfgeom.design import load_design
    from tfgeom.evaluation import evaluate, failed_claims

    design = load_design(file)
    with design.located():
        found = evaluate(design)
        return failed_claims(found), found.notes


@app.command()
def evaluate(
    design: DesignFile,
    fidelity: Annotated[
        str, typer.Option(help="analytic (closed forms), film (rates in time) or fem (finite elements).")
    ] = "analytic",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    bands: Bands = "on",
    samples: Samples = 1024,
    seed: Seed = 1,
) -> None:
    """Print the numbers of a design beside its planar cell. With their bands unless told otherwise."""
    from tfgeom.design import load_design
    from tfgeom.evaluation import evaluate as evaluate_design

    settings = band_settings(bands, samples, seed, rows=_ROWS, crossings=_CROSSINGS)
    found = evaluate_design(load_design(design), fidelity)
    if settings is not None:
        from tfgeom.bands.whole import with_bands

        found = with_bands(found, settings)
    if json:
        print_json(found.to_dict())
        return
    from tfgeom.terminal_lines import note_lines, number_lines

    say(found.name)
    for what, value in number_lines(found):
        say_wrapped(f"  {what:{_VALUES - 3}} {value}", indent=_VALUES)
    say_wrapped(*note_lines(found))


@app.command()
def mesh(
    design: DesignFile,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Volume cells (hexahedra; wedges, pyramids and tetrahedra at sharp edges): .vtu, .msh.  "
            "Bodies: .stl, .3mf, .glb, .obj, .ply.",
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
    max_triangles: Annotated[
        int | None, typer.Option(min=1, help="Most triangles of bodies; by default 2,000,000.")
    ] = None,
    bodies: Annotated[
        str | None,
        typer.Option(
            metavar="separate|welded|instances",
            help="separate: each closed, with points of its own.  welded: one surface, faces between bodies "
            "shared (.stl, .obj, .ply).  instances: those of one cell, repeated by reference (.glb, .3mf).  "
            "By default separate, for a tile too large for that instances.",
        ),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(metavar="nm|um|mm|m", help="Of the coordinates; by default um, in .glb m."),
    ] = None,
    msh: Annotated[
        str | None,
        typer.Option(
            metavar="2.2|4.1", help="Version of .msh, by default 2.2; of 4.1 scikit-fem names all faces."
        ),
    ] = None,
    ascii: Annotated[
        bool,
        typer.Option("--ascii", help="Numbers of .msh as text, not binary: Netgen reads 2.2 as text only."),
    ] = False,
    hexahedra: Annotated[
        bool,
        typer.Option(
            "--hexahedra",
            help="Write the wedges, pyramids and tetrahedra at sharp edges as hexahedra with corners in one "
            "place: for scikit-fem and FEniCS, which read one kind of element.",
        ),
    ] = False,
    force: Force = False,
) -> None:
    """Write films, bodies, substrate or liquid as a mesh."""
    from tfgeom.design import load_design
    from tfgeom.mesh_files import write_mesh_file

    made = write_mesh_file(
        load_design(design),
        output,
        what=what,
        tiles=tiles,
        resolution=resolution,
        max_triangles=max_triangles,
        bodies=bodies,
        unit=unit,
        msh=msh,
        ascii=ascii,
        hexahedra=hexahedra,
        force=force,
    )
    say(f"{output}: {made.counts}, {made.cells_said}")
    if made.quality is not None:
        say(made.quality.sentence)
    print_table(("part", "volume um3", "closed form um3", "relative error"), made.rows())


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
    unit: Annotated[
        str | None,
        typer.Option(metavar="nm|um|mm|m", help="Of the coordinates in the file of -o; by default um."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    force: Force = False,
) -> None:
    """Solve for resistance and current by finite elements.

    Small signal unless a current or a voltage is given: then charge transfer follows Butler-Volmer.  In a
    flooded cell a current also needs `electrolyte_model: salt`; its charge transfer stays linear.
    """
    from tfgeom.design import load_design
    from tfgeom.evaluation import solve_transport
    from tfgeom.field_files import check_field_file, write_field_file

    check_field_file(output, design, unit=unit, force=force)
    loaded = load_design(design)
    found = solve_transport(loaded, current, voltage, resolution, within, assembly)
    if output is not None:
        with loaded.located():
            write_field_file(found.cell, found.fields, output, unit=unit)
    if json:
        print_json(found.to_dict())
        return
    print_table(("what", "value"), found.rows())
    for note in found.notes:
        complain(f"note: {note}")
