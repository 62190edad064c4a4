"""The relief seen from above, to scale: a cut at half its height, films where they are cut.

Every level surface there is a parallel curve of the plan, at the distance that the wall's profile gives, so
buffers of the plan draw it exactly, reentrant corners sharp and convex ones round.
"""

import math
from typing import Any

import numpy as np
import shapely

from tfgeom.cells.assembled import AssembledCell
from tfgeom.films import Stack
from tfgeom.geometry.from_above import border, surrounding
from tfgeom.geometry.lattice import along_axes, in_unit
from tfgeom.geometry.profile import Level
from tfgeom.numerals import length, number
from tfgeom.palette import INK, LIQUID, SUBSTRATE, film_colours
from tfgeom.report.figures import Picture, drawing, svg_picture
from tfgeom.report.outline import period_words
from tfgeom.units import NM, UM

_FLOOR = "#f2f2f2"
_SEEN = 1e-4  # of the panel: less of an outline nobody sees
_UNSEEN = 2e-4  # of the width of a drawing: a tenth of a pixel


def draw_plan(shown: AssembledCell) -> Picture | None:
    """Return the unit cell and its neighbours seen from above, films as made; None for a plane."""
    stack, cell = shown.made, shown.relief
    if cell.pitch is None:
        return None
    assert cell.periods is not None
    along_x, along_y = along_axes(in_unit(cell.periods, UM))
    half = 1.25 * max(along_x, along_y)
    window = shapely.box(-half, -half, half, half)
    with drawing(5.2, 5.2) as figure:
        axes = figure.add_axes((0.01, 0.07, 0.98, 0.92))
        fill_plan(axes, shown, window)
        _draw_lines(axes, stack, half)
        outline = border(cell.periods, cell.lattice)
        axes.plot(*outline.exterior.xy, color=INK, lw=1.6, ls="--")
        words = period_words(cell)
        _arrow(axes, (along_x, 0), f"{cell.words.period} {length(cell.pitch / NM)}", half)
        if isinstance(cell.periods, tuple):
            _arrow(axes, (0, along_y), f"{cell.words.period} {length(cell.periods[1] / NM)}", half)
        footprint = f"unit cell {number(cell.footprint / UM**2)} µm²"
        axes.text(0, -1.048 * half, footprint, ha="center", va="top", fontsize=9)
        axes.set_xlim(-half, half)
        axes.set_ylim(-half, half)
        axes.set_aspect("equal")
        axes.set_axis_off()
        lattice = f", {cell.lattice} lattice" if cell.lattice else ""
        return svg_picture(
            figure,
            f"The {cell.kind} from above, to scale: {words}{lattice}, {footprint} outlined.",
        )


def fill_plan(axes: Any, shown: AssembledCell, window: shapely.Geometry) -> None:
    """Fill floor or liquid, substrate and films inside a window, um, corners that no eye sees left out."""
    left, _, right, _ = window.bounds
    left, _, right, _ = shapely.bounds(window)
    axes.set_xlim(left, right)
    _fill(axes, window, _FLOOR if shown.liquid is None else LIQUID)
    for area, colour in film_areas(shown.made, window):
        _fill(axes, shapely.simplify(area, _UNSEEN * (right - left)), colour)


def _arrow(axes: Any, end: tuple[float, float], words: str, half: float) -> None:
    """Draw a period from the axis at the origin to a neighbour's, with its words above or along it."""
    arrow = {"arrowstyle": "<->", "color": INK, "lw": 1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (0, 0), end, arrowprops=arrow)
    plate = {"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.85}
    turn = math.degrees(math.atan2(end[1], end[0]))
    aside = {"ha": "center", "va": "bottom"} if turn == 0 else {"ha": "right", "va": "center"}
    x, y = end[0] / 2, end[1] / 2
    x, y = (x, y + 0.032 * half) if turn == 0 else (x - 0.032 * half, y)
    axes.text(x, y, words, fontsize=9, bbox=plate, rotation=turn, **aside)


def film_areas(stack: Stack, window: shapely.Geometry) -> list[tuple[shapely.Geometry, str]]:
    """Return what a cut at half the height shows: material and films with their colours.

    Parameters
    ----------
    stack
        Films on a relief.
    window
        What to show, um.
    """
    cell = stack.cell
    colours = film_colours([film.layer for film in stack.films])
    levels = [cell.from_above(Level(0.0, 0.0), window)]
    for film in stack.films:
        whole = film.layer.fills or (not cell.through and film.outer.bottom >= cell.height / 2)
        levels.append(surrounding(window) if whole else cell.from_above(film.outer, window))
    shown = [(shapely.intersection(levels[0], window), SUBSTRATE)]
    for film, inner, outer in zip(stack.films, levels[:-1], levels[1:], strict=True):
        area = shapely.intersection(shapely.difference(outer, inner), window)
        shown.append((area, colours[film.layer.name]))
    return shown


def _draw_lines(axes: Any, stack: Stack, half: float) -> None:
    """Draw the lines that show a smooth relief, within ``half`` um of the feature at the origin."""
    period = (stack.cell.pitch or 0.0) / UM
    for (start, name), style in zip(stack.cell.lines_from_above, ("-", ":"), strict=False):
        for x in start / UM + period * np.arange(-2, 3):
            if abs(x) < half:
                axes.axvline(x, color="#777777", lw=1, ls=style)
                axes.text(x, 0.93 * half, name, ha="center", fontsize=8.5, backgroundcolor=SUBSTRATE)


def _fill(axes: Any, area: shapely.Geometry, colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    left, right = axes.get_xlim()
    seen = shapely.simplify(area, _SEEN * (right - left))
    for polygon in getattr(seen, "geoms", [seen]):
        if isinstance(polygon, shapely.Polygon) and not polygon.is_empty:
            rings = [Path(np.asarray(ring.coords)) for ring in (polygon.exterior, *polygon.interiors)]
            axes.add_patch(PathPatch(Path.make_compound_path(*rings), fc=colour, ec="none", lw=0))
