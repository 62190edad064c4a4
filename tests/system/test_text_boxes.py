"""The measure of overlapping and cut text, held against drawings and pages made to fail."""

from typing import Any

import pytest

from tests.text_boxes import drawing_faults, pane_faults, watched

_LETTER = '<path id="a" d="M0 0H40V10H0z"/>'


def _drawing(*places: tuple[str, int, int]) -> str:
    texts = "".join(
        f'<g id="text_{n}"><!-- {words} --><use href="#a" x="{x}" y="{y}"/></g>'
        for n, (words, x, y) in enumerate(places)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100"><defs>{_LETTER}</defs>{texts}</svg>'


def test_texts_of_a_drawing_that_meet_or_leave_it_are_told(browser: Any) -> None:
    with watched(browser) as seen:
        assert drawing_faults(seen.page, _drawing(("one", 10, 10), ("two", 60, 10), ("three", 10, 30))) == []
        assert drawing_faults(seen.page, _drawing(("one", 10, 10), ("two", 30, 15))) == [
            "'one' lies on 'two'"
        ]
        cut = ["'one' is cut by the edge of the drawing"]
        assert drawing_faults(seen.page, _drawing(("one", 170, 10))) == cut
        assert drawing_faults(seen.page, _drawing(("one", 10, -5))) == cut


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<p>one<p>two<table><tr><td>three<td>four</table>", []),
        ("<div style='width:900px;overflow-x:auto'><p style='width:2000px;text-align:right'>far</div>", []),
        ("<p style='display:none'>one<p style='position:absolute;top:0;visibility:hidden'>two<p>three", []),
        ("<p style='margin:14px'>one<p style='margin:0;position:absolute;top:16px;left:14px'>two", ["'one' lies on 'two'"]),
        ("<p style='width:2000px;text-align:right'>far", ["'far' is cut by the page"]),
        ("<p style='width:50px;overflow:hidden;white-space:nowrap'>much too long", ["'much too long' is cut by its pane"]),
    ],
)  # fmt: skip
def test_texts_of_a_page_that_meet_or_are_cut_are_told(browser: Any, body: str, told: list[str]) -> None:
    with watched(browser, 1000) as seen:
        seen.page.set_content(body)
        assert pane_faults(seen.page) == told


def test_what_a_page_asks_for_and_complains_of_is_written_down(browser: Any) -> None:
    with watched(browser) as seen:
        seen.page.set_content(
            "<script>console.log('no'); nothing()</script><img src='http://example.org/a.png'>"
        )
        seen.page.wait_for_timeout(50)
        assert seen.requests == ["http://example.org/a.png"]
        assert seen.complaints[0] == "no"
        assert "nothing is not defined" in seen.complaints[1]
