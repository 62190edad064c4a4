"""How a cell charges: at constant current to its upper voltage limit, held there until the current falls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.steps import Run, Step

Floats = NDArray[np.float64]

FULL_BELOW = 1 / 20
"""C-rate to which the current has fallen when a cell counts as full."""
SHARE = 0.8
"""Of the usable capacity: that many charge to it, then pause."""
_STAIR = 0.9
_SLOWLY = 1e-2  # C-rate of the discharge before
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Charging:
    """One charge from where a slow discharge (C/100) ends, per m² of footprint.

    Attributes
    ----------
    at_constant_current, whole
        Charged before the upper voltage limit, and in all, C/m².
    to_share, full
        When `SHARE` of the usable capacity is in, and when the current has fallen, s; None where that is not
        reached.
    """

    at_constant_current: float
    whole: float
    to_share: float | None
    full: float | None


def charging(cell: FilmCell, current: float) -> Charging:
    """Return the charge of a cell at a footprint current, A/m², positive.

    At a current that is no larger than that at which the cell counts as full, nothing is held.

    Raises
    ------
    SolveError
        As of `tfgeom.transport.discharge.driver.run`.
    """
    least = FULL_BELOW * cell.nominal / _HOUR
    slow = Step("current", _SLOWLY * cell.nominal / _HOUR, voltage_below=cell.window[0], charge=cell.capacity)
    begun = run(
        cell, [Step("current", -current, voltage_above=cell.window[1])], state=run(cell, [slow]).state
    )
    parts = [begun]
    if current > least:
        parts.append(run(cell, _held(cell, current, least, begun), state=begun.state))
    fell = parts[-1].ends[-1].reason in ("current_below", "voltage_above", "surface")
    time, charged = _joined(parts)
    return Charging(
        at_constant_current=-float(begun.charge[-1]),
        whole=float(charged[-1]),
        to_share=_time_to(time, charged, SHARE * cell.capacity),
        full=float(time[-1]) if fell else None,
    )


def _held(cell: FilmCell, current: float, least: float, begun: Run) -> list[Step]:
    """Return how a charge goes on: at the upper limit, or where a face has no room as fast as it takes.

    An emptied face has no voltage that could be held; there the current falls in stairs of `_STAIR`.
    """
    if begun.ends[-1].reason != "surface":
        return [Step("voltage", cell.window[1], current_below=least)]
    count = int(np.ceil(np.log(least / current) / np.log(_STAIR)))
    falling = [max(current * _STAIR**stair, least) for stair in range(1, count + 1)]
    return [Step("current", -one, voltage_above=cell.window[1]) for one in falling]


def _joined(parts: Sequence[Run]) -> tuple[Floats, Floats]:
    """Return time and charge taken in of runs one after the other."""
    times, charges, time, charge = [], [], 0.0, 0.0
    for part in parts:
        times.append(time + part.time)
        charges.append(charge - part.charge)
        time, charge = float(times[-1][-1]), float(charges[-1][-1])
    return np.concatenate(times), np.concatenate(charges)


def _time_to(time: Floats, charged: Floats, charge: float) -> float | None:
    """Return when so much has been charged, s; charge is linear between points."""
    rising = np.maximum.accumulate(charged)
    return None if rising[-1] < charge else float(np.interp(charge, rising, time))
