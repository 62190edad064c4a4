"""From SI values of the stages to the numbers that leave the program."""

from tfgeom.films import Film, Stack
from tfgeom.metrics.energy import Bulk, OpenCircuitEnergy
from tfgeom.metrics.lithium import LithiumBalance
from tfgeom.results import (
    ActiveDevice,
    CapacityNumbers,
    CellEnergyNumbers,
    ElectrodePair,
    FaceGains,
    GeometryNumbers,
    LayerNumbers,
    ResistanceChecks,
    ResistanceNumbers,
)
from tfgeom.units import MWH_PER_CM2, NM, OHM_CM2, UAH_PER_CM2, UM, WH_PER_KG, WH_PER_L, in_unit

_UM2 = UM**2
_UM3 = UM**3


def _or_none(value: float | None, unit: float) -> float | None:
    return None if value is None else in_unit(value, unit)


def geometry_numbers(
    stack: Stack, swollen: Stack | None = None, plating_room: float | None = None
) -> GeometryNumbers:
    """Return the numbers of the bare and the coated relief.

    Parameters
    ----------
    stack
        Films as made.
    swollen
        Films with every electrode at full lithiation; None where that is not known.
    plating_room
        What each wall of an anode-free cell could take beyond a full charge, m.
    """
    cell = stack.cell
    gap = stack.gap_after_coating
    return GeometryNumbers(
        kind=cell.kind,
        footprint_um2=in_unit(cell.footprint, _UM2),
        area_gain=cell.area_gain,
        feature_aspect_ratio=cell.feature_aspect_ratio,
        gap_aspect_ratio=cell.gap_aspect_ratio,
        gap_after_coating_nm=_or_none(gap, NM),
        gap_after_swelling_nm=None if swollen is None else _or_none(swollen.gap_after_coating, NM),
        free_reach_nm=None if cell.is_flat else in_unit(cell.reach.value, NM),
        reach_limited_by=cell.reach.limited_by,
        relief_height_um=in_unit(cell.height, UM),
        film_stack_nm=in_unit(stack.top.top, NM),
        plating_room_um=_or_none(plating_room, UM),
    )


def layer_numbers(stack: Stack, film: Film) -> LayerNumbers:
    """Return the numbers of one film."""
    layer = film.layer
    return LayerNumbers(
        name=layer.name,
        role=layer.role,
        material=layer.material.name,
        thickness_nm=in_unit(layer.thickness, NM),
        step_coverage=film.step_coverage,
        volume_um3=in_unit(film.volume, _UM3),
        capacity_gain=stack.capacity_gain(film),
        inner_area_um2=in_unit(film.inner_area, _UM2),
        outer_area_um2=in_unit(film.outer_area, _UM2),
        interface_area_gain=FaceGains(
            film.inner_area / stack.cell.footprint, film.outer_area / stack.cell.footprint
        ),
    )


def capacity_numbers(
    balance: LithiumBalance, planar: LithiumBalance, balanced_thickness: float | None
) -> CapacityNumbers:
    """Return the capacities of the cell beside those of the same films on the plane."""
    return CapacityNumbers(
        footprint_capacity_uAh_cm2=in_unit(balance.capacity, UAH_PER_CM2),
        cathode_uAh_cm2=_or_none(balance.cathode, UAH_PER_CM2),
        anode_uAh_cm2=_or_none(balance.anode, UAH_PER_CM2),
        lithium_inventory_uAh_cm2=_or_none(balance.inventory, UAH_PER_CM2),
        n_to_p_ratio=balance.n_to_p_ratio,
        limiting_electrode=balance.limiting,
        balanced_thickness_nm=_or_none(balanced_thickness, NM),
        planar_uAh_cm2=in_unit(planar.capacity, UAH_PER_CM2),
        footprint_capacity_gain=balance.capacity / planar.capacity if planar.capacity else None,
    )


def energy_numbers(energy: OpenCircuitEnergy | None, bulk: Bulk) -> CellEnergyNumbers:
    """Return energies per footprint, volume and mass; all None without open-circuit curves."""
    if energy is None:
        return CellEnergyNumbers(None, None, ActiveDevice(None, None), ActiveDevice(None, None))

    def per(divisor: float | None, unit: float) -> float | None:
        return None if divisor is None else energy.energy / divisor / unit

    return CellEnergyNumbers(
        mean_voltage_V=energy.mean_voltage,
        footprint_energy_mWh_cm2=in_unit(energy.energy, MWH_PER_CM2),
        volumetric_energy_Wh_L=ActiveDevice(
            per(bulk.active_height, WH_PER_L), per(bulk.device_height, WH_PER_L)
        ),
        specific_energy_Wh_kg=ActiveDevice(
            per(bulk.active_mass, WH_PER_KG), per(bulk.device_mass, WH_PER_KG)
        ),
    )


def resistance_numbers(
    parts: dict[str, float],
    planar: dict[str, float],
    method: str,
    incomplete: tuple[str, ...],
    peaks: ElectrodePair,
    checks: ResistanceChecks,
    contacts: dict[str, float],
) -> ResistanceNumbers:
    """Return the area-specific resistance by part (given in ohm m² of footprint) beside the plane's.

    ``contacts`` is what stated interface resistances make of each part.
    """
    return ResistanceNumbers(
        method=method,
        asr_ohm_cm2=sum(parts.values()) / OHM_CM2,
        asr_by_part_ohm_cm2={part: value / OHM_CM2 for part, value in parts.items()},
        planar_asr_ohm_cm2=sum(planar.values()) / OHM_CM2,
        largest_part=max(parts, key=lambda part: parts[part]),
        current_peak_to_mean=peaks,
        incomplete=incomplete,
        checks=checks,
        contact_by_part_ohm_cm2={part: value / OHM_CM2 for part, value in contacts.items()},
    )
