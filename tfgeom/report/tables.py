"""The tables of the report: rows of text from an evaluation, nothing computed but ratios and shares."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from tfgeom.report.cells import Cell, Row, Table
from tfgeom.report.current_tables import bound_rows, liquid_rows
from tfgeom.report.headline import ESTIMATED, constants_behind, layers_behind
from tfgeom.report.numerals import (
    length,
    number,
    percent,
    property_text,
    quantity,
    times,
    unit_text,
    with_error,
)
from tfgeom.report.sources import trust
from tfgeom.results import (
    CapacityNumbers,
    EnergyNumbers,
    Evaluation,
    LayerNumbers,
    RateNumbers,
    ResistanceNumbers,
    RuleNumbers,
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
    geometry, capacity, energy = evaluation.geometry, evaluation.capacity, evaluation.energy
    found = [Tile("Area gain", number(geometry.area_gain), "×", f"{geometry.kind}, bare relief")]
    if capacity is not None:
        gain = times(capacity.footprint_capacity_gain)
        found.append(
            Tile(
                "Footprint capacity",
                number(capacity.footprint_capacity_uAh_cm2),
                "µAh/cm²",
                f"{gain} the plane",
            )
        )
    if energy is not None and energy.footprint_energy_mWh_cm2 is not None:
        mean = quantity(energy.mean_voltage_V, "V", 3)
        found.append(
            Tile(
                "Footprint energy",
                number(energy.footprint_energy_mWh_cm2, 3),
                "mWh/cm²",
                f"open circuit, mean {mean}",
            )
        )
        dense = energy.volumetric_energy_Wh_L
        if dense.active is not None:
            device = quantity(dense.device, "Wh/L", 3)
            found.append(
                Tile("Energy density", number(dense.active, 3), "Wh/L", f"relief and films; device {device}")
            )
    if evaluation.resistance is not None:
        best = "at best; " if evaluation.resistance.incomplete else ""
        plane = number(evaluation.resistance.planar_asr_ohm_cm2)
        found.append(
            Tile("Resistance", number(evaluation.resistance.asr_ohm_cm2), "Ω·cm²", f"{best}plane {plane}")
        )
    summary = evaluation.rate_summary
    if summary is not None and summary.current_at_80pct_mA_cm2 is not None:
        best = "at best; " if any(row.incomplete for row in evaluation.rate or ()) else ""
        plane = number(summary.planar_same_films.current_at_80pct_mA_cm2, 3)
        found.append(
            Tile(
                "Current at 80 %",
                number(summary.current_at_80pct_mA_cm2, 3),
                "mA/cm²",
                f"{best}plane {plane}",
            )
        )
    if geometry.gap_after_coating_nm is not None:
        reach = length(geometry.free_reach_nm)
        value, unit = length(geometry.gap_after_coating_nm).split(" ")
        found.append(
            Tile("Gap after coating" if evaluation.layers else "Gap", value, unit, f"free reach {reach}")
        )
    return found


def geometry_table(evaluation: Evaluation) -> Table:
    """Return the numbers of the bare and the coated relief."""
    geometry = evaluation.geometry
    limited = geometry.reach_limited_by
    coated = [
        ("film stack on the top", length(geometry.film_stack_nm)),
        ("gap after coating", length(geometry.gap_after_coating_nm)),
    ]
    if not evaluation.layers:
        coated = [("gap", length(geometry.gap_after_coating_nm))]
    rows: list[Row] = [
        ("relief", geometry.kind),
        ("footprint of the unit cell", quantity(geometry.footprint_um2, "µm²")),
        ("area gain", times_long(geometry.area_gain)),
        ("aspect ratio of the feature", number(geometry.feature_aspect_ratio)),
        ("aspect ratio of the gap", number(geometry.gap_aspect_ratio)),
        ("relief height", quantity(geometry.relief_height_um, "µm")),
        *coated,
        ("free reach", length(geometry.free_reach_nm) + (f", limited by the {limited}" if limited else "")),
    ]
    return Table(("", "value"), tuple(rows))


def times_long(ratio: float | None) -> str:
    """Return a gain with four digits: 9.606×."""
    return quantity(ratio, "×").replace(" ×", "×")


def baselines_table(evaluation: Evaluation) -> Table | None:
    """Return the cell beside both planar cells; None without a cell."""
    capacity, energy, summary = evaluation.capacity, evaluation.energy, evaluation.rate_summary
    if capacity is None:
        return None
    own = capacity.footprint_capacity_uAh_cm2
    rows: list[Row] = [
        ("footprint capacity, µAh/cm²", number(own), number(capacity.planar_uAh_cm2), number(own)),
    ]
    if energy is not None and energy.footprint_energy_mWh_cm2 is not None:
        rows += _energy_rows(energy)
    if evaluation.resistance is not None:
        best = ", at best" if evaluation.resistance.incomplete else ""
        asr, plane = evaluation.resistance.asr_ohm_cm2, evaluation.resistance.planar_asr_ohm_cm2
        rows.append((f"area-specific resistance, Ω·cm²{best}", number(asr), number(plane), number(None)))
    best = ", at best" if any(row.incomplete for row in evaluation.rate or ()) else ""
    rates = [row for row in evaluation.rate or () if row.c_rate > 0]
    for row in sorted(rates, key=lambda row: abs(math.log(row.c_rate)))[
        :1
    ]:  # the rest is in the table of rates
        planes = (row.planar_same_films, row.planar_same_capacity)
        rows.append(
            (
                f"capacity at {number(row.c_rate, 3)}C, µAh/cm²{best}",
                number(row.capacity_uAh_cm2),
                *(number(plane.at_c_rate.capacity_uAh_cm2) for plane in planes),
            )
        )
    if summary is not None:
        same_films, same_capacity = summary.planar_same_films, summary.planar_same_capacity
        for share, key in ((80, "current_at_80pct_mA_cm2"), (50, "current_at_50pct_mA_cm2")):
            values = (getattr(side, key) for side in (summary, same_films, same_capacity))
            rows.append((f"current at {share} % of capacity, mA/cm²{best}", *map(number, values)))
    return Table(("", "this cell", "plane, same films", "plane, same capacity"), tuple(rows))


def _energy_rows(energy: EnergyNumbers) -> list[Row]:
    plane = energy.planar
    dense, flat_dense = energy.volumetric_energy_Wh_L, plane.volumetric_energy_Wh_L
    light, flat_light = energy.specific_energy_Wh_kg, plane.specific_energy_Wh_kg
    pairs = [
        ("open-circuit energy, mWh/cm²", energy.footprint_energy_mWh_cm2, plane.footprint_energy_mWh_cm2),
        ("mean open-circuit voltage, V", energy.mean_voltage_V, plane.mean_voltage_V),
        ("energy density of relief and films, Wh/L", dense.active, flat_dense.active),
        ("energy density of the device, Wh/L", dense.device, flat_dense.device),
        ("specific energy of relief and films, Wh/kg", light.active, flat_light.active),
        ("specific energy of the device, Wh/kg", light.device, flat_light.device),
    ]
    return [(label, number(own), number(flat), number(None)) for label, own, flat in pairs]


def films_table(layers: Iterable[LayerNumbers]) -> Table:
    """Return the films from the substrate outwards."""
    rows = tuple(
        (
            layer.name,
            layer.material,
            length(layer.thickness_nm),
            percent(layer.step_coverage, 3),
            quantity(layer.volume_um3, "µm³"),
            times_long(layer.capacity_gain),
            times_long(layer.interface_area_gain.inner),
            times_long(layer.interface_area_gain.outer),
        )
        for layer in layers
    )
    head = (
        "film", "material", "thickness", "step coverage", "volume per cell",
        "capacity gain", "inner area gain", "outer area gain",
    )  # fmt: skip
    return Table(head, rows, numeric_from=2)


def capacity_table(capacity: CapacityNumbers) -> Table:
    """Return what each electrode holds and which one limits."""
    rows: list[Row] = [
        ("cell", quantity(capacity.footprint_capacity_uAh_cm2, "µAh/cm²")),
        ("cathode", quantity(capacity.cathode_uAh_cm2, "µAh/cm²")),
        ("anode", quantity(capacity.anode_uAh_cm2, "µAh/cm²")),
        ("lithium in the cell", quantity(capacity.lithium_inventory_uAh_cm2, "µAh/cm²")),
        ("limited by", capacity.limiting_electrode),
        ("N/P, anode over cathode", number(capacity.n_to_p_ratio)),
        ("anode thickness for N/P 1", length(capacity.balanced_thickness_nm)),
        ("same films on the plane", quantity(capacity.planar_uAh_cm2, "µAh/cm²")),
        ("gain over that plane", times_long(capacity.footprint_capacity_gain)),
    ]
    return Table(("capacity", "per footprint"), tuple(rows))


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


def _basis(evaluation: Evaluation, resistance: ResistanceNumbers, part: str, missing: set[str]) -> Cell:
    known = constants_behind(evaluation, part)
    layers = [layer.name for layer in layers_behind(evaluation, part)]
    interface = part in ELECTRODE_AT
    left_out = [
        constant
        for constant in missing
        if constant.rpartition(".")[0] in layers and (constant.endswith(".exchange_current") == interface)
    ]
    if left_out:
        return Cell(f"left out: {', '.join(sorted(left_out))} missing", "estimated")
    texts = [f"{row.material} {property_text(row.property)} ({trust(row).text})" for row in known]
    stated = resistance.contact_by_part_ohm_cm2.get(part)
    if stated:
        texts.append(f"interface resistance of the design, {number(stated)} Ω·cm²")
    return Cell(", ".join(texts), "estimated" if any(row.confidence in ESTIMATED for row in known) else "")


def rates_table(rates: Iterable[RateNumbers]) -> Table:
    """Return the discharges of the cell beside both planes."""
    rows = tuple(
        (
            f"{number(row.c_rate, 3)}C",
            number(row.footprint_current_mA_cm2, 3),
            number(row.capacity_uAh_cm2),
            percent(row.utilisation, 3),
            number(row.energy_mWh_cm2),
            number(row.mean_voltage_V),
            number(row.power_mW_cm2, 3),
            number(row.planar_same_films.at_c_rate.capacity_uAh_cm2),
            number(row.planar_same_films.at_current.capacity_uAh_cm2),
            number(row.planar_same_capacity.at_c_rate.capacity_uAh_cm2),
        )
        for row in rates
    )
    head = (
        "rate", "current, mA/cm²", "capacity, µAh/cm²", "of its own",
        "energy, mWh/cm²", "mean voltage, V", "power, mW/cm²",
        "plane, same films, same rate", "plane, same films, same current", "plane, same capacity, same rate",
    )  # fmt: skip
    return Table(head, rows, numeric_from=0)


def rules_table(rules: Iterable[RuleNumbers]) -> Table:
    """Return the answers of the fabrication rules."""
    tones = {"pass": "good", "warn": "estimated", "fail": "bad"}
    rows = tuple(
        (
            rule.rule,
            Cell(rule.status, tones[rule.status]),
            quantity(rule.value, unit_text(rule.unit)),
            quantity(rule.limit, unit_text(rule.unit)),
            rule.message,
            rule.source,
        )
        for rule in rules
    )
    return Table(("rule", "answer", "value", "limit", "what it means", "source"), rows, 2, 4)
