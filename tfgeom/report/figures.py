"""The charts of the report, as SVG that is the same byte for byte from the same numbers."""

import base64
import io
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from tfgeom.marks import NAME
from tfgeom.numerals import number, percent
from tfgeom.palette import CELL, INK, PARTS, PLANE_BEST, PLANE_SAME_CAPACITY, PLANE_SAME_FILMS
from tfgeom.results import RateNumbers, RatePoint, ResistanceNumbers

_SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "tfgeom",
    "svg.fonttype": "path",
    "savefig.dpi": 200,  # of what is drawn as pixels inside an SVG
    "pdf.fonttype": 42,  # letters that an editor can change
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
Rate = TypeVar("Rate", bound=RatePoint)
FigureFormat = Literal["svg", "pdf", "png"]
FIGURE_FORMATS: tuple[FigureFormat, ...] = ("svg", "pdf", "png")
"""What a figure can be written as."""
_METADATA: dict[FigureFormat, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": NAME},
    "pdf": {"CreationDate": None, "Creator": NAME, "Producer": None},
    "png": {"Software": NAME},
}
_DPI = 300  # of a figure as PNG
ABOVE = 1.05
"""Of the highest point, where an axis ends."""
OF_THE_BEST = 1.6
"""Times the highest of the other curves, up to which a best plane is shown."""
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
    figure
        What it was drawn from, for `figure_bytes`; None for what is no drawing of matplotlib.
    """

    uri: str
    alt: str
    caption: str = ""
    figure: Any = field(default=None, compare=False, repr=False)


@contextmanager
def drawing(width: float, height: float, layout: Literal["constrained"] | None = None) -> Iterator[Any]:
    """Lend an empty matplotlib figure (inches) inside a block in which the report's settings hold."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        yield Figure(figsize=(width, height), layout=layout)


def svg_picture(figure: Any, alt: str, caption: str = "") -> Picture:
    """Return a figure as an SVG data URI; inside its `drawing` block."""
    return Picture(data_uri("image/svg+xml", figure_bytes(figure, "svg")), alt, caption, figure)


def figure_bytes(figure: Any, suffix: FigureFormat) -> bytes:
    """Return a figure as a file of that format, marked as tfgeom's; the same figure gives the same bytes."""
    from matplotlib import rc_context

    target = io.BytesIO()
    with rc_context(_SETTINGS), warnings.catch_warnings():
        # names may use letters that the font lacks; the tables write them as text
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(
            target, format=suffix, metadata=_METADATA[suffix], dpi=_DPI if suffix == "png" else "figure"
        )
    return target.getvalue()


def data_uri(kind: str, content: bytes) -> str:
    """Return bytes as a data URI of that media type."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def draw_resistance(resistance: ResistanceNumbers, titles: Mapping[str, str]) -> Picture:
    """Return the split of the area-specific resistance as one stacked bar, its parts in words by key."""
    shares = ", ".join(
        f"{titles[part]} {number(value)} Ω·cm²"
        for part, value in resistance.asr_by_part_ohm_cm2.items()
        if value
    )
    with drawing(9.6, 1.75, "constrained") as figure:
        axes = figure.add_subplot()
        left = 0.0
        for part, value in resistance.asr_by_part_ohm_cm2.items():
            if value == 0:  # a layer that is not there, or known to lose nothing
                continue
            share = value / resistance.asr_ohm_cm2
            label = f"{titles[part]} {percent(share)}"
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


def draw_rates(
    rates: Sequence[RateNumbers],
    line: Sequence[RateNumbers] = (),
    planes: Sequence[str] = ("same_films", "same_capacity"),
) -> Picture:
    """Return capacity and energy against C-rate and footprint current, the cell beside its planes.

    Parameters
    ----------
    rates
        What the design asks for: marks on the curves.
    line
        Discharges close to each other in the order of their rates: the curves; by default ``rates``.
    planes
        Which planes are shown.
    """
    first, last = min(rates, key=_current), max(rates, key=_current)
    with drawing(9.6, 5.8, "constrained") as figure:
        grid = figure.subplots(2, 2, sharex="col", sharey="row")
        for row, amount in zip(grid, ("capacity_uAh_cm2", "energy_mWh_cm2"), strict=True):
            by_rate, by_current = row
            _curves(by_rate, rates, line, "c_rate", amount, planes)
            best = ("best",) if planes and all(one.planar_best for one in (*rates, *line)) else ()
            _curves(by_current, rates, line, "footprint_current_mA_cm2", amount, (*planes, *best))
            by_rate.set_ylim(0, _top((*rates, *line), amount, planes, best))
        grid[1][0].set_xlabel("C-rate (of each cell's own capacity)" if planes else "C-rate")
        grid[1][1].set_xlabel("footprint current, mA/cm²")
        grid[0][0].set_ylabel("capacity per footprint, µAh/cm²")
        grid[1][0].set_ylabel("energy per footprint, mWh/cm²")
        if planes:
            handles, labels = grid[0][1].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
        of = " and both planar cells" if len(planes) > 1 else " and the planar cell" if planes else ""
        return svg_picture(
            figure,
            f"Capacity and energy against C-rate and against footprint current for the cell{of}: "
            f"{number(first.capacity_uAh_cm2)} µAh/cm² at {number(first.c_rate)}C, "
            f"{number(last.capacity_uAh_cm2)} µAh/cm² at {number(last.c_rate)}C.",
        )


def _top(
    rows: Sequence[RateNumbers], amount: str, planes: Sequence[str], best: Sequence[str]
) -> float | None:
    """Return where an axis of amounts ends, so that a best plane that holds far more squeezes nothing.

    Its curve leaves the figure at the top there.  None where nothing is delivered.
    """
    shown = [float(getattr(row, amount)) for row in rows]
    for plane in planes:
        for place in ("at_c_rate", "at_current"):
            shown += [getattr(getattr(getattr(row, f"planar_{plane}"), place), amount) for row in rows]
    highest = max(shown)
    if best:
        bests = (getattr(row.planar_best.at_current, amount) for row in rows if row.planar_best)
        highest = max(highest, min(max(bests), OF_THE_BEST * highest))
    return ABOVE * highest or None


def _current(row: RateNumbers) -> float:
    return row.footprint_current_mA_cm2


STYLES = {
    "cell": ("this cell", CELL, "o-"),
    "same_films": ("plane, same films", PLANE_SAME_FILMS, "s--"),
    "same_capacity": ("plane, same capacity", PLANE_SAME_CAPACITY, "^-."),
    "best": ("best plane at that current", PLANE_BEST, "D:"),
}
"""Words, colour and style of the cell and of each plane in all curves."""


def _curves(
    axes: Any,
    rates: Sequence[RateNumbers],
    line: Sequence[RateNumbers],
    abscissa: str,
    amount: str,
    planes: Sequence[str],
) -> None:
    place = "at_c_rate" if abscissa == "c_rate" else "at_current"
    rows, marked = with_marks(rates, line)
    for which in ("cell", *planes):
        points = (
            rows if which == "cell" else [getattr(getattr(row, f"planar_{which}"), place) for row in rows]
        )
        x, y = [getattr(row, abscissa) for row in rows], [getattr(point, amount) for point in points]
        add_curve(axes, which, x, y, marked)
    axes.set_xscale("log")
    plain_log(axes.xaxis)


def with_marks(rates: Sequence[Rate], line: Sequence[Rate]) -> tuple[list[Rate], list[int]]:
    """Return all discharges in the order of their rates, and which of them the design asks for."""
    asked = {row.c_rate for row in rates}
    rows = sorted((*rates, *(row for row in line if row.c_rate not in asked)), key=lambda row: row.c_rate)
    return rows, [at for at, row in enumerate(rows) if row.c_rate in asked]


def add_curve(axes: Any, which: str, x: Sequence[float], y: Sequence[float], marked: Sequence[int]) -> None:
    """Draw a curve of the cell or a plane, a key of `STYLES`, with marks at some of its points."""
    label, colour, style = STYLES[which]
    width = 2 if which == "cell" else 1.6
    axes.plot(x, y, style, color=colour, lw=width, ms=4.5, markevery=list(marked), label=label)


def plain_log(axis: Any) -> None:
    """Label a logarithmic axis in plain numbers: the default's powers are mathematics, which is off here.

    An axis with fewer than two whole decades inside its limits is labelled at 1, 2 and 5 of each: one number
    would say nothing of its scale. Call it when the curves are drawn.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = (math.log10(limit) for limit in axis.get_view_interval())
    if math.floor(high) - math.ceil(low) < 1:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axis.set_minor_formatter(NullFormatter())
