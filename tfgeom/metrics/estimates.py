"""Which constants are estimates, or the user's own: the one list that terminal and report show."""

from collections.abc import Iterable
from typing import NamedTuple

from tfgeom.materials.constants import words_of
from tfgeom.results import ProvenanceNumbers

ESTIMATED = {"memory": "from memory", "computed": "computed, not measured"}
"""Confidences that make a constant an estimate, in words."""


class Estimates(NamedTuple):
    """Constants of one material that are known in one way, in words."""

    material: str
    confidence: str
    constants: tuple[str, ...]


def estimates(provenance: Iterable[ProvenanceNumbers]) -> list[Estimates]:
    """Return the constants that are estimates or the user's own, grouped by material and confidence."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in provenance:
        if row.confidence in ESTIMATED or row.confidence == "user":
            groups.setdefault((row.material, row.confidence), []).append(words_of(row.property))
    return [Estimates(*key, tuple(names)) for key, names in groups.items()]


def trust_words(confidence: str) -> str:
    """Return how a constant is known, estimates marked with a word."""
    if confidence in ESTIMATED:
        return f"estimate: {ESTIMATED[confidence]}"
    return "the user's own" if confidence == "user" else confidence
