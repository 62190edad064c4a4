"""A load of prescribed currents on a cell whose columns are alike: its whole life in closed form.

The first period that fails is looked for among periods that stand evenly along the discharge, then among
those between the last that does not fail and the first that does, and so on, until every period in between is
looked at; the first ones, in which the start still fades, are all looked at.
"""

import numpy as np
from numpy.typing import NDArray

from tfgeom.searching import last_point
from tfgeom.transport.discharge.load_task import Failure, LoadRun, LoadTask
from tfgeom.transport.discharge.prescribed import Lithium, Propagation

Floats = NDArray[np.float64]

_POINTS = 400_000  # ends of steps that are looked at together
_ALL = 2_000_000  # ends of steps up to which every period is looked at
_FIRST = 2_000  # periods of the start that are all looked at
_SAMPLED = 4_000  # periods along the discharge, each time
_QUICKLY = 32  # periods along the discharge, where only the charge is asked for
_SHOWN = 240
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
_SHARES, _PARTS = ((_NODES + 1) / 2) ** 2, _WEIGHTS * (_NODES + 1) / 2  # sqrt of time: after a break
_EXACT = 16  # first periods whose energy is summed one by one
_ONE_BY_ONE = 400  # periods up to which all are
_PANELS, _ORDER = 40, 6
_FINE = 2_000  # steps of a period above which each is short
_CLOSE = 60  # points of a step that is shown closely


def run_closed(cell: Propagation, task: LoadTask, state: Lithium | None = None) -> LoadRun:
    """Return how long a load of currents runs, from the cell's start or from a state.

    Parameters
    ----------
    cell
        The cell.
    task
        Its control is a current; it has no capacitor.
    state
        Where it begins.
    """
    return _Life(cell, task, cell.at_rest() if state is None else state).run()


def delivered_closed(cell: Propagation, task: LoadTask) -> float:
    """Return the charge that a load of currents takes out of a cell, C/m², and nothing else.

    Between two of the periods that it looks at, a discharge is taken to fail once and for all.
    """
    life = _Life(cell, task, cell.at_rest())
    last = life.periods_at_most() if task.repeats else 1
    found = life.first_failure(last, _QUICKLY)
    if found is None:
        return float(life.passed[-1]) * last
    failure = life.located(*found)
    return float(
        life.passed[-1] * found[0] + life.passed[failure.step] + task.values[failure.step] * failure.after
    )


class _Life:
    """One load on one cell."""

    def __init__(self, cell: Propagation, task: LoadTask, state: Lithium) -> None:
        self.cell, self.task, self.state = cell, task, state
        self.count = task.seconds.size
        self.breaks: Floats = np.concatenate(([0.0], np.cumsum(task.seconds)))
        self.passed: Floats = np.concatenate(([0.0], np.cumsum(task.seconds * task.values)))
        self.period = float(self.breaks[-1])

    def run(self) -> LoadRun:
        """Return how long it lasts."""
        last = self.periods_at_most() if self.task.repeats else 1
        found = self.first_failure(last)
        periods = last if found is None else found[0]
        failure = None if found is None else self.located(*found)
        seconds, charge = self.period * periods, float(self.passed[-1]) * periods
        energy = self._energy(periods)
        time, low, high = self._envelope(periods)
        lowest = lowest_at = None
        if failure is None:
            lowest, lowest_at = float(low.min()), float(time[int(np.argmin(low))])
        else:
            step, after = failure.step, failure.after
            seconds += float(self.breaks[step]) + after
            charge += float(self.passed[step] + self.task.values[step] * after)
            energy += self._energy_of(np.array([float(periods)]), step, after)[0]
            if failure.lowest is not None:
                lowest = failure.lowest
                lowest_at = self.period * periods + float(self.breaks[step + 1])
        close = self._closely(periods if failure is not None else max(periods - 1, 0))
        return LoadRun(
            "closed periods",
            seconds,
            charge,
            float(energy),
            failure,
            lowest,
            lowest_at,
            time,
            low,
            high,
            *close,
        )

    def periods_at_most(self) -> int:
        """Return in which period at the latest a film is full or empty, and one more."""
        gained = (
            self.cell.after(self.cell.at_rest(), 1.0, float(self.passed[-1])).mean - self.cell.at_rest().mean
        )
        left = np.where(gained > 0, 1 - self.state.mean, self.state.mean)
        least = float(np.min(left / np.abs(gained), initial=np.inf))
        return int(max(least, 0.0)) + 2

    def _voltages(self, periods: Floats) -> tuple[Floats, Floats]:
        """Return the voltage just after the start and at the end of each step, shape (j, k)."""
        return self.cell.periods(self.state, self.task.seconds, self.task.values, periods)

    def _fails(self, periods: Floats) -> tuple[int, int] | None:
        """Return the first of some periods that fails (its place among them), and the step in it."""
        many = max(1, _POINTS // self.count)
        for begin in range(0, periods.size, many):
            part = periods[begin : begin + many]
            start, end = self._voltages(part)
            if part[0] == 0 and end[0, 0] >= self.task.limit:
                # exchange currents vanish in a full film: what comes back at once has not failed
                start[0, 0] = end[0, 0]
            failing = np.minimum(start, end) < self.task.limit
            rows = np.flatnonzero(failing.any(axis=1))
            if rows.size:
                return begin + int(rows[0]), int(np.argmax(failing[rows[0]]))
        return None

    def first_failure(self, last: int, most: int = _SAMPLED) -> tuple[int, int] | None:
        """Return the first period that fails and the step in it; None where none of ``last`` does.

        ``most`` periods along the discharge are looked at each time.
        """
        all_at_once = max(1, min(_ALL // self.count, _ALL // _SAMPLED * most))
        first = min(last, max(1, min(_FIRST, all_at_once, most)))
        found = self._fails(np.arange(first, dtype=np.float64))
        if found is not None or first == last:
            return found
        low, high = first - 1, last - 1  # low does not fail
        sampled = int(np.clip(all_at_once, 16, most))
        while high - low > all_at_once:
            periods = np.unique(np.floor(np.linspace(low, high, sampled))).astype(np.float64)
            found = self._fails(periods)
            if found is None:
                return None
            low, high = int(periods[max(found[0] - 1, 0)]), int(periods[found[0]])
            if high - low <= 1:
                return high, found[1]
        found = self._fails(np.arange(low, high + 1, dtype=np.float64))
        return None if found is None else (low + found[0], found[1])

    def _begun(self, period: float, step: int) -> Lithium:
        """Return the state at the start of a step of a period."""
        many = self.cell.after_periods(self.state, self.task.seconds, self.task.values, np.array([period]))
        first = Lithium(many.mean[0], many.amplitudes[0])
        if step == 0:
            return first
        return self.cell.follow(first, self.task.seconds[:step], self.task.values[:step]).state

    def located(self, period: int, step: int) -> Failure:
        """Return when a step that fails passes the limit."""
        begun, current = self._begun(period, step), float(self.task.values[step])

        def inside(after: float) -> tuple[float, float]:
            """Return the voltage and the room left at the faces."""
            surfaces = self.cell.surfaces(self.cell.after(begun, np.array([after]), current))
            room = self.cell.room(surfaces, current)
            return float(self.cell.voltage(surfaces, current)[0]), float(room.min())

        def margin(after: float) -> float:
            voltage, room = inside(after)
            return min(voltage - self.task.limit, room)

        seconds = float(self.task.seconds[step])
        found = last_point(margin, 0.0, seconds, floor=0.0, halvings=50)
        voltage, room = inside(seconds)
        return Failure(period, step, float(found.value), None if room < 0 else min(voltage, self.task.limit))

    def _energy(self, periods: int) -> float:
        """Return the energy of the first periods, J/m²: all summed, or their smooth course by Gauss' rule."""
        if periods <= 0:
            return 0.0
        panels = _PANELS if self.count <= _FINE else _ORDER
        most = _EXACT + _ORDER * panels  # which the rule would look at
        exact = periods if periods <= max(most, _ONE_BY_ONE if self.count <= _FINE else 0) else _EXACT
        found = float(self._energy_of(np.arange(exact, dtype=np.float64), self.count, 0.0).sum())
        if exact == periods:
            return found
        # the sum over periods is the integral between half periods: Euler and Maclaurin's first term
        nodes, weights = np.polynomial.legendre.leggauss(_ORDER)
        edges = exact - 0.5 + (periods - exact) * np.linspace(0, 1, panels + 1) ** 2
        half = np.diff(edges)[:, np.newaxis] / 2
        at = (edges[:-1, np.newaxis] + half * (1 + nodes)).ravel()
        return found + float((half * weights).ravel() @ self._energy_of(at, self.count, 0.0))

    def _energy_of(self, periods: Floats, steps: int, after: float) -> Floats:
        """Return the energy of the first steps of periods and of the next one until ``after``, J/m²."""
        seconds, values = self.task.seconds, self.task.values
        found: Floats = np.zeros(periods.size)
        if self.count > _FINE:
            for place, period in enumerate(periods):
                start, end = self._voltages(np.array([np.floor(period)]))
                lasting = np.where(np.arange(self.count) < steps, seconds, 0.0)
                if steps < self.count:
                    lasting[steps] = after
                found[place] = float((lasting * values) @ (start[0] + end[0])) / 2
            return found
        state = self.cell.after_periods(self.state, seconds, values, periods)
        for step in range(steps + (after > 0)):
            length, current = (float(seconds[step]) if step < steps else after), float(values[step])
            inside = Lithium(state.mean[:, np.newaxis], state.amplitudes[:, np.newaxis])
            surfaces = self.cell.surfaces(self.cell.after(inside, length * _SHARES, current))
            found += current * length * (self.cell.voltage(surfaces, current) @ _PARTS)
            state = self.cell.after(state, length, current)
        return found

    def _envelope(self, periods: int) -> tuple[Floats, Floats, Floats]:
        """Return when some whole periods begin, and lowest and highest voltage in each."""
        if periods <= 0:
            return np.empty(0), np.empty(0), np.empty(0)
        most = int(np.clip(_POINTS // self.count, 2, _SHOWN))
        some = np.unique(np.round(np.linspace(0, periods - 1, most))).astype(np.float64)
        start, end = self._voltages(some)
        return some * self.period, np.minimum(start, end).min(axis=1), np.maximum(start, end).max(axis=1)

    def _closely(self, period: int) -> tuple[Floats, Floats, Floats]:
        """Return a period closely: s since it began, voltage and current."""
        seconds, values = self.task.seconds, self.task.values
        if self.count > _FINE:
            start, end = self._voltages(np.array([float(period)]))
            time = np.stack([self.breaks[:-1], self.breaks[1:]], axis=1).ravel()
            return time, np.stack([start[0], end[0]], axis=1).ravel(), np.repeat(values, 2)
        shares = np.linspace(0, 1, _CLOSE) ** 4  # films move most right after a break
        state, times, volts = self._begun(period, 0), [], []
        for step, (length, current) in enumerate(zip(seconds.tolist(), values.tolist(), strict=True)):
            many = Lithium(state.mean[np.newaxis], state.amplitudes[np.newaxis])
            surfaces = self.cell.surfaces(self.cell.after(many, length * shares, current))
            times.append(self.breaks[step] + length * shares)
            volts.append(self.cell.voltage(surfaces, current))
            state = self.cell.after(state, length, current)
        return np.concatenate(times), np.concatenate(volts), np.repeat(values, shares.size)
