"""From changed designs to the numbers that a sweep wants: what every worker runs.

`evaluate_points` is the one seam between sweeps and evaluation: plain values in, one outcome a point out, and
whatever a point fails of is its own reason.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfgeom.design import design_from_mapping, set_paths
from tfgeom.errors import TfgeomError
from tfgeom.evaluation import evaluate
from tfgeom.sweep.columns import find_output, flatten
from tfgeom.words import nearest_words

_LISTED = 4


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
    """Return the outcome of each point.

    Parameters
    ----------
    batch
        The points.
    fidelity
        As `tfgeom.evaluation.evaluate` takes it.
    outputs
        Column to the full key of its number; None where no point has shown yet which that is.
    """
    return [_evaluated(one, fidelity, outputs) for one in batch]


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
