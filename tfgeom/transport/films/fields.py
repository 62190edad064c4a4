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
    def regions(self) -> tuple[str, ...]:
        """Name of each film, from the inner terminal."""
        return tuple(conductor.film.layer.name for conductor in self.core.conductors)

    @property
    def region_of_hex(self) -> NDArray[np.int64]:
        """Film that each hexahedron belongs to, counted from the inner terminal."""
        return np.repeat(np.array(self.sheets.films), len(self.film_mesh.quads))

    @property
    def conductivity(self) -> Floats:
        """Conductivity of each hexahedron, S/m, shape (n,)."""
        return np.array([film.conductivity for film in self.core.conductors])[self.region_of_hex]

    @property
    def driving_potential(self) -> Floats:
        """Minus its gradient times the conductivity is the current density, V, at the nodes, shape (n,)."""
        return self.potential.ravel()

    @property
    def current_density(self) -> Floats:
        """Current density at the middle of each hexahedron, A/m², shape (n, 3)."""
        hexes = self.hexes
        return current_density(self.points_um[hexes], self.driving_potential[hexes], self.conductivity)

    @property
    def film_potentials(self) -> dict[str, Floats]:
        """Potential at the nodes of each film by name, V, shape (levels of the film, n_surface)."""
        faces = zip(self.regions, self.sheets.faces, strict=True)
        return {name: self.potential[inner : outer + 1] for name, (inner, outer) in faces}

    @property
    def film_densities(self) -> dict[str, Floats]:
        """Magnitude of the current density at the same nodes, at 1 A/m² of footprint, A/m².

        That at the middle of the elements, averaged over those around a node.
        """
        density = np.linalg.norm(self.current_density, axis=1) * self.per_current
        layers = density.reshape(len(self.sheets.layers), -1)
        found = {}
        for film, name in enumerate(self.regions):
            of_film = [k for k, index in enumerate(self.sheets.films) if index == film]
            flow = np.stack([self._at_nodes(self.sheets.layers[k][1], layers[k]) for k in of_film])
            found[name] = np.concatenate((flow[:1], (flow[1:] + flow[:-1]) / 2, flow[-1:]))
        return found

    def _at_nodes(self, sheet: int, values: Floats) -> Floats:
        """Return values of quads, (n_quads,), as means over those around each node, by area, (n_surface,)."""
        mesh = self.film_mesh
        weights, corners = np.repeat(mesh.areas_um2(self.sheets.levels[sheet]), 4), mesh.quads.ravel()
        count = mesh.points_um.shape[1]
        around = np.bincount(corners, weights, count)
        return np.asarray(np.bincount(corners, weights * np.repeat(values, 4), count) / around)
