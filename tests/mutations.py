"""Designs with something wrong in them: values, keys, structure, YAML and bytes of good ones, changed at random.

A mutant is a function of a seed alone.  About half of them change sizes and constants by so much that some still
make sense: those reach the physics.
"""

import copy
import json
import re
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from ruamel.yaml import YAML

from tests.kinds import CELLS, RELIEFS, design
from tests.random_designs import random_design
from tests.shipped import SHIPPED
from tfgeom.design import KINDS, design_template
from tfgeom.design.paths import walk
from tfgeom.materials.library import load_library
from tfgeom.spelling.dimensions import DIMENSIONS

_QUANTITY = re.compile(r"(?<![\w.])(-?\d+(?:\.\d+)?(?:e-?\d+)?)( ?)([a-zA-Z%][\w/^*%.-]*)?")
_NUMBERS = (
    "0", "-0.0", "-1", "1", "0.5", "2", "1e-300", "1e300", "1e308", "1e999", "-1e999", "5e-324", ".nan", ".inf",
    "-.inf", "nan", "inf", "0x7fffffffffffffff", "0o17", "1_000", "1,5", "12345678901234567890" * 3, "9" * 290,
    "1e", "--1", "+3", "٣", "½", "1e-5e3", "~", "''", "true",
)  # fmt: skip
_UNITS = [
    *sorted({unit for one in DIMENSIONS.values() for unit in (*one.display, one.si)}), "", "µm", "Å", "furlong", "m^-1", "um um", "m/s", "°C", "um^2", "1", "nm;", "Ω", "u m", "kilo",
]  # fmt: skip
_ODD_TEXT = (
    "", " ", "\u200b", "\u202e", "日本", "é" * 300, "a\nb", "\x1b[31m", "<script>", "=1+1", "{}", "[]", "null", "x" * 5000,
    "%s%n", "../../etc", "$HOME", "\ud83d\udd0b".encode("utf-16", "surrogatepass").decode("utf-16"), "*", "&a", "!!x",
)  # fmt: skip
_ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**400, float("nan"), float("inf"), [], {}, [[]], [None], [0] * 3000, {"": 0},
    {"value": {}}, [{"role": "cathode"}], "x" * 3000, ["1 um", "2 um"], {"a": {"b": {"c": [1, {"d": None}]}}},
)  # fmt: skip
_LINES = (
    "---", "...", "%YAML 1.2", "<<: *base", "a: &a 1", "b: *a", "!!python/object:os.system x", "? [1, 2]", "- x", "\t- x",
    "relief: {kind: planar}", "cell: {type: flooded}", "schema_version: 2", "layers:", "# only words", "x: {", "]", "'", '"',
    "materials: {Foo: {density: 3 g/cm^3}}", "materials: {LiPON: {ionic_conductivity: 1e-300 S/cm}}",
)  # fmt: skip


def mutant(seed: int) -> bytes:
    """Return the content of a design file that was changed one to three times."""
    rng = Random(seed)
    text = _base(rng)
    for _ in range(rng.choice([1, 1, 1, 2, 2, 3])):
        text = rng.choices(_CHANGES, _CHANCES)[0](rng, text)
    content = text.encode("utf-8", "surrogatepass")
    return _noisy(rng, content) if rng.random() < 0.05 else content


@cache
def _good() -> tuple[str, ...]:
    shipped = [file.read_text(encoding="utf-8") for file in SHIPPED]
    kinds = [written(design(relief, cell)) for relief in RELIEFS for cell in CELLS]
    return (*shipped, *(design_template(kind) for kind in KINDS), *kinds)


def _base(rng: Random) -> str:
    if rng.random() < 0.4:
        return written(random_design(rng.randrange(2**32)))
    return rng.choice(_good())


def written(tree: Any) -> str:
    """Return a tree as YAML, however odd: as JSON, which YAML holds, with its words for what JSON lacks."""
    text = json.dumps(tree, ensure_ascii=False, indent=1)
    return re.sub(
        r"(?<![\w\"])(-?)(NaN|Infinity)(?![\w\"])", lambda odd: f"{odd[1]}.{odd[2][:3].lower()}", text
    )


def _read(text: str) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(text)
    except Exception:  # an earlier change made it no YAML at all: ruamel then raises anything
        return None


def _scaled(rng: Random, text: str) -> str:
    """Return the text with one or two of its numbers changed by a factor."""
    for _ in range(rng.randint(1, 2)):
        found = [match for match in _QUANTITY.finditer(text) if match[3] or rng.random() < 0.3]
        if not found:
            return text
        match = rng.choice(found)
        reach = rng.choice([0.3, 0.3, 1, 1, 3, 12])
        number = repr(float(match[1]) * 10 ** rng.uniform(-reach, reach) * rng.choice([1, 1, 1, 1, -1]))
        text = text[: match.start(1)] + number + text[match.end(1) :]
    return text


def _number(rng: Random, text: str) -> str:
    match = _any_quantity(rng, text)
    return text if match is None else text[: match.start(1)] + rng.choice(_NUMBERS) + text[match.end(1) :]


def _unit(rng: Random, text: str) -> str:
    match = _any_quantity(rng, text)
    if match is None or match[3] is None:
        return text
    return text[: match.start(3)] + rng.choice(_UNITS) + text[match.end(3) :]


def _any_quantity(rng: Random, text: str) -> re.Match[str] | None:
    found = list(_QUANTITY.finditer(text))
    return rng.choice(found) if found else None


def _lines(rng: Random, text: str) -> str:
    """Return the text with a line dropped, doubled, moved, indented, put in or spoilt."""
    lines = text.splitlines()
    if not lines:
        return text
    here, there = rng.randrange(len(lines)), rng.randrange(len(lines))
    change = rng.randrange(6)
    if change == 0:
        del lines[here]
    elif change == 1:
        lines.insert(there, lines[here])
    elif change == 2:
        lines[here], lines[there] = lines[there], lines[here]
    elif change == 3:
        lines[here] = rng.choice([" ", "  ", "\t", "- "]) + lines[here]
    elif change == 4:
        lines.insert(here, rng.choice(_LINES))
    else:
        lines[here] = lines[here].replace(":", rng.choice(["", "=", "::", ": :", " :"]), 1)
    return rng.choice(["\n", "\n", "\n", "\r\n", "\r"]).join(lines) + "\n"


def _letters(rng: Random, text: str) -> str:
    """Return the text cut, or with letters put in, taken out or changed."""
    at = rng.randrange(len(text) + 1)
    change = rng.randrange(4)
    if change == 0:
        return text[:at]
    if change == 1:
        return text[:at] + rng.choice(_ODD_TEXT) + text[at:]
    if change == 2:
        return text[:at] + text[at + rng.choice([1, 1, 5, 40]) :]
    return text[:at] + rng.choice("{}[],:&*!|>'\"%@`#-?\0\t\ufeff\x07é9") + text[at + 1 :]


def _tree(rng: Random, text: str) -> str:
    """Return the text with a value or key of its tree replaced, dropped, moved, wrapped or misspelt."""
    tree = _read(text)
    places = [place for place, _ in walk(tree)] if isinstance(tree, dict) else []
    if not places:
        return text
    place, other = rng.choice(places), rng.choice(places)
    parent, key = _parent(tree, place), place[-1]
    change = rng.randrange(9)
    if change == 0:
        parent[key] = rng.choice(_ODD_VALUES)
    elif change == 1:
        del parent[key]
    elif change == 2:
        parent[key] = copy.deepcopy(_parent(tree, other)[other[-1]])
    elif change == 3:
        parent[key] = rng.choice(
            [[parent[key]], {"value": parent[key]}, {str(key): parent[key]}, str(parent[key])]
        )
    elif change == 4 and isinstance(parent, dict):
        parent[_misspelt(rng, str(key))] = parent.pop(key)
    elif change == 5 and isinstance(parent, list):
        parent.extend([parent[int(key)]] * rng.choice([1, 2, 30]))
    elif change == 6 and isinstance(parent[key], list):
        rng.shuffle(parent[key])
    elif change == 7:
        parent[key] = rng.choice(_ODD_TEXT)
    else:
        nested: Any = parent[key]
        for _ in range(rng.choice([3, 25, 400])):
            nested = [nested] if rng.random() < 0.5 else {"a": nested}
        parent[key] = nested
    return written(tree)


def _parent(tree: Any, place: tuple[Any, ...]) -> Any:
    for key in place[:-1]:
        tree = tree[key]
    return tree


def _misspelt(rng: Random, key: str) -> str:
    at = rng.randrange(len(key) + 1)
    return rng.choice(
        [key[:at] + key[at + 1 :], key[:at] + "x" + key[at:], key.upper(), key + " ", f"my_{key}", key[::-1]]
    )


def _material(rng: Random, text: str) -> str:
    """Return the text with a film of another material, or another word of the format."""
    found = list(re.finditer(r'("?(?:material|electrolyte|counter)"?: ?"?)([\w.()-]+)', text))
    if not found:
        return text
    match = rng.choice(found)
    name = rng.choice([*load_library().names(), "Unobtainium", "Li"])
    return text[: match.start(2)] + name + text[match.end(2) :]


def _huge(rng: Random, text: str) -> str:
    """Return the text with very many of something."""
    many = rng.choice([500, 3000])
    return text.rstrip() + "\n" + rng.choice(
        [
            "chosen: {" + ", ".join(f"relief.pitchx{i}: why" for i in range(many // 5)) + "}\n",
            "c_rates: [" + ", ".join(["1"] * many) + "]\n",
            "materials: {" + ", ".join(f"M{i}: {{density: 1 g/cm^3}}" for i in range(many // 5)) + "}\n",
            "x: " + "[" * many + "\n",
            "x: " + "[" * 60 + "]" * 60 + "\n",
            "source: " + "y" * 300_000 + "\n",
            "\n" * 100_000,
        ]
    )  # fmt: skip


def _noisy(rng: Random, content: bytes) -> bytes:
    """Return bytes of which some are others: no UTF-8 any more, mostly."""
    noisy = bytearray(content)
    for _ in range(rng.choice([1, 1, 20])):
        if noisy:
            noisy[rng.randrange(len(noisy))] = rng.randrange(256)
    return rng.choice([b"", b"", b"\xef\xbb\xbf", b"\xff\xfe"]) + bytes(noisy)


_CHANGES: tuple[Callable[[Random, str], str], ...] = (
    _scaled,
    _number,
    _unit,
    _lines,
    _letters,
    _tree,
    _material,
    _huge,
)
_CHANCES = (60, 8, 6, 7, 7, 18, 12, 1)
