"""What the steps of a protocol came to, as rows and as a sentence."""

from collections.abc import Callable

from tfgeom.load_tables import duration_text
from tfgeom.results import ProtocolNumbers, ProtocolPlaneNumbers, declared_of
from tfgeom.results.plain_text import plain_unit, plain_value

Row = tuple[str, ...]

STEPS: Row = (
    "cycle", "step", "held", "ended by", "duration", "charge, uAh/cm^2", "energy, mWh/cm^2",
    "voltage at the start, V", "voltage at the end, V", "current at the end, mA/cm^2",
    "charge of the plane, uAh/cm^2",
)  # fmt: skip
"""Head of `step_rows`, units as they are declared."""
TOTALS: Row = ("in all", "cell", "plane, same films")
"""Head of `total_rows`."""
MOST_ROWS = 60
"""Steps that are told one by one where people read them; the JSON has all."""


def step_rows(found: ProtocolNumbers, unit: Callable[[str], str] = plain_unit) -> list[Row]:
    """Return the steps as they were taken: of many the first and the last; ``unit`` writes one."""
    plane = {} if found.planar is None else dict(_numbered(found.planar))
    rows: list[Row] = [
        (
            str(one.cycle),
            one.step,
            "rest" if one.control == "rest" else _held(one.value, unit(one.unit)),
            one.ended_by,
            duration_text(one.duration_h),
            f"{one.charge_uAh_cm2:.4g}",
            f"{one.energy_mWh_cm2:.4g}",
            f"{one.voltage_start_V:.4g}",
            f"{one.voltage_end_V:.4g}",
            f"{one.current_end_mA_cm2:.4g}",
            f"{plane[key]:.4g}" if key in plane else "-",
        )
        for (key, _), one in zip(_numbered(found), found.steps, strict=True)
    ]
    if len(rows) <= MOST_ROWS:
        return rows
    kept = MOST_ROWS // 2
    left_out = (f"{len(rows) - 2 * kept} steps", *("..." for _ in STEPS[1:]))
    return [*rows[:kept], left_out, *rows[-kept:]]


def total_rows(found: ProtocolNumbers, unit: Callable[[str], str] = plain_unit) -> list[Row]:
    """Return what went in and out, of cell and plane; what is null is left out; ``unit`` writes a unit."""
    rows: list[Row] = []
    for key in ProtocolPlaneNumbers.__dataclass_fields__:
        values = [None if one is None else getattr(one, key) for one in (found, found.planar)]
        if key == "steps" or values[0] is None:
            continue
        declared = declared_of(ProtocolPlaneNumbers, key)
        heading = f"{declared.title}, {unit(declared.unit)}" if declared.unit else declared.title
        shown = ("-" if value is None else plain_value(value, declared.form) for value in values)
        rows.append((heading, *shown))
    return rows


def _held(value: float | None, unit: str) -> str:
    """Return what a step holds: a C-rate as one word, which no table breaks."""
    return f"{value:.6g}{'' if unit == 'C' else ' '}{unit}"


def protocol_sentence(found: ProtocolNumbers) -> str:
    """Return how long the protocol took and what came back of what went in."""
    count = len(found.steps)
    text = f"protocol of {count} {'step' if count == 1 else 'steps'}, {duration_text(found.lasts_h)}"
    if found.round_trip_efficiency is not None:
        text += f", gives back {found.round_trip_efficiency:.2%} of the energy that it takes in"
    return text


def _numbered(found: ProtocolPlaneNumbers) -> list[tuple[tuple[str, int, int], float]]:
    """Return the charge of each step by its number, cycle and which of those it is."""
    seen: dict[tuple[str, int], int] = {}
    rows = []
    for one in found.steps:
        key = one.step, one.cycle
        seen[key] = seen.get(key, 0) + 1
        rows.append(((*key, seen[key]), one.charge_uAh_cm2))
    return rows
