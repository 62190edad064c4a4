"""What is best in several objectives at once: which points no other beats, and a few that show them all.

Objectives are columns of which less is better, shape (n, m).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tfgeom.rows import Bools, Floats

Rows = NDArray[np.int64]
_APART = 1e-6
"""Distance, in shares of the front, from which two points count as two."""


def beaten_by_none(objectives: Floats) -> Bools:
    """Return which points no other one beats: is at least as good in all objectives and better in one.

    Of points that are equal in all objectives the first one counts.
    """
    n = len(objectives)
    best = np.zeros(n, dtype=bool)
    order = np.lexsort(objectives.T[::-1])  # whoever beats a point comes before it
    kept = np.empty((0, objectives.shape[1]))
    for row in order.tolist():
        if not (kept <= objectives[row]).all(axis=1).any():
            best[row] = True
            kept = np.vstack([kept, objectives[row]])
    return best


def scaled(objectives: Floats, front: Floats) -> Floats:
    """Return objectives with 0 at the best and 1 at the worst value of a front in each."""
    best, worst = front.min(axis=0), front.max(axis=0)
    size = np.where(worst > best, worst - best, np.maximum(np.abs(best), 1e-300))
    return (objectives - best) / size


def spread(front: Floats, count: int) -> Rows:
    """Return at most so many points of a front, far from each other: the best in each objective first."""
    shares = scaled(front, front)
    chosen = list(dict.fromkeys(shares.argmin(axis=0).tolist()))[:count]
    distance = np.min(
        [np.linalg.norm(shares - shares[row], axis=1) for row in chosen], axis=0, initial=np.inf
    )
    while len(chosen) < min(count, len(front)):
        row = int(distance.argmax())
        if distance[row] < _APART:
            break
        chosen.append(row)
        distance = np.minimum(distance, np.linalg.norm(shares - shares[row], axis=1))
    return np.array(sorted(chosen), dtype=np.int64)


def neighbours(front: Floats) -> list[tuple[int, int]]:
    """Return pairs of points that lie beside each other on a front, those furthest apart first."""
    shares = scaled(front, front)
    pairs: dict[tuple[int, int], float] = {}
    if front.shape[1] == 2:
        order = np.argsort(shares[:, 0], kind="stable").tolist()
        for one, other in pairwise(order):
            pairs[one, other] = float(np.linalg.norm(shares[one] - shares[other]))
    else:
        for row in range(len(front)):
            distance = np.linalg.norm(shares - shares[row], axis=1)
            for other in np.argsort(distance, kind="stable")[1 : front.shape[1] + 1].tolist():
                pairs[min(row, other), max(row, other)] = float(distance[other])
    return sorted(pairs, key=lambda pair: -pairs[pair])
