"""Which parameters the measurements cannot tell apart.

Capacities at fewer rates than there are parameters are fewer numbers than unknowns, however often they were
measured. Of two whose profiles do not close, two ways say so.  A profile closes as soon as the other
parameter is held at its fitted value: what the one changes the other makes up for.  And the slopes' singular
values have a direction, in which both take part, along which the fit does not get worse within the bounds.
"""

from dataclasses import dataclass

import numpy as np

from tfgeom.fitting.estimating import Problem
from tfgeom.fitting.profiles import Estimate

_TAKES_PART = 0.1  # of the largest share of a direction, in units of what the bounds allow
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parameters that cannot be told apart, by their numbers.

    Attributes
    ----------
    one, other
        Indices, the smaller first.
    by_profile, by_slopes, by_count
        Which ways say so.
    """

    one: int
    other: int
    by_profile: bool
    by_slopes: bool
    by_count: bool


def pairs_not_told_apart(problem: Problem, found: Estimate) -> tuple[Pair, ...]:
    """Return the pairs of parameters that the measurements cannot tell apart.

    Parameters
    ----------
    problem
        What was fitted.
    found
        Its estimate.
    """
    count = len(found.profiles)
    if _too_few(problem, count):
        return tuple(
            Pair(one, other, False, False, True) for one in range(count) for other in range(one + 1, count)
        )
    by_profile = _by_profile(problem, found)
    by_slopes = _by_slopes(problem, found)
    open_ones = {at for at, profile in enumerate(found.profiles) if not profile.is_closed}
    return tuple(
        Pair(*both, both in by_profile, both in by_slopes, False)
        for both in sorted(by_profile | by_slopes)
        if open_ones.issuperset(both)
    )


def _too_few(problem: Problem, free: int) -> bool:
    """Return whether fewer different things were measured than parameters are free."""
    measured = problem.predictor.measured
    if measured.form != "rate":
        return False
    return np.unique(measured.of_group[problem.kept]).size < free


def _by_profile(problem: Problem, found: Estimate) -> set[tuple[int, int]]:
    pairs = set()
    count = len(found.profiles)
    for which, profile in enumerate(found.profiles):
        for side in (profile.low, profile.high):
            if not side.is_open:
                continue
            for other in range(count):
                if other != which and _closes_without(problem, found, which, side.coordinate, other):
                    pairs.add((min(which, other), max(which, other)))
    return pairs


def _closes_without(problem: Problem, found: Estimate, which: int, bound: float, other: int) -> bool:
    """Return whether the fit is worse than chance at a bound once another parameter is held."""
    start = found.optimum.point.copy()
    start[which] = bound
    free = np.array([at for at in range(start.size) if at not in (which, other)], dtype=np.intp)
    there = problem.best(start, free)
    return there.chi2 - found.optimum.chi2 > found.threshold


def _by_slopes(problem: Problem, found: Estimate) -> set[tuple[int, int]]:
    whole = problem.high - problem.low
    _, singular, directions = np.linalg.svd(found.slopes * whole, full_matrices=True)
    sizes = np.zeros(whole.size)
    sizes[: singular.size] = singular
    pairs = set()
    for size, direction in zip(sizes, directions, strict=True):
        # along a direction of length 1 in units of the bounds, the sum of squares rises by (size x way)^2
        reach = _HALF / np.abs(direction).max()
        if (size * reach) ** 2 > found.threshold:
            continue
        share = np.abs(direction) / np.abs(direction).max()
        taking_part = np.flatnonzero(share > _TAKES_PART).tolist()
        pairs |= {(one, other) for at, one in enumerate(taking_part) for other in taking_part[at + 1 :]}
    return pairs
