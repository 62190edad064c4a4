"""Current density along the interfaces in the vertical section."""

from typing import Any

import numpy as np

from tfgeom.numerals import length, number
from tfgeom.palette import CELL, PARTS
from tfgeom.report.current_drawn import UNIT, DrawnCurrent, magnified_windows
from tfgeom.report.figures import Picture, drawing, svg_picture

_NAMED_WIDTH = 0.05  # of a plot, that a strip must have to be named
_STYLES = ("-", "--")


def draw_current_along(drawn: DrawnCurrent) -> Picture:
    """Return the current density along the profile, a rim and a foot magnified."""
    distance = drawn.distance
    windows = magnified_windows(drawn)
    with drawing(9.6, 3.4, "constrained") as figure:
        panels = figure.subplots(1, 1 + len(windows), sharey=True, width_ratios=[2.2, *[1] * len(windows)])
        whole, *close = np.atleast_1d(panels)
        for axes in (whole, *close):
            for style, (electrode, (density, mean)) in zip(_STYLES, drawn.faces.items(), strict=False):
                colour = PARTS[electrode] if not drawn.flooded else CELL
                axes.plot(distance, density, style, color=colour, lw=1.6, label=electrode)
                axes.axhline(mean, color=colour, ls=":", lw=1.1)
        whole.set_xlim(0, distance[-1])
        _name_strips(whole, drawn)
        whole.set_xlabel("distance along the profile from the axis, µm")
        whole.set_ylabel("current density, mA/cm²\nat 1 mA/cm² of footprint")
        for index, (axes, window, (name, place)) in enumerate(zip(close, windows, drawn.bends, strict=True)):
            left, right = distance[place] - window.width / 2, distance[place] + window.width / 2
            axes.set_xlim(max(0.0, left), min(distance[-1], right))
            axes.locator_params(axis="x", nbins=4)
            axes.set_title(f"{'AB'[index]}: {name}", fontsize=9.5, loc="left", weight="bold")
            axes.set_xlabel("the same, µm")
            axes.axvline(distance[place], color="#999999", lw=0.7)
        if drawn.flooded:
            whole.set_ylim(0, 1.08 * max(float(density.max()) for density, _ in drawn.faces.values()))
        if len(drawn.faces) > 1:
            whole.legend(loc="best", frameon=False, fontsize=8.5)
        caption = (
            f"Current density through the {_faces_words(drawn)} at 1 mA/cm² of footprint, in the same plane, "
            "along the profile from the axis of the feature to the border of the cell; dotted: the mean over "
            "the whole interface."
        )
        return svg_picture(figure, _along_words(drawn), caption)


def _faces_words(drawn: DrawnCurrent) -> str:
    names = list(drawn.faces)
    if drawn.flooded:
        return f"face of the {names[0]} to the liquid"
    return f"interfaces of {' and '.join(names)} with the electrolyte"


def _name_strips(axes: Any, drawn: DrawnCurrent) -> None:
    """Mark where the strips of the profile meet, and name those that are wide enough."""
    distance, strips = drawn.distance, drawn.profile.strips
    start = 0
    for place in range(1, len(strips) + 1):
        if place < len(strips) and strips[place] == strips[place - 1]:
            continue
        left, right = distance[start], distance[place]
        if place < len(strips):
            axes.axvline(right, color="#999999", lw=0.7)
        if right - left > _NAMED_WIDTH * distance[-1]:
            axes.text(
                (left + right) / 2,
                1.02,
                strips[start],
                ha="center",
                va="bottom",
                fontsize=8.5,
                transform=axes.get_xaxis_transform(),
            )
        start = place


def _along_words(drawn: DrawnCurrent) -> str:
    told = []
    for electrode, (density, mean) in drawn.faces.items():
        low, high = float(density.min()), float(density.max())
        place = drawn.distance[int(density.argmax())]
        told.append(
            f"{electrode} from {number(low, 3)} to {number(high, 3)}, largest {length(place * 1000, 3)} from "
            f"the axis along the profile, mean {number(mean, 3)}"
        )
    return f"Current density along the profile, {UNIT}: {'; '.join(told)}."
