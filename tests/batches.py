"""Batches of designs beside single evaluations of each, which know nothing of arrays."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import numpy as np

from tfgeom import evaluate, evaluate_many
from tfgeom.design import Design, design_from_mapping, set_path
from tfgeom.errors import TfgeomError
from tfgeom.results import all_results
from tfgeom.units import format_quantity, parse_quantity

CLOSED = ("geometry", "capacity", "energy", "resistance", "device")
NUMBERS = [one.path for one in all_results() if one.section in CLOSED]
"""Every number and word of a design that arrays give, but its rates."""
C_RATES = (1.0, 10.0)
_OF_A_RATE = (
    "capacity_uAh_cm2",
    "utilisation",
    "mean_voltage_V",
    "planar_same_films.at_c_rate.energy_mWh_cm2",
    "planar_same_capacity.at_current.capacity_uAh_cm2",
)
_PLANES = ("", "planar_same_films.", "planar_same_capacity.")
RATES = [f"rate.{c_rate:g}C.{key}" for c_rate in C_RATES for key in _OF_A_RATE] + [
    f"rate_summary.{plane}current_at_{share}pct_mA_cm2" for plane in _PLANES for share in (80, 50)
]
PARTS = [
    f"resistance.asr_by_part_ohm_cm2.{part}"
    for part in ("cathode", "anode", "electrolyte", "cathode_interface", "anode_interface")
]
AGREE = 1e-9


def outputs_of(mapping: Mapping[str, Any]) -> list[str]:
    """Return what a design can be asked for."""
    if not mapping.get("cell"):
        return [path for path in NUMBERS if path.startswith("geometry.")]
    return [*NUMBERS, *PARTS, *RATES]


def varied(mapping: Mapping[str, Any], rng: Random, rows: int, spread: float) -> dict[str, list[str]]:
    """Return a table with every size of relief and films, and the temperature, varied by this share."""
    paths = dict(_sizes(mapping["relief"], "relief"))
    for index, layer in enumerate(mapping.get("layers", ())):
        if isinstance(layer.get("thickness"), str):
            paths[f"layers.{index}.thickness"] = parse_quantity(layer["thickness"], "length")
    table = {
        path: [format_quantity(size * _factor(rng, spread), "length") for _ in range(rows)]
        for path, size in paths.items()
    }
    if "operation" in mapping:
        table["operation.temperature"] = [f"{rng.uniform(10, 40)!r} degC" for _ in range(rows)]
    return table


def _factor(rng: Random, spread: float) -> float:
    return 1 + spread * rng.uniform(-1, 1)


def _sizes(section: Mapping[str, Any], within: str) -> list[tuple[str, float]]:
    found = []
    for key, value in section.items():
        if isinstance(value, Mapping):
            inner = _sizes(value, f"{within}.{key}")
            found += [(path.removesuffix(".value"), size) for path, size in inner]
        elif isinstance(value, str) and value.split()[-1] in ("nm", "um", "mm", "m"):
            found.append((f"{within}.{key}", parse_quantity(value, "length")))
    return found


def row_of(mapping: Mapping[str, Any], table: Mapping[str, Sequence[Any]], row: int) -> Design:
    """Return the design of one row, read as its file would be, with the C-rates that are compared."""
    changed: Mapping[str, Any] = mapping
    for path, values in table.items():
        changed = set_path(changed, path, values[row])
    design = design_from_mapping(changed)
    if design.operation is None:
        return design
    return design.model_copy(update={"operation": design.operation.model_copy(update={"c_rates": C_RATES})})


def differences(mapping: Mapping[str, Any], table: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return where a batch and single evaluations of its rows differ, one line each."""
    outputs = outputs_of(mapping)
    rows = len(next(iter(table.values())))
    found = evaluate_many(design_from_mapping(mapping), table, outputs, own_words=rows)
    wrong = []
    for row in range(rows):
        reason = found["reason"][row]
        try:
            single = evaluate(row_of(mapping, table, row)).to_dict()
        except TfgeomError as error:
            if reason != str(error).replace("\n", "; "):
                wrong.append(f"row {row} is refused, {error}; the batch says {reason!r}")
            continue
        if reason:
            wrong.append(f"row {row} is possible; the batch says {reason!r}")
            continue
        for name in outputs:
            ours, theirs = found[name][row], number_in(single, name)
            if not same(ours, theirs):
                wrong.append(f"row {row}, {name}: {ours!r}, by itself {theirs!r}")
    return wrong


def number_in(numbers: Mapping[str, Any], path: str) -> Any:
    """Return a number of the JSON of an evaluation by its path, None where it has none."""
    section, _, rest = path.partition(".")
    node = numbers[section]
    if section == "rate":
        c_rate, _, rest = rest.partition("C.")
        node = None if node is None else node[C_RATES.index(float(c_rate))]
    for key in rest.split("."):
        node = None if node is None else node[key]
    return node


def same(ours: Any, theirs: Any) -> bool:
    """Return whether two values are one number to 1e-9, one word, or both unknown."""
    if theirs is None:
        return ours is None or bool(np.isnan(ours))
    if isinstance(theirs, str):
        return bool(ours == theirs)
    return bool(abs(ours - theirs) <= AGREE * abs(theirs))
