"""What a search has tried, and how its numbers become objectives and margins with derivatives."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from tfgeom.errors import TfgeomError
from tfgeom.rows import Bools, Floats
from tfgeom.search.front import Rows, beaten_by_none
from tfgeom.search.polish import STEP, Answer, Enough
from tfgeom.search.space import ROOM, Found, Points, Space
from tfgeom.search.spec import Objective

Note = Callable[[Points, Found], None]


class Tried:
    """Points in the order in which a search came to them, and their numbers.

    Parameters
    ----------
    space
        Their space.
    objectives
        What is best.
    most
        How many there may be.
    note
        Takes points as they come.
    """

    def __init__(
        self, space: Space, objectives: Sequence[Objective], most: int, note: Note | None = None
    ) -> None:
        self.space = space
        self.objectives = tuple(objectives)
        self.most = most
        self._note = note or (lambda points, found: None)
        self._points: list[Points] = []
        self._found: list[Found] = []
        self._joined: tuple[Points, Found] | None = None

    def __len__(self) -> int:
        return sum(map(len, self._points))

    @property
    def left(self) -> int:
        """How many more there may be."""
        return self.most - len(self)

    def add(self, points: Points, found: Found) -> None:
        """Note points."""
        self._points.append(points)
        self._found.append(found)
        self._joined = None
        self._note(points, found)

    def evaluate(self, points: Points) -> None:
        """Evaluate and note points, as many as there may be."""
        some = points.rows(slice(0, max(self.left, 0)))
        if len(some):
            self.add(some, self.space.evaluate(some))

    @property
    def points(self) -> Points:
        """All of them."""
        return self._all()[0]

    @property
    def found(self) -> Found:
        """Their numbers."""
        return self._all()[1]

    def _all(self) -> tuple[Points, Found]:
        if self._joined is None:
            self._joined = Points.joined(self._points), Found.joined(self._found)
        return self._joined

    def objective_columns(self) -> Floats:
        """Return the objectives of all points, less being better, shape (n, m)."""
        return columns_of_objectives(self.found, self.objectives)

    def is_met(self) -> Bools:
        """Return which points have all objectives and meet all constraints."""
        return self.found.is_met & np.isfinite(self.objective_columns()).all(axis=1)

    def front(self) -> Rows:
        """Return the rows that no other beats."""
        met = np.flatnonzero(self.is_met())
        return met[beaten_by_none(self.objective_columns()[met])]

    def why_none(self) -> TfgeomError:
        """Return the error of a search in which no point counts: how many miss what, why others failed."""
        found, plan = self.found, self.space.plan
        failed = [str(reason) for reason in found.reasons if reason]
        missed = {}
        for place, constraint in enumerate(plan.constraints):
            margins = found.margins[found.reasons == "", place]
            within = margins >= 0 if "=" in constraint.sign else margins > 0
            missed[constraint.text] = int((~within).sum())
        unknown = {
            one.name: int((~np.isfinite(column) & found.is_met).sum())
            for one, column in zip(self.objectives, self.objective_columns().T, strict=True)
        }
        parts = [f"{count} miss '{text}'" for text, count in missed.items() if count]
        parts += [f"{count} have no {name}" for name, count in unknown.items() if count]
        if failed:
            reason, count = Counter(failed).most_common(1)[0]
            parts.append(f"{len(failed)} cannot be made or computed ({count} of them: {reason})")
        return TfgeomError(
            f"of {len(self)} designs not one counts: {', '.join(parts)}; loosen the constraints, or "
            "widen the ranges"
        )


def columns_of_objectives(found: Found, objectives: Sequence[Objective]) -> Floats:
    """Return objectives as columns of which less is better; words count as not known."""
    columns = []
    for one in objectives:
        column = found.numbers[one.name]
        numbers = [value if isinstance(value, (int, float)) else np.nan for value in column.tolist()]
        columns.append(one.sign * np.array(numbers, dtype=float))
    return np.stack(columns, axis=1)


class Scales:
    """What turns numbers of one point into an `Answer`: objectives, margins of constraints, room, all near 1.

    Parameters
    ----------
    objectives
        Of points that count or at least have numbers, shape (n, m).
    found
        Those points.
    """

    def __init__(self, objectives: Floats, found: Found) -> None:
        self.low = np.nanmin(objectives, axis=0)
        self.size = _size(objectives - self.low)
        self.margin = _size(found.margins)
        self.room = _size(found.room)
        self.count = objectives.shape[1]

    def rescale(self, front: Floats) -> None:
        """Let the objectives go from 0 to 1 along a front."""
        self.low, worst = front.min(axis=0), front.max(axis=0)
        self.size = np.where(worst > self.low, worst - self.low, self.size)

    def values(self, objectives: Floats, found: Found) -> Floats:
        """Return one row a point: scaled objectives, margins and room; room that a design lacks is 1."""
        room = np.where(np.isnan(found.room), 1.0, found.room / self.room)
        room[found.reasons != ""] = np.nan
        return np.hstack([(objectives - self.low) / self.size, found.margins / self.margin, room])

    def goals(self, answer: Answer) -> tuple[Floats, Floats]:
        """Return the objectives of an answer."""
        return answer.values[: self.count], answer.slopes[: self.count]

    def kept(self, answer: Answer) -> tuple[Floats, Floats]:
        """Return what must not be negative: margins, and room with a little to spare."""
        values = answer.values[self.count :].copy()
        values[len(values) - len(ROOM) :] -= 1e-6
        return values - 1e-9, answer.slopes[self.count :]


def _size(columns: Floats) -> Floats:
    """Return the size of the numbers of each column: their median, 1 where there is none."""
    if not columns.size:
        return np.ones(columns.shape[1])
    sizes = np.abs(columns)
    sizes[~np.isfinite(sizes)] = np.nan
    known = np.isfinite(sizes).any(axis=0)
    found = np.ones(columns.shape[1])
    found[known] = np.nanmedian(sizes[:, known], axis=0)
    largest = np.ones(columns.shape[1])
    largest[known] = np.nanmax(sizes[:, known], axis=0)
    found = np.where(found > 0, found, largest)
    return np.where(found > 0, found, 1.0)


def asker(
    space: Space,
    starts: Points,
    answers: Callable[[Found], Floats],
    note: Note,
    left: Callable[[], int],
) -> Callable[[Sequence[tuple[int, Floats]]], list[Answer]]:
    """Return what answers the points of several problems in one batch, with central differences.

    Parameters
    ----------
    space
        The space.
    starts
        Where each problem begins: what it does not change of a point stays.
    answers
        Numbers to the values of answers, a row a point.
    note
        Takes every point that was asked for; the neighbours of differences are nobody's design.
    left
        How many more may be asked for.
    """
    ranged = space.ranged

    def ask(batch: Sequence[tuple[int, Floats]]) -> list[Answer]:
        if len(batch) > left():
            raise Enough
        k, n = len(ranged), len(batch)
        which = np.array([number for number, _ in batch])
        centre = starts.rows(which)
        shares = centre.shares.copy()
        shares[:, ranged] = [x for _, x in batch]
        around = np.repeat(shares[:, None, :], 2 * k + 1, axis=1)
        for place, path in enumerate(ranged.tolist()):
            around[:, 1 + 2 * place, path] = np.maximum(shares[:, path] - STEP, 0.0)
            around[:, 2 + 2 * place, path] = np.minimum(shares[:, path] + STEP, 1.0)
        many = Points(np.repeat(centre.bases, 2 * k + 1), around.reshape(n * (2 * k + 1), -1))
        found = space.evaluate(many)
        middle = np.arange(n) * (2 * k + 1)
        note(many.rows(middle), found.rows(middle))
        values = answers(found).reshape(n, 2 * k + 1, -1)
        result = []
        for row in range(n):
            slopes = np.zeros((values.shape[2], k))
            for place, path in enumerate(ranged.tolist()):
                slopes[:, place] = _slope(values[row], around[row, :, path], place)
            result.append(Answer(values[row, 0], slopes, shares[row, ranged]))
        return result

    return ask


def _slope(values: Floats, at: Floats, place: int) -> Floats:
    """Return derivatives by one path; one-sided where a neighbour has no number, 0 where both have none."""
    low, high = 1 + 2 * place, 2 + 2 * place
    with np.errstate(all="ignore"):
        both = (values[high] - values[low]) / (at[high] - at[low])
        up = (values[high] - values[0]) / (at[high] - at[0])
        down = (values[0] - values[low]) / (at[0] - at[low])
    found = np.where(np.isfinite(both), both, np.where(np.isfinite(up), up, down))
    return np.where(np.isfinite(found), found, 0.0)
