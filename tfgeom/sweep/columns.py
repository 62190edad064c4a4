"""The columns of a sweep's table: what varies with its unit, and numbers of the results by name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfgeom.results import Shown, all_results, results_shown
from tfgeom.units import split_quantity, unit_ratio


def default_outputs() -> list[str]:
    """Return what a sweep writes when its file names no outputs."""
    return [one.path for one in results_shown(Shown.SWEEP)]


@dataclass(frozen=True, slots=True)
class Column:
    """A varied path in the table.

    Attributes
    ----------
    name
        The path, with the unit of its first value when all its values have units that convert to it.
    unit
        That unit; empty when the column holds the values as they are written.
    """

    name: str
    unit: str

    def cell(self, value: Any) -> Any:
        """Return a value as the column holds it."""
        quantity = split_quantity(value)
        if not self.unit or quantity is None:
            return value
        return float(f"{quantity[0] * unit_ratio(quantity[1], self.unit):.12g}")


def parameter_column(path: str, values: Sequence[Any]) -> Column:
    """Return the column of a varied path."""
    quantities = [split_quantity(value) for value in values]
    first = quantities[0]
    try:
        if first is None or any(
            quantity is None or unit_ratio(quantity[1], first[1]) <= 0 for quantity in quantities
        ):
            return Column(path, "")
    except ValueError:  # units of different kinds or zeros: the values stand as they are written
        return Column(path, "")
    return Column(f"{path}_{_slug(first[1])}", first[1])


def _slug(unit: str) -> str:
    return re.sub(r"[^A-Za-z0-9µμΩÅ]+", "_", unit.replace("^", "").replace("%", "percent")).strip("_")


def flatten(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON of an evaluation as dotted keys and scalars.

    Layers go by name (``layers.cathode.volume_um3``), rates by C-rate (``rate.10C.utilisation``); the other
    lists hold no numbers of the cell and are left out.
    """
    flat: dict[str, Any] = {}
    for key, value in numbers.items():
        if key == "layers":
            for layer in value:
                flat.update(_leaves(layer, f"layers.{layer['name']}"))
        elif key == "rate":
            for row in value or ():
                flat.update(_leaves(row, f"rate.{row['c_rate']:.10g}C"))
        else:
            flat.update(_leaves(value, key))
    return flat


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}")
    elif not isinstance(value, (list, tuple)):
        yield path, value


def find_output(name: str, flat: Mapping[str, Any]) -> list[str]:
    """Return the full keys that an output's name may mean: itself, a declared number, all that end in it.

    A number of the cell goes before those of its planes, films and rates with the same last words.
    """
    ending = f".{name}"
    declared = [one.path for one in all_results() if f".{one.path}".endswith(ending)]
    if name in flat or len(declared) == 1:
        return [name] if name in flat else declared
    return declared or [key for key in flat if key.endswith(ending)]
