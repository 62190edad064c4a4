"""A film and a material have one number in every file of a design, whatever command wrote it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import meshio
import pytest
import pyvista

from tests.kinds import CELLS, design
from tests.mesh_command import sidecar
from tests.read_meshes import read_bodies, volume_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import solve_transport
from tfgeom.field_files import write_field_file
from tfgeom.mesh_files import write_mesh_file
from tfgeom.meshing.solid_files import SOLID_SUFFIXES

# Layers of tests/kinds.py as the design file lists them, from the substrate outwards, and what comes after.
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "conformal": ("inner_collector", "cathode", "electrolyte", "anode", "outer_collector"),
    "anode inside": ("inner_collector", "anode", "electrolyte", "cathode", "outer_collector"),
    "many films": (
        "barrier", "inner_collector", "cathode", "interlayer", "electrolyte", "second", "anode",
        "outer_collector", "encapsulation",
    ),
    "anode-free": ("inner_collector", "cathode", "electrolyte", "outer_collector", "plated_lithium"),
    "flooded": ("inner_collector", "cathode", "liquid"),
}  # fmt: skip


def numbers_in(path: Path) -> dict[str, int]:
    """Return number by name of all films that a file names, and check them against those it holds."""
    if path.suffix == ".msh":
        return {
            name: int(tag)
            for name, (tag, dimension) in meshio.read(path).field_data.items()
            if dimension == 3
        }
    grid = pyvista.read(path)
    named = {key[5:]: int(grid.field_data[key][0]) for key in grid.field_data if key.startswith("film:")}
    materials = {
        key[9:]: int(grid.field_data[key][0]) for key in grid.field_data if key.startswith("material:")
    }
    held = {(part["number"], part["material_number"]) for part in sidecar(path)["parts"]}
    assert set(zip(grid["film"].tolist(), grid["material"].tolist(), strict=True)) == held
    for part in sidecar(path)["parts"]:
        assert named[part["name"]] == part["number"]
        assert materials[part["material"]] == part["material_number"]
    return named


def written(mapping: dict[str, Any], folder: Path) -> dict[str, Path]:
    """Write one design in every way it has, and return the files."""
    loaded = design_from_mapping(mapping)
    fills = any("fill" in layer for layer in mapping["layers"])
    ways: dict[str, dict[str, Any]] = {"sector.vtu": {}, "sector.msh": {}, "bodies.ply": {"what": "solids"}}
    if not fills:
        ways |= {"tile.vtu": {"tiles": "2x1"}, "tile.msh": {"tiles": "2x1"}}
    if mapping["cell"]["type"] == "flooded":
        ways |= {"flooded.vtu": {"what": "flooded"}, "flooded.msh": {"what": "flooded"}}
    for name, options in ways.items():
        write_mesh_file(loaded, folder / name, resolution=1, **options)
    if not fills:  # such a film has no mesh to solve on
        found = solve_transport(loaded, resolution=1)
        write_field_file(found.cell, found.fields, folder / "fields.vtu")
    return {path.name: path for path in folder.iterdir() if path.suffix != ".json"}


@pytest.mark.parametrize("suffix", SOLID_SUFFIXES)
def test_a_layer_named_as_the_wafer_keeps_its_name_in_every_file(suffix: str, tmp_path: Path) -> None:
    """The wafer gives way, in bodies as in the legend of VTU."""
    mapping = design("planar")
    mapping["layers"][0]["name"] = "substrate"
    path = tmp_path / f"x{suffix}"
    write_mesh_file(design_from_mapping(mapping), path, what="solids")
    parts = {part["name"]: part["closed_form_volume_um3"] for part in sidecar(path)["parts"]}
    assert list(parts)[:3] == ["substrate_2", "substrate", "cathode"]
    # GLB holds single precision about the middle of the wafer
    found = {name: volume_of(body) for name, body in read_bodies(path).items()}
    assert found == pytest.approx(parts, rel=2e-3)


@pytest.mark.parametrize("cell", EXPECTED)
def test_all_files_of_a_design_agree(cell: str, tmp_path: Path) -> None:
    wanted = {"substrate": 0} | {name: number for number, name in enumerate(EXPECTED[cell], start=1)}
    files = written(design("pillars" if cell == "flooded" else "planar", cell), tmp_path)
    assert len(files) >= 3
    for name, path in files.items():
        parts = sidecar(path)["parts"]
        assert {part["name"]: part["number"] for part in parts}.items() <= wanted.items(), name
        if path.suffix == ".vtu":
            assert numbers_in(path) == wanted, name
        elif path.suffix == ".msh":
            assert numbers_in(path) == {part["name"]: part["number"] for part in parts}
    # each part is told with the same material number wherever it is
    told = {
        (part["name"], part["material"], part["material_number"])
        for path in files.values()
        for part in sidecar(path)["parts"]
    }
    assert len(told) == len({name for name, _, _ in told})
    assert {name for name, _, _ in told} >= wanted.keys() - {"plated_lithium"}


def test_the_same_place_holds_the_same_number(tmp_path: Path) -> None:
    """The middle of each film of the fields lies, in the mesh file, in a cell of the same number."""
    files = written(design("holes"), tmp_path)
    fields, mesh = pyvista.read(files["fields.vtu"]), pyvista.read(files["sector.vtu"])
    assert set(fields["film"].tolist()) == {2, 3, 4} < set(mesh["film"].tolist())
    at = mesh.find_containing_cell(fields.cell_centers().points)
    assert (at >= 0).mean() > 0.99
    # VTK takes bent faces for plane ones, which a thin film may lie beside
    for key in ("film", "material"):
        assert (mesh[key][at[at >= 0]] == fields[key][at >= 0]).mean() > 0.9, key


def test_one_material_has_one_number_wherever_it_stands(tmp_path: Path) -> None:
    films = [
        {"role": "current_collector", "material": "TiN", "thickness": "30 nm"},
        {"role": "cathode", "material": "LiV2O5", "thickness": "70 nm"},
        {"role": "electrolyte", "material": "LiPON", "thickness": "50 nm"},
        {"role": "anode", "material": "Si", "thickness": "10 nm"},
        {"role": "current_collector", "material": "TiN", "thickness": "30 nm"},
    ]
    for substrate, silicon, titanium in (({"material": "Si", "thickness": "500 um"}, 0, 1), (None, 4, 1)):
        mapping = design("holes") | {"layers": films, "substrate": substrate}
        if substrate is None:
            del mapping["substrate"]
        write_mesh_file(design_from_mapping(mapping), tmp_path / "x.vtu", resolution=1)
        grid = pyvista.read(tmp_path / "x.vtu")
        assert grid.field_data["material:Si"].tolist() == [silicon]
        assert ("film:substrate" in grid.field_data) == (substrate is not None)
        pairs = set(zip(grid["film"].tolist(), grid["material"].tolist(), strict=True))
        assert pairs == {(1, titanium), (2, 2), (3, 3), (4, silicon), (5, titanium)}


ODD = 'a "hot" film, μ–1 | <&>\'s \\#5'


def test_odd_names_of_materials_and_layers_survive(tmp_path: Path) -> None:
    """Materials have any name, layers are one word of letters, digits, `_` and `-`, which every reader keeps."""
    mapping = design("planar", materials={ODD: {"density": "2 g/cm^3"}})
    first = {"role": "barrier", "material": ODD, "thickness": "10 nm", "name": "first-1_b"}
    mapping["layers"] = [first, *mapping["layers"]]
    loaded = design_from_mapping(mapping)
    wanted = {"substrate": 0, "first-1_b": 1} | {
        name: n for n, name in enumerate(EXPECTED["conformal"], start=2)
    }
    write_mesh_file(loaded, tmp_path / "x.vtu", resolution=1)
    assert numbers_in(tmp_path / "x.vtu") == wanted
    assert meshio.read(tmp_path / "x.vtu").field_data[f"material:{ODD}"].tolist() == [1]
    write_mesh_file(loaded, tmp_path / "x.msh", resolution=1)
    del wanted["substrate"]
    assert numbers_in(tmp_path / "x.msh") == wanted
    for name in ("x.vtu", "x.msh"):
        said = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        assert {part["name"]: part["number"] for part in said["parts"]} == wanted
        assert said["parts"][0]["material"] == ODD
        assert said["surfaces"][1] == {"number": 1001, "name": "first-1_b|inner_collector"}


def test_a_layer_called_substrate_or_liquid_keeps_its_name(tmp_path: Path) -> None:
    mapping = design("pillars", "flooded")
    mapping["layers"] = [dict(layer) for layer in mapping["layers"]]
    for layer, name in zip(mapping["layers"], ("substrate", "liquid"), strict=True):
        layer["name"] = name
    write_mesh_file(design_from_mapping(mapping), tmp_path / "x.vtu", what="flooded", resolution=1)
    assert numbers_in(tmp_path / "x.vtu") == {"substrate": 1, "liquid": 2, "liquid_2": 3, "substrate_2": 0}


def test_every_cell_kind_is_numbered() -> None:
    from tfgeom.cells.legend import cell_legend

    for cell in CELLS:
        if cell == "geometry only":
            continue
        assembled = assemble_cell(design_from_mapping(design("pillars", cell)))
        legend = cell_legend(assembled)
        assert [region.number for region in legend.regions] == list(range(len(legend.regions)))
        laid = [film.layer.name for film in assembled.made.films]
        assert [region.name for region in legend.regions][: len(laid) + 1] == ["substrate", *laid]
        for film in assembled.charged.films:
            assert legend.named(film.layer.name).material == film.layer.material.name
