"""How rates, loads and steps are shown: what a reader could not read before is measured here."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from tests.commands import run
from tests.shipped import DESIGNS
from tfgeom import evaluate, load_design
from tfgeom.cli.application import laid_out
from tfgeom.compare import PLAIN, compare_designs, side_by_side, verdicts
from tfgeom.load_tables import LOAD, unit_of_time, without_empty
from tfgeom.metrics.against_best_plane import beaten_where
from tfgeom.metrics.curves import rate_curves
from tfgeom.rate_tables import (
    BESIDE,
    LIMITS,
    NEVER,
    NOTHING,
    RATES,
    beside_rows,
    charge_rows,
    limit_rows,
    loss_table,
    rate_rows,
)
from tfgeom.report.declared_rows import beside_rows as beside_page_rows
from tfgeom.report.evaluation_tables import planar_rates_table, rates_table, tiles
from tfgeom.report.figures import draw_rates
from tfgeom.report.headline import headline
from tfgeom.report.rate_lines import rate_line
from tfgeom.results import ChargeNumbers, Evaluation
from tfgeom.terminal_lines import number_lines

PEARSE = "pearse_2018_holes_30um"
NARROW = 80  # columns of a terminal


@cache
def found(name: str) -> Evaluation:
    return evaluate(load_design(DESIGNS / f"{name}.yaml"))


@pytest.mark.parametrize("name", [PEARSE, "talin_2016_columns"])
def test_a_best_plane_that_holds_far_more_squeezes_no_axis(name: str) -> None:
    rates, line = found(name).rate, rate_line(found(name))
    assert rates is not None
    figure = draw_rates(rates, line).figure
    for axes, key in zip(figure.axes[::2], ("capacity_uAh_cm2", "energy_mWh_cm2"), strict=True):
        own = max(getattr(row, key) for row in line)
        best = max(getattr(row.planar_best.at_current, key) for row in line if row.planar_best)
        assert best > 2 * own  # else there is nothing to squeeze
        assert own < axes.get_ylim()[1] < 1.8 * own


@pytest.mark.parametrize("name", ["raijmakers_2020_beacon", "danilov_2011_planar"])
def test_a_curve_has_no_long_straight_end(name: str) -> None:
    capacities = [row.capacity_uAh_cm2 for row in rate_line(found(name))]
    assert capacities[-1] < 0.01 * max(capacities)
    assert max(abs(one - other) for one, other in pairwise(capacities)) < 0.05 * max(capacities)


def test_rates_stand_in_two_tables_with_the_digits_of_what_is_guessed() -> None:
    own, beside = rates_table(found(PEARSE)), planar_rates_table(found(PEARSE))
    assert beside is not None
    assert len(own.head) <= 8
    assert len(beside.head) <= 8
    capacity = own.head.index("capacity, µAh/cm²")
    assert [row[capacity] for row in own.rows][:2] == ["24.8", "24.7"]
    assert [row[2] for row in beside.rows] == [row[capacity] for row in own.rows]
    assert beside.rows[0][-2:] == ("26.2", "1.54 µm")
    assert beside.rows[5][-1] == "5.14 nm"
    assert planar_rates_table(found("danilov_2011_planar")) is None


@pytest.mark.parametrize("name", [PEARSE, "talin_2016_columns", "speulmanns_2024_lto"])
def test_tables_of_rates_stand_side_by_side_in_a_narrow_terminal(name: str) -> None:
    told = rate_curves(found(name))
    for head, rows in (
        (RATES, rate_rows(told)),
        (BESIDE, beside_rows(told)),
        (LIMITS, limit_rows(told.rate_summary)),
        loss_table(told),
    ):
        lines = laid_out(head, rows, NARROW).splitlines()
        assert max(map(len, lines)) <= NARROW
        assert any(line.startswith("──") for line in lines), head  # else each row is a paragraph


def test_the_first_screens_say_where_the_relief_is_worth_it() -> None:
    said = dict(number_lines(found(PEARSE)))
    assert said["beats the best plane"] == "between 0.002679 and 4.675 mA/cm2"
    assert said["current at 80 % of capacity"].startswith("0.1823 mA/cm2 (plane 0.01941")
    assert said["current at 50 % of capacity"].startswith("0.466")
    order = list(said)
    assert order.index("beats the best plane") < order.index("capacity at 0.1C")
    page = " ".join(headline(found(PEARSE)))
    assert "between 0.0027 and 4.7 mA/cm² of footprint" in page
    assert "and half of it at up to 0.47" in page
    assert "about 21 Wh/L" in page  # as the card has it


def test_tables_beside_planes_have_both_ends_of_where_the_relief_is_worth_it() -> None:
    compared = compare_designs([DESIGNS / f"{name}.yaml" for name in (PEARSE, "speulmanns_2024_lto")])
    (table,) = side_by_side(compared, lambda value: "-" if value is None else f"{value:.4g}")
    said = {row[0]: row[1:] for row in table.rows}
    assert said["beats the best plane, mA/cm^2"] == ("0.002679 to 4.675", "-")
    rows = {str(row[0]): row[1] for row in beside_page_rows(found(PEARSE))}
    assert rows["beats the best plane, mA/cm²"] == "0.002679 to 4.675"
    summary = found(PEARSE).rate_summary
    assert summary is not None
    never = replace(found(PEARSE), rate_summary=replace(summary, beats_best_plane_mA_cm2=()))
    assert beaten_where(never, str) == "never"
    several = replace(summary, beats_best_plane_mA_cm2=((0.0, 1.0), (2.0, 3.0)))
    assert beaten_where(replace(never, rate_summary=several), str) == "up to 1.0, 2.0 to 3.0"
    first = verdicts(compared, PLAIN)[0]
    assert first.about == "more than the best plane"
    assert "Pearse 2018, holes 30 um deep delivers more only between 0.0027 and 4.7 mA/cm2; " in first.text
    assert "LTO in holes is not known to deliver more (exchange current of anode not known" in first.text


COMMANDS = (
    ("evaluate", PEARSE),
    ("rate", PEARSE, "--fidelity", "analytic"),
    ("rate", "danilov_2011_planar", "--fidelity", "analytic"),
    ("load", "raijmakers_2020_beacon"),
    ("compare", PEARSE, "speulmanns_2024_lto", "--market"),
    ("check", PEARSE),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_line_is_wider_than_a_terminal_and_no_word_is_lost(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [f"{DESIGNS / word}.yaml" if (DESIGNS / f"{word}.yaml").exists() else word for word in words]
    assert run(*named) == 0
    piped = capsys.readouterr().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(NARROW))
    assert run(*named) == 0
    shown = capsys.readouterr().out
    wide = [line for line in shown.splitlines() if len(line) > NARROW and str(DESIGNS) not in line]
    assert wide == []
    noted = [line.partition("note: ")[2].split() for line in piped.splitlines() if "note: " in line]
    assert max(len(" ".join(note)) for note in noted) > NARROW  # else there is nothing to break
    said = " ".join(shown.split())
    assert [note for note in noted if " ".join(note) not in said] == []


def test_a_relief_that_films_fill_is_filled() -> None:
    full = replace(found(PEARSE), geometry=replace(found(PEARSE).geometry, gap_after_coating_nm=0.0))
    card = next(tile for tile in tiles(full) if tile.label == "Gap after coating")
    assert (card.value, card.unit) == ("filled", "")


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    head, rows = without_empty(LOAD, [("runs for, h", "9", "-", "8"), ("lowest voltage, V", "3", "-", "3")])
    assert head == (LOAD[0], LOAD[1], LOAD[3])
    assert rows[0] == ("runs for, h", "9", "8")


@pytest.mark.parametrize(("hours", "unit"), [(3.0, "h"), (47.0, "h"), (100.0, "days"), (9393.0, "years")])
def test_long_times_have_units_that_people_use(hours: float, unit: str) -> None:
    assert unit_of_time(hours)[1] == unit


def test_a_discharge_of_nothing_says_so_and_no_share_is_minus_nothing() -> None:
    told = rate_curves(found(PEARSE))
    first, last = told.curves[0], told.curves[-1]
    lost = tuple(replace(one, share=-3e-6) for one in first.energy_lost)
    nothing = replace(last, c_rate=1e6, energy_mWh_cm2=0.0, rest_energy_mWh_cm2=0.0, energy_lost=())
    head, rows = loss_table(replace(told, curves=(replace(first, energy_lost=lost), last, nothing)))
    assert {len(row) for row in rows} == {len(head)}
    assert set(rows[0][1:]) == {"0.00%"}
    assert rows[-1] == ("1e+06", NOTHING, *["-"] * (len(head) - 2))
    never = replace(told.rate_summary, current_at_80pct_mA_cm2=None)
    assert limit_rows(never)[0][1] == NEVER
    charge = ChargeNumbers("cell", 1.0, 1.0, 1.0, 1.0, None, None)
    (row,) = charge_rows(replace(told, charge=(charge,)))
    assert row[4:] == (NEVER, NEVER, "-", "-")
