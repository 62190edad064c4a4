"""The best designs: a screen that fills the ranges, then a gradient polish of what no other beats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfgeom.errors import DesignError
from tfgeom.rows import Floats
from tfgeom.search.front import Rows, neighbours, spread
from tfgeom.search.polish import Answer, Problem, polish
from tfgeom.search.scores import Note, Scales, Tried, asker, columns_of_objectives
from tfgeom.search.space import DIGITS, Found, Points, Space
from tfgeom.search.spec import SearchSpec, TargetSpec, load_search
from tfgeom.sweep.plan import Plan

Make = Callable[[Floats], Problem]

MOST_ON_FRONT = 100
"""Designs of a front at most: of more those that lie furthest apart."""
TRIALS = 2048
"""Designs that a search tries where nothing else is said."""
_STARTS = 8
_EXTREMES = 3
"""From how many designs a polish starts: for one objective, and for each of several."""
_MOST = 20
"""Designs that one of many polishes asks for at most, and what a step must change to be worth it."""
_WITHIN = 1e-5
_EACH = 8
"""Designs without which a polish is not begun."""
_INSIDE = 1e-3
"""How far inside the constraints the search for a first design goes, in shares of their size."""
_BEHIND = (12, 24, 48, MOST_ON_FRONT, MOST_ON_FRONT)
"""Points of the front from which the rounds of the polish start."""
_APART = 0.1
"""Distance in shares from which two points are worth a polish each."""
_BETWEEN = (1 / 4, 1 / 2, 3 / 4)
_FEWEST_DIGITS = 6
_SAME = 1e-6
"""To what share rounded sizes keep the numbers of the design."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Attributes
    ----------
    spec
        What was asked for.
    tried
        Every design that it came to, in that order.
    front
        Rows of those that no other beats, the best in the first objective first; at most `MOST_ON_FRONT`.
    digits
        To how many digits the sizes of each may be rounded: all numbers stay within 1e-6.
    rounded
        The numbers of the front with sizes so rounded.
    beaten_by_none
        How many designs no other beats, before the front was thinned.
    """

    spec: SearchSpec
    tried: Tried
    front: tuple[int, ...]
    digits: tuple[int, ...]
    rounded: Found
    beaten_by_none: int

    @property
    def space(self) -> Space:
        """The space that was searched."""
        return self.tried.space


def run_search(
    search: SearchSpec | str | Path,
    trials: int = TRIALS,
    note: Note | None = None,
    space: Space | None = None,
) -> SearchResult:
    """Return the designs of a sweep file that no other beats in its objectives, in closed form.

    A Sobol' screen fills the ranges (all combinations, where there are only lists and few enough); SciPy's
    SLSQP goes on from the best in each objective and from points all along the front, all at once, with
    derivatives by central differences that are columns of the batch; between neighbours of the front further
    designs are tried.  The result depends on file, trials and seed only.

    Parameters
    ----------
    search
        A sweep file with ``objectives``, or what `load_search` made of it.
    trials
        Designs to try at most; half of them, a power of two, make the screen where the file does not say
        ``samples``.  Neighbours for derivatives do not count.
    note
        Takes points and their numbers as they come.
    space
        What `space_of` made of the search, where that is there already.

    Returns
    -------
    SearchResult
        With everything that was tried.

    Raises
    ------
    DesignError
        When a path, an objective or a constraint does not exist.
    TfgeomError
        When no design counts: how many miss which constraint.
    """
    spec = search if isinstance(search, SearchSpec) else load_search(search)
    if isinstance(spec, TargetSpec):
        raise DesignError.at("target", "is a target: tfgeom.search.solve_target solves for it")
    space = space or space_of(spec)
    tried = Tried(space, spec.objectives, trials, note)
    tried.evaluate(screen(space, spec, trials))
    if not tried.is_met().any():
        _look_for_one(tried)
    if not tried.is_met().any():
        raise tried.why_none()
    if space.ranged.size:
        _polish_all(tried)
    return result_of(spec, tried)


def space_of(spec: SearchSpec) -> Space:
    """Return the space of a search."""
    names = [one.name for one in spec.objectives]
    return Space(Plan(spec.sweep), (*names, *spec.sweep.outputs))


def screen(space: Space, spec: SearchSpec, trials: int) -> Points:
    """Return the points that a search begins with."""
    from scipy.stats import qmc

    if not space.ranged.size and space.choices <= trials:
        return _every_choice(space)
    bases, paths = len(space.plan.bases), len(space.axes)
    asked = spec.samples or max(1, trials // (2 * bases))
    power = max(0, asked.bit_length() - 1)
    shares = qmc.Sobol(paths, scramble=True, seed=spec.sweep.seed).random_base2(power)
    rows = [np.full(len(shares), base, dtype=np.int64) for base in range(bases)]
    return Points(np.concatenate(rows), np.tile(shares, (bases, 1)))


def _every_choice(space: Space) -> Points:
    axes = [(np.arange(len(axis.values)) + 0.5) / len(axis.values) for _, axis in space.axes]
    grid = np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=1)
    bases = len(space.plan.bases)
    return Points(np.repeat(np.arange(bases), len(grid)), np.tile(grid, (bases, 1)))


def _look_for_one(tried: Tried) -> None:
    """Try to come to a design that meets all constraints from those that miss the least."""
    found, objectives = tried.found, tried.objective_columns()
    known = np.flatnonzero(np.isfinite(objectives).all(axis=1) & np.isfinite(found.margins).all(axis=1))
    if not known.size or not tried.space.ranged.size or not found.margins.shape[1]:
        return
    scales = Scales(objectives[known], found.rows(known))
    count = scales.count
    margins = scales.values(objectives[known], found.rows(known))[:, count:]
    starts = known[np.argsort(-margins.min(axis=1), kind="stable")[:_STARTS]]

    def least_missed(answer: Answer) -> tuple[Floats, Floats]:
        return _INSIDE - answer.values[count:], -answer.slopes[count:]

    def nothing(answer: Answer) -> tuple[Floats, Floats]:
        return np.ones(1), np.zeros((1, answer.slopes.shape[1]))

    ceilings = np.zeros(margins.shape[1])

    def from_here(start: Floats) -> Problem:
        return Problem(start, least_missed, nothing, ceilings=ceilings)

    _run(
        tried,
        [(row, from_here) for row in starts.tolist()],
        scales,
    )


def _polish_all(tried: Tried) -> None:
    """Go on from the best in each objective and from points all along the front, round after round."""
    met = tried.is_met()
    scales = Scales(tried.objective_columns()[met], tried.found.rows(met))
    if scales.count == 1:
        count = max(1, min(_STARTS, tried.left // _MOST))
        starts = _far_apart(tried, _ranked(tried, 0), count)
        _run(tried, [(row, _for_one(0, scales)) for row in starts], scales)
        return
    done: set[int] = set()
    for count in _BEHIND:
        front = tried.front()
        objectives = tried.objective_columns()
        scales.rescale(objectives[front])
        tasks: list[tuple[int, Make]] = []
        if not done:
            for which in range(scales.count):
                starts = _far_apart(tried, _ranked(tried, which), _EXTREMES)
                tasks += [(row, _for_one(which, scales, _MOST)) for row in starts]
        behind = [row for row in front[spread(objectives[front], count)].tolist() if row not in done]
        done |= set(behind)
        ends = (objectives - scales.low) / scales.size
        tasks += [(row, _straight(ends[row], scales)) for row in behind]
        _run(tried, tasks[: max(1, tried.left // _EACH)], scales)
        if count < MOST_ON_FRONT:  # the last rounds polish what the front will show
            _between(tried, count)


def _ranked(tried: Tried, which: int) -> Rows:
    """Return the rows that count, the best in one objective first."""
    met = np.flatnonzero(tried.is_met())
    return met[np.argsort(tried.objective_columns()[met, which], kind="stable")]


def _for_one(which: int, scales: Scales, most: int | None = None) -> Make:
    """Return what makes the problem of one objective; several go on where few steps suffice."""
    chosen = slice(which, which + 1)

    def goal(answer: Answer) -> tuple[Floats, Floats]:
        return answer.values[chosen], answer.slopes[chosen]

    if most is None:
        return lambda start: Problem(start, goal, scales.kept)
    return lambda start: Problem(start, goal, scales.kept, most=most, within=_WITHIN)


def _straight(ceilings: Floats, scales: Scales) -> Make:
    """Return what makes the problem of the point of the front straight behind another."""
    return lambda start: Problem(
        start, scales.goals, scales.kept, ceilings=ceilings, most=_MOST, within=_WITHIN
    )


def _run(tried: Tried, tasks: Sequence[tuple[int, Make]], scales: Scales) -> None:
    """Polish from some rows, all at once."""
    if not tasks:
        return
    space = tried.space
    first = tried.points.rows(np.array([row for row, _ in tasks]))
    problems = [make(shares[space.ranged]) for shares, (_, make) in zip(first.shares, tasks, strict=True)]

    def answers(found: Found) -> Floats:
        return scales.values(columns_of_objectives(found, tried.objectives), found)

    polish(problems, asker(space, first, answers, tried.add, lambda: tried.left))


def _far_apart(tried: Tried, order: Rows, count: int) -> list[int]:
    """Return the first few rows that differ in what is chosen, or lie apart."""
    chosen: list[int] = []
    points = tried.points
    for row in order.tolist():
        near = [
            other
            for other in chosen
            if points.bases[row] == points.bases[other]
            and np.abs(points.shares[row] - points.shares[other]).max() < _APART
        ]
        if not near:
            chosen.append(int(row))
        if len(chosen) == count:
            break
    return chosen


def _between(tried: Tried, count: int) -> None:
    """Try designs between so many neighbours of the front that share base and choices."""
    space, front = tried.space, tried.front()
    points = tried.points.rows(front)
    objectives = tried.objective_columns()[front]
    listed = [place for place, (_, axis) in enumerate(space.axes) if axis.ends is None]
    some = spread(objectives, count)
    found = []
    for one, other in neighbours(objectives[some]):
        a, b = some[one], some[other]
        alike = all(
            space.which(place, points.shares[a, place]) == space.which(place, points.shares[b, place])
            for place in listed
        )
        if points.bases[a] == points.bases[b] and alike:
            steps = np.array(_BETWEEN)[:, None]
            shares = points.shares[a] * (1 - steps) + points.shares[b] * steps
            shares[:, listed] = points.shares[a, listed]
            found.append(Points(np.repeat(points.bases[a], len(steps)), shares))
    if found:
        tried.evaluate(Points.joined(found))


def result_of(spec: SearchSpec, tried: Tried) -> SearchResult:
    """Return the front of what was tried, thinned, and its sizes rounded as far as nothing changes."""
    everyone = tried.front()
    objectives = tried.objective_columns()[everyone]
    front = everyone[spread(objectives, MOST_ON_FRONT)]
    front = front[np.argsort(tried.objective_columns()[front, 0], kind="stable")]
    digits, rounded = rounded_points(tried, front)
    return SearchResult(spec, tried, tuple(front.tolist()), digits, rounded, len(everyone))


def rounded_points(tried: Tried, front: Rows) -> tuple[tuple[int, ...], Found]:
    """Return to how many digits the sizes of each row may be rounded, and the numbers then."""
    points, exact = tried.points.rows(front), tried.found.rows(front)
    digits = np.full(len(front), DIGITS)
    parts = exact
    for fewer in range(_FEWEST_DIGITS, DIGITS):
        waiting = np.flatnonzero(digits == DIGITS)
        if not waiting.size:
            break
        found = tried.space.evaluate(points.rows(waiting), fewer)
        same = found.is_met.copy()
        for name, column in found.numbers.items():
            before = exact.numbers[name][waiting]
            if column.dtype == object:
                same &= column == before
            else:
                same &= np.isclose(column, before.astype(float), rtol=_SAME, atol=0, equal_nan=True)
        fine = waiting[same]
        digits[fine] = fewer
        for name, column in found.numbers.items():
            parts.numbers[name][fine] = column[same]
    return tuple(digits.tolist()), parts
