"""Host capacities, electrolytes and kinetics of the library against numbers worked out here."""

import math

import numpy as np
import pytest

from tests.stacks import value
from tfgeom.materials.library import load_library

FARADAY, GAS = 96485.33212, 8.314462618
UAH_PER_CM2_UM = 3.6e7  # C/m3


@pytest.mark.parametrize(
    ("name", "density", "molar_mass", "lithium"),
    [
        ("LiMn2O4-2Li", 4290, 180.81, 2), ("LFP", 3600, 157.76, 1), ("NMC111", 4770, 96.46, 1),
        ("NMC532", 4770, 96.55, 1), ("NMC622", 4770, 96.93, 1), ("NMC811", 4770, 97.28, 1),
        ("NCA", 4730, 96.08, 1), ("V2O5", 3360, 181.88, 1), ("V2O5-2Li", 3360, 181.88, 2),
        ("VO2", 4340, 82.94, 1), ("MoO3", 4690, 143.95, 1.5), ("MoOx", 4690, 143.95, 6),
        ("LTO", 3480, 459.09, 3), ("TNO", 4340, 345.67, 5), ("graphite", 2260, 72.066, 1),
        ("Sn", 7290, 118.71, 4.4), ("LiNiO2", 4780, 97.63, 1), ("LiNi0.8Co0.2O2", 4800, 97.68, 1),
        ("Li2MnO3", 3900, 116.81, 2), ("LiCoMnO4", 4710, 184.81, 1), ("LiMnPO4", 3430, 156.85, 1),
        ("SrLi2Ti6O14", 3850, 612.7, 4), ("SnO2", 6950, 150.71, 8.4), ("LiNiVO4", 4320, 180.57, 7),
        ("NiFe2O4", 5370, 234.38, 8), ("Cr2O3", 5220, 151.99, 6), ("Fe2O3", 5240, 159.69, 6),
        ("MoO2", 6470, 127.95, 4), ("ZnO", 5610, 81.38, 3), ("RuO2", 6970, 133.07, 4),
        ("ZnOS", 4800, 89.41, 3), ("In2O3", 7180, 277.63, 6 + 2 * 13 / 3),
    ],
)  # fmt: skip
def test_host_capacity_is_density_over_molar_mass(
    name: str, density: float, molar_mass: float, lithium: float
) -> None:
    theory = density / (molar_mass * 1e-3) * lithium * FARADAY
    assert value(name, "density") == density
    assert value(name, "host_capacity") == pytest.approx(theory, rel=3e-3)
    assert value(name, "volumetric_capacity") <= 1.003 * value(name, "host_capacity")


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("LiCoO2", 69.1), ("LMO", 63.6), ("LiMn2O4-2Li", 127), ("LNMO", 65.3), ("LFP", 61.2), ("V2O5", 49.5),
        ("V2O5-2Li", 99), ("VO2", 140), ("TiO2", 130.5), ("TiO2-amorphous", 127.5), ("LTO", 60.9),
        ("Si", 834), ("Sn", 724), ("graphite", 84), ("MoOx", 524), ("MoO3", 131), ("TNO", 168),
    ],
)  # fmt: skip
def test_theory_as_published_tables_have_it(name: str, printed: float) -> None:
    assert value(name, "host_capacity") / UAH_PER_CM2_UM == pytest.approx(printed, rel=2e-3)


def test_tin_nitride_counts_alloying() -> None:
    theory = 5950 / 0.41216 * 13.2 * FARADAY
    assert value("SnNx", "volumetric_capacity") == pytest.approx(theory, rel=3e-3)


def test_every_electrode_with_a_host_stays_below_it() -> None:
    hosts = 0
    for material in load_library():
        used, host = material.value("volumetric_capacity"), material.value("host_capacity")
        if used is not None and host is not None:
            hosts += 1
            assert used <= 1.003 * host, material.name
    assert hosts >= 50


def test_capacity_of_a_cobaltate_follows_its_window() -> None:
    whole = value("LiCoO2", "film_fraction") * 5050 / 97.873e-3 * FARADAY
    for name in ("LiCoO2-Ramadass", "LiCoO2-Rieger"):
        curve = load_library().find(name).open_circuit
        assert curve is not None
        share = curve.window[1] - curve.window[0]
        assert value(name, "volumetric_capacity") == pytest.approx(share * whole, rel=2e-3)
    assert value("LiCoO2-Dualfoil", "volumetric_capacity") == pytest.approx(0.48 * whole, rel=2e-3)
    raijmakers = FARADAY * 3.22e4 * (1 - 0.51)
    assert value("LiCoO2-Raijmakers2020", "volumetric_capacity") == pytest.approx(raijmakers, rel=1e-3)


def test_raijmakers_electrolyte() -> None:
    found = load_library().find("LiPON-Raijmakers2020")
    assert found.dissociation is not None
    sigma = FARADAY**2 / (GAS * 293) * 0.64 * 61141 * (1.73e-16 + 5.69e-16)
    assert found.value_at("ionic_conductivity", 293.0) == pytest.approx(sigma, rel=1e-3)
    assert 3.62e-6 / sigma * 1e4 == pytest.approx(326.3, rel=1e-3)
    assert found.dissociation.transference_number == pytest.approx(0.233, abs=1e-3)
    assert found.value("transference_number") == pytest.approx(0.233)


def test_exchange_currents_half_filled() -> None:
    liquid = math.sqrt(1000.0)
    cases = {
        "LiCoO2-Ramadass": 2.252e-6 * liquid * 51555 / 2,
        "LiCoO2-Dualfoil": 6e-7 * liquid * 51218 / 2,
        "graphite": 6.48e-7 * liquid * 33133 / 2,
        "LiNi0.5Mn1.5O4": FARADAY * 2.33e-11 * liquid * 24358 / 2,
        "NMC811": 5.028 * 0.5**0.43 * 0.5**0.57,
        "LiCoO2-Raijmakers2020": FARADAY * 1.53e-11 * 3.22e4 * math.sqrt(0.755 * 0.245 * 0.64 * 61141),
    }
    for name, expected in cases.items():
        assert value(name, "exchange_current") == pytest.approx(expected, rel=0.025), name


def test_regan_exchange_current_follows_its_powers() -> None:
    found = load_library().find("NMC811").properties["exchange_current"]
    assert found.exponent is not None
    s = 0.8
    ours = found.value * (s / 0.5) ** (1 - found.exponent) * ((1 - s) / 0.5) ** found.exponent
    assert ours == pytest.approx(5.028 * s**0.43 * (1 - s) ** 0.57, rel=1e-3)


def test_diffusivities_at_half_filling_of_published_functions() -> None:
    def regan(s: float) -> float:
        dips = ((0.9231, 0.3216, 0.002534), (0.4066, 0.4532, 0.003926), (0.993, 0.8098, 0.09924))
        return float(2.7 * 10 ** (-13.96 - sum(a * math.exp(-((s - b) ** 2) / c) for a, b, c in dips)))

    def colclasure(y: float) -> float:
        powers = [-2319, 6642, -5269, -3319, 10038, -9806, 5817, -2286, 575.3, -83.16, -9.292]
        return float(2 * 10 ** np.polyval(powers, y))

    assert regan(0.9) == pytest.approx(3.602e-15, rel=1e-3, abs=0)
    assert colclasure(0.8) == pytest.approx(3.110e-15, rel=1e-3, abs=0)
    assert value("NMC811", "diffusivity") == pytest.approx(regan(0.5), rel=1e-3, abs=0)
    assert value("NMC532", "diffusivity") == pytest.approx(colclasure(0.5), rel=1e-3, abs=0)
    band = load_library().find("NMC811").properties["diffusivity"]
    found = [regan(float(s)) for s in np.linspace(0.2, 0.95, 301)]
    assert (band.low, band.high) == pytest.approx((min(found), max(found)), rel=0.05, abs=0)


@pytest.mark.parametrize(
    ("name", "sigma", "barrier"),
    [
        ("LiPON-Put2016", 1e-6, 0.58), ("LiPON-Put2019", 5e-7, None), ("LiPON-Vieira", 3e-7, None),
        ("Li3PO4-ALD", 1.4e-10, None), ("Li3PO4", 1e-8, 0.65), ("Li3PO4-crystalline", 1e-18, None),
        ("LiSiON", 6.3e-6, None), ("LLT", 1.5e-4, 0.37), ("LLZO-bulk", 3e-4, None),
        ("LLZO-amorphous", 4e-7, None), ("LLZO-Al-Ta", 1.2e-4, 0.47), ("LGPS", 1.2e-2, None),
        ("LSPSCl", 2.5e-2, None), ("Li3.42PS4.21", 5e-4, None), ("thio-LISICON-Si", 6.4e-4, None),
    ],
)  # fmt: skip
def test_electrolytes_beyond_the_tables(name: str, sigma: float, barrier: float | None) -> None:
    assert value(name, "ionic_conductivity") == pytest.approx(sigma * 100, rel=1e-9, abs=0)
    energy = load_library().find(name).value("activation_energy")
    assert energy is None if barrier is None else energy == pytest.approx(barrier * FARADAY, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "microohm_cm"),
    [
        ("Pt", 15), ("Ru", 15), ("TiN", 175), ("TiN-PEALD", 80), ("TiN-TiCl4", 140), ("TiN-TDMAT", 1.4e4),
        ("TiN-TDMAT-plasma", 300), ("TaN", 380), ("Co", 46), ("Ni", 15), ("Cr", 12.9), ("Ti", 42),
        ("Au", 2.2), ("Ag", 1.6), ("SS", 70), ("Si-n++", 1000), ("Cu", 1e8 / 5.96e7), ("Al", 1e8 / 3.55e7),
    ],
)  # fmt: skip
def test_collectors_conduct(name: str, microohm_cm: float) -> None:
    sigma = load_library().find(name).electron_conductivity(298.15)
    assert sigma == pytest.approx(1e8 / microohm_cm, rel=1e-6)
