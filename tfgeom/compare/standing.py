"""Who is ahead in one figure, and whether that can be said at all.

Three things keep a verdict back: figures that differ by no more than rounding, constants of which only a
range is known and that not all designs share, and a missing constant, which makes a figure the best that it
can be.
What all designs share weighs on all alike, and is no reason to keep a verdict back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tfgeom.compare.entries import Entry
from tfgeom.metrics.constants_behind import constants_behind
from tfgeom.results import Evaluation, ProvenanceNumbers

ROUNDING = 0.005
"""Relative difference up to which figures are equal: half a unit of the third digit of 1.00."""

Reason = Literal["", "at best", "range"]
Constant = tuple[str, str, float | str]
"""Material, property and value."""

_FALLS_WITH = ("exchange_current", "ionic_conductivity", "electronic_conductivity")
_RISES_WITH = ("resistivity",)


Range = Callable[[Entry, Entry], tuple[float, float]]
"""Least and largest figure of a design (first) within what is known of what another does not share."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One design in one figure.

    Attributes
    ----------
    entry
        The design.
    value
        Its figure.
    is_at_best
        Whether a missing constant would make it worse.
    """

    entry: Entry
    value: float
    is_at_best: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """Designs in the order of one figure.

    Attributes
    ----------
    standings
        The best first.
    ahead
        Those that are ahead of the rest, equal among themselves; empty where that is open.
    open_for
        Why it is open.
    rivals
        Where ranges keep it open: those that may be ahead as well as the first.
    """

    standings: tuple[Standing, ...]
    ahead: tuple[Standing, ...]
    open_for: Reason = ""
    rivals: tuple[Standing, ...] = ()

    @property
    def are_equal(self) -> bool:
        """Whether no design differs from another by more than rounding."""
        return len(self.ahead) == len(self.standings)


def ordered(
    standings: Sequence[Standing],
    *,
    more_is_better: bool = True,
    equal: float = ROUNDING,
    range_of: Range | None = None,
) -> Order:
    """Return designs in the order of a figure, at least one of them.

    Parameters
    ----------
    standings
        One a design.
    more_is_better
        Whether the larger figure is ahead.
    equal
        Relative difference up to which figures are equal.
    range_of
        What is known of a figure beside another design's; None where figures are exact.
    """
    sign = 1 if more_is_better else -1
    ranked = tuple(sorted(standings, key=lambda one: (-sign * one.value, one.entry.number)))
    level = [one for one in ranked if abs(one.value - ranked[0].value) <= equal * abs(ranked[0].value)]
    if len(level) == len(ranked):
        return Order(ranked, ranked)
    certain = [one for one in level if not one.is_at_best]
    if not certain:  # the true figure may be behind those of the rest
        return Order(ranked, (), "at best")
    first = certain[0]
    rivals = tuple(
        one
        for one in ranked
        if one not in level and range_of is not None and _may_pass(one, first, range_of, more=more_is_better)
    )
    return Order(ranked, (), "range", rivals) if rivals else Order(ranked, tuple(level))


def _may_pass(one: Standing, first: Standing, range_of: Range, *, more: bool) -> bool:
    """Return whether the first may be behind another within what is known."""
    least, most = range_of(first.entry, one.entry)
    low, high = range_of(one.entry, first.entry)
    return high > least if more else low < most


def shared_constants(evaluations: Sequence[Evaluation]) -> frozenset[Constant]:
    """Return the constants that all designs use with one value: they weigh on all alike."""
    used = [frozenset(map(constant_of, found.provenance)) for found in evaluations if found.provenance]
    return frozenset.intersection(*used) if used else frozenset()


def constant_of(row: ProvenanceNumbers) -> Constant:
    """Return what makes a constant the same in two designs."""
    return row.material, row.property, row.value


def capacity_share(found: Evaluation, shared: frozenset[Constant]) -> float:
    """Return the least share of a design's capacity that its own constants leave it, at most 1."""
    capacity = found.capacity
    if capacity is None or not capacity.is_uncertain or not capacity.footprint_capacity_uAh_cm2:
        return 1.0
    own = any(
        row.property == "volumetric_capacity" and row.low is not None and constant_of(row) not in shared
        for row in found.provenance
    )
    low = capacity.footprint_capacity_low_uAh_cm2
    return low / capacity.footprint_capacity_uAh_cm2 if own and low is not None else 1.0


def resistance_range(found: Evaluation, shared: frozenset[Constant]) -> tuple[float, float]:
    """Return the smallest and largest resistance within what is known of a design's own constants, ohm cm².

    Each part goes with its own constant; what a design states as interface resistance does not move.
    """
    resistance = found.resistance
    assert resistance is not None
    low = high = 0.0
    for part, value in resistance.asr_by_part_ohm_cm2.items():
        stated = resistance.contact_by_part_ohm_cm2.get(part, 0.0)
        least = most = 1.0
        for row in constants_behind(found, part):
            known = isinstance(row.value, float) and row.low is not None and row.high is not None
            if not known or constant_of(row) in shared:
                continue
            ends = _factors(row)
            least, most = least * min(1.0, *ends), most * max(1.0, *ends)
        low += stated + (value - stated) * least
        high += stated + (value - stated) * most
    return low, high


def _factors(row: ProvenanceNumbers) -> tuple[float, float]:
    """Return what a resistance is multiplied by at the two ends of its constant's range."""
    key = row.property.rpartition(".")[2]
    if not (isinstance(row.value, float) and row.low and row.high and row.value):
        return 1.0, 1.0
    if key in _FALLS_WITH:
        return row.value / row.high, row.value / row.low
    return (row.low / row.value, row.high / row.value) if key in _RISES_WITH else (1.0, 1.0)
