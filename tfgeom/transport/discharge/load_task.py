"""A load as the film model takes it, and what comes of it; everything per m² of footprint."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Method = Literal["closed periods", "every step", "sampled periods"]
"""How it was run: all periods in closed form; step by step; or some periods along the mean's discharge."""


@dataclass(frozen=True, slots=True)
class LoadTask:
    """What is drawn, again and again, and the voltage below which the node stops.

    Attributes
    ----------
    seconds, values
        Steps of a period: s, and A/m² or W/m², shape (k,).
    control
        Which of both the values are.
    repeats
        Whether the period begins again when it ends.
    limit
        V.
    capacitance
        Of an ideal capacitor across the terminals, F/m².
    """

    seconds: Floats
    values: Floats
    control: Literal["current", "power"]
    limit: float
    repeats: bool = True
    capacitance: float = 0.0

    @property
    def period(self) -> float:
        """Length of a period, s."""
        return float(self.seconds.sum())

    @property
    def mean(self) -> float:
        """Mean of the values, A/m² or W/m²."""
        return float(self.seconds @ self.values) / self.period

    @property
    def is_steady(self) -> bool:
        """Whether it draws the same all the time, as long as it lasts."""
        return self.repeats and self.seconds.size == 1


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the voltage passes the limit.

    Attributes
    ----------
    period, step
        Which, from 0.
    after
        s since the step began.
    lowest
        Lowest voltage that the step would come to if the node went on drawing, V; None where the cell cannot
        carry it to its end.
    """

    period: int
    step: int
    after: float
    lowest: float | None


@dataclass(frozen=True, slots=True)
class LoadRun:
    """How long a load runs, and what it takes out.

    Attributes
    ----------
    method
        How it was run.
    seconds
        Until it stopped.
    charge, energy
        Delivered until then, C/m² and J/m².
    failure
        Where it stopped; None where the trace ended before.
    lowest, lowest_at
        Lowest voltage (V), the step that fails taken to its end, and when, s; None where nothing carries it.
    time, low, high
        Of some periods along the way: s, and lowest and highest voltage in them, V; shape (m,).
    close_time, close_voltage, close_current
        The period that fails, or the last, closely: s since it began, V and A/m² of the cell; shape (q,).
    """

    method: Method
    seconds: float
    charge: float
    energy: float
    failure: Failure | None
    lowest: float | None
    lowest_at: float | None
    time: Floats
    low: Floats
    high: Floats
    close_time: Floats
    close_voltage: Floats
    close_current: Floats
