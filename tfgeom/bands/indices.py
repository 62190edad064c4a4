"""Sobol' indices: which share of an output's variance each input makes, alone and with all others.

Two samples A and B, and for each input A with that one column of B.  Janon's estimator of the first order and
Jansen's of the total order (A. Saltelli et al., Comput. Phys. Commun. 181 (2010) 259; A. Janon et al., ESAIM:
Probability and Statistics 18 (2014) 342; M. J. W. Jansen, Comput. Phys. Commun. 117 (1999) 35), with
intervals by bootstrap over the rows.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.bands.sampling import SobolPoints, doubling

Floats = NDArray[np.float64]
Model = Callable[[Floats], Floats]
"""Outputs, shape (n, m), of points in the unit cube, shape (n, d); nan where a point has no such output."""

_RESAMPLES = 300
_INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Indices:
    """First and total order of chosen inputs for each of m outputs, with their 95 % intervals.

    Attributes
    ----------
    first, total
        Shape (m, k); nan for an output that does not vary.
    first_interval, total_interval
        Shape (m, k, 2).
    samples
        Rows of A, for each output those that had it in every variant, shape (m,).
    """

    first: Floats
    total: Floats
    first_interval: Floats
    total_interval: Floats
    samples: NDArray[np.int64]

    @property
    def half_width(self) -> Floats:
        """The widest half of an interval of each output's indices, shape (m,); nan where none is known."""
        wide = np.concatenate(
            [np.diff(one, axis=2)[..., 0] / 2 for one in (self.first_interval, self.total_interval)], axis=1
        )
        widest: Floats = wide.max(axis=1)
        return widest


@dataclass(frozen=True, slots=True)
class Variants:
    """Outputs of the samples A, B and of A with single columns of B.

    Attributes
    ----------
    a, b
        Shape (n, m).
    mixed
        Shape (k, n, m).
    """

    a: Floats
    b: Floats
    mixed: Floats

    def joined(self, other: "Variants") -> "Variants":
        """Return these rows, then others."""
        return Variants(
            np.concatenate([self.a, other.a]),
            np.concatenate([self.b, other.b]),
            np.concatenate([self.mixed, other.mixed], axis=1),
        )


def sobol_indices(
    model: Model,
    dimensions: int,
    groups: Sequence[Sequence[int]],
    *,
    seed: int = 1,
    least: int = 128,
    most: int = 8192,
    half_width: float = 0.05,
    seconds: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> Indices:
    """Return the indices of groups of inputs, with twice the rows until they are sure enough.

    Parameters
    ----------
    model
        What is asked.
    dimensions
        Number d of its inputs; those in no group vary as well, so that shares are of the whole variance.
    groups
        Columns that are exchanged together, k groups; usually one column each.
    seed
        Of the points.
    least, most
        Rows of A to begin with, and to end with at the latest; powers of two.
    half_width
        Widest half of an interval that is sure enough.
    seconds
        No further doubling is begun that would end after so long.
    clock
        Tells the time, s.
    """
    points = SobolPoints(2 * dimensions, seed)
    start, known, found = clock(), None, None
    for count in doubling(least, most):
        spent = clock() - start
        if known is not None and spent * (1 + count / len(known.a)) > seconds:
            break
        more = _variants(model, points.next(count), dimensions, groups)
        known = more if known is None else known.joined(more)
        found = indices_of(known, seed)
        if np.all(np.nan_to_num(found.half_width) <= half_width):
            break
    assert found is not None  # the first count is always taken
    return found


def _variants(model: Model, points: Floats, dimensions: int, groups: Sequence[Sequence[int]]) -> Variants:
    """Return the outputs of all variants of points, shape (n, 2 d), in one call of the model."""
    a, b = points[:, :dimensions], points[:, dimensions:]
    rows = [a, b]
    for group in groups:
        one = a.copy()
        one[:, list(group)] = b[:, list(group)]
        rows.append(one)
    found = model(np.concatenate(rows))
    parts = found.reshape(len(rows), len(a), -1)
    return Variants(parts[0], parts[1], parts[2:])


def indices_of(variants: Variants, seed: int = 1) -> Indices:
    """Return the indices of every output from the rows that have it in all variants."""
    m, k = variants.a.shape[1], len(variants.mixed)
    first, total = np.full((m, k), np.nan), np.full((m, k), np.nan)
    first_interval, total_interval = np.full((m, k, 2), np.nan), np.full((m, k, 2), np.nan)
    samples = np.zeros(m, dtype=np.int64)
    rng = np.random.default_rng(seed)
    for output in range(m):
        a, b, mixed = variants.a[:, output], variants.b[:, output], variants.mixed[:, :, output]
        fine = np.isfinite(a) & np.isfinite(b) & np.isfinite(mixed).all(axis=0)
        samples[output] = rows = int(fine.sum())
        if rows < 4:
            continue
        a, b, mixed = a[fine], b[fine], mixed[:, fine]
        once = np.full((1, rows), 1 / rows)
        both = _estimates(a, b, mixed, once)
        if both is None:
            continue
        first[output], total[output] = (one[0] for one in both)
        weights = rng.multinomial(rows, once[0], size=_RESAMPLES) / rows
        again = _estimates(a, b, mixed, weights)
        if again is not None:
            first_interval[output], total_interval[output] = (
                np.nanquantile(one, _INTERVAL, axis=0).T for one in again
            )
    return Indices(first, total, first_interval, total_interval, samples)


def _estimates(a: Floats, b: Floats, mixed: Floats, weights: Floats) -> tuple[Floats, Floats] | None:
    """Return first and total orders, each (w, k), for w ways to weigh the rows; None without variance."""
    middle = (a.mean() + b.mean()) / 2
    a, b, mixed = a - middle, b - middle, mixed - middle
    largest = max(np.abs(a).max(), np.abs(b).max(), np.abs(mixed).max())
    if largest <= 1e-12 * abs(middle) or largest == 0:
        return None
    # B and A with one column of B share that input alone
    sums, products = (b + mixed) / 2, b * mixed
    mean = weights @ sums.T
    squares = weights @ ((b**2 + mixed**2) / 2).T
    with np.errstate(divide="ignore", invalid="ignore"):
        first = (weights @ products.T - mean**2) / (squares - mean**2)
        level = weights @ ((a + b) / 2)
        variance = weights @ ((a**2 + b**2) / 2) - level**2
        total = (weights @ ((a - mixed) ** 2).T) / (2 * variance[:, None])
    return first, total
