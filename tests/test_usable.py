"""What is usable of a cell between its voltage limits, and that no discharge delivers more of anything."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from tests.kinds import CELLS, design, every_design, has_closed_form
from tests.random_designs import designs
from tests.shipped import SHIPPED, mapping_of
from tfgeom.cells.assembled import AssembledCell, lithium_of, usable_of
from tfgeom.cells.discharge_sides import Side, cell_voltage
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.usable import usable_range
from tfgeom.design import design_from_mapping, load_design
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import evaluate
from tfgeom.results import Evaluation, RateNumbers, RatePoint
from tfgeom.terminal_lines import number_lines

same = pytest.approx
ROUNDING = 1e-9
RUN = [cell for cell in CELLS if cell != "geometry only"]
SPREAD: dict[str, Any] = {"c_rates": [1e-6, 0.01, 1, 30, 1000], "footprint_currents": ["1 mA/cm^2"]}


def points_of(row: RateNumbers) -> Iterator[tuple[str, RatePoint]]:
    yield "cell", row
    for name in ("same_films", "same_capacity"):
        plane = getattr(row, f"planar_{name}")
        yield name, plane.at_c_rate
        yield name, plane.at_current


def check_laws(found: Evaluation) -> None:
    """Check that energy is capacity times voltage, and that no discharge gives more than the cell at rest."""
    capacity, energy = found.capacity, found.energy
    if capacity is None:
        return
    assert energy is not None
    assert 0 < capacity.footprint_capacity_uAh_cm2 <= capacity.held_uAh_cm2 * (1 + ROUNDING)
    n = found.design.cells_in_series
    charges = found.cells.map(lambda cell: usable_of(cell).charge / 36)  # 36 C/m² are 1 uAh/cm²
    energies = found.cells.map(lambda cell: n * (usable_of(cell).energy or 0.0) / 3.6e4)
    assert capacity.footprint_capacity_uAh_cm2 == same(charges.cell)
    assert capacity.planar_uAh_cm2 == same(charges.same_films)
    assert (capacity.footprint_capacity_gain or 0) * charges.same_films == same(
        charges.cell if charges.same_films else 0
    )
    for numbers, charge in ((energy, charges.cell), (energy.planar, charges.same_films)):
        if numbers.mean_voltage_V is not None:
            assert numbers.footprint_energy_mWh_cm2 == same(charge * numbers.mean_voltage_V * 1e-3)
    assert found.device is not None
    assert found.device.area_for_1_mAh_mm2 == same(1e5 / charges.cell)
    for row in found.rate or ():
        for name, point in points_of(row):
            whole, most = (one.cell if name == "cell" else one.planes[name] for one in (charges, energies))
            assert 0 <= point.capacity_uAh_cm2 <= whole * (1 + ROUNDING)
            assert 0 <= point.utilisation <= 1 + ROUNDING
            assert point.utilisation * whole == same(point.capacity_uAh_cm2)
            # a kink of a measured curve costs the quadrature up to 1e-6
            assert point.energy_mWh_cm2 <= most * (1 + 1e-6)
            assert point.energy_mWh_cm2 == same(
                point.capacity_uAh_cm2 * (point.mean_voltage_V or 0) * 1e-3, rel=1e-9
            )


def with_rates(mapping: dict[str, Any], **operation: Any) -> dict[str, Any]:
    return {**mapping, "operation": {**mapping["operation"], **SPREAD, **operation}}


@every_design
def test_no_discharge_delivers_more_than_the_cell_at_rest(relief: str, cell: str) -> None:
    if cell == "geometry only":
        return
    found = evaluate(design_from_mapping(with_rates(design(relief, cell))))
    check_laws(found)
    assert (found.rate is None) == (not has_closed_form(relief, cell))
    dense = found.energy
    assert dense is not None
    half_cell = lithium_of(found.cell).is_half_cell
    for numbers in (dense, dense.planar):
        for density in (numbers.volumetric_energy_Wh_L, numbers.specific_energy_Wh_kg):
            assert ((density.active, density.device) == (None, None)) == half_cell
    assert any("null: the voltage of a half-cell" in note for note in found.notes) == half_cell


def rest_at(cell: AssembledCell, share: float) -> float:
    """Return the rest voltage of the whole stack after a share of what is held."""
    sides = cell.kind.sides(cell)
    assert sides is not None
    charge = np.array([share * lithium_of(cell).capacity])
    return cell.blueprint.in_series * float(cell_voltage(sides, charge, cell.blueprint.temperature)[0])


@pytest.mark.parametrize("state", [1.0, 0.8])
@pytest.mark.parametrize("cell", RUN)
def test_usable_runs_between_the_limits_at_rest_or_from_the_initial_state(cell: str, state: float) -> None:
    mapping = design("pillars", cell)
    whole = assemble_cell(design_from_mapping(mapping))
    high, low = rest_at(whole, 0.1), rest_at(whole, 0.7)
    if high - low < 1e-3:  # a plateau
        return
    limits = {"max": f"{high!r} V", "min": f"{low!r} V"}
    found = evaluate(design_from_mapping(with_rates(mapping, voltage=limits, initial_state_of_charge=state)))
    check_laws(found)
    assert found.capacity is not None
    assert found.energy is not None
    start = max(0.1, 1 - state)
    assert found.capacity.footprint_capacity_uAh_cm2 == same(
        (0.7 - start) * found.capacity.held_uAh_cm2, rel=1e-6
    )
    # the other way round: trapezia over the rest voltage between the ends that scipy finds
    first = start if state < 0.9 else brentq(lambda x: rest_at(found.cell, x) - high, 0.05, 0.3)
    last = brentq(lambda x: rest_at(found.cell, x) - low, 0.5, 0.9)
    grid = np.linspace(first, last, 2001)
    mean = np.trapezoid([rest_at(found.cell, x) for x in grid], grid) / (last - first)
    assert found.energy.mean_voltage_V == same(mean, rel=1e-5)
    (slow, *_) = found.rate or ()
    assert slow.capacity_uAh_cm2 == same(found.capacity.footprint_capacity_uAh_cm2, rel=1e-4)
    assert slow.mean_voltage_V == same(mean, rel=1e-4)
    note = next(note for note in found.notes if "that the cell holds are usable" in note)
    assert "below the lower limit at rest" in note
    assert ("above the initial state of charge, 0.8" in note) == (state < 1)
    assert ("above the upper limit at rest" in note) == (state == 1)
    (line,) = (text for title, text in number_lines(found) if title == "footprint capacity")
    assert f", of {found.capacity.held_uAh_cm2:.4g} held" in line


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_designs_keep_the_laws(path: Any) -> None:
    mapping = mapping_of(path)
    if "operation" not in mapping:
        check_laws(evaluate(load_design(path)))
        return
    check_laws(evaluate(design_from_mapping(with_rates(mapping))))


@st.composite
def storing(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a design with a cell, some without an anode, run at many currents."""
    mapping = draw(designs().filter(lambda one: "operation" in one))
    if mapping["cell"]["type"] == "conformal" and draw(st.booleans()):
        mapping["layers"] = [layer for layer in mapping["layers"] if layer["role"] != "anode"]
        mapping["cell"]["anode_free"] = True
        mapping["layers"][1]["lithiation"] = draw(st.floats(0.01, 1))
        mapping.pop("chosen", None)
    mapping["operation"] |= SPREAD
    return mapping


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(storing())
def test_random_designs_keep_the_laws(mapping: dict[str, Any]) -> None:
    try:
        found = evaluate(design_from_mapping(mapping))
    except TfgeomError:  # impossible: films that merge, limits that the cell never enters
        return
    check_laws(found)


FALLING = {"form": "linear", "parameters": {"intercept": 4.3, "slope": -1.0}, "window": [0, 1]}
TWO_PLATEAUS = {
    "form": "pchip",
    "parameters": {"x": [0, 0.45, 0.55, 1], "potential": [4.01, 4.0, 3.2, 3.19]},
    "window": [0, 1],
}


def test_n_cells_at_once_are_each_alone() -> None:
    cell = assemble_cell(design_from_mapping(design("pillars", "conformal")))
    sides = cell.kind.sides(cell)
    assert sides is not None
    factors = np.array([0.3, 1.0, 7.0])
    held, limits = lithium_of(cell).capacity * factors, (1.5, 3.2)
    many = [Side(one.curve, one.room * factors, one.start, one.filling, one.polarity) for one in sides]
    found = usable_range(many, held, 0.9, 298.15, limits)
    assert found.energy is not None
    assert found.mean_voltage is not None
    for row, factor in enumerate(factors):
        one = [
            Side(side.curve, side.room * factor, side.start, side.filling, side.polarity) for side in sides
        ]
        alone = usable_range(one, float(held[row]), 0.9, 298.15, limits)
        for name in ("held", "above", "start", "end", "energy", "charge", "mean_voltage"):
            assert getattr(found, name)[row] == same(getattr(alone, name), rel=1e-12)
    nothing = usable_range(many, held, 0.9, 298.15, (5.0, 6.0))
    assert not nothing.charge.any()
    assert np.isnan(nothing.mean_voltage).all()  # type: ignore[arg-type]


def test_without_an_open_circuit_curve_all_that_is_held_is_usable() -> None:
    mapping = design("pillars", "conformal")
    mapping["layers"][3] = {**mapping["layers"][3], "material": "Mine"}
    mapping["materials"] = {"Mine": {"volumetric_capacity": "500 uAh/cm^2/um", "lithiation": 0}}
    found = evaluate(design_from_mapping(mapping))
    assert found.capacity is not None
    assert found.capacity.footprint_capacity_uAh_cm2 == found.capacity.held_uAh_cm2
    assert any("all that is held is taken as usable" in note for note in found.notes)
    assert found.energy is not None
    assert (found.energy.footprint_energy_mWh_cm2, found.rate) == (None, None)


def flat_cell(**cathode: Any) -> dict[str, Any]:
    """Return a film of 6.12 uAh/cm2 that falls from 4.3 to 3.3 V, against lithium, limits 3 to 4.2 V."""
    films = [
        {"role": "current_collector", "material": "Pt", "thickness": "50 nm"},
        {"role": "cathode", "material": "LiCoO2", "thickness": "100 nm", **cathode},
        {"role": "electrolyte", "material": "LiPON", "thickness": "100 nm"},
        {"role": "anode", "material": "Li", "thickness": "50 nm"},
    ]
    mapping = design("planar", "lithium anode", layers=films)
    mapping["cell"] = {"type": "conformal"}
    mapping["operation"] = {
        "voltage": {"min": "3 V", "max": "4.2 V"},
        "temperature": "25 degC",
        "c_rates": [1],
    }
    mapping["materials"] = {"LiCoO2": {"volumetric_capacity": "61.2 uAh/cm^2/um", "open_circuit": FALLING}}
    return mapping


def anode_free(lithiation: float) -> dict[str, Any]:
    mapping = flat_cell(lithiation=lithiation)
    mapping["cell"]["anode_free"] = True
    del mapping["layers"][3]
    return mapping


def test_the_upper_limit_takes_its_share_of_capacity_energy_and_rate() -> None:
    found = evaluate(design_from_mapping(flat_cell()))
    capacity, energy = found.capacity, found.energy
    assert capacity is not None
    assert energy is not None
    assert capacity.held_uAh_cm2 == same(6.12)
    # a tenth of the film lies above 4.2 V; the rest falls from there to 3.3 V
    usable = 0.9 * 6.12
    assert capacity.footprint_capacity_uAh_cm2 == capacity.planar_uAh_cm2 == same(usable)
    assert energy.mean_voltage_V == same(3.75)
    assert energy.footprint_energy_mWh_cm2 == same(usable * 3.75e-3)
    (row,) = found.rate or ()
    assert row.footprint_current_mA_cm2 == same(usable * 1e-3)
    assert usable * 0.95 < row.capacity_uAh_cm2 < usable
    assert row.energy_mWh_cm2 < usable * 3.75e-3


def test_a_cell_of_which_nothing_is_usable_is_refused() -> None:
    mapping = anode_free(0.05)
    with pytest.raises(DesignError) as caught:
        evaluate(design_from_mapping(mapping))
    (issue,) = caught.value.issues
    assert issue.path == "operation.voltage"
    assert issue.message.startswith("3 to 4.2 V lies outside what the cell has at rest, 4.3 V charged to 4.")
    assert issue.message.endswith("V discharged, so nothing is usable; use limits around these")
    mapping["operation"]["initial_state_of_charge"] = 0
    with pytest.raises(
        DesignError, match=r"operation\.initial_state_of_charge: is 0: discharges start empty"
    ):
        evaluate(design_from_mapping(mapping))


def test_a_discharge_ends_at_0_v_at_the_latest() -> None:
    mapping = flat_cell()
    # falls from 0.5 to -0.5 V: half of it gives energy, at a mean of a quarter of a volt
    mapping["materials"]["LiCoO2"]["open_circuit"] = {
        **FALLING,
        "parameters": {"intercept": 0.5, "slope": -1},
    }
    mapping["operation"]["voltage"] = {"min": "-1 V", "max": "2 V"}
    mapping["operation"]["c_rates"] = [0.001, 1, 1e5]
    found = evaluate(design_from_mapping(mapping))
    check_laws(found)
    assert found.capacity is not None
    assert found.energy is not None
    assert found.capacity.footprint_capacity_uAh_cm2 == same(3.06)
    assert found.energy.mean_voltage_V == same(0.25)
    assert any("discharges end at 0 V" in note for note in found.notes)
    mapping["materials"]["LiCoO2"]["open_circuit"]["parameters"] = {"intercept": -0.1, "slope": -1}
    with pytest.raises(DesignError, match=r"layers: the cell has -0\.1 V at rest when charged and -1\.1 V"):
        evaluate(design_from_mapping(mapping))


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_plated_lithium_is_finite(share: float) -> None:
    mapping = anode_free(share)
    mapping["operation"] |= {"voltage": {"min": "1 V", "max": "5 V"}, "c_rates": [1e-4, 0.1]}
    found = evaluate(design_from_mapping(mapping))
    assert found.capacity is not None
    assert found.capacity.footprint_capacity_uAh_cm2 == same(share * 6.12)
    assert [row.utilisation for row in found.rate or ()] == same([1, 1], rel=1e-6)


def test_a_mean_voltage_that_rises_with_the_rate_gets_a_sentence() -> None:
    mapping = flat_cell(interface_resistance="5000 ohm*cm^2")
    mapping["materials"]["LiCoO2"]["open_circuit"] = TWO_PLATEAUS
    mapping["operation"]["c_rates"] = [0.01, 10]
    # 10C is 61.2 uA/cm2 and loses 0.31 V: the plateau at 3.2 V lies below the limit then
    found = evaluate(design_from_mapping(mapping))
    slow, fast = found.rate or ()
    assert slow.mean_voltage_V == same(3.6, abs=0.01)
    assert fast.mean_voltage_V == same(3.68, abs=0.03)
    (note,) = (note for note in found.notes if note.startswith("the mean voltage rises from"))
    assert f"{slow.mean_voltage_V:.3f} V at 0.01C to {fast.mean_voltage_V:.3f} V at 10C" in note
    mapping["operation"]["c_rates"] = [0.01, 0.1]
    found = evaluate(design_from_mapping(mapping))
    assert not any("the mean voltage rises" in note for note in found.notes)
