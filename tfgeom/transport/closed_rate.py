"""Constant-current discharge in closed form, for any number of cells and currents in one vector.

Per electrode: solid diffusion as in a slab (Carslaw and Jaeger's series for constant flux) with the film's
true volume, wetted area and quasi-steady lead of the surface, ohmic loss of films and electrolyte, and charge
transfer by Butler and Volmer's law.  A discharge ends where the voltage meets the lower limit, a surface is
full or empty, or all that is usable has been delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tfgeom.constants import thermal_voltage
from tfgeom.materials.library import Material
from tfgeom.searching import last_point
from tfgeom.transport.discharge.curve import Curve
from tfgeom.transport.electrode_side import ElectrodeSide
from tfgeom.transport.film_diffusion import FilmDiffusion
from tfgeom.transport.losses import INTERFACE_OF, Loss

FloatArray = NDArray[np.float64]
Key = tuple[str, str]

_HALVINGS = 40  # 1e-12 of the bracket
_SCAN = np.concatenate(([0.0], np.geomspace(1e-4, 0.1, 12), np.linspace(0.15, 0.999, 24)))
_ONWARD = np.array([1.0, 1.3, 2.0, 4.0, 10.0])


def clustered_rule() -> tuple[FloatArray, FloatArray]:
    """Return 64 nodes on 0 to 1 and weights of a quadrature whose nodes crowd at both ends.

    Gauss-Legendre under ``q = (1 - cos(pi x))/2``: potentials bend where an electrode is empty or full.  All
    energies go by it, so that a slow discharge and the cell at rest differ by what is lost alone.
    """
    gauss, weights = np.polynomial.legendre.leggauss(64)
    turn = np.pi * (gauss + 1) / 2
    return (1 - np.cos(turn)) / 2, weights * np.pi / 4 * np.sin(turn)


_NODES, _WEIGHTS = clustered_rule()


@dataclass(frozen=True, slots=True)
class Electrode:
    """One electrode of one cell.

    Attributes
    ----------
    capacity
        C per m² of footprint; infinite for lithium metal.
    slab_thickness
        Film volume over the area of its electrolyte face, m.
    diffusion
        How its shape makes the lithium diffuse; None for a flat film.
    face_gain
        Area of its electrolyte face over the footprint.
    start
        Filled fraction at the start of the discharge.
    """

    capacity: float
    slab_thickness: float
    face_gain: float
    start: float
    diffusion: FilmDiffusion | None = None

    @property
    def length(self) -> float:
        """Thickness of the flat film with the same quasi-steady lead of the surface, m."""
        return self.slab_thickness if self.diffusion is None else self.diffusion.length


@dataclass(frozen=True, slots=True)
class RateCell:
    """One cell, three-dimensional or planar.

    Attributes
    ----------
    cathode, anode
        Its electrodes.
    ohmic
        Area-specific resistance without charge transfer, ohm m² of footprint.
    capacity
        Its own usable capacity, on which the utilisation counts, C/m²: no discharge goes past it.
    nominal
        Capacity on which its C-rates count, C/m².
    """

    cathode: Electrode
    anode: Electrode
    ohmic: float
    capacity: float
    nominal: float


@dataclass(frozen=True, slots=True)
class Chemistry:
    """What all cells of one comparison share: materials, temperature, lower voltage limit."""

    cathode: Material
    anode: Material
    temperature: float
    minimum_voltage: float


@dataclass(frozen=True, slots=True)
class DischargeEnds:
    """Results of a vector of discharges, arrays of one shape; per footprint, SI."""

    charge: FloatArray
    energy: FloatArray
    mean_voltage: FloatArray


@dataclass(frozen=True, slots=True)
class Electrodes:
    """The same electrode of n cells, arrays of shape (n,); what an `Electrode` has, of each."""

    capacity: FloatArray
    slab_thickness: FloatArray
    length: FloatArray
    face_gain: FloatArray
    start: FloatArray


@dataclass(frozen=True, slots=True)
class RateCells:
    """n cells as columns, for vectors so long that a cell must not be an object; arrays of shape (n,).

    Attributes are those of `RateCell`.
    """

    cathode: Electrodes
    anode: Electrodes
    ohmic: FloatArray
    capacity: FloatArray


def rate_cells_of(cells: Sequence[RateCell]) -> RateCells:
    """Return cells as columns."""

    def side(name: str) -> Electrodes:
        electrodes = [getattr(cell, name) for cell in cells]
        return Electrodes(
            *(np.array([getattr(one, field.name) for one in electrodes]) for field in fields(Electrodes))
        )

    numbers = (np.array([getattr(cell, name) for cell in cells]) for name in ("ohmic", "capacity"))
    return RateCells(side("cathode"), side("anode"), *numbers)


class Discharges:
    """Cells and currents of one vector of problems, unpacked into arrays of shape (n, 1)."""

    def __init__(
        self, cells: Sequence[RateCell] | RateCells, current: FloatArray, chemistry: Chemistry
    ) -> None:
        columns = cells if isinstance(cells, RateCells) else rate_cells_of(cells)
        self.current = current[:, None]
        self.chemistry = chemistry
        self.ohmic = columns.ohmic[:, None]
        self.usable = columns.capacity[:, None]
        self.sides = []
        for name, sign in (("cathode", 1.0), ("anode", -1.0)):
            electrodes: Electrodes = getattr(columns, name)
            material: Material = getattr(chemistry, name)
            diffusivity = material.value_at("diffusivity", chemistry.temperature)
            capacity = electrodes.capacity[:, None]
            thickness, length = electrodes.slab_thickness[:, None], electrodes.length[:, None]
            time = length**2 / diffusivity if diffusivity else np.zeros_like(length)
            flat = material.is_lithium_metal or not diffusivity
            early = np.ones_like(length) if flat else (thickness / length) ** 2
            exchange = material.value_at("exchange_current", chemistry.temperature)
            self.sides.append(
                ElectrodeSide(
                    material,
                    sign,
                    capacity,
                    time / capacity,
                    early,
                    exchange,
                    thermal_voltage(chemistry.temperature),
                    electrodes.face_gain[:, None],
                    electrodes.start[:, None],
                )
            )

    def room(self) -> FloatArray:
        """Return the charge at which nothing is left, C/m²: at rest, or in an electrode throughout."""
        cathode, anode = self.sides
        left = np.minimum(cathode.capacity * (1 - cathode.start), anode.charge_left())
        return np.minimum(left, self.usable)

    def state(self, charge: FloatArray, current: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return voltage (V) and the room left at the surfaces (negative past saturation)."""
        cathode, anode = self.sides
        surface_c = cathode.surface(charge, current)
        surface_a = anode.surface(charge, current)
        voltage = (
            cathode.potential(surface_c, self.chemistry.temperature)
            - anode.potential(surface_a, self.chemistry.temperature)
            - current * self.ohmic
            - cathode.overpotential(surface_c, current)
            - anode.overpotential(surface_a, current)
        )
        left = 1 - surface_c if anode.metal else np.minimum(1 - surface_c, surface_a)
        return voltage, left

    def drops(
        self, charge: FloatArray, current: FloatArray, parts: tuple[str, str]
    ) -> tuple[FloatArray, dict[Key, FloatArray]]:
        """Return the voltage at rest at the mean composition, and what is lost of it but for ``ohmic``, V."""
        rest, found = np.zeros_like(charge * current), {}
        for name, side in zip(parts, self.sides, strict=True):
            surface, mean = side.surface(charge, current), side.mean(charge)
            at_mean = side.sign * side.potential(mean, self.chemistry.temperature)
            at_surface = side.sign * side.potential(surface, self.chemistry.temperature)
            rest = rest + at_mean
            found[name, "diffusion"] = at_mean - at_surface
            found[INTERFACE_OF[name], "charge_transfer"] = side.overpotential(surface, current) + 0 * rest
        return rest, found

    def margin(self, charge: FloatArray, current: FloatArray) -> FloatArray:
        """Return what is negative where the voltage is below its limit or a surface full or empty."""
        voltage, left = self.state(charge, current)
        return np.minimum(voltage - self.chemistry.minimum_voltage, left)


def discharge_ends(
    cells: Sequence[RateCell] | RateCells, current: FloatArray, chemistry: Chemistry
) -> DischargeEnds:
    """Return charge, energy and mean voltage of constant-current discharges.

    Parameters
    ----------
    cells
        One cell for each current (the same object may stand several times).
    current
        Footprint current densities, A/m², shape (n,), positive.
    chemistry
        Materials and limits all cells share.

    Returns
    -------
    DischargeEnds
        Arrays of shape (n,): C/m², J/m², V (nan where nothing is delivered).
    """
    problem = Discharges(cells, current, chemistry)
    delivered = _charges(problem)
    voltage, _ = problem.state(delivered[:, None] * _NODES, problem.current)
    mean = voltage @ _WEIGHTS
    return DischargeEnds(delivered, mean * delivered, np.where(delivered > 0, mean, np.nan))


def discharge_curve(
    cell: RateCell,
    current: float,
    chemistry: Chemistry,
    ohmic: Sequence[Loss],
    parts: tuple[str, str] = ("cathode", "anode"),
) -> Curve:
    """Return one discharge as a curve, with what is lost on the way by part and mechanism.

    Parameters
    ----------
    cell, chemistry
        As for `discharge_ends`.
    current
        Footprint current, A/m², positive.
    ohmic
        Rows of its losses; those of charge transfer, which is not ohmic here, are passed over.
    parts
        What the losses of the electrode that discharge fills, and of the other, count to.
    """
    problem, drive = Discharges([cell], np.array([current]), chemistry), np.array([[current]])
    delivered = float(discharge_ends([cell], drive[0], chemistry).charge[0])
    charge = delivered * np.concatenate(([0.0], _NODES, [1.0]))[None, :]
    voltage, _ = problem.state(charge, drive)
    rest, drops = problem.drops(charge, drive, parts)
    lost: dict[Key, float] = {}
    for row in ohmic:
        if row.mechanism != "charge_transfer":
            key = row.part, str(row.mechanism)
            lost[key] = lost.get(key, 0.0) + float(row.value) * current * delivered
    for key, drop in drops.items():
        lost[key] = float(drop[0, 1:-1] @ _WEIGHTS) * delivered
    energy = float(voltage[0, 1:-1] @ _WEIGHTS) * delivered
    return Curve(current, charge[0] / current, charge[0], voltage[0], rest[0], energy, lost)


def delivered_charges(
    cells: Sequence[RateCell] | RateCells, current: FloatArray, chemistry: Chemistry
) -> FloatArray:
    """Return the charges of `discharge_ends` alone, C/m², shape (n,): half its work."""
    return _charges(Discharges(cells, current, chemistry))


def surplus(
    cells: Sequence[RateCell] | RateCells, charge: FloatArray, current: FloatArray, chemistry: Chemistry
) -> FloatArray:
    """Return what is not negative where a discharge delivers at least ``charge``, without following it.

    Parameters
    ----------
    cells, current, chemistry
        As those of `discharge_ends`.
    charge
        C/m², shape (n,).

    Returns
    -------
    numpy.ndarray
        Shape (n,): continuous in charge, current and every number of a cell.
    """
    problem = Discharges(cells, current, chemistry)
    wanted, room = charge[:, None], problem.room()
    # a voltage that is too low at first may still rise, and then the discharge goes past that charge
    margin = problem.margin(np.minimum(wanted * _ONWARD, np.maximum(wanted, room)), problem.current)
    least: FloatArray = np.minimum(margin.max(axis=1, keepdims=True), (room - wanted) / problem.usable)
    return least[:, 0]


def _charges(problem: Discharges) -> FloatArray:
    start, end = _bracket(problem)
    found = last_point(lambda charge: problem.margin(charge, problem.current), start, end, halvings=_HALVINGS)
    return found.value[:, 0]


def _bracket(problem: Discharges) -> tuple[FloatArray, FloatArray]:
    """Return charges at which each discharge still runs (0 if it never does) and has ended.

    The exchange current vanishes at both ends of a film, so the voltage may rise first: the search starts
    from the highest voltage of a scan.
    """
    room = problem.room()
    voltage, left = problem.state(room * _SCAN, problem.current)
    voltage = np.where(left >= 0, voltage, -np.inf)
    best = np.argmax(voltage, axis=1)[:, None]
    runs = np.take_along_axis(voltage, best, axis=1) >= problem.chemistry.minimum_voltage
    start = np.where(runs, room * _SCAN[best], 0.0)
    return start, np.where(runs, room, 0.0)


def currents_at_utilisation(
    cells: Sequence[RateCell], utilisation: FloatArray, chemistry: Chemistry
) -> FloatArray:
    """Return the footprint currents (A/m²) at which each cell still delivers a share of its capacity.

    Parameters
    ----------
    cells
        n cells.
    utilisation
        Shares of each cell's own footprint capacity, shape (n,).
    chemistry
        Materials and limits all cells share.

    Returns
    -------
    numpy.ndarray
        Shape (n,); nan where even the smallest current does not deliver it.
    """
    problem = Discharges(cells, np.ones(len(cells)), chemistry)
    capacity = np.array([cell.capacity for cell in cells])[:, None]
    charge = utilisation[:, None] * capacity
    low, high = np.log(capacity / 3600 * 1e-6), np.log(capacity / 3600 * 1e9)
    found = last_point(lambda log: problem.margin(charge, np.exp(log)), low, high, halvings=_HALVINGS)
    reachable = (found.reached | (found.value > low)) & (charge <= problem.room())
    return np.where(reachable, np.exp(found.value), np.nan)[:, 0]
