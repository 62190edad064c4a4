"""Profile likelihood: how far a parameter can go, all others fitted anew, before a fit is worse than chance.

The 95 % interval of each parameter by itself ends where the sum of squares has risen by 3.84 of stated errors
(chi-squared, one degree of freedom), or by the square of Student's t times the variance that the residuals
show. An end that is not met within the bounds is open: "at least", "at most".
"""

from dataclasses import dataclass

import numpy as np

from tfgeom.fitting.errors import MeasurementError
from tfgeom.fitting.estimating import Optimum, Problem, best_fit
from tfgeom.fitting.measured import Floats
from tfgeom.searching import last_point

_LEVEL = 0.95
_FINEST = (
    1e-4  # standard error that residuals are believed to show, of a capacity or in V: the models scatter so
)
_HALVINGS = 7  # of a bracket about as wide as half the interval: ends to 1 % of that
_BETTER = 1e-3  # of the threshold: a profile that falls by more has found a better fit
_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Side:
    """One end of an interval.

    Attributes
    ----------
    coordinate
        Where the fit is worse than chance; of an open end the bound.
    is_open
        Whether it is not worse anywhere up to the bound.
    others
        All coordinates there, the others fitted anew, shape (p,).
    """

    coordinate: float
    is_open: bool
    others: Floats


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile of one parameter.

    Attributes
    ----------
    low, high
        Ends of its interval.
    coordinates, rises
        Where it was followed, rising, and how far the sum of squares rose there over the threshold, shape
        (k,).
    """

    low: Side
    high: Side
    coordinates: Floats
    rises: Floats

    @property
    def is_closed(self) -> bool:
        """Whether both ends were met."""
        return not (self.low.is_open or self.high.is_open)


class _BetterFit(Exception):  # noqa: N818 (it is no error)
    def __init__(self, optimum: Optimum) -> None:
        super().__init__()
        self.optimum = optimum


@dataclass(frozen=True)
class Estimate:
    """A best fit with the profile of each parameter.

    Attributes
    ----------
    optimum
        The fit.
    threshold
        Rise of the sum of squares that ends a 95 % interval.
    scale
        Standard error of the measurements in units of their `MeasurementError`: 1 where it is stated.
    profiles
        One a parameter.
    slopes
        Of the residuals by the coordinates at the fit, shape (m, p).
    """

    optimum: Optimum
    threshold: float
    scale: float
    profiles: tuple[Profile, ...]
    slopes: Floats


def estimate(problem: Problem, optimum: Optimum) -> Estimate:
    """Return the profiles around a fit; around a better one where a profile finds it.

    Parameters
    ----------
    problem
        Of which at least one point more than parameters counts where errors are not stated.
    optimum
        The fit.
    """
    for _ in range(_AGAIN):
        try:
            return _estimate(problem, optimum)
        except _BetterFit as better:
            optimum = best_fit(problem, better.optimum.point)
    return _estimate(problem, optimum, is_last=True)


def rise_of_chance(error: MeasurementError, chi2: float, count: int, free: int) -> tuple[float, float]:
    """Return the rise of the sum of squares that ends a 95 % interval, and the error's scale.

    Parameters
    ----------
    error
        Of the measurements.
    chi2
        Sum of squares of the best fit.
    count, free
        Points and parameters.
    """
    from scipy.special import chdtri, stdtrit

    if error.is_stated:
        return float(chdtri(1, 1 - _LEVEL)), 1.0
    scale = max(float(np.sqrt(chi2 / (count - free))), _FINEST)
    return float(stdtrit(count - free, (1 + _LEVEL) / 2) * scale) ** 2, scale


def _estimate(problem: Problem, optimum: Optimum, *, is_last: bool = False) -> Estimate:
    every = np.arange(optimum.point.size)
    threshold, scale = rise_of_chance(problem.error, optimum.chi2, problem.count, every.size)
    slopes = problem.slopes(optimum.point, every, central=True)
    follow = _Follower(problem, optimum, threshold, slopes, is_last=is_last)
    return Estimate(optimum, threshold, scale, tuple(follow.profile(at) for at in every.tolist()), slopes)


class _Follower:
    """Follows profiles away from a fit."""

    def __init__(
        self, problem: Problem, optimum: Optimum, threshold: float, slopes: Floats, *, is_last: bool
    ) -> None:
        self.problem = problem
        self.optimum = optimum
        self.threshold = threshold
        self.is_last = is_last
        self.covariance = _covariance(slopes)

    def profile(self, which: int) -> Profile:
        known: dict[float, tuple[Floats, float]] = {
            float(self.optimum.point[which]): (self.optimum.point, 0.0)
        }
        low, high = (self._side(which, sign, known) for sign in (-1.0, 1.0))
        order = sorted(known)
        return Profile(low, high, np.array(order), np.array([known[one][1] for one in order]))

    def _side(self, which: int, sign: float, known: dict[float, tuple[Floats, float]]) -> Side:
        middle = float(self.optimum.point[which])
        bound = float((self.problem.high if sign > 0 else self.problem.low)[which])
        whole = abs(bound - middle)

        def margin(distance: float) -> float:
            return 1.0 - self._rise(which, bound if distance == whole else middle + sign * distance, known)

        before, at = 0.0, min(whole, self._first(which, whole))
        while whole > 0 and margin(at) >= 0 and at < whole:
            before, at = at, min(2 * at, whole)
        if whole == 0 or margin(at) >= 0:
            return Side(bound, True, known.get(bound, (self.optimum.point, 0.0))[0])
        found = last_point(margin, before, at, halvings=_HALVINGS)
        coordinate = middle + sign * (found.value + found.beyond) / 2
        nearest = min(known, key=lambda one: abs(one - coordinate))
        return Side(coordinate, False, known[nearest][0])

    def _first(self, which: int, whole: float) -> float:
        """Return how far to look first: as far as the interval goes if all were linear."""
        if self.covariance is not None:
            guess = 1.05 * float(np.sqrt(self.threshold * self.covariance[which, which]))
            if np.isfinite(guess) and guess > 0:
                return float(np.clip(guess, 1e-6 * whole, whole / 2))
        return whole / 8

    def _rise(self, which: int, coordinate: float, known: dict[float, tuple[Floats, float]]) -> float:
        """Return the rise of the sum of squares over the threshold with all others fitted anew."""
        if coordinate in known:
            return known[coordinate][1]
        nearest = min(known, key=lambda one: abs(one - coordinate))
        start = known[nearest][0].copy()
        others = np.array([at for at in range(start.size) if at != which], dtype=np.intp)
        if self.covariance is not None and others.size:
            lean = self.covariance[others, which] / self.covariance[which, which]
            start[others] += np.nan_to_num(lean) * (coordinate - start[which])
        start[which] = coordinate
        found = self.problem.best(start, others, rough=True)
        if not np.isfinite(found.chi2):
            start[others] = known[nearest][0][others]
            found = self.problem.best(start, others, rough=True)
        rise = (found.chi2 - self.optimum.chi2) / self.threshold
        if rise < -_BETTER and not self.is_last:
            raise _BetterFit(found)
        known[coordinate] = found.point, max(rise, 0.0)
        return known[coordinate][1]


def _covariance(slopes: Floats) -> Floats | None:
    """Return the covariance of the coordinates for errors of 1; None where a direction has no slope."""
    if np.linalg.matrix_rank(slopes, rtol=1e-8) < slopes.shape[1]:
        return None
    return np.asarray(np.linalg.inv(slopes.T @ slopes))
