"""Lithium in its places, energy against power, the whole device."""

import base64
import math
from dataclasses import replace
from typing import Any

import pytest

from tests.shipped import DANILOV, IMEC, PEARSE
from tfgeom.cells.assembled import lithium_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.lithium_places import LithiumPlace, lithium_places
from tfgeom.cells.usable import Usable
from tfgeom.design import design_from_mapping, load_design
from tfgeom.evaluation import evaluate
from tfgeom.metrics.curves import cell_curves
from tfgeom.report.curve_figures import losses_table
from tfgeom.report.figures import drawing, plain_log
from tfgeom.report.storage import active_height, device_table, draw_ragone, lithium_table
from tfgeom.results import DeviceNumbers


def places_of(mapping: Any) -> tuple[LithiumPlace, ...]:
    cell = assemble_cell(design_from_mapping(mapping))
    return lithium_places(cell.made, lithium_of(cell))


def pearse() -> Any:
    return load_design(PEARSE).model_dump(mode="json", exclude_defaults=True)


@pytest.mark.parametrize(
    ("cathode", "anode", "efficiency"), [(1.0, 0.0, 1.0), (0.3, 0.9, 1.0), (0.7, 0.1, 0.8), (0.05, 0.0, 1.0)]
)
def test_lithium_is_neither_made_nor_lost(cathode: float, anode: float, efficiency: float) -> None:
    mapping = pearse()
    mapping["layers"][1]["lithiation"], mapping["layers"][3]["lithiation"] = cathode, anode
    mapping["materials"] = {"SnNx": {"initial_efficiency": efficiency}}
    places = places_of(mapping)
    sums = [sum(getattr(place, state) for place in places) for state in ("as_made", "charged", "discharged")]
    # 24.88 and 46.26 uAh/cm2 of room
    assert sums == pytest.approx([24.8806 * cathode + 46.2583 * anode] * 3, rel=1e-4, abs=1e-9)
    capacity = evaluate(design_from_mapping(mapping)).capacity
    assert capacity is not None
    moved = capacity.footprint_capacity_uAh_cm2
    held = {place.name: place for place in places}
    assert held["cathode"].discharged == pytest.approx((held["cathode"].charged or 0) + moved)
    assert held["anode"].charged == pytest.approx((held["anode"].discharged or 0) + moved)
    for place in places[:2]:
        assert place.room is not None
        for amount in (place.as_made, place.charged, place.discharged):
            assert amount is not None
            assert -1e-9 <= amount <= place.room * (1 + 1e-9)
    assert ("bound by the first cycle" in held) == (efficiency < 1)


def test_unlimited_lithium_is_in_excess() -> None:
    cathode, metal = places_of(load_design(DANILOV).model_dump(mode="json", exclude_defaults=True))
    assert metal.is_excess
    assert cathode.charged == 0
    assert cathode.discharged == pytest.approx(9.9916, rel=1e-4)
    table = lithium_table((cathode, metal), Usable(9.0, 0.0, 0.0, 9.0, None))
    assert table.rows[-1] == ("anode, Li", "no limit", "in excess", "in excess", "in excess")
    film, counter = places_of(load_design(IMEC).model_dump(mode="json", exclude_defaults=True))
    assert (film.name, film.charged) == ("anode", 0)
    assert film.discharged == pytest.approx(film.room)
    assert (counter.name, counter.is_excess) == ("counter electrode", True)


def test_plated_lithium_is_what_the_cathode_gave() -> None:
    mapping = pearse()
    del mapping["layers"][3]
    mapping["cell"]["anode_free"] = True
    cathode, plated = places_of(mapping)
    assert (plated.name, plated.as_made, plated.discharged) == ("plated lithium", 0, 0)
    assert plated.charged == pytest.approx(cathode.room)
    whole, cut = Usable(9.0, 0.0, 0.0, 9.0, None), Usable(9.0, 0.0, 0.9, 4.5, None)
    assert lithium_table((cathode, plated), whole).rows[-1][2:] == ("24.88",) * 3
    table = lithium_table((cathode, plated), cut)
    assert table.head[-2:] == ("where a discharge starts", "where it ends")
    assert [row[-2:] for row in table.rows] == [("2.488", "12.44"), ("22.39", "12.44"), ("24.88", "24.88")]


def test_energy_and_power_per_volume_stand_on_the_heights_of_the_energy_density() -> None:
    design = load_design(PEARSE)
    found = evaluate(design)
    assert found.capacity is not None
    assert found.energy is not None
    heights = found.cells.map(active_height)
    flat, thick = heights.planes["same_films"], heights.planes["same_capacity"]
    # relief 30 um and 195 nm of films; the plane's electrodes 9.606 times as thick
    assert heights.cell == pytest.approx(30.195)
    assert flat == pytest.approx(0.195)
    assert thick == pytest.approx(0.040 + 0.025 + 0.050 + 9.6064 * 0.080, rel=1e-4)
    for energy, height in ((found.energy, heights.cell), (found.energy.planar, flat)):
        dense = (energy.footprint_energy_mWh_cm2 or math.nan) / height * 1e4
        assert dense == pytest.approx(energy.volumetric_energy_Wh_L.active)


def test_energy_against_power_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.axes import Axes

    design = load_design(PEARSE)
    found = evaluate(design)
    rates, heights = found.rate, found.cells.map(active_height)
    assert rates is not None
    drawn: list[tuple[Any, ...]] = []
    plot = Axes.plot

    def noted(axes: Axes, *points: Any, **style: Any) -> Any:
        drawn.append(points)
        return plot(axes, *points, **style)

    monkeypatch.setattr(Axes, "plot", noted)
    picture = draw_ragone(rates, heights)
    assert picture is not None
    assert base64.b64decode(picture.uri.split(",")[1]).startswith(b"<?xml")
    per_area, per_volume = drawn[0], drawn[1]
    assert sorted(zip(per_area[0], per_area[1], strict=True)) == sorted(
        (row.power_mW_cm2, row.energy_mWh_cm2) for row in rates
    )
    # 1 mW/cm2 over 1 um is 10 kW/L
    assert per_volume[0][0] == pytest.approx(per_area[0][0] / 30.195 * 1e4)
    best = [row.planar_best.at_current for row in rates if row.planar_best]
    assert len(drawn) == 7  # cell and both planes per footprint and per volume; the best plane per footprint
    assert (drawn[-1][0], drawn[-1][1]) == (
        [one.power_mW_cm2 for one in best],
        [one.energy_mWh_cm2 for one in best],
    )
    nothing = [replace(row, power_mW_cm2=0.0) for row in rates]
    assert draw_ragone(nothing, heights) is None


def test_the_device_shows_what_is_known() -> None:
    device = DeviceNumbers(4019.0, 500.2, None)
    table = device_table(device)
    assert table is not None
    assert table.rows == (
        ("area for 1 mAh", "4019 mm²"),
        ("height, wafer and packaging included", "500.2 µm"),
    )
    whole = device_table(replace(device, chip_area_mm2=2.0, active_fraction=0.855, peak_power_mW=0.01))
    assert whole is not None
    assert whole.rows[2:] == (
        ("chip", "2 mm²"),
        ("of it inside the border", "85.5 %"),
        ("peak power of the chip", "0.01 mW"),
    )
    assert device_table(DeviceNumbers(None, None, None)) is None


@pytest.mark.parametrize(("low", "high"), [(0.07, 0.9), (30.0, 340.0), (2e-4, 0.03)])
def test_every_logarithmic_axis_shows_its_scale(low: float, high: float) -> None:
    """Two numbers at least stand on an axis: one alone says nothing of what lies between."""
    with drawing(4, 4) as figure:
        axes = figure.add_subplot()
        axes.plot([low, high], [1, 2])
        axes.set_xscale("log")
        plain_log(axes.xaxis)
        figure.canvas.draw()
        left, right = axes.get_xlim()
        shown = [
            tick.get_text()
            for tick, at in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
            if left <= at <= right
        ]
    assert len([text for text in shown if text]) >= 2


def test_small_energies_are_told_in_microwatt_hours() -> None:
    """A loss of 3e-6 mWh is nothing that one can read; the sum stays that of the curves."""
    found = evaluate(load_design(PEARSE))
    curves = cell_curves(found)[:2]
    table = losses_table(curves, {})
    assert table is not None
    assert table.head[0] == "energy, µWh/cm² of footprint"
    delivered = next(row for row in table.rows if row[0] == "delivered")
    assert float(str(delivered[1])) == pytest.approx(curves[0].energy_mWh_cm2 * 1000, rel=5e-3)
