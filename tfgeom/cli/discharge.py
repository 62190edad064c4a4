"""Commands that let a design deliver: discharges at its rates."""

from pathlib import Path
from typing import Annotated

import typer

from tfgeom.cli.application import DesignFile, Force, app, print_json, print_table, say


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

    check_curve_file(output, design, force=force)
    loaded = load_design(design)
    with loaded.located():
        found = rate_curves(evaluate(loaded, fidelity))
    if output is not None:
        write_curve_file(found, output)
    if json:
        print_json(found.to_dict())
        return
    from tfgeom.rate_tables import (
        CHARGES,
        LIMITS,
        RATES,
        charge_rows,
        limit_rows,
        loss_table,
        rate_rows,
    )

    say(f"{found.name}, by the {found.rate[0].method}" if found.rate else found.name)
    for head, rows in (
        (RATES, rate_rows(found)),
        (LIMITS, limit_rows(found.rate_summary)),
        loss_table(found),
        (CHARGES, charge_rows(found)),
    ):
        if rows:
            say()
            print_table(head, rows)
    if found.notes:
        say("", *(f"note: {note}" for note in found.notes))
