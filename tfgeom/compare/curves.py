"""The rate curves of a comparison: places for tables and marks, and the line through many points."""

from typing import NamedTuple

from tfgeom.compare.entries import Comparison
from tfgeom.compare.places import discharged, place_of
from tfgeom.compare.which import Which
from tfgeom.results import RateNumbers

Points = tuple[tuple[float, float], ...]


class Curve(NamedTuple):
    """Rate points of one cell: index of its entry, which cell of it, its places and its line."""

    entry: int
    which: Which
    points: Points
    line: Points


def rate_curves(comparison: Comparison) -> list[Curve]:
    """Return the rate curves of all cells on the comparison's axis; a flat design has no planes beside it.

    Ordinate is the delivered capacity, or the footprint current where the abscissa is the capacity.
    """
    curves = []
    for index, entry in enumerate(comparison.entries):
        found = entry.evaluation
        if found is None or not entry.discharges.at_places:
            continue
        for which in discharged(entry.discharges.at_places[0], comparison.at):
            if which == "cell" or not found.geometry.is_flat:
                places, line = entry.discharges.at_places, entry.discharges.on_line
                points = tuple(sorted(_point(row, which, comparison.at) for row in places))
                # in the order of the rates: the capacity of a slow discharge need not be the larger one
                curves.append(
                    Curve(index, which, points, tuple(_point(row, which, comparison.at) for row in line))
                )
    return curves


def _point(row: RateNumbers, which: Which, at: str) -> tuple[float, float]:
    point = place_of(row, which, at)
    if at == "footprint_capacity":
        return point.capacity_uAh_cm2, point.footprint_current_mA_cm2
    return (point.c_rate if at == "c_rate" else point.footprint_current_mA_cm2), point.capacity_uAh_cm2
