"""Quantities at the file boundary: text with a unit in, SI floats inside, text with a unit out.

pint knows the units but must never see raw user text (``1,5 um`` reads as 15 um there and
``9**9**9 m`` hangs): `tfgeom.spelling` splits number from unit by one strict pattern and gives every unit
its one name.  Numbers are scaled in decimal arithmetic: ``70 nm`` is exactly the float ``7e-08``.
"""

import math
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from tfgeom.constants import FARADAY
from tfgeom.rows import Numbers, is_rows
from tfgeom.spelling.dimensions import DIMENSIONS, Dimension
from tfgeom.spelling.grammar import MAX_TEXT, Powers, powers_text, readings, split_number
from tfgeom.spelling.remedies import why_not

if TYPE_CHECKING:
    import pint

NM = 1e-9
UM = 1e-6
MM = 1e-3
UAH_PER_CM2 = 36.0
"""C/m² in one uAh/cm²."""
MWH_PER_CM2 = 3.6e4
"""J/m² in one mWh/cm²."""
MA_PER_CM2 = 10.0
"""A/m² in one mA/cm²."""
OHM_CM2 = 1e-4
"""ohm m² in one ohm cm²."""
WH_PER_L = 3.6e6
"""J/m³ in one Wh/L."""
WH_PER_KG = 3600.0
"""J/kg in one Wh/kg."""

_OFFSETS = {
    "degC": (Decimal(1), Decimal("273.15")),
    "degF": (Decimal(5) / 9, Decimal("459.67") * 5 / 9),
    "degR": (Decimal(5) / 9, Decimal(0)),
}
"""Kelvin in one degree, and where its zero lies, K."""
_LETTERS_OF_DEGREES = {"C": "coulomb", "F": "farad"}
_SHOWN = 3
"""Units that a bare number is shown in."""


@cache
def _registry() -> "pint.UnitRegistry[Any]":
    import pint  # 0.3 s: only when a file uses a unit that is not declared above

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def _key(powers: Powers) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(powers.items()))


@cache
def _declared(dimension: str) -> dict[tuple[tuple[str, int], ...], Decimal]:
    kind = DIMENSIONS[dimension]
    return {
        _key(readings(unit)[0]) if unit else (): Decimal(factor) for unit, factor in kind.declared.items()
    }


@lru_cache(maxsize=1024)
def _scale(unit: str, dimension: str) -> Decimal:
    """Return how many SI units make one ``unit``; raise ValueError when they measure different things."""
    kind = DIMENSIONS[dimension]
    fitting = readings(unit)
    for powers in fitting:
        factor = _declared(dimension).get(_key(powers))
        if factor is not None:
            return factor
    problems = []
    for powers in fitting:
        try:
            return _factor_of(_key(powers), kind.si, unit)
        except ValueError as error:
            problems.append(error)
    raise problems[0]


def _factor(unit: str, si: str) -> Decimal:
    """Return how many ``si`` make one ``unit`` by pint, in its plainest reading."""
    return _factor_of(_key(readings(unit)[0]), si, unit)


@lru_cache(maxsize=1024)
def _factor_of(key: tuple[tuple[str, int], ...], si: str, unit: str) -> Decimal:
    import pint

    for name, _ in key:
        if not (name.isascii() and name.isalpha()):
            raise ValueError(f"unknown unit '{name}'")
    text = "*".join(f"{name}**{power}" for name, power in key) or "dimensionless"
    try:
        named = _registry().Unit(text)
        quantity = 1 * named
        if si == "J/mol" and quantity.check("[energy]"):
            return _tidy(quantity.to("eV").magnitude * FARADAY)
        factor = quantity.to(si or "dimensionless").magnitude
        if not math.isclose((2 * named).to(si or "dimensionless").magnitude, 2 * factor):
            raise ValueError("a zero of its own")
        return _tidy(factor)
    except pint.UndefinedUnitError as error:
        names = error.unit_names
        name = names if isinstance(names, str) else ", ".join(names)
        raise ValueError(f"unknown unit '{name if len(key) > 1 else unit}'") from error
    except (pint.PintError, ArithmeticError, AssertionError, KeyError, ValueError, TypeError) as error:
        raise ValueError(f"'{unit}' is not a unit of this kind") from error


def _tidy(factor: float) -> Decimal:
    """Return the short decimal that a factor stands for (999.9999999999999 is 1000), else all its digits."""
    short = float(f"{factor:.12g}")
    return Decimal(repr(short if math.isclose(short, factor, rel_tol=1e-14) else factor))


def parse_quantity(given: object, dimension: str) -> float:
    """Return the SI value of a quantity written as text.

    Parameters
    ----------
    given
        What the file holds, for example ``"3 um"``.  A bare number is refused unless ``dimension`` is
        ``fraction``, where both ``0.05`` and ``"5 %"`` are read.
    dimension
        Key of `tfgeom.spelling.dimensions.DIMENSIONS`.

    Returns
    -------
    float
        Finite value in the SI unit of the dimension (angles in radians, temperatures in kelvin).

    Raises
    ------
    ValueError
        With a message that shows what was given and how to write it.
    """
    kind = DIMENSIONS[dimension]
    noun = dimension.replace("_", " ")
    if dimension == "fraction" and isinstance(given, (int, float)) and not isinstance(given, bool):
        if not math.isfinite(given):
            raise ValueError(f"must be a finite number, not {given}")
        return float(given)
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        raise ValueError(
            _without_unit(_shortest(given), kind)
            if math.isfinite(given)
            else f"must be a finite number with a unit, not {given}; for example '{kind.example}'"
        )
    if not isinstance(given, str):
        raise ValueError(
            f"must be {_with_article(noun)} with its unit, for example '{kind.example}', not {given!r:.60}"
        )
    if len(given) > MAX_TEXT:
        raise ValueError(
            f"must be {_with_article(noun)} such as '{kind.example}', not {len(given)} characters of text"
        )
    split = split_number(given)
    if split is None:
        raise ValueError(why_not(given, kind.example))
    number, unit = split
    if not unit and dimension != "fraction":
        raise ValueError(_without_unit(given.strip(), kind))
    return _to_si(number, unit, dimension)


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _shortest(number: float) -> str:
    """Return a number as somebody wrote it: 2000000000, not 2000000000.0."""
    text = f"{number:.12g}"
    return text if float(text) == number else str(number)


def _without_unit(number: str, kind: Dimension) -> str:
    """Return the message for a bare number: what it may be, none of it asserted."""
    units = list(kind.declared)[:_SHOWN]
    *others, last = (f"'{number} {unit}'" for unit in units)
    ways = f"{', '.join(others)} or {last}, whichever it is" if others else last
    return f"needs a unit: {number} alone could mean anything; write for example {ways}"


def _to_si(number: str, unit: str, dimension: str) -> float:
    kind = DIMENSIONS[dimension]
    offset = _offset(unit) if dimension == "temperature" else None
    if offset is not None:
        value = float(Decimal(number) * _OFFSETS[offset][0] + _OFFSETS[offset][1])
    else:
        try:
            value = float(Decimal(number) * (_scale(unit, dimension) if unit else 1))
        except ValueError as error:
            noun = dimension.replace("_", " ")
            if dimension == "temperature" and unit in _LETTERS_OF_DEGREES:
                meant = f"'{number} deg{unit}'"
                raise ValueError(
                    f"'{unit}' alone is the {_LETTERS_OF_DEGREES[unit]}; write {meant}"
                ) from error
            raise ValueError(
                f"{error}: {_with_article(noun)} is needed, for example '{kind.example}'"
            ) from error
    if not math.isfinite(value):
        raise ValueError(f"'{number} {unit}' is out of range")
    return value


def _offset(unit: str) -> str | None:
    """Return the name of a unit of `_OFFSETS`; None for others."""
    key = _key(readings(unit)[0])
    return key[0][0] if len(key) == 1 and key[0][0] in _OFFSETS and key[0][1] == 1 else None


BasePowers: TypeAlias = tuple[tuple[str, Fraction], ...]
"""Powers of the base dimensions that a quantity is made of, by name; a plain number has none."""


def in_base_units(number: float, unit: str) -> tuple[float, BasePowers]:
    """Return a quantity in SI base units, and what it is made of.

    Raises ValueError for what has no such number, as units with zeros of their own (degC, degF): sums of
    them mean nothing.
    """
    offset = _offset(unit)
    if offset is not None and _OFFSETS[offset][1]:
        raise ValueError(f"'{unit}' has a zero of its own, and no arithmetic; write kelvin")
    for powers in readings(unit):
        for kind in DIMENSIONS.values():
            factors = {_key(readings(one)[0]) if one else (): one for one in kind.declared}
            if _key(powers) in factors:
                factor = Decimal(kind.declared[factors[_key(powers)]])
                size, made_of = _base_of(kind.si)
                return float(Decimal(repr(number)) * factor) * size, made_of
    size, made_of = _base_of(powers_text(readings(unit)[0]))
    return number * size, made_of


def from_base_units(value: float, powers: BasePowers) -> str | float:
    """Return a quantity in SI base units as a design file holds it; raise ValueError where none is such."""
    rounded = float(f"{value:.14g}")
    if not powers:
        return rounded
    for dimension, kind in DIMENSIONS.items():
        size, made_of = _base_of(kind.si)
        if made_of == powers:
            return format_quantity(float(f"{value / size:.14g}"), dimension)
    made = " ".join(f"{name}^{power}" for name, power in powers)
    raise ValueError(f"{value:.6g} of {made} is no quantity of a design")


@cache
def _base_of(unit: str) -> tuple[float, BasePowers]:
    """Return the size of a unit in SI base units and what it is made of, by pint."""
    import pint

    text = unit.replace("^", "**") or "dimensionless"
    try:
        quantity = 1 * _registry().Unit(text)
        made_of = {name.strip("[]"): Fraction(power) for name, power in quantity.dimensionality.items()}
        return float(quantity.to_base_units().magnitude), tuple(sorted(made_of.items()))
    except (pint.PintError, ArithmeticError, AssertionError, KeyError, ValueError, TypeError) as error:
        raise ValueError(f"'{unit}' is not a unit that arithmetic knows") from error


def format_quantity(value: float, dimension: str) -> str:
    """Return text with a unit that `parse_quantity` reads back to exactly ``value``."""
    kind = DIMENSIONS[dimension]
    exact = [text for unit in kind.display if (text := _text_in(value, unit, dimension)) is not None]
    if exact:
        return min(exact, key=_clumsiness)
    return f"{value!r} {kind.si}".strip()


def _clumsiness(text: str) -> tuple[int, int]:
    number = text.split(" ", maxsplit=1)[0]
    magnitude = abs(float(number))
    return (0 if magnitude == 0 or 0.1 <= magnitude < 1e4 else 1, len(number))


def _text_in(value: float, unit: str, dimension: str) -> str | None:
    si = Decimal(repr(value))
    zero = _OFFSETS["degC"][1] if unit == "degC" else Decimal(0)
    scaled = (si - zero) / (_scale(unit, dimension) if unit else 1)
    number = f"{float(scaled):.15g}"
    text = f"{number} {unit}".strip()
    return text if _to_si(number, unit, dimension) == value else None


def in_display_unit(value: float, dimension: str) -> tuple[float, str]:
    """Return an SI value in the unit it is printed in, and that unit ('' for a pure number)."""
    kind = DIMENSIONS[dimension]
    unit = kind.usual
    if unit == "degC":
        return value - 273.15, unit
    factor = float(_scale(unit, dimension)) if unit else 1.0
    return float(f"{value / factor:.12g}"), unit


def in_unit(value: Numbers, unit: Numbers) -> Numbers:
    """Return ``value / unit`` without the digits that division adds (49.99999999999999 nm is 50 nm).

    Numbers of n designs keep them.
    """
    found = value / unit
    return found if is_rows(found) else float(f"{found:.13g}")


def in_unit_or_none(value: Numbers | None, unit: Numbers) -> Numbers | None:
    """Return `in_unit` of a value, None for none."""
    return None if value is None else in_unit(value, unit)


def split_quantity(given: object) -> tuple[float, str] | None:
    """Return number and unit of text such as ``"3 um"``, the unit in plain letters; None for other values."""
    split = split_number(given) if isinstance(given, str) else None
    return None if split is None or not split[1] else (float(split[0]), plain_unit(split[1]))


def plain_unit(unit: str) -> str:
    """Return a unit in letters and signs of ASCII, ``um`` for ``µm``; of two readings one that is in use."""
    fitting = readings(unit)
    in_use = [one for one in fitting if any(_key(one) in _declared(dimension) for dimension in DIMENSIONS)]
    return powers_text((in_use or fitting)[0])


def unit_ratio(unit: str, other: str) -> float:
    """Return how many ``other`` make one ``unit``; raise ValueError when there is no such number.

    Units with zeros of their own (degC, degF, K) have none, unless they are the same.
    """
    ones, others = readings(unit), readings(other)
    if any(one in others for one in ones):
        return 1.0
    if any(name and _OFFSETS[name][1] for name in (_offset(unit), _offset(other))):
        raise ValueError(f"'{unit}' and '{other}' have different zeros: write all values in one of them")
    for dimension in DIMENSIONS:
        declared = _declared(dimension)
        known = [[declared[_key(one)] for one in many if _key(one) in declared] for many in (ones, others)]
        if all(known):
            return float(known[0][0] / known[1][0])
    problems = []
    for one, two in product(ones, others):
        try:
            return float(_factor_of(_key(one), powers_text(two), unit))
        except ValueError as error:
            problems.append(error)
    raise problems[0]
