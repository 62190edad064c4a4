"""How people write a number with a unit: one pattern for reader and JSON Schema, and what a spelling means.

The pattern is matched against the text as it stands, so that an editor that knows only the JSON Schema
accepts what the reader accepts.  Only then are number and unit normalised: superscripts become ``^n`` and
``º`` becomes ``°`` before NFKC, which would turn ``10⁻¹³`` into ``10-13``.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from tfgeom.spelling.names import atoms_of, words_joined

MAX_TEXT = 80
"""Characters of a quantity, at most."""

_SUPERSCRIPTS = {sign: str(digit) for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {"⁻": "-", "⁺": "+"}
_MINUS = r"\-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
_TIMES = r"*\u00b7\u00d7\u0387\u2022\u2027\u2219\u22c5\u2715\u2716\u30fb\uff0a"
_SLASH = r"/\u2044\u2215\uff0f"
_RINGS = r"\u00ba\u02da\u2218"
_LOOK_ALIKES = {
    code: sign
    for signs, sign in ((_MINUS, "-"), (_TIMES, "*"), (_SLASH, "/"), (_RINGS, "°"))
    for code in re.findall(r"\\u(\w{4})", signs)
}
_DIGIT = r"[0-9\uff10-\uff19]"
_SIGN = rf"[+\uff0b{_MINUS}]"
_HAT = r"(?:\^|\*\*|\uff3e)"
_RAISED_DIGIT = r"[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]"
_RAISED = rf"[\u207a\u207b{_MINUS}]?{_RAISED_DIGIT}"


def _after_hat(digits: str) -> str:
    number = f"{_SIGN}?{digits}"
    return rf"{_HAT}(?:{number}|\{{{number}\}}|\({number}\))"


_TEN_TO = rf"[1\uff11][0\uff10](?:{_RAISED}{{1,3}}|{_after_hat(_DIGIT + '{1,3}')})"
_MANTISSA = rf"(?:{_DIGIT}+(?:[.\uff0e]{_DIGIT}*)?|[.\uff0e]{_DIGIT}+)"
_E = r"[eE\uff45\uff25]"
_TIMES_TEN = rf"(?:{_E}{_SIGN}?{_DIGIT}{{1,3}}|\s+{_E}{_SIGN}{_DIGIT}{{1,3}}|\s*[xX{_TIMES}]\s*{_TEN_TO})"
_NO_FORTRAN = rf"(?![dD]{_SIGN}?{_DIGIT})"  # 7D1 nm is 70 nm to Fortran, 7 D nm to others
_NUMBER = rf"{_SIGN}?(?:{_TEN_TO}|{_MANTISSA}{_TIMES_TEN}?){_NO_FORTRAN}"

# Latin letters; micro and mu; ohm and omega; angstrom sign, letters and combining marks; kelvin sign;
# degrees; liter; percent and per mille; units in one character (U+3380 to U+33C1, cc, mol)
_LETTER = (
    r"[A-Za-z\uff21-\uff3a\uff41-\uff5a\u00b5\u03bc\u2126\u03a9\u212b\u00c5\u00e5\u00f6\u0308\u030a\u212a"
    rf"\u2103\u2109\u2113%\uff05\u2030\u00b0{_RINGS}\u3380-\u33c1\u33c4\u33d6]"
)
_SMALL = r"[1-6\uff11-\uff16]"
_POWER = rf"(?:{_RAISED}|{_after_hat(_SMALL)}|\s*[{_MINUS}]{_SMALL}|{_SMALL})"
_WORD = rf"{_LETTER}+(?:{_POWER}{_LETTER}+)*{_POWER}?"
_BETWEEN = rf"(?:\s*[{_TIMES}{_SLASH}.\uff0e]\s*|[{_MINUS}]|\s+)"
_GROUP = rf"\(\s*{_WORD}(?:{_BETWEEN}{_WORD}){{0,5}}\s*\){_POWER}?"
_ITEM = rf"(?:{_WORD}|{_GROUP})"
_UNIT = rf"(?:(?:[1\uff11]\s*)?[{_SLASH}]\s*)?{_ITEM}(?:{_BETWEEN}{_ITEM}){{0,7}}\.?"
NUMBER_AND_UNIT = rf"^\s*{_NUMBER}\s*{_UNIT}\s*$"
"""Pattern of a quantity, for Python and for the JSON Schema."""
NUMBER_PERHAPS_UNIT = rf"^\s*{_NUMBER}\s*(?:{_UNIT})?\s*$"
"""Pattern of a quantity that may be a pure number."""
_QUANTITY = re.compile(rf"^\s*({_NUMBER})\s*({_UNIT})?\s*$")

Powers = Mapping[str, int]
"""A unit as powers of units with one name each, by name."""


def split_number(text: str) -> tuple[str, str] | None:
    """Return the number as Python's decimals read it and the unit as it stands; None for other text."""
    match = _QUANTITY.match(text) if len(text) <= MAX_TEXT else None
    if match is None:
        return None
    return _plain_number(match[1]), match[2] or ""


def _plain_number(text: str) -> str:
    """Return ``1.2e-13`` for ``1.2×10⁻¹³``."""
    plain = re.sub(r"\s+(?=[eE])", "", normalised(text))
    plain = re.sub(r"\s*[*xX]?\s*10\^[({]?([-+]?\d+)[)}]?$", r"e\1", plain)
    return re.sub(r"^([-+]?)e", r"\g<1>1e", plain)


def normalised(text: str) -> str:
    """Return text in plain characters: powers as ``^n``, one minus, one product sign, one slash."""
    written: list[str] = []
    raised = False
    for character in unicodedata.normalize("NFC", text):
        if character in _SUPERSCRIPTS:
            if (
                not raised and written and written[-1] == "-"
            ):  # a minus before superscript digits belongs to them
                written[-1] = "^-"
            elif not raised:
                written.append("^")
            written.append(_SUPERSCRIPTS[character])
        else:
            alike = _LOOK_ALIKES.get(f"{ord(character):04x}")
            plain = unicodedata.normalize("NFKC", character).replace("\u2215", "/")
            written.append(alike or plain)
        raised = character in _SUPERSCRIPTS
    return "".join(written).replace("**", "^")


_WORD_LETTERS = r"[A-Za-z\u03bc\u03a9\u00c5\u00e5\u00f6\u0308\u030a°%\u2030]"
_TOKEN = re.compile(
    rf"(?:(?P<word>{_WORD_LETTERS}+)|(?P<close>\s*\)))"
    r"(?:\^(?:\((?P<braced>[-+]?\d)\)|\{(?P<curly>[-+]?\d)\}|(?P<raised>[-+]?\d))|\s*(?P<minus>-\d)|(?P<plain>\d))?"
    r"|(?P<open>\(\s*)|(?P<mark>\s*[*/.]\s*|-|\s+)"
)
_POWERS = ("braced", "curly", "raised", "minus", "plain")


@lru_cache(maxsize=512)
def readings(unit: str) -> tuple[Powers, ...]:
    """Return what a unit may mean, the plainest reading first.

    Parameters
    ----------
    unit
        The unit of `split_number`, not empty.

    Returns
    -------
    tuple
        One reading, or two where a product follows a slash: ``uAh/cm^2 um`` is ``uAh um/cm^2`` by the order
        of operations and ``uAh/(cm^2 um)`` to most who write it.  What the value has to be tells which.
    """
    text = words_joined(normalised(unit)).rstrip(" .")
    items = _items(re.sub(r"^\s*1\s*(?=/)", "", text))
    plain, bound = _product(items, binds=False), _product(items, binds=True)
    return (plain,) if plain == bound else (plain, bound)


def powers_text(powers: Powers) -> str:
    """Return a unit in letters and signs of ASCII: ``uAh/cm^2/um``."""
    above = [_power_text(name, power) for name, power in powers.items() if power > 0]
    below = [_power_text(name, -power) for name, power in powers.items() if power < 0]
    return "/".join(["*".join(above) or "1", *below])


def _power_text(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


_Item = tuple[str, dict[str, int]]
"""The sign before a part (``*`` or ``/``) and the powers in it."""


def _items(text: str) -> list[_Item]:
    """Return the parts of a unit between product signs and slashes.

    A group is one part, as is what a hyphen or nothing joins: ``cm2-um`` and ``cm2um`` stand below a slash
    as one.
    """
    open_groups: list[tuple[str, list[_Item]]] = []
    items: list[_Item] = []
    sign, joins = "*", False
    for token in _TOKEN.finditer(text):
        power = int(next(filter(None, (token[name] for name in _POWERS)), 1))
        if token["word"]:
            if not joins:
                items.append((sign, {}))
            *glued, last = atoms_of(token["word"])
            for name, times in (*((name, 1) for name in glued), (last, power)):
                items[-1][1][name] = items[-1][1].get(name, 0) + times
            sign, joins = "*", True
        elif token["open"]:
            open_groups.append((sign, items))
            items, sign, joins = [], "*", False
        elif token["close"]:
            inside = _product(items, binds=False)
            before, items = open_groups.pop()
            items.append((before, {name: times * power for name, times in inside.items()}))
            sign, joins = "*", False
        elif token["mark"] != "-":
            sign, joins = ("/" if "/" in token["mark"] else "*"), False
    return items


def _product(items: Sequence[_Item], *, binds: bool) -> dict[str, int]:
    """Return the powers of all parts; ``binds`` where a slash stands before all that follows it."""
    powers: dict[str, int] = {}
    below = False
    for sign, part in items:
        below = sign == "/" or (binds and below)
        for name, times in part.items():
            powers[name] = powers.get(name, 0) + (-times if below else times)
    return {name: times for name, times in powers.items() if times}
