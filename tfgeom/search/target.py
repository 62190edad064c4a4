"""The design that holds a target: of all that do and keep the limits, the one whose free sizes change least.

Change is measured as the sum of the squared logarithms of what each free size is multiplied by, from where it
stands in the base.  Where no design holds the target, what can be reached is found, and which limit is in the
way: one without which more is reached.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tfgeom.errors import DesignError, TfgeomError
from tfgeom.rows import Floats
from tfgeom.search.polish import Answer, Problem, polish
from tfgeom.search.scores import asker
from tfgeom.search.space import DIGITS, Found, Points, Space
from tfgeom.search.spec import Limit, SearchSpec, TargetSpec, load_search
from tfgeom.sweep.plan import Plan, Point

_SCREEN = (0.02, 0.1, 0.3, 1.0)
"""Shares of the ranges around the base in which a screen lies, each with as many designs."""
_EACH = 64
_STARTS = 10
_MOST = 60
_ROUNDS = 6
_BRED, _GENERATIONS, _AROUND = 40, 150, 0.02
"""Designs from which others are bred, how often, and how far about the best some of them lie."""
_IMPOSSIBLE = 1e6
_HOLDS = 1e-6
"""To what share a target is held."""
_INSIDE = 1e-9
"""How far inside its limits a design is laid, as a share of each."""
_BINDS = 1e-3
"""Nearer to a limit than that share of it, a design is held by it."""
_FEWEST_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """A design that a target came to.

    Attributes
    ----------
    point
        Its sizes.
    value
        Of the target's number.
    limits
        Text of a limit to the value of its number.
    """

    point: Point
    value: float
    limits: dict[str, float]


@dataclass(frozen=True, slots=True)
class TargetResult:
    """What became of a target.

    Attributes
    ----------
    spec
        What was asked for.
    plan
        Of its designs.
    is_reached
        Whether a design holds it.
    found
        That design, else the one that comes nearest within the limits; None where none keeps them.
    base
        The values of the free sizes in the base, by path.
    in_the_way
        Limit to what would be reached without it, and its own value then.
    ends
        Free sizes that stand at an end of their range where nothing is reached.
    closest
        Where no design keeps the limits: each limit to the best value that its number takes.
    """

    spec: TargetSpec
    plan: Plan
    is_reached: bool
    found: Kept | None
    base: dict[str, Any]
    in_the_way: dict[str, tuple[float, float]] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    closest: dict[str, float] = field(default_factory=dict)


def solve_target(target: TargetSpec | str | Path) -> TargetResult:
    """Return the design of a sweep file that holds its target within its limits.

    Parameters
    ----------
    target
        A sweep file with ``target`` and ``free``, or what `load_search` made of it.

    Returns
    -------
    TargetResult
        Also where no design holds it: what is reached, and which limit is in the way.

    Raises
    ------
    DesignError
        When a path or a number does not exist, or a free size changes nothing that is asked.
    TfgeomError
        When no design in the ranges can be computed.
    """
    spec = target if isinstance(target, TargetSpec) else load_search(target)
    if isinstance(spec, SearchSpec):
        raise DesignError.at("objectives", "are no target: tfgeom.search.run_search looks for the best")
    return _Solving(spec).result()


class _Solving:
    """One target."""

    def __init__(self, spec: TargetSpec) -> None:
        self.spec = spec
        self.plan = Plan(spec.sweep)
        self.name, self.wanted = spec.target
        self.space = Space(self.plan, (self.name, *(one.name for one in spec.limits)))
        self.start = np.array(spec.start)
        self.points = self._screen()
        self.found = self.space.evaluate(self.points)
        self._require_numbers()
        self._require_effect()

    def result(self) -> TargetResult:
        """Solve it, or find what is in the way."""
        base = self.space.drawn(self.start)
        best = self._solved(self.spec.limits)
        if best is not None:
            return TargetResult(self.spec, self.plan, True, self._kept(best), base)
        nearest = self._furthest(self.spec.limits)
        if nearest is None:
            closest = {one.text: self._closest(one) for one in self.spec.limits}
            return TargetResult(self.spec, self.plan, False, None, base, closest=closest)
        kept = self._kept(nearest)
        in_the_way = {}
        for limit in self.spec.limits:
            others = [one for one in self.spec.limits if one is not limit]
            end = self._solved(others)
            further = self._furthest(others) if end is None else end
            if further is None:
                continue
            without = self._kept(further)
            if abs(without.value - self.wanted) < abs(kept.value - self.wanted) * (1 - _BINDS):
                in_the_way[limit.text] = (without.value, without.limits[limit.text])
        ends = [
            path
            for (path, axis), share in zip(self.space.axes, nearest, strict=True)
            if axis.ends is not None and not _BINDS < share < 1 - _BINDS
        ]
        return TargetResult(self.spec, self.plan, False, kept, base, in_the_way, tuple(ends))

    def _screen(self) -> Points:
        from scipy.stats import qmc

        drawn = qmc.Sobol(len(self.start), scramble=True, seed=0).random_base2(_EACH.bit_length() - 1)
        around = [np.clip(self.start + (drawn - 0.5) * size, 0.0, 1.0) for size in _SCREEN]
        shares = np.concatenate([self.start[None, :], *around])
        return Points(np.zeros(len(shares), dtype=np.int64), shares)

    def _require_numbers(self) -> None:
        """Refuse a target of which nothing can be computed, and a number that these designs do not have."""
        made = self.found.reasons == ""
        if not made.any():
            raise TfgeomError(f"none of {len(self.points)} designs can be computed: {self.found.reasons[0]}")
        places = [(f"target.{self.name}", self.name)] + [
            (f"limits.{one.name}", one.name) for one in self.spec.limits
        ]
        for place, name in places:
            column = self.found.numbers[name]
            if column.dtype == object:
                raise self._wrong(place, f"'{name}' is no number of these designs, but '{column[made][0]}'")
            if not np.isfinite(column[made]).any():
                raise self._wrong(
                    place, f"these designs have no {name}; 'tfgeom evaluate' says what they have"
                )

    def _require_effect(self) -> None:
        """Refuse free sizes that change neither the target nor a limit."""
        steps = np.array([-0.1, -0.02, -0.004, 0.0, 0.004, 0.02, 0.1])
        rows = int(np.flatnonzero(self.found.reasons == "")[0])
        centre = self.points.shares[rows]
        idle = []
        for place, (path, _) in enumerate(self.space.axes):
            shares = np.repeat(centre[None, :], len(steps), axis=0)
            shares[:, place] = np.clip(shares[:, place] + steps, 0.0, 1.0)
            found = self.space.evaluate(Points(np.zeros(len(steps), dtype=np.int64), shares))
            made = found.reasons == ""
            told = [column[made] for column in found.numbers.values()] + [*found.margins[made].T]
            if made.sum() > 1 and all(
                np.allclose(one, one[0], rtol=1e-10, atol=0, equal_nan=True) for one in told
            ):
                idle.append(path)
        if idle:
            verb = "change" if len(idle) > 1 else "changes"
            raise self._wrong(
                "free",
                f"{' and '.join(idle)} {verb} neither {self.name} nor a limit; leave it out, "
                "or free a size that does",
            )

    def _wrong(self, place: str, message: str) -> DesignError:
        known = self.spec.sweep.origin.positions
        near = place if place in known else place.partition(".")[0]
        return self.spec.sweep.wrong(near, message)

    def _values(self, limits: Sequence[Limit]) -> Callable[[Found], Floats]:
        """Return what makes values of answers: the miss of the target, then what must not be negative."""

        def values(found: Found) -> Floats:
            miss = (found.numbers[self.name] - self.wanted) / self._size
            columns = [miss, *(_margin(found, one) for one in limits)]
            room = np.where(np.isnan(found.room), 1.0, found.room * 1e-3)
            room[found.reasons != ""] = np.nan
            margins = found.margins / np.maximum(np.nanmedian(np.abs(self.found.margins), axis=0), 1e-300)
            return np.hstack([np.stack(columns, axis=1), margins, room])

        return values

    @property
    def _size(self) -> float:
        """The size of the target's number."""
        return abs(self.wanted) or float(np.nanmedian(np.abs(self.found.numbers[self.name]))) or 1.0

    def _change(self, shares: Floats) -> tuple[float, Floats]:
        """Return how much free sizes change, and its derivative."""
        total, slopes = 0.0, np.zeros(len(shares))
        for place, (_, axis) in enumerate(self.space.axes):
            first, last = axis.ends or (1.0, 1.0)
            if axis.is_log:
                logarithm = math.log(last / first)
                ratio, slope = (shares[place] - self.start[place]) * logarithm, logarithm
            elif min(first, last) > 0:
                now = first + (last - first) * shares[place]
                ratio = math.log(now / (first + (last - first) * self.start[place]))
                slope = (last - first) / now
            else:  # through zero: there are no logarithms
                ratio, slope = shares[place] - self.start[place], 1.0
            total += ratio**2
            slopes[place] = 2 * ratio * slope
        return total, slopes

    def _solved(self, limits: Sequence[Limit]) -> Floats | None:
        """Return the shares of the design that holds the target and changes least, None for none."""

        def least(answer: Answer) -> tuple[Floats, Floats]:
            change, slopes = self._change(answer.at)
            return np.array([change]), slopes[None, :]

        def problem(start: Floats) -> Problem:
            return Problem(start, least, _kept, _miss, most=_MOST)

        ends, found = self._run(problem, limits)
        fine = self._holds(found, limits)
        if not fine.any():
            return None
        changes = np.array([self._change(shares)[0] for shares in ends.shares])
        return ends.shares[int(np.where(fine, changes, np.inf).argmin())]

    def _furthest(self, limits: Sequence[Limit]) -> Floats | None:
        """Return the shares of the design within limits that comes nearest to the target, None for none."""
        values = self._values(limits)(self.found)
        within = (values[:, 1:] >= 0).all(axis=1) & self.found.is_met
        known = values[within if within.any() else np.isfinite(values).all(axis=1), 0]
        sign = 1.0 if np.median(known) > 0 else -1.0

        def nearest(answer: Answer) -> tuple[Floats, Floats]:
            return sign * answer.values[:1], sign * answer.slopes[:1]

        ends, found = self._run(
            lambda start: Problem(start, nearest, _kept, most=_MOST),
            limits,
        )
        points, found = self._drawn_nearer(ends, found, limits)
        values = self._values(limits)(found)
        fine = (values[:, 1:] >= 0).all(axis=1) & found.is_met
        if not fine.any():
            return None
        return points.shares[int(np.where(fine, np.abs(values[:, 0]), np.inf).argmin())]

    def _drawn_nearer(self, points: Points, found: Found, limits: Sequence[Limit]) -> tuple[Points, Found]:
        """Return points with a further one, bred from the best by SciPy's differential evolution.

        Derivatives end where a design cannot be made any more (a hole as deep as the wafer) and at the edges
        of the numbers; what is bred from many designs goes along both.
        """
        from scipy.optimize import differential_evolution

        def cost(columns: Floats) -> Floats:
            shares = np.atleast_2d(columns.T)
            some = Points(np.zeros(len(shares), dtype=np.int64), shares)
            return np.minimum(self._misses(self.space.evaluate(some), limits), _IMPOSSIBLE)

        order = np.argsort(self._misses(found, limits), kind="stable")
        several = np.unique(points.shares[order[:_BRED]].round(6), axis=0)
        random = np.random.default_rng(0)
        missing = _BRED - len(several)
        around = points.shares[order[0]] + random.normal(0.0, _AROUND, (missing, len(self.start)))
        bred = differential_evolution(
            cost,
            [(0.0, 1.0)] * len(self.start),
            init=np.clip(np.concatenate([several, around]), 0.0, 1.0),
            maxiter=_GENERATIONS,
            tol=1e-7,
            seed=0,
            polish=False,
            vectorized=True,
            updating="deferred",
        )
        end = Points(np.zeros(1, dtype=np.int64), np.asarray(bred.x, dtype=float)[None, :])
        return Points.joined([points, end]), Found.joined([found, self.space.evaluate(end)])

    def _run(self, problem: Callable[[Floats], Problem], limits: Sequence[Limit]) -> tuple[Points, Found]:
        """Return all points that problems come to which start from what misses least, and their numbers.

        They start again from the best of them while that helps: where one electrode takes over from the other
        the numbers have an edge, along which one run gets stuck.
        """
        values = self._values(limits)
        points, found = self.points, self.found
        best = math.inf
        for _ in range(_ROUNDS):
            misses = self._misses(found, limits)
            change = np.array([self._change(shares)[0] for shares in points.shares])
            order = np.argsort(misses + 0.01 * change, kind="stable")
            starts = points.rows(order[np.isfinite(misses[order])][:_STARTS])
            tried: list[Points] = []
            numbers: list[Found] = []

            def note(some: Points, their: Found, tried: Any = tried, numbers: Any = numbers) -> None:
                tried.append(some)
                numbers.append(their)

            polish(
                [problem(shares) for shares in starts.shares],
                asker(self.space, starts, values, note, lambda: 10**9),
            )
            points, found = Points.joined([points, *tried]), Found.joined([found, *numbers])
            least = float(self._misses(found, limits).min())
            if least > best * (1 - _BINDS) or self._holds(found, limits).any():
                break
            best = least
        return points, found

    def _misses(self, found: Found, limits: Sequence[Limit]) -> Floats:
        """Return by how much each point misses target and limits, infinite where it has no numbers."""
        values = self._values(limits)(found)
        misses = np.abs(values[:, 0]) + 3 * np.maximum(-values[:, 1:], 0).sum(axis=1)
        misses[~np.isfinite(misses)] = np.inf
        return misses

    def _holds(self, found: Found, limits: Sequence[Limit]) -> Any:
        values = self._values(limits)(found)
        return found.is_met & (np.abs(values[:, 0]) <= _HOLDS / 2) & (values[:, 1:] >= 0).all(axis=1)

    def _kept(self, shares: Floats) -> Kept:
        """Return a design with its sizes rounded as far as target and limits allow."""
        points = Points(np.zeros(1, dtype=np.int64), shares[None, :])
        exact = self.space.evaluate(points)
        for digits in range(_FEWEST_DIGITS, DIGITS + 1):
            found = self.space.evaluate(points, digits)
            same = np.isclose(found.numbers[self.name], exact.numbers[self.name], rtol=_HOLDS / 2, atol=0)
            within = self._values(self.spec.limits)(found)[0, 1:] >= 0
            before = self._values(self.spec.limits)(exact)[0, 1:] >= 0
            if digits == DIGITS or (same.all() and found.is_met.all() and (within | ~before).all()):
                break
        limits = {one.text: float(found.numbers[one.name][0]) for one in self.spec.limits}
        return Kept(self.space.point(0, points, 0, digits), float(found.numbers[self.name][0]), limits)

    def _closest(self, limit: Limit) -> float:
        column = self.found.numbers[limit.name]
        return float(np.nanmax(column) if limit.is_least else np.nanmin(column))


def _kept(answer: Answer) -> tuple[Floats, Floats]:
    return answer.values[1:] - _INSIDE, answer.slopes[1:]


def _miss(answer: Answer) -> tuple[Floats, Floats]:
    return answer.values[:1], answer.slopes[:1]


def _margin(found: Found, limit: Limit) -> Floats:
    """Return by which share of a limit each design keeps it."""
    column = found.numbers[limit.name]
    difference = column - limit.value if limit.is_least else limit.value - column
    return difference / (abs(limit.value) or 1.0)
