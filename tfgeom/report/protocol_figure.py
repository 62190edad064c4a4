"""A protocol on the page: voltage and current in time, what went in and out, and each step."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfgeom.metrics.protocol_curves import ProtocolCurve
from tfgeom.numerals import number, unit_text
from tfgeom.protocol_tables import STEPS, TOTALS, step_rows, total_rows
from tfgeom.report.figures import STYLES, Picture, drawing, svg_picture
from tfgeom.report.table import Table
from tfgeom.results import ProtocolNumbers

_H = 3600.0
_WORDS = 4  # columns of a step before its numbers
_CELLS = {"cell": "cell", "planar_same_films": "same_films"}


class ProtocolTables(NamedTuple):
    """Totals and steps; columns of a plane that does not stand beside are left out."""

    totals: Table
    steps: Table


def draw_protocol(curves: Sequence[ProtocolCurve]) -> Picture:
    """Return voltage and current in time of the cell, and of the plane of the same films.

    Parameters
    ----------
    curves
        Steps in the order of time, those of the cell first.
    """
    with drawing(9.6, 4.2, "constrained") as figure:
        voltage, current = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
        names = list(dict.fromkeys(one.cell for one in curves))
        for name in reversed(names):  # the cell's over the plane's
            steps = [one for one in curves if one.cell == name]
            label, colour, style = STYLES[_CELLS[name]]
            time = np.concatenate([one.time_s for one in steps]) / _H
            line = style.lstrip("o^sD")
            for axes, key in ((voltage, "voltage_V"), (current, "current_mA_cm2")):
                axes.plot(
                    time,
                    np.concatenate([getattr(one, key) for one in steps]),
                    line,
                    color=colour,
                    label=label,
                )
        voltage.set_ylabel("voltage, V")
        current.set_ylabel("current, mA/cm²")
        current.set_xlabel("time, h")
        if len(names) > 1:
            voltage.legend(frameon=False, fontsize=8.5)
        volts = [volt for one in curves if one.cell == names[0] for volt in one.voltage_V]
        last = next(one for one in reversed(curves) if one.cell == names[0]).time_s[-1] / _H
        alt = (
            f"Voltage and current in the protocol over {number(last)} h: between {number(min(volts))} and "
            f"{number(max(volts))} V."
        )
        return svg_picture(figure, alt)


def protocol_tables(found: ProtocolNumbers | None) -> ProtocolTables | None:
    """Return the tables of a protocol; None where none was run."""
    if found is None:
        return None
    alone = found.planar is None
    return ProtocolTables(
        _table(TOTALS, total_rows(found, unit_text), alone=alone),
        _table(STEPS, step_rows(found, unit_text), alone=alone, numeric_from=_WORDS),
    )


def _table(
    head: Sequence[str], rows: Sequence[tuple[str, ...]], *, alone: bool, numeric_from: int = 1
) -> Table:
    kept = len(head) - alone
    written = tuple(tuple(_typeset(cell) for cell in row[:kept]) for row in rows)
    return Table(tuple(unit_text(title) for title in head[:kept]), written, numeric_from)


def _typeset(cell: str) -> str:
    """Return a cell of the terminal as pages write it."""
    cell = f"−{cell[1:]}" if cell[:1] == "-" and cell[1:2].isdigit() else cell
    return f"{cell[:-1]} %" if cell.endswith("%") else cell
