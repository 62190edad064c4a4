"""Microbatteries on sale: the data file, its faults at their lines, and designs beside them."""

import json
from pathlib import Path

import pytest

from tests.commands import run
from tests.shipped import DESIGNS, IMEC, LEI, PEARSE
from tfgeom.compare import MARKET_HEAD, compare_designs, market_texts
from tfgeom.compare.market import design_row, market_row
from tfgeom.design import load_design
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.market import MARKET, load_market
from tfgeom.report import comparison_html

LTO = DESIGNS / "speulmanns_2024_lto.yaml"
"""A flooded half-cell whose exchange current is not known."""
ENTRY = """
cell:
  maker: someone
  build: planar
  kind: bought
  length_mm: 10
  width_mm: 20
  height_um: 500
  capacity_uAh: 400
  voltage_V: 3
  continuous_mA: 1
  peak_mA: 8
  resistance_ohm: 50
  source: a data sheet
  confidence: primary
"""


def market(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "market.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_at_least_eight_are_known_from_a_source() -> None:
    entries = load_market()
    sourced = [entry for entry in entries.values() if entry.confidence not in ("memory", "computed")]
    assert len(sourced) >= 8
    assert all(entry.source for entry in entries.values())
    assert {entry.kind for entry in entries.values()} == {"bought", "shown"}
    whole = [one for one in sourced if not {"length_mm", "width_mm", "capacity_uAh"} & set(one.from_memory)]
    assert len(whole) >= 8


def test_a_battery_per_footprint_and_volume(tmp_path: Path) -> None:
    row = market_row("cell", load_market(market(tmp_path, ENTRY))["cell"])
    # 2 cm² by 0.5 mm are 0.1 mL; 0.4 mAh at 3 V are 1.2 mWh
    assert row.footprint_mm2 == pytest.approx(200)
    assert row.capacity_uAh_cm2 == pytest.approx(200)
    assert row.energy_mWh_cm2 == pytest.approx(0.6)
    assert row.energy_Wh_L == pytest.approx(12)
    assert (row.continuous_mA_cm2, row.peak_mA_cm2) == pytest.approx((0.5, 4))
    assert row.asr_ohm_cm2 == pytest.approx(100)
    assert row.guessed == ()


def test_what_no_source_says_is_a_dash_or_marked(tmp_path: Path) -> None:
    text = ENTRY.replace("  height_um: 500\n", "").replace("  peak_mA: 8\n", "")
    row = market_row("cell", load_market(market(tmp_path, text + "  from_memory: [voltage_V]\n"))["cell"])
    assert (row.height_um, row.energy_Wh_L, row.peak_mA_cm2) == (None, None, None)
    (texts,) = market_texts([row], lambda value: "-" if value is None else f"{value:.3g}")
    said = dict(zip(MARKET_HEAD, texts, strict=True))
    assert said["energy, mWh/cm^2"] == "0.6 ?"
    assert said["energy of the whole, Wh/L"] == said["height, um"] == said["peak, mA/cm^2"] == "-"
    assert said["capacity, uAh/cm^2"] == "200"
    guess = market_row("cell", load_market(market(tmp_path, ENTRY.replace("primary", "memory")))["cell"])
    assert "capacity_uAh_cm2" in guess.guessed


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("  kind: bought", "  kind: sold", "5:9: cell.kind", "'bought' or 'shown'"),
        ("  length_mm: 10", "  length_mm: -1", "6:14: cell.length_mm", "greater than 0, not -1"),
        ("  width_mm: 20\n", "", "2:1: cell.width_mm", "is missing; Shorter side."),
        ("  source: a data sheet", "  sauce: a data sheet", "14:10: cell.sauce", "did you mean 'source'"),
        ("  capacity_uAh: 400", "  capacity_uAh: 4 mAh", "9:17: cell.capacity_uAh", "number"),
        ("confidence: primary", "confidence: sure", "15:15: cell.confidence", "'primary'"),
        ("  source: a data sheet", "  source: ''", "14:11: cell.source", "empty"),
        ("  peak_mA: 8", "  from_memory: [peak_mA]", "cell", "from_memory names peak_mA, which is not there"),
    ],
)
def test_a_bad_data_file_is_one_clear_message(
    tmp_path: Path, old: str, new: str, place: str, words: str
) -> None:
    assert old in ENTRY
    file = market(tmp_path, ENTRY.replace(old, new))
    with pytest.raises(DesignError) as raised:
        load_market(file)
    said = str(raised.value)
    assert str(file) in said
    assert place in said
    assert words in said


def test_no_data_file_and_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=r"none\.yaml"):
        load_market(tmp_path / "none.yaml")
    with pytest.raises(DesignError, match=r"market\.yaml:1:7: cell: must hold the keys"):
        load_market(market(tmp_path, "cell: 3\n"))


def test_a_design_stands_beside_them() -> None:
    found = evaluate(load_design(PEARSE))
    row = design_row("mine", found)
    assert found.capacity is not None
    assert found.energy is not None
    assert found.rate_summary is not None
    assert row.capacity_uAh_cm2 == found.capacity.footprint_capacity_uAh_cm2
    assert row.energy_Wh_L == found.energy.volumetric_energy_Wh_L.device
    assert row.continuous_mA_cm2 == found.rate_summary.current_at_80pct_mA_cm2
    assert design_row("half", evaluate(load_design(IMEC))).kind == "half-cell"
    bare = design_row("bare", evaluate(load_design(LEI)))
    assert (bare.capacity_uAh_cm2, bare.asr_ohm_cm2) == (None, None)


def test_what_leaves_out_a_loss_is_at_best() -> None:
    rows = (
        design_row("half", evaluate(load_design(LTO))),
        design_row("whole", evaluate(load_design(PEARSE))),
    )
    half, whole = market_texts(rows, lambda value: "-" if value is None else f"{value:.3g}")
    at = {title: place for place, title in enumerate(MARKET_HEAD)}
    for title in ("continuous, mA/cm^2", "resistance, ohm*cm^2"):
        assert half[at[title]].startswith("at best ")
        assert whole[at[title]].replace(".", "").isdigit()
    assert half[at["capacity, uAh/cm^2"]] == "20.2"


@pytest.mark.slow
def test_market_on_the_page_and_only_when_asked_for() -> None:
    page = comparison_html(compare_designs([PEARSE, LEI], market=True))
    assert 'id="market"' in page
    for name, entry in load_market().items():
        assert name in page
        assert entry.maker in page
    assert "Circuit Cellar 228 (July 2009)" in page
    assert 'id="market"' not in comparison_html(compare_designs([PEARSE]))


def test_market_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", PEARSE, "--market") == 0
    text = capsys.readouterr().out
    assert "TDK CeraCharge 1812" in text
    assert "energy of the whole, Wh/L" in text
    assert "note: '?' marks what no source that was read says" in text
    assert run("compare", PEARSE, "--market", "--json") == 0
    rows = json.loads(capsys.readouterr().out)["market"]
    assert rows[0]["kind"] == "design"
    assert len(rows) == 1 + len(load_market())
    capacities = [row["capacity_uAh_cm2"] for row in rows[1:]]
    assert capacities == sorted(capacities, reverse=True)
    assert run("compare", PEARSE, "--json") == 0
    assert "market" not in json.loads(capsys.readouterr().out)


def test_the_data_file_goes_with_the_program() -> None:
    assert MARKET.is_file()
    assert MARKET.parent.name == "market"
