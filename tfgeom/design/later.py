"""Keys that the file format knows and this version does not: each is told as such, never as unknown."""

from collections.abc import Iterator, Mapping
from typing import Any

from tfgeom.design.wording import Problem
from tfgeom.source import Location

_SECTIONS = {
    "process": "process routes",
}
_OF_SUBSTRATE = ("role", "active_depth")
ELECTRODE = "the relief itself as an electrode"


def later_features(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem at the key of each feature that comes in a later version."""
    for key, feature in _SECTIONS.items():
        if mapping.get(key) is not None:
            yield _later((key,), f"{feature} ({key})")
    substrate = mapping.get("substrate")
    for key in _OF_SUBSTRATE:
        if isinstance(substrate, Mapping) and key in substrate:
            yield _later(("substrate", key), f"{ELECTRODE} (substrate.{key})")
    published = mapping.get("published")
    if isinstance(published, str) or (isinstance(published, Mapping) and "file" in published):
        yield _later(("published",), "published values from a file; give them as a list")


def makes_an_electrode(problem: Problem) -> bool:
    """Return whether a feature changes what the layers must be, so that they cannot be judged without it."""
    return problem.location[0] == "substrate"


def _later(location: Location, feature: str) -> Problem:
    return Problem(location, f"not yet supported: {feature}", unsupported=True, at_key=True)
