"""The values of each point of a sweep, by its number: the same whoever asks, in whatever order."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tfgeom.sweep.axes import Axis

SAMPLED = ("sobol", "lhs")
"""Methods that fill ranges with samples."""
TOGETHER = ("zip", "csv")
"""Methods whose paths go through their lists side by side."""


def count_draws(axes: Mapping[str, Axis], method: str, samples: int) -> int:
    """Return how many points a method makes of one base."""
    if method in SAMPLED:
        return samples
    lengths = [len(axis.values) for axis in axes.values()]
    if method in TOGETHER:
        return min(lengths, default=1)
    return math.prod(lengths)


def draw(axes: Mapping[str, Axis], method: str, samples: int, seed: int, number: int) -> dict[str, Any]:
    """Return path to value of one point.

    Parameters
    ----------
    axes
        Path to its axis.
    method
        ``grid``: every combination, the last path changing fastest.  ``zip``, ``csv``: the first values, the
        second ones, ...  ``sobol``, ``lhs``: a scrambled Sobol' sequence and a Latin hypercube.
    samples, seed
        Of the last two.
    number
        Of the point, from 0.
    """
    if method in SAMPLED:
        shares = _shares(method, len(axes), samples, seed)[number]
        return {path: axis.at(share) for (path, axis), share in zip(axes.items(), shares, strict=True)}
    if method in TOGETHER:
        return {path: axis.values[number] for path, axis in axes.items()}
    found: dict[str, Any] = {}
    for path in reversed(tuple(axes)):
        number, step = divmod(number, len(axes[path].values))
        found[path] = axes[path].values[step]
    return {path: found[path] for path in axes}


@lru_cache(maxsize=4)
def _shares(method: str, dimensions: int, samples: int, seed: int) -> list[list[float]]:
    from scipy.stats import qmc  # half a second: only where samples are drawn

    if not dimensions:
        return [[] for _ in range(samples)]
    if method == "sobol":
        drawn = qmc.Sobol(dimensions, scramble=True, seed=seed).random_base2(samples.bit_length() - 1)
    else:
        drawn = qmc.LatinHypercube(dimensions, seed=seed).random(samples)
    return [[float(share) for share in row] for row in drawn]
