"""What a comparison comes to, in sentences: who is ahead in what, and where nobody can be said to be.

Each sentence is about one figure; a figure that fewer than two designs have is not spoken of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tfgeom.compare.beside_planes import against_best_planes, beside_planes
from tfgeom.compare.caveats import caveats, method_tolerance
from tfgeom.compare.entries import Comparison, Entry
from tfgeom.compare.leads import Stretch, stretches
from tfgeom.compare.phrases import Phrases, and_listed
from tfgeom.compare.standing import (
    ROUNDING,
    Constant,
    Order,
    Range,
    Standing,
    capacity_share,
    ordered,
    resistance_range,
    shared_constants,
)
from tfgeom.materials.constants import words_of_all
from tfgeom.results import Evaluation, Result, all_results

_HALF = "whose energy is against a counter electrode"
_STACKS = "whose resistance is that of several cells in series"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence or more about one figure.

    Attributes
    ----------
    about
        The figure, or what else the sentences are about.
    text
        The sentences.
    ahead
        Numbers of the designs that are ahead; empty where none is, or where it is open.
    """

    about: str
    text: str
    ahead: tuple[int, ...] = ()


class _Asked(NamedTuple):
    """A figure to be spoken of: where it stands, what it is called, and who is left out of it and why."""

    path: str
    about: str
    more_is_better: bool = True
    is_counted: Callable[[Evaluation], bool] = lambda _: True
    left_out: str = ""


def _is_whole(found: Evaluation) -> bool:
    return found.cell.lithium is None or not found.cell.lithium.is_half_cell


def _has_relief(found: Evaluation) -> bool:
    return not found.geometry.is_flat


def _is_single(found: Evaluation) -> bool:
    return found.cell.blueprint.in_series == 1


_CAPACITY, _ASR = "capacity.footprint_capacity_uAh_cm2", "resistance.asr_ohm_cm2"
_FIGURES = (
    _Asked(_CAPACITY, "capacity per footprint"),
    _Asked("energy.footprint_energy_mWh_cm2", "energy per footprint", True, _is_whole, _HALF),
    _Asked("energy.volumetric_energy_Wh_L.active", "energy per volume of relief and films"),
    _Asked("energy.volumetric_energy_Wh_L.device", "energy per volume of the device"),
    _Asked("energy.specific_energy_Wh_kg.active", "energy per mass of relief and films"),
    _Asked("energy.specific_energy_Wh_kg.device", "energy per mass of the device"),
    _Asked(_ASR, "resistance (less is ahead)", False, _is_single, _STACKS),
    _Asked("geometry.area_gain", "area of the bare relief over the footprint", True, _has_relief),
    _Asked(
        "geometry.gap_aspect_ratio", "gaps that films must reach into (height over gap, less is ahead)", False
    ),
)


def verdicts(comparison: Comparison, phrases: Phrases) -> list[Verdict]:
    """Return what a comparison comes to, most asked first; empty where no design has numbers.

    Parameters
    ----------
    comparison
        The evaluated designs.
    phrases
        How numbers and units are written.
    """
    evaluated = comparison.evaluated
    worth = against_best_planes(comparison, phrases)
    found = [Verdict("more than the best plane", worth)] if worth else []
    if len(evaluated) > 1:
        pairs = _pairs(evaluated)
        for asked in _FIGURES:
            result = next(one for one in all_results() if one.path == asked.path)
            found += _of_figure(asked, result, evaluated, pairs, phrases)
            if asked.path == _CAPACITY:
                found += _at_currents(comparison, pairs, phrases)
    found += [
        Verdict(f"beside the plane, {entry.label}", text)
        for entry, text in beside_planes(comparison, phrases)
    ]
    return [*found, *(Verdict(about, text) for about, text in caveats(comparison, phrases))]


def verdict_json(found: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return sentences as they stand in the JSON."""
    return [{"about": one.about, "text": one.text, "ahead": list(one.ahead)} for one in found]


class _Pair(NamedTuple):
    """What two designs share, and what share of its capacity that leaves the first at least."""

    shared: frozenset[Constant]
    least_share: float


Pairs = dict[tuple[int, int], _Pair]


def _pairs(evaluated: Sequence[tuple[Entry, Evaluation]]) -> Pairs:
    found = {}
    for one, own in evaluated:
        for other, its in evaluated:
            shared = shared_constants([own, its])
            found[one.number, other.number] = _Pair(shared, capacity_share(own, shared))
    return found


def _of_figure(
    asked: _Asked,
    result: Result,
    evaluated: Sequence[tuple[Entry, Evaluation]],
    pairs: Pairs,
    phrases: Phrases,
) -> list[Verdict]:
    counted = [(entry, found) for entry, found in evaluated if asked.is_counted(found)]
    if asked.left_out and all(not asked.is_counted(found) for _, found in evaluated):
        counted = list(evaluated)  # all alike: then they can be compared
    left_out = [
        entry for entry, found in evaluated if (entry, found) not in counted and result.of(found) is not None
    ]
    values = {entry.number: result.of(found) for entry, found in counted}
    standings = [
        Standing(entry, float(value), result.is_at_best(found))
        for entry, found in counted
        if isinstance(value := values[entry.number], float | int)
    ]
    of_number = {entry.number: found for entry, found in counted}

    def known(one: Entry, other: Entry) -> tuple[float, float]:
        pair, value = pairs[one.number, other.number], values[one.number]
        assert isinstance(value, float | int)
        if asked.path == _ASR:
            return resistance_range(of_number[one.number], pair.shared)
        counts = asked.path.startswith(("capacity.", "energy."))
        return (pair.least_share * value if counts else value), value

    if len(standings) < 2:
        return []
    equal = max(ROUNDING, method_tolerance(counted)) if asked.path == _ASR else ROUNDING
    order = ordered(standings, more_is_better=asked.more_is_better, equal=equal, range_of=known)
    text = told(order, result.declared.unit, phrases, known, is_gain=result.declared.form == "gain")
    if left_out and asked.left_out:
        text += f" Left out: {and_listed([entry.label for entry in left_out])}, {asked.left_out}."
    return [Verdict(asked.about, text, tuple(sorted(one.entry.number for one in order.ahead)))]


def told(order: Order, unit: str, phrases: Phrases, range_of: Range, *, is_gain: bool = False) -> str:
    """Return an order in words."""

    def value(one: float) -> str:
        return phrases.times(one) if is_gain else phrases.quantity(one, unit)

    def figure(one: Standing) -> str:
        return f"{one.entry.label} {_best(one)}{value(one.value)}"

    def in_turn(standings: Sequence[Standing]) -> str:
        said = []
        for group in _level(standings):
            names = and_listed([one.entry.label for one in group])
            said.append(
                f"{names} {'equal, ' if len(group) > 1 else ''}{_best(group[0])}{value(group[0].value)}"
            )
        return "; ".join(said)

    first = order.standings[0]
    if order.are_equal:
        names = and_listed([one.entry.label for one in sorted(order.standings, key=_number)])
        return f"Equal within rounding: {names}, {_best(first)}{value(first.value)}."
    if order.open_for == "at best":
        missing = [one for one in order.standings if one.is_at_best]
        what = ", of ".join(f"({one.entry.number}) {words_of_all(one.entry.incomplete)}" for one in missing)
        return (
            f"Open, as a loss whose constant is missing is left out, of {what}: {in_turn(order.standings)}."
        )
    if order.open_for == "range":
        others = [one for one in order.standings[1:] if one not in order.rivals]
        against = [(first, order.rivals[0]), *((one, first) for one in order.rivals)]
        ranges = "; ".join(
            f"{figure(one)}{_range(range_of(one.entry, other.entry), phrases)}" for one, other in against
        )
        then = f"; then {in_turn(others)}" if others else ""
        return f"Open within what is known of the constants that they do not share: {ranges}{then}."
    rest = [one for one in order.standings if one not in order.ahead]
    names = and_listed([one.entry.label for one in sorted(order.ahead, key=_number)])
    equal = ", equal within rounding" if len(order.ahead) > 1 else ""
    lead = f"Ahead: {names} with {value(order.ahead[0].value)}{equal}"
    if len(rest) > 1:
        return f"{lead}; then {in_turn(rest)}."
    factor = _factor(order.ahead[0].value, rest[0].value, phrases)
    return f"{lead}, against {_best(rest[0])}{value(rest[0].value)} of {rest[0].entry.label}{factor}."


def _range(ends: tuple[float, float], phrases: Phrases) -> str:
    low, high = ends
    least, most = phrases.number(low), phrases.number(high)
    return "" if least == most else f" ({least} to {most})"


def _level(standings: Sequence[Standing]) -> list[list[Standing]]:
    """Return standings in their order, those that are equal within rounding together."""
    groups: list[list[Standing]] = []
    for one in standings:
        before = groups[-1] if groups else None
        if (
            before is not None
            and abs(one.value - before[0].value) <= ROUNDING * abs(before[0].value)
            and one.is_at_best == before[0].is_at_best
        ):
            before.append(one)
        else:
            groups.append([one])
    return [sorted(group, key=_number) for group in groups]


def _number(one: Standing) -> int:
    return one.entry.number


def _best(one: Standing) -> str:
    return "at best " if one.is_at_best else ""


def _factor(first: float, second: float, phrases: Phrases) -> str:
    """Return how far two figures are apart: as a factor, in percent where that is small."""
    small, large = sorted((abs(first), abs(second)))
    if not small:
        return ""
    ratio = large / small
    return f" ({100 * (ratio - 1):.2g} % apart)" if ratio < 1.2 else f" (a factor of {phrases.number(ratio)})"


def _at_currents(comparison: Comparison, pairs: Pairs, phrases: Phrases) -> list[Verdict]:
    """Return who delivers the most at low and at high current, and where they cross."""
    entries = [entry for entry, _ in comparison.evaluated if entry.discharges.at_currents]
    if len(entries) < 2:
        return []
    found = stretches(entries, {numbers: pair.least_share for numbers, pair in pairs.items()})
    by_number = {entry.number: entry for entry in entries}
    low, high = found[0].start, found[-1].end
    unit = "mA/cm^2"
    texts = []
    for index, one in enumerate(found):
        where = "at every current"
        if len(found) > 1:
            if index == 0:
                where = f"up to about {phrases.quantity(one.end, unit, 2)}"
            elif index == len(found) - 1:
                where = f"above about {phrases.quantity(one.start, unit, 2)}"
            else:
                where = f"from {phrases.number(one.start, 2)} to {phrases.quantity(one.end, unit, 2)}"
        texts.append(f"{where} {_who(one, by_number)}")
    span = f"from {phrases.number(low, 2)} to {phrases.quantity(high, unit, 2)}"
    text = f"At equal current per footprint, {span}: {'; '.join(texts)}."
    for name, row in (("slowest", 0), ("fastest", -1)):
        given = ", ".join(
            f"({entry.number}) {'at best ' if entry.discharges.at_currents[row].incomplete else ''}"
            f"{phrases.number(entry.discharges.at_currents[row].capacity_uAh_cm2)}"
            for entry in entries
        )
        text += f" At the {name} of these, {phrases.unit('uAh/cm^2')}: {given}."
    always = set(found[0].ahead).intersection(*(one.ahead for one in found))
    return [Verdict("capacity delivered at a current", text, tuple(sorted(always)))]


def _who(one: Stretch, entries: dict[int, Entry]) -> str:
    names = [entries[number].label for number in one.ahead]
    if len(names) == len(entries):
        return "all deliver the same"
    if names:
        more = "deliver the same and the most" if len(names) > 1 else "delivers the most"
        return f"{and_listed(names)} {more}"
    if one.open_for == "none":
        return "none delivers anything"
    leaders = " or ".join(entries[number].label for number in one.may)
    if one.open_for == "at best":
        return f"it is open who delivers the most, {leaders} at best"
    return f"it is open within what is known who delivers the most, {leaders} as computed"
