"""The best fit: least squares of what a model predicts against what was measured, from several beginnings."""

from dataclasses import dataclass

import numpy as np

from tfgeom.errors import DesignError, SolveError
from tfgeom.fitting.errors import MeasurementError
from tfgeom.fitting.measured import Floats
from tfgeom.fitting.predicting import Predictor

_SCANNED = {1: 24}  # points of a first look over one parameter
_PER_PARAMETER = 16  # of a look over several
_BEGINNINGS = 2
_TOLERANCE = 1e-9
_ROUGH = 1e-5  # of a profile: the sum of squares is flat there, and its own error the square of that
_MOST = 60  # evaluations of the residuals of one search


@dataclass(frozen=True)
class Optimum:
    """A best fit.

    Attributes
    ----------
    point
        Coordinates, shape (p,).
    predicted
        What the model says there, shape (m,).
    chi2
        Sum of the squares of residuals over their errors.
    """

    point: Floats
    predicted: Floats
    chi2: float


@dataclass(frozen=True)
class Problem:
    """Residuals of a family against measurements, some of which may be left out.

    Attributes
    ----------
    predictor
        What asks the model.
    error
        Of each measurement.
    kept
        Which points count, shape (m,).
    """

    predictor: Predictor
    error: MeasurementError
    kept: np.ndarray

    @property
    def low(self) -> Floats:
        """Lowest coordinates, shape (p,)."""
        return self.predictor.family.low

    @property
    def high(self) -> Floats:
        """Highest coordinates, shape (p,)."""
        return self.predictor.family.high

    @property
    def count(self) -> int:
        """Number of points that count."""
        return int(self.kept.sum())

    def residuals(self, points: Floats) -> Floats:
        """Return residuals over their errors at points, of what counts; nan where a member cannot be."""
        off = (self.predictor.rows(points) - self.predictor.measured.values) / self.error.sizes
        return np.asarray(off[:, self.kept])

    def chi2(self, points: Floats) -> Floats:
        """Return the sums of squares at points, shape (n,); infinite where a member cannot be."""
        found = (self.residuals(points) ** 2).sum(axis=1)
        return np.where(np.isnan(found), np.inf, found)

    def slopes(self, point: Floats, free: np.ndarray, *, central: bool = False) -> Floats:
        """Return how residuals change with free coordinates, by differences inside the bounds.

        Parameters
        ----------
        point
            Coordinates, shape (p,).
        free
            Which are free, indices of shape (f,).
        central
            Whether to look to both sides.

        Returns
        -------
        numpy.ndarray
            Shape (m, f).
        """
        step = self.predictor.step
        up, down = np.tile(point, (free.size, 1)), np.tile(point, (free.size, 1))
        rows = np.arange(free.size)
        up[rows, free] = np.minimum(point[free] + step, self.high[free])
        at_top = up[rows, free] - point[free] < step / 2
        back = at_top | central
        down[rows, free] = np.where(back, np.maximum(point[free] - step, self.low[free]), point[free])
        up[at_top & ~np.full(free.size, central)] = point
        here = self.residuals(np.concatenate((up, down)))
        higher, lower = here[: free.size], here[free.size :]
        # where a step leads to what cannot be, the other side says the slope
        wrong = np.isnan(higher).any(axis=1)
        if wrong.any():
            base = self.residuals(point[np.newaxis])[0]
            down[wrong] = point
            down[wrong, free[wrong]] = np.maximum(point[free[wrong]] - step, self.low[free[wrong]])
            up[wrong] = point
            higher[wrong], lower[wrong] = base, self.residuals(down[wrong])
        width = up[rows, free] - down[rows, free]
        return np.asarray(((higher - lower) / width[:, np.newaxis]).T)

    def best(self, start: Floats, free: np.ndarray, *, rough: bool = False) -> Optimum:
        """Return the best fit over free coordinates from a start, the others held; ``rough`` of a profile."""
        from scipy.optimize import least_squares

        start = np.clip(start, self.low, self.high)
        if free.size == 0:
            return self.optimum(start)

        def whole(some: Floats) -> Floats:
            point = start.copy()
            point[free] = some
            return point

        tolerance = _ROUGH if rough else _TOLERANCE
        low, high = self.low[free], self.high[free]
        inside = np.clip(start[free], low + 1e-9 * (high - low), high - 1e-9 * (high - low))
        if np.isnan(self.residuals(whole(inside)[np.newaxis])).any():
            return Optimum(start, self.predictor.rows(start[np.newaxis])[0], np.inf)
        found = least_squares(
            lambda some: self.residuals(whole(some)[np.newaxis])[0],
            inside,
            jac=lambda some: self.slopes(whole(some), free),
            bounds=(low, high),
            x_scale="jac",
            ftol=tolerance,
            xtol=tolerance,
            gtol=_TOLERANCE,
            max_nfev=_MOST,
        )
        return self.optimum(whole(found.x))

    def optimum(self, point: Floats) -> Optimum:
        """Return what a point comes to."""
        return Optimum(
            point, self.predictor.rows(point[np.newaxis])[0], float(self.chi2(point[np.newaxis])[0])
        )


def best_fit(problem: Problem, start: Floats | None = None) -> Optimum:
    """Return the best fit: from a start, or from the best places of a look over all that is allowed.

    Raises
    ------
    DesignError
        When no member that was looked at can be.
    SolveError
        When the search finds nothing finite.
    """
    free = np.arange(problem.low.size)
    if start is not None:
        return problem.best(start, free)
    points = np.vstack((problem.predictor.family.start, _looked_over(problem.low, problem.high)))
    heights = problem.chi2(points)
    if not np.isfinite(heights).any():
        raise DesignError.at(
            "--parameters", f"no design within the bounds can be; the last said: {problem.predictor.reason}"
        )
    order = np.argsort(heights, kind="stable")
    begun = [points[at] for at in order[:_BEGINNINGS] if np.isfinite(heights[at])]
    found = min((problem.best(point, free) for point in begun), key=lambda one: one.chi2)
    if not np.isfinite(found.chi2):
        raise SolveError("the search for the best fit found no finite error; give closer bounds")
    return found


def _looked_over(low: Floats, high: Floats) -> Floats:
    """Return points spread evenly over a box, shape (n, p), the same each time."""
    if low.size == 1:
        return np.linspace(low, high, _SCANNED[1])
    from scipy.stats.qmc import Halton

    spread = Halton(low.size, scramble=False).random(_PER_PARAMETER * low.size + 1)[1:]
    return np.asarray(low + spread * (high - low))
