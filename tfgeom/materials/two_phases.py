"""Limits between which a film falls into two phases: where on the filled fraction, and what is said of them.

Alpha is the phase poor in lithium, beta the one rich in it.  Limits are stated on the coordinate of the
open-circuit curve; between them a film at rest holds both phases, and its potential is that of the plateau.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.open_circuit import OpenCircuit

if TYPE_CHECKING:
    from tfgeom.materials.material import Material, Property

_FLAT = 0.02  # V: less than the thermal voltage
_PLATEAU = 0.3  # of the window: half of that of an ideal mixture is steeper
_SCAN = np.linspace(0.01, 0.99, 197)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PhaseLimits:
    """Two phases of one film.

    Attributes
    ----------
    poor, rich
        Filled fractions, from 0 to 1, up to which the one phase and from which on the other stands alone.
    poor_diffusivity, rich_diffusivity
        Of lithium in each phase, m²/s.
    """

    poor: float
    rich: float
    poor_diffusivity: float
    rich_diffusivity: float


def filled_at(curve: OpenCircuit | None, x: float) -> float:
    """Return the filled fraction at a coordinate of the open-circuit curve; without one it is that itself."""
    empty, full = (0.0, 1.0) if curve is None else curve.window
    return (x - empty) / (full - empty)


def phase_limits(material: "Material", temperature: float) -> PhaseLimits | None:
    """Return the two phases of a material at ``temperature`` (K), or None where it is computed as one.

    That is where no limits are known, or `is_lumped`.  Where a phase states no diffusivity of its own it has
    that of the material.
    """
    alpha, beta = material.value("two_phase.x_alpha"), material.value("two_phase.x_beta")
    if alpha is None or beta is None or is_lumped(material):
        return None
    both = []
    for key in ("two_phase.D_alpha", "two_phase.D_beta"):
        own = key if material.knows(key) else "diffusivity"
        value = material.value_at(own, temperature)
        if value is None:
            raise ValueError(f"{material.name} has limits of two phases and no diffusivity")
        both.append(value)
    curve = material.open_circuit
    return PhaseLimits(filled_at(curve, alpha), filled_at(curve, beta), *both)


def is_lumped(material: "Material") -> bool:
    """Return whether limits are known and the diffusivity holds already what the two phases do.

    It was taken from rates as if the film were one phase; fronts beside it would count the phases twice.
    """
    known = material.get("diffusivity")
    phases = ("two_phase.D_alpha", "two_phase.D_beta")
    return (
        material.knows("two_phase.x_alpha")
        and known is not None
        and known.effective
        and not any(material.knows(key) for key in phases)
    )


def fault_of_limits(
    properties: Mapping[str, "Property"], curve: OpenCircuit | None
) -> tuple[str, str] | None:
    """Return the key below ``two_phase`` (or none) and what is wrong with it; None where all is well.

    Parameters
    ----------
    properties
        Constants of the material.
    curve
        Its open-circuit curve.
    """
    known = {key for key in properties if key.startswith("two_phase.")}
    if not known:
        return None
    for name in ("x_alpha", "x_beta"):
        if f"two_phase.{name}" not in known:
            return "", f"lacks '{name}', which the library does not know for this material; give it too"
    for name in ("D_alpha", "D_beta"):
        if f"two_phase.{name}" not in known and "diffusivity" not in properties:
            return "", f"lacks '{name}', and no diffusivity is known of this material; give one of them"
    alpha, beta = (properties[f"two_phase.{name}"].value for name in ("x_alpha", "x_beta"))
    window = (0.0, 1.0) if curve is None else curve.window
    words = f"from {window[0]:g} (empty) to {window[1]:g} (full)"
    for name, x in (("x_alpha", alpha), ("x_beta", beta)):
        if not 0 < filled_at(curve, x) < 1:
            return (
                name,
                f"{x:g} lies outside the window of the open-circuit curve, {words}; give the limit on "
                "the same coordinate, inside it",
            )
    if filled_at(curve, alpha) >= filled_at(curve, beta):
        return (
            "x_alpha",
            f"{alpha:g} must hold less lithium than x_beta, {beta:g}: alpha is the poor phase, and the "
            f"window runs {words}",
        )
    return None


def has_plateau(curve: OpenCircuit | None) -> bool:
    """Return whether a curve stays within 20 mV over 30 % of its window, as that of no mixture does."""
    if curve is None:
        return False
    potential = curve.potential(_SCAN)
    apart = round(_PLATEAU / (_SCAN[1] - _SCAN[0]))
    return bool(np.any(potential[:-apart] - potential[apart:] <= _FLAT))


def two_phase_note(material: "Material") -> str:
    """Return what the film model says of a material of two phases that it computes as one.

    Limits are not known though the curve has a plateau, or the diffusivity `is_lumped`.  Else empty.
    """
    if is_lumped(material):
        return (
            f"{material.name} falls into two phases and is computed as one: its diffusivity is effective, "
            "taken from measured rates with its phases lumped in; where that of the phases is known, state "
            f"it as materials.{material.name}.two_phase: {{D_alpha: ..., D_beta: ...}}, and fronts move"
        )
    if material.is_lithium_metal or material.knows("two_phase.x_alpha") or not has_plateau(material.curve):
        return ""
    return (
        f"{material.name} has a plateau, as two phases make it, and no limits of them are known (missing "
        f"two_phase): it is computed as one phase, which may lose too little at high rates; state them as "
        f"materials.{material.name}.two_phase: {{x_alpha: ..., x_beta: ...}}"
    )


class PlateauCurve:
    """The open-circuit curve of a material of two phases: flat between their limits.

    A film at rest has the potential of the plateau whichever phase its face holds.  The plateau lies at the
    mean of the stated curve between the limits, so that filling a film through it gives as much energy; the
    curve of each phase is shifted to meet it there.

    Parameters
    ----------
    curve
        As stated.
    limits
        Of the phases.
    """

    def __init__(self, curve: OpenCircuit, limits: PhaseLimits) -> None:
        self._curve, self._limits = curve, limits

    def held_inside(self, s: Floats, temperature: float) -> Floats:
        """Return the potential (V) at filled fractions held between empty and full."""
        poor, rich = self._limits.poor, self._limits.rich
        nodes = (poor + rich) / 2 + (rich - poor) / 2 * _NODES
        plateau = self._curve.potential(nodes, temperature) @ _WEIGHTS / 2
        start, end = self._curve.potential([poor, rich], temperature)
        stated = self._curve.held_inside(s, temperature)
        return np.asarray(
            np.where(s < poor, stated - start + plateau, np.where(s > rich, stated - end + plateau, plateau))
        )


def resting_curve(material: "Material", temperature: float) -> OpenCircuit | PlateauCurve | None:
    """Return the potential at rest over the filled fraction, flat where two phases stand side by side."""
    curve, limits = material.open_circuit, phase_limits(material, temperature)
    return curve if curve is None or limits is None else PlateauCurve(curve, limits)
