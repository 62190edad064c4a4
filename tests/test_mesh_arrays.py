"""Arrays of cells as references to one: what other programs find in GLB and 3MF, and how small the files are."""

import json
import struct
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.array_designs import ARRAY, HEXAGONAL, METRES, PLANAR, RECTANGULAR, TRENCHES, closed_forms
from tests.commands import Captured
from tests.design_texts import design_of
from tests.mesh_command import mesh, sidecar
from tests.read_meshes import volume_of
from tfgeom.mesh_files import write_mesh_file

Copies = dict[str, NDArray[np.float64]]


def copies_in(path: Path) -> tuple[dict[str, float], Copies]:
    """Return volume and matrices of the copies of each body as trimesh finds them, in the scene's unit."""
    import trimesh

    scene = trimesh.load(path, process=False)
    matrices: dict[str, list[NDArray[np.float64]]] = {}
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        assert node.startswith(f"{name} ")
        matrices.setdefault(name, []).append(matrix)
    placed = {name: np.array(found) for name, found in matrices.items()}
    volumes = {
        name: volume_of((body.vertices, body.faces)) * float(np.linalg.det(placed[name][:, :3, :3]).sum())
        for name, body in scene.geometry.items()
    }
    return volumes, placed


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pillars")
    (folder / "pillars.yaml").write_text(ARRAY)
    for suffix in (".glb", ".3mf"):
        assert (
            mesh(folder / "pillars.yaml", "-o", folder / f"x{suffix}", "--what", "solids", "--tiles", "die")
            == 0
        )
    return folder


@pytest.mark.parametrize("suffix", [".glb", ".3mf"])
def test_ten_thousand_pillars(suffix: str, ten_thousand: Path) -> None:
    path = ten_thousand / f"x{suffix}"
    assert path.stat().st_size < 20e6
    exact = closed_forms(design_of(ARRAY))
    unit = 1e-6 if suffix == ".glb" else 1.0
    volumes, placed = copies_in(path)
    assert sorted(volumes) == sorted(exact)
    wanted = np.array([[4.0 * i, 4.0 * j] for j in range(100) for i in range(100)])
    for name, volume in exact.items():
        # of GLB single precision about the middle of 20 um: 10 nm are kept to 2e-4
        assert volumes[name] == pytest.approx(1e4 * volume * unit**3, rel=2e-4 if suffix == ".glb" else 1e-9)
        places = placed[name][:, :2, 3]
        if suffix == ".glb":  # y upwards, moved to the middle of the cell, its axis
            places = np.column_stack((placed[name][:, 0, 3], -placed[name][:, 2, 3])) * 1e6
        assert places[np.lexsort(np.round(places, 6).T)] == pytest.approx(wanted, abs=1e-9)
    said = sidecar(path)
    assert said["bodies"] == "instances"
    assert said["instances"] == {"columns": 100, "rows": 100}
    assert said["unit_cells"] == 10000
    for part in said["parts"]:
        assert part["volume_um3"] == pytest.approx(exact[part["name"]], rel=1e-9)


def bodies_of(path: Path) -> dict[str, tuple[float, NDArray[np.float64]]]:
    """Return of each body its volume and the bounds of all that is there of it, in um with z upwards."""
    import trimesh

    scene = trimesh.load(path, process=False)
    unit = 1e6 if path.suffix == ".glb" else 1.0
    found: dict[str, tuple[float, NDArray[np.float64]]] = {}
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        body = scene.geometry[name]
        points = unit * (body.vertices @ matrix[:3, :3].T + matrix[:3, 3])
        if path.suffix == ".glb":
            points = np.column_stack((points[:, 0], -points[:, 2], points[:, 1]))
        before, bounds = found.get(name, (0.0, np.array([points.min(axis=0), points.max(axis=0)])))
        low, high = np.minimum(bounds[0], points.min(axis=0)), np.maximum(bounds[1], points.max(axis=0))
        found[name] = (before + volume_of((points, body.faces)), np.array([low, high]))
    return found


@pytest.mark.parametrize("suffix", [".glb", ".3mf"])
@pytest.mark.parametrize(
    "text", [RECTANGULAR, HEXAGONAL, TRENCHES], ids=["rectangular", "hexagonal", "trenches"]
)
def test_repeated_cells_fill_what_one_tile_does(text: str, suffix: str, tmp_path: Path) -> None:
    """Beside the same tile made as a whole, which is laid cell by cell by `tile_grid` and checked elsewhere."""
    design = design_of(text)
    for way in ("separate", "instances"):
        write_mesh_file(design, tmp_path / f"{way}{suffix}", what="solids", tiles="3x4", bodies=way)
    whole, repeated = (bodies_of(tmp_path / f"{way}{suffix}") for way in ("separate", "instances"))
    assert sorted(whole) == sorted(repeated)
    for name, (volume, bounds) in whole.items():
        assert repeated[name][0] == pytest.approx(volume, rel=1e-3 if suffix == ".glb" else 1e-9)
        assert repeated[name][1] == pytest.approx(bounds, abs=3e-6 if suffix == ".glb" else 1e-9)
    assert sidecar(tmp_path / f"separate{suffix}")["bodies"] == "separate"


def test_a_small_tile_is_made_whole_and_a_large_one_repeated(tmp_path: Path) -> None:
    design = design_of(ARRAY)
    write_mesh_file(design, tmp_path / "x.glb", what="substrate", tiles="2x2")
    assert sidecar(tmp_path / "x.glb")["bodies"] == "separate"
    triangles = sidecar(tmp_path / "x.glb")["n_triangles"]
    # what is allowed is held against a bound that is known beforehand, a little above what is made
    write_mesh_file(design, tmp_path / "x.glb", what="substrate", tiles="2x2", max_triangles=triangles - 1)
    assert sidecar(tmp_path / "x.glb")["bodies"] == "instances"
    assert sidecar(tmp_path / "x.glb")["n_triangles"] < triangles / 3


def test_a_plane_that_is_just_too_large_is_repeated_too(tmp_path: Path) -> None:
    """The bound that is known beforehand is above what is allowed, what would be made is not."""
    write_mesh_file(design_of(PLANAR), tmp_path / "x.3mf", what="solids", tiles="100x100")
    said = sidecar(tmp_path / "x.3mf")
    assert said["bodies"] == "instances"
    assert said["n_triangles"] * 10000 < 2_000_000


def test_a_film_alone_can_be_repeated_without_a_tile(tmp_path: Path) -> None:
    made = write_mesh_file(design_of(ARRAY), tmp_path / "x.3mf", bodies="instances")
    assert made.unit_cells == 1
    _, placed = copies_in(tmp_path / "x.3mf")
    assert [len(matrices) for matrices in placed.values()] == [1] * 5


def test_vtk_shows_every_pillar(tmp_path: Path) -> None:
    import pyvista

    write_mesh_file(design_of(ARRAY), tmp_path / "x.glb", what="substrate", tiles="10x10", bodies="instances")
    leaves: list[pyvista.PolyData] = []

    def walk(block: Any) -> None:
        for part in block:
            if isinstance(part, pyvista.MultiBlock):
                walk(part)
            elif part is not None:
                leaves.append(part)

    walk(pyvista.read(tmp_path / "x.glb"))
    assert len(leaves) == 100
    # x right, y up, z towards the viewer; metres
    centres = np.array([leaf.center for leaf in leaves]) * 1e6
    assert sorted(np.round(centres[:, [0, 2]], 3).tolist()) == sorted(
        [4.0 * i, -4.0 * j] for i in range(10) for j in range(10)
    )


def test_glb_is_core_gltf_with_each_body_once(ten_thousand: Path) -> None:
    content = (ten_thousand / "x.glb").read_bytes()
    *_, length, _ = struct.unpack("<4sIIII", content[:20])
    tree = json.loads(content[20 : 20 + length])
    assert "extensionsUsed" not in tree
    assert tree["asset"]["extras"] == {"length_unit": "m"}
    names = ["substrate", *(layer.name for layer in design_of(ARRAY).layers)]
    assert [one["name"] for one in tree["meshes"]] == names
    assert tree["scenes"][tree["scene"]]["nodes"] == [0]
    below = [tree["nodes"][child] for child in tree["nodes"][0]["children"]]
    assert [node["name"] for node in below] == names
    parents = [child for node in tree["nodes"] for child in node.get("children", ())]
    assert sorted(parents) == list(range(1, len(tree["nodes"])))  # a tree: each has one parent
    for index, node in enumerate(below):
        assert {tree["nodes"][child]["mesh"] for child in node["children"]} == {index}
        assert tree["nodes"][node["children"][102]]["name"] == f"{names[index]} 3,2"


def test_3mf_builds_objects_that_are_there(ten_thousand: Path) -> None:
    with zipfile.ZipFile(ten_thousand / "x.3mf") as archive:
        model = ElementTree.fromstring(archive.read("3D/3dmodel.model"))
    assert model.get("unit") == "micron"
    objects = {body.get("id") for body in model.findall(".//{*}object")}
    items = model.findall(".//{*}item")
    assert len(objects) == 6
    assert len(items) == 60000
    assert {item.get("objectid") for item in items} == objects
    assert len({item.get("partnumber") for item in items}) == 60000


@pytest.mark.parametrize("unit", ["nm", "um", "mm", "m"])
def test_arrays_in_any_unit(unit: str, tmp_path: Path) -> None:
    import trimesh

    design = design_of(ARRAY)
    exact = closed_forms(design)
    for suffix in (".glb", ".3mf"):
        path = tmp_path / f"x{suffix}"
        write_mesh_file(design, path, what="solids", tiles="2x1", bodies="instances", unit=unit)
        said = sidecar(path)["unit"]
        assert said == ("um" if (suffix, unit) == (".3mf", "nm") else unit)
        if suffix == ".3mf":
            assert METRES[trimesh.load(path).units] == METRES[said]
        volumes, placed = copies_in(path)
        for name, volume in volumes.items():
            in_um3 = volume * (METRES[said] / 1e-6) ** 3
            assert in_um3 == pytest.approx(2 * exact[name], rel=2e-4)
            apart = np.abs(placed[name][1, :3, 3] - placed[name][0, :3, 3]) * METRES[said]
            assert apart == pytest.approx([4e-6, 0, 0], abs=1e-15)


REFUSED: dict[str, tuple[tuple[str, ...], int, str]] = {
    "too many to make": (("x.stl", "--tiles", "100x100"), 1, "cells fit; use fewer cells, or allow more, or write .3mf or .glb, which refer to one cell"),
    "fine, too many": (("x.stl", "--tiles", "100x100", "--resolution", "2"), 1, "use fewer cells, or use a lower resolution, or allow more, or write .3mf"),
    "made whole": (("x.glb", "--tiles", "100x100", "--bodies", "separate"), 1, "or allow more, or leave --bodies out"),
    "too many to refer to": (("x.3mf", "--tiles", "100000x100000"), 1, "50,000,000,000 references, more than the 1,000,000 that a file may hold; use at most 447x447 cells"),
    "cells of a die": (("x.msh", "--tiles", "die"), 1, "use a lower resolution or fewer tiles, write bodies as .3mf or .glb, which refer to one cell, or close other programs"),
    "none": (("x.glb", "--tiles", "0x5"), 2, "--tiles 0x5: write NxM with whole numbers from 1 on"),
    "a million": (("x.glb", "--tiles", "1e6x1e6"), 2, "--tiles 1e6x1e6: write NxM with whole numbers"),
    "one cell too large": (("x.glb", "--tiles", "9x9", "--max-triangles", "10"), 1, "not even one cell fits; allow more"),
    "welded in GLB": (("x.glb", "--bodies", "welded"), 2, "x.glb: .glb cannot hold --bodies welded; use .stl, .obj or .ply"),
    "instances in PLY": (("x.ply", "--bodies", "instances"), 2, "x.ply: .ply cannot hold --bodies instances; use .3mf or .glb"),
    "bodies of elements": (("x.vtu", "--bodies", "separate"), 2, "x.vtu: .vtu cannot hold --bodies separate; use .stl, .3mf, .glb, .obj or .ply"),
    "unknown bodies": (("x.ply", "--bodies", "glued"), 2, "--bodies glued: unknown; use separate, welded or instances"),
    "inches": (("x.ply", "--unit", "inch"), 2, "--unit inch: unknown; use nm, um, mm or m"),
    "inches of elements": (("x.vtu", "--unit", "in"), 2, "--unit in: unknown; use nm, um, mm or m"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_a_way_out(case: str, tmp_path: Path, capsys: Captured) -> None:
    (name, *rest), code, words = REFUSED[case]
    (tmp_path / "out").mkdir()
    (tmp_path / "design.yaml").write_text(ARRAY)
    assert mesh(tmp_path / "design.yaml", "-o", tmp_path / "out" / name, *rest) == code
    shown, wrong = capsys.readouterr()
    assert shown == ""
    assert words in wrong
    assert len(wrong.splitlines()) == 1
    assert list((tmp_path / "out").iterdir()) == []
