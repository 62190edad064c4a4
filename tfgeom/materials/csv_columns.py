"""Columns of numbers from text such as instruments and spreadsheets write it.

Separators are comma, semicolon, tab or spaces; decimals have a point, or a comma where another separator
parts the columns; lines that start with ``#``, ``%`` or ``//`` are comments.  The last line of words above
the numbers is the header, whose names may carry a unit: ``U [V]``, ``SOC (%)``, ``E / mV``, ``volts_mV``,
or a line of units stands below them, or the cells have it: ``50 %``.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
_UNIT_LINE = re.compile(
    r"[\[(]?\s*(?:(?:[mnu\u00b5\u03bc]?(?:V|A|W|A[.*\u00b7]?h|Wh)(?:/(?:g|cm2|cm\^2|cm\u00b2))?|%|-|1|s|min|h|K|g|"
    r"\u00b0C|degC|a\.?u\.?)?)(?:\s*(?:vs\.?|versus|against)\s.+)?\s*[\])]?"
)
"""What stands in each cell of a line of units."""
_UNIT_OF_CELL = re.compile(r"^(.*[\d.,])\s*(%|mV|V)$")
_REFERENCE = re.compile(
    r"\s*\b(?:vs\.?|versus|against)\s*((?:Li|Na|K|Mg|Ca|Zn|Al|Ag|Hg|Fc|In|SHE|NHE|RHE|SCE)(?![a-z])"
    r"[^\s\[\](),;]*(?:\s*/\s*[A-Z][^\s\[\](),;]*)?)",
    re.IGNORECASE,
)
"""What a potential is against: ``E (V vs. Li/Li+)``."""
_THOUSANDS_WITH_COMMA = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_THOUSANDS_BEFORE_COMMA = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+")
_LINES_OF_A_HEADER = 4
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
    short, against
        The name without the electrode that its potential is against, and that electrode; empty likewise.
    """

    header: str
    name: str
    unit: str
    short: str = ""
    against: str = ""


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
    separator
        What parts the cells of a line.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    decimal_comma: bool
    separator: str = ","

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
        for spelling in ("header", "name", "short"):
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
                if self.decimal_comma and _THOUSANDS_BEFORE_COMMA.fullmatch(cell):
                    what += ": its points part thousands; write it without them"
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
    lines = [(number, line) for number, line in _lines(text) if line.strip()]
    for number, line in lines:
        if len(line) > _LONGEST_LINE:
            raise ValueError(f"line {number} has {len(line)} characters; at most {_LONGEST_LINE} are read")
    plain = [(number, line) for number, line in lines if not _COMMENT.match(line)]
    separator = max(_SEPARATORS, key=lambda one: _fit(one, plain))
    rows = [(number, _cells(line, separator)) for number, line in plain]
    first = next((index for index, (_, cells) in enumerate(rows) if _is_numeric(cells)), None)
    if first is None:
        raise ValueError("holds no two columns of numbers (separated by commas, semicolons, tabs or spaces)")
    width = len(rows[first][1])
    above = [cells for _, cells in rows[:first] if any(cells)]
    if not above:
        above = _header_in_comment(lines, rows[first][0], separator, width)
    data = tuple((number, cells) for number, cells in rows[first:] if any(cells))
    columns = _columns(above, width)
    for number, cells in data:
        if len(cells) < 2:
            raise ValueError(
                f"line {number} is no row of numbers: '{cells[0]:.60}'; remove it or mark it with '#'"
            )
        if any(cells[len(columns) :]):
            more = "; with a decimal comma, part the columns by semicolons" if separator == "," else ""
            raise ValueError(f"line {number} has {len(cells)} columns, the header {len(columns)}{more}")
    columns, data = _units_of_cells(columns, data)
    # quoted between commas, '4,300' alone may part thousands
    comma = any(
        _NUMBER_WITH_COMMA.fullmatch(cell)
        and not (separator == "," and _THOUSANDS_WITH_COMMA.fullmatch(cell))
        for _, row in data
        for cell in row
    )
    return ColumnsOfText(columns, data, comma, separator)


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines with their numbers, from 1; a quoted header of several lines is one."""
    lines = text.splitlines()
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        # a quote that nothing closes soon is a slip and takes no lines with it
        last = at
        if lines[at].count('"') % 2:
            after = range(at + 1, min(at + _LINES_OF_A_HEADER, len(lines)))
            last = next((place for place in after if lines[place].count('"') % 2), at)
        found.append((at + 1, " ".join(lines[at : last + 1])))
        at = last + 1
    return found


def _units_of_cells(
    columns: tuple[Column, ...], data: tuple[tuple[int, tuple[str, ...]], ...]
) -> tuple[tuple[Column, ...], tuple[tuple[int, tuple[str, ...]], ...]]:
    """Return columns with the unit that all their cells carry, and the cells without it."""
    found, stripped = list(columns), set()
    for place, column in enumerate(columns):
        cells = [row[place] for _, row in data if place < len(row) and row[place]]
        matches = [_UNIT_OF_CELL.match(cell) for cell in cells]
        units = {match[2] if match else "" for match in matches}
        if len(units) != 1 or units == {""}:
            continue
        (unit,) = units
        if column.unit not in ("", unit):
            raise ValueError(
                f"column '{column.header:.40}' is in '{column.unit:.20}' by its header and in '{unit}' "
                "by its cells"
            )
        found[place] = replace(column, unit=unit)
        stripped.add(place)
    if not stripped:
        return columns, data
    bare = tuple(
        (
            number,
            tuple(_UNIT_OF_CELL.sub(r"\1", cell) if at in stripped else cell for at, cell in enumerate(row)),
        )
        for number, row in data
    )
    return tuple(found), bare


def _fit(separator: str, lines: Sequence[tuple[int, str]]) -> int:
    """Return how many lines are rows of numbers when they are parted so."""
    return sum(_is_numeric(_cells(line, separator)) for _, line in lines)


def _cells(line: str, separator: str) -> tuple[str, ...]:
    if separator == " ":
        return tuple(re.sub(r"\s+(?=[\[(])", "", line).split())  # 'U [V]' is one header
    cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    return tuple(cell.strip() for cell in cells)


def _is_numeric(cells: Sequence[str]) -> bool:
    """Return whether a line holds numbers: two cells or more, and no words in any."""
    return sum(_is_number(_UNIT_OF_CELL.sub(r"\1", cell)) for cell in cells) > 1


def _is_number(cell: str) -> bool:
    """Return whether a cell is a number in some way of writing; which one is found later."""
    return (
        _number(cell) is not None
        or _number(cell, decimal_comma=True) is not None
        or _THOUSANDS_BEFORE_COMMA.fullmatch(cell) is not None
    )


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
    name, said = _parted(header) if not unit else (header, unit)
    reference = _REFERENCE.search(header) or _REFERENCE.search(unit)
    if not reference:
        return Column(header, name, said, name)
    short, said = _parted(_REFERENCE.sub("", header))
    return Column(header, name, said or _REFERENCE.sub("", unit).strip(), short, reference[1])


def _parted(header: str) -> tuple[str, str]:
    """Return the name and the unit in a header."""
    for pattern in _UNITS_OF_NAMES:
        match = pattern.match(header)
        if match:
            return match[1].strip(), match[2].strip()
    return header, ""
