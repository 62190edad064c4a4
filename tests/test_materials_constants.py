"""A constant is one line of one table: library, overrides, JSON Schema and provenance know it from there."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tfgeom.design.writing import design_json_schema
from tfgeom.materials.constants import CONSTANTS, Constant
from tfgeom.materials.library import load_library, resolve_material
from tfgeom.materials.recording import recorded_constants
from tfgeom.materials.schema import MaterialEntry, MaterialOverride
from tfgeom.metrics.provenance import provenance
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.units import parse_quantity

every_constant = pytest.mark.parametrize("constant", CONSTANTS.values(), ids=lambda constant: constant.key)

# The keys of the design file's contract: a constant that is renamed breaks people's files.
KEYS = {
    "density", "volumetric_capacity", "host_capacity", "diffusivity", "exchange_current",
    "electronic_conductivity", "ionic_conductivity", "activation_energy", "reference_temperature", "resistivity",
    "transference_number", "salt_concentration", "expansion", "initial_efficiency", "lithiation",
    "dissociation.k_r", "dissociation.delta", "dissociation.D_plus", "dissociation.D_minus",
    "dissociation.total_lithium", "diffusivity.activation_energy", "exchange_current.activation_energy",
    "two_phase.x_alpha", "two_phase.x_beta", "two_phase.D_alpha", "two_phase.D_beta",
}  # fmt: skip
ADDED = """
from tfgeom.materials.constants import CONSTANTS, Constant
from tfgeom.quantities import Quantity
CONSTANTS["hardness"] = Constant("hardness", Quantity("density", high="9 g/cm^3"), "made up", "2 g/cm^3")

import pathlib, sys, tfgeom
from tfgeom.design import design_from_mapping, dump_design, load_design
from tfgeom.errors import DesignError
from tfgeom.design.writing import design_json_schema
from tfgeom.materials.library import read_library, resolve_material
from tfgeom.materials.recording import recorded_constants
from tfgeom.metrics.provenance import provenance

stated = "{value: 3 g/cm^3, source: s, confidence: memory}"
folder = pathlib.Path(sys.argv[1])
(folder / "x.yaml").write_text(f"Foo:\\n  title: t\\n  hardness: {stated}\\n")
print(read_library(folder).find("Foo").value("hardness"))
mapping = {"schema_version": 1, "name": "x", "relief": {"kind": "planar"}, "materials": {"Ru": {"hardness": "4 g/cm^3"}}}
design = design_from_mapping(mapping)
with recorded_constants() as read:
    resolve_material("Ru", design.materials["Ru"]).value("hardness")
print([(row.property, row.value, row.unit) for row in provenance(read)])
(folder / "x.yaml").write_text(dump_design(design))
print(load_design(folder / "x.yaml") == design, "hardness: 4 g/cm^3" in dump_design(design))
print('"made up"' in design_json_schema())
try:
    design_from_mapping({**mapping, "materials": {"Ru": {"hardnes": "10 g/cm^3"}, "Ni": {"hardness": "10 g/cm^3"}}})
except DesignError as error:
    print(error)
"""


def of_section(constant: Constant, value: Any) -> dict[str, Any]:
    return {constant.section: {constant.name: value}} if constant.section else {constant.key: value}


def test_the_keys_are_those_of_the_design_file() -> None:
    assert set(CONSTANTS) >= KEYS
    for model in (MaterialEntry, MaterialOverride):
        assert {key.partition(".")[0] for key in KEYS} <= set(model.model_fields)


@every_constant
def test_its_example_is_read_and_written_and_stands_in_provenance(constant: Constant) -> None:
    override = MaterialOverride.model_validate(of_section(constant, constant.example))
    value = parse_quantity(constant.example, constant.dimension)
    assert override.stated()[constant.key].value == value
    assert MaterialOverride.model_validate(override.to_mapping()) == override
    name = {"": "mine", "dissociation": "Li3PO4-Danilov2011", "two_phase": "LiFePO4"}.get(
        constant.section, "LiV2O5"
    )
    found = resolve_material(name, override)
    with recorded_constants() as read:
        assert found.value(constant.key) == value
    row = next(row for row in provenance(read) if row.property == constant.key)
    assert (row.confidence, row.unit) == ("user", next(iter(DIMENSIONS[constant.dimension].display)))


@every_constant
def test_the_schema_says_what_it_is(constant: Constant) -> None:
    definitions = json.loads(design_json_schema())["$defs"]
    keys = definitions["MaterialOverride"]["properties"]
    if constant.section:
        name = keys[constant.section]["anyOf"][0]["$ref"].rpartition("/")[2]
        section = definitions[name]
        keys = section.get("properties") or section["anyOf"][1]["properties"]
    said = keys[constant.name]
    assert (said["description"], said["examples"]) == (constant.description, [constant.example])


def test_rows_of_a_material_follow_the_table() -> None:
    order = list(CONSTANTS)
    for material in load_library():
        keys = [order.index(key) for key in material.properties]
        assert keys == sorted(keys), material.name


def test_a_further_constant_is_one_line(tmp_path: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ADDED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "3000.0",
        "[('hardness', 4.0, 'g/cm^3')]",
        "True True",
        "True",
        "materials.Ru.hardnes: unknown key; did you mean 'hardness'?",
        "materials.Ni.hardness: 10 g/cm^3 is outside 9 g/cm^3; check the number and its unit",
    ]
