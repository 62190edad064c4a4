"""What each relief of a comparison has over its planes, in sentences."""

from collections.abc import Sequence
from math import sqrt

from tfgeom.compare.entries import Comparison, Entry
from tfgeom.compare.phrases import Phrases, and_listed
from tfgeom.compare.places import place_of
from tfgeom.compare.standing import ROUNDING
from tfgeom.compare.which import Which
from tfgeom.metrics.against_best_plane import intervals_in_words, why_unknown
from tfgeom.results import Evaluation, RateNumbers

_FAR = 100.0  # a larger ratio says only that the plane gives next to nothing
_PLANES: dict[Which, str] = {
    "planar_same_films": "the plane of the same films",
    "planar_same_capacity": "the plane of the same capacity",
}


def beside_planes(comparison: Comparison, phrases: Phrases) -> list[tuple[Entry, str]]:
    """Return what each design with a relief and a cell has over its planes."""
    return [
        (entry, text)
        for entry, found in comparison.evaluated
        if not found.geometry.is_flat and found.capacity is not None and (text := _of(entry, found, phrases))
    ]


def _of(entry: Entry, found: Evaluation, phrases: Phrases) -> str:
    capacity, rows = found.capacity, entry.discharges.at_currents
    assert capacity is not None
    sentences = []
    gain = capacity.footprint_capacity_gain
    if gain is not None:
        sentences.append(f"Holds {phrases.times(gain)} what its films hold laid flat.")
    if rows:
        against = {plane: _against(rows, which, phrases) for which, plane in _PLANES.items()}
        if not any(against.values()):
            sentences.append("At every current it delivers as much as either plane.")
        elif len(set(against.values())) == 1:
            sentences.append(f"At equal current it delivers {against.popitem()[1]} than either plane.")
        else:
            said = [f"{words} than {plane}" for plane, words in against.items() if words]
            same = [plane for plane, words in against.items() if not words]
            if said:
                sentences.append(f"At equal current it delivers {'; '.join(said)}.")
            if same:
                sentences.append(f"At every current it delivers as much as {same[0]}.")
        sentences += _at_half(rows, capacity.footprint_capacity_uAh_cm2, phrases)
        if any(row.incomplete for row in rows):
            sentences.append("All at best, the planes too: a loss whose constant is missing is left out.")
    return " ".join(sentences)


def against_best_planes(comparison: Comparison, phrases: Phrases) -> str:
    """Return at which currents each relief delivers more than its best plane; empty without rates."""
    said = [
        f"{entry.label} {_against_the_best(found, phrases)}"
        for entry, found in comparison.evaluated
        if not found.geometry.is_flat and found.capacity is not None and entry.discharges.at_currents
    ]
    if not said:
        return ""
    return f"Planes of the same materials whose films are as thick as is best: {'; '.join(said)}."


def _against_the_best(found: Evaluation, phrases: Phrases) -> str:
    reason, summary = why_unknown(found), found.rate_summary
    intervals = None if summary is None else summary.beats_best_plane_mA_cm2
    if reason or intervals is None:
        return f"is not known to deliver more ({reason})"
    if not intervals:
        return "delivers more at no current"
    best = "at best " if any(row.incomplete for row in found.rate or ()) else ""
    where = intervals_in_words(intervals, lambda value: phrases.number(value, 2), phrases.unit("mA/cm^2"))
    return f"delivers more {best}only {where}"


def _against(rows: Sequence[RateNumbers], which: Which, phrases: Phrases) -> str:
    """Return at which currents a cell delivers more than one of its planes; empty where it is as much."""
    currents = [row.footprint_current_mA_cm2 for row in rows]
    signs = [_sign(row.capacity_uAh_cm2, place_of(row, which, "current").capacity_uAh_cm2) for row in rows]
    more = _where(currents, signs, 1, phrases)
    less = _where(currents, signs, -1, phrases)
    return and_listed(
        [f"{words} {where}" for words, where in (("more", more), ("less", less)) if where] or [""]
    )


def _at_half(rows: Sequence[RateNumbers], whole: float, phrases: Phrases) -> list[str]:
    """Return how much more than its planes a cell gives at the last current at which it gives half of all."""
    half = [row for row in rows if row.capacity_uAh_cm2 >= 0.5 * whole]
    if not half:
        return []
    row = half[-1]
    said: dict[str, str] = {}
    for which, plane in _PLANES.items():
        flat = place_of(row, which, "current").capacity_uAh_cm2
        ratio = row.capacity_uAh_cm2 / flat if flat else _FAR
        far = ratio >= _FAR
        said[plane] = f"over {_FAR:.0f} times" if far else f"{phrases.number(ratio, 2)} times"
    much = [f"{words} what {plane} gives" for plane, words in said.items()]
    if len(set(said.values())) == 1:
        much = [f"{said.popitem()[1]} what either plane gives"]
    at = phrases.quantity(row.footprint_current_mA_cm2, "mA/cm^2", 2)
    share = round(100 * row.capacity_uAh_cm2 / whole)
    return [f"At {at}, where it still gives {share} % of its capacity, that is {and_listed(much)}."]


def _sign(own: float, flat: float) -> int:
    if abs(own - flat) <= ROUNDING * max(own, flat):
        return 0
    return 1 if own > flat else -1


def _where(currents: Sequence[float], signs: Sequence[int], sign: int, phrases: Phrases) -> str:
    """Return the currents at which a sign stands, in words; empty where it stands nowhere."""
    at = [k for k, one in enumerate(signs) if one == sign]
    if not at:
        return ""
    if len(at) == len(signs):
        return "at every current"
    unit, first, last = "mA/cm^2", at[0], at[-1]
    if last == len(signs) - 1 and len(at) == last - first + 1:
        return f"above about {phrases.quantity(sqrt(currents[first - 1] * currents[first]), unit, 2)}"
    if first == 0 and len(at) == last + 1:
        return f"up to about {phrases.quantity(sqrt(currents[last] * currents[last + 1]), unit, 2)}"
    return (
        f"between about {phrases.number(currents[first], 2)} and {phrases.quantity(currents[last], unit, 2)}"
    )
