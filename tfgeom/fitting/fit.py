"""The road of a fit: a design and measurements in, parameters with their intervals out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfgeom.cells.assembled import usable_of
from tfgeom.design import Design, load_design
from tfgeom.errors import DesignError
from tfgeom.fitting.errors import MeasurementError, measurement_error
from tfgeom.fitting.estimating import Optimum, Problem, best_fit
from tfgeom.fitting.holding_out import HeldOut, chosen_apart, left_out_in_turn, predicted_apart
from tfgeom.fitting.measured import Floats, Group, Measured
from tfgeom.fitting.parameters import Family, Parameter
from tfgeom.fitting.predicting import Predictor
from tfgeom.fitting.profiles import Estimate, Profile, estimate
from tfgeom.fitting.reading import Expected, read_measured
from tfgeom.fitting.remarks import remarks_of
from tfgeom.fitting.telling_apart import Pair, pairs_not_told_apart
from tfgeom.units import parse_quantity

Progress = Callable[[str], object]
"""Told what a fit is about to do."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """One parameter after a fit; values are in its unit.

    Attributes
    ----------
    parameter
        Which.
    value
        Best fit.
    low, high
        Ends of its 95 % interval; None where the end is open.
    profile
        What it rests on.
    is_outnumbered
        Whether fewer things were measured than parameters are free: its interval then rests on the bounds of
        the others.
    """

    parameter: Parameter
    value: float
    low: float | None
    high: float | None
    profile: Profile
    is_outnumbered: bool = False

    @property
    def is_identifiable(self) -> bool:
        """Whether the measurements hold it from both sides within its bounds."""
        return self.low is not None and self.high is not None and not self.is_outnumbered


@dataclass(frozen=True)
class Fit:
    """A design fitted to measurements.

    Attributes
    ----------
    design
        The design as it was.
    family
        The design with its parameters free.
    measured, error
        What was measured, and how far it may be off.
    predictor
        The model.
    fitted
        The parameters.
    estimate
        The fit and its profiles.
    pairs
        Parameters that cannot be told apart.
    held_out
        What was foretold of what a fit had not seen; None where nothing could be held out.
    kept
        Points that the fit saw, shape (m,).
    notes
        What a reader must know of it.
    """

    design: Design
    family: Family
    measured: Measured
    error: MeasurementError
    predictor: Predictor
    fitted: tuple[Fitted, ...]
    estimate: Estimate
    pairs: tuple[Pair, ...]
    held_out: HeldOut | None
    kept: np.ndarray
    notes: tuple[str, ...]

    @property
    def predicted(self) -> Floats:
        """What the fitted design would measure, in the units of `Measured.values`, shape (m,)."""
        return self.estimate.optimum.predicted

    @property
    def fit_error(self) -> float:
        """Root mean square of what the fit leaves over: a share of the values, or in their unit."""
        return self.error.of(self.predicted - self.measured.values, self.kept)

    @property
    def held_out_error(self) -> float | None:
        """The same of what was held out; None where nothing was."""
        if self.held_out is None:
            return None
        known = ~np.isnan(self.held_out.predicted)
        return self.error.of(self.held_out.predicted - self.measured.values, known)


def fit_design(
    design: Design | str | Path,
    data: str | Path,
    parameters: Sequence[str],
    *,
    kind: str | None = None,
    fidelity: str | None = None,
    error: str | None = None,
    at: str | None = None,
    hold_out: str | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Return a design fitted to measurements, with the interval of each parameter and what it cannot tell.

    Parameters
    ----------
    design
        A checked design, or its file.
    data
        CSV file of capacities at rates, voltage curves or pulses.
    parameters
        Dotted paths of numbers of the design, with ``=LOW..HIGH`` where they are looked for elsewhere than
        near their values: ``materials.LiV2O5.diffusivity``.
    kind
        What the file holds, ``rate``, ``curves`` or ``pulses``; by default what its columns say.
    fidelity
        ``analytic``, the closed rate model, or ``film``, films in time; by default film for pulses alone.
    error
        Standard error of a measurement: ``2 %``, ``5 mV``; by default what the fit leaves over.
    at
        C-rate or footprint current of a voltage curve whose file has no column of it.
    hold_out
        Groups (``10C,20C``) or a share of them (``30 %``) that the fit does not see; by default each in turn
        is left out of a fit of its own; ``none`` for neither.
    progress
        Told what is being done.

    Raises
    ------
    DesignError
        For bad input, with its place.
    UnsupportedError
        For a cell that the model is not built for.
    """
    tell = progress or (lambda _: None)
    known = design if isinstance(design, Design) else load_design(design)
    with known.located():
        if known.operation is None or known.cell is None:
            raise DesignError.at("cell", "is missing: a design without films and a cell measures nothing")
    family = Family(known, parameters)
    usable = usable_of(family.cell)
    measured = read_measured(data, Expected(_window(known), usable.charge), kind, _rate(at))
    if fidelity is None:
        fidelity = "film" if measured.form == "pulses" else "analytic"
    if measured.form == "pulses" and fidelity == "analytic":
        raise DesignError.at(
            "--fidelity", "the closed rate model knows constant currents alone; pulses need 'film'"
        )
    predictor = Predictor(family, measured, fidelity)
    errors = measurement_error(measured, error)
    apart = chosen_apart(measured, hold_out)
    kept = ~measured.points_of(apart)
    _require_points(family, measured, int(kept.sum()), errors)
    problem = Problem(predictor, errors, kept)
    tell("looking for the best fit")
    optimum = best_fit(problem)
    tell("following the profile of each parameter")
    found = estimate(problem, optimum)
    pairs = pairs_not_told_apart(problem, found)
    held_out = _held_out(problem, found.optimum, apart, hold_out, tell)
    outnumbered = any(pair.by_count for pair in pairs)
    fitted = tuple(
        _fitted(one, found.optimum, at, profile, outnumbered)
        for at, (one, profile) in enumerate(zip(family.parameters, found.profiles, strict=True))
    )
    notes = remarks_of(predictor, found, [one.value for one in fitted], errors)
    return Fit(
        known, family, measured, errors, predictor, fitted, found, pairs, held_out, kept, tuple(notes)
    )  # fmt: skip


def _held_out(
    problem: Problem, optimum: Optimum, apart: frozenset[int], stated: str | None, tell: Progress
) -> HeldOut | None:
    if apart:
        return predicted_apart(problem, optimum, apart)
    if stated is not None:
        return None
    tell("foretelling each from the others")
    return left_out_in_turn(problem, optimum)


def _window(design: Design) -> tuple[float, float]:
    assert design.operation is not None
    limits = design.operation.voltage
    return limits.min, limits.max


def _rate(at: str | None) -> Group | None:
    if at is None:
        return None
    plain = at.strip()
    if plain.endswith("C") and plain[:-1].strip().replace(".", "", 1).isdigit() and float(plain[:-1]) > 0:
        return Group(plain.replace(" ", ""), c_rate=float(plain[:-1]))
    try:
        current = parse_quantity(plain, "current_density")
    except ValueError as error:
        raise DesignError.at("--at", f"{error}; or a C-rate, for example '1C'") from error
    if not current > 0:
        raise DesignError.at("--at", f"'{plain:.40}' is no discharge; a current is above 0 on discharge")
    return Group(plain, current=current)


def _require_points(family: Family, measured: Measured, count: int, error: MeasurementError) -> None:
    """Refuse fewer points than parameters, and as many where nothing says how far points are off."""
    free = len(family.parameters)
    names = ", ".join(one.words for one in family.parameters)
    points = f"{count} point{'s' if count != 1 else ''}"
    if count < free:
        only = ": what one rate delivers says one thing" if measured.has_one_rate else ""
        raise DesignError.at(
            "--parameters",
            f"{points} of {measured.file} cannot tell {free} parameters apart{only}; not identifiable: "
            f"{names}. Fit fewer, or measure at more rates",
        )
    if count == free and not error.is_stated:
        raise DesignError.at(
            "--error",
            f"{points} and {free} parameter{'s' if free > 1 else ''}: nothing is left over that says how "
            "far the measurements are off; state it, for example --error '2 %'",
        )


def _fitted(parameter: Parameter, optimum: Optimum, at: int, profile: Profile, outnumbered: bool) -> Fitted:
    low, high = (
        None if side.is_open else parameter.from_fit(side.coordinate) for side in (profile.low, profile.high)
    )
    return Fitted(parameter, parameter.from_fit(float(optimum.point[at])), low, high, profile, outnumbered)
