"""What a comparison comes to: leads that evaluations of their own confirm, and leads that are kept back."""

import math
from pathlib import Path

import pytest

from tests.design_texts import FILLED, FLOODED, VALID, spoilt
from tests.shipped import DANILOV, DESIGNS, LEI, PEARSE
from tfgeom.compare import PLAIN, compare_designs, verdicts
from tfgeom.compare.entries import Entry
from tfgeom.compare.leads import Stretch, stretches
from tfgeom.compare.standing import Standing, ordered, resistance_range
from tfgeom.compare.verdict import Verdict
from tfgeom.design import Design, load_design
from tfgeom.evaluation import evaluate
from tfgeom.units import MA_PER_CM2

SHALLOW = DESIGNS / "pearse_2018_holes_12um.yaml"
PILLARS = DESIGNS / "example_pillars_ar10.yaml"
WAVE = DESIGNS / "flexible_wave.yaml"
IMEC = DESIGNS / "imec_2017_pillars_cl_tio2.yaml"


def said(*files: Path) -> dict[str, Verdict]:
    return {one.about: one for one in verdicts(compare_designs(files), PLAIN)}


def standing(number: int, value: float, *, best: bool = False) -> Standing:
    return Standing(Entry(number, "x.yaml", f"x{number}", None), value, best)


def ahead(*standings: Standing, more: bool = True, wide: float = 0.0) -> tuple[list[int], str]:
    known = {one.entry.number: one.value for one in standings}

    def range_of(one: Entry, _: Entry) -> tuple[float, float]:
        return known[one.number] * (1 - wide), known[one.number] * (1 + wide)

    order = ordered(standings, more_is_better=more, range_of=range_of)
    return sorted(one.entry.number for one in order.ahead), order.open_for


def test_who_is_ahead_of_figures() -> None:
    one, two, three = standing(1, 10.0), standing(2, 5.0), standing(3, 10.04)
    assert ahead(one, two) == ([1], "")
    assert ahead(one, two, more=False) == ([2], "")
    assert ahead(one, two, three) == ([1, 3], "")  # equal within rounding
    assert ahead(one, three) == ([1, 3], "")
    assert ahead(standing(1, 10.0), standing(2, 9.9)) == ([1], "")
    # the figure of one that lacks a constant may be worse: it leads nobody, and may be led
    assert ahead(standing(1, 10.0, best=True), two) == ([], "at best")
    assert ahead(one, standing(2, 5.0, best=True)) == ([1], "")
    assert ahead(standing(1, 1.0, best=True), two, more=False) == ([], "at best")
    # what is known may be too wide
    assert ahead(one, two, wide=0.3) == ([1], "")
    assert ahead(one, two, wide=0.4) == ([], "range")
    assert ahead(one, two, more=False, wide=0.4) == ([], "range")


def test_one_design_twice_is_equal_in_everything() -> None:
    found = said(PEARSE, PEARSE)
    for about, one in found.items():
        if one.ahead:
            assert one.ahead == (1, 2), about
    assert found["capacity per footprint"].text.startswith("Equal within rounding: (1) ")
    assert "at every current all deliver the same" in found["capacity delivered at a current"].text
    assert "estimates" not in found  # they weigh on both alike


def test_what_both_share_keeps_no_lead_back() -> None:
    """Pearse's two depths have the same films: their constants are known badly and cancel."""
    found = said(SHALLOW, PEARSE)
    resistances = [evaluate(load_design(file)).resistance for file in (SHALLOW, PEARSE)]
    assert resistances[0] is not None
    assert resistances[1] is not None
    ratio = resistances[0].asr_ohm_cm2 / resistances[1].asr_ohm_cm2
    lead = found["resistance (less is ahead)"]
    assert lead.ahead == (2,)
    assert f"(a factor of {ratio:.3g})" in lead.text
    assert found["energy per volume of relief and films"].ahead == (1,)


def test_a_third_design_of_other_films_opens_only_its_own_leads() -> None:
    found = said(SHALLOW, PEARSE, WAVE)
    assert found["capacity per footprint"].ahead == (2,)
    assert found["resistance (less is ahead)"].ahead == ()
    assert "Open within what is known" in found["resistance (less is ahead)"].text


def delivered(design: Design, current: float) -> float:
    """Return what a design delivers at a footprint current, mA/cm², as it does when it asks for it itself."""
    assert design.operation is not None
    asked = {"c_rates": (), "footprint_currents": (current * MA_PER_CM2,)}
    operation = design.operation.model_copy(update=asked)
    rate = evaluate(design.model_copy(update={"operation": operation})).rate
    assert rate
    return rate[0].capacity_uAh_cm2


def crossings(found: list[Stretch]) -> list[float]:
    return [one.start for one in found[1:]]


def test_where_curves_cross_is_where_the_designs_deliver_the_same() -> None:
    comparison = compare_designs([PILLARS, WAVE])
    entries = list(comparison.entries)
    exact = {(i, j): 1.0 for i in (1, 2) for j in (1, 2)}
    found = stretches(entries, exact)
    assert [one.ahead for one in found] == [(1,), (2,)]
    designs = [load_design(file) for file in (PILLARS, WAVE)]
    for one in found:
        current = math.sqrt(one.start * one.end)
        given = [delivered(design, current) for design in designs]
        assert one.ahead == (1 + given.index(max(given)),)
    for current in crossings(found):
        before, after = ([delivered(d, current * by) for d in designs] for by in (1 / 1.1, 1.1))
        assert (before[0] > before[1]) != (after[0] > after[1])
    # what is not known of their capacities opens the places where they come close, and those alone
    known = stretches(entries, exact | {(1, 2): 0.9, (2, 1): 0.9})
    assert [one.open_for for one in known] == ["", "range", ""]
    assert known[1].start < found[1].start < known[1].end
    text = said(PILLARS, WAVE)["capacity delivered at a current"].text
    assert text.index("(1) Example, pillars etched to aspect ratio 10 delivers") < text.index("open within")
    assert text.index("open within") < text.index("(2) Flexible wave delivers the most")


def test_a_missing_constant_keeps_a_lead_back_until_it_is_stated(tmp_path: Path) -> None:
    without = said(IMEC, PEARSE)["resistance (less is ahead)"]
    assert without.ahead == ()
    assert "exchange current of anode" in without.text
    stated = tmp_path / "stated.yaml"
    text = IMEC.read_text(encoding="utf-8")
    more = "\nmaterials:\n  Cl-TiO2: {exchange_current: 10 mA/cm^2}\n"
    stated.write_text(text + more, encoding="utf-8")
    lead = said(stated, PEARSE)["resistance (less is ahead)"]
    assert "at best" not in lead.text
    assert "missing" not in lead.text


def test_the_range_of_a_resistance_is_that_of_its_constants_at_their_ends(tmp_path: Path) -> None:
    """Exchange currents 0.1 to 5, conductivity 1e-4 to 1e-2 S/cm, resistivities 10 to 20 and 80 to 300."""

    def at(exchange: str, cathode: str, ru: str, tin: str) -> float:
        file = tmp_path / "x.yaml"
        materials = (
            f"materials:\n  LiV2O5: {{exchange_current: {exchange}, electronic_conductivity: {cathode}}}\n"
            f"  SnNx: {{exchange_current: {exchange}}}\n  Ru: {{resistivity: {ru}}}\n  TiN: {{resistivity: {tin}}}\n"
        )
        file.write_text(VALID + materials, encoding="utf-8")
        resistance = evaluate(load_design(file)).resistance
        assert resistance is not None
        return resistance.asr_ohm_cm2

    file = tmp_path / "own.yaml"
    file.write_text(VALID, encoding="utf-8")
    low, high = resistance_range(evaluate(load_design(file)), frozenset())
    # the activation energy of the electrolyte, which has a range of its own, is left where it is
    assert low == pytest.approx(at("5 mA/cm^2", "1e-2 S/cm", "10 uohm*cm", "80 uohm*cm"), rel=1e-6)
    assert high == pytest.approx(at("0.1 mA/cm^2", "1e-4 S/cm", "20 uohm*cm", "300 uohm*cm"), rel=1e-6)


def test_unlike_cells_are_told_and_left_out_of_what_they_have_not(tmp_path: Path) -> None:
    found = said(PEARSE, IMEC, LEI, DESIGNS / "bipolar_holes.yaml")
    assert found["geometry only"].text.startswith("(3) Lei 2020")
    assert found["half-cell"].text.startswith("(2) imec 2017")
    assert "Left out: (2)" in found["energy per footprint"].text
    assert found["energy per footprint"].ahead == (4,)
    assert "3 cells in series" in found["in series"].text
    assert "Left out: (4)" in found["resistance (less is ahead)"].text
    assert found["area of the bare relief over the footprint"].ahead == (3,)
    two = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    two[0].write_text(FLOODED, encoding="utf-8")
    two[1].write_text(spoilt(FLOODED, ("height: 50 um", "height: 25 um")), encoding="utf-8")
    assert said(*two)["energy per footprint"].ahead == (1,)  # half-cells alike


def test_beside_the_plane(tmp_path: Path) -> None:
    found = said(PEARSE, DANILOV)
    about = "beside the plane, (1) Pearse 2018, holes 30 um deep"
    alone = evaluate(load_design(PEARSE))
    assert alone.capacity is not None
    assert alone.capacity.footprint_capacity_gain == pytest.approx(9.606, abs=1e-3)
    assert found[about].text.startswith("Holds 9.61x what its films hold laid flat.")
    assert "more at every current than either plane" in found[about].text
    assert not any("Danilov" in one for one in found)  # it is the plane


def test_methods_that_differ_are_told_by_how_much(tmp_path: Path) -> None:
    """Finite elements solve one, closed forms the other: what sets the two apart is known of the one."""
    filled = tmp_path / "filled.yaml"
    filled.write_text(FILLED, encoding="utf-8")
    comparison = compare_designs([filled, IMEC], fidelity="fem")
    text = {one.about: one.text for one in verdicts(comparison, PLAIN)}["method"]
    design = load_design(IMEC)
    closed, solved = (evaluate(design, one).resistance for one in ("analytic", "fem"))
    assert closed is not None
    assert solved is not None
    apart = 100 * abs(closed.asr_ohm_cm2 / solved.asr_ohm_cm2 - 1)
    assert 0.01 < apart < 0.1
    assert "(1) by closed form; (2) by finite elements" in text
    assert f"differ by up to {apart:.2g} %" in text


def test_one_design_and_none_that_can_be_evaluated(tmp_path: Path) -> None:
    assert list(said(PEARSE)) == [
        "more than the best plane",
        "beside the plane, (1) Pearse 2018, holes 30 um deep",
    ]
    missing = said(tmp_path / "none.yaml")
    assert list(missing) == ["not compared"]
    assert missing["not compared"].text.startswith("(1) none: could not be evaluated")
