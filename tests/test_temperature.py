"""Constants away from their reference temperature: by hand, on every road, over every kind of cell."""

import json
import math
from typing import Any

import pytest

from tests.kinds import CELLS, design, every_cell, has_closed_form
from tests.restating import materials_of, restated
from tests.shipped import ROOT
from tfgeom.design import design_from_mapping, load_design, read_mapping
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate, solve_transport
from tfgeom.materials.activation import ENERGY_OF
from tfgeom.materials.library import load_library, resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.results import Evaluation

BOLTZMANN_EV = 8.617333262e-5
COLD, ROOM = -20.0, 25.0
PEARSE = ROOT / "designs" / "pearse_2018_holes_30um.yaml"


def factor(energy_eV: float, celsius: float, reference: float = ROOM) -> float:
    """Return the Arrhenius factor, by hand."""
    return math.exp(-energy_eV / BOLTZMANN_EV * (1 / (celsius + 273.15) - 1 / (reference + 273.15)))


def at(celsius: float, mapping: dict[str, Any]) -> dict[str, Any]:
    if "operation" not in mapping:
        return mapping
    return {**mapping, "operation": {**mapping["operation"], "temperature": f"{celsius} degC"}}


def evaluated(mapping: dict[str, Any]) -> Evaluation:
    return evaluate(design_from_mapping(mapping))


def numbers(found: Evaluation) -> str:
    said = found.to_dict()
    for words in ("design_sha256", "notes", "provenance"):
        del said[words]
    return json.dumps(said)


def energies(mapping: dict[str, Any], energy: str) -> dict[str, Any]:
    """Return overrides that state this activation energy wherever a material's constant follows one."""
    stated: dict[str, Any] = {}
    for name, material in materials_of(mapping).items():
        own: dict[str, Any] = {}
        for key, (first, *_) in ENERGY_OF.items():
            if material.knows(key):
                own |= {first: energy} if "." not in first else {key: {"activation_energy": energy}}
        if own:
            stated[name] = own
    return stated


@every_cell
def test_cooling_never_lowers_a_part_of_the_resistance(cell: str) -> None:
    if not has_closed_form("pillars", cell):
        pytest.skip("no resistance")
    before: dict[str, float] = {}
    for celsius in (60.0, 40.0, 25.0, 10.0, -20.0):
        found = evaluated(at(celsius, design("pillars", cell))).resistance
        assert found is not None
        parts = found.asr_by_part_ohm_cm2
        # metals stay, and what they take of a current that spreads differently hardly counts
        slack = 1e-8 * found.asr_ohm_cm2
        assert all(parts[part] >= value - slack for part, value in before.items()), celsius
        assert all(parts[part] > value for part, value in before.items() if part.endswith("face") and value)
        before = parts


@every_cell
def test_at_their_reference_temperature_constants_are_what_was_stated(cell: str) -> None:
    mapping = design("pillars", cell)
    room = evaluated(mapping)
    assumed = [row for row in room.provenance if "default" in row.source]
    assert [
        row.material
        for row in assumed
        if not load_library().find(row.material).knows("reference_temperature")
    ] == []
    for name, stated in energies(mapping, "0.1 eV").items():
        if load_library().find(name).knows("reference_temperature"):
            continue  # it does not hold at 25 degC
        other = evaluated({**mapping, "materials": {name: stated}})
        assert numbers(other) == numbers(room), name  # to the bit


def by_hand(mapping: dict[str, Any], celsius: float) -> dict[str, Any]:
    """Return overrides that state each constant at ``celsius`` as Arrhenius gives it by hand."""
    stated: dict[str, Any] = {}
    weak = mapping["cell"].get("electrolyte_model") in ("dc", "dissociation")
    for name, material in materials_of(mapping).items():
        known = material.properties
        reference = (
            known["reference_temperature"].value - 273.15 if "reference_temperature" in known else ROOM
        )
        own: dict[str, Any] = {}
        for key in ("exchange_current", "diffusivity", "electronic_conductivity", "ionic_conductivity"):
            if key not in known or (key == "ionic_conductivity" and weak):
                continue
            if name == "Li" and key == "exchange_current" and "electrolyte" in mapping["cell"]:
                continue  # the liquid says that of lithium in it
            energy = known.get(
                "activation_energy" if key == "ionic_conductivity" else f"{key}.activation_energy"
            )
            barrier = 0.5 if energy is None else energy.value / 96485.332
            if key == "electronic_conductivity" and known[key].value > 1e6:
                barrier = 0.0  # a metal
            own |= restated(material, key, factor(barrier, celsius, reference))
        if weak and "dissociation.k_r" in known:
            # F² D/(R T): a diffusivity that keeps the conductivity's factor also takes T's
            share = factor(0.5, celsius) * (celsius + 273.15) / 298.15
            both = {
                key: restated(material, f"dissociation.{key}", share)["dissociation"][key]
                for key in ("D_plus", "D_minus")
            }
            # all rates with them, so that the ratio of steady to instant resistance stays
            own["dissociation"] = both | restated(material, "dissociation.k_r", share)["dissociation"]
        if own:
            stated[name] = own | {"reference_temperature": f"{celsius} degC"}
    return stated


@pytest.mark.parametrize("cell", [cell for cell in CELLS if has_closed_form("pillars", cell)])
def test_constants_stated_by_hand_at_the_cells_temperature_give_the_same_numbers(cell: str) -> None:
    mapping = at(COLD, design("pillars", cell))
    found = evaluated(mapping)
    hand = evaluated({**mapping, "materials": by_hand(mapping, COLD)})
    assert found.resistance is not None and hand.resistance is not None  # noqa: PT018
    assert hand.resistance.asr_by_part_ohm_cm2 == pytest.approx(
        found.resistance.asr_by_part_ohm_cm2, rel=1e-7
    )
    assert [row.capacity_uAh_cm2 for row in hand.rate or ()] == pytest.approx(
        [row.capacity_uAh_cm2 for row in found.rate or ()], rel=1e-6
    )
    assert [row.energy_mWh_cm2 for row in hand.rate or ()] == pytest.approx(
        [row.energy_mWh_cm2 for row in found.rate or ()], rel=1e-6
    )
    assert not any("assumed" in note for note in hand.notes)


@pytest.mark.parametrize(
    ("cell", "current"),
    [
        ("conformal", None),
        ("conformal", 0.5),
        ("flooded", None),
        ("flooded, salt", None),
        ("flooded, salt", 0.05),
    ],
)
def test_finite_elements_take_the_same_constants(cell: str, current: float | None) -> None:
    mapping = at(COLD, design("pillars", cell))
    found, hand = (
        solve_transport(design_from_mapping(one), current=current, resolution=1)
        for one in (mapping, {**mapping, "materials": by_hand(mapping, COLD)})
    )
    assert hand.numbers.asr_by_part_ohm_cm2 == pytest.approx(found.numbers.asr_by_part_ohm_cm2, rel=1e-6)
    assert any("assumed" in note for note in found.notes)


def test_pearse_at_20_below_zero_by_hand() -> None:
    mapping = at(COLD, read_mapping(PEARSE)[0])
    found = evaluated(mapping).resistance
    assert found is not None
    # holes 3 um x 30 um, 6 um apart, hexagonal; cathode 70 nm on 40 nm of ruthenium, then 50 nm of electrolyte
    footprint, perimeter, depth = math.sqrt(3) / 2 * 6e-6**2, math.pi * 3e-6, 30e-6

    def gain(offset: float) -> float:
        bent = -math.pi * depth - (1 - math.pi / 4) * perimeter
        return (footprint + perimeter * depth + 2 * bent * offset + math.pi * offset**2) / footprint

    transfer = 8.314462618 * 253.15 / (96485.332 * 5.0 * factor(0.5, COLD))
    by_part = found.asr_by_part_ohm_cm2
    assert by_part["cathode_interface"] == pytest.approx(1e4 * transfer / gain(110e-9), rel=1e-6)
    assert by_part["anode_interface"] == pytest.approx(1e4 * transfer / gain(160e-9), rel=1e-6)
    conductivity = 6.51e-5 * factor(0.55, COLD, 35.0)
    electrolyte = sum(
        50e-9 / (conductivity * gain(110e-9 + share * 50e-9)) * weight
        for share, weight in ((0.0, 1 / 6), (0.5, 4 / 6), (1.0, 1 / 6))  # Simpson's rule
    )
    assert by_part["electrolyte"] == pytest.approx(1e4 * electrolyte, rel=1e-6)


def test_notes_begin_5_kelvin_from_the_reference_and_name_what_is_assumed() -> None:
    mapping = design("pillars", "conformal")
    assert not any("degC" in note for note in evaluated(at(29.0, mapping)).notes)
    (assumed,) = (note for note in evaluated(at(COLD, mapping)).notes if "is assumed" in note)
    slower = 1 / factor(0.5, COLD)
    assert f"{slower:.3g} times slower" in assumed
    assert f"({1 / factor(0.3, COLD):.3g} to {1 / factor(0.7, COLD):.3g} times)" in assumed
    for text in ("exchange current of LiV2O5, SnNx", "diffusivity of LiV2O5, SnNx", "an estimate"):
        assert text in assumed
    own = {**mapping, "materials": energies(mapping, "0.4 eV")}
    notes = evaluated(at(COLD, own)).notes
    assert not any("is assumed" in note for note in notes)
    assert any("taken at -20 degC as at 25 degC" in note for note in notes)


def test_a_note_counts_from_where_a_constant_holds() -> None:
    own = {"LiPON-ALD": {"reference_temperature": "60 degC"}}
    mapping = design(materials=own)
    mapping["layers"] = [
        {**layer, "material": "LiPON-ALD"} if layer["role"] == "electrolyte" else layer
        for layer in mapping["layers"]
    ]
    (note,) = (note for note in evaluated(mapping).notes if "is assumed" in note)
    slower = 1 / factor(0.5, ROOM, 60.0)
    assert f"ionic conductivity of LiPON-ALD. They are {slower:.3g} times slower than at 60 degC" in note
    assert note.endswith("materials.LiPON-ALD.activation_energy")


def test_the_default_stands_in_provenance_with_its_band_as_an_estimate() -> None:
    rows = {(row.material, row.property): row for row in evaluated(at(COLD, design())).provenance}
    for key in ("exchange_current", "diffusivity", "electronic_conductivity"):
        row = rows["LiV2O5", f"{key}.activation_energy"]
        assert (row.value, row.low, row.high, row.unit) == pytest.approx((0.5, 0.3, 0.7, "eV"))
        assert row.confidence == "memory"
    assert ("Ru", "activation_energy") not in rows


def test_metals_stay_and_follow_an_activation_energy_that_is_stated() -> None:
    for name in ("Ru", "TiN", "Cu", "Li"):
        metal = load_library().find(name)
        assert metal.electron_conductivity(253.15) == metal.electron_conductivity(298.15)
    stated = MaterialOverride.model_validate({"activation_energy": "0.02 eV"})
    film = resolve_material("TiN", stated)
    expected = factor(0.02, COLD) / 1.75e-6
    assert film.electron_conductivity(253.15) == pytest.approx(expected, rel=1e-8)
    oxide = load_library().find("LiCoO2")
    assert oxide.electron_conductivity(253.15) == pytest.approx(10 * factor(0.5, COLD), rel=1e-7)


def test_an_activation_energy_alone_keeps_the_librarys_value() -> None:
    stated = MaterialOverride.model_validate({"exchange_current": {"activation_energy": "0.6 eV"}})
    found, library = resolve_material("LiV2O5", stated), load_library().find("LiV2O5")
    assert found.properties["exchange_current"] == library.properties["exchange_current"]
    assert found.value_at("exchange_current", 253.15) == pytest.approx(5 * factor(0.6, COLD), rel=1e-8)
    assert MaterialOverride.model_validate(stated.to_mapping()) == stated


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        (
            {"exchange_current": {"activation_energy": "0.6 eV"}},
            "materials.mine.exchange_current: needs a value",
        ),
        ({"diffusivity": {"low": "1e-18 m^2/s"}}, "needs a value; only an activation_energy may stand alone"),
        ({"diffusivity": {"activation_enrgy": "1 eV"}}, "did you mean 'activation_energy'?"),
        ({"diffusivity": {"value": "1e-18 m^2/s", "activation_energy": "0.5 V"}}, "eV"),
    ],
)
def test_faults_in_activation_energies_say_what_to_do(stated: dict[str, Any], message: str) -> None:
    mapping = design(materials={"mine": stated})
    mapping["layers"] = [{**mapping["layers"][0], "material": "mine"}, *mapping["layers"][1:]]
    with pytest.raises(DesignError, match=r"materials\.mine") as caught:
        evaluate(design_from_mapping(mapping))
    assert message in str(caught.value)


def test_a_new_constant_is_meant_at_25_degrees_unless_a_temperature_stands_beside_it() -> None:
    library = load_library().find("Li2PO2N")  # at 35 degC
    new = resolve_material("Li2PO2N", MaterialOverride.model_validate({"diffusivity": "1e-18 m^2/s"}))
    assert new.value_at("diffusivity", 298.15) == 1e-18
    assert new.value_at("ionic_conductivity", 308.15) == library.value("ionic_conductivity")
    both = {"diffusivity": "1e-18 m^2/s", "reference_temperature": "0 degC"}
    cold = resolve_material("Li2PO2N", MaterialOverride.model_validate(both))
    assert cold.value_at("diffusivity", 273.15) == 1e-18
    assert cold.value_at("ionic_conductivity", 273.15) == library.value("ionic_conductivity")


def test_raijmakers_is_run_where_its_constants_hold() -> None:
    found = evaluate(load_design(ROOT / "designs" / "raijmakers_2020_planar.yaml"))
    assert found.resistance is not None
    # MODELS 1.3: L/sigma at 293 K
    parts = found.resistance.asr_by_part_ohm_cm2
    assert parts["electrolyte"] == pytest.approx(326.3, rel=5e-3)
    assert parts["anode_interface"] == pytest.approx(
        43.9, rel=5e-3
    )  # and so is the exchange current of lithium
    # L/sigma, both interfaces and 18.3 ohm cm2 of contacts at x = 0.80, where i0 goes as sqrt(x (1 - x))
    cathode = parts["cathode_interface"] * (0.755 * 0.245 / (0.80 * 0.20)) ** 0.5
    assert sum(parts.values()) - parts["cathode_interface"] + cathode == pytest.approx(455.6, rel=5e-3)
