"""Rate tables: each discharge of the cell beside both planar baselines.

All cells and all currents go through the closed rate model in one vector.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.cells.planes import FIXED_PLANES
from tfgeom.materials.constants import words_of_all
from tfgeom.metrics.noted import Noted
from tfgeom.metrics.published import RateAt
from tfgeom.results import (
    PlanarRate,
    RateLimits,
    RateNumbers,
    RatePoint,
    RateSummary,
    ResistanceNumbers,
)
from tfgeom.transport.closed_rate import (
    Chemistry,
    DischargeEnds,
    RateCell,
    currents_at_utilisation,
    discharge_ends,
)
from tfgeom.transport.losses import Losses
from tfgeom.units import MA_PER_CM2, MWH_PER_CM2, UAH_PER_CM2, UM, in_unit

_HOUR = 3600.0
_HARDLY_DEPOSITABLE = 10 * UM
_SEEN = 5e-4  # V: a rise that shows
_TOLD = 0.02  # relative: less of what a film's shape does goes without a note
_SAME = 1e-9  # relative difference of capacities that is rounding


@dataclass(frozen=True, slots=True)
class RateCapability:
    """What the rate model says of a design.

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
    cells: Beside[AssembledCell], losses: Beside[Losses], resistance: ResistanceNumbers
) -> Noted[RateCapability | None]:
    """Return the discharges of a design; None, with a note, where they cannot be computed.

    Parameters
    ----------
    cells, losses
        The cell and its planes, and what each of them loses.
    resistance
        The cell's as numbers, for the method and what is missing.
    """
    shared = cells.cell.blueprint
    found = rate_cells(cells, losses)
    if found.value is None:
        return Noted(None, found.notes)
    notes = list(found.notes)
    notes += _diffusion_notes(found.value.cell)
    slow = _slow(cells.cell)
    if slow:
        notes.append(f"at best: {words_of_all(slow)} not known, so that loss is left out of rate")
    chemistry = cells.cell.kind.chemistry(shared)
    rows = discharges_beside(
        cells, losses, resistance, shared.operation.c_rates, shared.operation.footprint_currents
    )
    empty = [f"{row.c_rate:g}C" for row in rows if row.capacity_uAh_cm2 == 0]
    if empty:
        notes.append(f"no capacity at {', '.join(empty)}: below the lower voltage limit from the start")
    notes += _rising_voltage(rows)
    at = rate_at(found.value, chemistry, rows, shared.in_series)
    return Noted(RateCapability(rows, rate_summary(found.value, chemistry), at), tuple(notes))


def discharges_beside(
    cells: Beside[AssembledCell],
    losses: Beside[Losses],
    resistance: ResistanceNumbers,
    c_rates: Sequence[float],
    currents: Sequence[float],
) -> tuple[RateNumbers, ...]:
    """Return the discharges at any C-rates and footprint currents, A/m²; none where there is no rate model.

    The other arguments are those of `rate_capability`.
    """
    shared, found = cells.cell.blueprint, rate_cells(cells, losses).value
    if found is None:
        return ()
    return rate_table(
        found,
        cells.cell.kind.chemistry(shared),
        c_rates,
        currents,
        f"closed rate model, resistance by {resistance.method}",
        (*resistance.incomplete, *_slow(cells.cell)),
        shared.in_series,
    )


def _slow(cell: AssembledCell) -> tuple[str, ...]:
    """Return the electrodes' diffusivities that are not known."""
    return tuple(
        f"{layer.name}.diffusivity"
        for layer in cell.blueprint.electrodes
        if not (layer.material.is_lithium_metal or layer.material.knows("diffusivity"))
    )


def _diffusion_notes(cell: RateCell) -> list[str]:
    """Return what the shape of the electrodes does to their diffusion, and how much of it is left out."""
    notes = []
    for film in (cell.cathode.diffusion, cell.anode.diffusion):
        if film is None:
            continue
        more = film.against_flat - 1
        counted = f"{abs(more):.1%} {'more' if more > 0 else 'less'}"
        if film.fills:
            notes.append(
                f"rates take diffusion in '{film.name}', which fills the relief, as in a flat film of its "
                "volume over its inner face: in round holes it loses 1.5 times that"
            )
        elif not film.is_even:
            notes.append(
                f"rates count that '{film.name}' is uneven: at a steady current its diffusion loses "
                f"{counted} than in a film of its mean thickness; discharges between slow and fast are good "
                f"to {film.left_out:.1%}. Left out: where resistance, not diffusion, shares the current, the "
                f"thinnest places fill first, up to {1 - film.thinnest:.0%} of the capacity early"
            )
        elif abs(more) > _TOLD or film.left_out > _TOLD:
            notes.append(
                f"rates count that '{film.name}' is thick against the curves under it: at a steady current "
                f"its diffusion loses {counted} than in a flat film as thick; discharges between slow and "
                f"fast are good to {film.left_out:.1%}"
            )
    return notes


def rate_cells(cells: Beside[AssembledCell], losses: Beside[Losses]) -> Noted[Beside[RateCell] | None]:
    """Return the cell and its planes for the rate model; None, with a note, where there is none."""
    shared, own = cells.cell.blueprint, cells.cell.usable
    reason = None
    if shared.without_curve:
        reason = f"no open-circuit curve of {', '.join(shared.without_curve)}"
    elif len(cells.planes) < len(FIXED_PLANES):
        reason = "of the plane of the same films nothing is usable between the voltage limits"
    if reason is not None or own is None:
        return Noted(None, (f"rate is null: {reason}",))
    notes = tuple(
        f"the plane of the same capacity has its {film.layer.name} {film.layer.thickness / UM:.3g} um thick: "
        "hardly depositable as a film (above 10 um)"
        for film in cells.planes["same_capacity"].made.films
        if film.layer.role in ("cathode", "anode") and film.layer.thickness > _HARDLY_DEPOSITABLE
    )
    stated = shared.operation.nominal_capacity
    nominal = own.charge if stated is None else stated
    return Noted(cells.pair(losses).map(lambda both: _rate_cell(*both, own.charge, nominal)), notes)


def _rate_cell(cell: AssembledCell, losses: Losses, whole: float, nominal: float) -> RateCell:
    """Return what the rate model needs of a cell; ``whole`` and ``nominal`` are the design's own, usable.

    Discharges start where the usable range does.  A plane of the same capacity counts on the same nominal
    one, so that equal C-rates are equal currents to the last bit.
    """
    usable = usable_of(cell)
    capacity = usable.charge
    same = abs(capacity / whole - 1) < _SAME
    cathode, anode = cell.kind.electrodes(cell, usable.start)
    ohmic = losses.total - losses.where(mechanism="charge_transfer").total
    return RateCell(cathode, anode, float(ohmic), capacity, nominal if same else capacity * (nominal / whole))


def rate_table(
    cells: Beside[RateCell],
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
    at_1c = cells.map(lambda cell: cell.nominal / _HOUR)
    problems: list[tuple[RateCell, float]] = []
    for c_rate in (*c_rates, *(current / at_1c.cell for current in currents)):
        problems.append((cells.cell, c_rate * at_1c.cell))
        for name, plane in cells.planes.items():
            problems += [(plane, c_rate * at_1c.planes[name]), (plane, c_rate * at_1c.cell)]
    if not problems:
        return ()
    points = iter(_points(problems, chemistry, in_series))
    rows = []
    for point in points:
        planes: dict[str, Any] = {
            f"planar_{name}": PlanarRate(next(points), next(points)) for name in cells.planes
        }
        rows.append(RateNumbers(**asdict(point), **planes, method=method, incomplete=incomplete))
    return tuple(rows)


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


def rate_at(
    cells: Beside[RateCell], chemistry: Chemistry, rows: Sequence[RateNumbers], in_series: int = 1
) -> RateAt:
    """Return a function from C-rate to the discharges of the cell and of the plane of the same films.

    Discharges that stand in ``rows`` already are not computed again.
    """
    known: dict[float, tuple[RatePoint, RatePoint]] = {
        row.c_rate: (row, row.planar_same_films.at_c_rate) for row in rows
    }

    def pair(c_rate: float) -> tuple[RatePoint, RatePoint]:
        if c_rate not in known:
            both = [(cell, c_rate * cell.nominal / _HOUR) for cell in (cells.cell, cells.same_films)]
            own, flat = _points(both, chemistry, in_series)
            known[c_rate] = own, flat
        return known[c_rate]

    return pair


def _points(
    problems: Sequence[tuple[RateCell, float]], chemistry: Chemistry, in_series: int
) -> list[RatePoint]:
    """Return the discharge of each cell at its footprint current, A/m², all in one vector."""
    currents = np.array([current for _, current in problems])
    ends = discharge_ends([cell for cell, _ in problems], currents, chemistry)
    return [_point(cell, current, ends, i, in_series) for i, (cell, current) in enumerate(problems)]


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


def rate_summary(cells: Beside[RateCell], chemistry: Chemistry) -> RateSummary:
    """Return the footprint currents at which 80 % and 50 % of each cell's own capacity remain."""
    order = [cells.cell, *cells.planes.values()]
    shares = np.repeat([0.8, 0.5], len(order))
    found = currents_at_utilisation(order * 2, shares, chemistry) / MA_PER_CM2
    values = [None if np.isnan(value) else float(value) for value in found]
    own, *flat = (RateLimits(*pair) for pair in zip(values[: len(order)], values[len(order) :], strict=True))
    planes: dict[str, Any] = {
        f"planar_{name}": limits for name, limits in zip(cells.planes, flat, strict=True)
    }
    return RateSummary(**asdict(own), **planes)
