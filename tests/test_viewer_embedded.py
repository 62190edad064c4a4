"""The triangles, the page and the notebook plot of a cell against film volumes, the palette and a budget."""

import builtins
import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfgeom
from tests.design_texts import VALID, designed
from tests.kinds import every_relief, unit_cell
from tests.shipped import DESIGNS
from tests.solves import solved_films
from tests.stacks import layers, pearse_stack
from tests.wires import wires
from tfgeom.design import Design, load_design
from tfgeom.errors import MissingExtraError, OutputError
from tfgeom.evaluation import evaluate
from tfgeom.films import stack_films
from tfgeom.numerals import layer_title
from tfgeom.palette import SUBSTRATE, film_colours
from tfgeom.reliefs.holes import holes
from tfgeom.report import report_html
from tfgeom.viewer.embedded import embedded_page
from tfgeom.viewer.in_report import embedded_view
from tfgeom.viewer.node_fields import CURRENT_DENSITY, POTENTIAL, solved_fields
from tfgeom.viewer.triangulation import LEVELS, Triangles, TriangulatedCell, triangulate_cell
from tfgeom.viewer.view import Cut, View

SHALLOW = holes(3e-6, 6e-6, 12e-6, "hexagonal")
EVIL = "</script ><img src=x onerror=alert(1)>"


def corners(surface: Triangles) -> Any:
    return np.asarray(surface.points, dtype=float)[surface.corners]


def volume(surface: Triangles) -> float:
    """Return the volume inside, um³: negative for faces that look inwards."""
    a, b, c = np.moveaxis(corners(surface), 1, 0)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def loose_edges(surface: Triangles) -> int:
    """Return the number of directed edges without their opposite; points of one place count as one."""
    places = np.unique(surface.points.round(5), axis=0, return_inverse=True)[1].reshape(-1)
    a, b, c = places[surface.corners].T
    edges = set(zip(np.concatenate((a, b, c)).tolist(), np.concatenate((b, c, a)).tolist(), strict=True))
    return sum((end, start) not in edges for start, end in edges if start != end)


@pytest.fixture(scope="module")
def solved_cell() -> tuple[Any, TriangulatedCell]:
    stack = pearse_stack(SHALLOW)
    fields = solved_fields(solved_films(wires(stack)))
    return fields, triangulate_cell(stack, "Si", fields)


@every_relief
def test_bodies_hold_the_volume_of_their_films(relief: str) -> None:
    """Whole bodies meet the closed form within the facets of the coarse grid; cut at the axes, half of it."""
    stack = stack_films(unit_cell(relief), layers())
    cell = triangulate_cell(stack, limit=200_000)
    assert [body.name for body in cell.bodies] == ["substrate", *(film.layer.name for film in stack.films)]
    for body, film in zip(cell.bodies[1:], stack.films, strict=True):
        assert body.whole is not None
        whole = volume(body.whole)
        assert whole == pytest.approx(film.volume * 1e18, rel=0.02), body.name
        assert volume(body.cut) == pytest.approx(whole / 2, rel=0.02), body.name
        assert loose_edges(body.whole) == 0
        behind = np.asarray(body.cut.points)[:, 1]
        assert behind.min() == pytest.approx(cell.bounds_um[:, 1].mean(), abs=1e-3)
    assert all(volume(body.cut) > 0 for body in cell.bodies)


def test_a_plane_is_a_piece_about_as_wide_as_it_is_high() -> None:
    found = evaluate(load_design(DESIGNS / "bates_planar.yaml"))
    stack = found.cell.charged
    cell = triangulate_cell(stack)
    width, _, height = np.ptp(cell.bounds_um, axis=0)
    assert 0.4 < width / height < 2.5
    times = (width * 1e-6) ** 2 / stack.cell.footprint
    for body, film in zip(cell.bodies[1:], stack.films, strict=True):
        assert body.whole is not None
        assert volume(body.whole) == pytest.approx(times * film.volume * 1e18, rel=1e-3)
    assert embedded_view(found).caption.startswith("A piece of the plane to scale, ")


def test_cut_faces_look_at_the_reader() -> None:
    cell = triangulate_cell(pearse_stack(SHALLOW))
    middle = cell.bounds_um[:, 1].mean()
    for body in cell.bodies:
        places = corners(body.cut)
        on_cut = (np.abs(places[:, :, 1] - middle) < 1e-3).all(axis=1)
        a, b, c = np.moveaxis(places[on_cut], 1, 0)
        assert on_cut.sum() > 10
        assert (np.cross(b - a, c - a)[:, 1] <= 0).all(), body.name


def test_colours_are_those_of_the_palette() -> None:
    stack = pearse_stack(SHALLOW)
    cell = triangulate_cell(stack, "Si")
    colours = {"substrate": SUBSTRATE, **film_colours([film.layer for film in stack.films])}
    assert {body.name: body.colour for body in cell.bodies} == colours
    scene = scene_of(embedded_page(cell, "cell"))
    assert [body["colour"] for body in scene["bodies"]] == list(colours.values())
    assert scene["bodies"][0]["title"] == "substrate, Si"


def test_fields_are_levels_between_the_ends_of_their_bar(solved_cell: tuple[Any, TriangulatedCell]) -> None:
    fields, cell = solved_cell
    assert [field.name for field in cell.fields] == [POTENTIAL, CURRENT_DENSITY]
    for field in cell.fields:
        assert (field.bar.low, field.bar.high) == fields.range_of(field.name)
        carriers = [body for body in cell.bodies if field.name in body.levels]
        assert {body.name for body in carriers} == set(fields.shown(field.name))
        reached = np.concatenate([body.levels[field.name] for body in carriers])
        assert reached.min() == 0
        assert reached.max() == LEVELS
    electrolyte = next(body for body in cell.bodies if body.name == "electrolyte")
    assert electrolyte.solved is not None
    assert len(electrolyte.levels[POTENTIAL]) == len(electrolyte.solved.points)
    # across the film on the top face, far from the rim, the potential grows linearly from the cathode
    points = np.asarray(electrolyte.solved.points, dtype=float)
    far = np.hypot(points[:, 0], points[:, 1] - cell.bounds_um[:, 1].mean()) > 2.5
    top = far & (points[:, 2] > 11.5)
    line = np.polyfit(points[top, 2], electrolyte.levels[POTENTIAL][top], 1)
    fit = np.polyval(line, points[top, 2])
    assert line[0] > 0
    assert np.abs(fit - electrolyte.levels[POTENTIAL][top]).max() < 0.06 * LEVELS


def test_what_is_too_much_is_left_out_step_by_step(solved_cell: tuple[Any, TriangulatedCell]) -> None:
    fields, full = solved_cell
    stack = pearse_stack(SHALLOW)
    whole = sum(len(body.whole.corners) for body in full.bodies if body.whole is not None)
    cut = sum(len(body.cut.corners) for body in full.bodies)
    assert cut < whole <= 60_000
    one_less = triangulate_cell(stack, "Si", fields, limit=whole)
    assert one_less.has_whole
    no_whole = triangulate_cell(stack, "Si", fields, limit=whole - 1)
    assert not no_whole.has_whole
    assert sum(len(body.cut.corners) for body in no_whole.bodies) == cut
    assert not no_whole.fields
    assert no_whole.fields_left_out
    assert triangulate_cell(stack, "Si", fields, limit=cut - 1).bodies == ()


def scene_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="scene">(.*?)</script>', page, re.S)
    assert found is not None
    assert "<" not in found[1]  # nothing in it can end the block
    scene: dict[str, Any] = json.loads(found[1])
    return scene


class Tags(HTMLParser):
    """The elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_names_are_text() -> None:
    cell = triangulate_cell(pearse_stack(SHALLOW))
    plain = embedded_page(cell, "cell")
    bodies = tuple(replace(body, title=EVIL) for body in cell.bodies)
    page = embedded_page(replace(cell, bodies=bodies), EVIL)
    assert EVIL not in page
    assert [tag for tag, _ in Tags(page).tags] == [tag for tag, _ in Tags(plain).tags]
    assert {body["title"] for body in scene_of(page)["bodies"]} == {EVIL}


def test_the_page_is_offline_small_and_the_same_each_time() -> None:
    cell = triangulate_cell(pearse_stack())
    page = embedded_page(cell, "cell")
    assert page == embedded_page(cell, "cell")
    assert len(page) < 2e6
    assert all(not {"src", "href", "srcset"} & attributes.keys() for _, attributes in Tags(page).tags)
    notices = re.search(r'<script type="text/plain" id="licences">(.*?)</script>', page, re.DOTALL)
    assert notices is not None
    assert not re.search(r"https?://", page.replace(notices[1], ""))
    # the renderer is copied into the page, so its licence and those of its parts go with it
    for words in (
        "The MIT License",
        "K3D authors",
        "The above copyright notice and this permission notice",
        "Three.js",
    ):
        assert words in notices[1]


def test_the_report_carries_the_view(tmp_path: Path) -> None:
    design = written(tmp_path)
    found = evaluate(design)
    view = embedded_view(found)
    assert view.page is not None
    assert "One unit cell" in view.caption
    assert "tfgeom view cell.yaml" in view.caption
    page = report_html(found, view=view)
    frames = [attributes for tag, attributes in Tags(page).tags if tag == "iframe"]
    assert len(frames) == 1
    assert frames[0]["srcdoc"] == view.page
    assert frames[0]["sandbox"] == "allow-scripts"
    assert "<iframe" not in report_html(found)


def written(tmp_path: Path) -> Design:
    return designed(tmp_path, VALID)


def test_without_k3d_the_report_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "k3d")
    design = written(tmp_path)
    found = evaluate(design)
    view = embedded_view(found)
    assert view.page is None
    page = report_html(found, view=view)
    assert "No 3D view to turn: it needs k3d: pip install &#34;tfgeom[view]&#34;." in page
    assert "script-src" not in page
    with pytest.raises(MissingExtraError, match=r'k3d.*pip install "tfgeom\[view\]"') as caught:
        tfgeom.show(found)
    assert caught.value.exit_code == 1


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    found = builtins.__import__

    def refuse(name: str, *arguments: Any, **more: Any) -> Any:
        if name == package:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return found(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)


def test_an_evaluation_remembers_its_design_but_not_among_its_numbers(tmp_path: Path) -> None:
    design = written(tmp_path)
    found = evaluate(design, "fem")
    assert found.design is design
    assert found.solve is not None
    assert found == replace(found, solves=None)
    assert {"cells", "solves"}.isdisjoint(found.to_dict())
    assert evaluate(design).solve is None


def test_show_makes_a_plot_of_named_coloured_bodies(tmp_path: Path) -> None:
    design = written(tmp_path)
    found = evaluate(design)
    for plot in (tfgeom.show(found), tfgeom.show(design)):
        assert [body.name for body in plot.objects][1:] == [
            layer_title(layer.name, layer.material) for layer in found.layers
        ]
        colours = [int(colour[1:], 16) for colour in film_colours(found.layers).values()]
        assert [body.color for body in plot.objects[1:]] == colours
    # the default is cut through the axes: nothing lies before them
    assert min(body.vertices[:, 1].min() for body in plot.objects) == pytest.approx(0, abs=1e-3)


def test_show_obeys_the_view(tmp_path: Path) -> None:
    design = written(tmp_path)
    plain, pulled = (tfgeom.show(design, View(explode=share)) for share in (0.0, 0.5))
    shifts = [
        float(moved.vertices[:, 2].min() - body.vertices[:, 2].min())
        for body, moved in zip(plain.objects, pulled.objects, strict=True)
    ]
    height = 30 + 0.195  # um: relief and films
    assert shifts == pytest.approx([0.5 * index * height for index in range(6)], rel=1e-4)
    hidden = tfgeom.show(design, View(hidden=frozenset({"anode"})))
    assert [body.name for body in hidden.objects] == [
        body.name for body in plain.objects if not body.name.startswith("anode")
    ]
    taller = tfgeom.show(design, View(z_scale=0.5))
    assert float(np.ptp(taller.objects[0].vertices[:, 2])) == pytest.approx(
        0.5 * float(np.ptp(plain.objects[0].vertices[:, 2])), rel=1e-4
    )
    assert taller.objects[-1].text.startswith("heights 0.5 times")


def test_show_colours_by_a_field_of_the_solve(tmp_path: Path) -> None:
    design = written(tmp_path)
    found = evaluate(design, "fem")
    plot = tfgeom.show(found, View(field=POTENTIAL, cut=Cut()))
    coloured = [body for body in plot.objects if POTENTIAL in body.name]
    assert coloured
    assert found.solve is not None
    low, high = solved_fields(found.solve).range_of(POTENTIAL)
    for body in coloured:
        assert body.color_range == pytest.approx([low, high])
        assert math.isclose(float(np.min(body.attribute)), low, rel_tol=0.3) or np.min(body.attribute) > low
        assert np.max(body.attribute) <= high * (1 + 1e-6)
    with pytest.raises(OutputError, match="no potential without finite elements"):
        tfgeom.show(evaluate(design), View(field=POTENTIAL))
    with pytest.raises(OutputError, match="'heat' is no field; use potential or current density"):
        tfgeom.show(found, View(field="heat"))
