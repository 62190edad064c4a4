"""How long a cell runs a load, by whichever way is exact and quick enough; and what capacitor would help."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.load_closed import delivered_closed, run_closed
from tfgeom.transport.discharge.load_stepped import MOST_OF_A_PERIOD, probe, run_stepped
from tfgeom.transport.discharge.load_task import LoadRun, LoadTask
from tfgeom.transport.discharge.prescribed import Propagation
from tfgeom.transport.discharge.steps import Step

RUNS_EMPTY = 0.9
"""Of the charge that the load's mean delivers: a load that takes so much runs the cell empty."""

_LEVELS = (0.0, 0.5)  # of it, where a capacitor is tried besides
_PERIODS = 2
_FACTOR, _WIDEST, _HALVINGS = 4.0, 1e6, 24
_CLOSE = 1.01


def run_load(cell: FilmCell, task: LoadTask) -> LoadRun:
    """Return how long a load runs, from the cell's start.

    Raises
    ------
    SolveError
        When the cell cannot be stepped, or a period has more steps than can be.
    """
    closed = _closed(cell, task)
    return run_stepped(cell, task) if closed is None else run_closed(closed, task)


def load_delivered(cell: FilmCell, task: LoadTask) -> float:
    """Return the charge that a load takes out of a cell until it stops, C/m²."""
    closed = _closed(cell, task)
    return run_stepped(cell, task).charge if closed is None else delivered_closed(closed, task)


def has_closed_form(cell: FilmCell, task: LoadTask) -> bool:
    """Return whether a cell runs a load in closed form, which is quick."""
    return _closed(cell, task) is not None


def _closed(cell: FilmCell, task: LoadTask) -> Propagation | None:
    """Return the cell in closed form; None where it has none under this load."""
    if task.control != "current" or task.capacitance:
        return None
    try:
        return Propagation(cell)
    except ValueError:  # its columns are unlike each other, or a diffusivity changes
        return None


def mean_delivered(cell: FilmCell, task: LoadTask) -> float:
    """Return the charge that the load's mean takes out of a cell until the limit, C/m²."""
    found = run(cell, [Step(task.control, task.mean, voltage_below=task.limit)])
    return float(found.charge[-1])


def smallest_capacitor(cell: FilmCell, task: LoadTask, mean: float) -> float | None:
    """Return the smallest ideal capacitor with which nothing fails until the cell runs empty, F/m².

    The cell stands where the load's mean has taken a share of what it delivers, and runs a few periods beside
    the capacitor.  With an infinite one it sees the mean alone.

    Parameters
    ----------
    cell, task
        The cell, and a load that repeats; its own capacitor does not count.
    mean
        What the load's mean delivers, C/m².

    Returns
    -------
    float or None
        0 where none is needed; None where a period has too many steps to be run so, or the load does not
        repeat.
    """
    if not task.repeats or task.seconds.size > MOST_OF_A_PERIOD or mean <= 0:
        return None
    states = [_drained(cell, task, share * mean) for share in (*_LEVELS, RUNS_EMPTY)]

    def holds(capacitance: float, at: int) -> bool:
        found = probe(cell, replace(task, capacitance=capacitance), states[at], _PERIODS)
        return found.failure is None

    last = len(states) - 1
    if all(holds(0.0, at) for at in range(len(states))):
        return 0.0
    found = 0.0
    for at in (last, *range(last)):  # the emptiest needs most, as a rule
        if not holds(found, at):
            larger = _smallest(lambda capacitance, at=at: holds(capacitance, at), task, found)  # type: ignore[misc]
            if larger is None:
                return None
            found = larger
    return found


def _smallest(holds: Callable[[float], bool], task: LoadTask, floor: float) -> float | None:
    """Return the smallest capacitance that holds, to 1 %, above one that does not; None if none does."""
    # what draws above the mean, from a swing of 1 V: the right size, as a rule
    above = np.where(task.values > task.mean, task.seconds * (task.values - task.mean), 0.0)
    size = max(float(above.max()) / (1.0 if task.control == "current" else task.limit or 1.0), 2 * floor)
    low, high = floor, size
    if holds(size):
        while high / _FACTOR > floor and holds(high / _FACTOR):
            high /= _FACTOR
        low = max(low, high / _FACTOR)
    else:
        while not holds(high):
            low, high = high, _FACTOR * high
            if high > _WIDEST * size:
                return None
    for _ in range(_HALVINGS):
        if low > 0 and high / low < _CLOSE:
            break
        middle = float(np.sqrt(low * high)) if low > 0 else high / 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


def _drained(cell: FilmCell, task: LoadTask, charge: float) -> object:
    """Return the state after so much charge at the load's mean; the start for none."""
    if charge == 0:
        return None
    return run(cell, [Step(task.control, task.mean, charge=charge, voltage_below=task.limit)]).state
