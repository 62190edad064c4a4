"""What a solve of the liquid shows: potential, current density, salt, and what enters the films."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.meshing.flooded_mesh import FloodedMesh
from tfgeom.meshing.legend import LIQUID
from tfgeom.transport.current import current_density
from tfgeom.transport.flooded import FloodedCircuit
from tfgeom.transport.liquid.salt_current import Concentration

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SaltFields:
    """The salt at a finite current.

    Attributes
    ----------
    concentration
        At the liquid's nodes, mol/m³, (n_nodes,).
    lowest, highest
        Where there is least and most of it.
    """

    concentration: Floats
    lowest: Concentration
    highest: Concentration


@dataclass(frozen=True, slots=True)
class LiquidFields:
    """Fields of one solve: at 1 V between the terminals, or at a finite current.

    Attributes
    ----------
    circuit
        What conducts; its conductivity is the one that the current density goes with.
    film_mesh, mesh
        The films of one sector, and the liquid above them.
    potential
        Of the liquid at its nodes, V, 0 at the collector, (n_nodes,); at a finite current against lithium in
        the liquid.
    driving_potential
        Minus its gradient times the conductivity is the current density, V, (n_nodes,): of an ohmic liquid
        the potential itself, else its part that is linear in the concentration.
    per_current
        What potentials are multiplied by to be those at 1 A/m² of footprint.
    face_density
        For the film's electrode: current density into the films at the nodes of their outer level at 1 A/m²
        of footprint, A/m², (n_surface,).
    salt
        None of an ohmic liquid, and at small signal.
    """

    circuit: FloodedCircuit
    film_mesh: FilmMesh
    mesh: FloodedMesh
    potential: Floats
    driving_potential: Floats
    per_current: float
    face_density: dict[str, Floats]
    salt: SaltFields | None = None

    def interface_level(self, electrode: str) -> int:
        """Return the level of the films' mesh that meets the liquid."""
        return len(self.film_mesh.points_um) - 1

    @property
    def points_um(self) -> Floats:
        """Nodes of the liquid, um, shape (n_nodes, 3)."""
        return self.mesh.points_um

    @property
    def hexes(self) -> NDArray[np.int64]:
        """Corners of its hexahedra, shape (n, 8)."""
        return self.mesh.hexes

    @property
    def regions(self) -> tuple[str, ...]:
        """Name of the liquid, the only region."""
        return (LIQUID,)

    @property
    def region_of_hex(self) -> NDArray[np.int64]:
        """Region of each hexahedron, shape (n,)."""
        return np.zeros(len(self.hexes), dtype=np.int64)

    @property
    def conductivity(self) -> Floats:
        """Conductivity of each hexahedron, S/m, shape (n,)."""
        return np.broadcast_to(self.circuit.conductivity, len(self.hexes))

    @property
    def current_density(self) -> Floats:
        """Current density at the middle of each hexahedron, A/m², shape (n, 3)."""
        hexes = self.hexes
        return current_density(self.points_um[hexes], self.driving_potential[hexes], self.conductivity)

    @property
    def film_potentials(self) -> dict[str, Floats]:
        """Empty: the film's resistance counts straight through it, its potential is not solved for."""
        return {}

    @property
    def film_densities(self) -> dict[str, Floats]:
        """Current density into the electrode film, at both faces alike, A/m², shape (2, n_surface)."""
        ((_, density),) = self.face_density.items()
        return {self.film_mesh.films[-1].layer.name: np.tile(density, (2, 1))}
