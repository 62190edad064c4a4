"""What the loader refuses: the place, what was given, what is allowed, the remedy."""

from pathlib import Path
from typing import Any

import pytest

from tests.design_texts import FLOODED, VALID, errors_of, place, spoilt
from tfgeom.design import design_from_mapping, load_design, read_mapping
from tfgeom.errors import DesignError, Issue, MaterialError
from tfgeom.source import Origin


def test_valid_designs_load(tmp_path: Path) -> None:
    for text in (VALID, FLOODED):
        file = tmp_path / "design.yaml"
        file.write_text(text)
        assert load_design(file).origin.file == str(file)


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        (
            "6 um",
            "6",
            "6",
            "relief.pitch: needs a unit: 6 alone could mean anything; write for example '6 um'",
        ),
        (
            "6 um",
            "6 V",
            "6 V",
            "relief.pitch: 'V' is not a unit of this kind: a length is needed, for example '3 um'",
        ),
        (
            "6 um",
            "6 foo",
            "6 foo",
            "relief.pitch: unknown unit 'foo': a length is needed, for example '3 um'",
        ),
        ("6 um", "6,5 um", "6,5", "relief.pitch: '6,5 um' has a decimal comma; write '6.5 um'"),
        (
            "70 nm",
            "70,5 nm",
            "70,5",
            "layers.cathode.thickness: '70,5 nm' has a decimal comma; write 70.5 nm",
        ),
        ("0.5 V", "0,5 V", "0,5", "operation.voltage.min: '0,5 V' has a decimal comma; write 0.5 V"),
        (
            "6 um",
            "nan um",
            "nan",
            "relief.pitch: 'nan um' is not a number followed by a unit; write for example '3 um'",
        ),
        (
            "6 um",
            ".nan",
            ".nan",
            "relief.pitch: must be a finite number with a unit, not nan; for example '3 um'",
        ),
        (
            "6 um",
            "9**9**9 m",
            "9**9**9",
            "relief.pitch: '9**9**9 m' is not a number followed by a unit; write for example '3 um'",
        ),
        ("6 um", "-6 um", "-6 um", "relief.pitch: must be greater than 0, not -6 um"),
        ("6 um", "0 um", "0 um", "relief.pitch: must be greater than 0, not 0 um"),
        (
            "6 um",
            "1 km",
            "1 km",
            "relief.pitch: 1 km is outside 0.05 nm to 100 mm; check the number and its unit",
        ),
        ("70 nm", "10 pm", "10 pm}", "layers.cathode.thickness: 10 pm is outside 0.05 nm to 100 mm"),
        ("6 um", "", "pitch", "relief.pitch: has no value; give one or remove the key"),
        ("25 degC", "25 K", "25 K", "operation.temperature: 25 K is outside 200 K to 400 K"),
        (
            "[0.1, 1, 10]",
            "[0.1, 0]",
            "0]",
            "operation.c_rates.1: must be a number from 1e-09 to 1e+06, not 0",
        ),
        (
            "[0.1, 1, 10]",
            "[0.5 C]",
            "0.5 C]",
            "operation.c_rates.0: must be a bare number such as 0.5, not '0.5 C'",
        ),
        ("0.5 V", "4 V", "voltage", "operation.voltage: min 4 V must be below max 3.5 V"),
        (
            "{type: conformal}",
            "{type:conformal}",
            "type:conformal",
            "cell.type:conformal: unknown key without a value; write 'type: conformal', with a space",
        ),
        ("pitch", "pich", "pich", "relief.pich: unknown key; did you mean 'pitch'?"),
        (
            "thickness: 70 nm",
            "thicknes: 70 nm",
            "thicknes: 70",
            "layers.cathode.thicknes: unknown key; did you mean",
        ),
        ("  pitch: 6 um\n", "", "relief", "relief.pitch: is missing; add it, for example 'pitch: 3 um'"),
        ("  lattice: hexagonal\n", "", "relief", "relief.lattice: is missing; add it"),
        ("schema_version: 1\n", "", "name", "schema_version: is missing; add 'schema_version: 1' at the top"),
        ("schema_version: 1", "schema_version: 3", "3", "schema_version: must be 1, not 3"),
        ("kind: holes", "kind: hols", "hols", "relief.kind: 'hols' is not known; did you mean 'holes'?"),
        ("  kind: holes\n", "", "relief", "relief.kind: is missing; give one of planar, pillars, holes"),
        (
            "hexagonal",
            "kagome",
            "kagome",
            "relief.lattice: 'kagome' is not known; allowed: square, hexagonal",
        ),
        (
            "{type: conformal}",
            "{type: conformall}",
            "conformall}",
            "cell.type: 'conformall' is not known; did you mean",
        ),
        (
            "name: Holes",
            "name: Holes\nname: More",
            "name: More",
            "name: is given twice, first on line 2; keep one",
        ),
        (
            "diameter: 3 um",
            "diameter: 7 um",
            "7 um",
            "relief.diameter: 7 um does not fit pitch 6 um; use less than 6 um, or a larger pitch",
        ),
        (
            "depth: 30 um",
            "depth: 30 um\n  rim_radius: 1.5 um",
            "1.5",
            "relief.rim_radius: 1.5 um on both sides leaves nothing of pitch - diameter 3 um; use",
        ),
        (
            "depth: 30 um",
            "depth: 1 um\n  rim_radius: 1 um",
            "1 um\nlayers",
            "relief.rim_radius: 1 um does not fit depth 1 um",
        ),
        (
            "role: anode",
            "role: cathode",
            "layers",
            "layers: no layer of role anode; a conformal cell has one",
        ),
        (
            "role: anode",
            "role: cathode",
            "{role: cathode, material: SnNx",
            "layers.3: a second cathode beside layer 2; a conformal cell has one",
        ),
        ("role: electrolyte", "role: current_collector", "layers", "layers: no layer of role electrolyte"),
        (
            "  - {role: anode, material: SnNx, thickness: 10 nm}\n",
            "",
            "layers",
            "layers: no layer of role anode; a conformal cell has one",
        ),
        (
            "  - {role: current_collector, material: TiN",
            "  - {role: current_collector, material: Pt, thickness: 9 nm, name: more}\n  - {role: current_collector, material: TiN",
            "{role: current_collector, material: TiN",
            "layers.outer_collector: a second current collector on the same side; keep one",
        ),
        (
            "role: anode",
            "role: anode, name: cathode",
            "cathode, material: SnNx",
            "layers.3.name: 'cathode' is also the name of layer 2",
        ),
        ("role: anode", "role: anode, name: a/b", "a/b", "layers.a/b.name: must be letters, digits"),
        ("cell: {type: conformal}\n", "", "schema_version", "cell: is missing: layers need a cell"),
        ("role: anode", "role: anod", "anod", "layers.anod.role: 'anod' is not known; did you mean 'anode'?"),
        (
            "LiV2O5",
            "LiV2O4",
            "LiV2O4",
            "layers.cathode.material: unknown material 'LiV2O4'; did you mean 'LiV2O5'?",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\nmaterials: {LiV2O6: {density: 3 g/cm^3}}",
            "LiV2O6",
            "materials.LiV2O6: 'LiV2O6' is neither in the library nor the material of a layer; did",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\nmaterials: {LiV2O5: {difusivity: 1e-13 cm^2/s}}",
            "difusivity",
            "materials.LiV2O5.difusivity: unknown key; did you mean 'diffusivity'?",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\nmaterials: {LiV2O5: {diffusivity: 1e-13 cm/s}}",
            "1e-13",
            "materials.LiV2O5.diffusivity: 'cm/s' is not a unit of this kind",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\nchosen: {relief.pich: fits}",
            "relief.pich",
            "chosen.relief.pich: no such value in this design; did you mean 'relief.pitch'?",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\npublished:\n  - {quantity: asr, value: 9, confidence: review, source: x}",
            "9, confidence",
            "published.0.value: needs a unit: 9 alone could mean anything; write for example '9",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\npublished:\n  - {quantity: area_gain, value: 9 um, confidence: review, source: x}",
            "9 um",
            "published.0.value: must be a bare number such as 9.3, not '9 um'",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\npublished:\n  - {quantity: capacity_retention, value: 0.8, confidence: review, source: x}",
            "{quantity",
            "published.0.c_rate: is missing: a retention belongs to a rate",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\npublished:\n  - {quantity: area_gain, value: 9, confidence: review, source: one, two}",
            "two}",
            "published.0.two: unknown key without a value; text with a comma in {...} needs quotes",
        ),
    ],
)
def test_one_mistake(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    text = spoilt(VALID, (old, new))
    lines = errors_of(tmp_path, text)
    assert any(line.startswith(f"{place(text, at)}: {message}") for line in lines), "\n".join(lines)


def test_thin_films_are_allowed(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(spoilt(VALID, ("70 nm", "70 pm")))
    assert load_design(file).layers[1].thickness == 7e-11


EXTRA = "cell: {type: conformal}"


def test_all_mistakes_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = errors_of(
        tmp_path,
        spoilt(
            VALID,
            ("diameter: 3 um", "diameter: 7 um"),
            ("LiV2O5", "LiV2O4"),
            ("thickness: 50 nm", "thicknes: 50 nm"),
            ("10 nm", "-10 nm"),
            ("25 nm", "25,5 nm"),
            ("{type: conformal}", "{type: conformal, sort: 1}"),
            ("25 degC", "25"),
        ),
    )
    places = [line.split(": ")[1] for line in lines]
    assert places == [
        "relief.diameter",
        "layers.cathode.material",
        "layers.electrolyte.thicknes",
        "layers.anode.thickness",
        "layers.outer_collector.thickness",
        "cell.sort",
        "operation.temperature",
    ]
    assert [int(line.split(":")[0]) for line in lines] == [7, 11, 12, 13, 14, 15, 18]


def test_many_mistakes_are_cut(tmp_path: Path) -> None:
    lines = errors_of(tmp_path, VALID + "".join(f"key{number}: 1\n" for number in range(300)))
    assert len(lines) == 101
    assert lines[-1].endswith("and 200 more problems")


def test_from_python(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(VALID)
    mapping, origin = read_mapping(file)
    assert design_from_mapping(mapping) == load_design(file)
    mapping["relief"]["pitch"] = 6e-6
    with pytest.raises(DesignError, match=r"^relief.pitch: needs a unit"):
        design_from_mapping(mapping)
    with pytest.raises(DesignError, match=r"design.yaml:6:10: relief.pitch: needs a unit"):
        design_from_mapping(mapping, origin)


def test_python_mapping_that_contains_itself() -> None:
    mapping: dict[str, Any] = {"schema_version": 1}
    mapping["relief"] = mapping
    with pytest.raises(DesignError, match="nested more than 20 levels"):
        design_from_mapping(mapping)


def test_located_adds_the_place(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(VALID)
    design = load_design(file)
    with (
        pytest.raises(MaterialError, match=r"design.yaml:11:50: layers.cathode.thickness: too thick$"),
        design.located(),
    ):
        raise MaterialError([Issue("layers.cathode.thickness", "too thick")])
    with (
        pytest.raises(DesignError, match=r"design.yaml:11:5: layers.cathode.step_coverage: x$"),
        design.located(),
    ):
        raise DesignError.at("layers.cathode.step_coverage", "x")
    with (
        pytest.raises(DesignError, match=r"^relief: x$"),
        design_from_mapping(read_mapping(file)[0]).located(),
    ):
        raise DesignError.at("relief", "x")


def test_origin_knows_keys_and_values(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(VALID)
    _, origin = read_mapping(file)
    assert isinstance(origin, Origin)
    lines = VALID.splitlines()
    for path, text in (
        ("relief.pitch", "6 um"),
        ("layers.anode.thickness", "10 nm"),
        ("operation.c_rates.1", "1"),
    ):
        line, column = origin.positions[path]
        assert lines[line - 1][column - 1 :].startswith(text)
        if path in origin.keys:
            line, column = origin.keys[path]
            assert lines[line - 1][column - 1 :].startswith(path.rpartition(".")[2])
