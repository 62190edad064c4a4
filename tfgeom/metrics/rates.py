"""Rate tables: each discharge of the cell beside both planar baselines, whichever model discharges them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tfgeom.metrics.noted import Noted
from tfgeom.metrics.published import RateAt
from tfgeom.metrics.rate_model import OWN, Rated, RateModel, named, names_of
from tfgeom.results import (
    BestPlanarRate,
    PlanarRate,
    RateLimits,
    RateNumbers,
    RatePoint,
    RateSummary,
)
from tfgeom.rows import Numbers, choose, is_rows, plain
from tfgeom.transport.closed_rate import DischargeEnds
from tfgeom.units import MA_PER_CM2, MWH_PER_CM2, UAH_PER_CM2, UM, in_unit

HOUR = 3600.0
_SEEN = 5e-4  # V: a rise that shows
_SHARES = (0.8, 0.5)


@dataclass(frozen=True, slots=True)
class RateCapability:
    """What a rate model says of a design.

    Attributes
    ----------
    rows
        One discharge a C-rate and a footprint current, beside the planes.
    summary
        Currents at which a share of the capacity remains.
    at
        Discharges of the cell and of the plane of the same films at any C-rate.
    """

    rows: tuple[RateNumbers, ...]
    summary: RateSummary
    at: RateAt


def rate_capability(
    model: RateModel, c_rates: Sequence[float], currents: Sequence[float]
) -> Noted[RateCapability]:
    """Return the discharges of a design at C-rates and footprint currents, A/m²."""
    rows = rate_table(model, c_rates, currents)
    return Noted(RateCapability(rows, rate_summary(model), rate_at(model, rows)), lambda: _notes(rows))


def _notes(rows: Sequence[RateNumbers]) -> list[str]:
    """Return what a reader should know of discharges."""
    notes = []
    empty = [f"{row.c_rate:g}C" for row in rows if row.capacity_uAh_cm2 == 0]
    if empty:
        notes.append(f"no capacity at {', '.join(empty)}: below the lower voltage limit from the start")
    return [*notes, *_rising_voltage(rows)]


def rate_table(
    model: RateModel, c_rates: Sequence[float], currents: Sequence[float]
) -> tuple[RateNumbers, ...]:
    """Return one row a C-rate and one a footprint current (A/m²), in that order.

    A planar cell stands in each row twice: at the same C-rate on its own nominal capacity, and at the same
    footprint current.  Of equal cells in series, voltage, energy and power are the whole stack's.
    """
    cells = model.rated
    at_1c = cells.map(lambda cell: cell.nominal / HOUR)
    problems: list[tuple[str, Numbers]] = []
    for c_rate in (*c_rates, *(current / at_1c.cell for current in currents)):
        problems.append((OWN, c_rate * at_1c.cell))
        for name in cells.planes:
            problems += [(name, c_rate * at_1c.planes[name]), (name, c_rate * at_1c.cell)]
    if not problems:
        return ()
    best = iter(_best(model, [current for name, current in problems if name == OWN]))
    points = iter(_points(model, problems))
    rows = []
    for point in points:
        planes: dict[str, Any] = {
            f"planar_{name}": PlanarRate(next(points), next(points)) for name in cells.planes
        }
        planes["planar_best"] = next(best)
        rows.append(RateNumbers(**asdict(point), **planes, method=model.method, incomplete=model.incomplete))
    return tuple(rows)


def _best(model: RateModel, currents: Sequence[float]) -> list[BestPlanarRate | None]:
    """Return the best plane at footprint currents, A/m²; None where it is not known."""
    if model.best_plane is None:
        return [None] * len(currents)
    found = model.best_plane.at(np.array(np.broadcast_arrays(*currents)))
    return [
        BestPlanarRate(
            _point(found.rated[i], current, found.ends, i, model.in_series),
            _known(found.thickness[i] / UM),
        )
        for i, current in enumerate(currents)
    ]


def _rising_voltage(rows: Sequence[RateNumbers]) -> list[str]:
    """Return a sentence where the mean voltage rises with the current, which a reader takes for a slip."""
    known = sorted(
        (row.footprint_current_mA_cm2, row.mean_voltage_V, row.c_rate) for row in rows if row.mean_voltage_V
    )
    for (_, slow, low), (_, fast, high) in pairwise(known):
        if fast - slow > _SEEN:
            return [
                f"the mean voltage rises from {slow:.3f} V at {low:.3g}C to {fast:.3f} V at {high:.3g}C: the "
                "faster discharge ends earlier, and its mean leaves out the low end of the curve"
            ]
    return []


def rate_at(model: RateModel, rows: Sequence[RateNumbers]) -> RateAt:
    """Return a function from C-rate to the discharges of the cell and of the plane of the same films.

    Discharges that stand in ``rows`` already are not computed again.
    """
    known: dict[float, tuple[RatePoint, RatePoint]] = {
        row.c_rate: (row, row.planar_same_films.at_c_rate) for row in rows
    }

    def pair(c_rate: float) -> tuple[RatePoint, RatePoint]:
        if c_rate not in known:
            both = [(name, c_rate * named(model.rated, name).nominal / HOUR) for name in (OWN, "same_films")]
            own, flat = _points(model, both)
            known[c_rate] = own, flat
        return known[c_rate]

    return pair


def _points(model: RateModel, problems: Sequence[tuple[str, Numbers]]) -> list[RatePoint]:
    """Return the discharge of each cell at its footprint current, A/m²; the same one only once."""
    keys = [(name, current.tobytes() if is_rows(current) else current) for name, current in problems]
    asked = dict(zip(keys, problems, strict=True))
    ends = model.ends(list(asked.values()))
    found = {
        key: _point(named(model.rated, name), current, ends, i, model.in_series)
        for i, (key, (name, current)) in enumerate(asked.items())
    }
    return [found[key] for key in keys]


def _point(cell: Rated, current: Numbers, ends: DischargeEnds, i: int, in_series: int) -> RatePoint:
    charge, energy = plain(ends.charge[i]), in_series * plain(ends.energy[i])
    mean = in_series * plain(ends.mean_voltage[i])
    voltage = mean if is_rows(charge) or charge > 0 else None
    return RatePoint(
        c_rate=in_unit(current * HOUR, cell.nominal),
        footprint_current_mA_cm2=in_unit(current, MA_PER_CM2),
        capacity_uAh_cm2=in_unit(charge, UAH_PER_CM2),
        utilisation=in_unit(charge, cell.capacity),
        energy_mWh_cm2=in_unit(energy, MWH_PER_CM2),
        mean_voltage_V=voltage,
        # V x mA/cm² are mW/cm²
        power_mW_cm2=in_unit(current * choose(charge > 0, mean, 0.0), MA_PER_CM2),
    )


def rate_summary(model: RateModel) -> RateSummary:
    """Return where 80 % and 50 % of each cell's own capacity remain, and where it beats the best plane."""
    order = names_of(model.rated)
    asked = [(name, share) for share in _SHARES for name in order]
    values = [_known(value / MA_PER_CM2) for value in model.currents_at(asked)]
    own, *flat = (RateLimits(*pair) for pair in zip(values[: len(order)], values[len(order) :], strict=True))
    planes: dict[str, Any] = {f"planar_{name}": limits for name, limits in zip(order[1:], flat, strict=True)}
    beats: Any = None
    above: Any = None
    if model.best_plane is not None:
        beats = model.best_plane.beaten()
        if is_rows(beats):
            beats[:] = [_in_unit(one) for one in beats]
            above = np.array([one[-1][0] if one else np.nan for one in beats])
        else:
            beats = _in_unit(beats)
            above = beats[-1][0] if beats else None
    return RateSummary(
        **asdict(own),
        **planes,
        beats_best_plane_mA_cm2=beats,
        beats_best_plane_above_mA_cm2=above,
    )


def _in_unit(intervals: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    return tuple((in_unit(start, MA_PER_CM2), in_unit(end, MA_PER_CM2)) for start, end in intervals)


def _known(number: Any) -> Any:
    """Return a number of one design or None for nan, those of n designs as they are."""
    return number if is_rows(number) else None if np.isnan(number) else float(number)
