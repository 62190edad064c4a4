"""Planes of any thickness in the closed rate model: which delivers most, and where a cell beats them all.

On a plane all that the rate model takes goes with the thickness in closed form: capacities and film
thicknesses are proportional to it, the resistance is a constant and a part that is proportional.  So a plane
is a number, and thousands of them one vector.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.rows import Numbers, alike, smaller
from tfgeom.searching import last_point
from tfgeom.transport.closed_rate import (
    Chemistry,
    Electrode,
    RateCell,
    currents_at_utilisation,
    delivered_charges,
    surplus,
)

Floats = NDArray[np.float64]

AS_GOOD = 0.99
"""Share of the most that any plane delivers, from which on one is as good: the thinnest such is built."""
MORE = 1.01
"""A cell beats the planes where it delivers over this times what any of them does ..."""
WORTH = 0.05
"""... and at least this share of its own capacity."""

_GRIDS = (25, 9, 9, 17)  # thicknesses at once, each grid between the neighbours of the best of the last
_COARSE_GRIDS = (25, 9, 9)
_PER_DECADE = 16  # footprint currents between which one interval may hide
_HALVINGS = 10  # of the step between two such currents: 1.4e-4 of the current
_AT_ONCE = 1024  # currents of all cells: what each takes of planes then stays in the cache
_NEARLY = 0.999
_DOUBLINGS = 60
_NEAR, _STEP, _MOVES = 1.02, 1.2, 30  # how far another model's end is looked for from the closed one's
_FEW_HALVINGS = 6


@dataclass(frozen=True, slots=True)
class PlaneRates:
    """Planes by the gain of their electrodes' thickness over that of one of them; of n cells in arrays.

    Attributes
    ----------
    unit
        The plane of gain 1.
    growing
        How much of its `ohmic` is proportional to the gain, ohm m².
    least, most
        Smallest and largest gain.
    chemistry
        Materials and limits that all share.
    """

    unit: RateCell
    growing: Numbers
    least: Numbers
    most: Numbers
    chemistry: Chemistry

    def cell(self, gain: Numbers) -> RateCell:
        """Return the plane of a gain, or those of n; its C-rates count on its own share of the nominal."""
        return RateCell(
            _thicker(self.unit.cathode, gain),
            _thicker(self.unit.anode, gain),
            self.unit.ohmic + self.growing * (gain - 1),
            self.unit.capacity * gain,
            self.unit.nominal * gain,
        )


def _thicker(unit: Electrode, gain: Numbers) -> Electrode:
    """Return a flat electrode at a gain; the area of its face and where it starts stay."""
    return Electrode(unit.capacity * gain, unit.slab_thickness * gain, unit.face_gain, unit.start)


@dataclass(frozen=True, slots=True)
class BestPlanes:
    """The best plane at each of n currents, arrays of shape (n,).

    Attributes
    ----------
    gain
        Of the thinnest plane that delivers 99 % of the most; nan where none delivers anything.
    most
        The most that any plane delivers, C/m².
    """

    gain: Floats
    most: Floats


def best_planes(planes: PlaneRates, current: Floats) -> BestPlanes:
    """Return the best plane at footprint currents (A/m²), shape (n,).

    With growing thickness the charge rises and then falls: a thick film holds more, and from some thickness
    on lithium does not reach its back while its resistance still grows.  Where an open-circuit curve has
    steps it may rise again on the way down, so the highest of 25 thicknesses is refined, and the thinnest
    that is as good is looked for from the thin end.
    """

    def charges(gains: Floats) -> Floats:
        every = np.broadcast_to(current, gains.shape)
        return delivered_charges(planes.cell(gains), every, planes.chemistry)

    low, high = planes.least + 0 * current, planes.most + 0 * current
    found = _largest(charges, low, high, _GRIDS)
    wanted = AS_GOOD * found.value
    good = found.values >= wanted
    enough = np.where(good.any(axis=0), _taken(found.points, np.argmax(good, axis=0)), found.place)
    thinner = (found.points < enough).sum(axis=0) - 1
    less = np.where(thinner >= 0, _taken(found.points, np.maximum(thinner, 0)), enough)

    def margin(logarithm: Floats) -> Floats:
        return surplus(planes.cell(np.exp(logarithm)), wanted, current, planes.chemistry)

    thinnest = np.exp(last_point(margin, np.log(enough), np.log(less), halvings=30).value)
    return BestPlanes(np.where(found.value > 0, thinnest, np.nan), found.value)


def _taken(numbers: Floats, place: Any) -> Floats:
    """Return the numbers at places of the first axis."""
    return np.asarray(np.take_along_axis(numbers, place[None], axis=0)[0])


class _Largest(NamedTuple):
    """Where a value is largest, and the first grid that it was looked for on; shapes (n,) and (grid, n)."""

    place: Floats
    value: Floats
    points: Floats
    values: Floats


def _largest(
    value: Callable[[Floats], Floats], low: Floats, high: Floats, grids: tuple[int, ...]
) -> _Largest:
    """Return where, between ``low`` and ``high``, a value is largest: on a grid, then around its best.

    ``value`` takes and gives arrays whose first axis is the grid.
    """
    place, largest = high, np.full_like(low, -np.inf)
    first: tuple[Floats, Floats] | None = None
    for count in grids:
        points = np.exp(np.linspace(np.log(low), np.log(high), count))
        points[0], points[-1] = low, high
        values = value(points)
        first = first or (points, values)
        top = np.argmax(values, axis=0)
        highest = _taken(values, top)
        better = highest > largest
        place = np.where(better, _taken(points, top), place)
        largest = np.where(better, highest, largest)
        low = _taken(points, np.maximum(top - 1, 0))
        high = _taken(points, np.minimum(top + 1, count - 1))
    assert first is not None  # there is a grid
    return _Largest(place, largest, *first)


def outdone(planes: PlaneRates, charge: Floats, current: Floats) -> Floats:
    """Return what is not negative where some plane delivers ``charge`` (C/m²) at a current, shape (n,)."""
    most = planes.most + 0 * charge
    # a thinner one does not even hold it
    least = np.clip(charge / planes.unit.capacity, planes.least, planes.most)

    def margin(gains: Floats) -> Floats:
        wanted, every = (np.broadcast_to(one, gains.shape) for one in (charge, current))
        return surplus(planes.cell(gains), wanted, every, planes.chemistry)

    return _largest(margin, least, most, _COARSE_GRIDS).value


def beaten_by_rows(planes: PlaneRates, own: RateCell) -> list[tuple[tuple[float, float], ...]]:
    """Return the intervals of footprint current (A/m²) at which cells beat every plane, of one or of n.

    There a cell delivers over 1 % more than any of them, and at least 5 % of its own capacity.  Currents are
    looked at 16 a decade, and each end is located between two of them to 1.4e-4; what is shorter than a step
    is not seen.  An interval that starts at 0 holds from the slowest discharge on.
    """
    at_rest = alike(own.capacity > MORE * planes.most * planes.unit.capacity)
    span = _span(planes, own, at_rest=at_rest)
    if span is None:
        return [()]

    def margin(logarithm: Floats) -> Floats:
        current = np.exp(logarithm)
        charge = delivered_charges(own, current, planes.chemistry)
        return lead(planes, own.capacity, charge, current)

    low, high = (np.atleast_1d(np.log(end)) for end in span)
    counts = 2 + (_PER_DECADE * (high - low) / np.log(10)).astype(int)
    step = np.arange(counts.max())[:, None]
    grid = np.where(step < counts - 1, low + step * ((high - low) / (counts - 1)), high)
    parts = min(len(grid), 1 + grid.size // _AT_ONCE)
    wins = np.concatenate([margin(part) for part in np.array_split(grid, parts)]) >= 0
    ends: list[list[float]] = [
        [0.0 if at_rest else float(np.exp(start))] if first else []
        for first, start in zip(wins[0], low, strict=True)
    ]
    turns = [np.flatnonzero(column[1:] != column[:-1]) for column in wins.T]
    most = max(map(len, turns))
    if most:
        # a row of fewer turns looks for one again
        before = np.array([[*one, *[one[-1] if len(one) else 0] * (most - len(one))] for one in turns]).T
        starts, rows = np.take_along_axis(wins, before, axis=0), np.arange(len(turns))
        inside = grid[np.where(starts, before, before + 1), rows]
        outside = grid[np.where(starts, before + 1, before), rows]
        found = np.exp(last_point(margin, inside, outside, halvings=_HALVINGS).value)
        for row, one in enumerate(turns):
            ends[row] += found[: len(one), row].tolist()
    for row, last in enumerate(wins[-1]):
        if last:
            ends[row].append(float(np.exp(high[row])))
    return [tuple(zip(one[::2], one[1::2], strict=True)) for one in ends]


def lead(planes: PlaneRates, whole: Numbers, charge: Floats, current: Floats) -> Floats:
    """Return what is not negative where a cell beats every plane.

    Parameters
    ----------
    planes
        The planes.
    whole
        The cell's own capacity, C/m².
    charge, current
        What it delivers (C/m²) at footprint currents (A/m²), shape (n,).
    """
    worth = charge / (WORTH * whole) - 1
    beaten = -outdone(planes, charge / MORE, current)
    # at zero it is outdone; a search wants a sign on either side
    return np.minimum(worth, np.where(beaten == 0, -np.finfo(np.float64).tiny, beaten))


def beaten_by(
    planes: PlaneRates,
    whole: float,
    charges: Callable[[Floats], Floats],
    near: tuple[tuple[float, float], ...],
) -> tuple[tuple[float, float], ...]:
    """Return the intervals at which a cell beats every plane, whose discharges another model makes.

    Parameters
    ----------
    planes, whole
        As those of `lead`.
    charges
        What the cell delivers (C/m²) at footprint currents (A/m²), shape (n,).
    near
        The intervals of the closed model, A/m²: each end is moved to where the other model has it, to 1e-3;
        an interval that is none there is left out.
    """

    def moved(end: float, *, start: bool) -> float:
        # the search runs out of the interval: towards small currents at its start, so by their inverse
        def current(place: Floats) -> Floats:
            return 1 / place if start else place

        def margin(place: Floats) -> Floats:
            return lead(planes, whole, charges(current(place)), current(place))

        inside = current(np.array([end * _NEAR if start else end / _NEAR]))
        outside = current(np.array([end / _NEAR if start else end * _NEAR]))
        found = last_point(
            margin, inside, outside, floor=0.0, count=_MOVES, growth=_STEP, halvings=_FEW_HALVINGS
        )
        return float(current(found.value)[0]) if np.all(found.reached) else np.nan

    ends = [(moved(a, start=True) if a > 0 else 0.0, moved(b, start=False)) for a, b in near]
    return tuple((start, end) for start, end in ends if start < end)


def _span(planes: PlaneRates, own: RateCell, *, at_rest: bool) -> tuple[Numbers, Numbers] | None:
    """Return footprint currents between which a cell turns from the one to the other; None without any.

    Below the first nothing changes: there the slower of both still delivers what the other one holds.  Above
    the second the cell delivers less than is worth anything.
    """
    thickest = planes.cell(planes.most)
    slow, other = (own, thickest.capacity) if at_rest else (thickest, own.capacity)
    share = smaller(_NEARLY, MORE * other / slow.capacity)
    first = currents_at_utilisation(slow, np.asarray(share), planes.chemistry)
    last = currents_at_utilisation(own, np.asarray(WORTH), planes.chemistry)
    first, last = np.broadcast_arrays(first, last)
    if alike(np.isnan(last)):
        return None
    for _ in range(_DOUBLINGS):
        worth = delivered_charges(own, last, planes.chemistry) >= WORTH * own.capacity
        if not np.any(worth):
            break
        last = np.where(worth, 2 * last, last)
    return np.fmin(first, last / 2) / 2, last
