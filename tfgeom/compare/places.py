"""The rates at which designs are compared, and the discharges there and between.

Tables show a few places, the same for all designs; lines run through many, close enough that they are smooth,
and a curve that ends is followed to where it ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tfgeom.compare.which import WHICH, Which, at_rates
from tfgeom.evaluation import discharges
from tfgeom.results import Evaluation, RateNumbers, RatePoint
from tfgeom.units import MA_PER_CM2

_NEAR = 1.001  # a current that is a step of the grid but for its last digits
_SMOOTH = 24  # discharges a decade
_TO_THE_END = 14  # points between the last current that delivers and the first that does not

AXES: dict[str, str] = {
    "footprint_capacity": "delivered capacity, uAh/cm^2 of footprint",
    "c_rate": "C-rate (of each cell's own capacity)",
    "current": "footprint current, mA/cm^2",
}
"""What designs can be compared at, and the label of that axis."""

AXIS_MEANING: dict[str, str] = {
    "footprint_capacity": "at equal delivered capacity per footprint: the current at which each cell still "
    "gives it",
    "c_rate": "at equal C-rate: each cell is driven by its own capacity, so a cell that holds more carries "
    "more current per footprint",
    "current": "at equal current per footprint: the same load on the same area of wafer",
}
"""What it means to hold each of them equal."""


class Places(NamedTuple):
    """Where all designs of a comparison are computed.

    Attributes
    ----------
    c_rates, currents
        The places of the tables: C-rates, or footprint currents, mA/cm².
    by_c_rate, by_current
        Many between the ends of what the designs ask for: C-rates, and footprint currents, mA/cm².
    """

    c_rates: tuple[float, ...]
    currents: tuple[float, ...]
    by_c_rate: tuple[float, ...]
    by_current: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Discharges:
    """What a design and its planes deliver.

    Attributes
    ----------
    at_places
        At the places of the tables.
    on_line
        At many rates, for the line through them; in the order of the rates.
    at_currents
        At many footprint currents, the same for all designs, in their order.
    """

    at_places: tuple[RateNumbers, ...] = ()
    on_line: tuple[RateNumbers, ...] = ()
    at_currents: tuple[RateNumbers, ...] = ()


def shared_places(evaluations: Sequence[Evaluation], at: str) -> Places:
    """Return where designs are compared ``at``, a key of `AXES`."""
    rows = [row for found in evaluations for row in found.rate or ()]
    rates = [row.c_rate for row in rows if row.c_rate > 0]
    currents = [row.footprint_current_mA_cm2 for row in rows if row.footprint_current_mA_cm2 > 0]
    asked = {
        rate
        for found in evaluations
        if found.rate is not None and found.design.operation is not None
        for rate in found.design.operation.c_rates
    }
    by_c_rate = tuple(sorted(asked or set(rates))) if at == "c_rate" else ()
    per_decade = min(map(per_decade_of, evaluations), default=_SMOOTH)
    return Places(
        by_c_rate,
        _one_two_five(currents) if at == "current" else (),
        _between(by_c_rate or rates, per_decade),
        _between(currents, per_decade),
    )


def discharges_of(found: Evaluation, at: str, places: Places) -> Discharges:
    """Return what a design and its planes deliver where designs are compared."""
    own = [row.footprint_current_mA_cm2 for row in found.rate or () if row.footprint_current_mA_cm2 > 0]
    at_currents = _at_currents(found, places.by_current)
    if at == "footprint_capacity":
        return Discharges(
            found.rate or (),
            _to_the_ends(found, at, _at_currents(found, _between(own, per_decade_of(found)))),
            at_currents,
        )
    if at == "c_rate":
        line = discharges(found, places.by_c_rate)
        return Discharges(discharges(found, places.c_rates), _to_the_ends(found, at, line), at_currents)
    line, per_decade = at_currents, per_decade_of(found)
    finer = _between(places.by_current, per_decade)
    if len(finer) > len(places.by_current):  # another design is slow, not this one
        line = _at_currents(found, finer)
    return Discharges(_at_currents(found, places.currents), _to_the_ends(found, at, line), at_currents)


def per_decade_of(found: Evaluation) -> int:
    """Return how many discharges a decade its line goes through: few where each takes its time."""
    return _SMOOTH if found.rate_model is None else int(found.rate_model.per_decade)


def _at_currents(found: Evaluation, currents: Sequence[float]) -> tuple[RateNumbers, ...]:
    return discharges(found, (), [current * MA_PER_CM2 for current in currents])


def _one_two_five(currents: Sequence[float]) -> tuple[float, ...]:
    """Return 1, 2 and 5 a decade from the smallest to the largest current."""
    if not currents:
        return ()
    grid = (step * 10.0**power for power in range(-9, 10) for step in (1, 2, 5))
    low, high = min(currents), max(currents)
    within = tuple(value for value in grid if low <= value * _NEAR and value <= high * _NEAR)
    return within or tuple(sorted(set(currents)))


def _between(rates: Sequence[float], per_decade: int) -> tuple[float, ...]:
    """Return many rates from the smallest to the largest of some."""
    if not rates:
        return ()
    low, high = min(rates), max(rates)
    count = 1 + int(np.ceil(per_decade * np.log10(high / low)))
    return tuple(float(rate) for rate in np.geomspace(low, high, count))


def _to_the_ends(found: Evaluation, at: str, line: tuple[RateNumbers, ...]) -> tuple[RateNumbers, ...]:
    """Return a line with more points where one of its cells ceases to deliver."""
    key = "c_rate" if at == "c_rate" else "footprint_current_mA_cm2"
    if per_decade_of(found) < _SMOOTH:
        return line
    more: set[float] = set()  # two cells may end between the same two rates
    for which in WHICH:
        for row, following in pairwise(line):
            if (
                place_of(row, which, at).capacity_uAh_cm2
                > 0
                >= place_of(following, which, at).capacity_uAh_cm2
            ):
                more |= set(
                    np.geomspace(getattr(row, key), getattr(following, key), _TO_THE_END).tolist()[1:-1]
                )
    if not more:
        return line
    added = discharges(found, sorted(more)) if key == "c_rate" else _at_currents(found, sorted(more))
    return tuple(sorted((*line, *added), key=lambda row: float(getattr(row, key))))


def discharged(row: RateNumbers, at: str) -> tuple[Which, ...]:
    """Return which of a design's cells `place_of` knows in a row."""
    return tuple(which for which in at_rates(at) if which != "planar_best" or row.planar_best is not None)


def place_of(row: RateNumbers, which: Which, at: str) -> RatePoint:
    """Return the discharge of one of a design's cells in a row, at the same rate or at the same current."""
    if which == "cell":
        return row
    if which == "planar_best":
        if row.planar_best is None:
            raise ValueError("the best plane of this design is not known")
        return row.planar_best.at_current
    plane = row.planar_same_films if which == "planar_same_films" else row.planar_same_capacity
    return plane.at_c_rate if at == "c_rate" else plane.at_current
