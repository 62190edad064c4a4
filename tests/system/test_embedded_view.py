"""The 3D view of a finished report in a real browser, from the file system and without a network."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.system.serving import PATIENCE
from tests.text_boxes import pane_faults
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import load_design
from tfgeom.evaluation import evaluate
from tfgeom.palette import film_colours
from tfgeom.report import render_report
from tfgeom.viewer.embedded import embedded_page
from tfgeom.viewer.triangulation import triangulate_cell

# films as thick as possible, so that each covers many pixels
THICK = """\
schema_version: 1
name: Thick films
relief: {kind: pillars, lattice: square, pitch: 8 um, diameter: 2 um, height: 4 um}
layers:
  - {role: current_collector, material: Ru, thickness: 400 nm}
  - {role: cathode, material: LiV2O5, thickness: 500 nm}
  - {role: electrolyte, material: Li2PO2N, thickness: 500 nm}
  - {role: anode, material: SnNx, thickness: 500 nm}
  - {role: current_collector, material: TiN, thickness: 400 nm}
cell: {type: conformal}
operation:
  voltage: {min: 0.5 V, max: 3.5 V}
  temperature: 25 degC
  c_rates: [1]
"""
EVIL = "</script ><img src=x onerror=alert(1)>"
Picture = NDArray[np.int64]


class Opened:
    """A page without a network, what it complained of and what it asked for."""

    def __init__(self, browser: Any, file: Path) -> None:
        self.context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())

    def picture(self, view: Any, until: Callable[[Picture], bool]) -> Picture:
        """Return the pixels of the canvas once they are as asked."""
        from PIL import Image

        for _ in range(int(4 * PATIENCE)):
            shot = view.locator("#picture canvas").first.screenshot()
            found = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=np.int64)
            if until(found):
                return found
            self.page.wait_for_timeout(250)
        pytest.fail("the picture did not become what it should")


def mask(picture: Picture, colour: str) -> NDArray[np.bool_]:
    """Return which pixels have a colour in any shade: its hue, and nearly as colourful."""
    own = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=float)
    along = picture @ own / (own @ own)
    off = np.linalg.norm(picture - along[..., None] * own, axis=-1)
    return np.asarray((off < 0.1 * np.linalg.norm(own)) & (along > 0.5) & (along < 1.15))


def covered(picture: Picture, colour: str) -> int:
    return int(mask(picture, colour).sum())


def top(picture: Picture, colour: str) -> float:
    """Return how far from the upper edge a colour begins, in heights of the picture."""
    rows = np.flatnonzero(mask(picture, colour).sum(axis=1) > 3)
    return float(rows[0]) / len(picture) if len(rows) else 1.0


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("view")
    (folder / "thick.yaml").write_text(THICK, encoding="utf-8")
    return render_report(load_design(folder / "thick.yaml"), folder / "thick.html", "fem")


def test_every_control_of_the_view_changes_the_picture(browser: Any, report: Path) -> None:
    design = load_design(report.with_suffix(".yaml"))
    colours = film_colours(assemble_cell(design).charged.films[k].layer for k in range(5))
    opened = Opened(browser, report)
    opened.page.locator(".view iframe").scroll_into_view_if_needed()
    view = opened.page.frame_locator(".view iframe")
    view.locator("body[data-ready]").wait_for(timeout=PATIENCE * 1000)
    electrodes = ("cathode", "electrolyte", "anode")

    def seen(*names: str) -> Callable[[Picture], bool]:
        return lambda picture: all(
            (covered(picture, colours[name]) > 200) == (name in names) for name in electrodes
        )

    # cut: the inside shows
    cut = opened.picture(view, seen(*electrodes))
    # each switch takes its colour out of the picture
    for name in electrodes:
        box = view.get_by_label(name, exact=False).first
        box.uncheck()
        left = opened.picture(view, seen(*(other for other in electrodes if other != name)))
        assert covered(left, colours[name]) < 0.02 * covered(cut, colours[name])
        box.check()
    opened.picture(view, seen(*electrodes))
    # uncut, the outer collector hides the films on the pillar; those on the floor end at the cell's sides
    view.get_by_label("Cut through the axes").uncheck()
    opened.picture(view, lambda found: top(found, colours["anode"]) > top(cut, colours["anode"]) + 0.1)
    view.get_by_label("Cut through the axes").check()
    opened.picture(view, seen(*electrodes))
    # pulled apart, each film is a good step above the one before, and the camera follows: all is in the picture
    view.locator("#explode").fill("1")

    def steps(found: Picture) -> NDArray[np.float64]:
        return -np.diff([top(found, colours[name]) for name in electrodes])

    pulled = opened.picture(view, lambda found: bool((steps(found) > 0.1).all()))
    edges = np.concatenate((pulled[2:5, 20:-20], pulled[-5:-2, 20:-20]))
    assert (edges > 245).all()
    view.locator("#explode").fill("0")
    # a rim close up: the films fill the picture
    view.get_by_role("button", name="Look at a rim").click()
    opened.picture(
        view,
        lambda picture: all(
            covered(picture, colours[name]) > 2 * covered(cut, colours[name]) for name in electrodes
        ),
    )
    view.get_by_role("button", name="Reset camera").click()
    opened.picture(view, lambda picture: bool((picture == cut).mean() > 0.999))
    # dragging turns the cell
    box = view.locator("#picture canvas").first.bounding_box()
    opened.page.mouse.move(box["x"] + 300, box["y"] + 200)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 420, box["y"] + 200, steps=4)
    opened.page.mouse.up()
    opened.picture(view, lambda picture: bool((picture != cut).any(axis=2).mean() > 0.01))
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith(("data:", "blob:"))] == [report.as_uri()]
    opened.context.close()


def test_a_field_has_the_colours_and_the_values_of_its_bar(browser: Any, report: Path) -> None:
    found = evaluate(load_design(report.with_suffix(".yaml")), "fem")
    from tfgeom.viewer.node_fields import POTENTIAL, solved_fields

    assert found.solve is not None
    low, high = solved_fields(found.solve).range_of(POTENTIAL)
    opened = Opened(browser, report)
    opened.page.locator(".view iframe").scroll_into_view_if_needed()
    view = opened.page.frame_locator(".view iframe")
    view.locator("body[data-ready]").wait_for(timeout=PATIENCE * 1000)
    assert not view.locator("#bar").is_visible()
    view.locator("#field").select_option(POTENTIAL)
    ticks = [float(text) for text in view.locator("#ticks b").all_inner_texts()]
    assert ticks == pytest.approx(np.linspace(low, high, 5).tolist(), abs=(high - low) / 200)
    assert "mV" in view.locator("#bar-title").inner_text()
    viridis = ("#31688e", "#21918c", "#35b779", "#90d743")
    picture = opened.picture(view, lambda found: all(close_to(found, colour) > 20 for colour in viridis))
    assert view.get_by_label("Cut through the axes").is_disabled()
    # the other field has other colours in the same places
    view.locator("#field").select_option("current density")
    opened.picture(view, lambda found: found.shape == picture.shape and bool((found != picture).any()))
    view.locator("#field").select_option("material")
    opened.picture(view, lambda found: close_to(found, viridis[1]) == 0)
    assert not view.locator("#bar").is_visible()
    assert opened.complaints == []
    opened.context.close()


def test_the_view_and_its_bar_fit_every_width(browser: Any, report: Path) -> None:
    opened = Opened(browser, report)
    for width in (1200, 800, 400):
        opened.page.set_viewport_size({"width": width, "height": 800})
        opened.page.locator(".view iframe").scroll_into_view_if_needed()
        view = opened.page.frame_locator(".view iframe")
        view.locator("body[data-ready]").wait_for(timeout=PATIENCE * 1000)
        view.locator("#field").select_option("potential")
        view.locator("#bar").wait_for(timeout=PATIENCE * 1000)
        (frame,) = (one for one in opened.page.frames if one != opened.page.main_frame)
        assert pane_faults(frame) == []
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        outer, picture, bar, panel = (
            view.locator(part).bounding_box() for part in ("body", "#picture", "#bar", "#panel")
        )
        assert picture["y"] + picture["height"] <= bar["y"] + 1, "the bar is beside the picture"
        assert picture["height"] > 0.3 * outer["height"]
        assert panel["y"] + panel["height"] <= outer["y"] + outer["height"] + 1
        for name in ("reset", "rim", "foot"):
            view.locator(f"#{name}").click()
        view.locator("#field").select_option("material")
    assert opened.complaints == []
    opened.context.close()


def close_to(picture: Picture, colour: str) -> int:
    own = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return int((np.abs(picture - own).max(axis=2) < 12).sum())


def test_the_report_stays_small_and_prints_the_still(browser: Any, report: Path) -> None:
    assert report.stat().st_size < 3e6
    opened = Opened(browser, report)
    frame = opened.page.locator(".view")
    assert frame.is_visible()
    opened.page.emulate_media(media="print")
    assert not frame.is_visible()
    assert (
        opened.page.locator("#still img").is_visible()
        or opened.page.get_by_text("No 3D picture").is_visible()
    )
    opened.context.close()


def test_names_are_text_in_the_browser(browser: Any, tmp_path: Path) -> None:
    design = tmp_path / "thick.yaml"
    design.write_text(THICK, encoding="utf-8")
    cell = triangulate_cell(assemble_cell(load_design(design)).charged)
    bodies = tuple(replace(body, title=EVIL) for body in cell.bodies)
    (tmp_path / "page.html").write_text(embedded_page(replace(cell, bodies=bodies), EVIL), encoding="utf-8")
    opened = Opened(browser, tmp_path / "page.html")
    opened.page.locator("body[data-ready]").wait_for(timeout=PATIENCE * 1000)
    assert opened.page.locator("img").count() == 0
    assert opened.page.locator("#panel label span", has_text=EVIL).count() == len(bodies)
    assert opened.page.title() == EVIL
    assert opened.complaints == []
    opened.context.close()


def test_a_browser_without_webgl_says_so(browser: Any, tmp_path: Path) -> None:
    design = tmp_path / "thick.yaml"
    design.write_text(THICK, encoding="utf-8")
    file = tmp_path / "page.html"
    file.write_text(
        embedded_page(triangulate_cell(assemble_cell(load_design(design)).charged), "cell"), encoding="utf-8"
    )
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(file.as_uri())
    page.get_by_text("it has no WebGL 2").wait_for(timeout=PATIENCE * 1000)
    context.close()
