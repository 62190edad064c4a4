"""Losses across the chip: the closed forms against a ladder of resistors, and what is made of them."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.sparse import block_array, diags, identity
from scipy.sparse.linalg import spsolve

from tests.kinds import FILMS, RELIEFS, design, every_relief
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.results import Evaluation
from tfgeom.transport.chip import length_that_keeps, opposite_edges_share, same_edge_share

RU, TIN = 1.5e-7 / 40e-9, 1.75e-6 / 25e-9  # ohm a square, of the films of VALID


def ladder_share(inner: float, outer: float, asr: float, length: float, *, opposite: bool) -> float:
    """Return the conductance over that with ideal sheets, of 2000 cells between two rails."""
    n = 2000
    rung = length / n / asr
    rails = [n / (length * max(sheet, 1e-9)) for sheet in (inner, outer)]
    chain = diags([-np.ones(n - 1), np.r_[1, np.full(n - 2, 2), 1], -np.ones(n - 1)], [-1, 0, 1])
    own = [rail * chain + rung * identity(n) for rail in rails]
    system = block_array([[own[0], -rung * identity(n)], [-rung * identity(n), own[1]]]).tolil()
    # the inner sheet is held at 1 V at the left edge, the outer at 0 V at its own, half a cell away
    driven = np.zeros(2 * n)
    at = 2 * n - 1 if opposite else n
    system[0, 0] += 2 * rails[0]
    driven[0] = 2 * rails[0]
    system[at, at] += 2 * rails[1]
    volts = spsolve(system.tocsc(), driven)
    current = 2 * rails[0] * (1 - volts[0])
    return float(current * asr / length)


@pytest.mark.parametrize("reach", [0.1, 0.7, 2.0, 6.0])
@pytest.mark.parametrize("sheets", [(4.0, 70.0), (50.0, 0.0), (30.0, 30.0)])
def test_closed_forms_are_the_ladder(reach: float, sheets: tuple[float, float]) -> None:
    asr = 1e-3
    length = reach * math.sqrt(asr / sum(sheets))
    for share, opposite in ((same_edge_share, False), (opposite_edges_share, True)):
        expected = ladder_share(*sheets, asr, length, opposite=opposite)
        assert share(*sheets, asr, length) == pytest.approx(expected, rel=2e-5)


def test_published_values() -> None:
    # MODELS 5(d): rails 1 and 2, conductance 3, length 1
    for share, resistance in ((same_edge_share, 1.00497), (opposite_edges_share, 1.26935)):
        assert 1 / (3 * share(1, 2, 1 / 3, 1)) == pytest.approx(resistance, abs=1e-5)
    # PHYSICS 4: gain 21, 15 ohm cm², one TiN sheet of 50 ohm or two: a strip of 1 mm keeps 82 or 70 %
    asr = 15e-4 / 21
    assert math.sqrt(asr / 50) == pytest.approx(1.2e-3, rel=0.01)
    assert same_edge_share(50, 0, asr, 1e-3) == pytest.approx(0.82, abs=0.006)
    assert same_edge_share(50, 50, asr, 1e-3) == pytest.approx(0.70, abs=0.006)


def test_long_and_short_strips() -> None:
    for share in (same_edge_share, opposite_edges_share):
        assert share(50, 20, 1e-3, 1e-9) == pytest.approx(1, abs=1e-9)
        assert 0 < share(50, 20, 1e-3, 10.0) < 1e-2
    for kept in (0.5, 0.9, 0.99):
        length = length_that_keeps(kept, 50, 20, 1e-3)
        assert same_edge_share(50, 20, 1e-3, length) == pytest.approx(kept, rel=1e-12)


def built(relief: str = "pillars", cell: str = "conformal", **changes: Any) -> Evaluation:
    return evaluate(design_from_mapping(design(relief, cell, **changes)))


def edge(found: Evaluation) -> float:
    assert found.resistance is not None
    value = found.resistance.chip.edge_that_loses_10_pct_mm
    assert value is not None
    return value


def expected_edge(asr_ohm_cm2: float, sheets: float) -> float:
    reach = brentq(lambda m: math.tanh(m) / m - 0.9, 0.1, 2)
    return float(reach * math.sqrt(asr_ohm_cm2 * 1e-4 / sheets) * 1e3)


@every_relief
def test_the_edge_of_every_relief_follows_from_its_resistance_and_sheets(relief: str) -> None:
    found = built(relief)
    assert found.resistance is not None
    if relief == "through-holes":
        assert found.resistance.chip.edge_that_loses_10_pct_mm is None
        return
    sheets = RU + TIN
    if RELIEFS[relief]["kind"] in ("trenches", "wave"):  # the way across is longer, by the developed length
        inner, *_, outer = found.layers
        areas = [max(film.inner_area_um2, film.outer_area_um2) for film in (inner, outer)]
        sheets = (RU * areas[0] + TIN * areas[1]) / found.geometry.footprint_um2
        assert sheets > 1.01 * (RU + TIN)
    assert edge(found) == pytest.approx(expected_edge(found.resistance.asr_ohm_cm2, sheets), rel=1e-3)


def test_a_stack_in_series_has_the_sheets_of_one_cell() -> None:
    one, three = built(), built(cell="bipolar")
    assert edge(three) == pytest.approx(math.sqrt(3) * edge(one), rel=1e-9)


def test_a_film_counts_as_thin_as_it_is_anywhere() -> None:
    layers = [*FILMS[:-1], {**FILMS[-1], "step_coverage": [["1 um", 0.25], ["2 um", 0.5]]}]
    found = built(layers=layers)
    assert found.resistance is not None
    assert edge(found) == pytest.approx(expected_edge(found.resistance.asr_ohm_cm2, RU + 4 * TIN), rel=1e-3)


def test_a_wafer_that_conducts_lies_beside_the_inner_collector_unless_a_barrier_parts_them() -> None:
    plain = built("planar", "flooded")
    wafer = {"material": "Cu", "thickness": "100 um"}
    on_copper = built("planar", "flooded", substrate=wafer)
    assert edge(on_copper) > 10 * edge(plain)
    films = design("planar", "flooded")["layers"]
    barrier = {"role": "barrier", "material": "SiO2", "thickness": "20 nm"}
    assert edge(built("planar", "flooded", substrate=wafer, layers=[barrier, *films])) == edge(plain)
    bare = [film for film in films if film["role"] != "current_collector"]
    assert edge(built("planar", "flooded", substrate=wafer, layers=bare)) > 10 * edge(plain)


CHIP = {"width": "4 mm", "length": "1 mm", "border": "50 um"}


def power(found: Evaluation) -> float | None:
    assert found.device is not None
    return found.device.peak_power_mW


def contacts(inner: str, outer: str) -> list[dict[str, str]]:
    return [{"edge": inner, "collector": "inner"}, {"edge": outer, "collector": "outer"}]


def test_the_peak_power_is_what_the_sheets_let_through() -> None:
    found = built(chip=CHIP)
    assert found.resistance is not None
    assert found.energy is not None
    assert found.energy.mean_voltage_V is not None
    asr, mean = found.resistance.asr_ohm_cm2 * 1e-4, found.energy.mean_voltage_V
    voltage = max(mean / 2, 0.5)
    width, length = 3.9e-3, 0.9e-3
    ideal = voltage * (mean - voltage) / asr * width * length * 1e3
    for pads, opposite, way in (
        (None, False, width),
        (contacts("left", "left"), False, width),
        (contacts("top", "top"), False, length),
        (contacts("left", "right"), True, width),
        (contacts("bottom", "top"), True, length),
        ([*contacts("left", "left"), *contacts("top", "top")], False, length),
    ):
        chip = CHIP if pads is None else {**CHIP, "contacts": pads}
        share = ladder_share(RU, TIN, asr, way, opposite=opposite)
        assert power(built(chip=chip)) == pytest.approx(ideal * share, rel=1e-3)
        assert share < 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"layers": FILMS[:-1]}, "there is no outer collector"),
        ({"chip": {**CHIP, "contacts": contacts("left", "top")}}, "neither are one nor face each other"),
    ],
)
def test_a_peak_power_that_is_not_known_is_null_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    found = built(**{"chip": CHIP, **changes})
    assert power(found) is None
    assert any(note.startswith("peak_power_mW is null") and note.endswith(reason) for note in found.notes)


def test_a_large_chip_gives_no_more_than_its_edge_lets_through() -> None:
    powers = [power(built(chip={"width": side, "length": side})) for side in ("1 mm", "45 mm", "90 mm")]
    small, middle, large = (found for found in powers if found is not None)
    assert small < middle < 1000 * small
    # far beyond lambda only the strip along the edge works: the power grows with the edge, not the area
    assert large == pytest.approx(2 * middle, rel=1e-3)
