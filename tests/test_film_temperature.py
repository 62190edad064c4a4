"""The film model away from the temperature at which constants were stated: each follows it, by hand."""

import math
from typing import Any

import numpy as np
import pytest

from tests.restating import materials_of, restated
from tests.shipped import DANILOV, mapping_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping
from tfgeom.transport.circuit import dc_resistance_factor
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.steps import Run, Step

WARM, ROOM = 323.15, 298.15
GAS, FARADAY = 8.314462618, 96485.33212
ENERGY = 0.5  # eV, where nobody states one
FACTOR = math.exp(-ENERGY * FARADAY / GAS * (1 / WARM - 1 / ROOM))


def film_cell(mapping: dict[str, Any]) -> FilmCell:
    cell = assemble_cell(design_from_mapping(mapping))
    return cell.kind.film_cell(cell, nominal=360.0, contacted=False)


def at(kelvin: float, mapping: dict[str, Any]) -> dict[str, Any]:
    return {**mapping, "operation": {**mapping["operation"], "temperature": f"{kelvin} K"}}


def discharged(cell: FilmCell, current: float) -> Run:
    return run(cell, [Step("current", current, voltage_below=cell.window[0])])


def by_hand(mapping: dict[str, Any]) -> dict[str, Any]:
    """Return overrides that state each constant at 50 degC as Arrhenius gives it by hand."""
    stated: dict[str, Any] = {}
    for name, material in materials_of(mapping).items():
        known, own = material.properties, dict[str, Any]()
        for key in ("exchange_current", "diffusivity", "electronic_conductivity", "ionic_conductivity"):
            if key in known and not (key == "ionic_conductivity" and "dissociation.k_r" in known):
                metal = key == "electronic_conductivity" and known[key].value > 2e4
                own |= restated(material, key, 1.0 if metal else FACTOR)
        if "dissociation.k_r" in known:
            # F² D/(R T): a diffusivity that keeps the conductivity's factor also takes T's, and rates with it
            share = FACTOR * WARM / ROOM
            for key in ("k_r", "D_plus", "D_minus"):
                more = restated(material, f"dissociation.{key}", share)["dissociation"]
                own["dissociation"] = own.get("dissociation", {}) | more
        stated[name] = own | {"reference_temperature": f"{WARM} K"}
    for name, given in mapping.get("materials", {}).items():
        if isinstance(given.get("exchange_current"), dict):
            value = materials_of(mapping)[name].properties["exchange_current"].value
            again = {"value": f"{value * FACTOR} A/m^2"}
            stated[name]["exchange_current"] = {**given["exchange_current"], **again}
    return stated


@pytest.mark.parametrize("model", ["ohmic", "dc", "dissociation"])
def test_constants_stated_by_hand_at_50_degrees_give_the_same_discharge(model: str) -> None:
    mapping = mapping_of(DANILOV)
    mapping["cell"] = {"type": "conformal", "electrolyte_model": model}
    if model == "ohmic":
        mapping["layers"][2] = {**mapping["layers"][2], "material": "LiPON"}
    warm = at(WARM, mapping)
    found, cold = discharged(film_cell(warm), 2.56), discharged(film_cell(mapping), 2.56)
    hand = discharged(film_cell({**warm, "materials": by_hand(mapping)}), 2.56)
    assert hand.charge[-1] == pytest.approx(found.charge[-1], rel=1e-6)
    assert np.interp(150, hand.charge, hand.voltage) == pytest.approx(
        np.interp(150, found.charge, found.voltage), abs=1e-5
    )
    assert found.charge[-1] > 1.05 * cold.charge[-1]


@pytest.mark.parametrize("model", ["dc", "dissociation"])
def test_the_voltage_at_50_degrees_as_a_current_sets_in_is_the_sum_of_its_losses(model: str) -> None:
    mapping = mapping_of(DANILOV)
    mapping["cell"] = {"type": "conformal", "electrolyte_model": model}
    cell, current = film_cell(at(WARM, mapping)), 2.56
    found = run(cell, [Step("current", current, seconds=1e-3)])
    heat, start = GAS * WARM / FARADAY, cell.cathode.start
    cathode, weak = cell.cathode.material, materials_of(mapping)["Li3PO4-Danilov2011"].dissociation
    assert cathode.curve is not None
    assert weak is not None
    lost = current * 1.5e-6 / (weak.conductivity(ROOM) * FACTOR)
    if model == "dc":
        lost *= dc_resistance_factor(weak, 1.5e-6)
    exchange = 8.7936 * FACTOR * 2 * start**0.4 * (1 - start) ** 0.6
    pairs = [
        (eta, math.exp(0.4 * eta / heat) - math.exp(-0.6 * eta / heat)) for eta in np.linspace(0, 0.3, 30001)
    ]
    lost += float(np.interp(current / exchange, [one[1] for one in pairs], [one[0] for one in pairs]))
    lost += 2 * heat * math.asinh(current / (2 * 409 * FACTOR))
    at_rest = float(cathode.curve.potential(start))
    assert found.voltage[0] == pytest.approx(at_rest - lost, abs=2e-6)
