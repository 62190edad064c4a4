"""The cross-section through the features' axes, drawn to scale with its dimensions.

Films are mostly too thin to be seen beside the relief, so a second panel magnifies the top of a rim; it is to
scale in itself and says by how much it is magnified.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfgeom.cells.assembled import AssembledCell
from tfgeom.films import Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.numerals import length, number
from tfgeom.palette import INK, LIQUID, SUBSTRATE, film_colours
from tfgeom.report.figures import Picture, drawing, svg_picture
from tfgeom.report.outline import Outline, film_outlines, level_outline, period_words
from tfgeom.report.panels import Window, draw_frame, round_length, scale_of, thinned
from tfgeom.units import NM, UM

_SUBSTRATE_EDGE = "#9a9a9a"


def draw_cross_section(shown: AssembledCell) -> Picture:
    """Return the cross-section of a cell, films as made, as a picture."""
    stack = shown.made
    if stack.cell.pitch is None:
        return _draw_plane(shown)
    with_zoom = bool(stack.films) or stack.cell.pitch < 0.15 * stack.cell.height
    periods = shown_periods(stack)
    window = whole_window(shown, periods)
    height = min(5.2, max(4.0, 5.2 * window.height / window.width))
    along = " along x" if isinstance(stack.cell.periods, tuple) else ""
    words = f"Cross-section of {periods} features{along}, to scale: {_sizes(stack)}."
    with drawing(9.6, height) as figure:
        names = max((len(words) for _, words in _film_labels(shown, 0.0)), default=0)
        room = max(0.2, min(0.43, 0.6 - _LETTER * names))  # left of the names of the films
        whole = figure.add_axes((0.01, 0.01, room if with_zoom else 0.98, 0.98))
        fill_section(whole, shown, window)
        _dimension(whole, stack.cell, window)
        if with_zoom:
            _add_zoom(figure, whole, shown, _zoom_edge(stack, periods))
            words += f" Magnified at the top of a rim: {_films(stack) or 'bare walls'}."
        smooth = stack.cell.lines_from_above  # nothing stands or opens by itself
        where = "Across the crests." if smooth else f"Through the axes of a row of features{along}."
        return svg_picture(figure, words, f"{where} Each panel is to scale in itself.")


def _add_zoom(figure: Any, whole: Any, shown: AssembledCell, edge: tuple[float, float]) -> None:
    """Add the magnified panel of the rim at ``edge``, um, and mark its place in the whole."""
    stack = shown.made
    window = _zoom_window(stack, edge)
    axes = figure.add_axes((0.64, 0.04, 0.35, 0.84))
    fill_section(axes, shown, window)
    draw_frame(axes, window)
    _name_films(axes, shown, window, edge)
    factor = scale_of(figure, axes) / scale_of(figure, whole)
    where = "top of a rim" if stack.cell.raised_intervals else "crest"
    title = f"A: {where}, magnified {number(factor, 2)}× (to scale in itself)"
    axes.text(1, 1.04, title, transform=axes.transAxes, ha="right", fontsize=9.5, weight="bold")
    whole.plot(*edge, "o", ms=11, mfc="none", mec=INK, mew=1.2)
    whole.annotate("A", edge, xytext=(9, 5), textcoords="offset points", fontsize=10, weight="bold")


def _draw_plane(shown: AssembledCell) -> Picture:
    stack = shown.made
    thickness = stack.top.bottom / UM or 1.0
    window = Window(-1.5 * thickness, 1.5 * thickness, -0.35 * thickness, 1.12 * thickness)
    words = f"Cross-section of the flat film stack, to scale: {_films(stack) or 'bare'}."
    with drawing(9.6, 3.4) as figure:
        axes = figure.add_axes((0.35, 0.02, 0.6, 0.96))
        fill_section(axes, shown, window)
        draw_frame(axes, window)
        _name_films(axes, shown, window, (window.right, 0.0))
        return svg_picture(figure, words, "To scale.")


def fill_section(axes: Any, shown: AssembledCell, window: Window) -> None:
    """Fill substrate, films and liquid inside a window."""
    stack = shown.made
    from matplotlib.patches import Polygon, Rectangle

    pitch = (stack.cell.pitch or stack.cell.footprint**0.5) / UM
    chords = 24 if stack.top.top / UM + stack.cell.rim_radius / UM > 0.02 * window.height else 6
    features = range(math.floor(window.left / pitch) - 1, math.ceil(window.right / pitch) + 2)
    clip = Rectangle((window.left, window.bottom), window.width, window.height, transform=axes.transData)
    if shown.liquid is not None:
        liquid = Rectangle((window.left, window.bottom), window.width, window.height, fc=LIQUID, ec="none")
        axes.add_patch(liquid)

    through, height = stack.cell.through, stack.cell.height / UM

    def area(outline: Outline, colour: str, edge: str = "none") -> None:
        shown = thinned(outline, window) if stack.cell.pitch else _stretched(outline, window)
        # the lower half of a wafer with holes through it is the upper one turned over
        for half in (shown, shown * (1, -1) + (0, height)) if through else (shown,):
            patch = Polygon(half, closed=True, fc=colour, ec="none" if through else edge, lw=0.5)
            axes.add_patch(patch)
            patch.set_clip_path(clip)

    bare = level_outline(stack.cell, stack.films[0].inner if stack.films else stack.top, features, chords)
    deep = height / 2 if through else window.bottom - 1
    area(np.concatenate((bare, [[bare[-1, 0], deep], [bare[0, 0], deep]])), SUBSTRATE, _SUBSTRATE_EDGE)
    colours = film_colours([film.layer for film in stack.films])
    for film in film_outlines(stack, features, chords):
        area(film.polygon, colours[film.name])
    axes.set_xlim(window.left, window.right)
    axes.set_ylim(window.bottom, window.top)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _stretched(outline: Outline, window: Window) -> Outline:
    """Return a plane's outline over the whole width of the window."""
    return np.column_stack((np.where(outline[:, 0] < 0, window.left, window.right), outline[:, 1]))


def _dimension(axes: Any, cell: Cell, window: Window) -> None:
    """Draw pitch, width and height around the section and make room for them."""
    assert cell.pitch is not None
    assert cell.feature_width is not None
    step = 0.075 * max(window.width, window.height)
    pitch, half, height = cell.pitch / UM, cell.feature_width / UM / 2, cell.height / UM
    period, width = _plan_words(cell)
    if isinstance(cell.periods, tuple):  # in a line that leaves room for the names of films
        period = f"pitch {' × '.join(length(one / NM) for one in cell.periods)}"
    elif cell.lattice:
        period += f", {cell.lattice}"
    rows = [(0.0, pitch, period)]
    if width:
        rows.insert(0, (-half, half, width))
    if cell.wall is not None:
        start = half if cell.plan.raised_background else -half
        rows.insert(0, (start, start + cell.wall / UM, f"wall {length(cell.wall / NM)}"))
    thin = {"color": INK, "lw": 0.6, "alpha": 0.6}
    arrow = {"arrowstyle": "<->", "color": INK, "lw": 1, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 8}
    for index, (left, right, words) in enumerate(rows):
        z = window.top + (0.8 + 0.75 * index) * step
        for x in (left, right):
            axes.plot([x, x], [height, z], **thin)
        axes.annotate("", (left, z), (right, z), arrowprops=arrow)
        axes.text(right + 0.15 * step, z, words, va="center", ha="left", fontsize=9, bbox=_PLATE)
    x = window.left - 0.4 * step
    floor = max(0.0, window.bottom)
    for z in (floor, height):
        axes.plot([x, window.left], [z, z], clip_on=False, **thin)
    axes.annotate("", (x, floor), (x, height), arrowprops=arrow)
    words = _height_words(cell)
    axes.text(x - 0.15 * step, (floor + height) / 2, words, rotation=90, va="center", ha="right", fontsize=9)
    bar = round_length(window.width / 4)
    low = window.bottom - 0.4 * step
    axes.plot([window.right - bar, window.right], [low, low], color=INK, lw=3, solid_capstyle="butt")
    axes.text(window.right - bar - 0.15 * step, low, length(bar * 1000), va="center", ha="right", fontsize=9)
    axes.set_xlim(window.left - 1.1 * step, window.right + 0.1 * step)
    axes.set_ylim(window.bottom - 0.7 * step, window.top + (0.55 + 0.75 * len(rows)) * step)


_LETTER = 0.0077  # width of a letter of the films' names, of the figure's
_PLATE = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.85}


def _name_films(axes: Any, shown: AssembledCell, window: Window, edge: tuple[float, float]) -> None:
    """Write material, thickness and name of each film left of a panel, with a line to its flat top."""
    stack = shown.made
    labels = _film_labels(shown, window.height / 2)
    anchor = window.left
    tops = stack.cell.raised_intervals
    if tops:
        # a narrow top may not reach the left side of the panel
        narrow = min(right - left for left, right in tops) / UM
        anchor = max(anchor, edge[0] - narrow / 2)
    heights = _spread([(z - window.bottom) / window.height for z, _ in labels])
    for (z, words), at in zip(labels, heights, strict=True):
        axes.annotate(
            words,
            (anchor + 0.02 * window.width, z),
            xytext=(-0.07, at),
            textcoords="axes fraction",
            ha="right",
            va="center",
            fontsize=9,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": INK,
                "lw": 0.7,
                "shrinkA": 1,
                "shrinkB": 0,
                "relpos": (1, 0.5),
            },
        )


def _film_labels(shown: AssembledCell, bare: float) -> list[tuple[float, str]]:
    """Return height, um, and words of what lies on a flat top; ``bare``: a height to take without films."""
    stack = shown.made
    height = 0.0 if stack.cell.pitch is None else stack.cell.height / UM
    labels = []
    thickness = stack.top.top / UM or bare
    if shown.substrate is not None:
        labels.append((height - 0.25 * thickness, f"{shown.substrate} (substrate)"))
    for film in stack.films:
        middle = height + (film.inner.top + film.outer.top) / 2 / UM
        layer = film.layer
        words = f"{layer.material.name} {length(layer.thickness / NM)}"
        labels.append((middle, f"{words} ({layer.name.replace('_', ' ')})"))
    if shown.liquid is not None:
        labels.append((height + 1.25 * thickness, f"{shown.liquid.name} (electrolyte)"))
    return labels


def _spread(heights: Sequence[float], gap: float = 0.075) -> list[float]:
    """Return increasing heights (0 to 1) at least ``gap`` apart, near the given ones."""
    spread: list[float] = []
    for height in heights:
        spread.append(max(height, spread[-1] + gap) if spread else height)
    # half of what pushed them up is taken back, so that the column stays centred on the films
    if not spread:
        return []
    push = max(at - height for at, height in zip(spread, heights, strict=True)) / 2
    push = min(max(push, spread[-1] - 0.97), spread[0] - 0.03) if spread[0] > 0.03 else 0.0
    return [at - push for at in spread]


def shown_periods(stack: Stack) -> int:
    """Return how many features to show: enough that a deep relief is no needle."""
    cell = stack.cell
    assert cell.pitch is not None
    return min(12, max(3, math.ceil(0.5 * cell.height / cell.pitch)))


def whole_window(shown: AssembledCell, periods: int) -> Window:
    """Return what shows some periods of a relief with its films, from below its floor up."""
    stack = shown.made
    cell = stack.cell
    assert cell.pitch is not None
    pitch, height, above = cell.pitch / UM, cell.height / UM, stack.top.top / UM
    if shown.liquid is not None:
        above += min(shown.liquid.separator / UM, 0.15 * height)
    low = -stack.top.top / UM - 0.02 * height if cell.through else -0.1 * height
    return Window(-0.5 * pitch, (periods - 0.5) * pitch, low, height + above)


def _zoom_edge(stack: Stack, periods: int) -> tuple[float, float]:
    """Return the right edge of the last raised flat that lies whole in the section, else a crest, um."""
    cell = stack.cell
    assert cell.pitch is not None
    if not cell.raised_intervals:
        return (periods // 2) * cell.pitch / UM, cell.height / UM
    right = cell.raised_intervals[-1][1]
    last = periods - 1 if right < cell.pitch / 2 else periods - 2
    return (right + last * cell.pitch) / UM, cell.height / UM


def _zoom_window(stack: Stack, edge: tuple[float, float]) -> Window:
    assert stack.cell.pitch is not None
    if not stack.films:
        side = 1.5 * stack.cell.pitch / UM
        return Window(edge[0] - side / 2, edge[0] + side / 2, edge[1] - 0.8 * side, edge[1] + 0.2 * side)
    thickness = stack.top.top / UM
    side = 2.7 * thickness + min(stack.cell.rim_radius / UM, thickness)
    left, bottom = edge[0] - 1.2 * thickness, edge[1] - (side - 1.5 * thickness)
    return Window(left, left + side, bottom, bottom + side)


def _sizes(stack: Stack) -> str:
    plan = ", ".join(words for words in _plan_words(stack.cell) if words)
    return f"{plan}, {_height_words(stack.cell)}"


def _plan_words(cell: Cell) -> tuple[str, str]:
    """Return period and width of the feature; the width empty where it has none of its own."""
    assert cell.feature_width is not None
    words = cell.words
    width = f"{words.width} {length(cell.feature_width / NM)}" if words.width else ""
    return period_words(cell), width


def _height_words(cell: Cell) -> str:
    """Return the height and what else the wall's line does not show."""
    words = f"{cell.words.height} {length(cell.height / NM)}"
    if cell.through:
        words += " through the wafer"
    if cell.rim_radius:
        words += f", rim radius {length(cell.rim_radius / NM)}"
    if cell.angle is not None and not cell.is_vertical:
        words += f", walls at {number(math.degrees(cell.angle))}°"
    return words


def _films(stack: Stack) -> str:
    return ", ".join(
        f"{film.layer.material.name} {length(film.layer.thickness / NM)}" for film in stack.films
    )
