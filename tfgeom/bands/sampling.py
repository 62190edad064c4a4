"""Points that fill a cube evenly: scrambled Sobol' sequences, in powers of two."""

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def is_power_of_two(number: int) -> bool:
    """Return whether a number is 1, 2, 4, 8, ..."""
    return number > 0 and number & (number - 1) == 0


class SobolPoints:
    """A scrambled Sobol' sequence (Owen), the same for the same seed: each call goes on where the last ended.

    I. M. Sobol', USSR Comput. Math. Math. Phys. 7 (1967) 86; by `scipy.stats.qmc`.

    Parameters
    ----------
    dimensions
        Of the cube.
    seed
        Of the scrambling.
    """

    def __init__(self, dimensions: int, seed: int) -> None:
        from scipy.stats import qmc  # half a second: only when something is sampled

        self._sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed))

    def next(self, count: int) -> Floats:
        """Return the next points, shape (count, dimensions), none of them at a border of the cube."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of counts that are no powers of two
            found: Floats = self._sequence.random(count)
        tiny = 2.0**-33  # half the spacing of the sequence: a normal distribution has no quantile at 0
        return np.clip(found, tiny, 1 - tiny)


def doubling(least: int, most: int) -> Iterator[int]:
    """Yield counts of points to add so that there are ``least``, twice as many, and so on up to ``most``."""
    total = least
    yield least
    while 2 * total <= most:
        yield total
        total *= 2
