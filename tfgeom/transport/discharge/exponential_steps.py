"""Modes that decay and are driven, with a term that is not linear but soft, over a while.

``da/dt = -decay a + drive + soft(a)``: decay and drive, linear in time, are solved exactly, mode by mode, at
once after a jump as after hours.  The soft term enters as a parabola in time through start, middle and end of
a substep (an exponential collocation: M. Hochbruck, A. Ostermann, Appl. Numer. Math. 53 (2005) 323), whose
length follows from what a straight line would have given.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHORTEST = 1e-9
"""Of the whole: a substep that had to be shorter is none."""
_CONVERGED = 1e-6  # of what is allowed
_LOST = 1e9
_MOST_ROUNDS = 60
_KEPT = 8
_SERIES_BELOW = 0.1
_LEAST_GROWTH, _MOST_GROWTH, _SAFETY = 0.2, 6.0, 0.8


class Decays:
    """How modes decay over a substep and over half of it, kept for those who try the same step again.

    Parameters
    ----------
    decay
        1/s, shape (k, m) or, where all m columns are alike, (k, 1); not negative.
    """

    def __init__(self, decay: Floats) -> None:
        self._decay = decay
        self._known: dict[float, tuple[_Exponentials, _Exponentials]] = {}

    def over(self, step: float) -> "tuple[_Exponentials, _Exponentials]":
        """Return the functions over ``step`` seconds, and over half of it."""
        if step not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            size = self._decay * step
            self._known[step] = _Exponentials.of(size), _Exponentials.of(size / 2)
        return self._known[step]


@dataclass(frozen=True, slots=True)
class SoftSystem:
    """What decays and is driven; amplitudes have shape (k, m).

    Attributes
    ----------
    decays
        Of the modes.
    first, last
        Drives at the start and at the end of the whole, shape (k, m).
    soft
        The term that is not linear, from amplitudes to what it adds to their rates.
    size
        Measures a difference from given amplitudes in units of what is allowed in a substep.
    """

    decays: Decays
    first: Floats
    last: Floats
    soft: Callable[[Floats], Floats]
    size: Callable[[Floats, Floats], float]


def advance(system: SoftSystem, amplitudes: Floats, seconds: float) -> Floats | None:
    """Return the amplitudes after ``seconds``; None when no substep is short enough."""
    done, step = 0.0, seconds
    start = system.soft(amplitudes)
    while done < seconds:
        step = min(step, seconds - done)
        shares = done / seconds, (done + step) / seconds
        drives = [system.first + share * (system.last - system.first) for share in shares]
        found = _substep(system, amplitudes, start, step, drives)
        error = np.inf if found is None else found[2]
        if found is not None and error <= 1:
            amplitudes, start = found[0], found[1]
            done = seconds if done + step >= seconds * (1 - SHORTEST) else done + step
        elif step < SHORTEST * seconds:
            return None
        wanted = _SAFETY * error ** (-1 / 3) if error > 0 else _MOST_GROWTH
        step *= min(_MOST_GROWTH, max(_LEAST_GROWTH, wanted))
    return amplitudes


def _substep(
    system: SoftSystem, amplitudes: Floats, start: Floats, step: float, drives: list[Floats]
) -> tuple[Floats, Floats, float] | None:
    """Return amplitudes and soft term at the end, and the size of the error; None if it does not settle."""
    full, half = system.decays.over(step)
    first, last = drives
    alone = full.straight(amplitudes, step, first + start, last + start)
    alone_middle = half.straight(amplitudes, step / 2, first + start, (first + last) / 2 + start)
    middle = end = start
    there = amplitudes
    for _ in range(_MOST_ROUNDS):
        slope, bend = 4 * middle - 3 * start - end, 2 * (start - 2 * middle + end)
        new = alone + step * (full.second * slope + 2 * full.third * bend)
        halfway = alone_middle + step / 2 * (half.second * slope / 2 + half.third * bend / 2)
        change, there = system.size(new - there, new), new
        if not change < _LOST:
            return None
        if change <= _CONVERGED:
            return there, end, system.size(step * (2 * full.third - full.second) * bend, there)
        middle, end = system.soft(halfway), system.soft(there)
    return None


@dataclass(frozen=True, slots=True)
class _Exponentials:
    """``exp(-l)`` and the functions of it that integrate 1, t and t²/2 against it."""

    kept: Floats
    first: Floats
    second: Floats
    third: Floats

    @classmethod
    def of(cls, size: Floats) -> "_Exponentials":
        """Return them at l = ``size``: by their series where the quotients would cancel."""
        near = np.minimum(size, _SERIES_BELOW)
        series = np.zeros_like(size)
        for order in range(11, 3, -1):  # sum of (-l)^j/(j + 3)!
            series = (1 - near * series) / order
        series = (1 - near * series) / 6
        far = np.maximum(size, _SERIES_BELOW)
        first = -np.expm1(-far) / far
        second = (1 - first) / far
        third = np.where(size < _SERIES_BELOW, series, (0.5 - second) / far)
        second = np.where(size < _SERIES_BELOW, 0.5 - near * series, second)
        first = np.where(size < _SERIES_BELOW, 1 - near * second, first)
        return cls(np.exp(-size), first, second, third)

    def straight(self, amplitudes: Floats, step: float, before: Floats, after: Floats) -> Floats:
        """Return amplitudes after a drive that goes straight from ``before`` to ``after``."""
        return self.kept * amplitudes + step * (self.first * before + self.second * (after - before))
