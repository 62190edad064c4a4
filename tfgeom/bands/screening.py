"""Which few of many inputs matter, from samples that are there already."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_CLASSES = 16
"""Classes of equal count that an input is cut into."""


def shares_alone(points: Floats, outputs: Floats) -> Floats:
    """Return about which share of each output's variance each input makes alone, shape (m, d).

    The correlation ratio: variance of the means of the output's ranks over classes of an input, less what
    classes without meaning would have (K. Pearson 1905; as a first-order Sobol' index in E. Plischke,
    E. Borgonovo, C. Smith, Eur. J. Oper. Res. 226 (2013) 536).  Sees curves without a trend too, and no input
    that acts through others alone.  Ranks keep one far sample from being the whole variance.

    Parameters
    ----------
    points
        Shape (n, d), in the unit cube.
    outputs
        Shape (n, m); rows that are not finite do not count.
    """
    found = np.zeros((outputs.shape[1], points.shape[1]))
    for at, output in enumerate(outputs.T):
        fine = np.isfinite(output)
        count = int(fine.sum())
        classes = min(_CLASSES, count // 4)
        if classes < 2 or np.ptp(output[fine]) == 0:
            continue
        ranks = _ranks(output[fine])
        variance = ranks.var()
        for column in range(points.shape[1]):
            within = np.minimum((_ranks(points[fine, column]) * classes // count).astype(int), classes - 1)
            size = np.bincount(within, minlength=classes)
            means = np.bincount(within, ranks, classes) / size
            between = float((size * (means - ranks.mean()) ** 2).sum() / count / variance)
            found[at, column] = max(
                0.0, (between - (classes - 1) / (count - 1)) / (1 - (classes - 1) / count)
            )
    return found


def most_telling(shares: Floats, most: int, least: float = 0.01) -> list[int]:
    """Return which inputs make at least ``least`` of some output, at most so many, in the order of columns.

    Parameters
    ----------
    shares
        As `shares_alone` returns them.
    most
        How many at most: those that make most of some output.
    least
        Share below which an input is left out; the largest of all stays.
    """
    largest = shares.max(axis=0)
    order = np.argsort(-largest, kind="stable")[:most]
    kept = [int(column) for column in order if largest[column] >= least]
    return sorted(kept or ([int(order[0])] if len(order) else []))


def _ranks(values: Floats) -> Floats:
    """Return ranks from 0, equal values in the order of rows."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks
