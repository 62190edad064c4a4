"""What must hold in the numbers of any design, whatever it says: `contradictions` of the JSON of `evaluate`.

The suite and the campaign ``fuzz`` ask it of mutated and of random designs.  It reads nothing but that JSON and
the design's own text, as a reader of the numbers would.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import jsonschema

from tfgeom.results import results_json_schema
from tfgeom.units import parse_quantity

Numbers = Mapping[str, Any]

ROUNDING = 1e-9
"""Relative difference between two routes to one number that differ in nothing but rounding."""
SIGNED = ("published", "provenance")
"""Sections whose numbers may be negative: deviations, potentials."""
_SCHEMA = jsonschema.Draft202012Validator(json.loads(results_json_schema()))
STEPPED = 5e-5
"""Of an energy that the film model steps: see `tests.test_film_designs`, which holds it to finer steps."""
POINT_PLANES = ("planar_same_films", "planar_same_capacity")


def contradictions(found: Numbers, said: Numbers, held: Mapping[float, float] | None = None) -> list[str]:
    """Return what contradicts itself in the numbers of a design, in words; nothing where all is well.

    Parameters
    ----------
    found
        The JSON of `evaluate`.
    said
        The design as a mapping.
    held
        By the film model: energy (mWh/cm²) at rest, by C-rate, of what the cell itself delivers.  Columns that keep
        their own lithium may hold more than at their mean composition, on which that of `found` counts.
    """
    volts = _limits(said)
    sections = (
        (f"schema: {'/'.join(map(str, error.absolute_path))}: {error.message:.200}" for error in _SCHEMA.iter_errors(found)),
        _plain(found, (), signed=volts is not None and volts[0] < 0),
        _geometry(found["geometry"]),
        _films(found),
        _capacity(found),
        _energy(found, volts),
        of_resistance(found["resistance"]),
        _rates(found, said, volts, held),
        _rate_limits(found),
        _device(found),
        _published(found["published"]),
        _bands(found["bands"]),
        _nulls(found, said),
    )  # fmt: skip
    return [words for section in sections for words in section]


def _limits(said: Numbers) -> tuple[float, float] | None:
    if "operation" not in said:
        return None
    window = said["operation"]["voltage"]
    return parse_quantity(window["min"], "voltage"), parse_quantity(window["max"], "voltage")


def near(one: float, other: float, within: float = ROUNDING) -> bool:
    """Return whether two numbers are equal but for a relative difference."""
    return abs(one - other) <= within * max(abs(one), abs(other))


def _same(one: float, other: float, what: str, within: float = ROUNDING) -> Iterator[str]:
    if not near(one, other, within):
        yield f"{what}: {one!r} is not {other!r}"


def _most(low: float | None, high: float | None, what: str, within: float = ROUNDING) -> Iterator[str]:
    """Yield words unless the first number is at most the second; None is no bound."""
    if low is not None and high is not None and low - high > within * max(abs(low), abs(high)):
        yield f"{what}: {low!r} is above {high!r}"


def _plain(value: Any, path: tuple[str, ...], *, signed: bool) -> Iterator[str]:
    """Yield numbers that are not finite, or negative where nothing can be."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _plain(inner, (*path, key), signed=signed)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(value):
            yield from _plain(inner, (*path, str(index)), signed=signed)
    elif isinstance(value, float | int) and not isinstance(value, bool):
        if not math.isfinite(value):
            yield f"{'.'.join(path)}: {value!r} is not finite"
        may_be_signed = path[0] in SIGNED or (signed and path[0] in ("energy", "rate", "device"))
        if value < 0 and not may_be_signed:
            yield f"{'.'.join(path)}: {value!r} is negative"


def _geometry(geometry: Numbers) -> Iterator[str]:
    yield from _most(1.0, geometry["area_gain"], "geometry: area gain", 1e-12)
    if (geometry["free_reach_nm"] is None) != (geometry["reach_limited_by"] is None):
        yield "geometry: a reach without what limits it, or the other way round"
    if geometry["kind"] == "planar":
        yield from _same(geometry["area_gain"], 1.0, "geometry: area gain of the plane")
        yield from _same(geometry["relief_height_um"] + 1, 1.0, "geometry: height of the plane")


def _films(found: Numbers) -> Iterator[str]:
    geometry, layers = found["geometry"], found["layers"]
    footprint = geometry["footprint_um2"]
    inside = geometry["area_gain"] * footprint
    for film in layers:
        name = f"layers.{film['name']}"
        for key in ("volume_um3", "outer_area_um2", "thickness_nm"):
            if not film[key] > 0:
                yield f"{name}: {key} is {film[key]!r}"
        yield from _same(film["inner_area_um2"], inside, f"{name}: inner area, and the face below")
        inside = film["outer_area_um2"]
        flat = footprint * film["thickness_nm"] * 1e-3
        yield from _same(film["capacity_gain"], film["volume_um3"] / flat, f"{name}: capacity gain")
        for face in ("inner", "outer"):
            gain = film["interface_area_gain"][face]
            yield from _same(gain, film[f"{face}_area_um2"] / footprint, f"{name}: {face} area gain")
        if geometry["kind"] == "planar":
            yield from _same(film["capacity_gain"], 1.0, f"{name}: capacity gain on the plane")
    if layers:
        whole = sum(film["thickness_nm"] for film in layers)
        yield from _same(geometry["film_stack_nm"], whole, "geometry: film stack")


def _capacity(found: Numbers) -> Iterator[str]:
    capacity = found["capacity"]
    if capacity is None:
        return
    usable, planar = capacity["footprint_capacity_uAh_cm2"], capacity["planar_uAh_cm2"]
    held = capacity.get("held_uAh_cm2", usable)
    cathode, anode = capacity["cathode_uAh_cm2"], capacity["anode_uAh_cm2"]
    yield from _most(usable, held, "capacity: usable above held")
    for key in ("cathode_uAh_cm2", "anode_uAh_cm2", "lithium_inventory_uAh_cm2"):
        yield from _most(held, capacity[key], f"capacity: held above {key}")
    if cathode is not None and anode is not None:
        yield from _same(capacity["n_to_p_ratio"], anode / cathode, "capacity: N/P")
    if capacity["footprint_capacity_gain"] is not None and planar > 0:
        yield from _same(capacity["footprint_capacity_gain"], usable / planar, "capacity: gain")
    if capacity["limiting_electrode"] not in ("cathode", "anode", "lithium"):
        yield f"capacity: limited by {capacity['limiting_electrode']!r}"


def _energy(found: Numbers, volts: tuple[float, float] | None) -> Iterator[str]:
    energy, capacity = found["energy"], found["capacity"]
    if energy is None or capacity is None:
        return
    pairs = (
        (energy, capacity["footprint_capacity_uAh_cm2"], "energy"),
        (energy["planar"], capacity["planar_uAh_cm2"], "energy.planar"),
    )
    for one, charge, name in pairs:
        mean, whole = one["mean_voltage_V"], one["footprint_energy_mWh_cm2"]
        if whole is None or mean is None:
            continue
        yield from _same(whole, charge * mean * 1e-3, f"{name}: capacity x mean voltage")
        if volts is not None and not volts[0] * (1 - 1e-9) <= mean <= volts[1] * (1 + 1e-9):
            yield f"{name}: mean voltage {mean!r} is outside {volts}"
        for density in ("volumetric_energy_Wh_L", "specific_energy_Wh_kg"):
            if volts is None or volts[0] >= 0:
                yield from _most(
                    one[density]["device"], one[density]["active"], f"{name}: {density} of the device"
                )


def of_resistance(resistance: Numbers | None) -> Iterator[str]:
    """Yield what contradicts itself in a resistance: of an evaluation, or of a solve."""
    if resistance is None:
        return
    parts, whole = resistance["asr_by_part_ohm_cm2"], resistance["asr_ohm_cm2"]
    yield from _same(sum(parts.values()), whole, "resistance: parts and their sum")
    if parts and whole > 0:
        yield from _same(parts[resistance["largest_part"]], max(parts.values()), "resistance: largest part")
    for part, contact in resistance["contact_by_part_ohm_cm2"].items():
        yield from _most(contact, parts[part], f"resistance: interface resistance of {part}")
    yield from _most(resistance["concentration_share_of_electrolyte"], 1.0, "resistance: share of the salt")
    for electrode, peak in resistance["current_peak_to_mean"].items():
        yield from _most(
            1.0 if peak is not None else None, peak, f"resistance: peak over mean at the {electrode}", 1e-6
        )


def _points(row: Numbers) -> Iterator[tuple[str, Numbers]]:
    yield "rate", row
    for plane in POINT_PLANES:
        for at in ("at_c_rate", "at_current"):
            yield f"rate.{plane}.{at}", row[plane][at]


def _rates(
    found: Numbers,
    said: Numbers,
    volts: tuple[float, float] | None,
    held: Mapping[float, float] | None,
) -> Iterator[str]:
    rows, capacity, energy = found["rate"], found["capacity"], found["energy"]
    if not rows or volts is None:
        return
    usable, flat = capacity["footprint_capacity_uAh_cm2"], capacity["planar_uAh_cm2"]
    own = {"rate": usable, POINT_PLANES[0]: flat, POINT_PLANES[1]: usable}
    rest = {
        "rate": energy["footprint_energy_mWh_cm2"],
        POINT_PLANES[0]: energy["planar"]["footprint_energy_mWh_cm2"],
    }
    for row in rows:
        for where, point in _points(row):
            which = where.split(".")[1] if "." in where else where
            name = f"{where} at {row['c_rate']:.3g}C"
            charge, work, mean = (
                point[key] for key in ("capacity_uAh_cm2", "energy_mWh_cm2", "mean_voltage_V")
            )
            yield from _same(charge, point["utilisation"] * own[which], f"{name}: utilisation x capacity")
            yield from _most(point["utilisation"], 1.0, f"{name}: utilisation")
            yield from _same(work, charge * (mean or 0.0) * 1e-3, f"{name}: charge x voltage")
            yield from _same(
                point["power_mW_cm2"], point["footprint_current_mA_cm2"] * (mean or 0.0), f"{name}: power"
            )
            if (mean is None) != (charge == 0):
                yield f"{name}: {charge!r} at a mean voltage of {mean!r}"
            if mean is not None and volts[0] >= 0:
                yield from _most(volts[0], mean, f"{name}: lower voltage limit above the mean", 1e-6)
                yield from _most(mean, volts[1], f"{name}: mean above the upper voltage limit", 1e-6)
                most = held[row["c_rate"]] if held is not None and which == "rate" else rest.get(which)
                yield from _most(work, most, f"{name}: energy above that at open circuit", 1e-6)
        equal = row["planar_same_capacity"]
        for key, value in equal["at_c_rate"].items():
            other = equal["at_current"][key]
            if value != other and (value is None or other is None or not near(value, other)):
                yield f"rate at {row['c_rate']:.3g}C: columns of the plane of the same capacity differ in {key}"
    if volts[0] < 0:
        return
    for which in ("rate", *POINT_PLANES):
        points = [row if which == "rate" else row[which]["at_c_rate"] for row in rows]
        points.sort(key=lambda point: point["footprint_current_mA_cm2"])
        for slow, fast in pairwise(points):
            for key in ("utilisation", "energy_mWh_cm2"):
                summed = held is not None and which == "rate" and key == "energy_mWh_cm2"
                within = STEPPED if summed else 1e-6
                yield from _most(
                    fast[key],
                    slow[key],
                    f"{which}: {key} rises with the rate to {fast['c_rate']:.4g}C",
                    within,
                )


def _rate_limits(found: Numbers) -> Iterator[str]:
    rows, summary = found["rate"], found["rate_summary"]
    if summary is None:
        return
    for which in ("", *POINT_PLANES):
        limits = summary[which] if which else summary
        at_80, at_50 = (limits[f"current_at_{share}pct_mA_cm2"] for share in (80, 50))
        yield from _most(at_80, at_50, f"rate_summary.{which}: current at 80 % above that at 50 %", 1e-6)
        for row in rows or ():
            point = row[which]["at_current"] if which else row
            for share, current in ((0.8, at_80), (0.5, at_50)):
                if current is None:
                    continue
                slower = point["footprint_current_mA_cm2"] < current
                used = point["utilisation"]
                low, high = (share, used) if slower else (used, share)
                yield from _most(
                    low,
                    high,
                    f"rate_summary.{which}: {share:.0%} at {current:.6g} mA/cm2, row of {row['c_rate']:.4g}C",
                    1e-5,
                )


def _device(found: Numbers) -> Iterator[str]:
    device, capacity = found["device"], found["capacity"]
    if device is None or capacity is None:
        return
    usable = capacity["footprint_capacity_uAh_cm2"]
    area = device["area_for_1_mAh_mm2"]
    if area is not None:
        yield from _same(area, 1e5 / usable, "device: area for 1 mAh")
    share, chip = device["active_fraction"], device["chip_area_mm2"]
    if share is not None:
        yield from _most(share, 1.0, "device: active fraction")
        yield from _same(device["capacity_uAh"], usable * chip * share * 1e-2, "device: capacity of the chip")


def _published(rows: Sequence[Numbers]) -> Iterator[str]:
    for row in rows:
        name = f"published.{row['quantity']}"
        if row["deviation"] is not None:
            yield from _same(
                row["computed"], row["published"] * (1 + row["deviation"]), f"{name}: deviation", 1e-6
            )
            if row["verdict"] == "inside" and abs(row["deviation"]) > row["tolerance"] * (1 + ROUNDING):
                yield f"{name}: inside, yet off by {row['deviation']!r}"


def _bands(bands: Numbers | None) -> Iterator[str]:
    if bands is None:
        return
    if not 0 <= bands["yield"] <= 1:
        yield f"bands: yield {bands['yield']!r}"
    for path, band in bands["outputs"].items():
        known = [value for value in (band or {}).values() if value is not None]
        if known != sorted(known):
            yield f"bands: {path} does not rise: {known}"
        if bands["yield"] == 0 and known:
            yield f"bands: {path} of samples that cannot exist"
    for row in bands["largest"]:
        low, high = row["interval"]
        if not (0 <= low <= high <= 1 and 0 <= row["first_order"] <= 1 and 0 <= row["total"] <= 1):
            yield f"bands: shares of {row['output']} by {row['constant']}: {row}"


def _nulls(found: Numbers, said: Numbers) -> Iterator[str]:
    """Yield the sections that a cell should have and lacks without a word why."""
    if "cell" not in said:
        return
    for key in ("capacity", "resistance", "rate", "rate_summary"):
        if found[key] is None and not any(
            key.split("_")[0] in note and "null" in note for note in found["notes"]
        ):
            yield f"{key}: null without a note"
    if found["capacity"] is None or found["energy"] is None:
        return
    energy = found["energy"]["footprint_energy_mWh_cm2"]
    if energy is None and not any("energy is null" in note for note in found["notes"]):
        yield "energy: null without a note"
