"""Designs written and read back; the fingerprint."""

import json
import string
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.design_texts import FLOODED, VALID
from tests.random_designs import designs
from tests.shipped import SHIPPED
from tfgeom.design import (
    KINDS,
    Design,
    design_from_mapping,
    design_json_schema,
    design_sha256,
    design_template,
    dump_design,
    load_design,
)
from tfgeom.reliefs.pillars import Pillars


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("designs") / "design.yaml"


def load_text(file: Path, text: str) -> Design:
    file.write_text(text, encoding="utf-8")
    return load_design(file)


@settings(max_examples=150, deadline=None)
@given(mapping=designs())
def test_dumped_loads_back_equal(mapping: dict[str, Any], scratch: Path) -> None:
    design = design_from_mapping(mapping)
    again = load_text(scratch, dump_design(design))
    assert again == design
    assert design_sha256(again) == design_sha256(design)
    assert dump_design(again) == dump_design(design)


@pytest.mark.parametrize("first", sorted(set(string.punctuation) | {"é", "0"}))
def test_any_first_letter_loads_back(first: str, scratch: Path) -> None:
    for text in (first + second for second in (*string.punctuation, "0", "é", " a")):
        plain = {"schema_version": 1, "name": "x", "relief": {"kind": "planar"}, "source": text}
        design = design_from_mapping({**plain, "chosen": {"relief.kind": text}})
        assert load_text(scratch, dump_design(design)) == design


@settings(max_examples=30, deadline=None)
@given(mapping=designs(), order=st.randoms())
def test_fingerprint_does_not_see_order(mapping: dict[str, Any], order: Any) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    assert design_sha256(design_from_mapping(shuffled(mapping))) == design_sha256(
        design_from_mapping(mapping)
    )


def test_fingerprint_sees_what_is_said_not_how(scratch: Path) -> None:
    first = design_sha256(load_text(scratch, VALID))
    otherwise = (
        VALID.replace("70 nm", "0.07 um")
        .replace("diameter: 3 um", "diameter: {value: 0.003 mm, at: top}\n  rim_radius: 0 nm")
        .replace("25 degC", "298.15 K")
        .replace("[0.1, 1, 10]", "[1e-1, 1.0, 10]  # rates")
        .replace("{type: conformal}", "{type: conformal, electrolyte_model: ohmic, anode_free: false}")
    )
    assert design_sha256(load_text(scratch, otherwise)) == first
    assert design_sha256(load_text(scratch, VALID.replace("70 nm", "71 nm"))) != first
    assert design_sha256(load_text(scratch, VALID.replace("pitch: 6 um", "pitch: 6.0001 um"))) != first


def test_fingerprint_takes_whole_numbers_as_numbers(scratch: Path) -> None:
    curve = "materials: {LiV2O5: {open_circuit: {form: constant, parameters: {potential: 3.0}}}}\n"
    first, second = load_text(scratch, VALID + curve), load_text(scratch, VALID + curve.replace("3.0", "3"))
    assert design_sha256(first) == design_sha256(second)
    assert load_text(scratch, dump_design(first)) == first


@pytest.mark.parametrize(
    "name", ["1", "1.5", "true", "~", "null", "0o7", "0x1F", ".5e3", ".nan", "1_000", "no", "a: b"]
)
def test_names_that_look_like_something_else(name: str, scratch: Path) -> None:
    quoted = load_text(scratch, VALID.replace("name: Holes", f"name: '{name}'"))
    assert quoted.name == name
    assert load_text(scratch, dump_design(quoted)) == quoted


def test_dump_is_short_and_in_order(scratch: Path) -> None:
    assert dump_design(load_text(scratch, VALID)) == VALID


def test_values_of_a_design(scratch: Path) -> None:
    design = load_text(scratch, FLOODED + "substrate: {material: Si, thickness: 0.5 mm}\n")
    assert isinstance(design.relief, Pillars)
    assert design.relief.diameter is not None
    assert (design.relief.pitch, design.relief.diameter.value, design.relief.height) == (4e-6, 2e-6, 5e-5)
    assert (design.relief.rim_radius, design.relief.diameter.at) == (0.0, "top")
    assert [layer.name for layer in design.layers] == ["inner_collector", "cathode"]
    assert design.layers[1].thickness == 9e-8
    assert design.substrate is not None
    assert design.substrate.thickness == 5e-4
    assert design.cell is not None
    assert design.cell.type == "flooded"
    assert (design.cell.counter, design.cell.separator) == ("Li", 2e-5)
    assert design.operation is not None
    assert design.operation.temperature == 298.15
    assert design.operation.initial_state_of_charge == 1.0


def test_collectors_are_named_by_their_place(scratch: Path) -> None:
    design = load_text(scratch, VALID)
    names = ["inner_collector", "cathode", "electrolyte", "anode", "outer_collector"]
    assert [layer.name for layer in design.layers] == names
    without_inner = VALID.replace("  - {role: current_collector, material: Ru, thickness: 40 nm}\n", "")
    assert [layer.name for layer in load_text(scratch, without_inner).layers] == names[1:]


def test_equality_ignores_the_file(tmp_path: Path) -> None:
    one, two = load_text(tmp_path / "one.yaml", VALID), load_text(tmp_path / "two.yaml", "# two\n" + VALID)
    assert one == two
    assert one.origin != two.origin
    assert one != load_text(tmp_path / "three.yaml", VALID.replace("70 nm", "71 nm"))


@pytest.mark.parametrize("kind", KINDS)
def test_templates_load(kind: str, scratch: Path) -> None:
    design = load_text(scratch, design_template(kind))
    assert design.relief.kind == kind
    assert load_text(scratch, dump_design(design)) == design


def test_json_schema_accepts_what_loads() -> None:
    from ruamel.yaml import YAML

    schema = json.loads(design_json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    plain = YAML(typ="safe", pure=True)
    texts = [VALID, FLOODED, *(design_template(kind) for kind in KINDS), *(f.read_text() for f in SHIPPED)]
    for text in texts:
        check.validate(plain.load(text))
    for spoilt in (
        VALID.replace("pitch:", "pich:"),
        VALID.replace("6 um", "6"),
        VALID.replace("holes", "holse"),
    ):
        assert not check.is_valid(plain.load(spoilt))


def test_json_schema_explains_itself() -> None:
    schema = json.loads(design_json_schema())
    pitch = schema["$defs"]["Pillars"]["properties"]["pitch"]
    assert pitch["examples"] == ["3 um"]
    assert "pattern" in pitch
    for name in ("Design", *(kind.capitalize() for kind in KINDS), "Layer", "Operation", "Published"):
        section = schema if name == "Design" else schema["$defs"][name]
        for key, field in section["properties"].items():
            assert "description" in field or "const" in field, f"{name}.{key} has no description"
