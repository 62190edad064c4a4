"""The closed rate model against the diffusion limit, a finite-volume solution and published numbers."""

from dataclasses import replace

import numpy as np
import pytest

from tfgeom.constants import thermal_voltage
from tfgeom.materials.library import Material, resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.transport.closed_rate import (
    Chemistry,
    Electrode,
    RateCell,
    currents_at_utilisation,
    discharge_ends,
)
from tfgeom.transport.electrode_side import surface_excess
from tfgeom.transport.kinetics import ButlerVolmer, overpotential

DIFFUSIVITY = 1e-17
THICKNESS = 100e-9
FLAT_ANODE = {"form": "constant", "parameters": {"potential": 1.0}}
CAPACITY = 1.0e3  # C/m²


def material(name: str, **stated: object) -> Material:
    """Return a material of the test's own."""
    curve = {"form": "constant", "parameters": {"potential": 3.0}}
    return resolve_material(name, MaterialOverride.model_validate({"open_circuit": curve, **stated}))


def cell(capacity: float = CAPACITY, ohmic: float = 0.0) -> RateCell:
    cathode = Electrode(capacity, THICKNESS, 1.0, 0.0)
    metal = Electrode(np.inf, 1e-6, 1.0, 1.0)
    return RateCell(cathode, metal, ohmic, capacity, capacity)


def chemistry(minimum: float = 0.0, **stated: object) -> Chemistry:
    stated.setdefault("diffusivity", "1e-13 cm^2/s")
    lithium = resolve_material("Li", MaterialOverride.model_validate({"exchange_current": "1e9 A/m^2"}))
    return Chemistry(material("film", **stated), lithium, 298.15, minimum)


@pytest.mark.parametrize(
    ("theta", "utilisation"),
    [
        (0.03, 0.99),
        (0.1, 0.9666667),
        (0.3, 0.9),
        (1, 0.6669472),
        (3, 0.2617990),
        (10, 0.0785398),
        (30, 0.0261799),
    ],
)
def test_diffusion_limited_utilisation(theta: float, utilisation: float) -> None:
    # 1 = q + theta [1/3 - (2/pi²) sum exp(-n² pi² q/theta)/n²]
    current = theta * CAPACITY * DIFFUSIVITY / THICKNESS**2
    ends = discharge_ends([cell()], np.array([current]), chemistry())
    assert ends.charge[0] / CAPACITY == pytest.approx(utilisation, abs=1e-5)


def test_surface_excess_against_finite_volumes() -> None:
    theta, n = 2.0, 400
    x, dt = np.zeros(n), 1e-5
    matrix_off = -(theta**-1) * n**2 * dt
    diagonal = np.full(n, 1 - 2 * matrix_off)
    diagonal[[0, -1]] = 1 - matrix_off
    dense = (
        np.diag(diagonal) + np.diag(np.full(n - 1, matrix_off), 1) + np.diag(np.full(n - 1, matrix_off), -1)
    )
    inverse = np.linalg.inv(dense)
    for step in range(1, 20001):
        x[-1] += dt * n
        x = inverse @ x
        if step in (2000, 20000):
            surface = x[-1] + theta / (2 * n)
            excess = float(surface_excess(np.array([step * dt]), np.array([theta]))[0])
            assert excess == pytest.approx(surface - step * dt, rel=2e-3)


def test_surface_excess_is_smooth_where_its_two_forms_meet() -> None:
    passed = np.array([0.08 - 1e-12, 0.08 + 1e-12])
    below, above = surface_excess(passed, np.ones(2))
    assert below == pytest.approx(above, abs=1e-6)


def test_without_diffusivity_nothing_is_lost_to_it() -> None:
    chem = replace(chemistry(), cathode=resolve_material("x", MaterialOverride.model_validate(
        {"open_circuit": {"form": "constant", "parameters": {"potential": 3.0}}})))  # fmt: skip
    ends = discharge_ends([cell()], np.array([1e3]), chem)
    assert ends.charge[0] == pytest.approx(CAPACITY, rel=1e-9)
    assert ends.mean_voltage[0] == pytest.approx(3.0, abs=1e-6)


def test_ohmic_loss_lowers_the_voltage_and_ends_the_discharge() -> None:
    chem = replace(chemistry(minimum=2.0), cathode=chemistry(diffusivity="1 cm^2/s").cathode)
    ends = discharge_ends([cell(ohmic=0.1), cell(ohmic=0.1)], np.array([9.0, 11.0]), chem)
    assert ends.mean_voltage[0] == pytest.approx(3 - 0.9, abs=1e-6)
    assert ends.charge[1] == 0
    assert np.isnan(ends.mean_voltage[1])


def test_charge_transfer_is_the_inverse_hyperbolic_sine() -> None:
    film = material("film", exchange_current={"value": "5 A/m^2", "form": "constant"}, diffusivity="1 cm^2/s")
    ends = discharge_ends([cell()], np.array([20.0]), replace(chemistry(), cathode=film))
    # Butler-Volmer with equal coefficients, solved for the overpotential
    eta = 2 * 8.314463 * 298.15 / 96485.332 * np.arcsinh(20 / (2 * 5))
    assert ends.mean_voltage[0] == pytest.approx(3 - eta, rel=1e-6)


@pytest.mark.parametrize("alpha", [0.02, 0.3, 0.43, 0.57, 0.6, 0.9])
def test_the_inverse_of_butler_and_volmer_for_any_coefficient(alpha: float) -> None:
    sizes = np.concatenate(([0.0], np.geomspace(1e-10, 300.0, 60)))  # overpotentials over R T/F
    ratio = np.expm1(alpha * sizes) - np.expm1(-(1 - alpha) * sizes)
    assert overpotential(ratio, alpha) == pytest.approx(sizes, rel=1e-12, abs=1e-300)
    assert float(overpotential(ratio[7], alpha)) == pytest.approx(sizes[7], rel=1e-12)


def test_equal_coefficients_are_the_inverse_hyperbolic_sine_to_the_bit() -> None:
    ratio = np.geomspace(1e-9, 1e9, 50)
    assert np.array_equal(overpotential(ratio, 0.5), 2 * np.arcsinh(ratio / 2))


@pytest.mark.parametrize("alpha", [0.3, 0.6])
def test_charge_transfer_is_the_law_of_the_finite_elements(alpha: float) -> None:
    own = {"value": "5 A/m^2", "form": "constant", "exponent": alpha}
    fast = "1 cm^2/s"
    cathode = material("film", exchange_current=own, diffusivity=fast)
    anode = material("other", exchange_current=own, diffusivity=fast)
    anode = replace(anode, curve=material("flat", open_circuit=FLAT_ANODE).curve)
    both = replace(cell(), anode=Electrode(CAPACITY, THICKNESS, 1.0, 1.0))
    ends = discharge_ends([both], np.array([40.0]), Chemistry(cathode, anode, 298.15, 0.0))
    law = ButlerVolmer(5.0, alpha, thermal_voltage(298.15))
    # 40 A/m² enter the cathode and leave the anode
    expected = 3.0 - 1.0 + law.drop(-40.0) - law.drop(40.0)
    assert ends.mean_voltage[0] == pytest.approx(expected, rel=1e-9)
    flow, _ = law.current(np.array([law.drop(-40.0), law.drop(40.0)]))
    assert flow == pytest.approx([-40.0, 40.0], rel=1e-12)


def test_currents_at_utilisation_invert_the_discharge() -> None:
    cells = [cell(), cell(2 * CAPACITY)]
    chem = chemistry(minimum=2.5, exchange_current="5 A/m^2")
    for share in (0.8, 0.5):
        currents = currents_at_utilisation(cells, np.full(2, share), chem)
        ends = discharge_ends(cells, currents, chem)
        assert ends.charge / [CAPACITY, 2 * CAPACITY] == pytest.approx([share, share], rel=1e-6)


def test_unreachable_share_is_nan() -> None:
    start = replace(cell(), cathode=Electrode(CAPACITY, THICKNESS, 1.0, 0.3))
    assert np.isnan(currents_at_utilisation([start], np.array([0.8]), chemistry())[0])


def test_energy_is_voltage_times_charge_for_any_mixture_of_problems() -> None:
    chem = chemistry(minimum=2.5, exchange_current="5 A/m^2")
    currents = np.array([0.01, 1.0, 30.0])
    together = discharge_ends([cell(), cell(2e3), cell()], currents, chem)
    alone = discharge_ends([cell(2e3)], currents[1:2], chem)
    assert together.charge[1] == alone.charge[0]
    assert together.energy == pytest.approx(together.charge * together.mean_voltage)
