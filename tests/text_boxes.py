"""Boxes of text in drawings and pages as a browser lays them out: none on another, none cut.

`drawing_faults` measures the letters of an SVG, `pane_faults` the text of a page or a frame of it, and `watched`
lends a page that writes down what it complains of and what it asks for.
"""

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.pages import Page

_TOUCH = 0.75  # px that boxes may share: antialiased edges, no letters
_MOST = 8  # faults told of one drawing or page

_LETTERS = """() => {
  const svg = document.querySelector('svg'), whole = svg.getBoundingClientRect();
  const boxes = [];
  for (const group of svg.querySelectorAll('g[id^="text_"], text')) {
    const marks = group.tagName == 'text' ? [group] : [...group.querySelectorAll('use, text')];
    const rects = marks.map(mark => mark.getBoundingClientRect()).filter(rect => rect.width > 0);
    if (!rects.length) continue;
    const comment = [...group.childNodes].find(node => node.nodeType == 8);
    boxes.push([
      (comment ? comment.data : group.textContent).trim(),
      Math.min(...rects.map(r => r.left)), Math.min(...rects.map(r => r.top)),
      Math.max(...rects.map(r => r.right)), Math.max(...rects.map(r => r.bottom)),
    ]);
  }
  return [[whole.left, whole.top, whole.right, whole.bottom], boxes];
}"""
"""The box of an SVG and of each of its texts: of the outlines of letters as matplotlib draws them, or of text."""

_TEXT = """() => {
  const width = document.documentElement.clientWidth, boxes = [], cut = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = node.data.trim(), holder = node.parentElement;
    if (!words || ['SCRIPT', 'STYLE', 'OPTION', 'TITLE'].includes(holder.tagName)) continue;
    if (!holder.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.height < 1) continue;
      let [left, right, top, bottom] = [rect.left, rect.right, rect.top, rect.bottom], scrolls = false;
      for (let at = holder; at && at != document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.overflowX == 'visible' && style.overflowY == 'visible') continue;
        const box = at.getBoundingClientRect();
        const turns = [style.overflowX, style.overflowY].some(one => one == 'auto' || one == 'scroll');
        if (!turns && !scrolls && (left < box.left - 1 || right > box.right + 1 || top < box.top - 2 || bottom > box.bottom + 2))
          cut.push([words, 'its pane']);
        scrolls = scrolls || turns;
        left = Math.max(left, box.left); right = Math.min(right, box.right);
        top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom);
      }
      if (right - left < 1 || bottom - top < 1) continue;
      if (!scrolls && (left < -1 || right > width + 1)) cut.push([words, 'the page']);
      const lead = 0.2 * (bottom - top);  // a line's box is higher than its letters
      boxes.push([words, left, top + lead, right, bottom - lead]);
    }
  }
  return [boxes, cut];
}"""
"""The boxes of a page's lines of text as far as they are seen, and which are cut by a pane or by the page."""


@dataclass(frozen=True, slots=True)
class TextBox:
    """Text and its box, CSS pixels."""

    words: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "TextBox") -> bool:
        """Return whether two boxes share more than their edges."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > _TOUCH and down > _TOUCH


@dataclass(slots=True)
class Watched:
    """A page, what it complained of and what it asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def requests_but(self, file: Path) -> list[str]:
        """Return what was asked for besides the page itself and what it carries within."""
        own = ("data:", "blob:", "about:")
        return [url for url in self.requests if url != file.as_uri() and not url.startswith(own)]


@contextmanager
def watched(browser: Any, width: int = 1200, height: int = 900) -> Iterator[Watched]:
    """Lend an empty page without a network that is being watched."""
    context = browser.new_context(offline=True, viewport={"width": width, "height": height})
    found = Watched(context.new_page())
    found.page.on("console", lambda message: found.complaints.append(message.text))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on("request", lambda request: found.requests.append(request.url))
    yield found
    context.close()


def drawings_of(html: str) -> dict[str, str]:
    """Return the SVG of every drawing of a page, by what it says it shows."""
    start = "data:image/svg+xml;base64,"
    images = [attrs for tag, attrs in Page(html).tags if tag == "img"]
    return {
        str(attrs["alt"]): base64.b64decode(str(attrs["src"])[len(start) :]).decode()
        for attrs in images
        if str(attrs["src"]).startswith(start)
    }


def drawing_faults(page: Any, svg: str) -> list[str]:
    """Return which texts of an SVG lie on each other or are cut by its edge; ``page`` is any empty page."""
    page.set_content(f"<body style='margin: 60px'>{svg[svg.index('<svg') :]}</body>")
    (left, top, right, bottom), found = page.evaluate(_LETTERS)
    boxes = [TextBox(*one) for one in found]
    cut = [
        f"'{box.words}' is cut by the edge of the drawing"
        for box in boxes
        if box.left < left - _TOUCH
        or box.right > right + _TOUCH
        or box.top < top - _TOUCH
        or box.bottom > bottom + _TOUCH
    ]
    return (cut + _overlaps(boxes))[:_MOST]


def pane_faults(page: Any) -> list[str]:
    """Return which texts of a page, or of a frame, lie on each other or are cut by a pane or the page's side."""
    found, cut = page.evaluate(_TEXT)
    told = [f"'{words[:60]}' is cut by {what}" for words, what in cut]
    return (told + _overlaps([TextBox(*one) for one in found]))[:_MOST]


def _overlaps(boxes: Sequence[TextBox]) -> list[str]:
    found: list[str] = []
    above: list[TextBox] = []
    for box in sorted(boxes, key=lambda box: box.top):
        above = [other for other in above if other.bottom > box.top]  # a page has thousands of lines
        found += [f"'{other.words[:60]}' lies on '{box.words[:60]}'" for other in above if other.meets(box)]
        above.append(box)
    return found
