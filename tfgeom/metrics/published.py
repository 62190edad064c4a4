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

RateAt = Callable[[float], RatePoint | None]
"""Computes the cell's discharge at a C-rate; None where the cell has no rate model."""


def compare_published(
    claims: Sequence[Published],
    geometry: GeometryNumbers,
    capacity: CapacityNumbers | None,
    energy: EnergyNumbers | None,
    resistance: ResistanceNumbers | None,
    rate_at: RateAt,
) -> tuple[PublishedNumbers, ...]:
    """Return each published number beside the computed one.

    The verdict is ``inside`` or ``outside`` the stated tolerance; ``not_gated`` without a tolerance, for
    values from memory, and where nothing could be computed.
    """
    rows = []
    for claim in claims:
        computed = _computed(claim, geometry, capacity, energy, resistance, rate_at)
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
    if claim.quantity in ("area_gain", "feature_aspect_ratio"):
        return float(getattr(geometry, claim.quantity))
    if claim.quantity == "asr":
        return None if resistance is None else resistance.asr_ohm_cm2
    if claim.quantity in ("footprint_energy", "mean_voltage"):
        if energy is None:
            return None
        is_energy = claim.quantity == "footprint_energy"
        return energy.footprint_energy_mWh_cm2 if is_energy else energy.mean_voltage_V
    if capacity is None:
        return None
    if claim.quantity in ("footprint_capacity", "capacity_retention") and claim.c_rate is not None:
        point = rate_at(claim.c_rate)
        if point is not None:
            return point.capacity_uAh_cm2 if claim.quantity == "footprint_capacity" else point.utilisation
        if claim.quantity == "capacity_retention":
            return None
    return {
        "footprint_capacity": capacity.footprint_capacity_uAh_cm2,
        "planar_capacity": capacity.planar_uAh_cm2,
        "footprint_capacity_gain": capacity.footprint_capacity_gain,
        "n_to_p_ratio": capacity.n_to_p_ratio,
    }[claim.quantity]
