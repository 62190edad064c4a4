"""From a design to its report: one offline page, and the numbers as JSON beside it."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.lithium_places import lithium_places
from tfgeom.design import Design, dump_design
from tfgeom.design.paths import locate, value_at
from tfgeom.errors import OutputError
from tfgeom.evaluation import evaluate_best, evaluate_cell
from tfgeom.numerals import MISSING, layer_title, unit_text
from tfgeom.output import PAGES, check_output, is_device, replacing
from tfgeom.palette import SUBSTRATE, film_colours
from tfgeom.report import current_tables, evaluation_tables, sources
from tfgeom.report.background_still import Still, StillRender
from tfgeom.report.figures import data_uri
from tfgeom.report.gallery import draw_pictures
from tfgeom.report.headline import headline
from tfgeom.report.page import fill_template, script_json
from tfgeom.report.pdf import find_printer, write_pdf
from tfgeom.report.storage import device_table, lithium_table
from tfgeom.report.table import Table
from tfgeom.results import Evaluation
from tfgeom.viewer.in_report import EmbeddedView, embedded_view

SCHEMA_VERSION = 1
"""Version of the JSON that is written beside the page."""


def render_report(
    design: Design,
    output: str | Path | None = None,
    fidelity: str | None = None,
    pdf: bool = False,
    *,
    force: bool = False,
) -> Path:
    """Write the report of a design and return the path of its page.

    Beside ``x.html`` the numbers go to ``x.json``, and with ``pdf`` the printed page to ``x.pdf``.  Where the
    machine cannot render 3D pictures the page says so instead of showing one.

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
    force
        Whether files that tfgeom did not write may be replaced.

    Raises
    ------
    DesignError
        When the design is physically impossible or a constant it cannot do without is missing.
    UnsupportedError
        When the fidelity is not built for this design.
    OutputError
        When page, numbers or PDF cannot be written there, or would replace what they may not; found out
        before the work starts.
    MissingExtraError
        When nothing on this machine prints a PDF; found out before the work starts too.
    """
    page = Path(output) if output is not None else Path(f"{design.origin.stem or 'report'}.html")
    beside = {".json": "the numbers of the report", ".pdf": "the printed pages"}
    if page.suffix.lower() in beside:
        raise OutputError(
            f"{page}: {beside[page.suffix.lower()]} go there; give the name of the page, for example "
            f"{page.stem}.html"
        )
    inputs = [design.origin.file]
    check_output(page, PAGES, inputs, force=force)
    if is_device(page):  # has no place beside it
        if pdf:
            raise OutputError(f"{page}: has no place for a PDF beside it; give the name of a page")
        beside = {}
    for suffix, what in beside.items():
        if suffix != ".pdf" or pdf:
            check_output(page.with_suffix(suffix), (), inputs, force=force, what=what)
    printer = find_printer() if pdf else None
    cell = assemble_cell(design)  # an impossible design is found out before anything is rendered
    with StillRender(design) as job:
        evaluation = evaluate_best(cell) if fidelity is None else evaluate_cell(cell, fidelity)
        view = embedded_view(evaluation)  # while the still is rendered
        text = report_html(evaluation, job.result(), view)
    with ExitStack() as files:  # both take their places when both are there
        made = files.enter_context(replacing(page))
        made.write_text(text, encoding="utf-8")
        if beside:
            plain = json.dumps(_numbers(evaluation), indent=2, allow_nan=False)
            numbers = files.enter_context(replacing(page.with_suffix(".json")))
            numbers.write_text(plain + "\n", encoding="utf-8")
    if printer is not None:
        write_pdf(page, page.with_suffix(".pdf"), printer)
    return page


def report_html(evaluation: Evaluation, still: Still | None = None, view: EmbeddedView | None = None) -> str:
    """Return the page of an evaluated design.

    Parameters
    ----------
    evaluation
        The numbers, and the cells behind them; nothing is computed here but shares and ratios of them.
    still
        The 3D picture, or the sentence in its place.
    view
        The 3D view, or the sentence in its place.
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
        missing=sources.missing_constants(evaluation),
        lithium=_lithium(evaluation),
        device=None if evaluation.device is None else device_table(evaluation.device),
        chosen=sources.chosen_table(design.chosen.items(), _shown_values(design)),
        legend=_legend(design, evaluation),
        pictures=draw_pictures(evaluation),
        still=None if shown.png is None else data_uri("image/png", shown.png),
        no_still=shown.sentence,
        view=view,
        design_text=dump_design(design),
        design_json=script_json(design.model_dump(mode="json", exclude_defaults=True)),
        numbers_json=script_json(_numbers(evaluation)),
    )


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
        if isinstance(value, dict):
            value = value.get("value", MISSING)
        return unit_text(str(value))

    return shown


def _numbers(evaluation: Evaluation) -> dict[str, Any]:
    return {"schema_version": SCHEMA_VERSION, **evaluation.to_dict()}
