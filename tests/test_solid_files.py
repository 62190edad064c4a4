"""Bodies written as STL, 3MF, GLB, OBJ and PLY and read back by other programs: volumes, names, colours, units."""

import json
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.nested_bodies import BOX, COLOURS, CORNERS, FILMS, MATERIALS, SIZE, START, expected, nested
from tfgeom.errors import MeshError, OutputError
from tfgeom.meshing.file_names import distinct_names, one_line, one_word
from tfgeom.meshing.solid_files import SOLID_SUFFIXES, write_solids


def volume_of(points: NDArray[np.float64], triangles: NDArray[np.int64]) -> float:
    """Return the volume between the triangles and the plane of the first point, prism by prism."""
    a, b, c = ((points - points[0])[corner] for corner in triangles.T)
    below = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    return float((below / 2 * (a[:, 2] + b[:, 2] + c[:, 2]) / 3).sum())


def by_trimesh(path: Path) -> dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]]:
    """Return points and triangles by name, in the units of the file's meshes."""
    import trimesh

    options = {"split_objects": True} if path.suffix == ".obj" else {}
    loaded = trimesh.load(path, process=False, **options)
    if path.suffix == ".ply":
        faces = loaded.metadata["_ply_raw"]["face"]["data"]
        return {
            str(layer): (loaded.vertices, loaded.faces[faces["layer"] == layer])
            for layer in np.unique(faces["layer"])
        }
    return {name: (body.vertices, body.faces) for name, body in loaded.geometry.items()}


def test_solid_knows_its_volume_far_from_the_origin() -> None:
    for solid, volume in zip(nested(), expected(), strict=True):
        assert solid.volume_um3 == pytest.approx(volume, rel=1e-11)
        assert volume_of(solid.points_um, solid.triangles) == pytest.approx(volume, rel=1e-10)
        assert replace(solid, triangles=solid.triangles[:, ::-1]).volume_um3 == -solid.volume_um3
    far = replace(nested()[1], points_um=nested()[1].points_um + 1e6)
    exact = [[Fraction(value) for value in point] for point in far.points_um.tolist()]
    sixfold = Fraction(0)
    for a, b, c in ([exact[corner] for corner in triangle] for triangle in far.triangles.tolist()):
        sixfold += sum(a[i] * (b[i - 2] * c[i - 1] - b[i - 1] * c[i - 2]) for i in range(3))
    assert far.volume_um3 == pytest.approx(float(sixfold / 6), rel=1e-12)
    body = nested()[1].to_trimesh()
    assert body.is_volume
    assert body.volume == pytest.approx(expected()[1], rel=1e-9)
    assert len(body.vertices) == 16


def test_surface_is_closed_only_with_every_edge_met_once() -> None:
    film = nested()[1]
    film.check()
    turned = film.triangles.copy()
    turned[3] = turned[3, ::-1]
    for bad in (
        film.triangles[1:],
        turned,
        film.triangles[:, ::-1],
        np.concatenate((film.triangles, film.triangles)),
        np.concatenate((film.triangles, [[0, 0, 7]])),
        BOX[:0],
    ):
        with pytest.raises(MeshError, match=r"the surface of 'film .*' is not closed or turned inside out"):
            replace(film, triangles=bad).check()
    assert replace(film, triangles=BOX[:0]).volume_um3 == 0


def test_euler_number_must_be_the_one_laid_out() -> None:
    block, film, _ = nested()
    replace(block, euler_number=2).check()
    replace(film, euler_number=4).check()  # two spheres, one in the other
    # a second box that touches the first one in a corner: every edge is still met once
    far = np.concatenate((block.points_um, block.points_um[1:] + SIZE))
    touching = np.concatenate((BOX, np.where(BOX == 0, 7, BOX + 7)))
    replace(block, points_um=far, triangles=touching).check()
    with pytest.raises(MeshError, match="'block' has Euler number 3 where 4 was laid out: it touches itself"):
        replace(block, points_um=far, triangles=touching, euler_number=4).check()


def test_solid_arrays_are_read_only_and_leave_the_callers_alone() -> None:
    points = START + CORNERS * SIZE
    solid = replace(nested()[0], points_um=points)
    with pytest.raises(ValueError, match="read-only"):
        solid.points_um[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        solid.triangles[0, 0] = 1
    points[0, 0] += 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points_um": CORNERS[:, :2]}, r"body 'block': points have shape \(8, 2\)"),
        ({"points_um": CORNERS * np.nan}, "not finite"),
        ({"triangles": BOX + 1}, "name points 1 to 8 of 8; 0 to 7 exist"),
        ({"triangles": BOX.ravel()}, r"triangles have shape \(36,\)"),
        ({"colour": "red"}, "colour 'red'; write it as #rrggbb"),
    ],
)
def test_solid_refuses_arrays_that_do_not_fit(change: dict[str, object], message: str) -> None:
    with pytest.raises(MeshError, match=message):
        replace(nested()[0], **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", [".stl", ".3mf", ".obj", ".ply"])
def test_volumes_read_by_trimesh_to_nine_digits(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"x{suffix}"
    write_solids(nested(), target)
    bodies = by_trimesh(target)
    found = sorted(volume_of(*body) for body in bodies.values())
    assert found == pytest.approx(sorted(expected()), rel=1e-9)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("suffix", [".stl", ".obj"])
def test_text_read_by_meshio_to_nine_digits(suffix: str, tmp_path: Path) -> None:
    import meshio

    target = tmp_path / f"x{suffix}"
    write_solids(nested(), target)
    with np.errstate(over="ignore"):  # meshio takes a piece of text for a number before it sees what it is
        mesh = meshio.read(target)
    if suffix == ".obj":
        found = [volume_of(mesh.points, block.data) for block in mesh.cells]
        assert found == pytest.approx(expected(), rel=1e-9)
    else:
        (block,) = mesh.cells
        bounds = np.cumsum([len(solid.triangles) for solid in nested()])[:-1]
        found = [volume_of(mesh.points, part) for part in np.split(block.data, bounds)]
        assert found == pytest.approx(expected(), rel=1e-9)
        assert len(mesh.points) == 24  # the points of neighbours are the same to the last digit


@pytest.mark.parametrize(("suffix", "tolerance"), [(".obj", 1e-9), (".stl", 1e-4), (".ply", 1e-4)])
def test_all_bodies_read_by_vtk(suffix: str, tolerance: float, tmp_path: Path) -> None:
    """VTK holds STL and PLY in single precision, which the thin films do not survive: only the sum is held."""
    import pyvista

    write_solids(nested(), tmp_path / f"x{suffix}")
    body = pyvista.read(tmp_path / f"x{suffix}")
    assert body.n_cells == 60
    points = np.asarray(body.points, dtype=float)
    assert volume_of(points, body.regular_faces) == pytest.approx(sum(expected()), rel=tolerance)


@pytest.mark.parametrize("suffix", SOLID_SUFFIXES)
def test_neighbours_share_their_faces_exactly(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"x{suffix}"
    write_solids(nested(), target)
    corners = []
    for points, triangles in by_trimesh(target).values():
        corners.append({tuple(point) for point in points[np.unique(triangles)].tolist()})
    corners.sort(key=len)
    assert [len(points) for points in corners] == [8, 16, 16]
    assert len(set.union(*corners)) == 24
    assert corners[0] < corners[1] or corners[0] < corners[2]


@pytest.mark.parametrize(
    ("suffix", "names"),
    [
        (".stl", ["block", "film_a_b_", "film_a_b__2"]),
        (".obj", ["block", "film_a_b_", "film_a_b__2"]),
        (".3mf", ["block", 'film <"a & b">', "film 'a b'"]),
        (".glb", ["block", 'film <"a & b">', "film 'a b'"]),
    ],
)
def test_names_survive(suffix: str, names: list[str], tmp_path: Path) -> None:
    write_solids(nested(), tmp_path / f"x{suffix}")
    bodies = by_trimesh(tmp_path / f"x{suffix}")
    assert sorted(bodies) == sorted(names)
    for name, volume in zip(names, expected(), strict=True):
        assert volume_of(*bodies[name]) == pytest.approx(volume, rel=1e-4)


def test_names_that_look_like_stl(tmp_path: Path) -> None:
    words = ("solid facet", "endsolid", "Vertex normal")
    write_solids([replace(s, name=n) for s, n in zip(nested(), words, strict=True)], tmp_path / "x.stl")
    bodies = by_trimesh(tmp_path / "x.stl")
    assert list(bodies) == ["solid_facet", "end_solid", "Vert_ex_normal"]
    assert [volume_of(*body) for body in bodies.values()] == pytest.approx(expected(), rel=1e-9)


def test_3mf_says_micron_and_colours(tmp_path: Path) -> None:
    import trimesh

    write_solids(nested(), tmp_path / "x.3mf")
    with zipfile.ZipFile(tmp_path / "x.3mf") as archive:
        assert archive.testzip() is None
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    assert set(parts) == {"[Content_Types].xml", "_rels/.rels", "3D/3dmodel.model"}
    assert parts["_rels/.rels"][0].get("Target") == "/3D/3dmodel.model"
    model = parts["3D/3dmodel.model"]
    assert model.get("unit") == "micron"
    bases = model.findall(".//{*}base")
    assert [(base.get("name"), base.get("displaycolor")) for base in bases] == [
        (material, colour.upper()) for material, colour in zip(MATERIALS, COLOURS, strict=True)
    ]
    objects = model.findall(".//{*}object")
    assert [(body.get("pid"), body.get("pindex")) for body in objects] == [("1", "0"), ("1", "1"), ("1", "2")]
    built = [item.get("objectid") for item in model.findall(".//{*}item")]
    assert built == [body.get("id") for body in objects]
    scene = trimesh.load(tmp_path / "x.3mf", process=False)
    assert scene.units == "micron"
    assert scene.extents == pytest.approx(SIZE + 2 * sum(FILMS), rel=1e-12)


def test_same_bodies_give_the_same_bytes(tmp_path: Path) -> None:
    for suffix in SOLID_SUFFIXES:
        write_solids(nested(), tmp_path / f"a{suffix}")
        write_solids(nested(), tmp_path / f"b{suffix}")
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def glb_scene(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    magic, version, total, length, kind = struct.unpack("<4sIIII", content[:20])
    assert (magic, version, total, kind) == (b"glTF", 2, len(content), 0x4E4F534A)
    found: dict[str, Any] = json.loads(content[20 : 20 + length])
    return found


def test_glb_colours_are_those_of_the_layers(tmp_path: Path) -> None:
    import trimesh

    write_solids(nested(), tmp_path / "x.glb")
    materials = glb_scene(tmp_path / "x.glb")["materials"]
    assert [material["name"] for material in materials] == list(MATERIALS)
    for material, colour in zip(materials, COLOURS, strict=True):
        *linear, alpha = np.array(material["pbrMetallicRoughness"]["baseColorFactor"])
        light = np.array(linear)
        # sRGB of linear light, the other way round than the file was made
        shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        assert "#" + "".join(f"{round(255 * channel):02x}" for channel in shown) == colour
        assert alpha == 1
        assert material["alphaMode"] == "OPAQUE"
    scene = trimesh.load(tmp_path / "x.glb", process=False)
    by_name = {name: body.visual.material.baseColorFactor for name, body in scene.geometry.items()}
    assert by_name["block"].tolist() == [0, 43, 114, 255]  # 0x00, 0x72 and 0xb2 as linear light


def test_glb_films_share_their_triangles_and_any_name_is_kept(tmp_path: Path) -> None:
    names = ["world", "camera", "world_2"]  # words of trimesh's own scene
    write_solids([replace(s, name=name) for s, name in zip(nested(), names, strict=True)], tmp_path / "x.glb")
    scene = glb_scene(tmp_path / "x.glb")
    assert scene["asset"]["generator"] == "tfgeom"
    assert [mesh["name"] for mesh in scene["meshes"]] == names
    assert {node["name"]: node["mesh"] for node in scene["nodes"] if "mesh" in node} == dict(
        zip(names, range(3), strict=True)
    )
    block, inner, outer = (mesh["primitives"][0] for mesh in scene["meshes"])
    assert block["indices"] != inner["indices"] == outer["indices"]
    assert [mesh["extras"]["role"] for mesh in scene["meshes"]] == ["substrate", "cathode", "cathode"]


def glb_volumes(path: Path) -> dict[str, float]:
    """Return the volumes in cubic micrometres, the transformation to metres undone."""
    import trimesh

    scene = trimesh.load(path, process=False)
    assert scene.units == "meters"
    found = {}
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1e-18, rel=1e-9)
        found[name] = volume_of(scene.geometry[name].vertices, scene.geometry[name].faces)
    return found


@pytest.mark.parametrize("width", [4.0, 100.0, 1000.0])
def test_glb_volumes_are_as_good_as_single_precision(width: float, tmp_path: Path) -> None:
    """Each face is off by at most half the spacing at half the extent, 2^-25 of it; a film has two a side.

    Seen: the thinnest film is off by 3e-6 at 4 um and by 3e-5 to 1e-3 at 1 mm, by where the faces fall.
    """
    size = np.array([width, width * 0.9, width * 0.8])
    write_solids(nested(size), tmp_path / "x.glb")
    found = glb_volumes(tmp_path / "x.glb")
    extent = width + 2 * sum(FILMS)
    names = ("block", 'film <"a & b">', "film 'a b'")
    for name, volume, thickness in zip(names, expected(size), (width, *FILMS), strict=True):
        assert found[name] == pytest.approx(volume, rel=2 * 2**-25 * extent / thickness)


def test_glb_is_metres_with_z_upwards(tmp_path: Path) -> None:
    import pyvista
    import trimesh

    write_solids(nested(), tmp_path / "x.glb")
    low, high = START - sum(FILMS), START + SIZE + sum(FILMS)
    bounds = np.array([[low[0], low[2], -high[1]], [high[0], high[2], -low[1]]]) * 1e-6
    scene = trimesh.load(tmp_path / "x.glb", process=False)
    assert scene.bounds == pytest.approx(bounds, rel=1e-6)
    blocks = pyvista.read(tmp_path / "x.glb")
    seen = np.reshape(blocks.bounds, (3, 2)).T
    assert seen == pytest.approx(bounds, rel=1e-6)


def test_ply_names_its_layers_and_keeps_doubles(tmp_path: Path) -> None:
    write_solids(nested(), tmp_path / "x.ply")
    header = (tmp_path / "x.ply").read_bytes().split(b"end_header\n")[0].decode()
    assert re.findall(r"^comment layer (\d) (.*)$", header, re.M) == [
        ("0", "block"),
        ("1", "film_a_b_"),
        ("2", "film_a_b__2"),
    ]
    assert "property double z" in header
    points, _ = by_trimesh(tmp_path / "x.ply")["0"]
    assert np.array_equal(points, np.concatenate([solid.points_um for solid in nested()]))


def test_obj_holds_colour_and_role_as_comment(tmp_path: Path) -> None:
    write_solids(nested(), tmp_path / "x.obj")
    text = (tmp_path / "x.obj").read_text()
    assert text.startswith("# tfgeom, coordinates in um\n")
    assert "o block\ng block\n# substrate, Si, #0072b2\n" in text
    assert "mtllib" not in text


@pytest.mark.parametrize(
    ("allowed", "names", "written"),
    [
        (one_word, ["a b", "a_b", "a<b"], ("a_b", "a_b_2", "a_b_3")),
        (one_word, ["LiCoO₂", "é", "", "\n", "Li₂O|C"], ("LiCoO2", "e", "unnamed", "unnamed_2", "Li2O|C")),
        (one_line, ["a  b\r\n", "a b", "µ <x>", "\x00\ud800"], ("a b", "a b_2", "µ <x>", "unnamed")),
        (one_line, ["a", "a", "a_2"], ("a", "a_2", "a_2_2")),
    ],
)
def test_names_stay_distinct(
    allowed: Callable[[str], str], names: list[str], written: tuple[str, ...]
) -> None:
    assert distinct_names(names, allowed) == written


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.step", r"'\.step' is not a format of it; use \.stl, \.3mf, \.glb, \.obj or \.ply"),
        ("x", "has no suffix that says its format"),
        ("nowhere/x.stl", "does not exist; create it"),
        ("folder.stl", "is a folder"),
    ],
)
def test_bad_targets(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.stl").mkdir()
    with pytest.raises(OutputError, match=message):
        write_solids(nested(), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.stl"]


def test_bodies_that_are_none_leave_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "x.STL"
    target.write_text("old")
    block = nested()[0]
    for bad in ([], [replace(block, triangles=BOX[1:])], [replace(block, triangles=BOX[:, ::-1])]):
        with pytest.raises(
            MeshError, match=r"x\.STL: (there is no body|the surface of 'block' is not closed)"
        ):
            write_solids(bad, target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    write_solids([block], target)
    assert target.read_bytes().startswith(b"solid block\n")
