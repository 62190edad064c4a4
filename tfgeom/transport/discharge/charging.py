"""How a cell charges: at constant current to its upper voltage limit, held there until the current falls."""

from dataclasses import dataclass

import numpy as np

from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.steps import Run, Step

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
    steps = [Step("current", -current, voltage_above=cell.window[1])]
    if current > least:
        steps.append(Step("voltage", cell.window[1], current_below=least))
    done = run(cell, steps, state=run(cell, [slow]).state)
    fell = done.ends[-1].reason in ("current_below", "voltage_above")
    return Charging(
        at_constant_current=-float(done.charge[done.ends[0].point]),
        whole=-float(done.charge[-1]),
        to_share=_time_to(done, SHARE * cell.capacity),
        full=float(done.time[-1]) if fell else None,
    )


def _time_to(done: Run, charge: float) -> float | None:
    """Return when so much has been charged, s; charge is linear between points."""
    charged = np.maximum.accumulate(-done.charge)
    return None if charged[-1] < charge else float(np.interp(charge, charged, done.time))
