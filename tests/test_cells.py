"""Chips and bipolar stacks: absolute numbers, and ratios that are exactly the number of cells."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from tests.design_texts import FLOODED, VALID, errors_of, place, spoilt
from tests.shipped import PEARSE, mapping_of
from tfgeom.cells.beside import Beside
from tfgeom.design import design_from_mapping, dump_design, load_design
from tfgeom.errors import DesignError
from tfgeom.evaluation import check, evaluate
from tfgeom.materials.library import load_library
from tfgeom.metrics.closed_rates import ClosedModel
from tfgeom.metrics.rates import rate_at
from tfgeom.results import DeviceNumbers, Evaluation
from tfgeom.transport.closed_rate import Chemistry, Electrode, RateCell
from tfgeom.transport.losses import Losses

CHIP = {"width": "2 mm", "length": "1 mm", "border": "50 um"}
IDEAL = {"Ru": {"resistivity": "1e-9 uohm*cm"}, "TiN": {"resistivity": "1e-9 uohm*cm"}}
"""Collectors that lose nothing across a chip: `tests/test_across_chip.py` has what real ones lose."""


def pearse(**changes: Any) -> Evaluation:
    return evaluate(design_from_mapping(pearse_mapping(**changes)))


def pearse_mapping(**changes: Any) -> dict[str, Any]:
    return mapping_of(PEARSE, published=[], chosen={}) | changes


def stacked(n: int, **changes: Any) -> Evaluation:
    """Return n such cells in series, between n times their voltage limits."""
    base = pearse_mapping()["operation"]
    window = {"min": f"{n * 0.5} V", "max": f"{n * 3.5} V"}
    return pearse(cells_in_series=n, operation={**base, "voltage": window}, **changes)


def device_of(found: Evaluation) -> DeviceNumbers:
    assert found.device is not None
    return found.device


def test_chip_numbers_by_hand() -> None:
    found = pearse(chip=CHIP, materials=IDEAL)
    device, plain = device_of(found), device_of(pearse())
    assert found.capacity is not None
    assert found.energy is not None
    assert found.resistance is not None
    assert device.chip_area_mm2 == pytest.approx(2)
    assert device.active_fraction == pytest.approx(1 - 0.145)  # 50 um around 2 mm x 1 mm
    assert device.capacity_uAh == pytest.approx(found.capacity.footprint_capacity_uAh_cm2 * 0.0171)
    energy = found.energy.footprint_energy_mWh_cm2
    mean = found.energy.mean_voltage_V
    assert energy is not None
    assert mean is not None
    assert device.energy_uWh == pytest.approx(energy * 1000 * 0.0171)
    half = mean / 2  # above the lower limit of 0.5 V
    assert half > 0.5
    assert device.peak_power_mW == pytest.approx(half**2 / found.resistance.asr_ohm_cm2 * 1000 * 0.0171)
    assert device.height_um == plain.height_um
    assert device.volume_mm3 == pytest.approx(2 * 0.500195)
    # inside: wafer less holes, with films; border: bare wafer
    assert plain.areal_mass_mg_cm2 is not None
    assert device.mass_mg == pytest.approx(plain.areal_mass_mg_cm2 * 0.0171 + 0.05 * 2330 * 0.0029)
    assert plain.chip_area_mm2 is plain.active_fraction is plain.capacity_uAh is plain.mass_mg is None


def test_peak_power_keeps_to_the_lower_limit() -> None:
    base = pearse_mapping()["operation"]
    found = pearse(
        chip=CHIP, materials=IDEAL, operation={**base, "voltage": {"min": "2.4 V", "max": "3.5 V"}}
    )
    assert found.energy is not None
    assert found.resistance is not None
    mean = found.energy.mean_voltage_V
    assert mean is not None
    assert mean / 2 < 2.4
    expected = 2.4 * (mean - 2.4) / found.resistance.asr_ohm_cm2 * 17.1
    assert device_of(found).peak_power_mW == pytest.approx(expected)


def test_packaging_covers_the_border_too() -> None:
    packaging = {"thickness": "10 um", "density": "2.5 g/cm^3"}
    bare, packed = device_of(pearse(chip=CHIP)), device_of(pearse(chip=CHIP, packaging=packaging))
    assert bare.mass_mg is not None
    assert packed.mass_mg == pytest.approx(bare.mass_mg + 10e-6 * 2500 * 2e-6 * 1e6)


def test_unknown_density_leaves_the_mass_open() -> None:
    materials = {"Own": {"resistivity": "100 uohm*cm"}}
    mapping = pearse_mapping(chip=CHIP, materials=materials)
    mapping["layers"][4]["material"] = "Own"
    device = device_of(evaluate(design_from_mapping(mapping)))
    assert device.mass_mg is None
    assert device.volume_mm3 is not None


def test_contacts_change_the_peak_power_alone() -> None:
    def contacted(inner: str, outer: str) -> Evaluation:
        pads = [{"edge": inner, "collector": "inner"}, {"edge": outer, "collector": "outer"}]
        return pearse(chip={**CHIP, "contacts": pads})

    plain, short, long = pearse(chip=CHIP), contacted("left", "left"), contacted("top", "top")
    # unsaid, they are along a short edge: 1 mm of 2 mm x 1 mm
    assert device_of(short) == device_of(plain)
    powers = [device_of(found).peak_power_mW for found in (short, long)]
    assert powers[0] is not None
    assert powers[1] is not None
    assert powers[0] < powers[1]
    assert replace(device_of(long), peak_power_mW=powers[0]) == device_of(plain)
    one = pearse(chip={**CHIP, "contacts": [{"edge": "left", "collector": "inner"}]})
    assert device_of(one).peak_power_mW is None
    assert any(note.startswith("peak_power_mW is null: ") for note in one.notes)


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        (
            "chip: {width: 2 mm, length: 1 mm, border: 0.5 mm}",
            "0.5 mm",
            "chip.border: 500 um on both sides leaves nothing of the 1 mm side; use less than 500 um",
        ),
        ("chip: {width: 2 mm}", "chip", "chip.length: is missing"),
        ("chip: {width: 2, length: 1 mm}", "2,", "chip.width:"),
        ("cells_in_series: 0", "0\noperation", "cells_in_series:"),
        ("cells_in_series: 2.5", "2.5\noperation", "cells_in_series:"),
        (
            "bipolar_plate: {material: Al, thickness: 9 um}",
            "bipolar_plate",
            "bipolar_plate: lies between cells in series; add 'cells_in_series: 2', or remove it",
        ),
        (
            "cells_in_series: 2\nbipolar_plate: {material: Unobtainium, thickness: 9 um}",
            "Unobtainium",
            "bipolar_plate.material: unknown material 'Unobtainium'",
        ),
    ],
)
def test_impossible_chips_and_stacks(tmp_path: Path, text: str, at: str, message: str) -> None:
    design = spoilt(VALID, ("cell: {type: conformal}", f"cell: {{type: conformal}}\n{text}"))
    (line,) = errors_of(tmp_path, design)
    assert line.startswith(f"{place(design, at)}: {message}")


def test_half_cells_and_bare_reliefs_are_not_stacked(tmp_path: Path) -> None:
    design = FLOODED + "cells_in_series: 2\n"
    (line,) = errors_of(tmp_path, design)
    assert "cells_in_series: stacks conformal cells: a flooded half-cell has one counter electrode" in line
    bare = FLOODED[: FLOODED.index("layers")] + "cells_in_series: 2\n"
    (line,) = errors_of(tmp_path, bare)
    assert "cells_in_series: needs a cell to stack" in line


def test_plate_thinner_than_the_relief() -> None:
    plate = {"material": "Al", "thickness": "20 um"}
    with pytest.raises(
        DesignError, match=r"bipolar_plate\.thickness: 20 um is thinner than the relief in it, 30"
    ):
        stacked(2, bipolar_plate=plate)


@pytest.mark.parametrize("n", [2, 3])
def test_ratios_of_a_bipolar_stack_are_exactly_n(n: int) -> None:
    one, many = pearse(), stacked(n)
    assert many.geometry == one.geometry
    assert many.layers == one.layers
    assert many.capacity == one.capacity
    assert one.energy is not None
    assert many.energy is not None
    for single, whole in ((one.energy, many.energy), (one.energy.planar, many.energy.planar)):
        assert single.mean_voltage_V is not None
        assert single.footprint_energy_mWh_cm2 is not None
        assert whole.mean_voltage_V == pytest.approx(n * single.mean_voltage_V, rel=1e-12)
        assert whole.footprint_energy_mWh_cm2 == pytest.approx(n * single.footprint_energy_mWh_cm2, rel=1e-12)
        assert asdict(whole.volumetric_energy_Wh_L) == pytest.approx(
            asdict(single.volumetric_energy_Wh_L), rel=1e-12
        )
    assert one.resistance is not None
    assert many.resistance is not None
    assert many.resistance.asr_ohm_cm2 == pytest.approx(n * one.resistance.asr_ohm_cm2, rel=1e-12)
    assert many.resistance.planar_asr_ohm_cm2 == pytest.approx(
        n * one.resistance.planar_asr_ohm_cm2, rel=1e-12
    )
    for part, value in one.resistance.asr_by_part_ohm_cm2.items():
        assert many.resistance.asr_by_part_ohm_cm2[part] == pytest.approx(n * value, rel=1e-12)
    assert one.rate
    assert many.rate
    for alone, together in zip(one.rate, many.rate, strict=True):
        pairs = [
            (alone, together),
            (alone.planar_same_films.at_current, together.planar_same_films.at_current),
            (alone.planar_same_capacity.at_c_rate, together.planar_same_capacity.at_c_rate),
        ]
        for a, b in pairs:
            assert b.capacity_uAh_cm2 == pytest.approx(a.capacity_uAh_cm2, rel=1e-12)
            assert b.energy_mWh_cm2 == pytest.approx(n * a.energy_mWh_cm2, rel=1e-12)
            assert b.power_mW_cm2 == pytest.approx(n * a.power_mW_cm2, rel=1e-12)
    assert many.rate_summary is not None
    assert one.rate_summary is not None
    assert many.rate_summary.current_at_80pct_mA_cm2 == pytest.approx(
        one.rate_summary.current_at_80pct_mA_cm2, rel=1e-12
    )
    assert any(note.startswith(f"{n} cells in series") for note in many.notes)


def test_voltage_limits_are_the_stacks() -> None:
    base = pearse_mapping()["operation"]
    starved = pearse(cells_in_series=2, operation={**base, "voltage": {"min": "5 V", "max": "7 V"}})
    alone = pearse(operation={**base, "voltage": {"min": "2.5 V", "max": "3.5 V"}})
    assert starved.rate
    assert alone.rate
    assert starved.rate[-1].capacity_uAh_cm2 == pytest.approx(alone.rate[-1].capacity_uAh_cm2, rel=1e-12)
    assert starved.rate[-1].capacity_uAh_cm2 < pearse().rate[-1].capacity_uAh_cm2  # type: ignore[index]


def test_heights_and_masses_of_stacks() -> None:
    packaging = {"thickness": "10 um", "density": "2.5 g/cm^3"}
    one = device_of(pearse(packaging=packaging))
    assert one.height_um is not None
    assert one.areal_mass_mg_cm2 is not None
    wafers = device_of(stacked(3, packaging=packaging))
    assert wafers.height_um is not None
    assert wafers.height_um == pytest.approx(3 * (one.height_um - 10) + 10)
    assert wafers.areal_mass_mg_cm2 == pytest.approx(3 * (one.areal_mass_mg_cm2 - 2.5) + 2.5)
    plates = device_of(
        stacked(3, packaging=packaging, bipolar_plate={"material": "Al", "thickness": "50 um"})
    )
    assert plates.height_um == pytest.approx(wafers.height_um - 2 * 450)
    void = 30e-6 * 3.141592653589793 * (1.5e-6) ** 2 / 31.1769145e-12
    saved = 2 * ((500e-6 - void) * 2330 - (50e-6 - void) * 2700) * 100
    assert wafers.areal_mass_mg_cm2 is not None
    assert plates.areal_mass_mg_cm2 == pytest.approx(wafers.areal_mass_mg_cm2 - saved)
    assert plates.area_for_1_mAh_mm2 == one.area_for_1_mAh_mm2


def test_stack_by_finite_elements_and_its_claims() -> None:
    mapping = pearse_mapping(
        relief={"kind": "planar"},
        cells_in_series=2,
        operation={**pearse_mapping()["operation"], "voltage": {"min": "1 V", "max": "7 V"}},
    )
    alone = pearse_mapping(relief={"kind": "planar"})
    two, one = (evaluate(design_from_mapping(each), "fem").resistance for each in (mapping, alone))
    assert one is not None
    assert two is not None
    assert two.asr_ohm_cm2 == pytest.approx(2 * one.asr_ohm_cm2, rel=1e-9)
    claim = {"quantity": "asr", "value": f"{2 * one.asr_ohm_cm2!r} ohm*cm^2", "tolerance": "1 %"}
    mapping["published"] = [{**claim, "confidence": "review", "source": "x"}]
    assert check(design_from_mapping(mapping)) == []


def test_chip_and_stack_are_written_as_they_were_read(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    extra = f"cells_in_series: 2\nbipolar_plate: {{material: Al, thickness: 50 um}}\nchip: {CHIP}".replace(
        "'", ""
    )
    file.write_text(spoilt(VALID, ("cell: {type: conformal}", f"cell: {{type: conformal}}\n{extra}")))
    design = load_design(file)
    again = tmp_path / "again.yaml"
    again.write_text(dump_design(design))
    assert load_design(again) == design


def test_voltage_limits_are_checked_per_cell() -> None:
    base = pearse_mapping()["operation"]
    high = {**base, "voltage": {"min": "0.5 V", "max": "25 V"}}
    with pytest.raises(DesignError, match=r"operation\.voltage\.max: 25 V is outside -10 V to 10 V; check"):
        pearse(operation=high)
    with pytest.raises(DesignError, match="25 V is outside -20 V to 20 V for 2 cells in series; check"):
        pearse(operation=high, cells_in_series=2)
    assert pearse(operation=high, cells_in_series=3).energy is not None


def test_one_discharge_of_a_stack() -> None:
    cell = RateCell(
        Electrode(1e5, 70e-9, 9.6, 0.0), Electrode(2e5, 10e-9, 9.0, 0.5), 1e-3, capacity=1e5, nominal=1e5
    )
    library = load_library()
    chemistry = Chemistry(library.find("LiV2O5"), library.find("SnNx"), 298.15, 0.5)
    cells = Beside(cell, {"same_films": cell, "same_capacity": cell})
    losses = cells.map(lambda _: Losses(()))
    single, stack = (
        rate_at(ClosedModel(cells, losses, chemistry, "closed", (), in_series), [])(1) for in_series in (1, 3)
    )
    assert single is not None
    assert stack is not None
    (one, flat), (three, _) = single, stack
    assert one == flat
    assert one.mean_voltage_V is not None
    assert three.mean_voltage_V == pytest.approx(3 * one.mean_voltage_V)
    assert three.energy_mWh_cm2 == pytest.approx(3 * one.energy_mWh_cm2)
    assert three.capacity_uAh_cm2 == one.capacity_uAh_cm2
