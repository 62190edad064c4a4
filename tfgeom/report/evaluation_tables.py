"""The tables of the report: rows of text from an evaluation, nothing computed but ratios and shares."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from tfgeom.materials.constants import words_of, words_of_all
from tfgeom.metrics.constants_behind import constants_behind, layers_behind
from tfgeom.metrics.estimates import ESTIMATED
from tfgeom.numerals import (
    length,
    number,
    percent,
    quantity,
    times,
    unit_text,
    with_error,
)
from tfgeom.report.current_tables import bound_rows, liquid_rows
from tfgeom.report.declared_rows import PLANES, beside_rows, heading, printed, section_rows
from tfgeom.report.sources import trust
from tfgeom.report.table import Row, Table, TonedText
from tfgeom.results import (
    CapacityNumbers,
    Evaluation,
    GeometryNumbers,
    LayerNumbers,
    Number,
    RateNumbers,
    RatePoint,
    ResistanceNumbers,
    RuleNumbers,
    all_results,
    declared_of,
    numbers_of,
)
from tfgeom.transport.losses import ELECTRODE_AT


class Tile(NamedTuple):
    """A key number: what it is, its value and one line beside it."""

    label: str
    value: str
    unit: str
    beside: str


def tiles(evaluation: Evaluation) -> list[Tile]:
    """Return the key numbers."""
    geometry = evaluation.geometry
    known: dict[str, Any] = {one.path: one.of(evaluation) for one in all_results()}
    gain, mean = known["capacity.footprint_capacity_gain"], known["energy.mean_voltage_V"]
    device = known["energy.volumetric_energy_Wh_L.device"]
    energy = evaluation.energy
    flat = None if energy is None else energy.planar.volumetric_energy_Wh_L.active
    volume = f"relief and films{'' if flat is None else f', plane {number(flat, 3)}'}"
    beside = {
        "geometry.area_gain": f"{geometry.kind}, bare relief",
        "capacity.footprint_capacity_uAh_cm2": f"{times(gain)} the plane",
        "energy.footprint_energy_mWh_cm2": f"open circuit, mean {quantity(mean, 'V', 3)}",
        "energy.volumetric_energy_Wh_L.active": f"{volume}; device {quantity(device, 'Wh/L', 3)}",
        "resistance.asr_ohm_cm2": "",
        "rate_summary.current_at_80pct_mA_cm2": "",
    }
    found = []
    for one in all_results():
        if one.path in beside and known[one.path] is not None:
            digits = 3 if one.section in ("energy", "rate_summary") else 4
            words = beside[one.path] or f"plane {number(one.of_plane(evaluation), digits)}"
            best = "at best; " if one.is_at_best(evaluation) else ""
            unit = "×" if one.declared.form == "gain" else unit_text(one.declared.unit)
            found.append(
                Tile(_label(one.declared.title), number(known[one.path], digits), unit, best + words)
            )
    if geometry.gap_after_coating_nm is not None:
        value, unit = length(geometry.gap_after_coating_nm).split(" ")
        reach = f"free reach {length(geometry.free_reach_nm)}"
        found.append(Tile(_label(_gap(evaluation)), value, unit, reach))
    return found


def _label(title: str) -> str:
    return title.removesuffix(" (active)").capitalize()


def _gap(evaluation: Evaluation) -> str:
    """Return what the gap is called: without films it is that of the bare relief."""
    return declared_of(GeometryNumbers, "gap_after_coating_nm").title if evaluation.layers else "gap"


def geometry_table(evaluation: Evaluation) -> Table:
    """Return the numbers of the bare and the coated relief."""
    geometry = evaluation.geometry
    left_out = {"reach_limited_by", "free_reach_nm"}
    if not evaluation.layers:
        left_out |= {"film_stack_nm", "gap_after_coating_nm"}
    rows = section_rows(geometry, left_out)
    if not evaluation.layers and geometry.gap_after_coating_nm is not None:
        rows.append((_gap(evaluation), length(geometry.gap_after_coating_nm)))
    if geometry.free_reach_nm is not None:
        free, limited = declared_of(GeometryNumbers, "free_reach_nm"), geometry.reach_limited_by
        by = f", limited by the {limited}" if limited else ""
        rows.append((free.title, printed(geometry.free_reach_nm, free) + by))
    return Table(("", "value"), tuple(rows))


def baselines_table(evaluation: Evaluation) -> Table | None:
    """Return the cell beside both planar cells; None without a cell."""
    if evaluation.capacity is None:
        return None
    rows = beside_rows(evaluation)
    best = ", at best" if any(row.incomplete for row in evaluation.rate or ()) else ""
    rates = [row for row in evaluation.rate or () if row.c_rate > 0]
    capacity = declared_of(RatePoint, "capacity_uAh_cm2")
    # that nearest to 1C; the rest is in the table of rates
    for row in sorted(rates, key=lambda row: abs(math.log(row.c_rate)))[:1]:
        planes = (row.planar_same_films, row.planar_same_capacity)
        rows.append(
            (
                f"{capacity.title} at {number(row.c_rate, 3)}C, {unit_text(capacity.unit)}{best}",
                number(row.capacity_uAh_cm2),
                *(number(plane.at_c_rate.capacity_uAh_cm2) for plane in planes),
            )
        )
    return Table(("", "this cell", *PLANES.values()), tuple(rows))


def films_table(layers: Iterable[LayerNumbers]) -> Table:
    """Return the films from the substrate outwards."""
    left_out = ("role", "inner_area_um2", "outer_area_um2")
    columns = [one for one in numbers_of(LayerNumbers) if one.key not in left_out]
    rows = tuple(tuple(printed(one.of(layer), one.declared) for one in columns) for layer in layers)
    return Table(tuple(one.declared.title for one in columns), rows, numeric_from=2)


def capacity_table(capacity: CapacityNumbers) -> Table:
    """Return what each electrode holds and which one limits."""
    return Table(("capacity", "per footprint"), tuple(section_rows(capacity)))


def resistance_table(evaluation: Evaluation, resistance: ResistanceNumbers) -> Table:
    """Return the parts of the resistance with their shares and what each rests on."""
    rows: list[Row] = []
    missing = set(resistance.incomplete)
    for part, value in resistance.asr_by_part_ohm_cm2.items():
        share = value / resistance.asr_ohm_cm2 if resistance.asr_ohm_cm2 else None
        basis = _basis(evaluation, resistance, part, missing)
        rows.append((part.replace("_", " "), number(value), percent(share), basis))
        if part == "electrolyte":
            rows += liquid_rows(evaluation)
    total = f"total{', at best' if resistance.incomplete else ''}"
    asr, error = resistance.asr_ohm_cm2, resistance.checks.discretisation_error
    shown, within = number(asr), ""
    if error is not None:
        shown, within = with_error(asr, error * asr), "± discretisation error"
    rows.append((total, shown, percent(1.0), within))
    rows += bound_rows(evaluation)
    rows.append(("same films on the plane", number(resistance.planar_asr_ohm_cm2), "", ""))
    return Table(("part", "Ω·cm² of footprint", "share", "rests on"), tuple(rows), numeric_to=3)


def largest_part(resistance: ResistanceNumbers) -> str:
    """Return the largest part of the resistance with its share."""
    part = resistance.largest_part
    if not resistance.asr_ohm_cm2:
        return part.replace("_", " ")
    share = resistance.asr_by_part_ohm_cm2[part] / resistance.asr_ohm_cm2
    return f"{part.replace('_', ' ')} ({percent(share)})"


def _basis(evaluation: Evaluation, resistance: ResistanceNumbers, part: str, missing: set[str]) -> TonedText:
    known = constants_behind(evaluation, part)
    layers = [layer.name for layer in layers_behind(evaluation, part)]
    interface = part in ELECTRODE_AT
    left_out = [
        constant
        for constant in missing
        if constant.rpartition(".")[0] in layers and (constant.endswith(".exchange_current") == interface)
    ]
    if left_out:
        return TonedText(f"left out: {words_of_all(sorted(left_out))} missing", "estimated")
    texts = [f"{row.material} {words_of(row.property)} ({trust(row).text})" for row in known]
    stated = resistance.contact_by_part_ohm_cm2.get(part)
    if stated:
        texts.append(f"interface resistance of the design, {number(stated)} Ω·cm²")
    is_estimated = any(row.confidence in ESTIMATED for row in known)
    return TonedText(", ".join(texts), "estimated" if is_estimated else "")


def rates_table(rates: Iterable[RateNumbers]) -> Table:
    """Return the discharges of the cell beside both planes."""
    columns = numbers_of(RatePoint)
    rows = tuple(
        (
            *(_of_rate(one, row) for one in columns),
            number(row.planar_same_films.at_c_rate.capacity_uAh_cm2),
            number(row.planar_same_films.at_current.capacity_uAh_cm2),
            number(row.planar_same_capacity.at_c_rate.capacity_uAh_cm2),
        )
        for row in rates
    )
    same_films, same_capacity = PLANES.values()
    head = (
        *(heading(one.declared) for one in columns),
        f"{same_films}, same rate", f"{same_films}, same current", f"{same_capacity}, same rate",
    )  # fmt: skip
    return Table(head, rows, numeric_from=0)


def _of_rate(one: Number, row: RateNumbers) -> str:
    value = one.of(row)
    if one.key == "c_rate":
        return f"{number(value, 3)}C"
    if one.declared.form == "share":
        return percent(value, 3)
    return number(value, 3 if one.key in ("footprint_current_mA_cm2", "power_mW_cm2") else 4)


def rules_table(rules: Iterable[RuleNumbers]) -> Table:
    """Return the answers of the fabrication rules."""
    tones = {"pass": "good", "warn": "estimated", "fail": "bad"}
    rows = tuple(
        (
            rule.rule,
            TonedText(rule.status, tones[rule.status]),
            quantity(rule.value, unit_text(rule.unit)),
            quantity(rule.limit, unit_text(rule.unit)),
            rule.message,
            rule.source,
        )
        for rule in rules
    )
    return Table(("rule", "answer", "value", "limit", "what it means", "source"), rows, 2, 4)
