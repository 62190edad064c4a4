"""Smooth lines through what a fitted design delivers, for pictures."""

from dataclasses import dataclass, replace

import numpy as np

from tfgeom.fitting.fit import Fit
from tfgeom.fitting.measured import Floats, Group
from tfgeom.fitting.predicting import Predictor

_POINTS = 40
_BEYOND = 1.3  # of the least and the largest rate


@dataclass(frozen=True, slots=True)
class RateLine:
    """What a design delivers over rates.

    Attributes
    ----------
    rates
        C-rates, or footprint currents, A/m², shape (n,).
    delivered
        As `Measured.values`, shape (n,).
    """

    rates: Floats
    delivered: Floats


def rate_of(group: Group) -> float:
    """Return the C-rate of a group, or its footprint current, A/m²."""
    rate = group.c_rate if group.c_rate is not None else group.current
    assert rate is not None  # of rates and curves one of them is stated
    return rate


def rate_lines(fit: Fit) -> tuple[RateLine, RateLine | None]:
    """Return what the fitted design delivers, and what it did before; None where that is not known."""
    family = fit.family
    fitted = _line(fit, tuple(one.value for one in fit.fitted))
    if not all(one.known for one in family.parameters):
        return fitted, None
    return fitted, _line(fit, tuple(one.start for one in family.parameters))


def _line(fit: Fit, values: tuple[float, ...]) -> RateLine:
    measured = fit.measured
    known = [rate_of(group) for group in measured.groups]
    count = (
        _POINTS if fit.predictor.step < 1e-3 else _POINTS // 4
    )  # steps in time take as long as all the rest
    rates = np.unique([*np.geomspace(min(known) / _BEYOND, max(known) * _BEYOND, count), *known])
    by_rate = measured.groups[0].c_rate is not None
    groups = tuple(Group("", c_rate=one) if by_rate else Group("", current=one) for one in rates.tolist())
    of_group = np.arange(rates.size, dtype=np.intp)
    asked = replace(measured, values=rates, lines=of_group, groups=groups, of_group=of_group)
    found = Predictor(fit.family, asked, fit.predictor.fidelity).of_values(values)
    return RateLine(rates, found)
