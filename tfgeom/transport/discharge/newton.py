"""Currents of all columns and the terminal voltage at one moment, under one of the controls.

Unknown are the currents I_i and the level W of the columns with ``f_i(I_i) = W`` and ``V = W - D(sum I)`` at
the terminals, D what they lose together.  Each Newton step eliminates the currents, ``dI = G (f - W - dW)``
with ``G = -1/f'``, and what is held gives the one number dW.
"""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.discharge.column_voltages import Answer, Trial
from tfgeom.transport.discharge.steps import Control

Floats = NDArray[np.float64]

_MOST_STEPS = 60
_PATIENCE, _ROUGHLY = 7, 1e3  # steps after which a film's own errors are what is left, and may be
_MOST_CUTS = 20
_OVERSHOT = 0.5  # of the slope at the start of a step: as much on the other side is too far
_SEEN = 1e-3  # V: what is out of balance by less is left to whole steps
_CUT = 0.05, 0.7  # least and most that is left of a step that went too far
_CLOSELY = 1e-11  # of what is held
_BALANCED = 1e-7  # of the largest current: what rounding leaves along good conductors


class Solution(NamedTuple):
    """Columns in balance: their answer, the voltage at the terminals and what sheets lose, V."""

    answer: Answer
    voltage: float
    sheets: tuple[Floats, ...]


class Response(NamedTuple):
    """How currents follow: by the residuals, and by a level that falls by 1 V; sheets alike."""

    by_residual: Floats
    by_voltage: Floats
    sheets_by_residual: tuple[Floats, ...]
    sheets_by_voltage: tuple[Floats, ...]


class Collectors(Protocol):
    """What joins the columns to the terminals."""

    def response(self, conductance: Floats, residual: Floats, solution: Solution) -> Response:
        """Return how currents and losses along sheets follow."""

    def losses(self, current: Floats, sheets: tuple[Floats, ...]) -> float:
        """Return by how much currents along sheets miss their balance, over the largest of a column."""


class Equipotential:
    """Collectors that lose nothing along themselves."""

    def response(self, conductance: Floats, residual: Floats, solution: Solution) -> Response:
        """Return how currents follow: by each column's own conductance."""
        return Response(conductance * residual, conductance, (), ())

    def losses(self, current: Floats, sheets: tuple[Floats, ...]) -> float:
        """Return 0: there are none."""
        return 0.0


class Drive(NamedTuple):
    """What is held at a moment.

    Attributes
    ----------
    control, value
        As in `Step`.
    leak
        Conductance beside the terminals, S/m² of footprint: columns give ``I + leak V``.
    lent
        What something beside the terminals adds to what the columns give, A/m².
    capacitance
        Of an ideal capacitor across them, F/m²; it lends in time (`tfgeom.transport.discharge.stepping`).
    """

    control: Control
    value: float
    leak: float
    lent: float = 0.0
    capacitance: float = 0.0

    def residual(self, voltage: float, inside: float) -> float:
        """Return how far what is held is missed: A/m², W/m² or V."""
        if self.control == "voltage":
            return voltage - self.value
        given = inside - self.leak * voltage + self.lent
        return voltage * given - self.value if self.control == "power" else given - self.value

    def scale(self, voltage: float, current: Floats) -> float:
        """Return the size of what is held, or of what passes where that is more."""
        if self.control == "voltage":
            return max(abs(self.value), 1.0)
        passing = float(np.abs(current).sum()) + self.leak * abs(voltage)
        return max(abs(self.value), passing * (abs(voltage) if self.control == "power" else 1.0))

    def level_step(self, terminals: "Terminals", moved: float, conductance: float) -> float:
        """Return dW; nan past the largest power.

        Parameters
        ----------
        terminals
            Where the columns stand.
        moved, conductance
            By how much the sum of their currents follows the residuals, and a level that falls by 1 V.
        """
        voltage, inside, by_total = terminals
        given = inside - self.leak * voltage + self.lent
        raised = by_total * moved  # by so much the residuals alone lower the voltage
        through = 1 + by_total * conductance  # of the voltage, by dW
        if self.control == "voltage":
            return (self.value - voltage + raised) / through
        if self.control == "power":
            # V J = P, J = given: past the largest power a lower voltage gives less
            falling = (given - self.leak * voltage) * through - voltage * conductance
            if falling >= 0:
                return float("nan")
            missed = self.value - voltage * given
            return (missed + (given - self.leak * voltage) * raised - voltage * moved) / falling
        return (given - self.value + moved + self.leak * raised) / (conductance + self.leak * through)


class Terminals(NamedTuple):
    """Voltage, sum of the column currents, and the derivative by it of what they lose together."""

    voltage: float
    inside: float
    by_total: float


def solve_columns(
    trial: Trial,
    drive: Drive,
    collectors: Collectors,
    current: Floats,
    voltage: float,
    sheets: tuple[Floats, ...],
    close: float,
) -> Solution | None:
    """Return the columns in balance; None where no step leads there.

    Parameters
    ----------
    trial
        Columns at the end of a step.
    drive, collectors
        What is held, and what joins the columns.
    current, voltage, sheets
        Where to start.
    close
        How far the voltages of columns may differ, V; after several steps a thousand times it.
    """
    if drive.control in ("current", "rest") and not drive.capacitance:
        # rounding would grow from one prolongation to the next
        current = current + (drive.value - current.sum()) / current.size
    answer = trial.answer(current)
    if current.size == 1 and drive.control in ("current", "rest") and not drive.leak and not sheets:
        return Solution(answer, float(answer.voltage[0]) - answer.joint[0], ())
    level = voltage + answer.joint[0] if np.isfinite(voltage) else float(answer.voltage.mean())
    apart = drive.control == "voltage" and not sheets and not any(answer.joint)  # each for itself
    if apart:
        level = drive.value
    for step in range(_MOST_STEPS):
        inside, (lost, by_total) = float(current.sum()), answer.joint
        voltage = level - lost
        residual = answer.voltage - level - sum(sheets, np.zeros_like(current))
        missed = drive.residual(voltage, inside)
        if (
            np.abs(residual).max() < (close if step < _PATIENCE else _ROUGHLY * close)
            and abs(missed) <= _CLOSELY * drive.scale(voltage, current)
            and collectors.losses(current, sheets) < _BALANCED
        ):
            return Solution(answer, voltage, sheets)
        found = collectors.response(-1 / answer.slope, residual, Solution(answer, voltage, sheets))
        moved, conductance = float(found.by_residual.sum()), float(found.by_voltage.sum())
        change = drive.level_step(Terminals(voltage, inside, by_total), moved, conductance)
        towards = found.by_residual - change * found.by_voltage
        along = tuple(
            moved - change * fallen
            for moved, fallen in zip(found.sheets_by_residual, found.sheets_by_voltage, strict=True)
        )
        if not (np.isfinite(change) and np.all(np.isfinite(towards))):
            return None
        shift = change + sum(along, 0.0 * current)
        answer, share = _shortened(trial, answer, towards, residual, shift, apart=apart)
        current = answer.current
        sheets = tuple(one + share * moved for one, moved in zip(sheets, along, strict=True))
        level = level + share * change
    return None


def _shortened(
    trial: Trial, answer: Answer, towards: Floats, residual: Floats, shift: Floats, *, apart: bool
) -> tuple[Answer, float]:
    """Return the answer after a Newton step, or after the share of it that leads no further than it helps.

    Voltages of columns fall with their currents: columns in balance make a convex function least, whose slope
    along the step is ``-sum of towards * residual``.  Across the bend of a column that gets full a whole step
    leads far up its other side, and from there back again.

    Parameters
    ----------
    trial
        The columns.
    answer, residual
        Where the step begins, and what of the voltages there is not in balance, V, shape (n,).
    towards
        The step in the currents, A/m², shape (n,).
    shift
        By how much level and sheets go with it, V, shape (n,).
    apart
        Whether the columns know nothing of each other, at a level that stays: each has its own share, and
        that of level and sheets is 1.
    """
    current, before = answer.current, answer.voltage - residual

    def along(missed: Floats) -> Floats:
        """Return the slope along the step, of each column or of all together; it falls with the share."""
        return towards * missed if apart else np.array([towards @ missed])

    def largest(missed: Floats) -> Floats:
        return np.abs(missed) if apart else np.abs(missed).max(keepdims=True)

    slope, most = along(residual), np.maximum(largest(residual), _SEEN)
    share = np.ones_like(slope)
    low, high = np.zeros_like(share), np.full_like(share, np.inf)
    for _ in range(_MOST_CUTS):
        answer = trial.answer(current + share * towards)
        left = answer.voltage - before - (0.0 if apart else share * shift)
        there = along(left)
        far = (slope > 0) & (there < -_OVERSHOT * slope) & (largest(left) > most)
        near = (high < np.inf) & (there > _OVERSHOT * slope)  # cut by more than it helps
        if not (far.any() or near.any()):
            break
        high, low = np.where(far, share, high), np.where(near, share, low)
        first, again = far & (low == 0), (far | near) & (low > 0)
        share[first] *= np.clip(slope[first] / (slope[first] - there[first]), *_CUT)
        share[again] = np.sqrt(low[again] * high[again])
    return answer, 1.0 if apart else float(share[0])
