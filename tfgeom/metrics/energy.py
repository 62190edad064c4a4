"""Open-circuit energy between the voltage limits, per footprint, volume and mass, beside the plane's."""

from dataclasses import fields
from typing import Any

from tfgeom.cells.assembled import AssembledCell, lithium_of, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.metrics.noted import Noted
from tfgeom.results import ActiveDevice, CellEnergyNumbers, EnergyNumbers
from tfgeom.units import MWH_PER_CM2, WH_PER_KG, WH_PER_L, in_unit


def energy_numbers(cells: Beside[AssembledCell]) -> Noted[EnergyNumbers | None]:
    """Return energies per footprint, volume and mass beside those of the same films on the plane.

    All are of what is usable, at rest; a half-cell has none per volume and mass.

    Parameters
    ----------
    cells
        The cell and its planes.
    """
    cell = cells.cell
    if cell.lithium is None:
        return Noted(None)
    notes: tuple[str, ...] = ()
    if usable_of(cell).energy is None:
        notes = (f"energy is null: no open-circuit curve of {', '.join(cell.blueprint.without_curve)}",)
    flat = _per_footprint_volume_and_mass(cells.same_films)
    return Noted(EnergyNumbers(**_fields(_per_footprint_volume_and_mass(cell)), planar=flat), notes)


def _fields(numbers: CellEnergyNumbers) -> dict[str, Any]:
    return {field.name: getattr(numbers, field.name) for field in fields(numbers)}


def _per_footprint_volume_and_mass(cell: AssembledCell) -> CellEnergyNumbers:
    """Return energies per footprint, volume and mass; None without open-circuit curves."""
    usable, bulk = usable_of(cell).in_series(cell.blueprint.in_series), cell.bulk
    energy = usable.energy
    dense = None if lithium_of(cell).is_half_cell else energy

    def per(divisor: float | None, unit: float) -> float | None:
        return None if divisor is None or dense is None else dense / divisor / unit

    return CellEnergyNumbers(
        mean_voltage_V=usable.mean_voltage,
        footprint_energy_mWh_cm2=None if energy is None else in_unit(energy, MWH_PER_CM2),
        volumetric_energy_Wh_L=ActiveDevice(
            per(bulk.active_height, WH_PER_L), per(bulk.device_height, WH_PER_L)
        ),
        specific_energy_Wh_kg=ActiveDevice(
            per(bulk.active_mass, WH_PER_KG), per(bulk.device_mass, WH_PER_KG)
        ),
    )
