"""One name for each unit, whatever it is called: ``Ω``, ``Ohm`` and ``ohms`` are ``ohm``, ``µm`` is ``um``.

Units glued together (``Ωcm``) come apart only into units of this file; any other word is left to pint.
"""

import re
from functools import lru_cache

_PREFIXES = ("", "f", "p", "n", "u", "m", "k", "M", "G")
_ALIASES = {
    "μ": "um",
    "mum": "um",
    "℃": "degC",
    "°": "deg",
    "degree": "deg",
    "degrees": "deg",
    "oC": "degC",
    "degc": "degC",
    "Celsius": "degC",
    "celsius": "degC",
    "oF": "degF",
    "degf": "degF",
    "Fahrenheit": "degF",
    "fahrenheit": "degF",
    "degK": "K",
    "Kelvin": "K",
    "kelvin": "K",
    "Kelvins": "K",
    "kelvins": "K",
    "Rankine": "degR",
    "rankine": "degR",
    "Å": "angstrom",
    "Ångström": "angstrom",
    "Ångstrom": "angstrom",
    "ångström": "angstrom",
    "Angstrom": "angstrom",
    "Angstroms": "angstrom",
    "angstroms": "angstrom",
    "%": "percent",
    "pct": "percent",
    "‰": "permille",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "gm": "g",
    "gram": "g",
    "grams": "g",
    "mols": "mol",
    "mole": "mol",
    "moles": "mol",
    "Siemens": "S",
    "siemens": "S",
    "Ampere": "A",
    "ampere": "A",
    "Coulomb": "C",
    "coulomb": "C",
    "Joule": "J",
    "joule": "J",
    "Percent": "percent",
    "Degree": "deg",
    "Degrees": "deg",
    "volt": "V",
    "volts": "V",
    "Volt": "V",
    "Volts": "V",
    "amp": "A",
    "amps": "A",
    "Amp": "A",
    "Amps": "A",
    "l": "L",
    "ml": "mL",
    "litre": "L",
    "liter": "L",
    "litres": "L",
    "liters": "L",
    "ccm": "cc",
}
_MICRON = re.compile(r"[Mm]icrons?")
_METRE = re.compile(r"(nano|micro|milli|centi|)met(?:er|re)s?", re.IGNORECASE)
_METRES = {"nano": "nm", "micro": "um", "milli": "mm", "centi": "cm", "": "m"}
_OHM = re.compile(r"Ω|Ohms?|ohms|OHMS?")
_HOURS = re.compile(r"(?<=[AW])hrs?$|(?<=[AW])hours?$")

_FIRST = frozenset(
    f"{prefix}{unit}"
    for prefix in _PREFIXES
    for unit in ("ohm", "S", "A", "V", "W", "J", "C", "F", "Ah", "Wh", "mol", "eV", "g")
)
"""What a glued word begins with: none of them is a prefix, so that no single unit comes apart."""
_LAST = frozenset(
    {f"{prefix}{unit}" for prefix in ("", "n", "u", "m", "c", "d", "k") for unit in ("m", "g", "mol", "L")}
    | {"s", "h", "cc"}
)
"""What it ends with."""
_DEGREES = re.compile(
    r"(?:°|\bdeg(?:rees?)?\b\.?)\s*(C|F|K|R|[Cc]elsius|[Ff]ahrenheit|[Kk]elvin|[Rr]ankine)\b"
)
_PREFIX_APART = re.compile(
    r"(?<![A-Za-zμΩÅ])(?:(mu|micro|milli|nano|kilo)[\s-]+|([kMGnpuμ])\s+)(?=[A-Za-zΩ]{1,8}(?![A-Za-z]))"
)
_LETTERS_APART = {"mu": "u", "μ": "u", "micro": "u", "milli": "m", "nano": "n", "kilo": "k"}


def words_joined(text: str) -> str:
    """Return normalised text with what belongs together in one word: ``deg C``, ``k Ω``, ``per cent``.

    The word ``per`` becomes a slash.
    """
    text = re.sub(r"\bper\s+cent\b", "percent", text)
    text = re.sub(r"(?:^|\s+)per\s+", "/", text)
    text = _DEGREES.sub(lambda found: f"deg{found[1][0].upper()}", text)
    return _PREFIX_APART.sub(lambda found: _LETTERS_APART.get(found[1] or found[2], found[2] or ""), text)


@lru_cache(maxsize=512)
def atoms_of(word: str) -> tuple[str, ...]:
    """Return the units that a word of letters names, each by its one name; an unknown word as it is."""
    name = _one_name(word)
    if word in _ALIASES or name in _FIRST or name in _LAST:
        return (name,)
    for end in range(1, len(name)):
        last = _one_name(name[end:])
        if name[:end] in _FIRST and last in _LAST:
            return (name[:end], last)
    return (name,)


def _one_name(word: str) -> str:
    if word in _ALIASES:
        return _ALIASES[word]
    metre = _METRE.fullmatch(word)
    if metre:
        return _METRES[metre[1].lower()]
    if _MICRON.fullmatch(word):
        return "um"
    return _HOURS.sub("h", _OHM.sub("ohm", word.replace("μ", "u")))
