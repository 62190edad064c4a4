"""How a cell charges: at constant current to its upper voltage limit, held there until the current falls.

Where a face empties before, its potential runs off to the limit: held there, the face stays empty, and the
film gives what diffuses to it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.discharge.column_voltages import CellState
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.steps import Step

Floats = NDArray[np.float64]

FULL_BELOW = 1 / 20
"""C-rate to which the current has fallen when a cell counts as full."""
SHARE = 0.8
"""Of the usable capacity: that many charge to it, then pause."""
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


def discharged(cell: FilmCell) -> CellState:
    """Return the cell as a slow discharge (C/100) leaves it, from where charges begin.

    Raises
    ------
    SolveError
        As of `tfgeom.transport.discharge.driver.run`.
    """
    slow = Step("current", _SLOWLY * cell.nominal / _HOUR, voltage_below=cell.window[0], charge=cell.capacity)
    state: CellState = run(cell, [slow]).state
    return state


def charging(cell: FilmCell, current: float, empty: CellState | None = None) -> Charging:
    """Return the charge of a cell at a footprint current, A/m², positive.

    At a current that is no larger than that at which the cell counts as full, nothing is held.

    Parameters
    ----------
    cell
        The cell.
    current
        Footprint current, A/m², positive.
    empty
        What `discharged` of the cell gives, where that is known.

    Raises
    ------
    SolveError
        As of `tfgeom.transport.discharge.driver.run`.
    """
    least, highest = FULL_BELOW * cell.nominal / _HOUR, cell.window[1]
    steps = [Step("current", -current, voltage_above=highest, past_surface=True)]
    if current > least:
        steps.append(Step("voltage", highest, current_below=least, past_surface=True))
    done = run(cell, steps, state=discharged(cell) if empty is None else empty)
    fell = done.ends[-1].reason in ("current_below", "voltage_above")
    charged = -done.charge
    return Charging(
        at_constant_current=float(charged[done.ends[0].point]),
        whole=float(charged[-1]),
        to_share=_time_to(done.time, charged, SHARE * cell.capacity),
        full=float(done.time[-1]) if fell else None,
    )


def _time_to(time: Floats, charged: Floats, charge: float) -> float | None:
    """Return when so much has been charged, s; charge is linear between points."""
    rising = np.maximum.accumulate(charged)
    return None if rising[-1] < charge else float(np.interp(charge, rising, time))
