"""Rate tables: each discharge of the cell beside both planar baselines.

All cells and all currents go through the closed rate model in one vector.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from tfgeom.films import Film, Stack
from tfgeom.metrics.lithium import LithiumBalance
from tfgeom.results import PlanarRate, RateLimits, RateNumbers, RatePoint, RateSummary
from tfgeom.transport.closed_rate import (
    Chemistry,
    DischargeEnds,
    Electrode,
    RateCell,
    currents_at_utilisation,
    discharge_ends,
)
from tfgeom.units import MA_PER_CM2, MWH_PER_CM2, UAH_PER_CM2, in_unit

_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class RateCells:
    """The cell and its two planar baselines."""

    cell: RateCell
    same_films: RateCell
    same_capacity: RateCell


def rate_cell(
    stack: Stack,
    balance: LithiumBalance,
    parts: dict[str, float],
    nominal_ratio: float,
    state_of_charge: float,
) -> RateCell:
    """Return what the rate model needs of a conformal cell.

    Parameters
    ----------
    stack, balance
        Films and lithium bookkeeping.
    parts
        Area-specific resistance by part, ohm m² of footprint.
    nominal_ratio
        Capacity on which C-rates count, over the cell's own.
    state_of_charge
        At the start of the discharge, 0 to 1.
    """
    passed = (1 - state_of_charge) * balance.capacity
    cathode, anode = stack.first("cathode"), stack.first("anode")
    assert cathode is not None  # a conformal cell has both
    assert anode is not None
    return RateCell(
        cathode=_electrode(stack, cathode, balance.cathode, balance.charged_cathode, passed),
        anode=_electrode(stack, anode, balance.anode, balance.charged_anode, -passed),
        ohmic=sum(value for part, value in parts.items() if not part.endswith("_interface")),
        capacity=balance.capacity,
        nominal=balance.capacity * nominal_ratio,
    )


def _electrode(stack: Stack, film: Film, capacity: float | None, charged: float, passed: float) -> Electrode:
    names = [other.layer.role for other in stack.films]
    outside = names.index("electrolyte") > stack.films.index(film)
    face = film.outer_area if outside else film.inner_area
    room = np.inf if capacity is None else capacity
    return Electrode(room, film.volume / face, face / stack.cell.footprint, charged + passed / room)


def half_cell_rate(
    stack: Stack,
    balance: LithiumBalance,
    parts: dict[str, float],
    nominal_ratio: float,
    state_of_charge: float,
) -> RateCell:
    """Return what the rate model needs of a flooded half-cell; see `rate_cell` for the parameters.

    Discharge fills the film, whatever its role: it stands as ``cathode`` against flat lithium metal.
    """
    film = stack.first("cathode") or stack.first("anode")
    assert film is not None  # a flooded cell has one electrode film
    passed = (1 - state_of_charge) * balance.capacity
    face = film.outer_area
    return RateCell(
        cathode=Electrode(
            balance.capacity, film.volume / face, face / stack.cell.footprint, passed / balance.capacity
        ),
        anode=Electrode(np.inf, 0.0, 1.0, 1.0),
        ohmic=sum(value for part, value in parts.items() if not part.endswith("_interface")),
        capacity=balance.capacity,
        nominal=balance.capacity * nominal_ratio,
    )


def rate_table(
    cells: RateCells,
    chemistry: Chemistry,
    c_rates: Sequence[float],
    currents: Sequence[float],
    method: str,
    incomplete: tuple[str, ...],
    in_series: int = 1,
) -> tuple[RateNumbers, ...]:
    """Return one row a C-rate and one a footprint current (A/m²), in that order.

    A planar cell stands in each row twice: at the same C-rate on its own nominal capacity, and at the same
    footprint current.  Of ``in_series`` equal cells, voltage, energy and power are the whole stack's.
    """
    cell, films, capacity = cells.cell, cells.same_films, cells.same_capacity
    per_c = [one.nominal / _HOUR for one in (cell, films, capacity)]
    wanted = list(c_rates) + [current / per_c[0] for current in currents]
    problems: list[tuple[RateCell, float]] = []
    for c_rate in wanted:
        current = c_rate * per_c[0]
        problems += [
            (cell, current),
            (films, c_rate * per_c[1]),
            (films, current),
            (capacity, c_rate * per_c[2]),
            (capacity, current),
        ]
    if not problems:
        return ()
    ends = discharge_ends(
        [one for one, _ in problems], np.array([current for _, current in problems]), chemistry
    )
    points = [_point(one, current, ends, i, in_series) for i, (one, current) in enumerate(problems)]
    rows = []
    for row in range(0, len(points), 5):
        rows.append(
            RateNumbers(
                **asdict(points[row]),
                method=method,
                planar_same_films=PlanarRate(points[row + 1], points[row + 2]),
                planar_same_capacity=PlanarRate(points[row + 3], points[row + 4]),
                incomplete=incomplete,
            )
        )
    return tuple(rows)


def rate_pair(
    cells: RateCells, chemistry: Chemistry, rows: Sequence[RateNumbers], in_series: int = 1
) -> Callable[[float], tuple[RatePoint, RatePoint]]:
    """Return a function from C-rate to the discharges of the cell and of the plane of the same films.

    Discharges that stand in ``rows`` already are not computed again.
    """
    known: dict[float, tuple[RatePoint, RatePoint]] = {
        row.c_rate: (row, row.planar_same_films.at_c_rate) for row in rows
    }

    def pair(c_rate: float) -> tuple[RatePoint, RatePoint]:
        if c_rate not in known:
            both = [cells.cell, cells.same_films]
            currents = np.array([c_rate * cell.nominal / _HOUR for cell in both])
            ends = discharge_ends(both, currents, chemistry)
            own, flat = (_point(cell, float(currents[i]), ends, i, in_series) for i, cell in enumerate(both))
            known[c_rate] = own, flat
        return known[c_rate]

    return pair


def _point(cell: RateCell, current: float, ends: DischargeEnds, i: int, in_series: int) -> RatePoint:
    charge, energy = float(ends.charge[i]), in_series * float(ends.energy[i])
    voltage = in_series * float(ends.mean_voltage[i]) if charge > 0 else None
    return RatePoint(
        c_rate=in_unit(current * _HOUR, cell.nominal),
        footprint_current_mA_cm2=in_unit(current, MA_PER_CM2),
        capacity_uAh_cm2=in_unit(charge, UAH_PER_CM2),
        utilisation=in_unit(charge, cell.capacity),
        energy_mWh_cm2=in_unit(energy, MWH_PER_CM2),
        mean_voltage_V=voltage,
        # V x mA/cm² are mW/cm²
        power_mW_cm2=in_unit(current * (voltage or 0.0), MA_PER_CM2),
    )


def rate_summary(cells: RateCells, chemistry: Chemistry) -> RateSummary:
    """Return the footprint currents at which 80 % and 50 % of each cell's own capacity remain."""
    order = [cells.cell, cells.same_films, cells.same_capacity]
    shares = np.repeat([0.8, 0.5], len(order))
    found = currents_at_utilisation(order * 2, shares, chemistry) / MA_PER_CM2
    values = [None if np.isnan(value) else float(value) for value in found]
    limits = [RateLimits(values[i], values[i + 3]) for i in range(3)]
    return RateSummary(**asdict(limits[0]), planar_same_films=limits[1], planar_same_capacity=limits[2])
