"""Films that vary with depth, and uniform ones, against bodies drawn from the definition of their levels.

`tests.level_bodies` knows thicknesses and constants only; its meshes are netgen's, of triangles in a section,
of tetrahedra in a sector of a square and a hexagonal cell.
"""

import math
from functools import cache

import pytest

from tests.design_texts import mapping_in
from tests.half_cells import material
from tests.level_bodies import Body, film_regions, liquid_region, solve_section, solve_sector
from tests.oracles import ngsolve_or_skip
from tests.solves import solved_films, solved_liquid
from tests.stacks import layers
from tests.verification.covered import assert_covered
from tests.wires import wires
from tfgeom.constants import thermal_voltage
from tfgeom.deposition import StepCoverage
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import solve_transport
from tfgeom.films import FilmLayer, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.circuit import FilmCircuit, FilmConductor
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.problem import film_problem
from tfgeom.transport.flooded import FloodedCircuit
from tfgeom.transport.steady import solve_steady
from tfgeom.units import UM

THICK = (
    ("current_collector", "inner_collector", "Ru", 50e-9),
    ("cathode", "cathode", "LiV2O5", 150e-9),
    ("electrolyte", "electrolyte", "LiPON", 150e-9),
    ("anode", "anode", "SnNx", 60e-9),
    ("current_collector", "outer_collector", "TiN", 50e-9),
)
SIGMA = {"cathode": 1e-3, "electrolyte": 1e-4, "anode": 1e-2}
RELIEFS: dict[str, tuple[Cell, Body]] = {
    "pillar": (pillars(1 * UM, 2.4 * UM, 3 * UM, "hexagonal"), Body("pillar", 0.5, 3, 2.4, "hexagonal")),
    "rounded pillar": (
        pillars(1 * UM, 2.4 * UM, 3 * UM, "square", 0.1 * UM), Body("pillar", 0.5, 3, 2.4, rim_radius=0.1)
    ),
    "hole": (holes(2 * UM, 3 * UM, 3 * UM, "square"), Body("hole", 1, 3, 3)),
    "trench": (trenches(1.5 * UM, 3 * UM, 3 * UM), Body("trench", 0.75, 3, 3)),
}  # fmt: skip
COVERAGES: dict[str, StepCoverage] = {
    "uniform": 1.0,
    "0.7": 0.7,
    "0.4": 0.4,
    "0.3": 0.3,
    "thicker below": 1.2,
    "measured": ((1e-6, 0.55), (2.2e-6, 0.4), (3e-6, 0.5)),
}


def circuit_of(
    name: str, coverage: StepCoverage, i0: float, sigma: dict[str, float] | None = None
) -> FilmCircuit:
    transfer = thermal_voltage(298.15) / i0
    faces = {} if math.isinf(i0) else {"cathode|electrolyte": transfer, "electrolyte|anode": transfer / 2}
    return wires(stack_films(RELIEFS[name][0], layers(THICK, coverage)), sigma or SIGMA, faces)


def assert_met(circuit: FilmCircuit, reference: tuple[float, float]) -> None:
    problem = film_problem(circuit)
    asr, uncertainty = reference[0] + float(problem.core.outside.total), reference[1] / reference[0]
    assert uncertainty < 3e-4
    for refine, within in ((None, 1.5e-3), (3, 5e-4)):
        assert_covered(solve_steady(problem, refine), asr, uncertainty, within)


@pytest.mark.parametrize("i0", [math.inf, 10.0], ids=["fast", "10 A/m2"])
@pytest.mark.parametrize("coverage", COVERAGES)
@pytest.mark.parametrize("name", RELIEFS)
def test_films_meet_the_section_drawn_from_their_definition(name: str, coverage: str, i0: float) -> None:
    ngsolve_or_skip()
    circuit = circuit_of(name, COVERAGES[coverage], i0)
    assert_met(circuit, solve_section(RELIEFS[name][1], film_regions(conducting_core(circuit))))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "coverage"), [("pillar", "0.4"), ("pillar", "uniform"), ("hole", "0.4")])
def test_films_meet_tetrahedra_on_the_true_cell(name: str, coverage: str) -> None:
    """The section of a round cell stands for the true one: films are far from its border."""
    ngsolve_or_skip()
    circuit = circuit_of(name, COVERAGES[coverage], 10.0)
    assert_met(circuit, solve_sector(RELIEFS[name][1], film_regions(conducting_core(circuit)), 0.25))


STEPPED = mapping_in("""
schema_version: 1
name: thinner at the foot
relief: {kind: pillars, lattice: hexagonal, pitch: 2.4 um, diameter: 1 um, height: 3 um}
layers:
  - {role: current_collector, material: Pt, thickness: 50 nm, step_coverage: 0.4}
  - {role: cathode, material: LiCoO2, thickness: 150 nm, step_coverage: 0.4}
  - {role: electrolyte, material: LiPON, thickness: 150 nm, step_coverage: 0.4}
  - {role: anode, material: TiO2, thickness: 60 nm, step_coverage: 0.4}
  - {role: current_collector, material: Cu, thickness: 50 nm, step_coverage: 0.4}
cell: {type: conformal}
operation: {voltage: {min: 1.0 V, max: 4.2 V}, temperature: 25 degC, c_rates: [1]}
materials:
  LiCoO2: {electronic_conductivity: 0.001 S/m, exchange_current: 10 A/m^2}
  TiO2: {electronic_conductivity: 0.01 S/m, exchange_current: 20 A/m^2}
  LiPON: {ionic_conductivity: 1e-4 S/m}
""")


@pytest.mark.parametrize(("resolution", "allowed"), [(None, 1.5e-3), (3, 5e-4)])
def test_a_design_meets_two_meshes_of_other_programs(resolution: int | None, allowed: float) -> None:
    found = solve_transport(design_from_mapping(STEPPED), resolution=resolution)
    assert found.solve is not None
    assert_covered(found.solve, 13.4725e-4, 4e-6, allowed)


@pytest.mark.parametrize("coverage", COVERAGES)
@pytest.mark.parametrize("name", RELIEFS)
def test_good_conductors_leave_the_charge_transfer_of_the_true_areas(name: str, coverage: str) -> None:
    sigma = {"cathode": 1e3, "electrolyte": 1e3, "anode": 1e3}
    circuit = circuit_of(name, COVERAGES[coverage], 10.0, sigma)
    exact = sum(face.resistance / circuit.films[face.inner].film.outer_area for face in circuit.interfaces)
    found = solved_films(circuit)
    assert found.asr == pytest.approx(exact * circuit.cell.footprint, rel=2e-5)


HALF_CELLS: dict[str, tuple[Cell, Body]] = {
    "pillar": (pillars(2 * UM, 4 * UM, 6 * UM, "hexagonal"), Body("pillar", 1, 6, 4, "hexagonal")),
    "hole": (holes(2.4 * UM, 4 * UM, 6 * UM, "square"), Body("hole", 1.2, 6, 4)),
    "trench": (trenches(2 * UM, 4 * UM, 6 * UM), Body("trench", 1, 6, 4)),
}


def half_cell(name: str, coverage: StepCoverage, g: float, sigma: float = math.inf) -> FloodedCircuit:
    """Return a liquid of 1 S/m above a film of ``sigma``, behind ``g`` S/m² of charge transfer."""
    cell = HALF_CELLS[name][0]
    stack = stack_films(cell, [FilmLayer("cathode", "cathode", material("E"), 300e-9, coverage)])
    films = FilmCircuit(cell, (FilmConductor(stack.films[0], "cathode", sigma),), ())
    return FloodedCircuit(stack, films, "cathode", 1 / g, 1.0, 4 * UM, 0.0, ())


@cache
def flooded_reference(name: str, coverage: str, g: float) -> tuple[float, float]:
    region = liquid_region(half_cell(name, COVERAGES[coverage], g))
    if name == "trench":
        return solve_section(HALF_CELLS[name][1], region)
    return solve_sector(HALF_CELLS[name][1], region, 0.6, at_foot=0.3)


@pytest.mark.parametrize(("sigma", "g"), [(1e-3, 1e3), (1e-3, 1e5), (1e-2, 1e3), (0.1, 1e5)])
@pytest.mark.parametrize("coverage", ["uniform", "0.4"])
def test_films_below_a_liquid_are_columns_within_their_estimate(
    coverage: str, sigma: float, g: float
) -> None:
    """The section has film and liquid: what columns miss at feet and rims no mesh of the liquid can mend."""
    ngsolve_or_skip()
    cell, body = HALF_CELLS["trench"]
    circuit = half_cell("trench", COVERAGES[coverage], g, sigma)
    reference, off = solve_section(body, liquid_region(circuit))
    solved = solved_liquid(circuit)
    assert_covered(solved, reference, off / reference)
    assert solved.discretisation_error < 6e-2
    assert 0 < solved.columns_error < solved.discretisation_error
    assert cell.height == pytest.approx(body.height * UM)


@pytest.mark.parametrize("g", [1e2, 1e4, 1e6])
@pytest.mark.parametrize(
    ("name", "coverage"),
    [
        ("trench", "uniform"),
        ("trench", "0.4"),
        *(
            pytest.param(name, coverage, marks=pytest.mark.slow)
            for name, coverage in (("pillar", "uniform"), ("pillar", "0.4"), ("hole", "0.4"))
        ),
    ],
)
def test_liquid_meets_the_bodies_drawn_from_its_definition(name: str, coverage: str, g: float) -> None:
    ngsolve_or_skip()
    reference, off = flooded_reference(name, coverage, g)
    for refine, within in ((2, 1.5e-3), (3, 5e-4)):
        solved = solved_liquid(half_cell(name, COVERAGES[coverage], g), Resolution(refine))
        assert_covered(solved, reference, off / reference, within)
