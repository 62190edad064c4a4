"""Pictures and tables of the current: areas, closed forms and conservation behind what is drawn."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest

from tests.design_texts import FILLED, FLOODED, VALID, designed, with_relief
from tests.kinds import unit_cell
from tests.pages import Page
from tests.solves import film_fields, solved_films
from tests.stacks import layers, pearse_plane, pearse_stack
from tests.wires import wires
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Design
from tfgeom.evaluation import evaluate, evaluate_best
from tfgeom.films import Stack, stack_films
from tfgeom.numerals import number, percent
from tfgeom.report import report_html
from tfgeom.report.current_along_figure import draw_current_along
from tfgeom.report.current_drawn import drawn_current
from tfgeom.report.current_section import (
    CurrentSection,
    current_section,
    level_line,
    without_straight,
)
from tfgeom.report.current_section_figure import draw_current_section
from tfgeom.report.current_tables import hot_spot_words, liquid_rows, spread_table
from tfgeom.results import Evaluation
from tfgeom.transport.current import current_density
from tfgeom.transport.solve_options import Drive
from tfgeom.transport.spread import HotSpot
from tfgeom.transport.steady import Solve

KINDS = ("rounded pillars", "holes", "through-holes", "trenches", "microtubes", "wave")


def solve(relief: str) -> tuple[Stack, Solve, CurrentSection]:
    stack = stack_films(unit_cell(relief), layers())
    solved = solved_films(wires(stack))
    section = current_section(solved.fields)
    assert section is not None
    return stack, solved, section


def enclosed(line: np.ndarray, other: np.ndarray) -> float:
    """Return the area between two lines from left to right."""
    x, z = np.concatenate((line, other[::-1])).T
    return abs(float(x @ np.roll(z, 1) - z @ np.roll(x, 1))) / 2


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Design, Evaluation, Solve]:
    design = designed(tmp_path_factory.mktemp("flooded"), FLOODED)
    found = evaluate(design, "fem")
    assert found.solve is not None
    return design, found, found.solve


@pytest.fixture(scope="module")
def conformal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Design, Evaluation, Solve]:
    design = designed(tmp_path_factory.mktemp("conformal"), VALID)
    found = evaluate(design, "fem")
    assert found.solve is not None
    return design, found, found.solve


@pytest.mark.parametrize("kind", KINDS)
def test_the_section_covers_the_films_of_the_solve(kind: str) -> None:
    _, solved, section = solve(kind)
    grid, films = film_fields(solved).film_mesh.grid, film_fields(solved).core.stack.films
    assert grid is not None
    inner, outer = (level_line(section.profile, grid, film) for film in (films[0].inner, films[-1].outer))
    assert section.areas.sum() == pytest.approx(enclosed(inner, outer), rel=1e-9)
    names = [name for name, _ in section.profile.bends]
    expected = {"microtubes": ["foot", "rim", "rim", "foot"], "through-holes": ["rim", "rim"], "wave": []}
    assert sorted(names) == sorted(expected.get(kind, ["foot", "rim"]))


@pytest.mark.parametrize("kind", ["rounded pillars", "holes", "trenches"])
def test_far_from_corners_the_density_is_that_of_the_radial_closed_form(kind: str) -> None:
    """On the wall current keeps its direction: its density falls with 1/r around an axis, or not at all."""
    stack, solved, section = solve(kind)
    middle = section.polygons.mean(axis=1)
    height = stack.cell.height * 1e6
    reach = section.profile.line(solved.fields.film_mesh.points_um[0])
    wall = reach[np.abs(reach[:, 1] - height / 2).argmin(), 0]
    on_wall = (np.abs(middle[:, 1] - height / 2) < 0.15 * height) & (np.abs(middle[:, 0] - wall) < 0.5)
    radius, density = middle[on_wall, 0], section.density[on_wall]
    constant = density if kind == "trenches" else density * radius
    assert on_wall.sum() > 5
    assert np.ptp(constant) < 2e-3 * constant.mean()
    # and it is the current that crosses the interface there
    level = solved.fields.interface_level("cathode")
    face = section.profile.line(solved.fields.film_mesh.points_um[level])
    there = np.abs(face[:, 1] - height / 2) < 0.15 * height
    crossing = solved.fields.face_density["cathode"][section.profile.nodes][there]
    if kind != "trenches":
        crossing = crossing * face[there, 0]
    assert constant.mean() == pytest.approx(crossing.mean(), rel=2e-3)


def test_the_slope_of_a_linear_field_is_exact_on_skew_quads() -> None:
    random = np.random.default_rng(1)
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    quads = corners + random.uniform(-0.3, 0.3, (50, 4, 2))
    slope = np.array([2.0, -3.0])
    assert current_density(quads, quads @ slope, 0.5) == pytest.approx(
        np.broadcast_to(-0.5e6 * slope, (50, 2)), rel=1e-12
    )


def test_neighbouring_films_carry_the_same_current_where_it_goes_straight() -> None:
    """Each film has its own conductivity and potential drop, the electrolyte 1e3 to 1e7 times the others'."""
    _, solved, section = solve("trenches")
    height = np.abs(section.polygons.mean(axis=1)[:, 1] - 5.0) < 1.5
    film = np.repeat(film_fields(solved).sheets.films, len(section.profile.nodes) - 1)
    assert len(film) == len(section.density)
    means = [section.density[height & (film == index)].mean() for index in sorted(set(film.tolist()))]
    assert len(means) > 1
    assert means == pytest.approx([means[0]] * len(means), rel=1e-3)


def test_all_current_passes_the_head_space_of_a_flooded_cell(
    flooded: tuple[Design, Evaluation, Solve],
) -> None:
    section = current_section(flooded[2].fields)
    assert section is not None
    middle = section.polygons.mean(axis=1)
    top = section.polygons[..., 1].max()
    far = middle[:, 1] > top - 5  # um below the counter electrode: 1.2 pitches above the pillars' tops
    assert far.any()
    assert section.density[far] == pytest.approx(1.0, rel=0.01)
    width = section.profile.reach
    pillar = section.profile.line(flooded[2].fields.film_mesh.points_um[-1])
    below = enclosed(pillar, np.array([[0.0, top], [width, top]]))
    assert section.areas.sum() == pytest.approx(below, rel=1e-9)


def test_the_scale_holds_for_any_voltage_of_the_solve() -> None:
    stack, _, section = solve("holes")
    again = current_section(solved_films(wires(stack), drive=Drive(voltage=2.0)).fields)
    assert again is not None
    assert again.density == pytest.approx(section.density, rel=1e-4)


def test_points_between_straight_neighbours_are_not_drawn() -> None:
    stack, solved, section = solve("rounded pillars")
    assert solved.fields.film_mesh.grid is not None
    for level in (stack.films[0].inner, stack.top):
        line = level_line(section.profile, solved.fields.film_mesh.grid, level)
        kept = without_straight(line)
        assert len(kept) < len(line) / 2
        floor = np.array([[0.0, -1.0], [section.profile.reach, -1.0]])
        assert enclosed(kept, floor) == pytest.approx(enclosed(line, floor), rel=1e-9)
    shared = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])  # the bare level at a sharp rim
    assert without_straight(shared).tolist() == [[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]


def test_flat_films_have_no_section() -> None:
    stack = pearse_plane()
    solved = solved_films(wires(stack))
    assert current_section(solved.fields) is None
    assert drawn_current(solved, stack) is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_small_and_told(kind: str) -> None:
    stack, solved, _ = solve(kind)
    drawn = drawn_current(solved, stack)
    assert drawn is not None
    section, along = draw_current_section(drawn), draw_current_along(drawn)
    assert (draw_current_section(drawn), draw_current_along(drawn)) == (section, along)
    for picture in (section, along):
        content = base64.b64decode(picture.uri.split(",")[1])
        assert len(content) < 400_000
        assert not re.search(rb'(href|src)="http', content)
        assert "1 mA/cm² of footprint" in picture.caption
    where = ("crest", "valley") if kind == "wave" else ("rim",)
    assert all(f"at the {name}" in section.caption for name in where)
    assert "cathode from" in along.alt
    assert drawn.distance[-1] == pytest.approx(np.linalg.norm(np.diff(drawn.line, axis=0), axis=1).sum())


def test_the_page_says_where_the_current_flows(conformal: tuple[Design, Evaluation, Solve]) -> None:
    _, found, solved = conformal
    page = Page(report_html(found))
    assert "Where the current flows" in page.headings
    assert (
        sum("current density" in str(attrs.get("alt")).lower() for tag, attrs in page.tags if tag == "img")
        == 2
    )
    assert found.resistance is not None
    asr = found.resistance.asr_ohm_cm2
    open_ = percent(solved.discretisation_error, 1)
    assert f"total {number(asr, 3)} 100 % the mesh leaves {open_} open, the constants far more" in page.text
    assert "bounds of the total 12.79 to 12.83" in page.text
    assert "at the rim, 1.43 µm from the axis" in page.text
    assert "at the foot, 1.34 µm from the axis" in page.text
    assert "Largest single part: anode interface (44 %)" in page.text


def test_a_flooded_page_splits_the_liquid(flooded: tuple[Design, Evaluation, Solve]) -> None:
    _, found, solved = flooded
    page = Page(report_html(found))
    assert "of it in the gaps" in page.text
    assert "of it above the flat top" in page.text
    rows = liquid_rows(found)
    assert found.resistance is not None
    liquid = found.resistance.asr_by_part_ohm_cm2["electrolyte"]
    assert sum(float(str(row[1])) for row in rows) == pytest.approx(liquid, rel=1e-3)
    table = spread_table(found)
    assert table is not None
    assert [row[0] for row in table.rows] == list(solved.spread)
    assert "Current density in the liquid" in page.text


def test_without_a_solve_the_page_says_why(tmp_path: Path) -> None:
    design = designed(tmp_path, VALID)
    text = Page(report_html(evaluate(design))).text
    assert "No pictures: the resistance is that of the closed form" in text
    filled = evaluate_best(assemble_cell(designed(tmp_path, FILLED)))
    assert filled.closed_form_reason in filled.notes[-1]
    why = "No pictures: closed forms only, not yet supported: a film mesh of a layer that fills ('anode')."
    assert why in Page(report_html(filled)).text
    flat = designed(tmp_path, with_relief("{kind: planar}"))
    page = Page(report_html(evaluate(flat, "fem")))
    assert "The films are flat: the current is the same everywhere." in page.text
    assert "peak (exceeded" not in page.text  # of what is the same everywhere


def test_places_are_named_by_the_corner_they_are_close_to() -> None:
    stack = pearse_stack()
    mesh = solved_films(wires(stack)).fields.film_mesh
    words = {
        ("floor", (1.38, 0.0, 0.05)): "at the foot, 1.38 µm from the axis, at height 50 nm",
        ("floor", (0.2, 0.0, 0.05)): "on the floor, 200 nm from the axis, at height 50 nm",
        ("wall", (0.0, 1.4, 15.0)): "on the wall, 1.4 µm from the axis, at height 15 µm",
        ("rim", (1.5, 0.0, 30.04)): "at the rim, 1.5 µm from the axis, at height 30 µm",
    }
    for (strip, place), told in words.items():
        assert hot_spot_words(mesh, 0, HotSpot(strip, place)) == told
