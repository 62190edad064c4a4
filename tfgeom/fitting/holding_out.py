"""What a fit foretells that it has not seen: measurements held out, and predicted from the rest."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import DesignError
from tfgeom.fitting.estimating import Optimum, Problem, best_fit
from tfgeom.fitting.measured import Floats, Measured
from tfgeom.units import parse_quantity
from tfgeom.words import did_you_mean

Bools = NDArray[np.bool_]
_MOST = 12  # groups that are held out one by one; of more, as many, spread over all


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Predictions of what a fit did not see.

    Attributes
    ----------
    sets
        Groups that were held out together, by index.
    predicted
        What the fits to the rest say, nan where nothing was held out, shape (m,).
    points
        Parameters of each of those fits.
    is_apart
        Whether the fit itself did not see them either; else each was left out of a fit of its own.
    """

    sets: tuple[frozenset[int], ...]
    predicted: Floats
    points: tuple[Floats, ...]
    is_apart: bool


def chosen_apart(measured: Measured, stated: str | None) -> frozenset[int]:
    """Return the groups that a user wants held out of the fit; none of ``None`` and ``none``.

    Parameters
    ----------
    measured
        The measurements.
    stated
        Labels of groups (``10C,20C``) or a share (``30 %``).

    Raises
    ------
    DesignError
        When there are no such groups, or none would be left.
    """
    if stated is None or stated.strip() == "none":
        return frozenset()
    count = len(measured.groups)
    labels = [one.label for one in measured.groups]
    if "%" in stated:
        try:
            share = parse_quantity(stated, "fraction")
        except ValueError as error:
            raise DesignError.at("--hold-out", str(error)) from error
        wanted = round(share * count)
        if not 0 < wanted < count:
            raise DesignError.at(
                "--hold-out",
                f"{stated} of {count} {_noun(measured)} are {wanted}; hold out at least one and keep at "
                "least one",
            )
        spread = np.linspace(0, count, wanted + 2)[1:-1]
        return frozenset(int(at) for at in np.minimum(spread.astype(int), count - 1))
    plain = [_plain(one) for one in labels]
    found = set()
    for given in stated.split(","):
        name = _plain(given)
        if name not in plain:
            raise DesignError.at(
                "--hold-out",
                f"nothing was measured at '{given.strip():.40}'; {did_you_mean(given.strip(), labels)}",
            )
        found.add(plain.index(name))
    if len(found) == count:
        raise DesignError.at("--hold-out", "nothing is left to fit to; keep at least one")
    return frozenset(found)


def _noun(measured: Measured) -> str:
    return {"rate": "rates", "curves": "curves", "pulses": "pulses"}[measured.form]


def _plain(label: str) -> str:
    return (
        re.sub(r"[\s^]", "", label)
        .casefold()
        .replace("\N{MICRO SIGN}", "u")
        .replace("\N{SUPERSCRIPT TWO}", "2")
    )


def predicted_apart(problem: Problem, optimum: Optimum, apart: frozenset[int]) -> HeldOut:
    """Return what a fit foretells of the groups that it did not see."""
    measured = problem.predictor.measured
    predicted = np.where(measured.points_of(apart), optimum.predicted, np.nan)
    return HeldOut((apart,), predicted, (optimum.point,), True)


def left_out_in_turn(problem: Problem, optimum: Optimum) -> HeldOut | None:
    """Return what fits to all groups but one foretell of that one, for each in turn.

    None where there is only one group, or the rest of it is fewer points than parameters.
    """
    measured = problem.predictor.measured
    count = len(measured.groups)
    if count < 2:
        return None
    turns = range(count)
    if count > _MOST:
        turns = sorted({round(at) for at in np.linspace(0, count - 1, _MOST)})  # type: ignore[assignment]
    predicted = np.full(measured.size, np.nan)
    sets, points = [], []
    for at in turns:
        group = frozenset((at,))
        out = measured.points_of(group)
        rest = problem.kept & ~out
        if rest.sum() < optimum.point.size:
            continue
        found = best_fit(Problem(problem.predictor, problem.error, rest), optimum.point)
        predicted[out] = found.predicted[out]
        sets.append(group)
        points.append(found.point)
    return HeldOut(tuple(sets), predicted, tuple(points), False) if sets else None
