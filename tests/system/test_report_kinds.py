"""The page of every kind of relief and of cell in a browser: text boxes, sides, console, requests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kinds import RELIEFS, design, further
from tests.shipped import SHIPPED
from tests.text_boxes import Watched, drawing_faults, drawings_of, pane_faults, watched
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping, load_design
from tfgeom.evaluation import evaluate, evaluate_best
from tfgeom.report import report_html

NINE = [next(name for name in RELIEFS if RELIEFS[name] == relief) for relief in further(()).values()]
KINDS = [(relief, "conformal") for relief in NINE] + [
    ("through-holes", "conformal"),
    *(("pillars", cell) for cell in ("geometry only", "many films", "anode-free", "bipolar", "flooded")),
]
"""Each kind of relief, and each kind of cell that changes the page."""
AT_ONCE = (("pillars", "conformal"), ("wave", "conformal"), ("pillars", "flooded"))
"""Those of them that are tried with every change."""
REST = [
    (relief, cell) for cell in ("geometry only", "flooded") for relief in NINE if (relief, cell) not in KINDS
]
SOLVED = [
    next(file for file in SHIPPED if file.stem.startswith(kind)) for kind in ("bates", "bipolar", "flexible")
]
"""Shipped designs whose pages have what a solve adds: flat, in series, curved."""
NO_OVERFLOW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PAPER = 688  # A4 between its margins, CSS pixels


@pytest.fixture(scope="module")
def seen(browser: Any) -> Iterator[Watched]:
    with watched(browser) as page:
        yield page


def examine(seen: Watched, html: str, folder: Path, widths: tuple[int, ...] = (1200, 800, 400)) -> None:
    """Assert that nothing on a page lies on anything else, is cut, complains or asks for anything."""
    seen.complaints.clear()
    seen.requests.clear()
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    drawings = drawings_of(html)
    assert len(drawings) == html.count('src="data:image/svg')
    faults = [
        f"{alt[:40]}: {fault}" for alt, svg in drawings.items() for fault in drawing_faults(seen.page, svg)
    ]
    for width in widths:
        seen.page.set_viewport_size({"width": width, "height": 900})
        seen.page.goto(file.as_uri())
        faults += [f"at {width} px: {fault}" for fault in pane_faults(seen.page)]
        assert seen.page.evaluate(NO_OVERFLOW), f"the page is wider than {width} px"
    seen.page.emulate_media(media="print")
    seen.page.set_viewport_size({"width": PAPER, "height": 1000})
    assert seen.page.evaluate(NO_OVERFLOW), "the printed page is cut"
    assert seen.page.locator("#design pre").first.is_visible()
    seen.page.emulate_media(media="screen")
    assert faults == []
    assert seen.complaints == []
    assert seen.requests_but(file) == []


@pytest.mark.parametrize(
    ("relief", "cell"),
    [pytest.param(*kind, marks=() if kind in AT_ONCE else pytest.mark.slow) for kind in KINDS],
)
def test_a_page_of_every_kind_is_whole(seen: Watched, tmp_path: Path, relief: str, cell: str) -> None:
    found = evaluate(design_from_mapping(design(relief, cell)))
    html = report_html(found)
    examine(seen, html, tmp_path)
    shown = " ".join(drawings_of(html))
    assert ("cells in series" in shown) == (cell == "bipolar")
    assert ("from above" in shown) == (relief != "planar")
    assert "No picture," not in html


@pytest.mark.slow
@pytest.mark.parametrize(("relief", "cell"), REST)
def test_a_page_without_films_or_with_a_liquid_is_whole(
    seen: Watched, tmp_path: Path, relief: str, cell: str
) -> None:
    examine(seen, report_html(evaluate(design_from_mapping(design(relief, cell)))), tmp_path, (800, 400))


@pytest.mark.slow
@pytest.mark.parametrize("file", SOLVED, ids=lambda file: file.stem)
def test_a_page_with_a_solve_is_whole(seen: Watched, tmp_path: Path, file: Path) -> None:
    examine(seen, report_html(evaluate_best(assemble_cell(load_design(file)))), tmp_path)
