"""Flat drawing over a picture: scale bar, notes, legend; colour bars stand in the legend, beside the cell.

Everything is laid out in pixels when a picture is rendered, so that it follows the window and the zoom.
"""

import math
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from tfgeom.palette import INK
from tfgeom.viewer.colour_bar import ColourBar, ramp

AXES_SHARE = 0.2
"""Share of the smaller side of the picture that the axes take at the lower left."""

_TEXT = 0.0185  # height of letters over that of the picture
_SMALLEST_TEXT, _AXES_TEXT, _SMALLEST_AXES = 11, 13, 90  # pixels
_LONGEST_BAR = 0.2  # of the width
_MARGIN = 0.03
_FRAME = "#8c8c8c"
_BAR_STEPS, _BAR_LABELS = 128, 3
_BAR_LINES = 3.2  # of a bar with its numbers, without its title
_LETTER = 0.62  # usual width of a letter over its height
_SIZES = 60  # how often letters are made smaller to fit, at most
_LINE, _BOX = 1.45, 2.5  # distance of lines, room for a colour, in heights of letters


class Overlay:
    """What is drawn over a renderer, laid out anew whenever the size or the zoom has changed.

    Parameters
    ----------
    renderer
        A VTK renderer.
    draw
        Draws on the overlay it is given.
    """

    def __init__(self, renderer: Any, draw: Callable[["Overlay"], None]) -> None:
        self._renderer, self._draw = renderer, draw
        self._actors: list[Any] = []
        self._laid: object = None
        renderer.AddObserver("StartEvent", self._lay_out)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        width, height = self._renderer.GetSize()
        return int(width), int(height)

    @property
    def text_height(self) -> int:
        """Height of letters, pixels."""
        return max(_SMALLEST_TEXT, round(_TEXT * self.size[1]))

    @property
    def um_per_pixel(self) -> float | None:
        """Length of a pixel; None in perspective, where it has none."""
        camera = self._renderer.GetActiveCamera()
        if not camera.GetParallelProjection():
            return None
        return float(2 * camera.GetParallelScale() / self.size[1])

    def changed(self) -> None:
        """Lay out anew with the next picture: what is to be drawn has changed."""
        self._laid = None

    def rectangle(self, left: float, bottom: float, width: float, height: float, *colours: str) -> None:
        """Draw a filled rectangle, pixels from the lower left corner, of one colour or of several in turn."""
        import pyvista
        from vtkmodules.vtkRenderingCore import vtkActor2D, vtkPolyDataMapper2D

        x, n = np.linspace(left, left + width, len(colours) + 1), len(colours) + 1
        points = np.array([(across, along, 0.0) for along in (bottom, bottom + height) for across in x])
        quads = np.array([(k, k + 1, n + k + 1, n + k) for k in range(len(colours))])
        shape = pyvista.PolyData.from_regular_faces(points, quads)
        shape.cell_data["colours"] = np.array(
            [pyvista.Color(colour).int_rgb for colour in colours], dtype=np.uint8
        )
        shape.cell_data.active_scalars_name = "colours"
        mapper = vtkPolyDataMapper2D()
        mapper.SetInputData(shape)
        actor = vtkActor2D()
        actor.SetMapper(mapper)
        self._add(actor)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        across: str = "Left",
        along: str = "Bottom",
        share: float = 1.0,
    ) -> None:
        """Draw text as it is; ``across`` and ``along`` tell which of its points lies at x, y (pixels)."""
        import pyvista
        from vtkmodules.vtkRenderingCore import vtkTextActor

        actor = vtkTextActor()
        actor.SetInput(text.replace("$", "\\$"))  # else a pair of them makes a formula
        actor.SetPosition(x, y)
        looks = actor.GetTextProperty()
        font = _font_file()
        if font is not None:
            looks.SetFontFamilyAsString("File")
            looks.SetFontFile(font)
        looks.SetFontSize(max(4, round(share * self.text_height)))
        looks.SetColor(*pyvista.Color(INK).float_rgb)
        looks.SetUseTightBoundingBox(False)
        getattr(looks, f"SetJustificationTo{across}")()
        getattr(looks, f"SetVerticalJustificationTo{along}")()
        self._add(actor)

    def _add(self, actor: Any) -> None:
        self._renderer.AddViewProp(actor)
        self._actors.append(actor)

    def _lay_out(self, *_: object) -> None:
        key = self.size, self.um_per_pixel
        if key == self._laid:
            return
        for actor in self._actors:
            self._renderer.RemoveViewProp(actor)
        self._actors = []
        self._laid = key
        self._draw(self)


def round_length(most: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is at most ``most``, which is positive."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9))


def add_scale(plotter: Any, *, backed: bool = False) -> None:
    """Add a scale bar in micrometres at the lower right, and the axes' directions; both follow the camera.

    Parameters
    ----------
    plotter
        A pyvista plotter; what is added belongs to its present subplot.
    backed
        Whether the scale bar stands on white, for pictures whose corner is full.
    """
    axes = plotter.add_axes(color=INK, line_width=2, viewport=(0, 0, AXES_SHARE, AXES_SHARE))
    marker = plotter.renderer.axes_widget
    Overlay(plotter.renderer, partial(_draw_scale, marker=marker, backed=backed))
    for axis in "XYZ":
        caption = getattr(axes, f"Get{axis}AxisCaptionActor2D")()
        caption.GetTextActor().SetTextScaleModeToNone()
        text = caption.GetCaptionTextProperty()
        text.SetFontSize(_AXES_TEXT)
        text.SetBold(False)
        text.SetItalic(False)
        text.SetShadow(False)


def add_frame(plotter: Any) -> None:
    """Frame a picture that is full to its edges, with its scale bar in a white strip below the frame.

    It has no axes: what is seen closer is turned as what it is a part of.
    """
    Overlay(plotter.renderer, _draw_frame)


def _draw_scale(overlay: Overlay, *, marker: Any, backed: bool) -> None:
    width, height = overlay.size
    corner = max(_SMALLEST_AXES, AXES_SHARE * min(width, height))
    if overlay.um_per_pixel is not None:
        _place_marker(marker, min(1.0, corner / width), min(1.0, corner / height))
        _draw_bar_of_length(overlay, backed=backed)


def _draw_frame(overlay: Overlay) -> None:
    (width, height), margin = overlay.size, overlay.text_height
    low, right, top = round(_MARGIN * height + 2.5 * margin), width - margin, height - margin
    for left, bottom, across, along in (
        (0, 0, width, low),
        (right, low, margin, height - low),
        (0, top, right, margin),
    ):
        overlay.rectangle(left, bottom, across, along, "white")
    for left, bottom, across, along in (
        (0, low, right, 1),
        (0, top, right + 1, 1),
        (0, low, 1, top - low),
        (right, low, 1, top - low),
    ):
        overlay.rectangle(left, bottom, across, along, _FRAME)
    _draw_bar_of_length(overlay, backed=False)


def _draw_bar_of_length(overlay: Overlay, *, backed: bool) -> None:
    um = overlay.um_per_pixel
    if um is None:
        return
    width, height = overlay.size
    length = round_length(_LONGEST_BAR * width * um)
    pixels, thick, line = length / um, max(3, round(0.006 * height)), overlay.text_height
    text = f"{length:g} µm"
    room = _LETTER * len(text) * line
    right, bottom = (1 - _MARGIN) * width, _MARGIN * height
    right -= max(0.0, (room - pixels) / 2)  # a short bar stands in the middle of its longer text
    if backed:
        room = max(pixels, room) + line
        middle = right - pixels / 2
        overlay.rectangle(middle - room / 2, bottom - line / 2, room, 2.5 * line + 2 * thick, "white")
    overlay.rectangle(right - pixels, bottom, pixels, thick, INK)
    overlay.text(right - pixels / 2, bottom + 2 * thick, text, across="Centered")


def _place_marker(marker: Any, across: float, along: float) -> None:
    """Give the axes so much of their picture's width and height, with this picture already."""
    left, bottom, right, top = marker.GetCurrentRenderer().GetViewport()
    marker.SetViewport(0, 0, across, along)
    own = marker.GetRenderer()
    own.SetViewport(left, bottom, left + across * (right - left), bottom + along * (top - bottom))
    own.ResetCamera()  # it was set for the shape that it had before


class Note:
    """A note at the middle of the lower edge, one line for each of its clauses."""

    def __init__(self, renderer: Any) -> None:
        self._text = ""
        self._overlay = Overlay(renderer, self._draw)

    def show(self, text: str) -> None:
        """Show a note; an empty one is none."""
        if text != self._text:
            self._text = text
            self._overlay.changed()

    def _draw(self, overlay: Overlay) -> None:
        if self._text:
            width, height = overlay.size
            lines = self._text.replace(", ", ",\n")
            overlay.text(width / 2, _MARGIN * height, lines, across="Centered")


class Legend:
    """Names beside their colours, from the top of a renderer down, then colour bars.

    Parameters
    ----------
    renderer
        A VTK renderer with nothing else on it.
    entries
        Colour (None for none) and text, from top to bottom; an empty text leaves room.
    bars
        Colour bars of fields.
    """

    def __init__(
        self, renderer: Any, entries: Sequence[tuple[str | None, str]], bars: Sequence[ColourBar] = ()
    ) -> None:
        self._entries, self._bars = tuple(entries), tuple(bars)
        self._overlay = Overlay(renderer, self._draw)

    def _draw(self, overlay: Overlay) -> None:
        height = overlay.size[1]
        for share in 0.92 ** np.arange(_SIZES):
            blocks = [(colour, _wrapped(overlay, text, share, colour)) for colour, text in self._entries]
            titles = [_bar_words(overlay, bar, share) for bar in self._bars]
            lines = sum(len(texts) + 0.5 for _, texts in blocks)
            lines += sum(sum(map(len, words)) + _BAR_LINES for words in titles)
            if lines * _LINE * share * overlay.text_height <= 0.94 * height:
                break
        letter, top = share * overlay.text_height, 0.97 * height
        for colour, texts in blocks:
            left = letter
            if colour is not None:
                overlay.rectangle(left, top - 1.2 * letter, 1.8 * letter, 1.2 * letter, colour)
                left += _BOX * letter
            top = _lines(overlay, texts, left, top, share) - 0.5 * _LINE * letter
        for bar, words in zip(self._bars, titles, strict=True):
            top = _draw_bar(overlay, bar, words, top, share)


def _draw_bar(
    overlay: Overlay, bar: ColourBar, words: tuple[list[str], list[str]], top: float, share: float
) -> float:
    """Draw a bar from a height down, and return where it ends."""
    letter = share * overlay.text_height
    left, length = letter, overlay.size[0] - 2 * letter
    top = _lines(overlay, words[0], left, top, share) - 0.2 * letter
    overlay.rectangle(left, top - 1.1 * letter, length, 1.1 * letter, *ramp(_BAR_STEPS))
    top -= 1.5 * letter
    ticks = bar.ticks(_BAR_LABELS)
    for index, (text, across) in enumerate(zip(ticks, ("Left", "Centered", "Right"), strict=True)):
        place = left + index / (_BAR_LABELS - 1) * length
        overlay.text(place, top, text, across=across, along="Top", share=share)
    return _lines(overlay, words[1], left, top - _LINE * letter, share) - 0.8 * _LINE * letter


def _lines(overlay: Overlay, texts: Sequence[str], left: float, top: float, share: float) -> float:
    """Write lines from a height down, and return where they end."""
    step = _LINE * share * overlay.text_height
    for index, text in enumerate(texts):
        overlay.text(left, top - index * step, text, along="Top", share=share)
    return top - len(texts) * step


def _bar_words(overlay: Overlay, bar: ColourBar, share: float) -> tuple[list[str], list[str]]:
    return _wrapped(overlay, bar.title, share), _wrapped(overlay, bar.note, share) if bar.note else []


def _wrapped(overlay: Overlay, text: str, share: float, colour: str | None = None) -> list[str]:
    width = overlay.size[0] / (share * overlay.text_height) - 1.5  # in heights of letters
    letters = max(8, int((width - (_BOX if colour else 0)) / _LETTER))
    return textwrap.wrap(text, letters, break_on_hyphens=False) or [""]  # LiPON-ALD is one name


def _font_file() -> str | None:
    """Return a font with Greek and Cyrillic letters, as matplotlib brings it; None takes VTK's own."""
    found = find_spec("matplotlib")
    for folder in (found and found.submodule_search_locations) or ():
        file = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if file.is_file():
            return str(file)
    return None
