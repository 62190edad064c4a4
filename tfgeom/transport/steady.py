"""Steady conduction by finite elements: one driver for films, liquid and salt.

A `Problem` meshes, assembles, solves and measures itself; `solve_steady` does so on two members of its family
of meshes and adds, once for all of them, what makes a number of it that can be trusted: the balance of the
currents, an estimate of the discretisation error, bounds, and where the time went.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from time import perf_counter
from typing import Any, Protocol, TypeAlias, TypeVar

from tfgeom.errors import MeshError, SolveError
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.films.fields import FilmFields
from tfgeom.transport.liquid.fields import LiquidFields
from tfgeom.transport.losses import Losses
from tfgeom.transport.spread import CurrentSpread

_CORNER_ORDER = 4 / 3  # at a corner of 270 degrees the potential has a singular gradient
_SMOOTH_ORDER = 2.0
IMBALANCE_LIMIT = 1e-6
"""Largest relative difference of the currents through a cell; results may miss exact bounds by as much."""

Fields: TypeAlias = FilmFields | LiquidFields
"""What pictures and files show of a solve."""

M = TypeVar("M")
S = TypeVar("S")
X = TypeVar("X")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one solve on one mesh means, per footprint.

    Attributes
    ----------
    losses
        Rows of the area-specific resistance of the whole cell, what lies outside the mesh included: at small
        signal, or at the drive they were found at.
    spread
        For ``cathode`` and ``anode``: how unevenly the current crosses its interface with the electrolyte.
    reaction_imbalance
        Largest relative difference between the currents through the cell's faces and the dissipated power
        per volt: guards the linear solve.
    flux_mismatch
        Mean absolute difference, relative, between the current density of an interface and the electrolyte's
        own gradient there: indicates the resolution.
    unknowns, n_nodes, n_cells
        Size of the linear system and of the mesh (nodes doubled at interfaces).
    iterations, newton_steps
        0 where the solve was direct, or linear.
    fields
        For pictures and files.
    others
        Further numbers of the solve whose discretisation error is wanted too.
    columns_error
        Estimate of the relative error that stays on every mesh, where films count as columns.
    """

    losses: Losses
    spread: dict[str, CurrentSpread]
    reaction_imbalance: float
    flux_mismatch: float
    unknowns: int
    n_nodes: int
    n_cells: int
    iterations: int
    newton_steps: int
    fields: Fields
    others: Mapping[str, float] = field(default_factory=dict)
    columns_error: float = 0.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a resistance must lie between, ohm m² of footprint; None where there is no bound.

    Attributes
    ----------
    lower, upper
        The bounds.
    lower_slack
        By how much the lower one may be undercut, relative; None: rounding and the discretisation error.
    """

    lower: float | None = None
    upper: float | None = None
    lower_slack: float | None = None


class Problem(Protocol[M, S, X]):
    """A conduction problem.  A step of a transient takes the same four functions, without the driver."""

    @property
    def relief(self) -> Cell:
        """The unit cell: its corners lower the order at which errors fall."""

    @property
    def usual(self) -> Resolution:
        """The resolution that is fine enough for most."""

    @property
    def conductors(self) -> str:
        """Whose constants keep the currents apart when they do not balance, as in 'the conductivities'."""

    def mesh(self, resolution: Resolution) -> M:
        """Return the mesh; raise MeshError where it does not fit the relief or the memory that is free."""

    def assemble(self, mesh: M) -> S:
        """Return the system of equations."""

    def solve(self, system: S) -> X:
        """Return its solution; raise SolveError where it is not reached."""

    def measure(self, system: S, solution: X) -> Measured:
        """Return what the solution means."""

    def bounds(self, system: S) -> Bounds:
        """Return what the resistance must lie between."""


AnyProblem: TypeAlias = "Problem[Any, Any, Any]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve(Measured):
    """What the solve on the mesh asked for means, and how far it can be trusted.

    Attributes
    ----------
    discretisation_error
        Estimate of the relative error of the resistance, from a second solve on another member of the mesh
        family: the parts' differences added without their signs, so that they cannot cancel, extrapolated;
        with it the ``columns_error``.
    bounds
        Lower and upper bound of the resistance, ohm m²; None where there is none.
    seconds
        Time for ``mesh``, ``assemble`` and ``solve``, both solves together.
    other_errors
        Estimates of the relative discretisation errors of the ``others``, by name.
    """

    discretisation_error: float
    bounds: tuple[float | None, float | None]
    seconds: dict[str, float]
    other_errors: Mapping[str, float]

    @property
    def asr(self) -> float:
        """Area-specific resistance, ohm m²: at small signal, or polarisation over current at a drive."""
        return float(self.losses.total)

    @property
    def current_peak_to_mean(self) -> dict[str, float]:
        """For ``cathode`` and ``anode``: the density exceeded on 0.1 % of its interface, over its mean."""
        return {electrode: spread.peak_to_mean for electrode, spread in self.spread.items()}


def solve_steady(
    problem: Problem[M, S, X], resolution: Resolution | int | None = None, within: float | None = None
) -> Solve:
    """Return resistance and current distribution of a conduction problem.

    Parameters
    ----------
    problem
        Films, a liquid, a liquid with its salt.
    resolution
        Of the mesh, or the member of the usual family: 1 coarse, 2 usual, 4 fine.
    within
        Largest discretisation error that is accepted, relative; any by default.

    Raises
    ------
    MeshError
        When the mesh or the solve would not fit the relief or the memory that is free.
    SolveError
        When the solve did not reach its tolerance, its result violates a bound, or the resolution is too
        coarse for the error asked for.
    """
    resolution = _member(problem, resolution)
    fine, system, spent = _solve_on(problem, resolution)
    bounds = problem.bounds(system)
    del system  # its matrices would stand beside those of the companion
    other, growth, also = _companion(problem, resolution)
    error = _error(fine.losses, other.losses, growth) + fine.columns_error
    if within is not None and error > within:
        if fine.columns_error > within:
            raise SolveError(
                f"the error of the resistance is about {error:.1e}, more than the {within:.1e} asked for; "
                "films below a liquid count as columns, which at feet and rims may miss "
                f"{fine.columns_error:.1e} on any mesh: allow more"
            )
        raise SolveError(
            f"the discretisation error of the resistance is about {error:.1e} at resolution "
            f"{resolution.refine}, more than the {within:.1e} asked for; use a higher resolution"
        )
    _require_between(float(fine.losses.total), bounds, error)
    return Solve(
        **{one.name: getattr(fine, one.name) for one in fields(fine)},
        discretisation_error=error,
        bounds=(bounds.lower, bounds.upper),
        seconds={stage: spent[stage] + also[stage] for stage in spent},
        other_errors={
            name: abs(other.others[name] / value - 1) / growth for name, value in fine.others.items()
        },
    )


def solve_once(problem: Problem[M, S, X], resolution: Resolution | int | None = None) -> Measured:
    """Return what one solve on one mesh means: the first half of `solve_steady`, without error and bounds.

    Arguments and errors as there.
    """
    return _solve_on(problem, _member(problem, resolution))[0]


def _member(problem: Problem[M, S, X], resolution: Resolution | int | None) -> Resolution:
    """Return a resolution, or the member of the problem's usual family."""
    if isinstance(resolution, Resolution):
        return resolution
    return problem.usual if resolution is None else problem.usual.member(resolution)


def _solve_on(problem: Problem[M, S, X], resolution: Resolution) -> tuple[Measured, S, dict[str, float]]:
    """Return what one solve means, its system, and the seconds that each stage took."""
    start = perf_counter()
    mesh = problem.mesh(resolution)
    meshed = perf_counter()
    system = problem.assemble(mesh)
    assembled = perf_counter()
    found = problem.measure(system, problem.solve(system))
    if not found.reaction_imbalance < IMBALANCE_LIMIT:
        raise SolveError(
            f"the currents through the cell differ by {found.reaction_imbalance:.1e} of each other (limit "
            f"{IMBALANCE_LIMIT:.0e}); {problem.conductors} may differ by too much: check them"
        )
    solved = perf_counter()
    spent = {"mesh": meshed - start, "assemble": assembled - meshed, "solve": solved - assembled}
    return found, system, spent


def _companion(problem: Problem[M, S, X], resolution: Resolution) -> tuple[Measured, float, dict[str, float]]:
    """Return the solve on another member of the family, coarser where there is one.

    With it go how many times the error of the solve at ``resolution`` the two differ by, and its seconds.
    """
    other = resolution.member(resolution.refine // 2 if resolution.refine > 1 else 2)
    try:
        found, _, spent = _solve_on(problem, other)
    except MeshError:
        # the coarse companion's facets may not fit a narrow place that the finer mesh resolves
        other = resolution.member(resolution.refine + 1)
        found, _, spent = _solve_on(problem, other)
    order = _CORNER_ORDER if problem.relief.has_corners else _SMOOTH_ORDER
    return found, abs((resolution.refine / other.refine) ** order - 1), spent


def _error(fine: Losses, other: Losses, growth: float) -> float:
    """Return an estimate of the relative error of a resistance.

    The parts' differences are added without their signs, so that they cannot cancel by chance.
    """
    parts, others = fine.by_part(), other.by_part()
    change = sum(abs(float(others[part]) - float(value)) for part, value in parts.items())
    return change / (growth * float(fine.total))


def _require_between(asr: float, bounds: Bounds, error: float) -> None:
    """Raise SolveError when a resistance lies outside its bounds, ohm m²."""
    slack = IMBALANCE_LIMIT + error
    below = slack if bounds.lower_slack is None else bounds.lower_slack
    least = 0.0 if bounds.lower is None else bounds.lower * (1 - below)
    most = float("inf") if bounds.upper is None else bounds.upper * (1 + slack)
    if not least <= asr <= most:
        raise SolveError(
            f"the resistance by finite elements, {asr * 1e4:.6g} ohm cm2, lies outside its bounds "
            f"{least * 1e4:.6g} to {most * 1e4:.6g} ohm cm2; use a higher resolution"
        )
