"""A cell without one of its collectors: the electrode's film carries the current, held over its whole section.

The reference solves the section of a trench with quadrilaterals of its own, finer by far; a pillar's value is
that of an independent solve.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_matrix, csr_matrix
from skfem import Basis, BilinearForm, ElementQuad0, ElementQuad1, MeshQuad, condense, solve
from skfem.helpers import dot, grad

from tests.design_texts import mapping_in
from tests.kinds import RELIEFS, unit_cell
from tests.solves import parts_of
from tests.verification.covered import assert_covered
from tests.verification.wall_section import section
from tests.wires import films, wires
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import solve_transport
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.contacts import Contacts, Place
from tfgeom.transport.films.problem import film_problem
from tfgeom.transport.steady import Solve, solve_once, solve_steady

TRENCH = trenches(1e-6, 2e-6, 3e-6)
ROWS = (("cathode", 150e-9), ("electrolyte", 150e-9), ("anode", 60e-9))
SIGMA = {"cathode": 0.1, "electrolyte": 1e-4, "anode": 0.01}
FACES = {"cathode|electrolyte": 2.5e-3, "electrolyte|anode": 1.3e-3}
USUAL, FINER = 1.5e-3, 5e-4  # of the resistance at the usual resolution and at 3


def trench_of_quads(end: str) -> float:
    """Return the resistance of the trench with its anode held over its section at one end, ohm m²."""
    bounds = np.cumsum([0.0, *(thickness * 1e6 for _, thickness in ROWS)])
    points, film, _ = section(TRENCH, bounds, 0.5, 0.5)
    n, first = points.shape[1], np.searchsorted(film, np.arange(len(ROWS) + 1))
    rows = [points[low : high + 1] for low, high in pairwise(first)]  # the faces stand in two films
    starts = np.cumsum([0, *(len(row) * n for row in rows)])
    along, quads, sigma = np.arange(n - 1), [], []
    for start, row, (name, _) in zip(starts, rows, ROWS, strict=False):
        for k in range(len(row) - 1):
            low = start + k * n + along
            quads.append(np.column_stack((low, low + 1, low + n + 1, low + n)))
            sigma.append(np.full(n - 1, SIGMA[name]))
    mesh = MeshQuad(
        np.concatenate([row.reshape(-1, 2) for row in rows]).T.copy(), np.concatenate(quads).T.copy()
    )
    basis = Basis(mesh, ElementQuad1(), intorder=4)
    form = BilinearForm(lambda u, v, w: w["sigma"] * dot(grad(u), grad(v)))
    values = basis.with_element(ElementQuad0()).interpolate(np.concatenate(sigma))
    matrix = csr_matrix(form.assemble(basis, sigma=values))
    for number, resistance in enumerate(FACES.values(), 1):
        lower, upper = starts[number] - n + np.arange(n), starts[number] + np.arange(n)
        lengths = np.linalg.norm(np.diff(rows[number][0], axis=0), axis=1)
        matrix = matrix + jump(lower, upper, lengths * 1e-6 / resistance, matrix.shape)
    potential = np.zeros(matrix.shape[0])
    at_end = starts[2] + np.arange(len(rows[2])) * n + (n - 1 if end == "floor" else 0)
    potential[at_end] = 1.0
    held = np.concatenate((np.arange(n), at_end))  # the cathode's collector is ideal
    potential = solve(*condense(matrix, x=potential, D=held))
    return TRENCH.footprint / (2 * 2e-6 * float(potential @ (matrix @ potential)))


def jump(lower: Any, upper: Any, conductance: Any, shape: tuple[int, int]) -> csr_matrix:
    """Return the matrix of linear segments that conduct from one row of nodes to another, a value each."""
    found = csr_matrix(shape)
    for first, second, share in ((0, 0, 1 / 3), (1, 1, 1 / 3), (0, 1, 1 / 6), (1, 0, 1 / 6)):
        for one, other, sign in (
            (lower, lower, 1), (upper, upper, 1), (lower, upper, -1), (upper, lower, -1)
        ):  # fmt: skip
            at = one[first : len(one) - 1 + first], other[second : len(other) - 1 + second]
            found = found + coo_matrix((sign * share * conductance, at), shape).tocsr()
    return found


def solved_trench(end: Place, resolution: int | None = None) -> Solve:
    return solve_steady(
        film_problem(wires(films(TRENCH, *ROWS), SIGMA, FACES), Contacts("ideal", end)), resolution
    )


@pytest.mark.parametrize("end", ["floor", "top"])
def test_trench_against_quadrilaterals_of_its_own(end: Place) -> None:
    exact = trench_of_quads(end)
    for resolution, allowed in ((None, USUAL), (3, FINER)):
        found = solved_trench(end, resolution)
        assert_covered(found, exact, within=allowed)
    assert parts_of(found.losses)["outer_collector"] == 0


PILLAR = mapping_in("""
schema_version: 1
name: without an outer collector
relief: {kind: pillars, lattice: hexagonal, pitch: 2 um, diameter: 1 um, height: 4 um, rim_radius: 0.05 um}
layers:
  - {role: current_collector, material: Pt, thickness: 50 nm}
  - {role: cathode, material: LiCoO2, thickness: 150 nm}
  - {role: electrolyte, material: LiPON, thickness: 150 nm}
  - {role: anode, material: TiO2, thickness: 60 nm}
cell: {type: conformal}
operation: {voltage: {min: 1.0 V, max: 4.2 V}, temperature: 25 degC, c_rates: [1], contact: {inner: ideal, outer: floor}}
materials:
  LiCoO2: {electronic_conductivity: 0.1 S/m, exchange_current: 10 A/m^2}
  TiO2: {electronic_conductivity: 0.01 S/m, exchange_current: 20 A/m^2}
  LiPON: {ionic_conductivity: 1e-4 S/m}
""")


@pytest.mark.parametrize(("resolution", "allowed"), [(None, USUAL), (3, FINER)])
def test_pillar_against_an_independent_solve(resolution: int | None, allowed: float) -> None:
    found = solve_transport(design_from_mapping(PILLAR), resolution=resolution)
    assert found.solve is not None
    assert_covered(found.solve, 18.2246e-4, within=allowed)


POOR = {"cathode": 1e-2, "electrolyte": 1e-4, "anode": 1e-2}
CONTACTED = [name for name in RELIEFS if unit_cell(name).border_places]


@pytest.mark.parametrize(("side", "name"), [(0, "trenches"), *((1, name) for name in CONTACTED)])
def test_every_relief_converges_without_a_collector(side: int, name: str) -> None:
    stack = films(unit_cell(name), ("cathode", 60e-9), ("electrolyte", 100e-9), ("anode", 60e-9))
    places: list[Place] = ["ideal", "ideal"]
    places[side] = "auto"
    problem = film_problem(wires(stack, POOR, FACES), Contacts(*places))
    assert problem.core.along(side)
    coarse, usual, fine = (
        float(solve_once(problem, Resolution(refine)).losses.total) for refine in (1, 2, 3)
    )
    # a line on a film of finite thickness: log(3/2)/log(2) = 0.58 and never an end; second order: 0.19
    assert abs(fine - usual) < 0.45 * abs(usual - coarse)


def test_a_better_collector_is_what_is_held() -> None:
    stack = films(TRENCH, ("inner_collector", 20e-9), *ROWS, ("outer_collector", 20e-9))

    def along(metal: float) -> tuple[int, ...]:
        sigma = {**SIGMA, "inner_collector": 1e6, "outer_collector": metal}
        return film_problem(wires(stack, sigma, FACES), Contacts("ideal", "floor")).core.along(1)

    anode = 2
    assert along(1.01 * SIGMA["anode"] * 3) == ()
    assert along(0.99 * SIGMA["anode"] * 3) == (anode,)


def test_a_finite_current_leaves_through_the_whole_section() -> None:
    # Linear kinetics at a small current: the same resistance as at small signal.
    design = design_from_mapping(PILLAR)
    plain, driven = (solve_transport(design, current=current).numbers.asr_ohm_cm2 for current in (None, 1e-3))
    assert driven == pytest.approx(plain, rel=1e-5)
