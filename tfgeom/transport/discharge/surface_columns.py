"""Columns over the surface nodes of a film mesh, joined along the collectors: where contacts count.

Each node of the surface grid is a column.  Its areas are lumped nodal areas of three levels of each film,
true areas of the facets' patches, so that columns hold what the films do: flat, wall, rim and corner nodes
alike.  What conducts electrons on one side of the electrolyte, collector and electrode together, is a sheet
from node to node up to the contact; across an electrode that carries current along itself the potential does
not vary.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.surface_grid import SurfaceGrid
from tfgeom.transport.circuit import FilmCircuit, FilmConductor
from tfgeom.transport.contacts import Contacts, contact_nodes
from tfgeom.transport.discharge.columns import CutCircuit, CutFilm
from tfgeom.transport.discharge.film_cell import Sheet
from tfgeom.transport.films.links import surface_pattern
from tfgeom.transport.films.problem import film_problem
from tfgeom.transport.losses import COLLECTORS
from tfgeom.transport.surface_element import gauss_areas, nodal_areas, surface_stiffness
from tfgeom.units import UM

if TYPE_CHECKING:
    from scipy import sparse

_ELECTRONS = (*COLLECTORS, "cathode", "anode")
# Along the surface potentials change over many thicknesses: no foot is resolved, and cells grow slowly up the
# wall.  Within 0.5 % of finite elements where the collectors lose four fifths.
COLUMNS = Resolution(1, first_cell=8.0, growth=1.3)
"""Of the surface grid whose nodes are the columns."""

Floats = NDArray[np.float64]


def cut_between_contacts(
    circuit: FilmCircuit, contacts: Contacts, resolution: Resolution = COLUMNS
) -> tuple[CutCircuit, tuple[Sheet, ...]]:
    """Return a circuit cut into columns over its surface, and the collectors that join them.

    Parameters
    ----------
    circuit
        What conducts, on its relief.
    contacts
        Where the collectors are contacted.
    resolution
        Of the surface grid.

    Returns
    -------
    tuple
        The columns, and a sheet for each side that is not at one potential throughout: none for a collector
        whose conductivity is not known, or a relief without a border to contact.

    Raises
    ------
    DesignError
        For a contact that the relief does not have.
    MaterialError
        When nothing that is known to conduct leads along the relief to a contact.
    UnsupportedError, MeshError
        When the films cannot be meshed.
    """
    places = film_problem(circuit, contacts).contacts
    stack = Stack(circuit.cell, tuple(one.film for one in circuit.films))
    mesh = mesh_films(stack, resolution)
    assert mesh.grid is not None  # a sector was meshed
    # of the sector, in um, per m² of footprint
    whole = circuit.cell.footprint * mesh.unit_cells
    cut = tuple(_cut(mesh.grid, one, circuit.cell.deepest, whole) for one in circuit.films)
    sheets = []
    for side, (part, place) in enumerate(zip(COLLECTORS, places.places, strict=True)):
        nodes = contact_nodes(mesh, place)
        if nodes is not None:
            stiffness = _sheet(mesh.grid, _carriers(circuit, side), circuit.cell.deepest, whole)
            sheets.append(Sheet(part, stiffness, nodes))
    return CutCircuit(circuit, cut), tuple(sheets)


def _cut(grid: SurfaceGrid, one: FilmConductor, deepest: float, whole: float) -> CutFilm:
    film = one.film
    levels = (film.inner, film.inner.towards(film.outer, 0.5, deepest), film.outer)
    placed = [grid.place(level) for level in levels]
    true = [grid.true_areas(level, points) for level, points in zip(levels, placed, strict=True)]
    inner, middle, outer = (
        _lumped(grid, points, areas) * UM**2 / whole for points, areas in zip(placed, true, strict=True)
    )
    if film.inner.is_uniform and film.outer.is_uniform:
        thickness = np.full(grid.n_nodes, film.layer.thickness)
    else:
        # a quad's thickness counts to a node by the area that it has there
        of_quad = grid.thicknesses(film.inner, film.outer) * UM
        held = _lumped(grid, placed[1], true[1] * of_quad)
        thickness = held / _lumped(grid, placed[1], true[1])
    return CutFilm.through(thickness, inner, middle, outer)


def _lumped(grid: SurfaceGrid, points: Floats, areas: Floats) -> Floats:
    """Return what nodes have of the areas of their quads, shape (n_nodes,)."""
    facets = gauss_areas(points, grid.quads).sum(axis=0)
    share = np.divide(areas, facets, out=np.zeros_like(areas), where=facets > 0)
    return nodal_areas(points, grid.quads, share)


def _carriers(circuit: FilmCircuit, side: int) -> tuple[FilmConductor, ...]:
    """Return what is known to carry electrons along the relief on one side, 0 inner, 1 outer."""
    at = [index for index, one in enumerate(circuit.films) if one.film.layer.role == "electrolyte"]
    films = circuit.films[: at[0]] if side == 0 else circuit.films[at[-1] + 1 :]
    return tuple(one for one in films if one.part in _ELECTRONS and not one.is_ideal)


def _sheet(
    grid: SurfaceGrid, carriers: Sequence[FilmConductor], deepest: float, whole: float
) -> "sparse.csr_matrix":
    """Return the conductance along films as a sheet in the middle of the one that conducts best.

    There no facet of a rim or of a vertical edge is without area, as it may be on the bare surface.
    """
    from scipy import sparse

    best = max(carriers, key=lambda one: one.along).film
    points = grid.place(best.inner.towards(best.outer, 0.5, deepest))
    along = sum(
        (one.conductivity * UM * grid.thicknesses(one.film.inner, one.film.outer) for one in carriers),
        np.zeros(len(grid.quads)),
    )
    pattern = surface_pattern(grid.quads, grid.n_nodes)
    values = pattern.gather(surface_stiffness(points, grid.quads, along)) / whole
    return sparse.csr_matrix((values, pattern.columns, pattern.starts), (grid.n_nodes, grid.n_nodes))
