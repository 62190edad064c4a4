"""Bodies, cuts and fields of the 3D scene against closed forms, sections and volumes."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.design_texts import FLOODED
from tests.kinds import every_relief, unit_cell
from tests.solves import solved_films
from tests.stacks import layers, pearse_plane, pearse_stack
from tests.wires import SIGMA, wires
from tfgeom.design import load_design
from tfgeom.errors import DesignError, MeshError, OutputError
from tfgeom.evaluation import evaluate
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import load_library
from tfgeom.numerals import layer_title
from tfgeom.palette import film_colours
from tfgeom.report.outline import film_outlines
from tfgeom.transport.solve_options import Drive
from tfgeom.viewer.bodies import MAX_FACES, Body, cut_faces, cut_surface, scene_bodies, scene_bounds
from tfgeom.viewer.node_fields import CURRENT_DENSITY, POTENTIAL, Fields, solved_fields
from tfgeom.viewer.view import Cut, View, thicker_films


def filled(cell: Cell) -> Stack:
    """Return the films of Pearse 2018 and a cathode that closes the relief 300 nm above them."""
    material = load_library().find("LiV2O5")
    return stack_films(cell, [*layers(), FilmLayer("filling", "cathode", material, 300e-9, fills=True)])


def triangles(surface: Any) -> Any:
    made = surface.triangulate()
    return np.asarray(made.points, dtype=float)[made.regular_faces]


def area(surface: Any) -> float:
    """Return the area of a surface, um²; 0 of an empty one."""
    if not surface.n_cells:
        return 0.0
    a, b, c = np.moveaxis(triangles(surface), 1, 0)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def volume(surface: Any) -> float:
    """Return the volume inside a closed surface, um³; 0 of an empty one."""
    if not surface.n_cells:
        return 0.0
    a, b, c = np.moveaxis(triangles(surface), 1, 0)
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def named(bodies: list[Body], name: str) -> Body:
    return next(body for body in bodies if body.name == name)


@every_relief
@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (2, 3)])
def test_bodies_are_as_large_as_the_films(relief: str, columns: int, rows: int) -> None:
    stack = pearse_stack(unit_cell(relief))
    bodies = scene_bodies(stack, View(columns=columns, rows=rows), substrate="Si")
    assert [body.name for body in bodies] == ["substrate", *(film.layer.name for film in stack.films)]
    assert bodies[0].title == "substrate, Si"
    colours = film_colours([film.layer for film in stack.films])
    for film in stack.films:
        body = named(bodies, film.layer.name)
        assert body.colour == colours[film.layer.name]
        assert body.title == layer_title(film.layer.name, film.layer.material.name)
        assert volume(body.skin) == pytest.approx(columns * rows * film.volume * 1e18, rel=2e-3)


@pytest.mark.parametrize("kind", ["pillars", "through-holes", "trenches", "wave"])
def test_a_filling_layer_is_a_body(kind: str) -> None:
    stack = filled(unit_cell(kind))
    body = scene_bodies(stack, View())[-1]
    assert body.name == "filling"
    assert volume(body.skin) == pytest.approx(stack.films[-1].volume * 1e18, rel=2e-3)


@every_relief
@pytest.mark.parametrize("direction", ["x", "y", "z"])
def test_cut_faces_have_the_area_by_which_the_volume_shrinks(relief: str, direction: str) -> None:
    bodies = scene_bodies(filled(unit_cell(relief)), View())
    bounds = scene_bounds(bodies)
    along = "xyz".index(direction)
    size = bounds[1, along] - bounds[0, along]
    place, step = 0.371, 1e-4  # at this place of microtubes a face was missing

    def left(body: Body, position: float) -> float:
        """Return the volume that a cut leaves; faces in a plane through the origin add nothing to it."""
        surface = cut_surface(body, Cut(direction, position), bounds).copy()
        near, far = bounds[:, along] if direction == "y" else bounds[::-1, along]
        surface.points[:, along] -= near + position * (far - near)
        return volume(surface)

    for body in bodies:
        shrinks = (left(body, place - step) - left(body, place + step)) / (2 * step * size)
        assert area(cut_faces(body, Cut(direction, place), bounds)) == pytest.approx(
            shrinks, rel=0.02, abs=1e-3 * size
        ), body.name


@pytest.mark.parametrize("kind", ["pillars", "holes", "trenches", "honeycomb", "microtubes", "wave"])
def test_a_cut_through_the_axes_shows_each_film_as_thick_as_it_is(kind: str) -> None:
    stack = pearse_stack(unit_cell(kind))
    assert stack.cell.pitch is not None
    pitch = stack.cell.pitch * 1e6
    bodies = scene_bodies(stack, View(columns=3))
    bounds = scene_bounds(bodies)
    window = shapely.box(-pitch / 2, -5, pitch / 2, 20)
    for film, outline in zip(stack.films, film_outlines(stack, range(-1, 2)), strict=True):
        drawn = shapely.Polygon(outline.polygon).intersection(window).area
        faces = cut_faces(named(bodies, film.layer.name), Cut("y", 0.5), bounds)
        assert np.ptp(faces.points[:, 1]) < 1e-6
        assert area(faces) == pytest.approx(3 * drawn, rel=0.02)


def test_nothing_is_cut_at_the_near_end_and_all_beyond_the_far_one() -> None:
    bodies = scene_bodies(pearse_stack(), View())
    bounds = scene_bounds(bodies)
    for body in bodies:
        assert cut_surface(body, Cut("y", 0), bounds).n_cells == cut_surface(body, None, bounds).n_cells
        assert volume(cut_surface(body, Cut("x", 0.999), bounds)) < 0.001 * volume(body.skin)


# --- the view


def test_thicker_films_keep_their_shares_and_say_what_still_fits() -> None:
    stack = pearse_stack()
    twice = thicker_films(stack, 2.0)
    assert [film.layer.thickness for film in twice.films] == pytest.approx(
        [2 * film.layer.thickness for film in stack.films]
    )
    with pytest.raises(DesignError, match="100 times thicker would merge; use at most") as caught:
        thicker_films(stack, 100.0)
    fits = float(str(caught.value).split("at most ")[1].split()[0])
    # the hole is 3 um wide, and the films are 195 nm on each of its walls
    assert fits == pytest.approx(1.5 / 0.195, rel=0.01)


def test_what_is_not_to_scale_is_said() -> None:
    assert View().scale_note == ""
    assert "films 3 times as thick" in View(thickness_scale=3).scale_note
    assert "heights 0.3 times as large" in View(z_scale=0.3).scale_note
    assert not View(z_scale=0.3).is_to_scale


def test_a_tile_too_large_to_show_is_refused_with_one_that_fits() -> None:
    stack = pearse_stack()
    with pytest.raises(MeshError, match="too many to show") as caught:
        scene_bodies(stack, View(columns=200, rows=200))
    side = int(str(caught.value).rpartition("x")[2])
    faces = sum(body.skin.n_cells for body in scene_bodies(stack, View()) if body.name != "substrate")
    assert side >= 2
    assert side**2 * faces == pytest.approx(MAX_FACES, rel=0.3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Cut("w", 0.5),
        lambda: Cut("y", 1.5),
        lambda: Cut("y", math.nan),
        lambda: View(columns=0),
        lambda: View(explode=-1),
        lambda: View(z_scale=0),
        lambda: View(thickness_scale=math.nan),
        lambda: View(z_scale=math.inf),
    ],
)
def test_views_that_mean_nothing_are_refused(make: Any) -> None:
    with pytest.raises(OutputError):
        make()


# --- fields

MA_CM2 = 10.0  # A/m²


@pytest.fixture(scope="module")
def plane() -> Fields:
    stack = pearse_plane()
    return solved_fields(solved_films(wires(stack)))


@pytest.fixture(scope="module")
def relief() -> Fields:
    stack = pearse_stack()
    return solved_fields(solved_films(wires(stack)))


def test_fields_of_a_plane_are_those_of_the_closed_form(plane: Fields) -> None:
    stack = pearse_plane()
    for name in ("cathode", "electrolyte", "anode"):
        film = stack.named(name) or stack.first(name)
        assert film is not None
        millivolts = film.layer.thickness / SIGMA[name] * MA_CM2 * 1e3
        values = plane.values[POTENTIAL][film.layer.name]
        assert values[-1] - values[0] == pytest.approx(millivolts, rel=1e-6, abs=1e-9)
        assert plane.values[CURRENT_DENSITY][film.layer.name] == pytest.approx(1.0, rel=1e-4)


def test_the_range_of_an_even_field_is_not_empty(plane: Fields) -> None:
    low, high = plane.range_of(CURRENT_DENSITY)
    assert low < 1 < high < 1.1


def test_current_on_a_relief_adds_up_to_that_of_the_footprint(relief: Fields) -> None:
    stack, mesh = pearse_stack(), relief.mesh
    assert mesh.grid is not None
    film = stack.first("electrolyte")
    assert film is not None
    values = relief.values[CURRENT_DENSITY][film.layer.name]
    for level, face_area in ((film.inner, film.inner_area), (film.outer, film.outer_area)):
        points, index = mesh.grid.place(level), 0 if level is film.inner else -1
        a, b, c, d = (points[mesh.grid.quads[:, corner]] for corner in range(4))
        facets = np.linalg.norm(np.cross(c - a, d - b), axis=1) / 2
        mean = float((facets * values[index][mesh.grid.quads].mean(axis=1)).sum() / facets.sum())
        assert mean == pytest.approx(stack.cell.footprint / face_area, rel=0.01)


def test_films_at_one_potential_leave_the_colours_to_the_electrolyte(relief: Fields) -> None:
    whole = relief.values[POTENTIAL]
    assert set(relief.shown(POTENTIAL)) == {"electrolyte"}
    assert set(relief.constant(POTENTIAL)) == set(whole) - {"electrolyte"}
    assert relief.range_of(POTENTIAL) == (whole["electrolyte"].min(), whole["electrolyte"].max())
    bodies = scene_bodies(pearse_stack(), View(field=POTENTIAL), fields=relief)
    assert [body.name for body in bodies if body.has_values] == ["electrolyte"]


def test_values_reach_the_cut_faces(relief: Fields) -> None:
    bodies = scene_bodies(pearse_stack(), View(field=POTENTIAL), fields=relief)
    faces = cut_faces(named(bodies, "electrolyte"), Cut("y", 0.5), scene_bounds(bodies))
    low, high = relief.range_of(POTENTIAL)
    assert faces["values"].min() == pytest.approx(low, rel=1e-3)
    assert faces["values"].max() == pytest.approx(high, rel=1e-3)


def test_fields_are_those_of_one_current_whatever_the_voltage_of_the_solve(relief: Fields) -> None:
    stack = pearse_stack()
    scaled = solved_fields(solved_films(wires(stack), drive=Drive(voltage=0.02)))
    for field in (POTENTIAL, CURRENT_DENSITY):  # in the electrolyte: elsewhere differences are rounding
        expected = relief.values[field]["electrolyte"]
        assert scaled.values[field]["electrolyte"] == pytest.approx(expected, rel=1e-4)


def test_a_flooded_cell_shows_the_current_through_its_electrode(tmp_path: Path) -> None:
    (tmp_path / "cell.yaml").write_text(FLOODED.replace("height: 50 um", "height: 5 um"), encoding="utf-8")
    found = evaluate(load_design(tmp_path / "cell.yaml"), "fem")
    assert found.solve is not None
    fields, made = solved_fields(found.solve), found.cell.made
    assert set(fields.values) == {CURRENT_DENSITY}
    assert fields.shown(POTENTIAL) == {}
    assert fields.constant(POTENTIAL) == {}
    (name, values), *_ = fields.values[CURRENT_DENSITY].items()
    areas = fields.mesh.areas_um2(len(fields.mesh.levels) - 1)
    through = float(areas @ values[-1][fields.mesh.quads].mean(axis=1)) / fields.mesh.unit_cells
    assert through == pytest.approx(made.cell.footprint * 1e12, rel=2e-3)
    bodies = scene_bodies(made, View(field=CURRENT_DENSITY), fields=fields)
    assert [body.name for body in bodies if body.has_values] == [name]
    assert not any(body.has_values for body in scene_bodies(made, View(field=POTENTIAL), fields=fields))
