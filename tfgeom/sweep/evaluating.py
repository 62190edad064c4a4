"""From changed designs to the numbers that a sweep wants: what every worker runs.

`evaluate_points` is the one seam between sweeps and evaluation: plain values in, one outcome a point out, and
whatever a point fails of is its own reason.
"""

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfgeom.batch import evaluate_many
from tfgeom.batch.columns import SET_FIRST
from tfgeom.batch.outputs import read_output
from tfgeom.design import design_from_mapping, set_paths
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import evaluate
from tfgeom.sweep.columns import find_output, flatten
from tfgeom.words import nearest_words

_LISTED = 4
_OWN_WORDS = 5
"""Of how many failing points of a block the own words are looked up, each by itself."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A design to evaluate: what is set in which mapping; files that it names start at ``folder``."""

    mapping: Mapping[str, Any]
    folder: Path
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a point: its numbers by column, or why there are none.

    ``seconds`` is what it took.
    """

    numbers: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    seconds: float = 0.0


def evaluate_points(
    batch: Sequence[Changed], fidelity: str, outputs: Mapping[str, str | None]
) -> list[Outcome]:
    """Return the outcome of each point; in closed form those of one design and kind are computed together.

    What is computed together may differ in its last digit from what is computed alone: whoever needs the same
    digits again gives the same batch.

    Parameters
    ----------
    batch
        The points.
    fidelity
        As `tfgeom.evaluation.evaluate` takes it.
    outputs
        Column to the full key of its number; None where no point has shown yet which that is.
    """
    if not go_together(fidelity, outputs):
        return [_evaluated(one, fidelity, outputs) for one in batch]
    keys = {name: key for name, key in outputs.items() if key is not None}
    groups: dict[tuple[int, str], list[int]] = {}
    for place, one in enumerate(batch):
        first = {path: value for path, value in one.values.items() if path in SET_FIRST}
        parting = json.dumps([first, list(one.values)], default=str)
        groups.setdefault((id(one.mapping), parting), []).append(place)
    found: list[Outcome] = [Outcome()] * len(batch)
    for places in groups.values():
        some = [batch[place] for place in places]
        for place, outcome in zip(places, _together(some, keys), strict=True):
            found[place] = outcome
    return found


def go_together(fidelity: str, outputs: Mapping[str, str | None]) -> bool:
    """Return whether the closed forms give these numbers of many designs at once."""
    try:
        return fidelity == "analytic" and all(
            key is not None and read_output(key).goes_together for key in outputs.values()
        )
    except DesignError:  # a number that only a whole evaluation has
        return False


def _together(batch: Sequence[Changed], keys: Mapping[str, str]) -> list[Outcome]:
    """Return the outcomes of points that set the same paths, and the same first of them."""
    start = time.perf_counter()
    first = {path: value for path, value in batch[0].values.items() if path in SET_FIRST}
    table = {path: [one.values[path] for one in batch] for path in batch[0].values if path not in SET_FIRST}
    try:
        design = design_from_mapping(set_paths(batch[0].mapping, first), folder=batch[0].folder)
        if not table:
            raise DesignError.at("", "nothing varies")
        columns = evaluate_many(design, table, list(dict.fromkeys(keys.values())), own_words=_OWN_WORDS)
    except Exception:  # what they share is no design by itself: each says what is wrong with it
        return [_evaluated(one, "analytic", keys) for one in batch]
    each = (time.perf_counter() - start) / len(batch)
    outcomes = []
    for row in range(len(batch)):
        if columns["reason"][row]:
            outcomes.append(Outcome(error=str(columns["reason"][row]), seconds=each))
        else:
            numbers = {name: _plain(columns[key][row]) for name, key in keys.items()}
            outcomes.append(Outcome(numbers, seconds=each))
    return outcomes


def _plain(cell: Any) -> Any:
    """Return a cell of a column as a plain value, None for a number that is not known."""
    if cell is None or isinstance(cell, str):
        return cell
    number = float(cell)
    return None if math.isnan(number) else number


def _evaluated(one: Changed, fidelity: str, outputs: Mapping[str, str | None]) -> Outcome:
    start = time.perf_counter()
    try:
        flat = numbers_of(one, fidelity)
        found = {name: flat.get(key or output_key(name, flat)) for name, key in outputs.items()}
        return Outcome(found, seconds=time.perf_counter() - start)
    except (TfgeomError, OutputNameError) as error:
        why = "; ".join(str(error).splitlines())
    except Exception as error:  # one point of ten thousand must not cost the others
        said = "; ".join(str(error).splitlines())
        why = f"{type(error).__name__}: {said}; this is a bug of tfgeom: 'tfgeom evaluate' shows where"
    return Outcome(error=why, seconds=time.perf_counter() - start)


def numbers_of(one: Changed, fidelity: str) -> dict[str, Any]:
    """Return all numbers of a changed design by dotted key; raise TfgeomError where it has none."""
    changed = set_paths(one.mapping, one.values)
    return flatten(evaluate(design_from_mapping(changed, folder=one.folder), fidelity).to_dict())


class OutputNameError(ValueError):
    """A wanted number that the results do not have, or have several of."""


def output_key(name: str, known: Mapping[str, Any]) -> str:
    """Return the full key of a number by its name; raise OutputNameError with what it may mean."""
    keys = find_output(name, known)
    if len(keys) == 1:
        return keys[0]
    if keys:
        listed = ", ".join(keys[:_LISTED]) + (", ..." if len(keys) > _LISTED else "")
        raise OutputNameError(f"'{name}' ends several numbers; give the whole path of one: {listed}")
    words = {key.rpartition(".")[2] for key in known} | set(known)
    near = nearest_words(name, sorted(words), 3)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise OutputNameError(f"no such number: '{name}'; {hint}`tfgeom evaluate DESIGN --json` prints all")
