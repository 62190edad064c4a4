"""A load on any cell, by steps in time: every step of it, or some periods along the discharge.

What takes few enough steps is run as it is.  Where pulses are too many, the cell is discharged at the load's
mean, and at points along the way the load itself is run for a few periods: between pulses, films forget the
single pulse and remember the mean.  The first period that fails is then bracketed in charge.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.transport.discharge.driver import TOLERANCE, run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.load_task import Failure, LoadRun, LoadTask
from tfgeom.transport.discharge.steps import Run, Step

Floats = NDArray[np.float64]

MOST_STEPS = 3_000
"""Steps in time up to which all of a load is run."""
MOST_OF_A_PERIOD = 250
"""Steps of a period that a cell is run with which has no closed form."""
_AT_ONCE = 300  # steps of one run
_BESIDE_CAPACITOR = 2e-3  # V of the driver's tolerance: its voltage is solved in time
_SAMPLES = 8  # along the discharge
_HALVINGS = 9
_PERIODS = 2  # run at each sample
_CHARGE_END = 1e-9  # of a charge: what rounding leaves of a step that ends by it
_FAILED = ("voltage_below", "surface", "salt_exhausted", "cannot_carry")


class Probe(NamedTuple):
    """Periods of a load that were run in steps.

    Attributes
    ----------
    failure
        Where it failed, period counted from the first; None where it did not.
    charge, energy
        Delivered until then, C/m² and J/m².
    low, high
        Of the last period, V.
    lasting
        Charge and energy of the last whole period; None where there is none.
    lowest, lowest_at
        Over all: V, and when, s since the first period began.
    close
        Time since it began, voltage and current of the last period.
    state
        Where it ended.
    """

    failure: Failure | None
    charge: float
    energy: float
    low: float
    high: float
    lasting: tuple[float, float] | None
    lowest: float
    lowest_at: float
    close: tuple[Floats, Floats, Floats]
    state: Any


def probe(cell: FilmCell, task: LoadTask, state: Any, periods: int) -> Probe:
    """Return what comes of some periods of a load, run step by step from a state until it fails."""
    steps = _steps(task)
    tolerance = _BESIDE_CAPACITOR if task.capacitance else TOLERANCE
    gathered = _Gathered(task)
    begun = batch = 0
    while begun < periods:
        # what fails at once is not run on for long
        batch = min(max(1, 2 * batch), max(1, _AT_ONCE // len(steps)), periods - begun)
        found = run(cell, steps * batch, state=state, tolerance=tolerance)
        failed = next((at for at, end in enumerate(found.ends) if end.reason in _FAILED), None)
        if failed is not None:
            found = run(cell, (steps * batch)[: failed + 1], state=state, tolerance=tolerance)
        gathered.add(found, begun)
        state = found.state
        if failed is not None:
            period, step = begun + failed // len(steps), failed % len(steps)
            before = 0.0 if failed == 0 else float(found.time[found.ends[failed - 1].point])
            after = float(found.time[-1]) - before
            lowest = _taken_to_its_end(cell, task, step, found, after)
            return gathered.probe(Failure(period, step, after, lowest), state)
        begun += batch
    return gathered.probe(None, state)


class _Gathered:
    """What comes of batches of periods, one after the other."""

    def __init__(self, task: LoadTask) -> None:
        self.task = task
        self.charge = self.energy = 0.0
        self.lowest, self.lowest_at = np.inf, 0.0
        self.lasting: tuple[float, float] | None = None
        self.low = self.high = np.nan
        self.close: tuple[Floats, Floats, Floats] = (np.empty(0), np.empty(0), np.empty(0))

    def add(self, found: Run, begun: int) -> None:
        """Add a batch that begins with a period."""
        steps, powers = self.task.seconds.size, found.voltage * found.current
        energy = np.concatenate(([0.0], np.cumsum(np.diff(found.time) * (powers[1:] + powers[:-1]) / 2)))
        ends = np.array([end.point for end in found.ends])
        edges = np.concatenate(([-1], ends[steps - 1 :: steps]))  # last point of each whole period
        if edges.size > 1:
            last, before = int(edges[-1]), int(edges[-2])
            earlier = (0.0, 0.0) if before < 0 else (float(found.charge[before]), float(energy[before]))
            self.lasting = float(found.charge[last]) - earlier[0], float(energy[last]) - earlier[1]
        first = int(edges[-1]) + 1 if edges[-1] + 1 < found.time.size else int(edges[-2]) + 1
        shown = slice(first, None)
        self.low, self.high = float(found.voltage[shown].min()), float(found.voltage[shown].max())
        self.close = found.time[shown] - found.time[first], found.voltage[shown], found.current[shown]
        least = int(np.argmin(found.voltage))
        if found.voltage[least] < self.lowest:
            self.lowest = float(found.voltage[least])
            self.lowest_at = begun * self.task.period + float(found.time[least])
        self.charge += float(found.charge[-1])
        self.energy += float(energy[-1])

    def probe(self, failure: Failure | None, state: Any) -> Probe:
        """Return what was gathered."""
        return Probe(
            failure, self.charge, self.energy, self.low, self.high, self.lasting,
            self.lowest, self.lowest_at, self.close, state,
        )  # fmt: skip


def run_stepped(cell: FilmCell, task: LoadTask, state: Any = None) -> LoadRun:
    """Return how long a load runs, by steps in time.

    Raises
    ------
    SolveError
        When a period has more steps than can be run so, with how many can.
    """
    if task.is_steady:
        return _steady(cell, task, state)
    count = task.seconds.size
    if not task.repeats:
        return (
            _whole(task, probe(cell, task, state, 1)) if count <= MOST_STEPS else _refuse(count, MOST_STEPS)
        )
    mean = run(cell, [Step(task.control, task.mean, voltage_below=task.limit)], state=state)
    if mean.time[-1] / task.period * count <= MOST_STEPS:
        return _whole(task, probe(cell, task, state, int(mean.time[-1] / task.period) + 2))
    if count > MOST_OF_A_PERIOD:
        return _refuse(count, MOST_OF_A_PERIOD)
    return _sampled(cell, task, state, float(mean.charge[-1]))


def _refuse(count: int, most: int) -> LoadRun:
    raise SolveError(
        f"a load of {count:,} steps a period is not run in this cell: where it has no closed form (columns "
        f"unlike each other, a power, a diffusivity that changes), at most {most:,}"
    )


def _steps(task: LoadTask) -> list[Step]:
    return [
        Step(
            task.control if value else "rest",
            float(value),
            seconds=float(seconds),
            voltage_below=task.limit,
            capacitance=task.capacitance,
        )
        for seconds, value in zip(task.seconds, task.values, strict=True)
    ]


def _taken_to_its_end(cell: FilmCell, task: LoadTask, step: int, found: Run, after: float) -> float | None:
    """Return the lowest voltage if a step that fails is taken to its end; None where nothing does."""
    left = float(task.seconds[step]) - after
    if found.ends[-1].reason != "voltage_below":
        return None
    if left <= 0:
        return float(found.voltage[-1])
    value = float(task.values[step])
    beyond = run(
        cell, [Step(task.control, value, seconds=left, capacitance=task.capacitance)], state=found.state
    )
    whole = beyond.ends[-1].reason == "time"
    return float(min(beyond.voltage.min(), found.voltage[-1])) if whole else None


def _steady(cell: FilmCell, task: LoadTask, state: Any) -> LoadRun:
    found = run(cell, [Step(task.control, float(task.values[0]), voltage_below=task.limit)], state=state)
    seconds = float(found.time[-1])
    failure = Failure(int(seconds // task.period), 0, seconds % task.period, float(found.voltage[-1]))
    return LoadRun(
        "every step", seconds, float(found.charge[-1]), found.energy,
        failure, float(found.voltage[-1]), seconds,
        found.time, found.voltage, found.voltage, found.time, found.voltage, found.current,
    )  # fmt: skip


def _whole(task: LoadTask, found: Probe) -> LoadRun:
    """Return a load of which every step was run."""
    failure = found.failure
    seconds = task.period
    lowest: float | None = found.lowest
    lowest_at: float | None = found.lowest_at
    if failure is not None:
        begun = failure.period * task.period + float(task.seconds[: failure.step].sum())
        seconds = begun + failure.after
        lowest = failure.lowest
        lowest_at = None if lowest is None else begun + float(task.seconds[failure.step])
    time = np.array([0.0, seconds])
    return LoadRun(
        "every step", seconds, found.charge, found.energy, failure, lowest, lowest_at,
        time, np.full(2, found.low), np.full(2, found.high), *found.close,
    )  # fmt: skip


class _Sample(NamedTuple):
    """A point along the discharge at the mean: charge drawn so far, C/m², and the load from there."""

    charge: float
    found: Probe


def _sampled(cell: FilmCell, task: LoadTask, state: Any, whole: float) -> LoadRun:
    """Return a load run for some periods along the discharge at its mean, ``whole`` C/m² long."""
    at, charge = state, 0.0
    samples: list[_Sample] = [_Sample(0.0, probe(cell, task, at, _PERIODS))]
    while samples[-1].found.failure is None:
        ahead = min(whole / _SAMPLES, whole - charge)
        if ahead <= _CHARGE_END * whole:
            raise SolveError("a load never fails although its mean does")
        there = _ahead(cell, task, at, ahead)
        sample = _Sample(charge + ahead, probe(cell, task, there, _PERIODS))
        if sample.found.failure is not None:
            sample = _bracketed(cell, task, at, samples[-1], sample)
            samples.append(sample)
            break
        samples.append(sample)
        at, charge = there, charge + ahead
    return _along(task, samples)


def _ahead(cell: FilmCell, task: LoadTask, state: Any, charge: float) -> Any:
    """Return the state after so much more charge at the load's mean."""
    return run(
        cell, [Step(task.control, task.mean, charge=charge, voltage_below=task.limit)], state=state
    ).state


def _bracketed(cell: FilmCell, task: LoadTask, state: Any, low: _Sample, high: _Sample) -> _Sample:
    """Return the first point that fails; ``state`` is that of the last known not to."""
    begun, least = low.charge, low.charge
    for _ in range(_HALVINGS):
        middle = (least + high.charge) / 2
        found = probe(cell, task, _ahead(cell, task, state, middle - begun), _PERIODS)
        if found.failure is None:
            least = middle
        else:
            high = _Sample(middle, found)
    return high


def _along(task: LoadTask, samples: Sequence[_Sample]) -> LoadRun:
    """Return a load put together from samples, of which the last fails."""
    last = samples[-1]
    failure = last.found.failure
    assert failure is not None
    kept = [one for one in samples if one.found.lasting is not None]
    seconds = energy = 0.0
    if kept and last.charge > 0:
        per_period = np.array([one.found.lasting for one in kept])
        # each stands for the middle of its last period
        charges = np.array([one.charge + one.found.charge for one in kept]) - per_period[:, 0] / 2
        pace = task.period / per_period[:, 0]
        volts = per_period[:, 1] / per_period[:, 0]
        nodes = np.linspace(0.0, last.charge, 40 * len(samples) + 1)
        seconds = float(np.trapezoid(np.interp(nodes, charges, pace), nodes))
        energy = float(np.trapezoid(np.interp(nodes, charges, volts), nodes))
    within = failure.period * task.period + float(task.seconds[: failure.step].sum())
    periods = int(seconds // task.period)
    time = np.array([0.0])
    if kept:
        paces = np.concatenate(([0.0], np.cumsum(np.diff(charges) * (pace[1:] + pace[:-1]) / 2)))
        time = paces
    stopped = seconds + within + failure.after
    lowest_at = None if failure.lowest is None else seconds + within + float(task.seconds[failure.step])
    return LoadRun(
        "sampled periods", stopped, last.charge + last.found.charge, energy + last.found.energy,
        Failure(periods + failure.period, failure.step, failure.after, failure.lowest),
        failure.lowest, lowest_at,
        time, np.array([one.found.low for one in kept]), np.array([one.found.high for one in kept]),
        *last.found.close,
    )  # fmt: skip
