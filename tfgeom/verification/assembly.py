"""The same system with the volumes of somebody else: what ``tfgeom transport --assembly`` compares."""

from collections.abc import Mapping
from dataclasses import dataclass

from tfgeom.errors import DesignError
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.transport.losses import Losses
from tfgeom.verification.hexahedra import skfem_stiffness
from tfgeom.words import did_you_mean

ASSEMBLIES: Mapping[str, Kernel] = {"own": hex_stiffness, "scikit-fem": skfem_stiffness}
"""Who integrates over hexahedra, by the command line's word."""


@dataclass(frozen=True, slots=True)
class OtherAssembly:
    """Losses of the same system by another assembly.

    Attributes
    ----------
    name
        Of `ASSEMBLIES`.
    losses
        Of one cell.
    relative_difference
        Of the resistance from the own one.
    parts_relative_difference
        Of each part from the own one; 0 where both are 0.
    """

    name: str
    losses: Losses
    relative_difference: float
    parts_relative_difference: dict[str, float]


def kernel_of(name: str) -> Kernel:
    """Return who integrates over hexahedra; raise DesignError for a name that is none of `ASSEMBLIES`."""
    if name not in ASSEMBLIES:
        remedy = did_you_mean(name, tuple(ASSEMBLIES))
        raise DesignError.at("--assembly", f"'{name}' is unknown; {remedy}")
    return ASSEMBLIES[name]


def compare_assemblies(name: str, own: Losses, other: Losses) -> OtherAssembly:
    """Return how far the losses ``other``, by the assembly ``name``, are from the own ones."""
    parts, others = own.by_part(), other.by_part()
    return OtherAssembly(
        name,
        other,
        _relative(float(own.total), float(other.total)),
        {part: _relative(float(value), float(others[part])) for part, value in parts.items()},
    )


def _relative(own: float, other: float) -> float:
    return 0.0 if own == other else other / own - 1
