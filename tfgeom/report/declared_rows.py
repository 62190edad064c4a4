"""Rows of the report's tables, from what the results declare: title, unit, how a value is printed."""

import re
from collections.abc import Collection
from typing import Any

from tfgeom.metrics.against_best_plane import LOWER_END, beaten_where
from tfgeom.numerals import MISSING, length, number, percent, quantity, unit_text
from tfgeom.report.table import Row
from tfgeom.results import Declaration, Evaluation, RateSummary, Value, all_results, declared_of, numbers_of

PLANES = {"same_films": "plane, same films", "same_capacity": "plane, same capacity"}
"""The planes beside the cell, in words."""


def planes_shown(evaluation: Evaluation) -> dict[str, str]:
    """Return the planes that stand beside a cell, in words: none beside a flat one, which they equal."""
    return {} if evaluation.geometry.is_flat else dict(PLANES)


def printed(value: Value, declared: Declaration) -> str:
    """Return a value as the report prints it, with its unit; a dash for None."""
    if value is None or isinstance(value, str):
        return MISSING if value is None else value
    if declared.form == "gain":
        return quantity(value, "×").replace(" ×", "×")
    if declared.form == "share":
        return percent(value, 3)
    if declared.form == "error":
        return number(value, 4 if abs(value) >= 0.01 else 2)
    return length(value) if declared.unit == "nm" else quantity(value, unit_text(declared.unit))


def heading(declared: Declaration) -> str:
    """Return title and unit as at the head of a column or row."""
    return unit_text(declared.heading)


def section_rows(section: Any, leave_out: Collection[str] = ()) -> list[Row]:
    """Return a row for each number and word of a section that is known."""
    kind: type = type(section)
    return [
        (one.declared.title, printed(value, one.declared))
        for one in numbers_of(kind)
        if one.key not in leave_out and (value := one.of(section)) is not None
    ]


def beside_rows(evaluation: Evaluation) -> list[Row]:
    """Return a row for each number that is computed for a plane too: the cell's, then those of `PLANES`.

    And one for where the cell beats the best plane, which says by itself how it stands beside a plane: all
    of the currents in place of the one end that is declared as a number.
    """
    rows: list[Row] = []
    for one in all_results():
        if not one.number.has_computed_plane and one.section != "rate_summary":
            continue
        best = ", at best" if one.is_at_best(evaluation) else ""
        if one.path == LOWER_END:
            if where := beaten_where(evaluation, number):
                title = heading(declared_of(RateSummary, "beats_best_plane_mA_cm2"))
                rows.append((title + best, where, *(MISSING for _ in PLANES)))
            continue
        values = (
            one.number.of(getattr(evaluation, one.section)),
            *(one.of_plane(evaluation, p) for p in PLANES),
        )
        if any(value is not None for value in values):
            rows.append((heading(one.declared) + best, *map(number, values)))
    return rows


def titled(text: str) -> str:
    """Return a sentence with the title of a number where it names its key."""
    titles = {one.name: one.declared.title for one in all_results() if "_" in one.name}
    plain = re.sub(r"\b[a-z]+(?:_\w+)+\b", lambda found: titles.get(found[0], found[0]), text)
    return re.sub(r" (is|are) null\b", r" \1 not known", plain)
