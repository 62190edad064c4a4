"""The page of a comparison in a real browser: from the file system, without a network, at every width."""

from pathlib import Path
from typing import Any

import pytest

from tests.design_texts import FLOODED, VALID
from tests.shipped import DESIGNS
from tests.text_boxes import drawing_faults, drawings_of, pane_faults, watched
from tfgeom.compare import compare_designs
from tfgeom.report import render_comparison

BARE = "schema_version: 1\nname: Walls\nrelief: {kind: honeycomb, pitch: 400 nm, wall: 16 nm, depth: 25 um}\n"
LONG = (
    "A name that is as long as those who keep their notes in it make it, 30 um deep, coated twice, on Si " * 2
)
NO_OVERFLOW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PAPER = 688  # A4 between its margins, CSS pixels
BROKEN = "[...document.images].filter(image => !image.complete || image.naturalWidth == 0).length"
SHIPPED = (
    "bipolar_holes",
    "anode_free_pillars",
    "danilov_2011_planar",
    "flexible_wave",
    "nathan_2005_through_holes",
)


def written(folder: Path, *names: str) -> list[Path]:
    """Return files of designs: some of them shipped, the others written here."""
    texts = {
        "long": VALID.replace("name: Holes", f"name: {LONG}"),
        "word": VALID.replace("name: Holes", f"name: {'unbroken' * 20}"),
        "flooded": FLOODED,
        "bare": BARE,
        "bad": VALID[:200],
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [folder / f"{name}.yaml" if name in texts else DESIGNS / f"{name}.yaml" for name in names]


@pytest.mark.parametrize(
    "names",
    [
        ("long", "flooded"),
        ("long", "word", "flooded", "bare", "bad", *SHIPPED),
        ("bare", "nathan_2005_through_holes"),
        ("bad",),
    ],
    ids=["two", "ten", "bare", "bad"],
)
def test_a_comparison_is_whole_at_every_width(browser: Any, tmp_path: Path, names: tuple[str, ...]) -> None:
    file = tmp_path / "comparison.html"
    render_comparison(compare_designs(written(tmp_path, *names)), file)
    with watched(browser) as seen:
        page = seen.page
        page.goto(file.as_uri())
        assert page.evaluate(BROKEN) == 0
        assert page.get_by_text("failed:").count() == names.count("bad")
        widths = (("screen", 1200), ("screen", 800), ("screen", 400), ("print", PAPER))
        for media, width in widths:
            page.emulate_media(media=media)
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(NO_OVERFLOW), f"the page is wider than {width} px"
            assert pane_faults(page) == [], (media, width)
        assert seen.complaints == []
        assert seen.requests_but(file) == []
        drawings = drawings_of(file.read_text(encoding="utf-8"))
        faults = {alt[:60]: drawing_faults(page, svg) for alt, svg in drawings.items()}
        assert {alt: told for alt, told in faults.items() if told} == {}
