"""The report in a few sentences: what the relief gains, what limits, and what that rests on."""

from dataclasses import dataclass

from tfgeom.load_tables import load_sentence
from tfgeom.materials.constants import words_of
from tfgeom.metrics.against_best_plane import intervals_in_words, why_unknown
from tfgeom.metrics.constants_behind import constants_behind, lithium_interface, rests_on_estimates
from tfgeom.metrics.estimates import ESTIMATED
from tfgeom.metrics.film_rates import FILM_MODEL
from tfgeom.numerals import length, number, percent, quantity, times
from tfgeom.report.how_sure import how_sure
from tfgeom.results import Evaluation, ResistanceNumbers
from tfgeom.units import NM


@dataclass(frozen=True, slots=True)
class _Group:
    """Parts of the resistance that people name together, and what their constants are called."""

    name: str
    parts: tuple[str, ...]
    noun: str
    plural: bool = False


_GROUPS = (
    _Group(
        "charge transfer at the two electrode interfaces",
        ("cathode_interface", "anode_interface"),
        "exchange currents",
    ),
    _Group("the electrolyte", ("electrolyte",), "constants of its conduction"),
    _Group("the cathode film", ("cathode",), "constants of its conduction"),
    _Group("the anode film", ("anode",), "constants of its conduction"),
    _Group(
        "the collectors",
        ("inner_collector", "outer_collector"),
        "constants of their conduction",
        plural=True,
    ),
)

_LITTLE = 0.01  # share of both interfaces that one may have and the other is named alone


def headline(evaluation: Evaluation) -> list[str]:
    """Return the sentences at the top of the report."""
    sentences = [
        _in_series(evaluation),
        _gain(evaluation),
        _capacity(evaluation),
        _best_plane(evaluation),  # what the relief is for: on the first screen of a telephone too
    ]
    if evaluation.resistance is not None:
        sentences.append(_resistance(evaluation, evaluation.resistance))
    sentences += [_rate(evaluation), _load(evaluation), _energy_density(evaluation)]
    return [sentence for sentence in (*sentences, *how_sure(evaluation)) if sentence]


def _load(evaluation: Evaluation) -> str:
    sentence = load_sentence(evaluation)
    return f"It {sentence}." if sentence else ""


def _gain(evaluation: Evaluation) -> str:
    geometry = evaluation.geometry
    if geometry.is_flat:
        return "A flat cell: the plane that reliefs are compared with."
    return f"The relief has {number(geometry.area_gain)} times the area of its footprint."


def _capacity(evaluation: Evaluation) -> str:
    capacity = evaluation.capacity
    if capacity is None:
        return ""
    digits = 2 if rests_on_estimates(evaluation, "capacity") else 3
    gained = ""
    if capacity.footprint_capacity_gain is not None and not evaluation.geometry.is_flat:
        gained = (
            f", {number(capacity.footprint_capacity_gain, 3)} times that of the same films on the plane "
            f"({number(capacity.planar_uAh_cm2, digits)} µAh/cm²)"
        )
    limit = {"lithium": "The lithium in the cell"}.get(
        capacity.limiting_electrode, f"The {capacity.limiting_electrode}"
    )
    ratio = "" if capacity.n_to_p_ratio is None else f" (N/P {number(capacity.n_to_p_ratio, 3)})"
    about = "about " if digits == 2 else ""
    usable = about + quantity(capacity.footprint_capacity_uAh_cm2, "µAh/cm²", digits)
    cut = evaluation.cell.usable is not None and evaluation.cell.usable.is_cut
    held = f" (it holds {number(capacity.held_uAh_cm2, digits)})" if cut else ""
    low = ""
    if capacity.is_uncertain and evaluation.bands is None:
        least = number(capacity.footprint_capacity_low_uAh_cm2, digits)
        low = f"; {least} at the low end of what its films may hold"
    return (
        f"Between its voltage limits it delivers {usable} of footprint{held}{gained}{low}. "
        f"{limit} limits the capacity{ratio}."
    )


def _energy_density(evaluation: Evaluation) -> str:
    """Return where the plane stores more in the same volume; empty where it does not."""
    energy = evaluation.energy
    if energy is None or evaluation.geometry.is_flat:
        return ""
    own, plane = energy.volumetric_energy_Wh_L.active, energy.planar.volumetric_energy_Wh_L.active
    if own is None or plane is None or plane <= own:
        return ""
    digits, about = (2, "about ") if rests_on_estimates(evaluation, "energy") else (3, "")
    return (
        f"In the same volume the plane stores more: {about}{number(own, digits)} Wh/L of relief and films "
        f"against {number(plane, digits)} Wh/L of the same films on the plane."
    )


def _in_series(evaluation: Evaluation) -> str:
    cells = evaluation.cell.blueprint.in_series
    if cells == 1:
        return ""
    return (
        f"{cells} cells in series: voltage, energy, power and resistance are those of all {cells} together."
    )


def _resistance(evaluation: Evaluation, resistance: ResistanceNumbers) -> str:
    best = "At best, its" if resistance.incomplete else "Its"
    guessed = rests_on_estimates(evaluation, "resistance")
    digits, about = (2, "about ") if guessed else (3, "")
    plane = ""
    if not evaluation.geometry.is_flat:
        plane = f" (the plane {number(resistance.planar_asr_ohm_cm2, digits)} Ω·cm²)"
    parts = resistance.asr_by_part_ohm_cm2
    if resistance.asr_ohm_cm2 == 0:
        return f"{best} area-specific resistance is 0: no loss of it is known."
    sums = {group: sum(parts.get(part, 0.0) for part in group.parts) for group in _GROUPS}
    group = max(_GROUPS, key=lambda candidate: sums[candidate])
    share = percent(sums[group] / resistance.asr_ohm_cm2)
    name, lithium = group.name, lithium_interface(evaluation)
    if lithium in group.parts and parts.get(lithium, 0.0) > sums[group] / 2:
        alone = parts[lithium] > (1 - _LITTLE) * sums[group]
        name = "charge transfer " + (
            "at the lithium electrode" if alone else "at two electrodes, mostly the lithium,"
        )
    what = f"{name} {'are' if group.plural else 'is'} the largest part ({share})"
    stated = sum(resistance.contact_by_part_ohm_cm2.get(part, 0.0) for part in group.parts)
    if stated > sums[group] / 2:
        share = percent(stated / resistance.asr_ohm_cm2)
        basis = f"the interface resistance that the design states is the largest part ({share})"
    else:
        basis = f"{what} and {'rest' if group.plural else 'rests'} {_rests_on(evaluation, group)}"
    asr = f"{about}{number(resistance.asr_ohm_cm2, digits)} Ω·cm² of footprint"
    return f"{best} area-specific resistance is {asr}{plane}; {basis}."


def _rests_on(evaluation: Evaluation, group: _Group) -> str:
    rows = [row for part in group.parts for row in constants_behind(evaluation, part)]
    known = list(dict.fromkeys(rows))
    estimated = [row for row in known if row.confidence in ESTIMATED]
    if not estimated:
        return "on no estimated constant"
    words = sorted({ESTIMATED[row.confidence] for row in estimated})
    whole = len(estimated) == len(known) > 1
    which = (
        group.noun if whole else ", ".join(f"{words_of(row.property)} of {row.material}" for row in estimated)
    )
    plural = "estimates" if len(estimated) > 1 else "an estimate"
    return f"on {which} marked as {plural} ({', '.join(words)})"


def _rate(evaluation: Evaluation) -> str:
    summary = evaluation.rate_summary
    if summary is None or summary.current_at_80pct_mA_cm2 is None:
        return ""
    incomplete = any(row.incomplete for row in evaluation.rate or ())
    best = "At best, it" if incomplete else "It"
    current = summary.current_at_80pct_mA_cm2
    guessed = rests_on_estimates(evaluation, "rate")
    much = f"about {number(current, 2)}" if guessed else number(current, 3)
    text = f"{best} gives 80 % of its capacity at up to {much} mA/cm² of footprint"
    if summary.current_at_50pct_mA_cm2 is not None:
        half = number(summary.current_at_50pct_mA_cm2, 2 if guessed else 3)
        text += f" and half of it at up to {half}"
    beside = [
        f"{times(current / limit, 2 if guessed else 3)} the plane of the same {what}"
        for what, limit in (
            ("films", summary.planar_same_films.current_at_80pct_mA_cm2),
            ("capacity", summary.planar_same_capacity.current_at_80pct_mA_cm2),
        )
        if limit
    ]
    if evaluation.geometry.is_flat or not beside:
        return f"{text}{_by_film_model(evaluation)}."
    return f"{text}; the first is {' and '.join(beside)}{_by_film_model(evaluation)}."


def _by_film_model(evaluation: Evaluation) -> str:
    """Return that discharges are followed in time, where they are: the other model needs no word."""
    return ", by the film model" if any(row.method == FILM_MODEL for row in evaluation.rate or ()) else ""


def _best_plane(evaluation: Evaluation) -> str:
    """Return between which currents the relief is worth it, or that it never is, or why that is not known."""
    summary, reason = evaluation.rate_summary, why_unknown(evaluation)
    if evaluation.geometry.is_flat or evaluation.cell.lithium is None:
        return ""
    if reason:
        return f"Whether it delivers more than the best plane is not known: {reason}."
    if summary is None or summary.beats_best_plane_mA_cm2 is None:
        return ""
    cap = length(evaluation.design.baseline.thickest_film / NM, 3)
    plane = (
        f"the best plane (the same materials, films of any thickness up to {cap}, no higher than the cell)"
    )
    if not summary.beats_best_plane_mA_cm2:
        return f"At no current does it deliver more than {plane}."
    best = "At best, it" if any(row.incomplete for row in evaluation.rate or ()) else "It"
    digits = 2 if rests_on_estimates(evaluation, "rate") else 3
    where = intervals_in_words(
        summary.beats_best_plane_mA_cm2, lambda value: number(value, digits), "mA/cm² of footprint"
    )
    return f"{best} delivers more than {plane} {where}, and nowhere else."
