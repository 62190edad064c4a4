"""An open-circuit table from a CSV file that a design names."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfgeom.materials.csv_columns import Column, ColumnsOfText, read_columns
from tfgeom.materials.curve_lists import one_of
from tfgeom.materials.curve_tables import StatedTable
from tfgeom.materials.given_data import GivenDataError, refuse, text_of_file

KEYS = ("file", "x", "soc", "V", "mV")
"""Keys that name the file and its columns."""

_CALLED = {
    "x": (
        "x", "sto", "stoich", "stoichiometry", "filledfraction", "fractionfilled", "filling", "lithiation",
        "degreeoflithiation", "lithiumfraction", "lithiumcontent",
    ),
    "soc": ("soc", "stateofcharge"),
    "V": (
        "v", "volt", "volts", "voltage", "potential", "u", "e", "ocv", "ocp", "uocv", "eocv", "vocv", "uocp",
        "eocp", "opencircuitvoltage", "opencircuitpotential", "ewe",
    ),
}  # fmt: skip
"""What headers call a column when nobody names it, in small letters without signs."""
_LITHIUM = re.compile(r"Li(?:\s*/\s*Li[+\u207a])?|Li[+\u207a]\s*/\s*Li")
"""Metal, and no alloy such as Li-In."""
_X_IN = re.compile(r"^x in ", re.IGNORECASE)  # x in LixCoO2
_PERCENT = ("%", "percent", "pct")
_NO_UNIT = ("", "-", "1")
_CHARGE = re.compile(r"[mµμu]?(?:Ah|A\.h|A\*h|C)\b", re.IGNORECASE)


def table_of_file(stated: Mapping[str, Any], folder: Path, window: object, *keys: str) -> StatedTable:
    """Return the table of a CSV file.

    Parameters
    ----------
    stated
        ``file``, and where the headers do not say it the columns of ``x`` or ``soc``, and of ``V`` or ``mV``.
    folder
        Where the design file lies.
    window
        As stated; a charge as x needs one.
    *keys
        Where ``stated`` stands, for errors.

    Raises
    ------
    GivenDataError
        If the file cannot be read or has no such columns.
    """
    try:
        text, name = text_of_file(stated["file"], folder, "a curve is a CSV file")
        found = read_columns(text)
    except GivenDataError as error:
        raise error.under(*keys, "file") from error
    except ValueError as error:
        raise GivenDataError(f"'{stated['file']:.200}': {error}", *keys, "file") from error
    coordinate, x_column = _column(found, stated, ("x", "soc"), name, keys)
    volts, v_column = _column(found, stated, ("V", "mV"), name, keys)
    if x_column == v_column:
        refuse(
            f"'{name:.200}': one column '{found.columns[x_column].header:.40}' cannot be both", *keys, "file"
        )
    percent, declared = _unit_of_x(found.columns[x_column], coordinate, window, name, keys)
    scale = _unit_of_potential(found.columns[v_column], volts, name, keys)
    try:
        x, potential = np.array(found.numbers(x_column)), np.array(found.numbers(v_column))
    except ValueError as error:
        raise GivenDataError(f"'{name:.200}': {error}", *keys, "file") from error
    if scale is not None and scale != 1:
        potential = np.array([float(f"{one * scale:.15g}") for one in potential])
    places = [f"line {line} of '{name:.200}'" for line, _ in found.rows]
    both = (
        (*keys, coordinate if coordinate in stated else "file"),
        (*keys, volts if volts in stated else "file"),
    )
    return StatedTable(coordinate, x, potential, percent, declared, scale is not None, places, both)


def described(stated: Mapping[str, Any]) -> str:
    """Return the source of a curve that states none: its file and the columns that were named."""
    named = ", ".join(f"{key}: {stated[key]}" for key in KEYS[1:] if key in stated)
    return f"{stated['file']} ({named})" if named else str(stated["file"])


def _column(
    found: ColumnsOfText,
    stated: Mapping[str, Any],
    choices: tuple[str, str],
    name: str,
    keys: tuple[str, ...],
) -> tuple[str, int]:
    """Return which of two keys a column is for, and its place."""
    if any(key in stated for key in choices):
        key = one_of(stated, choices, *keys)
        try:
            return key, found.find(stated[key])
        except ValueError as error:
            raise GivenDataError(f"'{name:.200}' {error}", *keys, key) from error
    known = [(key, place) for key in choices for place in _called(found, key)]
    if len(known) == 1:
        return known[0]
    what = "what is filled (x or soc)" if choices[0] == "x" else "the potential (V or mV)"
    several = "could be more than one column" if known else "is no column that is known by its header"
    example = "x: 1" if choices[0] == "x" else "V: 2"
    refuse(
        f"'{name:.200}': {what} {several} of {found.listed}; name it by header or number: '{example}'",
        *keys,
        "file",
    )


def _called(found: ColumnsOfText, key: str) -> list[int]:
    names = _CALLED.get(key, ())
    return [
        place
        for place, column in enumerate(found.columns)
        if re.sub(r"[^a-z]", "", (column.short or column.header).lower()) in names
        or (key == "x" and _X_IN.match(column.header))
    ]


def _unit_of_x(
    column: Column, coordinate: str, window: object, name: str, keys: tuple[str, ...]
) -> tuple[bool, bool]:
    """Return whether a column is in percent, and whether its unit is declared at all."""
    unit = column.unit
    if unit in _NO_UNIT:
        return False, False
    if unit.lower() in _PERCENT:
        return True, True
    if coordinate == "x" and _CHARGE.match(unit) and window is not None:
        return False, True
    remedy = (
        "; a charge needs the window it covers, for example 'window: [0, 150]'" if _CHARGE.match(unit) else ""
    )
    refuse(
        f"'{name:.200}': column '{column.header:.40}' is in '{unit:.20}'; a fraction without unit or in % is "
        f"needed{remedy}",
        *keys, "file",
    )  # fmt: skip


def _unit_of_potential(column: Column, key: str, name: str, keys: tuple[str, ...]) -> float | None:
    """Return how many volts one of a column's numbers is; None where nothing says."""
    if column.against and not _LITHIUM.fullmatch(column.against):
        refuse(
            f"'{name:.200}': column '{column.header:.60}' is against '{column.against:.30}'; "
            "a potential against Li/Li+ is needed",
            *keys, "file",
        )  # fmt: skip
    said = column.unit
    unit = {"v": 1.0, "mv": 1e-3}.get(said.lower()) if said not in _NO_UNIT else None
    if said not in _NO_UNIT and unit is None:
        refuse(
            f"'{name:.200}': column '{column.header:.40}' is in '{column.unit:.20}'; "
            "a potential in V or mV is needed",
            *keys, "file",
        )  # fmt: skip
    if key == "mV":
        if unit == 1:
            refuse(
                f"'{name:.200}': column '{column.header:.40}' is in V, named as mV; write 'V'", *keys, "mV"
            )
        return 1e-3
    if unit is not None:
        return unit
    # a header that is itself 'V' or 'volts' says it
    return 1.0 if column.short.lower() in ("v", "volt", "volts") else None
