"""What trimesh's own writers lose: why all formats but GLB have a writer in `tfgeom.meshing.solid_files`.

A test that fails here after an upgrade of trimesh is good news: a writer may go.
"""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from tests.nested_bodies import FILMS, nested
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.solid_files import write_solids


def scene_of(solids: list[Solid]) -> trimesh.Scene:
    return trimesh.Scene({solid.name: solid.to_trimesh() for solid in solids})


def export(file_type: str) -> bytes:
    """Return what trimesh makes of the nested bodies."""
    found = scene_of(nested()).export(file_type=file_type)
    return found.encode() if isinstance(found, str) else bytes(found)


def thickness_of_films(points: NDArray[np.float64]) -> list[float]:
    """Return how far the levels of the nested boxes stand apart in x, um."""
    levels = np.unique(np.round(points[:, 0], 12))
    return [float(step) for step in np.diff(levels)[:2][::-1]]


def test_own_files_keep_the_thickness(tmp_path: Path) -> None:
    write_solids(nested(), tmp_path / "x.ply")
    loaded = trimesh.load(tmp_path / "x.ply", process=False)
    assert thickness_of_films(loaded.vertices) == pytest.approx(FILMS, rel=1e-9)


@pytest.mark.parametrize("file_type", ["stl", "ply"])
def test_stl_and_ply_are_single_precision_and_nameless(file_type: str) -> None:
    content = export(file_type)
    loaded = trimesh.load(io.BytesIO(content), file_type=file_type, process=False)
    assert thickness_of_films(loaded.vertices) != pytest.approx(FILMS, rel=1e-4)
    assert b"block" not in content


def test_text_stl_drops_a_long_name() -> None:
    body = nested()[0].to_trimesh()
    body.metadata["name"] = "block" * 17
    assert body.export(file_type="stl_ascii").startswith("solid \n")


def test_obj_has_fixed_decimals_and_no_colour() -> None:
    text = export("obj").decode()
    numbers = re.findall(r"^v (\S+)", text, re.M)
    assert {len(number.split(".")[1]) for number in numbers} == {8}  # a film of 10 nm keeps six digits
    assert "#0072b2" not in text
    assert "Si" not in text


def test_3mf_is_in_millimetres_without_colours_and_never_the_same() -> None:
    first, second = (zipfile.ZipFile(io.BytesIO(export("3mf"))).read("3D/3dmodel.model") for _ in range(2))
    assert b'unit="millimeter"' in first
    assert b"displaycolor" not in first
    assert first != second


def test_glb_materials_are_rounded_to_bytes() -> None:
    material = trimesh.visual.material.PBRMaterial(baseColorFactor=[0.002, 0.0, 0.0, 1.0])
    assert material.baseColorFactor[0] == 1  # of 255: twice the light
