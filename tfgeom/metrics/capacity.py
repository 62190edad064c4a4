"""Capacities of a cell, usable and held, beside those of the plane of the same films."""

from typing import Any

import numpy as np

from tfgeom.cells.assembled import AssembledCell, lithium_of, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.cells.discharge_sides import cell_voltage
from tfgeom.cells.lithium import LithiumBalance, balanced_anode_thickness
from tfgeom.cells.low_end import low_end
from tfgeom.errors import DesignError
from tfgeom.metrics.asked import EVERYTHING, Asked
from tfgeom.metrics.noted import Noted
from tfgeom.results import CapacityNumbers
from tfgeom.rows import is_rows, refuse, some
from tfgeom.units import NM, UAH_PER_CM2, in_unit, in_unit_or_none


def capacity_numbers(
    cells: Beside[AssembledCell], asked: Asked = EVERYTHING
) -> Noted[CapacityNumbers | None]:
    """Return capacities per footprint; None without a cell.

    Parameters
    ----------
    cells
        The cell and its planes.
    asked
        The low end, the balanced thickness and what stands beside the plane take work of their own.

    Raises
    ------
    DesignError
        When nothing is usable: no lithium that could move, or none of it within the voltage limits.
    """
    cell = cells.cell
    own = cell.lithium
    if own is None:
        return Noted(None)
    usable = usable_of(cell)
    _require_something(cell)
    flat: Any = None
    balanced = low = gain = None
    if "balanced_thickness_nm" in asked:
        balanced = balanced_anode_thickness(cell.made, own)
    if "footprint_capacity_low_uAh_cm2" in asked:
        low = low_end(cell)
    if "planar_uAh_cm2" in asked or "footprint_capacity_gain" in asked:
        flat = usable_of(cells.same_films).charge
        if is_rows(flat):
            gain = usable.charge / np.where(flat > 0, flat, np.nan)
        elif flat:
            gain = usable.charge / flat
        flat = in_unit(flat, UAH_PER_CM2)
    numbers = CapacityNumbers(
        footprint_capacity_uAh_cm2=in_unit(usable.charge, UAH_PER_CM2),
        footprint_capacity_low_uAh_cm2=in_unit_or_none(low, UAH_PER_CM2),
        held_uAh_cm2=in_unit(own.capacity, UAH_PER_CM2),
        cathode_uAh_cm2=in_unit_or_none(own.cathode, UAH_PER_CM2),
        anode_uAh_cm2=in_unit_or_none(own.anode, UAH_PER_CM2),
        lithium_inventory_uAh_cm2=in_unit_or_none(own.inventory, UAH_PER_CM2),
        n_to_p_ratio=own.n_to_p_ratio,
        limiting_electrode=own.limiting,
        balanced_thickness_nm=in_unit_or_none(balanced, NM),
        planar_uAh_cm2=flat,
        footprint_capacity_gain=gain,
    )
    return Noted(numbers, lambda: _notes(cell, own, balanced))


def _notes(cell: AssembledCell, own: LithiumBalance, balanced: float | None) -> list[str]:
    """Return what a reader should know of the capacities of a cell."""
    notes = []
    if own.n_to_p_ratio is not None and balanced is None:
        notes.append("balanced_thickness_nm is null: no anode thickness that fits gives N/P 1")
    if own.bound:
        share = own.bound / UAH_PER_CM2
        notes.append(f"the first cycle binds {share:.3g} uAh/cm2 of the lithium (initial_efficiency)")
    if cell.blueprint.operation.voltage.min < 0:
        notes.append("discharges end at 0 V: below it a cell takes energy and gives none")
    return [*notes, *_usable_of_held(cell)]


def _require_something(cell: AssembledCell) -> None:
    """Raise where nothing is usable, of n cells by cause."""
    balance, usable = lithium_of(cell), usable_of(cell)
    nothing = usable.charge == 0
    causes = [
        (balance.capacity == 0, "no lithium can move between the electrodes as made"),
        (usable.above >= usable.held, "discharges start empty, so nothing is usable"),
        (nothing, "nothing is usable: the voltage limits lie outside what the cell has at rest"),
    ]
    if some(nothing):
        for cause, summary in causes:
            refuse(nothing & cause, lambda: _nothing_usable(cell), summary)


def _usable_of_held(cell: AssembledCell) -> list[str]:
    """Return how much of what a cell holds is usable and where the rest lies, unless it is all of it."""
    usable, shared = usable_of(cell), cell.blueprint
    notes = []
    if usable.energy is None:
        missing = ", ".join(shared.without_curve)
        notes.append(
            f"no open-circuit curve of {missing}: the voltage limits do not count, and all that is held is "
            "taken as usable"
        )
    if not usable.is_cut:
        return notes
    limits, state = shared.operation.voltage, shared.operation.initial_state_of_charge
    shares = (
        (usable.above, f"above the initial state of charge, {state:.4g}"),
        (usable.start - usable.above, f"above the upper limit at rest, {limits.max:.4g} V"),
        (usable.held - usable.end, f"below the lower limit at rest, {max(0.0, limits.min):.4g} V"),
    )
    where = ", ".join(f"{part / usable.held:.1%} lies {what}" for part, what in shares if part > 0)
    charge, held = usable.charge / UAH_PER_CM2, usable.held / UAH_PER_CM2
    notes.append(f"{charge:.4g} of the {held:.4g} uAh/cm2 that the cell holds are usable: {where}")
    return notes


def _nothing_usable(cell: AssembledCell) -> DesignError:
    """Return the error of a cell that delivers nothing at rest."""
    balance, shared, usable = lithium_of(cell), cell.blueprint, usable_of(cell)
    if balance.inventory == 0:
        return DesignError.at(
            "layers",
            "the electrodes hold no lithium as made, so nothing can move; add 'lithiation: 1' to the one "
            "that comes filled, or use a lithium metal anode",
        )
    if not balance.capacity:
        return DesignError.at(
            "layers",
            "both electrodes are full of lithium as made, so nothing can move; make one of them empty with "
            "'lithiation: 0'",
        )
    if usable.above >= usable.held:
        return DesignError.at(
            "operation.initial_state_of_charge",
            "is 0: discharges start empty, so nothing is usable; use up to 1, which is charged",
        )
    sides = cell.kind.sides(cell)
    assert sides is not None  # without curves all that is left is usable
    rest = cell_voltage(sides, np.array([usable.above, usable.held]), shared.temperature) * shared.in_series
    limits, state = shared.operation.voltage, shared.operation.initial_state_of_charge
    if rest.max() <= 0:
        return DesignError.at(
            "layers",
            f"the cell has {rest[0]:.4g} V at rest when charged and {rest[1]:.4g} V discharged, so it gives "
            "nothing; the cathode is the electrode of the higher potential: exchange cathode and anode",
        )
    start = "charged" if state == 1 else f"at state of charge {state:.4g}"
    return DesignError.at(
        "operation.voltage",
        f"{limits.min:g} to {limits.max:g} V lies outside what the cell has at rest, {rest[0]:.4g} V {start} "
        f"to {rest[1]:.4g} V discharged, so nothing is usable; use limits around these",
    )
