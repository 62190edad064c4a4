"""A constant over the composition from a CSV file that a design names.

``diffusivity: {file: d.csv, x: filled_fraction, D: 2}`` becomes ``{table: {x: [...], D: [...]}}``, so that a
design carries its points; ``exchange_current: {file: k.csv}`` likewise with ``i0``.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfgeom.materials.csv_columns import Column, ColumnsOfText, read_columns
from tfgeom.materials.given_data import GivenDataError, refuse, text_of_file
from tfgeom.units import parse_quantity

OF_FILES = {"diffusivity": ("D", "cm^2/s"), "exchange_current": ("i0", "mA/cm^2")}
"""Constants that a file may give over the composition, to their column and an example of its unit."""
_DIMENSIONS = {"diffusivity": "diffusivity", "exchange_current": "current_density"}
_CALLED = {
    "x": re.compile(
        r"x|sto(ich(iometry)?)?|filled ?fraction|filling|lithiation|(lithium )?(fraction|content)"
    ),
    "D": re.compile(r"d|diffusivity|diffusion( coefficient)?|d ?(app|chem|li)?"),
    "i0": re.compile(r"i0|j0|exchange( current)?( density)?"),
}
"""What headers call a column when nobody names it, in small letters without signs."""


def with_tables(stated: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return what a design states of a material with the files of its constants read.

    Raises
    ------
    GivenDataError
        If a file cannot be read or has no such columns.
    """
    found = dict(stated)
    for key in OF_FILES:
        constant = found.get(key)
        if isinstance(constant, Mapping) and "file" in constant:
            try:
                found[key] = _read(constant, key, folder)
            except GivenDataError as error:
                raise error.under(key) from error
    return found


def _read(stated: Mapping[str, Any], key: str, folder: Path) -> dict[str, Any]:
    symbol, _ = OF_FILES[key]
    if "table" in stated:
        refuse("stands beside 'file', which holds the table; remove one", "table")
    try:
        text, name = text_of_file(stated["file"], folder, "a table is a CSV file")
        found = read_columns(text)
    except GivenDataError as error:
        raise error.under("file") from error
    except ValueError as error:
        raise GivenDataError(f"'{stated['file']:.200}': {error}", "file") from error
    x_column, column = _column(found, stated, "x", name), _column(found, stated, symbol, name)
    if x_column == column:
        refuse(f"'{name:.200}': one column '{found.columns[column].header:.40}' cannot be both", "file")
    parts = _parts(found.columns[x_column], name)
    unit = _unit(found.columns[column], key, name)
    try:
        points = sorted(zip(found.numbers(x_column), found.numbers(column), strict=True))
    except ValueError as error:
        raise GivenDataError(f"'{name:.200}': {error}", "file") from error
    table = {
        "x": [float(f"{x / parts:.15g}") for x, _ in points],
        symbol: [f"{value!r} {unit}" for _, value in points],
    }
    kept = {one: stated[one] for one in stated if one not in ("file", "x", symbol)}
    return {"source": name, **kept, "table": table}


def _column(found: ColumnsOfText, stated: Mapping[str, Any], symbol: str, name: str) -> int:
    """Return the place of a column, named or known by its header."""
    if symbol in stated:
        try:
            return found.find(stated[symbol])
        except ValueError as error:
            raise GivenDataError(f"'{name:.200}' {error}", symbol) from error
    known = [
        place
        for place, one in enumerate(found.columns)
        if _CALLED[symbol].fullmatch(re.sub(r"[^a-z0-9 ]", "", _bare(one).replace("_", " ").lower()).strip())
    ]
    if len(known) == 1:
        return known[0]
    several = "could be more than one column" if known else "is no column that is known by its header"
    refuse(
        f"'{name:.200}': {symbol} {several} of {found.listed}; name it by header or number: "
        f"'{symbol}: {1 if symbol == 'x' else 2}'",
        "file",
    )


def _bare(column: Column) -> str:
    """Return the name of a column without a unit, in brackets or behind an underscore."""
    name = column.name or column.header
    for place in (at for at, sign in enumerate(name) if sign in "_ /"):
        if any(_is_in(name[place + 1 :], one) for one in _DIMENSIONS.values()):
            return name[:place]
    return name


def _is_in(unit: str, dimension: str) -> bool:
    try:
        parse_quantity(f"1 {_spelt(unit)}", dimension)
    except (ValueError, OverflowError):
        return False
    return True


def _spelt(unit: str) -> str:
    """Return a unit as quantities write it: ``cm2/s`` of ``cm2_s``."""
    return unit.strip(" /").replace("_", "/")


def _parts(column: Column, name: str) -> float:
    """Return how many of a column's numbers are one."""
    if column.unit in ("", "-", "1"):
        return 1.0
    if column.unit.lower() in ("%", "percent", "pct"):
        return 100.0
    refuse(
        f"'{name:.200}': column '{column.header:.40}' is in '{column.unit:.20}'; the coordinate of the "
        "open-circuit curve, without unit or in %, is needed",
        "file",
    )


def _unit(column: Column, key: str, name: str) -> str:
    """Return the unit of a column."""
    dimension = _DIMENSIONS[key]
    tails = [column.header[at + 1 :] for at, sign in enumerate(column.header) if sign in "_ /"]
    for one in (column.unit, *tails):
        if one and _is_in(one, dimension):
            return _spelt(one)
    symbol, example = OF_FILES[key]
    said = f"is in '{column.unit:.20}'" if column.unit else "has no unit"
    refuse(
        f"'{name:.200}': column '{column.header:.40}' {said}; write that of {key.replace('_', ' ')} into its "
        f"header, for example '{symbol} ({example})'",
        "file",
    )
