"""What the shipped designs say of themselves: where each dimension comes from, and which claims are independent."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.shipped import DESIGNS, ROOT, SHIPPED, mapping_of
from tfgeom.design import load_design
from tfgeom.evaluation import evaluate

# Dimensions that a source states (PHYSICS 9 and the review's text, read again by hand); every other one of a
# design with a source is under its ``chosen``.
PUBLISHED = {
    "baggetto_2011_honeycomb_si": set(),
    "bates_planar": set(),
    "danilov_2011_planar": {"layers.cathode.thickness", "layers.electrolyte.thickness"},
    "deng_2021_planar": {"layers.cathode.thickness", "layers.electrolyte.thickness"},
    "dhara_2017_cnt_forest_moox": {"layers.anode.thickness"},
    "freixas_2018_microtubes": {"relief.outer_diameter", "relief.height"},
    "imec_2017_pillars_cl_tio2": {"relief.diameter", "relief.height"},
    "imec_pillars_lipon": {"relief.diameter", "relief.height"},
    "kazyak_2017_trench_llzo": set(),
    "kim_check_pattern_cu": set(),
    "labyedh_2019_pillars_lmo": set(),
    "lei_2020_honeycomb": {"relief.pitch", "relief.wall"},
    "letiche_2017_double_microtubes": {"layers.anode.thickness"},
    "lille_2014_microtubes_tio2": {"layers.anode.thickness"},
    "mattelaer_2017_pillars_vo2": set(),
    "nathan_2005_through_holes": set(),
    "nisula_2015_lipon_pillars": set(),
    "notten_trenches": set(),
    "pearse_2018_holes_12um": {f"layers.{name}.thickness" for name in ("inner_collector", "cathode", "electrolyte", "anode", "outer_collector")},
    "pearse_2018_holes_30um": {f"layers.{name}.thickness" for name in ("inner_collector", "cathode", "electrolyte", "anode", "outer_collector")},
    "raijmakers_2020_beacon": {"layers.cathode.thickness", "layers.electrolyte.thickness"},
    "raijmakers_2020_cycles": {"layers.cathode.thickness", "layers.electrolyte.thickness"},
    "raijmakers_2020_planar": {"layers.cathode.thickness", "layers.electrolyte.thickness"},
    "shaijumon_2010_nanorods_licoo2": {"layers.cathode.thickness"},
    "speulmanns_2024_lto": set(),
    "talin_2016_columns": {f"layers.{name}.thickness" for name in ("cathode", "electrolyte", "anode")},
}  # fmt: skip
EXAMPLES = {
    "anode_free_pillars", "bipolar_holes", "example_holes_ar10", "example_pillars_ar10", "flexible_wave",
}  # fmt: skip
SIZES = re.compile(r"\d.*m$")


def dimensions(design: Path, mapping: dict[str, Any]) -> set[str]:
    """Return the paths of every length of relief and films, and of every step coverage."""
    found = {f"relief.{key}" for key, value in mapping["relief"].items() if SIZES.search(str(value))}
    found |= {f"relief.inner.{key}" for key in mapping["relief"].get("inner", {})}
    for layer, given in zip(load_design(design).layers or (), mapping.get("layers", []), strict=True):
        found |= {f"layers.{layer.name}.{key}" for key in ("thickness", "step_coverage") if key in given}
    return found


def reasons(mapping: dict[str, Any], path: str) -> list[str]:
    """Return why a dimension was chosen: the entries of ``chosen`` that name it or a section it is in."""
    return [why for at, why in mapping.get("chosen", {}).items() if path == at or path.startswith(f"{at}.")]


@pytest.mark.parametrize("design", SHIPPED, ids=lambda design: design.stem)
def test_every_dimension_is_published_or_chosen(design: Path) -> None:
    mapping = mapping_of(design)
    published = set() if design.stem in EXAMPLES else PUBLISHED[design.stem]
    paths = dimensions(design, mapping)
    assert published <= paths
    assert {path for path in paths if not reasons(mapping, path)} == published
    assert not {path for path in published if reasons(mapping, path)}


FITTED = re.compile(r"\b(solved from|gives? (it|the published)|fits the|fits$|chosen for)")


@pytest.mark.parametrize("design", SHIPPED, ids=lambda design: design.stem)
def test_a_number_that_a_dimension_was_fitted_to_is_not_independent(design: Path) -> None:
    mapping = mapping_of(design)
    fitted = [path for path, why in mapping.get("chosen", {}).items() if FITTED.search(why)]
    notes = [row.get("note", "") for row in mapping.get("published", [])]
    if fitted and notes:
        assert any(note.startswith("not independent") for note in notes), fitted


def test_no_array_of_imec_claims_an_area_gain() -> None:
    """The 21 that the review states is a ratio of capacitances, of one of them."""
    for name in ("imec_2017_pillars_cl_tio2", "labyedh_2019_pillars_lmo", "nathan_2005_through_holes"):
        rows = mapping_of(DESIGNS / f"{name}.yaml")["published"]
        assert "area_gain" not in {row["quantity"] for row in rows}


def test_claims_that_the_library_was_fitted_to_say_so() -> None:
    """Diffusivities and capacities that were taken from the very cell."""
    for name, quantity, c_rate in (
        ("imec_2017_pillars_cl_tio2", "capacity_retention", 2),
        ("letiche_2017_double_microtubes", "capacity_retention", 2),
        ("labyedh_2019_pillars_lmo", "volumetric_capacity", None),
        ("speulmanns_2024_lto", "volumetric_capacity", None),
        ("lille_2014_microtubes_tio2", "footprint_capacity", 0.1),
        ("pearse_2018_holes_30um", "planar_capacity", None),
        ("pearse_2018_holes_30um", "footprint_capacity_gain", None),
    ):
        rows = mapping_of(DESIGNS / f"{name}.yaml")["published"]
        (row,) = [row for row in rows if row["quantity"] == quantity and row.get("c_rate") == c_rate]
        assert row["note"].startswith("not independent"), name


def test_published_numbers_and_what_comes_out() -> None:
    def computed(name: str, quantity: str) -> float:
        rows = evaluate(load_design(DESIGNS / f"{name}.yaml")).published
        (row,) = [row for row in rows if row.quantity == quantity]
        assert row.computed is not None
        return row.computed / row.published

    assert computed("pearse_2018_holes_30um", "footprint_capacity_gain") == pytest.approx(
        9.606 / 9.3, rel=1e-3
    )
    # F 3.22e4 mol/m3 (1 - 0.51) 8.08 um over the nominal 0.7 mAh on 3.36 cm2
    held = 96485.33 * 3.22e4 * 0.49 * 8.08e-6 / 36
    assert computed("raijmakers_2020_planar", "footprint_capacity") == pytest.approx(held / 208.3, rel=1e-3)
    assert "1.64 times" in (DESIGNS / "raijmakers_2020_planar.yaml").read_text(encoding="utf-8")
    nathan = evaluate(load_design(DESIGNS / "nathan_2005_through_holes.yaml"))
    assert [(row.quantity, row.published, row.computed) for row in nathan.published] == [
        ("footprint_capacity", pytest.approx(2000), None),
        ("footprint_capacity_gain", 30, None),
    ]


def test_imec_thickness_is_solved_from_the_footprint_capacity() -> None:
    imec = evaluate(load_design(DESIGNS / "imec_2017_pillars_cl_tio2.yaml"))
    assert imec.capacity is not None
    assert imec.capacity.held_uAh_cm2 == pytest.approx(242, rel=1e-3)
    (film,) = [layer for layer in imec.layers if layer.role == "anode"]
    assert 85 < film.thickness_nm < 105


def test_the_silicon_of_the_honeycomb_is_not_half_its_wall() -> None:
    honeycomb = evaluate(load_design(DESIGNS / "baggetto_2011_honeycomb_si.yaml"))
    (film,) = [layer for layer in honeycomb.layers if layer.role == "anode"]
    assert film.thickness_nm == pytest.approx(50)
    text = (DESIGNS / "baggetto_2011_honeycomb_si.yaml").read_text(encoding="utf-8")
    assert "stands for half" not in text
    assert "half a wall is 500 nm" in text


def readme_row(start: str) -> list[str]:
    """Return the cells of the README's table row that starts so."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Glossary")[0].splitlines()
    (line,) = (line for line in lines if line.startswith(f"| {start}"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_readme_has_pillars_against_holes_as_they_come_out() -> None:
    pair = [evaluate(load_design(DESIGNS / f"example_{kind}_ar10.yaml")) for kind in ("pillars", "holes")]
    for start, texts in (
        ("footprint capacity, uAh", [
            f"{one.capacity.footprint_capacity_uAh_cm2:.2f} ({one.capacity.footprint_capacity_gain:.2f})"
            for one in pair if one.capacity
        ]),
        ("N/P ratio", [f"{one.capacity.n_to_p_ratio:.2f}" for one in pair if one.capacity]),
        ("footprint energy", [f"{one.energy.footprint_energy_mWh_cm2:.4f}" for one in pair if one.energy]),
        ("area-specific resistance, ohm", [f"{one.resistance.asr_ohm_cm2:.3g}" for one in pair if one.resistance]),
        ("footprint current at 80 %", [
            f"{one.rate_summary.current_at_80pct_mA_cm2:.3f}" for one in pair if one.rate_summary
        ]),
    ):  # fmt: skip
        assert readme_row(start) == texts


def test_the_readme_has_flooded_cells_as_they_come_out() -> None:
    def at_rates(name: str, quantity: str, form: str) -> str:
        rows = evaluate(load_design(DESIGNS / f"{name}.yaml")).published
        return ", ".join(form.format(row.computed) for row in rows if row.quantity == quantity)

    for start, name, quantity, form in (
        ("Lille double tubes 2017", "letiche_2017_double_microtubes", "footprint_capacity", "{:.0f}"),
        ("imec Cl-TiO2, retention", "imec_2017_pillars_cl_tio2", "capacity_retention", "{:.0%}"),
    ):
        # the retention at the fitted rate stands first; the others are in the table of misses
        assert readme_row(start)[-1] == at_rates(name, quantity, form).replace("%", " %").split(",")[0]
