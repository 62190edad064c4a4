"""The page of a comparison: for a reader who has nothing but it."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.compare import (
    AXES,
    AXIS_MEANING,
    MARKET_NOTES,
    PLAIN,
    Comparison,
    comparison_json,
    discharged,
    place_of,
    rate_curves,
    verdict_json,
    verdicts,
)
from tfgeom.errors import OutputError
from tfgeom.numerals import unit_text
from tfgeom.output import PAGES, check_output, is_device, replacing
from tfgeom.report import comparison_tables as tables
from tfgeom.report.about import making, ranks_table, terms_table
from tfgeom.report.comparison_figures import (
    WITH_PLANES,
    draw_curves,
    draw_plans,
    draw_resistances,
    draw_sections,
)
from tfgeom.report.cross_section import draw_cross_section
from tfgeom.report.figure_files import check_figures, write_figures
from tfgeom.report.figures import Picture
from tfgeom.report.gallery import Gallery, draw_all
from tfgeom.report.page import fill_template, script_json
from tfgeom.report.pdf import find_printer, write_pdf
from tfgeom.report.plan_view import draw_plan
from tfgeom.report.rate_csv import CurveRows, rate_csv
from tfgeom.report.table import Table
from tfgeom.results import Declaration, LayerNumbers, RatePoint, Shown, declared_of, results_shown

_LISTED = 3  # designs above which the page begins with a list of what it holds
_BESIDE = {
    ".json": "the numbers of the comparison",
    ".csv": "its rate curves",
    ".pdf": "the printed pages",
}


def check_comparison(
    output: str | Path,
    designs: Iterable[str | Path],
    *,
    pdf: bool = False,
    figures: str | Path | None = None,
    force: bool = False,
) -> None:
    """Refuse, before any work, a page that cannot be written or has no place for what goes beside it.

    Raises
    ------
    OutputError
        When page, numbers, curves, PDF or figures cannot be written there, or would replace what they may
        not.
    MissingExtraError
        When nothing on this machine prints a PDF.
    """
    page, inputs = Path(output), list(designs)
    if page.suffix.lower() in _BESIDE:
        raise OutputError(
            f"{page}: {_BESIDE[page.suffix.lower()]} go there; give the name of the page, for example "
            f"{page.stem}.html"
        )
    check_output(page, PAGES, inputs, force=force)
    if is_device(page) and pdf:
        raise OutputError(f"{page}: has no place for a PDF beside it; give the name of a page")
    for suffix, what in _BESIDE.items():
        if not is_device(page) and (suffix != ".pdf" or pdf):
            check_output(page.with_suffix(suffix), (), inputs, force=force, what=what)
    if pdf:
        find_printer()
    if figures is not None:
        check_figures(figures, page.stem, _figure_names(len(inputs)), inputs, force=force)


def render_comparison(
    comparison: Comparison,
    output: str | Path,
    *,
    pdf: bool = False,
    figures: str | Path | None = None,
    command: str = "",
) -> list[Path]:
    """Write the page of a comparison and return the paths of what was written.

    Beside ``x.html`` the numbers go to ``x.json``, the rate curves to ``x.csv`` where there are any, and with
    ``pdf`` the printed page to ``x.pdf``.

    Parameters
    ----------
    comparison
        What `compare_designs` returned.
    output
        The page.
    pdf
        Whether to print it too.
    figures
        Folder for every drawing as SVG, PDF and PNG; made if it is not there.
    command
        What was typed, for the page to say.

    Raises
    ------
    OutputError
        When it cannot be written there.
    MissingExtraError
        When nothing on this machine prints a PDF.
    """
    page = Path(output)
    pictures = draw_comparison(comparison)
    content = {page: comparison_html(comparison, command, pictures)}
    if not is_device(page):
        numbers = json.dumps(_numbers(comparison), indent=2, allow_nan=False)
        content[page.with_suffix(".json")] = numbers + "\n"
        curves = comparison_csv(comparison)
        if curves:
            content[page.with_suffix(".csv")] = curves
    printer = find_printer() if pdf else None
    if figures is not None:
        folder = check_figures(figures, page.stem, (), ())
        write_figures(pictures.shown, folder, page.stem)
    with ExitStack() as files:  # all take their places when all are there
        for path, text in content.items():
            files.enter_context(replacing(path)).write_text(text, encoding="utf-8")
    written = list(content)
    if printer is not None:
        write_pdf(page, page.with_suffix(".pdf"), printer)
        written.append(page.with_suffix(".pdf"))
    return written


def comparison_csv(comparison: Comparison) -> str:
    """Return the rate curves of all cells as CSV, tables' places and lines' points; empty without any."""
    place = "c_rate" if comparison.at == "c_rate" else "current"
    curves = [
        CurveRows(
            entry.name,
            which if which == "cell" else f"{which}.at_{place}",
            [place_of(row, which, comparison.at) for row in rows],
            rows[0].method,
            rows[0].incomplete,
        )
        for entry, found in comparison.evaluated
        if (rows := entry.discharges.on_line)
        for which in discharged(rows[0], comparison.at)
        if which == "cell" or not found.geometry.is_flat
    ]
    return rate_csv(curves) if curves else ""


def comparison_html(comparison: Comparison, command: str = "", pictures: Gallery | None = None) -> str:
    """Return the page of a comparison: self-contained, nothing computed in it.

    Parameters
    ----------
    comparison
        What `compare_designs` returned.
    command
        What was typed.
    pictures
        What `draw_comparison` returned; drawn here by default.
    """
    cards = [tables.card(entry, found) for entry, found in comparison.evaluated]
    count = len(comparison.entries)
    used = {row.confidence for _, found in comparison.evaluated for row in found.provenance}
    return fill_template(
        "comparison.html.j2",
        comparison=comparison,
        title=f"Comparison of {count} designs" if count != 1 else f"Comparison: {comparison.entries[0].name}",
        version=__version__,
        making=making(command),
        named=[tables.named(entry) for entry in comparison.entries],
        listed=count > _LISTED,
        verdict=verdicts(comparison, tables.PHRASES),
        numbers=list(tables.numbers_tables(comparison)),
        sizes=list(tables.sizes_tables(comparison)),
        cards=cards,
        reliefs=sum(not found.geometry.is_flat for _, found in comparison.evaluated),
        planes=any(
            found.capacity is not None and not found.geometry.is_flat for _, found in comparison.evaluated
        ),
        parts=list(tables.parts_tables(comparison)),
        pictures=pictures or draw_comparison(comparison),
        axis=unit_text(AXES[comparison.at]),
        axis_meaning=AXIS_MEANING[comparison.at],
        with_planes=len(comparison.evaluated) <= WITH_PLANES,
        rates=_rates(comparison),
        best_plane=any(curve.which == "planar_best" for curve in rate_curves(comparison)),
        not_counted=tables.not_counted_table(comparison),
        market=tables.market_table(comparison),
        market_sources=tables.market_sources_table(comparison),
        market_notes=MARKET_NOTES,
        ranks=ranks_table(used) if used else None,
        terms=terms_table(_declared()),
        numbers_json=script_json(_numbers(comparison)),
        designs_json=script_json({"designs": list(_designs(comparison))}),
    )


def _declared() -> Iterator[Declaration]:
    """Yield what the numbers on the page declare."""
    yield from (one.declared for one in results_shown(Shown.COMPARED))
    rates = (declared_of(RatePoint, key) for key in ("c_rate", "utilisation"))
    films = (
        declared_of(LayerNumbers, key) for key in ("step_coverage", "capacity_gain", "interface_area_gain")
    )
    yield from (*rates, *films)


def _rates(comparison: Comparison) -> list[Table]:
    """Return the tables of rates: with their planes where the designs are few."""
    if len(comparison.evaluated) > WITH_PLANES and comparison.at != "footprint_capacity":
        return list(tables.rate_tables(comparison))
    whole = tables.rate_table(comparison)
    return [] if whole is None else [whole]


def draw_comparison(comparison: Comparison) -> Gallery:
    """Return the drawings of a comparison, those of its designs by their numbers."""
    evaluated = comparison.evaluated
    cells = [(entry, found.cell) for entry, found in evaluated]
    curves = rate_curves(comparison)
    if len(evaluated) > WITH_PLANES:
        curves = [curve for curve in curves if curve.which == "cell"]
    drawings: dict[str, Callable[[], Picture | None]] = {
        "sections": lambda: draw_sections(cells),
        "from above": lambda: draw_plans(cells),
        "resistance by part": lambda: draw_resistances(evaluated),
    }
    if curves:
        drawings["rates"] = lambda: draw_curves(curves, comparison)
    for entry, cell in cells:
        drawings[f"cross-section {entry.number}"] = partial(draw_cross_section, cell)
        drawings[f"from above {entry.number}"] = partial(draw_plan, cell)
    return draw_all(drawings)


def _figure_names(designs: int) -> list[str]:
    """Return the names that drawings of so many designs may have."""
    own = [f"{what} {number}" for number in range(1, designs + 1) for what in ("cross-section", "from above")]
    return ["sections", "from above", "resistance by part", "rates", *own]


def _numbers(comparison: Comparison) -> dict[str, Any]:
    return comparison_json(comparison, verdict_json(verdicts(comparison, PLAIN)))


def _designs(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Yield the designs with everything resolved, so that the page can be made again from itself."""
    for entry, found in comparison.evaluated:
        plain = found.design.model_dump(mode="json", exclude_defaults=True)
        yield {"file": entry.file, "design": plain}
