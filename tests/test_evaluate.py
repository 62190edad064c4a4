"""The whole road in closed form: shipped designs, laws every evaluation obeys, and the keys of the JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.design_texts import VALID, designed, place, spoilt
from tests.shipped import DANILOV, DESIGNS, PEARSE, SHIPPED, mapping_of
from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes
from tfgeom.design import design_from_mapping, load_design
from tfgeom.errors import DesignError, MaterialError
from tfgeom.evaluation import check, evaluate, evaluate_best
from tfgeom.metrics.area_specific_resistance import losses_beside
from tfgeom.metrics.closed_rates import rate_cells
from tfgeom.results import Evaluation
from tfgeom.transport.closed_rate import Chemistry, discharge_ends

ABOVE_THEORY = {"shaijumon_2010_nanorods_licoo2", "dhara_2017_cnt_forest_moox"}
"""Published sets that contradict themselves, shipped to show how `check` says so."""


def shipped(name: str) -> Evaluation:
    return evaluate(load_design(DESIGNS / f"{name}.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_design_evaluates_and_keeps_its_claims(path: Path) -> None:
    design = load_design(path)
    evaluation = evaluate(design)
    failures = check(design)
    if path.stem in ABOVE_THEORY:
        (failure,) = failures
        assert "in theory" in failure
        assert "times its footprint in area" in failure
    else:
        assert failures == []
        assert [row.quantity for row in evaluation.published if row.verdict == "outside"] == []
    text = json.dumps(evaluation.to_dict(), allow_nan=False)
    assert json.loads(text)["name"] == design.name


def test_pearse_holes() -> None:
    found = shipped("pearse_2018_holes_30um")
    capacity, resistance = found.capacity, found.resistance
    assert capacity is not None
    assert resistance is not None
    assert found.geometry.area_gain == pytest.approx(10.07, abs=0.005)
    assert found.layers[1].capacity_gain == pytest.approx(9.606, abs=0.0005)
    assert capacity.footprint_capacity_gain == pytest.approx(9.606, abs=0.0005)
    assert capacity.n_to_p_ratio == pytest.approx(1.86, abs=0.005)
    assert capacity.limiting_electrode == "cathode"
    (gain, _, planar) = found.published
    assert gain.verdict == planar.verdict == "inside"
    parts = resistance.asr_by_part_ohm_cm2
    assert sum(parts.values()) == pytest.approx(resistance.asr_ohm_cm2, rel=1e-12)
    transfer = parts["cathode_interface"] + parts["anode_interface"]
    assert transfer / resistance.asr_ohm_cm2 == pytest.approx(0.87, abs=0.005)
    assert resistance.largest_part == "anode_interface"
    exchange = [row for row in found.provenance if row.property == "exchange_current"]
    assert [row.confidence for row in exchange] == ["memory", "memory"]


def test_imec_pillars_and_lille_tubes() -> None:
    imec = shipped("imec_2017_pillars_cl_tio2")
    assert imec.geometry.area_gain == pytest.approx(20.63, abs=0.005)
    assert imec.capacity is not None
    assert imec.capacity.footprint_capacity_uAh_cm2 == pytest.approx(242, rel=2e-3)
    assert imec.resistance is not None
    assert imec.rate is not None
    assert imec.rate_summary is not None
    assert not any("null" in note and "resistance" in note for note in imec.notes)
    lille = shipped("lille_2014_microtubes_tio2")
    assert lille.geometry.area_gain == pytest.approx(25, rel=0.01)
    assert lille.capacity is not None
    assert lille.capacity.footprint_capacity_uAh_cm2 == pytest.approx(200, rel=0.05)


def test_geometry_only_and_trenches() -> None:
    lei = shipped("lei_2020_honeycomb")
    assert lei.geometry.area_gain == pytest.approx(241, rel=1e-9)
    assert lei.capacity is None
    trench = shipped("notten_trenches")
    assert trench.geometry.area_gain == pytest.approx(25, rel=1e-12)


def test_danilov_six_rates() -> None:
    found = shipped("danilov_2011_planar")
    assert found.rate is not None
    assert [row.c_rate for row in found.rate] == [1.6, 3.2, 6.4, 12.8, 25.6, 51.2]
    # the model re-solved as partial differential equations
    expected = [9.853, 9.767, 9.594, 9.249, 8.560, 7.181]
    assert [row.capacity_uAh_cm2 for row in found.rate] == pytest.approx(expected, rel=2e-3)
    assert found.rate[0].footprint_current_mA_cm2 == pytest.approx(0.016)
    assert found.resistance is not None
    assert found.resistance.asr_by_part_ohm_cm2["electrolyte"] == pytest.approx(184.4, rel=0.01)


def test_danilov_half_discharge_voltages() -> None:
    cells = beside_planes(assemble_cell(load_design(DANILOV)))
    losses = losses_beside(cells, None).value
    assert losses is not None
    chemistry, rated = cells.cell.kind.chemistry(cells.cell.blueprint), rate_cells(cells, losses).value
    assert rated is not None
    expected = {1.6: 3.9467, 6.4: 3.9308, 12.8: 3.9098, 25.6: 3.8692, 51.2: 3.7916}
    for c_rate, voltage in expected.items():
        assert voltage_at(chemistry, rated.cell, 5 * 36.0, c_rate * 10 * 36 / 3600) == pytest.approx(
            voltage, abs=3e-3
        )


def voltage_at(chemistry: Chemistry, cell: object, charge: float, current: float) -> float:
    """Return the voltage after a charge: the lower limit at which the discharge would end just there."""
    from dataclasses import replace

    import numpy as np

    low, high = 2.0, 4.5
    for _ in range(40):
        middle = (low + high) / 2
        ends = discharge_ends([cell], np.array([current]), replace(chemistry, minimum_voltage=middle))  # type: ignore[list-item]
        low, high = (middle, high) if ends.charge[0] > charge else (low, middle)
    return low


@pytest.mark.parametrize(
    "name", ["pearse_2018_holes_30um", "pearse_2018_holes_12um", "danilov_2011_planar", "notten_trenches"]
)
def test_laws_of_the_rate_table(name: str) -> None:
    found = shipped(name)
    assert found.rate is not None
    assert found.capacity is not None
    for row in found.rate:
        assert 0 <= row.utilisation <= 1
        assert row.capacity_uAh_cm2 <= found.capacity.footprint_capacity_uAh_cm2 * (1 + 1e-9)
        # a plane of the same capacity has the same current at the same C-rate
        assert row.planar_same_capacity.at_c_rate == row.planar_same_capacity.at_current
        assert row.planar_same_films.at_current.footprint_current_mA_cm2 == pytest.approx(
            row.footprint_current_mA_cm2
        )
        assert row.planar_same_films.at_c_rate.c_rate == pytest.approx(row.c_rate)
    capacities = [row.capacity_uAh_cm2 for row in found.rate]
    assert capacities == sorted(capacities, reverse=True)


def test_a_plane_equals_its_baselines() -> None:
    found = shipped("danilov_2011_planar")
    assert found.capacity is not None
    assert found.capacity.footprint_capacity_gain == 1
    assert found.geometry.area_gain == 1
    assert found.geometry.footprint_um2 == 1
    assert found.geometry.free_reach_nm is None
    assert found.rate is not None
    for row in found.rate:
        assert row.planar_same_films.at_c_rate.capacity_uAh_cm2 == pytest.approx(
            row.capacity_uAh_cm2, rel=1e-12
        )
        assert row.planar_same_capacity.at_c_rate.energy_mWh_cm2 == pytest.approx(
            row.energy_mWh_cm2, rel=1e-12
        )
    assert found.energy is not None
    assert found.energy.planar.footprint_energy_mWh_cm2 == found.energy.footprint_energy_mWh_cm2


def test_low_rate_tends_to_the_open_circuit_energy() -> None:
    mapping = mapping_of(PEARSE)
    mapping["operation"]["c_rates"] = [1e-5]
    found = evaluate(design_from_mapping(mapping))
    assert found.rate is not None
    assert found.energy is not None
    assert found.rate[0].utilisation == pytest.approx(1, abs=1e-5)
    # The rate model reads potentials inside 0.1 % to 99.9 % filling and has no upper limit.
    assert found.rate[0].energy_mWh_cm2 == pytest.approx(found.energy.footprint_energy_mWh_cm2, rel=2e-3)


def test_energy_against_a_plain_sum() -> None:
    import numpy as np

    from tfgeom.materials.library import load_library

    found = shipped("pearse_2018_holes_30um")
    assert found.capacity is not None
    assert found.energy is not None
    q_c, q_a = found.capacity.cathode_uAh_cm2, found.capacity.anode_uAh_cm2
    assert q_c is not None
    assert q_a is not None
    charge = (np.arange(400000) + 0.5) / 400000 * q_c
    library = load_library()
    cathode, anode = library.find("LiV2O5").open_circuit, library.find("SnNx").open_circuit
    assert cathode is not None
    assert anode is not None
    voltage = cathode.potential(charge / q_c, 298.15) - anode.potential((q_c - charge) / q_a, 298.15)
    inside = (voltage <= 3.5) & (voltage >= 0.5)
    energy = float(np.sum(voltage[inside])) * q_c / 400000 / 1000
    assert found.energy.footprint_energy_mWh_cm2 == pytest.approx(energy, rel=1e-4)


def test_masses_and_heights() -> None:
    found = shipped("pearse_2018_holes_30um")
    assert found.device is not None
    assert found.energy is not None
    assert found.device.height_um == pytest.approx(500.195)
    void = 30e-6 * 3.141592653589793 * (1.5e-6) ** 2 / (31.1769145e-12)
    films = sum(
        row.volume_um3 / found.geometry.footprint_um2 * 1e-6 * density
        for row, density in zip(found.layers, [12370, 3360 * 0.747, 2300, 7470 * 0.797, 5400], strict=True)
    )
    mass = films + (500e-6 - void) * 2330  # kg/m²
    assert found.device.areal_mass_mg_cm2 == pytest.approx(mass * 100, rel=1e-6)
    area = 1000 / found.capacity.footprint_capacity_uAh_cm2 * 100  # type: ignore[union-attr]
    assert found.device.area_for_1_mAh_mm2 == pytest.approx(area, rel=1e-9)


def test_design_that_merges_is_located(tmp_path: Path) -> None:
    text = PEARSE.read_text().replace("diameter: 3 um", "diameter: 0.3 um")
    path = tmp_path / "narrow.yaml"
    path.write_text(text)
    with pytest.raises(
        DesignError, match=r"narrow\.yaml:\d+:\d+: layers\.electrolyte\.thickness: the films close"
    ):
        evaluate(load_design(path))


@pytest.mark.parametrize("asked", [evaluate_best, lambda cell: cell.lithium, lambda cell: cell.circuit])
def test_a_missing_constant_has_its_place_whoever_asks_first(
    tmp_path: Path, asked: Callable[[AssembledCell], object]
) -> None:
    text = spoilt(VALID, ("LiV2O5", "mine"), ("Li2PO2N", "mine")) + "materials: {mine: {density: 3 g/cm^3}}\n"
    cell = assemble_cell(designed(tmp_path, text, "mine.yaml"))
    places = "|".join(place(text, at) for at in ("mine, thickness: 70", "mine, thickness: 50"))
    with pytest.raises(MaterialError, match=rf"mine\.yaml:({places}): layers\.\w+\.material: 'mine' has no"):
        asked(cell)


def test_wafer_thinner_than_the_relief() -> None:
    mapping = mapping_of(PEARSE)
    mapping["substrate"]["thickness"] = "20 um"
    with pytest.raises(DesignError, match="20 um is thinner than the relief in it, 30 um"):
        evaluate(design_from_mapping(mapping))


def test_fidelities() -> None:
    design = load_design(PEARSE)
    with pytest.raises(DesignError, match="'exact' is unknown; use one of analytic, film, fem"):
        evaluate(design, "exact")


def test_failed_claim_is_told() -> None:
    mapping = mapping_of(PEARSE)
    mapping["published"][0]["value"] = 12
    (line,) = check(design_from_mapping(mapping))
    assert line.startswith("published.footprint_capacity_gain: computed 9.606 is -19.9% off the published 12")


def test_footprint_currents_stand_after_c_rates() -> None:
    mapping = mapping_of(PEARSE)
    mapping["operation"]["c_rates"] = [1]
    mapping["operation"]["footprint_currents"] = ["0.1 mA/cm^2"]
    found = evaluate(design_from_mapping(mapping))
    assert found.rate is not None
    assert found.capacity is not None
    assert [row.c_rate for row in found.rate] == pytest.approx(
        [1, 100 / found.capacity.footprint_capacity_uAh_cm2]
    )
    assert found.rate[1].footprint_current_mA_cm2 == pytest.approx(0.1)


def test_override_is_the_users_and_changes_the_result() -> None:
    mapping = mapping_of(PEARSE)
    mapping["materials"] = {
        "LiV2O5": {"exchange_current": "10 A/m^2"},
        "SnNx": {"exchange_current": "10 A/m^2"},
    }
    found = evaluate(design_from_mapping(mapping))
    base = shipped("pearse_2018_holes_30um")
    assert found.resistance is not None
    assert base.resistance is not None
    halves = base.resistance.asr_by_part_ohm_cm2["cathode_interface"] / 2
    assert found.resistance.asr_by_part_ohm_cm2["cathode_interface"] == pytest.approx(halves)
    assert {row.confidence for row in found.provenance if row.property == "exchange_current"} == {"user"}


def test_plane_too_thick_to_deposit_is_noted() -> None:
    mapping = mapping_of(PEARSE)
    mapping["layers"][1]["thickness"] = "500 nm"
    mapping["relief"]["depth"] = "100 um"
    mapping["layers"][3]["thickness"] = "100 nm"
    thick = evaluate(design_from_mapping(mapping))
    assert any(
        "same capacity has its cathode" in note and "hardly depositable" in note for note in thick.notes
    )
    assert not any("hardly depositable" in note for note in shipped("pearse_2018_holes_30um").notes)


def test_claims_at_a_rate_are_compared_with_that_discharge() -> None:
    mapping = mapping_of(PEARSE)
    claim = {"confidence": "review", "source": "x", "tolerance": "5 %", "c_rate": 1000}
    mapping["published"] = [
        {**claim, "quantity": "footprint_energy", "value": "0.063 mWh/cm^2"},
        {**claim, "quantity": "footprint_capacity_gain", "value": 9.6},
        {**claim, "quantity": "feature_aspect_ratio", "value": 10},
    ]
    mapping["operation"]["c_rates"] = [1000]
    found = evaluate(design_from_mapping(mapping))
    assert found.rate is not None
    row = found.rate[0]
    energy, gain, aspect = found.published
    assert energy.computed == pytest.approx(row.energy_mWh_cm2, rel=1e-9)
    assert energy.verdict == "outside"
    plane = row.planar_same_films.at_c_rate.capacity_uAh_cm2
    assert gain.computed == pytest.approx(row.capacity_uAh_cm2 / plane, rel=1e-9)
    assert aspect.verdict == "inside"


def test_a_claim_that_a_plane_cannot_have_is_not_computed() -> None:

    mapping = mapping_of(DANILOV)
    claim = {"quantity": "feature_aspect_ratio", "value": 3, "confidence": "review", "source": "x"}
    found = evaluate(design_from_mapping({**mapping, "published": [claim]}))
    assert found.published[0].computed is None
    assert found.published[0].verdict == "not_gated"


def test_voltage_window_that_the_cell_never_enters() -> None:
    mapping = mapping_of(PEARSE)
    mapping["operation"]["voltage"] = {"min": "5 V", "max": "6 V"}
    with pytest.raises(
        DesignError, match=r"operation\.voltage: 5 to 6 V lies outside .* 3\.\d+ V charged to 1\.\d+ V"
    ):
        evaluate(design_from_mapping(mapping))


def test_no_lithium_at_all_and_no_room_for_it() -> None:
    mapping = mapping_of(PEARSE)
    for index in (1, 3):
        mapping["layers"][index]["lithiation"] = 0
    with pytest.raises(DesignError, match=r"layers: the electrodes hold no lithium as made.*lithiation: 1"):
        evaluate(design_from_mapping(mapping))
    for index in (1, 3):
        mapping["layers"][index]["lithiation"] = 1
    with pytest.raises(DesignError, match=r"layers: both electrodes are full.*lithiation: 0"):
        evaluate(design_from_mapping(mapping))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_constant_behind_a_report_has_source_and_confidence(path: Path) -> None:
    from tfgeom.evaluation import evaluate_best

    found = (
        evaluate_best(assemble_cell(load_design(path)))
        if path.stem == "pearse_2018_holes_30um"
        else evaluate(load_design(path))
    )
    known = {"primary", "abstract", "digest", "review", "computed", "memory", "user", "fitted"}
    for row in found.provenance:
        assert row.source, (row.material, row.property)
        assert row.confidence in known
    if found.capacity is not None:
        used = {row.material for row in found.provenance}
        assert {layer.material for layer in found.layers} <= used


def test_planar_baseline_has_nominal_films_whatever_the_coverage() -> None:
    mapping = mapping_of(PEARSE)
    for index in (1, 2, 3):
        mapping["layers"][index]["step_coverage"] = 0.5
    found = evaluate(design_from_mapping(mapping))
    assert found.capacity is not None
    assert found.capacity.planar_uAh_cm2 == pytest.approx(2.59, rel=1e-12)
    assert found.capacity.footprint_capacity_gain is not None
    assert found.capacity.footprint_capacity_gain < 10.07


def test_coverage_with_a_rounded_rim() -> None:
    mapping = mapping_of(PEARSE)
    mapping["layers"][1]["step_coverage"] = [["10 um", 0.9], ["30 um", 0.8]]
    mapping["relief"]["rim_radius"] = "50 nm"
    found = evaluate(design_from_mapping(mapping))
    assert found.layers[1].step_coverage == pytest.approx(0.8)
    assert found.layers[1].capacity_gain < 9.606


def test_uneven_films_are_noted_in_rates() -> None:
    def noted(name: str) -> bool:
        return any("is uneven" in note for note in shipped(name).notes)

    assert noted("talin_2016_columns")
    assert not noted("pearse_2018_holes_30um")
    assert not noted("kazyak_2017_trench_llzo")  # only its electrolyte thins
