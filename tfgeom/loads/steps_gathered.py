"""Steps of a trace, gathered piece by piece from rows of time and draw."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.loads.trace import merged

Floats = NDArray[np.float64]


class Steps:
    """Rows become steps; neighbours that draw the same are one.

    Attributes
    ----------
    rows
        How many were taken in.
    begun
        Time of the first, s.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.begun = 0.0
        self._last: tuple[float, float] | None = None
        self._seconds: list[Floats] = []
        self._values: list[Floats] = []
        self._count = 0

    @property
    def count(self) -> int:
        """How many steps there are so far."""
        return self._count

    @property
    def seconds_so_far(self) -> float:
        """Time between the first row and the last, s."""
        return 0.0 if self._last is None else self._last[0] - self.begun

    def take(self, times: Floats, values: Floats) -> int | None:
        """Take in rows, s and SI units, shape (r,); return the place of one not later than that before."""
        self.rows += times.size
        if self._last is None:
            self.begun = float(times[0])
            before, rest, drawn = times[:1], times[1:], values[:-1]
            offset = 1
        else:
            before, rest = np.array([self._last[0]]), times
            drawn = np.concatenate(([self._last[1]], values[:-1]))
            offset = 0
        seconds = np.diff(np.concatenate((before, rest)))
        if (seconds <= 0).any():
            return int(np.argmax(seconds <= 0)) + offset
        if seconds.size:
            self._add(seconds, drawn)
        self._last = (float(times[-1]), float(values[-1]))
        return None

    def finished(self) -> tuple[Floats, Floats]:
        """Return lengths and values of all steps."""
        return merged(np.concatenate(self._seconds), np.concatenate(self._values))

    def _add(self, seconds: Floats, values: Floats) -> None:
        self._keep(*merged(seconds, values))

    def _keep(self, seconds: Floats, values: Floats) -> None:
        if self._values and self._values[-1][-1] == values[0]:
            self._seconds[-1] = np.append(self._seconds[-1][:-1], self._seconds[-1][-1] + seconds[0])
            seconds, values = seconds[1:], values[1:]
        if values.size:
            self._seconds.append(seconds)
            self._values.append(values)
            self._count += values.size


class StepsOfWindows(Steps):
    """Steps of equal length: each draws the mean of what the rows draw in it, so that the charge stays."""

    def __init__(self, window: float) -> None:
        super().__init__()
        self._window = window
        self._at = self._edge = self._charge = self._at_edge = 0.0

    def finished(self) -> tuple[Floats, Floats]:
        """Return lengths and values of all steps, what is left at the end a shorter one."""
        left = self._at - self._edge
        if left > 0:
            self._keep(np.array([left]), np.array([(self._charge - self._at_edge) / left]))
        return super().finished()

    def _add(self, seconds: Floats, values: Floats) -> None:
        times = self._at + np.concatenate(([0.0], np.cumsum(seconds)))
        charge = self._charge + np.concatenate(([0.0], np.cumsum(seconds * values)))
        whole = int((times[-1] - self._edge) / self._window + 1e-9)
        if whole:
            edges = self._edge + self._window * np.arange(1, whole + 1)
            at: Any = np.interp(edges, times, charge)
            drawn = np.diff(np.concatenate(([self._at_edge], at)))
            self._edge, self._at_edge = float(edges[-1]), float(at[-1])
            self._keep(np.full(whole, self._window), drawn / self._window)
        self._at, self._charge = float(times[-1]), float(charge[-1])
