"""The finished page in a real browser, from the file system and without a network."""

from pathlib import Path
from typing import Any

import pytest

from tests.design_texts import FLOODED, VALID
from tfgeom.design import load_design
from tfgeom.report import render_report

BARE = "schema_version: 1\nname: Walls\nrelief: {kind: honeycomb, pitch: 400 nm, wall: 16 nm, depth: 25 um}\n"
HEADINGS = {
    "conformal": {"Cross-section", "In three dimensions", "Beside the plane", "Resistance", "Rate"},
    "flooded": {"Cross-section", "In three dimensions", "Beside the plane", "Capacity and films"},
    "bare": {"Cross-section", "In three dimensions", "Warnings and notes"},
}
NO_OVERFLOW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PAPER = 688  # A4 between its margins, CSS pixels
BROKEN = "[...document.images].filter(image => !image.complete || image.naturalWidth == 0).length"


@pytest.mark.parametrize("kind", HEADINGS)
def test_the_page_opens_from_a_file_without_a_network(browser: Any, tmp_path: Path, kind: str) -> None:
    text = {"conformal": VALID, "flooded": FLOODED, "bare": BARE}[kind]
    (tmp_path / "cell.yaml").write_text(text, encoding="utf-8")
    file = render_report(load_design(tmp_path / "cell.yaml"), tmp_path / "cell.html")
    context = browser.new_context(offline=True)
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    assert complaints == []
    own = ("data:", "blob:")  # what the page carries within
    assert [url for url in requests if not url.startswith(own)] == [file.as_uri()]
    assert page.evaluate(BROKEN) == 0
    assert page.evaluate("document.images.length") >= 1
    assert set(page.locator("h2").all_inner_texts()) >= HEADINGS[kind]
    assert page.locator("#headline").is_visible()
    for width in (1200, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(NO_OVERFLOW), f"the page is wider than {width} px"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    assert page.evaluate(NO_OVERFLOW), "the printed page is cut"
    assert page.locator("#design pre").first.is_visible()
    context.close()
