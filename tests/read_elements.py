"""Sizes of the named groups of a file of elements, as other programs find them: volumes and areas."""

import logging
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.oracles import gmsh_or_skip, ngsolve_or_skip

Tags = dict[str, tuple[int, int]]
"""Tag and dimension by name."""
Sizes = dict[str, float]


def flat_area(points: NDArray[np.float64], corners: NDArray[np.int64]) -> float:
    """Return the area of triangles, and of quads by the cross product of their diagonals."""
    first, *others = (points[column] for column in corners.T)
    if len(others) == 3:
        a, b = others[1] - first, others[2] - others[0]
    else:
        a, b = others[0] - first, others[1] - first
    return float(np.linalg.norm(np.cross(a, b), axis=1).sum() / 2)


def vtk_volume(points: NDArray[np.float64], kind: str, corners: NDArray[np.int64]) -> float:
    """Return the volume of elements as VTK cuts them."""
    import pyvista

    part = pyvista.UnstructuredGrid({getattr(pyvista.CellType, kind.upper()): corners}, points)
    return float(np.abs(part.compute_cell_sizes()["Volume"]).sum())


def by_meshio(path: Path) -> tuple[Tags, Sizes]:
    import meshio

    mesh = meshio.read(path)
    tags = {name: (int(tag), int(dimension)) for name, (tag, dimension) in mesh.field_data.items()}
    found = dict.fromkeys(tags, 0.0)
    for block, groups in zip(mesh.cells, mesh.cell_data["gmsh:physical"], strict=True):
        for name, (tag, dimension) in tags.items():
            own = block.data[groups == tag]
            if dimension == block.dim and len(own):
                flat = dimension == 2
                found[name] += (
                    flat_area(mesh.points, own) if flat else vtk_volume(mesh.points, block.type, own)
                )
    return tags, found


def by_gmsh(path: Path) -> tuple[Tags, Sizes]:
    gmsh = gmsh_or_skip()
    gmsh.initialize([], False, False, False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.logger.start()
        gmsh.open(str(path))
        said = gmsh.logger.get()
        gmsh.logger.stop()
        assert not [line for line in said if line.startswith(("Warning", "Error"))]
        tags, found = {}, {}
        for dimension, tag in gmsh.model.getPhysicalGroups():
            name = gmsh.model.getPhysicalName(dimension, tag)
            tags[name] = (tag, dimension)
            found[name] = sum(
                float(gmsh.model.mesh.getElementQualities(cells, "volume").sum())
                for entity in gmsh.model.getEntitiesForPhysicalGroup(dimension, tag)
                for cells in gmsh.model.mesh.getElements(dimension, entity)[1]
            )
            nodes, _ = gmsh.model.mesh.getNodesForPhysicalGroup(dimension, tag)
            assert len(set(nodes)) == len(nodes) > 0
    finally:
        gmsh.finalize()
    return tags, found


def by_netgen(path: Path) -> tuple[list[str], list[str], Sizes]:
    """Return materials, boundaries, and the sizes of both, as NGSolve integrates them."""
    ngsolve = ngsolve_or_skip()
    from netgen.read_gmsh import ReadGmsh

    mesh = ngsolve.Mesh(ReadGmsh(str(path)))
    materials, boundaries = list(mesh.GetMaterials()), sorted(set(mesh.GetBoundaries()))
    # names are patterns there
    found = {
        name: ngsolve.Integrate(1, mesh, definedon=mesh.Materials(re.escape(name))) for name in materials
    }
    for name in boundaries:
        on = mesh.Boundaries(re.escape(name))
        found[name] = ngsolve.Integrate(1, mesh, ngsolve.BND, definedon=on)
    return materials, boundaries, found


def by_scikit_fem(path: Path, caplog: pytest.LogCaptureFixture) -> tuple[Sizes, Sizes]:
    """Return volumes of the sub-domains and areas of the boundaries."""
    from skfem import Basis, ElementHex1, MeshHex

    with caplog.at_level(logging.CRITICAL):  # it says that it gives faces of four corners no direction
        mesh = MeshHex.load(path)
    volumes = {
        name: float(Basis(mesh, ElementHex1(), elements=own).dx.sum())
        for name, own in mesh.subdomains.items()
    }
    areas = {name: _facets_area(mesh, np.asarray(own)) for name, own in mesh.boundaries.items()}
    return volumes, areas


def _facets_area(mesh: Any, facets: NDArray[np.int64]) -> float:
    """Return the area of facets; scikit-fem sorts their corners, so the order around is found again."""
    corners = mesh.p.T[mesh.facets[:, facets].T]
    # of the three ways around four points the one with the largest area has no edges that cross
    ways = [corners[:, way] for way in ([0, 1, 2, 3], [0, 1, 3, 2], [0, 2, 1, 3])]
    areas = [np.linalg.norm(np.cross(w[:, 2] - w[:, 0], w[:, 3] - w[:, 1]), axis=1) for w in ways]
    return float(np.max(areas, axis=0).sum() / 2)


def by_vtk(path: Path) -> tuple[dict[str, int], Sizes]:
    """Return numbers by name, and the volumes of the films that are there."""
    import pyvista

    grid = pyvista.read(path)
    volumes = grid.compute_cell_sizes()["Volume"]
    assert (volumes > 0).all()
    numbers = {
        key.removeprefix("film:"): int(grid.field_data[key][0])
        for key in grid.field_data
        if key.startswith("film:")
    }
    held = set(grid["film"].tolist())
    found = {name: float(volumes[grid["film"] == n].sum()) for name, n in numbers.items() if n in held}
    return numbers, found
