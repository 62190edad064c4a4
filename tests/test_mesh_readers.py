"""Volume meshes of every relief, opened by the programs that they are for: names, numbers, volumes, areas."""

import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.kinds import design, every_relief
from tests.mesh_command import mesh as mesh_command
from tests.mesh_command import sidecar
from tests.oracles import gmsh_or_skip, ngsolve_or_skip
from tests.read_elements import (
    Sizes,
    by_gmsh,
    by_meshio,
    by_netgen,
    by_scikit_fem,
    by_vtk,
    flat_area,
    vtk_volume,
)
from tests.shipped import ROOT
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.legend import cell_legend
from tfgeom.design import design_from_mapping
from tfgeom.mesh_files import write_mesh_file
from tfgeom.meshing.element_files import ElementGrid, write_vtu
from tfgeom.meshing.film_elements import film_elements
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.msh_files import write_msh
from tfgeom.meshing.resolution import Resolution
from tfgeom.units import UM

NUMBERS = {"inner_collector": 1, "cathode": 2, "electrolyte": 3, "anode": 4, "outer_collector": 5}
SURFACES = {
    "substrate|inner_collector": 1000,
    "inner_collector|cathode": 1001,
    "cathode|electrolyte": 1002,
    "electrolyte|anode": 1003,
    "anode|outer_collector": 1004,
    "outer_collector|outside": 1005,
}
TAGS = {name: (tag, 3) for name, tag in NUMBERS.items()} | {name: (tag, 2) for name, tag in SURFACES.items()}
every_msh = pytest.mark.parametrize(
    ("version", "text"), [("2.2", False), ("2.2", True), ("4.1", False), ("4.1", True)]
)
# Readers cut bent hexahedra into plane ones, or integrate them exactly; facets lie inside curved faces.
VOLUME, AREA = 1e-4, 0.04


class Case:
    """A small mesh of one sector, and what the closed forms say of it, um³ and um²."""

    def __init__(self, relief: str, collapsed: bool) -> None:
        cell = assemble_cell(design_from_mapping(design(relief)))
        mesh = mesh_films(cell.made, Resolution(1))
        self.grid: ElementGrid = film_elements(mesh, cell_legend(cell), collapsed=collapsed)
        films, share = cell.made.films, mesh.unit_cells
        self.volumes: Sizes = {film.layer.name: film.volume * share / UM**3 for film in films}
        areas = [films[0].inner_area, *(film.outer_area for film in films)]
        self.areas: Sizes = {name: area * share / UM**2 for name, area in zip(SURFACES, areas, strict=True)}

    @property
    def sizes(self) -> Sizes:
        return self.volumes | self.areas

    def require(self, found: Sizes) -> None:
        """Assert that volumes and areas are those of the closed forms, by name."""
        assert found.keys() == self.sizes.keys()
        assert {name: found[name] for name in self.volumes} == pytest.approx(self.volumes, rel=VOLUME)
        assert {name: found[name] for name in self.areas} == pytest.approx(self.areas, rel=AREA)


@lru_cache
def case(relief: str, *, collapsed: bool = False) -> Case:
    return Case(relief, collapsed)


@every_relief
@every_msh
def test_meshio(relief: str, version: str, text: bool, tmp_path: Path) -> None:
    wanted = case(relief)
    write_msh(wanted.grid, tmp_path / "x.msh", version=version, text=text)
    head = (tmp_path / "x.msh").read_bytes()[:40].split(b"\n")[1]
    assert head == f"{version} {int(not text)} 8".encode()
    tags, found = by_meshio(tmp_path / "x.msh")
    assert tags == TAGS
    wanted.require(found)


@every_relief
@every_msh
def test_gmsh(relief: str, version: str, text: bool, tmp_path: Path) -> None:
    wanted = case(relief)
    write_msh(wanted.grid, tmp_path / "x.msh", version=version, text=text)
    tags, found = by_gmsh(tmp_path / "x.msh")
    assert tags == TAGS
    wanted.require(found)


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Netgen's
@every_relief
def test_netgen_reads_text_of_version_2(relief: str, tmp_path: Path) -> None:
    wanted = case(relief)
    write_msh(wanted.grid, tmp_path / "x.msh", text=True)
    materials, boundaries, found = by_netgen(tmp_path / "x.msh")
    assert materials == list(NUMBERS)
    assert boundaries == sorted(SURFACES)
    wanted.require(found)


@every_relief
@every_msh
def test_scikit_fem(
    relief: str, version: str, text: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It reads one kind of element: sharp edges as collapsed hexahedra.  Of version 2 it names outer faces only."""
    wanted = case(relief, collapsed=True)
    assert set(wanted.grid.counts) == {"hexahedron"}
    write_msh(wanted.grid, tmp_path / "x.msh", version=version, text=text)
    volumes, areas = by_scikit_fem(tmp_path / "x.msh", caplog)
    assert volumes == pytest.approx(wanted.volumes, rel=1e-9)
    named = set(SURFACES) if version == "4.1" else {"substrate|inner_collector", "outer_collector|outside"}
    assert areas == pytest.approx({name: wanted.areas[name] for name in named}, rel=AREA)


@every_relief
def test_vtk(relief: str, tmp_path: Path) -> None:
    wanted = case(relief)
    write_vtu(wanted.grid, tmp_path / "x.vtu")
    numbers, found = by_vtk(tmp_path / "x.vtu")
    assert numbers == {"substrate": 0} | NUMBERS
    assert found == pytest.approx(wanted.volumes, rel=VOLUME)


@every_relief
def test_meshio_reads_vtu_as_scikit_fem_does(relief: str, tmp_path: Path) -> None:
    import meshio

    wanted = case(relief)
    write_vtu(wanted.grid, tmp_path / "x.vtu")
    mesh = meshio.read(tmp_path / "x.vtu")
    assert {block.type: len(block.data) for block in mesh.cells} == wanted.grid.counts
    found = dict.fromkeys(NUMBERS, 0.0)
    for block, film in zip(mesh.cells, mesh.cell_data["film"], strict=True):
        for name in NUMBERS:
            own = block.data[film == mesh.field_data[f"film:{name}"][0]]
            if len(own):
                found[name] += vtk_volume(mesh.points, block.type, own)
    assert found == pytest.approx(wanted.volumes, rel=VOLUME)


@every_relief
@every_msh
def test_fenics_by_xdmf(
    relief: str, version: str, text: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The route that FEniCS documents: one kind of cell and its tags, by meshio to XDMF; faces in a second file."""
    import meshio

    monkeypatch.setitem(sys.modules, "h5py", ModuleType("h5py"))  # meshio asks for it, and needs none for XML
    wanted = case(relief, collapsed=True)
    write_msh(wanted.grid, tmp_path / "x.msh", version=version, text=text)
    mesh = meshio.read(tmp_path / "x.msh")
    for kind, names in (("hexahedron", NUMBERS), ("quad", SURFACES)):
        tags = mesh.get_cell_data("gmsh:physical", kind).astype(np.int32)
        one = meshio.Mesh(mesh.points, {kind: mesh.get_cells_type(kind)}, cell_data={"name_to_read": [tags]})
        meshio.write(tmp_path / "x.xdmf", one, data_format="XML")
        again = meshio.read(tmp_path / "x.xdmf")
        (read,) = again.cell_data["name_to_read"]
        assert np.unique(read).tolist() == sorted(names.values())
        (block,) = again.cells
        for name, tag in names.items():
            own = block.data[read == tag]
            size = flat_area(again.points, own) if kind == "quad" else vtk_volume(again.points, kind, own)
            assert size == pytest.approx(wanted.sizes[name], rel=AREA if kind == "quad" else VOLUME)


README = (ROOT / "meshes" / "README.md").read_text(encoding="utf-8")
OPTIONS = {
    row[0]: row[1].split()
    for row in re.findall(r"^\| ([\w ,-]+) \| `-o x\.msh ?([^`]*)` .*\|$", README, re.MULTILINE)
}


@pytest.mark.parametrize("program", ["gmsh", "scikit-fem", "Netgen, NGSolve", "FEniCS"])
def test_readme_writes_what_the_program_reads(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The table of the page is tried as it stands, on a design with sharp edges."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "h5py", ModuleType("h5py"))
    source = ROOT / "designs" / "example_pillars_ar10.yaml"
    assert mesh_command(source, "-o", "x.msh", "--resolution", "1", *OPTIONS[program]) == 0
    parts = sidecar(Path("x.msh"))["parts"]
    share = sidecar(Path("x.msh"))["unit_cells"]
    exact = {part["name"]: part["closed_form_volume_um3"] * share for part in parts}
    if program == "gmsh":
        gmsh_or_skip()
        gmsh_program = Path(sys.executable).with_name("gmsh")
        subprocess.run(
            [sys.executable, gmsh_program, "x.msh", "-save", "-o", "x.inp"], check=True, capture_output=True
        )
        sets = re.findall(r"^\*ELSET,ELSET=(.+)$", Path("x.inp").read_text(), re.MULTILINE)
        assert sets == [*SURFACES, *NUMBERS]
    elif program == "scikit-fem":
        volumes, areas = by_scikit_fem(Path("x.msh"), caplog)
        assert volumes == pytest.approx(exact, rel=1e-9)
        assert set(areas) == set(SURFACES)
    elif program == "FEniCS":
        import meshio

        (code,) = (
            block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "xdmf" in block
        )
        written: dict[str, Any] = {}
        monkeypatch.setattr(meshio, "write", lambda name, mesh: written.update({name: mesh}))
        exec(code, {"meshio": meshio})  # HDF5 is not on every machine: what would be written is looked at
        assert sorted(written) == ["cells.xdmf", "faces.xdmf"]
        for name, tags in (("cells.xdmf", NUMBERS), ("faces.xdmf", SURFACES)):
            assert [block.dim for block in written[name].cells] == [3 if tags is NUMBERS else 2]
            assert np.unique(written[name].cell_data["tag"][0]).tolist() == sorted(tags.values())
    else:
        ngsolve_or_skip()
        head = Path("x.msh").read_bytes()[:30].split(b"\n")[1]
        assert head == b"2.2 0 8"  # what test_netgen_reads_text_of_version_2 opens


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Netgen's
@pytest.mark.parametrize(
    ("relief", "cell", "options"),
    [
        ("pillars", "flooded", {"what": "flooded"}),
        ("square pillars", "flooded", {"what": "flooded"}),
        ("honeycomb", "many films", {}),
        ("trenches", "conformal", {"tiles": "2x1"}),
        ("wave", "conformal", {"tiles": "3x1"}),
    ],
    ids=["liquid", "liquid at sharp corners", "filling layer", "tile", "tile of a wave"],
)
def test_liquid_filling_layer_and_tiles(
    relief: str, cell: str, options: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loaded = design_from_mapping(design(relief, cell))
    write_mesh_file(loaded, tmp_path / "x.vtu", resolution=1, **options)
    said = sidecar(tmp_path / "x.vtu")
    numbers = {part["name"]: part["number"] for part in said["parts"]}
    exact = {part["name"]: said["unit_cells"] * part["closed_form_volume_um3"] for part in said["parts"]}
    names = [surface["name"] for surface in said["surfaces"]]
    tags = {name: (number, 3) for name, number in numbers.items()}
    tags |= {surface["name"]: (surface["number"], 2) for surface in said["surfaces"]}
    assert by_vtk(tmp_path / "x.vtu")[1] == pytest.approx(exact, rel=VOLUME)
    for choices in ({}, {"ascii": True}, {"msh": "4.1"}, {"msh": "4.1", "ascii": True}):
        write_mesh_file(loaded, tmp_path / "x.msh", resolution=1, **options, **choices)
        for read in (by_gmsh, by_meshio):
            found_tags, found = read(tmp_path / "x.msh")
            assert found_tags == tags
            assert {name: found[name] for name in exact} == pytest.approx(exact, rel=VOLUME)
        if choices == {"ascii": True}:
            materials, boundaries, netgen = by_netgen(tmp_path / "x.msh")
            assert (materials, boundaries) == (list(numbers), sorted(names))
            assert netgen == pytest.approx(found, rel=VOLUME)
    write_mesh_file(loaded, tmp_path / "x.msh", resolution=1, **options, msh="4.1", hexahedra=True)
    volumes, areas = by_scikit_fem(tmp_path / "x.msh", caplog)
    assert volumes == pytest.approx(exact, rel=1e-8)
    assert areas == pytest.approx({name: found[name] for name in names}, rel=1e-3)
