"""Volume meshes as files for other programs: gmsh's MSH with named groups, and VTU.  Coordinates are um."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError
from tfgeom.marks import add_mark
from tfgeom.meshing.file_names import distinct_names, one_line
from tfgeom.output import replacing

ELEMENT_CORNERS = {"hexahedron": 8, "wedge": 6, "pyramid": 5, "tetra": 4}
"""Corners of each kind of element, by meshio's names."""
FACE_CORNERS = {"quad": 4, "triangle": 3}
"""Corners of each kind of face, by meshio's names."""


@dataclass(frozen=True, slots=True, eq=False)
class ElementGrid:
    """Elements of several regions on shared points.  The arrays are read-only.

    Attributes
    ----------
    points_um
        Nodes, um, shape (n, 3).
    elements
        Corners by kind (`ELEMENT_CORNERS`), shape (n_elements, n_corners), in gmsh's order: the first face
        (quad of a hexahedron or pyramid, triangle of a wedge or tetrahedron) turns counter-clockwise seen
        from the corners that follow.  A corner may repeat: a hexahedron collapsed at a sharp edge.
    region
        Index into ``regions`` of each element, by kind, shape (n_elements,).
    regions
        Names of the regions: films, substrate, liquid.
    materials
        Name of the material of each region.
    surfaces
        Named sets of faces, for example ``cathode|electrolyte``, again by kind (`FACE_CORNERS`).

    Raises
    ------
    MeshError
        If the arrays do not fit each other, or the elements of a kind are turned inside out.
    """

    points_um: NDArray[np.float64]
    elements: Mapping[str, NDArray[np.int64]]
    region: Mapping[str, NDArray[np.int64]]
    regions: tuple[str, ...]
    materials: tuple[str, ...]
    surfaces: Mapping[str, Mapping[str, NDArray[np.int64]]]

    def __post_init__(self) -> None:
        points = np.asarray(self.points_um, dtype=np.float64).view()
        points.setflags(write=False)
        if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
            raise MeshError(f"points have shape {points.shape}; finite ones of shape (n, 3) are needed")
        if len(self.materials) != len(self.regions):
            raise MeshError(
                f"{len(self.regions)} regions have {len(self.materials)} materials; give each one"
            )
        elements = _corners("cells", self.elements, ELEMENT_CORNERS, len(points))
        if not any(len(corners) for corners in elements.values()):
            raise MeshError("there is no cell to write")
        region = {kind: _indices(self.region.get(kind, ())) for kind in elements}
        for kind, indices in region.items():
            if indices.shape != (len(elements[kind]),):
                raise MeshError(
                    f"{len(elements[kind])} cells of kind {kind} have regions of shape {indices.shape}"
                )
            if indices.size and not 0 <= indices.min() <= indices.max() < len(self.regions):
                raise MeshError(
                    f"cells of kind {kind} name regions {indices.min()} to {indices.max()}; "
                    f"0 to {len(self.regions) - 1} exist"
                )
        for kind, corners in elements.items():
            if _turn(points, kind, corners) < 0:
                raise MeshError(
                    f"cells of kind {kind} are turned inside out; mirror the order of their corners"
                )
        surfaces = {
            name: _corners(f"surface '{name}'", faces, FACE_CORNERS, len(points))
            for name, faces in self.surfaces.items()
        }
        for field, value in (
            ("points_um", points),
            ("elements", elements),
            ("region", region),
            ("surfaces", surfaces),
        ):
            object.__setattr__(self, field, value)

    @property
    def material_names(self) -> tuple[str, ...]:
        """Each material once, in the order of the regions; the cell data ``material`` points into it."""
        return tuple(dict.fromkeys(self.materials))


def write_msh(grid: ElementGrid, path: str | Path) -> None:
    """Write a grid as gmsh MSH 2.2, binary, regions and surfaces as named physical groups.

    Version 4.1 ties groups to the entities that nodes lie on, which meshio can only write for groups that own
    a node; 2.2 tags each cell.

    Parameters
    ----------
    grid
        Volume group ``i + 1`` is region ``i``; surface groups count from 1 in the order of ``surfaces``.
        Names that gmsh cannot hold are changed (quotes, line ends), and made distinct.
    path
        File to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    import meshio

    names = distinct_names((*grid.regions, *grid.surfaces), _group_name)
    n_regions = len(grid.regions)
    tags = [(index + 1, 3) for index in range(n_regions)]
    tags += [(index + 1, 2) for index in range(len(grid.surfaces))]
    given = {kind: corners for kind, corners in grid.elements.items() if len(corners)}
    blocks = [(kind, corners, grid.region[kind] + 1) for kind, corners in given.items()]
    for kind in FACE_CORNERS:  # one block a kind: many small ones load slowly
        faces = [by_kind.get(kind, _NO_FACES[kind]) for by_kind in grid.surfaces.values()]
        group = np.repeat(np.arange(1, len(faces) + 1), [len(corners) for corners in faces])
        if len(group):
            blocks.append((kind, np.concatenate(faces), group))
    groups = [group.astype(np.int32) for _, _, group in blocks]
    mesh = meshio.Mesh(
        grid.points_um,
        [(kind, corners) for kind, corners, _ in blocks],
        cell_data={"gmsh:physical": groups, "gmsh:geometrical": groups},
        field_data={name: np.array(tag) for name, tag in zip(names, tags, strict=True)},
    )
    with replacing(path) as temporary:
        mesh.write(temporary, file_format="gmsh22", binary=True)
        add_mark(temporary, ".msh")


def write_vtu(
    grid: ElementGrid,
    path: str | Path,
    point_data: Mapping[str, NDArray[np.float64]] | None = None,
    cell_data: Mapping[str, Mapping[str, NDArray[np.float64]]] | None = None,
) -> None:
    """Write a grid as VTU with the cell data ``film`` and ``material``.

    Parameters
    ----------
    grid
        ``film`` is the index into its ``regions``, ``material`` that into its ``material_names``.
    path
        File to write.
    point_data
        Arrays by name, one row a point.
    cell_data
        Further arrays by name, each by kind of cell, one row a cell.

    Raises
    ------
    MeshError
        If an array of the point data has not one row a point.
    OutputError
        When the file cannot be written.
    """
    import meshio

    for name, values in (point_data or {}).items():
        if len(values) != len(grid.points_um):
            raise MeshError(f"point data '{name}' has {len(values)} rows for {len(grid.points_um)} points")
    kinds = [kind for kind, corners in grid.elements.items() if len(corners)]
    material = np.array([grid.material_names.index(name) for name in grid.materials], dtype=np.int32)
    # VTK computes positive volumes and outward faces for gmsh's order of a wedge; meshio swaps it on writing
    orders = [_WEDGE_SWAP if kind == "wedge" else slice(None) for kind in kinds]
    mesh = meshio.Mesh(
        grid.points_um,
        [(kind, grid.elements[kind][:, order]) for kind, order in zip(kinds, orders, strict=True)],
        point_data=dict(point_data or {}),
        cell_data={
            "film": [grid.region[kind].astype(np.int32) for kind in kinds],
            "material": [material[grid.region[kind]] for kind in kinds],
        }
        | {name: [by_kind[kind] for kind in kinds] for name, by_kind in (cell_data or {}).items()},
    )
    with replacing(path) as temporary:
        mesh.write(temporary, file_format="vtu")
        add_mark(temporary, ".vtu")


_WEDGE_SWAP = [0, 2, 1, 3, 5, 4]
_NO_FACES = {kind: np.empty((0, n), dtype=np.int64) for kind, n in FACE_CORNERS.items()}


def _group_name(name: str) -> str:
    """Return a name that may stand between double quotes; gmsh reads at most 255 characters of one."""
    return one_line(name).replace('"', "'").replace("\\", "/")[:200]


def _turn(points: NDArray[np.float64], kind: str, corners: NDArray[np.int64]) -> float:
    """Return the sum over elements: area vector of the first face times way to the other corners, um³."""
    n_first = 4 if kind in ("hexahedron", "pyramid") else 3
    first, rest = points[corners[:, :n_first]], points[corners[:, n_first:]]
    # diagonals of a quad; edges of a triangle, whose fourth corner is its first again
    area = np.cross(first[:, 2] - first[:, 0], first[:, 3 % n_first] - first[:, 1])
    return float(np.einsum("ij,ij->", area, rest.mean(axis=1) - first.mean(axis=1)))


def _indices(values: object) -> NDArray[np.int64]:
    indices = np.asarray(values, dtype=np.int64).view()
    indices.setflags(write=False)
    return indices


def _corners(
    what: str, by_kind: Mapping[str, NDArray[np.int64]], known: Mapping[str, int], n_points: int
) -> dict[str, NDArray[np.int64]]:
    """Return the corners by kind as read-only arrays that name existing points."""
    found = {kind: _indices(corners) for kind, corners in by_kind.items()}
    for kind, corners in found.items():
        if kind not in known:
            raise MeshError(f"{what}: kind '{kind}' is unknown; use {', '.join(known)}")
        if corners.ndim != 2 or corners.shape[1] != known[kind]:
            raise MeshError(f"{what}: {kind} has shape {corners.shape}; (n, {known[kind]}) is needed")
        if corners.size and not 0 <= corners.min() <= corners.max() < n_points:
            raise MeshError(
                f"{what}: {kind} names points {corners.min()} to {corners.max()}; 0 to {n_points - 1} exist"
            )
    return found
