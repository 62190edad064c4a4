"""The sweep file: which designs, which values are varied, which numbers are wanted.

::

    base: designs/x.yaml
    vary:
      relief.pitch: [4 um, 5 um, 6 um]
      layers.cathode.thickness: {from: 20 nm, to: 200 nm, steps: 7, scale: log}
    method: grid
    outputs: [footprint_capacity_uAh_cm2, asr_ohm_cm2]
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgeom.errors import DesignError, Issue, UnsupportedError
from tfgeom.source import Origin, read_source
from tfgeom.units import split_quantity, unit_ratio
from tfgeom.words import nearest

_KEYS = ("base", "vary", "method", "samples", "seed", "fidelity", "outputs", "constraints", "objectives")
_LATER = ("samples", "seed", "constraints", "objectives")
_METHODS = ("grid", "zip", "sobol", "lhs", "csv")
_MAX_STEPS = 100_000
_MAX_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """A checked sweep file.

    Attributes
    ----------
    base
        Design files, found from the folder of the sweep file.
    vary
        Dotted path to the values it takes, as a design file would hold them.
    fidelity
        Of every evaluation.
    outputs
        Wanted numbers, empty for the default ones.
    origin
        The file and the place of its values.
    """

    base: tuple[Path, ...]
    vary: Mapping[str, tuple[Any, ...]]
    fidelity: str
    outputs: tuple[str, ...]
    origin: Origin

    @property
    def points(self) -> int:
        """Number of evaluations."""
        return len(self.base) * math.prod(len(values) for values in self.vary.values())


def load_sweep(path: str | Path) -> SweepSpec:
    """Return the sweep of a YAML file.

    Raises
    ------
    DesignError
        With every problem found, as ``file:line:column: path: message``.
    UnsupportedError
        If it asks for a method or key that this version does not have.
    """
    mapping, origin = read_source(path).without_issues()
    if "relief" in mapping and not {"base", "vary"} & set(mapping):
        message = (
            f"is a design, not a sweep: 'tfgeom evaluate {path}' computes it; a sweep names it under 'base'"
        )
        raise DesignError([Issue("", message, 1, 1)], origin.file)
    reading = _Reading(mapping)
    spec = SweepSpec(
        base=reading.base(Path(path).parent),
        vary=reading.vary(),
        fidelity=reading.fidelity(),
        outputs=reading.outputs(),
        origin=origin,
    )
    reading.method()
    reading.size(spec.points)
    reading.keys()
    if reading.issues or reading.later:
        kind = DesignError if reading.issues else UnsupportedError
        found = kind([*reading.issues, *reading.later]).located(origin.file, dict(origin.positions))
        ordered = sorted(found.issues, key=lambda issue: (issue.line or 0, issue.column or 0))
        raise kind(ordered, origin.file)
    return spec


class _Reading:
    """Collects what is wrong while the sections are read."""

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self.mapping = mapping
        self.issues: list[Issue] = []
        self.later: list[Issue] = []

    def wrong(self, path: str, message: str) -> None:
        self.issues.append(Issue(path, message))

    def keys(self) -> None:
        for key in self.mapping:
            if key in _LATER:
                self.later.append(Issue(key, f"not yet supported: {key}"))
            elif key not in _KEYS:
                near = nearest(str(key), _KEYS)
                hint = f"did you mean '{near}'? " if near else ""
                self.wrong(str(key), f"unknown key; {hint}known keys: {', '.join(_KEYS)}")

    def base(self, folder: Path) -> tuple[Path, ...]:
        given = self.mapping.get("base")
        names = [name for name in (given if isinstance(given, list) else [given]) if isinstance(name, str)]
        if not names or (isinstance(given, list) and len(names) < len(given)):
            self.wrong("base", "must name a design file, or a list of them: base: designs/x.yaml")
            return ()
        found = []
        for name in names:
            # A design is found from where the command runs, or beside the sweep file.
            candidates = [Path(name), folder / name]
            existing = [candidate for candidate in candidates if candidate.is_file()]
            if existing:
                found.append(existing[0])
            else:
                self.wrong("base", f"no file '{name}' here or in '{folder}'; give the path of a design file")
        return tuple(found)

    def method(self) -> None:
        method = self.mapping.get("method", "grid")
        if method not in _METHODS:
            self.wrong("method", f"'{method}' is not known; write 'method: grid' (all combinations)")
        elif method != "grid":
            self.later.append(Issue("method", f"not yet supported: {method}; use grid"))

    def size(self, points: int) -> None:
        if points > _MAX_POINTS:
            self.wrong("vary", f"makes {points:.3g} points; use fewer values, at most {_MAX_POINTS} points")

    def fidelity(self) -> str:
        fidelity = self.mapping.get("fidelity", "analytic")
        if fidelity == "fem":
            self.later.append(Issue("fidelity", "not yet supported in sweeps: fem; use analytic or film"))
        elif fidelity not in ("analytic", "film"):
            self.wrong("fidelity", f"{fidelity!r:.60} is not known; use analytic or film")
        return str(fidelity)

    def outputs(self) -> tuple[str, ...]:
        given = self.mapping.get("outputs", [])
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            self.wrong("outputs", "must be a list of keys such as [footprint_capacity_uAh_cm2, asr_ohm_cm2]")
            return ()
        return tuple(given)

    def vary(self) -> dict[str, tuple[Any, ...]]:
        given = self.mapping.get("vary")
        if not isinstance(given, Mapping) or not given:
            self.wrong("vary", "must map paths to values: vary: {relief.pitch: [4 um, 5 um]}")
            return {}
        return {str(path): self._values(str(path), values) for path, values in given.items()}

    def _values(self, path: str, given: Any) -> tuple[Any, ...]:
        place = f"vary.{path}"
        if isinstance(given, Mapping):
            return self._range(place, given)
        if not isinstance(given, list) or not given:
            self.wrong(place, "must be a list of values, or {from: 20 nm, to: 200 nm, steps: 7, scale: log}")
            return ()
        return tuple(given)

    def _range(self, place: str, given: Mapping[str, Any]) -> tuple[Any, ...]:
        known = ("from", "to", "steps", "scale")
        unknown = [key for key in given if key not in known]
        missing = [key for key in known[:3] if key not in given]
        if unknown or missing:
            said = f"unknown {', '.join(map(str, unknown))}" if unknown else f"lacks {', '.join(missing)}"
            self.wrong(place, f"a range {said}; write {{from: 20 nm, to: 200 nm, steps: 7, scale: log}}")
            return ()
        steps, scale = given["steps"], given.get("scale", "linear")
        if not isinstance(steps, int) or isinstance(steps, bool) or not 2 <= steps <= _MAX_STEPS:
            self.wrong(f"{place}.steps", f"must be a whole number of 2 to {_MAX_STEPS}, not {steps!r:.60}")
            return ()
        if scale not in ("linear", "log"):
            self.wrong(f"{place}.scale", f"{scale!r:.60} is not known; use linear or log")
            return ()
        try:
            first, last, unit = _ends(given["from"], given["to"])
            if scale == "log" and min(first, last) <= 0:
                raise ValueError("a logarithmic range must stay above 0; use scale: linear")
        except ValueError as error:
            self.wrong(place, str(error))
            return ()
        return _spread(first, last, steps, scale == "log", unit)


def _ends(first: Any, last: Any) -> tuple[float, float, str]:
    if all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in (first, last)):
        if not (math.isfinite(first) and math.isfinite(last)):
            raise ValueError(f"'from: {first}' and 'to: {last}' must be finite numbers")
        return float(first), float(last), ""
    start, end = split_quantity(first), split_quantity(last)
    if start is None or end is None:
        raise ValueError(f"'from: {first}' and 'to: {last}' must both be numbers with units, or both bare")
    ratio = unit_ratio(end[1], start[1])
    return start[0], float(f"{end[0] * ratio:.12g}"), start[1]


def _spread(first: float, last: float, steps: int, log: bool, unit: str) -> tuple[Any, ...]:
    shares = [step / (steps - 1) for step in range(steps)]
    if log:
        numbers = [first * (last / first) ** share for share in shares]
    else:
        numbers = [first + (last - first) * share for share in shares]
    rounded = [float(f"{number:.10g}") for number in numbers]
    return tuple(f"{number!r} {unit}" if unit else number for number in rounded)
