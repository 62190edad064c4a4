"""The designs of a search as points, shares of the ranges, and their numbers, many at once.

A point is a base and a share from 0 to 1 of each varied path; of listed values the share says which.  Ties
and constraints are computed over arrays; what a design cannot be has no numbers and is out of question.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.batch import evaluate_many
from tfgeom.batch.many import mapping_of
from tfgeom.batch.outputs import read_output
from tfgeom.design import Design, design_from_mapping, design_sha256, set_paths
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.rows import Bools, Floats
from tfgeom.sweep.arithmetic import Sized
from tfgeom.sweep.axes import Axis
from tfgeom.sweep.plan import Plan, Point
from tfgeom.units import in_base_units, split_quantity

DIGITS = 12
"""Of every size that a search tries."""
ROOM = ("gap_after_coating_nm", "wall_nm")
"""What vanishes where films meet or features overlap: beyond that no design has numbers."""
_TRIED = 16


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a search: which base, shape (n,), and shares, shape (n, paths)."""

    bases: NDArray[np.int64]
    shares: Floats

    def __len__(self) -> int:
        return len(self.bases)

    def rows(self, which: Any) -> "Points":
        """Return some of them."""
        return Points(self.bases[which], self.shares[which])

    @classmethod
    def joined(cls, parts: Sequence["Points"]) -> "Points":
        """Return several of them as one."""
        return cls(
            np.concatenate([one.bases for one in parts]), np.concatenate([one.shares for one in parts])
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers of points.

    Attributes
    ----------
    numbers
        Output to values, nan or None where there is none.
    margins
        By how much each constraint is met, in SI base units or the unit of the result, shape (n, k).
    room
        How much each of `ROOM` is, shape (n, 2); nan where a design has no such thing.
    reasons
        Why a point has no numbers, empty where it has.
    is_met
        Whether a point has numbers and meets every constraint.
    """

    numbers: Mapping[str, NDArray[Any]]
    margins: Floats
    room: Floats
    reasons: NDArray[Any]
    is_met: Bools

    def rows(self, which: Any) -> "Found":
        """Return some of them."""
        numbers = {name: column[which] for name, column in self.numbers.items()}
        return Found(numbers, self.margins[which], self.room[which], self.reasons[which], self.is_met[which])

    @classmethod
    def joined(cls, parts: Sequence["Found"]) -> "Found":
        """Return several of them as one."""
        numbers = {name: np.concatenate([one.numbers[name] for one in parts]) for name in parts[0].numbers}
        return cls(
            numbers,
            np.concatenate([one.margins for one in parts]),
            np.concatenate([one.room for one in parts]),
            np.concatenate([one.reasons for one in parts]),
            np.concatenate([one.is_met for one in parts]),
        )


class Space:
    """The points of a plan, and how they become numbers.

    Parameters
    ----------
    plan
        The bases, ranges, ties and constraints.
    outputs
        The numbers that are wanted beside those of the constraints.
    """

    def __init__(self, plan: Plan, outputs: Sequence[str]) -> None:
        self.plan = plan
        self.axes: tuple[tuple[str, Axis], ...] = tuple(plan.spec.vary.items())
        self.ranged: NDArray[np.int64] = np.array(
            [place for place, (_, axis) in enumerate(self.axes) if axis.ends is not None], dtype=np.int64
        )
        named = [name for one in plan.constraints for name in one.names if not plan.is_path(name)]
        self.outputs = tuple(dict.fromkeys((*outputs, *named)))
        for place, constraint in enumerate(plan.constraints):
            for name in constraint.names:
                if not plan.is_path(name):
                    _require_number(plan, name, f"constraints.{place}")
        self._designs: dict[tuple[int, str], Design | None] = {}

    @property
    def choices(self) -> int:
        """How many combinations of bases and listed values there are."""
        listed = [len(axis.values) for _, axis in self.axes if axis.ends is None]
        return len(self.plan.bases) * int(np.prod(listed, dtype=float))

    def text(self, place: int, share: float, digits: int = DIGITS) -> Any:
        """Return the value of a path at a share, as the design file holds it."""
        axis = self.axes[place][1]
        if axis.ends is None:
            return axis.at(share)
        number = float(_numbers(axis, np.array([share]), digits)[0])
        return f"{number!r} {axis.unit}" if axis.unit else number

    def drawn(self, shares: Floats, digits: int = DIGITS) -> dict[str, Any]:
        """Return path to value of one point."""
        return {
            path: self.text(place, float(share), digits)
            for place, ((path, _), share) in enumerate(zip(self.axes, shares, strict=True))
        }

    def point(self, number: int, points: Points, row: int, digits: int = DIGITS) -> Point:
        """Return a point as a sweep has it."""
        return self.plan.point_of(number, int(points.bases[row]), self.drawn(points.shares[row], digits))

    def evaluate(self, points: Points, digits: int = DIGITS) -> Found:
        """Return the numbers of points in closed form.

        Parameters
        ----------
        points
            The points.
        digits
            To how many digits sizes of ranges are rounded first.
        """
        n = len(points)
        wanted = (*self.outputs, *ROOM)
        numbers: dict[str, NDArray[Any]] = {name: np.full(n, np.nan) for name in wanted}
        margins = np.full((n, len(self.plan.constraints)), np.nan)
        reasons: NDArray[Any] = np.full(n, "", dtype=object)
        for rows in self._groups(points):
            columns, lookups = self._evaluated(points.rows(rows), wanted, digits)
            for name in wanted:
                if columns[name].dtype == object and numbers[name].dtype != object:
                    numbers[name] = numbers[name].astype(object)
                numbers[name][rows] = columns[name]
            reasons[rows] = columns["reason"]
            for place in range(margins.shape[1]):
                margins[rows, place] = self._margin(place, columns, lookups)
        room = np.stack([numbers[name].astype(float) for name in ROOM], axis=1)
        asked = {name: numbers[name] for name in self.outputs}
        return Found(asked, margins, room, reasons, self._met(margins, reasons))

    def _met(self, margins: Floats, reasons: NDArray[Any]) -> Bools:
        is_met: Bools = reasons == ""
        for place, constraint in enumerate(self.plan.constraints):
            within = margins[:, place] >= 0 if "=" in constraint.sign else margins[:, place] > 0
            is_met = is_met & within
        return is_met

    def _groups(self, points: Points) -> list[NDArray[np.int64]]:
        """Return the rows that share base and listed values."""
        listed = [place for place, (_, axis) in enumerate(self.axes) if axis.ends is None]
        if not listed and len(self.plan.bases) == 1:
            return [np.arange(len(points))] if len(points) else []
        found: dict[tuple[int, ...], list[int]] = {}
        for row in range(len(points)):
            which = tuple(self.which(place, points.shares[row, place]) for place in listed)
            found.setdefault((int(points.bases[row]), *which), []).append(row)
        return [np.array(rows) for rows in found.values()]

    def which(self, place: int, share: float) -> int:
        """Return which of its listed values a path takes at a share."""
        count = len(self.axes[place][1].values)
        return min(int(share * count), count - 1)

    def _evaluated(
        self, points: Points, wanted: Sequence[str], digits: int
    ) -> tuple[dict[str, NDArray[Any]], Mapping[str, Sized]]:
        """Return numbers of points that share base and listed values, and the sizes that are named."""
        base = int(points.bases[0])
        first = self.drawn(points.shares[0])
        kind = self.plan.kind(base, first)
        sized: dict[str, Sized] = {}
        table: dict[str, Any] = {}
        for place, (path, axis) in enumerate(self.axes):
            own = self.plan.own_path(path, kind)
            if axis.ends is None:
                table[own] = [first[path]] * len(points)
                sized |= _sized_of(own, first[path])
                continue
            values = _numbers(axis, points.shares[:, place], digits)
            try:
                scale, made_of = in_base_units(1.0, axis.unit) if axis.unit else (1.0, ())
            except ValueError:  # a unit with a zero of its own
                table[own] = [f"{value!r} {axis.unit}" for value in values.tolist()]
                continue
            sized[own] = Sized(values * scale, made_of)
            table[own] = sized[own].value
        head = [own for own in ("relief", "relief.kind") if own in table]
        table = {own: table[own] for own in (*head, *table)}
        reasons: NDArray[Any] = np.full(len(points), "", dtype=object)
        for path, tie in self.plan.ties.items():
            own = self.plan.own_path(path, kind)
            for name in tie.names:
                self._look_up(name, kind, points, sized)
            try:
                value = tie(lambda name: sized[self.plan.own_path(name, kind)])
            except ValueError as error:
                reasons[:] = f"{path}: {error}"
                break
            sized[own] = value
            table[own] = np.broadcast_to(np.asarray(value.value, dtype=float), (len(points),))
        for constraint in self.plan.constraints:
            for name in constraint.names:
                if self.plan.is_path(name) and not reasons.all():
                    self._look_up(name, kind, points, sized)
        if reasons.all():
            return {**{name: np.full(len(points), np.nan) for name in wanted}, "reason": reasons}, {}
        columns = self._columns(points, table, wanted)
        return columns, {name: sized[self.plan.own_path(name, kind)] for name in self._named(kind, sized)}

    def _named(self, kind: str, sized: Mapping[str, Sized]) -> list[str]:
        named = [name for one in self.plan.constraints for name in one.names if self.plan.is_path(name)]
        return [name for name in dict.fromkeys(named) if self.plan.own_path(name, kind) in sized]

    def _look_up(self, name: str, kind: str, points: Points, sized: dict[str, Sized]) -> None:
        """Add the quantity of a path that is neither varied nor tied: stated, or what follows from others."""
        own = self.plan.own_path(name, kind)
        if own in sized:
            return
        tried = sorted({0, len(points) // 2, len(points) - 1})
        some = [self.plan.sized(name, self.point(0, points, row)) for row in tried]
        if all(one == some[0] for one in some):
            sized[own] = some[0]
            return
        each = [self.plan.sized(name, self.point(0, points, row)).value for row in range(len(points))]
        sized[own] = Sized(np.array(each), some[0].made_of)

    def _margin(self, place: int, columns: Mapping[str, NDArray[Any]], sized: Mapping[str, Sized]) -> Any:
        constraint = self.plan.constraints[place]

        def lookup(name: str) -> Sized:
            return sized[name] if name in sized else Sized(columns[name].astype(float))

        try:
            left, right = constraint.left(lookup), constraint.right(lookup)
        except (ValueError, KeyError):  # no value of it in these rows
            return np.nan
        if left.made_of != right.made_of:
            return np.nan
        return left.value - right.value if constraint.sign.startswith(">") else right.value - left.value

    def _columns(
        self, points: Points, table: Mapping[str, Any], wanted: Sequence[str]
    ) -> dict[str, NDArray[Any]]:
        design = self._design(points, table)
        if design is not None:
            try:
                return evaluate_many(design, table, wanted, own_words=0)
            except DesignError as error:
                if error.issues[0].path != "outputs":
                    raise
                raise self.plan.spec.wrong("objectives", error.issues[0].message) from error
        rows = [self._by_itself(self.point(0, points, row), wanted) for row in range(len(points))]
        return {name: np.concatenate([row[name] for row in rows]) for name in (*wanted, "reason")}

    def _by_itself(self, point: Point, wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Return the numbers of one point, shape (1,) each."""
        reason = point.error
        try:
            if not reason:
                folder = self.plan.folders[point.base]
                design = design_from_mapping(self.plan.mapping(point), folder=folder)
                path, value = list(point.set_to.items())[-1]
                return evaluate_many(design, {path: [value]}, wanted)
        except TfgeomError as error:
            reason = "; ".join(str(error).splitlines())
        return {**{name: np.full(1, np.nan) for name in wanted}, "reason": np.array([reason], dtype=object)}

    def _design(self, points: Points, table: Mapping[str, Any]) -> Design | None:
        """Return a design that a batch may start from.

        None where the base says a size in words that another size changes (a gap beside a varied pitch), and
        where none of the first rows is possible.
        """
        listed = {own: values[0] for own, values in table.items() if isinstance(values, list)}
        key = (int(points.bases[0]), json.dumps([sorted(listed), list(map(str, listed.values()))]))
        if key not in self._designs:
            for row in range(min(_TRIED, len(points))):
                point = self.point(0, points, row)
                try:
                    if point.error:
                        continue
                    mapping = self.plan.mapping(point)
                    folder = self.plan.folders[point.base]
                    design = design_from_mapping(mapping, folder=folder)
                    other = self.point(0, points, len(points) - 1 if row == 0 else 0)
                    self._designs[key] = design if self._is_alike(design, other) else None
                    break
                except TfgeomError:
                    continue
        return self._designs.get(key)

    def _is_alike(self, design: Design, point: Point) -> bool:
        """Return whether a point set in a design is the point set in its base."""
        folder = self.plan.folders[point.base]
        try:
            one = design_from_mapping(self.plan.mapping(point), folder=folder)
        except TfgeomError:
            return True
        try:
            other = design_from_mapping(set_paths(mapping_of(design), point.set_to), folder=folder)
        except TfgeomError:
            return False
        alike = [design_sha256(design.model_copy(update={"chosen": {}})) for design in (one, other)]
        return alike[0] == alike[1]


def _require_number(plan: Plan, name: str, place: str) -> None:
    try:
        read_output(name)
    except DesignError as error:
        raise plan.spec.wrong(place, error.issues[0].message) from error


def _numbers(axis: Axis, shares: Floats, digits: int) -> Floats:
    """Return the numbers of a range at shares, in its unit, rounded and within its ends."""
    first, last = axis.ends or (0.0, 0.0)
    inside = np.clip(shares, 0.0, 1.0)
    found = first * (last / first) ** inside if axis.is_log else first + (last - first) * inside
    rounded = np.array([float(f"{number:.{digits}g}") for number in found.tolist()])
    return np.clip(rounded, min(first, last), max(first, last))


def _sized_of(path: str, value: Any) -> dict[str, Sized]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {path: Sized(float(value))}
    quantity = split_quantity(value)
    if quantity is None:
        return {}
    try:
        return {path: Sized(*in_base_units(*quantity))}
    except ValueError:
        return {}
