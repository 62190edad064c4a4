"""The design after a fit: its overrides are marked as fitted, with the data as their source."""

from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.design import Design, design_from_mapping, dump_design
from tfgeom.fitting.answer import interval_text
from tfgeom.fitting.fit import Fit, Fitted
from tfgeom.fitting.parameters import with_value

_DIGITS = 6


def fitted_design(fit: Fit) -> Design:
    """Return the design with its fitted numbers, their intervals as bands, and where they come from."""
    mapping: dict[str, Any] = fit.family.base
    for one in fit.fitted:
        mapping = with_value(mapping, one.parameter, _stated(one, fit))
        if not one.parameter.constant:
            chosen = {**mapping.get("chosen", {}), one.parameter.path: f"{_source(fit)}; {_told(one)}"}
            mapping = {**mapping, "chosen": chosen}
    return design_from_mapping({**mapping, "name": f"{fit.design.name}, fitted"}, folder=Path())


def fitted_design_text(fit: Fit) -> str:
    """Return the file of the fitted design."""
    return dump_design(fitted_design(fit))


def _stated(one: Fitted, fit: Fit) -> Any:
    known = one.parameter
    value = _short(one.value)
    if not known.constant:
        return known.written(value)
    found: dict[str, Any] = {"value": known.written(value)}
    if one.low is not None and not one.is_outnumbered:
        found["low"] = known.written(min(_short(one.low), value))
    if one.high is not None and not one.is_outnumbered:
        found["high"] = known.written(max(_short(one.high), value))
    return {**found, "source": _source(fit), "confidence": "fitted", "note": _told(one)}


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _source(fit: Fit) -> str:
    return f"fitted to {Path(fit.measured.file).name} by the {fit.predictor.method} of tfgeom {__version__}"


def _told(one: Fitted) -> str:
    how = "95 % interval" if one.is_identifiable else "not identifiable,"
    return f"{how} {interval_text(one)}"
