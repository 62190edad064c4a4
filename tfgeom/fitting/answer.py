"""A fit as numbers and text: JSON, tables of the terminal."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tfgeom import __version__
from tfgeom.design import design_sha256
from tfgeom.fitting.errors import size_text
from tfgeom.fitting.fit import Fit, Fitted
from tfgeom.units import MA_PER_CM2, UAH_PER_CM2, in_unit

_UNITS = {"capacity": ("uAh_cm2", UAH_PER_CM2), "utilisation": ("", 1.0), "voltage": ("V", 1.0)}
PARAMETERS = ("parameter", "fitted", "95 % interval", "before", "looked for in")
_POINTS = ("at", "measured", "fitted", "off", "foretold", "foretold off")
_GROUPS = ("at", "points", "off", "foretold off")
_NOUNS = {
    "rate": "capacities at {} rate{}",
    "curves": "points of {} voltage curve{}",
    "pulses": "points of {} pulse{}",
}


def fit_dict(fit: Fit) -> dict[str, Any]:
    """Return a fit as `tfgeom fit --json` prints it."""
    word, unit = _UNITS[fit.measured.quantity]
    suffix = f"_{word}" if word else ""
    held = fit.held_out
    return {
        "name": fit.design.name,
        "version": __version__,
        "design_sha256": design_sha256(fit.design),
        "data": fit.measured.file,
        "kind": fit.measured.form,
        "quantity": fit.measured.quantity,
        "method": fit.predictor.method,
        "fidelity": fit.predictor.fidelity,
        "evaluations": fit.predictor.evaluations,
        "points": fit.measured.size,
        "error": {
            "stated": fit.error.stated or None,
            "estimated": None if fit.error.is_stated else _error(fit, fit.estimate.scale),
            "is_relative": fit.error.relative,
        },
        "parameters": [_parameter_dict(one) for one in fit.fitted],
        "not_told_apart": [
            {
                "parameters": [fit.fitted[pair.one].parameter.path, fit.fitted[pair.other].parameter.path],
                "by_profile": pair.by_profile,
                "by_slopes": pair.by_slopes,
                "by_count": pair.by_count,
            }
            for pair in fit.pairs
        ],
        "fit_error": _error(fit, fit.fit_error),
        "hold_out": None
        if held is None
        else {
            "error": _error(fit, fit.held_out_error),
            "in_turn": not held.is_apart,
            "groups": [[fit.measured.groups[at].label for at in sorted(one)] for one in held.sets],
        },
        "measured": [
            {
                "line": int(fit.measured.lines[at]),
                "group": fit.measured.groups[int(fit.measured.of_group[at])].label,
                **_drive(fit, at),
                f"measured{suffix}": in_unit(float(fit.measured.values[at]), unit),
                f"fitted{suffix}": in_unit(float(fit.predicted[at]), unit),
                f"foretold{suffix}": _foretold(fit, at, unit),
            }
            for at in range(fit.measured.size)
        ],
        "notes": list(fit.notes),
    }


def _foretold(fit: Fit, at: int, unit: float) -> float | None:
    if fit.held_out is None or np.isnan(fit.held_out.predicted[at]):
        return None
    return in_unit(float(fit.held_out.predicted[at]), unit)


def _drive(fit: Fit, at: int) -> dict[str, float | None]:
    """Return where a point was measured."""
    measured = fit.measured
    group = measured.groups[int(measured.of_group[at])]
    current = group.current if measured.current is None else float(measured.current[at])
    found = {
        "c_rate": group.c_rate,
        "footprint_current_mA_cm2": None if current is None else in_unit(current, MA_PER_CM2),
    }
    if measured.charge is not None:
        found["capacity_uAh_cm2"] = in_unit(float(measured.charge[at]), UAH_PER_CM2)
    if measured.time is not None:
        found["time_s"] = float(measured.time[at])
    return found


def _error(fit: Fit, size: float | None) -> float | None:
    """Return an error as a share where errors are shares, else in the unit of the quantity."""
    if size is None:
        return None
    unit = 1.0 if fit.error.relative else _UNITS[fit.measured.quantity][1]
    return float(f"{size / unit:.6g}")


def _parameter_dict(one: Fitted) -> dict[str, Any]:
    known = one.parameter
    return {
        "path": known.path,
        "value": float(f"{one.value:.8g}"),
        "low": None if one.low is None else float(f"{one.low:.6g}"),
        "high": None if one.high is None else float(f"{one.high:.6g}"),
        "unit": known.unit,
        "is_identifiable": one.is_identifiable,
        "before": known.start if known.known else None,
        "bound_low": float(f"{known.low:.8g}"),
        "bound_high": float(f"{known.high:.8g}"),
        "confidence": "fitted",
    }


def interval_text(one: Fitted) -> str:
    """Return the interval of a parameter in words, open ends as such."""
    known = one.parameter
    low, high = (None if end is None else known.text(end, 3) for end in (one.low, one.high))
    if low is not None and high is not None:
        within = ", within the bounds of the others alone" if one.is_outnumbered else ""
        return f"{low.removesuffix(known.unit).strip()} to {high}{within}"
    if low is not None:
        return f"at least {low}"
    if high is not None:
        return f"at most {high}"
    return "open: anything within its bounds"


def parameter_rows(fit: Fit) -> list[tuple[str, ...]]:
    """Return rows under `PARAMETERS`."""
    return [
        (
            one.parameter.path,
            one.parameter.text(one.value),
            interval_text(one),
            one.parameter.text(one.parameter.start) if one.parameter.known else "not known",
            f"{one.parameter.text(one.parameter.low, 3)} to {one.parameter.text(one.parameter.high, 3)}",
        )
        for one in fit.fitted
    ]


def point_table(fit: Fit) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return head and rows: one a capacity; of curves and pulses one a group, with its mean errors."""
    measured = fit.measured
    if measured.form == "rate":
        return _POINTS, [_point_row(fit, at) for at in range(measured.size)]
    return _GROUPS, [_group_row(fit, at) for at in range(len(measured.groups))]


def _point_row(fit: Fit, at: int) -> tuple[str, ...]:
    measured, one = fit.measured, np.arange(fit.measured.size) == at
    unit = _UNITS[measured.quantity][1]
    held = None if fit.held_out is None or np.isnan(fit.held_out.predicted[at]) else fit.held_out.predicted
    return (
        measured.groups[int(measured.of_group[at])].label,
        f"{measured.values[at] / unit:.4g}",
        f"{fit.predicted[at] / unit:.4g}" if fit.kept[at] else "",
        _off(fit, fit.predicted, one) if fit.kept[at] else "",
        "" if held is None else f"{held[at] / unit:.4g}",
        "" if held is None else _off(fit, held, one),
    )


def _off(fit: Fit, predicted: np.ndarray, which: np.ndarray) -> str:
    signed = (predicted - fit.measured.values)[which] / fit.error.whole[which]
    if signed.size == 1:
        sign = "+" if signed[0] >= 0 else "-"
        return sign + size_text(abs(float(signed[0])), fit.measured, fit.error.relative)
    return size_text(fit.error.of(predicted - fit.measured.values, which), fit.measured, fit.error.relative)


def _group_row(fit: Fit, at: int) -> tuple[str, ...]:
    measured = fit.measured
    mine = measured.of_group == at
    seen, held = bool(fit.kept[mine].any()), fit.held_out
    foretold = held is not None and not bool(np.isnan(held.predicted[mine]).any())
    return (
        measured.groups[at].label,
        f"{int(mine.sum())}",
        _off(fit, fit.predicted, mine) if seen else "",
        _off(fit, held.predicted, mine) if held is not None and foretold else "",
    )


def head_line(fit: Fit) -> str:
    """Return what was fitted to what, by which model."""
    count = len(fit.measured.groups)
    what = _NOUNS[fit.measured.form].format(count, "" if count == 1 else "s")
    return (
        f"{fit.design.name}: fitted to {fit.measured.file}, {fit.measured.size} {what}, by the "
        f"{fit.predictor.method}"
    )


def error_lines(fit: Fit) -> Iterator[str]:
    """Yield how well the fit follows what it saw and what it did not."""
    off = size_text(fit.fit_error, fit.measured, fit.error.relative)
    how = f"stated: {fit.error.stated}" if fit.error.is_stated else "errors taken from what it leaves over"
    yield f"the fit is off by {off} (root mean square; {how})"
    if fit.held_out is None or fit.held_out_error is None:
        yield "nothing was held out: what it foretells is not known"
        return
    foretold = size_text(fit.held_out_error, fit.measured, fit.error.relative)
    if fit.held_out.is_apart:
        labels = ", ".join(fit.measured.groups[at].label for at in sorted(fit.held_out.sets[0]))
        yield f"it foretells {labels}, which it has not seen, to {foretold}"
    else:
        yield f"each foretold from the others: off by {foretold}"


def verdict_lines(fit: Fit) -> Iterator[str]:
    """Yield what cannot be told from these measurements."""
    for pair in fit.pairs:
        one, other = (fit.fitted[at].parameter for at in (pair.one, pair.other))
        yield (
            f"not identifiable together: {one.path} and {other.path}: what the one changes the other makes "
            "up for; hold one, or measure what parts them (other rates, voltage curves, pulses)"
        )
    paired = {at for pair in fit.pairs for at in (pair.one, pair.other)}
    for at, found in enumerate(fit.fitted):
        if not found.is_identifiable and at not in paired:
            yield f"not identifiable: {found.parameter.path}, {interval_text(found)}"
