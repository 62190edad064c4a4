"""A file of points for a sweep: one column a path, units in the header or in the values."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tfgeom.errors import DesignError, Issue
from tfgeom.source import resolve_scalar, text_of
from tfgeom.sweep.axes import Axis
from tfgeom.units import split_quantity, unit_ratio

Example = Callable[[str], Any]
"""What a path of the design could hold, None where there is no such path."""

_IN_BRACKETS = re.compile(r"(?P<path>.*?)\s*[\[(](?P<unit>[^\[\]()]+)[\])]$")
_MOST_POINTS = 1_000_000


def read_points(path: Path, example: Example) -> dict[str, Axis]:
    """Return path to values of a CSV file.

    The header names paths: ``relief.pitch`` with values such as ``4 um``, or with the unit of bare numbers as
    ``relief.pitch [um]`` or, as the table of a sweep has it, ``relief.pitch_um``.

    Raises
    ------
    DesignError
        With line and column of what cannot be read.
    """
    text = text_of(path, "a file of points is a CSV file")
    rows = [row for row in enumerate(csv.reader(io.StringIO(text), strict=False), start=1) if any(row[1])]
    if len(rows) < 2:
        raise _wrong(path, "holds no points; the first row names paths, each further row is a point")
    if len(rows) > _MOST_POINTS:
        raise _wrong(path, f"holds {len(rows) - 1} points; at most {_MOST_POINTS} are read")
    (head_line, head), *lines = rows
    if len(head) == 1 and (found_in := next((sign for sign in (";", "\t") if sign in head[0]), "")):
        named = "tabs" if found_in == "\t" else f"'{found_in}'"
        raise _wrong(
            path, f"has its columns parted by {named}; save it with commas and decimal points", head_line
        )
    for line, row in lines:
        if len(row) != len(head):
            raise _wrong(path, f"has {len(row)} values and the header {len(head)} names", line)
    found: dict[str, Axis] = {}
    for column, title in enumerate(head):
        cells = [resolve_scalar(row[column].strip()) for _, row in lines]
        name, unit = _path_and_unit(title.strip(), cells, example)
        if not name or name in found:
            said = "is empty" if not name else f"'{title}' is there twice"
            raise _wrong(path, f"a name in the header {said}", head_line, column + 1)
        for (line, _), cell in zip(lines, cells, strict=True):
            is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
            if cell is None or (unit and not is_number):
                said = (
                    "is empty" if cell is None else f"'{cell:.40}' is no bare number, and its unit is there"
                )
                raise _wrong(path, f"the value of '{title}' {said}", line, column + 1)
        found[name] = Axis(tuple(f"{cell!r} {unit}" if unit else cell for cell in cells))
    return found


def _wrong(path: Path, message: str, line: int | None = None, column: int | None = None) -> DesignError:
    return DesignError([Issue("", message, line, column)], str(path))


def _path_and_unit(title: str, cells: list[Any], example: Example) -> tuple[str, str]:
    bracketed = _IN_BRACKETS.fullmatch(title)
    if bracketed is not None:
        return bracketed["path"], bracketed["unit"].strip()
    if example(title) is not None or any(split_quantity(cell) for cell in cells):
        return title, ""
    head, dot, last = title.rpartition(".")
    words = last.split("_")
    for end in range(len(words) - 1, 0, -1):
        name = head + dot + "_".join(words[:end])
        like = split_quantity(example(name))
        if like is None:
            continue
        for unit in _units("_".join(words[end:])):
            try:
                if unit_ratio(unit, like[1]) > 0:
                    return name, unit
            except ValueError:
                if unit == like[1]:
                    return name, unit
    return title, ""


def _units(slug: str) -> Iterator[str]:
    """Yield the units that a part of a name may mean, as ``A_m2`` does A/m2."""
    word = slug.replace("percent", "%")
    yield word.replace("_", "/")
    yield word.replace("_", "*")
    yield word.replace("_", "*", 1).replace("_", "/")
    yield word.replace("_", "/", 1).replace("_", "*")
