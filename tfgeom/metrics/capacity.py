"""Capacities of a cell beside those of the plane of the same films."""

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.cells.lithium import balanced_anode_thickness
from tfgeom.errors import DesignError
from tfgeom.metrics.noted import Noted
from tfgeom.results import CapacityNumbers
from tfgeom.units import NM, UAH_PER_CM2, in_unit, in_unit_or_none


def capacity_numbers(cells: Beside[AssembledCell]) -> Noted[CapacityNumbers | None]:
    """Return capacities per footprint; None without a cell.

    Raises
    ------
    DesignError
        When the electrodes hold no lithium as made.
    """
    own, flat = cells.cell.lithium, cells.same_films.lithium
    if own is None or flat is None:
        return Noted(None)
    balanced = balanced_anode_thickness(cells.cell.made, own)
    notes = []
    if own.n_to_p_ratio is not None and balanced is None:
        notes.append("balanced_thickness_nm is null: no anode thickness that fits gives N/P 1")
    if own.inventory == 0:
        raise DesignError.at(
            "layers",
            "the electrodes hold no lithium as made, so nothing can move; add 'lithiation: 1' to the one "
            "that comes filled, or use a lithium metal anode",
        )
    if own.capacity == 0:
        notes.append("both electrodes are full: nothing can move, the capacity is 0; see lithiation")
    if own.bound:
        share = own.bound / UAH_PER_CM2
        notes.append(f"the first cycle binds {share:.3g} uAh/cm2 of the lithium (initial_efficiency)")
    numbers = CapacityNumbers(
        footprint_capacity_uAh_cm2=in_unit(own.capacity, UAH_PER_CM2),
        cathode_uAh_cm2=in_unit_or_none(own.cathode, UAH_PER_CM2),
        anode_uAh_cm2=in_unit_or_none(own.anode, UAH_PER_CM2),
        lithium_inventory_uAh_cm2=in_unit_or_none(own.inventory, UAH_PER_CM2),
        n_to_p_ratio=own.n_to_p_ratio,
        limiting_electrode=own.limiting,
        balanced_thickness_nm=in_unit_or_none(balanced, NM),
        planar_uAh_cm2=in_unit(flat.capacity, UAH_PER_CM2),
        footprint_capacity_gain=own.capacity / flat.capacity if flat.capacity else None,
    )
    return Noted(numbers, tuple(notes))
