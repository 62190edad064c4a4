"""Mesh files read back by other programs: volumes, closedness, films; and paths that must be refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.stacks import layers, pearse_plane, pearse_stack
from tfgeom.cli import main
from tfgeom.errors import OutputError, UnsupportedError
from tfgeom.films import Stack, stack_films
from tfgeom.geometry.kinds import holes, microtubes, pillars
from tfgeom.meshing.export import check_mesh_path, closed_surface, require_films, write_mesh
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.resolution import Resolution

STACKS = {
    "plane": pearse_plane(),
    "sharp pillars": pearse_stack(pillars(2e-6, 4e-6, 5e-6, "square")),
    "rounded holes": pearse_stack(holes(3e-6, 6e-6, 10e-6, "hexagonal", 0.1e-6)),
    "tubes": pearse_stack(microtubes(3e-6, 0.7e-6, 5e-6, 4e-6, "hexagonal")),
    "rim on a buried film": Stack(pearse_stack().cell, pearse_stack().films[1:4]),
}
COARSE = Resolution(refine=1)
DESIGN = Path(__file__).parents[1] / "designs" / "pearse_2018_holes_30um.yaml"


def sector_volumes(mesh: FilmMesh) -> np.ndarray:
    return np.array([film.volume for film in mesh.films]) * 1e18 * mesh.sector_fraction


@pytest.mark.parametrize("name", STACKS)
def test_vtu_read_by_vtk_has_the_films_volumes(name: str, tmp_path: Path) -> None:
    import pyvista

    mesh = mesh_films(STACKS[name], COARSE)
    write_mesh(mesh, tmp_path / "films.vtu")
    grid = pyvista.read(tmp_path / "films.vtu")
    volumes = grid.compute_cell_sizes()["Volume"]
    assert grid.n_cells == mesh.n_hexes
    assert (volumes > 0).all()
    by_film = np.bincount(grid["film"], weights=volumes)
    assert by_film == pytest.approx(sector_volumes(mesh), rel=1e-9)
    assert ("sharp" in name or name == "tubes") == (13 in grid.celltypes)  # wedges where the rim is sharp
    assert len(np.unique(grid.points, axis=0)) == grid.n_points
    sidecar = json.loads((tmp_path / "films.vtu.json").read_text())
    names = [sidecar["materials"][index] for index in np.unique(grid["material"])]
    assert names == list(dict.fromkeys(film["material"] for film in sidecar["films"]))


@pytest.mark.parametrize("name", STACKS)
def test_stl_is_watertight_and_outward(name: str, tmp_path: Path) -> None:
    import trimesh

    mesh = mesh_films(STACKS[name], COARSE)
    write_mesh(mesh, tmp_path / "films.stl")
    body = trimesh.load(tmp_path / "films.stl")
    assert body.is_watertight
    assert body.is_winding_consistent
    assert body.body_count == 1
    assert body.volume == pytest.approx(sector_volumes(mesh).sum(), rel=1e-5)  # single precision in the file
    points, triangles = closed_surface(mesh)
    exact = trimesh.Trimesh(points, triangles, process=False)
    assert exact.volume == pytest.approx(sector_volumes(mesh).sum(), rel=1e-9)


def test_sidecar_says_what_the_numbers_are(tmp_path: Path) -> None:
    mesh = mesh_films(pearse_stack())
    write_mesh(mesh, tmp_path / "films.vtu")
    sidecar = json.loads((tmp_path / "films.vtu.json").read_text())
    assert sidecar["unit"] == "um"
    assert sidecar["n_cells"] == mesh.n_hexes
    assert sidecar["sector_fraction"] == pytest.approx(1 / 12)
    cathode = sidecar["films"][1]
    assert (cathode["name"], cathode["role"], cathode["material"]) == ("cathode", "cathode", "LiV2O5")
    # 9.606: capacity gain of 70 nm laid on 40 nm
    assert cathode["volume_um3"] == pytest.approx(9.606 * 0.07 * 31.1769, rel=1e-4)
    assert abs(cathode["relative_error"]) < 1e-5
    assert sidecar["min_jacobian_um3"] > 0


def test_result_replaces_an_older_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "films.vtu"
    target.write_text("old")
    write_mesh(mesh_films(pearse_plane(), COARSE), target)
    assert target.read_bytes().startswith(b"<?xml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["films.vtu", "films.vtu.json"]


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("films.foo", OutputError, "'.foo' is not a mesh format; use .vtu or .stl"),
        ("films", OutputError, "'' is not a mesh format"),
        ("films.3mf", UnsupportedError, "not yet supported: meshes as .3mf"),
        ("nowhere/films.vtu", OutputError, "does not exist"),
    ],
)
def test_paths_that_cannot_be_written(
    name: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message):
        check_mesh_path(tmp_path / name)
    with pytest.raises(error, match=message):
        write_mesh(mesh_films(pearse_plane(), COARSE), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_built_yet() -> None:
    require_films("films", None)
    with pytest.raises(UnsupportedError, match="not yet supported: --what solids"):
        require_films("solids", None)
    with pytest.raises(UnsupportedError, match="not yet supported: --tiles 2x2"):
        require_films("films", "2x2")
    with pytest.raises(OutputError, match="--what cheese: unknown"):
        require_films("cheese", None)


def test_flooded_films_are_meshed_too(tmp_path: Path) -> None:
    rows = (
        ("current_collector", "inner_collector", "TiN", 20e-9),
        ("anode", "anode", "Cl-TiO2", 86.8e-9),
    )
    stack = stack_films(pillars(2e-6, 4e-6, 50e-6, "square"), layers(rows))
    write_mesh(mesh_films(stack, COARSE), tmp_path / "films.stl")
    assert (tmp_path / "films.stl").stat().st_size > 1000


def test_command_prints_counts_volumes_and_jacobian(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(["mesh", str(DESIGN), "-o", str(tmp_path / "x.vtu"), "--resolution", "1"])
    assert not done.value.code
    shown = capsys.readouterr().out
    assert "nodes" in shown
    assert "smallest Jacobian" in shown
    assert "cathode\t20.96" in shown
    assert (tmp_path / "x.vtu").is_file()


def test_command_refuses_before_it_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["mesh", str(DESIGN), "-o", str(tmp_path / "no" / "x.vtu")])
    assert done.value.code == 2
    assert "does not exist" in capsys.readouterr().err
    with pytest.raises(SystemExit) as done:
        main(["mesh", str(DESIGN), "-o", str(tmp_path / "x.vtu"), "--resolution", "999"])
    assert done.value.code == 1
    assert "use a lower resolution" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
