"""The page of a sweep in a real browser: from the file system, without a network; filtered, hovered, picked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.swept import HOLES, base, many, sweep_of
from tests.text_boxes import Watched, pane_faults, watched
from tfgeom.report.sweep_page import render_sweep, sweep_html
from tfgeom.sweep import read_sweep, run_sweep

GRID = (
    "vary:\n  relief.pitch: {from: 1.8 um, to: 6 um, steps: 7}\n  relief.height: {from: 2 um, to: 80 um, steps: 6, scale: log}\n"
    "  relief.lattice: [square, hexagonal]\nconstraints: [area_gain < 60]\n"
    "outputs: [area_gain, gap_after_coating_nm, footprint_um2, gap_aspect_ratio]\n"
)
WORDS = (
    "base: [base.yaml, 'a name that is as long as those who keep notes in it make it.yaml']\n"
    "vary: {relief.pitch: {from: 4 um, to: 9 um}, relief.depth: {from: 1 um, to: 50 um}}\nmethod: lhs\nsamples: 40\n"
)
NO_OVERFLOW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    run_sweep(sweep_of(folder, GRID), folder / "out")
    return render_sweep(folder / "out")


@pytest.fixture
def seen(browser: Any, file: Path) -> Iterator[Watched]:
    with watched(browser) as found:
        found.page.goto(file.as_uri())
        found.page.evaluate(SETTLED)
        yield found
        assert found.complaints == []
        assert found.requests_but(file) == []


def kept(page: Any) -> int:
    """Return how many rows the page says that it keeps."""
    return int(page.locator("#kept").inner_text().split()[0])


def drag(page: Any, axis: int, start: float, end: float) -> None:
    """Drag along an axis, from one share of it to another, from above."""
    strip = page.locator(".strip").nth(axis)
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    x, top, height = box["x"] + box["width"] / 2, box["y"] + 6, box["height"] - 12
    page.mouse.move(x, top + start * height)
    page.mouse.down()
    page.mouse.move(x, top + end * height, steps=4)
    page.mouse.up()
    page.evaluate(SETTLED)


def test_dragging_on_axes_keeps_what_crosses_there(seen: Watched, file: Path) -> None:
    page = seen.page
    rows = [row for row in read_sweep(file.parent).rows if row["status"] == "ok"]
    assert kept(page) == len(rows)
    drag(page, 0, 0.5, 1.0)  # the lower half of the pitch
    middle = (min(row["relief.pitch_um"] for row in rows) + max(row["relief.pitch_um"] for row in rows)) / 2
    near = [row for row in rows if row["relief.pitch_um"] <= middle * 1.0001]
    assert kept(page) == len(near)
    drag(page, 2, 0.4, 1.0)  # words: the lower of two, which come in the order of the alphabet
    assert kept(page) == sum(row["relief.lattice"] == "hexagonal" for row in near)
    page.locator(".strip").nth(2).click()
    assert kept(page) == len(near)
    page.get_by_role("button", name="Keep all").click()
    assert kept(page) == len(rows)
    assert page.locator(".brush").count() == 0


def test_numbers_typed_and_words_ticked_filter_too(seen: Watched, file: Path) -> None:
    page = seen.page
    rows = [row for row in read_sweep(file.parent).rows if row["status"] == "ok"]
    page.get_by_text("Keep by numbers").click()
    page.get_by_label("area gain, from").fill("5")
    page.get_by_label("area gain, from").press("Tab")
    assert kept(page) == sum(row["area_gain"] >= 5 for row in rows)
    page.get_by_label("square", exact=True).uncheck()
    assert kept(page) == sum(row["area_gain"] >= 5 and row["relief.lattice"] == "hexagonal" for row in rows)


def test_the_front_is_hovered_picked_and_walked(seen: Watched, file: Path) -> None:
    page = seen.page
    rows = read_sweep(file.parent).rows
    page.select_option("#front-x", label="area gain")
    page.select_option("#front-y", label="gap after coating, nm")
    page.locator("#front-pane").scroll_into_view_if_needed()
    first = page.locator("#front-pane circle.best").first
    box = first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = page.locator("#tip")
    assert tip.is_visible()
    number = int(tip.inner_text().split()[1])
    assert f"relief.pitch, µm: {rows[number - 1]['relief.pitch_um']:.4g}" in tip.inner_text()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("#picked-title").inner_text() == f"Row {number} of the table"
    assert page.locator("#front-pane circle.pick").count() == 1
    page.locator("#front-pane").press("ArrowRight")
    assert page.locator("#picked-title").inner_text() != f"Row {number} of the table"
    page.get_by_role("button", name="Let go").click()
    assert not page.locator("#picked").is_visible()
    page.select_option("#front-x-better", "less")
    assert "less area gain" in page.locator("#front-said").inner_text()


def test_responses_are_curves_and_maps_with_contours(seen: Watched) -> None:
    page = seen.page
    page.select_option("#response", label="area gain")
    assert "only relief.pitch, µm changes" in page.locator("#response-said").inner_text()
    page.select_option("#against", label="relief.height, µm")
    page.select_option("#and", label="relief.pitch, µm")
    assert page.locator("#response-pane path.contour").count() > 2
    assert "lines at" in page.locator("#response-said").inner_text()
    page.select_option("#and", label="relief.lattice")
    assert page.locator("#response-pane path.contour").count() == 0


def test_every_width_holds_its_text(browser: Any, file: Path, tmp_path: Path) -> None:
    base(tmp_path, HOLES)
    base(tmp_path, HOLES, "a name that is as long as those who keep notes in it make it.yaml")
    (tmp_path / "asked.yaml").write_text(WORDS)
    run_sweep(tmp_path / "asked.yaml", tmp_path / "out")
    for one in (file, render_sweep(tmp_path / "out")):
        with watched(browser) as seen:
            page = seen.page
            page.goto(one.as_uri())
            for summary in page.locator("summary").all():
                summary.click()
            for width in (1200, 800, 400):
                page.set_viewport_size({"width": width, "height": 900})
                page.evaluate(SETTLED)
                assert page.evaluate(NO_OVERFLOW), f"the page is wider than {width} px"
                assert pane_faults(page) == [], (one, width)
            assert seen.complaints == []


@pytest.mark.slow
def test_ten_thousand_rows_stay_usable(browser: Any, file: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.html"
    big.write_text(sweep_html(many(read_sweep(file.parent), 10_000)), encoding="utf-8")
    assert big.stat().st_size < 3_000_000
    with watched(browser) as seen:
        page = seen.page
        page.goto(big.as_uri())
        page.evaluate(SETTLED)
        taken = page.evaluate(
            "(async () => { const start = performance.now(); filter(0, [3, 4]); "
            f"await {SETTLED}; return performance.now() - start; }})()"
        )
        assert 0 < kept(page) < 10_000
        assert taken < 5000, "a filter of 10,000 rows takes this many ms"
        assert seen.complaints == []
