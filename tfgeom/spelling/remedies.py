"""What to say of text that is no number with a unit: the character it stumbled on, and how to write it.

No remedy changes a value by a guess: where text has two readings, both are shown.
"""

import re
import unicodedata

from tfgeom.spelling.grammar import split_number

_COMMA = re.compile(r"^\s*([-+]?)(\d+)((?:,\d+)+)(?![,\d])(.*)$", re.DOTALL)
_POINTS_THEN_COMMA = re.compile(r"^\s*([-+]?\d{1,3}(?:\.\d{3})+),(\d+)(?!\d)(.*)$", re.DOTALL)
_FORTRAN = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+))([dD])([-+]?\d+)(?!\d)(.*)$", re.DOTALL)
_POWER_LOST = re.compile(r"^\s*([-+]?[\d.]+)\s*[xX×·*⋅∙]\s*(10)([-+−–]?\d{1,3})(?!\d)(.*)$", re.DOTALL)
_RANGE = re.compile(
    r"^\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?\s*(?![eEdD][-+]?\d)[A-Za-zµμ°Å]{0,5}(\s*(?:[-−‐‑‒–—]|\bto\b|\.\.+|…)\s*)[\d.]+"
)
_BARE_POWER = re.compile(r"^\s*([-+]?)10([-−–]\d{1,3})(?!\d)(.*)$", re.DOTALL)
_GROUPED = re.compile(r"^\s*[-+]?\d{1,3}([\s'’_])\d{3}(?:\1\d{3})*(?!\d)")
_ABOUT = "±~≈∼<>≤≥"
"""Signs of a bound or a doubt."""


def comma_readings(text: str) -> tuple[str, ...]:
    """Return what a number with a comma may be, as text that is read; empty for other text.

    ``1,5 um`` is 1.5 um; ``1,000 nm`` is 1000 nm to some and 1.0 nm to others; ``1,000.5 nm`` is 1000.5 nm.
    """
    both = _POINTS_THEN_COMMA.match(text)
    if both:
        return _read(f"{both[1].replace('.', '')}.{both[2]}{both[3]}")
    match = _COMMA.match(text)
    if match is None:
        return ()
    sign, first, groups, rest = match.groups()
    parts = groups[1:].split(",")
    thousands = len(first) <= 3 and first[0] != "0" and all(len(part) == 3 for part in parts)
    decimal = len(parts) == 1 and not rest.startswith(".")
    found = []
    if thousands:
        found.append(f"{sign}{first}{''.join(parts)}{rest}")
    if decimal:
        digits = (parts[0].rstrip("0") or "0") if thousands else parts[0]
        found.append(f"{sign}{first}.{digits}{rest}")
    return tuple(text for one in found for text in _read(one))


def of_comma(given: str, readings: tuple[str, ...], quote: str = "'") -> str:
    """Return the message for a number with a comma that has readings."""
    written = [f"{quote}{reading}{quote}" for reading in readings]
    if len(written) == 1:
        kind = "a decimal comma" if readings[0] == given.strip().replace(",", ".", 1) else "a comma"
        return f"'{given}' has {kind}; write {written[0]}"
    return f"'{given}' has a comma that may part thousands or decimals; write {' or '.join(written)}"


def why_not(given: str, example: str) -> str:
    """Return why text is no number with a unit: the character that does not fit, its place, and a remedy."""
    readings = comma_readings(given)
    if readings:
        return of_comma(given, readings)
    return f"'{given}' is not a number followed by a unit; write for example '{example}'{_stumble(given)}"


def _stumble(given: str) -> str:
    """Return the rest of the message, after the example: what does not fit."""
    fortran, lost, grouped = _FORTRAN.match(given), _POWER_LOST.match(given), _GROUPED.match(given)
    if fortran:
        number, _, power, rest = fortran.groups()
        remedy = _write(f"{number}e{power}{rest}")
        return f"; {_named(given, fortran.start(2))} is Fortran's exponent: {remedy}"
    if lost:
        number, _, power, rest = lost.groups()
        remedy = _write(f"{number}e{power.replace('−', '-').replace('–', '-')}{rest}")
        return f"; 10 at character {lost.start(2) + 1} has lost its '^': {remedy} if that is the power of ten"
    if grouped:
        remedy = _write(re.sub(r"[\s'’_]", "", grouped[0]) + given[grouped.end() :])
        return f"; {_named(given, grouped.start(1))} stands between digits: {remedy}"
    ranged = _RANGE.match(given)
    if ranged:
        return f"; {_named(given, ranged.start(1))} makes it a range: give one value{_or_a_power(given)}"
    at = _first_misfit(given)
    if at == len(given):
        return "; it ends too early" if given.strip() else ""
    return f"; {_named(given, at)} {_misfit(given, at)}"


def _or_a_power(given: str) -> str:
    """Return the other reading of ``10-13 cm2/s``, a power of ten whose exponent came down in copying."""
    power = _BARE_POWER.match(given)
    if power is None:
        return ""
    sign, raised, rest = power.groups()
    return f"; or, if 10 has lost its '^', {_write(f'{sign}1e-{raised[1:]}{rest}')}"


def _misfit(given: str, at: int) -> str:
    """Return what is wrong with the character at which no reading goes on."""
    character = given[at]
    before = re.fullmatch(r"\s*([-+]?)(\d*)", given[:at])
    if before and "<fraction>" in unicodedata.decomposition(character):
        number = f"{float(before[2] or 0) + unicodedata.numeric(character, 0.0):.12g}"
        return f"is no decimal: {_write(f'{before[1]}{number}{given[at + 1 :]}')}"
    if re.fullmatch(r"\s*[-+]?\d+\s*[/∕⁄]\s*", given[:at]):
        return "makes it a fraction: write it as a decimal number"
    if character in _ABOUT:
        return "does not fit: give the value alone"
    hidden = unicodedata.category(character) in ("Cf", "Cc", "Co", "Cs", "Cn")
    return "does not fit: remove it" if hidden else "does not fit"


def _read(text: str) -> tuple[str, ...]:
    """Return text in a tuple if it is read, else none."""
    plain = text.strip()
    return (plain,) if split_number(plain) else ()


def _write(text: str) -> str:
    plain = text.strip()
    return f"write '{plain}'" if split_number(plain) else "write a plain number with its unit"


def _named(given: str, at: int) -> str:
    """Return a character with its code point, name and place."""
    character = given[at]
    name = unicodedata.name(character, "").lower()
    shown = f"'{character}' " if character.isprintable() and not character.isspace() else ""
    code = f"U+{ord(character):04X}" + (f", {name}" if name and not character.isalnum() else "")
    return f"{shown}({code}) at character {at + 1}" if shown else f"{code} at character {at + 1}"


def _first_misfit(given: str) -> int:
    """Return the index of the character at which no reading goes on; the length where more is needed."""
    begun = len(given) - len(given.lstrip())
    best = begun
    for end in range(begun + 1, len(given) + 1):
        if split_number(given[:end]):
            best = end
    # beyond what is complete, what can still be completed: an open group, a sign before its unit
    for end in range(best + 1, len(given) + 1):
        if any(split_number(given[:end] + tail) for tail in _TAILS):
            best = end
    while best < len(given) and given[best].isspace():
        best += 1
    return best


_TAILS = ("1 m", "m", "m)", " m)", "1", "1)", "10^1", "0^1", "^1", "(m)", "1}", "2}", "2")
