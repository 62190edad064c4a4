"""The conduction solve against NGSolve: same mesh, same coefficients, another assembly and another solver."""

import math

import pytest

from tests.ngsolve_films import ngsolve_films, solve_in_ngsolve
from tests.oracles import ngsolve_or_skip
from tests.solves import film_fields, parts_of, solved_films
from tests.stacks import pearse_stack
from tests.verification.covered import assert_covered
from tests.wires import films, pearse, wires
from tfgeom.films import Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.linear import solve_films
from tfgeom.transport.films.system import ConductionSystem, assemble_conduction
from tfgeom.units import UM

COARSE = Resolution(1)
AGREEMENT, OF_PARTS = 1e-9, 1e-7
"""Of the current and of its parts, relative to it: the same integrals, so only rounding is left.  That of the
parts is larger where a film conducts 1e9 times better than a face beside it."""

CELLS: dict[str, Cell] = {
    "holes": holes(3 * UM, 6 * UM, 30 * UM, "hexagonal"),
    "pillars": pillars(2 * UM, 4 * UM, 50 * UM, "square"),
    "square pillars": pillars(3 * UM, 6 * UM, 30 * UM, "square", sides=4),  # hexahedra with repeated corners
    "rectangular pillars": pillars(2 * UM, (4 * UM, 7 * UM), 20 * UM, "rectangular"),
    "trenches": trenches(3 * UM, 6 * UM, 30 * UM),
    "honeycomb": honeycomb(1.5 * UM, 6 * UM, 30 * UM),
}
WEAK_SHEETS = {"inner_collector": 1e3, "outer_collector": 3e2, "cathode": 1e-2}


@pytest.fixture(autouse=True)
def ngsolve() -> None:
    ngsolve_or_skip()


def assembled(
    stack: Stack,
    conducting: FilmCircuit,
    inner: str | None = None,
    outer: str | None = None,
    resolution: Resolution = COARSE,
) -> ConductionSystem:
    """Return the system with each collector fed at a named contact of the mesh, by default everywhere."""
    core = conducting_core(conducting)
    mesh = mesh_films(core.stack, resolution)
    terminals = (
        None if inner is None else mesh.contacts[inner],
        None if outer is None else mesh.contacts[outer],
    )
    return assemble_conduction(core, mesh, terminals)


def assert_agreement(system: ConductionSystem, *, iterated: bool = False) -> None:
    own, other = solve_films(system), solve_in_ngsolve(ngsolve_films(system))
    assert own.unknowns == other.unknowns
    assert (own.iterations > 0) == iterated
    links, sheets = system.links, system.sheets

    def close(power: object) -> object:
        return pytest.approx(power, abs=OF_PARTS * other.current)

    assert links.power(own.potential) == pytest.approx(other.current, rel=AGREEMENT)
    power_of_film = [0.0] * len(other.power_of_film)
    for (link, _), film in zip(sheets.layers, sheets.films, strict=True):
        power_of_film[film] += links.link_product(link, own.potential, own.potential)
    assert power_of_film == close(list(other.power_of_film))
    power_of_jump = {
        junction: links.link_product(link, own.potential, own.potential) for junction, link, _ in sheets.jumps
    }
    assert power_of_jump == close(other.power_of_jump)
    for current in other.current_of_jump.values():
        assert current == close(other.current)
    last = len(system.core.conductors)
    power_of_sheet = {
        junction: links.along_power(0 if junction == 0 else links.n_sheets - 1, own.potential)
        for junction, nodes in zip((0, last), system.terminals, strict=True)
        if nodes is not None
    }
    assert power_of_sheet == close(other.power_of_sheet)


@pytest.mark.parametrize("i0", [math.inf, 5.0], ids=["fast", "5 A/m2"])
@pytest.mark.parametrize("name", CELLS)
def test_agrees_between_equipotential_collectors(name: str, i0: float) -> None:
    assert_agreement(assembled(*pearse(i0, CELLS[name])))


def test_agrees_where_films_vary_with_depth() -> None:
    leaning = holes(6 * UM, 9 * UM, 20 * UM, "hexagonal", 0.1 * UM, angle=math.radians(85))
    stack = pearse_stack(leaning, step_coverage=0.5)
    assert_agreement(assembled(stack, wires(stack, faces={"cathode|electrolyte": 5e-3})))


@pytest.mark.parametrize("i0", [math.inf, 5.0], ids=["fast", "5 A/m2"])
@pytest.mark.parametrize(("name", "inner", "outer"), [
    ("holes", "top", "top"),
    ("pillars", "floor", None),
    ("square pillars", None, "floor"),
    ("trenches", "floor", "top"),
    ("honeycomb", "top", "top"),
])  # fmt: skip
def test_agrees_with_collectors_fed_at_an_end(
    name: str, inner: str | None, outer: str | None, i0: float
) -> None:
    stack, conducting = pearse(i0, CELLS[name], WEAK_SHEETS)
    fed, ideal = assembled(stack, conducting, inner, outer), assembled(stack, conducting)
    assert_agreement(fed)
    lost = 1 - fed.links.power(solve_films(fed).potential) / ideal.links.power(solve_films(ideal).potential)
    assert lost > 1e-3  # the collectors are weak enough to be seen


@pytest.mark.parametrize(("inner", "outer"), [(None, "floor"), ("floor", None), ("floor", "floor")])
@pytest.mark.parametrize("faces", [{}, {"cathode|electrolyte": 2e-3, "electrolyte|anode": 1e-3}], ids=len)
def test_agrees_where_electrodes_are_held_over_their_section(
    faces: dict[str, float], inner: str | None, outer: str | None
) -> None:
    # the collector below the cathode conducts worse than the cathode; above the anode there is none
    rows = (("inner_collector", 20e-9), ("cathode", 150e-9), ("electrolyte", 100e-9), ("anode", 60e-9))
    stack = films(CELLS["pillars"], *rows)
    sigma = {"inner_collector": 0.1, "cathode": 0.1, "anode": 0.01}
    system = assembled(stack, wires(stack, sigma, faces), inner, outer)
    for side, end in enumerate((inner, outer)):
        held = system.held(side)
        assert held.any(axis=1).sum() == (1 if end is None else 2)
    assert_agreement(system)


@pytest.mark.parametrize("end", [None, "floor"])
def test_agrees_with_resistances_at_the_collectors(end: str | None) -> None:
    stack = pearse_stack(CELLS["pillars"])
    faces = {"inner_collector|cathode": 2e-3, "electrolyte|anode": 5e-3, "anode|outer_collector": 1e-3}
    assert_agreement(assembled(stack, wires(stack, WEAK_SHEETS, faces), end, end))


def test_agrees_with_the_iteration_along_the_columns() -> None:
    system = assembled(*pearse(5.0, sigma=WEAK_SHEETS), "top", "top", Resolution(2))
    assert_agreement(system, iterated=True)


def test_resistance_of_the_cell_is_that_of_ngsolve() -> None:
    stack, conducting = pearse(5.0, CELLS["trenches"])
    found = solved_films(conducting, COARSE)
    other = solve_in_ngsolve(
        ngsolve_films(assemble_conduction(film_fields(found).core, film_fields(found).film_mesh))
    )
    resistance = stack.cell.footprint / (other.current * 1e-6 / film_fields(found).film_mesh.unit_cells)
    assert_covered(found, resistance + float(film_fields(found).core.outside.total), AGREEMENT, 0.0)
    for film, conductor in enumerate(film_fields(found).core.conductors):
        expected = (
            film_fields(found).core.outside.by_part()[conductor.part]
            + resistance * other.power_of_film[film] / other.current
        )
        assert parts_of(found.losses)[conductor.part] == pytest.approx(expected, abs=OF_PARTS * found.asr)
