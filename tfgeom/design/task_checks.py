"""Checks of what a cell is asked to do, its load and its protocol, against the rest of the design.

Made on the plain mapping, as all checks across sections.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tfgeom.design.protocol import MOST_STEPS
from tfgeom.design.wording import Problem
from tfgeom.source import Location
from tfgeom.units import parse_quantity

_CHIP = "{width: 16 mm, length: 21 mm}"


def wrong_tasks(mapping: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what load and protocol ask of a design that it cannot be asked."""
    load, operation = mapping.get("load"), mapping.get("operation")
    operation = operation if isinstance(operation, Mapping) else {}
    limits = _limits(operation)
    if isinstance(load, Mapping):
        if "layers" not in mapping:
            yield Problem(("load",), "needs a cell to draw from; add layers and a cell, or remove it")
        elif "chip" not in mapping and load.get("per", "chip") == "chip":
            yield Problem(
                ("load",),
                f"is what the whole chip gives, and the design has none: add for example 'chip: {_CHIP}', or "
                "'per: footprint' in the load, with values such as '0.1 uA/cm^2'",
            )
        yield from _outside(load.get("brown_out_voltage"), ("load", "brown_out_voltage"), limits)
    steps = operation.get("protocol")
    if isinstance(steps, list | tuple):
        yield from _wrong_steps(steps, ("operation", "protocol"), limits)
        count = sum(map(_count, steps))
        if count > MOST_STEPS:
            yield Problem(
                ("operation", "protocol"),
                f"makes {count:,} steps; at most {MOST_STEPS:,} are run: repeat less",
            )


def _wrong_steps(steps: Any, place: Location, limits: tuple[float, float] | None) -> Iterator[Problem]:
    for index, step in enumerate(steps):
        if not isinstance(step, Mapping):
            continue
        here: Location = (*place, index)
        yield from _outside(step.get("voltage"), (*here, "voltage"), limits)
        until = step.get("until")
        if isinstance(until, Mapping):
            yield from _outside(until.get("voltage"), (*here, "until", "voltage"), limits)
        else:
            yield from _outside(until, (*here, "until"), limits)
        inner = step.get("repeat")
        if isinstance(inner, list | tuple):
            yield from _wrong_steps(inner, (*here, "repeat"), limits)


def _count(step: Any) -> int:
    """Return how many steps one makes, every repetition counted."""
    inner = step.get("repeat") if isinstance(step, Mapping) else None
    if not isinstance(inner, list | tuple):
        return 1
    times = step.get("times")
    return (times if isinstance(times, int) and times > 0 else 1) * sum(map(_count, inner))


def _outside(given: Any, place: Location, limits: tuple[float, float] | None) -> Iterator[Problem]:
    volts = _volts(given)
    if volts is None or limits is None:
        return
    low, high = limits
    if not low <= volts <= high:
        yield Problem(
            place,
            f"{given} is outside the voltage limits, {low:g} to {high:g} V; give one between, or widen them",
        )


def _limits(operation: Mapping[str, Any]) -> tuple[float, float] | None:
    window = operation.get("voltage")
    if not isinstance(window, Mapping):
        return None
    low, high = _volts(window.get("min")), _volts(window.get("max"))
    return None if low is None or high is None else (low, high)


def _volts(given: Any) -> float | None:
    """Return a voltage, None for anything else: that is reported where it is read."""
    try:
        return parse_quantity(given, "voltage") if isinstance(given, str) else None
    except (ValueError, OverflowError):
        return None
