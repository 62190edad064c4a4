"""The declared numbers of an evaluation as lines of text, for the terminal."""

from collections.abc import Iterator

from tfgeom.bands.words import makes_most, range_words
from tfgeom.metrics.against_best_plane import intervals_in_words, why_unknown
from tfgeom.metrics.estimates import ESTIMATED, estimates, trust_words
from tfgeom.results import Evaluation, RateNumbers, Result, Shown, results_shown
from tfgeom.results.plain_text import plain_unit, plain_value

Row = tuple[str, str]
_FIRST = (
    "capacity.footprint_capacity_uAh_cm2",
    "resistance.asr_ohm_cm2",
    "rate_summary.current_at_80pct_mA_cm2",
)
"""Numbers beside whose bands stands what makes most of them."""
_CROSSING = "rate_summary.beats_best_plane_above_mA_cm2"


def number_lines(found: Evaluation) -> list[Row]:
    """Return (what, value beside the plane) of what the terminal shows; what is null is left out."""
    known = [(one, _text(one, found)) for one in results_shown(Shown.TERMINAL)]
    rows = ((one.declared.title, text) for one, text in known if text)
    return [*_in_series(found), *rows, *best_plane_line(found), *_rates(found)]


def note_lines(found: Evaluation) -> list[str]:
    """Return what is not counted, notes, estimated constants and published claims, one line each."""
    lines = [f"not counted: {one.sentence}" for one in found.not_counted]
    lines += [f"note: {note}" for note in found.notes]
    groups: dict[str, list[str]] = {}
    for one in estimates(found.provenance):
        known = trust_words(one.confidence)
        if one.confidence in ESTIMATED:
            known = f"estimated, {ESTIMATED[one.confidence]}"
        groups.setdefault(known, []).append(f"{one.material} {', '.join(one.constants)}")
    lines += [f"{known}: {'; '.join(constants)}" for known, constants in groups.items()]
    for row in found.published:
        if row.computed is not None and row.deviation is not None:
            at = "" if row.c_rate is None else f" at {row.c_rate:g}C"
            lines.append(
                f"published {row.quantity}{at}: {row.published:.4g} {row.unit}".rstrip()
                + f", computed {row.computed:.4g} ({row.deviation:+.1%}, {row.verdict})"
            )
    return lines


def _text(one: Result, found: Evaluation) -> str:
    """Return a number with its band, its unit and the plane's; empty where there is none."""
    value, declared = one.shown_of(found), one.declared
    if value is None:
        return ""
    best = "at best " if one.is_at_best(found) else ""
    words = value.replace("_", " ") if isinstance(value, str) else plain_value(value, declared.form)
    band = "" if isinstance(value, str) else range_words(found, one.path, _short)
    if band:
        words = f"{_short(float(value))} ({band})"
    text = f"{best}{words} {plain_unit(declared.unit)}".rstrip()
    plane = one.of_plane(found) if one.number.has_computed_plane else None
    if plane is not None:
        text += f" (plane {plain_value(plane, declared.form)})"
    return text + _more(one, found) + _made_by(one, found)


def _made_by(one: Result, found: Evaluation) -> str:
    """Return what makes most of a band, of the first numbers."""
    first = one.path in _FIRST or (one.section == "geometry" and not found.layers)
    words = makes_most(found, one.path) if first else ""
    return f"; {words}" if words else ""


def _short(value: float) -> str:
    """Return a number with a band: three digits."""
    return plain_value(float(f"{value:.3g}"))


def _more(one: Result, found: Evaluation) -> str:
    """Return what stands behind a number: what a cell holds, how a resistance was found, its largest part."""
    capacity, usable, resistance = found.capacity, found.cell.usable, found.resistance
    if one.path == "capacity.footprint_capacity_uAh_cm2" and capacity and usable:
        held = f", of {capacity.held_uAh_cm2:.4g} held" if usable.is_cut else ""
        low = ""
        if capacity.is_uncertain and not range_words(found, one.path, _short):
            low = f"{capacity.footprint_capacity_low_uAh_cm2:.4g}"
        return held + (f", {low} at the low end of what its films may hold" if low else "")
    if resistance is None:
        return ""
    if one.path == "resistance.asr_ohm_cm2":
        return f", {resistance.method}"
    if one.path == "resistance.largest_part" and resistance.asr_ohm_cm2:
        return f" ({resistance.asr_by_part_ohm_cm2[resistance.largest_part] / resistance.asr_ohm_cm2:.0%})"
    return ""


def _in_series(found: Evaluation) -> Iterator[Row]:
    cells = found.cell.blueprint.in_series
    if cells > 1:
        yield "cells in series", f"{cells}: voltage, energy, power and resistance are those of all together"


def _rates(found: Evaluation) -> Iterator[Row]:
    for row in found.rate or ():
        yield f"capacity at {row.c_rate:.4g}C", _rate_text(row)


def _rate_text(row: RateNumbers) -> str:
    at_best = "at best " if row.incomplete else ""
    planes = f"plane at that current {row.planar_same_films.at_current.capacity_uAh_cm2:.4g}"
    if row.planar_best is not None:
        planes += f", best plane {row.planar_best.at_current.capacity_uAh_cm2:.4g}"
    return (
        f"{at_best}{row.capacity_uAh_cm2:.4g} uAh/cm2 ({row.utilisation:.1%}) at "
        f"{row.footprint_current_mA_cm2:.4g} mA/cm2 ({planes})"
    )


def best_plane_line(found: Evaluation) -> Iterator[Row]:
    """Yield at which currents the relief delivers more than a plane of any thickness."""
    summary, reason = found.rate_summary, why_unknown(found)
    if found.geometry.is_flat or found.cell.lithium is None:
        return
    title = "beats the best plane"
    if reason:
        yield title, f"not known: {reason}"
    elif summary is not None and summary.beats_best_plane_mA_cm2 is not None:
        best = "at best " if any(row.incomplete for row in found.rate or ()) else ""
        intervals = summary.beats_best_plane_mA_cm2
        where = intervals_in_words(intervals, "{:.4g}".format, "mA/cm2") if intervals else "at no current"
        band = range_words(found, _CROSSING, _short)
        yield title, best + where + (f"; in eight of ten samples from {band} mA/cm2 on" if band else "")
