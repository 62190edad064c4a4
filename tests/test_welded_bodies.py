"""Bodies that touch: as one conforming surface, and kept apart where a reader welds points; in any unit."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.array_designs import ARRAY, METRES, TRENCHES, closed_forms
from tests.design_texts import design_of
from tests.mesh_command import SUFFIXES, sidecar
from tests.nested_bodies import expected, nested
from tests.oracles import gmsh_or_skip
from tests.read_meshes import read_bodies, volume_of
from tfgeom.errors import MeshError
from tfgeom.marks import has_mark
from tfgeom.mesh_files import write_mesh_file
from tfgeom.meshing.welded_files import OUTSIDE, weld

NAMES = ["substrate", "inner_collector", "cathode", "electrolyte", "anode", "outer_collector"]
INTERFACES = [
    "substrate|outside", "substrate|inner_collector", "inner_collector|outside", "inner_collector|cathode",
    "cathode|outside", "cathode|electrolyte", "electrolyte|outside", "electrolyte|anode", "anode|outside",
    "anode|outer_collector", "outer_collector|outside",
]  # fmt: skip


def closed_volume(points: NDArray[np.float64], triangles: NDArray[np.int64]) -> float:
    """Return the volume inside a surface that trimesh finds closed."""
    import trimesh

    body = trimesh.Trimesh(points, triangles, process=False)
    assert body.is_watertight
    assert body.is_winding_consistent
    return volume_of((points, triangles))


def test_nested_boxes_share_their_faces() -> None:
    surface = weld(nested())
    assert len(surface.points_um) == 24
    assert [(i, o, len(t)) for i, o, t in surface.interfaces()] == [(0, 1, 12), (1, 2, 12), (2, OUTSIDE, 12)]
    for body, volume in enumerate(expected()):
        inside = surface.triangles[surface.inner == body]
        around = np.concatenate((inside, surface.triangles[surface.outer == body][:, ::-1]))
        assert closed_volume(surface.points_um, around) == pytest.approx(volume, rel=1e-9)


def test_bodies_that_overlap_are_not_welded() -> None:
    block, film, _ = nested()
    with pytest.raises(MeshError, match="bodies overlap: a triangle belongs to two of them on the same side"):
        weld([block, film, replace(block, name="again")])


def by_interface(path: Path) -> dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]]:
    """Return points and triangles of each interface of a welded file as trimesh reads it, without welding."""
    import trimesh

    if path.suffix != ".ply":
        return read_bodies(path)
    loaded = trimesh.load(path, process=False)
    faces = loaded.metadata["_ply_raw"]["face"]["data"]
    header = path.read_bytes().split(b"end_header")[0].decode().splitlines()
    names = {int(row.split()[2]): row.split()[3] for row in header if row.startswith("comment layer")}
    assert names[-1] == "outside"
    pairs = np.column_stack((faces["inner"], faces["outer"]))
    return {
        f"{names[inner]}|{names[outer]}": (
            loaded.vertices,
            loaded.faces[(pairs == (inner, outer)).all(axis=1)],
        )
        for inner, outer in np.unique(pairs, axis=0).tolist()
    }


@pytest.mark.parametrize("suffix", [".stl", ".obj", ".ply"])
def test_interfaces_around_a_body_are_closed(suffix: str, tmp_path: Path) -> None:
    design = design_of(ARRAY)
    path = tmp_path / f"x{suffix}"
    write_mesh_file(design, path, what="solids", bodies="welded")
    assert sidecar(path)["bodies"] == "welded"
    found = by_interface(path)
    assert sorted(found) == sorted(INTERFACES)
    for name, volume in closed_forms(design).items():
        points, triangles, count = [], [], 0
        for interface, (corners, faces) in found.items():
            sides = interface.split("|")
            if name in sides:
                points.append(corners)
                triangles.append((faces if sides[0] == name else faces[:, ::-1]) + count)
                count += len(corners)
        merged, numbers = np.unique(np.concatenate(points), axis=0, return_inverse=True)
        around = numbers.ravel()[np.concatenate(triangles)]
        assert closed_volume(merged, around) == pytest.approx(volume, rel=1e-9)


def test_numbers_in_ply_are_those_of_the_design(tmp_path: Path) -> None:
    """Without a substrate the first film keeps its number 1."""
    for bodies in ("separate", "welded"):
        path = tmp_path / f"{bodies}.ply"
        write_mesh_file(design_of(ARRAY), path, bodies=bodies)
        header = path.read_bytes().split(b"end_header")[0].decode().splitlines()
        named = {row.split()[3]: int(row.split()[2]) for row in header if row.startswith("comment layer")}
        assert named.pop("outside", -1) == -1
        assert named == {part["name"]: part["number"] for part in sidecar(path)["parts"]}
        assert sorted(named.values()) == [1, 2, 3, 4, 5]
    assert sorted(read_bodies(tmp_path / "separate.ply")) == sorted(NAMES[1:])
    assert "inner_collector|cathode" in by_interface(tmp_path / "welded.ply")
    assert "outer_collector|outside" in by_interface(tmp_path / "welded.ply")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (TRENCHES, "films"),
        (TRENCHES.replace("depth: 10 um", "depth: 2 um"), "solids"),
        (ARRAY.replace("height: 10 um", "height: 2 um"), "solids"),
    ],
    ids=["trenches", "trenches in their substrate", "pillars"],
)
def test_gmsh_fills_welded_bodies_with_elements_that_fit(text: str, what: str, tmp_path: Path) -> None:
    gmsh = gmsh_or_skip()
    for thickness in ("40 nm", "70 nm", "50 nm", "10 nm", "25 nm"):
        text = text.replace(f"thickness: {thickness}", "thickness: 120 nm")
    design = design_of(text)
    write_mesh_file(design, tmp_path / "x.stl", what=what, tiles="1x1", bodies="welded")
    gmsh.initialize([], False, False, False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.merge(str(tmp_path / "x.stl"))
        surfaces = {gmsh.model.getEntityName(*entity): entity[1] for entity in gmsh.model.getEntities(2)}
        gmsh.model.mesh.removeDuplicateNodes()
        gmsh.model.mesh.createTopology()
        volumes = {}
        names = NAMES if what == "solids" else NAMES[1:]
        for name in names:
            around = [tag for interface, tag in surfaces.items() if name in interface.split("|")]
            volumes[name] = gmsh.model.geo.addVolume([gmsh.model.geo.addSurfaceLoop(around)])
        gmsh.model.geo.synchronize()
        gmsh.model.mesh.generate(3)
        exact = closed_forms(design)
        for name in names:
            tags = np.concatenate(gmsh.model.mesh.getElements(3, volumes[name])[1])
            filled = gmsh.model.mesh.getElementQualities(tags, "volume")
            assert (filled > 0).all()
            assert math.fsum(filled) == pytest.approx(exact[name], rel=1e-9)
    finally:
        gmsh.finalize()


@pytest.mark.parametrize("suffix", [".obj", ".ply"])
def test_bodies_stay_closed_where_trimesh_welds_points(suffix: str, tmp_path: Path) -> None:
    """By the normals at the points: without these a default load gives one surface that is not closed."""
    import trimesh

    design = design_of(ARRAY)
    write_mesh_file(design, tmp_path / f"x{suffix}", what="solids")
    loaded = trimesh.load(tmp_path / f"x{suffix}")
    assert loaded.is_watertight
    parts = loaded.split(only_watertight=True)
    exact = sorted(closed_forms(design).values())
    assert sorted(float(part.volume) for part in parts) == pytest.approx(exact, rel=1e-8)


@pytest.mark.parametrize("unit", list(METRES)[:4])
@pytest.mark.parametrize("suffix", [*SUFFIXES])
def test_any_unit_in_any_format(suffix: str, unit: str, tmp_path: Path) -> None:
    """Bounds as pyvista or trimesh reads them; that of the design: half a pitch, and the height above."""
    import meshio
    import trimesh

    path = tmp_path / f"x{suffix}"
    design = design_of(ARRAY)
    write_mesh_file(design, path, tiles="1x1", unit=unit, resolution=1)
    said = sidecar(path)["unit"]
    assert said == ("um" if (suffix, unit) == (".3mf", "nm") else unit)
    if suffix in (".vtu", ".msh"):
        points = meshio.read(path).points
        bounds = np.array([points.min(axis=0), points.max(axis=0)])
    else:
        bounds = np.array(trimesh.load(path, process=False).bounds)
    if suffix == ".glb":  # y upwards
        bounds = np.array([bounds[0][[0, 2, 1]], bounds[1][[0, 2, 1]]])
    metres = bounds * METRES[said]
    assert metres == pytest.approx(np.array([[-2e-6, -2e-6, 0], [2e-6, 2e-6, 10.195e-6]]), abs=1e-12)
    assert has_mark(path)  # it may be written again


def test_files_say_their_unit(tmp_path: Path) -> None:
    import pyvista
    import trimesh

    for suffix in SUFFIXES:
        write_mesh_file(design_of(ARRAY), tmp_path / f"x{suffix}", unit="mm", resolution=1)
    comment = "tfgeom, coordinates in mm"
    assert (tmp_path / "x.stl").read_text().endswith(f"\nendsolid {comment}\n")
    assert (tmp_path / "x.obj").read_text().startswith(f"# {comment}\n")
    assert f"\ncomment {comment}\n".encode() in (tmp_path / "x.ply").read_bytes()
    assert (tmp_path / "x.msh").read_bytes().endswith(b", coordinates in mm\n$EndComments\n")
    assert trimesh.load(tmp_path / "x.3mf").units == "millimeter"
    field = pyvista.read(tmp_path / "x.vtu").field_data
    assert field["length_unit:mm"].tolist() == [1e-3]
    assert "length_unit:um" not in field.keys()  # noqa: SIM118
