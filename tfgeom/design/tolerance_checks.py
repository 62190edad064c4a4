"""Checks of a design's tolerances against the sizes that it has: each path leads to a number of its kind.

Made on the plain mapping, as all checks across sections.
"""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from tfgeom.design.keys import models_at
from tfgeom.design.paths import locate, value_at, walk, with_layer_names
from tfgeom.design.quantities import Number
from tfgeom.design.tolerance import SHARE, GivenSpread
from tfgeom.design.wording import Problem
from tfgeom.quantities import Quantity
from tfgeom.reliefs.sections import Width
from tfgeom.source import Location
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.units import parse_quantity
from tfgeom.words import nearest

MADE = ("relief", "substrate", "layers", "cell", "bipolar_plate", "packaging", "chip")
"""Sections whose sizes a process makes."""
_SHOWN = 12


def wrong_tolerances(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the tolerances of what is no size of the design, or of another kind than the size."""
    given = mapping.get("tolerance")
    for path, said in given.items() if isinstance(given, Mapping) else ():
        text = str(path)
        location, rest = _located(mapping, text)
        dimension = None if rest else dimension_at(mapping, location)
        if dimension is None:
            yield Problem(("tolerance", path), _no_size(mapping, text), at_key=True)
            continue
        try:
            spread = GivenSpread().read(said)
        except ValueError:
            continue  # reported where it is read
        if not spread.is_share and spread.dimension != dimension:
            other = "" if dimension == SHARE else f", or in units as '{DIMENSIONS[dimension].example}'"
            yield Problem(
                ("tolerance", path),
                f"{said} is {_a(spread.dimension)}, and {text} is {_a(dimension)}: give a share such as '3 %'"
                f"{other}",
            )
            continue
        size = _size(mapping, location, dimension)
        if size == 0 and spread.value > 0:
            yield Problem(("tolerance", path), f"{text} is 0 in this design and can only be more; remove it")
        elif size is not None and not spread.is_share and spread.value >= abs(size):
            yield Problem(
                ("tolerance", path),
                f"{said} is as large as the value itself, or larger; one standard deviation is far below it",
            )


def sizes_of(mapping: Mapping[str, Any]) -> list[str]:
    """Return the paths of the sizes that a design states."""
    named = with_layer_names(mapping)
    found = [
        named(place)
        for key in MADE
        if key in mapping
        for place, value in walk(mapping[key], (key,))
        if not isinstance(value, list) and dimension_at(mapping, place) is not None
    ]
    return list(dict.fromkeys(found))


def dimension_at(mapping: Mapping[str, Any], location: Location) -> str | None:
    """Return what a size at a location is measured in; None where there is no size."""
    if not location or location[0] not in MADE:
        return None
    *section, key = location
    if isinstance(key, int):  # one pitch of a rectangular lattice
        *section, key = section or [""]
        return dimension_at(mapping, (*section, key)) if key == "pitch" else None
    if not isinstance(_section(mapping, tuple(section)), Mapping):
        return None
    for model in models_at(mapping, tuple(section)):
        field = model.model_fields.get(str(key))
        dimension = _dimension(field.annotation, field.metadata) if field else None
        if dimension is not None:
            return dimension
    return None


def _located(mapping: Mapping[str, Any], path: str) -> tuple[Location, str]:
    """Return the location of a path, also of a size that is left to its default, and what is left over."""
    location, rest = locate(mapping, path)
    if rest and "." not in rest and dimension_at(mapping, (*location, rest)) is not None:
        return (*location, rest), ""
    is_list = not rest and bool(location) and isinstance(value_at(mapping, location), list)
    return location, "list" if is_list else rest


def _dimension(annotation: Any, metadata: Any) -> str | None:
    """Return the dimension of a field that holds a size; None of any other."""
    if annotation is Width:
        return "length"
    for one in metadata:
        if isinstance(one, Quantity):
            return one.dimension
        if isinstance(one, Number):
            return SHARE
    found = (_dimension(part, getattr(part, "__metadata__", ())) for part in get_args(annotation))
    return next((one for one in found if one is not None), None)


def _section(mapping: Mapping[str, Any], location: Location) -> Any:
    try:
        return value_at(mapping, location)
    except (KeyError, IndexError, TypeError):
        return None


def _size(mapping: Mapping[str, Any], location: Location, dimension: str) -> float | None:
    """Return a size in SI; None where it is solved for, or cannot be read."""
    given = _section(mapping, location)
    if given is None:
        return _default(mapping, location)
    given = given.get("value") if isinstance(given, Mapping) else given
    try:
        return parse_quantity(given, dimension)
    except (ValueError, OverflowError):
        return None


def _default(mapping: Mapping[str, Any], location: Location) -> float | None:
    models = models_at(mapping, location[:-1])
    fields = (model.model_fields.get(str(location[-1])) for model in models)
    return next((one.default for one in fields if one and isinstance(one.default, float)), None)


def _no_size(mapping: Mapping[str, Any], path: str) -> str:
    known = sizes_of(mapping)
    match = nearest(path, known)
    if match:
        return f"no such size in this design; did you mean '{match}'?"
    if not known:
        return "no such size in this design, which states none"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"no such size in this design; it has {', '.join(known[:_SHOWN])}{more}"


def _a(dimension: str) -> str:
    noun = "number" if dimension == SHARE else dimension.replace("_", " ")
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
