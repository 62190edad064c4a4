"""Checks across the sections of a design, made on the plain mapping.

They look at what is written rather than at validated sections, so that one report holds the misspelt key
and the missing electrolyte.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, get_args

from tfgeom.design.later import ELECTRODE
from tfgeom.design.paths import (
    PLATED_LITHIUM,
    layer_names,
    locate,
    value_at,
    walk,
    with_layer_names,
)
from tfgeom.design.schema import CELL_SECTIONS, AnyCell, Role
from tfgeom.design.task_checks import wrong_tasks
from tfgeom.design.tolerance_checks import wrong_tolerances
from tfgeom.design.wording import Problem
from tfgeom.materials.library import load_library
from tfgeom.source import Location, dotted
from tfgeom.units import parse_quantity
from tfgeom.words import nearest

_ROLES = get_args(Role)
_ELECTRODES = ("cathode", "anode")
HIGHEST_CELL = 10  # V


def cross_problems(mapping: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong between sections, whether or not each section is right in itself."""
    return [
        *_unknown_materials(mapping),
        *_wrong_layers(mapping),
        *_wrong_series(mapping),
        *_wrong_baseline(mapping),
        *_wrong_choices(mapping),
        *wrong_tasks(mapping),
        *wrong_tolerances(mapping),
    ]


def _used_materials(mapping: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    """Yield the place and name of every material that is used."""
    places: list[Location] = [("substrate", "material"), ("bipolar_plate", "material")]
    places += [("cell", "electrolyte"), ("cell", "counter")]
    layers = mapping.get("layers")
    count = len(layers) if isinstance(layers, list) else 0
    places += [("layers", index, "material") for index in range(count)]
    for place in places:
        section = value_at(mapping, place[:-1]) if place[0] in mapping else None
        name = section.get(place[-1]) if isinstance(section, Mapping) else None
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
    first = layers[0] if layers and isinstance(layers[0], Mapping) else {}
    if str(first.get("interface_resistance", "0")).split()[:1] not in ([], ["0"]):
        message = (
            "no current crosses the face below the first layer; add a current_collector below, or remove it"
        )
        yield Problem(("layers", 0, "interface_resistance"), message)
    section = _section_of(cell)
    yield from _wrong_fill(layers, section is not None and section.has_liquid)
    roles = [str(layer.get("role")) if isinstance(layer, Mapping) else "" for layer in layers]
    if section is not None and layers and all(role in _ROLES for role in roles):
        if section.has_liquid:
            yield from _wrong_flooded(roles)
            yield from _wrong_balance(layers, roles, half_cell=True)
        else:
            anode_free = isinstance(cell, Mapping) and cell.get("anode_free") is True
            yield from _wrong_conformal(roles, anode_free)
            yield from _wrong_balance(layers, roles, anode_free)
        yield from _off_the_path(roles, has_liquid=section.has_liquid)


def _section_of(cell: object) -> type[AnyCell] | None:
    """Return the section that a cell's ``type`` names, None where it names none."""
    kind = cell.get("type") if isinstance(cell, Mapping) else None
    return CELL_SECTIONS.get(kind) if isinstance(kind, str) else None


def _doubled_names(layers: list[Any]) -> Iterator[Problem]:
    names = layer_names(layers)
    for index, name in enumerate(names):
        if name == PLATED_LITHIUM:
            yield Problem(
                ("layers", index, "name"), "is the name of the lithium that a cell plates; choose another"
            )
        if name is None or name not in names[:index]:
            continue
        first = names.index(name)
        if isinstance(layers[index], Mapping) and "name" in layers[index]:
            message = f"'{name:.60}' is also the name of layer {first + 1}; change one"
            yield Problem(("layers", index, "name"), message)
        elif name not in (*_ELECTRODES, "inner_collector", "outer_collector"):
            message = f"layer {first + 1} is also named '{name:.60}'; give each a 'name'"
            yield Problem(("layers", index), message)


def _wrong_conformal(roles: list[str], anode_free: bool) -> Iterator[Problem]:
    yield from _exactly_one(roles, "cathode")
    if anode_free:
        for index in _at(roles, "anode"):
            yield Problem(
                ("layers", index), "an anode-free cell plates its anode; remove it, or 'anode_free'"
            )
    else:
        yield from _exactly_one(roles, "anode")
    electrolytes = _at(roles, "electrolyte")
    electrodes = [index for index, role in enumerate(roles) if role in _ELECTRODES]
    first, last = min(electrodes, default=0), max(electrodes, default=0)
    between = [index for index in electrolytes if first < index < last]
    for before, index in pairwise(electrolytes):
        if index != before + 1:
            yield Problem(("layers", index), "the electrolyte layers must be neighbours; move it")
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


def _off_the_path(roles: list[str], *, has_liquid: bool) -> Iterator[Problem]:
    """Yield the barriers, interlayers and encapsulations that lie where they cannot do what they are for."""
    core = [index for index, role in enumerate(roles) if role in (*_ELECTRODES, "electrolyte")]
    if not core:
        return
    collectors = _at(roles, "current_collector")
    first = max((index for index in collectors if index < core[0]), default=core[0])
    last = min((index for index in collectors if index > core[-1]), default=core[-1])
    for index, role in enumerate(roles):
        inside = first < index < last
        message = ""
        if has_liquid and index > core[-1] and role in ("barrier", "encapsulation"):
            message = "would keep the liquid from the electrode; remove it"
        elif role == "interlayer" and not inside:
            message = "an interlayer lies between the collectors; call it a barrier here, or move it"
            if has_liquid and index > core[-1]:
                yield Problem(
                    ("layers", index),
                    "not yet supported: an interlayer on a flooded electrode",
                    unsupported=True,
                )
                continue
        elif role == "barrier" and inside:
            message = "a barrier between the collectors would carry the current; call it an interlayer"
        elif role == "encapsulation" and (index < last or set(roles[index:]) - {"encapsulation", "barrier"}):
            message = "an encapsulation covers the whole cell; move it outwards"
        if message:
            yield Problem(("layers", index), message)


def _wrong_fill(layers: list[Any], flooded: bool) -> Iterator[Problem]:
    for index, layer in enumerate(layers):
        if not isinstance(layer, Mapping) or "fill" not in layer:
            continue
        if flooded:
            yield Problem(("layers", index, "fill"), "the liquid fills a flooded cell; give a thickness")
        elif index < len(layers) - 1:
            yield Problem(("layers", index, "fill"), "only the last layer can fill; give a thickness")


def _wrong_balance(
    layers: list[Any], roles: list[str], anode_free: bool = False, half_cell: bool = False
) -> Iterator[Problem]:
    balanced = [
        index
        for index, layer in enumerate(layers)
        if isinstance(layer, Mapping)
        and isinstance(layer.get("thickness"), Mapping)
        and roles[index] in _ELECTRODES
    ]
    for index in balanced:
        place = ("layers", index, "thickness")
        if anode_free or half_cell:
            kind = "an anode-free cell" if anode_free else "a flooded cell"
            yield Problem(place, f"{kind} has no second electrode film to balance with; give a thickness")
        elif index != balanced[0]:
            yield Problem(place, f"layer {balanced[0] + 1} is balanced already; give one of them a thickness")


def _exactly_one(roles: list[str], role: str) -> Iterator[Problem]:
    places = _at(roles, role)
    if not places:
        own = f" ({ELECTRODE} is not yet supported)" if role == "anode" else ""
        yield Problem(("layers",), f"no layer of role {role}; a conformal cell has one{own}")
    for index in places[1:]:
        yield Problem(
            ("layers", index),
            f"a second {role} beside layer {places[0] + 1}; a conformal cell has one",
        )


def _at(roles: list[str], role: str) -> list[int]:
    return [index for index, given in enumerate(roles) if given == role]


def _wrong_series(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    count, cell = mapping.get("cells_in_series", 1), mapping.get("cell")
    several = isinstance(count, int) and not isinstance(count, bool) and count > 1
    if several and cell is None:
        yield Problem(("cells_in_series",), "needs a cell to stack; add layers and a cell, or remove it")
    section = _section_of(cell)
    if several and section is not None and section.has_liquid:
        yield Problem(
            ("cells_in_series",),
            "stacks conformal cells: a flooded half-cell has one counter electrode; use 1",
        )
    yield from _voltages_per_cell(mapping, count if several else 1)
    if "bipolar_plate" in mapping and count == 1:
        yield Problem(
            ("bipolar_plate",), "lies between cells in series; add 'cells_in_series: 2', or remove it"
        )


def _wrong_baseline(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    if mapping.get("baseline") is not None and "cell" not in mapping:
        message = (
            "needs a cell: a relief without films has no best plane; add layers and a cell, or remove it"
        )
        yield Problem(("baseline",), message, at_key=True)


def _voltages_per_cell(mapping: Mapping[str, Any], cells: int) -> Iterator[Problem]:
    for end in ("min", "max"):
        place, rest = locate(mapping, f"operation.voltage.{end}")
        if rest:
            continue
        given = value_at(mapping, place)
        try:
            volts = parse_quantity(given, "voltage")
        except (ValueError, OverflowError):
            continue  # reported where it is read
        if abs(volts) > HIGHEST_CELL * cells:
            limit = f"{HIGHEST_CELL * cells} V"
            of = f" for {cells} cells in series" if cells > 1 else ""
            message = f"{given} is outside -{limit} to {limit}{of}; check the number and its unit"
            yield Problem(place, message)


def _wrong_choices(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    chosen = mapping.get("chosen")
    named = with_layer_names(mapping)
    paths: list[str] = []
    for path in chosen if isinstance(chosen, Mapping) else ():
        text = str(path)
        location, rest = locate(mapping, text)
        if not rest and location and location[0] != "chosen":
            continue
        if not paths:  # the same for all
            sections = {
                key: inner for key, inner in mapping.items() if key not in ("chosen", "schema_version")
            }
            paths = [named(place) for place, _ in walk(sections)]
        match = nearest(text, paths)
        hint = f"did you mean '{match}'?" if match else f"there is nothing at '{rest or dotted(location)}'"
        yield Problem(("chosen", path), f"no such value in this design; {hint}", at_key=True)
