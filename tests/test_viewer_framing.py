"""Where the camera of the live page looks: everything in the picture, rims close, nobody's zoom undone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.kinds import RELIEF_TEXTS, unit_cell
from tests.kinds import design as design_of
from tests.page_states import State
from tests.stacks import pearse_stack
from tfgeom.design import design_from_mapping, dump_design, load_design
from tfgeom.viewer.actions import Actions
from tfgeom.viewer.bodies import cut_faces, scene_bodies, scene_bounds
from tfgeom.viewer.closeup import FOOT, PLACES, RIM, close_up
from tfgeom.viewer.framing import frame_of
from tfgeom.viewer.shown_design import ShownDesign
from tfgeom.viewer.view import Cut, View

SIZE = (400, 300)  # pixels, of each picture
Points = NDArray[np.float64]


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Actions]:
    """Return a function that opens the page of reliefs of these kinds, without a browser."""

    def opened(*kinds: str) -> Actions:
        shown = []
        for index, kind in enumerate(kinds):
            file = tmp_path / f"{index}.yaml"
            mapping = design_of(kind, "conformal", name=f"{kind} {index}")
            file.write_text(dump_design(design_from_mapping(mapping)), encoding="utf-8")
            one = ShownDesign(load_design(file))
            one.plotter.window_size = list(SIZE)
            shown.append(one)
        return Actions(State(), shown)

    return opened


def places(actions: Actions, points: Points) -> Points:
    """Return where points are in the picture: 0 at its middle, 1 at its upper and right edges."""
    camera = actions.first.plotter.camera
    eye = np.subtract(camera.position, camera.focal_point)
    eye /= np.linalg.norm(eye)
    right = np.cross(camera.up, eye)
    right /= np.linalg.norm(right)
    away = (points - camera.focal_point) / camera.parallel_scale
    width, height = actions.first.plotter.renderer.GetSize()
    return np.column_stack((away @ right * height / width, away @ np.cross(eye, right)))


def seen(actions: Actions) -> list[Points]:
    """Return where the corners of each cell are in the picture."""
    boxes = [np.array(np.meshgrid(*one.scene.box().T)).reshape(3, -1).T for one in actions.shown]
    return [places(actions, corners) for corners in boxes]


def size_index(actions: Actions, path: str, design: int = 0) -> int:
    return [parameter.path for parameter in actions.sizes[design].parameters].index(path)


def set_size(actions: Actions, path: str, text: str, design: int = 0) -> None:
    actions.take_text(design, size_index(actions, path, design), text)
    actions.draw()
    assert actions.state.problem == ""


def test_a_frame_holds_its_points_as_closely_as_it_may() -> None:
    corners = np.array([(x, y, z) for x in (0.0, 2.0) for y in (0.0, 1.0) for z in (0.0, 30.0)])
    tall = frame_of(corners, (0, -1, 0), (300, 300), (0, 0, 1))
    assert tall.half == pytest.approx(15 / (1 - 0.13 - 0.05))
    assert tall.focus[0] == pytest.approx(1)
    wide = frame_of(corners, (0, -1, 0), (10, 300), (0, 0, 1))
    assert wide.half == pytest.approx(1 * 30 / 0.92), "the width of a narrow picture decides"


@pytest.mark.parametrize("kinds", [("pillars",), ("pillars", "holes"), ("planar", "trenches"), ("wave",)])
def test_everything_is_in_the_picture_and_fills_it(
    page: Callable[..., Actions], kinds: tuple[str, ...]
) -> None:
    inside = seen(page(*kinds))
    assert np.abs(np.concatenate(inside)).max() < 1
    assert np.ptp(np.concatenate(inside), axis=0).max() > 1.5, "of 2 from edge to edge"


def test_the_camera_follows_a_large_change_and_keeps_its_direction(page: Callable[..., Actions]) -> None:
    actions = page("pillars", "holes")
    actions.first.plotter.camera.Azimuth(40)
    camera = actions.first.plotter.camera
    turned = np.subtract(camera.position, camera.focal_point)
    before = camera.parallel_scale
    set_size(actions, "relief.height", "5.1 um")
    assert camera.parallel_scale == before, "a small change shows as one"
    for text in ("60 um", "1 um"):
        set_size(actions, "relief.height", text)
        set_size(actions, "relief.depth", text, design=1)
        inside = np.concatenate(seen(actions))
        assert np.abs(inside).max() < 1
        assert np.ptp(inside, axis=0).max() > 1
        now = np.subtract(camera.position, camera.focal_point)
        assert now / np.linalg.norm(now) == pytest.approx(turned / np.linalg.norm(turned))


def test_a_zoom_is_respected_until_the_cell_is_gone(page: Callable[..., Actions]) -> None:
    actions = page("pillars")
    camera = actions.first.plotter.camera
    camera.parallel_scale = zoomed = camera.parallel_scale / 8
    set_size(actions, "relief.height", "8 um")
    assert camera.parallel_scale == zoomed
    camera.focal_point = np.add(camera.focal_point, (1000.0, 0, 0))
    camera.position = np.add(camera.position, (1000.0, 0, 0))
    set_size(actions, "relief.height", "9 um")
    assert np.abs(np.concatenate(seen(actions))).max() < 1
    camera.parallel_scale *= 3
    set_size(actions, "relief.height", "10 um")
    assert np.ptp(np.concatenate(seen(actions)), axis=0).max() < 1, "zoomed out, and left so"
    actions.fit()
    assert np.ptp(np.concatenate(seen(actions)), axis=0).max() > 1.5


def test_another_shape_of_the_window_is_followed(page: Callable[..., Actions]) -> None:
    actions = page("pillars")
    set_size(actions, "relief.pitch", "20 um")
    for size in ((120, 600), (900, 200)):
        actions.first.plotter.window_size = list(size)
        actions.first.plotter.renderer.InvokeEvent("StartEvent")
        assert np.abs(np.concatenate(seen(actions))).max() < 1
    camera = actions.first.plotter.camera
    camera.parallel_scale = zoomed = camera.parallel_scale / 8
    actions.first.plotter.window_size = [500, 500]
    actions.first.plotter.renderer.InvokeEvent("StartEvent")
    assert camera.parallel_scale == zoomed


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", [kind for kind in RELIEF_TEXTS if kind != "planar"])
def test_every_film_is_seen_where_it_turns(kind: str, place: str) -> None:
    """In the section through the axes all films lie in the frame, and near its middle the wall ends."""
    stack = pearse_stack(unit_cell(kind))
    near = close_up(stack, place)
    bodies = scene_bodies(stack, View())
    bounds = scene_bounds(bodies)
    middle = np.array((near.x_um, near.z_um))
    thickness = sum(film.layer.thickness for film in stack.films) * 1e6
    assert 0.9 * thickness <= near.half_um <= 3.5 * thickness + stack.cell.rim_radius * 1e6
    for body in bodies[1:]:
        cut = np.asarray(cut_faces(body, Cut("y", 0.5), bounds).points)[:, [0, 2]]
        assert (np.abs(cut - middle).max(axis=1) < near.half_um).any(), body.name
    if kind == "wave":
        return
    substrate = np.asarray(cut_faces(bodies[0], Cut("y", 0.5), bounds).points)[:, [0, 2]]
    end = stack.cell.height * 1e6 if place == RIM else 0.0
    ends = substrate[np.abs(substrate[:, 1] - end) < 1e-6]
    away = np.abs(ends - middle).max(axis=1).min()
    assert away < 0.5 * near.half_um + stack.cell.rim_radius * 1e6


def test_a_rim_is_looked_at_closely_and_followed(page: Callable[..., Actions]) -> None:
    actions = page("pillars", "holes")
    actions.state.cut_direction = "x"
    actions.look_at(RIM)
    assert (actions.state.cut_direction, actions.state.cut_position) == ("y", 0.5)
    camera = actions.first.plotter.camera
    films = sum(film.layer.thickness for film in actions.first.evaluation.cell.charged.films) * 1e6
    assert camera.parallel_scale < 4 * films

    def rims() -> list[Points]:
        """Return where the rims are in the picture: the edge of the substrate's top on the cut."""
        found = []
        for one in actions.shown:
            cell = one.evaluation.cell.charged.cell
            low, high = one.scene.bounds[:, 1]
            rim = np.array([(cell.first_edge * 1e6, (low + high) / 2, cell.height * 1e6)])
            found.append(places(actions, rim + one.scene.box()[0] - one.scene.bounds[0]))
        return found

    for _ in range(2):
        first, other = rims()
        assert np.abs(first).max() < 0.6
        assert np.abs(other).max() < 0.6, "the rim of the other is beside it"
        set_size(actions, "relief.height", "9 um")
    actions.look_at(FOOT)
    assert np.abs(rims()[0]).max() > 1
    actions.fit()
    assert np.abs(np.concatenate(seen(actions))).max() < 1
    assert all(one.scene.box() == pytest.approx(one.scene.bounds) for one in actions.shown)


def test_a_plane_is_a_piece_as_wide_as_its_films_are_thick(page: Callable[..., Actions]) -> None:
    actions: Any = page("planar")
    assert actions.state.has_places is False
    width, _, height = np.ptp(actions.first.scene.box(), axis=0)
    assert width > 0.4 * height
