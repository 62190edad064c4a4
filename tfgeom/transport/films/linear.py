"""Potentials of a linear film problem: by a direct solve, or along the columns where it is larger."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.transport.films.lines import solve_by_lines
from tfgeom.transport.films.links import FilmBlocks, FilmLinks
from tfgeom.transport.films.system import ConductionSystem
from tfgeom.transport.krylov import symmetric_inverse

_DIRECT_UNKNOWNS = 4000  # above it lines are quicker
_RESIDUAL_LIMIT = 1e-5  # of Kirchhoff's law at a node, relative to its own conductances at 1 V
_TOLERANCE = 1e-8  # of the error in the energy norm, relative; that of the cell's current is its square
_JUMP_TOLERANCE = 1e-7  # of the current through an interface by its jump

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FilmSolution:
    """Potentials of one solve.

    Attributes
    ----------
    potential
        At the nodes of the sheets, V, (n_sheets, n); 0 at the inner terminal.
    voltage
        At the outer terminal, V.
    links
        The matrix with each interface at its secant: ``links`` times ``potential`` is what flows.
    unknowns
        Free nodes.
    iterations
        Of the line solver, all Newton steps together; 0 of a direct solve.
    jump_density
        Current density at the surface nodes of each junction at which the potential jumps, from its upper to
        its lower side, 1e6 A/m², (n,).
    newton_steps
        0 of a linear problem.
    """

    potential: Floats
    voltage: float
    links: FilmLinks
    unknowns: int
    iterations: int
    jump_density: dict[int, Floats]
    newton_steps: int = 0


def solve_films(system: ConductionSystem) -> FilmSolution:
    """Return the potential for 1 V between the terminals, at small signal.

    Raises
    ------
    SolveError
        When the solver did not reach its tolerance.
    """
    fixed = system.fixed
    answer, iterations = solve_lifted(system, system.links, system.held(1).astype(float))
    require_solved(system.links, answer, fixed)
    density = {
        junction: 1e-6 / system.core.jump_resistances[junction] * (answer[above] - answer[below])
        for junction, below, above in system.sheets.jumps
    }
    return FilmSolution(answer, 1.0, system.links, int((~fixed).sum()), iterations, density)


def solve_lifted(system: ConductionSystem, links: FilmLinks, lift: Floats) -> tuple[Floats, int]:
    """Return potentials that are those of ``lift`` at the fixed nodes, (n_sheets, n), and the iterations."""

    def power(change: Floats) -> float:
        return links.power(lift + change)

    change, iterations = solve_free(system, links, -links.node_current(lift), power, tolerance_of(system))
    return lift + change, iterations


def solve_free(
    system: ConductionSystem,
    links: FilmLinks,
    right: Floats,
    power: Callable[[Floats], float],
    tolerance: float,
) -> tuple[Floats, int]:
    """Return what solves ``links x = right`` at the free nodes and is zero at the fixed ones, and iterations.

    ``power`` and ``tolerance`` are those of `solve_by_lines`.
    """
    fixed = system.fixed
    right = np.where(fixed, 0.0, right)
    if int((~fixed).sum()) <= _DIRECT_UNKNOWNS:
        return _direct(links.blocks(fixed), right), 0
    found = solve_by_lines(links.blocks(fixed), right, _groups(system), power, tolerance)
    return found.potential, found.iterations


def tolerance_of(system: ConductionSystem) -> float:
    """Return the error to stop at.

    That of the current through an interface, taken by its jump, is larger by the root of its conductance; so
    is that through the electrolyte where it conducts better than the rest.
    """
    films, jumps = system.core.film_resistances, [jump for jump in system.core.jump_resistances if jump]
    crossed = [*jumps, *(films[index] for index in system.core.electrolyte)]
    contrast = (sum(films) + sum(jumps)) / min(crossed)
    return min(_TOLERANCE, _JUMP_TOLERANCE / math.sqrt(contrast))


def _groups(system: ConductionSystem) -> NDArray[np.int64]:
    """Return the coarse unknown of each sheet: one a film, two where currents run along the films.

    Along a wall the potential of a poor electrolyte leans from one face to the other, which one constant
    cannot follow; between ideal contacts it makes little difference.
    """
    films = system.sheets.film_of_sheet
    groups = np.cumsum(np.concatenate(([0], np.diff(films) != 0)))
    if all(nodes is None for nodes in system.terminals):
        return groups
    sizes = np.bincount(groups)
    inside = np.arange(len(groups)) - (np.cumsum(sizes) - sizes)[groups]
    halves = 2 * groups + (inside >= sizes[groups] / 2)
    return np.asarray(np.unique(halves, return_inverse=True)[1])


def _direct(blocks: FilmBlocks, right: Floats) -> Floats:
    solved = symmetric_inverse(blocks.matrix())(right.T.ravel())
    return np.asarray(solved.reshape(right.T.shape).T)


def require_solved(links: FilmLinks, potential: Floats, fixed: NDArray[np.bool_]) -> None:
    """Raise unless Kirchhoff's law holds at every free node."""
    missed = np.abs(links.node_current(potential))[~fixed]
    steps = np.abs(potential).max()
    scale = np.array([links.within(sheet)[links.pattern.diagonal] for sheet in range(links.n_sheets)])[~fixed]
    residual = float(np.max(missed / np.where(scale > 0, scale * steps, 1.0), initial=0.0))
    if not (np.isfinite(potential).all() and residual < _RESIDUAL_LIMIT):
        raise SolveError(
            f"the linear solver left a relative residual of {residual:.1e} (limit {_RESIDUAL_LIMIT:.0e}); "
            "the films' conductivities may differ by too much: check them"
        )
