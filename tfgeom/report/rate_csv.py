"""Rate curves as CSV: one row a discharge, units in the names of the columns."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import NamedTuple

from tfgeom.results import RatePoint

_COLUMNS = tuple(one.name for one in fields(RatePoint))


class CurveRows(NamedTuple):
    """The discharges of one cell.

    Attributes
    ----------
    design, cell
        Name of the design, and which of its cells: ``cell`` or the key of a plane.
    points
        The discharges.
    method
        What made them.
    incomplete
        Constants whose loss is left out.
    """

    design: str
    cell: str
    points: Sequence[RatePoint]
    method: str
    incomplete: Sequence[str]


def rate_csv(curves: Iterable[CurveRows]) -> str:
    """Return discharges as CSV; None becomes an empty field, missing constants stand in the last column."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("design", "cell", *_COLUMNS, "method", "at_best_without"))
    for one in curves:
        for point in one.points:
            values = (getattr(point, name) for name in _COLUMNS)
            known = ("" if value is None else f"{value:.10g}" for value in values)
            writer.writerow((one.design, one.cell, *known, one.method, " ".join(one.incomplete)))
    return text.getvalue()
