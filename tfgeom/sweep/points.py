"""The points of a sweep, and the columns of its table."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tfgeom.units import split_quantity, unit_ratio

HEADLINE = (
    "geometry.area_gain",
    "geometry.gap_after_coating_nm",
    "capacity.footprint_capacity_uAh_cm2",
    "capacity.footprint_capacity_gain",
    "capacity.n_to_p_ratio",
    "capacity.limiting_electrode",
    "energy.mean_voltage_V",
    "energy.footprint_energy_mWh_cm2",
    "energy.volumetric_energy_Wh_L.active",
    "resistance.asr_ohm_cm2",
    "resistance.planar_asr_ohm_cm2",
    "resistance.largest_part",
    "rate_summary.current_at_80pct_mA_cm2",
    "rate_summary.current_at_50pct_mA_cm2",
)
"""What a sweep writes when its file names no outputs."""


def grid(vary: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield every combination of the varied values, the last path changing fastest."""
    for values in itertools.product(*vary.values()):
        yield dict(zip(vary, values, strict=True))


def parameter_columns(vary: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Return the column name of each varied path: with the unit of its first value, where it has one."""
    columns = {}
    for path, values in vary.items():
        quantity = split_quantity(values[0])
        columns[path] = path if quantity is None else f"{path}_{_slug(quantity[1])}"
    return columns


def parameter_value(value: Any, first: Any) -> Any:
    """Return a value as its column holds it: the number in the unit of the path's first value."""
    quantity, reference = split_quantity(value), split_quantity(first)
    if quantity is None or reference is None:
        return value
    try:
        return float(f"{quantity[0] * unit_ratio(quantity[1], reference[1]):.12g}")
    except ValueError:
        return value  # another kind of quantity: the point fails and its row shows what was given


def _slug(unit: str) -> str:
    return re.sub(r"[^A-Za-z0-9µμΩÅ]+", "_", unit.replace("^", "").replace("%", "percent")).strip("_")


def flatten(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON of an evaluation as dotted keys and scalars.

    Layers go by name (``layers.cathode.volume_um3``), rates by C-rate (``rate.10C.utilisation``); the other
    lists hold no numbers of the cell and are left out.
    """
    flat: dict[str, Any] = {}
    for key, value in numbers.items():
        if key == "layers":
            for layer in value:
                flat.update(_leaves(layer, f"layers.{layer['name']}"))
        elif key == "rate":
            for row in value or ():
                flat.update(_leaves(row, f"rate.{row['c_rate']:.10g}C"))
        else:
            flat.update(_leaves(value, key))
    return flat


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}")
    elif not isinstance(value, (list, tuple)):
        yield path, value


def find_output(name: str, flat: Mapping[str, Any]) -> str | None:
    """Return the full key that an output's name means: itself, or the shortest key that ends in it."""
    if name in flat:
        return name
    ending = [key for key in flat if key.endswith(f".{name}")]
    return min(ending, key=lambda key: (key.count("."), len(key)), default=None)
