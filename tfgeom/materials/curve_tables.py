"""Open-circuit tables as people have them, made into one: x rises, the potential falls on filling.

A table comes from the lists of a design or from the columns of a CSV file.  ``x`` is the filled fraction or a
stoichiometry, ``soc`` a state of charge, which runs the other way in a cathode.  Nothing is guessed: percent,
millivolts and noise are read where they are declared, and refused with both readings where they are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.given_data import GivenDataError, refuse
from tfgeom.materials.monotone_fit import (
    MAX_POINTS,
    Grouped,
    band_needed,
    falling_curve,
    grouped,
    thinned,
)
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.units import parse_quantity

Array = NDArray[np.float64]

HIGHEST_FRACTION = 1.5
"""A filled fraction or stoichiometry above it is more likely percent or a charge: it must be declared."""

_HIGHEST_POTENTIAL = 10.0  # V against Li/Li+: above it, millivolts
_LARGEST_BAND = 0.5  # V
_QUIET = 5e-4  # V: half a rise that is no noise
_OUTSIDE, _FURTHEST = 0.02, 2.0  # share of points that noise may lift out of its band, and how far
_SLIVER = 0.05  # of a table, that a window uses at least
_BEYOND = 0.1  # of the window, that a table may leave out at each end


@dataclass(frozen=True, slots=True)
class StatedTable:
    """A table as stated.

    Attributes
    ----------
    coordinate
        ``x`` or ``soc``.
    x, potential
        Numbers; potential in V.
    percent
        Whether x is declared to be in percent.
    declared
        Whether the unit of x is declared, so that a value above 1.5 is meant.
    volts
        Whether a unit of the potential is declared.
    places
        What to call each point in messages: ``point 3``, ``line 17``.
    keys
        Keys, below ``open_circuit``, at which x and potential stand.
    """

    coordinate: str
    x: Array
    potential: Array
    percent: bool
    declared: bool
    volts: bool
    places: Sequence[str]
    keys: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Electrode:
    """What is known of the electrode that a table is for.

    Attributes
    ----------
    roles
        ``cathode``, ``anode``, both or none: what the layers of its material are.
    known
        Name and curve of the material in the library; None of a material of the design's own.
    """

    roles: frozenset[str]
    known: tuple[str, OpenCircuit] | None = None


def read_table(
    table: StatedTable, window: object, smooth: object, scale: object, electrode: Electrode
) -> dict[str, Any]:
    """Return form, parameters and window of a table, and how far measured points lie from the curve.

    Parameters
    ----------
    table
        As stated.
    window
        Coordinate of the empty and of the full electrode as stated; None for 0 and 1 (of a state of charge
        in a cathode 1 and 0).
    smooth
        Band of the noise, as stated: ``5 mV``; None for none.  At most 2 % of the points may lie outside it,
        none further than twice.
    scale
        ``percent`` or ``fraction``, as stated; None where the file or the list says it.
    electrode
        What it is for.

    Raises
    ------
    GivenDataError
        If the numbers are no such table, or contradict what is declared.
    """
    table = _scaled(table, scale)
    _require_volts(table)
    ends = _ends(table, window, electrode)
    order = _in_order(table, smooth)
    points = grouped(table.x[order], table.potential[order])
    if len(points.x) < 2:
        refuse(f"holds {len(points.x)} point with an x of its own; a curve needs 2 or more", *table.keys[0])
    falls = ends[0] < ends[1]
    x, potential, departure = _monotone(table, points if falls else _mirrored(points), falls, smooth)
    if not falls:
        x, potential = -x[::-1], potential[::-1]
    _require_agreement(x, ends, table)
    found: dict[str, Any] = {
        "form": "pchip",
        "parameters": {"x": _plain(x), "potential": _plain(potential)},
        "window": [*ends],
    }
    if departure > 0:
        found["departure"] = f"{departure * 1e3:.4g} mV"
    if scale == "fraction":
        found["scale"] = "fraction"
    return found


def _scaled(table: StatedTable, scale: object) -> StatedTable:
    if scale not in (None, "percent", "fraction"):
        refuse(f"must be percent or fraction, not {scale!r:.60}", "scale")
    if scale == "fraction" and table.percent:
        refuse("says fraction where x is stated in percent; remove one of the two", "scale")
    percent = table.percent or scale == "percent"
    return StatedTable(
        table.coordinate,
        np.array([_hundredth(one) for one in table.x]) if percent else table.x,
        table.potential,
        percent,
        table.declared or scale is not None,
        table.volts,
        table.places,
        table.keys,
    )


def _hundredth(percent: float) -> float:
    return float(f"{percent / 100:.15g}")  # 7 % is 0.07, not 0.07000000000000001


def _require_volts(table: StatedTable) -> None:
    at = int(np.argmax(np.abs(table.potential)))
    largest = float(table.potential[at])
    if abs(largest) <= _HIGHEST_POTENTIAL:
        return
    reading = f"it is {largest:g} V as it stands"
    if not table.volts:
        reading = f"{largest:g} has no unit: {reading}, {largest / 1e3:g} V if it is in millivolts"
        reading += "; if so, name the column or list 'mV' instead of 'V', or give the header a unit"
    refuse(
        f"is no potential against Li/Li+ at {table.places[at]}: {reading}",
        *table.keys[1],
    )


def _ends(table: StatedTable, window: object, electrode: Electrode) -> tuple[float, float]:
    """Return the coordinate of the empty and of the full electrode."""
    turned = table.coordinate == "soc" and _falls_with_charge(electrode)
    if window is None:
        ends = (1.0, 0.0) if turned else (0.0, 1.0)
    else:
        if not isinstance(window, Sequence) or isinstance(window, str) or len(window) != 2:
            refuse(
                f"must be two numbers: coordinate of the empty and the full electrode, not {window!r:.60}",
                "window",
            )
        ends = (_fraction(window[0], "window"), _fraction(window[1], "window"))
        if table.percent and max(map(abs, ends)) > HIGHEST_FRACTION:
            ends = (_hundredth(ends[0]), _hundredth(ends[1]))
    if ends[0] == ends[1]:
        refuse(f"{list(ends)} must be two different numbers: empty, full", "window")
    if table.coordinate == "soc" and turned != (ends[0] > ends[1]):
        which = "cathode, which is empty when charged" if turned else "anode, which is full when charged"
        refuse(
            f"[{ends[0]:g}, {ends[1]:g}] runs the wrong way for the state of charge of a {which}; "
            f"write [{ends[1]:g}, {ends[0]:g}]",
            "window",
        )
    largest = float(np.abs(table.x).max())
    if largest > HIGHEST_FRACTION and not table.declared and max(map(abs, ends)) <= HIGHEST_FRACTION:
        low, high = float(table.x.min()), float(table.x.max())
        other = "as a stoichiometry or a charge it needs its own window, for example "
        other += f"'window: [{low:g}, {high:g}]'"
        if table.coordinate == "soc":
            other = f"as a fraction it is {high:g} times charged"
        refuse(
            f"{table.coordinate} runs from {low:g} to {high:g}, the window from {min(ends):g} to "
            f"{max(ends):g}: in percent that is {low / 100:g} to {high / 100:g}, and 'scale: percent' says "
            f"so; {other}",
            *table.keys[0],
        )
    return ends


def _falls_with_charge(electrode: Electrode) -> bool:
    """Return whether the electrode empties as the cell is charged; refuse where the layers do not say."""
    if len(electrode.roles) != 1:
        found = "of both electrodes" if electrode.roles else "of no electrode"
        refuse(
            "a state of charge runs one way in a cathode and the other in an anode, and this material is "
            f"{found}; give x, the filled fraction",
            "soc",
        )
    return electrode.roles == {"cathode"}


def _fraction(given: object, *keys: str) -> float:
    try:
        return parse_quantity(given, "fraction")
    except (ValueError, OverflowError) as error:
        raise GivenDataError(str(error), *keys) from error


def _in_order(table: StatedTable, smooth: object) -> NDArray[np.intp]:
    """Return the order in which x rises; points that go to and fro are refused unless noise is allowed."""
    steps = np.sign(np.diff(table.x))
    moving = np.flatnonzero(steps)
    order = np.argsort(table.x, kind="stable")
    if not len(moving) or smooth is not None:
        return order
    turns = moving[steps[moving] != steps[moving[0]]]
    if len(turns):
        at = int(turns[0])
        refuse(
            f"turns round at {table.places[at]}, where it is {table.x[at]:g}: keep one direction "
            "(charge or discharge), or allow for both by smooth, for example 'smooth: 5 mV'",
            *table.keys[0],
        )
    return order


def _mirrored(points: Grouped) -> Grouped:
    return Grouped(
        -points.x[::-1], points.mean[::-1], points.low[::-1], points.high[::-1], points.count[::-1]
    )


def _monotone(table: StatedTable, points: Grouped, falls: bool, smooth: object) -> tuple[Array, Array, float]:
    """Return a falling curve, x in the direction of filling, and how far points lie from it (V)."""
    needed, start, end = band_needed(points)
    x = points.x if falls else -points.x
    risen = Grouped(points.x, -points.mean, -points.high, -points.low, points.count)
    if needed > max(_QUIET, 2 * band_needed(risen)[0]):
        other = " or if it is a state of charge, name it 'soc'" if table.coordinate == "x" else ""
        refuse(
            f"the potential rises from {points.low[start]:g} V to {points.high[end]:g} V where the electrode "
            f"fills from {table.coordinate} {x[start]:g} to {x[end]:g}; it must fall "
            f"(is the window the right way round, empty, full?{other})",
            *table.keys[1],
        )
    band = _band(smooth)
    if band is None:
        if needed > _QUIET:
            refuse(f"{_noise(points, x, start, end)}; as noise it needs '{_offer(needed)}'", *table.keys[1])
        if len(points.x) > MAX_POINTS:
            refuse(
                f"has {len(points.x)} points, a curve at most {MAX_POINTS}; 'smooth: 1 mV' thins them so far",
                *table.keys[1],
            )
        return points.x, points.mean, 0.0 if np.all(points.count == 1) else needed
    if needed > _FURTHEST * band:
        refuse(f"{_noise(points, x, start, end)}; {smooth} is too little: '{_offer(needed)}'", "smooth")
    found_x, found, away = falling_curve(points, max(band, needed))
    departure = float(away.max())
    outside = float(np.mean(away > band))
    if outside > _OUTSIDE:
        refuse(f"leaves {outside:.1%} of the points outside {smooth}; give '{_offer(needed)}'", "smooth")
    if len(found_x) > MAX_POINTS:
        found_x, found = thinned(found_x, found, 0.2 * band)
        departure += 0.2 * band
    if len(found_x) > MAX_POINTS:
        refuse(f"needs {len(found_x)} points within {smooth}, a curve has at most {MAX_POINTS}", "smooth")
    return found_x, found, departure


def _noise(points: Grouped, x: Array, start: int, end: int) -> str:
    if start == end:
        return (
            f"x {x[start]:g} stands {points.count[start]:.0f} times, with {points.low[start]:g} V and "
            f"{points.high[start]:g} V; keep one"
        )
    return (
        f"the potential rises from {points.low[start]:g} V at {x[start]:g} to {points.high[end]:g} V "
        f"at {x[end]:g}; it must fall as the electrode fills"
    )


def _offer(needed: float) -> str:
    return f"smooth: {np.ceil(needed * 1e4 - 1e-6) / 10:g} mV"


def _band(smooth: object) -> float | None:
    if smooth is None:
        return None
    try:
        band = parse_quantity(smooth, "voltage")
    except (ValueError, OverflowError) as error:
        raise GivenDataError(str(error), "smooth") from error
    if not 0 < band <= _LARGEST_BAND:
        refuse(f"must be more than 0 and at most 500 mV, not {smooth}", "smooth")
    return band


def _require_agreement(x: Array, ends: tuple[float, float], table: StatedTable) -> None:
    """Refuse a window that a tenth or more of the table leaves out at one end; less is noted later."""
    low, high = min(ends), max(ends)
    first, last = float(x[0]), float(x[-1])
    beyond = max(first - low, 0.0, high - last) / (high - low)
    used = (min(high, last) - max(low, first)) / (last - first)
    if beyond <= _BEYOND and used >= _SLIVER:
        return
    what = (
        f"{min(beyond, 1):.0%} of the window would be guesswork"
        if beyond > _BEYOND
        else f"it would use {used * 100:.2g} % of the table"
    )
    example = (first, last) if ends[0] < ends[1] else (last, first)
    refuse(
        f"{table.coordinate} runs from {first:g} to {last:g}, the window from {low:g} to {high:g}: "
        f"{what}; give the window that the electrode uses, for example "
        f"'window: [{example[0]:g}, {example[1]:g}]'",
        *table.keys[0],
    )


def _plain(numbers: Array) -> list[float]:
    return [float(one) + 0.0 for one in numbers]  # no -0.0, which is written as another number
