"""Numbers of n designs in arrays are those of each design by itself, over every kind of cell and of relief."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from tests.kinds import CELLS, RELIEFS, design, stretched
from tests.together import differences, together
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes, beside_same_films
from tfgeom.design import Design, design_from_mapping
from tfgeom.errors import DesignError
from tfgeom.metrics.area_specific_resistance import losses_beside, resistance_numbers
from tfgeom.metrics.capacity import capacity_numbers
from tfgeom.metrics.closed_rates import closed_model
from tfgeom.metrics.coated_relief import geometry_numbers, layer_numbers
from tfgeom.metrics.device import device_numbers
from tfgeom.metrics.energy import energy_numbers
from tfgeom.metrics.rates import rate_summary, rate_table
from tfgeom.rows import Refused

_RATES = (0.1, 1.0, 50.0)


def numbers_of(made: Design) -> dict[str, Any]:
    """Return the numbers in closed form of a design, or of n in one."""
    cell = assemble_cell(made)
    with made.located():
        cells = beside_planes(cell)
        found: dict[str, Any] = {
            "capacity": capacity_numbers(cells).value,
            "geometry": geometry_numbers(cell).value,
            "layers": layer_numbers(cell.made),
            "energy": energy_numbers(cells).value,
        }
        losses, resistance = losses_beside(cells, None).value, None
        if losses is not None:
            resistance = found["resistance"] = resistance_numbers(cell, losses).value
            model = closed_model(cells, losses, resistance).value
            if model is not None:
                found["rate"] = rate_table(model, _RATES, ())
                found["rate_summary"] = rate_summary(model)
        found["device"] = device_numbers(cell, resistance).value
    return found


def require_each(designs: list[Design]) -> dict[str, Any]:
    """Return the numbers of designs in arrays; fail where one is not that of its design."""
    found = numbers_of(together(designs))
    for row, one in enumerate(designs):
        alone = numbers_of(one)
        assert alone.keys() == found.keys()
        for section, numbers in alone.items():
            assert not differences(found[section], numbers, row, section)
    return found


def grown(relief: str, cell: str, **changes: Any) -> list[Design]:
    """Return a design three times: the relief, each film and the temperature grow."""
    made = []
    for step in range(3):
        mapping = design(relief, cell, **deepcopy(changes))
        mapping["relief"] = stretched(mapping["relief"], 1 + 0.07 * step)
        mapping["layers"] = [stretched(layer, 1 + 0.03 * step) for layer in mapping["layers"]]
        mapping["operation"]["temperature"] = f"{25 + 5 * step} degC"
        made.append(design_from_mapping(mapping))
    return made


CASES = {(relief, cell) for cell in CELLS if CELLS[cell] for relief in ("pillars", "double microtubes")}
CASES |= {(relief, cell) for cell in ("conformal", "flooded") for relief in RELIEFS}
SLOW = {(relief, cell) for cell in CELLS if CELLS[cell] for relief in RELIEFS} - CASES


@pytest.mark.parametrize(
    ("relief", "cell"),
    [*sorted(CASES), *(pytest.param(*case, marks=pytest.mark.slow) for case in sorted(SLOW))],
)
def test_n_designs_are_each_design(relief: str, cell: str) -> None:
    found = require_each(grown(relief, cell))
    assert np.shape(found["capacity"].footprint_capacity_uAh_cm2) == (3,)


def variations(cell: str, *changes: dict[str, Any]) -> list[Design]:
    """Return a design on pillars once for each change of its sections."""
    made = []
    for change in changes:
        mapping = design("pillars", cell)
        for section, keys in change.items():
            mapping[section] = {**mapping.get(section, {}), **keys}
        made.append(design_from_mapping(mapping))
    return made


@pytest.mark.parametrize(
    ("cell", "section", "key", "values"),
    [
        ("conformal", "operation", "voltage", [{"min": f"{low} V", "max": "3.1 V"} for low in (0.5, 1.9, 2.4)]),
        ("conformal", "operation", "initial_state_of_charge", [1.0, 0.4, 0.05]),
        ("conformal", "operation", "nominal_capacity", ["2 uAh/cm^2", "7 uAh/cm^2"]),
        ("conformal", "materials", "LiV2O5", [{"diffusivity": f"{d} cm^2/s"} for d in ("1e-13", "1e-10")]),
        ("conformal", "materials", "LiV2O5", [{"exchange_current": f"{i} mA/cm^2"} for i in (0.01, 1)]),
        ("conformal", "materials", "LiV2O5", [{"volumetric_capacity": f"{q} uAh/cm^2/um"} for q in (9, 90)]),
        ("conformal", "materials", "Li2PO2N", [{"ionic_conductivity": f"{k} S/cm"} for k in ("1e-7", "1e-6")]),
        ("conformal", "materials", "Ru", [{"resistivity": f"{r} ohm*m"} for r in ("1e-7", "1e-6")]),
        ("conformal", "substrate", "thickness", ["300 um", "500 um"]),
        ("flooded", "materials", "LiPF6-EC-EMC", [{"ionic_conductivity": f"{k} S/m"} for k in (0.1, 1)]),
        ("flooded", "cell", "separator", ["20 um", "200 um"]),
        ("flooded, salt", "materials", "LiPF6-EC-EMC", [{"diffusivity": f"{d} cm^2/s"} for d in ("3e-6", "9e-7")]),
    ],
)  # fmt: skip
def test_one_number_that_differs_alone(cell: str, section: str, key: str, values: list[Any]) -> None:
    require_each(variations(cell, *({section: {key: value}} for value in values)))


def test_which_electrode_limits_differs_by_row() -> None:
    made = []
    for thickness in ("2 nm", "10 nm", "20 nm"):
        mapping = design("pillars", "conformal")
        mapping["layers"][3]["thickness"] = thickness
        made.append(design_from_mapping(mapping))
    found = require_each(made)["capacity"]
    assert list(found.limiting_electrode) == ["anode", "cathode", "cathode"]


def test_what_is_unusable_is_refused_by_row() -> None:
    made = variations("conformal", *({"operation": {"voltage": {"min": f"{low} V", "max": f"{low + 1} V"}}}
                                     for low in (1.5, 5.0)))  # fmt: skip
    with pytest.raises(DesignError, match="lies outside what the cell has at rest"):
        capacity_numbers(beside_same_films(assemble_cell(made[1])))
    with pytest.raises(Refused, match="the voltage limits lie outside what the cell has at rest") as caught:
        capacity_numbers(beside_same_films(assemble_cell(together(made))))
    assert caught.value.where.tolist() == [False, True]


@pytest.mark.parametrize(
    ("cell", "layer", "thickness", "says"),
    [
        ("anode-free", 1, "850 nm", "the plated lithium does not fit"),
        ("lithium anode", 1, "560 nm", "on charge 'anode' grows"),
        ("balanced", 1, "850 nm", "gives the N/P wanted"),
    ],
)
def test_what_does_not_fit_is_refused_by_row(cell: str, layer: int, thickness: str, says: str) -> None:
    made = []
    for one in ("50 nm", "60 nm", thickness):
        mapping = design("pillars", cell)
        mapping["layers"][layer]["thickness"] = one
        made.append(design_from_mapping(mapping))
    with pytest.raises(DesignError, match=r"cell\.anode_free|layers\."):
        numbers_of(made[2])
    with pytest.raises(Refused, match=says) as caught:
        numbers_of(together(made))
    assert caught.value.where.tolist() == [False, False, True]
    require_each(made[:2])
