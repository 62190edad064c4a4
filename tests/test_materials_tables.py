"""Diffusivity and exchange current as tables over the composition: how they are read, and what one value they have."""

from typing import Any

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from tfgeom.errors import MaterialError
from tfgeom.materials.library import Material, resolve_material
from tfgeom.materials.schema import MaterialOverride

LINE = {"form": "linear", "parameters": {"intercept": 4.4, "slope": -0.5}, "window": [0.5, 1.0]}
FALLING = {"x": [0.5, 0.75, 1.0], "D": ["8e-14 m^2/s", "4e-14 m^2/s", "3e-15 m^2/s"]}


def stated(name: str = "mine", **constants: Any) -> Material:
    return resolve_material(name, MaterialOverride.model_validate(constants))


def test_the_logarithm_follows_a_monotone_cubic_over_the_window() -> None:
    known = stated(diffusivity={"table": FALLING}, open_circuit=LINE).properties["diffusivity"]
    assert known.table is not None
    filled = np.linspace(0, 1, 201)
    exact = PchipInterpolator([0, 0.5, 1], np.log10([8e-14, 4e-14, 3e-15]))(filled)
    found = known.table.over_filling(filled, stated(open_circuit=LINE).curve)
    assert np.log10(found) == pytest.approx(exact)
    assert np.log10(known.value) == pytest.approx(np.trapezoid(exact, filled), abs=1e-4)
    assert "the log-mean of its table" in known.note
    assert "in a table of 3 points" in known.text


def test_a_value_beside_the_table_stays_the_one_value() -> None:
    known = stated(diffusivity={"value": "5e-14 m^2/s", "table": FALLING}, open_circuit=LINE).properties[
        "diffusivity"
    ]
    assert known.value == 5e-14
    assert known.table is not None
    assert "log-mean" not in known.note


def test_beyond_its_ends_a_table_stays_what_it_is_there() -> None:
    known = stated(diffusivity={"table": {"x": [0.1, 0.9], "D": ["1e-15 m^2/s", "2e-15 m^2/s"]}}).properties[
        "diffusivity"
    ]
    assert known.table is not None
    assert known.table.at([0.0, 1.0]) == pytest.approx([1e-15, 2e-15])


def test_an_exchange_current_counts_half_filled() -> None:
    table = {"x": [0.5, 1.0], "i0": ["9 A/m^2", "1 A/m^2"]}
    known = stated(exchange_current={"table": table}, open_circuit=LINE).properties["exchange_current"]
    assert known.form == "table"
    assert known.value == pytest.approx(3.0)
    plain = stated("LiCoO2-Danilov2011", exchange_current="2 A/m^2").properties["exchange_current"]
    assert (plain.form, plain.table) == ("occupancy", None)


def test_an_override_with_a_table_is_written_and_read_again() -> None:
    override = MaterialOverride.model_validate(
        {"diffusivity": {"table": FALLING, "activation_energy": "0.3 eV"}}
    )
    assert MaterialOverride.model_validate(override.to_mapping()) == override


def test_a_curve_of_the_design_sets_aside_a_table_of_another_coordinate() -> None:
    base = resolve_material("LiCoO2-Raijmakers2020")
    if base.properties["diffusivity"].table is None:
        pytest.skip("the library has no table of it yet")
    found = stated("LiCoO2-Raijmakers2020", open_circuit={**LINE, "window": [0.0, 1.0]}).properties[
        "diffusivity"
    ]
    assert found.table is None
    assert found.value == base.properties["diffusivity"].value
    assert "no part in this open-circuit curve" in found.note


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"x": [0.5, 1.0, 0.8], "D": ["1e-15 m^2/s"] * 3}, "x must rise from point to point: point 3 is 0.8 after 1"),
        ({"x": [0.5, 1.0], "D": ["1e-15 m^2/s"] * 3}, "x has 2 numbers and what belongs to them 3"),
        ({"x": [0.5], "D": ["1e-15 m^2/s"]}, "needs 2 points or more"),
        ({"x": [0.5, 1.0], "D": ["1e-15 m^2/s", "-1e-15 m^2/s"]}, "must be greater than 0, not -1e-15"),
        ({"x": [0.5, 1.0], "D": ["1e-15 m^2/s", "nan m^2/s"]}, "nan"),
        ({"x": [0.5, float("nan")], "D": ["1e-15 m^2/s"] * 2}, "nan|finite|number"),
        ({"x": [0.5, 1.0], "D": ["1e-15 m^2/s", 2e-15]}, "unit"),
        ({"x": [0.5, 1.0]}, "required"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_are_refused(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MaterialOverride.model_validate({"diffusivity": {"table": table}})


def test_a_table_beside_the_window_is_refused() -> None:
    with pytest.raises(
        MaterialError, match=r"diffusivity\.table: x runs from 0 to 0\.5, the window .* from 0\.5 to 1"
    ):
        stated(diffusivity={"table": {"x": [0.0, 0.5], "D": ["1e-15 m^2/s"] * 2}}, open_circuit=LINE)
