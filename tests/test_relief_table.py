"""Every kind of relief declares all it needs, other packages add kinds, and nobody else asks for a kind."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

import tfgeom
from tests.kinds import every_relief, unit_cell
from tfgeom.design import KINDS, design_template, load_design
from tfgeom.errors import DesignError, UnsupportedError
from tfgeom.evaluation import evaluate
from tfgeom.geometry.from_above import border
from tfgeom.geometry.profile import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.reliefs import LATER_KINDS, RELIEFS, build_cell
from tfgeom.reliefs.sections import Relief
from tfgeom.units import UM

ROOT = Path(tfgeom.__file__).parent
BARE = Level(0.0, 0.0)
ASKS_FOR_THE_CLASS = {
    "meshing/build_grid.py",
    "transport/films/normals_bound.py",  # the bound, the reference and the wire model have a formula for each class
    "verification/limits.py",
    "transport/flooded.py",
    "transport/discharge/flooded_columns.py",  # cuts that wire model's voids into columns
    "viewer/tube_places.py",  # and these columns back onto the surface
}


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_whole(name: str, tmp_path: Path) -> None:
    kind = RELIEFS[name]
    assert issubclass(kind.section, Relief)
    assert kind.section.__doc__
    for key, field in kind.section.model_fields.items():
        assert field.description or key == "kind", f"{name}.{key} has no description"
    (tmp_path / "new.yaml").write_text(design_template(name), encoding="utf-8")
    design = load_design(tmp_path / "new.yaml")
    assert type(design.relief) is kind.section
    assert kind.article in design_template(name)
    cell = build_cell(design.relief)
    assert isinstance(cell, Cell)
    assert cell.kind == name
    words = cell.words
    assert cell.is_flat or all((words.width or words.period == "period", words.height, words.more_room))
    assert evaluate(design).geometry.kind == name


@every_relief
def test_the_section_is_as_long_as_one_cell_and_as_high_as_the_relief(relief: str) -> None:
    cell = unit_cell(relief)
    assert isinstance(cell, Cell)
    line = cell.outline(BARE, 200)
    assert np.ptp(line[:, 1]) == pytest.approx(cell.height / (2 if cell.through else 1), rel=1e-4)
    if cell.pitch is not None:
        following = line[0, 0] + cell.pitch
        assert line[-1, 0] < following * (1 - 1e-9)
        tops = sum(right - left for left, right in cell.raised_intervals)
        flat = line[:-1, 1] == line[1:, 1]
        assert np.diff(line[:, 0])[flat & (line[1:, 1] > 0.99 * cell.height)].sum() == pytest.approx(tops)


@every_relief
def test_the_cut_from_above_is_that_of_volume_and_section(relief: str) -> None:
    cell = unit_cell(relief)
    if cell.pitch is None or not cell.is_vertical or cell.rim_radius:
        return
    raised = cell.from_above(BARE, shapely.box(-20, -20, 20, 20))
    assert cell.periods
    area = shapely.intersection(raised, border(cell.periods, cell.lattice)).area * UM**2
    assert area * cell.height == pytest.approx(cell.solid_volume, rel=1e-3)
    row = shapely.LineString([(0, 0), (cell.pitch / UM, 0)])
    tops = sum(right - left for left, right in cell.raised_intervals)
    assert shapely.intersection(raised, row).length * UM == pytest.approx(tops, rel=1e-3)
    assert cell.feature_width is not None
    edges = [abs(edge) for interval in cell.raised_intervals for edge in interval]
    half = cell.feature_width / 2  # the feature that the kind is named after lies at the origin
    assert min(abs(edge - half) for edge in edges) < 1e-9 * cell.pitch


def test_a_kind_that_is_not_there() -> None:
    with pytest.raises(DesignError, match=r"'pilars' is no kind of relief; did you mean 'pillars'\?"):
        design_template("pilars")
    for kind in LATER_KINDS:
        with pytest.raises(UnsupportedError, match=f"not yet supported: kind {kind}; allowed: planar, "):
            design_template(kind)


def asks_for_a_kind(module: Path) -> list[int]:
    """Return the lines that compare a kind of relief or ask for the class of a cell."""
    names = set(KINDS)
    lines = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            words = {
                inner.value for side in sides for inner in ast.walk(side) if isinstance(inner, ast.Constant)
            }
            if words & names and any(
                isinstance(side, ast.Attribute) and side.attr == "kind" for side in sides
            ):
                lines.append(node.lineno)
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Attribute)
            and node.slice.attr == "kind"
        ):
            lines.append(node.lineno)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            asked = {getattr(name, "id", "") for name in ast.walk(node.args[1])}
            lines += [node.lineno] if asked & {"WaveCell", "UnitCell"} else []
    return lines


def test_nobody_else_asks_for_the_kind_of_a_cell() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] not in ("geometry", "reliefs") and asks_for_a_kind(path)
    }
    assert found <= ASKS_FOR_THE_CLASS


def test_another_package_adds_a_kind(tmp_path: Path) -> None:
    info = tmp_path / "lines-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lines\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tfgeom.reliefs]\nlines = lines:KIND\n")
    (tmp_path / "lines.py").write_text(
        "from typing import Literal\n"
        "from tfgeom.quantities import Length\n"
        "from tfgeom.reliefs.kind import ReliefKind\n"
        "from tfgeom.reliefs.sections import Relief\n"
        "from tfgeom.reliefs.trenches import trenches\n"
        "class Lines(Relief):\n"
        "    kind: Literal['lines']\n"
        "    height: Length\n"
        "KIND = ReliefKind(Lines, lambda r: trenches(2e-6, 4e-6, r.height), 'lines', 'kind: lines\\nheight: 5 um\\n')\n"
    )
    code = (
        "import sys; from pathlib import Path\n"
        "import tfgeom; from tfgeom.design import KINDS, design_json_schema, design_template, load_design\n"
        "Path(sys.argv[1]).write_text(design_template('lines'))\n"
        "found = tfgeom.evaluate(load_design(sys.argv[1]))\n"
        "print(KINDS[-1], 'Lines' in design_json_schema(), found.geometry.area_gain)\n"
    )
    paths = os.pathsep.join((str(tmp_path), str(ROOT.parent)))
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "lines.yaml")],
        env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    name, described, gain = done.stdout.split()
    assert (name, described) == ("lines", "True")
    assert float(gain) == pytest.approx(1 + 2 * 5 / 4)
