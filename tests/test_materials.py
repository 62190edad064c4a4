"""The materials library: its numbers against independent ones, its file rules, and a design's overrides."""

import math
import pickle
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tfgeom.errors import MaterialError
from tfgeom.materials.library import load_library, read_library, resolve_material, resolve_materials
from tfgeom.materials.schema import MaterialEntry, MaterialOverride

FARADAY, GAS = 96485.33212, 8.314462618
UAH_PER_CM2_UM = 3.6e7  # C/m3
CONFIDENCES = {"primary", "abstract", "digest", "review", "computed", "memory"}


def override(**keys: Any) -> MaterialOverride:
    return MaterialOverride.model_validate(keys)


def value(name: str, key: str) -> float:
    found = load_library().find(name).value(key)
    assert found is not None
    return found


# --- what ships ---


@pytest.mark.parametrize(
    "name",
    [
        "Si", "Ru", "TiN", "Pt", "Ni", "Al", "LiV2O5", "LiCoO2", "LiCoO2-Danilov2011", "Cl-TiO2", "TiO2",
        "SnNx", "Li", "Li2PO2N", "LiPON-RF", "LiPON-ALD", "LiPON", "Li3PO4-Danilov2011",
        "Li3PO4-Danilov2011-printed", "LiPF6-EC-EMC", "LiMn2O4",
    ],
)  # fmt: skip
def test_material_ships_under_its_name(name: str) -> None:
    assert name in load_library()
    assert name in load_library().names()
    assert load_library().find(name).rows()


def test_every_value_has_a_source_and_a_confidence() -> None:
    for material in load_library():
        for key, text, confidence, source, _ in material.rows():
            assert source, (material.name, key)
            assert confidence in CONFIDENCES
            assert text
        for found in material.properties.values():
            assert found.value >= 0
            assert found.confidence != "memory" or "memory" in found.source
        assert material.estimated == {row[0] for row in material.rows() if row[2] == "memory"}


def test_every_material_counts_mass_except_the_liquid() -> None:
    assert [m.name for m in load_library() if m.value("density") is None] == ["LiPF6-EC-EMC"]


def test_danilov_cathode_capacity() -> None:
    assert value("LiCoO2-Danilov2011", "volumetric_capacity") == pytest.approx(1.165e4 * FARADAY, rel=1e-6)
    assert value("LiCoO2-Danilov2011", "volumetric_capacity") * 320e-9 / 36 == pytest.approx(9.9916, abs=1e-3)


def test_danilov_window_is_11650_to_23300_mol_per_m3() -> None:
    curve = load_library().find("LiCoO2-Danilov2011").open_circuit
    assert curve is not None
    charge = [(c - 11711) * FARADAY * 320e-9 / 36 for c in (11650, 23300)]
    assert curve.window == pytest.approx(charge, abs=1e-6)


def test_danilov_exchange_current_half_filled() -> None:
    found = load_library().find("LiCoO2-Danilov2011").get("exchange_current")
    assert found is not None
    assert found.value == pytest.approx(FARADAY * 5.1e-4 * (0.5 * 0.18) ** 0.6 * 0.5**0.4, rel=1e-4)
    assert found.value == pytest.approx(8.8, rel=2e-3)
    assert (found.exponent, found.form) == (0.6, "occupancy")


@pytest.mark.parametrize(
    ("name", "k_r"), [("Li3PO4-Danilov2011", 0.9e-6), ("Li3PO4-Danilov2011-printed", 0.9e-8)]
)
def test_danilov_electrolyte(name: str, k_r: float) -> None:
    material = load_library().find(name)
    constants = material.dissociation
    assert constants is not None
    assert constants.k_r == pytest.approx(k_r)
    sigma = FARADAY**2 / (GAS * 298.15) * 0.18 * 6.01e4 * (0.9e-15 + 5.1e-15)
    assert sigma == pytest.approx(2.44e-4, rel=2e-3)
    assert constants.conductivity(298.15) == pytest.approx(sigma, rel=1e-6)
    assert material.conductivity_at(298.15, "ionic_conductivity") == pytest.approx(sigma, rel=1e-4)
    assert constants.transference_number == pytest.approx(0.15)
    assert material.value("transference_number") == pytest.approx(0.15)


def test_the_two_danilov_electrolytes_differ_in_the_rate_only() -> None:
    fit, printed = (load_library().find(f"Li3PO4-Danilov2011{end}") for end in ("", "-printed"))
    differing = {key for key in fit.properties if fit.value(key) != printed.value(key)}
    assert differing == {"dissociation.k_r"}


def test_li2po2n_conductivity_follows_temperature() -> None:
    material = load_library().find("Li2PO2N")
    at_25, at_35 = (material.conductivity_at(t, "ionic_conductivity") for t in (298.15, 308.15))
    assert at_25 == pytest.approx(3.25e-5, rel=5e-3)
    assert at_35 == pytest.approx(6.51e-5, rel=1e-12)


def test_conductivity_without_activation_energy_stays() -> None:
    assert load_library().find("LiPON").conductivity_at(330.0, "ionic_conductivity") == pytest.approx(6.6e-5)


@pytest.mark.parametrize(
    ("name", "density", "molar_mass", "lithium", "printed"),
    [
        ("LiMn2O4", 4290, 180.81, 1, 63.6),
        ("TiO2", 3890, 79.866, 1, 130.5),
        ("Cl-TiO2", 3800, 79.866, 1, 127.5),
        ("LiV2O5", 3360, 181.88, 1, 49.5),
        ("Si", 2330, 28.085, 3.75, 834),
        ("SnNx", 5950, 412.16, 13.2, 511),
        ("Li", 534, 6.941, 1, 206),
    ],
)
def test_theoretical_capacities_follow_from_density(
    name: str, density: float, molar_mass: float, lithium: float, printed: float
) -> None:
    theory = density / (molar_mass * 1e-3) * lithium * FARADAY / UAH_PER_CM2_UM
    material = load_library().find(name)
    stated = material.value("host_capacity") or material.value("volumetric_capacity")
    assert stated is not None
    assert stated / UAH_PER_CM2_UM == pytest.approx(printed, rel=1e-9)
    assert stated / UAH_PER_CM2_UM == pytest.approx(theory, rel=3e-3)
    assert material.value("density") == density


def test_tio2_is_calibrated_on_eustache() -> None:
    assert value("TiO2", "volumetric_capacity") / UAH_PER_CM2_UM == pytest.approx(
        200 / (25 * 0.150), rel=2e-3
    )


@pytest.mark.parametrize(
    ("name", "thickness", "share", "c_rate"), [("TiO2", 155e-9, 0.2, 2), ("Cl-TiO2", 86.8e-9, 0.8, 2)]
)
def test_effective_titania_diffusivities_return_the_rate_they_come_from(
    name: str, thickness: float, share: float, c_rate: float
) -> None:
    theta = thickness**2 * c_rate / (3600 * value(name, "diffusivity"))
    used = 1 - theta / 3 if theta < 1 else math.pi / (4 * theta)
    assert used == pytest.approx(share, rel=0.02)


def test_lithium_metal_is_known_by_name() -> None:
    assert [m.name for m in load_library() if m.is_lithium_metal] == ["Li"]


def test_metals_conduct() -> None:
    assert load_library().find("TiN").electron_conductivity(298.15) == pytest.approx(1 / 175e-8)
    assert load_library().find("Al").electron_conductivity(298.15) == pytest.approx(3.55e7)
    assert load_library().find("Li2PO2N").electron_conductivity(298.15) is None


def test_films_made_full_and_films_made_empty() -> None:
    made = {m.name: m.value("lithiation") for m in load_library() if m.value("lithiation") is not None}
    assert {name for name, s in made.items() if s == 1} == {
        "LiCoO2",
        "LiCoO2-Danilov2011",
        "LiMn2O4",
        "LiV2O5",
    }
    assert {name for name, s in made.items() if s == 0} == {"TiO2", "Cl-TiO2", "SnNx", "Si"}


def test_estimates_of_the_headline_stack_are_marked() -> None:
    assert {
        "open_circuit",
        "exchange_current",
        "diffusivity",
        "electronic_conductivity",
    } <= load_library().find("LiV2O5").estimated
    assert "volumetric_capacity" not in load_library().find("LiV2O5").estimated


# --- looking up ---


def test_alias_is_the_same_material() -> None:
    assert load_library().find("LiPON") is load_library().find("LiPON-ALD")
    assert load_library().find("LMO").name == "LiMn2O4"


def test_unknown_material_names_the_nearest_and_the_place() -> None:
    with pytest.raises(
        MaterialError, match=r"layers\.cathode\.material: unknown material 'LICOO2'.*LiCoO2"
    ) as error:
        load_library().find("LICOO2", "layers.cathode.material")
    assert error.value.exit_code == 2


def test_materials_can_be_sent_to_worker_processes() -> None:
    for material in load_library():
        assert pickle.loads(pickle.dumps(material)) == material


# --- the file rules ---

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
        ("  density:", "  title: again\n  density:", r"metals\.yaml:4:3: .*not valid YAML"),
        ("    value", "   value", r"metals\.yaml:6:.*not valid YAML"),
        (GOOD, "- Foo\n", r"metals\.yaml: must be a mapping"),
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
    assert set(MaterialEntry.model_fields) - {"title", "aliases"} == set(MaterialOverride.model_fields)


# --- a design's overrides ---


def test_override_replaces_one_value_and_says_so() -> None:
    found = resolve_material("LiV2O5", override(diffusivity="1e-13 cm^2/s"))
    diffusivity = found.get("diffusivity")
    assert diffusivity is not None
    assert diffusivity.value == 1e-17
    assert (diffusivity.confidence, diffusivity.source) == ("user", "design file")
    assert "replaces 1.7e-13 cm^2/s" in diffusivity.note
    library = load_library().find("LiV2O5")
    assert {k: v for k, v in found.properties.items() if k != "diffusivity"} == {
        k: v for k, v in library.properties.items() if k != "diffusivity"
    }
    assert library.value("diffusivity") == 1.7e-17
    assert "diffusivity" not in found.estimated


def test_override_in_full_keeps_its_source_and_band() -> None:
    stated = {"value": "2 S/m", "low": "1 S/m", "high": "3 S/m", "source": "own data", "note": "20 films"}
    found = resolve_material("LiV2O5", override(electronic_conductivity=stated)).get(
        "electronic_conductivity"
    )
    assert found is not None
    assert (found.value, found.low, found.high, found.source) == (2.0, 1.0, 3.0, "own data")
    assert found.note.startswith("20 films")


def test_overridden_exchange_current_keeps_its_exponent_unless_given() -> None:
    plain = resolve_material("LiCoO2", override(exchange_current="1 A/m^2")).get("exchange_current")
    full = {"value": "1 A/m^2", "exponent": 0.3, "form": "constant"}
    given = resolve_material("LiCoO2", override(exchange_current=full)).get("exchange_current")
    new = resolve_material("mine", override(exchange_current="1 A/m^2")).get("exchange_current")
    assert plain is not None
    assert given is not None
    assert new is not None
    assert (plain.exponent, plain.form) == (0.6, "occupancy")
    assert (given.exponent, given.form) == (0.3, "constant")
    assert (new.exponent, new.form) == (0.5, "occupancy")


def test_overridden_conductivity_is_meant_at_25_degrees() -> None:
    plain = resolve_material("Li2PO2N", override(ionic_conductivity="1e-6 S/cm"))
    at_40 = resolve_material(
        "Li2PO2N", override(ionic_conductivity="1e-6 S/cm", reference_temperature="40 degC")
    )
    assert plain.conductivity_at(298.15, "ionic_conductivity") == pytest.approx(1e-4)
    assert at_40.conductivity_at(313.15, "ionic_conductivity") == pytest.approx(1e-4)
    assert at_40.conductivity_at(298.15, "ionic_conductivity") != pytest.approx(1e-4, rel=0.1)


def test_overridden_conductivity_sets_dissociation_aside() -> None:
    found = resolve_material("Li3PO4-Danilov2011", override(ionic_conductivity="1e-6 S/cm"))
    assert found.dissociation is None
    assert not any(key.startswith("dissociation") for key in found.properties)


def test_overridden_dissociation_sets_conductivity_and_transference() -> None:
    doubled = override(dissociation={"D_plus": "1.8e-15 m^2/s", "D_minus": "1.02e-14 m^2/s"})
    found = resolve_material("Li3PO4-Danilov2011", doubled)
    assert found.dissociation is not None
    assert found.dissociation.k_r == 0.9e-6
    before = value("Li3PO4-Danilov2011", "ionic_conductivity")
    assert found.value("ionic_conductivity") == pytest.approx(2 * before, rel=1e-4)
    assert found.value("transference_number") == pytest.approx(0.15)
    faster = resolve_material("Li3PO4-Danilov2011", override(dissociation={"D_plus": "5.1e-15 m^2/s"}))
    assert faster.value("transference_number") == pytest.approx(0.5)


def test_contradicting_dissociation_is_refused() -> None:
    both = override(dissociation={"delta": 0.18}, ionic_conductivity="1e-6 S/cm")
    with pytest.raises(
        MaterialError, match=r"materials\.Li3PO4-Danilov2011\.ionic_conductivity: contradicts"
    ):
        resolve_material("Li3PO4-Danilov2011", both)


def test_incomplete_dissociation_of_a_new_material_is_refused() -> None:
    with pytest.raises(MaterialError, match=r"materials\.mine\.dissociation: lacks 'k_r'"):
        resolve_material("mine", override(dissociation={"delta": 0.18}))


def test_resistivity_and_conductivity_replace_each_other() -> None:
    al = resolve_material("Al", override(resistivity="100 uohm*cm"))
    assert al.electron_conductivity(298.15) == pytest.approx(1e6)
    tin = resolve_material("TiN", override(electronic_conductivity="1e6 S/m"))
    assert tin.electron_conductivity(298.15) == pytest.approx(1e6)
    with pytest.raises(ValidationError, match="not both"):
        override(resistivity="100 uohm*cm", electronic_conductivity="1e6 S/m")


def test_override_of_an_unknown_name_makes_a_material() -> None:
    curve = {"form": "linear", "parameters": {"intercept": 2.0, "slope": -1.0}}
    window = {"min": "1 V", "max": "2 V"}
    found = resolve_material("mine", override(density="3 g/cm^3", open_circuit=curve, voltage_window=window))
    assert found.value("density") == 3000.0
    assert found.value("diffusivity") is None
    assert found.open_circuit is not None
    assert float(found.open_circuit.potential(0.5)) == pytest.approx(1.5)
    assert found.voltage_window is not None
    assert (found.voltage_window.min, found.voltage_window.max) == (1.0, 2.0)
    assert {row[2] for row in found.rows()} == {"user"}


def test_unknown_name_without_override_is_an_error() -> None:
    with pytest.raises(MaterialError, match="unknown material 'mine'"):
        resolve_material("mine")


def test_rising_open_circuit_of_a_design_is_refused_at_its_place() -> None:
    curve = {"form": "linear", "parameters": {"intercept": 2.0, "slope": 1.0}}
    with pytest.raises(MaterialError, match=r"materials\.LiPON\.open_circuit: .*rises"):
        resolve_material("LiPON", override(open_circuit=curve))


def test_override_reaches_a_layer_that_uses_another_name() -> None:
    found = resolve_materials(["LiPON", "Ru"], {"LiPON-ALD": override(ionic_conductivity="1e-5 S/cm")})
    assert found["LiPON"].value("ionic_conductivity") == pytest.approx(1e-3)
    assert found["Ru"] is load_library().find("Ru")
    twice = {"LiPON": override(density="2 g/cm^3"), "LiPON-ALD": override(density="3 g/cm^3")}
    with pytest.raises(MaterialError, match="same material"):
        resolve_materials(["LiPON"], twice)


@pytest.mark.parametrize(
    "stated",
    [
        {"diffusivity": "1.7e-17 m^2/s"},
        {"exchange_current": {"value": "5 A/m^2", "low": "1 A/m^2", "high": "50 A/m^2", "exponent": 0.4}},
        {"activation_energy": "0.55 eV", "reference_temperature": "35 degC", "lithiation": "40 %"},
        {"dissociation": {"k_r": "9e-7 m^3/mol/s", "delta": {"value": 0.18, "source": "fit"}}},
        {
            "open_circuit": {
                "form": "pchip",
                "parameters": {"x": [0, 1], "potential": [2, 1]},
                "window": [0, 1],
            }
        },
        {"voltage_window": {"min": "0 V", "max": "5.5 V", "note": "n"}, "expansion": 2.8},
    ],
)
def test_override_written_out_reads_back_equal(stated: dict[str, Any]) -> None:
    first = MaterialOverride.model_validate(stated)
    assert MaterialOverride.model_validate(first.to_mapping()) == first


@pytest.mark.parametrize(
    ("stated", "place", "words"),
    [
        ({"diffusivity": 3}, ("diffusivity",), "needs a unit"),
        ({"diffusivity": "0 m^2/s"}, ("diffusivity",), "greater than 0"),
        (
            {"diffusivity": {"value": "1 m^2/s", "low": "1 um"}},
            ("diffusivity", "low"),
            "a diffusivity is needed",
        ),
        ({"diffusivity": None, "lithiation": 1.5}, ("lithiation",), "outside 0 to 1"),
        (
            {"exchange_current": {"value": "1 A/m^2", "exponent": 1}},
            ("exchange_current", "exponent"),
            "less than 1",
        ),
        ({"open_circuit": {"form": "linear", "parameters": {}}}, ("open_circuit",), "lacks 'intercept'"),
        ({"voltage_window": {"min": "2 V", "max": "1 V"}}, ("voltage_window",), "min must be below max"),
        ({"transference_number": "-1 %"}, ("transference_number",), "outside 0 to 1"),
        ({"difusivity": "1 m^2/s"}, ("difusivity",), "not permitted"),
    ],
)
def test_faulty_overrides_are_placed_at_their_key(
    stated: dict[str, Any], place: tuple[str, ...], words: str
) -> None:
    with pytest.raises(ValidationError) as error:
        MaterialOverride.model_validate(stated)
    (fault,) = error.value.errors()
    assert fault["loc"] == place
    assert words in fault["msg"]


def test_json_schema_of_an_override_takes_plain_quantities() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = MaterialOverride.model_json_schema()
    for good in ({"diffusivity": "1e-13 cm^2/s"}, {"diffusivity": {"value": "1 m^2/s"}}, {"lithiation": 0.5}):
        jsonschema.validate(good, schema)
    for bad in ({"diffusivity": 3}, {"difusivity": "1 m^2/s"}, {"diffusivity": {"low": "1 m^2/s"}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)
