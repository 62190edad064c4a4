"""The live page at every width: nothing on anything else, nothing cut, the cells whole and in sight."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.system.live_page import page_of, picture, until
from tests.system.serving import PATIENCE, server, write
from tests.text_boxes import pane_faults
from tfgeom.viewer.colour_bar import ramp

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("rendering")]

WIDTHS = ((1200, 900), (800, 900), (400, 800))
PLANE = """\
schema_version: 1
name: A plane with a rather long name that has to be broken
relief: {kind: planar}
layers:
  - {role: current_collector, material: Pt, thickness: 200 nm}
  - {role: cathode, material: LiCoO2, thickness: 1 um}
  - {role: electrolyte, material: Li2PO2N, thickness: 900 nm}
  - {role: anode, material: Li, thickness: 500 nm}
cell: {type: conformal}
operation: {voltage: {min: 3 V, max: 4.2 V}, temperature: 25 degC}
"""


def box(page: Any, selector: str) -> dict[str, float]:
    found: dict[str, float] = page.locator(selector).bounding_box()
    return found


CUT_CHOICES = """() => [...document.querySelectorAll("select")].filter((select) => {
  const pen = document.createElement("canvas").getContext("2d"), style = getComputedStyle(select);
  pen.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return select.id !== "saved-design" &&
    [...select.options].some((option) => pen.measureText(option.textContent.trim()).width > room);
}).map((select) => select.id)"""


def is_whole(page: Any, view: int) -> bool:
    """Return whether the cell is in the picture and nowhere at its edges."""
    pixels = picture(page, view)
    edges = np.concatenate(
        (pixels[:2].reshape(-1, 3), pixels[:, :2].reshape(-1, 3), pixels[:, -2:].reshape(-1, 3))
    )
    inked = np.any(pixels < 240, axis=2)
    return bool((edges > 245).all() and np.ptp(np.flatnonzero(np.any(inked, axis=1))) > 0.4 * len(pixels))


@pytest.fixture(scope="module")
def designs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("layout")
    (folder / "plane.yaml").write_text(PLANE, encoding="utf-8")
    return [write(folder), folder / "plane.yaml"]


def test_two_designs_with_a_field_fit_every_width(browser: Any, designs: list[Path]) -> None:
    with server(*designs) as address, page_of(browser, address) as page:
        page.locator("#solve").click()
        until(lambda: page.locator("#field option").count() == 3, "fields to choose")
        until(lambda: page.locator("#solve").is_enabled(), "both are solved")
        assert page.locator(".bar").count() == 0
        page.locator("#field").select_option("potential")
        page.wait_for_selector(".bar", timeout=PATIENCE * 1000)
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            for view in (0, 1):
                until(lambda view=view: is_whole(page, view), f"a whole cell at {width} px")  # type: ignore[misc]
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert pane_faults(page) == []
            assert page.evaluate(CUT_CHOICES) == [], "choices whose words are cut"
            bars, views, buttons = (box(page, selector) for selector in (".bars", ".views", ".buttons"))
            assert bars["y"] >= 0
            assert bars["y"] + bars["height"] <= views["y"] + 1, "the bar is beside the cells, not over them"
            assert views["y"] + views["height"] <= buttons["y"] + 1
            assert buttons["y"] + buttons["height"] <= height
            assert views["height"] > 0.25 * height
            assert box(page, ".view-0")["width"] == pytest.approx(box(page, ".view-1")["width"], abs=1)
        # narrow: the panel is below, and the cells stay in sight while it scrolls
        page.locator("#save-picture").scroll_into_view_if_needed()
        assert box(page, ".views")["y"] < 300
        assert page.locator(".bar").count() == 1
        page.locator("#is-common").uncheck()
        until(lambda: page.locator(".bar").count() == 2, "a bar for each")
        with page.expect_download(timeout=PATIENCE * 1000) as download:
            page.locator("#save-picture").click()
        assert download.value.suggested_filename == "thick_and_plane.png"
        saved = np.asarray(Image.open(download.value.path()).convert("RGB"), dtype=int)
        legend = saved.shape[1] - 2 * round(box(page, ".view-0")["width"])
        assert 200 < legend < 400, "names, films and bars stand beside the cells"

        for colour in ramp(6):
            own = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
            rows = np.any(np.abs(saved[:, :legend] - own).max(axis=2) < 6, axis=1)
            assert (np.diff(rows.astype(int)) == 1).sum() == 2, "both bars, each in one piece"
        assert (saved[:, legend:][:44] < 100).any(axis=(0, 2)).sum() > 100, "names above the cells"
        # a message lies over the page, and what it lies on can be scrolled out from under it
        page.locator("#text-0-0").fill("1 um")
        page.locator("#text-0-0").press("Enter")
        page.wait_for_selector("#problem", timeout=PATIENCE * 1000)
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        last, message = box(page, ".headline-1 summary"), box(page, "#problem")
        assert last["y"] + last["height"] <= message["y"]
