"""Columns of numbers from text such as instruments and spreadsheets write it.

Separators are comma, semicolon, tab or spaces; decimals have a point, or a comma where another separator
parts the columns; lines that start with ``#``, ``%`` or ``//`` are comments.  The last line of words above
the numbers is the header, whose names may carry a unit: ``U [V]``, ``SOC (%)``, ``E / mV``, ``volts_mV``.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tfgeom.words import nearest

_COMMENT = re.compile(r"^\s*(?:#|//|%(?!\s*(?:[,;\t]|m?V\b)))")  # a line of units may start with %
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_NUMBER_WITH_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d{1,3})?")
_UNITS_OF_NAMES = (
    re.compile(r"^(.*?)[\s_]*[\[(]([^\[\]()]*)[\])]$"),  # U [V]
    re.compile(r"^(.*?\S)\s*/\s*(\S+)$"),  # U / V
    re.compile(r"^(.*?\S)[\s_](mV|V|%|pct|percent)$", re.IGNORECASE),  # U_mV
    re.compile(r"^()(mV|%|percent)$", re.IGNORECASE),
    re.compile(r"^(\S+?)(%)$"),
)
_SEPARATORS = (";", "\t", ",", " ")
_UNIT_LINE = re.compile(r"[\[(]?\s*(?:mV|V|%|-|1|)\s*[\])]?")
_LONGEST_LINE = 10_000
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    header
        Its name as the file has it; ``column 2`` where the file has no header.
    name, unit
        The header without its unit, and the unit; empty where it has none.
    """

    header: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class ColumnsOfText:
    """A table of text: what each column is called, and the cells of each line of numbers.

    Attributes
    ----------
    columns
        One for each column of the numbers.
    rows
        Number of the line, from 1, and its cells.
    decimal_comma
        Whether a comma parts the decimals.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    decimal_comma: bool

    def find(self, given: object) -> int:
        """Return the place of a column by its header, its name without unit, or its number from 1.

        Raises
        ------
        ValueError
            If there is none, or more than one.
        """
        count = len(self.columns)
        if isinstance(given, int) and not isinstance(given, bool):
            if not 1 <= given <= count:
                raise ValueError(f"has {count} columns, not a column {given}")
            return given - 1
        if not isinstance(given, str):
            raise ValueError(f"a column is named by its header or its number, not {given!r:.60}")
        wanted = given.strip().casefold()
        for spelling in ("header", "name"):
            found = [i for i, one in enumerate(self.columns) if getattr(one, spelling).casefold() == wanted]
            if len(found) > 1:
                raise ValueError(f"has {len(found)} columns '{given:.60}'; name one by its number, from 1")
            if found:
                return found[0]
        match = nearest(given, [one.header for one in self.columns])
        hint = f"; did you mean '{match}'?" if match else ""
        raise ValueError(f"has no column '{given:.60}'{hint}; its columns: {self.listed}")

    @property
    def listed(self) -> str:
        """The headers, for messages."""
        return ", ".join(f"'{one.header:.40}'" for one in self.columns[:12])

    def numbers(self, column: int) -> list[float]:
        """Return the numbers of a column, in the order of the lines.

        Raises
        ------
        ValueError
            At the first cell that is no number, with its line.
        """
        found = []
        for line, cells in self.rows:
            cell = cells[column] if column < len(cells) else ""
            number = _number(cell, self.decimal_comma)
            if number is None:
                what = f"'{cell:.40}' is not a number" if cell else "has no number"
                raise ValueError(f"line {line}: column '{self.columns[column].header:.40}': {what}")
            found.append(number)
        return found


def read_columns(text: str) -> ColumnsOfText:
    """Return the table that text holds.

    Raises
    ------
    ValueError
        If there are no two columns of numbers in it, or the header does not fit them.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for number, line in lines:
        if len(line) > _LONGEST_LINE:
            raise ValueError(f"line {number} has {len(line)} characters; at most {_LONGEST_LINE} are read")
    plain = [(number, line) for number, line in lines if not _COMMENT.match(line)]
    separator = max(_SEPARATORS, key=lambda one: _fit(one, plain))
    rows = [(number, _cells(line, separator)) for number, line in plain]
    first = next((index for index, (_, cells) in enumerate(rows) if _is_numeric(cells, separator)), None)
    if first is None:
        raise ValueError("holds no two columns of numbers (separated by commas, semicolons, tabs or spaces)")
    width = len(rows[first][1])
    above = [cells for _, cells in rows[:first]]
    if not above:
        above = _header_in_comment(lines, rows[first][0], separator, width)
    data = tuple((number, cells) for number, cells in rows[first:] if any(cells))
    comma = separator != "," and any(_NUMBER_WITH_COMMA.fullmatch(cell) for _, row in data for cell in row)
    columns = _columns(above, width)
    for number, cells in data:
        if len(cells) < 2:
            raise ValueError(
                f"line {number} is no row of numbers: '{cells[0]:.60}'; remove it or mark it with '#'"
            )
        if any(cells[len(columns) :]):
            more = "; with a decimal comma, part the columns by semicolons" if separator == "," else ""
            raise ValueError(f"line {number} has {len(cells)} columns, the header {len(columns)}{more}")
    return ColumnsOfText(columns, data, comma)


def _fit(separator: str, lines: Sequence[tuple[int, str]]) -> int:
    """Return how many lines are rows of numbers when they are parted so."""
    return sum(_is_numeric(_cells(line, separator), separator) for _, line in lines)


def _cells(line: str, separator: str) -> tuple[str, ...]:
    if separator == " ":
        return tuple(re.sub(r"\s+(?=[\[(])", "", line).split())  # 'U [V]' is one header
    cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    return tuple(cell.strip() for cell in cells)


def _is_numeric(cells: Sequence[str], separator: str) -> bool:
    """Return whether a line holds numbers: two cells or more, and no words in any."""
    comma = separator != ","
    numbers = [_number(cell, comma) is not None or _number(cell) is not None for cell in cells]
    return sum(numbers) > 1


def _number(cell: str, decimal_comma: bool = False) -> float | None:
    text = cell.replace(_MINUS, "-")
    if decimal_comma and _NUMBER_WITH_COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    if decimal_comma and "." in text:
        return None  # a point beside decimal commas parts thousands, or is a slip
    return float(text) if _NUMBER.fullmatch(text) else None


def _header_in_comment(
    lines: Sequence[tuple[int, str]], first: int, separator: str, width: int
) -> list[tuple[str, ...]]:
    """Return the comment above the first row, where it names as many columns (as numpy writes headers)."""
    comments = [line for number, line in lines if number < first and _COMMENT.match(line)]
    if not comments:
        return []
    cells = _cells(_COMMENT.sub("", comments[-1]).strip(), separator)
    return [cells] if len(cells) == width else []


def _columns(above: Sequence[tuple[str, ...]], width: int) -> tuple[Column, ...]:
    if not above:
        return tuple(Column(f"column {place + 1}", "", "") for place in range(width))
    headers, units = above[-1], ("",) * len(above[-1])
    if len(above) > 1 and len(above[-2]) == len(headers) and all(map(_UNIT_LINE.fullmatch, headers)):
        units, headers = tuple(cell.strip("[]() ") for cell in headers), above[-2]
    return tuple(_column(header, unit) for header, unit in zip(headers, units, strict=True))


def _column(header: str, unit: str) -> Column:
    for pattern in _UNITS_OF_NAMES:
        match = None if unit else pattern.match(header)
        if match:
            return Column(header, match[1].strip(), match[2].strip())
    return Column(header, header, unit)
