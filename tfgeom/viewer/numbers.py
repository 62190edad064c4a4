"""The headline numbers of an evaluation beside the planar cell's, as text."""

from dataclasses import dataclass

from tfgeom.results import Evaluation

NONE = "–"
"""Stands for a number that there is not."""


@dataclass(frozen=True, slots=True)
class HeadlineRow:
    """One number, of the cell and of the planar cell of the same films, as printed."""

    what: str
    unit: str
    cell: str
    plane: str


def headline_rows(found: Evaluation) -> list[HeadlineRow]:
    """Return the headline numbers, always the same rows; a number that there is not is a dash."""
    geometry, capacity, energy, resistance = found.geometry, found.capacity, found.energy, found.resistance
    best = "at best " if resistance is not None and resistance.incomplete else ""
    gap = geometry.gap_after_coating_nm if found.layers else None
    return [
        HeadlineRow(
            "footprint capacity",
            "uAh/cm2",
            _printed(None if capacity is None else capacity.footprint_capacity_uAh_cm2),
            _printed(None if capacity is None else capacity.planar_uAh_cm2),
        ),
        HeadlineRow(
            "footprint capacity gain",
            "",
            _printed(None if capacity is None else capacity.footprint_capacity_gain),
            "1" if capacity and capacity.footprint_capacity_gain is not None else NONE,
        ),
        HeadlineRow(
            "footprint energy",
            "mWh/cm2",
            _printed(None if energy is None else energy.footprint_energy_mWh_cm2),
            _printed(None if energy is None else energy.planar.footprint_energy_mWh_cm2),
        ),
        HeadlineRow(
            "area-specific resistance",
            "ohm cm2",
            _printed(None if resistance is None else resistance.asr_ohm_cm2, best),
            _printed(None if resistance is None else resistance.planar_asr_ohm_cm2, best),
        ),
        HeadlineRow("area gain", "", _printed(geometry.area_gain), "1"),
        HeadlineRow("gap after coating", "nm", _printed(gap), NONE),
        HeadlineRow("N/P ratio", "", _printed(None if capacity is None else capacity.n_to_p_ratio), NONE),
    ]


def _printed(value: float | None, before: str = "") -> str:
    return NONE if value is None else f"{before}{value:.4g}"
