"""The bands of an evaluated design: percentiles of its numbers, and which inputs make their spread.

All in closed form, whatever made the numbers that the bands stand beside.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom import __version__
from tfgeom.bands.indices import Indices, sobol_indices
from tfgeom.bands.inputs import Input, uncertain_inputs
from tfgeom.bands.rows import Rows, Sampler
from tfgeom.bands.sampling import SobolPoints, is_power_of_two
from tfgeom.bands.screening import most_telling, shares_alone
from tfgeom.errors import DesignError
from tfgeom.results import BandNumbers, BandsNumbers, Evaluation, LargestNumbers

Floats = NDArray[np.float64]

CROSSING = "rate_summary.beats_best_plane_above_mA_cm2"
"""Takes as long as all other numbers of ten times as many samples: it has fewer, and is not ranked."""
BANDED = (
    "geometry.area_gain",
    "capacity.footprint_capacity_uAh_cm2",
    "capacity.footprint_capacity_gain",
    "resistance.asr_ohm_cm2",
    "energy.footprint_energy_mWh_cm2",
    "rate_summary.current_at_80pct_mA_cm2",
    "rate_summary.current_at_50pct_mA_cm2",
    CROSSING,
)
"""Numbers that have bands."""
MOST_RANKED = 8
"""Inputs whose Sobol' indices are computed: those that the screen finds to make most."""
MOST_SAMPLES = 1 << 16
_WIDE = 3.0  # 90 % over 10 %: a wider spread is shared out by its logarithm
_SHARES = (0.1, 0.5, 0.9)
_FEWEST = 128  # rows with which the ranking begins
_KEPT = 16  # rankings of so many designs are kept in memory
_REASONS = 3  # reasons of samples that cannot exist that are told one by one


@dataclass(frozen=True, slots=True)
class BandSettings:
    """How bands are computed.

    Attributes
    ----------
    samples
        Number of samples, a power of two.
    seed
        Of the samples.
    ranked
        Whether it is found out what makes the spread.
    rows
        Points of each of the two samples that this takes, at most.
    seconds
        For that, about: as long as what it finds is not sure enough, and few enough points are taken.
    crossings
        Of how many samples it is found from which current on they beat the best plane, at most; 0 of none.
    """

    samples: int = 1024
    seed: int = 1
    ranked: bool = False
    rows: int = 8192
    seconds: float = 4.0
    crossings: int = 256

    def __post_init__(self) -> None:
        if not is_power_of_two(self.samples) or not 2 <= self.samples <= MOST_SAMPLES:
            near = 2 ** min(max(round(math.log2(max(self.samples, 2))), 1), 16)
            raise DesignError.at(
                "samples",
                f"{self.samples} is no power of two from 2 to {MOST_SAMPLES}, which fill a space evenly; "
                f"use {near}",
            )
        if self.seed < 0:
            raise DesignError.at("seed", f"{self.seed} is negative; use 0 or more")


def with_bands(found: Evaluation, settings: BandSettings | None = None) -> Evaluation:
    """Return an evaluation with the bands of its numbers, and notes on what they are.

    Parameters
    ----------
    found
        What `tfgeom.evaluate` returned, in whichever fidelity.
    settings
        How; by default 1024 samples, not ranked.
    """
    settings = settings or BandSettings()
    key = (found.design_sha256, __version__, settings)
    if key not in _MEMORY:
        _MEMORY[key] = _bands(found, settings)
        while len(_MEMORY) > _KEPT:
            _MEMORY.popitem(last=False)
    bands, notes = _MEMORY[key]
    return replace(found, bands=bands, notes=(*found.notes, *notes))


_MEMORY: "OrderedDict[Any, tuple[BandsNumbers | None, tuple[str, ...]]]" = OrderedDict()
"""Bands by what the design says, version and settings."""


def _bands(found: Evaluation, settings: BandSettings) -> tuple[BandsNumbers | None, tuple[str, ...]]:
    inputs = uncertain_inputs(found)
    if not inputs:
        return None, ("bands are null: nothing of the design is uncertain, no constant and no size",)
    outputs = [path for path in BANDED if path != CROSSING and _value(found, path) is not None]
    sampler = Sampler(found.cell, inputs, outputs)
    points = SobolPoints(2 * len(inputs), settings.seed).next(settings.samples)[:, : len(inputs)]
    rows = sampler.rows(points)
    exist = rows.exist
    bands: dict[str, BandNumbers | None] = dict.fromkeys(BANDED)
    bands |= {path: _band(values[exist]) for path, values in zip(outputs, rows.values.T, strict=True)}
    largest: tuple[LargestNumbers, ...] = ()
    notes = [*_lost(rows), _what(inputs, settings)]
    if settings.crossings and _crosses(found):
        bands[CROSSING], more = _crossing(found, inputs, points[: settings.crossings])
        notes += more
    if exist.any() and settings.ranked:
        largest, more = _largest(sampler, inputs, outputs, points, rows, settings)
        notes += more
    made = BandsNumbers(bands, largest, float(exist.mean()), settings.samples, settings.seed)
    return made, tuple(notes)


def _crosses(found: Evaluation) -> bool:
    """Return whether it is known where a relief beats the best plane."""
    summary = found.rate_summary
    return not found.geometry.is_flat and summary is not None and summary.beats_best_plane_mA_cm2 is not None


def _crossing(
    found: Evaluation, inputs: Sequence[Input], points: Floats
) -> tuple[BandNumbers | None, list[str]]:
    """Return the band of the current from which on a cell beats the best plane; never counts as infinite."""
    rows = Sampler(found.cell, inputs, [CROSSING]).rows(points)
    values = rows.values[rows.exist, 0]
    never = int(np.isnan(values).sum())
    band = _band(np.where(np.isnan(values), np.inf, values))
    told = f", and {never} of them beat it at no current" if never else ""
    return band, [f"the band of where it beats the best plane is of {len(points)} samples{told}"]


def _value(found: Evaluation, path: str) -> Any:
    node: Any = found
    for key in path.split("."):
        node = None if node is None else getattr(node, key)
    return node


def _band(values: Floats) -> BandNumbers | None:
    """Return the percentiles of what is a number; None where too little is."""
    known = values[~np.isnan(values)]
    if not known.size:
        return None
    found = [float(one) for one in np.quantile(known, _SHARES, method="higher")]
    return BandNumbers(*(float(f"{one:.6g}") if math.isfinite(one) else None for one in found))


def _lost(rows: Rows) -> list[str]:
    """Return how many samples cannot exist, and why; nothing where all can."""
    lost, count = rows.lost, len(rows.reasons)
    if not lost:
        return []
    told = "; ".join(f"{number} times {reason}" for reason, number in lost.most_common(_REASONS))
    rest = sum(lost.values()) - sum(number for _, number in lost.most_common(_REASONS))
    more = f"; and {rest} times something else" if rest else ""
    if sum(lost.values()) == count:
        return [f"bands are null: not one of {count} samples can exist: {told}{more}"]
    return [
        f"{sum(lost.values())} of {count} samples cannot exist and are lost yield, bands are of the others: "
        f"{told}{more}"
    ]


def _what(inputs: Sequence[Input], settings: BandSettings) -> str:
    """Return what the bands are of, in a sentence."""
    constants = sum(one.is_constant for one in inputs)
    sizes = len(inputs) - constants
    guessed = sum(one.confidence == "memory" for one in inputs)
    of = " and ".join(
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((constants, "constant"), (sizes, "size"))
        if count
    )
    memory = f", {guessed} of these widths from memory" if guessed else ""
    curves = "" if not constants else "; open-circuit curves are not varied"
    return (
        f"bands: a tenth of {settings.samples} samples lies below the first number and a tenth above the "
        f"second, in closed form, over what {of} may be{memory}{curves}"
    )


def _largest(
    sampler: Sampler,
    inputs: Sequence[Input],
    outputs: Sequence[str],
    points: Floats,
    rows: Rows,
    settings: BandSettings,
) -> tuple[tuple[LargestNumbers, ...], list[str]]:
    """Return which inputs make most of each spread, and what a reader should know of that."""
    wide = _wide(rows.values)
    shares = shares_alone(points, rows.values)
    telling = most_telling(shares, MOST_RANKED)

    def model(asked: Floats) -> Floats:
        return _levelled(sampler.rows(asked).values, wide)

    found = sobol_indices(
        model,
        len(inputs),
        [[at] for at in telling],
        seed=settings.seed,
        least=min(_FEWEST, settings.samples, settings.rows),
        most=settings.rows,
        seconds=settings.seconds,
    )
    return tuple(
        one
        for at, output in enumerate(outputs)
        for one in _ranked(found, at, output, [inputs[column] for column in telling])
    ), []


def _wide(values: Floats) -> NDArray[np.bool_]:
    """Return of which outputs the logarithm is shared out: positive ones that span over a factor of three."""
    with np.errstate(all="ignore"):
        low, high = (
            np.nanquantile(np.where(np.isfinite(values), values, np.nan), q, axis=0) for q in (0.1, 0.9)
        )
        return (np.nanmin(values, axis=0) > 0) & (high > _WIDE * low)


def _levelled(values: Floats, wide: NDArray[np.bool_]) -> Floats:
    """Return outputs, of wide ones the logarithm."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(wide, np.log(values), values)


def _ranked(found: Indices, at: int, output: str, inputs: Sequence[Input]) -> list[LargestNumbers]:
    """Return the inputs of one output, largest first, without those that make nothing of it."""
    rows = [
        LargestNumbers(
            output,
            one.path,
            _share(found.first[at, column]),
            _share(found.total[at, column]),
            (_share(found.first_interval[at, column, 0]), _share(found.first_interval[at, column, 1])),
        )
        for column, one in enumerate(inputs)
        if np.isfinite(found.first[at, column])
    ]
    order = sorted(rows, key=lambda row: -row.total)
    return [row for row in order if row.total >= 0.01]


def _share(value: float) -> float:
    return float(f"{min(max(float(value), 0.0), 1.0):.4f}")
