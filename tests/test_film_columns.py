"""The road from a cell to the film model: columns, what they hold, and what they lose at a small current."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.kinds import design, every_design, has_closed_form
from tests.random_designs import random_design
from tests.shipped import DANILOV, PEARSE, SHIPPED, mapping_of
from tfgeom.cells.assembled import AssembledCell, lithium_of, usable_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes
from tfgeom.constants import thermal_voltage
from tfgeom.design import design_from_mapping
from tfgeom.errors import MaterialError, TfgeomError
from tfgeom.films import stack_films
from tfgeom.metrics.film_cells import film_cells
from tfgeom.transport.circuit import FilmCircuit, dc_resistance_factor, film_circuit
from tfgeom.transport.discharge.columns import columns_of_surface
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.series import series_resistance
from tfgeom.units import NM, UAH_PER_CM2

HOUR = 3600.0
TALIN = next(path for path in SHIPPED if path.stem == "talin_2016_columns")
BATES = next(path for path in SHIPPED if path.stem == "bates_planar")
ANODE_FREE = next(path for path in SHIPPED if path.stem == "anode_free_pillars")


def assembled(given: Path | dict[str, Any]) -> AssembledCell:
    return assemble_cell(design_from_mapping(given if isinstance(given, dict) else mapping_of(given)))


def cut(cell: AssembledCell) -> FilmCell:
    return cell.kind.film_cell(cell, nominal=usable_of(cell).charge, contacted=False)


def small_signal(cell: FilmCell) -> float:
    """Return the resistance of the columns in parallel with charge transfer at a small current, ohm m²."""
    each = cell.resistance
    for electrode in (cell.cathode, cell.anode):
        exchange = electrode.material.value_at("exchange_current", cell.temperature)
        if exchange:
            each = each + thermal_voltage(cell.temperature) / exchange / electrode.face
    for weak in cell.weak:
        constants = weak.material.dissociation
        conductivity = weak.material.dissociated_conductivity(cell.temperature)
        assert constants is not None
        assert conductivity is not None
        factor = np.array([dc_resistance_factor(constants, float(one)) for one in weak.thickness])
        each = each + weak.thickness / conductivity * factor / weak.area
    return 1 / float(np.sum(1 / each))


def in_tubes(cell: AssembledCell) -> float:
    """Return the closed form's resistance with every film taken as uneven, in tubes side by side, ohm m²."""
    circuit = cell.circuit
    assert isinstance(circuit, FilmCircuit)
    if not circuit.is_uniform:
        return float(series_resistance(circuit).total)
    layers = [
        film.layer if film.layer.fills else replace(film.layer, step_coverage=1 - 1e-13)
        for film in cell.charged.films
    ]
    design = cell.blueprint.design
    assert design.cell is not None
    tubes = film_circuit(
        stack_films(cell.relief, layers), cell.blueprint.temperature, design.cell.electrolyte_model
    )
    return float(series_resistance(tubes).total)


def with_columns(given: Path | dict[str, Any]) -> AssembledCell:
    """Return the conformal cell of a design; skip what has none, or none that discharges."""
    try:
        cell = assembled(given)
        usable = cell.usable
    except TfgeomError:
        pytest.skip("refused")
    if usable is None or usable.energy is None or not isinstance(cell.circuit, FilmCircuit):
        pytest.skip("no conformal cell with curves")
    return cell


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_columns_lose_at_a_small_current_what_the_closed_form_has_of_the_same_tubes(path: Path) -> None:
    cell = with_columns(path)
    assert small_signal(cut(cell)) == pytest.approx(in_tubes(cell), rel=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_so_do_those_of_random_designs(seed: int) -> None:
    cell = with_columns(random_design(seed))
    if getattr(cell.blueprint.design.cell, "electrolyte_model", "") in ("dc", "dissociation"):
        pytest.skip("its factor goes by each column's own thickness, or its loss by the time")
    expected = in_tubes(cell)
    if expected == 0:
        assert not np.any(cut(cell).resistance)
    else:
        assert small_signal(cut(cell)) == pytest.approx(expected, rel=1e-9)


@every_design
def test_columns_hold_their_films_and_start_where_the_usable_range_does(relief: str, cell: str) -> None:
    if not has_closed_form(relief, cell):
        pytest.skip("no resistance")
    made = assembled(design(relief, cell))
    if made.blueprint.without_curve:
        pytest.skip("no open-circuit curve")
    found = cut(made)
    even = relief != "wave" and all(film.outer.is_uniform for film in made.charged.films)
    rough = 1e-12 if even else 2e-3
    sides = made.kind.electrodes(made, usable_of(made).start)
    for film, electrode in zip((found.cathode, found.anode), sides, strict=True):
        assert film.face.sum() == pytest.approx(electrode.face_gain, rel=rough)
        assert film.capacity == electrode.capacity
        assert film.start == pytest.approx(electrode.start, abs=1e-12)
        if film.columns is not None:
            whole = electrode.slab_thickness * electrode.face_gain
            assert film.columns.volume.sum() == pytest.approx(whole, rel=rough)
            assert np.array_equal(film.columns.wetted, film.face)
        assert np.isinf(film.capacity) == (film.columns is None)
    assert found.capacity == usable_of(made).charge
    assert found.window == made.blueprint.window


def test_a_plane_is_one_column_and_even_films_on_pillars_are_three() -> None:
    cells = film_cells(beside_planes(assembled(PEARSE))).value
    assert cells is not None
    assert cells.cell.size == 3
    assert [plane.size for plane in cells.planes.values()] == [1, 1]
    # top with rim, wall, floor with foot: of a hole the wall loses and the top wins with growing offset
    columns = cells.cell.cathode.columns
    assert columns is not None
    assert columns.thickness == pytest.approx(70 * NM)
    grows = columns.wetted > columns.blocked
    assert grows.tolist() == [True, False, False]


def test_the_same_capacity_is_the_same_current_at_a_c_rate() -> None:
    cells = film_cells(beside_planes(assembled(PEARSE))).value
    assert cells is not None
    assert cells.planes["same_capacity"].nominal == cells.cell.nominal == usable_of(assembled(PEARSE)).charge


def test_an_electrode_that_lies_outside_is_wetted_at_its_inner_face() -> None:
    given = mapping_of(PEARSE)
    turned = [given["layers"][k] for k in (0, 3, 2, 1, 4)]
    inner, outer = cut(assembled(PEARSE)), cut(assembled({**given, "layers": turned}))
    for one, grows in ((inner.cathode, True), (outer.cathode, False)):
        assert one.columns is not None
        assert (one.columns.wetted[0] > one.columns.blocked[0]) is np.bool_(grows)


def test_plated_lithium_has_a_face_and_no_columns() -> None:
    cell = assembled(ANODE_FREE)
    found = cut(cell)
    assert found.anode.name == "plated_lithium"
    assert found.anode.columns is None
    plated = cell.charged.named("plated_lithium")
    assert plated is not None
    assert found.anode.face.sum() == pytest.approx(plated.inner_area / cell.relief.footprint, rel=1e-12)


def test_a_state_of_charge_starts_it_later() -> None:
    given = mapping_of(PEARSE)
    given["operation"] = {**given["operation"], "initial_state_of_charge": "40 %"}
    half, full = cut(assembled(given)), cut(assembled(PEARSE))
    moved = 0.6 * lithium_of(assembled(PEARSE)).capacity
    assert half.cathode.start - full.cathode.start == pytest.approx(moved / full.cathode.capacity)
    assert full.anode.start - half.anode.start == pytest.approx(moved / full.anode.capacity)


def test_dc_counts_with_the_thickness_of_each_column() -> None:
    given = mapping_of(TALIN)
    for layer in given["layers"]:
        if layer["role"] == "electrolyte":
            layer["material"] = "Li3PO4-Danilov2011"
    found = {}
    for model in ("ohmic", "dc"):
        given["cell"] = {"type": "conformal", "electrolyte_model": model}
        (row,) = (row for row in cut(assembled(given)).ohmic if row.part == "electrolyte")
        found[model] = row.resistance
    factor = found["dc"] / found["ohmic"]
    # thin films relax less through dissociation: the factor falls with the thickness down the wall
    assert factor[0] < factor[-2]


def test_without_an_open_circuit_curve_there_is_no_cell_and_the_reason_is_said() -> None:
    given = mapping_of(PEARSE)
    given["layers"][1]["material"] = "film"
    given["materials"] = {"film": {"volumetric_capacity": "40 uAh/cm^2/um", "lithiation": 0}}
    cell = assembled(given)
    found = film_cells(beside_planes(cell))
    assert found.value is None
    assert found.notes == ("rate is null: no open-circuit curve of cathode",)
    with pytest.raises(
        MaterialError, match=r"'film' has no open-circuit curve.*materials\.film\.open_circuit"
    ):
        cut(cell)


def test_constants_that_are_not_known_are_named() -> None:
    given = mapping_of(PEARSE)
    given["layers"][1]["material"] = "film"
    given["materials"] = {
        "film": {
            "volumetric_capacity": "40 uAh/cm^2/um",
            "lithiation": 0,
            "open_circuit": {"form": "constant", "parameters": {"potential": 3.0}},
        }
    }
    names = ("electronic_conductivity", "exchange_current", "diffusivity")
    assert set(cut(assembled(given)).missing) == {f"cathode.{name}" for name in names}


@pytest.mark.parametrize(("conductivity", "days"), [("1e-13", 181), ("1e-12", 18), ("1e-11", 1.8)])
def test_a_leak_empties_a_cell_in_the_time_that_its_charge_over_its_voltage_takes(
    conductivity: str, days: float
) -> None:
    given = mapping_of(DANILOV)
    for layer in given["layers"]:
        if layer["role"] == "electrolyte":
            layer["thickness"] = "50 nm"
            material = layer["material"]
    given["materials"] = {material: {"electronic_conductivity": f"{conductivity} S/m"}}
    seconds = 2.6 * UAH_PER_CM2 / (cut(assembled(given)).leak * 3.0)
    assert seconds / (24 * HOUR) == pytest.approx(days, rel=0.01)


def test_without_an_electronic_conductivity_nothing_leaks() -> None:
    assert cut(assembled(DANILOV)).leak == 0.0


def test_columns_of_a_cylinder_a_sphere_and_a_torus_are_exact() -> None:
    films = [np.full(1, 70 * NM), np.full(1, 200 * NM)]
    radius, one = 1e-6, np.ones(1)
    ends = [radius, radius + 70 * NM, radius + 270 * NM]
    found = columns_of_surface(films, one / (2 * radius), 0 * one, one)
    for film, (inner, outer) in zip(found, pairwise(ends), strict=True):
        volume = film.columns(wetted_outside=True).volume
        assert volume == pytest.approx((outer**2 - inner**2) / (2 * radius), rel=1e-12)
        assert film.crossing == pytest.approx(radius * np.log(outer / inner), rel=1e-9)
    found = columns_of_surface(films, one / radius, one / radius**2, one)
    for film, (inner, outer) in zip(found, pairwise(ends), strict=True):
        volume = film.columns(wetted_outside=True).volume
        assert volume == pytest.approx((outer**3 - inner**3) / (3 * radius**2), rel=1e-12)
        assert film.crossing == pytest.approx(radius**2 * (1 / inner - 1 / outer), rel=1e-9)
    ring, tube = 3e-6, 1e-6  # Pappus: 2 pi² R (b² - a²) of the film on a torus
    angle = 2 * np.pi * (np.arange(32) + 0.5) / 32
    across = ring + tube * np.cos(angle)
    weights = 2 * np.pi * across * 2 * np.pi * tube / 32
    around = np.cos(angle) / across
    (film,) = columns_of_surface([np.full(32, 300 * NM)], (1 / tube + around) / 2, around / tube, weights)
    volume = film.columns(wetted_outside=True).volume.sum()
    assert volume == pytest.approx(2 * np.pi**2 * ring * ((tube + 300 * NM) ** 2 - tube**2), rel=1e-12)


def test_a_film_thicker_than_the_radius_of_a_bore_is_refused() -> None:
    with pytest.raises(ValueError, match="folds onto itself"):
        columns_of_surface([np.full(1, 2e-6)], np.full(1, -0.5e6), np.zeros(1), np.ones(1))
