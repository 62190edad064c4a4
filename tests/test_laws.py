"""What must hold between the numbers of one evaluation, over every kind of cell."""

from typing import Any

import numpy as np
import pytest

from tests.kinds import CELLS, design, every_cell, has_closed_form
from tfgeom.cells import kinds
from tfgeom.cells.assembled import AssembledCell, lithium_of
from tfgeom.cells.bulk import Cover, Package, Wafer, bulk
from tfgeom.cells.discharge_sides import cell_voltage
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.geometry.unit_cell import Level
from tfgeom.report import render_report
from tfgeom.report.current_tables import bound_rows
from tfgeom.report.storage import active_heights, draw_ragone
from tfgeom.results import Evaluation, RateNumbers, RateSummary

same = pytest.approx
RUN = [cell for cell in CELLS if cell != "geometry only"]
every_run = pytest.mark.parametrize("cell", RUN)


def evaluated(cell: str, relief: str = "pillars", **operation: Any) -> Evaluation:
    mapping = design(relief, cell)
    mapping["operation"] = mapping["operation"] | {
        "c_rates": [0.1, 10],
        "footprint_currents": ["0.1 mA/cm^2"],
    }
    mapping["operation"] |= operation
    return evaluate(design_from_mapping(mapping))


def rows(found: Evaluation) -> tuple[RateNumbers, ...]:
    assert found.rate
    return found.rate


def test_every_cell_of_the_list_but_geometry_is_run() -> None:
    assert [cell for cell in CELLS if evaluate(design_from_mapping(design("pillars", cell))).rate] == RUN


@every_run
def test_a_discharge_is_charge_times_voltage_and_power_current_times_voltage(cell: str) -> None:
    for row in rows(evaluated(cell)):
        points = [row]
        for planar in (row.planar_same_films, row.planar_same_capacity):
            points += [planar.at_c_rate, planar.at_current]  # type: ignore[list-item]
        for point in points:
            voltage = point.mean_voltage_V or 0.0
            assert point.energy_mWh_cm2 == same(point.capacity_uAh_cm2 * voltage * 1e-3, rel=1e-9)
            assert point.power_mW_cm2 == same(point.footprint_current_mA_cm2 * voltage, rel=1e-9)


@every_run
def test_utilisation_counts_on_the_cells_own_capacity_and_c_rates_on_the_nominal_one(cell: str) -> None:
    found = evaluated(cell)
    assert found.capacity is not None
    own, flat = found.capacity.footprint_capacity_uAh_cm2, found.capacity.planar_uAh_cm2
    for row in rows(found):
        assert row.capacity_uAh_cm2 == same(row.utilisation * own, rel=1e-9)
        assert row.footprint_current_mA_cm2 == same(row.c_rate * own * 1e-3, rel=1e-9)
        for capacity, planar in ((flat, row.planar_same_films), (own, row.planar_same_capacity)):
            assert planar.at_c_rate.c_rate == same(row.c_rate)
            assert planar.at_current.footprint_current_mA_cm2 == same(row.footprint_current_mA_cm2)
            for point in (planar.at_c_rate, planar.at_current):
                assert point.capacity_uAh_cm2 == same(point.utilisation * capacity, rel=1e-9)
                assert point.footprint_current_mA_cm2 == same(point.c_rate * capacity * 1e-3, rel=1e-9)


@every_run
def test_a_slow_discharge_gives_the_open_circuit_energy(cell: str) -> None:
    found = evaluated(cell, c_rates=[1e-6])
    slow, energy = rows(found)[0], found.energy
    assert energy is not None
    assert slow.energy_mWh_cm2 == same(energy.footprint_energy_mWh_cm2, rel=1e-4)
    flat = slow.planar_same_films.at_c_rate
    assert flat.energy_mWh_cm2 == same(energy.planar.footprint_energy_mWh_cm2, rel=1e-4)


@every_run
def test_the_currents_of_80_and_50_percent_leave_just_that(cell: str) -> None:
    summary = evaluated(cell).rate_summary
    assert summary is not None
    limits = {
        "": summary,
        "planar_same_films": summary.planar_same_films,
        "planar_same_capacity": summary.planar_same_capacity,
    }
    for which, limit in limits.items():
        for share, current in ((0.8, limit.current_at_80pct_mA_cm2), (0.5, limit.current_at_50pct_mA_cm2)):
            if current is None:
                continue
            row = rows(evaluated(cell, c_rates=[], footprint_currents=[f"{current!r} mA/cm^2"]))[0]
            point = getattr(row, which).at_current if which else row
            assert point.utilisation == same(share, rel=1e-6)
    assert isinstance(summary, RateSummary)


@every_run
def test_the_ragone_plot_and_the_energy_table_agree(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.axes import Axes

    found = evaluated(cell)
    energy, heights = found.energy, active_heights(found.cells)
    assert energy is not None
    assert (heights is None) == (found.cell.liquid is not None)
    drawn: list[tuple[Any, ...]] = []
    plot = Axes.plot

    def noted(axes: Axes, *points: Any, **style: Any) -> Any:
        drawn.append(points)
        return plot(axes, *points, **style)

    monkeypatch.setattr(Axes, "plot", noted)
    assert draw_ragone(rows(found), heights) is not None
    if heights is None:  # a half-cell
        assert len(drawn) == 3
        return
    per_area, per_volume, flat_per_area, flat_per_volume = drawn[:4]
    for area, volume, table in (
        (per_area, per_volume, energy),
        (flat_per_area, flat_per_volume, energy.planar),
    ):
        dense, whole = table.volumetric_energy_Wh_L.active, table.footprint_energy_mWh_cm2
        assert dense is not None
        assert whole is not None
        for axis in (0, 1):  # power and energy per volume are those per footprint over one height
            assert volume[axis] == same([value * dense / whole for value in area[axis]], rel=1e-9)


@every_run
@pytest.mark.parametrize("relief", ["pillars", "holes", "through-holes", "wave"])
def test_heights_are_those_of_relief_films_and_what_covers_them(cell: str, relief: str) -> None:
    if not has_closed_form(relief, cell):
        return
    found = evaluated(cell, relief)
    assert found.device is not None
    assert found.energy is not None
    cells = 3 if cell == "bipolar" else 1
    faces = 2 if relief == "through-holes" else 1
    films = sum(film.layer.thickness for film in found.cell.made.films) * 1e6
    films += found.cell.kind.cover(found.cell).height * 1e6
    substrates = 500.0 + (cells - 1) * 30.0
    assert found.device.height_um == same(substrates + cells * faces * films, rel=1e-9)
    active = cells * (found.geometry.relief_height_um + faces * films)
    energy = found.energy
    dense = energy.volumetric_energy_Wh_L.active
    assert found.cell.bulk.active_height * 1e6 == same(active, rel=1e-9)
    if lithium_of(found.cell).is_half_cell:
        assert dense is None
    else:
        assert dense == same((energy.footprint_energy_mWh_cm2 or 0.0) / active * 1e4, rel=1e-9)


SWELLING = {"LiV2O5": {"expansion": 0.1}, "SnNx": {"expansion": 2.5}}
LITHIUM_FILM = "lithium anode"


def coated(found: AssembledCell, offset: float) -> float:
    """Return the volume up to an offset on the relief, m³: the closed form of PHYSICS section 1."""
    return found.relief.volume(Level(offset, offset))


@every_run
@pytest.mark.parametrize("relief", ["planar", "pillars", "holes", "through-holes", "trenches", "wave"])
def test_the_charged_anode_counts_in_the_height(cell: str, relief: str) -> None:
    found = evaluate(design_from_mapping(design(relief, cell, materials=SWELLING))).cell
    cover, balance, films = found.kind.cover(found), lithium_of(found), found.made.films
    assert cover.mass == 0
    if balance.is_half_cell:
        assert cover.height == 0
        return
    cathode = found.made.first("cathode")
    assert cathode is not None
    if cell in ("anode-free", LITHIUM_FILM):
        # 0.485 mm³ a mAh of what the cathode brought, grown on the walls as well
        laid = films[: 3 if cell == "anode-free" else 4]
        below = sum(film.layer.thickness for film in laid)
        volume = coated(found, below + cover.height) - coated(found, below)
        room = cathode.layer.material.value("volumetric_capacity") or 0.0
        assert volume == same(cathode.volume * room / 3.6 * 0.485e-9, rel=2e-3)
        return
    anode = found.made.first("anode")
    assert anode is not None
    assert balance.anode is not None
    assert balance.charged_anode == same(balance.capacity / balance.anode, rel=1e-9)
    assert cover.height == same(2.5 * balance.charged_anode * anode.layer.thickness, rel=1e-9)
    flat = evaluate(design_from_mapping(design(relief, cell)))
    assert flat.cell.bulk.active_height < found.bulk.active_height
    assert any("heights are those of the films as made" in note for note in flat.notes)


@pytest.mark.parametrize("relief", ["planar", "pillars", "holes", "through-holes"])
@pytest.mark.parametrize("metal", [True, False])
def test_a_filling_anode_rises_over_its_flat_face(metal: bool, relief: str) -> None:
    anode = {"role": "anode", "material": "Li" if metal else "SnNx", "fill": {"above_top": "1 um"}}
    mapping = design(relief, LITHIUM_FILM, materials=SWELLING)
    mapping["layers"] = [*mapping["layers"][:3], anode]
    found = evaluate(design_from_mapping(mapping)).cell
    balance, film = lithium_of(found), found.made.films[3]
    faces = 2 if relief == "through-holes" else 1
    grown = (
        balance.capacity / 3.6 * 0.485e-9
        if metal
        else 2.5 * balance.charged_anode * film.volume / (found.relief.footprint)
    )
    assert faces * found.kind.cover(found).height == same(grown, rel=2e-3)


def test_energy_per_volume_of_the_charged_cell() -> None:
    # LiCoO2 1 um of 60 uAh/cm2/um at a plateau of 4 V; Si at 0.2 V, N/P 1.25, swelling by 280 % when full
    films = [
        {"role": "cathode", "material": "LiCoO2", "thickness": "1 um"},
        {"role": "electrolyte", "material": "LiPON", "thickness": "500 nm"},
        {"role": "anode", "material": "Si", "thickness": "100 nm"},
    ]
    flat: dict[str, Any] = {"form": "constant", "window": [0, 1]}
    mapping = design("planar", "conformal", layers=films)
    mapping["operation"]["voltage"] = {"min": "3 V", "max": "4.2 V"}
    mapping["materials"] = {
        "LiCoO2": {
            "volumetric_capacity": "60 uAh/cm^2/um",
            "open_circuit": {**flat, "parameters": {"potential": 4.0}},
        },
        "Si": {
            "volumetric_capacity": "750 uAh/cm^2/um",
            "expansion": 2.8,
            "initial_efficiency": 1,
            "open_circuit": {**flat, "parameters": {"potential": 0.2}},
        },
    }
    silicon = evaluate(design_from_mapping(mapping))
    mapping["layers"][2] = {"role": "anode", "material": "Li", "thickness": "3 um"}
    metal = evaluate(design_from_mapping(mapping))
    for found, volts, height in ((silicon, 3.8, 1.6 + 0.28 * 0.8), (metal, 4.0, 4.5 + 60 * 4.85e-3)):
        assert found.energy is not None
        # 60 uAh/cm2 at so many volts over so many um: 1 mWh/cm2/um are 1e4 Wh/L
        dense = 60e-3 * volts / height * 1e4
        for numbers in (found.energy, found.energy.planar):
            assert numbers.volumetric_energy_Wh_L.active == same(dense, rel=1e-4)


def test_a_cover_adds_its_height_on_each_face_and_its_mass_once() -> None:
    made = evaluated("conformal", "through-holes").cell.made
    wafer, package = Wafer(500e-6, 2330.0), Package(10e-6, 2500.0)
    bare, covered = (bulk(made, wafer, package, 2, None, one) for one in (Cover(), Cover(7e-6, 0.03)))
    assert covered.active_height - bare.active_height == same(4 * 7e-6)
    assert (covered.device_height or 0) - (bare.device_height or 0) == same(4 * 7e-6)
    assert (covered.active_mass or 0) - (bare.active_mass or 0) == same(2 * 0.03)
    assert (covered.device_mass or 0) - (bare.device_mass or 0) == same(2 * 0.03)
    assert covered.border_mass == bare.border_mass
    unknown = bulk(made, wafer, package, 2, None, Cover(7e-6, None))
    assert (unknown.active_mass, unknown.device_mass) == (None, None)
    assert unknown.active_height == covered.active_height


@every_cell
def test_one_report_assembles_one_cell(cell: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if cell not in ("geometry only", "conformal", "anode-free", "flooded"):
        return
    laid: list[object] = []
    lay = kinds.lay_cell

    def counted(*given: Any) -> Any:
        laid.append(given)
        return lay(*given)

    for module in ("tfgeom.cells.kinds", "tfgeom.cells.planes", "tfgeom.cells.plane_family"):
        monkeypatch.setattr(f"{module}.lay_cell", counted)
    mapping = design("pillars", cell) | {"schema_version": 1}
    page = render_report(design_from_mapping(mapping), tmp_path / "x.html", "analytic")
    assert page.is_file()
    # the cell, the plane of the same films, and that of the same capacity where there is one; of the best plane
    # two tell of all, and one more their N/P where there are two electrode films
    best = {"conformal": 3, "anode-free": 2}
    assert len(laid) == (2 if cell == "geometry only" else 3 + best.get(cell, 0))


@every_run
def test_a_discharge_from_half_charge_starts_at_the_rest_voltage_there(cell: str) -> None:
    found = evaluated(cell, c_rates=[1e-7], initial_state_of_charge=0.5)
    whole, shared, capacity = lithium_of(found.cell), found.cell.blueprint, found.capacity
    sides = found.cell.kind.sides(found.cell)
    assert capacity is not None
    assert sides is not None
    row = rows(found)[0]
    assert row.utilisation == same(1, rel=1e-4)
    share = row.capacity_uAh_cm2 / capacity.held_uAh_cm2
    assert 0 < share <= 0.5 + 1e-9
    charge = whole.capacity * np.linspace(0.5, 0.5 + share, 20001)
    rest = shared.in_series * cell_voltage(sides, charge, shared.temperature)
    mean = float(np.trapezoid(rest, charge) / (charge[-1] - charge[0]))
    assert row.mean_voltage_V == same(mean, rel=2e-3)


@every_run
def test_the_rate_model_takes_the_faces_that_meet_the_electrolyte(cell: str) -> None:
    found = evaluated(cell)
    assembled, layers = found.cell, found.cell.charged.films
    cathode, anode = assembled.kind.electrodes(assembled, 0.0)
    films = {film.layer.role: film for film in layers}
    footprint = assembled.relief.footprint
    if assembled.liquid is not None:
        (film,) = (film for film in layers if film.layer.role in ("cathode", "anode"))
        assert cathode.face_gain == same(film.outer_area / footprint, rel=1e-12)
        assert anode.face_gain == 1  # the flat counter electrode
        return
    inside, outside = (cathode, anode) if cell != "anode inside" else (anode, cathode)
    first, last = (
        films[role] for role in (("cathode", "anode") if cell != "anode inside" else ("anode", "cathode"))
    )
    assert inside.face_gain == same(first.outer_area / footprint, rel=1e-12)
    assert outside.face_gain == same(last.inner_area / footprint, rel=1e-12)
    assert inside.face_gain < outside.face_gain  # films on pillars grow outwards


def test_swollen_films_of_an_anode_free_cell_leave_room_for_its_lithium() -> None:
    swelling = {"materials": {"LiV2O5": {"expansion": 0.1}}}
    found = evaluate(design_from_mapping(design("pillars", "anode-free", **swelling)))
    geometry, charged = found.geometry, found.cell.charged
    plated = charged.named("plated_lithium")
    assert plated is not None
    assert geometry.gap_after_coating_nm is not None
    thicker = 0.1 * 70 + plated.layer.thickness * 1e9
    # the lithium that grew on a thicker electrode is a little thinner
    assert geometry.gap_after_swelling_nm == same(geometry.gap_after_coating_nm - 2 * thicker, rel=1e-4)


@pytest.mark.parametrize("cell", ["conformal", "bipolar"])
def test_the_reports_bounds_hold_its_resistance(cell: str) -> None:
    found = evaluate(design_from_mapping(design("holes", cell)), "fem")
    assert found.resistance is not None
    ((_, words, *_),) = bound_rows(found)
    low, high = (float(text) for text in str(words).split(" to "))
    assert low * (1 - 1e-4) <= found.resistance.asr_ohm_cm2 <= high * (1 + 1e-4)
    assert high < 1.1 * low
