"""Which constants are estimates, or the user's own: the one list that terminal and report show."""

from collections.abc import Iterable
from typing import NamedTuple

from tfgeom.materials.constants import words_of
from tfgeom.materials.overrides import OWN
from tfgeom.results import ProvenanceNumbers

ESTIMATED = {"memory": "from memory", "computed": "computed, not measured"}
"""Confidences that make a constant an estimate, in words."""

RANKS = {
    "primary": "read in the paper or data sheet that measured it",
    "abstract": "read in the abstract of that paper, or on a supplier's page",
    "digest": "read in a summary of that paper, not in the paper itself",
    "review": "read in a review of the field",
    "fitted": "fitted to measured curves",
    "user": "stated by whoever wrote the design",
    "computed": "follows from other values by formula or theory; an estimate",
    "memory": "stands in no source that was read; an estimate, to be measured before it is relied on",
}
"""What each rank of confidence means, the most trusted first."""


class Estimates(NamedTuple):
    """Constants of one material that are known in one way, in words."""

    material: str
    confidence: str
    constants: tuple[str, ...]


def estimates(provenance: Iterable[ProvenanceNumbers]) -> list[Estimates]:
    """Return constants that are estimates, the user's own or fitted, by material and confidence."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in provenance:
        if row.confidence in ESTIMATED or row.confidence in OWN:
            groups.setdefault((row.material, row.confidence), []).append(words_of(row.property))
    return [Estimates(*key, tuple(names)) for key, names in groups.items()]


def trust_words(confidence: str) -> str:
    """Return how a constant is known, estimates marked with a word."""
    if confidence in ESTIMATED:
        return f"estimate: {ESTIMATED[confidence]}"
    return "the user's own" if confidence == "user" else confidence
