"""The relief of a design, whose sizes may be given as papers do, in the format's own keys."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tfgeom.design.wording import Problem
from tfgeom.reliefs.restating import restated
from tfgeom.source import Location, Origin

_RELIEF = "relief"


@dataclass(frozen=True, slots=True)
class RestatedRelief:
    """A design whose relief stands in the format's own keys.

    Attributes
    ----------
    mapping
        The design.
    origin
        Its places, also of the keys that the file has under other names.
    said
        What the file said, by the path of the value it gave: ``{"relief.pitch": "spacing 2 um"}``.
    problems
        What is wrong with the sizes.
    told
        Locations of values that those problems tell of.
    """

    mapping: dict[str, Any]
    origin: Origin
    said: Mapping[str, str]
    problems: tuple[Problem, ...]
    told: frozenset[Location]


def restated_relief(mapping: dict[str, Any], origin: Origin) -> RestatedRelief:
    """Return a design with its relief, and the paths under ``chosen``, in the format's own keys."""
    given = mapping.get(_RELIEF)
    if not isinstance(given, Mapping):
        return RestatedRelief(mapping, origin, {}, (), frozenset())

    def place(key: str) -> str:
        at = origin.positions.get(f"{_RELIEF}.{key}")
        return f" (line {at[0]}, column {at[1]})" if at else ""

    found = restated(given, place)
    problems = tuple(
        Problem((_RELIEF, *key.split(".")), message, at_key=at_key) for key, message, at_key in found.wrong
    )
    stands_for = {f"{_RELIEF}.{key}": f"{_RELIEF}.{said}" for key, said in found.stands_for.items()}
    chosen = mapping.get("chosen")
    changed = {**mapping, _RELIEF: found.section}
    if isinstance(chosen, Mapping) and stands_for:
        own = {said: key for key, said in stands_for.items()}
        changed["chosen"] = {own.get(str(path), path): why for path, why in chosen.items()}
    return RestatedRelief(
        changed,
        replace(
            origin,
            positions=_also(origin.positions, stands_for),
            keys=_also(origin.keys, stands_for),
        ),
        {f"{_RELIEF}.{key}": said for key, said in found.said.items()},
        problems,
        frozenset((_RELIEF, *key.split(".")) for key in found.unknown),
    )


def _also(places: Mapping[str, tuple[int, int]], stands_for: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Return places with those of values that the file has under other names."""
    return {**places, **{key: places[said] for key, said in stands_for.items() if said in places}}
