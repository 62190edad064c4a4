"""The conductance matrix of the films on their mesh.

Volumes are trilinear hexahedra, interfaces and collectors bilinear quads.  Three factors remove what a
faceted mesh with few layers gets wrong, so that in uniform films a state whose levels are equipotentials
carries exactly the current of the closed form, which therefore bounds every such result from below:
interface coefficients times the true area over that of the facet, conductivities times its square (a chord
lies nearer than its arc), and one factor a layer for the area that changes across it.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.transport.films.core import ConductingCore, NodeSheets, node_sheets
from tfgeom.transport.films.links import FilmLinks, surface_pattern
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.transport.surface_element import gauss_areas, pair_integrals, surface_stiffness

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)  # layers are thin
_NODES = (_NODES + 1) / 2
_AT_ONCE = 8192  # quads: what stays in the processor's cache

Floats = NDArray[np.float64]
Terminals = tuple[NDArray[np.int64] | None, NDArray[np.int64] | None]
"""Surface nodes at which the first and the last sheet are held at a potential; None for all of them."""


@dataclass(frozen=True, slots=True)
class ConductionSystem:
    """The assembled problem; conductances in 1e-6 S, lengths in um.

    Attributes
    ----------
    core, mesh, sheets
        Films, their mesh, the sheets of nodes on it.
    links
        The matrix: layers of elements, interfaces at small signal, conduction along collectors.
    sigma
        Conductivity of each hexahedron with its corrections, S/m, shape (n_layers, n_quads).
    face_areas
        True area that each Gauss point of each quad stands for, by junction at which the potential jumps,
        um², shape (4, n_quads).
    terminals
        Where the first and the last sheet are held.
    """

    core: ConductingCore
    mesh: FilmMesh
    sheets: NodeSheets
    links: FilmLinks
    sigma: Floats
    face_areas: dict[int, Floats]
    terminals: Terminals

    @property
    def fixed(self) -> NDArray[np.bool_]:
        """Nodes whose potential is given, (n_sheets, n)."""
        return self.held(0) | self.held(1)

    def held(self, side: int) -> NDArray[np.bool_]:
        """Return the nodes at the potential of the inner (0) or the outer terminal (1), (n_sheets, n).

        At a contact what carries the current there is held over its whole section: a line on a film of
        finite thickness has no resistance for a mesh to converge to.
        """
        found = np.zeros((self.links.n_sheets, self.links.pattern.n), dtype=bool)
        nodes = self.terminals[side]
        found[-side, slice(None) if nodes is None else nodes] = True
        if nodes is not None:
            for film in self.core.along(side):
                first, last = self.sheets.faces[film]
                found[first : last + 1, nodes] = True
        return found

    @property
    def n_nodes(self) -> int:
        """Nodes of all sheets."""
        return self.links.n_sheets * self.links.pattern.n


def assemble_conduction(
    core: ConductingCore,
    mesh: FilmMesh,
    terminals: Terminals = (None, None),
    integrate: Kernel = hex_stiffness,
) -> ConductionSystem:
    """Return the conductance matrix of the films of a core on their mesh.

    Parameters
    ----------
    core
        Films between two terminals.
    mesh
        Mesh of ``core.stack``.
    terminals
        Where current enters and leaves; a side that is not held everywhere conducts along its sheet.
    integrate
        Who integrates over the hexahedra.
    """
    per_film = tuple(int(count) for count in np.bincount(mesh.film_of_layer))
    sheets = node_sheets(per_film, tuple(jump is not None for jump in core.jumps))
    pattern = surface_pattern(mesh.quads, mesh.points_um.shape[1])
    shape = (len(sheets.levels) - 1, len(pattern.columns))
    low, cross, up = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    sigma = np.array(
        [
            core.conductors[film].conductivity * factor * mesh.film_ratio(film) ** 2
            for film, factor in zip(sheets.films, _layer_factors(mesh, core), strict=True)
        ]
    )
    for (below, above), conductivity in zip(sheets.layers, sigma, strict=True):
        blocks = _layer_blocks(
            mesh.points_um[sheets.levels[below]], mesh.points_um[sheets.levels[above]], mesh.quads,
            conductivity, integrate,
        )  # fmt: skip
        low[below], cross[below], up[below] = (pattern.gather(block) for block in blocks)
    face_areas = {}
    for junction, below, _ in sheets.jumps:
        areas = gauss_areas(mesh.points_um[sheets.levels[below]], mesh.quads) * mesh.area_ratio[junction]
        face_areas[junction] = areas
        mass = pattern.gather(pair_integrals(areas)) * (1e-6 / core.jump_resistances[junction])
        low[below], cross[below], up[below] = mass, -mass, mass
    along = {}
    last = len(sheets.levels) - 1
    for side, sheet in enumerate((0, last)):
        if terminals[side] is None:
            continue
        conductance = sheet_conductance(core, mesh, side)
        level = sheets.levels[sheet]
        along[sheet] = pattern.gather(surface_stiffness(mesh.points_um[level], mesh.quads, conductance))
    return ConductionSystem(
        core, mesh, sheets, FilmLinks(pattern, low, cross, up, along), sigma, face_areas, terminals
    )


def _layer_blocks(
    inner: Floats, outer: Floats, quads: NDArray[np.int64], sigma: Floats, integrate: Kernel
) -> tuple[Floats, Floats, Floats]:
    """Return stiffness within the lower and from it to the upper nodes, and within the upper, (4, 4, n)."""
    found = []
    for start in range(0, len(quads), _AT_ONCE):
        some = quads[start : start + _AT_ONCE]
        corners = np.concatenate((inner[some], outer[some]), axis=1)
        found.append(integrate(corners, sigma[start : start + _AT_ONCE]))
    whole = np.concatenate(found, axis=2) if len(found) > 1 else found[0]
    return whole[:4, :4], whole[:4, 4:], whole[4:, 4:]


def sheet_conductance(core: ConductingCore, mesh: FilmMesh, side: int) -> Floats:
    """Return the conductance along the films outside the core on one side, S/m x um, of each quad."""
    assert mesh.grid is not None  # a sector was meshed
    total = np.zeros(len(mesh.quads))
    for conductor in core.sheets[side]:
        film = conductor.film
        total += conductor.conductivity * mesh.grid.thicknesses(film.inner, film.outer)
    return np.asarray(total * mesh.area_ratio[-side])


def _layer_factors(mesh: FilmMesh, core: ConductingCore) -> Floats:
    """Return, per layer, its exact conductance over that of a potential linear in the offset."""
    cell = core.stack.cell
    factors = []
    for start, end in itertools.pairwise(mesh.levels):
        areas = np.array([cell.area(start.towards(end, share, cell.deepest)) for share in _NODES])
        mean, harmonic = np.sum(_WEIGHTS / 2 * areas), 1 / np.sum(_WEIGHTS / 2 / areas)
        factors.append(harmonic / mean)
    return np.array(factors)
