"""A design's own constants laid over the library's."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.stacks import value
from tfgeom.errors import MaterialError
from tfgeom.materials.library import load_library, resolve_material, resolve_materials
from tfgeom.materials.schema import MaterialOverride


def override(**keys: Any) -> MaterialOverride:
    return MaterialOverride.model_validate(keys)


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
    assert plain.value_at("ionic_conductivity", 298.15) == pytest.approx(1e-4)
    assert at_40.value_at("ionic_conductivity", 313.15) == pytest.approx(1e-4)
    assert at_40.value_at("ionic_conductivity", 298.15) != pytest.approx(1e-4, rel=0.1)


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


def test_descriptions_stay_with_an_overridden_material() -> None:
    found = resolve_material("Au", override(density="19 g/cm^3"))
    assert found.other_windows == load_library().find("Au").other_windows
    assert len(found.other_windows) == 1
    spinel = resolve_material("LiMn2O4", override(density="4 g/cm^3"))
    assert spinel.remarks["crystal_structure"].text == "spinel"
    own = resolve_material("Au", override(voltage_window={"min": "1 V", "max": "2 V"}))
    assert own.other_windows == ()
