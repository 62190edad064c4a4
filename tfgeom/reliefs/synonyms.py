"""What papers call the kinds, lattices and sizes of reliefs, beside the words of the format."""

import re
from typing import Any

from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.spelling.grammar import NUMBER_AND_UNIT

_WORDS_OF_KINDS = {
    "pillars": ("pillar", "post", "column", "rod", "wire"),
    "holes": ("hole", "pore"),
    "trenches": ("trench", "trenche", "groove"),
    "microtubes": ("tube",),
    "honeycomb": ("honeycomb",),
    "wave": ("wave",),
    "planar": ("flat", "plane"),
}
WORDS_OF_LATTICES = {"hexagonal": ("triangular", "hex"), "square": ("quadratic",)}
LATTICES = {word: lattice for lattice, words in WORDS_OF_LATTICES.items() for word in words}


def words_of_kind(kind: str) -> tuple[str, ...]:
    """Return what else a kind of relief is called: in singular and plural, small ones as ``nanopillars``."""
    words: list[str] = []
    for word in _WORDS_OF_KINDS.get(kind, ()):
        forms = (word, f"{word}s") if word != "trench" else ("trench", "trenches")
        sizes = ("", "micro", "nano") if kind in ("pillars", "holes", "trenches", "microtubes") else ("",)
        words += [size + form for size in sizes for form in forms]
    return tuple(word for word in dict.fromkeys(words) if word != kind)


HALVES = {
    "pillars": {"radius": "diameter"},
    "holes": {"radius": "diameter"},
    "microtubes": {"outer_radius": "outer_diameter"},
    "inner": {"outer_radius": "outer_diameter"},
}
SAME = {
    "pillars": {"width": "diameter"},
    "holes": {"width": "diameter"},
    "wave": {"wavelength": "period"},
}
BORES = {kind: {"inner_diameter": 1.0, "inner_radius": 2.0} for kind in ("microtubes", "inner")}
WIDTHS = {"pillars": "diameter", "holes": "diameter", "trenches": "width", "microtubes": "outer_diameter"}
GAPS = dict.fromkeys(WIDTHS, ("spacing", "gap"))
PER_AREA = ("pillars", "holes", "microtubes", "honeycomb")
UPRIGHT, SUNK = ("pillars", "microtubes"), ("holes", "trenches", "honeycomb")


def ways_of_saying(kind: str) -> dict[str, tuple[str, ...]]:
    """Return the keys that papers use instead of each key of a kind; ``inner`` is a tube inside a tube."""
    ways: dict[str, list[str]] = {}
    for table in (HALVES, SAME):
        for said, key in table.get(kind, {}).items():
            ways.setdefault(key, []).append(said)
    if kind in BORES:
        ways["wall"] = list(BORES[kind])
    pitch = [*GAPS.get(kind, ()), *(("density",) if kind in PER_AREA else ())]
    if kind == "honeycomb":
        pitch.insert(0, "width")
    if pitch:
        ways["pitch"] = pitch
    return {key: tuple(said) for key, said in ways.items()}


def keys_of_one_size(kind: object, key: str) -> tuple[str, ...]:
    """Return every key that says what ``key`` says in a relief of some kind; empty where no other does."""
    for own, others in ways_of_saying(kind_of(kind)).items():
        if key in (own, *others):
            return (own, *others)
    return ()


def without_nouns(text: str) -> str:
    """Return features per area without what is counted: ``2e9 /cm2`` for ``2e9 pores/cm2``."""
    return _NOUNS.sub("", text)


def kind_of(word: object) -> str:
    """Return the kind of relief that a word means; the word itself where it is none of ours."""
    text = str(word)
    return next((kind for kind in _WORDS_OF_KINDS if text in words_of_kind(kind)), text)


_NOUNS = re.compile(
    "\\b(?:features?|" + "|".join(word for kind in PER_AREA for word in (kind, *words_of_kind(kind))) + ")\\b"
)


def with_synonyms(kind: str, schema: dict[str, Any]) -> None:
    """Let the JSON Schema of a section accept what papers say, in place."""
    properties, required = schema["properties"], schema.get("required", [])
    names = words_of_kind(kind)
    if "kind" in properties and names:
        any_name = "|".join(names)  # a pattern, so that editors offer the word of the format
        ways_of_kind = [{"const": kind}, {"pattern": f"^(?:{any_name})$"}]
        properties["kind"] = {"type": "string", "anyOf": ways_of_kind, "description": "Kind of relief."}
    lattice = properties.get("lattice", {}).get("enum")
    if lattice:
        lattice += [word for one in tuple(lattice) for word in WORDS_OF_LATTICES.get(one, ())]
    choices: list[dict[str, Any]] = []
    for key, others in ways_of_saying(kind).items():
        for said in others:
            properties[said] = _schema_of(said, properties[key])
        if key in required:
            required.remove(key)
            ways = [[one] for one in (key, *others)]
            if key == WIDTHS.get(kind):
                ways += _by_the_gap(kind)
            choices.append({"anyOf": [{"required": way} for way in ways]})
    width = WIDTHS.get(kind)
    if width in required:
        required.remove(width)
        choices.append({"anyOf": [{"required": way} for way in ([width], *_by_the_gap(kind))]})
    if choices:
        schema["allOf"] = [*schema.get("allOf", []), *choices]


def _by_the_gap(kind: str) -> list[list[str]]:
    """Return the keys that together give the width of a feature."""
    pitches = ["pitch", *(["density"] if kind in PER_AREA else [])]
    return [[gap, pitch] for gap in GAPS.get(kind, ()) for pitch in pitches]


def _schema_of(said: str, own: dict[str, Any]) -> dict[str, Any]:
    if said == "density":
        examples = [DIMENSIONS["areal_density"].example]
        like = {"type": "string", "pattern": NUMBER_AND_UNIT, "examples": examples}
    else:
        like = {name: value for name, value in own.items() if name != "default"}
    return {**like, "description": _MEANINGS[said]}


_MEANINGS = {
    "radius": "Half the diameter, instead of it.",
    "width": "The width, instead of its other name.",
    "wavelength": "The period.",
    "outer_radius": "Half the outer diameter, instead of it.",
    "inner_diameter": "Diameter of the bore, instead of wall.",
    "inner_radius": "Half the diameter of the bore, instead of wall.",
    "spacing": "Pitch less width, instead of pitch.",
    "gap": "Pitch less width, instead of pitch.",
    "density": "Features per area, instead of pitch.",
}
