"""Each own kernel against its weak form in scikit-fem: on random elements, and as the matrix of a whole cell."""

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from skfem import Basis, BilinearForm, ElementQuad1, MeshQuad
from skfem.helpers import dot, grad

from tests.half_cells import RELIEFS, half_cell
from tests.wires import films, wires
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.flooded_mesh import mesh_flooded
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave
from tfgeom.transport.contacts import Place, contact_nodes
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.system import assemble_conduction
from tfgeom.transport.hex_stiffness import hex_stiffness
from tfgeom.transport.liquid.salt import Salt
from tfgeom.transport.liquid.salt_system import salt_system, solve_salt_current
from tfgeom.transport.liquid.system import FloodedSystem, assemble_flooded
from tfgeom.transport.surface_element import nodal_areas, surface_mass, surface_stiffness
from tfgeom.verification.hexahedra import skfem_stiffness
from tfgeom.verification.quads import skfem_jump, skfem_lumped, skfem_robin, skfem_sheet
from tfgeom.verification.systems import (
    electrode_matrices,
    film_matrix,
    liquid_matrix,
    salt_amounts,
    salt_residual,
)

COARSE = Resolution(1, first_cell=8.0, growth=4.0)
SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=float)
CUBE = np.concatenate((SQUARE, SQUARE + np.array([0, 0, 1])))


def skew_quads(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return quads in space that lie in no plane; the last one is a triangle."""
    rng = np.random.default_rng(7)
    corners = SQUARE + 0.3 * rng.uniform(-1, 1, (count, 4, 3)) + rng.uniform(-5, 5, (count, 1, 3))
    corners[-1, 3] = corners[-1, 0]
    return corners.reshape(-1, 3), np.arange(4 * count).reshape(-1, 4)


def close(own: Any, other: Any, digits: float = 1e-12) -> None:
    assert own == pytest.approx(other, abs=digits * np.abs(other).max(), rel=0)


def same_matrix(own: csr_matrix, other: csr_matrix, digits: float = 1e-10) -> None:
    rng = np.random.default_rng(8)
    for _ in range(3):
        values = rng.standard_normal(own.shape[0])
        close(own @ values, other @ values, digits)
    assert abs(own - other).max() <= digits * abs(other).max()


@pytest.mark.parametrize("kept", [[0, 1, 2, 3], [0, 0, 2, 3], [0, 0, 3, 3]], ids=["none", "corner", "edge"])
def test_collapsed_hexahedra(kept: list[int]) -> None:
    rng = np.random.default_rng(4)
    corners = (CUBE + 0.15 * rng.uniform(-1, 1, (30, 8, 3))) * [1.0, 1.0, 1e-3]
    corners[:, :4] = corners[:, kept]
    sigma = rng.uniform(0.1, 10, 30)
    close(hex_stiffness(corners, sigma), skfem_stiffness(corners, sigma))


def test_surface_masses_are_those_of_the_robin_form() -> None:
    points, quads = skew_quads(20)
    g = np.random.default_rng(1).uniform(1, 2, 20)
    own = surface_mass(points, quads, g)
    close(own, skfem_robin(points, quads, g))
    close(nodal_areas(points, quads, g), skfem_lumped(points, quads, g))


def test_jumps_are_masses_of_the_difference() -> None:
    points, quads = skew_quads(20)
    g = np.random.default_rng(1).uniform(1, 2, 20)
    mass = surface_mass(points, quads, g)
    found = skfem_jump(points, quads, g)
    for (a, first), (b, second) in itertools.product(((0, -1), (1, 1)), repeat=2):
        close(first * second * mass, found[a::2, b::2])


def test_sheets_conduct_along_the_surface() -> None:
    points, quads = skew_quads(20)
    quads = np.vstack((quads, [0, 0, 0, 0]))  # without area
    s = np.random.default_rng(2).uniform(1, 2, len(quads))
    own = surface_stiffness(points, quads, s)
    close(own, skfem_sheet(points, quads, s))
    assert not own[:, :, -1].any()


def test_plane_quads_agree_with_scikit_fem_in_their_plane() -> None:
    """The forms over parameters against scikit-fem's own mesh in the plane, which knows no metric."""
    rng = np.random.default_rng(3)
    flat = SQUARE[:, :2] + 0.25 * rng.uniform(-1, 1, (12, 4, 2))
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    quads = np.arange(48).reshape(-1, 4)
    points = np.pad(flat.reshape(-1, 2), ((0, 0), (0, 1))) @ turn.T + rng.standard_normal(3)
    basis = Basis(MeshQuad(flat.reshape(-1, 2).T.copy(), quads.T.copy()), ElementQuad1(), intorder=3)
    mass = BilinearForm(lambda u, v, w: u * v).coo_data(basis).data.reshape(4, 4, -1)
    stiffness = BilinearForm(lambda u, v, w: dot(grad(u), grad(v))).coo_data(basis).data.reshape(4, 4, -1)
    close(skfem_robin(points, quads, np.ones(12)), mass)
    close(skfem_sheet(points, quads, np.ones(12)), stiffness)


CELLS: dict[str, tuple[Cell, Place]] = {
    "planar": (planar(), "ideal"),
    "wave": (wave(2e-6, 20e-6), "ideal"),
    "square pillars, sharp": (pillars(3e-6, 6e-6, 2e-6, "square", sides=4), "floor"),
    "holes": (holes(3e-6, 6e-6, 2e-6, "hexagonal"), "top"),
    "trenches": (trenches(3e-6, 6e-6, 2e-6), "both"),
}


@pytest.mark.parametrize("name", CELLS)
def test_films_with_interfaces_and_collectors(name: str) -> None:
    cell, place = CELLS[name]
    rows = (
        ("inner_collector", 20e-9), ("cathode", 70e-9), ("electrolyte", 50e-9), ("anode", 30e-9),
        ("outer_collector", 20e-9),
    )  # fmt: skip
    metals = {"inner_collector": 1e4, "outer_collector": 2e3}
    faces = {"cathode|electrolyte": 1e-3, "anode|outer_collector": 1e-4}
    core = conducting_core(wires(films(cell, *rows), metals, faces))
    mesh = mesh_films(core.stack, COARSE)
    nodes = contact_nodes(mesh, place)
    system = assemble_conduction(core, mesh, (nodes, nodes))
    assert system.sheets.jumps
    assert bool(system.links.along) == (place != "ideal")
    found, rng = film_matrix(system), np.random.default_rng(9)
    for sheets in (slice(None), slice(1, -1)):  # collectors conduct 1e8 times as well as the films
        potential = np.zeros((system.links.n_sheets, system.links.pattern.n))
        potential[sheets] = rng.standard_normal(potential[sheets].shape)
        own = system.links.node_current(potential)
        other = (found @ potential.ravel()).reshape(own.shape)
        for sheet in range(len(own)):
            close(own[sheet], other[sheet], 1e-10)


def flooded(cell: Cell, counter: float | None, exchange: float = 5.0) -> FloodedSystem:
    stack, circuit = half_cell(cell, thickness=0.2e-6, counter=counter, film=1e-2, exchange=exchange)
    mesh = mesh_films(stack, COARSE)
    return assemble_flooded(mesh, mesh_flooded(mesh, circuit.separator), circuit)


LIQUIDS: dict[str, Cell] = {
    **{name: RELIEFS[name] for name in ("holes, sloped", "microtubes", "trenches")},
    "wave": wave(1.5e-6, 8e-6),
    "square pillars": pillars(3e-6, 6e-6, 20e-6, "square", sides=4),
}


@pytest.mark.parametrize("counter", [None, 70.0])
@pytest.mark.parametrize("name", LIQUIDS)
def test_liquid_with_robin_walls(name: str, counter: float | None) -> None:
    system = flooded(LIQUIDS[name], counter)
    same_matrix(system.liquid, liquid_matrix(system))
    wall, plane = electrode_matrices(system)
    assert system.wall is not None
    assert wall is not None
    same_matrix(system.wall, wall)
    assert (plane is None) == (system.counter is None) == (counter is None)
    if system.counter is not None:
        same_matrix(system.counter, plane)


@pytest.mark.parametrize("counter", [None, 70.0])
@pytest.mark.parametrize("name", LIQUIDS)
def test_salt_solves_its_weak_form(name: str, counter: float | None) -> None:
    system = salt_system(flooded(LIQUIDS[name], counter), Salt(0.9, 1.77e-10, 0.2594, 1000.0, 298.15))
    close(system.volumes, salt_amounts(system))
    current = 500.0 * LIQUIDS[name].footprint * system.mesh.unit_cells * 1e6
    state = solve_salt_current(system, current)
    left = salt_residual(system, state)
    if counter is None:  # psi is given on the plane: what is left over there is the current that enters
        assert left[system.plane].sum() == pytest.approx(current, rel=1e-6)
        left[system.plane] = 0.0
    assert np.abs(left).sum() < 1e-6 * current
    # the gradient is steep enough for the form to be tested where it is not linear
    assert np.ptp(state.logarithm) > 0.1
