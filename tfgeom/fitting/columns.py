"""Which columns of a table of measurements are what, in which units, by their headers.

``c_rate``, ``current_mA_cm2``, ``capacity_uAh_cm2``, ``utilisation``, ``time_s``, ``voltage_V`` and the
like, and what cyclers write: ``Ewe/V``, ``Capacity (uAh/cm2)``, ``Time [h]``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tfgeom.materials.csv_columns import Column, ColumnsOfText
from tfgeom.units import parse_quantity

_CALLED = {
    "utilisation": re.compile(r".*utili[sz]ation.*|.*retention.*|share"),
    "c_rate": re.compile(r"c|c?rate|.*crate"),
    "time": re.compile(r"t|time.*|elapsed.*|.*timestamp"),
    "voltage": re.compile(r"[uve]|volts?|ewe|ecell|.*voltage.*|.*potential.*"),
    "current": re.compile(r"[ij]|.*current.*"),
    "capacity": re.compile(r"q|.*capacity.*|charge.*"),
}
"""What headers call a column, in small letters without signs; the first that fits."""
_DIMENSIONS = {
    "utilisation": "fraction",
    "time": "time",
    "voltage": "voltage",
    "current": "current_density",
    "capacity": "areal_capacity",
}
_EXAMPLES = {
    "time": "time_s",
    "voltage": "voltage_V",
    "current": "current_mA_cm2",
    "capacity": "capacity_uAh_cm2",
    "utilisation": "utilisation_%",
}
_WHOLE = {"current": "current", "capacity": "areal_capacity"}
_PLAIN_RATE = ("", "C", "1/h", "h-1", "h^-1")
_CHARGES = ("Ah", "mAh", "uAh", "\N{MICRO SIGN}Ah", "mA.h", "\N{MICRO SIGN}A.h")


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """A column that is known by its header.

    Attributes
    ----------
    place
        Its number from 0.
    header
        As the file has it.
    unit
        How many SI units make one of its numbers; of C-rates 1 (per hour).
    stated
        Whether the header says the unit.
    """

    place: int
    header: str
    unit: float
    stated: bool


def known_columns(found: ColumnsOfText) -> dict[str, KnownColumn]:
    """Return the columns that are known, by what they hold.

    Raises
    ------
    ValueError
        If two could be the same, or the unit of one is missing or of another kind.
    """
    known: dict[str, KnownColumn] = {}
    for place, column in enumerate(found.columns):
        said = _said(column)
        if said is None:
            continue
        what, unit = said
        if what in known:
            raise ValueError(
                f"'{known[what].header:.40}' and '{column.header:.40}' could both be the {_noun(what)}; "
                "rename or remove the one that is not meant"
            )
        size = _size_of(column, what, unit)
        known[what] = KnownColumn(place, column.header, 1.0 if size is None else size, size is not None)
    return known


def _noun(what: str) -> str:
    return {"c_rate": "C-rate"}.get(what, what)


def _parts(column: Column) -> Iterator[tuple[str, str]]:
    """Yield ways to part a header into name and unit, the likeliest first."""
    if column.unit:
        yield column.name, column.unit
    words = re.split(r"[_\s]+", column.header.strip())
    for first in range(1, len(words)):
        yield "_".join(words[:first]), "/".join(words[first:])
    yield column.header, ""


def _said(column: Column) -> tuple[str, str] | None:
    """Return what a column holds and its unit, by its header; None where that says nothing known."""
    for name, unit in _parts(column):
        if unit and not _measures(unit):
            continue
        letters = re.sub(r"[^a-z]", "", name.lower())
        for what, called in _CALLED.items():
            if called.fullmatch(letters) and (what == "c_rate" or unit not in _PLAIN_RATE[1:]):
                return what, unit
    return None


def _measures(unit: str) -> bool:
    """Return whether text is a unit of anything that a measurement may hold."""
    kinds = (*_DIMENSIONS.values(), "current", "specific_capacity", "volumetric_capacity", "power")
    return unit in (*_PLAIN_RATE, *_CHARGES) or any(_size(unit, kind) is not None for kind in kinds)


def _size_of(column: Column, what: str, unit: str) -> float | None:
    """Return how many SI units make one number of a column; None where its header has no unit."""
    if what == "c_rate" and unit in _PLAIN_RATE:
        return 1.0
    if not unit and what == "utilisation":
        return None
    header = f"column '{column.header:.40}'"
    if not unit:
        raise ValueError(f"{header} has no unit; write it into its header, for example '{_EXAMPLES[what]}'")
    size = None if what == "c_rate" else _size(unit, _DIMENSIONS[what])
    if size is None:
        raise ValueError(f"{header} is in '{unit:.20}'; {_remedy(what)}")
    return size


def _remedy(what: str) -> str:
    if what == "c_rate":
        return "a C-rate is per hour; write 'c_rate', or a current per footprint as 'current_mA_cm2'"
    if what in _WHOLE:
        noun = "current" if what == "current" else "capacity"
        return f"a {noun} per area of footprint is needed, for example '{_EXAMPLES[what]}'"
    return f"a {_noun(what)} is needed, for example '{_EXAMPLES[what]}'"


def _size(unit: str, dimension: str) -> float | None:
    try:
        return parse_quantity(f"1 {unit}", dimension)
    except (ValueError, OverflowError, KeyError):
        return None
