"""Commands that lay numbers out: tables of many designs, pages, and the view in the browser."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfgeom.cli.application import (
    Bands,
    DesignFile,
    DesignFiles,
    Force,
    Samples,
    Seed,
    app,
    band_settings,
    complain,
    print_json,
    print_table,
    say,
    say_wrapped,
    typed,
)

if TYPE_CHECKING:
    from tfgeom.compare import Comparison
    from tfgeom.viewer.discharge_fields import AtTime

_ROWS, _CROSSINGS = 8192, 256
"""Rows with which it is found out what makes the bands of a report, at most (it ends when sure enough, or
when four seconds are over), and where samples beat the best plane."""


@app.command()
def report(
    context: typer.Context,
    design: DesignFile,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Page to write; by default DESIGN's name, here."),
    ] = None,
    fidelity: Annotated[
        str | None, typer.Option(help="analytic, film or fem; by default the best of each.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print the page to PDF too, beside it.")] = False,
    figures: Annotated[
        Path | None,
        typer.Option(
            "--figures",
            metavar="DIR",
            help="Folder for every figure as SVG, PDF and PNG, and the rate curves.",
        ),
    ] = None,
    bands: Bands = "on",
    samples: Samples = 1024,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Write one offline page with numbers, drawings and sources. Beside it numbers (JSON) and rates (CSV)."""
    from tfgeom.design import load_design
    from tfgeom.output import is_device
    from tfgeom.report import render_report
    from tfgeom.sweep.progress import progress_stages

    settings = band_settings(bands, samples, seed, rows=_ROWS, crossings=_CROSSINGS)
    loaded = load_design(design)
    with progress_stages() as progress:
        page = render_report(
            loaded,
            output,
            fidelity,
            pdf,
            figures=figures,
            force=force,
            command=typed(context),
            progress=progress,
            bands=settings,
        )
    if not is_device(page):
        say(page)
        if pdf:
            say(page.with_suffix(".pdf"))
    if figures is not None:
        say(figures)


@app.command()
def compare(
    context: typer.Context,
    designs: DesignFiles,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Page to write (HTML).")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print the page to PDF too, beside it.")] = False,
    figures: Annotated[
        Path | None,
        typer.Option("--figures", metavar="DIR", help="Folder for every drawing as SVG, PDF and PNG."),
    ] = None,
    fidelity: Annotated[
        str,
        typer.Option(
            metavar="analytic|film|fem",
            help="analytic: closed forms.  film: the same, with films in time.  fem: finite elements where "
            "a design allows them.",
        ),
    ] = "analytic",
    at: Annotated[
        str,
        typer.Option(
            metavar="current|c_rate|footprint_capacity",
            help="What is held equal in the rates: current per footprint, C-rate, or delivered capacity.",
        ),
    ] = "current",
    market: Annotated[
        bool, typer.Option("--market", help="Beside them: sourced microbatteries on sale or shown.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    bands: Bands = "on",
    samples: Samples = 1024,
    seed: Seed = 1,
    force: Force = False,
) -> None:
    """Compare designs and their planes in numbers, rates and words. Exit 1 if a design fails."""
    from tfgeom.compare import PLAIN, compare_designs, comparison_json, verdict_json, verdicts
    from tfgeom.errors import OutputError
    from tfgeom.output import is_device

    if output is not None:
        from tfgeom.report import check_comparison, render_comparison

        check_comparison(output, designs, pdf=pdf, figures=figures, force=force)
    elif pdf or figures is not None:
        option = "--pdf" if pdf else "--figures"
        raise OutputError(f"{option}: goes with the page; name that with -o, for example -o x.html")
    from tfgeom.sweep.progress import progress_bar

    settings = band_settings(bands, samples, seed, rows=0, crossings=0)
    if fidelity in ("film", "fem"):  # closed forms are there before a bar is
        with progress_bar(len(designs)) as progress:
            found = compare_designs(designs, at, fidelity, progress, market=market, bands=settings)
    else:
        found = compare_designs(designs, at, fidelity, market=market, bands=settings)
    if output is not None:
        written = render_comparison(found, output, pdf=pdf, figures=figures, command=typed(context))
    if json:
        print_json(comparison_json(found, verdict_json(verdicts(found, PLAIN))))
    elif output is None:
        _print_comparison(found)
    elif not is_device(output):
        say(*written, *(() if figures is None else (figures,)))
    raise typer.Exit(1 if found.failed else 0)


def _print_comparison(found: "Comparison") -> None:
    """Print a comparison: a row a cell for programs, designs beside each other on a terminal."""
    from tfgeom.compare import (
        HEAD,
        MARKET_HEAD,
        MARKET_NOTES,
        PLAIN,
        comparison_rows,
        market_halves,
        market_texts,
        not_counted_rows,
        rate_head,
        rate_rows,
        rates_beside,
        side_by_side,
        verdicts,
    )

    is_seen = sys.stdout.isatty()
    if is_seen:
        for entry in found.entries:
            say(entry.label, *(f"  failed: {line}" for line in entry.error.splitlines()))
        say("", "per footprint, each design above its planes:")
        for one in side_by_side(found, _short):
            print_table(("", *(f"({entry.number})" for entry in one.entries)), one.rows)
            say()
        first, _, what, *_ = (*rate_head(found.at), "")
        for one in () if found.at == "footprint_capacity" else rates_beside(found, _short):
            print_table((first, *(f"({entry.number}) {what}" for entry in one.entries)), one.rows)
            say()
    else:
        print_table(HEAD, comparison_rows(found, _short))
        say()
    if found.at == "footprint_capacity" or not is_seen:
        print_table(rate_head(found.at), rate_rows(found, _short))
        say()
    print_table(("not counted", "of"), not_counted_rows(found, by_number=is_seen))
    say()
    said = [(one.about, one.text) for one in verdicts(found, PLAIN)]
    if is_seen:
        say("verdict:")
        say_wrapped(*(f"{about}: {text}" for about, text in said))
    else:
        print_table(("verdict", "in words"), said)
    if found.market:
        whole = ((MARKET_HEAD, market_texts(found.market, _short)),)
        for head, rows in market_halves(found.market, _short) if is_seen else whole:
            say()
            print_table(head, rows)
        say()
        say_wrapped(*(f"note: {note}" for note in MARKET_NOTES))


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
        typer.Option("--screenshot", metavar="FILE", help="Write a picture (PNG) and serve no page."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="SHARE", help="Colour the picture by a discharge at so much of its time: 50%."
        ),
    ] = None,
    c_rate: Annotated[
        float | None,
        typer.Option("--c-rate", help="Of that discharge; by default 1, or the first of a design without."),
    ] = None,
    field: Annotated[
        str,
        typer.Option("--field", metavar="lithium|lithium_at_face|current", help="What of it is shown."),
    ] = "lithium",
    force: Force = False,
) -> None:
    """Turn, cut and change the cell in the browser, until Ctrl-C."""
    from tfgeom.design import load_design

    moment = _moment(at, c_rate, field, has_picture=screenshot is not None)
    designs = [load_design(file) for file in (design, other) if file is not None]
    if screenshot is not None:
        from tfgeom.output import is_device
        from tfgeom.viewer.still import screenshot as take_screenshot

        take_screenshot(designs, screenshot, at=moment, force=force)
        if not is_device(screenshot):
            say(screenshot)
        return
    from tfgeom.viewer.app import view_designs
    from tfgeom.viewer.foreign_requests import is_loopback

    if not is_loopback(host):
        complain(
            f"warning: --host {host}: whoever reaches this machine can use the page and read the design; "
            f"for yourself from afar use 'ssh -L {port}:127.0.0.1:{port}' instead"
        )
    view_designs(designs, host, port, open_browser=not no_browser, timeout=timeout, say=say)


def _moment(at: str | None, c_rate: float | None, field: str, *, has_picture: bool) -> "AtTime | None":
    """Return what a picture shows of a discharge; None where nothing of one was asked for."""
    from tfgeom.errors import OutputError
    from tfgeom.units import parse_quantity

    if at is None:
        if c_rate is not None or field != "lithium":
            raise OutputError("--c-rate and --field: are of a discharge; add --at, for example --at 50%")
        return None
    if not has_picture:
        raise OutputError("--at: is of a picture; add --screenshot FILE (the page has a slider)")
    from tfgeom.viewer.discharge_fields import AtTime

    try:
        share = parse_quantity(at, "fraction")
    except ValueError as error:
        raise OutputError(f"--at: {error}") from error
    return AtTime(share, c_rate, field)
