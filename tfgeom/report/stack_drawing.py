"""Cells in series as they lie on each other: each a wafer or plate with its relief and films."""

from tfgeom.cells.assembled import AssembledCell
from tfgeom.numerals import length
from tfgeom.report.cross_section import fill_section, shown_periods
from tfgeom.report.figures import Picture, drawing, svg_picture
from tfgeom.report.panels import Window, draw_frame
from tfgeom.units import NM, UM

_MOST = 4  # cells drawn
_PANEL = 3.5  # inches
_SHORTEST, _LONGEST = 0.15, 0.5  # of a wafer below its relief, in heights of the relief


def draw_stack(shown: AssembledCell) -> Picture | None:
    """Return the section of a stack of cells in series, films as made; None for a single cell.

    Wafers and plates that are thick beside the relief are cut short, and of many cells the first and the last
    are drawn: the caption says so.
    """
    cells, stack, design = shown.blueprint.in_series, shown.made, shown.blueprint.design
    if cells == 1:
        return None
    cell = stack.cell
    height = cell.height / UM or stack.top.top / UM
    wafer, plate = design.substrate, design.bipolar_plate
    thicknesses = [one.thickness / UM - cell.height / UM for one in (wafer, plate) if one is not None]
    below = min(max([*thicknesses, _SHORTEST * height]), _LONGEST * height)
    cut = any(thickness > below for thickness in thicknesses)
    if cell.through:
        below, cut = stack.top.top / UM, False
    width = 3 * height if cell.pitch is None else shown_periods(stack) * cell.pitch / UM
    left = 0.0 if cell.pitch is None else -0.5 * cell.pitch / UM
    window = Window(left, left + width, -below, cell.height / UM + 1.05 * stack.top.top / UM)
    order = list(range(cells, 0, -1))
    if cells > _MOST:
        order = [cells, *range(_MOST - 1, 0, -1)]
    inches = min(2.4, _PANEL * window.height / window.width)
    with drawing(_PANEL / 0.62, inches * len(order) + 0.2) as figure:
        share = inches / (inches * len(order) + 0.2)
        for place, number in enumerate(order):
            axes = figure.add_axes(
                (0.36, 1 - 0.1 / (inches * len(order) + 0.2) - share * (place + 1), 0.62, share)
            )
            fill_section(axes, shown, window)
            axes.set_anchor("W")
            draw_frame(axes, window, scale=place == len(order) - 1)
            base = wafer if number == 1 or plate is None else plate
            on = "" if base is None else f"\non {base.material}, {length(base.thickness / NM)}"
            kind = "" if base is None else " (plate)" if base is plate else " (substrate)"
            gap = "⋮\n" if cells > _MOST and number == _MOST - 1 else ""
            words = f"{gap}cell {number}{on}{kind}"
            axes.text(-0.04, 0.5, words, transform=axes.transAxes, ha="right", va="center", fontsize=9)
        told = f"{cells} cells in series, face to back: voltage, energy and resistance add."
        if cells > _MOST:
            told += f" Drawn: the first {_MOST - 1} and the last."
        told += " Wafers and plates are cut short; all else to scale." if cut else " To scale."
        return svg_picture(figure, f"Section of the stack. {told}", told)
