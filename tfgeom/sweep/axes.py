"""What one path of a sweep takes: listed values, or a range, linear or logarithmic."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfgeom.units import split_quantity, unit_ratio

MAX_STEPS = 100_000
EXAMPLE = "{from: 20 nm, to: 200 nm, steps: 7, scale: log}"
"""How a range is written."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The values of one path.

    Attributes
    ----------
    values
        As a design file would hold them; of a range its steps, of one without steps only its ends.
    ends
        First and last number of a range without steps, which samples fill evenly; None for listed values.
    unit
        Of the ends; empty for plain numbers.
    is_log
        Whether that is even in the logarithm.
    """

    values: tuple[Any, ...]
    ends: tuple[float, float] | None = None
    unit: str = ""
    is_log: bool = False

    def at(self, share: float) -> Any:
        """Return the value at a share of the axis, 0 to below 1: of listed values one of them."""
        if self.ends is None:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        return _between(*self.ends, share, self.is_log, self.unit)


def read_axis(given: Any, *, is_sampled: bool) -> Axis:
    """Return the axis of what a sweep file gives for a path.

    Parameters
    ----------
    given
        A list of values, or ``{from, to, steps, scale}``.
    is_sampled
        Whether a range may do without steps.

    Raises
    ------
    AxisError
        With what is wrong and the key of the range at which it is.
    """
    if isinstance(given, Mapping):
        return _range(given, is_sampled=is_sampled)
    if not isinstance(given, list) or not given:
        raise AxisError(
            f"must be a list of values, or {EXAMPLE}, or arithmetic in other paths such as "
            "'relief.pitch - 0.5 um'"
        )
    return Axis(tuple(given))


class AxisError(ValueError):
    """Values that cannot be read; ``key`` is where in them, empty for the whole."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


def _range(given: Mapping[str, Any], *, is_sampled: bool) -> Axis:
    known = ("from", "to", "steps", "scale")
    unknown = [key for key in given if key not in known]
    needed = known[:2] if is_sampled else known[:3]
    missing = [key for key in needed if key not in given]
    if unknown or missing:
        said = f"unknown {', '.join(map(str, unknown))}" if unknown else f"lacks {', '.join(missing)}"
        raise AxisError(f"a range {said}; write {EXAMPLE}")
    steps, scale = given.get("steps"), given.get("scale", "linear")
    if "steps" in given and (
        not isinstance(steps, int) or isinstance(steps, bool) or not 2 <= steps <= MAX_STEPS
    ):
        raise AxisError(f"must be a whole number of 2 to {MAX_STEPS}, not {steps!r:.60}", "steps")
    if scale not in ("linear", "log"):
        raise AxisError(f"{scale!r:.60} is not known; use linear or log", "scale")
    try:
        first, last, unit = _ends(given["from"], given["to"])
    except ValueError as error:
        raise AxisError(str(error)) from error
    if scale == "log" and min(first, last) <= 0:
        raise AxisError("a logarithmic range must stay above 0; use scale: linear")
    if first == last:
        raise AxisError(f"the range from {given['from']} to {given['to']} is empty; give two different ends")
    is_log = scale == "log"
    if steps is None:
        ends = tuple(_between(first, last, share, is_log, unit) for share in (0.0, 1.0))
        return Axis(ends, (first, last), unit, is_log)
    shares = [step / (steps - 1) for step in range(steps)]
    return Axis(tuple(_between(first, last, share, is_log, unit) for share in shares))


def _ends(first: Any, last: Any) -> tuple[float, float, str]:
    if all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in (first, last)):
        if not (math.isfinite(first) and math.isfinite(last)):
            raise ValueError(f"'from: {first}' and 'to: {last}' must be finite numbers")
        return float(first), float(last), ""
    start, end = split_quantity(first), split_quantity(last)
    if start is None or end is None:
        raise ValueError(f"'from: {first}' and 'to: {last}' must both be numbers with units, or both bare")
    ratio = unit_ratio(end[1], start[1])
    return start[0], float(f"{end[0] * ratio:.12g}"), start[1]


def _between(first: float, last: float, share: float, is_log: bool, unit: str) -> Any:
    number = first * (last / first) ** share if is_log else first + (last - first) * share
    rounded = float(f"{number:.10g}")
    return f"{rounded!r} {unit}" if unit else rounded
