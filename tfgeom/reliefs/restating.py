"""The sizes of a relief as papers give them, put into the format's own keys.

``radius`` for ``diameter``, ``spacing`` or ``gap`` (pitch less width) and ``density`` (features per area)
for ``pitch``, ``triangular`` for ``hexagonal``, ``pillar`` for ``pillars``.  The section that leaves says
each size in one way and knows what it was given.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tfgeom.geometry.lattice import SIDES, across_flats
from tfgeom.quantities import Quantity
from tfgeom.reliefs.synonyms import (
    BORES,
    GAPS,
    HALVES,
    LATTICES,
    PER_AREA,
    SAME,
    SUNK,
    UPRIGHT,
    WIDTHS,
    kind_of,
    ways_of_saying,
    without_nouns,
)
from tfgeom.units import format_quantity

AGREE = 1e-9
"""Two ways of saying one size may differ by this share of it."""


@dataclass(slots=True)
class Restated:
    """A section in the format's own keys.

    Attributes
    ----------
    section
        The keys and values.
    said
        What stood in the file for a key, such as ``radius 1 um``.
    stands_for
        The key in the file that each of those keys was read from.
    wrong
        What is wrong: key in the file, message, whether the key itself is.
    unknown
        Keys whose value could not be read, which `wrong` tells of.
    """

    section: dict[str, Any]
    said: dict[str, str] = field(default_factory=dict)
    stands_for: dict[str, str] = field(default_factory=dict)
    wrong: list[tuple[str, str, bool]] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)


def restated(given: Mapping[str, Any], place: Callable[[str], str]) -> Restated:
    """Return the section of a relief in the format's own keys.

    Parameters
    ----------
    given
        The section as its file holds it.
    place
        Writes where a key stands, to follow its name; empty where that is not known.
    """
    kind = kind_of(given.get("kind"))
    found = Restated(dict(given))
    for key, word in (("kind", kind), ("lattice", LATTICES.get(str(given.get("lattice"))))):
        if key in given and word is not None and word != str(given[key]):
            found.section[key], found.said[key], found.stands_for[key] = word, str(given[key]), key
    _turn_upright(kind, found)
    _Reading(kind, found, "", place).read()
    inner = given.get("inner")
    if kind == "microtubes" and isinstance(inner, Mapping):
        tube = Restated(dict(inner))
        _Reading("inner", tube, "inner.", place).read()
        found.section["inner"] = tube.section
        found.said |= {f"inner.{key}": text for key, text in tube.said.items()}
        found.stands_for |= {f"inner.{key}": f"inner.{said}" for key, said in tube.stands_for.items()}
        found.wrong += [(f"inner.{key}", message, at_key) for key, message, at_key in tube.wrong]
        found.unknown |= {f"inner.{key}" for key in tube.unknown}
    return found


def _turn_upright(kind: str, found: Restated) -> None:
    """Note the depth of what stands up, and the height of what is sunk."""
    for kinds, right, other in ((UPRIGHT, "height", "depth"), (SUNK, "depth", "height")):
        if kind not in kinds or other not in found.section:
            continue
        value = found.section.pop(other)
        remedy = f"write '{right}: {value!s:.40}'"
        if right in found.section:
            remedy = "it is given too; remove this one"
        else:
            found.section[right] = value
            found.stands_for[right] = other
        found.wrong.append((other, f"unknown key; {kind} have a {right}: {remedy}", True))


@dataclass(frozen=True, slots=True)
class _Saying:
    """One way of saying a size: its key and text, the size it makes (m; two of a rectangular lattice)."""

    key: str
    text: str
    sizes: tuple[float, ...]
    at: str | None = None


class _Reading:
    """Reads the sizes of one section and puts each under the format's own key."""

    def __init__(self, kind: str, found: Restated, prefix: str, place: Callable[[str], str]) -> None:
        self.kind = kind
        self.found = found
        self.section = found.section
        self.prefix = prefix
        self.place = place

    def read(self) -> None:
        ways = ways_of_saying(self.kind)
        for table, factor in ((HALVES, 2.0), (SAME, 1.0)):
            for said, key in table.get(self.kind, {}).items():
                self._settle(key, [*self._own(key), *self._times(said, key, factor)])
                self.section.pop(said, None)
        if "wall" in ways:
            self._settle("wall", [*self._own("wall"), *self._bores()])
        if "pitch" in ways:
            self._refuse_what_means_nothing()
            pitches = [*self._own("pitch"), *self._per_area()]
            self._width_from_gap(pitches)
            self._settle("pitch", [*pitches, *self._gaps(), *self._openings()])
        for said in (said for others in ways.values() for said in others):
            self.section.pop(said, None)

    def _settle(self, key: str, sayings: list[_Saying]) -> None:
        """Put the first saying under the format's own key, and note those that say otherwise."""
        if not sayings:
            return
        first = sayings[0]
        for other in sayings[1:]:
            if not _agree(first.sizes, other.sizes):
                made = "" if first.key == key else f" makes it {_text(first.sizes)}"
                message = (
                    f"{other.text} makes the {key} {_text(other.sizes)}, but "
                    f"{first.key}{self.place(self.prefix + first.key)} {first.text}{made}; keep one of them"
                )
                self._refuse(other.key, message, key)
        if first.key != key:
            size = _text(first.sizes)
            self.section[key] = size if first.at is None else {"value": size, "at": first.at}
            if len(first.sizes) > 1:
                self.section[key] = [_text((one,)) for one in first.sizes]
            self.found.said[key] = f"{first.key} {first.text}"
            self.found.stands_for[key] = first.key

    def _refuse(self, said: str, message: str, key: str) -> None:
        self.found.wrong.append((said, message, False))
        self.found.unknown.add(key)

    def _own(self, key: str) -> list[_Saying]:
        """Return what stands under the format's own key; nothing where it is no length, which others tell."""
        try:
            return self._lengths(key)
        except ValueError:
            return []

    def _lengths(self, said: str) -> list[_Saying]:
        """Return the lengths under a key, none where it is missing; raise ValueError at what is none."""
        given = self.section.get(said)
        if given is None:
            return []
        if isinstance(given, Mapping) and "value" in given:
            value = given["value"]
            return [_Saying(said, f"{value}", (_LENGTH.read(value),), str(given.get("at", "top")))]
        if isinstance(given, list) and said in ("pitch", *GAPS.get(self.kind, ())):
            sizes = tuple(_LENGTH.read(one) for one in given)
            return [_Saying(said, f"[{', '.join(map(str, given))}]", sizes)]
        return [_Saying(said, f"{given}", (_LENGTH.read(given),))]

    def _read(self, said: str, key: str) -> list[_Saying]:
        """Return what stands under a key of the papers; note where it is no length."""
        try:
            return self._lengths(said)
        except ValueError as error:
            self._refuse(said, str(error), key)
            return []

    def _times(self, said: str, key: str, factor: float) -> list[_Saying]:
        section = self.section.get("cross_section", "circle")
        if said in self.section and WIDTHS.get(self.kind) == "diameter":
            if said == "radius" and section != "circle":
                self._refuse(said, f"a {section} has none; give its diameter (across flats) or side", key)
                return []
            if said == "width" and section == "hexagon":
                self._refuse(
                    said, "may be across flats or corners; give diameter (across flats) or side", key
                )
                return []
        return [
            _Saying(one.key, one.text, tuple(factor * size for size in one.sizes), one.at)
            for one in self._read(said, key)
        ]

    def _bores(self) -> list[_Saying]:
        """Return the wall of a tube by its bore."""
        outer = self._own("outer_diameter")
        found = []
        for said, factor in BORES[self.kind].items():
            for one in self._read(said, "wall"):
                if not outer:
                    self._refuse(said, "gives the wall only beside outer_diameter; add it", "wall")
                    continue
                wall = (outer[0].sizes[0] - factor * one.sizes[0]) / 2
                if wall <= outer[0].sizes[0] * AGREE:
                    most = _text((outer[0].sizes[0] / factor,))
                    self._refuse(said, f"{one.text} leaves no wall; use less than {most}", "wall")
                    continue
                found.append(_Saying(said, one.text, (wall,)))
        return found

    def _width(self) -> tuple[str, float] | None:
        """Return the key of the width and the width, m; None where it is not known."""
        key = WIDTHS.get(self.kind, "")
        for one in self._own(key):
            return key, one.sizes[0]
        for one in self._own("side") if key == "diameter" else ():
            sides = SIDES.get(str(self.section.get("cross_section", "circle")), 0)
            return ("side", across_flats(one.sizes[0], sides)) if sides else None
        return None

    def _gaps(self) -> list[_Saying]:
        """Return the pitch by the gap between neighbours."""
        found = []
        for said in GAPS.get(self.kind, ()):
            for one in self._read(said, "pitch"):
                width = self._width()
                if width is None:
                    key = WIDTHS[self.kind]
                    self.found.unknown.add(key)
                    self._refuse(
                        said,
                        f"gives the pitch only beside a {key}, or the {key} beside a pitch; add one",
                        "pitch",
                    )
                    continue
                rectangular = self.section.get("lattice") == "rectangular"
                if len(one.sizes) > 1 and not rectangular:
                    self._refuse(said, f"{one.text} is for a rectangular lattice; give one length", "pitch")
                    continue
                gaps = one.sizes * 2 if rectangular and len(one.sizes) == 1 else one.sizes
                found.append(_Saying(said, one.text, tuple(width[1] + gap for gap in gaps)))
        return found

    def _width_from_gap(self, pitches: list[_Saying]) -> None:
        """Put the width of features that have a pitch and a gap, and no width."""
        key = WIDTHS.get(self.kind)
        if (
            key is None
            or key in (*self.section, *self.found.unknown)
            or "side" in self.section
            or not pitches
        ):
            return
        for said in GAPS[self.kind]:
            gaps_said = self._own(said)
            if said in self.section and not gaps_said:
                self.found.unknown.add(key)  # that the gap is none is told of it
            for gap in gaps_said:
                wide = pitches[0].sizes
                gaps = gap.sizes * len(wide) if len(gap.sizes) == 1 else gap.sizes
                widths = tuple(pitch - one for pitch, one in zip(wide, gaps, strict=False))
                message = ""
                if min(widths) <= max(wide) * AGREE:
                    message = f"{gap.text} leaves no {key}; use less than the pitch of {_text((min(wide),))}"
                elif not _agree(widths, widths[:1] * len(widths)):
                    along = " along x and ".join(_text((one,)) for one in widths)
                    message = f"{gap.text} leaves a {key} of {along} along y; give the {key}"
                if message:
                    self._refuse(said, message, key)
                    for one in GAPS[self.kind]:
                        self.section.pop(one, None)
                    return
                self._settle(key, [_Saying(said, gap.text, widths[:1])])
                return

    def _openings(self) -> list[_Saying]:
        """Return the pitch of a honeycomb by the width of its openings."""
        found = []
        for one in self._read("width", "pitch") if self.kind == "honeycomb" else ():
            walls = self._own("wall")
            if walls:
                found.append(_Saying("width", one.text, (one.sizes[0] + walls[0].sizes[0],)))
            else:
                self._refuse("width", "gives the pitch only beside a wall; add it", "pitch")
        return found

    def _per_area(self) -> list[_Saying]:
        """Return the pitch by the features per area: one in each primitive cell of the lattice."""
        if "density" not in self.section or self.kind not in PER_AREA:
            return []
        lattice = "hexagonal" if self.kind == "honeycomb" else self.section.get("lattice")
        if lattice == "rectangular":
            self._refuse(
                "density",
                "leaves open which pitch a rectangular lattice has along x and y; give both",
                "pitch",
            )
            return []
        try:
            given = self.section["density"]
            per_area = _PER_AREA_READ.read(without_nouns(given) if isinstance(given, str) else given)
        except ValueError as error:
            self._refuse("density", str(error), "pitch")
            return []
        if lattice not in ("square", "hexagonal"):
            self.found.unknown.add("pitch")  # that the lattice is missing or wrong is told of it
            return []
        cell = 1 / per_area
        pitch = math.sqrt(cell if lattice == "square" else cell * 2 / math.sqrt(3))
        return [_Saying("density", f"{self.section['density']}", (pitch,))]

    def _refuse_what_means_nothing(self) -> None:
        if self.kind == "trenches" and self.section.pop("density", None) is not None:
            self._refuse(
                "density", "counts features per area, and trenches are lines; give the pitch", "pitch"
            )
        for said in ("spacing", "gap") if self.kind == "honeycomb" else ():
            if self.section.pop(said, None) is not None:
                message = "is the wall of a honeycomb; give wall, and pitch or the width of the openings"
                self._refuse(said, message, "pitch")
                self.found.unknown.add("wall")


_LENGTH = Quantity("length")
_PER_AREA_READ = Quantity("areal_density")


def _agree(sizes: tuple[float, ...], others: tuple[float, ...]) -> bool:
    return len(sizes) == len(others) and all(
        math.isclose(one, other, rel_tol=AGREE) for one, other in zip(sizes, others, strict=True)
    )


def _text(sizes: tuple[float, ...]) -> str:
    """Return sizes as a file holds them, without the noise of a sum."""
    texts = [format_quantity(float(f"{size:.15g}"), "length") for size in sizes]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
