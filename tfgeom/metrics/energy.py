"""Open-circuit energy between the voltage limits, per footprint, volume and mass, beside the plane's."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.cells.bulk import Bulk
from tfgeom.cells.discharge_sides import Side, cell_voltage
from tfgeom.errors import DesignError
from tfgeom.metrics.noted import Noted
from tfgeom.results import ActiveDevice, CellEnergyNumbers, EnergyNumbers
from tfgeom.searching import last_point
from tfgeom.transport.closed_rate import clustered_rule
from tfgeom.units import MWH_PER_CM2, WH_PER_KG, WH_PER_L, in_unit

FloatArray = NDArray[np.float64]

_NODES, _WEIGHTS = clustered_rule(64)


@dataclass(frozen=True, slots=True)
class OpenCircuitEnergy:
    """Energy between the voltage limits, J per m² of footprint, and the charge it belongs to, C/m²."""

    energy: float
    charge: float

    def in_series(self, cells: int) -> "OpenCircuitEnergy":
        """Return that of ``cells`` such cells in series: the same charge at as many times the voltage."""
        return OpenCircuitEnergy(cells * self.energy, self.charge)

    @property
    def mean_voltage(self) -> float | None:
        """Energy over charge, V; None when the window holds no charge."""
        return self.energy / self.charge if self.charge > 0 else None


def open_circuit_energy(
    sides: Sequence[Side], capacity: float, kelvin: float, limits: tuple[float, float]
) -> OpenCircuitEnergy:
    """Return the integral of the open-circuit voltage over the charge between two voltage limits.

    Parameters
    ----------
    sides
        The electrodes.
    capacity
        Charge of a full discharge, C/m².
    kelvin
        Temperature, K.
    limits
        Lower and upper voltage, V.
    """
    # First charge not above the upper limit, last charge above the lower one: the voltage falls.
    bound = np.array([limits[1], limits[0]])

    def margin(charge: FloatArray) -> FloatArray:
        above = cell_voltage(sides, charge, kelvin) - bound
        return np.where(above == 0, -np.inf, above)  # at a limit is not above it

    found = last_point(margin, np.zeros(2), np.full(2, capacity), halvings=40)
    first, last = float(found.value[0]), float(found.beyond[1])
    if last - first <= 1e-9 * capacity:  # what the search leaves of an empty window
        return OpenCircuitEnergy(0.0, 0.0)
    nodes = first + (last - first) * _NODES
    voltage = cell_voltage(sides, nodes, kelvin)
    return OpenCircuitEnergy(float(voltage @ _WEIGHTS) * (last - first), last - first)


def rest_energy(cell: AssembledCell) -> OpenCircuitEnergy | None:
    """Return the open-circuit energy of all cells in series; None without a cell, or without curves."""
    balance, shared = cell.lithium, cell.blueprint
    sides = None if balance is None else cell.kind.sides(cell)
    if balance is None or sides is None:
        return None
    one = open_circuit_energy(sides, balance.capacity, shared.temperature, shared.window)
    return one.in_series(shared.in_series)


def energy_numbers(
    cells: Beside[AssembledCell], rest: Beside[OpenCircuitEnergy | None]
) -> Noted[EnergyNumbers | None]:
    """Return energies per footprint, volume and mass beside those of the same films on the plane.

    Parameters
    ----------
    cells
        The cell and its planes.
    rest
        What `rest_energy` finds of each.

    Raises
    ------
    DesignError
        When the cell never enters its voltage window.
    """
    cell, found = cells.cell, rest.cell
    if cell.lithium is None:
        return Noted(None)
    notes: tuple[str, ...] = ()
    if found is None:
        notes = (f"energy is null: no open-circuit curve of {', '.join(cell.blueprint.without_curve)}",)
    elif found.charge == 0 and cell.lithium.capacity > 0:
        raise _outside_window(cell, cell.lithium.capacity)
    elif found.charge < 0.99 * cell.lithium.capacity:
        lost = 1 - found.charge / cell.lithium.capacity
        notes = (
            f"the voltage window cuts {lost:.1%} of the capacity from the energy; discharges start from the "
            "charged cell whatever the upper limit is",
        )
    own, flat = (
        _per_footprint_volume_and_mass(energy, one.bulk)
        for energy, one in ((found, cell), (rest.same_films, cells.same_films))
    )
    return Noted(EnergyNumbers(**_fields(own), planar=flat), notes)


def _fields(numbers: CellEnergyNumbers) -> dict[str, Any]:
    return {field.name: getattr(numbers, field.name) for field in fields(numbers)}


def _per_footprint_volume_and_mass(energy: OpenCircuitEnergy | None, bulk: Bulk) -> CellEnergyNumbers:
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


def _outside_window(cell: AssembledCell, capacity: float) -> DesignError:
    """Return the error of a voltage window that the cell never enters."""
    shared, sides = cell.blueprint, cell.kind.sides(cell)
    assert sides is not None  # there is an energy
    ends = cell_voltage(sides, np.array([0.0, capacity]), shared.temperature) * shared.in_series
    limits = shared.operation.voltage
    return DesignError.at(
        "operation.voltage",
        f"{limits.min:g} to {limits.max:g} V lies outside what the cell has at rest, {ends[0]:.3g} V charged "
        f"to {ends[1]:.3g} V discharged; use limits around these",
    )
