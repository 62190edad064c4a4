"""The same problem on two meshes of one family: what the finer one still misses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from tfgeom.errors import MeshError, SolveError
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.resolution import Resolution

_CORNER_ORDER = 4 / 3  # at a corner of 270 degrees the potential has a singular gradient
_SMOOTH_ORDER = 2.0
IMBALANCE_LIMIT = 1e-6
"""Largest relative difference of the currents through a cell; results may miss exact bounds by as much."""

Solved = TypeVar("Solved")


@dataclass(frozen=True, slots=True)
class TwoSolves(Generic[Solved]):
    """A solve and its companion.

    Attributes
    ----------
    fine
        At the resolution asked for.
    other
        On another member of the family, coarser where there is one.
    growth
        How many times the error of ``fine`` the two differ by.
    """

    fine: Solved
    other: Solved
    growth: float

    def error(self, fine: Mapping[str, float], other: Mapping[str, float]) -> float:
        """Return an estimate of the error of the sum of ``fine``, relative.

        The parts' differences are added without their signs, so that they cannot cancel by chance.
        """
        change = sum(abs(other[part] - value) for part, value in fine.items())
        return change / (self.growth * sum(fine.values()))


def solve_twice(
    solve: Callable[[Resolution], Solved], resolution: Resolution, cell: Cell
) -> TwoSolves[Solved]:
    """Return a solve and its companion.

    Parameters
    ----------
    solve
        Solves at one resolution.
    resolution
        The one asked for.
    cell
        The relief: corners lower the order at which errors fall.
    """
    other = resolution.member(resolution.refine // 2 if resolution.refine > 1 else 2)
    fine = solve(resolution)
    try:
        companion = solve(other)
    except MeshError:
        # the coarse companion's facets may not fit a narrow place that the finer mesh resolves
        other = resolution.member(resolution.refine + 1)
        companion = solve(other)
    order = _CORNER_ORDER if cell.has_corners else _SMOOTH_ORDER
    return TwoSolves(fine, companion, abs((resolution.refine / other.refine) ** order - 1))


def require_balance(imbalance: float, conductors: str) -> None:
    """Raise SolveError when the currents through a cell differ by more than rounding.

    Parameters
    ----------
    imbalance
        Largest relative difference.
    conductors
        Whose conductivities may be the reason, as in "the films' conductivities".
    """
    if not imbalance < IMBALANCE_LIMIT:
        raise SolveError(
            f"the currents through the cell differ by {imbalance:.1e} of each other (limit "
            f"{IMBALANCE_LIMIT:.0e}); {conductors} may differ by too much: check them"
        )
