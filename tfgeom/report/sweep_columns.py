"""The table of a sweep as its page holds it: columns with titles and units, cells as short numbers."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgeom.characters import visible
from tfgeom.numerals import unit_text
from tfgeom.results import all_results
from tfgeom.sweep import StoredSweep

MOST_ROWS = 10_000
"""Rows that the page holds: of more an even choice, with all that no other row beats."""
_WIDE = 30.0  # largest over smallest, above which an axis is logarithmic
_LESS = ("asr", "resistance", "lost", "loss", "mass", "volume", "footprint_um2", "planar_asr")
_FIRST = ("footprint_energy_mWh_cm2", "footprint_capacity_uAh_cm2", "footprint_capacity_gain", "area_gain")
_SECOND = ("current_at_50pct_mA_cm2", "current_at_80pct_mA_cm2", "asr_ohm_cm2", "gap_after_coating_nm")
"""Numbers that a sweep without objectives is first looked at by, in the order of choice."""


@dataclass(frozen=True, slots=True)
class PageColumn:
    """A column of the page.

    Attributes
    ----------
    name
        As the table has it.
    title
        Its heading, unit included.
    is_parameter
        Whether it was varied or tied, or says which design or fidelity; else it is of the results.
    is_number
        Whether it holds numbers; else words.
    is_log
        Whether its axis is logarithmic.
    is_more_better
        Whether a larger number is first taken for the better one.
    cells
        Its cells, as many as rows.
    """

    name: str
    title: str
    is_parameter: bool
    is_number: bool
    is_log: bool
    is_more_better: bool
    cells: tuple[Any, ...]

    @property
    def varies(self) -> bool:
        """Whether it holds two different cells, more apart than rounding where they are numbers."""
        if not self.is_number:
            return len(set(self.cells)) > 1
        return len({_short(cell) for cell in self.cells}) > 1

    def json(self) -> dict[str, Any]:
        """Return it for the page's script: numbers of five digits, words by their place in a list."""
        said: dict[str, Any] = {
            "title": self.title,
            "parameter": self.is_parameter,
            "log": self.is_log,
            "more": self.is_more_better,
        }
        if self.is_number:
            return said | {"cells": [_short(cell) for cell in self.cells]}
        words = sorted({cell for cell in self.cells if cell is not None})
        place = {word: at for at, word in enumerate(words)}
        return said | {"words": words, "cells": [place.get(cell) for cell in self.cells]}


def page_columns(stored: StoredSweep, rows: Sequence[Mapping[str, Any]]) -> list[PageColumn]:
    """Return the columns that vary over rows: what was varied first, then what came of it."""
    layout = stored.manifest.layout
    paths = {column.name: (path, column.unit) for path, column in layout.parameters.items()}
    scales = {
        path: is_log for path, _, ends, _, is_log in stored.manifest.asked.get("vary", ()) if ends is not None
    }
    ways = _ways(stored)
    found = []
    for name in layout.columns:
        if name in ("status", "error"):
            continue
        cells = tuple(row[name] for row in rows)
        numbers = [cell for cell in cells if _is_number(cell)]
        is_number = len(numbers) == sum(cell is not None for cell in cells)
        if not is_number:
            words = _words(name, cells)
            cells = tuple(None if cell is None else words[str(cell)] for cell in cells)
        path, unit = paths.get(name, ("", ""))
        is_wide = bool(numbers) and min(numbers) > 0 and max(numbers) > _WIDE * min(numbers)
        is_log = is_number and scales.get(path, is_wide)
        key = stored.manifest.keys.get(name) or name
        title = _heading(path, unit) if path else _title(key)
        is_parameter = name in layout.head
        column = PageColumn(name, title, is_parameter, is_number, is_log, ways.get(name, _more(key)), cells)
        if column.varies:
            found.append(column)
    return found


def first_looked_at(stored: StoredSweep, columns: Sequence[PageColumn]) -> list[PageColumn]:
    """Return the one or two numbers that the front is first drawn of: objectives, or the usual ones."""
    numbers = [column for column in columns if column.is_number and not column.is_parameter]
    by_name = {column.name: column for column in numbers}
    chosen = [by_name[name] for name in _ways(stored) if name in by_name][:2]
    for usual in (_FIRST, _SECOND, [column.name for column in numbers]):
        fitting = (
            column
            for ending in usual
            for column in numbers
            if column not in chosen and f".{column.name}".endswith(f".{ending}")
        )
        if len(chosen) < 2 and (more := next(fitting, None)) is not None:
            chosen.append(more)
    return chosen[:2]


def front(columns: Sequence[PageColumn]) -> list[int]:
    """Return the rows that no other beats in all of one or two columns, from worst to best in the first."""
    signs = [1 if column.is_more_better else -1 for column in columns]
    points = [
        (row, tuple(sign * cell for sign, cell in zip(signs, cells, strict=True)))
        for row, cells in enumerate(zip(*(column.cells for column in columns), strict=True))
        if all(map(_is_number, cells))
    ]
    best, kept = -math.inf, []
    for row, values in sorted(points, key=lambda point: tuple(-one for one in point[1])):
        if values[-1] > best:
            best = values[-1]
            kept.append(row)
        if len(columns) == 1:
            break
    return kept[::-1]


def _ways(stored: StoredSweep) -> dict[str, bool]:
    """Return which numbers the sweep itself wants, and whether it wants more of them."""
    wanted = stored.manifest.asked.get("objectives") or {}
    pairs = wanted.items() if isinstance(wanted, Mapping) else (tuple(one)[:2] for one in wanted)
    found = {str(name): way in ("maximize", True) for name, way in pairs}
    then = stored.manifest.layout.then
    return found or ({} if then is None else {then.by: then.is_largest_best})


def _more(key: str) -> bool:
    return not key.rpartition(".")[2].startswith(_LESS)


def _title(key: str) -> str:
    for one in all_results():
        if one.path == key:
            unit = unit_text(one.declared.unit)
            return f"{one.declared.title}, {unit}" if unit else one.declared.title
    return key


def _words(name: str, cells: Sequence[Any]) -> dict[str, str]:
    """Return how a column shows its words: files by their name, sections by their kind if that tells."""
    different = {str(cell): cell for cell in cells if cell is not None}
    if name == "base":
        short = {key: Path(cell).stem for key, cell in different.items()}
    else:
        short = {key: _kind_of(cell) for key, cell in different.items()}
    if len(set(short.values())) < len(short):
        short = {key: key for key in different}
    return {key: visible(word) for key, word in short.items()}


def _kind_of(cell: Any) -> str:
    if not isinstance(cell, Mapping) or "kind" not in cell:
        return str(cell)
    return ", ".join(str(cell[key]) for key in ("kind", "lattice") if key in cell)


def _heading(path: str, unit: str) -> str:
    return visible(f"{path}, {unit_text(unit)}" if unit else path)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell)


def _short(cell: Any) -> float | int | None:
    if not _is_number(cell):
        return None
    number = float(f"{cell:.5g}")
    return int(number) if number.is_integer() and abs(number) < 1e9 else number


def chosen_rows(stored: StoredSweep) -> tuple[list[int], int]:
    """Return the numbers (from 0) of the rows that the page holds, and how many rows have numbers."""
    fine = [row for row, record in enumerate(stored.records) if record["status"] == "ok"]
    if len(fine) <= MOST_ROWS:
        return fine, len(fine)
    columns = page_columns(stored, rows_of(stored, fine))
    looked_at = first_looked_at(stored, columns)
    best = {fine[row] for row in front(looked_at)} if looked_at else set()
    even = {fine[at * len(fine) // MOST_ROWS] for at in range(MOST_ROWS)}
    return sorted(even | best), len(fine)


def rows_of(stored: StoredSweep, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Return some rows of the table."""
    return [stored.manifest.layout.row(stored.records[row]) for row in numbers]


def reasons_of(stored: StoredSweep, status: str) -> Iterator[tuple[int, str]]:
    """Yield number (from 0) and error of the rows of a status."""
    for row, record in enumerate(stored.records):
        if record["status"] == status:
            yield row, visible(str(record["error"]))
