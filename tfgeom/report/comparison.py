"""The page of a comparison: designs and their planes in one table and one plot."""

from collections.abc import Sequence
from pathlib import Path

from tfgeom import __version__
from tfgeom.compare import (
    AXES,
    HEAD,
    Comparison,
    Curve,
    Which,
    entry_rows,
    not_counted_rows,
    rate_curves,
    rate_head,
    rate_rows,
)
from tfgeom.compare.entries import WHICH
from tfgeom.numerals import number, unit_text
from tfgeom.output import write_text
from tfgeom.palette import DESIGNS
from tfgeom.report.figures import Picture, drawing, plain_log, svg_picture
from tfgeom.report.gallery import draw_all
from tfgeom.report.page import fill_template, script_json
from tfgeom.report.table import Row, Table, TonedText

_MARKERS = "osD^vP*X"
_STYLES: dict[Which, str] = {"cell": "-", "planar_same_films": "--", "planar_same_capacity": ":"}


def render_comparison(comparison: Comparison, output: str | Path) -> None:
    """Write the page of a comparison.

    Raises
    ------
    OutputError
        When it cannot be written there.
    """
    write_text(output, comparison_html(comparison))


def comparison_html(comparison: Comparison) -> str:
    """Return the page of a comparison: self-contained, nothing computed in it."""
    curves = rate_curves(comparison)
    names = [entry.name for entry in comparison.entries]
    return fill_template(
        "comparison.html.j2",
        comparison=comparison,
        title=f"Comparison of {len(names)} designs",
        version=__version__,
        numbers=_key_table(comparison),
        pictures=draw_all({"rates": lambda: draw_curves(curves, names, comparison.at)} if curves else {}),
        rates=_rate_table(comparison),
        not_counted=_not_counted_table(comparison),
        numbers_json=script_json(comparison.to_dict()),
    )


def draw_curves(curves: Sequence[Curve], names: Sequence[str], at: str) -> Picture:
    """Return the rate curves on one pair of axes.

    A design has its marker and colour, a plane its dashes and hollow markers: told apart in grey too.
    """
    shown = sorted({curve.entry for curve in curves})
    rows = -(-(len(shown) + len(WHICH)) // 2)
    with drawing(9.6, 4.4 + 0.22 * rows, "constrained") as figure:
        from matplotlib.lines import Line2D

        axes = figure.add_subplot()
        for curve in curves:
            own = curve.which == "cell"
            colour = DESIGNS[curve.entry % len(DESIGNS)]
            axes.plot(
                *zip(*curve.points, strict=True),
                linestyle=_STYLES[curve.which],
                marker=_MARKERS[curve.entry % len(_MARKERS)],
                color=colour,
                markerfacecolor=colour if own else "white",
                lw=2 if own else 1.2,
                ms=5.5 if own else 4,
            )
        axes.set_xlabel(unit_text(AXES[at]))
        if at == "footprint_capacity":
            axes.set_yscale("log")
            axes.set_ylabel("footprint current, mA/cm²")
            plain_log(axes.yaxis)
        else:
            axes.set_xscale("log")
            axes.set_ylabel("delivered capacity, µAh/cm² of footprint")
            axes.set_ylim(bottom=0)
            plain_log(axes.xaxis)
        handles = [
            Line2D(
                [],
                [],
                color=DESIGNS[entry % len(DESIGNS)],
                marker=_MARKERS[entry % len(_MARKERS)],
                lw=2,
                label=names[entry],
            )
            for entry in shown
        ]
        handles += [
            Line2D([], [], color="#555555", linestyle=_STYLES[which], lw=1.4, label=words)
            for which, words in WHICH.items()
            if words
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False, fontsize=9)
        listed = ", ".join(names[entry] for entry in shown)
        return svg_picture(figure, f"Rate curves of {listed} and their planes against {unit_text(AXES[at])}.")


def _key_table(comparison: Comparison) -> Table:
    rows: list[Row] = []
    for entry in comparison.entries:
        tone = "bad" if entry.evaluation is None else "estimated"
        for *values, note in entry_rows(entry, number):
            rows.append((*values, TonedText(note, tone) if note else ""))
    return Table(tuple(map(unit_text, HEAD)), tuple(rows), 2, len(HEAD) - 1)


def _not_counted_table(comparison: Comparison) -> Table | None:
    rows = not_counted_rows(comparison)
    return Table(("what", "of"), tuple(rows), 2) if rows else None


def _rate_table(comparison: Comparison) -> Table | None:
    rows = rate_rows(comparison, number)
    if not rows:
        return None
    head = tuple(unit_text(title) for title in rate_head(comparison.at))
    # the name stands between two numbers: aligned as one of them on screens would look torn
    return Table(head, tuple(rows), numeric_from=2)
