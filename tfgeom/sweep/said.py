"""What the folder of a sweep says of it: the files that it keeps, and the numbers of its table."""

from pathlib import Path
from typing import Any

from tfgeom.design import design_from_mapping, dump_design, read_mapping
from tfgeom.errors import TfgeomError
from tfgeom.sweep.asking import asked
from tfgeom.sweep.columns import default_outputs
from tfgeom.sweep.evaluating import OutputNameError, numbers_of, output_key
from tfgeom.sweep.folder import SWEEP, Copies, Manifest, Part, base_name
from tfgeom.sweep.plan import Plan
from tfgeom.sweep.spec import SweepSpec
from tfgeom.sweep.table import Layout

_TRIED = 32
"""Points that may fail before names of numbers are looked up in each point by itself."""


def copies_of(spec: SweepSpec) -> Copies:
    """Return what the folder of a sweep keeps of what was read: the sweep file and its designs, resolved."""
    texts: dict[str, tuple[Path, str]] = {}
    if spec.origin.file is not None:
        texts[SWEEP] = (Path(spec.origin.file), spec.origin.text)
    for number, path in enumerate(spec.base):
        mapping, origin = read_mapping(path)
        try:
            text = dump_design(design_from_mapping(mapping, origin))
        except TfgeomError:  # not possible by itself: as it is written
            text = origin.text
        texts[base_name(number)] = (path, text)
    return Copies(texts, () if spec.points_file is None else (spec.points_file,))


def manifest_of(plan: Plan, part: Part | None = None) -> Manifest:
    """Return what the folder of a sweep says of it.

    Raises
    ------
    DesignError
        When a wanted number does not exist.
    """
    spec = plan.spec
    keys = _output_keys(plan)
    fidelities = (spec.fidelity,) if spec.then is None else (spec.fidelity, spec.then.fidelity)
    bases = tuple(str(path) for path in spec.base)
    layout = Layout(bases, plan.columns, tuple(keys), fidelities, spec.then, spec.points)
    return Manifest(asked(spec), layout, keys, part)


def _output_keys(plan: Plan) -> dict[str, str | None]:
    """Return the column of each wanted number and its full key, found in the first point with numbers."""
    spec = plan.spec
    names = {name: f"outputs.{number}" for number, name in enumerate(spec.outputs)}
    if not spec.outputs:
        names = dict.fromkeys(default_outputs(), "outputs")
    for number, constraint in enumerate(plan.constraints):
        for name in constraint.names:
            if not plan.is_path(name):
                names.setdefault(name, f"constraints.{number}")
    if spec.then is not None:
        names.setdefault(spec.then.by, "then.by")
    flat = _first_numbers(plan)
    if not flat:
        return dict.fromkeys(names)
    taken = [column.name for column in plan.columns.values()]
    keys: dict[str, str | None] = {}
    for name, place in names.items():
        try:
            keys[name] = output_key(name, flat)
        except OutputNameError as error:
            raise spec.wrong(place, str(error)) from error
        if name in (*taken, "base", "fidelity", "status", "error"):
            message = f"'{name}' is the name of another column; give the number's whole path, {keys[name]}"
            raise spec.wrong(place, message)
    compared = [(f"constraints.{at}", name) for at, one in enumerate(plan.constraints) for name in one.names]
    for place, name in [*compared, *([] if spec.then is None else [("then.by", spec.then.by)])]:
        word = flat.get(keys.get(name) or "")
        if isinstance(word, str):
            raise spec.wrong(place, f"'{name}' is a word, as '{word}', and no number that could be compared")
    return keys


def _first_numbers(plan: Plan) -> dict[str, Any]:
    for number in range(min(_TRIED, len(plan))):
        point = plan.point(number)
        if point.error:
            continue
        try:
            return numbers_of(plan.changed(point), "analytic")
        except TfgeomError:
            continue
    return {}
