"""Commands that let a design deliver: discharges at its rates, and its load."""

from pathlib import Path
from typing import Annotated

import typer

from tfgeom.cli.application import DesignFile, Force, app, complain, print_json, print_table, say, say_wrapped


@app.command()
def rate(
    design: DesignFile,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write every curve: .csv, and beside it the numbers (JSON).",
        ),
    ] = None,
    fidelity: Annotated[
        str,
        typer.Option(
            metavar="film|analytic|fem",
            help="film: films in time.  analytic, fem: the closed rate model, with that resistance.",
        ),
    ] = "film",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    force: Force = False,
) -> None:
    """Discharge a design at its rates, beside its planes. Tells what each discharge loses to what."""
    from tfgeom.curve_files import check_curve_file, write_curve_file
    from tfgeom.design import load_design
    from tfgeom.evaluation import evaluate
    from tfgeom.metrics.curves import rate_curves
    from tfgeom.metrics.protocol_curves import protocol_curves

    check_curve_file(output, design, force=force)
    loaded = load_design(design)
    if loaded.operation is not None and loaded.operation.protocol is not None:
        check_curve_file(output, design, force=force, has_protocol=True)
    with loaded.located():
        evaluated = evaluate(loaded, fidelity)
        found = rate_curves(evaluated)
    if output is not None:
        write_curve_file(found, output, protocol_curves(evaluated))
    if json:
        print_json(found.to_dict())
        return
    from tfgeom.protocol_tables import STEPS, TOTALS, protocol_sentence, step_rows, total_rows
    from tfgeom.rate_tables import (
        BESIDE,
        CHARGES,
        LIMITS,
        RATES,
        beside_rows,
        charge_rows,
        limit_rows,
        loss_table,
        rate_rows,
    )
    from tfgeom.results.plain_text import plain_unit
    from tfgeom.terminal_lines import best_plane_line

    say_wrapped(f"{found.name}, by the {found.rate[0].method}" if found.rate else found.name)
    own = slice(None if found.planar_curves else 2)  # a flat cell is its own plane
    for head, rows in (
        (RATES, rate_rows(found)),
        (BESIDE, beside_rows(found)),
        (LIMITS[own], [row[own] for row in limit_rows(found.rate_summary)]),
        loss_table(found),
        (CHARGES, charge_rows(found)),
    ):
        if rows:
            say()
            print_table(head, rows)
    for title, text in best_plane_line(evaluated):
        say()
        say_wrapped(f"{title}: {text}")
    if found.protocol is not None:
        say()
        say_wrapped(protocol_sentence(found.protocol))
        say()
        kept = -1 if found.protocol.planar is None else None  # no empty column of the plane
        print_table(
            [plain_unit(title) for title in STEPS[:kept]], [row[:kept] for row in step_rows(found.protocol)]
        )
        say()
        print_table(TOTALS[:kept], [row[:kept] for row in total_rows(found.protocol)])
    if found.notes:
        say()
        say_wrapped(*(f"note: {note}" for note in found.notes))


@app.command()
def load(
    design: DesignFile,
    trace: Annotated[
        Path | None,
        typer.Argument(
            metavar="[TRACE]",
            help="CSV file of time and current or power, instead of the load of the design.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write voltage over life and over the last period: .csv, and beside it the numbers (JSON).",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    force: Force = False,
) -> None:
    """Run a load or a measured trace, the planes beside."""
    from tfgeom.curve_files import check_curve_file, write_load_file
    from tfgeom.design import load_design, load_with_trace
    from tfgeom.evaluation import evaluate_load
    from tfgeom.metrics.load_curves import load_curves, load_dict

    check_curve_file(output, design, force=force)
    loaded = load_design(design) if trace is None else load_with_trace(design, trace)
    with loaded.located():
        found = evaluate_load(loaded)
    if found.load is None:
        complain(*(f"note: {note}" for note in found.notes))
        raise typer.Exit(1)
    if output is not None:
        write_load_file(found.name, load_curves(found), load_dict(found), output)
    if json:
        print_json(load_dict(found))
        return
    from tfgeom.load_tables import LOAD, load_rows, load_sentence, without_empty

    say(found.name)
    say_wrapped(f"  {load_sentence(found)}")
    say()
    print_table(*without_empty(LOAD, load_rows(found)))
    if found.notes:
        say()
        say_wrapped(*(f"note: {note}" for note in found.notes))
