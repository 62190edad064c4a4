"""Volume meshes as MSH and VTU, read back by gmsh, meshio and VTK: volumes and named groups."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.oracles import gmsh_or_skip
from tfgeom.errors import MeshError, OutputError
from tfgeom.meshing.element_files import ElementGrid, write_vtu
from tfgeom.meshing.legend import Legend, Region
from tfgeom.meshing.msh_files import write_msh

N = 3
LEVELS = (0.0, 0.01, 0.035, 0.085)  # films of 10 and 25 nm as hexahedra, one of 50 nm as wedges
REGIONS = ("cathode", "electrolyte", "anode", "substrate", "liquid")
MATERIALS = ("LiCoO2", "LiPON", "Si", "Si", "gel")
VOLUMES = (N * N * 0.01, N * N * 0.025, N * N * 0.05, N * N * 2 / 3, N * N * 0.5 * 1 / 3)


def legend(names: tuple[str, ...]) -> Legend:
    """Return regions from 1 on; the fourth has the third one's material."""
    numbers = (1, 2, 3, 3, 4)
    rows = zip(names, MATERIALS, numbers, strict=True)
    return Legend(tuple(Region(i, name, "", material, of) for i, (name, material, of) in enumerate(rows, 1)))


def film_elements() -> ElementGrid:
    """Return films on unit squares half a millimetre away, pyramids below and tetrahedra above."""
    rows = [[500 + x, -500 + y, z] for z in LEVELS for y in range(N + 1) for x in range(N + 1)]
    level = (N + 1) ** 2
    corner = np.array([j * (N + 1) + i for j in range(N) for i in range(N)])
    quads = corner[:, None] + [0, 1, N + 2, N + 1]
    triangles = np.concatenate((quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]))
    below = len(rows) + np.arange(N * N)
    rows += [[500.5 + i, -499.5 + j, -2] for j in range(N) for i in range(N)]
    above = len(rows) + np.arange(N * N)
    rows += [[500.5 + i, -499.5 + j, LEVELS[3] + 1] for j in range(N) for i in range(N)]
    halves = triangles[: N * N] + 3 * level
    return ElementGrid(
        points_um=np.array(rows),
        elements={
            "hexahedron": np.concatenate(
                [np.hstack((quads + k * level, quads + (k + 1) * level)) for k in (0, 1)]
            ),
            "wedge": np.hstack((triangles + 2 * level, triangles + 3 * level)),
            "pyramid": np.column_stack((quads[:, ::-1], below)),
            "tetra": np.column_stack((halves, above)),
        },
        region={
            "hexahedron": np.repeat([1, 2], N * N),
            "wedge": np.full(2 * N * N, 3),
            "pyramid": np.full(N * N, 4),
            "tetra": np.full(N * N, 5),
        },
        legend=legend(REGIONS),
        surfaces={
            "cathode|electrolyte": {"quad": quads + level},
            "electrolyte|anode": {"quad": quads[:4] + 2 * level, "triangle": triangles[4:9] + 2 * level},
            "nothing": {},
        },
    )


GRID = film_elements()


def tetrahedra(points: NDArray[np.float64], corners: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the volume of each cell of these meshes, whose faces are plane: a fan of tetrahedra."""
    fans = {
        8: (5, [0, 1, 2, 5, 0, 2, 7, 5, 0, 2, 3, 7, 0, 5, 7, 4, 2, 7, 5, 6]),
        6: (3, [0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5]),
    }
    fans |= {5: (2, [0, 1, 2, 4, 0, 2, 3, 4]), 4: (1, [0, 1, 2, 3])}
    n, order = fans[corners.shape[1]]
    a, b, c, d = np.moveaxis(points[corners[:, order].reshape(-1, n, 4)], 2, 0)
    parts = np.abs(np.einsum("cti,cti->ct", b - a, np.cross(c - a, d - a))) / 6
    volumes: NDArray[np.float64] = parts.sum(axis=1)
    return volumes


def test_msh_read_by_meshio(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import meshio

    write_msh(GRID, tmp_path / "x.msh")
    assert capfd.readouterr() == ("", "")
    mesh = meshio.read(tmp_path / "x.msh")
    assert np.array_equal(mesh.points, GRID.points_um)
    for name, volume in zip(REGIONS, VOLUMES, strict=True):
        tag, dimension = mesh.field_data[name]
        assert dimension == 3
        found = 0.0
        for block, group in zip(mesh.cells, mesh.cell_data["gmsh:physical"], strict=True):
            if block.dim == 3:
                found += tetrahedra(mesh.points, block.data[group == tag]).sum()
        assert found == pytest.approx(volume, rel=1e-9)
    for name, faces in GRID.surfaces.items():
        tag, dimension = mesh.field_data[name]
        assert dimension == 2
        for block, group in zip(mesh.cells, mesh.cell_data["gmsh:physical"], strict=True):
            if block.type in faces:
                assert np.array_equal(block.data[group == tag], faces[block.type])
    assert [path.name for path in tmp_path.iterdir()] == ["x.msh"]


def test_msh_read_by_gmsh(tmp_path: Path) -> None:
    gmsh = gmsh_or_skip()
    write_msh(GRID, tmp_path / "x.msh")
    gmsh.initialize([], False, False, False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.logger.start()
        gmsh.open(str(tmp_path / "x.msh"))
        assert not [line for line in gmsh.logger.get() if line.startswith(("Warning", "Error"))]
        found = {}
        for dimension, group in gmsh.model.getPhysicalGroups():
            size = 0.0
            for entity in gmsh.model.getEntitiesForPhysicalGroup(dimension, group):
                for cells in gmsh.model.mesh.getElements(dimension, entity)[1]:
                    size += gmsh.model.mesh.getElementQualities(cells, "volume").sum()
                    assert gmsh.model.mesh.getElementQualities(cells, "minDetJac").min() > 0
            found[dimension, gmsh.model.getPhysicalName(dimension, group)] = size
    finally:
        gmsh.finalize()
    wanted = {(3, name): volume for name, volume in zip(REGIONS, VOLUMES, strict=True)}
    wanted |= {
        (2, "cathode|electrolyte"): N * N,
        (2, "electrolyte|anode"): 4 + 5 / 2,
    }  # a group without faces is gone
    assert found == pytest.approx(wanted, rel=1e-9)


def test_msh_names_are_kept_readable_and_apart(tmp_path: Path) -> None:
    import meshio

    odd = replace(
        GRID,
        legend=legend(('a "b"', "a 'b'", "back\\slash", "line\nend", "film")),
        surfaces={"film": GRID.surfaces["cathode|electrolyte"]},
    )
    write_msh(odd, tmp_path / "x.msh")
    names = meshio.read(tmp_path / "x.msh").field_data
    assert {name: tuple(tag) for name, tag in names.items()} == {
        "a 'b'": (1, 3),
        "a 'b'_2": (2, 3),
        "back/slash": (3, 3),
        "line end": (4, 3),
        "film": (5, 3),
        "film_2": (1000, 2),
    }


def test_vtu_read_by_vtk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import pyvista

    height = GRID.points_um[:, 2].copy()
    write_vtu(GRID, tmp_path / "x.vtu", {"height": height})
    assert capfd.readouterr() == ("", "")
    grid = pyvista.read(tmp_path / "x.vtu")
    volumes = grid.compute_cell_sizes()["Volume"]
    assert (volumes > 0).all()
    assert np.bincount(grid["film"], weights=volumes)[1:] == pytest.approx(VOLUMES, rel=1e-9)
    by_material = [VOLUMES[0], VOLUMES[1], VOLUMES[2] + VOLUMES[3], VOLUMES[4]]
    assert np.bincount(grid["material"], weights=volumes)[1:] == pytest.approx(by_material, rel=1e-9)
    names = {key: grid.field_data[key].tolist() for key in grid.field_data}
    assert names == {
        "length_unit:um": [1e-6],
        **{f"film:{name}": [index] for index, name in enumerate(REGIONS, start=1)},
        **{f"material:{name}": [index] for index, name in enumerate(("LiCoO2", "LiPON", "Si", "gel"), 1)},
    }
    assert np.array_equal(grid["height"], grid.points[:, 2])
    assert grid.points.dtype == np.float64
    outside = grid.extract_surface(algorithm="geometry").triangulate()
    a, b, c = (np.asarray(outside.points - grid.points[0])[corner] for corner in outside.regular_faces.T)
    # faces of wedges too turn outwards
    assert np.einsum("ij,ij->", a, np.cross(b, c)) / 6 == pytest.approx(sum(VOLUMES), rel=1e-6)


def test_vtu_read_by_meshio(tmp_path: Path) -> None:
    import meshio

    write_vtu(GRID, tmp_path / "x.vtu")
    mesh = meshio.read(tmp_path / "x.vtu")
    found = np.zeros(len(REGIONS))
    for block, film in zip(mesh.cells, mesh.cell_data["film"], strict=True):
        np.add.at(found, film - 1, tetrahedra(mesh.points, block.data))
    assert found == pytest.approx(VOLUMES, rel=1e-9)
    assert mesh.point_data == {}


def test_collapsed_hexahedra_are_left_as_they_are(tmp_path: Path) -> None:
    import meshio

    corners = GRID.elements["hexahedron"].copy()
    corners[0, [1, 2]] = corners[0, [0, 3]]
    grid = replace(GRID, elements={**GRID.elements, "hexahedron": corners})
    write_msh(grid, tmp_path / "x.msh")
    write_vtu(grid, tmp_path / "x.vtu")
    for name in ("x.msh", "x.vtu"):
        assert np.array_equal(meshio.read(tmp_path / name).get_cells_type("hexahedron"), corners)


def test_empty_kinds_are_left_out(tmp_path: Path) -> None:
    import meshio

    grid = replace(
        GRID,
        elements={"hexahedron": GRID.elements["hexahedron"], "wedge": GRID.elements["wedge"][:0]},
        region={"hexahedron": GRID.region["hexahedron"]},
        surfaces={"floor": {"triangle": GRID.elements["tetra"][:0, :3]}},
    )
    for name, write in (("x.msh", write_msh), ("x.vtu", write_vtu)):
        write(grid, tmp_path / name)
        assert [block.type for block in meshio.read(tmp_path / name).cells] == ["hexahedron"]


def test_arrays_are_read_only() -> None:
    for array in (
        GRID.points_um,
        GRID.elements["wedge"],
        GRID.region["wedge"],
        GRID.surfaces["cathode|electrolyte"]["quad"],
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points_um": GRID.points_um[:, :2]}, "points have shape"),
        ({"points_um": GRID.points_um[:20]}, "cells: hexahedron names points 0 to 47; 0 to 19 exist"),
        ({"elements": {}}, "there is no cell"),
        (
            {"elements": {"brick": GRID.elements["hexahedron"]}},
            "kind 'brick' is unknown; use hexahedron, wedge",
        ),
        ({"elements": {"wedge": GRID.elements["tetra"]}}, r"wedge has shape \(9, 4\); \(n, 6\) is needed"),
        ({"region": {}}, r"18 cells of kind hexahedron have regions of shape \(0,\)"),
        (
            {"legend": Legend(GRID.legend.regions[:2])},
            r"kind wedge name region 3; there are \[1, 2\]",
        ),
        (
            {"surfaces": {"top": {"line": np.zeros((1, 2))}}},
            "surface 'top': kind 'line' is unknown; use quad",
        ),
    ],
)
def test_grid_refuses_what_does_not_fit(change: dict[str, object], message: str) -> None:
    with pytest.raises(MeshError, match=message):
        replace(GRID, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", GRID.elements)
def test_grid_refuses_cells_turned_inside_out(kind: str) -> None:
    mirrored = {
        "hexahedron": [4, 5, 6, 7, 0, 1, 2, 3],
        "wedge": [0, 2, 1, 3, 5, 4],
        "pyramid": [0, 3, 2, 1, 4],
        "tetra": [1, 0, 2, 3],
    }
    with pytest.raises(MeshError, match=f"cells of kind {kind} are turned inside out"):
        replace(GRID, elements={**GRID.elements, kind: GRID.elements[kind][:, mirrored[kind]]})


def test_bad_targets_and_point_data_leave_nothing(tmp_path: Path) -> None:
    for write in (write_msh, write_vtu):
        with pytest.raises(OutputError, match="does not exist; create it"):
            write(GRID, tmp_path / "nowhere" / "x.msh")
        with pytest.raises(OutputError, match="is a folder"):
            write(GRID, tmp_path)
    with pytest.raises(MeshError, match="point data 'potential' has 2 rows for 82 points"):
        write_vtu(GRID, tmp_path / "x.vtu", {"potential": np.zeros(2)})
    assert list(tmp_path.iterdir()) == []
