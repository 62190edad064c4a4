"""Element matrices of hexahedra against exact integrals and against scikit-fem."""

import numpy as np
import pytest

from tests.wires import films, wires
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.system import ConductionSystem, assemble_conduction
from tfgeom.transport.hex_stiffness import hex_stiffness
from tfgeom.verification.hexahedra import skfem_stiffness

UNIT = np.array(
    [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], dtype=float
)


def test_brick_is_exact() -> None:
    # Products of one-dimensional stiffness [1 -1; -1 1]/h and mass h/6 [2 1; 1 2].
    sizes = np.array([2.0, 0.5, 0.01])
    stiff = [np.array([[1, -1], [-1, 1]]) / size for size in sizes]
    mass = [size / 6 * np.array([[2, 1], [1, 2]]) for size in sizes]
    exact = np.zeros((8, 8))
    for a, first in enumerate(UNIT.astype(int)):
        for b, second in enumerate(UNIT.astype(int)):
            pairs = list(zip(first, second, strict=True))
            exact[a, b] = 3.0 * sum(
                np.prod([(stiff if axis == along else mass)[axis][pair] for axis, pair in enumerate(pairs)])
                for along in range(3)
            )
    found = hex_stiffness((UNIT * sizes)[None], np.array([3.0]))
    assert found[:, :, 0] == pytest.approx(exact, abs=1e-13 * np.abs(exact).max())


def test_linear_fields_on_skewed_bricks_have_the_energy_of_their_gradient() -> None:
    rng = np.random.default_rng(2)
    maps = np.eye(3) + 0.3 * rng.standard_normal((20, 3, 3))
    corners = np.einsum("ac,nxc->nax", UNIT, maps) + rng.standard_normal((20, 1, 3))
    sigma, slope = rng.uniform(1, 2, 20), rng.standard_normal(3)
    values = corners @ slope
    found = np.einsum("na,abn,nb->n", values, hex_stiffness(corners, sigma), values)
    assert found == pytest.approx(sigma * np.linalg.det(maps) * (slope @ slope), rel=1e-12)


def test_turning_and_moving_change_nothing() -> None:
    rng = np.random.default_rng(3)
    corners = UNIT + 0.2 * rng.uniform(-1, 1, (5, 8, 3))
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    base = hex_stiffness(corners, np.ones(5))
    assert hex_stiffness(corners @ turn.T, np.ones(5)) == pytest.approx(base, abs=1e-13)
    assert hex_stiffness(corners + 1e4, np.ones(5)) == pytest.approx(base, abs=1e-10)
    assert base.sum(axis=1) == pytest.approx(0, abs=1e-13)


def test_random_hexahedra_agree_with_scikit_fem() -> None:
    rng = np.random.default_rng(4)
    corners = (UNIT + 0.2 * rng.uniform(-1, 1, (50, 8, 3))) * [1.0, 1.0, 1e-3]
    sigma = rng.uniform(0.1, 10, 50)
    own, other = hex_stiffness(corners, sigma), skfem_stiffness(corners, sigma)
    assert own == pytest.approx(other, abs=1e-12 * np.abs(other).max())


ROWS = (("cathode", 70e-9), ("electrolyte", 50e-9), ("anode", 30e-9))
CELLS: dict[str, Cell] = {
    "planar": planar(),
    "hexagonal pillars": pillars(3e-6, 6e-6, 2e-6, "hexagonal", sides=6),
    # sharp rims: hexahedra collapsed to wedges, at vertical edges to fewer corners still
    "square pillars": pillars(3e-6, 6e-6, 2e-6, "square", sides=4),
    "holes": holes(3e-6, 6e-6, 2e-6, "square"),
    "rounded through-holes": holes(3e-6, 6e-6, 4e-6, "hexagonal", 0.1e-6, through=True),
    "honeycomb": honeycomb(1.5e-6, 6e-6, 2e-6),
    "trenches": trenches(3e-6, 6e-6, 2e-6),
    "leaning pillars": pillars(3e-6, 6e-6, 2e-6, "square", angle=1.48),
    "tubes": microtubes(3e-6, 0.8e-6, 5e-6, 2e-6, "hexagonal"),
    "wave": wave(2e-6, 20e-6),
}


def both(cell: Cell) -> tuple[ConductionSystem, ConductionSystem]:
    stack = films(cell, *ROWS)
    core = conducting_core(wires(stack, None, {"cathode|electrolyte": 1e-3}))
    mesh = mesh_films(core.stack, Resolution(1))
    return assemble_conduction(core, mesh), assemble_conduction(core, mesh, integrate=skfem_stiffness)


@pytest.mark.parametrize("name", CELLS)
def test_matrices_agree_with_scikit_fem_to_ten_digits(name: str) -> None:
    own, other = (system.links for system in both(CELLS[name]))
    rng = np.random.default_rng(5)
    for link in range(own.n_sheets - 1):
        for values, expected in ((own.low, other.low), (own.cross, other.cross), (own.up, other.up)):
            scale = np.abs(expected[link]).max()
            assert values[link] == pytest.approx(expected[link], abs=1e-10 * scale)
    for _ in range(3):
        potential = rng.standard_normal((own.n_sheets, own.pattern.n))
        assert own.power(potential) == pytest.approx(other.power(potential), rel=1e-10)


def test_a_flat_potential_on_a_wedge_of_a_sharp_rim() -> None:
    # The lower four corners lie on one edge: a prism whose volume is that of the wedge.
    corners = UNIT.copy()
    corners[[0, 3], 0] = corners[[1, 2], 0] = 0.5
    values = corners @ [0.0, 0.0, 1.0]
    matrix = hex_stiffness(corners[None], np.array([2.0]))[:, :, 0]
    assert values @ matrix @ values == pytest.approx(2.0 * 0.5, rel=1e-12)


def test_cells_above_hold_wedges() -> None:
    mesh = both(CELLS["square pillars"])[0].mesh
    quads = mesh.points_um[0][mesh.quads]
    edges = np.linalg.norm(quads - np.roll(quads, 1, axis=1), axis=2)
    assert isinstance(mesh.cell, UnitCell)
    assert (edges.min(axis=1) < 1e-12).any()
