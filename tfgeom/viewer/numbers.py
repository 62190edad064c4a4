"""The numbers of the live page, of the cell beside its planar cell, as text."""

from dataclasses import dataclass

from tfgeom.bands.words import range_words
from tfgeom.numerals import unit_text
from tfgeom.results import Evaluation, Result, Shown, results_shown
from tfgeom.results.plain_text import plain_value

NONE = "–"
"""Stands for a number that there is not."""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number, of the cell with its band and of the planar cell of the same films, as printed."""

    what: str
    unit: str
    cell: str
    plane: str


def shown_name(found: Evaluation) -> str:
    """Return the name of a design, and how many cells of it are in series."""
    cells = found.cell.blueprint.in_series
    return found.name if cells == 1 else f"{found.name}, {cells} cells in series"


def number_rows(found: Evaluation) -> list[NumberRow]:
    """Return what the live page shows, always the same rows; a number that there is not is a dash."""
    return [_row(one, found) for one in results_shown(Shown.LIVE)]


def _row(one: Result, found: Evaluation) -> NumberRow:
    best, declared = "at best " if one.is_at_best(found) else "", one.declared
    cell, plane = (
        NONE if value is None else best + plain_value(value, declared.form)
        for value in (one.shown_of(found), one.of_plane(found))
    )
    between = range_words(found, one.path, lambda value: plain_value(float(f"{value:.3g}")))
    return NumberRow(
        declared.title, unit_text(declared.unit), f"{cell} ({between})" if between else cell, plane
    )
