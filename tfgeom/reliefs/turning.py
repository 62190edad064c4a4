"""A relief of one kind said as one of another: the same sizes under the keys of that kind."""

from collections.abc import Mapping
from typing import Any

from tfgeom.reliefs.synonyms import SUNK, UPRIGHT, WIDTHS, kind_of

_ONLY_OF_A_LATTICE = ("lattice",)
_ONLY_OF_A_SECTION = ("cross_section", "rotation")
_HAVE_LATTICES = ("pillars", "holes", "microtubes")
_HAVE_SECTIONS = ("pillars", "holes")


def turned(section: Mapping[str, Any], kind: object) -> dict[str, Any]:
    """Return the section of a relief with another kind: depth or height, and the width, under its keys.

    The height of pillars is the depth of holes, their diameter the width of trenches and the outer diameter
    of microtubes.  Lattice and cross-section are left out where the other kind has none.  What else it needs,
    as the wall of a microtube, must be given; what it does not know is told when the design is read.  A plane
    has no sizes.
    """
    other = kind_of(kind)
    if other == "planar":
        return {"kind": kind}
    found: dict[str, Any] = {}
    for key, value in section.items():
        if (key in _ONLY_OF_A_LATTICE and other not in _HAVE_LATTICES) or (
            key in _ONLY_OF_A_SECTION and other not in _HAVE_SECTIONS
        ):
            continue
        found.setdefault(key_in_kind(key, other), value)
    found["kind"] = kind
    return found


def key_in_kind(key: str, kind: object) -> str:
    """Return the key of a kind for what another kind calls ``key``: ``depth`` for ``height`` in holes."""
    other = kind_of(kind)
    if key in ("height", "depth"):
        if other in UPRIGHT:
            return "height"
        return "depth" if other in SUNK else key
    if key in WIDTHS.values() and other in WIDTHS:
        return WIDTHS[other]
    return key
