"""What may be asked of a finite-element solve beyond the design."""

import math
from dataclasses import dataclass, field

from tfgeom.errors import DesignError, SolveError
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.contacts import Contacts
from tfgeom.units import parse_quantity


@dataclass(frozen=True, slots=True)
class Drive:
    """What is asked of a cell beyond small signals; give one of the two.  Positive discharges it.

    Attributes
    ----------
    voltage
        Polarisation: how far the terminals are from equilibrium, V.
    current
        Current per footprint, A/m².
    """

    voltage: float | None = None
    current: float | None = None

    def __post_init__(self) -> None:
        """Refuse drives that say nothing or too much."""
        given = [value for value in (self.voltage, self.current) if value is not None]
        if len(given) != 1 or not math.isfinite(given[0]) or given[0] == 0:
            raise ValueError("a drive is a voltage or a current, finite and not zero")


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """How to solve.

    Attributes
    ----------
    refine
        Member of the usual family of meshes, 1 coarse, 2 usual, 4 fine; None for the usual one.
    contacts
        Where the collectors are contacted.
    drive
        A finite voltage or current; None at small signal.
    within
        Largest discretisation error that is accepted, relative; None accepts any.
    """

    refine: int | None = None
    contacts: Contacts = field(default_factory=Contacts)
    drive: Drive | None = None
    within: float | None = None


def solve_options(
    refine: int | None, within: float | None, current: str | None, voltage: str | None
) -> SolveOptions:
    """Return options from what a command line says, with units.

    Raises
    ------
    DesignError
        When a value cannot be read, or current and voltage are both given.
    """
    if current is not None and voltage is not None:
        raise DesignError.at("--voltage", "stands instead of --current; give one of them")
    if within is not None and not 0 < within < 1:
        raise DesignError.at("--within", f"must be between 0 and 1, not {within:g}; for example 1e-3")
    drive = None
    for option, text, dimension in (
        ("--current", current, "current_density"),
        ("--voltage", voltage, "voltage"),
    ):
        if text is None:
            continue
        try:
            value = parse_quantity(text, dimension)
        except ValueError as error:
            raise DesignError.at(option, str(error)) from None
        if value <= 0:
            raise DesignError.at(option, f"must be greater than 0, not {text}: it discharges the cell")
        drive = Drive(**{option.removeprefix("--"): value})
    return SolveOptions(refine, drive=drive, within=within)


def require_accuracy(error: float, within: float | None, resolution: Resolution) -> None:
    """Raise SolveError when a discretisation error is larger than what is accepted."""
    if within is not None and error > within:
        raise SolveError(
            f"the discretisation error of the resistance is about {error:.1e} at resolution "
            f"{resolution.refine}, more than the {within:.1e} asked for; use a higher resolution"
        )
