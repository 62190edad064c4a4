"""How sure the numbers are: a sentence for the first screen, and the tables of bands, shares and inputs."""

from collections.abc import Callable

import numpy as np

from tfgeom.bands.inputs import Input, path_words, uncertain_inputs
from tfgeom.bands.words import makes_most, range_words
from tfgeom.materials.constants import CONSTANTS
from tfgeom.metrics.estimates import ESTIMATED, trust_words
from tfgeom.numerals import MISSING, length, number, percent, unit_text
from tfgeom.report.declared_rows import heading
from tfgeom.report.table import Row, Table, TonedText
from tfgeom.results import BandNumbers, Evaluation, Result, all_results
from tfgeom.units import NM, in_display_unit

_FIRST = {
    "resistance.asr_ohm_cm2": "its resistance",
    "rate_summary.current_at_80pct_mA_cm2": "the current at which 80 % of the capacity remain",
    "capacity.footprint_capacity_uAh_cm2": "its capacity",
    "geometry.area_gain": "its area gain",
}
"""What the first screen says how sure it is, and what it is called there."""
_OF_KEYS = {
    "sidewall_angle": "angle",
    "rotation": "angle",
    "step_coverage": "fraction",
    "lithiation": "fraction",
    "interface_resistance": "area_resistance",
    "density": "density",
}
"""What sizes are measured in that are no lengths."""


_ENDS = np.array([0.1, 0.9])


def short(value: float) -> str:
    """Return a number with a band: three digits."""
    return number(value, 3)


def how_sure(evaluation: Evaluation) -> list[str]:
    """Return how sure the first numbers are, and what would make them surer; nothing without bands."""
    if evaluation.bands is None:
        return []
    clauses = []
    for one in all_results():
        if one.path not in _FIRST or (one.section == "geometry" and evaluation.layers):
            continue
        between = range_words(evaluation, one.path, short).replace(" to ", " and ")
        if not between:
            continue
        most = makes_most(evaluation, one.path)
        unit = unit_text(one.declared.unit)
        text = f"{_FIRST[one.path]} lies between {f'{between} {unit}'.strip()}"
        clauses.append(f"{text}: {most}" if most else text)
    if not clauses:
        return []
    found = [f"How sure: in eight of ten samples of what its constants and sizes may be, {clauses[0]}."]
    found += [f"{clause[0].upper()}{clause[1:]}." for clause in clauses[1:]]
    if evaluation.bands.yield_ < 1:
        found.append(
            f"Of all samples {percent(evaluation.bands.yield_, 3)} can exist; the others are lost yield."
        )
    return [" ".join(found)]


def bands_table(evaluation: Evaluation) -> Table | None:
    """Return the percentiles of each number beside its value, and what makes most of them."""
    bands = evaluation.bands
    if bands is None:
        return None
    rows: list[Row] = []
    for one in all_results():
        band = bands.outputs.get(one.path)
        if band is not None and one.of(evaluation) is not None:
            rows.append(
                (
                    heading(one.declared),
                    _value(one, evaluation),
                    *_percentiles(band),
                    makes_most(evaluation, one.path),
                )
            )
    if not rows:
        return None
    return Table(
        ("number", "this design", "10 %", "50 %", "90 %", "what makes the spread"), tuple(rows), 1, 5
    )


def _value(one: Result, evaluation: Evaluation) -> str:
    value = one.of(evaluation)
    return number(value, 4) if isinstance(value, float | int) else MISSING


def _percentiles(band: BandNumbers) -> tuple[str, str, str]:
    low, middle, high = (MISSING if one is None else short(one) for one in (band.p10, band.p50, band.p90))
    return low, middle, high


def shares_table(evaluation: Evaluation) -> Table | None:
    """Return which share of each spread each input makes; None where that was not found out."""
    bands = evaluation.bands
    if bands is None or not bands.largest:
        return None
    titles = {one.path: one.declared.title for one in all_results()}
    rows: list[Row] = []
    before = ""
    for row in bands.largest:
        title = titles[row.output]
        low, high = (percent(one) for one in row.interval)
        rows.append(
            (
                "" if title == before else title,
                path_words(row.constant),
                percent(row.first_order),
                f"{low} to {high}",
                percent(row.total),
            )
        )
        before = title
    head = ("spread of", "constant or size", "alone", "95 % interval", "with all others")
    return Table(head, tuple(rows), 2, 5)


def inputs_table(evaluation: Evaluation) -> Table | None:
    """Return what was varied, from where to where, and how the width is known."""
    if evaluation.bands is None:
        return None
    rows: list[Row] = []
    for one in uncertain_inputs(evaluation):
        write = _writer(one)
        low, high = (float(end) for end in one.distribution.at(_ENDS))
        tone = "estimated" if one.confidence in ESTIMATED else ""
        rows.append(
            (
                one.words,
                write(one.value),
                f"{write(low)} to {write(high)}",
                one.distribution.words,
                TonedText(trust_words(one.confidence), tone),
            )
        )
    head = ("constant or size", "this design", "10 % to 90 %", "distribution", "how it is known")
    return Table(head, tuple(rows), 1, 3) if rows else None


def _writer(one: Input) -> Callable[[float], str]:
    """Return what writes values of an input in its unit."""
    dimension = CONSTANTS[one.constant[1]].dimension if one.is_constant else _dimension(one.path)

    def written(value: float) -> str:
        if dimension == "length":
            return length(value / NM, 3)
        shown, unit = in_display_unit(value, dimension)
        return f"{short(shown)} {unit_text(unit)}".strip()

    return written


def _dimension(path: str) -> str:
    """Return what a size is measured in."""
    return _OF_KEYS.get(path.rpartition(".")[2], "length")
