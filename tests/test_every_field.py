"""Every field of a design matters: change it, and some number of the evaluation moves."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.full_design import LAYERS, OPERATION, full_design
from tests.kinds import RELIEFS
from tfgeom.design import design_from_mapping
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import evaluate
from tfgeom.units import split_quantity

NOT_NUMBERS = {
    "schema_version",
    "name",
    "source",
    "kind",
    "role",
    "type",
    "counter",
    "at",
    "separator",
    "electrolyte",
    "electrolyte_model",  # has a test of its own
}


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, index))
    elif path[-1] not in NOT_NUMBERS:
        yield path


SWAPS = {
    "square": "hexagonal",
    "hexagonal": "square",
    "Ru": "Pt",
    "TiN": "Pt",
    "LiV2O5": "LiMn2O4",
    "Li2PO2N": "LiPON",
    "SnNx": "TiO2",
    "Si": "Ni",
    "area_gain": "feature_aspect_ratio",
    "review": "memory",
}


def changed(value: Any) -> Any:
    if isinstance(value, str):
        quantity = split_quantity(value)
        return SWAPS[value] if quantity is None else f"{quantity[0] * 1.01!r} {quantity[1]}"
    return value * 1.01


def numbers(mapping: dict[str, Any]) -> str:
    """Return all numbers as text, or why another material's cell is never inside this voltage window."""
    try:
        found = evaluate(design_from_mapping(mapping)).to_dict()
    except DesignError as error:
        if "lies outside what the cell has at rest" not in str(error):
            raise
        return str(error)
    del found["design_sha256"]
    return json.dumps(found)


def cases() -> Iterator[Any]:
    whole = full_design("holes")
    for path in leaves(whole):
        yield pytest.param("holes", path, id="holes-" + ".".join(map(str, path)))
    for relief, mapping in RELIEFS.items():
        if relief != mapping["kind"]:
            continue
        for path in leaves(mapping):
            yield pytest.param(relief, ("relief", *path), id=f"{relief}-{path[0]}")
        if relief not in ("planar", "wave"):
            yield pytest.param(relief, ("relief", "rim_radius"), id=f"{relief}-rim_radius")


@pytest.mark.parametrize(("relief", "path"), list(cases()))
def test_each_field_moves_a_number(relief: str, path: tuple[Any, ...]) -> None:
    base = json.loads(json.dumps(full_design(relief)))
    if path[-1] == "rim_radius":  # no closed form with a step coverage yet
        del base["layers"][1]["step_coverage"]
    before = numbers(base)
    node = base
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = changed(node[path[-1]]) if path[-1] in node or isinstance(path[-1], int) else "50 nm"
    assert numbers(base) != before


def test_dc_electrolyte_moves_a_number() -> None:
    layers = [
        {**layer, "material": "Li3PO4-Danilov2011"} if layer["role"] == "electrolyte" else layer
        for layer in LAYERS
    ]
    ohmic = full_design("holes", layers=layers, materials={})
    steady = full_design(
        "holes", layers=layers, materials={}, cell={"type": "conformal", "electrolyte_model": "dc"}
    )
    assert numbers(ohmic) != numbers(steady)


def test_changes_that_break_a_design_are_errors_not_silence() -> None:
    with pytest.raises(TfgeomError):
        numbers(full_design("holes", layers=[*LAYERS[:-1], {**LAYERS[-1], "thickness": "2 um"}]))


MORE_LAYERS = [
    {"role": "barrier", "material": "TiN", "thickness": "30 nm"},
    *LAYERS[:2],
    {"role": "interlayer", "material": "LiPON", "thickness": "5 nm", "interface_resistance": "1 ohm*cm^2"},
    LAYERS[2],
    {"role": "electrolyte", "material": "LiPON", "thickness": "20 nm", "name": "second"},
    {"role": "anode", "material": "SnNx", "thickness": {"balance": 1.2}, "lithiation": 0.05},
    LAYERS[4],
    {"role": "encapsulation", "material": "TiN", "fill": {"above_top": "2 um"}},
]
ANODE_FREE = [layer for layer in LAYERS if layer["role"] != "anode"]
FREE_CELL = {"type": "conformal", "anode_free": True}
SWELLING = {"LiV2O5": {"expansion": 0.1}, "SnNx": {"expansion": 2.5}}


def more(kind: str) -> dict[str, Any]:
    if kind == "anode-free":
        operation = {**OPERATION, "voltage": {"min": "3.2 V", "max": "3.4 V"}}
        return full_design(
            "pillars", layers=ANODE_FREE, cell=FREE_CELL, materials=SWELLING, operation=operation
        )
    if kind == "swelling":
        return full_design("pillars", materials=SWELLING)
    return full_design("pillars", layers=MORE_LAYERS)


def more_cases() -> Iterator[Any]:
    for kind in ("more layers", "anode-free"):
        for path in leaves(more(kind)["layers"], ("layers",)):
            if path[-1] != "material":
                yield pytest.param(kind, path, id=f"{kind}-" + ".".join(map(str, path)))
    for path in leaves(SWELLING, ("materials",)):
        yield pytest.param("swelling", path, id="swelling-" + path[1])


@pytest.mark.parametrize(("kind", "path"), list(more_cases()))
def test_each_field_of_further_layers_moves_a_number(kind: str, path: tuple[Any, ...]) -> None:
    base = json.loads(json.dumps(more(kind)))
    before = numbers(base)
    node = base
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = changed(node[path[-1]])
    assert numbers(base) != before
