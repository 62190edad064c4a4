"""A cell under its load: voltage over its life beside its planes, and closely at the largest last draw."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfgeom.load_tables import LOAD, duration_text, load_rows, unit_of_time, without_empty
from tfgeom.metrics.load_curves import CELL_NAMES, LoadCurve, load_curves
from tfgeom.numerals import number, unit_text
from tfgeom.report.figures import STYLES, Picture, drawing, svg_picture
from tfgeom.report.table import Table
from tfgeom.results import Evaluation

_AROUND = 2.0  # lengths of the largest draw that are shown after it


def curves_drawn(found: Evaluation) -> tuple[LoadCurve, ...]:
    """Return the curves that a figure has: a flat cell's plane of the same films would lie over its own."""
    left_out = "same_films" if found.geometry.is_flat else ""
    return tuple(curve for curve in load_curves(found) if curve.cell != left_out)


def draw_load(curves: Sequence[LoadCurve], limit: float) -> Picture:
    """Return voltage over life, of the cell and its planes, and the cell's at the largest draw of its end.

    Parameters
    ----------
    curves
        The cell's first.
    limit
        Voltage below which the node stops, V, of all cells in series.
    """
    own = curves[0]
    hours, unit = unit_of_time(max((curve.time_h[-1] for curve in curves if curve.time_h), default=0.0))
    with drawing(9.6, 3.4, "constrained") as figure:
        life, close = figure.subplots(1, 2)
        for curve in curves:
            _, colour, style = STYLES[curve.cell]
            line = style.lstrip("o^sD")
            time = np.array(curve.time_h) / hours
            life.plot(time, curve.lowest_voltage_V, line, color=colour, label=CELL_NAMES[curve.cell])
        time = np.array(own.time_h) / hours
        life.fill_between(
            time, own.lowest_voltage_V, own.highest_voltage_V, color=STYLES["cell"][1], alpha=0.18, lw=0
        )
        life.set_xlabel(f"time, {unit}")
        life.set_ylabel("lowest voltage of each period, V")
        _closely(close, own)
        for axes in (life, close):
            axes.axhline(limit, color="#888888", lw=0.9, ls=":")
        if len(curves) > 1:
            life.legend(frameon=False, fontsize=8.5)
        lasted = duration_text(own.time_h[-1] if own.time_h else 0.0)
        alt = (
            f"Voltage under the load over {lasted}, and in the period in which it ends; the limit is "
            f"{number(limit)} V."
        )
        return svg_picture(figure, alt)


def _closely(axes: Any, own: LoadCurve) -> None:
    """Draw the last period around its largest draw."""
    time, current = np.array(own.last_time_s), np.array(own.last_current_mA_cm2)
    axes.set_xlabel("time in the last period, s")
    axes.set_ylabel("voltage, V")
    if not time.size:
        return
    axes.plot(time, own.last_voltage_V, color=STYLES["cell"][1])
    top = int(np.argmax(current))
    same = np.flatnonzero(current == current[top])
    same = same[: int(np.argmax(np.append(np.diff(same) != 1, True))) + 1]
    begun, ended = float(time[same[0]]), float(time[same[-1]])
    if ended > begun:
        length = ended - begun
        axes.set_xlim(begun - 0.1 * length, min(ended + _AROUND * length, float(time[-1])))


def load_table(found: Evaluation) -> Table | None:
    """Return what a load comes to, beside the planes; None without one."""
    head, rows = without_empty(LOAD, load_rows(found, unit_text))
    return Table(head, tuple(rows)) if rows else None
