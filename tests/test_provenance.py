"""What moves a number stands in provenance, over every kind of cell: each constant of each material is changed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.kinds import CELLS, design
from tests.restating import materials_of, restated
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.materials.library import Material, load_library
from tfgeom.materials.recording import recorded_constants
from tfgeom.metrics.provenance import provenance

WARM = "40 degC"
"""Away from 25 degC, where activation energies would move nothing."""
SHARE, SHIFT = 0.97, 0.01
"""What numbers and potentials (V) are changed by: less would do, more may break a design."""
CLAIM = {"quantity": "footprint_capacity", "value": "1 uAh/cm^2", "confidence": "review", "source": "x", "tolerance": 0.1}  # fmt: skip
MORE_CONSTANTS: dict[str, dict[str, Any]] = {
    "Ru": {"activation_energy": "0.02 eV", "reference_temperature": "20 degC", "electronic_conductivity": "1e6 S/m"},
    "LiV2O5": {"activation_energy": "0.2 eV", "reference_temperature": "20 degC", "electronic_conductivity": "1e-3 S/m", "initial_efficiency": 0.95, "expansion": 0.1,
               "diffusivity": {"activation_energy": "0.3 eV"}, "exchange_current": {"value": "4 A/m^2", "activation_energy": "0.6 eV"}},
    "SnNx": {"expansion": 0.5, "initial_efficiency": 0.9, "electronic_conductivity": {"activation_energy": "0.1 eV"}, "diffusivity": {"activation_energy": "0.4 eV"}},
    "Cl-TiO2": {"activation_energy": "0.2 eV", "electronic_conductivity": "1e-3 S/m", "exchange_current": {"value": "1 A/m^2", "activation_energy": "0.6 eV"}},
    "TiN": {"activation_energy": "0.02 eV", "electronic_conductivity": "1e6 S/m"},
}  # fmt: skip
"""Constants that the library does not have of the films of `CELLS`."""

SMALLER_COUNTS = {"host_capacity"}
"""Read of both electrodes where the lithium limits; the smaller product moves a number."""

Constant = tuple[str, str]


def warm(cell: str, **changes: Any) -> dict[str, Any]:
    """Return a design of that kind of cell at 40 degC, with a claim of its capacity."""
    mapping = design("pillars", cell, **changes)
    if mapping.get("layers"):
        mapping["operation"] = {**mapping["operation"], "temperature": WARM}
        mapping["published"] = [CLAIM]
    return mapping


AT_ONCE = ("geometry only", "conformal", "anode-free", "flooded", "conformal, more constants")
"""Uses that are tried with every change; the others take seconds each and are tried in the gate."""


def use(mapping: dict[str, Any], name: str) -> Any:
    return pytest.param(mapping, id=name, marks=() if name in AT_ONCE else pytest.mark.slow)


def designs() -> Iterator[Any]:
    for cell in CELLS:
        yield use(warm(cell), cell)
    for cell in ("conformal", "many films", "anode-free", "bipolar", "flooded"):
        filled = cell == "many films"  # it has no gap that swelling could narrow
        stated = {
            name: {key: value for key, value in constants.items() if not (filled and key == "expansion")}
            for name, constants in MORE_CONSTANTS.items()
        }
        yield use(warm(cell, materials=stated), f"{cell}, more constants")
    weak = {"Li3PO4-Danilov2011": {"dissociation": {"delta": 0.2}}}
    yield use(warm("dc electrolyte", materials=weak), "dc electrolyte, stated")
    ohmic = {**warm("dc electrolyte", materials=weak), "cell": {"type": "conformal"}}
    yield use(ohmic, "conductivity of stated dissociation")


every_use = pytest.mark.parametrize("mapping", list(designs()))


def shifted(material: Material, shift: float) -> dict[str, Any]:
    """Return the override that states the open-circuit curve again, higher by ``shift``."""
    curve = material.curve
    assert curve is not None
    key = {
        "linear": "intercept",
        "polynomial": "coefficients",
        "sum": "coefficients",
        "rational": "numerator",
    }
    name = key.get(curve.form, "potential")
    given = curve.parameters[name]
    if curve.form == "rational":
        moved = [number * (1 + shift) for number in given]
    elif curve.form == "pchip":
        moved = [number + shift for number in given]
    else:
        moved = [given[0] + shift, *given[1:]] if isinstance(given, (list, tuple)) else given + shift
    parameters = {**curve.parameters, name: moved}
    return {"open_circuit": {"form": curve.form, "parameters": parameters, "window": list(curve.window)}}


def numbers(mapping: dict[str, Any], name: str, override: dict[str, Any]) -> tuple[str, set[Constant]]:
    """Return the numbers of a design with one more override, and what stands in its provenance."""
    given = mapping.get("materials", {})
    stated = {**given, name: merged(given.get(name, {}), override)}
    found = evaluate(design_from_mapping({**mapping, "materials": stated}))
    said = found.to_dict()
    for words in ("design_sha256", "notes", "provenance"):
        del said[words]
    return json.dumps(said), {(row.material, row.property) for row in found.provenance}


def merged(given: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    both = {**given, **override}
    for key in given.keys() & override.keys():
        if isinstance(given[key], dict):
            new = override[key]
            both[key] = {**given[key], **(new if isinstance(new, dict) else {"value": new})}
    return both


def changes(mapping: dict[str, Any]) -> Iterator[tuple[str, Constant, dict[str, Any], dict[str, Any]]]:
    """Yield the name in the design and every constant of every material, restated as it is and changed."""
    weak = mapping.get("cell", {}).get("electrolyte_model") in ("dc", "dissociation")
    for name, material in materials_of(mapping).items():
        given = mapping.get("materials", {}).get(name, {})
        for key in material.properties:
            if key == "ionic_conductivity" and (weak or "dissociation" in given):
                continue  # stating it sets aside the dissociation that is used, or contradicts it
            yield name, (material.name, key), restated(material, key, 1.0), restated(material, key, SHARE)
        if material.curve is not None:
            yield name, (material.name, "open_circuit"), shifted(material, 0.0), shifted(material, SHIFT)


@every_use
def test_what_moves_a_number_stands_in_provenance_and_the_other_way_round(mapping: dict[str, Any]) -> None:
    rows = [(row.material, row.property) for row in evaluate(design_from_mapping(mapping)).provenance]
    listed = set(rows)
    assert len(listed) == len(rows)  # what an override replaced is not read
    silent, idle = [], []
    for name, constant, same, other in changes(mapping):
        before, used = numbers(mapping, name, same)
        after, _ = numbers(mapping, name, other)
        if before != after and constant not in used:
            silent.append(constant)
        if before == after and constant in listed and constant[1] not in SMALLER_COUNTS:
            idle.append(constant)
    assert silent == []
    assert idle == []


def test_what_only_judges_claims_stands_where_there_is_a_claim() -> None:
    claimed = warm("conformal")
    for mapping, expected in ((claimed, True), ({**claimed, "published": []}, False)):
        found = evaluate(design_from_mapping(mapping)).provenance
        assert any(row.property == "host_capacity" for row in found) is expected


def test_lithium_in_a_liquid_stands_with_the_exchange_current_it_has_there() -> None:
    found = evaluate(design_from_mapping(warm("flooded"))).provenance
    rows = {row.material: row for row in found if row.property == "exchange_current"}
    liquid = load_library().find("LiPF6-EC-EMC").properties["exchange_current"]
    assert rows["Li"].source == rows["LiPF6-EC-EMC"].source == liquid.source
    assert len([row for row in found if (row.material, row.property) == ("Li", "exchange_current")]) == 1


def test_two_materials_of_one_name_have_a_row_each_where_they_differ() -> None:
    solid = load_library().find("Li")
    other = replace(
        solid, properties={**solid.properties, "density": solid.properties["volumetric_capacity"]}
    )
    with recorded_constants() as read:
        for lithium in (solid, other, solid):
            lithium.value("volumetric_capacity")
            lithium.value("density")
    assert [row.property for row in provenance(read)] == ["density", "volumetric_capacity", "density"]


def test_a_record_sees_what_is_read_inside_it_and_in_records_inside_it() -> None:
    lithium = load_library().find("Li")
    lithium.value("density")
    with recorded_constants() as outer:
        lithium.knows("exchange_current")
        with recorded_constants() as inner:
            lithium.value("volumetric_capacity")
            lithium.value("no such constant")
        lithium.open_circuit  # noqa: B018
    lithium.value("exchange_current")
    assert [key for _, key in inner] == ["volumetric_capacity"]
    assert [key for _, key in outer] == ["volumetric_capacity", "open_circuit"]


def test_densities_stand_there_only_where_there_is_a_mass() -> None:
    mapping = design("pillars", "conformal")
    layers = [dict(layer) for layer in mapping["layers"]]
    layers[-1]["material"] = "Unweighed"
    own = {"Unweighed": {"resistivity": "1e-7 ohm*m"}}
    found = evaluate(design_from_mapping({**mapping, "layers": layers, "materials": own}))
    assert found.energy is not None
    assert found.energy.specific_energy_Wh_kg.active is None
    films = {layer["material"] for layer in layers}
    assert not films & {row.material for row in found.provenance if row.property == "density"}


def test_a_constant_from_memory_says_where_to_state_what_is_known() -> None:
    """A reader never meets one without learning what to do about it, over every kind of cell."""
    seen = 0
    for cell in CELLS:
        mapping = warm(cell)
        for row in evaluate(design_from_mapping(mapping)).provenance:
            place = f"state it as materials.{row.material}.{row.property}"
            assert (place in row.note) == (row.confidence == "memory"), row
            seen += row.confidence == "memory"
    assert seen > 20
