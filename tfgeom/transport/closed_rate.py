"""Constant-current discharge in closed form, for any number of cells and currents in one vector.

Per electrode: solid diffusion as in a slab (Carslaw and Jaeger's series for constant flux) with the film's
true volume, wetted area and quasi-steady lead of the surface, ohmic loss of films and electrolyte, and charge
transfer by Butler and Volmer's law.  A discharge ends where the voltage meets the lower limit, a surface is
full or empty, or all that is usable has been delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.constants import thermal_voltage
from tfgeom.materials.library import Material
from tfgeom.searching import last_point
from tfgeom.transport.discharge.curve import Curve
from tfgeom.transport.film_diffusion import FilmDiffusion
from tfgeom.transport.kinetics import overpotential
from tfgeom.transport.losses import INTERFACE_OF, Loss

FloatArray = NDArray[np.float64]
Key = tuple[str, str]

_CLIP = 1e-3  # exchange currents are read inside [clip, 1 - clip]
_HALVINGS = 40  # 1e-12 of the bracket
_SCAN = np.concatenate(([0.0], np.geomspace(1e-4, 0.1, 12), np.linspace(0.15, 0.999, 24)))
_SERIES = np.arange(1, 7, dtype=np.float64)


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


class _Vector:
    """Cells and currents of one vector of problems, unpacked into arrays of shape (n, 1)."""

    def __init__(self, cells: Sequence[RateCell], current: FloatArray, chemistry: Chemistry) -> None:
        def column(values: list[float]) -> FloatArray:
            return np.array(values)[:, None]

        self.current = current[:, None]
        self.chemistry = chemistry
        self.ohmic = column([cell.ohmic for cell in cells])
        self.usable = column([cell.capacity for cell in cells])
        self.sides = []
        for name, sign in (("cathode", 1.0), ("anode", -1.0)):
            electrodes = [getattr(cell, name) for cell in cells]
            material: Material = getattr(chemistry, name)
            diffusivity = material.value_at("diffusivity", chemistry.temperature)
            capacity = column([electrode.capacity for electrode in electrodes])
            thickness = column([electrode.slab_thickness for electrode in electrodes])
            length = column([electrode.length for electrode in electrodes])
            time = length**2 / diffusivity if diffusivity else np.zeros_like(length)
            flat = material.is_lithium_metal or not diffusivity
            early = np.ones_like(length) if flat else (thickness / length) ** 2
            exchange = material.value_at("exchange_current", chemistry.temperature)
            self.sides.append(
                _Side(
                    material,
                    sign,
                    capacity,
                    time / capacity,
                    early,
                    exchange,
                    thermal_voltage(chemistry.temperature),
                    column([electrode.face_gain for electrode in electrodes]),
                    column([electrode.start for electrode in electrodes]),
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


@dataclass(frozen=True, slots=True)
class _Side:
    material: Material
    sign: float
    capacity: FloatArray
    diffusion: FloatArray  # L²/(D Q): theta per unit of current
    early: FloatArray  # (V/A)²/L²: 1 where the film is flat
    exchange: float | None  # at half filling, A/m²
    heat: float  # R T/F, V
    face_gain: FloatArray
    start: FloatArray

    @property
    def metal(self) -> bool:
        return self.material.is_lithium_metal

    def charge_left(self) -> FloatArray:
        if self.metal:
            return np.full_like(self.start, np.inf)
        return self.capacity * self.start

    def mean(self, charge: FloatArray) -> FloatArray:
        return np.ones_like(charge) if self.metal else self.start + self.sign * charge / self.capacity

    def surface(self, charge: FloatArray, current: FloatArray) -> FloatArray:
        if self.metal:
            return np.ones_like(charge)
        passed = charge / self.capacity
        # early on the surface knows only its area, V/A, later only L: a slab of thickness L that is filled
        # as fast as the area says, both to the first order of time (annuli to radii of 1:2 within 2.5 %)
        excess = surface_excess(self.early * passed, self.diffusion * current)
        return self.start + self.sign * (passed + excess)

    def potential(self, surface: FloatArray, temperature: float) -> FloatArray:
        curve = self.material.open_circuit
        if curve is None:
            raise ValueError(f"{self.material.name} has no open-circuit curve")
        return curve.held_inside(surface, temperature)

    def overpotential(self, surface: FloatArray, current: FloatArray) -> FloatArray:
        density = current / self.face_gain
        if self.exchange is None:
            return np.zeros_like(density)
        alpha, known = self.material.anodic_coefficient, self.material.get("exchange_current")
        i0: FloatArray | float = self.exchange
        if known is not None and known.form == "occupancy" and not self.metal:
            s = np.clip(surface, _CLIP, 1 - _CLIP)
            i0 = self.exchange * 2 * s ** (1 - alpha) * (1 - s) ** alpha
        # on discharge the cathode is reduced, the anode oxidised
        return self.heat * overpotential(density / i0, 1 - alpha if self.sign > 0 else alpha)


def surface_excess(passed: FloatArray, theta: FloatArray) -> FloatArray:
    """Return how far the surface of a film is ahead of its mean filled fraction.

    Slab, blocked on one face, constant flux on the other (Carslaw and Jaeger, Conduction of Heat in Solids,
    2nd ed., section 3.8): ``theta [1/3 - (2/pi²) sum exp(-n² pi² q/theta)/n²]``; below q/theta = 0.08 the
    semi-infinite form ``2 sqrt(q theta/pi) - q``.  Within 8e-8 theta everywhere.

    Parameters
    ----------
    passed
        Charge passed over the film's capacity, q.
    theta
        Current times thickness² over capacity and diffusivity; 0 for infinitely fast diffusion.
    """
    passed, theta = np.broadcast_arrays(passed, theta)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where(theta > 0, passed / theta, np.inf)
    early = 2 * np.sqrt(passed * theta / np.pi) - passed
    shape = np.exp(-(np.pi**2) * np.minimum(ratio, 60.0))
    # exp(-n² x) are powers of one exponential: n² = 1, 4, 9, 16, 25, 36.
    second = shape**4
    third = second**2 * shape
    fourth = second**4
    fifth = fourth * third
    sixth = third**4
    series = shape + second / 4 + third / 9 + fourth / 16 + fifth / 25 + sixth / 36
    late = theta * (1 / 3 - 2 / np.pi**2 * series)
    return np.where(ratio < 0.08, early, late)


def discharge_ends(cells: Sequence[RateCell], current: FloatArray, chemistry: Chemistry) -> DischargeEnds:
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
    problem = _Vector(cells, current, chemistry)
    start, end = _bracket(problem)
    charge = last_point(
        lambda charge: problem.margin(charge, problem.current), start, end, halvings=_HALVINGS
    ).value
    voltage, _ = problem.state(charge * _NODES, problem.current)
    mean = voltage @ _WEIGHTS
    delivered = charge[:, 0]
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
    problem, drive = _Vector([cell], np.array([current]), chemistry), np.array([[current]])
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


def _bracket(problem: _Vector) -> tuple[FloatArray, FloatArray]:
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
    problem = _Vector(cells, np.ones(len(cells)), chemistry)
    capacity = np.array([cell.capacity for cell in cells])[:, None]
    charge = utilisation[:, None] * capacity
    low, high = np.log(capacity / 3600 * 1e-6), np.log(capacity / 3600 * 1e9)
    found = last_point(lambda log: problem.margin(charge, np.exp(log)), low, high, halvings=_HALVINGS)
    reachable = (found.reached | (found.value > low)) & (charge <= problem.room())
    return np.where(reachable, np.exp(found.value), np.nan)[:, 0]
