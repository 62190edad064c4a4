"""Figures and tables of what is stored: lithium in its places, energy against power, the whole device."""

from collections.abc import Mapping, Sequence
from typing import Any

from tfgeom.cells.assembled import AssembledCell, lithium_of
from tfgeom.cells.beside import Beside
from tfgeom.cells.lithium_places import LithiumPlace
from tfgeom.cells.usable import Usable
from tfgeom.numerals import number, quantity
from tfgeom.palette import CELL, PLANE_SAME_CAPACITY, PLANE_SAME_FILMS
from tfgeom.report.declared_rows import section_rows
from tfgeom.report.figures import Picture, drawing, plain_log, svg_picture
from tfgeom.report.table import Row, Table
from tfgeom.results import DeviceNumbers, RateNumbers, RatePoint
from tfgeom.units import UM

_PER_LITRE = 1e4
"""mWh/cm² over um, in Wh/L; likewise mW/cm² in W/L."""


def active_heights(cells: Beside[AssembledCell]) -> Beside[float] | None:
    """Return `active_height` of a cell and its planes; None for a half-cell, which no density counts."""
    return None if lithium_of(cells.cell).is_half_cell else cells.map(active_height)


def active_height(cell: AssembledCell) -> float:
    """Return the height of relief and films at full charge, um: what energy and power per volume count."""
    return cell.bulk.active_height / UM


def draw_ragone(rates: Sequence[RateNumbers], heights: Beside[float] | None) -> Picture | None:
    """Return energy against power per footprint and per volume; None when no rate delivers anything.

    Parameters
    ----------
    rates
        Discharges beside the planes.
    heights
        `active_height` of the cell and its planes, um; None for a half-cell, which has no energy per volume.
    """
    planes: Mapping[str, float] = {} if heights is None else heights.planes
    cells: tuple[tuple[str, str, str, list[RatePoint], float | None], ...] = (
        ("this cell", CELL, "o-", list(rates), None if heights is None else heights.cell),
        (
            "plane, same films",
            PLANE_SAME_FILMS,
            "s--",
            [row.planar_same_films.at_c_rate for row in rates],
            planes.get("same_films"),
        ),
        (
            "plane, same capacity",
            PLANE_SAME_CAPACITY,
            "^-.",
            [row.planar_same_capacity.at_c_rate for row in rates],
            planes.get("same_capacity"),
        ),
    )
    best = max(rates, key=lambda row: row.power_mW_cm2)
    if best.power_mW_cm2 <= 0:
        return None
    with drawing(9.6 if planes else 5.4, 4.1, "constrained") as figure:
        by_area, *by_volume = figure.subplots(1, 2 if planes else 1, squeeze=False)[0]
        for label, colour, style, points, height in cells:
            _curve(by_area, points, 1.0, style, colour, label)
            if height is not None:
                _curve(by_volume[0], points, _PER_LITRE / height, style, colour, label)
        by_area.set_xlabel("power per footprint, mW/cm²")
        by_area.set_ylabel("energy per footprint, mWh/cm²")
        for axes in by_volume:
            axes.set_xlabel("power per volume of relief and films, W/L")
            axes.set_ylabel("energy per volume, Wh/L")
        for axes in (by_area, *by_volume):
            axes.set_xscale("log")
            axes.set_yscale("log")
            plain_log(axes.xaxis)
            plain_log(axes.yaxis)
        handles, labels = by_area.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
        return svg_picture(
            figure,
            f"Energy against power per footprint{' and per volume' if planes else ''} for the cell and both "
            f"planar cells; the cell gives {quantity(best.energy_mWh_cm2, 'mWh/cm²')} at "
            f"{quantity(best.power_mW_cm2, 'mW/cm²')}.",
        )


def _curve(axes: Any, points: Sequence[RatePoint], scale: float, style: str, colour: str, label: str) -> None:
    useful = sorted(
        (point.power_mW_cm2 * scale, point.energy_mWh_cm2 * scale)
        for point in points
        if point.power_mW_cm2 > 0 and point.energy_mWh_cm2 > 0
    )
    if useful:
        own = label == "this cell"
        axes.plot(*zip(*useful, strict=True), style, color=colour, lw=2 if own else 1.6, ms=4.5, label=label)


def lithium_table(places: Sequence[LithiumPlace], usable: Usable[float]) -> Table:
    """Return where the lithium is, with its sum where all of it is counted.

    Also where a discharge starts and ends, unless nearly all that the cell holds is usable.
    """
    states = [[getattr(place, state) for place in places] for state in ("as_made", "charged", "discharged")]
    heads = ["as made", "charged", "discharged"]
    if usable.is_cut:
        for end in (usable.start, usable.end):
            states.append([place.after(end / usable.held) for place in places])
        heads += ["where a discharge starts", "where it ends"]

    def held(place: LithiumPlace, amount: float | None) -> str:
        return "in excess" if place.is_excess else number(amount)

    rows: list[Row] = [
        (
            place.name.replace("_", " ") + (f", {place.material}" if place.material else ""),
            "no limit" if place.room is None and not place.name.startswith("bound") else number(place.room),
            *(held(place, amount) for amount in row),
        )
        for place, row in zip(places, zip(*states, strict=True), strict=True)
    ]
    if not any(place.is_excess for place in places):
        known = ([amount for amount in state if amount is not None] for state in states)
        totals = (number(sum(amounts) if len(amounts) == len(places) else None) for amounts in known)
        rows.append(("all of it", "", *totals))
    return Table(("lithium, µAh/cm² of footprint", "room", *heads), tuple(rows))


def device_table(device: DeviceNumbers) -> Table | None:
    """Return the numbers of the whole device that are known; None without any."""
    known = tuple(section_rows(device))
    return Table(("device", "value"), known) if known else None
