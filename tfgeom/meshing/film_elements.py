"""Film meshes, and what fills the space above them, as elements for other programs.

Hexahedra collapsed at a sharp edge become the wedges, pyramids and tetrahedra that they are.
"""

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError
from tfgeom.meshing.element_files import ElementGrid
from tfgeom.meshing.file_names import distinct_names
from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.meshing.flooded_mesh import FloodedMesh
from tfgeom.meshing.legend import Legend

Ids = NDArray[np.int64]


def film_elements(
    mesh: FilmMesh, legend: Legend, space: FloodedMesh | None = None, *, collapsed: bool = False
) -> ElementGrid:
    """Return the elements of a film mesh, regions numbered as in the legend.

    The faces between regions are named after both (``cathode|electrolyte``), the first and the last one
    ``substrate|NAME`` and ``NAME|outside``.

    Parameters
    ----------
    mesh
        Films of a sector, or of a tile: the first ones of the legend.
    legend
        Names and numbers of the films, and of the space.
    space
        What lies above them, for a sector: the region after the last film.
    collapsed
        Whether to keep hexahedra that are collapsed at a sharp edge: one kind of element, some with corners
        in one place, for programs that read no other.
    """
    n_surface = mesh.points_um.shape[1]
    nodes = np.arange(mesh.n_nodes)
    nodes[:n_surface] = mesh.standing
    corners = nodes[mesh.hexes]
    region = mesh.film_of_hex + 1
    points = mesh.points_um.reshape(-1, 3)
    names = [legend.of(number).name for number in range(1, len(mesh.films) + 1)]
    number_of_space = len(names) + 1
    above = "outside" if space is None else legend.of(number_of_space).name
    surfaces = _interfaces(mesh, nodes, names, above)
    if space is not None:
        if mesh.grid is None:
            raise MeshError("the space above the films is meshed for one sector")
        numbers = np.arange(len(space.points_um)) + mesh.n_nodes - n_surface
        corners = np.concatenate((corners, numbers[space.hexes]))
        region = np.concatenate((region, np.full(len(space.hexes), number_of_space)))
        points = np.concatenate((points, space.points_um[n_surface:]))
        surfaces[f"{above}|outside"] = numbers[space.plane_quads]
    elements, regions = {"hexahedron": corners}, {"hexahedron": region}
    if not collapsed:
        elements, regions = _sorted(corners, region)
    kept = np.zeros(len(points), dtype=bool)
    for kind in elements.values():
        kept[kind] = True
    number = np.cumsum(kept) - 1
    return ElementGrid(
        points[kept],
        {kind: number[found] for kind, found in elements.items()},
        regions,
        legend,
        {name: _faces(number[quads]) for name, quads in surfaces.items()},
    )


def _interfaces(mesh: FilmMesh, nodes: Ids, names: list[str], above: str) -> dict[str, Ids]:
    n_surface = mesh.points_um.shape[1]
    bounds = ["substrate", *names, above]
    # names may hold the bar that joins them
    joined = distinct_names((f"{inner}|{outer}" for inner, outer in itertools.pairwise(bounds)), str)
    levels = [mesh.faces(0)[0], *(mesh.faces(film)[1] for film in range(len(names)))]
    return {name: nodes[mesh.quads + level * n_surface] for name, level in zip(joined, levels, strict=True)}


def _faces(quads: Ids) -> dict[str, Ids]:
    """Return quads, and those with two corners in one place as triangles; lines are left out."""
    same = quads == np.roll(quads, -1, axis=1)
    count = same.sum(axis=1)
    found = {"quad": quads[count == 0]}
    single = np.flatnonzero(count == 1)
    at = np.argmax(same[single], axis=1)
    order = (at[:, None] + np.array([1, 2, 3])) % 4
    triangles = np.take_along_axis(quads[single], order, axis=1)
    a, b, c = triangles.T
    found["triangle"] = triangles[(a != b) & (b != c) & (c != a)]
    return {kind: faces for kind, faces in found.items() if len(faces)}


def _sorted(corners: Ids, region: Ids) -> tuple[dict[str, Ids], dict[str, Ids]]:
    """Return the elements by kind, and their regions."""
    elements: dict[str, list[Ids]] = {}
    regions: dict[str, list[Ids]] = {}

    def add(kind: str, found: Ids, of: Ids) -> None:
        if len(found):
            elements.setdefault(kind, []).append(found)
            regions.setdefault(kind, []).append(of)

    same = _same_edges(corners)
    collapsed = same.any(axis=1)
    add("hexahedron", corners[~collapsed], region[~collapsed])
    left, of = corners[collapsed], region[collapsed]
    for _ in range(4):
        left, of = _take_shapes(left, of, add)
        left = left[:, [1, 2, 3, 0, 5, 6, 7, 4]]  # the same element seen from its next side
    add("hexahedron", left, of)
    return (
        {kind: np.concatenate(found) for kind, found in elements.items()},
        {kind: np.concatenate(found) for kind, found in regions.items()},
    )


_SHAPES: tuple[tuple[str, tuple[bool, ...], tuple[int, ...]], ...] = (
    # lower edges 01, 12, 23, 30 and the upper ones that are points, and the corners of what is left
    ("tetra", (True, True, True, True, True, False, False, False), (4, 7, 6, 0)),
    ("pyramid", (True, True, True, True, False, False, False, False), (4, 7, 6, 5, 0)),
    ("wedge", (True, False, True, False, False, False, False, False), (0, 4, 5, 3, 7, 6)),
    ("wedge", (True, False, False, False, True, False, False, False), (0, 2, 3, 4, 6, 7)),
)


def _take_shapes(corners: Ids, region: Ids, add: Callable[[str, Ids, Ids], None]) -> tuple[Ids, Ids]:
    """Hand over the elements of a known shape, seen from this side; return the others."""
    for kind, pattern, kept in _SHAPES:
        fits = (_same_edges(corners) == np.array(pattern)).all(axis=1)
        add(kind, corners[fits][:, kept], region[fits])
        corners, region = corners[~fits], region[~fits]
    return corners, region


def _same_edges(corners: Ids) -> NDArray[np.bool_]:
    """Return which of the lower and upper edges are points, shape (n, 8)."""
    lower, upper = corners[:, :4], corners[:, 4:]
    edges = [face == np.roll(face, -1, axis=1) for face in (lower, upper)]
    return np.concatenate(edges, axis=1)
