"""The drawings of a comparison: rate curves, resistance by part, and all reliefs at one scale."""

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import shapely

from tfgeom.cells.assembled import AssembledCell
from tfgeom.compare import AT_RATES, AXES, Comparison, Curve, Entry, Which
from tfgeom.geometry.lattice import along_axes, in_unit
from tfgeom.numerals import layer_title, number, unit_text
from tfgeom.palette import DESIGNS, INK, PARTS
from tfgeom.report.cross_section import fill_section, whole_window
from tfgeom.report.figures import ABOVE, OF_THE_BEST, Picture, drawing, plain_log, svg_picture
from tfgeom.report.panels import Window, draw_frame
from tfgeom.report.part_names import LITHIUM_INTERFACE, part_titles
from tfgeom.report.plan_view import fill_plan
from tfgeom.results import Evaluation
from tfgeom.units import UM

WITH_PLANES = 4
"""Designs up to which the planes' curves are drawn too: more lines could not be told apart."""

_MARKERS = "osD^vP*X"
_STYLES: dict[Which, str] = {
    "cell": "-",
    "planar_same_films": "--",
    "planar_same_capacity": ":",
    "planar_best": "-.",
}
_A_ROW = 4  # panels
_SMALLEST = 1 / 25  # of the width of a panel: a pitch that is less is a blur
_TITLE = 0.42  # inches above a panel
_SEEN = 1e-3  # of a bar: a smaller part is no line in it
_LITHIUM = "#cc79a7"  # colour of the interface with lithium in all bars
_NAME = 48  # letters of a name in a legend


def colour_of(entry: Entry) -> str:
    """Return the colour of a design in all figures."""
    return DESIGNS[(entry.number - 1) % len(DESIGNS)]


def shortened(text: str, most: int = _NAME) -> str:
    """Return text of at most so many letters, its middle left out."""
    if len(text) <= most:
        return text
    kept = most - 1
    return f"{text[: kept - kept // 3].rstrip()}…{text[-(kept // 3) :].lstrip()}"


def draw_curves(curves: Sequence[Curve], comparison: Comparison) -> Picture:
    """Return the rate curves on one pair of axes: a line through many points, marks at those of the table.

    A design has its marker and colour, a plane its dashes and hollow markers: told apart in grey too.
    """
    at, entries = comparison.at, [comparison.entries[curve.entry] for curve in curves]
    shown = [comparison.entries[index] for index in sorted({curve.entry for curve in curves})]
    planes = {curve.which for curve in curves if curve.which != "cell"}
    rows = -(-(len(shown) + len(planes)) // 2)
    with drawing(9.6, 4.4 + 0.22 * rows, "constrained") as figure:
        from matplotlib.lines import Line2D

        axes = figure.add_subplot()
        for curve, entry in zip(curves, entries, strict=True):
            own, colour, marker = curve.which == "cell", colour_of(entry), _marker(entry)
            look = {
                "linestyle": _style(curve.which, entry),
                "color": colour,
                "lw": _width(entry) if own else 1.2,
            }
            marks = {"marker": marker, "ms": 5.5 if own else 4, "markerfacecolor": colour if own else "white"}
            axes.plot(*zip(*_through(curve, at), strict=True), **look)
            axes.plot(*zip(*curve.points, strict=True), linestyle="", color=colour, **marks)
        axes.set_xlabel(unit_text(AXES[at]))
        if at == "footprint_capacity":
            axes.set_yscale("log")
            axes.set_ylabel("footprint current, mA/cm²")
            axes.set_xlim(left=0)
            plain_log(axes.yaxis)
        else:
            axes.set_xscale("log")
            axes.set_ylabel("delivered capacity, µAh/cm² of footprint")
            axes.set_ylim(0, _top(curves))
            plain_log(axes.xaxis)
        handles = [
            Line2D(
                [],
                [],
                color=colour_of(one),
                marker=_marker(one),
                ls=_style("cell", one),
                lw=2,
                label=shortened(one.label),
            )
            for one in shown
        ]
        handles += [
            Line2D([], [], color="#555555", linestyle=_STYLES[which], lw=1.4, label=words)
            for which, words in AT_RATES.items()
            if which in planes
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False, fontsize=9)
        listed = ", ".join(one.label for one in shown)
        of_planes = " and their planes" if planes else ""
        return svg_picture(figure, f"Rate curves of {listed}{of_planes} against {unit_text(AXES[at])}.")


def _through(curve: Curve, at: str) -> list[tuple[float, float]]:
    """Return what a line runs through: the places of the table lie on it, too."""
    if not curve.line or at == "footprint_capacity":  # in the order of the rates, not of their capacities
        return list(curve.line or curve.points)
    known = {place for place, _ in curve.line}
    low, high = min(known), max(known)
    within = (point for point in curve.points if low < point[0] < high and point[0] not in known)
    return sorted((*curve.line, *within))


def _top(curves: Sequence[Curve]) -> float | None:
    """Return where the axis of capacities ends: a best plane that holds far more leaves it."""
    highest: dict[Which, float] = {}
    for curve in curves:
        amounts = (amount for _, amount in curve.line or curve.points)
        highest[curve.which] = max((highest.get(curve.which, 0.0), *amounts))
    best = highest.pop("planar_best", 0.0)
    others = max(highest.values(), default=best)
    return ABOVE * max(others, min(best, OF_THE_BEST * others)) or None


def _style(which: Which, entry: Entry) -> Any:
    """Return the dashes of a line: of designs beyond the colours, which stand there without planes, too."""
    beyond = which == "cell" and entry.number > len(DESIGNS)
    return (0, (6, 1.5)) if beyond else _STYLES[which]


def _width(entry: Entry) -> float:
    """Return the width of a design's line: of lines on each other the lower stays to be seen."""
    return max(1.4, 3.2 - 0.4 * (entry.number - 1))


def _marker(entry: Entry) -> str:
    return _MARKERS[(entry.number - 1) % len(_MARKERS)]


def draw_resistances(evaluated: Sequence[tuple[Entry, Evaluation]]) -> Picture | None:
    """Return what makes each design's resistance, as shares of it in stacked bars; None without any."""
    known = [
        (entry, found.resistance)
        for entry, found in evaluated
        if found.resistance is not None and found.resistance.asr_ohm_cm2
    ]
    if not known:
        return None
    shares_of = [
        {
            title: 100 * found.resistance.asr_by_part_ohm_cm2[part] / found.resistance.asr_ohm_cm2
            for part, title in part_titles(found).items()
        }
        for _, found in evaluated
        if found.resistance is not None and found.resistance.asr_ohm_cm2
    ]
    colours = {layer_title(part): colour for part, colour in PARTS.items()}
    colours[LITHIUM_INTERFACE] = _LITHIUM
    with drawing(9.6, 1.15 + 0.36 * len(known), "constrained") as figure:
        axes = figure.add_subplot()
        left = [0.0] * len(known)
        places = list(range(len(known)))[::-1]
        for title, colour in colours.items():
            shares = [one.get(title, 0.0) for one in shares_of]
            if max(shares) <= 100 * _SEEN:
                continue
            axes.barh(places, shares, left=left, color=colour, ec="white", lw=0.6, height=0.7, label=title)
            left = [before + share for before, share in zip(left, shares, strict=True)]
        axes.set_xlim(0, 100)
        axes.set_yticks(places, [f"({entry.number})" for entry, _ in known])
        axes.grid(visible=False)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("share of each design's resistance, %")
        right = axes.secondary_yaxis("right")
        best = ("at best " if one.incomplete else "" for _, one in known)
        right.set_yticks(
            places,
            [f"{mark}{number(one.asr_ohm_cm2, 3)} Ω·cm²" for mark, (_, one) in zip(best, known, strict=True)],
        )
        right.spines["right"].set_visible(False)
        for side in (axes, right):
            side.tick_params(axis="y", length=0)
        figure.legend(loc="outside upper center", ncols=4, frameon=False, fontsize=8.5)
        told = "; ".join(f"{entry.label} {number(one.asr_ohm_cm2, 3)} Ω·cm²" for entry, one in known)
        return svg_picture(figure, f"Parts of the resistance per footprint, as shares of it: {told}.")


def one_scale(cells: Sequence[AssembledCell]) -> tuple[float, float] | None:
    """Return width and height of a panel that shows each relief, um; None where no common scale reads.

    It does where at least two have a relief, and the smallest pitch is no blur beside the largest relief.
    """
    reliefs = [cell for cell in cells if cell.relief.pitch is not None]
    if len(reliefs) < 2:
        return None
    pitches = [(cell.relief.pitch or 0.0) / UM for cell in reliefs]
    tall = 1.08 * max(_height(cell) for cell in reliefs)
    wide = max(2.5 * max(pitches), 0.6 * tall)
    return None if min(pitches) < _SMALLEST * wide else (wide, max(tall, 0.3 * wide))


def _height(cell: AssembledCell) -> float:
    """Return what of a cell is to be seen above its floor, um."""
    window = whole_window(cell, 2)
    return window.top - max(0.0, window.bottom)


def draw_sections(entries: Sequence[tuple[Entry, AssembledCell]]) -> Picture | None:
    """Return the sections of several reliefs side by side at one scale; None where none reads."""
    size = one_scale([cell for _, cell in entries])
    if size is None:
        return None
    wide, tall = size
    columns, rows = _grid(len(entries))
    across = 9.6 / columns - 0.15
    high = min(across * tall / wide, 5.0)
    with drawing(9.6, rows * (high + _TITLE)) as figure:
        for place, (entry, cell) in enumerate(entries):
            axes = _panel(figure, place, columns, rows)
            top = tall if cell.relief.pitch is None else whole_window(cell, 2).top + 0.04 * tall
            middle = 0.5 * (cell.relief.pitch or 0.0) / UM
            window = Window(middle - wide / 2, middle + wide / 2, top - 1.1 * tall, top)
            if cell.relief.pitch is None:
                window = Window(-wide / 2, wide / 2, -0.7 * tall, 0.4 * tall)
            fill_section(axes, cell, window)
            draw_frame(axes, window)
            axes.set_title(_title(entry, columns), fontsize=9, color=INK)
        names = ", ".join(entry.label for entry, _ in entries)
        return svg_picture(figure, f"Cross-sections at one scale, {number(wide, 3)} µm across each: {names}.")


def draw_plans(entries: Sequence[tuple[Entry, AssembledCell]]) -> Picture | None:
    """Return several reliefs from above at one scale; None where none reads."""
    seen = [(entry, cell) for entry, cell in entries if cell.relief.pitch is not None]
    if one_scale([cell for _, cell in seen]) is None:
        return None
    half = 1.25 * max(_longest_period(cell) for _, cell in seen)
    columns, rows = _grid(len(seen))
    window = Window(-half, half, -half, half)
    with drawing(9.6, rows * (9.6 / columns + _TITLE)) as figure:
        for place, (entry, cell) in enumerate(seen):
            axes = _panel(figure, place, columns, rows)
            fill_plan(axes, cell, shapely.box(-half, -half, half, half))
            axes.set_xlim(-half, half)
            axes.set_ylim(-half, half)
            axes.set_aspect("equal")
            axes.set_axis_off()
            draw_frame(axes, window)
            axes.set_title(_title(entry, columns), fontsize=9, color=INK)
        names = ", ".join(entry.label for entry, _ in seen)
        return svg_picture(figure, f"From above at one scale, {number(2 * half, 3)} µm across each: {names}.")


def _grid(panels: int) -> tuple[int, int]:
    """Return columns and rows of so many panels, rows as full as each other."""
    rows = math.ceil(panels / _A_ROW)
    return math.ceil(panels / rows), rows


def _title(entry: Entry, columns: int) -> str:
    """Return the name above a panel, in two lines at most."""
    letters = 110 // columns
    return textwrap.fill(shortened(entry.label, 2 * letters - 8), letters, max_lines=2, placeholder="…")


def _longest_period(cell: AssembledCell) -> float:
    """Return the longer distance of features along the axes of the lattice, um; 0 of a plane."""
    periods = cell.relief.periods
    return 0.0 if periods is None else max(along_axes(in_unit(periods, UM)))


def _panel(figure: Any, place: int, columns: int, rows: int) -> Any:
    """Return the axes of a panel in a grid, room for its title above it."""
    row, column = divmod(place, columns)
    width, height = 1 / columns, 1 / rows
    title = _TITLE / figure.get_figheight()
    return figure.add_axes(
        (
            column * width + 0.01,
            1 - (row + 1) * height + 0.01,
            width - 0.02,
            height - title - 0.01,
        )
    )
