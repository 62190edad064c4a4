"""Claims above what a film can hold in theory, and what they would need."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.shipped import PEARSE
from tfgeom.cli import main
from tfgeom.design import design_from_mapping, load_design
from tfgeom.evaluation import check, evaluate
from tfgeom.report import report_html

PILLARS = {"kind": "pillars", "lattice": "square", "pitch": "4 um", "diameter": "2 um", "height": "50 um"}
RODS = {"kind": "pillars", "lattice": "hexagonal", "pitch": "400 nm", "diameter": "200 nm", "height": "3 um"}
HOLES = {"kind": "holes", "lattice": "hexagonal", "pitch": "6 um", "diameter": "3 um", "depth": "30 um"}


def half_cell(
    relief: dict[str, Any], material: str, thickness: str, claim: dict[str, Any], host: str | None = None
) -> dict[str, Any]:
    override = {} if host is None else {"materials": {material: {"host_capacity": host}}}
    return {
        "schema_version": 1,
        "name": "Claim",
        "relief": relief,
        "layers": [{"role": "cathode", "material": material, "thickness": thickness}],
        "cell": {"type": "flooded", "electrolyte": "LiPF6-EC-EMC", "separator": "20 um"},
        "operation": {"voltage": {"min": "3 V", "max": "4.4 V"}, "temperature": "25 degC"},
        "published": [{"confidence": "review", "source": "a paper", **claim}],
        **override,
    }


def footprint(value: str, **more: Any) -> dict[str, Any]:
    return {"quantity": "footprint_capacity", "value": value, **more}


def needed(line: str) -> tuple[float, float, float, float]:
    """Return excess, film area over footprint, thickness in nm and capacity of the host that a line asks for."""
    found = re.search(r"is ([\d.]+) times .*film of ([\d.]+) times", line)
    thickness = re.search(r"of ([\d.e+]+) nm, not", line)
    host = re.search(r"the lithium, ([\d.e+]+) uAh", line)
    assert found
    assert host
    return float(found[1]), float(found[2]), float(thickness[1]) if thickness else 0.0, float(host[1])


@pytest.mark.parametrize(("host", "gain"), [("69.1 uAh/cm^2/um", 57.9), ("138.2 uAh/cm^2/um", 28.9)])
@pytest.mark.parametrize("relief", [RODS, HOLES], ids=["rods", "holes"])
def test_thirty_nanometres_cannot_hold_120(relief: dict[str, Any], host: str, gain: float) -> None:
    """120 uAh/cm2 from 30 nm LiCoO2 takes an area gain of 29 (all its lithium) to 58 (half of it)."""
    design = half_cell(relief, "LiCoO2", "30 nm", footprint("120 uAh/cm^2"), host)
    (line,) = check(design_from_mapping(design))
    assert line.startswith("published.footprint_capacity: 120 uAh/cm^2 is ")
    excess, area, _, _ = needed(line)
    assert area == pytest.approx(gain, abs=0.1)
    assert "(92.8 times at the usable 43.1 uAh/cm^2/um)" in line  # what films hold, not the crystal
    film = evaluate(design_from_mapping(design)).layers[0]
    assert excess == pytest.approx(gain / film.capacity_gain, rel=0.01)


def test_the_thickness_and_the_lithium_it_asks_for_would_do() -> None:
    claim = footprint("120 uAh/cm^2")
    design = half_cell(PILLARS, "LiCoO2", "30 nm", claim, "69.1 uAh/cm^2/um")
    (line,) = check(design_from_mapping(design))
    _, _, thickness, host = needed(line)
    # 20.6 x 69.1 uAh/cm2/um x 84 nm: the area grows with the film
    assert 75 < thickness < 84.2
    for changed in (
        half_cell(PILLARS, "LiCoO2", f"{thickness} nm", claim, "69.1 uAh/cm^2/um"),
        half_cell(PILLARS, "LiCoO2", "30 nm", claim, f"{host} uAh/cm^2/um"),
    ):
        assert check(design_from_mapping(changed)) == []
        (row,) = evaluate(design_from_mapping(changed)).published
        assert row.theoretical_limit == pytest.approx(120, rel=0.005)
        assert row.needs == ""


def test_where_no_thickness_fits_it_says_so() -> None:
    design = half_cell(RODS, "LiCoO2", "30 nm", footprint("900 uAh/cm^2"), "69.1 uAh/cm^2/um")
    (line,) = check(design_from_mapping(design))
    assert "or no thickness that fits the relief (cathode now 30 nm)" in line


def test_a_two_lithium_value_with_one_lithium_declared() -> None:
    """imec's pillars: 1200 mAh/cm3 of LiMn2O4 takes its second lithium; theory holds 634 with one."""
    claim = {"quantity": "volumetric_capacity", "value": "1200 mAh/cm^3"}
    one = design_from_mapping(half_cell(PILLARS, "LiMn2O4", "100 nm", claim))
    (row,) = evaluate(one).published
    assert row.published == pytest.approx(120)
    assert row.theoretical_limit == pytest.approx(63.6)
    assert row.computed == pytest.approx(45.6)  # of a film, in the window of its curve
    (line,) = check(one)
    excess, _, _, host = needed(line)
    assert excess == pytest.approx(1200 / 636, abs=0.01)
    assert host == pytest.approx(120)
    two = half_cell(PILLARS, "LiMn2O4", "100 nm", claim, "127 uAh/cm^2/um")
    assert check(design_from_mapping(two)) == []


def test_the_limiting_film_is_judged() -> None:
    mapping = load_design(PEARSE).model_dump(mode="json", exclude_defaults=True)
    mapping["published"] = [
        {
            "quantity": quantity,
            "value": value,
            "confidence": "review",
            "source": "x",
        }
        for quantity, value in (
            ("footprint_capacity", "40 uAh/cm^2"),
            ("footprint_capacity", "30 uAh/cm^2"),
            ("planar_capacity", "4 uAh/cm^2"),
            ("planar_capacity", "3 uAh/cm^2"),
        )
    ]
    mapping["materials"] = {
        "LiV2O5": {"host_capacity": "49.5 uAh/cm^2/um"},
        "SnNx": {"host_capacity": "1 uAh/cm^2/um"},
    }
    rows = evaluate(design_from_mapping(mapping)).published
    # 70 nm on holes with gain 9.606, by the published cell; on the plane 1
    limits = [0.07 * 49.5 * gain for gain in (9.606, 9.606, 1, 1)]
    assert [row.theoretical_limit for row in rows] == pytest.approx(limits, rel=1e-3)
    assert [row.verdict for row in rows] == ["outside", "not_gated", "outside", "not_gated"]
    assert ["SnNx" in row.needs for row in rows] == [False] * 4
    # a cell short of lithium is judged by the film that holds less
    mapping["layers"][1]["lithiation"] = 0.01
    mapping["layers"][3]["lithiation"] = 0
    rows = evaluate(design_from_mapping(mapping)).published
    assert "SnNx" in rows[0].needs


def test_a_claim_from_memory_never_fails() -> None:
    design = half_cell(
        RODS, "LiCoO2", "30 nm", footprint("120 uAh/cm^2", confidence="memory"), "69.1 uAh/cm^2/um"
    )
    (row,) = evaluate(design_from_mapping(design)).published
    assert row.verdict == "not_gated"
    assert "times the lithium" in row.needs
    assert check(design_from_mapping(design)) == []


def test_a_claim_at_theory_passes_and_other_quantities_are_left_alone() -> None:
    flat = {"kind": "planar"}
    design = half_cell(flat, "LiCoO2", "100 nm", footprint("6.95 uAh/cm^2"), "69.1 uAh/cm^2/um")
    design["published"].append(
        {"quantity": "area_gain", "value": 1, "confidence": "review", "source": "a paper"}
    )
    rows = evaluate(design_from_mapping(design)).published
    assert [row.needs for row in rows] == ["", ""]
    assert rows[0].theoretical_limit == pytest.approx(6.91)
    assert rows[1].theoretical_limit is None
    design["published"][0]["value"] = "7 uAh/cm^2"
    assert len(check(design_from_mapping(design))) == 1


def test_check_fails_and_the_report_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design = design_from_mapping(
        half_cell(RODS, "LiCoO2", "30 nm", footprint("120 uAh/cm^2"), "69.1 uAh/cm^2/um")
    )
    from tfgeom.design import dump_design

    file = tmp_path / "claim.yaml"
    file.write_text(dump_design(design), encoding="utf-8")
    with pytest.raises(SystemExit) as done:
        main(["check", str(file)])
    assert done.value.code == 1
    assert "published.footprint_capacity: 120 uAh/cm^2 is" in capsys.readouterr().out
    page = report_html(evaluate(design))
    assert "above theory" in page
    assert "120 µAh/cm² is" in page
    assert "µAh/cm²/µm)" in page
    assert "limit in theory" in page
