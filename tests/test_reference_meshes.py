"""The reference meshes in meshes/ are what the commands in their README make, and hold what it says."""

import json
import math
import re
import shlex
from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest

from tests.shipped import ROOT
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cli import main
from tfgeom.design import load_design
from tfgeom.units import UM

FOLDER = ROOT / "meshes"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
COMMANDS = {
    Path(words[words.index("-o") + 1]).name: words[1:]
    for words in (shlex.split(line) for line in re.findall(r"^tfgeom mesh .+$", README, re.MULTILINE))
}
ROWS = {
    row[0]: row[1:]
    for row in re.findall(r"^\| `(\S+)` \| `(\S+)` \| (\d+) \| (\d+) \| (\S+) \|", README, re.M)
}
NAMES = sorted(COMMANDS)

ROUNDING_UM = 1e-9


def read(path: Path) -> tuple[Any, dict[str, Any]]:
    """Return a mesh and its sidecar."""
    return meshio.read(path), json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))


def differences(found: object, stored: object, where: str = "") -> list[str]:
    """Return where two sidecars differ by more than rounding; errors in the sense of 0 are near 0."""
    if isinstance(found, dict) and isinstance(stored, dict) and found.keys() == stored.keys():
        return [d for key in found for d in differences(found[key], stored[key], f"{where}.{key}")]
    if isinstance(found, list) and isinstance(stored, list) and len(found) == len(stored):
        pairs = enumerate(zip(found, stored, strict=True))
        return [d for index, (a, b) in pairs for d in differences(a, b, f"{where}[{index}]")]
    if isinstance(found, float) and isinstance(stored, float):
        absolute = 1e-12 if where.endswith("error") else 0.0
        # a Jacobian is made of differences of coordinates, some 1e-4 of them apart
        same = math.isclose(found, stored, rel_tol=1e-9, abs_tol=absolute)
    else:
        same = found == stored and type(found) is type(stored)
    return [] if same else [f"{where}: {found} is not {stored}"]


def test_each_file_has_its_command_and_its_row() -> None:
    stored = sorted(path.name for path in FOLDER.glob("*.vtu"))
    assert len(stored) >= 11
    assert stored == NAMES == sorted(ROWS)
    assert sorted(path.name for path in FOLDER.glob("*.vtu.json")) == [f"{name}.json" for name in stored]


def test_they_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir() if path.is_file()}
    assert max(size for name, size in sizes.items() if name.endswith(".vtu")) < 150_000
    assert sizes.pop("sections.png") < 500_000
    assert sum(sizes.values()) < 1_500_000


@pytest.mark.parametrize("name", NAMES)
def test_made_again(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = list(COMMANDS[name])
    target = tmp_path / name
    words[words.index("-o") + 1] = str(target)
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as done:
        main(words)
    assert not done.value.code
    (made, made_beside), (stored, beside) = read(target), read(FOLDER / name)
    assert made.points.shape == stored.points.shape
    assert np.abs(made.points - stored.points).max() < ROUNDING_UM
    assert [block.type for block in made.cells] == [block.type for block in stored.cells]
    for here, there in zip(made.cells, stored.cells, strict=True):
        assert np.array_equal(here.data, there.data)
    for key in ("film", "material"):
        for here, there in zip(made.cell_data[key], stored.cell_data[key], strict=True):
            assert np.array_equal(here, there)
    assert differences(made_beside, beside) == []


@pytest.mark.parametrize("name", NAMES)
def test_table(name: str) -> None:
    mesh, beside = read(FOLDER / name)
    design, cells, nodes, share = ROWS[name]
    assert design in COMMANDS[name]
    counted = sum(len(block.data) for block in mesh.cells)
    assert (int(cells), int(nodes)) == (counted, len(mesh.points)) == (beside["n_cells"], beside["n_nodes"])
    over, _, under = share.partition("/")
    assert int(over) / int(under or 1) == pytest.approx(beside["unit_cells"], rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_vtk_finds_the_closed_forms_volumes(name: str) -> None:
    """VTK cuts each cell into tetrahedra; warped faces cost it some of the volume that the mesh has."""
    import pyvista

    _, beside = read(FOLDER / name)
    grid = pyvista.read(FOLDER / name).compute_cell_sizes(length=False, area=False)
    stack = assemble_cell(load_design(ROOT / ROWS[name][0])).made
    closed = {film.layer.name: film.volume / UM**3 for film in stack.films}
    for part in beside["parts"]:
        found = grid["Volume"][grid["film"] == part["number"]]
        assert found.min() > 0
        exact = closed.get(part["name"], part["closed_form_volume_um3"])
        assert found.sum() / beside["unit_cells"] == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize("name", NAMES)
def test_levels_follow_each_other(name: str) -> None:
    """All levels but the first have equally many nodes, and a film's cells lie between its own."""
    mesh, beside = read(FOLDER / name)
    films = [part["name"] for part in beside["parts"] if part["name"] != "liquid"]
    low = np.full(len(films), len(mesh.points))
    high = np.zeros(len(films), dtype=int)
    for block, film in zip(mesh.cells, mesh.cell_data["film"], strict=True):
        for index in range(len(films)):
            nodes = block.data[film == index + 1]
            if nodes.size:
                low[index] = min(low[index], nodes.min())
                high[index] = max(high[index], nodes.max())
    sublevels = [2 if film == "electrolyte" else 1 for film in films]
    n_levels = sum(sublevels) + 1
    of_films = high[-1] + 1
    later = (of_films - low[1]) / (n_levels - sublevels[0]) if len(films) > 1 else None
    assert low[0] == 0
    if later is not None:
        assert later == int(later)
        assert [int(high[i] + 1 - low[i]) for i in range(1, len(films))] == [
            int(later) * (count + 1) for count in sublevels[1:]
        ]
