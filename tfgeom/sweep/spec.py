"""The sweep file: which designs, which values are varied, which numbers are wanted.

::

    base: designs/x.yaml                  # or a list of designs
    vary:
      relief.pitch: [4 um, 5 um, 6 um]
      layers.cathode.thickness: {from: 20 nm, to: 200 nm, steps: 7, scale: log}
    ties:
      relief.diameter: relief.pitch - 0.5 um
    method: grid                          # zip, sobol, lhs; csv with 'points: file.csv' instead of vary
    constraints: [gap_after_coating_nm > 200]
    outputs: [footprint_capacity_uAh_cm2, asr_ohm_cm2]
    fidelity: analytic
    then: {fidelity: film, best: 20, by: footprint_energy_mWh_cm2}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgeom.design import read_mapping, set_path
from tfgeom.design.keys import example_of
from tfgeom.design.paths import locate, value_at
from tfgeom.errors import DesignError, Issue, UnsupportedError
from tfgeom.source import Origin, read_source
from tfgeom.sweep.axes import Axis, AxisError, read_axis
from tfgeom.sweep.draws import SAMPLED, count_draws
from tfgeom.sweep.points_file import read_points
from tfgeom.units import split_quantity
from tfgeom.words import nearest

_LATER = ("bands",)
SEARCHED = ("objectives", "target", "free", "limits")
"""Keys of a search, which `tfgeom.search` reads."""
_KEYS = (
    "base",
    "vary",
    "ties",
    "method",
    "samples",
    "seed",
    "points",
    "constraints",
    "outputs",
    "fidelity",
    "then",
    *_LATER,
)
_METHODS = ("grid", "zip", "sobol", "lhs", "csv")
_FIDELITIES = ("analytic", "film", "fem")
_WAYS = ("maximize", "minimize")
_THEN = "then: {fidelity: film, best: 20, by: footprint_energy_mWh_cm2}"
_MAX_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Then:
    """A second stage: the best points of the first one again, at another fidelity.

    Attributes
    ----------
    fidelity
        Of it.
    best
        How many points.
    by
        The number that ranks them.
    is_largest_best
        Whether a larger one is better.
    """

    fidelity: str
    best: int
    by: str
    is_largest_best: bool = True


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """A checked sweep file.

    Attributes
    ----------
    base
        Design files, found from where the command runs or from the folder of the sweep file.
    vary
        Dotted path to the values it takes.
    ties
        Dotted path to the arithmetic in other paths that gives it.
    method, samples, seed
        How points are made of the values, as `tfgeom.sweep.draws.draw` takes them.
    fidelity
        Of every evaluation of the first stage.
    then
        The second stage, if any.
    outputs
        Wanted numbers, empty for the default ones.
    constraints
        Comparisons that a row must meet.
    origin
        The file and the place of its values.
    points_file
        The file of points of method csv.
    """

    base: tuple[Path, ...]
    vary: Mapping[str, Axis]
    ties: Mapping[str, str]
    method: str
    samples: int
    seed: int
    fidelity: str
    then: Then | None
    outputs: tuple[str, ...]
    constraints: tuple[str, ...]
    origin: Origin
    points_file: Path | None = None

    @property
    def draws(self) -> int:
        """Number of points of one base."""
        return count_draws(self.vary, self.method, self.samples)

    @property
    def points(self) -> int:
        """Number of evaluations of the first stage."""
        return len(self.base) * self.draws

    def wrong(self, path: str, message: str) -> DesignError:
        """Return the error of a place in the file."""
        return DesignError.at(path, message).located(self.origin.file, dict(self.origin.positions))


def load_sweep(path: str | Path) -> SweepSpec:
    """Return the sweep of a YAML file.

    Raises
    ------
    DesignError
        With every problem found, as ``file:line:column: path: message``.
    UnsupportedError
        If it asks for a key that this version does not have.
    """
    mapping, origin = read_sweep_file(path)
    found = [
        Issue(key, f"is for a search, which 'tfgeom optimize {path}' runs; a sweep goes without it")
        for key in SEARCHED
        if key in mapping
    ]
    return sweep_of({key: given for key, given in mapping.items() if key not in SEARCHED}, origin, found)


def read_sweep_file(path: str | Path) -> tuple[dict[str, Any], Origin]:
    """Return the mapping of a sweep file and the place of its values; raise DesignError for a design."""
    mapping, origin = read_source(path).without_issues()
    if "relief" in mapping and not {"base", "vary"} & set(mapping):
        message = (
            f"is a design, not a sweep: 'tfgeom evaluate {path}' computes it; a sweep names it under 'base'"
        )
        raise DesignError([Issue("", message, 1, 1)], origin.file)
    return mapping, origin


def sweep_of(mapping: Mapping[str, Any], origin: Origin, wrong: Sequence[Issue] = ()) -> SweepSpec:
    """Return the sweep of a mapping; raise as `load_sweep`, with what is wrong already among the problems."""
    reading = _Reading(mapping, Path(origin.file or "").parent)
    reading.issues += wrong
    spec = reading.spec(origin)
    if reading.issues or reading.later:
        kind = DesignError if reading.issues else UnsupportedError
        found = kind([*reading.issues, *reading.later]).located(origin.file, dict(origin.positions))
        ordered = sorted(found.issues, key=lambda issue: (issue.line or 0, issue.column or 0))
        raise kind(ordered, origin.file)
    return spec


class _Reading:
    """Collects what is wrong while the sections are read."""

    def __init__(self, mapping: Mapping[str, Any], folder: Path) -> None:
        self.mapping = mapping
        self.folder = folder
        self.points_file: Path | None = None
        self.issues: list[Issue] = []
        self.later: list[Issue] = []

    def spec(self, origin: Origin) -> SweepSpec:
        """Return what the file says; what is wrong with it is in `issues` and `later`."""
        self._keys()
        base, method = self._base(), self._method()
        samples = self._whole("samples", 0, 1) if method in SAMPLED else 0
        vary, ties = self._vary(method, base)
        spec = SweepSpec(
            base=base,
            vary=vary,
            ties=ties,
            method=method,
            samples=samples,
            seed=self._whole("seed", 0, 0),
            fidelity=self._fidelity("fidelity", self.mapping.get("fidelity", "analytic")),
            then=self._then(),
            outputs=self._texts("outputs", "keys such as [footprint_capacity_uAh_cm2, asr_ohm_cm2]"),
            constraints=self._texts("constraints", "comparisons such as ['gap_after_coating_nm > 200']"),
            origin=origin,
            points_file=self.points_file,
        )
        self._samples(method, samples)
        if spec.points > _MAX_POINTS:
            message = f"makes {spec.points:.3g} points; use fewer values, at most {_MAX_POINTS} points"
            self._wrong("samples" if method in SAMPLED else "vary", message)
        return spec

    def _wrong(self, path: str, message: str) -> None:
        self.issues.append(Issue(path, message))

    def _keys(self) -> None:
        for key in self.mapping:
            if key in _LATER:
                self.later.append(Issue(key, f"not yet supported: {key}"))
            elif key not in _KEYS:
                near = nearest(str(key), _KEYS)
                hint = f"did you mean '{near}'? " if near else ""
                self._wrong(str(key), f"unknown key; {hint}known keys: {', '.join(_KEYS)}")

    def _base(self) -> tuple[Path, ...]:
        given = self.mapping.get("base")
        names = [name for name in (given if isinstance(given, list) else [given]) if isinstance(name, str)]
        if not names or (isinstance(given, list) and len(names) < len(given)):
            self._wrong("base", "must name a design file, or a list of them: base: designs/x.yaml")
            return ()
        found = [self._file("base", name, "a design file") for name in names]
        return tuple(one for one in found if one is not None)

    def _file(self, key: str, name: str, what: str) -> Path | None:
        """Return a file, found from where the command runs or beside the sweep file."""
        for candidate in (Path(name), self.folder / name):
            if candidate.is_file():
                return candidate
        self._wrong(key, f"no file '{name}' here or in '{self.folder}'; give the path of {what}")
        return None

    def _method(self) -> str:
        method = self.mapping.get("method", "grid")
        if method not in _METHODS:
            message = f"'{method}' is not known; write 'method: grid' (all combinations), or "
            self._wrong("method", f"{message}{', '.join(_METHODS[1:])}")
            return "grid"
        return str(method)

    def _whole(self, key: str, default: int, least: int) -> int:
        given = self.mapping.get(key, default)
        if not isinstance(given, int) or isinstance(given, bool) or given < min(least, default):
            self._wrong(key, f"must be a whole number of {least} or more, not {given!r:.60}")
            return default
        return given

    def _samples(self, method: str, samples: int) -> None:
        if method not in SAMPLED:
            for key in ("samples", "seed"):
                if key in self.mapping:
                    self._wrong(key, f"is for method sobol or lhs, and this is {method}; remove it")
        elif samples < 1:
            self._wrong(
                "samples" if "samples" in self.mapping else "method", "needs samples, as 'samples: 64'"
            )
        elif method == "sobol" and samples & (samples - 1):
            near = 1 << (samples.bit_length() - 1)
            message = f"{samples} is no power of two, and only then do Sobol' points fill the ranges evenly"
            self._wrong("samples", f"{message}; use {near} or {2 * near}, or method lhs")

    def _fidelity(self, place: str, given: Any) -> str:
        if given not in _FIDELITIES:
            self._wrong(place, f"{given!r:.60} is not known; use {', '.join(_FIDELITIES)}")
        return str(given)

    def _then(self) -> Then | None:
        given = self.mapping.get("then")
        if given is None and "then" not in self.mapping:
            return None
        if not isinstance(given, Mapping) or not {"fidelity", "best", "by"} >= set(given):
            self._wrong("then", f"must say which points again and how: {_THEN}")
            return None
        missing = [key for key in ("fidelity", "best", "by") if key not in given]
        if missing:
            self._wrong("then", f"lacks {', '.join(missing)}; write {_THEN}")
            return None
        best, by, way = given["best"], given["by"], "maximize"
        if isinstance(by, Mapping) and len(by) == 1:
            by, way = next(iter(by.items()))
        if not isinstance(by, str) or way not in _WAYS:
            self._wrong("then.by", "must name a number, or {asr_ohm_cm2: minimize} where less is better")
            return None
        if not isinstance(best, int) or isinstance(best, bool) or best < 1:
            self._wrong("then.best", f"must be a whole number of 1 or more, not {best!r:.60}")
            return None
        fidelity = self._fidelity("then.fidelity", given["fidelity"])
        if fidelity == self.mapping.get("fidelity", "analytic"):
            self._wrong("then.fidelity", f"is that of all points, {fidelity}; give another")
        return Then(fidelity, best, by, way == "maximize")

    def _texts(self, key: str, what: str) -> tuple[str, ...]:
        given = self.mapping.get(key, [])
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            self._wrong(key, f"must be a list of {what}")
            return ()
        return tuple(given)

    def _vary(self, method: str, base: tuple[Path, ...]) -> tuple[dict[str, Axis], dict[str, str]]:
        given, axes = self.mapping.get("vary"), {}
        tied = self.mapping.get("ties", {})
        if not isinstance(tied, Mapping) or not all(isinstance(one, str) for one in tied.values()):
            self._wrong(
                "ties", "must map paths to arithmetic: ties: {relief.diameter: relief.pitch - 0.5 um}"
            )
            tied = {}
        ties = {str(path): str(text) for path, text in tied.items()}
        if method == "csv":
            return self._listed(base), ties
        if "points" in self.mapping:
            self._wrong("points", f"is for method csv, and this is {method}; write 'method: csv'")
        if not isinstance(given, Mapping) or not given:
            self._wrong("vary", "must map paths to values: vary: {relief.pitch: [4 um, 5 um]}")
            return {}, ties
        for path, values in given.items():
            if (
                isinstance(values, str)
                and any(sign in values for sign in "+-*/(.")
                and not split_quantity(values)
            ):
                ties.setdefault(str(path), values)
                continue
            try:
                axes[str(path)] = read_axis(values, is_sampled=method in SAMPLED)
            except AxisError as error:
                self._wrong(".".join(part for part in ("vary", str(path), error.key) if part), str(error))
        lengths = {path: len(axis.values) for path, axis in axes.items()}
        if method == "zip" and len(set(lengths.values())) > 1:
            listed = ", ".join(f"{path} has {length}" for path, length in lengths.items())
            self._wrong("vary", f"a zip takes lists of one length, and {listed}; or use method grid")
        return axes, ties

    def _listed(self, base: tuple[Path, ...]) -> dict[str, Axis]:
        """Return the paths and values of a file of points."""
        if "vary" in self.mapping:
            self._wrong("vary", "stands beside a file of points, which says what varies; remove it")
            return {}
        name = self.mapping.get("points")
        if not isinstance(name, str):
            self._wrong(
                "points" if "points" in self.mapping else "method", "needs a file, as 'points: x.csv'"
            )
            return {}
        path = self._file("points", name, "a CSV file")
        self.points_file = path
        if path is None or not base:
            return {}
        design, _ = read_mapping(base[0])
        return read_points(path, lambda one: _example(design, one))


def _example(design: Mapping[str, Any], path: str) -> Any:
    """Return what a path holds or could hold; empty text where that has no unit, None for no such path."""
    try:
        changed = set_path(design, path, None)
    except DesignError:
        return None
    place, rest = locate(design, path)
    held = None if rest else value_at(design, place)
    if isinstance(held, Mapping):
        held = held.get("value")
    place = locate(changed, path)[0]
    return held or example_of(changed, place[:-1], str(place[-1])) or ""
