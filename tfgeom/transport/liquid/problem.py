"""Steady current through the liquid of a flooded half-cell: the problem that `solve_steady` is given.

Liquid fills the voids of the coated relief and a head space up to a flat counter electrode; what the wire
model of `tfgeom.transport.flooded` leaves out, the spreading of the current across the voids and at their
mouths, is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.geometry.plan import Loop
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import FilmMesh, facet_normals, mesh_films
from tfgeom.meshing.flooded_mesh import FloodedMesh, mesh_flooded
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.flooded import FloodedCircuit, flooded_obstacle, flooded_resistance
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.transport.liquid.fields import LiquidFields
from tfgeom.transport.liquid.multigrid import solve_liquid
from tfgeom.transport.liquid.salt_system import SaltState
from tfgeom.transport.liquid.system import FloodedSystem, assemble_flooded
from tfgeom.transport.liquid.wall_current import WallCurrent, measure_flooded
from tfgeom.transport.losses import Losses
from tfgeom.transport.spread import current_spread
from tfgeom.transport.steady import Bounds, Measured

_BYTES_PER_UNKNOWN = 2000  # resident memory above the meshes rose by up to 1760 B (9e4 to 5e5 unknowns)
_WIRE_SLICES = 5e-3  # by which the wire's slices, and its mouth below the rim, may miss the resistance

Floats = NDArray[np.float64]
Meshes = tuple[FilmMesh, FloodedMesh]
"""The films of one sector, and the liquid above them."""


@dataclass(frozen=True, slots=True)
class LiquidSolution:
    """Potential at 1 V between the terminals, (n_nodes,), with the unknowns and iterations it took."""

    potential: Floats
    unknowns: int
    iterations: int
    steps: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class InLiquid:
    """What the problems of an ohmic liquid and of its salt share.

    Attributes
    ----------
    circuit
        What conducts, on its relief.
    integrate
        Who integrates over the hexahedra.
    unknowns
        The word for what is solved for.
    """

    circuit: FloodedCircuit
    integrate: Kernel = field(default=hex_stiffness, kw_only=True)
    unknowns: ClassVar[str]

    @property
    def relief(self) -> Cell:
        """The unit cell."""
        return self.circuit.stack.cell

    @property
    def conductors(self) -> str:
        """Whose constants keep the currents apart when they do not balance."""
        return "the resistances of liquid, films and charge transfer"

    @property
    def usual(self) -> Resolution:
        """The resolution that is fine enough for most."""
        return Resolution()

    def mesh(self, resolution: Resolution) -> Meshes:
        """Return the meshes of films and liquid.

        Raises
        ------
        MeshError
            When they do not fit the relief, or the solve does not fit the memory that is free.
        """
        film_mesh = mesh_films(self.circuit.stack, resolution)
        mesh = mesh_flooded(film_mesh, self.circuit.separator)
        size = len(mesh.points_um)
        require_memory(_BYTES_PER_UNKNOWN * size, f"the solve for {size:,} {self.unknowns} in the liquid")
        return film_mesh, mesh

    def measured(
        self,
        found: WallCurrent,
        fields: LiquidFields,
        solution: LiquidSolution | SaltState,
        others: Mapping[str, float] | None = None,
    ) -> Measured:
        """Return what currents, fields and the effort of a solution come to."""
        spread = {
            electrode: current_spread(fields.film_mesh, fields.interface_level(electrode), density)
            for electrode, density in fields.face_density.items()
        }
        return Measured(
            losses=found.losses,
            spread=spread,
            reaction_imbalance=found.imbalance,
            flux_mismatch=found.mismatch,
            unknowns=solution.unknowns,
            n_nodes=len(fields.mesh.points_um),
            n_cells=len(fields.mesh.hexes),
            iterations=solution.iterations,
            newton_steps=solution.steps,
            fields=fields,
            others=others or {},
            columns_error=self._columns_error(found.losses, max(one.peak_to_mean for one in spread.values())),
        )

    def _columns_error(self, losses: Losses, peak_to_mean: float) -> float:
        """Return how much of the resistance films as columns may miss at feet, rims and vertical edges.

        An edge concerns a strip as wide as the films are thick, which carries up to the peak of the current.
        Of trenches solved together with their films this share of the films' loss is 1.05 to 10 times the
        error.
        """
        relief, films = self.relief, self.circuit.films.films
        loops = [loop for loop in relief.plan.elements if isinstance(loop, Loop)]
        edges = relief.plan.perimeter + relief.height * sum(loop.sides for loop in loops)
        thickness = sum(film.film.layer.thickness for film in films if not film.is_ideal)
        strips = edges * thickness / relief.area(self.circuit.stack.top)
        share = float(losses.where(mechanism="film", place="wall").total) / float(losses.total)
        return strips * peak_to_mean * share


@dataclass(frozen=True, slots=True)
class LiquidProblem(InLiquid):
    """A liquid at small signal: ohmic, or with the effective conductivity of one whose salt moves."""

    unknowns: ClassVar[str] = "potentials"

    def assemble(self, mesh: Meshes) -> FloodedSystem:
        """Return the conductance matrices."""
        return assemble_flooded(*mesh, self.circuit, self.integrate)

    def solve(self, system: FloodedSystem) -> LiquidSolution:
        """Return the potential at 1 V between the terminals."""
        return solve_potential(system)

    def measure(self, system: FloodedSystem, solution: LiquidSolution) -> Measured:
        """Return what the potential means."""
        found = measure_flooded(system, solution.potential)
        fields = LiquidFields(
            circuit=self.circuit,
            film_mesh=system.film_mesh,
            mesh=system.mesh,
            potential=solution.potential,
            driving_potential=solution.potential,
            per_current=float(found.losses.total),
            face_density={self.circuit.electrode: found.density},
        )
        return self.measured(found, fields, solution)

    def bounds(self, system: FloodedSystem) -> Bounds:
        """Return what the resistance lies between.

        A liquid that conducts without loss in the gaps, or across them (the wire model), makes less
        resistance; one in which all current runs straight down makes more.
        """
        upper = 1e6 * _most_resistance(system) * self.relief.footprint * system.mesh.unit_cells
        return Bounds(least_resistance(system), upper)


def solve_potential(system: FloodedSystem) -> LiquidSolution:
    """Return the potential at 1 V between the terminals.

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
    return LiquidSolution(potential, len(kept), solved.iterations)


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


def least_resistance(system: FloodedSystem) -> float:
    """Return a lower bound of the resistance, ohm m²: a liquid without loss in the gaps or across them."""
    circuit, walls = system.circuit, system.wall_resistance
    relief = circuit.stack.cell
    lower = circuit.separator / circuit.conductivity + circuit.counter_transfer
    if walls.any():
        lower += relief.footprint * system.mesh.unit_cells / float(np.sum(1 / walls))
    if flooded_obstacle(relief) is None:
        lower = max(lower, (1 - _WIRE_SLICES) * float(flooded_resistance(circuit).total))
    return lower
