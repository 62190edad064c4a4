"""How exchange currents follow filling and ions, by the form of each material; closed and film model read one."""

from typing import Any

import numpy as np
import pytest

from tfgeom.constants import FARADAY
from tfgeom.errors import MaterialError
from tfgeom.materials.library import Material, load_library, resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.transport.discharge.exchange import exchange_current
from tfgeom.transport.electrode_side import ElectrodeSide
from tfgeom.transport.kinetics import overpotential

FILLED = np.array([0.1, 0.35, 0.5, 0.8])
HOST = {"form": "linear", "parameters": {"intercept": 4.5, "slope": -0.5}, "window": [0.4, 0.9]}


def stated(**constants: Any) -> Material:
    return resolve_material("mine", MaterialOverride.model_validate({"open_circuit": HOST, **constants}))


def test_occupancy_counts_places_that_are_filled_and_that_are_free() -> None:
    found = stated(exchange_current={"value": "4 A/m^2", "exponent": 0.3})
    assert exchange_current(found, FILLED, 298.15) == pytest.approx(
        4 * (FILLED / 0.5) ** 0.7 * ((1 - FILLED) / 0.5) ** 0.3
    )


def test_raijmakers_counts_the_stoichiometry_of_the_host() -> None:
    found = load_library().find("LiCoO2-Raijmakers2020")
    x = np.array([0.51, 0.755, 0.8, 0.95])
    exact = FARADAY * 1.53e-11 * 3.22e4 * np.sqrt(x * (1 - x) * 0.64 * 61141)
    assert exchange_current(found, (x - 0.51) / 0.49, 293.0) == pytest.approx(exact, rel=2e-3)


def test_a_table_is_read_at_the_face() -> None:
    table = {"x": [0.4, 0.65, 0.9], "i0": ["1 A/m^2", "4 A/m^2", "2 A/m^2"]}
    found = stated(exchange_current={"table": table})
    assert exchange_current(found, np.array([0.001, 0.5, 0.999]), 298.15) == pytest.approx(
        [1, 4, 2], rel=2e-2
    )


def test_a_constant_one_stays_and_none_is_none() -> None:
    flat = stated(exchange_current={"value": "3 A/m^2", "form": "constant"})
    assert exchange_current(flat, FILLED, 298.15) == pytest.approx(3.0)
    assert exchange_current(stated(), FILLED, 298.15) is None


@pytest.mark.parametrize("form", ["occupancy", "stoichiometry", "constant"])
def test_ions_before_the_face_count_with_the_anodic_coefficient(form: str) -> None:
    found = stated(exchange_current={"value": "3 A/m^2", "exponent": 0.6, "form": form})
    rest, fewer = (exchange_current(found, FILLED, 298.15, ions) for ions in (1.0, 0.25))
    assert rest is not None
    assert fewer is not None
    assert fewer / rest == pytest.approx(0.25**0.6)


@pytest.mark.parametrize("name", ["LiCoO2-Danilov2011", "LiCoO2-Raijmakers2020", "NMC811", "graphite"])
def test_the_closed_model_reads_the_same(name: str) -> None:
    found = load_library().find(name)
    one = np.ones((1, 1))
    value = found.value_at("exchange_current", 298.15)
    side = ElectrodeSide(found, 1.0, one, one, one, value, 0.0257, one, one)
    i0 = exchange_current(found, FILLED[None, :], 298.15)
    assert i0 is not None
    loss = 0.0257 * overpotential(2.0 / i0, 1 - found.anodic_coefficient)
    assert side.overpotential(FILLED[None, :], 2 * one) == pytest.approx(loss)


def test_stoichiometry_without_a_window_of_one_is_refused() -> None:
    charge = {**HOST, "parameters": {"intercept": 4.5, "slope": -0.005}, "window": [0, 150]}
    with pytest.raises(
        MaterialError, match=r"exchange_current: form stoichiometry needs .* from 0 to 1; its window"
    ):
        stated(exchange_current={"value": "3 A/m^2", "form": "stoichiometry"}, open_circuit=charge)
