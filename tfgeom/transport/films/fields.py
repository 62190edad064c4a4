"""What a solve of the films shows: potential, current density, and what crosses their interfaces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.transport.current import current_density
from tfgeom.transport.films.core import ConductingCore, NodeSheets

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FilmFields:
    """Fields of one solve, at 1 V between the terminals of the core, or at the drive's voltage.

    Attributes
    ----------
    core
        The films that were solved for.
    film_mesh
        Their mesh.
    sheets
        Which copies of its levels carry unknowns.
    potential
        At the nodes of the sheets, V, shape (n_sheets, n_surface); 0 at the inner terminal.
    voltage
        Potential of the outer terminal, V.
    per_current
        What potentials are multiplied by to be those at 1 A/m² of footprint.
    face_density
        For ``cathode`` and ``anode``: current density at the surface nodes of its interface at 1 A/m² of
        footprint, A/m², shape (n_surface,).
    """

    core: ConductingCore
    film_mesh: FilmMesh
    sheets: NodeSheets
    potential: Floats
    voltage: float
    per_current: float
    face_density: dict[str, Floats]

    @property
    def salt(self) -> None:
        """None: films carry no salt."""

    def interface_level(self, electrode: str) -> int:
        """Return the level of the mesh on which an electrode meets the electrolyte."""
        electrolyte = self.core.electrolyte
        if electrode == self.core.electrodes[0]:
            return self.film_mesh.faces(electrolyte[0])[0]
        return self.film_mesh.faces(electrolyte[-1])[1]

    @property
    def points_um(self) -> Floats:
        """Nodes of all sheets, um, shape (n_sheets n_surface, 3); doubled where the potential jumps."""
        return np.asarray(self.film_mesh.points_um[list(self.sheets.levels)].reshape(-1, 3))

    @property
    def hexes(self) -> NDArray[np.int64]:
        """Corners of all hexahedra, layer by layer, shape (n_layers n_quads, 8)."""
        quads, n_surface = self.film_mesh.quads, self.film_mesh.points_um.shape[1]
        layers = [
            np.hstack((quads + low * n_surface, quads + up * n_surface)) for low, up in self.sheets.layers
        ]
        return np.concatenate(layers)

    @property
    def film_of_hex(self) -> NDArray[np.int64]:
        """Film that each hexahedron belongs to, counted from the inner terminal."""
        return np.repeat(np.array(self.sheets.films), len(self.film_mesh.quads))

    @property
    def current_density(self) -> Floats:
        """Current density at the middle of each hexahedron, A/m², shape (n, 3)."""
        sigma = np.array([conductor.conductivity for conductor in self.core.conductors])
        hexes = self.hexes
        return current_density(self.points_um[hexes], self.potential.ravel()[hexes], sigma[self.film_of_hex])
