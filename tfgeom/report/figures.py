"""The charts of the report, as SVG that is the same byte for byte from the same numbers."""

import base64
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from tfgeom.numerals import number, percent
from tfgeom.palette import CELL, INK, PARTS, PLANE_SAME_CAPACITY, PLANE_SAME_FILMS
from tfgeom.results import RateNumbers, ResistanceNumbers

_SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "tfgeom",
    "svg.fonttype": "path",
    "savefig.dpi": 200,  # of what is drawn as pixels inside an SVG
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "text.parse_math": False,  # names from the user's file may hold dollar signs
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e3e3e3",
    "axes.axisbelow": True,
}
_DARK_PARTS = ("inner_collector", "cathode", "anode")
"""Parts whose colour needs white letters on it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the page.

    Attributes
    ----------
    uri
        Its data URI.
    alt
        What it shows, for those who do not see it.
    caption
        What is told below it, where the page does not know that itself.
    """

    uri: str
    alt: str
    caption: str = ""


@contextmanager
def drawing(width: float, height: float, layout: Literal["constrained"] | None = None) -> Iterator[Any]:
    """Lend an empty matplotlib figure (inches) inside a block in which the report's settings hold."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        yield Figure(figsize=(width, height), layout=layout)


def svg_picture(figure: Any, alt: str, caption: str = "") -> Picture:
    """Return a figure as an SVG data URI; inside its `drawing` block."""
    target = io.BytesIO()
    with warnings.catch_warnings():
        # names may use letters that the font lacks; the tables write them as text
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": "tfgeom"})
    return Picture(data_uri("image/svg+xml", target.getvalue()), alt, caption)


def data_uri(kind: str, content: bytes) -> str:
    """Return bytes as a data URI of that media type."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def draw_resistance(resistance: ResistanceNumbers) -> Picture:
    """Return the split of the area-specific resistance as one stacked bar."""
    shares = ", ".join(
        f"{part.replace('_', ' ')} {number(value)} Ω·cm²"
        for part, value in resistance.asr_by_part_ohm_cm2.items()
    )
    with drawing(9.6, 1.75, "constrained") as figure:
        axes = figure.add_subplot()
        left = 0.0
        for part, value in resistance.asr_by_part_ohm_cm2.items():
            share = value / resistance.asr_ohm_cm2
            label = f"{part.replace('_', ' ')} {percent(share)}"
            axes.barh(0, value, left=left, color=PARTS[part], edgecolor="white", lw=0.6, label=label)
            if share > 0.08:
                colour = "white" if part in _DARK_PARTS else INK
                axes.text(left + value / 2, 0, percent(share), ha="center", va="center", color=colour)
            left += value
        axes.set_xlim(0, left)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(visible=False)
        axes.set_xlabel("area-specific resistance per footprint, Ω·cm²")
        figure.legend(loc="outside upper center", ncols=4, frameon=False, fontsize=8.5)
        alt = f"Stacked bar of the resistance {number(resistance.asr_ohm_cm2)} Ω·cm²: {shares}."
        return svg_picture(figure, alt)


def draw_rates(rates: Sequence[RateNumbers]) -> Picture:
    """Return capacity and energy against C-rate and footprint current, the cell beside both planes."""
    first, last = rates[0], rates[-1]
    with drawing(9.6, 6.6, "constrained") as figure:
        grid = figure.subplots(2, 2, sharex="col", sharey="row")
        for row, amount in zip(grid, ("capacity_uAh_cm2", "energy_mWh_cm2"), strict=True):
            by_rate, by_current = row
            _curves(by_rate, rates, "c_rate", amount)
            _curves(by_current, rates, "footprint_current_mA_cm2", amount)
            by_rate.set_ylim(bottom=0)
        grid[1][0].set_xlabel("C-rate (of each cell's own capacity)")
        grid[1][1].set_xlabel("footprint current, mA/cm²")
        grid[0][0].set_ylabel("capacity per footprint, µAh/cm²")
        grid[1][0].set_ylabel("energy per footprint, mWh/cm²")
        handles, labels = grid[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
        return svg_picture(
            figure,
            "Capacity and energy against C-rate and against footprint current for the cell and both planar "
            f"cells: {number(first.capacity_uAh_cm2)} µAh/cm² at {number(first.c_rate)}C, "
            f"{number(last.capacity_uAh_cm2)} µAh/cm² at {number(last.c_rate)}C.",
        )


def _curves(axes: Any, rates: Sequence[RateNumbers], abscissa: str, amount: str) -> None:
    ordered = sorted(rates, key=lambda row: float(getattr(row, abscissa)))
    x = [getattr(row, abscissa) for row in ordered]
    place = "at_c_rate" if abscissa == "c_rate" else "at_current"
    planes = (
        ("plane, same films", PLANE_SAME_FILMS, "s--", [row.planar_same_films for row in ordered]),
        ("plane, same capacity", PLANE_SAME_CAPACITY, "^-.", [row.planar_same_capacity for row in ordered]),
    )
    axes.plot(x, [getattr(row, amount) for row in ordered], "o-", color=CELL, lw=2, ms=4.5, label="this cell")
    for label, colour, style, points in planes:
        y = [getattr(getattr(point, place), amount) for point in points]
        axes.plot(x, y, style, color=colour, lw=1.6, ms=4.5, label=label)
    axes.set_xscale("log")
    plain_log(axes.xaxis)


def plain_log(axis: Any) -> None:
    """Label a logarithmic axis in plain numbers: the default's powers are mathematics, which is off here."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axis.set_minor_formatter(NullFormatter())
