"""One step of a run in time: lengths, tries and the point where it ends.

A length is kept when the current of each column, taken on from the last two points, misses by no more than a
share of the filled fraction at its face, and the voltage by no more than the tolerance.  Films take their
part exactly for currents that are linear in time, so that a held current asks for points only where the
voltage bends.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.searching import last_point
from tfgeom.transport.discharge.column_voltages import CellState, Columns, Trial
from tfgeom.transport.discharge.events import Ends, Reading
from tfgeom.transport.discharge.ledger import Ledger
from tfgeom.transport.discharge.newton import Collectors, Drive, Solution, solve_columns
from tfgeom.transport.discharge.steps import Ended, EndlessStepError, Step

Floats = NDArray[np.float64]

_SURFACE = 0.4  # filled fraction that a current may be off by, per V of tolerance
_CURRENT = 2.0  # share of the current that it may be off by, per V of tolerance
_RESOLVED = 1e-6  # of a filling, below which the voltage may fall as it likes
_IDLE = 1e-6  # C-rate below which a current is none
_SMALL = 1e-2  # of the largest current: below it only its size counts
_ROUNDING = 1e-12  # of the time: a shorter length does not move it
_MOST_FILLED = 0.05  # of any column, in one length
_START = 1e-4  # of a filling, or of the step: the first length
_SHORTEST = 1e-9  # s
_LONGEST = 1e12  # s: what gets there never ends
_GROWTH, _SHRINK, _SAFE = 2.0, 0.1, 0.9
_MOST_POINTS = 200_000
_CLOSE = 1e-6  # of the tolerance, between the voltages of columns
_CLOSELY = 1e-9  # of a filling: how close in charge an end is met
_HALVINGS = 10, 46
_TOWARDS = 4
_PARTS, _LEAST_PART = 60, 1e-3  # of the way to a voltage
_INSTANT = 1e-15  # s, for a length of none


class Moment(NamedTuple):
    """Columns at one moment of a step: s and C/m² since it began, how they are, and the state they leave."""

    time: float
    charge: float
    solution: Solution
    state: CellState

    def reading(self, leak: float) -> Reading:
        """Return what ends look at; ``leak`` in S/m²."""
        current = float(self.state.current.sum()) - leak * self.state.voltage
        answer = self.solution.answer
        return Reading(self.state.voltage, current, self.charge, answer.room, answer.ions)


Past = tuple[Moment, ...]
"""The last moments of a step, at most three, latest first."""


class Fields(NamedTuple):
    """Filled fractions at the faces and in the mean of cathode and anode, and currents; shape (n,) each."""

    surface: tuple[Floats | None, Floats | None]
    mean: tuple[Floats | None, Floats | None]
    current: Floats


class Point(NamedTuple):
    """One point of a run: reading, power of each loss (W/m²), V at rest, columns where they are kept."""

    time: float
    reading: Reading
    powers: Floats
    open_circuit: float
    fields: Fields | None


class Taken(NamedTuple):
    """One step: its points, why it ended, and the state at its end."""

    points: list[Point]
    reason: Ended
    state: CellState


@dataclass(slots=True)
class Stepper:
    """Takes steps with one cell.

    Attributes
    ----------
    columns, collectors, ledger
        The cell's.
    tolerance
        How far the voltage may miss its straight prolongation in one length, V.
    keep_fields
        Whether points keep the columns.
    largest
        Of the currents in the step that is taken, A/m²: far below it a current need not be followed closely.
    """

    columns: Columns
    collectors: Collectors
    ledger: Ledger
    tolerance: float
    keep_fields: bool = False
    largest: float = 0.0

    def take(self, state: CellState, step: Step) -> Taken:
        """Return a step that begins at ``state``.

        Raises
        ------
        SolveError
            When the step would go on for ever, or columns find no balance that has to exist.
        """
        leak = self.columns.cell.leak
        drive = Drive(step.control, step.value, leak, capacitance=step.capacitance)
        begun = self._begin(state, drive)
        if begun is None:
            idle = self._begin(state, Drive("rest", 0.0, leak))
            if step.control != "power" or idle is None:
                raise SolveError(f"no currents of the columns found at {step.control} {step.value:.6g} (SI)")
            return Taken([self._point(idle)], "cannot_carry", idle.state)
        here = begun
        past: Past = (begun,)
        points = [self._point(here)]
        self.largest = abs(points[0].reading.current)
        ends = Ends.of(step, points[0].reading)
        reason = ends.met_at_once(points[0].reading)
        length = self._first_length(here, step)
        while reason is None:
            left, end = _left(step, here)
            if left <= 0:
                reason = end
                break
            if len(points) > _MOST_POINTS or here.time > _LONGEST:
                raise EndlessStepError(
                    f"a step of {step.control} does not end: give it a time, charge or voltage"
                )
            length = min(length, left, self._longest(here))
            there = self._after(past, drive, length)
            miss = np.inf if there is None else self._miss(past, there, drive)
            if miss > 1 and length > max(_SHORTEST, _ROUNDING * here.time):
                length *= max(_SHRINK, _SAFE / float(np.sqrt(miss)))
                continue
            if there is None:
                reason = "cannot_carry"
                break
            margins = ends.margins(there.reading(leak))
            if length == left:
                reason = end
                if step.seconds is not None and end == "time":
                    there = there._replace(time=step.seconds)
                margins.pop("charge", None)
            if min(margins.values()) < 0:
                there, reason = self._located(past, drive, length, ends)
            elif ends.drifts_off(points[-1].reading, there.reading(leak)):
                break
            points.append(self._point(there))
            ends.arm(points[-1].reading)
            here, past = there, (there, *past[:2])
            self.largest = max(self.largest, abs(points[-1].reading.current))
            length *= min(_GROWTH, _SAFE / float(np.sqrt(max(miss, 1e-6))))
            length = max(length, _SHORTEST, _ROUNDING * here.time)
        if ends.unkept is not None:  # it was never inside: the step does not begin
            return Taken(points[:1], ends.unkept, begun.state)
        assert reason is not None
        return Taken(points, reason, here.state)

    def _begin(self, state: CellState, drive: Drive) -> Moment | None:
        """Return the moment at which what is held sets in; None where nothing does it."""
        trial = self.columns.propagate(state, 0.0)
        total = float(state.current.sum())
        sheets = tuple(np.zeros_like(loss) for loss in state.sheets)
        shares = state.current / total if total else self.columns.sides[0].shares
        shares = shares / shares.sum()
        if drive.capacitance:  # its voltage stays as it is
            at_rest = not np.isfinite(state.voltage)
            drive = Drive("rest", 0.0, drive.leak) if at_rest else Drive("voltage", state.voltage, drive.leak)
        guess = drive.value * shares if drive.control == "current" else np.zeros_like(state.current)
        if drive.control == "power":
            guess = self._towards_power(trial, drive, shares, sheets)
        start = guess, float("nan"), sheets
        solution = solve_columns(trial, drive, self.collectors, *start, _CLOSE * self.tolerance)
        if solution is None and drive.control == "voltage":
            solution = self._towards_voltage(trial, drive, start)
        if solution is None:
            return None
        left = CellState(state.films, state.weak, solution.answer.current, solution.voltage, solution.sheets)
        return Moment(0.0, 0.0, solution, left)

    def _towards_power(
        self, trial: Trial, drive: Drive, shares: Floats, sheets: tuple[Floats, ...]
    ) -> Floats:
        """Return currents near those that give a power: from below, where Newton's steps do not overshoot."""
        guess, current = np.zeros_like(shares), 0.0
        for _ in range(_TOWARDS):
            held, nan = Drive("current", current, drive.leak), float("nan")
            close = _CLOSE * self.tolerance
            found = solve_columns(trial, held, self.collectors, current * shares, nan, sheets, close)
            if found is None or found.voltage <= 0:
                break
            guess, current = found.answer.current, drive.value / found.voltage
        return guess

    def _towards_voltage(
        self, trial: Trial, drive: Drive, start: tuple[Floats, float, tuple[Floats, ...]]
    ) -> Solution | None:
        """Return columns at a voltage far off, from where no current passes on, by parts of the way.

        Currents grow exponentially with the voltage there, which Newton's steps do not see from the start.
        """
        close = _CLOSE * self.tolerance
        here = solve_columns(trial, Drive("rest", 0.0, drive.leak), self.collectors, *start, close)
        part = 0.5
        for _ in range(_PARTS):
            if here is None or part < _LEAST_PART:
                return None
            left = drive.value - here.voltage
            held = drive if part == 1 else drive._replace(value=here.voltage + part * left)
            from_here = here.answer.current, here.voltage, here.sheets
            there = solve_columns(trial, held, self.collectors, *from_here, close)
            if there is None:
                part /= 4
                continue
            if part == 1:
                return there
            here, part = there, min(2 * part, 1.0)
        return None

    def _after(self, past: Past, drive: Drive, length: float) -> Moment | None:
        """Return the moment ``length`` after the last; None where columns find no balance."""
        here = past[0]
        trial = self.columns.propagate(here.state, length)
        guess = _taken_on(past, length)
        close = _CLOSE * self.tolerance
        held = _beside_capacitor(drive, past, length)
        solution = solve_columns(trial, held, self.collectors, *guess, close)
        if solution is None:
            solution = solve_columns(trial, held, self.collectors, *_taken_on(past[:1], length), close)
        if solution is None:
            return None
        state = trial.settle(solution.answer.current, solution.voltage, solution.sheets)
        time, leak = here.time + length, drive.leak
        if drive.control in ("current", "rest") and not drive.capacitance:
            charge = drive.value * time
        else:
            given = [float(one.current.sum()) - leak * one.voltage for one in (here.state, state)]
            charge = here.charge + length / 2 * sum(given)
        return Moment(time, charge, solution, state)

    def _miss(self, past: Past, there: Moment, drive: Drive) -> float:
        """Return by how many tolerances a moment misses what is taken on straight from those before it."""
        current, voltage, _ = _taken_on(past[:2], there.time - past[0].time)
        answer = there.solution.answer
        off = float(np.max(np.abs(answer.shift * (answer.current - current)))) / 2
        # of a held voltage or power, what passes is the trapezoid of the current
        total, idle = float(answer.current.sum()), _IDLE * self.columns.cell.nominal / 3600
        least = max(abs(total), 1e-3 * float(np.abs(answer.current).sum()), _SMALL * self.largest, idle)
        if drive.capacitance:  # beside a capacitor the cell's current begins from none
            drawn = drive.value / there.state.voltage if drive.control == "power" else drive.value
            least = max(least, abs(drawn))
        missed = abs(total - float(current.sum())) / (_CURRENT * least)
        moved = abs(there.state.voltage - voltage)
        if answer.is_past_an_end and (there.time - past[0].time) * self._pace(there) < _RESOLVED:
            moved = 0.0  # the cliff at which a film is full
        return max(off / _SURFACE, moved, missed) / self.tolerance

    def _pace(self, here: Moment) -> float:
        """Return how fast the fastest column fills or empties, 1/s."""
        return max(float(np.max(np.abs(side.rate * here.state.current))) for side in self.columns.sides)

    def _longest(self, here: Moment) -> float:
        pace = self._pace(here)
        return _MOST_FILLED / pace if pace else np.inf

    def _first_length(self, here: Moment, step: Step) -> float:
        pace = self._pace(here)
        if pace:
            return _START / pace
        return 1.0 if step.seconds is None else max(_START * step.seconds, _SHORTEST)

    def _located(self, past: Past, drive: Drive, length: float, ends: Ends) -> tuple[Moment, Ended]:
        """Return the last moment at which no end is passed, and the end that is passed next."""

        def margins(length: float) -> dict[Ended, float]:
            there = self._after(past, drive, length)
            return {} if there is None else ends.margins(there.reading(drive.leak))

        def least(length: float) -> float:
            return min(margins(length).values(), default=np.nan)

        pace = self._pace(past[0])
        parts = length * pace / _CLOSELY if pace else 2.0 ** _HALVINGS[1]
        halvings = int(np.clip(np.ceil(np.log2(max(parts, 1.0))), *_HALVINGS))
        found = last_point(least, 0.0, length, halvings=halvings)
        passed = margins(found.beyond)
        reason: Ended = next((name for name, margin in passed.items() if margin < 0), "cannot_carry")
        there = self._after(past, drive, found.value)
        return (past[0] if there is None else there), reason

    def _point(self, moment: Moment) -> Point:
        powers, open_circuit = self.ledger.powers(moment.solution.answer, moment.state)
        fields = None
        if self.keep_fields:
            cathode, anode = moment.solution.answer.faces
            means = self.columns.means(moment.state)
            fields = Fields((cathode.filled, anode.filled), means, moment.state.current)
        return Point(moment.time, moment.reading(self.columns.cell.leak), powers, open_circuit, fields)


def _beside_capacitor(drive: Drive, past: Past, length: float) -> Drive:
    """Return a drive with its capacitor across the terminals, which lends ``-C dV/dt``.

    The derivative at the end of the length is that of the parabola through the last three moments (BDF2 of
    unequal steps; E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, 1996, V.3), of the
    straight line through two at the start: such steps may be far longer than the capacitor's own time.
    """
    if not drive.capacitance or drive.control == "voltage":
        return drive
    here = past[0]
    ahead, kept, earlier = 1.0, here.state.voltage, 0.0
    if len(past) > 1 and past[1].time < here.time:
        ratio = length / (here.time - past[1].time)
        ahead, kept = (1 + 2 * ratio) / (1 + ratio), (1 + ratio) * here.state.voltage
        earlier = ratio**2 / (1 + ratio) * past[1].state.voltage
    size = drive.capacitance / max(length, _INSTANT)
    return drive._replace(leak=drive.leak + size * ahead, lent=size * (kept - earlier))


def _left(step: Step, here: Moment) -> tuple[float, Ended]:
    """Return how long a step still lasts if nothing ends it before, s, and what ends it then."""
    left: tuple[float, Ended] = (np.inf if step.seconds is None else step.seconds - here.time, "time")
    if step.charge is not None and step.control == "current" and step.value:
        charged = abs(step.charge / step.value) - here.time
        if charged <= left[0]:
            return charged, "charge"
    return left


def _taken_on(past: Past, length: float) -> tuple[Floats, float, tuple[Floats, ...]]:
    """Return column currents, voltage and sheets taken on by the polynomial through the last moments."""
    state = past[0].state
    current, voltage, sheets = state.current, state.voltage, state.sheets
    if len(past) > 1:
        times = [moment.time - past[0].time for moment in past]
        weights = _lagrange(times, length)
        states = [moment.state for moment in past]
        current = sum((w * one.current for w, one in zip(weights, states, strict=True)), 0.0 * current)
        voltage = sum(w * one.voltage for w, one in zip(weights, states, strict=True))
        sheets = tuple(
            sum((w * one.sheets[k] for w, one in zip(weights, states, strict=True)), 0.0 * current)
            for k in range(len(sheets))
        )
    return current, voltage, sheets


def _lagrange(times: list[float], at: float) -> list[float]:
    """Return the weights with which values at ``times`` give that of their polynomial ``at`` another time."""
    weights = []
    for i, own in enumerate(times):
        weight = 1.0
        for j, other in enumerate(times):
            if j != i:
                weight *= (at - other) / (own - other)
        weights.append(weight)
    return weights
