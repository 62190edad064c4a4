"""Collectors as sheets: fin, ladder with feeds at one and at both ends, and a counter electrode apart."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from tests.film_cells import THICKNESS, cell, film, flat, lithium, material, plain
from tfgeom.materials.library import resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell, FilmColumns, SeriesRow, Sheet
from tfgeom.transport.discharge.steps import Step

LEVEL = {"form": "constant", "parameters": {"potential": 4.0}}


def line(count: int, resistance: float) -> sparse.csr_matrix:
    """Return the conductances of a strip of ``count`` nodes."""
    size = (count - 1) / resistance
    diagonal = np.full(count, 2 * size)
    diagonal[[0, -1]] = size
    beside = np.full(count - 1, -size)
    return sparse.csr_matrix(sparse.diags([diagonal, beside, beside], [0, 1, -1]))


def strip(count: int, through: float, sheets: tuple[Sheet, ...]) -> FilmCell:
    """Return columns in a row whose electrolyte has ``through`` ohm m² in all."""
    share = np.full(count, 1 / (count - 1))
    share[[0, -1]] /= 2
    columns = FilmColumns(np.full(count, THICKNESS), share, share, share)
    of = cell(film(columns, material("film", open_circuit=LEVEL, diffusivity="1 cm^2/s")))
    row = SeriesRow("electrolyte", "film", through / share)
    return replace(of, anode=replace(lithium(count), face=share), ohmic=(row,), sheets=sheets)


@pytest.mark.parametrize(("nu", "within"), [(0.3, 2e-7), (1.0, 3e-6), (3.0, 3e-5)])
def test_a_resistive_sheet_is_a_fin(nu: float, within: float) -> None:
    contact = np.array([0])
    done = run(strip(201, 0.05, (Sheet("inner_collector", line(201, 0.05 * nu**2), contact),)), [Step("current", 1.0, seconds=1e-3)])  # fmt: skip
    assert (4.0 - done.voltage[0]) * np.tanh(nu) / nu == pytest.approx(0.05, rel=within)
    assert sum(done.lost.values()) == pytest.approx(
        np.trapezoid(done.open_circuit - done.voltage, done.time), rel=1e-7
    )


@pytest.mark.parametrize(("end", "expected"), [(0, 1.00497), (-1, 1.26935)])
def test_a_ladder_fed_at_the_same_and_at_opposite_ends(end: int, expected: float) -> None:
    # rails of 1 and 2 ohm, coupled by 3 S over the length
    count = 401
    inner = Sheet("inner_collector", line(count, 1.0), np.array([0]))
    outer = Sheet("outer_collector", line(count, 2.0), np.array([end % count]))
    done = run(strip(count, 1 / 3, (inner, outer)), [Step("current", 1.0, seconds=1e-3)])
    assert 4.0 - done.voltage[0] == pytest.approx(expected, rel=2e-5)


def test_sheets_that_conduct_well_are_equipotentials() -> None:
    steps = [
        Step("current", 2.0, voltage_below=3.4),
        Step("rest", seconds=50.0),
        Step("power", -4.0, seconds=20.0),
    ]
    ideal = plain(7, 0.05, exchange_current="1 A/m^2")
    sheets = (Sheet("inner_collector", line(7, 1e-9), np.array([3])),)
    one, other = run(ideal, steps), run(replace(ideal, sheets=sheets), steps)
    assert other.charge[-1] == pytest.approx(one.charge[-1], rel=1e-6)
    assert other.voltage[-1] == pytest.approx(one.voltage[-1], abs=1e-6)


def test_a_counter_electrode_apart_is_one_face_under_all_columns() -> None:
    metal = resolve_material("Li", MaterialOverride.model_validate({"exchange_current": "2 A/m^2"}))
    lone = replace(plain(1, 0.05), anode=replace(lithium(), material=metal))
    many = plain(4, 0.0)
    joint = (SeriesRow("electrolyte", "liquid", np.array([0.05])),)
    many = replace(many, anode=replace(lone.anode, face=np.ones(1)), joint=joint)
    for steps in (
        [Step("current", 2.0, seconds=30.0)],
        [Step("power", 6.0, seconds=10.0), Step("voltage", 3.9, seconds=5.0)],
    ):
        one, other = run(lone, steps), run(many, steps)
        assert other.voltage[-1] == pytest.approx(one.voltage[-1], abs=1e-8)
        assert other.charge[-1] == pytest.approx(one.charge[-1], rel=1e-6)
        assert sum(other.lost.values()) == pytest.approx(sum(one.lost.values()), rel=1e-6)


def test_a_thin_place_fills_first_and_shares_the_voltage() -> None:
    ones = np.full(2, 0.5)
    columns = FilmColumns(np.array([50e-9, 150e-9]), ones, ones, ones)
    uneven = cell(film(columns, material("film", exchange_current="1 A/m^2")), ohmic=0.05)
    done = run(uneven, [Step("current", 1.5, voltage_below=3.3), Step("rest", seconds=1e6)], keep_fields=True)
    even = run(
        cell(film(flat(2), material("film", exchange_current="1 A/m^2")), ohmic=0.05),
        [Step("current", 1.5, voltage_below=3.3)],
    )
    last = done.ends[0].point
    assert done.mean["cathode"][last, 0] > done.mean["cathode"][last, 1] + 0.1
    assert done.charge[last] < even.charge[-1]
    assert done.lost["cathode", "unevenness"] != 0
    assert done.column_current is not None
    assert done.column_current.sum(axis=1) == pytest.approx(done.current, abs=1e-9)
    # at rest columns even out through the collectors
    assert done.mean["cathode"][-1] == pytest.approx(done.charge[-1] / 1e3 * np.ones(2), abs=1e-4)
