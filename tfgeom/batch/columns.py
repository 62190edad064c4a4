"""The table of a batch: what each path takes in each design, read once as the design file would be read.

A path to a number becomes an array that is put into a design as it is.  Every other path (a kind, a lattice,
a material, points of coverage, a size in other words) parts the designs into groups that share its value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfgeom.design import Design, set_path
from tfgeom.design.checks import HIGHEST_CELL
from tfgeom.design.paths import locate
from tfgeom.design.quantities import Number, reading_of
from tfgeom.errors import DesignError
from tfgeom.materials.constants import CONSTANTS
from tfgeom.quantities import Quantity
from tfgeom.reliefs.sections import Width
from tfgeom.reliefs.turning import key_in_kind
from tfgeom.rows import Bools, Floats
from tfgeom.source import Location
from tfgeom.units import format_quantity

_PLAIN = {
    "relief": None,
    "substrate": ("thickness",),
    "bipolar_plate": ("thickness",),
    "packaging": ("thickness", "density"),
    "layers": ("thickness", "step_coverage", "interface_resistance", "lithiation", "above_top"),
    "cell": ("separator",),
    "operation": ("temperature", "min", "max", "initial_state_of_charge", "nominal_capacity"),
    "chip": ("width", "length", "border"),
    "materials": None,
}
"""Sections, and the keys in them, whose numbers a design takes as arrays; None for all."""
_EXAMPLE = "{'relief.pitch': ['4 um', '5 um']}"
SET_FIRST = ("relief", "relief.kind")
"""Paths that go before all others: which sizes there are depends on them."""
_DISCRETE_CONSTANTS = ("reference_temperature", "two_phase.x_alpha", "two_phase.x_beta")


@dataclass(frozen=True, slots=True)
class Column:
    """What one path takes.

    Attributes
    ----------
    path
        As it was given.
    given
        Values as the table has them, n of them.
    place
        Where a number stands in a design, as attributes and indexes; None where the path parts designs.
    numbers
        SI values, shape (n,), nan where one cannot be read; None where the path parts designs.
    reasons
        What is wrong with a value, by row.
    dimension
        Of the number: what a bare one is written in.
    """

    path: str
    given: Sequence[Any]
    place: Location | None
    numbers: Floats | None
    reasons: Mapping[int, str]
    dimension: str = ""

    def written(self, row: int) -> Any:
        """Return a value as a design file would hold it."""
        value = self.given[row]
        if self.dimension and _is_number(value) and np.isfinite(value):
            return format_quantity(float(value), self.dimension)
        return value.item() if isinstance(value, np.generic) else value


def read_column(path: str, values: Sequence[Any], design: Design, mapping: Mapping[str, Any]) -> Column:
    """Return what a path takes in n designs.

    Parameters
    ----------
    path
        As `tfgeom.design.set_path` takes it.
    values
        Text with a unit, SI floats, or whatever else the design file holds there.
    design, mapping
        The design, and its plain mapping.

    Raises
    ------
    DesignError
        When the path leads nowhere.
    """
    changed = set_path(mapping, path, _plain(values[0]))
    location, _ = locate(changed, path)
    found = _number_at(design, location)
    if found is None:
        return Column(path, values, None, None, {}, _dimension_at(design, location))
    place, reading = found
    dimension = reading.dimension if isinstance(reading, Quantity) else ""
    numbers, reasons = _read(values, reading)
    if numbers is None:
        return Column(path, values, None, None, {}, dimension)
    if location[0] == "operation" and location[-1] in ("min", "max"):
        if design.load is not None or (design.operation is not None and design.operation.protocol):
            return Column(path, values, None, None, {}, dimension)  # checked against these in a mapping
        limit = HIGHEST_CELL * design.cells_in_series
        for row in np.flatnonzero(np.abs(numbers) > limit).tolist():
            reasons[row] = f"{values[row]} is outside -{limit} V to {limit} V"
    return Column(path, values, place, numbers, reasons, dimension)


def place_in(column: Column, design: Design) -> Location | None:
    """Return where the number of a column stands in a design of perhaps another kind of relief.

    Depth and height, and the widths, go by the name that the kind has for them; None where it has none.
    """
    place = column.place
    if place is None or place[0] != "relief":
        return place
    place = place[:-1] if place[-1] == "value" else place
    found = _number_at(design, ("relief", key_in_kind(str(place[1]), design.relief.kind), *place[2:]))
    return None if found is None else found[0]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _number_at(design: Design, location: Location) -> tuple[Location, Quantity | Number] | None:
    """Return where a number stands in a design and what reads it; None where it has to go the long way."""
    head = str(location[0])
    if head not in _PLAIN or (_PLAIN[head] is not None and location[-1] not in (_PLAIN[head] or ())):
        return None
    if head == "materials":
        return _constant_at(location)
    node: Any = design
    for part in location[:-1]:
        node = node[part] if isinstance(part, int) else getattr(node, str(part), None)
        if node is None:
            return None
    key = str(location[-1])
    if isinstance(node, Width) and key == "value":
        return location, reading_of(Width.model_fields["value"])  # type: ignore[return-value]
    field = getattr(type(node), "model_fields", {}).get(key)
    if field is None or (head == "layers" and key == "step_coverage" and node.fill is not None):
        return None
    if ".".join(map(str, location)) in design.said:
        return None  # said in other words
    now = getattr(node, key)
    if isinstance(now, Width):
        return (*location, "value"), reading_of(Width.model_fields["value"])  # type: ignore[return-value]
    reading = reading_of(field)
    if reading is None or (now is not None and not isinstance(now, float)):
        return None
    return location, reading


def _constant_at(location: Location) -> tuple[Location, Quantity | Number] | None:
    key = ".".join(map(str, location[2:])).removesuffix(".value")
    constant = CONSTANTS.get(key)
    if constant is None or key in _DISCRETE_CONSTANTS:
        return None
    return (*location[:2], *key.split("."), "value"), constant.quantity


def _dimension_at(design: Design, location: Location) -> str:
    """Return the dimension of a number that goes the long way."""
    if location[0] == "materials":
        constant = CONSTANTS.get(".".join(map(str, location[2:])))
        return "" if constant is None else constant.dimension
    node: Any = design
    for part in location[:-1]:
        node = node[part] if isinstance(part, int) else getattr(node, str(part), None)
    field = getattr(type(node), "model_fields", {}).get(str(location[-1]))
    reading = None if field is None else reading_of(field)
    return reading.dimension if isinstance(reading, Quantity) else ""


def _read(values: Sequence[Any], reading: Quantity | Number) -> tuple[Floats | None, dict[int, str]]:
    """Return SI values and what is wrong by row; no values where one is of another form."""
    numbers = np.full(len(values), np.nan)
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        bare: Bools = np.ones(len(values), dtype=bool)
        numbers[:] = values
    else:
        bare = np.array([_is_number(one) for one in values])
        numbers[bare] = [float(one) for one in np.asarray(values, dtype=object)[bare]]
    reasons: dict[int, str] = {}
    known: dict[str, float | str] = {}
    for row in np.flatnonzero(~bare).tolist():
        text = values[row]
        if not isinstance(text, str):
            return None, {}
        if text not in known:
            try:
                value = reading.read(text)
            except ValueError as error:
                known[text] = str(error)
            else:
                if type(value) is not float:  # a capacity per mass says more than a number
                    return None, {}
                known[text] = value
        found = known[text]
        if isinstance(found, str):
            reasons[row] = found
        else:
            numbers[row] = found
    if bare.any():
        wrong = bare & reading.outside(numbers)
        for row in np.flatnonzero(wrong).tolist():
            reasons[row] = _why(float(numbers[row]), reading)
    return numbers, reasons


def _is_number(value: object) -> bool:
    return isinstance(value, (float, int, np.floating, np.integer)) and not isinstance(value, bool)


def _why(number: float, reading: Quantity | Number) -> str:
    try:
        written = format_quantity(number, reading.dimension) if isinstance(reading, Quantity) else number
        reading.read(written)
    except (ValueError, ArithmeticError) as error:
        return str(error)
    return f"{number} is out of bounds"


def read_table(table: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Return a table with each column as a sequence or an array of one dimension, what is set first first.

    Raises
    ------
    DesignError
        When it is no table, is empty, or its columns are of unequal length.
    """
    if not hasattr(table, "items"):
        raise DesignError.at("table", f"must map paths to values, {_EXAMPLE}, not {table!r:.40}")
    found = {path: _one_column(path, values) for path, values in table.items()}
    lengths = {path: len(values) for path, values in found.items()}
    if not lengths or 0 in lengths.values():
        raise DesignError.at("table", f"has no rows; give each path its values: {_EXAMPLE}")
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{path} {count}" for path, count in lengths.items())
        raise DesignError.at("table", f"has columns of unequal length: {told}; give each path as many values")
    return {path: found[path] for path in sorted(found, key=lambda path: path not in SET_FIRST)}


def _one_column(path: object, values: Any) -> Sequence[Any]:
    if not isinstance(path, str):
        raise DesignError.at("table", f"{path!r:.40} is no path; write text, as in {_EXAMPLE}")
    if hasattr(values, "__array__"):  # also a column of a table of pandas, whose index is no place
        array = np.asarray(values)
        if array.ndim != 1:
            raise DesignError.at(path, f"has an array of {array.ndim} dimensions; give one value a design")
        return array  # type: ignore[return-value]
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence):
        raise DesignError.at(path, f"needs a list of values, one a design, not {values!r:.40}: {_EXAMPLE}")
    return values
