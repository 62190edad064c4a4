"""Checks across the sections of a design, made on the plain mapping.

They look at what is written rather than at validated sections, so that one report holds the misspelt key
and the missing electrolyte.
"""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from tfgeom.design.paths import (
    Location,
    dotted,
    layer_names,
    locate,
    nearest,
    value_at,
    walk,
    with_layer_names,
)
from tfgeom.design.schema import Role
from tfgeom.design.wording import Problem
from tfgeom.materials.library import load_library

_ROLES = get_args(Role)
_ELECTRODES = ("cathode", "anode")


def cross_problems(mapping: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong between sections, whether or not each section is right in itself."""
    return [
        *_unknown_materials(mapping),
        *_wrong_layers(mapping),
        *_wrong_choices(mapping),
    ]


def _used_materials(mapping: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    """Yield the place and name of every material that is used."""
    places: list[Location] = [("substrate", "material"), ("bipolar_plate", "material")]
    places += [("cell", "electrolyte"), ("cell", "counter")]
    layers = mapping.get("layers")
    count = len(layers) if isinstance(layers, list) else 0
    places += [("layers", index, "material") for index in range(count)]
    for place in places:
        location, rest = locate(mapping, dotted(place))
        name = None if rest else value_at(mapping, location)
        if isinstance(name, str) and name.strip():
            yield place, name


def _unknown_materials(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    library = load_library()
    section = mapping.get("materials")
    overrides = [name for name in section if isinstance(name, str)] if isinstance(section, Mapping) else []
    used = dict(_used_materials(mapping))
    for place, name in used.items():
        if name not in library and name not in overrides:
            match = nearest(name, [*overrides, *library.names()])
            hint = f"did you mean '{match}'?" if match else "'tfgeom materials' lists the library."
            yield Problem(
                place, f"unknown material '{name:.60}'; {hint} A material of your own goes under 'materials'"
            )
    for name in overrides:
        if name not in library and name not in used.values():
            match = nearest(name, [*used.values(), *library.names()])
            hint = f"did you mean '{match}'?" if match else "use its name in a layer, or remove it"
            yield Problem(
                ("materials", name),
                f"'{name:.60}' is neither in the library nor the material of a layer; {hint}",
                at_key=True,
            )


def _wrong_layers(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    layers, cell = mapping.get("layers"), mapping.get("cell")
    if "layers" in mapping and layers == []:
        yield Problem(("layers",), "is empty; list the films from the substrate outwards, or remove the key")
    if "layers" in mapping and "cell" not in mapping:
        yield Problem(("cell",), "is missing: layers need a cell; add for example 'cell: {type: conformal}'")
    if "cell" in mapping and "layers" not in mapping:
        yield Problem(("layers",), "is missing: a cell needs films; list them from the substrate outwards")
    if "layers" in mapping and "operation" not in mapping:
        yield Problem(
            ("operation",),
            "is missing: a cell needs it; add for example "
            "'operation: {voltage: {min: 2 V, max: 4 V}, temperature: 25 degC}'",
        )
    if not isinstance(layers, list):
        return
    yield from _doubled_names(layers)
    roles = [str(layer.get("role")) if isinstance(layer, Mapping) else "" for layer in layers]
    kind = cell.get("type") if isinstance(cell, Mapping) else None
    if layers and all(role in _ROLES for role in roles):
        if kind == "conformal":
            anode_free = isinstance(cell, Mapping) and cell.get("anode_free") is True
            yield from _wrong_conformal(roles, anode_free)
        elif kind == "flooded":
            yield from _wrong_flooded(roles)


def _doubled_names(layers: list[Any]) -> Iterator[Problem]:
    names = layer_names(layers)
    for index, name in enumerate(names):
        if name is None or name not in names[:index]:
            continue
        first = names.index(name)
        if isinstance(layers[index], Mapping) and "name" in layers[index]:
            message = f"'{name:.60}' is also the name of layer {first + 1}; change one"
            yield Problem(("layers", index, "name"), message)
        elif name not in (*_ELECTRODES, "inner_collector", "outer_collector", "electrolyte"):
            message = f"layer {first + 1} is also named '{name:.60}'; give each a 'name'"
            yield Problem(("layers", index), message)


def _wrong_conformal(roles: list[str], anode_free: bool) -> Iterator[Problem]:
    for role in _ELECTRODES:
        yield from _exactly_one(roles, role, needed=not (role == "anode" and anode_free))
    electrolytes = _at(roles, "electrolyte")
    electrodes = [index for index, role in enumerate(roles) if role in _ELECTRODES]
    first, last = min(electrodes, default=0), max(electrodes, default=0)
    between = [index for index in electrolytes if first < index < last]
    for index in electrolytes[1:]:
        yield Problem(
            ("layers", index), "not yet supported: more than one electrolyte layer", unsupported=True
        )
    if not electrolytes:
        yield Problem(("layers",), "no layer of role electrolyte; put one between cathode and anode")
    elif len(electrodes) == 2 and len(between) < len(electrolytes):
        outside = next(index for index in electrolytes if index not in between)
        yield Problem(("layers", outside), "an electrolyte must lie between cathode and anode; move it")
    yield from _collectors(roles)


def _wrong_flooded(roles: list[str]) -> Iterator[Problem]:
    electrodes = [index for index, role in enumerate(roles) if role in _ELECTRODES]
    if not electrodes:
        yield Problem(("layers",), "no electrode film; a flooded cell has one layer of role cathode or anode")
    for index in electrodes[1:]:
        yield Problem(
            ("layers", index),
            "a second electrode film; a flooded cell has one, its other electrode is 'cell.counter'",
        )
    for index in _at(roles, "electrolyte"):
        yield Problem(
            ("layers", index),
            "a flooded cell has no electrolyte layer; name it under 'cell.electrolyte'",
        )
    yield from _collectors(roles, outer_allowed=False)


def _collectors(roles: list[str], outer_allowed: bool = True) -> Iterator[Problem]:
    core = [index for index, role in enumerate(roles) if role in (*_ELECTRODES, "electrolyte")]
    if not core:
        return
    inner = [index for index in _at(roles, "current_collector") if index < core[0]]
    outer = [index for index in _at(roles, "current_collector") if index > core[-1]]
    for index in _at(roles, "current_collector"):
        if core[0] < index < core[-1]:
            yield Problem(("layers", index), "a current collector must lie outside the electrodes; move it")
    for index in (*inner[1:], *outer[1:]):
        yield Problem(("layers", index), "a second current collector on the same side; keep one")
    for index in outer if not outer_allowed else ():
        yield Problem(
            ("layers", index), "a flooded cell has no outer collector: liquid covers the electrode; remove it"
        )


def _exactly_one(roles: list[str], role: str, needed: bool) -> Iterator[Problem]:
    places = _at(roles, role)
    if not places and needed:
        yield Problem(("layers",), f"no layer of role {role}; a conformal cell has one")
    for index in places[1:]:
        yield Problem(
            ("layers", index),
            f"a second {role} beside layer {places[0] + 1}; a conformal cell has one",
        )


def _at(roles: list[str], role: str) -> list[int]:
    return [index for index, given in enumerate(roles) if given == role]


def _wrong_choices(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    chosen = mapping.get("chosen")
    for path in chosen if isinstance(chosen, Mapping) else ():
        text = str(path)
        location, rest = locate(mapping, text)
        if not rest and location and location[0] != "chosen":
            continue
        named = with_layer_names(mapping)
        paths = [named(place) for place, _ in walk(mapping) if place[0] not in ("chosen", "schema_version")]
        match = nearest(text, paths)
        hint = f"did you mean '{match}'?" if match else f"there is nothing at '{rest or dotted(location)}'"
        yield Problem(("chosen", path), f"no such value in this design; {hint}", at_key=True)
