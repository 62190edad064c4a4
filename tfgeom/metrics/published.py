"""Published numbers beside the computed ones."""

from collections.abc import Callable, Sequence

from tfgeom.design import PUBLISHED_QUANTITIES, Published
from tfgeom.results import (
    CapacityNumbers,
    EnergyNumbers,
    GeometryNumbers,
    PublishedNumbers,
    RatePoint,
    ResistanceNumbers,
)
from tfgeom.units import in_display_unit

RateAt = Callable[[float], tuple[RatePoint, RatePoint] | None]
"""Discharges of the cell and of the plane of the same films at a C-rate; None without a rate model."""


def compare_published(
    claims: Sequence[Published],
    geometry: GeometryNumbers,
    capacity: CapacityNumbers | None,
    energy: EnergyNumbers | None,
    resistance: ResistanceNumbers | None,
    rate_at: RateAt,
    film_capacity: float | None = None,
) -> tuple[PublishedNumbers, ...]:
    """Return each published number beside the computed one.

    ``film_capacity`` is the cell's capacity over the volume of its limiting film, uAh/cm²/um.

    The verdict is ``inside`` or ``outside`` the stated tolerance; ``not_gated`` without a tolerance, for
    values from memory, and where nothing could be computed.
    """
    rows = []
    for claim in claims:
        computed = (
            film_capacity
            if claim.quantity == "volumetric_capacity"
            else _computed(claim, geometry, capacity, energy, resistance, rate_at)
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


def _computed(
    claim: Published,
    geometry: GeometryNumbers,
    capacity: CapacityNumbers | None,
    energy: EnergyNumbers | None,
    resistance: ResistanceNumbers | None,
    rate_at: RateAt,
) -> float | None:
    """Return the computed number of a claim; None where it does not exist.

    A capacity, energy, voltage or gain claimed at a C-rate is compared with that discharge, never with the
    open-circuit number.
    """
    if claim.quantity in ("area_gain", "feature_aspect_ratio"):
        return None if (value := getattr(geometry, claim.quantity)) is None else float(value)
    if claim.quantity == "asr":
        return None if resistance is None else resistance.asr_ohm_cm2
    if claim.quantity == "n_to_p_ratio":
        return None if capacity is None else capacity.n_to_p_ratio
    if claim.c_rate is not None:
        pair = rate_at(claim.c_rate)
        return None if pair is None else _at_rate(claim.quantity, *pair)
    if claim.quantity == "mean_voltage":
        return None if energy is None else energy.mean_voltage_V
    if claim.quantity == "footprint_energy":
        return None if energy is None else energy.footprint_energy_mWh_cm2
    if capacity is None:
        return None
    return {
        "footprint_capacity": capacity.footprint_capacity_uAh_cm2,
        "planar_capacity": capacity.planar_uAh_cm2,
        "footprint_capacity_gain": capacity.footprint_capacity_gain,
    }[claim.quantity]


def _at_rate(quantity: str, cell: RatePoint, plane: RatePoint) -> float | None:
    if quantity == "footprint_capacity_gain":
        return cell.capacity_uAh_cm2 / plane.capacity_uAh_cm2 if plane.capacity_uAh_cm2 else None
    return {
        "footprint_capacity": cell.capacity_uAh_cm2,
        "capacity_retention": cell.utilisation,
        "planar_capacity": plane.capacity_uAh_cm2,
        "footprint_energy": cell.energy_mWh_cm2,
        "mean_voltage": cell.mean_voltage_V,
    }[quantity]
