"""The kinds of cell are whole; planes stand on the same road as planar designs, fixed ones and those of any thickness."""

from dataclasses import fields
from functools import partial
from typing import get_args

import pytest

from tests.kinds import CELLS, design, every_cell
from tests.shipped import PEARSE, mapping_of
from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.cells.kinds import CELL_KINDS, assemble_cell
from tfgeom.cells.plane_family import FreePlanes
from tfgeom.cells.planes import FIXED_PLANES, beside_planes
from tfgeom.design import Design, design_from_mapping
from tfgeom.metrics.area_specific_resistance import losses_beside
from tfgeom.results import RateNumbers, RateSummary

same = partial(pytest.approx, rel=1e-12)


def cell_of(cell: str, relief: str = "pillars") -> AssembledCell:
    return assemble_cell(design_from_mapping(design(relief, cell)))


def test_every_kind_of_cell_of_the_file_has_a_module() -> None:
    annotated, _ = get_args(Design.model_fields["cell"].annotation)
    sections = get_args(get_args(annotated)[0])
    stated = {word for section in sections for word in get_args(section.model_fields["type"].annotation)}
    assert {kind for kind in CELL_KINDS if kind is not None} == stated


def test_every_plane_stands_in_the_results() -> None:
    for numbers, others in ((RateNumbers, {"best"}), (RateSummary, set())):
        stated = {
            one.name.removeprefix("planar_") for one in fields(numbers) if one.name.startswith("planar")
        }
        assert stated == set(FIXED_PLANES) | others


@every_cell
def test_the_planes_of_a_plane_are_the_plane(cell: str) -> None:
    cells = beside_planes(cell_of(cell, "planar"))
    own = cells.cell.lithium
    assert set(cells.planes) == (set(FIXED_PLANES) if own is not None else {"same_films"})
    for plane in cells.planes.values():
        assert [film.volume for film in plane.charged.films] == same(
            [film.volume for film in cells.cell.charged.films]
        )
        assert plane.bulk == cells.cell.bulk
    losses = losses_beside(cells, None).value
    assert (losses is None) == (own is None)
    if losses is not None:
        for plane_losses in losses.planes.values():
            assert plane_losses.by_part() == same(losses.cell.by_part())


@every_cell
def test_the_plane_of_the_same_capacity_has_it(cell: str) -> None:
    cells = beside_planes(cell_of(cell))
    if cells.cell.lithium is None:
        return
    assert usable_of(cells.planes["same_capacity"]).charge == same(usable_of(cells.cell).charge)
    for film, own in zip(cells.planes["same_capacity"].made.films, cells.cell.made.films, strict=True):
        is_electrode = film.layer.role in ("cathode", "anode")
        assert (film.layer.thickness > own.layer.thickness) == is_electrode


def test_beside_maps_and_pairs_by_name() -> None:
    first = Beside(1, {"a": 2, "b": 3})
    assert first.map(lambda value: 10 * value) == Beside(10, {"a": 20, "b": 30})
    assert first.pair(Beside("x", {"b": "y"})) == Beside((1, "x"), {"b": (3, "y")})


def test_a_plane_of_any_thickness_is_a_planar_design_of_its_own() -> None:
    free = FreePlanes(assemble_cell(design_from_mapping(mapping_of(PEARSE))), 0.3, 300.0)
    mapping = mapping_of(PEARSE, relief={"kind": "planar"}, chosen={}, published=[])
    for gain in (0.5, 1.0, 7.0):
        plane = free.plane(gain)
        layers = [
            {**layer, "thickness": f"{float(layer['thickness'].split()[0]) * gain} nm"}
            if layer["role"] in ("cathode", "anode")
            else layer
            for layer in mapping["layers"]
        ]
        alone = assemble_cell(design_from_mapping(mapping | {"layers": layers}))
        assert plane.lithium is not None
        assert alone.lithium is not None
        assert plane.lithium.capacity == same(alone.lithium.capacity)
        assert plane.bulk.active_height == same(alone.bulk.active_height)
        assert plane.kind.closed_form(plane).by_part() == same(alone.kind.closed_form(alone).by_part())


def test_only_the_cells_of_the_list_are_tested() -> None:
    assert {cell_of(cell).kind for cell in CELLS} == set(CELL_KINDS.values())
