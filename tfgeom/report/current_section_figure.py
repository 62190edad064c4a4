"""The vertical section coloured by current density."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import PictureError
from tfgeom.numerals import number
from tfgeom.palette import INK, SUBSTRATE, film_colours
from tfgeom.report.cross_section import shown_periods
from tfgeom.report.current_drawn import UNIT, DrawnCurrent, Floats, magnified_windows
from tfgeom.report.current_section import level_line, without_straight
from tfgeom.report.figures import Picture, drawing, svg_picture
from tfgeom.report.panels import Window, draw_frame, scale_of
from tfgeom.units import UM

_COLOURS = "viridis"
_ENDS = (0.01, 0.99)  # of the area in sight: corners would stretch the range of colours
_LIQUID_TOP = 0.995  # likewise of the liquid, whose colours start at 0
_HEAD_SHOWN = 0.15  # of the head space, in heights of the relief


def draw_current_section(drawn: DrawnCurrent) -> Picture:
    """Return the section over some features, with a rim and a foot magnified.

    Raises
    ------
    PictureError
        When no element of the solve is in sight.
    """
    windows = magnified_windows(drawn)
    low, high = _colour_range(drawn, windows)
    with drawing(9.6, 5.0) as figure:
        from matplotlib.colors import Normalize

        scale = Normalize(low, high)
        whole = figure.add_axes((0.01, 0.01, 0.40, 0.98))
        paint = _fill(whole, drawn, _whole_window(drawn), scale)
        for index, (window, (name, place)) in enumerate(zip(windows, drawn.bends, strict=True)):
            axes = figure.add_axes((0.455 + 0.28 * index, 0.32, 0.255, 0.60))
            _fill(axes, drawn, window, scale)
            draw_frame(axes, window)
            factor = number(scale_of(figure, axes) / scale_of(figure, whole), 2)
            letter = "AB"[index]
            axes.set_title(f"{letter}: {name}, magnified {factor}×", fontsize=9.5, weight="bold", loc="left")
            _mark(whole, drawn, place, letter)
        bar_axes = figure.add_axes((0.5, 0.15, 0.45, 0.035))
        over, under = drawn.current.density.max() > high, drawn.current.density.min() < low
        extend = {(True, True): "both", (True, False): "max", (False, True): "min"}.get(
            (over, under), "neither"
        )
        bar = figure.colorbar(paint, cax=bar_axes, orientation="horizontal", extend=extend)
        bar.set_label(f"current density, {UNIT}")
        where = "liquid" if drawn.flooded else "films"
        return svg_picture(
            figure,
            f"Section coloured by the current density in the {where}, from {number(low, 3)} to "
            f"{number(high, 3)} {UNIT}; magnified: {', '.join(name for name, _ in drawn.bends)}.",
            _caption(drawn),
        )


def _caption(drawn: DrawnCurrent) -> str:
    where = "liquid" if drawn.flooded else "films"
    names = " and ".join(f"{'AB'[at]} at the {name}" for at, (name, _) in enumerate(drawn.bends))
    others = "films" if drawn.flooded else "films outside the solve"
    half = (
        " Of the wafer the upper half is shown; the lower is the same turned over."
        if drawn.stack.cell.through
        else ""
    )
    return (
        f"Current density in the {where} at 1 mA/cm² of footprint, in the plane through the axes of a row of "
        f"features. Each element has the colour of its middle, {others} have their own. Each panel is "
        f"to scale in itself, {names}. The colours leave out the extremes: a sharp corner has no largest "
        f"density.{half}"
    )


def _fill(axes: Any, drawn: DrawnCurrent, window: Window, scale: Any) -> Any:
    """Fill a panel; return what a colour bar needs."""
    from matplotlib.collections import PolyCollection

    levels = [*(film.inner for film in drawn.stack.films), drawn.stack.top]
    lines = [without_straight(level_line(drawn.profile, drawn.grid, level)) for level in levels]
    deep = window.bottom - window.height
    ends = np.array([[lines[0][-1, 0], deep], [lines[0][0, 0], deep]])
    areas = [(np.concatenate((lines[0], ends)), SUBSTRATE)]
    colours = film_colours([film.layer for film in drawn.stack.films])
    for film, inner, outer in zip(drawn.stack.films, lines[:-1], lines[1:], strict=True):
        areas.append((np.concatenate((inner, outer[::-1])), colours[film.layer.name]))
    copies = _copies(drawn, window)
    for outline, colour in areas:
        moved = [_moved(outline, sign, shift) for sign, shift in copies]
        shown = [copy for copy in moved if copy[:, 0].max() > window.left and copy[:, 0].min() < window.right]
        axes.add_collection(PolyCollection(shown, facecolors=colour, edgecolors=colour, linewidths=0.3))
    polygons = np.concatenate([_moved(drawn.current.polygons, sign, shift) for sign, shift in copies])
    values = np.tile(drawn.current.density, len(copies))
    seen = _in_sight(polygons, window)
    paint = PolyCollection(
        list(polygons[seen]), array=values[seen], cmap=_COLOURS, norm=scale, antialiaseds=False, linewidths=0
    )
    paint.set_rasterized(True)  # thousands of polygons
    axes.add_collection(paint)
    axes.set_xlim(window.left, window.right)
    axes.set_ylim(window.bottom, window.top)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return paint


def _copies(drawn: DrawnCurrent, window: Window) -> list[tuple[float, float]]:
    """Return sign and shift of every copy of the half profile that reaches into a window."""
    profile, pitch = drawn.profile, drawn.stack.cell.pitch
    signs = (1.0, -1.0) if profile.mirrored else (1.0,)
    shifts = [0.0]
    if profile.mirrored and _repeats(drawn):
        assert pitch is not None
        first, last = math.floor(window.left / (pitch / UM)), math.ceil(window.right / (pitch / UM))
        shifts = [feature * pitch / UM for feature in range(first, last + 1)]
    return [(sign, shift) for shift in shifts for sign in signs]


def _repeats(drawn: DrawnCurrent) -> bool:
    """Whether the plane leaves the cell half-way to the next feature."""
    pitch = drawn.stack.cell.pitch
    return pitch is not None and math.isclose(2 * drawn.profile.reach, pitch / UM, rel_tol=1e-6)


def _moved(points: Floats, sign: float, shift: float) -> Floats:
    return points * (sign, 1.0) + (shift, 0.0)


def _mark(axes: Any, drawn: DrawnCurrent, place: int, letter: str) -> None:
    axes.plot(*drawn.line[place], "o", ms=11, mfc="none", mec=INK, mew=1.2, clip_on=False)
    plate = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.85}
    axes.annotate(
        letter, drawn.line[place], xytext=(9, 5), textcoords="offset points", weight="bold", bbox=plate
    )


def _whole_window(drawn: DrawnCurrent) -> Window:
    cell, reach = drawn.stack.cell, drawn.profile.reach
    height, above = cell.height / UM, drawn.stack.top.top / UM
    if drawn.flooded:
        top = float(drawn.current.polygons[..., 1].max())
        above = min(top - height, above + _HEAD_SHOWN * height)
    bottom = 0.5 * height if cell.through else -0.1 * height
    left, right = (-reach if drawn.profile.mirrored else 0.0), reach
    if drawn.profile.mirrored and _repeats(drawn):
        right = (2 * shown_periods(drawn.stack) - 1) * reach
    return Window(left, right, bottom, height + above + 0.04 * height)


def _colour_range(drawn: DrawnCurrent, windows: list[Window]) -> tuple[float, float]:
    """Return the ends of the colours: those of the area in sight but for its extremes."""
    current = drawn.current
    if drawn.flooded:
        return 0.0, _quantile(current.density, current.areas, _LIQUID_TOP)
    seen = np.any([_in_sight(current.polygons, window) for window in windows], axis=0)
    if not seen.any():
        raise PictureError("no element of the solve lies in the panels that are magnified")
    low, high = (_quantile(current.density[seen], current.areas[seen], share) for share in _ENDS)
    return low, high


def _in_sight(polygons: Floats, window: Window) -> NDArray[np.bool_]:
    """Return which polygons reach into a window: one that is wider than the window has its middle outside."""
    low, high = polygons.min(axis=1), polygons.max(axis=1)
    across = (high[:, 0] > window.left) & (low[:, 0] < window.right)
    return np.asarray(across & (high[:, 1] > window.bottom) & (low[:, 1] < window.top))


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    order = np.argsort(values)
    covered = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(share * weights.sum(), covered, values[order]))
