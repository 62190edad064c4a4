"""The tables of the report: rows of text from an evaluation, nothing computed but ratios and shares."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tfgeom.bands.words import band_of, range_words
from tfgeom.materials.constants import words_of, words_of_all
from tfgeom.metrics.constants_behind import constants_behind, layers_behind, rests_on_estimates
from tfgeom.metrics.curves import cell_curves
from tfgeom.metrics.estimates import ESTIMATED
from tfgeom.numerals import (
    MISSING,
    layer_title,
    length,
    number,
    percent,
    quantity,
    times,
    typeset,
    unit_text,
)
from tfgeom.report.current_tables import bound_rows, liquid_rows
from tfgeom.report.curve_figures import losses_table as energy_lost
from tfgeom.report.declared_rows import beside_rows, heading, planes_shown, printed, section_rows
from tfgeom.report.how_sure import short
from tfgeom.report.part_names import part_titles
from tfgeom.report.sources import trust
from tfgeom.report.table import Row, Table, TonedText
from tfgeom.results import (
    BestPlanarRate,
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
from tfgeom.units import NM, UM

_HARDLY = 0.05  # of a band: an error of the mesh below it is not worth a word


class Tile(NamedTuple):
    """A key number: what it is, its value and one line beside it."""

    label: str
    value: str
    unit: str
    beside: str


def tiles(evaluation: Evaluation) -> list[Tile]:
    """Return the key numbers, with the digits that their constants carry; a guess says so."""
    geometry, flat = evaluation.geometry, evaluation.geometry.is_flat
    known: dict[str, Any] = {one.path: one.of(evaluation) for one in all_results()}
    gain, mean = known["capacity.footprint_capacity_gain"], known["energy.mean_voltage_V"]
    device = known["energy.volumetric_energy_Wh_L.device"]
    energy = evaluation.energy
    plane = None if energy is None or flat else energy.planar.volumetric_energy_Wh_L.active
    dense = number(plane, 2 if rests_on_estimates(evaluation, "energy") else 3)
    volume = f"relief and films{'' if plane is None else f', plane {dense}'}"
    volume += "" if device is None else f"; device {quantity(device, 'Wh/L', 3)}"
    beside = {
        "geometry.area_gain": f"{geometry.kind}, bare relief",
        "capacity.footprint_capacity_uAh_cm2": f"{times(gain)} the plane",
        "energy.footprint_energy_mWh_cm2": f"open circuit, mean {quantity(mean, 'V', 3)}",
        "energy.volumetric_energy_Wh_L.active": volume,
        "resistance.asr_ohm_cm2": "",
        "rate_summary.current_at_80pct_mA_cm2": "",
    }
    if flat:  # beside itself
        del beside["geometry.area_gain"]
        beside["capacity.footprint_capacity_uAh_cm2"] = "between the voltage limits"
    found = []
    for one in all_results():
        if one.path not in beside or known[one.path] is None:
            continue
        guessed = rests_on_estimates(evaluation, one.section)
        digits = 4 if one.section == "geometry" else 2 if guessed else 3
        words = [beside[one.path]] if beside[one.path] else []
        if not words and not flat and (on_plane := one.of_plane(evaluation, "same_films")) is not None:
            words.append(f"plane {number(on_plane, digits)}")
        if guessed:
            words.append("rests on estimates")
        if one.is_at_best(evaluation):
            words.insert(0, "at best")
        between = range_words(evaluation, one.path, short)
        if between:
            words.insert(0, between)
        unit = "×" if one.declared.form == "gain" else unit_text(one.declared.unit)
        about = "≈ " if guessed else ""
        label = _label(one.declared.title)
        found.append(Tile(label, about + number(known[one.path], digits), unit, "; ".join(words)))
    if geometry.gap_after_coating_nm is not None:
        is_open = geometry.gap_after_coating_nm > 0
        value, unit = length(geometry.gap_after_coating_nm, 3).split(" ") if is_open else ("filled", "")
        reach = f"free reach {length(geometry.free_reach_nm, 3)}"
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
    if geometry.is_flat:  # of the piece that is computed, and of a plane
        left_out |= {"footprint_um2", "area_gain", "relief_height_um"}
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
    """Return the cell beside both planar cells; None without a cell, and for a flat one."""
    planes = planes_shown(evaluation)
    if evaluation.capacity is None or not planes:
        return None
    rows = beside_rows(evaluation)
    best = ", at best" if any(row.incomplete for row in evaluation.rate or ()) else ""
    rates = [row for row in evaluation.rate or () if row.c_rate > 0]
    capacity = declared_of(RatePoint, "capacity_uAh_cm2")
    # that nearest to 1C; the rest is in the table of rates
    for row in sorted(rates, key=lambda row: abs(math.log(row.c_rate)))[:1]:
        rows.append(
            (
                f"{capacity.title} at {number(row.c_rate, 3)}C, {unit_text(capacity.unit)}{best}",
                number(row.capacity_uAh_cm2),
                *(number(getattr(row, f"planar_{plane}").at_c_rate.capacity_uAh_cm2) for plane in planes),
            )
        )
    return Table(("", "this cell", *planes.values()), tuple(rows))


def films_table(layers: Sequence[LayerNumbers], flat: bool = False) -> Table:
    """Return the films from the substrate outwards; of flat ones what a relief does to films is left out."""
    columns = [
        one for one in numbers_of(LayerNumbers) if one.key not in ("role", "inner_area_um2", "outer_area_um2")
    ]
    if flat:
        columns = [one for one in columns if one.key in ("name", "material", "thickness_nm")]

    def shown(layer: LayerNumbers, one: Number) -> str:
        text = printed(one.of(layer), one.declared)
        return layer_title(text) if one.key == "name" else text

    rows = tuple(tuple(shown(layer, one) for one in columns) for layer in layers)
    return Table(tuple(one.declared.title for one in columns), rows, numeric_from=2)


def capacity_table(capacity: CapacityNumbers, flat: bool = False) -> Table:
    """Return what each electrode holds and which one limits; beside a flat cell stands no plane."""
    left_out = ("planar_uAh_cm2", "footprint_capacity_gain") if flat else ()
    return Table(("capacity", "per footprint"), tuple(section_rows(capacity, left_out)))


def resistance_table(evaluation: Evaluation, resistance: ResistanceNumbers) -> Table:
    """Return the parts of the resistance with their shares and what each rests on."""
    rows: list[Row] = []
    missing, titles = set(resistance.incomplete), part_titles(evaluation)
    digits = 3 if rests_on_estimates(evaluation, "resistance") else 4
    for part, value in resistance.asr_by_part_ohm_cm2.items():
        if value == 0 and not layers_behind(evaluation, part):
            continue
        share = value / resistance.asr_ohm_cm2 if resistance.asr_ohm_cm2 else None
        basis = _basis(evaluation, resistance, part, missing)
        rows.append((titles[part], number(value, digits), percent(share), basis))
        if part == "electrolyte":
            rows += liquid_rows(evaluation)
    total = f"total{', at best' if resistance.incomplete else ''}"
    asr, error = resistance.asr_ohm_cm2, resistance.checks.discretisation_error
    within = "" if error is None else _left_open(evaluation, asr, error)
    rows.append((total, number(asr, digits), percent(1.0), within))
    rows += bound_rows(evaluation)
    if planes_shown(evaluation):
        rows.append(("same films on the plane", number(resistance.planar_asr_ohm_cm2, digits), "", ""))
    return Table(("part", "Ω·cm² of footprint", "share", "rests on"), tuple(rows), numeric_to=3)


def _left_open(evaluation: Evaluation, asr: float, error: float) -> str:
    """Return what the mesh leaves open, where that matters beside what the constants do."""
    band = band_of(evaluation, "resistance.asr_ohm_cm2")
    if band is None or band.p10 is None or band.p90 is None:
        return f"the mesh leaves {percent(error, 1)} open, the constants far more"
    if 2 * error * asr < _HARDLY * (band.p90 - band.p10):
        return f"{short(band.p10)} to {short(band.p90)} with what constants and sizes may be"
    return (
        f"{short(band.p10)} to {short(band.p90)} with what constants and sizes may be; the mesh leaves "
        f"{percent(error, 1)} open"
    )


def losses_table(evaluation: Evaluation) -> Table | None:
    """Return the energy that each loss takes of the discharges; None where nothing is lost."""
    return energy_lost(cell_curves(evaluation), part_titles(evaluation))


def largest_part(evaluation: Evaluation, resistance: ResistanceNumbers) -> str:
    """Return the largest part of the resistance with its share."""
    part = resistance.largest_part
    title = part_titles(evaluation)[part]
    if not resistance.asr_ohm_cm2:
        return title
    return f"{title} ({percent(resistance.asr_by_part_ohm_cm2[part] / resistance.asr_ohm_cm2)})"


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


def rates_table(evaluation: Evaluation) -> Table:
    """Return the discharges of the cell, in three digits where its constants are guessed."""
    columns, digits = numbers_of(RatePoint), _digits_of_rates(evaluation)
    rows = tuple(tuple(_of_rate(one, row, digits) for one in columns) for row in evaluation.rate or ())
    return Table(tuple(heading(one.declared) for one in columns), rows, numeric_from=0)


def planar_rates_table(evaluation: Evaluation) -> Table | None:
    """Return what the cell delivers at its rates beside its planes; None for a flat cell."""
    planes = planes_shown(evaluation)
    if not planes or not evaluation.rate:
        return None
    digits = _digits_of_rates(evaluation)
    same = {"at_c_rate": "same rate", "at_current": "same current"}
    places = {"same_films": ("at_c_rate", "at_current"), "same_capacity": ("at_c_rate",)}
    beside = [(plane, place) for plane in planes for place in places[plane]]
    known = any(row.planar_best for row in evaluation.rate)
    rows = tuple(
        (
            f"{number(row.c_rate, 3)}C",
            number(row.footprint_current_mA_cm2, 3),
            number(row.capacity_uAh_cm2, digits),
            *(
                number(getattr(getattr(row, f"planar_{plane}"), place).capacity_uAh_cm2, digits)
                for plane, place in beside
            ),
            *(_of_best(row.planar_best, digits) if known else ()),
        )
        for row in evaluation.rate
    )
    head = (
        "C-rate",
        "current, mA/cm²",
        "this cell",
        *(f"{planes[plane]}, {same[place]}" for plane, place in beside),
        *(("best plane, same current", "its cathode") if known else ()),
    )
    return Table(head, rows, numeric_from=0)


def _digits_of_rates(evaluation: Evaluation) -> int:
    return 3 if rests_on_estimates(evaluation, "rate") else 4


def _of_best(best: BestPlanarRate | None, digits: int) -> tuple[str, str]:
    """Return what the best plane delivers, and how thick its cathode is."""
    if best is None or best.cathode_thickness_um is None:
        return number(0.0), MISSING
    return number(best.at_current.capacity_uAh_cm2, digits), length(best.cathode_thickness_um * UM / NM, 3)


def _of_rate(one: Number, row: RateNumbers, digits: int) -> str:
    value = one.of(row)
    if one.key == "c_rate":
        return f"{number(value, 3)}C"
    if one.declared.form == "share":
        return percent(value, 3)
    if one.key == "mean_voltage_V":  # what is guessed is how much is delivered
        return number(value)
    return number(value, 3 if one.key in ("footprint_current_mA_cm2", "power_mW_cm2") else digits)


def rules_table(rules: Iterable[RuleNumbers]) -> Table:
    """Return the answers of the fabrication rules."""
    tones = {"pass": "good", "warn": "estimated", "fail": "bad"}
    rows = tuple(
        (
            rule.rule,
            TonedText(rule.status, tones[rule.status]),
            quantity(rule.value, unit_text(rule.unit)),
            quantity(rule.limit, unit_text(rule.unit)),
            typeset(rule.message),
            typeset(rule.source),
        )
        for rule in rules
    )
    return Table(("rule", "answer", "value", "limit", "what it means", "source"), rows, 2, 4)
