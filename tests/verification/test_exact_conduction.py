"""Solve against exact solutions: rods, a made-up field with a jump, sharp corners, shells of two films."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import solveh_banded
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from tests.orders import observed_orders, orders_without_exact
from tests.solves import film_fields, parts_of, solved_films
from tests.verification.covered import assert_covered
from tests.wires import films, wires
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.materials.library import load_library
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.circuit import FilmCircuit, FilmConductor, Interface
from tfgeom.transport.contacts import Contacts, Place
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.normals_bound import column_resistance
from tfgeom.transport.films.system import ConductionSystem, assemble_conduction
from tfgeom.transport.hex_stiffness import hex_stiffness
from tfgeom.transport.series import series_resistance

GAUSS = 0.5 + np.array([-0.5, 0.5]) / math.sqrt(3)


# Rods of opposite sign on a checkerboard, in plan view: 1/8 of the square of zero potential around one rod.
def rod(radius: float, n: int) -> tuple[float, float]:
    """Return conductance per length over conductivity, and largest over smallest current density, of a rod.

    The square has the side 1; ``n`` by ``n`` quads between the rod and 1/8 of its edge, as a layer of
    hexahedra in which nothing varies across.
    """
    angles = np.linspace(0, math.pi / 4, n + 1)
    share = np.linspace(0, 1, n + 1)
    reach = (0.5 / np.cos(angles) / radius) ** share[:, None] * radius  # graded towards the rod
    flat = np.stack((reach * np.cos(angles), reach * np.sin(angles), np.zeros_like(reach)), axis=2)
    points = np.concatenate((flat.reshape(-1, 3), flat.reshape(-1, 3) + np.array([0.0, 0.0, 1.0])))
    along, around = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    first = (along * (n + 1) + around).ravel()
    quads = np.column_stack((first, first + n + 1, first + n + 2, first + 1))
    pairs = hex_stiffness(points[np.hstack((quads, quads + (n + 1) ** 2))], np.ones(len(quads)))
    pairs = pairs.reshape(2, 4, 2, 4, -1).sum(axis=(0, 2))  # equal above and below
    rows = np.broadcast_to(quads.T[:, None], pairs.shape).ravel()
    columns = np.broadcast_to(quads.T[None], pairs.shape).ravel()
    matrix = coo_matrix((pairs.ravel(), (rows, columns))).tocsr()
    potential = np.zeros((n + 1) ** 2)
    potential[: n + 1] = 1.0
    inside = np.arange(n + 1, n * (n + 1))
    potential[inside] = spsolve(matrix[inside][:, inside], -(matrix[inside] @ potential))
    reaction = (matrix @ potential)[: n + 1]
    reaction[[0, -1]] *= 2  # half a segment there
    return float(8 * potential @ matrix @ potential), float(reaction[0] / reaction[-1])


@pytest.mark.parametrize(
    ("radius", "conductance", "spread"),
    [(0.1, 3.72845, 1.002), (0.2, 6.33361, 1.031), (0.3, 10.71818, 1.167), (0.4, 21.30625, 1.712)],
)
def test_checkerboard_of_rods(radius: float, conductance: float, spread: float) -> None:
    solved = np.array([rod(radius, n) for n in (16, 32, 64)])
    (_, _), (before, _), (after, finest_spread) = solved
    assert orders_without_exact(solved[:, 0]) == pytest.approx([2.0], abs=0.05)
    assert after + (after - before) / 3 == pytest.approx(conductance, abs=1e-5)
    assert after == pytest.approx(conductance, rel=5e-4)
    assert finest_spread == pytest.approx(spread, abs=1e-3)


# A made-up field with a jump: two films of 0.5 um on 1 um x 1 um, insulated sides.
SIGMA_BELOW, SIGMA_ABOVE, COUPLING = 2.0, 0.5, 3.0  # S/m and 1e-6 S/m²: all of one size in um


def made_up(points: np.ndarray, *, above: bool) -> np.ndarray:
    """Return a field whose current is continuous at z = 0.5 and proportional to its jump there.

    ``cos(pi x) cos(2 pi y)`` times ``sin(2 z)/2`` below; above, its slope is larger by the ratio of the
    conductivities, and its value by the jump ``sigma slope/coupling``.
    """
    shape = np.cos(math.pi * points[..., 0]) * np.cos(2 * math.pi * points[..., 1])
    z = points[..., 2]
    if not above:
        return np.asarray(shape * np.sin(2 * z) / 2)
    slope = math.cos(1.0)
    value = math.sin(1.0) / 2 + SIGMA_BELOW * slope / COUPLING
    return np.asarray(shape * (value + SIGMA_BELOW / SIGMA_ABOVE * slope * (z - 0.5) + (z - 0.5) ** 2))


def source(points: np.ndarray, *, above: bool) -> np.ndarray:
    """Return ``-div(sigma grad)`` of the field."""
    shape = np.cos(math.pi * points[..., 0]) * np.cos(2 * math.pi * points[..., 1])
    if above:
        return np.asarray(SIGMA_ABOVE * (5 * math.pi**2 * made_up(points, above=True) - 2 * shape))
    return np.asarray(SIGMA_BELOW * (5 * math.pi**2 + 4) * made_up(points, above=False))


def load(system: ConductionSystem) -> np.ndarray:
    """Return the integrals of the source with the shape functions of the bricks, (n_sheets, n)."""
    mesh, sheets = system.mesh, system.sheets
    found = np.zeros((len(sheets.levels), mesh.points_um.shape[1]))
    corners = np.array(
        [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
    )
    for (low, up), film in zip(sheets.layers, sheets.films, strict=True):
        bricks = np.concatenate(
            [mesh.points_um[sheets.levels[sheet]][mesh.quads] for sheet in (low, up)], axis=1
        )
        volume = np.abs(np.prod(np.ptp(bricks, axis=1), axis=1))
        for u in GAUSS:
            for v in GAUSS:
                for w in GAUSS:
                    shapes = np.prod(np.where(corners == 1, (u, v, w), (1 - u, 1 - v, 1 - w)), axis=1)
                    at = np.einsum("a,nac->nc", shapes, bricks)
                    weighted = (volume / 8 * source(at, above=film == 1))[:, None] * shapes
                    np.add.at(found[low], mesh.quads, weighted[:, :4])
                    np.add.at(found[up], mesh.quads, weighted[:, 4:])
    return found


def error_of_made_up(refine: int) -> float:
    """Return the largest error of a node."""
    stack = films(planar(), ("cathode", 0.5e-6), ("electrolyte", 0.5e-6))
    face = {"cathode|electrolyte": 1e-6 / COUPLING}
    conducting = wires(stack, {"cathode": SIGMA_BELOW, "electrolyte": SIGMA_ABOVE}, face)
    core = conducting_core(conducting)
    system = assemble_conduction(core, mesh_films(core.stack, Resolution(refine)))
    sheets, points = system.sheets, system.mesh.points_um
    jump = sheets.jumps[0][1]
    exact = np.array(
        [made_up(points[level], above=sheet > jump) for sheet, level in enumerate(sheets.levels)]
    )
    fixed = system.fixed
    lift = np.where(fixed, exact, 0.0)
    right = np.where(fixed, 0.0, load(system) - system.links.node_current(lift))
    matrix = system.links.blocks(fixed).matrix()
    found = lift + spsolve(matrix.tocsc(), right.T.ravel()).reshape(right.T.shape).T
    return float(np.abs(found - exact).max())


def test_made_up_field_with_a_jump_is_met_at_second_order() -> None:
    errors = [error_of_made_up(refine) for refine in (2, 4, 8)]
    assert observed_orders(errors)[-1] == pytest.approx(2.0, abs=0.1)
    assert errors[-1] < 1e-2


# Sharp feet and rims of a trench: their constants are known exactly.
def test_order_above_four_thirds_at_sharp_feet() -> None:
    inner, thickness = 50e-9, 200e-9
    cell = trenches(2e-6, 4e-6, 3e-6)
    stack = films(cell, ("inner_collector", inner), ("electrolyte", thickness))
    conducting = wires(stack, {"electrolyte": 1.0})
    closed = cell.footprint / float(series_resistance(conducting).total)
    # a foot has 2 ln2/pi less than its closed form, the rim (inner radius a quarter of the film) 0.14036
    exact = cell.footprint / (closed - 2 * 4e-6 * (2 * math.log(2) / math.pi + 0.14036))
    errors = []
    for refine in (2, 4, 8):
        found = solved_films(conducting, Resolution(refine))
        errors.append(found.asr / exact - 1)
        assert_covered(found, exact, 1e-5)
    # the levels are graded towards the faces, the cells along them are not: 4/3 is what remains
    orders = observed_orders(errors)
    assert (orders > 4 / 3).all()
    assert (orders < 1.75).all()
    assert abs(errors[-1]) < 6e-4


# Two electrolytes with a resistance between them.
FIRST, SECOND, BETWEEN = (60e-9, 1e-4), (40e-9, 3e-5), 2e-3  # m, S/m; ohm m²


def bilayer(cell: UnitCell, scale: float = 1.0) -> tuple[Stack, FilmCircuit]:
    """Return two electrolytes with a resistance between them, between ideal terminals."""
    material = load_library().find("LiPON")
    rows = (("glass", *FIRST), ("polymer", *SECOND))
    layers = [FilmLayer(name, "electrolyte", material, scale * thickness) for name, thickness, _ in rows]
    stack = stack_films(cell, layers)
    conductors = tuple(
        FilmConductor(film, "electrolyte", sigma)
        for film, (_, _, sigma) in zip(stack.films, rows, strict=True)
    )
    return stack, FilmCircuit(cell, conductors, (Interface("electrolyte", 0, 1, 0.0, BETWEEN),))


def test_bilayer_on_the_plane() -> None:
    _, conducting = bilayer(planar())
    found = solved_films(conducting, Resolution(1))
    exact = FIRST[0] / FIRST[1] + SECOND[0] / SECOND[1] + BETWEEN
    assert_covered(found, exact, 1e-12, 0.0)
    assert parts_of(found.losses)["electrolyte"] == pytest.approx(exact, rel=1e-12)
    jump = film_fields(found).sheets.jumps[0]
    assert film_fields(found).potential[jump[2]] - film_fields(found).potential[jump[1]] == pytest.approx(
        BETWEEN / exact, rel=1e-9
    )


def test_bilayer_in_a_deep_hole_is_a_shell_of_two() -> None:
    # 10 mm deep: floor and top are 5e-5 of the area.
    depth = 10e-3
    stack, conducting = bilayer(holes(2e-6, 2.1e-6, depth, "hexagonal"), 3.0)
    radii = 1e-6 - 3.0 * np.array([0.0, FIRST[0], FIRST[0] + SECOND[0]])
    films_alone = sum(
        math.log(outer / inner) / (2 * math.pi * depth * sigma)
        for outer, inner, (_, sigma) in zip(radii[:-1], radii[1:], (FIRST, SECOND), strict=True)
    )
    exact = (films_alone + BETWEEN / (2 * math.pi * radii[1] * depth)) * stack.cell.footprint
    for refine in (1, 2):
        found = solved_films(conducting, Resolution(refine))
        assert_covered(found, exact, 1e-4, 0.0)


def test_bilayer_in_a_hole_lies_between_its_bounds() -> None:
    _, conducting = bilayer(holes(3e-6, 6e-6, 5e-6, "hexagonal"))
    found = solved_films(conducting, Resolution(1))
    least = float(series_resistance(conducting).total)
    most = column_resistance(conducting_core(conducting))
    assert found.bounds == pytest.approx((least, most))
    assert least < found.asr < most
    assert most / least < 1.03
    # without the resistance between them less of both is lost
    joined = replace(conducting, interfaces=())
    assert solved_films(joined, Resolution(1)).asr < found.asr


# Films that thin out with depth, on a collector that does too.
def tapered(cell: UnitCell, coverage: dict[str, float]) -> Stack:
    material = load_library().find("LiPON")
    rows = (("inner_collector", "current_collector", 20e-9), ("electrolyte", "electrolyte", 100e-9))
    layers = [
        FilmLayer(name, role, material, thickness, coverage.get(name, 1.0)) for name, role, thickness in rows
    ]
    return stack_films(cell, layers)


def fin(sheet: np.ndarray, through: np.ndarray, step: float, *, fed_below: bool) -> float:
    """Return the conductance per width of a fin by finite volumes, from top to bottom; 1 V over it.

    Sheet conductance (S) and conductance per area (S/m²) at the middles of equal steps.
    """
    sheet, through = (values if fed_below else values[::-1] for values in (sheet, through))
    link = step / 2 / sheet  # half a step
    beside = 1 / (link[:-1] + link[1:])
    feed = 1 / link[-1]
    diagonal = through * step + np.append(beside, feed) + np.append(0.0, beside)
    banded = np.array([np.append(0.0, -beside), diagonal])
    load = np.zeros(len(sheet))
    load[-1] = feed
    return float(np.sum(solveh_banded(banded, load) * through * step))


@pytest.mark.parametrize("contact", ["floor", "top"])
@pytest.mark.parametrize("coverage", [
    {"inner_collector": 0.3}, {"electrolyte": 0.3}, {"inner_collector": 0.5, "electrolyte": 0.4},
], ids=str)  # fmt: skip
def test_step_coverage_with_a_resistive_collector(coverage: dict[str, float], contact: Place) -> None:
    depth, pitch = 3e-3, 2e-6
    stack = tapered(trenches(1e-6, pitch, depth), coverage)
    sigma, ionic = 5e3, 1e-4
    conducting = wires(stack, {"inner_collector": sigma, "electrolyte": ionic})
    found = solved_films(conducting, Resolution(1, growth=1.1), Contacts(contact, "ideal"))
    n = 20000
    below = (np.arange(n) + 0.5) / n
    metal, film = (
        thickness * (1 - (1 - coverage.get(name, 1.0)) * below)
        for name, thickness in (("inner_collector", 20e-9), ("electrolyte", 100e-9))
    )
    exact = 2 * pitch * fin(sigma * metal, ionic / film, depth / n, fed_below=contact == "floor")
    # the flats, 1 um of 3 mm, are all that is left out
    assert_covered(found, stack.cell.footprint / exact, 1.5e-3, 0.0)
    ideal = solved_films(conducting, Resolution(1))
    assert found.asr > 1.1 * ideal.asr
