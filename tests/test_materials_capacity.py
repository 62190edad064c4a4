"""Every electrode's capacity, worked out again from its density, its formula and the window of its curve."""

import re

import pytest

from tests.shipped import DESIGNS, mapping_of
from tests.stacks import value
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.materials.library import Material, load_library

FARADAY = 96485.33212
UAH_PER_CM2_UM = 3.6e7  # C/m3
MAH_PER_G = 3600.0  # C/kg

ATOMS = {  # g/mol, IUPAC
    "Li": 6.94, "C": 12.011, "N": 14.007, "O": 15.999, "Al": 26.982, "Si": 28.085, "P": 30.974, "S": 32.06,
    "Ti": 47.867, "V": 50.942, "Cr": 51.996, "Mn": 54.938, "Fe": 55.845, "Co": 58.933, "Ni": 58.693,
    "Zn": 65.38, "Sr": 87.62, "Nb": 92.906, "Mo": 95.95, "Ru": 101.07, "In": 114.818, "Sn": 118.71,
}  # fmt: skip

# What is one formula, and how much lithium it takes up per unit of the curve's coordinate (which is the share of
# that lithium where the window is 0 to 1).
LITHIUM = {
    "SnNx": ("Sn3N4", 13.2), "Sn": ("Sn", 4.4), "Si": ("Si", 3.75), "Si-Chen2020": ("Si", 3.75),
    "MoO2": ("MoO2", 4), "ZnO": ("ZnO", 3), "MoO3": ("MoO3", 1.5), "VO2": ("VO2", 1),
    "TiO2": ("TiO2", 0.5), "Cl-TiO2": ("TiO2", 1), "TiO2-amorphous": ("TiO2", 1),
    "Li4Ti5O12": ("Li4Ti5O12", 3), "SrLi2Ti6O14": ("SrLi2Ti6O14", 4),
    "graphite": ("C6", 1), "graphite-Ramadass": ("C6", 1),
    "LiCoO2": ("LiCoO2", 1), "LiCoO2-Raijmakers2020": ("LiCoO2", 1), "LiCoO2-Ramadass": ("LiCoO2", 1),
    "LiCoO2-Rieger": ("LiCoO2", 1), "LiCoO2-HT": ("LiCoO2", 1),
    "LiCoO2-Dualfoil": ("LiCoO2", 1 / 1.062),  # its coordinate is 1.062 times the lithium
    "LiCoO2-Danilov2011": ("LiCoO2", 0.5 / 9.991592),  # its coordinate is charge: half of the lithium is 9.99
    "NMC111": ("LiNi0.3333Co0.3333Mn0.3333O2", 1), "NMC811": ("LiNi0.8Mn0.1Co0.1O2", 1),
    "NMC532": ("LiNi0.5Mn0.3Co0.2O2", 35380 / 49404),  # mol/m3 of the set Mohtat2020 and of the crystal
    "LiMn2O4": ("LiMn2O4", 1), "LiMn2O4-Fuller": ("LiMn2O4", 1), "LiMn2O4-2Li": ("LiMn2O4", 1),
    "LiNi0.5Mn1.5O4": ("LiNi0.5Mn1.5O4", 1), "LiFePO4": ("LiFePO4", 1), "LiFePO4-Gerver": ("LiFePO4", 1),
    "LiV2O5": ("V2O5", 1), "V2O5": ("V2O5", 1), "V2O5-2Li": ("V2O5", 1), "V2O5-amorphous": ("V2O5", 1),
}  # fmt: skip

# Capacities that stand on a measured mAh/g; of the conversion oxides a first discharge times its efficiency.
MEASURED = {
    "SiO": 2600, "SiO2": 1965, "SnO2": 650, "LiNiVO4": 871, "NiFe2O4": 849 * 0.677, "Cr2O3": 1235 * 0.56,
    "Fe2O3": 951, "MoOx": 1118 * 0.818, "RuO2": 1200 * 0.33, "ZnOS": 1271 * 0.641, "In2O3": 1083 * 0.815,
    "TiNb2O7": 281, "TiNb2O7-amorphous": 281, "LiNi0.8Co0.2O2": 125, "Li2MnO3": 267, "NCA": 197,
    "NMC622": 79, "Li1.2Mn0.55Ni0.15Co0.1O2": 250, "Li0.92Co0.65Mn1.35O4": 340, "LiCoMnO4": 107,
    "LiMnPO4": 24,
}  # fmt: skip

PER_VOLUME = {"LiNiO2": 23, "Li": 206}
"""Measured per volume on a film of another composition, and the metal itself: nothing to work out."""

ELECTRODES = [m for m in load_library() if m.knows("volumetric_capacity")]
every_electrode = pytest.mark.parametrize("material", ELECTRODES, ids=lambda material: material.name)


def molar_mass(formula: str) -> float:
    """Return kg/mol of a formula without brackets."""
    parts = re.findall(r"([A-Z][a-z]?)(\d*\.?\d*)", formula)
    assert "".join(atom + count for atom, count in parts) == formula
    return 1e-3 * sum(ATOMS[atom] * float(count or 1) for atom, count in parts)


def film_density(material: Material) -> float:
    return value(material.name, "density") * (material.value("film_fraction") or 1.0)


def test_molar_masses() -> None:
    assert molar_mass("LiMn2O4") == pytest.approx(0.18081, abs=2e-5)
    assert molar_mass("SrLi2Ti6O14") == pytest.approx(0.6127, abs=1e-4)


@every_electrode
def test_capacity_follows_from_film_density_formula_and_window(material: Material) -> None:
    stated = value(material.name, "volumetric_capacity")
    if material.name in LITHIUM:
        formula, per_unit = LITHIUM[material.name]
        empty, full = (0.0, 1.0) if material.curve is None else material.curve.window
        lithium = per_unit * (full - empty)
        expected = film_density(material) / molar_mass(formula) * lithium * FARADAY
    elif material.name in MEASURED:
        expected = film_density(material) * MEASURED[material.name] * MAH_PER_G
    else:
        expected = PER_VOLUME[material.name] * UAH_PER_CM2_UM
    assert stated == pytest.approx(expected, rel=0.02)


@every_electrode
def test_what_a_film_holds_stays_below_its_theory_and_inside_its_band(material: Material) -> None:
    stated = material.properties["volumetric_capacity"]
    host = material.value("host_capacity")
    if host is not None:
        assert stated.value <= 1.003 * host
        assert (stated.high or stated.value) <= 1.003 * host
    if stated.low is not None and stated.high is not None:
        assert stated.low <= stated.value <= stated.high


def test_licoo2_is_the_middle_of_films_and_carries_their_band() -> None:
    capacity, diffusivity = (
        load_library().find("LiCoO2").properties[key] for key in ("volumetric_capacity", "diffusivity")
    )
    films = [31.2, 40, 42.3, 56.5, 62]  # uAh/cm2/um, as the note says of which film each is
    assert capacity.value / UAH_PER_CM2_UM == pytest.approx(sorted(films)[2], rel=0.03)
    assert (capacity.low, capacity.high) == pytest.approx((31 * UAH_PER_CM2_UM, 62 * UAH_PER_CM2_UM))
    assert diffusivity.low is not None
    assert diffusivity.high is not None
    assert diffusivity.low <= 1e-17 * (1 + 1e-9)
    assert diffusivity.high == pytest.approx(7.9e-14, abs=0)
    for film in ("Danilov", "Raijmakers", "Striebel"):
        assert film in diffusivity.source + diffusivity.note
    assert 1.76e-15 < diffusivity.value < 4.9e-14  # one lab's fit of one film, and another's


FIRST_CYCLES = {"SnO2": 0.524, "NiFe2O4": 0.677, "Cr2O3": 0.56, "Fe2O3": 0.802, "MoOx": 0.818, "RuO2": 0.33,
                "ZnOS": 0.641, "In2O3": 0.815}  # fmt: skip


def test_first_cycles_of_conversion_and_alloying_are_real_or_not_known() -> None:
    anodes = [
        m
        for m in ELECTRODES
        if m.remarks.get("mechanism") and m.remarks["mechanism"].text in ("alloy", "conversion")
    ]
    assert len(anodes) > 10
    known = {m.name: m.value("initial_efficiency") for m in anodes if m.knows("initial_efficiency")}
    assert known == pytest.approx(FIRST_CYCLES)
    assert known["SnO2"] == pytest.approx(
        4.4 / 8.4, rel=1e-3
    )  # tin comes back, what the oxygen took does not


def test_masses_are_those_of_the_film() -> None:
    danilov = load_library().find("LiCoO2-Danilov2011")
    assert danilov.film_density == pytest.approx(2.33e4 * molar_mass("LiCoO2"), rel=2e-3)
    assert load_library().find("Si").film_density == value("Si", "density")
    assert load_library().find("LiPF6-EC-EMC").film_density is None


def test_no_name_stands_for_another_compound() -> None:
    library = load_library()
    assert "Co2O3" not in library  # Table 2 of the review misprints Cr2O3 so
    assert "LiC6" not in library  # the full electrode; graphite comes empty
    for material in library:
        assert not {"Co2O3", "LiC6"} & {material.name, *material.aliases}


def test_a_tin_oxide_anode_loses_tens_of_percent_in_its_first_cycle() -> None:
    """1 um of LiMn2O4 against 200 nm of SnO2: of what the cathode holds, 4 of 8.4 lithium stay with the oxygen."""
    films = (("current_collector", "Pt", "50 nm"), ("cathode", "LiMn2O4", "1 um"), ("electrolyte", "LiPON", "500 nm"), ("anode", "SnO2", "200 nm"))  # fmt: skip
    found = evaluate(
        design_from_mapping(
            {
                "schema_version": 1,
                "name": "in a cell",
                "relief": {"kind": "planar"},
                "layers": [{"role": r, "material": m, "thickness": t} for r, m, t in films],
                "cell": {"type": "conformal"},
                "operation": {"voltage": {"min": "1 V", "max": "4.2 V"}, "temperature": "25 degC"},
            }
        )
    )
    assert found.capacity is not None
    assert found.capacity.cathode_uAh_cm2 == pytest.approx(45.6)
    assert found.capacity.held_uAh_cm2 == pytest.approx(45.6 * 4.4 / 8.4, rel=1e-3)
    assert "the first cycle binds 21.7 uAh/cm2 of the lithium (initial_efficiency)" in found.notes


def test_a_thick_film_of_licoo2_is_neither_fast_nor_dead() -> None:
    """2.5 um at 10C: one lab's diffusivity leaves 8 % of the capacity, another's 88 %; the middle lies between."""
    bates = mapping_of(DESIGNS / "bates_planar.yaml")

    def used(**stated: str) -> float:
        rates = evaluate(design_from_mapping({**bates, "materials": {"LiCoO2": stated}})).rate
        assert rates is not None
        return next(row.utilisation for row in rates if row.c_rate == 10)

    slow, middle, fast = (
        used(diffusivity="1.76e-15 m^2/s"),
        used(expansion="-2 %"),
        used(diffusivity="4.9e-14 m^2/s"),
    )
    assert (slow, fast) == pytest.approx((0.08, 0.88), abs=0.005)
    assert slow + 0.2 < middle < fast - 0.2
