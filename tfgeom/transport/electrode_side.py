"""An electrode during a discharge: how far its surface is ahead, its potential there, its charge transfer.

The parts of the closed rate model that know one electrode; arrays of m charges by n discharges.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.library import Material
from tfgeom.rows import Numbers
from tfgeom.transport.exchange_forms import exchange_share
from tfgeom.transport.kinetics import overpotential

FloatArray = NDArray[np.float64]

_CLIP = 1e-3  # exchange currents are read inside [clip, 1 - clip]


@dataclass(frozen=True, slots=True)
class ElectrodeSide:
    """One electrode of n discharges; floats or arrays of shape (n,).

    Attributes
    ----------
    material
        Its material.
    sign
        1 for the cathode, which discharge fills, -1 for the anode.
    capacity
        C per m² of footprint.
    diffusion
        L²/(D Q): theta per unit of current, m²/A.
    early
        (V/A)²/L²: 1 where the film is flat.
    exchange
        Exchange current at half filling, A/m²; None for infinitely fast.
    heat
        R T/F, V.
    face_gain
        Area of its electrolyte face over the footprint.
    start
        Filled fraction at the start.
    """

    material: Material
    sign: float
    capacity: Numbers
    diffusion: Numbers
    early: Numbers
    exchange: Numbers | None
    heat: Numbers
    face_gain: Numbers
    start: Numbers

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of its numbers together."""
        numbers = (
            self.capacity,
            self.diffusion,
            self.early,
            self.exchange,
            self.heat,
            self.face_gain,
            self.start,
        )
        return np.broadcast_shapes(*(np.shape(number) for number in numbers if number is not None))

    @property
    def metal(self) -> bool:
        """Whether it is lithium metal, which diffusion and room do not limit."""
        return self.material.is_lithium_metal

    def charge_left(self) -> Numbers:
        """Return what it can give before it is empty, C/m²; infinite of lithium metal."""
        if self.metal:
            return np.inf
        return self.capacity * self.start

    def mean(self, charge: FloatArray) -> FloatArray:
        """Return its mean filled fraction after ``charge``, C/m²."""
        return np.ones_like(charge) if self.metal else self.start + self.sign * charge / self.capacity

    def surface(self, charge: FloatArray, current: FloatArray) -> FloatArray:
        """Return the filled fraction of its face after ``charge`` (C/m²) at a footprint current, A/m²."""
        if self.metal:
            return np.ones_like(charge)
        passed = charge / self.capacity
        # early on the surface knows only its area, V/A, later only L: a slab of thickness L that is filled
        # as fast as the area says, both to the first order of time (annuli to radii of 1:2 within 2.5 %)
        excess = surface_excess(self.early * passed, self.diffusion * current)
        return np.asarray(self.start + self.sign * (passed + excess))

    def potential(self, surface: FloatArray, temperature: Numbers) -> FloatArray:
        """Return its open-circuit potential, V."""
        curve = self.material.open_circuit
        if curve is None:
            raise ValueError(f"{self.material.name} has no open-circuit curve")
        return curve.held_inside(surface, temperature)

    def overpotential(self, surface: FloatArray, current: FloatArray) -> FloatArray:
        """Return what its charge transfer costs, V, not negative."""
        density = current / self.face_gain
        if self.exchange is None:
            return np.zeros_like(density)
        alpha = self.material.anodic_coefficient
        i0 = self.exchange * exchange_share(self.material, surface, _CLIP)
        # on discharge the cathode is reduced, the anode oxidised
        return np.asarray(self.heat * overpotential(density / i0, 1 - alpha if self.sign > 0 else alpha))


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
    # exp(-n² x) are powers of one exponential: n² = 1, 4, 9, 16, 25, 36, by products, as `**` takes a
    # logarithm.
    square = shape * shape
    second = square * square
    eighth = second * second
    third = eighth * shape
    fourth = eighth * eighth
    fifth = fourth * third
    sixth = (third * third) * (third * third)
    series = shape + second / 4 + third / 9 + fourth / 16 + fifth / 25 + sixth / 36
    late = theta * (1 / 3 - 2 / np.pi**2 * series)
    return np.where(ratio < 0.08, early, late)
