"""Panels of the drawings that are to scale: their windows, borders, scale bars and magnifications."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import PictureError
from tfgeom.numerals import length
from tfgeom.palette import INK

_SEEN = 1e-4  # of a panel


@dataclass(frozen=True, slots=True)
class Window:
    """What a panel shows, um."""

    left: float
    right: float
    bottom: float
    top: float

    def __post_init__(self) -> None:
        """Refuse what no panel can show.

        Raises
        ------
        PictureError
            For a window without width or height, or with an end that is no number.
        """
        ends = (self.left, self.right, self.bottom, self.top)
        if not (all(map(math.isfinite, ends)) and self.left < self.right and self.bottom < self.top):
            raise PictureError(
                f"there is no panel from {self.left:.3g} to {self.right:.3g} um across and "
                f"{self.bottom:.3g} to {self.top:.3g} um in height"
            )

    @property
    def width(self) -> float:
        """Extent from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Extent from bottom to top."""
        return self.top - self.bottom


def draw_frame(axes: Any, window: Window, *, scale: bool = True) -> None:
    """Draw the border of a panel and a scale bar in it."""
    from matplotlib.patches import Rectangle

    frame = Rectangle((window.left, window.bottom), window.width, window.height, fc="none", ec=INK, lw=1)
    frame.set_clip_on(False)
    axes.add_patch(frame)
    if not scale:
        return
    bar = round_length(window.width / 4)
    left, low = window.left + 0.04 * window.width, window.bottom + 0.05 * window.height
    axes.plot([left, left + bar], [low, low], color="white", lw=5, alpha=0.7)
    axes.plot([left, left + bar], [low, low], color=INK, lw=3, solid_capstyle="butt")
    plate = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.7}
    axes.text(left, low + 0.03 * window.height, length(bar * 1000), ha="left", fontsize=8.5, bbox=plate)


def thinned(outline: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    """Return an outline without the points that nobody could see in a panel: a tenth of a pixel at most."""
    import shapely

    least = _SEEN * max(window.width, window.height)
    return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.linestrings(outline), least)))


def scale_of(figure: Any, axes: Any) -> float:
    """Return the length on paper of a micrometre in a panel, inches."""
    axes.apply_aspect()
    left, right = axes.get_xlim()
    return float(axes.get_position().width * figure.get_figwidth() / (right - left))


def round_length(rough: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not above ``rough``."""
    power = 10.0 ** math.floor(math.log10(rough))
    return max(step * power for step in (1, 2, 5) if step * power <= rough * 1.0001)
