"""Columns over the surface, joined along the collectors: what they hold, and what they lose at a small current."""

import math

import numpy as np
import pytest

from tests.kinds import RELIEFS, design
from tests.solves import solved_films
from tests.wires import films, wires
from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes
from tfgeom.design import design_from_mapping
from tfgeom.errors import MaterialError
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.resolution import Resolution
from tfgeom.metrics.film_cells import film_cells
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.contacts import Contacts
from tfgeom.transport.discharge.columns import CutCircuit
from tfgeom.transport.discharge.film_cell import FilmCell, Sheet
from tfgeom.transport.discharge.surface_columns import cut_between_contacts

AUTO = Contacts("auto", "auto")
TALL = 200e-6


def assembled(relief: str = "pillars", uneven: bool = False, contact: str = "auto") -> AssembledCell:
    given = design(relief)
    if uneven:
        given["layers"] = [{**layer, "step_coverage": 0.6} for layer in given["layers"]]
    given["operation"] = {**given["operation"], "contact": contact}
    return assemble_cell(design_from_mapping(given))


def cut(cell: AssembledCell, *, contacted: bool = True) -> FilmCell:
    return cell.kind.film_cell(cell, nominal=usable_of(cell).charge, contacted=contacted)


def resistance(columns: CutCircuit, sheets: tuple[Sheet, ...]) -> float:
    """Return the resistance at a small current, ohm m²: ``R_i I_i + sum of K^-1 I`` is one voltage."""
    own = np.zeros_like(columns.films[0].inner) + sum(row.resistance for row in columns.rows())
    own = own + sum(face.charge_transfer / columns.face(face) for face in columns.circuit.interfaces)
    drop = np.diag(own)
    for sheet in sheets:
        free = np.setdiff1d(np.arange(own.size), sheet.contact)
        drop[np.ix_(free, free)] += np.linalg.inv(sheet.stiffness.toarray()[np.ix_(free, free)])
    return 1 / float(np.linalg.solve(drop, np.ones(own.size)).sum()) if sheets else 1 / float(np.sum(1 / own))


@pytest.mark.parametrize("relief", RELIEFS)
def test_columns_hold_the_films_of_every_relief(relief: str) -> None:
    cell = assembled(relief)
    circuit = cell.circuit
    assert isinstance(circuit, FilmCircuit)
    columns, _ = cut_between_contacts(circuit, AUTO)
    rough = 1e-9 if relief == "wave" else 1e-12
    for one, found in zip(circuit.films, columns.films, strict=True):
        volume = found.columns(wetted_outside=True).volume.sum() * cell.relief.footprint
        assert volume == pytest.approx(one.film.volume, rel=rough)
        assert found.outer.sum() * cell.relief.footprint == pytest.approx(one.film.outer_area, rel=rough)


def test_uneven_films_are_held_too() -> None:
    cell = assembled("holes", uneven=True)
    circuit = cell.circuit
    assert isinstance(circuit, FilmCircuit)
    columns, _ = cut_between_contacts(circuit, AUTO)
    for one, found in zip(circuit.films, columns.films, strict=True):
        volume = found.columns(wetted_outside=True).volume.sum() * cell.relief.footprint
        assert volume == pytest.approx(one.film.volume, rel=1e-3)
        least = one.film.layer.thickness * 0.6
        assert found.thickness.min() == pytest.approx(least, rel=0.05)
        assert found.thickness.max() == pytest.approx(one.film.layer.thickness, rel=1e-6)


@pytest.mark.parametrize("relief", ["holes", "trenches", "square pillars"])
def test_collectors_that_conduct_well_make_it_the_ideal_cell(relief: str) -> None:
    cell = assembled(relief)
    circuit = cell.circuit
    assert isinstance(circuit, FilmCircuit)
    found = resistance(*cut_between_contacts(circuit, AUTO))
    # beside feet and rims, where columns are no equipotentials across their neighbours
    assert found == pytest.approx(float(cell.kind.closed_form(cell).total), rel=4e-3)


@pytest.mark.parametrize(
    "cell", [pillars(3e-6, 6e-6, TALL, "square"), trenches(3e-6, 6e-6, TALL)], ids=["pillars", "trenches"]
)
@pytest.mark.parametrize("nu", [0.3, 3.0])
def test_a_resistive_inner_sheet_on_a_tall_wall_is_a_fin(cell: Cell, nu: float) -> None:
    # PHYSICS 4: mean over end current tanh(nu)/nu, nu² = R_sq h²/ASR of the wall; cap and floor are small
    rows = (("inner_collector", 20e-9), ("cathode", 50e-9), ("electrolyte", 100e-9), ("anode", 50e-9))
    length = TALL + 0.75e-6  # half the cap hangs on the end of the wall
    wall = 100e-9 / 1e-5
    metal = length**2 / (nu**2 * wall * 20e-9)
    stack = films(cell, *rows, ("outer_collector", 20e-9))
    circuit = wires(
        stack, {"inner_collector": metal, "cathode": 1e-2, "electrolyte": 1e-5, "anode": math.inf}
    )
    columns, (sheet,) = cut_between_contacts(circuit, Contacts("floor", "ideal"))
    assert sheet.part == "inner_collector"
    share = resistance(columns, ()) / resistance(columns, (sheet,))
    assert share == pytest.approx(math.tanh(nu) / nu, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("metal", [1e3, 1.0])
def test_sheets_lose_what_finite_elements_have(metal: float) -> None:
    cell = pillars(3e-6, 6e-6, 30e-6, "hexagonal")
    rows = (("inner_collector", 20e-9), ("cathode", 70e-9), ("electrolyte", 100e-9), ("anode", 50e-9))
    stack = films(cell, *rows, ("outer_collector", 20e-9))
    sigma = {"inner_collector": metal, "cathode": 0.1, "anode": 0.1, "outer_collector": 10 * metal}
    circuit = wires(stack, {**sigma, "electrolyte": 1e-4}, {"cathode|electrolyte": 1e-4})
    solved = solved_films(circuit, None, AUTO)
    columns, sheets = cut_between_contacts(circuit, AUTO)
    assert solved.asr > (1.01 if metal == 1e3 else 5) * resistance(columns, ())
    assert resistance(columns, sheets) == pytest.approx(solved.asr, rel=6e-3)


@pytest.mark.slow
def test_an_electrode_without_a_collector_carries_its_current_along_itself() -> None:
    cell = pillars(3e-6, 6e-6, 30e-6, "hexagonal")
    stack = films(
        cell, ("cathode", 100e-9), ("electrolyte", 100e-9), ("anode", 50e-9), ("outer_collector", 20e-9)
    )
    circuit = wires(stack, {"cathode": 1.0, "electrolyte": 1e-4, "anode": 100.0})
    places = Contacts("auto", "ideal")
    solved = solved_films(circuit, None, places)
    columns, (sheet,) = cut_between_contacts(circuit, places)
    # its potential does not vary across it here
    assert resistance(columns, (sheet,)) == pytest.approx(solved.asr, rel=0.01)
    assert resistance(columns, (sheet,)) > 1.2 * resistance(columns, ())


@pytest.mark.slow
def test_more_columns_change_little() -> None:
    cell = pillars(3e-6, 6e-6, 30e-6, "hexagonal")
    rows = (("inner_collector", 20e-9), ("electrolyte", 100e-9), ("outer_collector", 20e-9))
    circuit = wires(films(cell, *rows), {"inner_collector": 100.0, "electrolyte": 1e-4})
    places = Contacts("auto", "ideal")
    coarse, fine = (
        resistance(*cut_between_contacts(circuit, places, Resolution(refine, first_cell=8.0, growth=1.3)))
        for refine in (1, 2)
    )
    assert coarse == pytest.approx(fine, rel=3e-3)


def test_sheets_conserve_current_and_conduct() -> None:
    found = cut(assembled("rounded pillars"))
    assert [sheet.part for sheet in found.sheets] == ["inner_collector", "outer_collector"]
    for sheet in found.sheets:
        stiffness = sheet.stiffness.toarray()
        assert stiffness == pytest.approx(stiffness.T, abs=1e-12 * stiffness.max())
        assert np.abs(stiffness.sum(axis=1)).max() < 1e-9 * stiffness.max()
        values = np.linalg.eigvalsh(stiffness)
        assert values[0] == pytest.approx(0.0, abs=1e-9 * values[-1])
        assert values[1] > 0  # one piece
    assert found.size == found.anode.face.size == found.resistance.size


def test_a_contact_counts_for_the_relief_and_not_for_its_planes() -> None:
    cells = beside_planes(assembled())
    found = film_cells(cells).value
    assert found is not None
    assert len(found.cell.sheets) == 2
    assert [(plane.size, plane.sheets) for plane in found.planes.values()] == [(1, ()), (1, ())]
    ideal = film_cells(cells, contacted=False).value
    assert ideal is not None
    assert (ideal.cell.size, ideal.cell.sheets) == (3, ())


@pytest.mark.parametrize(("relief", "contact"), [("pillars", "ideal"), ("wave", "auto")])
def test_without_a_place_to_contact_collectors_are_ideal(relief: str, contact: str) -> None:
    cell = assembled(relief, contact=contact)
    contacted, ideal = cut(cell), cut(cell, contacted=False)
    assert contacted.sheets == ()
    assert contacted.size == ideal.size


def test_where_nothing_known_carries_the_current_to_the_contact_it_is_said() -> None:
    stack = films(
        pillars(3e-6, 6e-6, 10e-6, "square"), ("cathode", 70e-9), ("electrolyte", 100e-9), ("anode", 50e-9)
    )
    with pytest.raises(MaterialError, match="there is no inner_collector, and the electronic conductivity"):
        cut_between_contacts(wires(stack, {"cathode": math.inf}), Contacts("auto", "ideal"))


def test_contacts_of_films_that_cannot_be_meshed_are_left_out_with_a_note() -> None:
    given = design()
    given["operation"] = {**given["operation"], "contact": "auto"}
    given["layers"][-1].pop("thickness")
    given["layers"][-1]["fill"] = {"above_top": "2 um"}
    found = film_cells(beside_planes(assemble_cell(design_from_mapping(given))))
    assert found.value is not None
    assert found.value.cell.sheets == ()
    assert found.notes[0].startswith(
        "the film model takes the collectors as equipotentials: not yet supported: a film mesh of a layer"
    )
