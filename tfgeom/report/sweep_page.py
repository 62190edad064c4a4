"""The page of a sweep: one file without a network, to look at all rows at once and find the few to make.

Its charts are a script of our own, 33 kB: lines, points and fields on a canvas, with nothing to install.
The chart libraries that were weighed add one to five megabytes a page, and need WebGL for as many lines.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tfgeom import __version__
from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping
from tfgeom.numerals import number, percent
from tfgeom.output import write_text
from tfgeom.report.about import making
from tfgeom.report.cross_section import draw_cross_section
from tfgeom.report.figures import Picture
from tfgeom.report.gallery import Gallery, draw_all
from tfgeom.report.page import fill_template, script_json
from tfgeom.report.plan_view import draw_plan
from tfgeom.report.sweep_columns import (
    PageColumn,
    chosen_rows,
    first_looked_at,
    front,
    page_columns,
    reasons_of,
    rows_of,
)
from tfgeom.report.table import Table
from tfgeom.sweep import StoredSweep, read_sweep
from tfgeom.sweep.folder import PAGE, SWEEP
from tfgeom.sweep.reasons import count_reasons
from tfgeom.sweep.sensitivity import influences

_SCRIPTS = ("base", "filter", "parallel", "front", "response", "main")
_MOST_PARAMETERS = 8  # of the table of shares: those that make most
_MOST_REASONS = 12
_BAR_REM = 5.4  # of a share of all
_OVERLAP = 0.05  # by which shares of parameters that do not depend on each other may miss, of few rows

_METHOD = (
    "Share of the variance of each number's ranks that one parameter makes alone: the correlation ratio, "
    "which is the first-order Sobol' index of the ranks where parameters do not depend on each other (a "
    "whole grid, or samples, without ties or rows that failed). Arrows: Spearman's rank correlation is above "
    "0.1 (↑) or below −0.1 (↓). What is left they make together; – stands where they depend on each other, "
    "as tied sizes and the designs of a search do, and their shares overlap. This is over the ranges of the "
    "sweep, not over what constants may be: that is the band of a design."
)


def render_sweep(folder: str | Path, command: str = "") -> Path:
    """Write the page of a sweep into its folder and return its path.

    Parameters
    ----------
    folder
        The folder of a sweep, finished or not.
    command
        What was typed, for the page to say.

    Raises
    ------
    OutputError
        If the folder holds no sweep, or the page cannot be written.
    """
    stored = read_sweep(folder)
    page = Path(folder) / PAGE
    write_text(page, sweep_html(stored, command))
    return page


def sweep_html(stored: StoredSweep, command: str = "") -> str:
    """Return the page of a sweep: self-contained."""
    held, fine = chosen_rows(stored)
    columns = page_columns(stored, rows_of(stored, held))
    looked_at = first_looked_at(stored, columns)
    script = "\n".join(
        (files("tfgeom.report") / "templates" / f"sweep_{name}.js").read_text(encoding="utf-8")
        for name in _SCRIPTS
    )
    script = f'"use strict";\n{script}'
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    best = _best(looked_at)
    failed = sum(record["status"] == "failed" for record in stored.records)
    excluded = sum(record["status"] == "excluded" for record in stored.records)
    file = stored.folder / SWEEP
    return fill_template(
        "sweep.html.j2",
        title=f"Sweep: {stored.folder.resolve().name}",
        version=__version__,
        making=making(command),
        script_rule=Markup(f"script-src 'sha256-{digest}'"),
        said=f"{len(stored.records)} rows: {fine} with numbers, {failed} failed, {excluded} excluded.",
        columns=columns,
        held=len(held),
        fine=fine,
        **_shares(columns),
        best_said=_best_said(looked_at),
        designs=[_names(held[row]) | {"heading": f"Row {held[row] + 1}: {heading}"} for row, heading in best],
        best_numbers=_beside([row for row, _ in best], held, columns),
        pictures=_pictures(stored, [held[row] for row, _ in best]),
        reasons=_reasons(stored),
        folder=stored.folder.resolve().name,
        source=file.read_text(encoding="utf-8") if file.is_file() else "",
        points_json=script_json(_points(columns, looked_at, held)),
        script=Markup(script),
    )


def _points(
    columns: Sequence[PageColumn], first: Sequence[PageColumn], held: Sequence[int]
) -> dict[str, Any]:
    return {
        "columns": [column.json() for column in columns],
        "rows": list(held) if columns else [],
        "first": [list(columns).index(column) for column in first],
    }


def _shares(columns: Sequence[PageColumn]) -> dict[str, Any]:
    """Return what the table of the spread shows."""
    parameters = {column.title: column.cells for column in columns if column.is_parameter}
    outputs = {
        column.title: column.cells for column in columns if column.is_number and not column.is_parameter
    }
    found = influences(parameters, outputs) if parameters else {}
    most = {name: max((of[name].share for of in found.values()), default=0.0) for name in parameters}
    shown = sorted(
        sorted(parameters, key=lambda name: -most[name])[:_MOST_PARAMETERS], key=list(parameters).index
    )
    rows = []
    for title, of in found.items():
        cells = [
            {
                "text": _percent(of[name].share) + _arrow(of[name].trend),
                "width": round(_BAR_REM * min(1.0, of[name].share), 2),
            }
            for name in shown
        ]
        rest = 1 - sum(one.share for one in of.values())
        rows.append({"title": title, "cells": cells, "rest": "–" if rest < -_OVERLAP else _percent(rest)})
    return {"shares": rows, "share_head": shown, "method": _METHOD}


def _percent(share: float) -> str:
    return "< 1 %" if share < 0.01 else percent(share)


def _arrow(trend: float | None) -> str:
    if trend is None or abs(trend) <= 0.1:
        return ""
    return " ↑" if trend > 0 else " ↓"


def _best(looked_at: Sequence[PageColumn]) -> list[tuple[int, str]]:
    """Return the rows to draw with what they are: the ends of the front, and what lies between."""
    rows = front(looked_at) if looked_at else []
    if not rows:
        return []
    if len(looked_at) == 1:
        return [(rows[0], f"best {looked_at[0].title}")]
    first, second = looked_at
    named = [(rows[-1], f"best {first.title}"), (rows[0], f"best {second.title}")]
    middle = max(rows, key=partial(_balance, rows, looked_at))
    if middle not in (rows[0], rows[-1]):
        named.insert(1, (middle, "both in balance"))
    return named if rows[0] != rows[-1] else [(rows[0], f"best {first.title} and {second.title}")]


def _balance(rows: Sequence[int], looked_at: Sequence[PageColumn], row: int) -> float:
    """Return how far a row of the front is on the way to the best in what it is worse in, 0 to 1."""
    shares = []
    for column in looked_at:
        ends = [column.cells[one] for one in (rows[0], rows[-1])]
        worst, best = sorted(ends, reverse=not column.is_more_better)
        shares.append((column.cells[row] - worst) / (best - worst) if best != worst else 1.0)
    return min(shares)


def _best_said(looked_at: Sequence[PageColumn]) -> str:
    ways = [f"{'most' if one.is_more_better else 'least'} {one.title}" for one in looked_at]
    between = (
        " and, between them, the row that is farthest from the worst of the front in both"
        if len(ways) > 1
        else ""
    )
    return f"The row of {' and that of '.join(ways)}{between}." if ways else ""


def _names(row: int) -> dict[str, str]:
    """Return the names of the drawings of a row."""
    return {"section": f"cross-section of row {row + 1}", "plan": f"row {row + 1} from above"}


def _beside(places: Sequence[int], held: Sequence[int], columns: Sequence[PageColumn]) -> Table:
    """Return the drawn rows beside each other."""
    rows = [
        (column.title, *(_cell_text(column, column.cells[place]) for place in places)) for column in columns
    ]
    return Table(("", *(f"row {held[place] + 1}" for place in places)), tuple(rows))


def _cell_text(column: PageColumn, cell: Any) -> str:
    return number(cell) if column.is_number or cell is None else str(cell)


def _pictures(stored: StoredSweep, rows: Sequence[int]) -> Gallery:
    drawings: dict[str, Callable[[], Picture | None]] = {}
    for row in rows:
        names = _names(row)
        drawings[names["section"]] = partial(_section, stored, row)
        drawings[names["plan"]] = partial(_plan, stored, row)
    return draw_all(drawings)


def _cell(stored: StoredSweep, row: int) -> AssembledCell:
    return assemble_cell(design_from_mapping(stored.design(row)))


def _section(stored: StoredSweep, row: int) -> Picture:
    return draw_cross_section(_cell(stored, row))


def _plan(stored: StoredSweep, row: int) -> Picture | None:
    return draw_plan(_cell(stored, row))


def _reasons(stored: StoredSweep) -> Table | None:
    """Return why rows have no result: how many, of which status, and the first of each."""
    counted = [
        (status, reason)
        for status in ("failed", "excluded")
        for reason in count_reasons(reasons_of(stored, status))
    ]
    if not counted:
        return None
    rows = [
        (status, str(reason.count), str(reason.first + 1), reason.text)
        for status, reason in counted[:_MOST_REASONS]
    ]
    if len(counted) > _MOST_REASONS:
        left = sum(reason.count for _, reason in counted[_MOST_REASONS:])
        rows.append(("", str(left), "", f"for {len(counted) - _MOST_REASONS} further reasons"))
    return Table(("status", "rows", "first row", "reason, as of the first"), tuple(rows), 1, 3)
