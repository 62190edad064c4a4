"""Steady current through a flooded half-cell whose salt moves: polarisation, concentration, limiting current.

At a finite current the salt gathers at the counter electrode and runs short at the films; `salt_system` finds
its concentration.  Charge transfer is linear in the overpotential, and the liquid's constants are those at
the mean concentration.
"""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.films import Stack
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.flooded_mesh import mesh_flooded
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.coefficients import PARTS
from tfgeom.transport.flooded import FloodedCircuit
from tfgeom.transport.flooded_solve import LIQUID_AND_FILMS, FloodedConduction, least_resistance
from tfgeom.transport.flooded_system import assemble_flooded
from tfgeom.transport.salt import Salt
from tfgeom.transport.salt_current import (
    Concentration,
    SaltCurrent,
    least_on_films,
    measure_salt,
    most_at_counter,
)
from tfgeom.transport.salt_system import (
    SaltState,
    SaltSystem,
    salt_system,
    solve_salt_current,
    solve_salt_limit,
)
from tfgeom.transport.solve_options import require_accuracy
from tfgeom.transport.spread import current_spread
from tfgeom.transport.two_resolutions import IMBALANCE_LIMIT, require_balance, solve_twice
from tfgeom.units import MA_PER_CM2

_BYTES_PER_UNKNOWN = 2000  # resident memory above the meshes rose by 1610 B (1.1e5 unknowns)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SaltConduction(FloodedConduction):
    """Result at a finite current: as `FloodedConduction`, but at that current.

    ``asr`` is polarisation over footprint current, ``electrolyte`` holds the ohmic loss and that of the
    gradient, ``potential`` (against lithium in the liquid) has 0 V at the collector, ``conductivity`` of the
    circuit is the liquid's own, and only the lower bound exists.

    Attributes
    ----------
    polarisation
        Between the terminals, V.
    footprint_current
        A/m².
    limiting_current
        Footprint current that no steady discharge reaches: salt exhausted all over the films, A/m².
    limiting_error
        Estimate of its relative discretisation error.
    concentration
        Of the salt at the liquid's nodes, mol/m³, (n_nodes,).
    lowest, highest
        Where there is least and most of it.
    driving_potential
        The linear part of ``potential``, in c: minus its gradient times the conductivity is the current
        density, V, (n_nodes,).
    concentration_share
        Share of ``electrolyte`` that the gradient makes.
    """

    polarisation: float
    footprint_current: float
    limiting_current: float
    limiting_error: float
    concentration: Floats
    lowest: Concentration
    highest: Concentration
    driving_potential: Floats
    concentration_share: float


def solve_salt(
    stack: Stack,
    circuit: FloodedCircuit,
    footprint_current: float,
    resolution: Resolution | None = None,
    within: float | None = None,
) -> SaltConduction:
    """Return polarisation and salt concentration of a flooded half-cell that discharges at steady state.

    Parameters
    ----------
    stack
        Collector and electrode film on any relief without through-holes.
    circuit
        What conducts, from `flooded.flooded_circuit` with electrolyte model ``salt``.
    footprint_current
        A/m², above 0: lithium goes into the film.
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
        When the current is not below the limiting current, the solve did not reach its tolerance, or its
        result violates a bound.
    """
    if circuit.salt is None or not footprint_current > 0:
        raise ValueError("a salt solve needs a circuit with a salt and a current above 0")
    salt = circuit.salt
    plain = replace(circuit, conductivity=salt.conductivity)
    resolution = resolution or Resolution()
    seconds = dict.fromkeys(("mesh", "assemble", "solve"), 0.0)

    def solve(at: Resolution) -> _Solution:
        return _solve_on(stack, plain, salt, footprint_current, at, seconds)

    solves = solve_twice(solve, resolution, stack.cell)
    fine = solves.fine
    found, problem, state = fine.current, fine.problem, fine.state
    asr = sum(found.by_part.values())
    error = solves.error(found.by_part, solves.other.current.by_part)
    require_accuracy(error, within, resolution)
    lower = least_resistance(stack, problem.system)
    if not lower * (1 - IMBALANCE_LIMIT - error) <= asr:
        raise SolveError(
            f"the resistance by finite elements, {asr * 1e4:.6g} ohm cm2, lies below its bound "
            f"{lower * 1e4:.6g} ohm cm2; use a higher resolution"
        )
    film_mesh, mesh = problem.system.film_mesh, problem.mesh
    level = len(film_mesh.points_um) - 1
    return SaltConduction(
        asr=asr,
        asr_by_part={part: found.by_part.get(part, 0.0) for part in PARTS},
        liquid_in_gaps=found.liquid_in_gaps,
        head_space=found.head_space,
        spread={circuit.electrode: current_spread(film_mesh, level, found.density)},
        reaction_imbalance=found.imbalance,
        flux_mismatch=found.mismatch,
        discretisation_error=error,
        bounds=(lower, None),
        unknowns=state.unknowns,
        n_nodes=len(mesh.points_um),
        n_cells=len(mesh.hexes),
        iterations=state.iterations,
        seconds=seconds,
        film_mesh=film_mesh,
        mesh=mesh,
        potential=state.excess + salt.logarithmic_voltage * state.logarithm + state.wall_offset,
        wall_density=found.density,
        circuit=plain,
        polarisation=state.polarisation,
        footprint_current=footprint_current,
        limiting_current=fine.limit,
        limiting_error=abs(solves.other.limit / fine.limit - 1) / solves.growth,
        concentration=salt.concentration * np.exp(state.logarithm),
        lowest=least_on_films(problem, state),
        highest=most_at_counter(problem, state),
        driving_potential=state.excess,
        concentration_share=found.gradient / found.by_part["electrolyte"],
    )


@dataclass(frozen=True, slots=True)
class _Solution:
    """One solve, and the limiting current of its mesh, A/m² of footprint."""

    problem: SaltSystem
    state: SaltState
    current: SaltCurrent
    limit: float


def _solve_on(
    stack: Stack,
    circuit: FloodedCircuit,
    salt: Salt,
    footprint_current: float,
    resolution: Resolution,
    seconds: dict[str, float],
) -> _Solution:
    start = perf_counter()
    film_mesh = mesh_films(stack, resolution)
    mesh = mesh_flooded(film_mesh, circuit.separator)
    size = len(mesh.points_um)
    require_memory(_BYTES_PER_UNKNOWN * size, f"the solve for {size:,} concentrations in the liquid")
    meshed = perf_counter()
    system = assemble_flooded(film_mesh, mesh, circuit)
    problem = salt_system(system, salt)
    assembled = perf_counter()
    sector = 1e6 * stack.cell.footprint * mesh.cells  # 1e-6 A at 1 A/m² of footprint
    limit = solve_salt_limit(problem) / sector
    if not footprint_current < limit:
        raise SolveError(
            f"{_milliamps(footprint_current)} is not below the limiting current {_milliamps(limit)} of "
            f"footprint, at which the salt of '{circuit.liquid}' is exhausted at the films of a "
            f"{stack.cell.kind} cell (the plane of a relief has to carry the current too); use a "
            "smaller current"
        )
    state = solve_salt_current(problem, footprint_current * sector)
    found = measure_salt(problem, state)
    require_balance(found.imbalance, LIQUID_AND_FILMS)
    for name, spent in (
        ("mesh", meshed - start),
        ("assemble", assembled - meshed),
        ("solve", perf_counter() - assembled),
    ):
        seconds[name] += spent
    return _Solution(problem, state, found, limit)


def _milliamps(current: float) -> str:
    return f"{current / MA_PER_CM2:.5g} mA/cm2"
