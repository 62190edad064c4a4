"""Figures of a fit: what was measured under what was fitted, and the profile of each parameter."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfgeom.fitting.answer import interval_text
from tfgeom.fitting.fit import Fit
from tfgeom.fitting.lines import rate_lines, rate_of
from tfgeom.numerals import number, unit_text
from tfgeom.palette import CELL, DESIGNS, INK
from tfgeom.report.figures import Picture, drawing, plain_log, svg_picture
from tfgeom.units import MA_PER_CM2, UAH_PER_CM2

_GREY = "#8c8c8c"
_MOST = 6  # curves that can be told apart
_NAMES = {
    "capacity": "capacity per footprint, µAh/cm²",
    "utilisation": "share of the usable capacity",
    "voltage": "voltage, V",
}
_UNIT = {"capacity": UAH_PER_CM2, "utilisation": 1.0, "voltage": 1.0}
_DECADE = 10.0
_TOP = 4.0  # times the threshold up to which profiles are shown


def draw_overlay(fit: Fit) -> Picture:
    """Return measurements with the fitted design's numbers over them, marked as fitted."""
    draw = {"rate": _draw_rates, "curves": _draw_curves, "pulses": _draw_pulses}[fit.measured.form]
    with drawing(9.6, 4.4, "constrained") as figure:
        axes = figure.add_subplot()
        draw(axes, fit)
        axes.set_ylabel(_NAMES[fit.measured.quantity])
        figure.legend(loc="outside upper center", ncols=3, frameon=False, fontsize=8.5)
        values = ", ".join(f"{one.parameter.words} {one.parameter.text(one.value)}" for one in fit.fitted)
        return svg_picture(
            figure, f"Measured {fit.measured.quantity} and that of the fitted design: {values}."
        )


def _sizes(fit: Fit) -> np.ndarray:
    return np.asarray(fit.estimate.scale * fit.error.sizes / _UNIT[fit.measured.quantity])


def _fitted_label(fit: Fit) -> str:
    return f"fitted, {fit.predictor.method}"


def _draw_rates(axes: Any, fit: Fit) -> None:
    measured, unit = fit.measured, _UNIT[fit.measured.quantity]
    per = 1.0 if measured.groups[0].c_rate is not None else MA_PER_CM2
    x = np.array([rate_of(group) for group in measured.groups])[measured.of_group] / per
    fitted, before = rate_lines(fit)
    if before is not None:
        axes.plot(
            before.rates / per, before.delivered / unit, ":", color=_GREY, lw=1.6, label="before the fit"
        )
    axes.plot(fitted.rates / per, fitted.delivered / unit, "-", color=CELL, lw=2, label=_fitted_label(fit))
    axes.errorbar(
        x, measured.values / unit, _sizes(fit), fmt="o", ms=5, color=DESIGNS[1], capsize=2, label="measured"
    )
    if fit.held_out is not None:
        axes.plot(
            x, fit.held_out.predicted / unit, "x", ms=7, color=DESIGNS[0], label="foretold from the others"
        )
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    plain_log(axes.xaxis)
    axes.set_xlabel("C-rate" if per == 1.0 else "footprint current, mA/cm²")


def _spread(count: int) -> Sequence[int]:
    if count <= _MOST:
        return range(count)
    return sorted({round(at) for at in np.linspace(0, count - 1, _MOST)})


def _draw_curves(axes: Any, fit: Fit) -> None:
    measured = fit.measured
    along = measured.charge if measured.charge is not None else measured.time
    assert along is not None
    x = along / UAH_PER_CM2 if measured.charge is not None else along / 3600
    for count, at in enumerate(_spread(len(measured.groups))):
        mine = measured.of_group == at
        colour, label = DESIGNS[count % len(DESIGNS)], unit_text(measured.groups[at].label)
        axes.plot(x[mine], measured.values[mine], "o", ms=3, color=colour, label=f"measured, {label}")
        axes.plot(x[mine], fit.predicted[mine], "-", color=colour, lw=1.8)
    axes.plot([], [], "-", color=INK, lw=1.8, label=_fitted_label(fit))
    axes.set_xlim(left=0)
    axes.set_xlabel("capacity delivered per footprint, µAh/cm²" if measured.charge is not None else "time, h")


def _draw_pulses(axes: Any, fit: Fit) -> None:
    measured = fit.measured
    assert measured.time is not None
    hours = measured.time / 3600
    axes.plot(hours, measured.values, "o", ms=2.5, color=DESIGNS[1], label="measured")
    axes.plot(hours, fit.predicted, "-", color=CELL, lw=1.6, label=_fitted_label(fit))
    axes.set_xlabel("time, h")


def draw_profiles(fit: Fit) -> Picture:
    """Return how much worse the fit is where each parameter is held elsewhere, all others fitted anew."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    count = len(fit.fitted)
    with drawing(9.6, 3.2 * ((count + 1) // 2) + 0.4, "constrained") as figure:
        panels = np.atleast_1d(figure.subplots((count + 1) // 2, min(count, 2))).ravel()
        for axes, one in zip(panels, fit.fitted, strict=False):
            known = one.parameter
            shown = one.profile.rises < _TOP
            x = [known.from_fit(float(at)) for at in one.profile.coordinates[shown]]
            axes.plot(x, one.profile.rises[shown], "o-", color=CELL, ms=3.5, lw=1.6)
            axes.axhline(1.0, color=DESIGNS[1], lw=1.4, ls="--")
            axes.axvline(one.value, color=_GREY, lw=1.2)
            axes.set_ylim(0, _TOP)
            axes.set_xlabel(unit_text(f"{known.path}, {known.unit}" if known.unit else known.path))
            axes.set_ylabel("rise over the 95 % limit")
            if known.is_log and max(x) > _DECADE * min(x):
                axes.set_xscale("log")
                plain_log(axes.xaxis)
            else:
                axes.xaxis.set_major_locator(MaxNLocator(4))
                axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 4)))
        for axes in panels[count:]:
            axes.set_visible(False)
        told = "; ".join(
            f"{one.parameter.path} {number(one.value)}, {interval_text(one)}" for one in fit.fitted
        )
        return svg_picture(figure, f"Profile of each fitted parameter: {told}.")
