"""From a design to its report: one offline page, and the numbers as JSON beside it."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tfgeom.bands.whole import BandSettings, with_bands
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.lithium_places import lithium_places
from tfgeom.curve_files import curve_csv
from tfgeom.design import Design, dump_design
from tfgeom.design.paths import locate, value_at
from tfgeom.evaluation import evaluate_best, evaluate_cell
from tfgeom.load_tables import LOAD_BY
from tfgeom.metrics.curves import cell_curves, planar_curves
from tfgeom.numerals import MISSING, layer_title, length, percent, unit_text
from tfgeom.output import replacing
from tfgeom.palette import SUBSTRATE, film_colours
from tfgeom.report import current_tables, evaluation_tables, how_sure, sources
from tfgeom.report.about import Making, making, ranks_table, terms_table
from tfgeom.report.background_still import Still, StillRender
from tfgeom.report.declared_rows import PLANES, planes_shown, titled
from tfgeom.report.figure_files import write_figures
from tfgeom.report.figures import data_uri
from tfgeom.report.gallery import Gallery, draw_pictures
from tfgeom.report.headline import headline
from tfgeom.report.load_figure import load_table
from tfgeom.report.page import fill_template, script_json
from tfgeom.report.pdf import find_printer, write_pdf
from tfgeom.report.places import report_places
from tfgeom.report.protocol_figure import protocol_tables
from tfgeom.report.rate_csv import rate_csv
from tfgeom.report.rate_lines import curve_rows, rate_line
from tfgeom.report.storage import device_table, lithium_table
from tfgeom.report.table import Table
from tfgeom.results import Declaration, Evaluation, LayerNumbers, RatePoint, all_results, numbers_of
from tfgeom.units import NM
from tfgeom.viewer.in_report import EmbeddedView, embedded_view

_OF_CELLS = {"closed form, finite elements", "conformal, flooded, anode-free, bipolar"}  # not of bare reliefs
SCHEMA_VERSION = 1
"""Version of the JSON that is written beside the page."""


def render_report(
    design: Design,
    output: str | Path | None = None,
    fidelity: str | None = None,
    pdf: bool = False,
    *,
    figures: str | Path | None = None,
    force: bool = False,
    command: str = "",
    progress: Callable[[str], object] = str,
    bands: BandSettings | None = None,
) -> Path:
    """Write the report of a design and return the path of its page.

    Beside ``x.html`` the numbers go to ``x.json``, rate curves to ``x_rates.csv``, voltage curves to
    ``x_curves.csv``, with ``pdf`` the printed page to ``x.pdf``.  Where the machine cannot render 3D pictures
    the page says so instead of showing one.

    Parameters
    ----------
    design
        A checked design, from `tfgeom.load_design`.
    output
        The page to write; by default the name of the design file with ``.html``, in the working folder.
    fidelity
        As for `tfgeom.evaluate`; by default ``fem`` where the design allows it, else ``analytic``.
    pdf
        Whether to print the page too.
    figures
        Folder for every figure as SVG, PDF and PNG, and for the rate curves; made if it is not there.
    force
        Whether files that tfgeom did not write may be replaced.
    command
        What was typed to make the page, which it tells.
    progress
        Told the name of each stage as it starts.
    bands
        How sure the numbers are is found out so; not at all by default.

    Raises
    ------
    DesignError
        When the design is physically impossible or a constant it cannot do without is missing.
    UnsupportedError
        When the fidelity is not built for this design.
    OutputError
        When page, numbers, figures or PDF cannot be written there, or would replace what they may not; found
        out before the work starts.
    MissingExtraError
        When nothing on this machine prints a PDF; found out before the work starts too.
    """
    places = report_places(design, output, pdf, figures, force)
    made = making(command)
    printer = find_printer() if pdf else None
    progress("relief and films")
    cell = assemble_cell(design)  # an impossible design is found out before anything is rendered
    with StillRender(design) as job:
        progress("numbers" if cell.lithium is None or fidelity in ("analytic", "film") else "finite elements")
        evaluation = evaluate_best(cell) if fidelity is None else evaluate_cell(cell, fidelity)
        if bands is not None:
            progress("bands")
            evaluation = with_bands(evaluation, bands)
        line = rate_line(evaluation)
        progress("drawings")
        view = embedded_view(evaluation)  # while the still is rendered
        pictures = draw_pictures(evaluation, line)
        progress("picture in three dimensions")
        still = job.result()
        curves = places.rates if line else None
        name = "" if curves is None else curves.name
        text = report_html(evaluation, still, view, pictures, made, name)
    progress("page")
    with ExitStack() as files:  # all take their places when all are there

        def write(path: Path, content: str) -> None:
            files.enter_context(replacing(path)).write_text(content, encoding="utf-8")

        write(places.page, text)
        if places.numbers is not None:
            write(places.numbers, json.dumps(_numbers(evaluation), indent=2, allow_nan=False) + "\n")
        if curves is not None:
            write(curves, rate_csv(curve_rows(evaluation, line)))
        if places.curves is not None and line:
            both = (*cell_curves(evaluation), *planar_curves(evaluation))
            write(places.curves, curve_csv(evaluation.name, both))
    if places.figures is not None:
        progress("figures")
        write_figures(pictures.shown, places.figures, places.page.stem, still.png)
    if printer is not None:
        progress("PDF")
        write_pdf(places.page, places.page.with_suffix(".pdf"), printer)
    return places.page


def report_html(
    evaluation: Evaluation,
    still: Still | None = None,
    view: EmbeddedView | None = None,
    pictures: Gallery | None = None,
    made: Making | None = None,
    rates_file: str = "",
) -> str:
    """Return the page of an evaluated design.

    Parameters
    ----------
    evaluation
        The numbers, and the cells behind them; nothing is computed here but shares and ratios of them, and
        the discharges between those that the design asks for.
    still
        The 3D picture, or the sentence in its place.
    view
        The 3D view, or the sentence in its place.
    pictures
        Its drawings; by default they are drawn.
    made
        When and by which command it is made; by default now, by none.
    rates_file
        Name of the file of the rate curves; empty without one.
    """
    design = evaluation.design
    shown = still or Still(None, "no 3D picture was rendered for this page")
    return fill_template(
        "report.html.j2",
        evaluation=evaluation,
        design=design,
        headline=headline(evaluation),
        tables=evaluation_tables,
        currents=current_tables,
        sources=sources,
        sure=how_sure,
        percent=percent,
        missing=sources.missing_constants(evaluation),
        lithium=_lithium(evaluation),
        device=None if evaluation.device is None else device_table(evaluation.device),
        thickest=length(design.baseline.thickest_film / NM),
        load_by=LOAD_BY,
        load=load_table(evaluation),
        protocol=protocol_tables(evaluation.protocol),
        chosen=sources.chosen_table(design.chosen.items(), _shown_values(design)),
        legend=_legend(design, evaluation),
        notes=[titled(note) for note in evaluation.notes],
        pictures=pictures or draw_pictures(evaluation, rate_line(evaluation)),
        still=None if shown.png is None else data_uri("image/png", shown.png),
        no_still=shown.sentence,
        dense=not _is_half_cell(evaluation),
        view=view,
        rates_file=rates_file,
        ranks=ranks_table(row.confidence for row in evaluation.provenance),
        terms=terms_table(_declared(evaluation), _not_said(evaluation)),
        made=made or making(),
        given_text=design.origin.text,
        given_name=None if design.origin.stem is None else Path(str(design.origin.file)).name,
        design_text=dump_design(design),
        design_json=script_json(design.model_dump(mode="json", exclude_defaults=True)),
        numbers_json=script_json(_numbers(evaluation)),
    )


def _declared(evaluation: Evaluation) -> list[Declaration]:
    """Return what the numbers on the page declare."""
    known = [
        one.declared
        for one in all_results()
        if one.of(evaluation) is not None and (evaluation.layers or not one.declared.of_films)
    ]
    known += [one.declared for one in numbers_of(LayerNumbers) if evaluation.layers]
    known += [one.declared for one in numbers_of(RatePoint) if evaluation.rate]
    return known


def _not_said(evaluation: Evaluation) -> set[str]:
    """Return the words of all pages that this one does not use."""
    absent = set() if sources.missing_constants(evaluation) else {"at best"}
    if evaluation.capacity is None or not planes_shown(evaluation):
        absent |= set(PLANES.values())
    if not _is_half_cell(evaluation):
        absent.add("half-cell")
    if not evaluation.layers:
        absent |= _OF_CELLS
    return absent


def _is_half_cell(evaluation: Evaluation) -> bool:
    return evaluation.cell.lithium is not None and evaluation.cell.lithium.is_half_cell


def _lithium(evaluation: Evaluation) -> Table | None:
    """Return where the lithium is; None without a cell."""
    cell = evaluation.cell
    if cell.lithium is None or cell.usable is None:
        return None
    return lithium_table(lithium_places(cell.made, cell.lithium), cell.usable)


def _legend(design: Design, evaluation: Evaluation) -> list[tuple[str, str]]:
    """Return colour and words of substrate and films."""
    colours = film_colours(evaluation.layers)
    films = [(colours[layer.name], layer_title(layer.name, layer.material)) for layer in evaluation.layers]
    wafer = layer_title("substrate", "" if design.substrate is None else design.substrate.material)
    return [(SUBSTRATE, wafer), *films]


def _shown_values(design: Design) -> Any:
    """Return a function that writes the value at a path of the design."""
    plain = design.model_dump(mode="json")

    def shown(path: str) -> str:
        location, rest = locate(plain, path)
        value = MISSING if rest else value_at(plain, location)
        if isinstance(value, dict) and "value" in value:
            value = value["value"]
        return "see the design" if isinstance(value, (dict, list)) else unit_text(str(value))

    return shown


def _numbers(evaluation: Evaluation) -> dict[str, Any]:
    return {"schema_version": SCHEMA_VERSION, **evaluation.to_dict()}
