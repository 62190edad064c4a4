"""Capacities per mass, per mole and per formula unit, against the same worked out by hand."""

from pathlib import Path

import pytest

from tests.curve_designs import designed, evaluated
from tfgeom import dump_design, evaluate, load_design
from tfgeom.constants import FARADAY
from tfgeom.design import design_from_mapping, design_sha256, read_mapping, set_path
from tfgeom.errors import DesignError
from tfgeom.results import Evaluation

CURVE = "{table: {x: [0, 1], V: [4.0, 3.0]}}"


def stated(capacity: str, **others: str) -> str:
    lines = "".join(f"    {key}: {value}\n" for key, value in others.items())
    return f"    volumetric_capacity: {capacity}\n{lines}"


def held(found: Evaluation) -> float:
    """Return what a cathode of 1 um holds, mAh/cm3."""
    assert found.capacity is not None
    assert found.capacity.cathode_uAh_cm2 is not None
    return found.capacity.cathode_uAh_cm2 * 10


LCO = {"density": "5.05 g/cm^3", "molar_mass": "97.87 g/mol"}
OF_LCO = FARADAY * 5.05 / 97.87 / 3.6  # mAh/cm3


@pytest.mark.parametrize(
    ("capacity", "others", "by_hand"),
    [
        ("140 mAh/g", {"density": "3.6 g/cm^3"}, 140 * 3.6),
        ("504 C/g", {"density": "3.6 g/cm^3"}, 504 / 3.6 * 3.6),
        ("140 Ah/kg", {"density": "3600 kg/m^3"}, 140 * 3.6),
        ("140 mAh g^-1", {"density": "3.6 g/cm^3"}, 140 * 3.6),
        ("140 mAh/g", {"density": "3.6 g/cm^3", "film_fraction": "0.9"}, 140 * 3.6 * 0.9),
        ("1 Li per formula", LCO, OF_LCO),
        ("0.5 Li/formula", LCO, OF_LCO / 2),
        ("0.5 Li", LCO, OF_LCO / 2),
        ("1 Li/f.u.", LCO, OF_LCO),
        ("1e0 Li\u207a per formula unit", LCO, OF_LCO),
        ("26.8 Ah/mol", LCO, 26.8e3 * 5.05 / 97.87),
        ("48242.66606 C/mol", LCO, OF_LCO / 2),
        ("504 mAh/cm^3", {}, 504),
    ],
)
def test_by_hand(tmp_path: Path, capacity: str, others: dict[str, str], by_hand: float) -> None:
    design = designed(tmp_path, CURVE, constants=stated(capacity, **others))
    found = evaluate(design)
    assert held(found) == pytest.approx(by_hand, rel=1e-9)
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_design(design), encoding="utf-8")
    again = load_design(copy)
    assert again == design
    assert design_sha256(again) == design_sha256(design)
    assert evaluate(again).to_dict() == found.to_dict()


def test_what_it_was_made_of_stands_in_provenance(tmp_path: Path) -> None:
    capacity = "{value: 140 mAh/g, low: 130 mAh/g, high: 150 mAh/g, source: a paper}"
    others = {"density": "{value: 3.6 g/cm^3, source: a scale}", "film_fraction": "0.5"}
    found = evaluated(tmp_path, CURVE, constants=stated(capacity, **others))
    rows = {row.property: row for row in found.provenance if row.material == "Mine"}
    row = rows["volumetric_capacity"]
    assert (row.value, row.low, row.high) == pytest.approx((25.2, 23.4, 27.0))
    assert row.source == "a paper"
    assert "140 mAh/g x density 3.6 g/cm^3 x film fraction" in row.note
    assert rows["density"].source == "a scale"
    assert rows["film_fraction"].value == pytest.approx(0.5)


def test_the_density_of_the_library_will_do(tmp_path: Path) -> None:
    text = designed(tmp_path, CURVE, constants=stated("140 mAh/g", density="3.6 g/cm^3"))
    mapping, _ = read_mapping(tmp_path / "design.yaml")
    layer = set_path(mapping, "layers.cathode.material", "LiCoO2")
    layer["materials"] = {"LiCoO2": {"volumetric_capacity": "137 mAh/g"}}
    found = evaluate(design_from_mapping(layer))
    density = next(
        row.value for row in found.provenance if (row.material, row.property) == ("LiCoO2", "density")
    )
    fraction = [
        row.value for row in found.provenance if (row.material, row.property) == ("LiCoO2", "film_fraction")
    ]
    assert isinstance(density, float)
    assert held(found) == pytest.approx(137 * density * (float(fraction[0]) if fraction else 1))
    assert text.name == "curve"


def test_a_changed_density_changes_the_capacity(tmp_path: Path) -> None:
    designed(tmp_path, CURVE, constants=stated("140 mAh/g", density="3.6 g/cm^3"))
    mapping, _ = read_mapping(tmp_path / "design.yaml")
    denser = set_path(mapping, "materials.Mine.density", "7.2 g/cm^3")
    assert held(evaluate(design_from_mapping(denser))) == pytest.approx(2 * 504)
    finer = set_path(mapping, "materials.Mine.volumetric_capacity", "280 mAh/g")
    assert held(evaluate(design_from_mapping(finer))) == pytest.approx(2 * 504)


@pytest.mark.parametrize(
    ("capacity", "others", "message"),
    [
        ("140 mAh/g", {}, "140 mAh/g needs its density beside it"),
        ("1 Li per formula", {"density": "5 g/cm^3"}, "1 Li per formula needs its molar mass beside it"),
        ("0 mAh/g", {"density": "5 g/cm^3"}, "must be greater than 0"),
        ("0 Li per formula", LCO, "more than 0 and at most 100 lithium"),
        ("5 Wh/g", {}, "'Wh/g' is not a unit of this kind.*also '140 mAh/g' with its density"),
        ("4.4 Li/Si", {}, "unknown unit.*'1 Li per formula' with its molar_mass"),
        ("140", {}, "needs a unit"),
        ("{value: 140 mAh/g, low: 0.01 uAh/cm^2/um}", {"density": "3 g/cm^3"}, "must be per the same"),
    ],
)
def test_what_cannot_be_counted(tmp_path: Path, capacity: str, others: dict[str, str], message: str) -> None:
    with pytest.raises(DesignError, match=message) as error:
        evaluated(tmp_path, CURVE, constants=stated(capacity, **others))
    assert "design.yaml:15:" in str(error.value)
    assert "materials.Mine.volumetric_capacity" in str(error.value)


def test_per_mass_and_per_volume_are_two_designs(tmp_path: Path) -> None:
    """140 mAh/g and 504,000 C/m3 are one number in SI; they are not the same capacity."""
    one = designed(tmp_path, CURVE, constants=stated("140 mAh/g", density="3.6 g/cm^3"))
    two = designed(tmp_path, CURVE, constants=stated("504000 C/m^3", density="3.6 g/cm^3"))
    assert design_sha256(one) != design_sha256(two)
