"""A flooded half-cell at a finite current whose salt moves: the problem that `solve_steady` is given.

At a finite current the salt gathers at the counter electrode and runs short at the films; `salt_system` finds
its concentration.  Charge transfer is linear in the overpotential, and the liquid's constants are those at
the mean concentration.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from tfgeom.errors import SolveError
from tfgeom.transport.flooded import FloodedCircuit
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.transport.liquid.fields import LiquidFields, SaltFields
from tfgeom.transport.liquid.problem import InLiquid, Meshes, least_resistance
from tfgeom.transport.liquid.salt import LIMITING_CURRENT, Salt
from tfgeom.transport.liquid.salt_current import least_on_films, measure_salt, most_at_counter
from tfgeom.transport.liquid.salt_system import (
    SaltState,
    SaltSystem,
    salt_system,
    solve_salt_current,
    solve_salt_limit,
)
from tfgeom.transport.liquid.system import assemble_flooded
from tfgeom.transport.steady import Bounds, Measured
from tfgeom.units import MA_PER_CM2


@dataclass(frozen=True, slots=True)
class SaltProblem(InLiquid):
    """A discharge at steady state, its conductivity the liquid's own; made by `salt_problem`.

    Attributes
    ----------
    salt
        The liquid's salt.
    footprint_current
        A/m², above 0: lithium goes into the film.
    """

    salt: Salt
    footprint_current: float
    unknowns: ClassVar[str] = "concentrations"

    def assemble(self, mesh: Meshes) -> SaltSystem:
        """Return the system of the salt."""
        return salt_system(assemble_flooded(*mesh, self.circuit, self.integrate), self.salt)

    def solve(self, system: SaltSystem) -> tuple[SaltState, float]:
        """Return the salt's state, and the limiting footprint current of the mesh, A/m².

        Raises
        ------
        SolveError
            When the current is not below the limiting one, or the state is not found.
        """
        sector = 1e6 * self.relief.footprint * system.mesh.unit_cells  # 1e-6 A at 1 A/m² of footprint
        limit = solve_salt_limit(system) / sector
        if not self.footprint_current < limit:
            raise SolveError(
                f"{_milliamps(self.footprint_current)} is not below the limiting current "
                f"{_milliamps(limit)} of footprint, at which the salt of '{self.circuit.liquid}' is "
                f"exhausted at the films of a {self.relief.kind} cell (the plane of a relief has to carry "
                "the current too); use a smaller current"
            )
        return solve_salt_current(system, self.footprint_current * sector), limit

    def measure(self, system: SaltSystem, solution: tuple[SaltState, float]) -> Measured:
        """Return what the state means."""
        state, limit = solution
        found, salt, circuit = measure_salt(system, state), self.salt, self.circuit
        fields = LiquidFields(
            circuit=circuit,
            film_mesh=system.system.film_mesh,
            mesh=system.mesh,
            potential=state.excess + salt.logarithmic_voltage * state.logarithm + state.wall_offset,
            driving_potential=state.excess,
            per_current=1 / self.footprint_current,
            face_density={circuit.electrode: found.density},
            salt=SaltFields(
                salt.concentration * np.exp(state.logarithm),
                least_on_films(system, state),
                most_at_counter(system, state),
            ),
        )
        return self.measured(found, fields, state, {LIMITING_CURRENT: limit})

    def bounds(self, system: SaltSystem) -> Bounds:
        """Return the lower bound of the resistance: a liquid without loss in the gaps or across them."""
        return Bounds(least_resistance(system.system))


def salt_problem(
    circuit: FloodedCircuit, footprint_current: float, integrate: Kernel = hex_stiffness
) -> SaltProblem:
    """Return the problem of a flooded half-cell that discharges at steady state.

    Parameters
    ----------
    circuit
        What conducts, with electrolyte model ``salt``.
    footprint_current
        A/m², above 0: lithium goes into the film.
    integrate
        Who integrates over the hexahedra.

    Raises
    ------
    ValueError
        For a circuit without a salt, or a current that is not above 0.
    """
    salt = circuit.salt
    if salt is None or not footprint_current > 0:
        raise ValueError("a salt problem needs a circuit with a salt and a current above 0")
    # the effective conductivity is that of a small current; here the gradient counts by itself
    own = replace(circuit, conductivity=salt.conductivity)
    return SaltProblem(own, salt, footprint_current, integrate=integrate)


def _milliamps(current: float) -> str:
    return f"{current / MA_PER_CM2:.5g} mA/cm2"
