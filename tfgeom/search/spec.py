"""The keys of a search in a sweep file: ``objectives``; or ``target``, ``free`` and ``limits``.

::

    base: designs/x.yaml
    vary: {relief.pitch: {from: 3 um, to: 8 um}}
    objectives: {footprint_energy_mWh_cm2: maximize, asr_ohm_cm2: minimize}

    base: designs/x.yaml
    target: {footprint_capacity: 1 mAh/cm^2}
    free: [relief.depth, layers.cathode.thickness]        # or each with {from, to, scale}
    limits: {gap_aspect_ratio: 30, wall: 500 nm}          # or "<= 30", ">= 500 nm"
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgeom.batch.outputs import read_output
from tfgeom.design import read_mapping
from tfgeom.design.paths import locate, value_at
from tfgeom.errors import DesignError, Issue, UnsupportedError
from tfgeom.results import Result, all_results
from tfgeom.source import Origin
from tfgeom.sweep.spec import SEARCHED, SweepSpec, read_sweep_file, sweep_of
from tfgeom.units import split_quantity, unit_ratio

_WAYS = ("maximize", "minimize")
_OBJECTIVES = "objectives: {footprint_energy_mWh_cm2: maximize, asr_ohm_cm2: minimize}"
_TARGET = "target: {footprint_capacity: 1 mAh/cm^2}"
_FREE = "free: [relief.depth, layers.cathode.thickness]"
_NOT_SEARCHED = ("method", "points", "then")
_AT_LEAST = re.compile(
    r"wall|gap_after|free_reach|plating_room|capacity|energy|current|utilisation|gain|held|power"
)
_AT_MOST = re.compile(r"aspect_ratio|asr|resistance|height|stack|time|minutes|swelling|mass|lost")
_SIGN = re.compile(r"\s*(<=|>=|≤|≥)\s*(.+)")
_REACH = 100.0
"""How far a free size without a range goes from where it stands, as a factor either way."""
FEWEST = 16
"""Designs that a search takes at least."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A number to be made large or small."""

    name: str
    is_largest_best: bool

    @property
    def sign(self) -> float:
        """What makes less better."""
        return -1.0 if self.is_largest_best else 1.0

    @property
    def way(self) -> str:
        """What the sweep file says of it."""
        return "maximize" if self.is_largest_best else "minimize"


@dataclass(frozen=True, slots=True)
class SearchSpec:
    """A search for the best: the sweep whose ranges it looks through, and what is best.

    Attributes
    ----------
    sweep
        The rest of the file.
    objectives
        In the order of the file.
    samples
        Of the screen, 0 where the file does not say.
    """

    sweep: SweepSpec
    objectives: tuple[Objective, ...]
    samples: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a design must keep; ``value`` is in the unit of the number."""

    name: str
    value: float
    is_least: bool

    @property
    def text(self) -> str:
        """It as a comparison."""
        return f"{self.name} {'>=' if self.is_least else '<='} {self.value:.6g}"


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """A search for a design that holds a number.

    Attributes
    ----------
    sweep
        The rest of the file, with the free sizes as its ranges.
    target
        The number, and the value in its unit.
    limits
        What has to be kept.
    start
        Where each free size stands in the base, as a share of its range.
    """

    sweep: SweepSpec
    target: tuple[str, float]
    limits: tuple[Limit, ...]
    start: tuple[float, ...]


def load_search(path: str | Path) -> SearchSpec | TargetSpec:
    """Return the search of a YAML file.

    Raises
    ------
    DesignError
        With every problem found, as ``file:line:column: path: message``.
    UnsupportedError
        If it asks for a key that this version does not have.
    """
    mapping, origin = read_sweep_file(path)
    return _Reading(mapping, origin).search(str(path))


class _Reading:
    """Collects what is wrong with the keys of a search."""

    def __init__(self, mapping: Mapping[str, Any], origin: Origin) -> None:
        self.mapping = mapping
        self.origin = origin
        self.issues: list[Issue] = []

    def search(self, path: str) -> SearchSpec | TargetSpec:
        """Return what the file says."""
        given = set(self.mapping) & set(SEARCHED)
        if not given & {"objectives", "target"}:
            message = f"says nothing to search for; write {_OBJECTIVES}, or {_TARGET}"
            self._wrong("", f"{message}; 'tfgeom sweep {path}' runs it as it is")
        elif "objectives" in given and len(given) > 1:
            other = next(key for key in self.mapping if key in given and key != "objectives")
            self._wrong(
                other, "stands beside objectives; a search is for the best, or for a target: keep one"
            )
        elif "objectives" not in given and "fidelity" in self.mapping:
            self._wrong("fidelity", "is analytic for a target; remove it")
        rest = {key: one for key, one in self.mapping.items() if key not in SEARCHED}
        for key in _NOT_SEARCHED:
            if key in rest:
                self._wrong(key, "is for a sweep; a search chooses its points itself: remove it")
                del rest[key]
        if "objectives" in given:
            return self._best(rest)
        return self._target(rest)

    def _wrong(self, path: str, message: str) -> None:
        self.issues.append(Issue(path, message))

    def _best(self, rest: Mapping[str, Any]) -> SearchSpec:
        objectives = self._objectives()
        screen = rest.get("samples", FEWEST)
        sweep = sweep_of({**rest, "method": "sobol", "samples": screen}, self.origin, self.issues)
        if sweep.fidelity != "analytic":
            lacking = UnsupportedError.lacking(
                "fidelity",
                f"a search at fidelity {sweep.fidelity}",
                "leave it out, and evaluate the front with 'tfgeom sweep' at that fidelity",
            )
            raise lacking.located(self.origin.file, dict(self.origin.positions))
        return SearchSpec(sweep, objectives, sweep.samples if "samples" in rest else 0)

    def _objectives(self) -> tuple[Objective, ...]:
        given = self.mapping.get("objectives")
        if not isinstance(given, Mapping) or not given:
            self._wrong("objectives", f"must map numbers to {' or '.join(_WAYS)}: {_OBJECTIVES}")
            return ()
        found = []
        for name, way in given.items():
            place = f"objectives.{name}"
            if way not in _WAYS:
                self._wrong(place, f"'{way!s:.40}' is not known; write {' or '.join(_WAYS)}")
                continue
            self._number(str(name), place)
            found.append(Objective(str(name), way == "maximize"))
        return tuple(found)

    def _number(self, name: str, place: str) -> None:
        try:
            read_output(name)
        except DesignError as error:
            self._wrong(place, error.issues[0].message)

    def _target(self, rest: Mapping[str, Any]) -> TargetSpec:
        given = self.mapping.get("target")
        target = ("", 0.0)
        if not isinstance(given, Mapping) or len(given) != 1:
            self._wrong("target" if "target" in self.mapping else "", f"must be one number: {_TARGET}")
        else:
            name, value = next(iter(given.items()))
            target = self._stated(str(name), value, f"target.{name}") or target
        limits = self._limits()
        vary, start = self._free(rest)
        if "vary" in rest:
            self._wrong("vary", "stands beside a target, whose sizes are 'free'; move them there")
        if "samples" in rest or "seed" in rest:
            self._wrong("samples" if "samples" in rest else "seed", "is for objectives; remove it")
        asked = {key: one for key, one in rest.items() if key not in ("vary", "samples", "seed", "fidelity")}
        if not vary:  # what else is wrong is told with it
            vary = {"name": ["x"]}
        sweep = sweep_of(
            {**asked, "vary": vary, "method": "sobol", "samples": FEWEST}, self.origin, self.issues
        )
        return TargetSpec(sweep, target, limits, start)

    def _limits(self) -> tuple[Limit, ...]:
        given = self.mapping.get("limits", {})
        if not isinstance(given, Mapping):
            self._wrong("limits", "must map numbers to values: limits: {gap_aspect_ratio: 30, wall: 500 nm}")
            return ()
        found = []
        for name, value in given.items():
            place = f"limits.{name}"
            signed = _SIGN.fullmatch(value) if isinstance(value, str) else None
            stated = self._stated(str(name), signed[2] if signed else value, place)
            if stated is None:
                continue
            if signed:
                is_least = signed[1] in (">=", "≥")
            elif _AT_MOST.search(stated[0]) or _AT_LEAST.search(stated[0]):
                is_least = _AT_MOST.search(stated[0]) is None
            else:
                self._wrong(place, f"may be a least or a most; write '>= {value}' or '<= {value}'")
                continue
            found.append(Limit(*stated, is_least))
        return tuple(found)

    def _stated(self, name: str, value: Any, place: str) -> tuple[str, float] | None:
        """Return the whole name of a number and a value in its unit; None where one cannot be read."""
        found = _declared(name)
        if found is None:
            self._number(name, place)
            whole, unit = name, ""
            if self.issues and self.issues[-1].path == place:
                return None
        else:
            whole, unit = found.name if _is_only(found.name) else found.path, found.declared.unit
        number = _in_unit(value, unit, is_bare_fine=found is None or name.endswith(whole))
        if isinstance(number, str):
            self._wrong(place, number)
            return None
        return whole, number

    def _free(self, rest: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[float, ...]]:
        given = self.mapping.get("free")
        ranges = (
            given if isinstance(given, Mapping) else dict.fromkeys(given) if isinstance(given, list) else {}
        )
        if not ranges or not all(isinstance(path, str) for path in ranges):
            self._wrong(
                "free" if "free" in self.mapping else "", f"a target needs sizes that may change: {_FREE}"
            )
            return {}, ()
        name = rest.get("base")
        folder = Path(self.origin.file or "").parent
        files = [one for one in (Path(str(name)), folder / str(name)) if one.is_file()]
        if not files:  # told with the rest of the file
            if isinstance(name, list):
                self._wrong("base", "is a list; a target starts from one design")
            return {}, ()
        mapping, _ = read_mapping(files[0])
        vary: dict[str, Any] = {}
        start = []
        for number, (path, one) in enumerate(ranges.items()):
            place = f"free.{path}" if isinstance(given, Mapping) else f"free.{number}"
            place = place if place in self.origin.positions else "free"
            location, left = locate(mapping, path)
            held = None if left else value_at(mapping, location)
            held = held.get("value") if isinstance(held, Mapping) else held
            quantity = split_quantity(held) or (
                (float(held), "") if isinstance(held, (int, float)) and not isinstance(held, bool) else None
            )
            if one is None and (quantity is None or quantity[0] <= 0):
                if left:
                    vary[path] = {"from": 1.0, "to": 2.0}  # the plan says what is there
                    continue
                self._wrong(
                    place,
                    f"is '{held!s:.40}' in the design, from where no range follows; give one: "
                    f"free: {{{path}: {{from: 1 um, to: 10 um}}}}",
                )
                continue
            vary[path], share = _range(one, quantity, _REACH)
            start.append(share)
        return vary, tuple(start)


def _range(given: Any, held: tuple[float, str] | None, reach: float) -> tuple[Any, float]:
    """Return the range of a free size as a sweep file has it, and where it stands in it, from 0 to 1."""
    if given is None and held is not None:
        first, last = held[0] / reach, held[0] * reach
        unit = f" {held[1]}" if held[1] else ""
        ends: tuple[Any, Any] = (f"{first!r}{unit}", f"{last!r}{unit}") if unit else (first, last)
        return {"from": ends[0], "to": ends[1], "scale": "log"}, 0.5
    if not isinstance(given, Mapping) or held is None:
        return given, 0.5
    try:
        first, last = (_end(given.get(key), held[1]) for key in ("from", "to"))
        if given.get("scale", "linear") == "log":
            share = math.log(held[0] / first) / math.log(last / first)
        else:
            share = (held[0] - first) / (last - first)
    except (ValueError, TypeError, ArithmeticError):  # told where the range is read
        return given, 0.5
    return given, min(max(share, 0.0), 1.0)


def _end(given: Any, unit: str) -> float:
    """Return an end of a range in a unit; raise ValueError or TypeError where it has none."""
    quantity = split_quantity(given)
    if quantity is None:
        return float("" if given is None else given)
    return quantity[0] * unit_ratio(quantity[1], unit)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain(result: Result) -> str:
    """Return the name of a number without its unit."""
    unit = result.declared.unit
    if not unit:
        return result.name
    return re.sub(rf"_{re.escape(_slug(unit))}$", "", result.name)


def _slug(unit: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", unit.replace("^", "").replace("%", "pct")).strip("_")


def _is_only(name: str) -> bool:
    return sum(one.name == name for one in all_results()) == 1


def _declared(name: str) -> Result | None:
    """Return the number of a name with or without its unit; None for none, or several."""
    for said in (lambda one: one.path, lambda one: one.name, _plain):
        asked: Callable[[Result], str] = said
        found = [one for one in all_results() if asked(one) == name]
        if len(found) == 1:
            return found[0]
    return None


def _in_unit(value: Any, unit: str, *, is_bare_fine: bool) -> float | str:
    """Return a value in a unit; a message where that cannot be."""
    if _is_number(value):
        if unit and not is_bare_fine:
            return f"{value} has no unit; write it with one, as '{value} {unit}'"
        return float(value) if math.isfinite(value) else f"must be a finite number, not {value}"
    quantity = split_quantity(value)
    if quantity is None:
        return f"'{value!s:.60}' is no number; write one, as {f'1 {unit}' if unit else '30'}"
    if not unit:
        return f"'{value!s:.60}' has a unit and this number has none; write {quantity[0]:g}"
    try:
        return quantity[0] * unit_ratio(quantity[1], unit)
    except ValueError:
        return f"'{value!s:.60}' is not in a unit of it; write it in {unit} or what converts to that"
