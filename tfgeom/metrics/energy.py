"""Open-circuit energy between the voltage limits, per footprint, volume and mass, beside the plane's."""

from dataclasses import fields
from typing import Any

from tfgeom.cells.assembled import AssembledCell, lithium_of, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.metrics.asked import EVERYTHING, Asked
from tfgeom.metrics.noted import Noted
from tfgeom.results import ActiveDevice, CellEnergyNumbers, EnergyNumbers
from tfgeom.rows import Numbers
from tfgeom.units import MWH_PER_CM2, WH_PER_KG, WH_PER_L, in_unit


def energy_numbers(cells: Beside[AssembledCell], asked: Asked = EVERYTHING) -> Noted[EnergyNumbers | None]:
    """Return energies per footprint, volume and mass beside those of the same films on the plane.

    All are of what is usable, at rest; a half-cell has none per volume and mass.

    Parameters
    ----------
    cells
        The cell and its planes.
    asked
        Heights and masses, for ``volumetric_energy_Wh_L`` and ``specific_energy_Wh_kg``, and the ``planar``
        numbers take work of their own.
    """
    cell = cells.cell
    if cell.lithium is None:
        return Noted(None)
    notes: tuple[str, ...] = ()
    if usable_of(cell).energy is None:
        notes = (f"energy is null: no open-circuit curve of {', '.join(cell.blueprint.without_curve)}",)
    flat: Any = None
    if "planar" in asked:
        flat = _per_footprint_volume_and_mass(cells.same_films, asked)
    return Noted(EnergyNumbers(**_fields(_per_footprint_volume_and_mass(cell, asked)), planar=flat), notes)


def _fields(numbers: CellEnergyNumbers) -> dict[str, Any]:
    return {field.name: getattr(numbers, field.name) for field in fields(numbers)}


def _per_footprint_volume_and_mass(cell: AssembledCell, asked: Asked) -> CellEnergyNumbers:
    """Return energies per footprint, volume and mass; None without open-circuit curves."""
    usable = usable_of(cell).in_series(cell.blueprint.in_series)
    energy, none = usable.energy, ActiveDevice(None, None)
    dense = None if lithium_of(cell).is_half_cell else energy

    def per(divisor: Numbers | None, unit: float) -> Numbers | None:
        return None if divisor is None or dense is None else dense / divisor / unit

    def densities(active: str, device: str, unit: float) -> ActiveDevice:
        return ActiveDevice(per(getattr(cell.bulk, active), unit), per(getattr(cell.bulk, device), unit))

    return CellEnergyNumbers(
        mean_voltage_V=usable.mean_voltage,
        footprint_energy_mWh_cm2=None if energy is None else in_unit(energy, MWH_PER_CM2),
        volumetric_energy_Wh_L=densities("active_height", "device_height", WH_PER_L)
        if "volumetric_energy_Wh_L" in asked
        else none,
        specific_energy_Wh_kg=densities("active_mass", "device_mass", WH_PER_KG)
        if "specific_energy_Wh_kg" in asked
        else none,
    )
