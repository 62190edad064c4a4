"""A falling curve through measured points: noise is smoothed only within the band that somebody allowed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAX_POINTS = 4_000
"""Points of a curve at most, so that a design that holds them still is a design file."""

_SAME_X = 1e-9  # of the range of x: closer points are one


@dataclass(frozen=True, slots=True)
class Grouped:
    """Points by rising x, those of equal x together; each array has shape (groups,).

    Attributes
    ----------
    x, mean, low, high
        Coordinate; mean, least and largest potential of a group, V.
    count
        Points of a group.
    """

    x: Array
    mean: Array
    low: Array
    high: Array
    count: Array


def grouped(x: Array, potential: Array) -> Grouped:
    """Return points, in any order, by rising x, those of equal x together.

    Parameters
    ----------
    x, potential
        Shape (n,), potential in V.
    """
    order = np.argsort(x, kind="stable")
    x, potential = x[order], potential[order]
    apart = np.diff(x) > _SAME_X * (x[-1] - x[0])
    starts = np.concatenate([[0], np.flatnonzero(apart) + 1])
    count = np.diff(np.concatenate([starts, [len(x)]])).astype(np.float64)
    return Grouped(
        x=x[starts],
        mean=np.add.reduceat(potential, starts) / count,
        low=np.minimum.reduceat(potential, starts),
        high=np.maximum.reduceat(potential, starts),
        count=count,
    )


def band_needed(points: Grouped) -> tuple[float, int, int]:
    """Return half the largest rise, V, and the groups it leads from and to.

    No falling curve can pass closer to both, and one passes as close to all: that is what ``smooth`` must
    allow at least.
    """
    lowest = np.minimum.accumulate(points.low)
    rise = points.high - lowest
    to = int(np.argmax(rise))
    return float(rise[to]) / 2, int(np.argmin(points.low[: to + 1])), to


def falling_curve(points: Grouped, band: float) -> tuple[Array, Array, Array]:
    """Return x and potential of a falling curve within ``band`` of every point, and how far each is, V.

    Parameters
    ----------
    points
        From `grouped`.
    band
        V, at least `band_needed`.

    Notes
    -----
    Least squares among falling sequences (isotonic regression), held inside the band, gives a value at each
    x.  It has steps where points contradict each other; the curve is a monotone cubic (PCHIP) through the
    middle of each step, and through further values where it would leave the band.
    """
    from scipy.interpolate import PchipInterpolator
    from scipy.optimize import isotonic_regression

    fit = isotonic_regression(points.mean, weights=points.count, increasing=False).x
    floor = np.maximum.accumulate(points.high[::-1])[::-1] - band
    ceiling = np.minimum.accumulate(points.low) + band
    fit = np.clip(fit, floor, ceiling)
    x, potential = _middles(points.x, fit)
    while True:
        curve = PchipInterpolator(x, potential)(points.x)
        away = np.maximum(points.high - curve, curve - points.low)
        outside = np.flatnonzero(away > band * (1 + 1e-9) + 1e-12)
        if not len(outside):
            return x, potential, away
        merged = np.concatenate([x, points.x[outside]])
        x, first = np.unique(merged, return_index=True)
        potential = np.concatenate([potential, fit[outside]])[first]


def thinned(x: Array, potential: Array, within: float) -> tuple[Array, Array]:
    """Return fewer points of a curve, whose PCHIP passes within ``within`` (V) of all of them."""
    from scipy.interpolate import PchipInterpolator

    kept = np.unique(np.linspace(0, len(x) - 1, 64).astype(int))
    while True:
        away = np.abs(PchipInterpolator(x[kept], potential[kept])(x) - potential)
        gaps = np.searchsorted(kept, np.arange(len(x)), side="right") - 1
        worst = np.zeros(len(kept))
        np.maximum.at(worst, gaps, away)
        found = [
            start + int(np.argmax(away[start:end]))
            for start, end, size in zip(kept[:-1], kept[1:], worst[:-1], strict=True)
            if size > within
        ]
        if not found:
            return x[kept], potential[kept]
        kept = np.union1d(kept, found)


def _middles(x: Array, fit: Array) -> tuple[Array, Array]:
    """Return the middle of each run of equal values; of the first and the last run the outer end."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(fit)) + 1])
    ends = np.concatenate([starts[1:], [len(fit)]]) - 1
    middles = (x[starts] + x[ends]) / 2
    middles[0], middles[-1] = x[0], x[-1]
    if len(starts) == 1:
        return x[[0, -1]], fit[[0, -1]]
    return middles, fit[starts]
