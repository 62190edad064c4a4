"""Steady current through the liquid of a flooded half-cell by finite elements: resistance and current spread.

Liquid fills the voids of the coated relief and a head space up to a flat counter electrode; what the wire
model of `flooded` leaves out, the spreading of the current across the voids and at their mouths, is here.
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.films import Stack
from tfgeom.meshing.film_mesh import FilmMesh, facet_normals, mesh_films
from tfgeom.meshing.flooded_mesh import FloodedMesh, mesh_flooded
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.coefficients import PARTS
from tfgeom.transport.flooded import FloodedCircuit, flooded_obstacle, flooded_resistance
from tfgeom.transport.flooded_current import WallCurrent, measure_flooded
from tfgeom.transport.flooded_system import FloodedSystem, assemble_flooded
from tfgeom.transport.liquid_solver import solve_liquid
from tfgeom.transport.solve_options import require_accuracy
from tfgeom.transport.spread import CurrentSpread
from tfgeom.transport.two_resolutions import IMBALANCE_LIMIT, require_balance, solve_twice

_BYTES_PER_UNKNOWN = 2000  # resident memory above the meshes rose by up to 1760 B (9e4 to 5e5 unknowns)
_WIRE_SLICES = 5e-3  # by which the wire's slices, and its mouth below the rim, may miss the resistance
LIQUID_AND_FILMS = "the resistances of liquid, films and charge transfer"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FloodedConduction:
    """Result of the finite-element solve of a flooded half-cell, per footprint.

    Attributes
    ----------
    asr
        Area-specific resistance, ohm m².
    asr_by_part
        Its split by dissipation over `PARTS`, ohm m²; sums to ``asr``.
    liquid_in_gaps, head_space
        The split of ``electrolyte``: the liquid below the level of the coated flat top, and that above it.
    spread
        For the film's electrode: how unevenly the current crosses its face to the liquid.
    reaction_imbalance
        Largest relative difference between the currents through the wall and the counter electrode, and the
        dissipated power per volt: guards the linear solve.
    flux_mismatch
        Mean absolute difference, relative, between the current density into the wall and the liquid's own
        gradient there: indicates the resolution.
    discretisation_error
        Estimate of the relative error of ``asr``, from a second solve on another member of the mesh family:
        the parts' differences added without their signs, extrapolated.
    bounds
        Lower and upper bound of ``asr``, ohm m²: a liquid without loss in the gaps or across them, and all
        current straight down.
    unknowns, n_nodes, n_cells
        Size of the linear system and of the liquid's mesh.
    iterations
        Of the conjugate gradients; 0 for a direct solve.
    seconds
        Time for ``mesh``, ``assemble`` and ``solve``, both solves together.
    film_mesh, mesh
        The films of one sector, and the liquid above them.
    potential
        Of the liquid at its nodes when 1 V lies between the terminals, 0 V at the collector, (n_nodes,).
    wall_density
        Current density into the films at the nodes of their outer level at 1 A/m² of footprint, A/m²,
        (n_surface,).
    circuit
        What conducts.
    """

    asr: float
    asr_by_part: dict[str, float]
    liquid_in_gaps: float
    head_space: float
    spread: dict[str, CurrentSpread]
    reaction_imbalance: float
    flux_mismatch: float
    discretisation_error: float
    bounds: tuple[float | None, float | None]
    unknowns: int
    n_nodes: int
    n_cells: int
    iterations: int
    seconds: dict[str, float]
    film_mesh: FilmMesh
    mesh: FloodedMesh
    potential: Floats
    wall_density: Floats
    circuit: FloodedCircuit

    @property
    def current_peak_to_mean(self) -> dict[str, float]:
        """For the film's electrode: the density exceeded on 0.1 % of its face, over its mean."""
        return {electrode: spread.peak_to_mean for electrode, spread in self.spread.items()}


def solve_flooded(
    stack: Stack,
    circuit: FloodedCircuit,
    resolution: Resolution | None = None,
    within: float | None = None,
) -> FloodedConduction:
    """Return resistance and current distribution of a flooded half-cell.

    Parameters
    ----------
    stack
        Collector and electrode film on any relief without through-holes.
    circuit
        What conducts, from `flooded.flooded_circuit`.
    resolution
        Of the meshes.
    within
        Largest discretisation error that is accepted, relative; any by default.

    Raises
    ------
    UnsupportedError
        For through-holes.
    MeshError
        When the mesh or the solve would not fit the memory that is free, or a hexahedron would be inverted.
    SolveError
        When the solve did not reach its tolerance or its result violates a bound.
    """
    resolution = resolution or Resolution()
    seconds = dict.fromkeys(("mesh", "assemble", "solve"), 0.0)
    solves = solve_twice(lambda at: _solve_on(stack, circuit, at, seconds), resolution, stack.cell)
    fine, system = solves.fine, solves.fine.system
    found = fine.current
    asr = sum(found.by_part.values())
    error = solves.error(found.by_part, solves.other.current.by_part)
    require_accuracy(error, within, resolution)
    bounds = _checked_bounds(stack, system, asr, error)
    return FloodedConduction(
        asr=asr,
        asr_by_part={part: found.by_part.get(part, 0.0) for part in PARTS},
        liquid_in_gaps=found.liquid_in_gaps,
        head_space=found.head_space,
        spread={circuit.electrode: found.spread},
        reaction_imbalance=found.imbalance,
        flux_mismatch=found.mismatch,
        discretisation_error=error,
        bounds=bounds,
        unknowns=fine.unknowns,
        n_nodes=len(system.mesh.points_um),
        n_cells=len(system.mesh.hexes),
        iterations=fine.iterations,
        seconds=seconds,
        film_mesh=system.film_mesh,
        mesh=system.mesh,
        potential=fine.potential,
        wall_density=found.density,
        circuit=circuit,
    )


@dataclass(frozen=True, slots=True)
class _Solution:
    """One solve."""

    system: FloodedSystem
    potential: Floats
    unknowns: int
    iterations: int
    current: WallCurrent


def _solve_on(
    stack: Stack, circuit: FloodedCircuit, resolution: Resolution, seconds: dict[str, float]
) -> _Solution:
    start = perf_counter()
    film_mesh = mesh_films(stack, resolution)
    mesh = mesh_flooded(film_mesh, circuit.separator)
    size = len(mesh.points_um)
    require_memory(_BYTES_PER_UNKNOWN * size, f"the solve for {size:,} potentials in the liquid")
    meshed = perf_counter()
    system = assemble_flooded(film_mesh, mesh, circuit)
    assembled = perf_counter()
    potential, unknowns, iterations = solve_potential(system)
    current = measure_flooded(system, potential)
    require_balance(current.imbalance, LIQUID_AND_FILMS)
    for name, spent in (
        ("mesh", meshed - start),
        ("assemble", assembled - meshed),
        ("solve", perf_counter() - assembled),
    ):
        seconds[name] += spent
    return _Solution(system, potential, unknowns, iterations, current)


def solve_potential(system: FloodedSystem) -> tuple[Floats, int, int]:
    """Return the potential at 1 V between the terminals, the unknowns and the iterations.

    The unknown is what the films take off the 1 V of the counter electrode, so that a liquid much better than
    the films does not cost digits.

    Raises
    ------
    SolveError
        When the iteration does not reach its tolerance.
    """
    matrix, size = system.liquid, len(system.mesh.points_um)
    start, free = np.ones(size), np.ones(size, dtype=bool)
    if system.counter is None:
        free[system.mesh.plane_quads] = False
    else:
        matrix = matrix + system.counter
    if system.wall is None:
        free[system.mesh.film_quads] = False
        start[system.mesh.film_quads] = 0.0
        right = -(system.liquid @ start)  # the plane lies elsewhere, and the counter electrode is at 1 V
    else:
        matrix = matrix + system.wall
        right = -(system.wall @ start)  # the liquid's rows add up to zero
    kept = np.flatnonzero(free)
    inner, load = matrix.tocsr()[kept][:, kept], right[kept]
    conductivity = system.circuit.conductivity
    solved = solve_liquid(inner, load, system.mesh, kept, conductivity, 1 / _most_resistance(system))
    potential = start
    potential[kept] += solved.values
    if not np.isfinite(potential).all():
        raise SolveError("the liquid's potentials are not finite: check conductivities and resistances")
    return potential, len(kept), solved.iterations


def _most_resistance(system: FloodedSystem) -> float:
    """Return an upper bound of the sector's resistance, 1e6 ohm.

    The current is forced to run straight down from the plane, in tubes that end on the films below: any such
    flow dissipates at least the true power (Thomson's principle).  Where a wall overhangs, only the tubes
    that end on the coated flat top are used.
    """
    mesh, circuit = system.mesh, system.circuit
    across = facet_normals(mesh.points_um, mesh.film_quads)
    sections = across[:, 2]
    heights = mesh.points_um[mesh.film_quads, 2].mean(axis=1)
    seen = sections > 1e-9 * np.linalg.norm(across, axis=1)
    if np.any(sections < -1e-9 * np.linalg.norm(across, axis=1)):
        seen &= heights > heights.max() * (1 - 1e-9)
    lengths = float(mesh.points_um[:, 2].max()) - heights[seen]
    tube = lengths / (circuit.conductivity * sections[seen])
    tube += 1e6 * circuit.counter_transfer / sections[seen] + 1e-6 * system.wall_resistance[seen]
    return float(1 / np.sum(1 / tube))


def _checked_bounds(stack: Stack, system: FloodedSystem, asr: float, error: float) -> tuple[float, float]:
    """Return the bounds of the resistance, ohm m²; raise SolveError where it lies outside.

    A liquid that conducts without loss in the gaps, or across them (the wire model), makes less resistance;
    one in which all current runs straight down makes more.
    """
    footprint, lower = stack.cell.footprint, least_resistance(stack, system)
    upper = 1e6 * _most_resistance(system) * footprint * system.mesh.cells
    slack = IMBALANCE_LIMIT + error
    if not lower * (1 - slack) <= asr <= upper * (1 + slack):
        raise SolveError(
            f"the resistance by finite elements, {asr * 1e4:.6g} ohm cm2, lies outside its bounds "
            f"{lower * 1e4:.6g} to {upper * 1e4:.6g} ohm cm2; use a higher resolution"
        )
    return lower, upper


def least_resistance(stack: Stack, system: FloodedSystem) -> float:
    """Return a lower bound of the resistance, ohm m²: a liquid without loss in the gaps or across them."""
    circuit, walls = system.circuit, system.wall_resistance
    lower = circuit.separator / circuit.conductivity + circuit.counter_transfer
    if walls.any():
        lower += stack.cell.footprint * system.mesh.cells / float(np.sum(1 / walls))
    if flooded_obstacle(stack.cell) is None:
        lower = max(lower, (1 - _WIRE_SLICES) * sum(flooded_resistance(stack, circuit).values()))
    return lower
