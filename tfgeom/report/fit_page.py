"""The page of a fit: what was fitted to what, how sure, and what cannot be told."""

from collections.abc import Sequence
from pathlib import Path

from tfgeom import __version__
from tfgeom.fitting import Fit, fit_dict
from tfgeom.fitting.answer import (
    PARAMETERS,
    error_lines,
    head_line,
    parameter_rows,
    point_table,
    verdict_lines,
)
from tfgeom.numerals import typeset
from tfgeom.output import write_text
from tfgeom.report.about import making
from tfgeom.report.figure_files import check_figures, write_figures
from tfgeom.report.fit_figure import draw_overlay, draw_profiles
from tfgeom.report.gallery import Gallery, draw_all
from tfgeom.report.page import fill_template, script_json
from tfgeom.report.table import Table

FIGURES = ("measured and fitted", "profiles")
"""Names of the figures of a fit."""


def draw_fit(fit: Fit) -> Gallery:
    """Return the figures of a fit."""
    return draw_all({FIGURES[0]: lambda: draw_overlay(fit), FIGURES[1]: lambda: draw_profiles(fit)})


def fit_html(fit: Fit, command: str = "", pictures: Gallery | None = None) -> str:
    """Return the page of a fit: self-contained."""
    return fill_template(
        "fit.html.j2",
        title=f"{fit.design.name}: fitted",
        version=__version__,
        making=making(command),
        said=typeset(head_line(fit)),
        parameters=_table(PARAMETERS, parameter_rows(fit)),
        errors=[typeset(one) for one in error_lines(fit)],
        verdicts=[typeset(one) for one in verdict_lines(fit)],
        points=_table(*point_table(fit)),
        notes=[typeset(one) for one in fit.notes],
        pictures=pictures or draw_fit(fit),
        numbers_json=script_json(fit_dict(fit)),
    )


def render_fit(
    fit: Fit, pages: Sequence[Path], figures: Path | None, *, stem: str, command: str = ""
) -> None:
    """Write pages and figures of a fit.

    Parameters
    ----------
    fit
        The fit.
    pages
        Where pages go.
    figures
        Folder for every figure as SVG, PDF and PNG; None for none.
    stem
        What their names begin with.
    command
        What was typed, for the page to say.

    Raises
    ------
    OutputError
        When they cannot be written there.
    """
    pictures = draw_fit(fit)
    if figures is not None:
        write_figures(pictures.shown, check_figures(figures, stem, (), ()), stem)
    for page in pages:
        write_text(page, fit_html(fit, command, pictures))


def _table(head: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Table:
    return Table(tuple(head), tuple(tuple(map(typeset, row)) for row in rows))
