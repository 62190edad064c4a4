"""Pillars and holes on rectangular lattices: by hand, against squares, turned by a quarter, and in files."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import shapely

from tests.coated_reliefs import films_on
from tests.commands import run
from tests.kinds import design
from tests.wires import pearse
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping, design_json_schema, dump_design, load_design
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.geometry.from_above import border
from tfgeom.geometry.lattice import Pitch, along_axes, in_unit
from tfgeom.geometry.profile import Level
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.tiling import tile_mesh
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.report.cross_section import draw_cross_section
from tfgeom.report.plan_view import draw_plan
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.linear import solve_films
from tfgeom.transport.films.system import assemble_conduction
from tfgeom.units import UM
from tfgeom.viewer.parameters import changed_design, design_parameters, plain_design

PILLARS: dict[str, Any] = {
    "kind": "pillars", "lattice": "rectangular", "pitch": ["4 um", "6 um"], "diameter": "2 um", "height": "10 um",
}  # fmt: skip
SECTIONS = {"circle": 0, "square": 4, "hexagon": 6}


def design_on(relief: dict[str, Any], cell: str = "conformal") -> dict[str, Any]:
    return design("pillars", cell) | {"relief": relief}


def numbers_of(relief: dict[str, Any], cell: str = "conformal", fidelity: str = "analytic") -> Any:
    return evaluate(design_from_mapping(design_on(relief, cell)), fidelity=fidelity)


def test_gain_volumes_and_reach_by_hand() -> None:
    relief = pillars(2 * UM, (4 * UM, 6 * UM), 10 * UM, "rectangular")
    assert relief.area_gain == pytest.approx(1 + math.pi * 2 * 10 / (4 * 6), rel=1e-14)
    assert relief.footprint == pytest.approx(24 * UM**2, rel=1e-14)
    assert relief.solid_volume == pytest.approx(10 * math.pi * UM**3, rel=1e-14)
    assert relief.reach.value == pytest.approx(1 * UM, rel=1e-14)
    assert relief.reach.limited_by == "neighbours"
    # a film of d beside the pillar above the film on the floor, on the flats, and around the rim
    d = 0.3
    around = 2 * math.pi * (math.pi * d**2 / 4 + d**3 / 3)  # quarter of a disc turned about the axis: Pappus
    film = math.pi * ((1 + d) ** 2 - 1) * (10 - d) + math.pi * d + around + (24 - math.pi) * d
    assert relief.volume(Level(d * UM, d * UM)) == pytest.approx(film * UM**3, rel=1e-13)


@pytest.mark.parametrize("section", SECTIONS)
def test_holes_by_hand(section: str) -> None:
    shape = {"circle": math.pi, "square": 4.0, "hexagon": 6 * math.tan(math.pi / 6)}[section]
    blind, through = (
        holes(3 * UM, (7 * UM, 5 * UM), 9 * UM, "rectangular", sides=SECTIONS[section], through=through)
        for through in (False, True)
    )
    wall = 2 * shape * 1.5 * 9
    assert blind.area_gain == pytest.approx(1 + wall / 35, rel=1e-14)
    assert through.area_gain == pytest.approx(2 - 2 * shape * 1.5**2 / 35 + wall / 35, rel=1e-14)
    across = 3 / math.cos(math.pi / 6) if section == "hexagon" else 3.0  # its corners lie along y
    assert blind.thinnest_solid == pytest.approx((5 - across) * UM, rel=1e-14)
    assert blind.reach.value == pytest.approx(1.5 * UM, rel=1e-14)


@pytest.mark.parametrize("kind", ["pillars", "holes"])
@pytest.mark.parametrize("section", SECTIONS)
def test_equal_pitches_are_the_square_lattice(kind: str, section: str) -> None:
    turned = {"rotation": 0.2, "sides": SECTIONS[section], "angle": math.radians(88), "rim_radius": 0.1 * UM}
    build: Any = {"pillars": pillars, "holes": holes}[kind]
    made = [
        build(2 * UM, pitch, 5 * UM, lattice, **turned)
        for pitch, lattice in ((4 * UM, "square"), ((4 * UM, 4 * UM), "rectangular"))
    ]
    level = Level(0.2 * UM, 0.15 * UM)
    square, rectangular = (
        (one.footprint, one.area_gain, one.solid_volume, one.volume(level), one.area(level), one.gap,
         one.thinnest_solid, one.reach, *one.strips(level))
        for one in made
    )  # fmt: skip
    assert square == rectangular


def test_far_rows_are_flat_between() -> None:
    alone = [pillars(2 * UM, (4 * UM, far * UM), 10 * UM, "rectangular") for far in (100, 200)]
    added = [(one.area_gain - 1) * one.footprint for one in alone]
    assert added == pytest.approx([2 * math.pi * 10 * UM**2] * 2, rel=1e-12)
    assert {one.reach.value for one in alone} == {alone[0].reach.value}


@pytest.mark.parametrize("turn", [0.0, 0.3, math.pi / 4])
@pytest.mark.parametrize("pitch", [(2.6, 4.0), (4.0, 2.6), (3.0, 3.1)])
def test_reach_is_half_the_distance_to_the_nearest_neighbour(pitch: tuple[float, float], turn: float) -> None:
    relief = pillars(1.7, pitch, 50.0, "rectangular", sides=4, rotation=turn)
    window = shapely.box(-9, -9, 9, 9)
    one, *others = sorted(
        relief.from_above(Level(0.0, 0.0), shapely.transform(window, lambda xy: xy * 1e6)).geoms,
        key=lambda section: section.centroid.distance(shapely.Point(0, 0)),
    )
    nearest = min(one.distance(other) for other in others) * UM
    assert relief.reach.value == pytest.approx(nearest / 2, rel=1e-9)
    assert relief.gap == pytest.approx(nearest, rel=1e-9)


@pytest.mark.parametrize("cell", ["geometry only", "conformal", "flooded"])
def test_turned_by_a_quarter_nothing_changes(cell: str) -> None:
    found = [
        numbers_of(PILLARS | {"pitch": pitch}, cell).to_dict()
        for pitch in (["4 um", "6 um"], ["6 um", "4 um"])
    ]
    for one in found:
        one.pop("design_sha256")
    assert _close(*found)


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_close(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_close, one, other))
    return math.isclose(one, other, rel_tol=1e-12) if isinstance(one, float) else bool(one == other)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"pitch": "4 um"}, r"relief.pitch: a rectangular lattice has two, .* not 4 um; write \[4 um, 4 um\]"),
    ({"lattice": "square"}, r"relief.pitch: \[4 um, 6 um\] is for lattice: rectangular, a square lattice"),
    ({"lattice": "hexagonal"}, r"relief.pitch: .* a hexagonal lattice has one pitch"),
    ({"pitch": ["4 um"]}, r"relief.pitch: must be a length, or a list of two, .*; 1 given"),
    ({"pitch": ["4 um", "6 um", "8 um"]}, r"relief.pitch: .*; 3 given"),
    ({"pitch": ["4 um", 6]}, r"relief.pitch.1: needs a unit"),
    ({"pitch": ["4 km", "-6 um"]}, r"(?s)relief.pitch.0: .*outside.*relief.pitch.1: must be greater than 0"),
    ({"pitch": {"x": "4 um"}}, r"relief.pitch: must be a length with its unit, or a list of two"),
    ({"pitch": ["9 um", "1.9 um"]}, r"relief.diameter: 2 um does not fit pitch 1.9 um"),
    ({"kind": "microtubes", "outer_diameter": "2 um", "wall": "0.5 um"}, "rectangular is for pillars and holes"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_what_is_no_rectangular_lattice(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        design_from_mapping(design_on(PILLARS | changes))


def test_what_meets_says_which_pitch_fits() -> None:
    tight = PILLARS | {"pitch": ["6 um", "2.1 um"], "cross_section": "square", "rotation": "30 deg"}
    with pytest.raises(DesignError, match=r"in the pitch of 2.1 um.*use pitch.1 at least 2.31 um"):
        assemble_cell(design_from_mapping(design_on(tight)))


def test_design_comes_back_as_written(tmp_path: Path) -> None:
    read = design_from_mapping(design_on(PILLARS))
    (tmp_path / "x.yaml").write_text(dump_design(read), encoding="utf-8")
    assert load_design(tmp_path / "x.yaml") == read
    schema = jsonschema.Draft202012Validator(json.loads(design_json_schema()))
    schema.validate(design_on(PILLARS))
    for changes, _ in REFUSED[:6]:
        assert not schema.is_valid(design_on(PILLARS | changes)), changes


def test_both_pitches_slide() -> None:
    read = design_from_mapping(design_on(PILLARS))
    sliders = {one.path: one for one in design_parameters(read)}
    both = [sliders[f"relief.pitch.{axis}"] for axis in (0, 1)]
    assert [(one.title, one.text) for one in both] == [("pitch along x", "4 µm"), ("pitch along y", "6 µm")]
    moved = changed_design(plain_design(read), {"relief.pitch.1": "7 um"})
    assert moved == design_from_mapping(design_on(PILLARS | {"pitch": ["4 um", "7 um"]}))


def test_both_pitches_sweep(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        dump_design(design_from_mapping(design_on(PILLARS))), encoding="utf-8"
    )
    vary = {"relief.pitch.1": "[4 um, 8 um]", "relief.pitch": "[[4 um, 4 um], [4 um, 8 um]]"}
    gains = []
    for name, (path, values) in enumerate(vary.items()):
        (tmp_path / f"{name}.yaml").write_text(
            f"base: base.yaml\nvary: {{{path}: {values}}}\nmethod: grid\noutputs: [area_gain]\n"
        )
        assert run("sweep", tmp_path / f"{name}.yaml", "-o", tmp_path / f"out{name}") == 0
        with (tmp_path / f"out{name}" / "results.csv").open() as file:
            rows = list(csv.DictReader(file))
        gains.append([float(row["area_gain"]) for row in rows])
    assert gains[0] == gains[1] == pytest.approx([1 + math.pi * 20 / 16, 1 + math.pi * 20 / 32], rel=1e-12)
    assert [row["relief.pitch"] for row in rows] == ["[4 um, 4 um]", "[4 um, 8 um]"]


def test_drawings_show_both_pitches_and_which_way_they_cut() -> None:
    shown = assemble_cell(design_from_mapping(design_on(PILLARS)))
    section, plan = draw_cross_section(shown), draw_plan(shown)
    assert plan is not None
    assert "features along x" in section.alt
    for picture in (section, plan):
        assert "pitch 4 µm along x, 6 µm along y" in picture.alt
    relief = shown.relief
    assert relief.periods
    raised = relief.from_above(Level(0.0, 0.0), shapely.box(-9, -9, 9, 9))
    one_cell = shapely.intersection(raised, border(relief.periods, relief.lattice)).area
    assert one_cell == pytest.approx(math.pi, rel=1e-3)
    assert shapely.intersection(raised, shapely.box(-2, -3, 10, 15)).area == pytest.approx(9 * one_cell)


MESHED = {
    "round": pillars(2 * UM, (4 * UM, 6 * UM), 5 * UM, "rectangular"),
    "far rows": pillars(2 * UM, (3 * UM, 24 * UM), 5 * UM, "rectangular"),
    "rounded rims": pillars(2 * UM, (6 * UM, 4 * UM), 5 * UM, "rectangular", 0.2 * UM),
    "leaning holes": holes(3 * UM, (7 * UM, 5 * UM), 8 * UM, "rectangular", angle=math.radians(88)),
    "through": holes(3 * UM, (7 * UM, 5 * UM), 8 * UM, "rectangular", through=True),
    "diamonds": pillars(2 * UM, (4 * UM, 5 * UM), 5 * UM, "rectangular", sides=4, rotation=math.pi / 4),
    "turned": holes(3 * UM, (5 * UM, 7 * UM), 8 * UM, "rectangular", sides=4, rotation=0.3),
    "turned, long": holes(
        2 * UM, (3.2 * UM, 60 * UM), 8 * UM, "rectangular", sides=4, rotation=math.radians(10)
    ),
    "hexagons": holes(3 * UM, (5 * UM, 7 * UM), 8 * UM, "rectangular", sides=6),
}


@pytest.mark.parametrize("name", MESHED)
def test_films_of_the_mesh_have_the_closed_volumes(name: str) -> None:
    refine = 2 if name == "turned, long" else 1  # whose far corners take two columns of one side
    mesh = mesh_films(films_on(MESHED[name], [0.1 * UM, 0.2 * UM]), Resolution(refine))
    assert np.abs(mesh.volume_errors).max() < 1e-8
    assert mesh.min_jacobian > 0
    whole = tile_mesh(mesh, 2, 2)
    x, y = np.ptp(whole.points_um[-1], axis=0)[:2]
    assert (x, y) == pytest.approx(
        2 * np.array(along_axes(in_unit(MESHED[name].periods or 0.0, UM))), rel=1e-12
    )


def conducted(pitch: Pitch, lattice: str, sides: int) -> float:
    """Return the current per footprint at one volt, on one mesh, A/m²."""
    relief = pillars(2 * UM, pitch, 2 * UM, lattice, sides=sides)
    core = conducting_core(pearse(cell=relief)[1])
    mesh = mesh_films(core.stack, Resolution(refine=1))
    system = assemble_conduction(core, mesh, (None, None))
    power = system.links.power(solve_films(system).potential)
    return power / (mesh.unit_cells * relief.footprint)


@pytest.mark.parametrize(("sides", "within"), [(0, 2e-8), (4, 1e-9)])
def test_current_of_equal_pitches_is_that_of_squares_and_turns_with_the_cell(
    sides: int, within: float
) -> None:
    square = conducted(4 * UM, "square", sides)
    # the same nodes but for those around the axis of round pillars, in sectors of another shape
    assert conducted((4 * UM, 4 * UM), "rectangular", sides) == pytest.approx(square, rel=within)
    one, other = (conducted(pitch, "rectangular", sides) for pitch in ((4 * UM, 6 * UM), (6 * UM, 4 * UM)))
    assert one == pytest.approx(other, rel=1e-9)
    assert one < square  # fewer pillars on the same footprint
