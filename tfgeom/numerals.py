"""Numbers, units and layers' names as people read them: four digits, µ, Ω, superscripts."""

import math
import re

MISSING = "–"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | None, digits: int = 4) -> str:
    """Return ``value`` with ``digits`` significant digits: 24.88, 118.2, 1.7×10⁻¹³; a dash for None."""
    if value is None:
        return MISSING
    if value == 0 or not math.isfinite(value):
        return f"{value:g}".replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -3 <= power < 6:
        text = f"{float(f'{value:.{digits}g}'):.{max(0, digits - 1 - power)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        short = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{short}×10{str(power).translate(_SUPERSCRIPTS)}"
    return text.replace("-", "−")


def quantity(value: float | None, unit: str, digits: int = 4) -> str:
    """Return a number with its unit, a dash alone for None."""
    shown = number(value, digits)
    return shown if value is None or not unit else f"{shown} {unit}"


def percent(share: float | None, digits: int = 2) -> str:
    """Return a share in percent: 87 %, 0.33 %; what is not 0 but below 0.01 % as just that."""
    if share is None:
        return MISSING
    return "< 0.01 %" if 0 < share < 1e-4 else f"{number(100 * share, digits)} %"


def signed_percent(share: float | None) -> str:
    """Return a deviation in percent with its sign: +3.3 %."""
    return MISSING if share is None else f"{'+' if share > 0 else ''}{number(100 * share, 2)} %"


def times(ratio: float | None, digits: int = 3) -> str:
    """Return a gain: 9.61×."""
    return MISSING if ratio is None else f"{number(ratio, digits)}×"


def length(nanometres: float | None, digits: int = 4) -> str:
    """Return a length in nm below a micrometre, else in µm."""
    if nanometres is None:
        return MISSING
    if abs(nanometres) < 999.95:  # four digits of it are 1000
        return quantity(nanometres, "nm", digits)
    return quantity(nanometres / 1000, "µm", digits)


def unit_text(unit: str) -> str:
    """Return a unit of the design file as it is printed: ``uohm*cm`` becomes µΩ·cm."""
    text = unit.replace("ohm", "Ω").replace("degC", "°C").replace("*", "·")
    text = re.sub(r"\bu(?=[A-ZaghlmsΩ])", "µ", text)
    return re.sub(r"\^(-?\d+)", lambda power: power[1].translate(_SUPERSCRIPTS), text)


def layer_title(name: str, *materials: str) -> str:
    """Return a layer's name and materials as legends have them: inner collector, Ru."""
    plain = name.replace("_", " ")
    known = " / ".join(material for material in materials if material)
    return f"{plain}, {known}" if known else plain


def with_powers(text: str) -> str:
    """Return text with the powers of ten of its numbers written out: 1e-13 becomes 1×10⁻¹³."""

    def written(found: re.Match[str]) -> str:
        return f"{found[1]}×10{str(int(found[2])).translate(_SUPERSCRIPTS)}"

    return re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)e([-+]?\d+)(?!\w)", written, text)


_PROSE = (
    (r"(?<![\w.])(inner|outer|current)_collector(?![\w.])", r"\1 collector"),
    (r"(?<![\w.])u(?=(?:m|Ah|A|Wh|W|S|F|ohm)\b)", "µ"),
    (r"(?<![A-Za-z])(µ|m|k|M)?ohm\b", r"\1Ω"),
    (r"\bdegC\b", "°C"),
    (r"\b([cmnµ]?m)\^?([23])\b(?!\.\d)", lambda found: found[1] + found[2].translate(_SUPERSCRIPTS)),
    (r"Ω[ *](?=[cm]?m)", "Ω·"),
    (r"(?<=\d)%", " %"),
    (r"(?<=\d) x (?=\d)", " × "),
)


def typeset(text: str) -> str:
    """Return a sentence with its units and layers as pages print them: 3 ohm*cm^2 becomes 3 Ω·cm²."""
    for pattern, written in _PROSE:
        text = re.sub(pattern, written, text)
    return with_powers(text)
