"""The one bracketing search: the last point at which something is still so, for floats and arrays alike.

It is given a margin: not negative where it is still so, negative beyond, nan where a point cannot exist
(films that merge).  The answer lies on a grid that divides the bracket into ``2**halvings`` steps and is the
one that as many halvings find; where the margin is a number on both sides, inverse quadratic interpolation
(T. R. Chandrupatla, Advances in Engineering Software 28, 1997, 145) takes a fraction of the evaluations.

`scipy.optimize.elementwise` has the same method.  It stops at nan, and its 0.1 ms an evaluation is as much as
what it would evaluate here takes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import DesignError, MaterialError
from tfgeom.rows import Refused, is_rows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_RETREATS = 60  # halvings in search of a point that a design can have
Point = TypeVar("Point", float, Floats)


@dataclass(frozen=True, slots=True)
class Crossing(Generic[Point]):
    """Where a margin turns negative; floats of a search over floats, else arrays of its shape.

    Attributes
    ----------
    value
        The last point at which the margin is not negative; the floor where there is none.
    beyond
        The next point of the grid: there it is no longer so, or the search ended there within its count.
    reached
        Whether the margin is a number on both sides: it crosses zero in between.
    impossible
        Whether the search ended where points cannot exist.
    evaluations
        How often the margin was asked for.
    """

    value: Point
    beyond: Point
    reached: bool | Bools
    impossible: bool | Bools
    evaluations: int


def possible(margin: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a margin that is nan where a design is impossible; a missing constant still raises.

    Of n designs those that are impossible stand meanwhile at a point that they can have, the last one known
    or a half, quarter, ... of what is asked for; `Refused` where a design has none.
    """
    safe: Any = None

    def of_rows(point: Floats, refused: Refused) -> Floats:
        nonlocal safe
        lost, there = np.zeros(point.shape, dtype=bool), point
        for _ in range(_RETREATS):
            lost = lost | refused.where
            there = np.where(refused.where, there / 2 if safe is None else safe, there)
            try:
                found = margin(there)
            except Refused as again:
                refused = again
                continue
            safe = there
            return np.where(lost, np.nan, found)
        raise refused

    def asked(point: Any) -> Any:
        nonlocal safe
        try:
            found = margin(point)
        except MaterialError:
            raise
        except DesignError:
            return np.nan
        except Refused as refused:
            return of_rows(point + np.zeros(refused.where.shape), refused)
        safe = point
        return found

    return asked


def last_point(
    margin: Callable[[Point], Point],
    low: Point,
    high: Point,
    *,
    floor: float | None = None,
    count: int = 0,
    growth: float = 2.0,
    halvings: int = 50,
) -> Crossing[Point]:
    """Return the last point from ``low`` towards ``high`` at which a margin is not negative.

    Parameters
    ----------
    margin
        Function of the point, a float or an array of shape (n,), whose elements do not depend on each other.
        Not negative up to the wanted point, negative or nan beyond.
    low, high
        Ends of the bracket; ``high`` may be the smaller one.  Floats where the margin is of n designs are the
        bracket of all of them.
    floor
        Answer where the margin is nowhere so, and what the bracket is not moved below; ``low`` unless given.
    count
        How often the bracket may be moved until it holds the wanted point, up to ``growth * high`` or down
        to ``low / growth``; then both ends are positive.
    growth
        More than 1.
    halvings
        The answer is within ``2**-halvings`` of the bracket; at most 52.

    Returns
    -------
    Crossing
        Always, after at most ``2 + count + 3 * halvings`` evaluations.
    """
    alone = np.ndim(low) == 0 and np.ndim(high) == 0
    answer: Any = margin
    evaluations = 0

    def ask(points: Floats) -> Any:
        nonlocal evaluations
        evaluations += 1
        if not alone:
            return np.asarray(answer(points))
        found = answer(float(points))
        return found if is_rows(found) else np.float64(found)

    first: Any
    last: Any
    if alone:
        first, last = np.float64(low), np.float64(high)
    else:
        first, last = (end.astype(np.float64) for end in np.broadcast_arrays(low, high))
    inside = ask(first)
    if alone and np.ndim(inside):  # one bracket for n designs
        alone = False
        first, last = (end + np.zeros(np.shape(inside)) for end in (first, last))
    least = first if floor is None else first * 0 + floor
    ends = _moved(ask, first, last, inside, least, count, growth)
    found = _narrowed(ask, ends, halvings)
    nowhere = ~(ends.inside >= 0)
    everywhere = ~nowhere & (ends.beyond >= 0)
    before = ends.high - (ends.high - ends.low) * 0.5**halvings
    value = _either(nowhere, least, _either(everywhere, before, found.low))
    beyond = _either(nowhere, ends.low, _either(everywhere, ends.high, found.high))
    outside = _either(nowhere, ends.inside, found.beyond)
    parts: Any = value, beyond, ~nowhere & (outside < 0), np.isnan(outside)
    if alone:
        parts = tuple(part.item() for part in parts)
    value, beyond, reached, impossible = parts
    return Crossing(value, beyond, reached, impossible, evaluations)


def _either(condition: Bools, one: Floats, other: Floats) -> Floats:
    """Return one or the other by element: `numpy.where`, which takes 20 times as long for a single number."""
    if isinstance(condition, np.bool_):
        return one if condition else other
    return np.where(condition, one, other)


class _Bracket(NamedTuple):
    """Two points and what the margin is there: not negative at the first, negative or nan at the second.

    Both alike where the margin does not change.
    """

    low: Floats
    high: Floats
    inside: Floats
    beyond: Floats


def _moved(
    ask: Callable[[Floats], Floats],
    low: Floats,
    high: Floats,
    inside: Floats,
    floor: Floats,
    count: int,
    growth: float,
) -> _Bracket:
    """Return the bracket moved, at most ``count`` times, to where the margin turns negative."""
    beyond = ask(high)
    for _ in range(count):
        down = ~(inside >= 0) & (low > floor)
        up = (inside >= 0) & (beyond >= 0)
        if not (down | up).any():
            break
        lower = _either(low / growth > floor, low / growth, floor)
        there = _either(down, lower, _either(up, high * growth, low))
        at = ask(there)
        low, high, inside, beyond = (
            _either(down, lowered, _either(up, raised, kept))
            for lowered, raised, kept in (
                (there, high, low), (low, there, high), (at, beyond, inside), (inside, at, beyond),
            )
        )  # fmt: skip
    return _Bracket(low, high, inside, beyond)


def _narrowed(ask: Callable[[Floats], Floats], ends: _Bracket, halvings: int) -> _Bracket:
    """Return the step of the grid in which the margin turns negative, where it does."""
    steps = 2.0**halvings
    crosses = (ends.inside >= 0) & ~(ends.beyond >= 0)
    # grid points: the latest, the one across the crossing, and the one before
    x1, x2 = ends.low * 0, _either(crosses, ends.low * 0 + steps, ends.low * 0)
    f1, f2 = ends.inside, ends.beyond
    t = x1 + 0.5

    def place(x: Floats) -> Floats:
        return ends.low + (ends.high - ends.low) * (x / steps)

    for turn in range(3 * halvings):
        wide = abs(x2 - x1) > 1
        if not wide.any():
            break
        after, before = _either(x1 < x2, x1, x2) + 1, _either(x1 < x2, x2, x1) - 1
        x = np.rint(x1 + t * (x2 - x1))
        x = _either(x < after, after, _either(x > before, before, x))
        x = _either(wide, x, x1)
        f = ask(place(x))
        same = (f >= 0) == (f1 >= 0)
        x3, f3 = _either(same, x1, x2), _either(same, f1, f2)
        x2, f2 = _either(same, x2, x1), _either(same, f2, f1)
        x1, f1 = x, f
        with np.errstate(all="ignore"):  # what is nan or infinite is not trusted
            xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
            t = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
            trusted = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi) & (turn < 2 * halvings)
        t = _either(trusted, t, x1 * 0 + 0.5)  # what is left then is halved
    latest_inside = f1 >= 0
    (low, high), margins = (
        (_either(latest_inside, one, other), _either(latest_inside, other, one))
        for one, other in ((place(x1), place(x2)), (f1, f2))
    )
    return _Bracket(low, high, *margins)
