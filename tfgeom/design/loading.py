"""From a file or a plain mapping to a checked `Design`; every problem in one report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tfgeom.design.checks import cross_problems
from tfgeom.design.data_in import folder_of, trace_of, with_data
from tfgeom.design.keys import keys_that_may_stand
from tfgeom.design.later import later_features, makes_an_electrode
from tfgeom.design.paths import with_layer_names
from tfgeom.design.recognised import refuse_other_kinds, refuse_written
from tfgeom.design.relief_sizes import restated_relief
from tfgeom.design.schema import Design
from tfgeom.design.wording import Problem, problems_of
from tfgeom.errors import DesignError, Issue, UnsupportedError
from tfgeom.loads.trace import DRAWS
from tfgeom.loads.trace_columns import KEYS as COLUMNS_OF_TRACE
from tfgeom.loads.trace_errors import TraceFileError
from tfgeom.materials.given_data import GivenDataError
from tfgeom.reliefs.synonyms import keys_of_one_size
from tfgeom.source import MAX_DEPTH, Location, Origin, Source, dotted, read_source, within_floats

MAX_ISSUES = 100


def load_design(path: str | Path) -> Design:
    """Return the design of a YAML file, checked.

    Parameters
    ----------
    path
        The design file, at most 1 MB; ``-`` is standard input.

    Raises
    ------
    DesignError
        If the file cannot be read, breaks the format or cannot exist; with every problem found, as
        ``file:line:column: path: message``.
    UnsupportedError
        If all that is wrong with it is that this version lacks a feature.
    """
    source = _source(path)
    named = with_layer_names(source.root)
    return _design(source.root, source.origin(named), source.issues(named))


def load_with_trace(path: str | Path, trace: Path) -> Design:
    """Return the design of a file with a trace for its load, checked.

    What the file says of its load besides, its limit or whose it is, stays.  A trace per area is one per
    footprint where the file has no load.

    Parameters
    ----------
    path
        The design file, as `load_design` takes it.
    trace
        CSV file; from the working directory.

    Raises
    ------
    DesignError, UnsupportedError
        As `load_design`.
    """
    source = _source(path)
    named = with_layer_names(source.root)
    origin = source.origin(named)
    issues = source.issues(named)
    given = source.root.get("load")
    kept = {key: one for key, one in given.items() if key in _KEPT} if isinstance(given, Mapping) else {}
    try:
        read = trace_of({**kept, "trace": str(trace)}, Path())
    except TraceFileError as error:
        raise DesignError([Issue("", error.said, error.line, error.column)], str(trace)) from error
    except GivenDataError as error:
        if error.keys == ("trace",):  # no such file
            raise DesignError([Issue("", str(error))], str(trace)) from error
        raise _error([Problem(("load", *error.keys), str(error))], issues, source.root, origin) from error
    load: dict[str, Any] = {key: one for key, one in kept.items() if key not in _OF_FILE}
    if given is None:
        load["per"] = "footprint" if DRAWS[read.dimension][1] else "chip"
    chosen = source.root.get("chosen")
    root = {**source.root, "load": {**load, "trace": read}}
    if isinstance(chosen, Mapping):  # what it says of another load is about nothing
        root["chosen"] = {path: one for path, one in chosen.items() if not path.startswith("load.")}
    try:
        return _design(root, origin, issues)
    except DesignError as error:
        if any(issue.path != "load.trace" for issue in error.issues):
            raise
        # the design is as it should be: what is wrong is the trace
        said = [replace(issue, path="", line=None, column=None) for issue in error.issues]
        raise type(error)(said, str(trace)) from error


_OF_FILE = (*COLUMNS_OF_TRACE, "average")
_KEPT = ("per", "brown_out_voltage", "bypass_capacitor", "repeat", *_OF_FILE)


def read_mapping(path: str | Path) -> tuple[dict[str, Any], Origin]:
    """Return the plain mapping of a design file, unchecked, and the place of each of its values.

    Raises
    ------
    DesignError
        If the file cannot be read or is no mapping in YAML.
    """
    source = _source(path)
    return source.without_issues(with_layer_names(source.root))


def _source(path: str | Path) -> Source:
    """Return what a file holds, unless it is a file of another kind."""
    refuse_written(path)
    source = read_source(path)
    refuse_other_kinds(source.root, source.file)
    return source


def design_from_mapping(
    mapping: Mapping[str, Any], origin: Origin | None = None, folder: Path | None = None
) -> Design:
    """Return the design of a plain mapping as a YAML file would hold it, checked.

    Parameters
    ----------
    mapping
        Keys and values of the design file: quantities as text with a unit.
    origin
        Where the mapping was read from, if it was; errors then carry file, line and column.
    folder
        Where the names of files in it start; by default the origin's, else the working directory.

    Raises
    ------
    DesignError, UnsupportedError
        As `load_design`.
    """
    return _design(_plain(mapping), origin or Origin(), [], folder)


def _design(
    mapping: dict[str, Any], origin: Origin, issues: Sequence[Issue], folder: Path | None = None
) -> Design:
    empty = list(_empty(mapping))
    problems = [_without_value(place, mapping) for place in empty]
    later = list(later_features(mapping))
    if not problems and any(map(makes_an_electrode, later)):
        raise _error(later, issues, mapping, origin)
    problems += later
    mapping = _without(mapping, {*empty, *(problem.location for problem in later)})
    mapping, unread = with_data(mapping, folder_of(origin) if folder is None else folder)
    problems += unread
    relief = restated_relief(mapping, origin)
    mapping, origin = relief.mapping, relief.origin
    problems += relief.problems
    told = {*empty, *relief.told, *_in_the_words_of_the_format(empty, mapping)}
    design: Design | None = None
    try:
        design = Design.model_validate(mapping)
    except ValidationError as error:
        problems += [problem for problem in problems_of(error, mapping) if problem.location not in told]
    problems += [problem for problem in cross_problems(mapping) if problem.location not in told]
    if design is None or problems or issues:
        raise _error(_as_given(problems, relief.said), issues, mapping, origin)
    design._origin = origin  # private attributes: allowed on a frozen model
    design._said = relief.said
    return design


def _in_the_words_of_the_format(locations: Sequence[Location], mapping: Mapping[str, Any]) -> set[Location]:
    """Return where the format has what keys of the relief say in other words."""
    kind = mapping["relief"].get("kind") if isinstance(mapping.get("relief"), Mapping) else None
    return {
        ("relief", own)
        for location in locations
        if location[0] == "relief" and len(location) == 2
        for own in keys_of_one_size(kind, str(location[1]))[:1]
    }


def _as_given(problems: Sequence[Problem], said: Mapping[str, str]) -> list[Problem]:
    """Return problems with what the file says where it says a size in other words."""
    return [
        replace(problem, message=f"{problem.message} (given as {said[path]})")
        if (path := dotted(problem.location)) in said
        else problem
        for problem in problems
    ]


def _error(
    problems: Sequence[Problem], issues: Sequence[Issue], mapping: Mapping[str, Any], origin: Origin
) -> DesignError:
    named = with_layer_names(mapping)
    mended = {issue.path for issue in issues}
    found = list(issues)
    for problem in problems:
        path = named(problem.location)
        if path in mended:
            continue  # a decimal comma is reported already
        place = (origin.keys.get(path) if problem.at_key else None) or origin.positions.get(path)
        found.append(Issue(path, problem.message, *(place or _parent_place(problem.location, named, origin))))
    later = not issues and all(problem.unsupported for problem in problems)
    found.sort(key=lambda issue: (issue.line or 0, issue.column or 0))
    if len(found) > MAX_ISSUES:
        rest = len(found) - MAX_ISSUES
        found = [*found[:MAX_ISSUES], Issue("", f"and {rest} more problems")]
    return (UnsupportedError if later else DesignError)(found, origin.file)


def _parent_place(location: Location, named: Any, origin: Origin) -> tuple[int | None, int | None]:
    for end in range(len(location) - 1, 0, -1):
        place = origin.positions.get(named(location[:end]))
        if place:
            return place
    return (1, 1) if origin.file else (None, None)


def _empty(value: Any, location: Location = ()) -> Iterator[Location]:
    """Yield the location of every key or list entry without a value."""
    if value is None and location:
        yield location
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _empty(inner, (*location, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _empty(inner, (*location, index))


def _without_value(location: Location, mapping: Mapping[str, Any]) -> Problem:
    keys = keys_that_may_stand(mapping, location[:-1])
    if keys and isinstance(location[-1], str) and location[-1] not in keys:
        remedy = "text with a comma in {...} needs quotes"
        if ":" in location[-1]:
            remedy = f"write '{location[-1].replace(':', ': ', 1):.60}', with a space after the colon"
        message = f"unknown key without a value; {remedy}"
        return Problem(location, message, at_key=True)
    return Problem(location, "has no value; give one or remove the key", at_key=True)


def _without(mapping: dict[str, Any], empty: set[Location], location: Location = ()) -> dict[str, Any]:
    """Return a copy without the keys that have no value, which are reported once and not as missing too."""
    kept: dict[str, Any] = {}
    for key, inner in mapping.items():
        here = (*location, key)
        if here in empty:
            continue
        kept[key] = _without(inner, empty, here) if isinstance(inner, dict) else inner
    return kept


def _plain(value: Any, depth: int = 0) -> Any:
    """Return a deep copy in dicts with text keys and lists, as the YAML reader would give it."""
    if depth > MAX_DEPTH:
        raise DesignError.at("", f"is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner, depth + 1) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return within_floats(value)
    return value
