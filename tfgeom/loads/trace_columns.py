"""Which columns of a table are time and draw, in which units: by their headers, or as a design names them.

Known by their headers are ``time_s``, ``current_uA_cm2``, ``power_uW`` and the like, and what current
profilers write: ``Timestamp(ms),Current(uA),D0-D7`` (Nordic's Power Profiler), ``time (s),current (A)``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from tfgeom.loads.trace_errors import refuse_file
from tfgeom.materials.csv_columns import Column, ColumnsOfText
from tfgeom.materials.given_data import refuse
from tfgeom.units import parse_quantity

KEYS = ("time", "current", "power")
"""Keys that name the columns of a trace."""

_CALLED = {
    "time": re.compile(r"t|time.*|elapsed.*|.*timestamp"),
    "current": re.compile(r"i|.*current.*|amps?|draw|load"),
    "power": re.compile(r"p|.*power.*|watts?"),
}
"""What headers call a column when nobody names it, in small letters without signs."""
_FITTING = {
    "time": ("time",),
    "current": ("current", "current_density"),
    "power": ("power", "power_density"),
}


@dataclass(frozen=True, slots=True)
class TraceColumns:
    """The columns of a trace.

    Attributes
    ----------
    time, draw
        Their places, from 0.
    second, unit
        How many s, and SI units of what is drawn, make one of their numbers.
    dimension
        Key of `tfgeom.loads.trace.DRAWS`.
    """

    time: int
    draw: int
    second: float
    unit: float
    dimension: str


def columns_of_trace(found: ColumnsOfText, stated: Mapping[str, Any], file: str, text: str) -> TraceColumns:
    """Return the columns of time and draw.

    Parameters
    ----------
    found
        The table, or the first lines of it.
    stated
        ``time``, and ``current`` or ``power``, where the design names columns.
    file
        Name of the file, for messages.
    text
        Its first lines, where the headers stand.

    Raises
    ------
    GivenDataError
        If there are none, or more than one of a kind, or one has no unit.
    """
    above = _Above(file, found, text.splitlines()[: found.rows[0][0] - 1])
    _, time = _column(above, stated, ("time",))
    kind, draw = _column(above, stated, ("current", "power"))
    if time == draw:
        above.refuse(f"one column '{found.columns[time].header:.40}' cannot be both", time)
    second, _ = _unit(above, time, "time")
    unit, dimension = _unit(above, draw, kind)
    return TraceColumns(time, draw, second, unit, dimension)


def unit_in_name(name: str, kind: str) -> tuple[float, str] | None:
    """Return the unit behind a name, ``uA/cm^2`` of ``current_uA_cm2``, in SI units, and its dimension."""
    parts = re.split(r"[_\s]", name.strip())
    for first in range(1, len(parts)):
        found = _size("/".join(parts[first:]), kind)
        if found:
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Above:
    """A file, its table, and the lines above the first row of numbers, where the headers stand."""

    file: str
    table: ColumnsOfText
    lines: list[str]

    def refuse(self, said: str, column: int | None = None) -> NoReturn:
        """Refuse the file at the header of a column, or at the line of the headers."""
        headers = [one.header for one in self.table.columns]
        wanted = headers if column is None else [headers[column]]
        for number in range(len(self.lines), 0, -1):
            places = [self.lines[number - 1].find(one) for one in wanted]
            if min(places) >= 0:
                refuse_file(self.file, said, number, min(places) + 1)
        refuse_file(self.file, said, self.table.rows[0][0], 1)  # no header: the first row


def _column(above: _Above, stated: Mapping[str, Any], kinds: tuple[str, ...]) -> tuple[str, int]:
    """Return which kind a column is of, and its place."""
    found = above.table
    named = [key for key in kinds if key in stated]
    if len(named) > 1:
        refuse("stands beside 'current': a trace draws one of them; remove one", named[1])
    if named:
        try:
            return named[0], found.find(stated[named[0]])
        except ValueError as error:
            refuse(f"'{above.file:.200}' {error}", named[0])
    known = [
        (kind, place)
        for kind in kinds
        for place, column in enumerate(found.columns)
        if _CALLED[kind].fullmatch(_letters(column))
    ]
    if len(known) == 1:
        return known[0]
    what = "the time" if kinds == ("time",) else "what is drawn (a current or a power)"
    several = "could be more than one column" if known else "is no column that is known by its header"
    above.refuse(
        f"{what} {several} of {found.listed}; name it by header or number beside 'trace' in the design: "
        f"'load: {{trace: {above.file:.80}, {kinds[0]}: {1 if kinds == ('time',) else 2}}}'"
    )


def _letters(column: Column) -> str:
    """Return the name of a column without its unit, in small letters."""
    name = column.name or column.header
    for kind in _CALLED:
        parts = re.split(r"[_\s]", name)
        for first in range(1, len(parts)):
            if _size("/".join(parts[first:]), kind):
                name = "".join(parts[:first])
                break
    return re.sub(r"[^a-z]", "", name.lower())


def _unit(above: _Above, place: int, kind: str) -> tuple[float, str]:
    """Return the unit of a column in SI units, and its dimension."""
    column = above.table.columns[place]
    found = _size(column.unit, kind) if column.unit else unit_in_name(column.header, kind)
    if found:
        return found
    example = {"time": "time_ms", "current": "current_uA", "power": "power_mW"}[kind]
    noun = "a time" if kind == "time" else f"a {kind}, or a {kind} per area"
    said = f"is in '{column.unit:.20}'; {noun} is needed" if column.unit else "has no unit"
    above.refuse(
        f"column '{column.header:.40}' {said}; write the unit into its header, for example '{example}'", place
    )


def _size(unit: str, kind: str) -> tuple[float, str] | None:
    """Return a unit in SI units, and which dimension of a kind it measures; None where it measures none."""
    for dimension in _FITTING[kind]:
        try:
            return parse_quantity(f"1 {unit}", dimension), dimension
        except (ValueError, OverflowError):
            continue
    return None
