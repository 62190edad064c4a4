"""A sweep ready to run: what each point changes in its design, checked before anything is computed."""

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tfgeom import __version__
from tfgeom.batch.columns import SET_FIRST
from tfgeom.design import design_from_mapping, design_sha256, read_mapping, set_path, set_paths
from tfgeom.design.paths import locate, value_at
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.reliefs.restating import restated
from tfgeom.reliefs.synonyms import kind_of
from tfgeom.reliefs.turning import key_in_kind
from tfgeom.source import Location
from tfgeom.sweep.arithmetic import Arithmetic, Sized, UnitsError, read_sized
from tfgeom.sweep.columns import Column, parameter_column
from tfgeom.sweep.constraints import Constraint, read_constraint
from tfgeom.sweep.draws import draw
from tfgeom.sweep.evaluating import Changed
from tfgeom.sweep.spec import SweepSpec
from tfgeom.units import from_base_units, in_base_units, split_quantity


@dataclass(frozen=True, slots=True)
class Point:
    """One evaluation.

    Attributes
    ----------
    number
        Its place in the sweep, from 0.
    base
        Which of the designs it changes.
    values
        Path to value as the table has it; a tied one is None where the tie has no value.
    set_to
        The same under the paths of its own kind of relief, in the order in which they are set.
    error
        Why it cannot be evaluated, where that is known already.
    """

    number: int
    base: int
    values: Mapping[str, Any]
    set_to: Mapping[str, Any]
    error: str = ""


class Plan:
    """The points of a sweep and the columns of its parameters.

    Raises
    ------
    DesignError
        When a varied path does not exist or undoes another, a tie goes in a circle, or a constraint cannot be
        read.
    """

    def __init__(self, spec: SweepSpec) -> None:
        self.spec = spec
        self.bases: tuple[dict[str, Any], ...] = tuple(read_mapping(path)[0] for path in spec.base)
        self.folders = tuple(path.parent for path in spec.base)
        self._kinds = self._kinds_of_relief()
        self.ties = self._ordered_ties()
        self.constraints = tuple(
            self._constraint(number, text) for number, text in enumerate(spec.constraints)
        )
        for base in range(len(self.bases)):
            self._require_paths(base)
        self._require_units()

    def __len__(self) -> int:
        return self.spec.points

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Path to its column: the varied ones, then the tied ones."""
        found = {path: parameter_column(path, axis.values) for path, axis in self.spec.vary.items()}
        for path in self.spec.ties:
            tied = [self.point(number).values[path] for number in self._some()]
            place, rest = locate(self.bases[0], path)
            said = None if rest else value_at(self.bases[0], place)  # the column has its unit
            values = [said] * (split_quantity(said) is not None) + [one for one in tied if one is not None]
            found[path] = parameter_column(path, values or [""])
        return found

    def point(self, number: int) -> Point:
        """Return a point by its number."""
        base, drawn = divmod(number, self.spec.draws)
        values = draw(self.spec.vary, self.spec.method, self.spec.samples, self.spec.seed, drawn)
        return self.point_of(number, base, values)

    def point_of(self, number: int, base: int, drawn: Mapping[str, Any]) -> Point:
        """Return the point of the values of the varied paths, with the tied ones."""
        values = dict(drawn)
        first = {path: values[path] for path in SET_FIRST if path in values}
        kind = self.kind(base, first)
        set_to = {self.own_path(path, kind): value for path, value in {**first, **values}.items()}
        error = ""
        for path in self.ties:
            try:
                value = self._tied(path, base, kind, set_to)
            except (ValueError, TfgeomError) as wrong:
                error = error or f"{path}: {wrong}".replace("\n", "; ")
                values[path] = None
                continue
            values[path] = value
            set_to[self.own_path(path, kind)] = value
        return Point(number, base, values, set_to, error)

    def mapping(self, point: Point) -> dict[str, Any]:
        """Return the changed design of a point; raise DesignError where it has none."""
        return set_paths(self.bases[point.base], point.set_to)

    def changed(self, point: Point) -> Changed:
        """Return what a worker evaluates of a point."""
        return Changed(self.bases[point.base], self.folders[point.base], point.set_to)

    def key(self, point: Point, fidelity: str) -> str:
        """Return what two points share that are one evaluation: SHA-256 of resolved design and model."""
        try:
            design = design_from_mapping(self.mapping(point), folder=self.folders[point.base])
            said = design_sha256(design)
        except TfgeomError:
            said = json.dumps([point.base, point.set_to], default=str)
        return hashlib.sha256(f"{__version__} {fidelity} {said}".encode()).hexdigest()

    def quick_key(self, point: Point, fidelity: str) -> str:
        """Return a key as `key` does, by the values as the table has them: a thousandth of the time."""
        cells = [self.columns[path].cell(value) for path, value in point.values.items()]
        said = json.dumps([point.base, cells], default=str)
        return hashlib.sha256(f"{__version__} {fidelity} {said}".encode()).hexdigest()

    def is_path(self, name: str) -> bool:
        """Return whether a name is a path of the designs and not a number of their results."""
        known = name in self.spec.vary or name in self.spec.ties
        return known or any(not locate(mapping, name)[1] for mapping in self.bases)

    def sized(self, name: str, point: Point) -> Sized:
        """Return the quantity of a path in a point."""
        return self._sized(name, point.base, self.kind(point.base, point.values), point.set_to)

    def _some(self) -> Iterator[int]:
        """Yield a few points of every base, that columns may find their units in."""
        step = max(1, self.spec.draws // 8)
        yield from range(0, len(self), step)

    def _kinds_of_relief(self) -> frozenset[str]:
        """Return the kinds of relief among the points."""
        found: set[str] = set()
        for base in range(len(self.bases)):
            choices = [
                {path: value}
                for path in SET_FIRST
                if path in self.spec.vary
                for value in self.spec.vary[path].values
            ]
            found |= {self.kind(base, choice) for choice in choices or [{}]}
        return frozenset(found)

    def kind(self, base: int, values: Mapping[str, Any]) -> str:
        """Return the kind of relief of a design with values of varied paths."""
        section = values.get("relief", self.bases[base].get("relief"))
        own = section.get("kind") if isinstance(section, Mapping) else None
        return kind_of(values.get("relief.kind", own))

    def own_path(self, path: str, kind: str) -> str:
        """Return a path as a kind of relief has it, where there are several."""
        head, _, key = path.partition(".")
        return (
            f"relief.{key_in_kind(key, kind)}" if head == "relief" and key and len(self._kinds) > 1 else path
        )

    def _tied(self, path: str, base: int, kind: str, set_to: Mapping[str, Any]) -> str | float:
        """Return the value of a tied path; raise ValueError or TfgeomError where it has none."""
        found = self.ties[path](lambda name: self._sized(name, base, kind, set_to))
        return from_base_units(found.value, found.made_of)

    def _sized(self, name: str, base: int, kind: str, set_to: Mapping[str, Any]) -> Sized:
        path = self.own_path(name, kind)
        value = set_to.get(path)
        if value is None:
            mapping = set_paths(self.bases[base], set_to)
            place, rest = locate(mapping, path)
            if rest and path.startswith("relief."):
                mapping = {"relief": restated(mapping["relief"], lambda _: "").section}
                place, rest = locate(mapping, path)
            if rest:
                set_path(self.bases[base], path, None)  # says what is not there
                raise DesignError.at(path, "is not said in the design; give it there")
            value = value_at(mapping, place)
        if isinstance(value, Mapping):
            value = value.get("value")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return Sized(float(value))
        quantity = split_quantity(value)
        if quantity is None:
            raise ValueError(f"'{name}' is '{value!s:.40}', which is no quantity")
        return Sized(*in_base_units(*quantity))

    def _ordered_ties(self) -> dict[str, Arithmetic]:
        """Return the ties, each after those that it needs."""
        read: dict[str, Arithmetic] = {}
        for path, text in self.spec.ties.items():
            if path in self.spec.vary:
                raise self.spec.wrong(self._place(path), "is varied too; keep values or tie")
            try:
                read[path] = read_sized(text)
            except ValueError as error:
                raise self.spec.wrong(self._place(path), str(error)) from error
            if not read[path].names:
                message = f"'{text}' names no other path; for one value write a list: [{text}]"
                raise self.spec.wrong(self._place(path), message)
        ordered: dict[str, Arithmetic] = {}

        def put(path: str, above: tuple[str, ...]) -> None:
            if path in above:
                circle = " -> ".join((*above[above.index(path) :], path))
                raise self.spec.wrong(
                    self._place(path), f"ties go in a circle: {circle}; give one of them values"
                )
            for name in read[path].names:
                if name in read:
                    put(name, (*above, path))
            ordered.setdefault(path, read[path])

        for path in read:
            put(path, ())
        return ordered

    def _place(self, path: str) -> str:
        tied = f"ties.{path}"
        return tied if tied in self.spec.origin.positions else f"vary.{path}"

    def _constraint(self, number: int, text: str) -> Constraint:
        try:
            return read_constraint(text)
        except ValueError as error:
            raise self.spec.wrong(f"constraints.{number}", str(error)) from error

    def _require_paths(self, base: int) -> None:
        """Refuse paths that a design does not have, and two of which one undoes what the other set."""
        mapping = self.bases[base]
        choice = {path: axis.values[0] for path, axis in self.spec.vary.items() if path in SET_FIRST}
        kind = self.kind(base, choice)
        varied = [*choice, *(path for path in self.spec.vary if path not in choice), *self.ties]
        changed: Mapping[str, Any] = mapping
        with contextlib.suppress(DesignError):  # told below, where its path is tried
            changed = set_paths(mapping, choice)
        for path in varied:
            value = self.spec.vary[path].values[0] if path in self.spec.vary else None
            try:
                set_path(changed, self.own_path(path, kind), value)
            except DesignError as error:
                wrong = DesignError([replace(error.issues[0], path=self._place(path))])
                raise wrong.located(self.spec.origin.file, dict(self.spec.origin.positions)) from error
        self._require_own_places(changed, varied, kind)
        for path, tie in self.ties.items():
            for name in tie.names:
                if name not in (*self.spec.vary, *self.ties):
                    try:
                        self._sized(name, base, kind, choice)
                    except ValueError as error:
                        raise self.spec.wrong(self._place(path), str(error)) from error
                    except DesignError as error:
                        message = f"'{name}': {error.issues[0].message}"
                        raise self.spec.wrong(self._place(path), message) from error

    def _require_units(self) -> None:
        """Refuse ties and constraints whose units do not fit, by the first point of every design."""
        for number in range(0, len(self), self.spec.draws):
            point = self.point(number)
            kind = self.kind(point.base, point.values)
            for path in self.ties:
                try:
                    self._tied(path, point.base, kind, point.set_to)
                except UnitsError as error:
                    raise self.spec.wrong(self._place(path), str(error)) from error
                except (ValueError, TfgeomError):  # its own row tells
                    continue

            def lookup(name: str, point: Point = point) -> Sized:
                return self.sized(name, point) if self.is_path(name) else Sized(1.0)

            for place, constraint in enumerate(self.constraints if not point.error else ()):
                try:
                    constraint.miss(lookup)
                except UnitsError as error:
                    raise self.spec.wrong(f"constraints.{place}", str(error)) from error
                except (ValueError, TfgeomError):
                    continue

    def _require_own_places(self, mapping: Mapping[str, Any], varied: list[str], kind: str) -> None:
        changed = mapping
        places: dict[str, Location] = {}
        for path in varied:
            if path == "relief.kind":
                continue
            undone = None
            own = self.own_path(path, kind)
            value = self.spec.vary[path].values[0] if path in self.spec.vary else None
            try:
                changed = set_path(changed, own, value)
            except DesignError:
                undone = next(reversed(places))  # alone it can be set
            place, _ = locate(changed, own)
            for other, its in places.items():
                overlap = place[: len(its)] == its or its[: len(place)] == place
                if other == "relief":
                    continue
                if overlap or locate(changed, self.own_path(other, kind))[1]:
                    undone = other
            if undone is not None:
                message = f"changes what '{undone}' sets too; vary one of them"
                raise self.spec.wrong(self._place(path), message)
            places[path] = place
