"""The whole device: height and mass, and with a chip its absolute capacity, energy, power, volume, mass."""

from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.design.schema import Chip
from tfgeom.metrics.across_chip import share_of_chip
from tfgeom.metrics.noted import Noted
from tfgeom.results import DeviceNumbers, ResistanceNumbers
from tfgeom.rows import Numbers, alike, is_rows, larger
from tfgeom.units import OHM_CM2, UM, in_unit

_MAH = 3.6  # C
_UAH = 3.6e-3  # C
_UWH = 3.6e-3  # J


def active_area(chip: Chip) -> Numbers:
    """Return the area of a chip inside its border, m²."""
    return (chip.width - 2 * chip.border) * (chip.length - 2 * chip.border)


def peak_power(mean: Numbers | None, asr: Numbers | None, minimum_voltage: Numbers) -> Numbers | None:
    """Return the highest power of a short pulse, W per m² of footprint.

    ``V (U - V)/R`` with U the mean open-circuit voltage and R the small-signal area-specific resistance:
    largest at V = U/2, or at the lower voltage limit where that is higher.  None where U or R is not known.

    Parameters
    ----------
    mean
        Mean open-circuit voltage of the stack, V.
    asr
        Of the stack, ohm m² of footprint.
    minimum_voltage
        Lower limit of the stack, V.
    """
    if mean is None or asr is None or not alike(asr > 0):
        return None
    voltage = larger(mean / 2, minimum_voltage)
    return voltage * (mean - voltage) / asr


def device_numbers(cell: AssembledCell, resistance: ResistanceNumbers | None) -> Noted[DeviceNumbers | None]:
    """Return height, areal mass and the area for 1 mAh; with a chip its absolute numbers.

    None without a cell.  The border of a chip carries wafer and packaging, but neither relief nor films.

    Parameters
    ----------
    cell
        With what is usable of it, heights and masses.
    resistance
        Of the stack of cells; None where it is not known.
    """
    bulk, chip = cell.bulk, cell.blueprint.design.chip
    if cell.lithium is None:
        return Noted(None)
    usable = usable_of(cell).in_series(cell.blueprint.in_series)
    asr = None if resistance is None else resistance.asr_ohm_cm2 * OHM_CM2
    power = peak_power(usable.mean_voltage, asr, cell.blueprint.operation.voltage.min)
    areas = {
        "area_for_1_mAh_mm2": _MAH / usable.charge * 1e6 if alike(usable.charge > 0) else None,
        "height_um": None if bulk.device_height is None else in_unit(bulk.device_height, UM),
        # kg/m² are 100 mg/cm²
        "areal_mass_mg_cm2": None if bulk.device_mass is None else bulk.device_mass * 100,
    }
    if chip is None:
        return Noted(DeviceNumbers(**areas))
    whole, active = chip.width * chip.length, active_area(chip)
    mass = None
    if bulk.device_mass is not None and bulk.border_mass is not None:
        mass = active * bulk.device_mass + (whole - active) * bulk.border_mass
    notes, kept = [], share_of_chip(cell, asr)
    if isinstance(kept, str):
        notes.append(f"peak_power_mW is null: what the collectors lose across the chip is not known, {kept}")
        power = None
    elif power is not None:
        share, contacts = kept
        power *= share
        if not is_rows(share):
            notes.append(
                f"the peak power counts the collectors across the chip, {contacts}: {share:.3g} of what "
                "ideal ones would give"
            )
    numbers = DeviceNumbers(
        **areas,
        chip_area_mm2=whole * 1e6,
        active_fraction=active / whole,
        capacity_uAh=usable.charge * active / _UAH,
        energy_uWh=None if usable.energy is None else usable.energy * active / _UWH,
        peak_power_mW=None if power is None else power * active * 1e3,
        volume_mm3=None if bulk.device_height is None else whole * bulk.device_height * 1e9,
        mass_mg=None if mass is None else mass * 1e6,
    )
    return Noted(numbers, tuple(notes))
