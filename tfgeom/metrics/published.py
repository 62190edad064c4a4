"""Published numbers beside the computed ones."""

from collections.abc import Callable, Sequence
from typing import Any

from tfgeom.design import PUBLISHED_QUANTITIES, Published
from tfgeom.results import Number, PublishedNumbers, RatePoint, numbers_of
from tfgeom.units import in_display_unit

RateAt = Callable[[float], tuple[RatePoint, RatePoint] | None]
"""Discharges of the cell and of the plane of the same films at a C-rate; None without a rate model."""


def compare_published(
    claims: Sequence[Published],
    sections: Sequence[Any],
    rate_at: RateAt,
    film_capacity: float | None = None,
) -> tuple[PublishedNumbers, ...]:
    """Return each published number beside the computed one.

    Parameters
    ----------
    claims
        What the design cites.
    sections
        Sections of results, whose fields declare what they answer; None where there is none.
    rate_at
        Discharges at the C-rate of a claim.
    film_capacity
        The cell's capacity over the volume of its limiting film, uAh/cm²/um.

    The verdict is ``inside`` or ``outside`` the stated tolerance; ``not_gated`` without a tolerance, for
    values from memory, and where nothing could be computed.
    """
    rows = []
    for claim in claims:
        computed = (
            film_capacity if claim.quantity == "volumetric_capacity" else _computed(claim, sections, rate_at)
        )
        dimension = PUBLISHED_QUANTITIES[claim.quantity] or "fraction"
        value, unit = in_display_unit(claim.value, dimension)
        deviation = None if computed is None else computed / value - 1
        verdict = "not_gated"
        if deviation is not None and claim.tolerance is not None and claim.confidence != "memory":
            verdict = "inside" if abs(deviation) <= claim.tolerance else "outside"
        rows.append(
            PublishedNumbers(
                quantity=claim.quantity,
                published=value,
                computed=computed,
                deviation=deviation,
                tolerance=claim.tolerance,
                confidence=claim.confidence,
                verdict=verdict,
                unit=unit,
                c_rate=claim.c_rate,
                source=claim.source,
                note=claim.note or "",
            )
        )
    return tuple(rows)


def _computed(claim: Published, sections: Sequence[Any], rate_at: RateAt) -> float | None:
    """Return the computed number of a claim; None where it does not exist.

    What a discharge has too is compared with that discharge when claimed at a C-rate, never with the
    open-circuit number.
    """
    if claim.c_rate is not None and (claim.quantity in _OF_BOTH or _declared(RatePoint, claim.quantity)):
        pair = rate_at(claim.c_rate)
        return None if pair is None else _at_rate(claim.quantity, *pair)
    for section in sections:
        number = None if section is None else _declared(type(section), claim.quantity)
        if number is not None:
            value = number.of(section)
            return None if value is None else float(value)
    return None


def _at_rate(quantity: str, cell: RatePoint, plane: RatePoint) -> float | None:
    if quantity in _OF_BOTH:
        return _OF_BOTH[quantity](cell, plane)
    number = _declared(RatePoint, quantity)
    value = None if number is None else number.of(cell)
    return None if value is None else float(value)


def _declared(kind: type, quantity: str) -> Number | None:
    """Return the number of a section that declares to answer a published quantity."""
    return next((one for one in numbers_of(kind) if one.declared.published == quantity), None)


_OF_BOTH: dict[str, Callable[[RatePoint, RatePoint], float | None]] = {
    "planar_capacity": lambda cell, plane: plane.capacity_uAh_cm2,
    "footprint_capacity_gain": lambda cell, plane: (
        cell.capacity_uAh_cm2 / plane.capacity_uAh_cm2 if plane.capacity_uAh_cm2 else None
    ),
}
"""What a discharge of the cell and one of the plane say together."""
