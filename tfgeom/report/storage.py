"""Figures and tables of what is stored: lithium in its places, energy against power, the whole device."""

from collections.abc import Sequence

from tfgeom.cells.assembled import AssembledCell, lithium_of
from tfgeom.cells.beside import Beside
from tfgeom.cells.lithium_places import LithiumPlace
from tfgeom.cells.usable import Usable
from tfgeom.numerals import number, quantity
from tfgeom.report.declared_rows import section_rows
from tfgeom.report.figures import Picture, add_curve, drawing, plain_log, svg_picture, with_marks
from tfgeom.report.table import Row, Table
from tfgeom.results import DeviceNumbers, RateNumbers, RatePoint
from tfgeom.units import UM

_PER_LITRE = 1e4
"""mWh/cm² over um, in Wh/L; likewise mW/cm² in W/L."""
_TAIL = 0.01  # of the most energy: what curves of energy against power do not follow


def active_heights(cells: Beside[AssembledCell]) -> Beside[float] | None:
    """Return `active_height` of a cell and its planes; None for a half-cell, which no density counts."""
    return None if lithium_of(cells.cell).is_half_cell else cells.map(active_height)


def active_height(cell: AssembledCell) -> float:
    """Return the height of relief and films at full charge, um: what energy and power per volume count."""
    return float(cell.bulk.active_height / UM)


def draw_ragone(
    rates: Sequence[RateNumbers],
    heights: Beside[float] | None,
    line: Sequence[RateNumbers] = (),
    planes: Sequence[str] = ("same_films", "same_capacity"),
) -> Picture | None:
    """Return energy against power per footprint and per volume; None when no rate delivers anything.

    Parameters
    ----------
    rates
        Discharges that the design asks for, beside the planes: marks on the curves.
    heights
        `active_height` of the cell and its planes, um; None for a half-cell, which has no energy per volume.
    line
        Discharges close to each other, which the curves go through; by default ``rates``.
    planes
        Which planes are shown.
    """
    best = max(rates, key=lambda row: row.power_mW_cm2)
    if best.power_mW_cm2 <= 0:
        return None
    with drawing(9.6 if heights else 5.4, 4.1, "constrained") as figure:
        by_area, *by_volume = figure.subplots(1, 2 if heights else 1, squeeze=False)[0]
        rows, marked = with_marks(rates, line)
        for which in ("cell", *planes):
            points = rows if which == "cell" else [getattr(row, f"planar_{which}").at_c_rate for row in rows]
            power, energy, marks = _useful(points, marked)
            add_curve(by_area, which, power, energy, marks)
            if heights is not None:
                scale = _PER_LITRE / (heights.cell if which == "cell" else heights.planes[which])
                dense = [value * scale for value in energy]
                add_curve(by_volume[0], which, [value * scale for value in power], dense, marks)
        if planes and all(row.planar_best for row in rows):
            best_points = [row.planar_best.at_current for row in rows if row.planar_best]
            add_curve(by_area, "best", *_useful(best_points, marked))
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
        if planes:
            handles, labels = by_area.get_legend_handles_labels()
            columns = len(labels) if heights else 2
            figure.legend(handles, labels, loc="outside upper center", ncols=columns, frameon=False)
        of = " and both planar cells" if len(planes) > 1 else " and the planar cell" if planes else ""
        return svg_picture(
            figure,
            f"Energy against power per footprint{' and per volume' if heights else ''} for the cell{of}; "
            f"the cell gives {quantity(best.energy_mWh_cm2, 'mWh/cm²')} at "
            f"{quantity(best.power_mW_cm2, 'mW/cm²')}.",
        )


def _useful(points: Sequence[RatePoint], marked: Sequence[int]) -> tuple[list[float], list[float], list[int]]:
    """Return power and energy of what delivers, the tail between marks left out, and which are marked."""
    least = _TAIL * max(point.energy_mWh_cm2 for point in points)
    kept = [
        at
        for at, point in enumerate(points)
        if point.power_mW_cm2 > 0 and point.energy_mWh_cm2 > (0 if at in marked else least)
    ]
    marks = [at for at, place in enumerate(kept) if place in marked]
    return [points[at].power_mW_cm2 for at in kept], [points[at].energy_mWh_cm2 for at in kept], marks


def lithium_table(places: Sequence[LithiumPlace], usable: Usable) -> Table:
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
