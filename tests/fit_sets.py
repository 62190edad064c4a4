"""Synthetic sets of measurements whose truth is known, and whether the 95 % intervals of their fits hold it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tests.measurements import I0, D, Floats, along_curves, at_rates, danilov, predicted
from tfgeom.fitting.errors import measurement_error
from tfgeom.fitting.estimating import Problem, best_fit
from tfgeom.fitting.measured import Measured
from tfgeom.fitting.parameters import Family
from tfgeom.fitting.predicting import Predictor
from tfgeom.fitting.profiles import estimate

THICKNESS = "layers.cathode.thickness"
_AWAY = (0.9, -0.3)


@dataclass(frozen=True)
class Sets:
    """Sets of one kind: the closed model of Danilov's cell at its constants, with noise.

    Attributes
    ----------
    parameters
        What is fitted.
    asked
        Where is measured, from the family.
    noise
        Standard error, of the values where ``relative``, else in their unit.
    stated
        The error as the fit is told; None where it must find it.
    """

    parameters: tuple[str, ...]
    asked: Callable[[Family], Measured]
    noise: float
    relative: bool
    stated: str | None

    @cached_property
    def family(self) -> Family:
        return danilov(*self.parameters)

    @cached_property
    def kept(self) -> dict[bytes, Floats]:
        """What the model was asked before: all sets begin to look at the same places."""
        return {}

    @property
    def truth(self) -> Floats:
        """Coordinates of the truth: away from the design, where the fit begins to look."""
        return self.family.start + np.array(_AWAY[: len(self.parameters)])

    @cached_property
    def exact(self) -> Measured:
        asked = self.asked(self.family)
        return replace(asked, values=predicted(self.family, asked, "analytic", self.truth))

    def made(self, seed: int) -> Measured:
        """Return the set of a seed."""
        noise = self.noise * np.random.default_rng(seed).standard_normal(self.exact.size)
        values = self.exact.values
        return replace(self.exact, values=values * (1 + noise) if self.relative else values + noise)

    def covered(self, seed: int) -> list[bool]:
        """Return whether each parameter's interval holds the truth."""
        measured = self.made(seed)
        problem = Problem(
            Predictor(self.family, measured, "analytic", self.kept),
            measurement_error(measured, self.stated),
            np.ones(measured.size, dtype=bool),
        )
        found = estimate(problem, best_fit(problem))
        return [
            (one.low.is_open or one.low.coordinate <= at) and (one.high.is_open or at <= one.high.coordinate)
            for one, at in zip(found.profiles, self.truth.tolist(), strict=True)
        ]


def _curves(family: Family) -> Measured:
    return along_curves([25.6, 102.4], np.linspace(0.02, 0.4, 8), family)


SETS = {
    "capacities at 6 rates, 1 % stated: D, thickness": Sets(
        (D, THICKNESS), lambda _: at_rates([1.6, 12.8, 51.2, 102.4, 204.8, 409.6]), 0.01, True, "1 %"
    ),
    "two voltage curves, 2 mV stated: D, i0": Sets((D, I0), _curves, 2e-3, False, "2 mV"),
}


def coverage(sets: Sets, count: int) -> Floats:
    """Return the share of sets whose interval holds the truth, for each parameter, shape (p,)."""
    return np.array([sets.covered(seed) for seed in range(count)]).mean(axis=0)
