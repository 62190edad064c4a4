"""Which of what was varied makes the spread of a number, from the rows of a sweep as they are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from tfgeom.bands.screening import shares_alone

Floats = NDArray[np.float64]
_LISTED = 16
"""Different values up to which a parameter's own values are the classes of its rows."""
FEWEST = 12
"""Rows below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Influence:
    """What one parameter does to one number over the rows of a sweep.

    Attributes
    ----------
    share
        Share of the variance of the number's ranks that it makes alone, 0 to 1.
    trend
        Spearman's rank correlation, -1 to 1; None where the parameter has no order.
    """

    share: float
    trend: float | None


def influences(
    parameters: Mapping[str, Sequence[Any]], outputs: Mapping[str, Sequence[float | None]]
) -> dict[str, dict[str, Influence]]:
    """Return the influence of each parameter on each number: number to parameter to `Influence`.

    Parameters
    ----------
    parameters
        Column to its cells; those of a column with text in it have no order.
    outputs
        Column to its numbers, as many; None counts as no row.  A number that has fewer than `FEWEST` rows,
        or one value only, is left out.

    Notes
    -----
    The share is the correlation ratio, which is the first-order Sobol' index of the ranks where parameters do
    not depend on each other, as on a whole grid or in samples.  A parameter of few values has these as
    classes; any other, and one of another value in each row, the classes of equal count of
    `tfgeom.bands.screening.shares_alone`.
    """
    found = {}
    for name, cells in outputs.items():
        numbers = np.array([np.nan if cell is None else float(cell) for cell in cells])
        kept = np.isfinite(numbers)
        if kept.sum() < FEWEST or np.ptp(numbers[kept]) == 0:
            continue
        ranks = rankdata(numbers[kept])
        cells_of = {
            parameter: [cell for cell, keep in zip(values, kept, strict=True) if keep]
            for parameter, values in parameters.items()
        }
        levels = math.prod(len(set(map(str, values))) for values in cells_of.values())
        is_whole = (
            levels
            == len(ranks)
            == len(set(zip(*(map(str, values) for values in cells_of.values()), strict=True)))
        )
        found[name] = {
            parameter: _influence(values, ranks, is_whole) for parameter, values in cells_of.items()
        }
    return found


def _influence(cells: Sequence[Any], ranks: Floats, is_whole: bool) -> Influence:
    is_number = all(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in cells)
    _, classes = np.unique([cell if is_number else str(cell) for cell in cells], return_inverse=True)
    count = int(classes.max()) + 1
    trend = None
    if is_number and count > 1:
        trend = float(np.corrcoef(rankdata(cells), ranks)[0, 1])
    if is_number and not is_whole and (count > _LISTED or count == len(ranks)):
        points = np.asarray(cells, dtype=float)[:, None]
        return Influence(float(shares_alone(points, ranks[:, None])[0, 0]), trend)
    return Influence(_share(classes, count, ranks, is_whole), trend)


def _share(classes: NDArray[np.intp], count: int, ranks: Floats, is_whole: bool) -> float:
    """Return the share of the variance between classes; but on a whole grid less what chance would make."""
    rows = len(ranks)
    size = np.bincount(classes, minlength=count)
    means = np.bincount(classes, ranks, count) / size
    between = float((size * (means - ranks.mean()) ** 2).sum() / rows / ranks.var())
    if is_whole:  # in every class the others take all their values
        return between
    if count >= rows:
        return 0.0
    chance = (count - 1) / (rows - 1)
    return max(0.0, (between - chance) / (1 - chance))
