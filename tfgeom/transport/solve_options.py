"""What may be asked of a finite-element solve beyond the design."""

import math
from dataclasses import dataclass

from tfgeom.errors import DesignError
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
    drive
        A finite voltage or current; None at small signal.
    within
        Largest discretisation error that is accepted, relative; None accepts any.
    """

    refine: int | None = None
    drive: Drive | None = None
    within: float | None = None


def solve_options(
    refine: int | None, within: float | None, current: str | float | None, voltage: str | float | None
) -> SolveOptions:
    """Return options from what a command line says, with units, or a call in SI.

    Raises
    ------
    DesignError
        When a value cannot be read, or current and voltage are both given.
    """
    if current is not None and voltage is not None:
        raise DesignError.at("--voltage", "stands instead of --current; give one of them")
    if within is not None and not 0 < within < 1:
        raise DesignError.at("--within", f"must be between 0 and 1, not {within:g}; for example 1e-3")
    if current is not None:
        return SolveOptions(refine, Drive(current=_above_0("--current", current, "current_density")), within)
    if voltage is not None:
        return SolveOptions(refine, Drive(voltage=_above_0("--voltage", voltage, "voltage")), within)
    return SolveOptions(refine, None, within)


def _above_0(option: str, given: str | float, dimension: str) -> float:
    """Return a value in SI; text has a unit."""
    try:
        value = parse_quantity(given, dimension) if isinstance(given, str) else float(given)
    except ValueError as error:
        raise DesignError.at(option, str(error)) from None
    if not 0 < value < math.inf:
        raise DesignError.at(option, f"must be greater than 0, not {given}: it discharges the cell")
    return value
