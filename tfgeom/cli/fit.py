"""The command that takes parameters of a design from what was measured."""

from pathlib import Path
from typing import Annotated

import typer

from tfgeom.cli.application import DesignFile, Force, app, print_json, print_table, say, typed


@app.command()
def fit(
    context: typer.Context,
    design: DesignFile,
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="CSV file: capacities at rates, voltage curves or pulses; units in its headers.",
            show_default=False,
        ),
    ],
    parameters: Annotated[
        str,
        typer.Option(
            metavar="P,...",
            help="Numbers of the design by their paths, materials.LiV2O5.diffusivity, "
            "layers.cathode.thickness; PATH=LOW..HIGH says where to look.",
            show_default=False,
        ),
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Fitted design (.yaml) or page (.html); may stand twice."
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="rate|curves|pulses", help="What the file holds; by default its columns say."),
    ] = None,
    fidelity: Annotated[
        str | None,
        typer.Option(
            metavar="analytic|film",
            help="analytic: the closed rate model.  film: films in time; pulses need it.",
        ),
    ] = None,
    error: Annotated[
        str | None,
        typer.Option(
            metavar="E",
            help="Standard error of a measurement, 2 % or 5 mV; by default what the fit leaves over.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="RATE", help="C-rate or current of a curve whose file has no column of it."
        ),
    ] = None,
    hold_out: Annotated[
        str | None,
        typer.Option(
            "--hold-out",
            metavar="10C,...|SHARE|none",
            help="What the fit must not see and is asked to foretell; by default each rate, curve or pulse "
            "in turn.",
        ),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option("--figures", metavar="DIR", help="Folder for the figures as SVG, PDF and PNG."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    force: Force = False,
) -> None:
    """Fit numbers of a design to measurements. Tells their 95 % intervals and what cannot be told apart."""
    from tfgeom.fitting import fit_design, fit_dict, fitted_design_text
    from tfgeom.output import DESIGNS, PAGES, check_output, is_device, write_text

    inputs = [design, data]
    designs: list[Path] = []
    pages: list[Path] = []
    for one in output or []:
        is_page = one.suffix.lower() in PAGES
        check_output(one, () if is_page else (*DESIGNS, ".html"), inputs, force=force, is_edited=not is_page)
        (pages if is_page else designs).append(one)
    if figures is not None or pages:
        from tfgeom.report.figure_files import check_figures
        from tfgeom.report.fit_page import FIGURES, render_fit

        if figures is not None:
            check_figures(figures, design.stem, FIGURES, inputs, force=force)
    from tfgeom.sweep.progress import progress_stages

    with progress_stages() as progress:
        found = fit_design(
            design,
            data,
            parameters.split(","),
            kind=kind,
            fidelity=fidelity,
            error=error,
            at=at,
            hold_out=hold_out,
            progress=progress,
        )
    for one in designs:
        write_text(one, fitted_design_text(found))
    if figures is not None or pages:
        render_fit(found, pages, figures, stem=design.stem, command=typed(context))
    if json:
        print_json(fit_dict(found))
        return
    from tfgeom.fitting.answer import (
        PARAMETERS,
        error_lines,
        head_line,
        parameter_rows,
        point_table,
        verdict_lines,
    )

    say(head_line(found), "")
    print_table(PARAMETERS, parameter_rows(found))
    say("", *error_lines(found), *verdict_lines(found), "")
    print_table(*point_table(found))
    if found.notes:
        say("", *(f"note: {note}" for note in found.notes))
    written = [one for one in (*designs, *pages) if not is_device(one)]
    if written or figures is not None:
        say("", *written, *([] if figures is None else [figures]))
