"""The discharges that rate curves are drawn through: close enough to be smooth, on to where cells cut off.

A design asks for a few C-rates; they are marked on the curves.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from tfgeom.evaluation import discharges
from tfgeom.report.declared_rows import PLANES
from tfgeom.report.rate_csv import CurveRows
from tfgeom.results import Evaluation, RateNumbers, RatePoint

_SMOOTH = 24  # discharges a decade
_BELOW, _ABOVE = 3.0, 3.0  # how far the curves go beyond what is asked for, as factors
_GONE = 0.005  # share of its capacity below which a cell has as good as none
_DECADES = 8  # above the highest rate that is asked for, where the end is looked for
_STEP = 0.05  # of the most that a curve holds: the largest step between two of its points
_STEP_OF_SLOW, _MOST_OF_SLOW = (
    0.12,
    12,
)  # where each discharge takes its time, and the points that may be added
_TO_THE_END = 12  # points between the last rate that delivers and the first that does not


def rate_line(found: Evaluation) -> tuple[RateNumbers, ...]:
    """Return discharges close to each other, in the order of the rates; empty without a rate model.

    From below the slowest rate that the design asks for to where its cell has as good as no capacity left,
    beyond the fastest at least; where a curve ends on the way there are points up to its end.  Where each
    discharge takes its time, fewer between the rates that are asked for.
    """
    asked = sorted(row.c_rate for row in found.rate or () if row.c_rate > 0)
    if not asked:
        return ()
    low, high, per_decade = asked[0] / _BELOW, asked[-1] * _ABOVE, found.rate_model.per_decade
    if per_decade < _SMOOTH:  # each takes its time
        line = discharges(found, _spaced(asked[0], asked[-1], per_decade))
        return _refined(found, line, _STEP_OF_SLOW, rounds=3, most=_MOST_OF_SLOW)
    coarse = discharges(found, _spaced(asked[-1], asked[-1] * 10**_DECADES, 4))
    gone = next((row.c_rate for row in coarse if row.utilisation < _GONE), high)
    line = discharges(found, _spaced(low, max(high, gone), per_decade))
    for _ in range(2):  # the second time within the steps of the first
        line = _to_the_ends(found, line)
    return _refined(found, line, _STEP, rounds=4)


def curve_rows(found: Evaluation, line: Sequence[RateNumbers]) -> Iterator[CurveRows]:
    """Return the curves of a design's cell and of the planes beside it, for `rate_csv`.

    A plane stands there twice: at equal C-rate, on its own capacity, and at equal current per footprint; the
    best one, which is another at each current, once.
    """
    if not line:
        return
    incomplete = tuple(dict.fromkeys(name for row in line for name in row.incomplete))
    curves: dict[str, list[RatePoint]] = {"cell": list(line)}
    for plane in () if found.geometry.is_flat else PLANES:
        beside = [getattr(row, f"planar_{plane}") for row in line]
        curves[f"planar_{plane}.at_c_rate"] = [one.at_c_rate for one in beside]
        curves[f"planar_{plane}.at_current"] = [one.at_current for one in beside]
    if not found.geometry.is_flat and all(row.planar_best for row in line):
        curves["planar_best.at_current"] = [row.planar_best.at_current for row in line if row.planar_best]
    for cell, points in curves.items():
        yield CurveRows(found.name, cell, points, line[0].method, incomplete)


def _spaced(low: float, high: float, per_decade: int) -> tuple[float, ...]:
    count = 1 + int(np.ceil(per_decade * np.log10(high / low)))
    return tuple(np.geomspace(low, high, max(2, count)).tolist())


def _to_the_ends(found: Evaluation, line: tuple[RateNumbers, ...]) -> tuple[RateNumbers, ...]:
    """Return a line with more points between the last that delivers and the first that does not."""
    more: set[float] = set()
    for capacity in _capacities(line[0]):
        for row, following in pairwise(line):
            if capacity(row) > 0 >= capacity(following):
                more.update(np.geomspace(row.c_rate, following.c_rate, _TO_THE_END).tolist()[1:-1])
    added = discharges(found, sorted(more)) if more else ()
    return tuple(sorted((*line, *added), key=lambda row: row.c_rate))


def _refined(
    found: Evaluation, line: tuple[RateNumbers, ...], step: float, rounds: int, most: int | None = None
) -> tuple[RateNumbers, ...]:
    """Return a line with more points where a curve falls steeply: at a film's or an electrolyte's limit.

    Halves what is larger than ``step`` of the most that a curve holds, the largest first, in so many rounds;
    adds ``most`` points at most.
    """
    left = most
    for _ in range(rounds):
        widest: dict[float, float] = {}
        for capacity in _capacities(line[0]):
            largest = max(map(capacity, line))
            for row, following in pairwise(line):
                fall = abs(capacity(row) - capacity(following)) / largest if largest else 0.0
                if fall > step:
                    middle = math.sqrt(row.c_rate * following.c_rate)
                    widest[middle] = max(fall, widest.get(middle, 0.0))
        more = sorted(widest, key=lambda middle: -widest[middle])[:left]
        if not more:
            break
        left = None if left is None else left - len(more)
        line = tuple(sorted((*line, *discharges(found, sorted(more))), key=lambda row: row.c_rate))
    return line


def _capacities(row: RateNumbers) -> list[Callable[[RateNumbers], float]]:
    """Return what reads the capacity of each curve of a row."""
    planes = [f"planar_{plane}" for plane in PLANES if getattr(row, f"planar_{plane}") is not None]
    at = [(plane, place) for plane in planes for place in ("at_c_rate", "at_current")]
    return [
        lambda row: row.capacity_uAh_cm2,
        *(
            lambda row, plane=plane, place=place: getattr(getattr(row, plane), place).capacity_uAh_cm2
            for plane, place in at
        ),
    ]
