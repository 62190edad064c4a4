"""Where collectors are contacted: what each relief has, what is refused, what costs nothing."""

import math

import numpy as np
import pytest

from tests.solves import film_fields, parts_of, solved_films
from tests.stacks import pearse_stack
from tests.wires import films, wires
from tfgeom.errors import DesignError, MaterialError
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave
from tfgeom.transport.circuit import film_circuit
from tfgeom.transport.contacts import PLACES, Contacts, Place, check_contacts, contact_nodes
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.system import assemble_conduction
from tfgeom.transport.series import series_resistance

COARSE = Resolution(1)
HEIGHT = 10e-6
CELLS: dict[str, tuple[Cell, tuple[Place, ...]]] = {
    "planar": (planar(), ()),
    "wave": (wave(2e-6, 20e-6), ()),
    "pillars": (pillars(3e-6, 6e-6, HEIGHT, "square"), ("floor",)),
    "square pillars": (pillars(3e-6, 6e-6, HEIGHT, "hexagonal", sides=4), ("floor",)),
    "tubes": (microtubes(3e-6, 0.8e-6, 5e-6, HEIGHT, "hexagonal"), ("floor",)),
    "holes": (holes(3e-6, 6e-6, HEIGHT, "hexagonal"), ("top",)),
    "honeycomb": (honeycomb(1.5e-6, 6e-6, HEIGHT), ("top",)),
    "trenches": (trenches(3e-6, 6e-6, HEIGHT), ("floor", "top")),
    "through-holes": (holes(3e-6, 6e-6, HEIGHT, "square", through=True), ("floor", "top")),
}
ROWS = (("inner_collector", 20e-9), ("electrolyte", 100e-9), ("outer_collector", 20e-9))


@pytest.mark.parametrize("name", CELLS)
def test_places_of_each_kind(name: str) -> None:
    cell, places = CELLS[name]
    assert cell.border_places == places
    allowed = {"ideal", "auto", *places} | ({"both"} if len(places) == 2 else set())
    for place in PLACES:
        for contacts in (Contacts(place, "ideal"), Contacts("auto", place)):
            if place in allowed:
                check_contacts(cell, contacts)
            else:
                with pytest.raises(DesignError, match=r"operation\.contact: .*'ideal'"):
                    check_contacts(cell, contacts)


@pytest.mark.parametrize("name", CELLS)
def test_contacts_lie_on_the_border_of_the_cell_at_their_height(name: str) -> None:
    cell, places = CELLS[name]
    mesh = mesh_films(films(cell, ("electrolyte", 100e-9)), COARSE)
    assert contact_nodes(mesh, "ideal") is None
    if not places:
        assert contact_nodes(mesh, "auto") is None
        return
    points = mesh.points_um[0]
    found = {place: contact_nodes(mesh, place) for place in places}
    for place, nodes in found.items():
        assert nodes is not None
        assert points[nodes, 2] == pytest.approx(0.0 if place == "floor" else HEIGHT * 1e6, abs=1e-9)
        if name == "trenches":  # the middle of the ridge and that of the trench
            assert points[nodes, 0] == pytest.approx(0.0 if place == "top" else 3.0, abs=1e-9)
        else:
            assert set(nodes) <= set(mesh.symmetry_planes["border"])
    everywhere = contact_nodes(mesh, "auto")
    assert everywhere is not None
    assert set(everywhere) == {int(node) for nodes in found.values() if nodes is not None for node in nodes}


def test_an_island_is_refused_and_what_goes_on_is_named() -> None:
    stack = pearse_stack(pillars(3e-6, 6e-6, HEIGHT, "square"))
    with pytest.raises(
        DesignError,
        match=r"operation\.contact: 'top' is impossible for the outer collector of pillars: its top is an "
        r"island in every unit cell, .* at the floor; use 'floor', 'auto' or 'ideal'",
    ):
        solved_films(wires(stack), COARSE, Contacts("floor", "top"))
    hole = pearse_stack()
    with pytest.raises(
        DesignError, match=r"'both' is impossible for the inner collector of holes: its floor"
    ):
        solved_films(wires(hole), COARSE, Contacts("both", "ideal"))
    plane = pearse_stack(planar())
    with pytest.raises(DesignError, match=r"'floor' is no place of a planar cell; use 'auto' or 'ideal'"):
        solved_films(wires(plane), COARSE, Contacts("floor", "ideal"))


def test_an_electrode_of_unknown_conductivity_cannot_carry_the_current_to_a_contact() -> None:
    cell = pillars(3e-6, 6e-6, HEIGHT, "square")
    stack = films(cell, ("cathode", 70e-9), ("electrolyte", 100e-9), ("anode", 50e-9))
    unknown = wires(stack, {"cathode": math.inf})
    with pytest.raises(
        MaterialError, match=r"layers\.cathode\.material: there is no inner_collector, and the"
    ) as e:
        solved_films(unknown, COARSE, Contacts("auto", "ideal"))
    for remedy in ("electronic_conductivity", "add a current_collector", "operation.contact: ideal"):
        assert remedy in str(e.value)
    # from the other side it is of no concern
    assert solved_films(unknown, COARSE, Contacts("ideal", "auto")).asr > 0


def test_a_collector_of_unknown_resistivity_counts_as_ideal() -> None:
    cell = pillars(3e-6, 6e-6, HEIGHT, "square")
    stack = films(cell, *ROWS)
    ideal = solved_films(wires(stack), COARSE)
    assert solved_films(wires(stack), COARSE, Contacts("auto", "auto")).asr == ideal.asr
    one = solved_films(wires(stack, {"inner_collector": 50.0}), COARSE, Contacts("auto", "auto"))
    assert one.asr > 1.01 * ideal.asr


@pytest.mark.parametrize("cell", [planar(), wave(2e-6, 20e-6)], ids=["planar", "wave"])
def test_a_sheet_without_features_is_contacted_everywhere(cell: Cell) -> None:
    stack = films(cell, *ROWS)
    poor = wires(stack, {"inner_collector": 1.0, "outer_collector": 1.0})
    ideal = solved_films(poor, COARSE)
    assert solved_films(poor, COARSE, Contacts("auto", "auto")).asr == ideal.asr


def test_metal_collectors_on_tall_pillars_cost_next_to_nothing() -> None:
    # The library's Ru and TiN, 50 um tall: nu²/3 with nu² = R_sq h²/ASR of the wall.
    height = 50e-6
    stack = pearse_stack(pillars(3e-6, 6e-6, height, "hexagonal"))
    known = film_circuit(stack, 298.15, "ohmic")
    assert not known.incomplete
    ideal = solved_films(known, COARSE)
    found = solved_films(known, COARSE, Contacts("auto", "auto"))
    sheet = sum(
        1 / (film.conductivity * film.film.layer.thickness)
        for film in known.films
        if film.part.endswith("collector")
    )
    wall = ideal.asr * stack.films[2].outer_area / stack.cell.footprint
    loss = found.asr / ideal.asr - 1
    assert loss == pytest.approx(sheet * height**2 / wall / 3, rel=0.15)
    assert 0 < loss < 1e-5
    assert parts_of(found.losses)["outer_collector"] > parts_of(found.losses)["inner_collector"] > 0
    assert sum(parts_of(found.losses).values()) == pytest.approx(found.asr, rel=1e-12)
    # a bound that holds for equipotential collectors only is not given
    assert found.bounds[0] is not None
    assert found.bounds[0] < found.asr
    assert found.bounds[1] is None


def test_films_side_by_side_share_the_loss_along_them_as_they_conduct() -> None:
    # Collector and cathode lie at one potential: along the relief each dissipates as its sheet conducts.
    thickness = {"inner_collector": 50e-9, "cathode": 100e-9}
    sigma = {"inner_collector": 1e6, "cathode": 1e5}
    stack = films(
        trenches(3e-6, 6e-6, 3e-3), *thickness.items(), ("electrolyte", 100e-9), ("outer_collector", 20e-9)
    )
    conducting = wires(stack, {**sigma, "electrolyte": 1e-5})
    found = solved_films(conducting, COARSE, Contacts("floor", "ideal"))
    assert {one.part for one in film_fields(found).core.conductors} == {"electrolyte"}
    through = parts_of(series_resistance(conducting))
    along = {part: parts_of(found.losses)[part] - through[part] for part in thickness}
    assert along["cathode"] > 100 * through["cathode"]
    expected = (
        sigma["cathode"] * thickness["cathode"] / (sigma["inner_collector"] * thickness["inner_collector"])
    )
    assert along["cathode"] / along["inner_collector"] == pytest.approx(expected, rel=1e-9)


def test_more_contacts_never_hurt() -> None:
    # Rayleigh: joining nodes can only lower a resistance.
    stack = films(trenches(3e-6, 6e-6, 30e-6), *ROWS)
    poor = wires(stack, {"inner_collector": 1.0, "outer_collector": 0.5})

    def asr(inner: Place, outer: Place) -> float:
        return solved_films(poor, COARSE, Contacts(inner, outer)).asr

    assert asr("ideal", "ideal") < asr("both", "ideal") < asr("floor", "ideal") < asr("floor", "floor")
    assert asr("both", "both") < min(asr("both", "floor"), asr("both", "top"))
    assert asr("floor", "top") > asr("both", "top")


@pytest.mark.parametrize("rows", [
    ROWS,
    (ROWS[0], ("cathode", 70e-9), *ROWS[1:]),
    (ROWS[0], ("cathode", 70e-9), ROWS[1], ("anode", 50e-9), ROWS[2]),
], ids=len)  # fmt: skip
@pytest.mark.parametrize("sheet", [1e2, 1e5, 1e8])
def test_lines_agree_with_the_direct_solve_and_take_few_steps(
    monkeypatch: pytest.MonkeyPatch, rows: tuple[tuple[str, float], ...], sheet: float
) -> None:
    from tfgeom.transport.films import linear

    stack = films(holes(3e-6, 6e-6, 10e-6, "hexagonal"), *rows)
    metal = 1 / (sheet * 20e-9)
    conducting = wires(stack, {
        "inner_collector": metal, "outer_collector": metal, "cathode": 1e-4, "electrolyte": 1e-4, "anode": 1e-4,
    })  # fmt: skip
    core = conducting_core(conducting)
    mesh = mesh_films(core.stack, Resolution(2))
    nodes = contact_nodes(mesh, "auto")
    system = assemble_conduction(core, mesh, (nodes, nodes))
    monkeypatch.setattr(linear, "_DIRECT_UNKNOWNS", 10**9)
    direct = linear.solve_films(system)
    monkeypatch.setattr(linear, "_DIRECT_UNKNOWNS", 0)
    lines = linear.solve_films(system)
    assert lines.potential == pytest.approx(direct.potential, abs=1e-6)
    assert system.links.power(lines.potential) == pytest.approx(
        system.links.power(direct.potential), rel=1e-9
    )
    assert 0 < lines.iterations <= 25
    assert np.ptp(lines.potential[0]) > 0  # the collector is not equipotential
