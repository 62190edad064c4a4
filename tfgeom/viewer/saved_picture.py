"""The picture that the page saves: legend and colour bars beside the cells, each below its name."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.viewer.annotations import Legend
from tfgeom.viewer.colour_bar import ColourBar
from tfgeom.viewer.legend import Entry

Pixels = NDArray[np.uint8]

_LEGEND_WIDTH, _NAME_HEIGHT = 280, 44  # pixels
_LINE, _BAR = 20, 130  # room for an entry of the legend and for a colour bar, pixels
_WHITE = 255


@dataclass(frozen=True, slots=True)
class Pane:
    """One design of the picture: its name, what is seen of it, shape (height, width, 3), and its legend."""

    name: str
    pixels: Pixels
    entries: Sequence[Entry]


def saved_picture(panes: Sequence[Pane], bars: Sequence[ColourBar]) -> bytes:
    """Return panes side by side as PNG, with a legend at their left; nothing is drawn over a pane.

    Parameters
    ----------
    panes
        At least one.
    bars
        Colour bars of the field that is shown, if any.
    """
    from PIL import Image

    entries = [entry for pane in panes for entry in pane.entries]
    room = _LINE * (len(entries) + 3) + _BAR * len(bars)
    height = max(room, _NAME_HEIGHT + max(len(pane.pixels) for pane in panes))
    columns = [_drawn(entries, bars, _LEGEND_WIDTH, height)]
    for pane in panes:
        head = _drawn([(None, pane.name)], (), pane.pixels.shape[1], _NAME_HEIGHT)
        columns.append(_filled(np.concatenate((head, pane.pixels)), height))
    stream = io.BytesIO()
    Image.fromarray(np.concatenate(columns, axis=1)).save(stream, "PNG")
    return stream.getvalue()


def _drawn(entries: Sequence[Entry], bars: Sequence[ColourBar], width: int, height: int) -> Pixels:
    import pyvista

    plotter: Any = pyvista.Plotter(off_screen=True, window_size=[width, height])
    try:
        plotter.set_background("white")
        Legend(plotter.renderer, entries, bars)
        return np.asarray(plotter.screenshot(None, return_img=True))
    finally:
        plotter.close()


def _filled(pixels: Pixels, height: int) -> Pixels:
    """Return pixels with white below them, so many rows in all."""
    below = np.full((height - len(pixels), *pixels.shape[1:]), _WHITE, dtype=np.uint8)
    return np.concatenate((pixels, below))
