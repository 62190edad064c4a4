"""`tfgeom mesh`: every format and what it may hold, read back by other programs."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.commands import Captured
from tests.design_texts import BARE, FILLED, SHORT, VALID, WAFER, design_of, spoilt
from tests.mesh_command import SUFFIXES, mesh, sidecar
from tests.oracles import gmsh_or_skip
from tests.read_meshes import read_bodies, region_volumes, volume_of
from tests.shipped import PEARSE
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Design, load_design
from tfgeom.errors import DesignError, OutputError
from tfgeom.mesh_files import WHAT, write_mesh_file
from tfgeom.meshing.element_choices import ELEMENT_SUFFIXES
from tfgeom.meshing.solid_files import SOLID_SUFFIXES
from tfgeom.units import UM

# Pearse 2018, 30 um: volume over footprint times nominal thickness of 70 nm laid on 40 nm.
CATHODE_GAIN = 9.606


def closed_forms(design: Design, covered: float) -> list[float]:
    return [film.volume * covered / UM**3 for film in assemble_cell(design).made.films]


@pytest.mark.parametrize("suffix", ELEMENT_SUFFIXES)
@pytest.mark.parametrize(
    ("name", "tiles"),
    [("pearse", None), ("pearse", "2x1"), ("pillars", None), ("pillars", "1x2"), ("filled", None)],
)
def test_cells_of_films(name: str, tiles: str | None, suffix: str, tmp_path: Path) -> None:
    text = {"pearse": VALID, "pillars": SHORT, "filled": FILLED}[name]
    design = design_of(text)
    target = tmp_path / f"x{suffix}"
    made = write_mesh_file(design, target, tiles=tiles, resolution=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == [target.name, f"{target.name}.json"]
    said = sidecar(target)
    assert said["unit"] == "um"
    assert said["unit_cells"] == pytest.approx({"pillars": 1 / 8}.get(name, 1 / 12) if tiles is None else 2)
    exact = closed_forms(design, said["unit_cells"])
    assert region_volumes(target) == pytest.approx(exact, rel=1e-6)
    names = [layer.name for layer in design.layers]
    assert [part["name"] for part in said["parts"]] == names
    assert [part["number"] for part in said["parts"]] == list(range(1, len(names) + 1))
    for part, layer, volume in zip(said["parts"], design.layers, exact, strict=True):
        assert part["role"] == layer.role
        assert part["closed_form_volume_um3"] == pytest.approx(volume / said["unit_cells"], rel=1e-12)
        assert part["volume_um3"] == pytest.approx(volume / said["unit_cells"], rel=1e-8)
        assert abs(part["relative_error"]) < 1e-8
    assert said["refine"] == 1
    assert said["min_jacobian_um3"] > 0
    assert abs(said["closure_error"]) < 1e-9
    assert made.path == target
    assert made.counts.startswith(
        f"{said['n_nodes']} nodes, {said['n_cells']} cells ({said['cells']['hexahedron']} hexa"
    )
    assert sum(said["cells"].values()) == said["n_cells"]


def test_msh_read_by_gmsh_has_named_groups(tmp_path: Path) -> None:
    gmsh = gmsh_or_skip()
    design = design_of(SHORT)
    write_mesh_file(design, tmp_path / "x.msh", what="flooded", resolution=1)
    gmsh.initialize([], False, False, False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.open(str(tmp_path / "x.msh"))
        found = {}
        for dimension, group in gmsh.model.getPhysicalGroups():
            size = 0.0
            for entity in gmsh.model.getEntitiesForPhysicalGroup(dimension, group):
                for cells in gmsh.model.mesh.getElements(dimension, entity)[1]:
                    size += gmsh.model.mesh.getElementQualities(cells, "volume").sum()
            found[dimension, gmsh.model.getPhysicalName(dimension, group)] = size
    finally:
        gmsh.finalize()
    parts = sidecar(tmp_path / "x.msh")["parts"]
    for part in parts:
        assert found.pop((3, part["name"])) == pytest.approx(part["closed_form_volume_um3"] / 8, rel=1e-6)
    surfaces = [surface["name"] for surface in sidecar(tmp_path / "x.msh")["surfaces"]]
    assert sorted(name for _, name in found) == sorted(surfaces)
    assert found[2, "liquid|outside"] == pytest.approx(16 / 8, rel=1e-9)


@pytest.mark.parametrize("suffix", ELEMENT_SUFFIXES)
def test_cells_of_films_and_liquid(suffix: str, tmp_path: Path) -> None:
    design = design_of(SHORT)
    target = tmp_path / f"x{suffix}"
    write_mesh_file(design, target, what="flooded", resolution=1)
    said = sidecar(target)
    named = [(part["number"], part["name"], part["material"]) for part in said["parts"]]
    assert named == [(1, "inner_collector", "TiN"), (2, "cathode", "Cl-TiO2"), (3, "liquid", "LiPF6-EC-EMC")]
    films = closed_forms(design, 1 / 8)
    # pillars 5 um high of radius 1, 0.11 um of films, 2 um of head space
    liquid = (16 * (5 + 0.11 + 2) - 5 * math.pi) / 8 - sum(films)
    assert region_volumes(target) == pytest.approx([*films, liquid], rel=1e-6)
    assert said["parts"][2]["role"] == "electrolyte"
    assert said["parts"][2]["volume_um3"] == pytest.approx(8 * liquid, rel=1e-8)
    assert said["surfaces"][-2:] == [
        {"number": 1002, "name": "cathode|liquid"},
        {"number": 1003, "name": "liquid|outside"},
    ]


def test_liquid_is_told_from_a_layer_of_that_name(tmp_path: Path) -> None:
    text = spoilt(SHORT, ("material: Cl-TiO2,", "material: Cl-TiO2, name: liquid,"))
    write_mesh_file(design_of(text), tmp_path / "x.vtu", what="flooded", resolution=1)
    names = [part["name"] for part in sidecar(tmp_path / "x.vtu")["parts"]]
    assert names == ["inner_collector", "liquid", "liquid_2"]


@pytest.mark.parametrize("suffix", SOLID_SUFFIXES)
@pytest.mark.parametrize(
    ("what", "text", "tiles"),
    [
        ("films", VALID, None),
        ("films", SHORT, "2x3"),
        ("films", FILLED, None),
        ("solids", SHORT, None),
        ("solids", FILLED, "2x2"),
        ("solids", VALID, "1x2"),
        ("substrate", BARE + WAFER, "3x1"),
        ("substrate", FILLED, None),
    ],
    ids=["sector", "tile", "filled", "cell", "filled tile", "no substrate", "bare", "substrate"],
)
def test_bodies(what: str, text: str, tiles: str | None, suffix: str, tmp_path: Path) -> None:
    design = design_of(text)
    target = tmp_path / f"x{suffix}"
    made = write_mesh_file(design, target, what=what, tiles=tiles)
    assert sorted(path.name for path in tmp_path.iterdir()) == [target.name, f"{target.name}.json"]
    said = sidecar(target)
    if tiles is None:
        covered = 1 / 12 if what == "films" and text == VALID else 1
    else:
        covered = int(tiles[0]) * int(tiles[2])
    assert said["unit_cells"] == covered == made.unit_cells
    names = [] if what == "substrate" else [layer.name for layer in design.layers]
    exact = [] if what == "substrate" else closed_forms(design, covered)
    if what != "films" and design.substrate is not None:
        names.insert(0, "substrate")
        assert design.substrate.material == "Si"
        cell = assemble_cell(design).made.cell
        below = cell.footprint * (design.substrate.thickness - cell.height) + cell.solid_volume
        exact.insert(0, covered * below / UM**3)
    assert [part["name"] for part in said["parts"]] == names
    assert len(said["colours"]) == len(set(said["colours"])) == len(names)
    assert said["euler_numbers"] == [2] * len(names)
    found = read_bodies(target)
    assert sorted(found) == sorted(names)
    # of GLB single precision: films of tens of nanometres on micrometres
    tolerance = 2e-4 if suffix == ".glb" else 1e-8
    assert [volume_of(found[name]) for name in names] == pytest.approx(exact, rel=tolerance)
    assert said["unit"] == ("m" if suffix == ".glb" else "um")
    assert said["bodies"] == "separate"


@pytest.mark.parametrize(
    ("what", "suffix"),
    [
        (what, suffix)
        for what in WHAT
        for suffix in SUFFIXES
        if suffix
        not in (SUFFIXES if what == "films" else ELEMENT_SUFFIXES if what == "flooded" else SOLID_SUFFIXES)
    ],
)
def test_suffixes_that_cannot_hold_it(what: str, suffix: str, tmp_path: Path, capsys: Captured) -> None:
    known = ELEMENT_SUFFIXES if what == "flooded" else SOLID_SUFFIXES
    target = tmp_path / f"x{suffix}"
    assert mesh(PEARSE, "-o", target, "--what", what) == 2
    assert capsys.readouterr().err == (
        f"{target}: {suffix} cannot hold --what {what}; use {', '.join(known[:-1])} or {known[-1]}\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_known_suffixes_in_capitals(tmp_path: Path) -> None:
    design = design_of(VALID)
    for name in ("X.VTU", "X.Stl"):
        write_mesh_file(design, tmp_path / name, resolution=1)
        assert sidecar(tmp_path / name)["unit"] == "um"


@pytest.mark.parametrize(
    ("width", "length", "border", "size"),
    [
        ("30 um", "6 um", "0 um", 5 * 1),  # 30e-6 / 6e-6 is 4.999...: not one less by rounding
        ("61 um", "20 um", "1 um", 9 * 3),
        ("8 um", "7.9 um", "1 um", None),
    ],
)
def test_die_of_squares(width: str, length: str, border: str, size: int | None, tmp_path: Path) -> None:
    square = spoilt(VALID, ("lattice: hexagonal", "lattice: square"), ("depth: 30 um", "depth: 3 um"))
    chip = f"chip: {{width: {width}, length: {length}, border: {border}}}\n"
    design = design_of(square + chip)
    if size is None:
        with pytest.raises(DesignError, match="not one unit cell fits the chip inside its border"):
            write_mesh_file(design, tmp_path / "x.ply", tiles="die")
        assert list(tmp_path.iterdir()) == []
        return
    made = write_mesh_file(design, tmp_path / "x.ply", tiles="die")
    assert made.unit_cells == size
    points = np.concatenate([points for points, _ in read_bodies(tmp_path / "x.ply").values()])
    width_um, length_um, border_um = (float(text.removesuffix(" um")) for text in (width, length, border))
    inside = [width_um - 2 * border_um, length_um - 2 * border_um]
    assert (np.ptp(points[:, :2], axis=0) <= np.array(inside) * (1 + 1e-9)).all()


@pytest.mark.parametrize(
    ("width", "length", "size"),
    [
        # hexagons 6 um wide and 6.93 um high in rows 5.196 um apart, every other one half a pitch to the side
        ("18.1 um", "12.2 um", 2 * 2),
        ("21.1 um", "12.2 um", 3 * 2),
        ("18.1 um", "12.1 um", 3 * 1),
        ("6 um", "30 um", 1),
    ],
)
def test_die_of_hexagons_lies_inside_the_border(width: str, length: str, size: int, tmp_path: Path) -> None:
    text = spoilt(VALID, ("depth: 30 um", "depth: 3 um"))
    design = design_of(text + f"chip: {{width: {width}, length: {length}}}\n")
    made = write_mesh_file(design, tmp_path / "x.ply", tiles="die")
    assert made.unit_cells == size
    points = np.concatenate([points for points, _ in read_bodies(tmp_path / "x.ply").values()])
    sides = np.array([float(side.split()[0]) for side in (width, length)])
    assert (np.ptp(points[:, :2], axis=0) <= sides * (1 + 1e-9)).all()


def test_numbers_of_pearse(tmp_path: Path) -> None:
    made = write_mesh_file(load_design(PEARSE), tmp_path / "x.vtu")
    said = sidecar(tmp_path / "x.vtu")
    assert said["unit_cells"] == pytest.approx(1 / 12)
    cathode = said["parts"][1]
    assert (cathode["name"], cathode["role"], cathode["material"]) == ("cathode", "cathode", "LiV2O5")
    assert cathode["volume_um3"] == pytest.approx(CATHODE_GAIN * 0.07 * 36 * math.sqrt(3) / 2, rel=1e-4)
    assert said["refine"] == 2
    assert made.quality is not None
    assert made.quality.tolerated_error == 1e-5
    assert json.dumps(made.sidecar(), indent=2) + "\n" == (tmp_path / "x.vtu.json").read_text()


def test_command_prints_what_was_written(tmp_path: Path, capsys: Captured) -> None:
    target = tmp_path / "x.vtu"
    assert mesh(PEARSE, "-o", target, "--resolution", 1) == 0
    shown, wrong = capsys.readouterr()
    assert wrong == ""
    assert shown.startswith(
        f"{target}: {sidecar(target)['n_nodes']} nodes, {sidecar(target)['n_cells']} cells"
    )
    assert "0.08333 unit cells" in shown
    assert "smallest Jacobian" in shown
    assert "part\tvolume um3\tclosed form um3\trelative error" in shown
    assert "cathode\t20.96" in shown
    assert mesh(PEARSE, "-o", tmp_path / "x.3mf", "--what", "solids", "--tiles", "2x1") == 0
    shown = capsys.readouterr().out
    assert "bodies, " in shown
    assert "2 unit cells" in shown
    assert "Jacobian" not in shown
    assert mesh(PEARSE, "-o", tmp_path / "x.3mf", "--tiles", "100x120", "--resolution", "1") == 0
    assert "repeated 100x120 times by reference, 12,000 unit cells\n" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"x.vtu", "x.vtu.json", "x.3mf", "x.3mf.json"}


def test_result_replaces_an_older_one(tmp_path: Path) -> None:
    design = design_of(VALID)
    for name in ("x.vtu", "x.vtu.json", "x.stl"):
        (tmp_path / name).write_text("old")
    with pytest.raises(OutputError, match="exists and was not written by tfgeom"):
        write_mesh_file(design, tmp_path / "x.vtu", resolution=1)
    write_mesh_file(design, tmp_path / "x.vtu", resolution=2, force=True)
    write_mesh_file(design, tmp_path / "x.vtu", resolution=1)
    write_mesh_file(design, tmp_path / "x.stl", force=True)
    assert (tmp_path / "x.vtu").read_bytes().startswith(b"<?xml")
    assert (tmp_path / "x.stl").read_bytes().startswith(b"solid inner_collector")
    assert sidecar(tmp_path / "x.vtu")["refine"] == 1


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_odd_names_of_materials_survive(suffix: str, tmp_path: Path) -> None:
    odd = '<b>"Si" & co|a</b>'
    text = spoilt(BARE + WAFER, ("material: Si", f"material: '{odd}'"))
    text += f"materials: {{'{odd}': {{density: 2.3 g/cm^3}}}}\n"
    if suffix in ELEMENT_SUFFIXES:
        text = spoilt(SHORT, ("material: Cl-TiO2", f"material: '{odd}'"))
        text += f"materials: {{'{odd}': {{volumetric_capacity: 100 mAh/cm^3}}}}\n"
    target = tmp_path / f"x{suffix}"
    what = "films" if suffix in ELEMENT_SUFFIXES else "substrate"
    write_mesh_file(design_of(text), target, what=what, resolution=1)
    said = sidecar(target)
    assert said["parts"][-1]["material"] == odd
    if suffix in ELEMENT_SUFFIXES:
        assert len(region_volumes(target)) == 2
    else:
        assert list(read_bodies(target)) == ["substrate"]
