"""Run a sweep: evaluate every point, keep failures as rows, write the table whole."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from tfgeom.design import design_from_mapping, read_mapping, set_path
from tfgeom.design.paths import locate
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import evaluate
from tfgeom.source import Location
from tfgeom.sweep.points import default_outputs, find_output, flatten, grid, parameter_column
from tfgeom.sweep.spec import SweepSpec, load_sweep
from tfgeom.sweep.store import write_table
from tfgeom.words import nearest_words

Progress = Callable[[bool], None]
"""Told after each point whether it succeeded."""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """A finished sweep.

    Attributes
    ----------
    columns
        Names of the columns: parameters, then status, error and results.
    rows
        One mapping a point, in the order of the grid.
    repeated
        Number of points whose design is, in other words, that of an earlier one.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    repeated: int = 0

    @property
    def failed(self) -> int:
        """Number of points that could not be evaluated."""
        return sum(row["status"] == "failed" for row in self.rows)


def run_sweep(
    sweep: SweepSpec | str | Path,
    output: str | Path | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """Evaluate every point of a sweep.

    Parameters
    ----------
    sweep
        A sweep file, or what `load_sweep` made of it.
    output
        Folder for ``results.csv``; nothing is written without it.
    limit
        Evaluate only the first points.
    progress
        Called after each point.

    Returns
    -------
    SweepResult
        A point that cannot be evaluated is a row with status ``failed`` and its error.

    Raises
    ------
    DesignError
        When a varied path or a wanted output does not exist, before anything is written.
    """
    spec = sweep if isinstance(sweep, SweepSpec) else load_sweep(sweep)
    bases = [(path, read_mapping(path)[0]) for path in spec.base]
    _require_paths(spec, [mapping for _, mapping in bases])
    columns = {path: parameter_column(path, values) for path, values in spec.vary.items()}
    several = len(bases) > 1
    head = (*(("base",) if several else ()), *(column.name for column in columns.values()), "status", "error")
    wanted: dict[str, str] | None = None
    rows: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    points = ((path, mapping, values) for path, mapping in bases for values in grid(spec.vary))
    for path, mapping, values in islice(points, limit):
        row: dict[str, Any] = {"base": str(path)} if several else {}
        row |= {columns[key].name: columns[key].cell(value) for key, value in values.items()}
        flat = _evaluate_point(mapping, Path(path).parent, values, spec.fidelity, row)
        if flat and wanted is None:
            wanted = _outputs(spec, flat, head)  # a misspelt output must not cost the whole run
        row |= {name: flat.get(key) for name, key in (wanted or {}).items()}  # the rest would fill the memory
        rows.append(row)
        seen.update(filter(None, [flat.get("design_sha256")]))
        if progress is not None:
            progress(row["status"] == "ok")
    wanted = wanted or {name: name for name in spec.outputs or default_outputs()}
    result = SweepResult((*head, *wanted), tuple(rows), seen.total() - len(seen))
    if output is not None:
        write_table(Path(output), result.columns, result.rows)
    return result


def _evaluate_point(
    mapping: Mapping[str, Any],
    folder: Path,
    values: Mapping[str, Any],
    fidelity: str,
    row: dict[str, Any],
) -> dict[str, Any]:
    """Return the numbers of one point; what kept it from them goes into its row.

    Files that the design names are looked for from ``folder``.
    """
    changed: Mapping[str, Any] = mapping
    try:
        for path, value in values.items():
            changed = set_path(changed, path, value)
        flat = flatten(evaluate(design_from_mapping(changed, folder=folder), fidelity).to_dict())
    except TfgeomError as error:
        row |= {"status": "failed", "error": str(error).replace("\n", "; ")}
        return {}
    row |= {"status": "ok", "error": ""}
    return flat


def _require_paths(spec: SweepSpec, mappings: list[dict[str, Any]]) -> None:
    for mapping in mappings:
        for path, values in spec.vary.items():
            try:
                set_path(mapping, path, values[0])
            except DesignError as error:
                wrong = DesignError([replace(error.issues[0], path=f"vary.{path}")])
                raise wrong.located(spec.origin.file, dict(spec.origin.positions)) from error
        _require_own_places(spec, mapping)


def _require_own_places(spec: SweepSpec, mapping: Mapping[str, Any]) -> None:
    """Refuse two paths of which one would undo what the other set, as two ways of saying one size do."""
    changed: Mapping[str, Any] = mapping
    places: dict[str, Location] = {}
    for path, values in spec.vary.items():
        undone = None
        try:
            changed = set_path(changed, path, values[0])
        except DesignError:
            undone = next(reversed(places))  # alone it can be set
        place, _ = locate(changed, path)
        for other, its in places.items():
            overlap = place[: len(its)] == its or its[: len(place)] == place
            if overlap or locate(changed, other)[1]:
                undone = other
        if undone is not None:
            message = f"changes what '{undone}' sets too; vary one of them"
            wrong = DesignError.at(f"vary.{path}", message)
            raise wrong.located(spec.origin.file, dict(spec.origin.positions))
        places[path] = place


def _outputs(spec: SweepSpec, known: Mapping[str, Any], taken: Sequence[str]) -> dict[str, str]:
    """Return column name to full key of the wanted numbers."""
    if not spec.outputs:
        return {key: key for key in default_outputs()}
    wanted = {}
    for name in spec.outputs:
        keys = find_output(name, known)
        problem = None
        if not keys:
            words = {key.rpartition(".")[2] for key in known} | set(known)
            near = nearest_words(name, sorted(words), 3)
            hint = f"did you mean {' or '.join(near)}? " if near else ""
            problem = f"no such number: '{name}'; {hint}`tfgeom evaluate DESIGN --json` prints all"
        elif len(keys) > 1:
            problem = f"'{name}' ends several numbers; give the whole path of one: {_listed(keys)}"
        elif name in taken:
            problem = f"'{name}' is the name of another column; give the number's whole path, {keys[0]}"
        if problem is not None:
            raise DesignError.at("outputs", problem).located(spec.origin.file, dict(spec.origin.positions))
        wanted[name] = keys[0]
    return wanted


def _listed(keys: Sequence[str], most: int = 4) -> str:
    return ", ".join(keys[:most]) + (", ..." if len(keys) > most else "")
