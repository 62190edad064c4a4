"""Volume meshes for other programs, and as VTU files with named regions.  Coordinates are um."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError
from tfgeom.marks import add_mark
from tfgeom.meshing.file_names import distinct_names, one_line
from tfgeom.meshing.legend import Legend, Region
from tfgeom.meshing.length_unit import METRES, from_um
from tfgeom.output import replacing

ELEMENT_CORNERS = {"hexahedron": 8, "wedge": 6, "pyramid": 5, "tetra": 4}
"""Corners of each kind of element, by meshio's names."""
ELEMENT_NAMES = {"hexahedron": "hexahedra", "wedge": "wedges", "pyramid": "pyramids", "tetra": "tetrahedra"}
"""What people call several of a kind."""
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
        Number in the ``legend`` of each element, by kind, shape (n_elements,).
    legend
        What the numbers stand for.
    surfaces
        Named sets of faces, for example ``cathode|electrolyte``, again by kind (`FACE_CORNERS`); from the
        substrate outwards.

    Raises
    ------
    MeshError
        If the arrays do not fit each other, or the elements of a kind are turned inside out.
    """

    points_um: NDArray[np.float64]
    elements: Mapping[str, NDArray[np.int64]]
    region: Mapping[str, NDArray[np.int64]]
    legend: Legend
    surfaces: Mapping[str, Mapping[str, NDArray[np.int64]]]

    def __post_init__(self) -> None:
        points = np.asarray(self.points_um, dtype=np.float64).view()
        points.setflags(write=False)
        if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
            raise MeshError(f"points have shape {points.shape}; finite ones of shape (n, 3) are needed")
        elements = _corners("cells", self.elements, ELEMENT_CORNERS, len(points))
        if not any(len(corners) for corners in elements.values()):
            raise MeshError("there is no cell to write")
        numbers = [region.number for region in self.legend.regions]
        region = {kind: _indices(self.region.get(kind, ())) for kind in elements}
        for kind, indices in region.items():
            if indices.shape != (len(elements[kind]),):
                raise MeshError(
                    f"{len(elements[kind])} cells of kind {kind} have regions of shape {indices.shape}"
                )
            unknown = np.setdiff1d(indices, numbers).tolist()
            if unknown:
                raise MeshError(f"cells of kind {kind} name region {unknown[0]}; there are {numbers}")
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
    def regions(self) -> tuple[Region, ...]:
        """The regions that it holds elements of, from the substrate outwards."""
        held = set(np.concatenate(list(self.region.values())).tolist())
        return tuple(region for region in self.legend.regions if region.number in held)

    @property
    def counts(self) -> dict[str, int]:
        """How many elements of each kind there are, by meshio's names."""
        return {kind: len(corners) for kind, corners in self.elements.items() if len(corners)}


def write_vtu(
    grid: ElementGrid,
    path: str | Path,
    point_data: Mapping[str, NDArray[np.float64]] | None = None,
    cell_data: Mapping[str, Mapping[str, NDArray[np.float64]]] | None = None,
    *,
    unit: str = "um",
) -> None:
    """Write a grid as VTU with the cell data ``film`` and ``material``.

    Field data say what the numbers stand for: ``film:NAME`` and ``material:NAME`` each hold the number of
    that name, for all of the legend, and ``length_unit:um`` (or ``nm``, ``mm``, ``m``) the unit of the
    coordinates in metres.  One array of strings would be shorter, but meshio, and with it scikit-fem, refuses
    files that have one.

    Parameters
    ----------
    grid
        ``film`` and ``material`` are numbers of its legend.
    path
        File to write.
    point_data
        Arrays by name, one row a point.
    cell_data
        Further arrays by name, each by kind of cell, one row a cell.
    unit
        Of the coordinates, one of `tfgeom.meshing.length_unit.UNITS`.

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
    numbers = [(region.number, region.material_number) for region in grid.legend.regions]
    material = np.zeros(max(numbers)[0] + 1, dtype=np.int32)
    for number, of_material in numbers:
        material[number] = of_material
    # VTK computes positive volumes and outward faces for gmsh's order of a wedge; meshio swaps it on writing
    orders = [_WEDGE_SWAP if kind == "wedge" else slice(None) for kind in kinds]
    mesh = meshio.Mesh(
        from_um(grid.points_um, unit),
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
        _add_field_data(temporary, grid.legend, unit)
        add_mark(temporary, ".vtu")


def _add_field_data(path: Path, legend: Legend, unit: str) -> None:
    """Add names and unit, which meshio does not write into VTU."""
    arrays = [(f"length_unit:{unit}", "Float64", repr(METRES[unit]))]
    numbers = {
        "film": {region.name: region.number for region in legend.regions},
        "material": legend.materials,
    }
    for what, by_name in numbers.items():
        names = distinct_names(by_name, one_line)
        arrays += [
            (f"{what}:{name}", "Int32", str(number))
            for name, number in zip(names, by_name.values(), strict=True)
        ]
    lines = [
        f'<DataArray type="{kind}" Name={quoteattr(name)} NumberOfTuples="1" format="ascii">'
        f"{value}</DataArray>"
        for name, kind, value in arrays
    ]
    field = f"<FieldData>{''.join(lines)}</FieldData>".encode("ascii", "xmlcharrefreplace")
    head, grid, rest = path.read_bytes().partition(b"<UnstructuredGrid>")
    assert grid  # meshio's
    path.write_bytes(head + grid + field + rest)


_WEDGE_SWAP = [0, 2, 1, 3, 5, 4]


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
