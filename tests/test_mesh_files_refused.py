"""`tfgeom mesh`: what it must refuse, and that nothing is left half-written."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tests.commands import Captured
from tests.design_texts import BARE, FILLED, FLOODED, SHORT, VALID, WAFER, design_of, spoilt
from tests.mesh_command import SUFFIXES, mesh, sidecar
from tfgeom import body_files, mesh_files
from tfgeom.design import load_design
from tfgeom.errors import MeshError, OutputError, UnsupportedError
from tfgeom.mesh_files import write_mesh_file
from tfgeom.meshing.element_choices import ELEMENT_SUFFIXES

REFUSED: dict[str, tuple[str, tuple[str, ...], int, str]] = {
    # text, arguments, exit code, words
    "unknown suffix": (VALID, ("x.foo",), 2, f"x.foo: '.foo' is not a mesh format; use {', '.join(SUFFIXES[:-1])} or .ply"),
    "version 3": (VALID, ("x.msh", "--msh", "3"), 2, "--msh 3: unknown; use 2.2 or 4.1"),
    "version of VTU": (VALID, ("x.vtu", "--msh", "4.1"), 2, "x.vtu: --msh is for .msh only; leave it out, or write .msh"),
    "text in VTU": (VALID, ("x.vtu", "--ascii"), 2, "x.vtu: --ascii is for .msh only; leave it out, or write .msh"),
    "text in STL": (VALID, ("x.stl", "--ascii"), 2, "x.stl: --ascii is for .msh only"),
    "bodies of hexahedra": (VALID, ("x.stl", "--hexahedra"), 2, "x.stl: --hexahedra is for .vtu and .msh only"),
    "Abaqus": (VALID, ("x.inp",), 2, "or .ply; write .msh, which gmsh turns into it with the names of films and faces: gmsh x.msh -save -o x.inp"),
    "Salome": (VALID, ("x.MED",), 2, "gmsh x.msh -save -o x.med"),
    "Nastran": (VALID, ("x.nas",), 2, "numbers only: gmsh x.msh -save -o x.bdf"),
    "XDMF": (VALID, ("x.xdmf",), 2, "write .msh with --hexahedra, which meshio turns into it, one kind of element a file"),
    "old VTK": (VALID, ("x.vtk", "--what", "flooded"), 2, "use .vtu or .msh; write .vtu, which ParaView and VTK open"),
    "CAD": (VALID, ("x.step",), 2, "curved solids are not written; bodies as triangles are, .stl or .3mf"),
    "mask": (VALID, ("x.gds",), 1, "x.gds: not yet supported: mask layouts; use .vtu, .msh"),
    "no suffix": (VALID, ("x",), 2, "x: '' is not a mesh format; use .vtu, .msh"),
    "no folder": (VALID, ("no/x.vtu",), 2, "does not exist; create it, or write elsewhere"),
    "unknown what": (VALID, ("x.vtu", "--what", "cheese"), 2, "--what cheese: unknown; use films, solids, substrate or flooded"),
    "no tiles": (VALID, ("x.vtu", "--tiles", "0x3"), 2, "--tiles 0x3: write NxM with whole numbers from 1 on, such as 3x2, or die"),
    "no rows": (VALID, ("x.stl", "--tiles", "3x00"), 2, "--tiles 3x00: write NxM with whole numbers"),
    "words for tiles": (VALID, ("x.vtu", "--tiles", "abc"), 2, "--tiles abc: write NxM"),
    "negative tiles": (VALID, ("x.vtu", "--tiles=-1x2"), 2, "--tiles -1x2: write NxM"),
    "half a tile": (VALID, ("x.vtu", "--tiles", "1.5x2"), 2, "--tiles 1.5x2: write NxM"),
    "resolution 0": (VALID, ("x.vtu", "--resolution", "0"), 2, "Invalid value for '--resolution'"),
    "triangles of cells": (VALID, ("x.vtu", "--max-triangles", "9"), 2, "x.vtu: --max-triangles is for bodies; leave it out, or write .stl,"),
    "endless tiles": (VALID, ("x.glb", "--tiles", "1000000x1"), 2, "--tiles 1000000x1: write at most 999,999 along either side"),
    "no chip": (VALID, ("x.stl", "--tiles", "die"), 2, "chip: the design has no chip; give its size, or write --tiles NxM for die"),
    "no layers, cells": (BARE, ("x.vtu",), 1, "nothing to mesh: the design has no layers"),
    "no layers, bodies": (BARE, ("x.stl",), 1, "nothing to make: the design has no layers; use --what substrate"),
    "nothing at all": (BARE, ("x.stl", "--what", "solids"), 1, "there is nothing to make: the design has no layers"),
    "no substrate": (BARE, ("x.stl", "--what", "substrate"), 2, "substrate: the design has no substrate; add one, such as"),
    "conformal": (VALID, ("x.vtu", "--what", "flooded"), 2, "design.yaml:15:1: cell: only a flooded cell has a liquid above its films"),
    "liquid on a tile": (SHORT, ("x.vtu", "--what", "flooded", "--tiles", "2x2"), 1, "not yet supported: volume cells above the films on a tile"),
    "liquid above a layer that fills": (FILLED, ("x.vtu", "--what", "flooded"), 2, "cell: only a flooded cell has a liquid above its films"),
    "no liquid on a tile": (VALID, ("x.vtu", "--what", "flooded", "--tiles", "2x2"), 2, "cell: only a flooded cell has a liquid above its films"),
    "filled tile": (FILLED, ("x.msh", "--tiles", "2x2"), 1, "not yet supported: volume cells above the films on a tile"),
    "too many triangles": (VALID, ("x.stl", "--tiles", "900x900"), 1, "more than the 2,000,000 allowed: at most"),
    "few allowed": (VALID, ("x.stl", "--what", "solids", "--max-triangles", "10"), 1, "triangles, more than the 10 allowed: not even one cell fits"),
    "too fine": (VALID, ("x.vtu", "--resolution", "999"), 1, "use a lower resolution"),
    "too many cells": (VALID, ("x.vtu", "--tiles", "9999x9999"), 1, "hexahedra needs about"),
    "thin wafer": (SHORT.replace("thickness: 10 um", "thickness: 4 um"), ("x.stl", "--what", "solids"), 2, "4 um"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_command_refuses_and_writes_nothing(case: str, tmp_path: Path, capsys: Captured) -> None:
    text, (name, *rest), code, words = REFUSED[case]
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    file = tmp_path / "in" / "design.yaml"
    file.write_text(text)
    assert mesh(file, "-o", tmp_path / "out" / name, *rest) == code
    shown, wrong = capsys.readouterr()
    assert shown == ""
    assert words in wrong
    assert "Traceback" not in wrong
    if "Invalid value" not in words:
        assert len(wrong.splitlines()) == 1
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("what", "tiles"), [("films", "3x3"), ("films", None), ("flooded", None)])
def test_cells_beyond_the_memory(
    what: str, tiles: str | None, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(SHORT)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=200_500_000))
    options = ["--what", what, *(() if tiles is None else ("--tiles", tiles)), "--resolution", "1"]
    assert mesh(file, "-o", tmp_path / "x.vtu", *options) == 1
    wrong = capsys.readouterr().err
    assert "hexahedra" in wrong
    assert "needs about" in wrong
    assert "and 0 MB are free" in wrong
    assert [path.name for path in tmp_path.iterdir()] == ["design.yaml"]


def test_memory_grows_with_the_tile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    design = design_of(SHORT)
    asked: list[int] = []
    monkeypatch.setattr(mesh_files, "require_memory", lambda needed, what, otherwise="": asked.append(needed))
    for tiles in (None, "1x1", "2x3"):
        write_mesh_file(design, tmp_path / "x.vtu", tiles=tiles, resolution=1)
    assert asked == [asked[0], 8 * asked[0], 48 * asked[0]]
    assert asked[0] > 500 * sidecar(tmp_path / "x.vtu")["n_cells"] / 48


def test_a_tile_stays_within_the_memory_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tracemalloc

    asked: list[int] = []
    monkeypatch.setattr(mesh_files, "require_memory", lambda needed, what, otherwise="": asked.append(needed))
    design = design_of(VALID)
    for suffix in ELEMENT_SUFFIXES:
        write_mesh_file(design, tmp_path / f"x{suffix}", resolution=1)  # what is loaded once is no mesh
        tracemalloc.start()
        try:
            write_mesh_file(design, tmp_path / f"x{suffix}", tiles="2x2", resolution=1)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < asked[-1] < 3 * peak


def failing(path: Path) -> Callable[..., None]:
    def write(*_: object, **__: object) -> None:
        raise OutputError(f"{path}: cannot be written (no space left on device); write elsewhere")

    return write


@pytest.mark.parametrize(
    ("name", "writer"), [("x.vtu", "write_vtu"), ("x.msh", "write_msh"), ("x.stl", "write_solids")]
)
def test_neither_file_when_the_mesh_fails(
    name: str, writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = design_of(VALID)
    module = body_files if writer == "write_solids" else mesh_files
    monkeypatch.setattr(module, writer, failing(tmp_path / name))
    with pytest.raises(OutputError, match="no space left"):
        write_mesh_file(design, tmp_path / name, resolution=1)
    assert list(tmp_path.iterdir()) == []


def test_neither_file_when_the_sidecar_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    design = design_of(VALID)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match=r"x\.vtu\.json: cannot be written \(no space left on device\)"):
        write_mesh_file(design, tmp_path / "x.vtu", resolution=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("blocked", "words"), [("x.vtu", "is a folder"), ("x.vtu.json", "is a folder")])
def test_a_folder_in_the_way(blocked: str, words: str, tmp_path: Path) -> None:
    design = design_of(VALID)
    (tmp_path / blocked).mkdir()
    with pytest.raises(OutputError, match=words):
        write_mesh_file(design, tmp_path / "x.vtu")
    assert [path.name for path in tmp_path.iterdir()] == [blocked]


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="may not be written to; change its rights"):
        write_mesh_file(design_of(VALID), tmp_path / "x.stl")


def test_a_volume_that_is_off_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_files, "substrate_volume", lambda *_: 1.00002e-15)
    design = design_of(BARE + WAFER)
    with pytest.raises(
        MeshError, match=r"the volume of 'substrate' is .* off its closed form \(limit 1e-05\)"
    ):
        write_mesh_file(design, tmp_path / "x.stl", what="substrate")
    assert list(tmp_path.iterdir()) == []


def test_errors_name_the_place_in_the_design(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(
        spoilt(FLOODED, ("kind: pillars", "kind: holes"), ("height:", "through: true, depth:"))
        + WAFER.replace("10 um", "50 um")
    )
    with pytest.raises(UnsupportedError, match=r"design\.yaml:3:\d+: relief\.through: not yet supported"):
        write_mesh_file(load_design(file), tmp_path / "x.vtu", what="flooded", resolution=1)
