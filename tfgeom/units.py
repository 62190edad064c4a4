"""Quantities at the file boundary: text with a unit in, SI floats inside, text with a unit out.

pint knows the units but must never see raw user text (``1,5 um`` reads as 15 um there and
``9**9**9 m`` hangs), so one strict regular expression splits number from unit first.  Numbers are
scaled in decimal arithmetic: ``70 nm`` is exactly the float ``7e-08``.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from tfgeom.constants import FARADAY

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


@dataclass(frozen=True, slots=True)
class Dimension:
    """A kind of quantity.

    Attributes
    ----------
    si
        Its SI unit.
    display
        The units it is printed in, best first, with how many ``si`` make one, exactly.  They are read without
        pint, which takes longer to load than a design to evaluate; a test holds them equal to pint's.
    example
        A quantity.
    """

    si: str
    display: Mapping[str, str]
    example: str

    @property
    def usual(self) -> str:
        """The unit it is printed in where none fits better."""
        return next(iter(self.display))


DIMENSIONS: dict[str, Dimension] = {
    "length": Dimension("m", {"um": "1e-6", "nm": "1e-9", "mm": "1e-3", "m": "1"}, "3 um"),
    "angle": Dimension("rad", {"deg": "0.017453292519943295", "rad": "1"}, "90 deg"),
    "temperature": Dimension("K", {"degC": "1", "K": "1"}, "25 degC"),
    "voltage": Dimension("V", {"V": "1"}, "3.5 V"),
    "time": Dimension("s", {"s": "1"}, "10 s"),
    "fraction": Dimension("", {"": "1", "%": "0.01"}, "5 %"),
    "conductivity": Dimension("S/m", {"S/cm": "100", "S/m": "1"}, "2e-6 S/cm"),
    "resistivity": Dimension("ohm*m", {"uohm*cm": "1e-8", "ohm*m": "1"}, "150 uohm*cm"),
    "diffusivity": Dimension("m^2/s", {"cm^2/s": "1e-4", "m^2/s": "1"}, "1e-13 cm^2/s"),
    "current_density": Dimension("A/m^2", {"mA/cm^2": "10", "A/m^2": "1"}, "0.5 mA/cm^2"),
    "areal_capacity": Dimension("C/m^2", {"uAh/cm^2": "36", "C/m^2": "1"}, "24 uAh/cm^2"),
    "volumetric_capacity": Dimension("C/m^3", {"uAh/cm^2/um": "36e6", "C/m^3": "1"}, "37 uAh/cm^2/um"),
    "area_resistance": Dimension("ohm*m^2", {"ohm*cm^2": "1e-4", "ohm*m^2": "1"}, "20 ohm*cm^2"),
    "areal_energy": Dimension("J/m^2", {"mWh/cm^2": "36e3", "J/m^2": "1"}, "0.1 mWh/cm^2"),
    "density": Dimension("kg/m^3", {"g/cm^3": "1000", "kg/m^3": "1"}, "2.5 g/cm^3"),
    "activation_energy": Dimension(
        "J/mol", {"eV": "96485.33212331001", "kJ/mol": "1000", "J/mol": "1"}, "0.55 eV"
    ),
    "concentration": Dimension("mol/m^3", {"mol/m^3": "1"}, "6.01e4 mol/m^3"),
    "recombination_rate": Dimension("m^3/mol/s", {"m^3/mol/s": "1"}, "9e-7 m^3/mol/s"),
}

_TERM = r"(?:1/)?[A-Za-z°µμΩÅ%]+(?:(?:\^|\*\*)?-?[1-6]|⁻?[¹²³])?"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?"
_QUANTITY = re.compile(rf"^\s*({_NUMBER})\s*({_TERM}(?:\s*[*·/]\s*{_TERM}|\s+{_TERM}){{0,4}})?\s*$")
_DECIMAL_COMMA = re.compile(r"^\s*([-+]?\d+),(\d+)(.*)$")
_SUPERSCRIPTS = str.maketrans({"¹": "1", "²": "2", "³": "3", "⁻": "-"})
_MAX_TEXT = 80
_OFFSET_UNITS = {"degC", "°C", "celsius", "degF", "°F", "fahrenheit"}
NUMBER_AND_UNIT = rf"^\s*{_NUMBER}\s*[A-Za-z°µμΩÅ%(1].*$"
"""Pattern of a quantity for the JSON Schema."""


@cache
def _registry() -> "pint.UnitRegistry[Any]":
    import pint  # 0.3 s: only when a file is read

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def _scale(unit: str, kind: Dimension) -> Decimal:
    """Return how many SI units make one ``unit``; raise ValueError when they measure different things."""
    declared = kind.display.get(unit)
    return _factor(unit, kind.si) if declared is None else Decimal(declared)


@lru_cache(maxsize=512)
def _factor(unit: str, si: str) -> Decimal:
    """Return how many ``si`` make one ``unit``; raise ValueError when they measure different things."""
    import pint

    text = unit.translate(_SUPERSCRIPTS).replace("·", "*").replace("μ", "µ").replace("%", "percent")
    text = re.sub(r"(?<=[A-Za-zµΩÅ])(-?[1-6])(?![0-9])", r"^\1", text)
    try:
        quantity = 1 * _registry().Unit(text)
        if si == "J/mol" and quantity.check("[energy]"):
            return _tidy(quantity.to("eV").magnitude * FARADAY)
        return _tidy(quantity.to(si or "dimensionless").magnitude)
    except pint.UndefinedUnitError as error:
        raise ValueError(f"unknown unit '{unit}'") from error
    except (pint.PintError, AssertionError, ValueError, TypeError) as error:
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
        Key of `DIMENSIONS`.

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
            f"needs a unit: {given} alone could mean anything; write for example '{given} {kind.usual}'"
            if math.isfinite(given)
            else f"must be a finite number with a unit, not {given}; for example '{kind.example}'"
        )
    if not isinstance(given, str):
        raise ValueError(f"must be a {noun} with its unit, for example '{kind.example}', not {given!r:.60}")
    if len(given) > _MAX_TEXT:
        raise ValueError(f"must be a {noun} such as '{kind.example}', not {len(given)} characters of text")
    comma = _DECIMAL_COMMA.match(given)
    if comma:
        mended = f"{comma[1]}.{comma[2]}{comma[3]}".strip()
        raise ValueError(f"'{given}' has a decimal comma; write '{mended}'")
    match = _QUANTITY.match(given)
    if match is None:
        raise ValueError(f"'{given}' is not a number followed by a unit; write for example '{kind.example}'")
    number, unit = match.groups()
    if unit is None:
        if dimension != "fraction":
            raise ValueError(
                f"needs a unit: '{given.strip()}' alone could mean anything; "
                f"write for example '{given.strip()} {kind.usual}'"
            )
        unit = ""
    return _to_si(number, unit, dimension)


def _to_si(number: str, unit: str, dimension: str) -> float:
    kind = DIMENSIONS[dimension]
    if dimension == "temperature" and unit in ("degC", "°C", "celsius"):
        value = float(Decimal(number) + Decimal("273.15"))
    else:
        try:
            value = float(Decimal(number) * (_scale(unit, kind) if unit else 1))
        except ValueError as error:
            noun = dimension.replace("_", " ")
            raise ValueError(f"{error}: a {noun} is needed, for example '{kind.example}'") from error
    if not math.isfinite(value):
        raise ValueError(f"'{number} {unit}' is out of range")
    return value


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
    if unit == "degC":
        scaled = si - Decimal("273.15")
    else:
        scaled = si / (_scale(unit, DIMENSIONS[dimension]) if unit else 1)
    number = f"{float(scaled):.15g}"
    text = f"{number} {unit}".strip()
    return text if _to_si(number, unit, dimension) == value else None


def in_display_unit(value: float, dimension: str) -> tuple[float, str]:
    """Return an SI value in the unit it is printed in, and that unit ('' for a pure number)."""
    kind = DIMENSIONS[dimension]
    unit = kind.usual
    if unit == "degC":
        return value - 273.15, unit
    factor = float(_scale(unit, kind)) if unit else 1.0
    return float(f"{value / factor:.12g}"), unit


def in_unit(value: float, unit: float) -> float:
    """Return ``value / unit`` without the digits that division adds (49.99999999999999 nm is 50 nm)."""
    return float(f"{value / unit:.13g}")


def in_unit_or_none(value: float | None, unit: float) -> float | None:
    """Return `in_unit` of a value, None for none."""
    return None if value is None else in_unit(value, unit)


def split_quantity(given: object) -> tuple[float, str] | None:
    """Return number and unit of text such as ``"3 um"``; None when it is not a number with a unit."""
    match = _QUANTITY.match(given) if isinstance(given, str) and len(given) <= _MAX_TEXT else None
    return None if match is None or match[2] is None else (float(match[1]), match[2])


def unit_ratio(unit: str, other: str) -> float:
    """Return how many ``other`` make one ``unit``; raise ValueError when there is no such number."""
    if unit == other:
        return 1.0
    if {unit, other} & _OFFSET_UNITS:
        raise ValueError(f"'{unit}' and '{other}' have different zeros: write all values in one of them")
    return float(_factor(unit, other))
