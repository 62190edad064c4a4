"""The rules of the library's files, each fault at its line."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from tfgeom.errors import MaterialError
from tfgeom.materials import library as library_module
from tfgeom.materials.library import Library, load_library, read_library
from tfgeom.materials.reading import index_entries
from tfgeom.materials.schema import LIBRARY_KEYS, MaterialEntry, MaterialOverride

GOOD = """\
Foo:
  title: a metal
  aliases: [F]
  density:
    value: 5 g/cm^3
    source: somebody
    confidence: memory
"""


def written(folder: Path, text: str) -> Path:
    (folder / "metals.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_good_file(tmp_path: Path) -> None:
    library = read_library(written(tmp_path, GOOD))
    assert library.find("F").value("density") == 5000.0
    assert library.find("F").estimated == {"density"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    source: somebody\n", "", r"metals\.yaml:4:3: Foo\.density\.source: 'source' is missing"),
        ("    confidence: memory\n", "", r"metals\.yaml:4:3: Foo\.density\.confidence: 'conf.* is missing"),
        ("source: somebody", "source: ''", r"metals\.yaml:6:5: Foo\.density\.source: .*at least 1 character"),
        ("memory", "certain", r"metals\.yaml:7:5: Foo\.density\.confidence: .*'primary'.*not 'certain'"),
        ("5 g/cm^3", "5", r"metals\.yaml:5:5: Foo\.density\.value: needs a unit: 5 alone"),
        ("5 g/cm^3", "5 um", r"metals\.yaml:5:5: Foo\.density\.value: .*a density is needed"),
        ("5 g/cm^3", "-5 g/cm^3", r"metals\.yaml:5:5: Foo\.density\.value: .*greater than 0"),
        ("  density", "  densty", r"metals\.yaml:4:3: Foo\.densty: unknown key.*did you mean 'density'"),
        ("source", "sorce", r"metals\.yaml:6:5: Foo\.density\.sorce: unknown key.*'source'"),
        ("  title: a metal\n", "", r"metals\.yaml:1:1: Foo\.title: 'title' is missing"),
        ("aliases: [F]", "aliases: [Foo]", r"metals\.yaml:1:1: Foo: the name 'Foo' is already taken"),
        ("  density:", "  title: again\n  density:", r"metals\.yaml:4:3: Foo\.title: is given twice, first on line 2"),
        ("density:", "lithiation: {value: 0,5, source: s, confidence: memory}\n  density:",
         r"metals\.yaml:4:\d+: Foo\.lithiation\.value: '0,5' has a decimal comma"),
        ("    value", "   value", r"metals\.yaml:6:.*not valid YAML"),
        (GOOD, "- Foo\n", r"metals\.yaml:1:1: must be a mapping"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(MaterialError, match=words):
        read_library(written(tmp_path, GOOD.replace(old, new, 1)))


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("5 g/cm^3", "5").replace("memory", "certain")
    with pytest.raises(MaterialError) as error:
        read_library(written(tmp_path, text))
    assert [issue.line for issue in error.value.issues] == [5, 7]


def test_a_name_taken_in_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "z.yaml").write_text("F:\n  title: another\n", encoding="utf-8")
    with pytest.raises(MaterialError, match=r"z\.yaml:1:1: F: the name 'F' is already taken by 'Foo'"):
        read_library(written(tmp_path, GOOD))


def test_band_must_hold_the_value() -> None:
    stated = {"value": "5 S/m", "low": "6 S/m", "source": "x", "confidence": "memory"}
    with pytest.raises(ValidationError, match="between low and high"):
        MaterialEntry.model_validate({"title": "t", "ionic_conductivity": stated})


def test_library_and_design_know_the_same_keys() -> None:
    assert set(MaterialEntry.model_fields) - set(LIBRARY_KEYS) == set(MaterialOverride.model_fields)
    assert not set(LIBRARY_KEYS) & set(MaterialOverride.model_fields)


TWO = GOOD + "Bar:\n  like: Foo\n  title: another metal\n  aliases: [B]\n"


def test_a_material_like_another_shares_what_it_does_not_state(tmp_path: Path) -> None:
    text = TWO + "  density: {value: 6 g/cm^3, source: nobody, confidence: abstract}\n"
    library = read_library(written(tmp_path, text))
    assert library.find("B").value("density") == 6000.0
    assert library.find("B").title == "another metal"
    assert library.find("F").value("density") == 5000.0
    assert read_library(written(tmp_path, TWO)).find("Bar").value("density") == 5000.0
    nothing = read_library(written(tmp_path, TWO + "  density: null\n")).find("Bar")
    assert nothing.value("density") is None


@pytest.mark.parametrize("base", ["Baz", "Bar", "B"])
def test_like_names_another_material(tmp_path: Path, base: str) -> None:
    with pytest.raises(MaterialError, match=rf"metals\.yaml:9:3: Bar\.like: '{base}' must be another"):
        read_library(written(tmp_path, TWO.replace("like: Foo", f"like: {base}")))


def test_like_does_not_chain(tmp_path: Path) -> None:
    third = "Third:\n  like: Bar\n  title: a third metal\n"
    with pytest.raises(MaterialError, match=r"metals\.yaml:13:3: Third\.like: 'Bar' must be another"):
        read_library(written(tmp_path, TWO + third))


def test_faults_below_the_first_material_have_their_own_lines(tmp_path: Path) -> None:
    with pytest.raises(
        MaterialError, match=r"metals\.yaml:12:3: Bar\.title: is given twice, first on line 10"
    ):
        read_library(written(tmp_path, TWO + "  title: once more\n"))
    with pytest.raises(MaterialError, match=r"metals\.yaml:12:3: Bar\.densty: unknown key"):
        read_library(written(tmp_path, TWO + "  densty: null\n"))


def test_aliases_stand_on_one_line(tmp_path: Path) -> None:
    text = GOOD.replace("aliases: [F]", "aliases:\n    - F")
    with pytest.raises(MaterialError, match=r"metals\.yaml:3:3: Foo\.aliases: must stand on one line"):
        read_library(written(tmp_path, text))


def test_a_rising_curve_of_the_library_is_refused_at_its_line(tmp_path: Path) -> None:
    curve = "{form: linear, parameters: {intercept: 1, slope: 1}, source: s, confidence: memory}"
    with pytest.raises(MaterialError, match=r"metals\.yaml:8:3: Foo\.open_circuit: .*rises"):
        read_library(written(tmp_path, GOOD + f"  open_circuit: {curve}\n"))


@pytest.mark.parametrize("given", ["313", "313 mAh", "-3 mAh/g", "3e2 mAh/g"])
def test_specific_capacity_is_a_number_of_mah_per_gram(tmp_path: Path, given: str) -> None:
    stated = f"  specific_capacity: {{value: '{given}', source: s, confidence: review}}\n"
    with pytest.raises(MaterialError, match=r"metals\.yaml:8:\d+: Foo\.specific_capacity"):
        read_library(written(tmp_path, GOOD + stated))


def test_the_shipped_files_are_read_entry_by_entry() -> None:
    folder = Path(library_module.__file__).parent / "data"
    places = index_entries(folder)
    assert len(places) == len(list(load_library())) > 120
    for file in folder.glob("*.yaml"):
        whole = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
        assert [name for name, place in places.items() if place.file == file] == list(whole)
    fresh = Library(places)
    fresh.find("LiPON")
    assert list(fresh._built) == ["LiPON-ALD"]


def test_descriptions_are_not_a_designs_to_state() -> None:
    for key in LIBRARY_KEYS:
        with pytest.raises(ValidationError, match="not permitted"):
            MaterialOverride.model_validate({key: {"value": "spinel"}})
    window = {"min": "0 V", "max": "1 V", "electrolyte": "1 M LiPF6 in EC/DMC"}
    with pytest.raises(ValidationError, match="not permitted"):
        MaterialOverride.model_validate({"voltage_window": window})
