"""Open-circuit energy, and the volumes and masses it is divided by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.metrics.lithium import LithiumBalance
from tfgeom.searching import last_point
from tfgeom.transport.closed_rate import clustered_rule

FloatArray = NDArray[np.float64]

_NODES, _WEIGHTS = clustered_rule(64)
_EDGE = 1e-6  # open-circuit curves may be infinite at 0 and 1


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


@dataclass(frozen=True, slots=True)
class Side:
    """One electrode during discharge.

    Attributes
    ----------
    curve
        Its open-circuit curve.
    room
        Capacity, C per m² of footprint; infinite for lithium metal.
    start
        Filled fraction of the charged cell.
    filling
        +1 when discharge fills it, -1 when it empties it.
    polarity
        +1 for the positive electrode, -1 for the negative one.
    """

    curve: OpenCircuit
    room: float
    start: float
    filling: int
    polarity: int


def discharge_sides(stack: Stack, balance: LithiumBalance) -> tuple[Side, ...] | None:
    """Return the electrodes of a cell as they discharge; None when an open-circuit curve is missing.

    A half-cell has one side, its film, which fills against a counter electrode at 0 V (lithium).
    """
    full = [(stack.first("cathode"), balance.cathode, balance.charged_cathode, 1, 1)]
    full.append((stack.first("anode"), balance.anode, balance.charged_anode, -1, -1))
    present = [side for side in full if side[0] is not None]
    sides = []
    for film, room, start, filling, polarity in present:
        assert film is not None
        curve = film.layer.material.open_circuit
        if curve is None:
            return None
        if len(present) == 1:
            sides.append(Side(curve, np.inf if room is None else room, start, 1, 1))
        else:
            sides.append(Side(curve, np.inf if room is None else room, start, filling, polarity))
    return tuple(sides)


def cell_voltage(sides: Sequence[Side], charge: FloatArray, kelvin: float) -> FloatArray:
    """Return the open-circuit voltage (V) after ``charge`` (C/m²) was delivered by the charged cell."""
    voltage = np.zeros_like(charge)
    for side in sides:
        filled = side.start + side.filling * charge / side.room
        voltage += side.polarity * side.curve.potential(np.clip(filled, _EDGE, 1 - _EDGE), kelvin)
    return voltage


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


@dataclass(frozen=True, slots=True)
class Bulk:
    """Heights (m) and masses (kg per m²); None where a density or the wafer is unknown.

    ``border_mass`` is that of the device where it has neither relief nor films.
    """

    active_height: float
    device_height: float | None
    active_mass: float | None
    device_mass: float | None
    border_mass: float | None


@dataclass(frozen=True, slots=True)
class Wafer:
    """A substrate, wafer or plate: whole thickness (relief included, m) and density (kg/m³) if known."""

    thickness: float
    density: float | None


@dataclass(frozen=True, slots=True)
class Package:
    """Packaging on top: thickness (m) and density (kg/m³)."""

    thickness: float
    density: float


def bulk(
    stack: Stack,
    wafer: Wafer | None,
    package: Package | None,
    cells: int = 1,
    plate: Wafer | None = None,
    growth: float = 0.0,
) -> Bulk:
    """Return what a stack of ``cells`` in series occupies and weighs.

    Active: relief and films of all cells.  Device: their substrates, films and one packaging.  Each cell
    has a wafer of its own; with a ``plate`` only the first does and the others lie on plates.  Films count
    on the top, of through-holes on both faces.

    Parameters
    ----------
    stack
        Films of one cell.
    wafer, package
        None where the design has none.
    cells
        Cells stacked face to back.
    plate
        What replaces the wafer between cells; it carries the relief as the wafer does.
    growth
        What plated lithium adds to the films on the top at full charge, m: room for it is part of the
        height, while its mass was in the cathode.
    """
    cell = stack.cell
    film_height = (stack.top.top + growth) * (2 if cell.through else 1)
    substrates = () if wafer is None else (wafer, *(cells - 1) * (wafer if plate is None else plate,))
    active_height = cells * (cell.height + film_height)
    covered = package.thickness if package else 0.0
    device_height = None
    if wafer is not None:
        device_height = sum(one.thickness for one in substrates) + cells * film_height + covered
    film_mass = _film_mass(stack)
    relief = cell.solid_volume / cell.footprint
    voids = cell.height - relief
    active_mass = device_mass = border_mass = None
    densities = [one.density for one in substrates if one.density is not None]
    if wafer is not None and len(densities) == cells:
        border_mass = sum(one.thickness * density for one, density in zip(substrates, densities, strict=True))
        border_mass += package.thickness * package.density if package else 0.0
        if film_mass is not None:
            active_mass = cells * film_mass + relief * sum(densities)
            device_mass = cells * film_mass + border_mass - voids * sum(densities)
    elif film_mass is not None and cell.height == 0:
        active_mass = cells * film_mass
    return Bulk(active_height, device_height, active_mass, device_mass, border_mass)


def _film_mass(stack: Stack) -> float | None:
    mass = 0.0
    for film in stack.films:
        density = film.layer.material.value("density")
        if density is None:
            return None
        mass += film.volume * density
    return mass / stack.cell.footprint
