"""The materials library: its numbers against independent ones, and looking up by name."""

import math
import pickle
import re

import pytest

from tests.stacks import value
from tfgeom.errors import MaterialError
from tfgeom.materials.library import load_library

FARADAY, GAS = 96485.33212, 8.314462618
UAH_PER_CM2_UM = 3.6e7  # C/m3
CONFIDENCES = {"primary", "abstract", "digest", "review", "computed", "memory"}


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
            assert found.value >= 0 or found.name == "expansion"
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
    assert material.value_at("ionic_conductivity", 298.15) == pytest.approx(sigma, rel=1e-4)
    assert constants.transference_number == pytest.approx(0.15)
    assert material.value("transference_number") == pytest.approx(0.15)


def test_the_two_danilov_electrolytes_differ_in_the_rate_only() -> None:
    fit, printed = (load_library().find(f"Li3PO4-Danilov2011{end}") for end in ("", "-printed"))
    differing = {key for key in fit.properties if fit.value(key) != printed.value(key)}
    assert differing == {"dissociation.k_r"}


def test_li2po2n_conductivity_follows_temperature() -> None:
    material = load_library().find("Li2PO2N")
    at_25, at_35 = (material.value_at("ionic_conductivity", t) for t in (298.15, 308.15))
    assert at_25 == pytest.approx(3.25e-5, rel=5e-3)
    assert at_35 == pytest.approx(6.51e-5, rel=1e-12)


def test_conductivity_without_activation_energy_takes_the_default_away_from_its_reference() -> None:
    lipon = load_library().find("LiPON")
    assert lipon.value_at("ionic_conductivity", 298.15) == lipon.value("ionic_conductivity")
    # 0.5 eV with k = 8.617333e-5 eV/K
    factor = math.exp(-0.5 / 8.617333262e-5 * (1 / 330.0 - 1 / 298.15))
    assert lipon.value_at("ionic_conductivity", 330.0) == pytest.approx(6.6e-5 * factor, rel=1e-8)


@pytest.mark.parametrize(
    ("name", "density", "molar_mass", "lithium", "printed"),
    [
        ("LiMn2O4", 4290, 180.81, 1, 63.6),
        ("TiO2", 3890, 79.866, 1, 130.5),
        ("Cl-TiO2", 3800, 79.866, 1, 127.5),
        ("LiV2O5", 3360, 181.88, 1, 49.5),
        ("Si", 2330, 28.085, 3.75, 834),
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


MADE_EMPTY = {
    "TiO2", "Cl-TiO2", "TiO2-amorphous", "Li4Ti5O12", "TiNb2O7", "TiNb2O7-amorphous", "SrLi2Ti6O14",
    "graphite", "graphite-Ramadass", "SnNx", "Sn", "Si", "Si-Chen2020", "SiO", "SiO2", "SnO2", "LiNiVO4",
    "NiFe2O4", "Cr2O3", "Fe2O3", "MoO2", "ZnO", "MoOx", "RuO2", "ZnOS", "In2O3", "V2O5", "V2O5-2Li",
    "V2O5-amorphous", "VO2", "MoO3",
}  # fmt: skip
MADE_HALF_FULL = {"LiMn2O4-2Li", "Li0.92Co0.65Mn1.35O4"}


def test_films_made_full_and_films_made_empty() -> None:
    made = {m.name: m.value("lithiation") for m in load_library() if m.value("volumetric_capacity")}
    assert made.pop("Li") is None
    assert {name for name, s in made.items() if s == 0} == MADE_EMPTY
    full = {name for name, s in made.items() if s == 1}
    assert full == set(made) - MADE_EMPTY - MADE_HALF_FULL
    assert all(name.startswith(("Li", "NCA", "NMC")) for name in full)


def test_estimates_of_the_headline_stack_are_marked() -> None:
    estimated = load_library().find("LiV2O5").estimated
    assert {"open_circuit", "exchange_current", "electronic_conductivity"} <= estimated
    assert (
        not {"volumetric_capacity", "diffusivity"} & estimated
    )  # measured; the middle of two published ends


def test_a_value_from_memory_says_whether_a_source_was_looked_for() -> None:
    """What decides resistances, rates and masses of the shipped designs."""
    deciding = (
        "exchange_current",
        "diffusivity",
        "ionic_conductivity",
        "electronic_conductivity",
        "resistivity",
    )
    for material in load_library():
        for key in ("density", "film_fraction", *deciding):
            known = material.properties.get(key)
            if known is not None and known.confidence == "memory":
                assert re.search("no .*source.* found|was not found", f"{known.source}; {known.note}"), (
                    material.name,
                    key,
                )


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
