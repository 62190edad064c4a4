"""A protocol on a cell: steps in order, some of them repeated, each until the first of its ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.steps import Ended, EndlessStepError, Run, Step

Floats = NDArray[np.float64]
Place: TypeAlias = tuple[int, ...]

MOST_POINTS = 1_000_000
"""Points in time of a protocol that are kept."""
_LIMITS: tuple[Ended, ...] = ("voltage_below", "voltage_above")


class ProtocolError(SolveError):
    """A protocol that cannot start or would not end; ``place`` is the step's."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class HeldStep:
    """One step of a protocol.

    Attributes
    ----------
    place
        Its number in the protocol, from 1, after those of the repetitions around it.
    step
        What is held, and until when.
    """

    place: Place
    step: Step


@dataclass(frozen=True, slots=True)
class Repetition:
    """Steps that are repeated.

    Attributes
    ----------
    place
        As of `HeldStep`.
    parts
        At least one.
    times
        How often, at most.
    least
        Ends after a repetition in which discharge delivers less, C/m²; None for all of them.
    """

    place: Place
    parts: tuple["HeldStep | Repetition", ...]
    times: int
    least: float | None = None


@dataclass(frozen=True, slots=True)
class StepTaken:
    """What one step came to, per m² of footprint.

    Attributes
    ----------
    cycle
        Repetition of the outermost one around it, from 1; 1 outside of any.
    held
        The step.
    begun
        s since the protocol began.
    run
        Its points.
    """

    cycle: int
    held: HeldStep
    begun: float
    run: Run

    @property
    def reason(self) -> Ended:
        """What ended it."""
        return self.run.ends[-1].reason

    @property
    def seconds(self) -> float:
        """How long it took, s."""
        return float(self.run.time[-1])

    @property
    def charge(self) -> float:
        """Delivered, C/m²; negative where it was taken in."""
        return float(self.run.charge[-1])

    @property
    def flows(self) -> tuple[float, float, float, float]:
        """Charge delivered and taken in (C/m²), energy delivered and taken in (J/m²), none negative."""
        time, current = self.run.time, self.run.current
        if np.all(current >= 0) or np.all(current <= 0):
            charge, energy = self.charge, self.run.energy
            return max(charge, 0.0), max(-charge, 0.0), max(energy, 0.0), max(-energy, 0.0)
        powers, lengths = current * self.run.voltage, np.diff(time)
        parts = [
            lengths * (one[1:] + one[:-1]) / 2
            for given in (current, powers)
            for one in (np.maximum(given, 0.0), np.maximum(-given, 0.0))
        ]
        # where the current turns, both parts of a trapezium are a little too large: the net is kept
        out, back, given_out, given_in = (float(one.sum()) for one in parts)
        off, lost = (out - back) - self.charge, (given_out - given_in) - self.run.energy
        return out - off / 2, back + off / 2, given_out - lost / 2, given_in + lost / 2


@dataclass
class _Runner:
    cell: FilmCell
    state: Any = None
    time: float = 0.0
    points: int = 0
    taken: list[StepTaken] = field(default_factory=list)

    def through(self, parts: Sequence[HeldStep | Repetition], cycle: int | None) -> None:
        for part in parts:
            if isinstance(part, HeldStep):
                self.take(part, cycle or 1)
            else:
                self.repeat(part, cycle)

    def repeat(self, part: Repetition, cycle: int | None) -> None:
        for count in range(1, part.times + 1):
            first, begun = len(self.taken), self.time
            self.through(part.parts, cycle or count)
            if self.time == begun:
                return  # nothing passes any more: all others would be the same
            if part.least is not None and sum(one.flows[0] for one in self.taken[first:]) < part.least:
                return

    def take(self, held: HeldStep, cycle: int) -> None:
        try:
            found = run(self.cell, [held.step], state=self.state)
        except EndlessStepError as error:
            raise ProtocolError(
                held.place, f"does not end: {error}; add for example 'time: 10 h' to its until"
            ) from error
        except SolveError as error:
            raise SolveError(
                f"step {place_text(held.place)}, cycle {cycle}, {self.time / 3600:.4g} h after the start: "
                f"{error}"
            ) from error
        one = StepTaken(cycle, held, self.time, found)
        if not self.taken and one.seconds == 0 and one.reason != "current_below":
            raise ProtocolError(held.place, _not_begun(held.step, one))
        self.taken.append(one)
        self.state = found.state
        self.time += one.seconds
        self.points += found.time.size
        if self.points > MOST_POINTS:
            raise ProtocolError(
                held.place,
                f"makes more than {MOST_POINTS:,} points in time by cycle {cycle}, "
                f"{self.time / 3600:.4g} h after the start; repeat less",
            )


def run_protocol(cell: FilmCell, parts: Sequence[HeldStep | Repetition]) -> tuple[StepTaken, ...]:
    """Return the steps of a protocol in the order in which they were taken, from the cell's start.

    Raises
    ------
    ProtocolError
        When the first step cannot start, a step does not end, or too many points would be kept.
    SolveError
        When no currents are found, with the step.
    """
    runner = _Runner(cell)
    runner.through(parts, None)
    return tuple(runner.taken)


def place_text(place: Place) -> str:
    """Return the number of a step: 2.1 is the first of the repetition that stands second."""
    return ".".join(map(str, place))


def joined(taken: Sequence[StepTaken]) -> Iterator[tuple[StepTaken, Floats, Floats]]:
    """Yield each step with the times of its points since the start, s, and the charge delivered, C/m²."""
    charge = 0.0
    for one in taken:
        yield one, one.begun + one.run.time, charge + one.run.charge
        charge += one.charge


def _not_begun(step: Step, one: StepTaken) -> str:
    volts = float(one.run.voltage[0])
    limit = step.voltage_below if one.reason == "voltage_below" else step.voltage_above
    if one.reason in _LIMITS and limit is not None:
        where, other = ("below", "charge") if one.reason == "voltage_below" else ("above", "discharge")
        return (
            f"cannot start: the voltage, {volts:.4g} V a cell, is {where} that which ends it, {limit:.4g} V, "
            f"as soon as its current flows; {other} first or ask less, or change its end or "
            "operation.initial_state_of_charge"
        )
    why = {
        "surface": "a film is full or empty at its face",
        "salt_exhausted": "the electrolyte has no ions left at a face",
    }.get(one.reason, "no voltage carries it")
    return f"cannot start: {why}; ask less, or change operation.initial_state_of_charge"
