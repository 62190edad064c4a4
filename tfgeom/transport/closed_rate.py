"""Constant-current discharge in closed form, for any number of cells and currents in one vector.

Numbers of cells, materials and limits are floats or arrays of the shape of the currents; what is followed
over the charge has the charges as its first axis.

Per electrode: solid diffusion as in a slab (Carslaw and Jaeger's series for constant flux) with the film's
true volume, wetted area and quasi-steady lead of the surface, ohmic loss of films and electrolyte, and charge
transfer by Butler and Volmer's law.  A discharge ends where the voltage meets the lower limit, a surface is
full or empty, or all that is usable has been delivered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tfgeom.constants import thermal_voltage
from tfgeom.materials.library import Material
from tfgeom.rows import Numbers
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
    """One electrode of one cell, or of n cells: floats, or arrays of shape (n,).

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

    capacity: Numbers
    slab_thickness: Numbers
    face_gain: Numbers
    start: Numbers
    diffusion: FilmDiffusion | None = None

    @property
    def length(self) -> Numbers:
        """Thickness of the flat film with the same quasi-steady lead of the surface, m."""
        return self.slab_thickness if self.diffusion is None else self.diffusion.length


@dataclass(frozen=True, slots=True)
class RateCell:
    """One cell, three-dimensional or planar, or n cells in arrays of shape (n,).

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
    ohmic: Numbers
    capacity: Numbers
    nominal: Numbers


Cells: TypeAlias = RateCell | Sequence[RateCell]
"""The cells of a vector of discharges: one, or n in arrays, with as many currents; or one by one for each
current."""


@dataclass(frozen=True, slots=True)
class Chemistry:
    """What all cells of one comparison share: materials, temperature, lower voltage limit."""

    cathode: Material
    anode: Material
    temperature: Numbers
    minimum_voltage: Numbers


@dataclass(frozen=True, slots=True)
class DischargeEnds:
    """Results of a vector of discharges, arrays of one shape; per footprint, SI."""

    charge: FloatArray
    energy: FloatArray
    mean_voltage: FloatArray


def shape_of(cell: RateCell, chemistry: Chemistry) -> tuple[int, ...]:
    """Return (n,) where any number of a discharge is of n designs, () where none is."""
    return Discharges(cell, np.asarray(cell.nominal), chemistry).shape


class Discharges:
    """Cells and currents of one vector of problems."""

    def __init__(self, cells: Cells, current: FloatArray, chemistry: Chemistry) -> None:
        def column(number: Callable[[RateCell], Numbers]) -> Numbers:
            return number(cells) if isinstance(cells, RateCell) else np.array([number(one) for one in cells])

        self.chemistry = chemistry
        self.ohmic = column(lambda cell: cell.ohmic)
        self.usable = column(lambda cell: cell.capacity)
        self.sides: list[ElectrodeSide] = []
        for name, sign in (("cathode", 1.0), ("anode", -1.0)):
            material: Material = getattr(chemistry, name)
            capacity, thickness, length, face_gain, start = (
                column(lambda cell, name=name, key=key: getattr(getattr(cell, name), key))  # type: ignore[misc]
                for key in ("capacity", "slab_thickness", "length", "face_gain", "start")
            )
            diffusivity = material.value_at("diffusivity", chemistry.temperature)
            slow = diffusivity is not None and not material.is_lithium_metal
            self.sides.append(
                ElectrodeSide(
                    material,
                    sign,
                    capacity,
                    0.0 if diffusivity is None else length**2 / diffusivity / capacity,
                    (thickness / length) ** 2 if slow else 1.0,
                    material.value_at("exchange_current", chemistry.temperature),
                    thermal_voltage(chemistry.temperature),
                    face_gain,
                    start,
                )
            )
        numbers = [current, self.ohmic, self.usable, chemistry.minimum_voltage]
        self.shape = np.broadcast_shapes(*map(np.shape, numbers), *(side.shape for side in self.sides))
        self.current: FloatArray = np.broadcast_to(current, self.shape)

    def room(self) -> FloatArray:
        """Return the charge at which nothing is left, C/m²: at rest, or in an electrode throughout."""
        cathode, anode = self.sides
        left = np.minimum(cathode.capacity * (1 - cathode.start), anode.charge_left())
        return np.broadcast_to(np.minimum(left, self.usable), self.shape)

    def along(self, shares: FloatArray) -> FloatArray:
        """Return numbers as the first axis of what is followed over the charge."""
        return shares.reshape(-1, *[1] * len(self.shape))

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
        return np.asarray(np.minimum(voltage - self.chemistry.minimum_voltage, left))


def discharge_ends(cells: Cells, current: FloatArray, chemistry: Chemistry) -> DischargeEnds:
    """Return charge, energy and mean voltage of constant-current discharges.

    Parameters
    ----------
    cells
        One for all currents, n in arrays, or a sequence with one for each current.
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
    voltage, _ = problem.state(delivered * problem.along(_NODES), problem.current)
    mean = np.tensordot(_WEIGHTS, voltage, axes=1)
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
    drive = np.array(current)
    problem = Discharges(cell, drive, chemistry)
    delivered = float(_charges(problem))
    charge = delivered * np.concatenate(([0.0], _NODES, [1.0]))
    voltage, _ = problem.state(charge, drive)
    rest, drops = problem.drops(charge, drive, parts)
    lost: dict[Key, float] = {}
    for row in ohmic:
        if row.mechanism != "charge_transfer":
            key = row.part, str(row.mechanism)
            lost[key] = lost.get(key, 0.0) + float(row.value) * current * delivered
    for key, drop in drops.items():
        lost[key] = float(drop[1:-1] @ _WEIGHTS) * delivered
    energy = float(voltage[1:-1] @ _WEIGHTS) * delivered
    return Curve(current, charge / current, charge, voltage, rest, energy, lost)


def delivered_charges(cells: Cells, current: FloatArray, chemistry: Chemistry) -> FloatArray:
    """Return the charges of `discharge_ends` alone, C/m², shape (n,): half its work."""
    return _charges(Discharges(cells, current, chemistry))


def surplus(cells: Cells, charge: FloatArray, current: FloatArray, chemistry: Chemistry) -> FloatArray:
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
    room = problem.room()
    # a voltage that is too low at first may still rise, and then the discharge goes past that charge
    onward = np.minimum(charge * problem.along(_ONWARD), np.maximum(charge, room))
    margin = problem.margin(onward, problem.current)
    least: FloatArray = np.minimum(margin.max(axis=0), (room - charge) / problem.usable)
    return least


def _charges(problem: Discharges) -> FloatArray:
    start, end = _bracket(problem)
    found = last_point(lambda charge: problem.margin(charge, problem.current), start, end, halvings=_HALVINGS)
    return np.asarray(found.value)


def _bracket(problem: Discharges) -> tuple[FloatArray, FloatArray]:
    """Return charges at which each discharge still runs (0 if it never does) and has ended.

    The exchange current vanishes at both ends of a film, so the voltage may rise first: the search starts
    from the highest voltage of a scan.
    """
    room = problem.room()
    voltage, left = problem.state(room * problem.along(_SCAN), problem.current)
    voltage = np.where(left >= 0, voltage, -np.inf)
    best = np.argmax(voltage, axis=0)
    runs = np.take_along_axis(voltage, best[None], axis=0)[0] >= problem.chemistry.minimum_voltage
    start = np.where(runs, room * _SCAN[best], 0.0)
    return start, np.where(runs, room, 0.0)


def currents_at_utilisation(cells: Cells, utilisation: FloatArray, chemistry: Chemistry) -> FloatArray:
    """Return the footprint currents (A/m²) at which each cell still delivers a share of its capacity.

    Parameters
    ----------
    cells
        One for all shares, n in arrays, or a sequence with one for each share.
    utilisation
        Shares of each cell's own footprint capacity, shape (n,).
    chemistry
        Materials and limits all cells share.

    Returns
    -------
    numpy.ndarray
        Shape (n,); nan where even the smallest current does not deliver it.
    """
    problem = Discharges(cells, np.ones_like(utilisation), chemistry)
    charge = utilisation * problem.usable
    low, high = (np.log(problem.usable / 3600 * end) + 0 * problem.current for end in (1e-6, 1e9))
    found = last_point(lambda log: problem.margin(charge, np.exp(log)), low, high, halvings=_HALVINGS)
    reachable = (found.reached | (found.value > low)) & (charge <= problem.room())
    return np.where(reachable, np.exp(found.value), np.nan)
