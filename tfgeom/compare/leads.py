"""Who delivers the most at each footprint current, as stretches of current with one answer each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tfgeom.compare.entries import Entry
from tfgeom.compare.standing import Order, Reason, Standing, ordered

_CROSSING = 1.3  # a stretch of equality between two leaders that is shorter than this is where they cross


@dataclass(frozen=True, slots=True)
class Stretch:
    """Footprint currents with one answer, mA/cm².

    Attributes
    ----------
    start, end
        Its ends; neighbours share one.
    ahead
        Numbers of the designs that deliver the most there, equal within rounding; empty where it is open
        who does, or where none delivers anything.
    open_for
        Why it is open; ``none`` where nothing is delivered.
    may
        Numbers of the designs that would be ahead by their figures, where it is open.
    """

    start: float
    end: float
    ahead: tuple[int, ...]
    open_for: Reason | str
    may: tuple[int, ...]


def stretches(entries: Sequence[Entry], shares: Mapping[tuple[int, int], float]) -> list[Stretch]:
    """Return the stretches of current over all that designs are computed at, from the smallest on.

    Parameters
    ----------
    entries
        Designs with discharges at the same currents.
    shares
        Least share of its capacity that a design's own constants leave it beside another, by their numbers.
    """
    columns = zip(*(entry.discharges.at_currents for entry in entries), strict=True)
    answers = []
    for rows in columns:
        given = {entry.number: row.capacity_uAh_cm2 for entry, row in zip(entries, rows, strict=True)}
        standings = [
            Standing(entry, row.capacity_uAh_cm2, bool(row.incomplete))
            for entry, row in zip(entries, rows, strict=True)
        ]

        def known(one: Entry, other: Entry, given: Mapping[int, float] = given) -> tuple[float, float]:
            value = given[one.number]
            return shares[one.number, other.number] * value, value

        answer = _answer(ordered(standings, range_of=known))
        answers.append((rows[0].footprint_current_mA_cm2, *answer))
    found: list[Stretch] = []
    for key, group in groupby(answers, key=lambda answer: answer[1:]):
        currents = [answer[0] for answer in group]
        if found and key[1] == found[-1].open_for == "range":
            may = tuple(dict.fromkeys((*found[-1].may, *key[2])))
            found[-1] = Stretch(found[-1].start, currents[-1], (), "range", may)
            continue
        start = math.sqrt(found[-1].end * currents[0]) if found else currents[0]
        if found:
            found[-1] = Stretch(found[-1].start, start, *_rest(found[-1]))
        found.append(Stretch(start, currents[-1], *key))
    return _without_crossings(found)


def _answer(order: Order) -> tuple[tuple[int, ...], Reason | str, tuple[int, ...]]:
    if order.standings[0].value == 0:
        return (), "none", ()
    ahead = tuple(sorted(one.entry.number for one in order.ahead))
    return ahead, order.open_for, () if ahead else (order.standings[0].entry.number,)


def _rest(stretch: Stretch) -> tuple[tuple[int, ...], Reason | str, tuple[int, ...]]:
    return stretch.ahead, stretch.open_for, stretch.may


def _without_crossings(found: list[Stretch]) -> list[Stretch]:
    """Return stretches with those between two leaders, in which they are equal, become a point."""
    kept: list[Stretch] = []
    for index, one in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        before = kept[-1] if kept else None
        if (
            before is not None
            and following is not None
            and one.end < _CROSSING * one.start
            and len(one.ahead) > 1
            and set(before.ahead) < set(one.ahead)
            and set(following.ahead) < set(one.ahead)
        ):
            middle = math.sqrt(one.start * one.end)
            kept[-1] = Stretch(before.start, middle, *_rest(before))
            found[index + 1] = Stretch(middle, following.end, *_rest(following))
            continue
        kept.append(one)
    return kept
