"""The upper bound by columns: sums by hand, and random reliefs of every kind between series and columns."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.wires import films, wires
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.materials.library import load_library
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.films.core import ConductingCore, conducting_core
from tfgeom.transport.films.film_row import film_row
from tfgeom.transport.films.normals_bound import column_resistance
from tfgeom.transport.series import series_resistance
from tfgeom.verification.limits import reference_asr

NM = 1e-9
INNER, OUTER = 40 * NM, 140 * NM


def one_film(cell: UnitCell) -> ConductingCore:
    """Return a film of conductivity 1 between two offsets."""
    stack = films(cell, ("inner_collector", INNER), ("electrolyte", OUTER - INNER))
    return conducting_core(wires(stack, {"electrolyte": 1.0}))


def merged_columns(cell: UnitCell, inner: float, outer: float) -> float:
    """Return the resistance of a film (conductivity 1) whose wall, and whose rim, each count as one column."""
    rounding = cell.rim_radius
    nodes, weights = np.polynomial.legendre.leggauss(40)
    d = (inner + outer) / 2 + nodes * (outer - inner) / 2 + rounding
    weights = weights * (outer - inner) / 2
    plan, last = cell.sharp_plan, outer + rounding
    floor = cell.footprint - plan.area - plan.perimeter * last - plan.kappa * last**2
    flats = [floor, plan.area]
    found: NDArray[np.float64] = np.array([(outer - inner) / area for area in flats])
    for edge in plan.elements:
        rim = edge.perimeter * np.pi / 2 * d + 2 * edge.kappa * d**2
        wall = (edge.perimeter + 2 * edge.kappa * d) * (cell.height - last)
        found = np.append(found, [weights @ (1 / rim), weights @ (1 / wall)])
    return float(cell.footprint / np.sum(1 / found))


@pytest.mark.parametrize("rim", [0.0, 50 * NM])
def test_columns_of_upright_walls(rim: float) -> None:
    straight = trenches(2e-6, 5e-6, 3e-6, rim)
    core = one_film(straight)
    assert column_resistance(core) == pytest.approx(merged_columns(straight, INNER, OUTER), rel=1e-12)
    # Around a circle the rim's tubes widen unlike each other; merged into one they would conduct too well.
    for cell in (pillars(2e-6, 5e-6, 3e-6, "square", rim), holes(2e-6, 5e-6, 3e-6, "hexagonal", rim)):
        found = column_resistance(one_film(cell))
        assert 0 < found / merged_columns(cell, INNER, OUTER) - 1 < 1e-5


@pytest.mark.parametrize("opening", [True, False])
def test_columns_of_a_square(opening: bool) -> None:
    side, pitch, height, ring = 2e-6, 4e-6, 3e-6, math.log(OUTER / INNER)
    build = holes if opening else pillars
    cell = build(side, pitch, height, "square", sides=4)
    flats = pitch**2 - side**2, (side - 2 * OUTER) ** 2
    if opening:
        # only the normals that stay clear of the corners up to the outer face
        wall = 4 * (side - 2 * OUTER) * (height - OUTER) / (OUTER - INNER)
        rim = (4 * side * math.pi / 2 - 8 * OUTER) / ring
        corners = 0.0
    else:
        flats = side**2, pitch**2 - side**2 - 4 * side * OUTER - math.pi * OUTER**2
        wall = 4 * side * (height - OUTER) / (OUTER - INNER)
        rim = 4 * side * math.pi / 2 / ring
        corners = 2 * math.pi * (height - OUTER) / ring + 2 * math.pi / (1 / INNER - 1 / OUTER)
    total = sum(flats) / (OUTER - INNER) + wall + rim + corners
    assert column_resistance(one_film(cell)) == pytest.approx(pitch**2 / total, rel=1e-12)


def drawn(kind: str, rng: np.random.Generator) -> Cell:
    """Return a random relief of a kind."""
    lattice, sides = str(rng.choice(["square", "hexagonal"])), int(rng.choice([0, 4, 6]))
    degrees = float(rng.choice([90, 84, 92, 70, 95]))
    angle = math.pi / 2 if degrees == 90 else math.radians(degrees)
    pitch, height = rng.uniform(3, 5) * 1e-6, rng.uniform(0.8, 2) * 1e-6
    width, rim = rng.uniform(0.45, 0.6) * pitch, float(rng.choice([0, 30 * NM]))
    if kind == "pillars":
        return pillars(width, pitch, height, lattice, rim, sides=sides, angle=angle)
    if kind in ("holes", "through"):
        return holes(width, pitch, height, lattice, rim, sides=sides, angle=angle, through=kind == "through")
    if kind == "trenches":
        return trenches(width, pitch, height, rim, angle=angle)
    if kind == "microtubes":
        return microtubes(width, 0.25 * width, pitch, 0.4 * height, lattice, rim, angle=angle)
    if kind == "double":
        inner = (0.4 * pitch, 0.1 * pitch)
        return microtubes(
            0.85 * pitch, 0.12 * pitch, pitch, 0.2 * height, lattice, rim, inner=inner, angle=angle
        )
    if kind == "honeycomb":
        return honeycomb(pitch - width, pitch, height, rim, angle=angle)
    return wave(rng.uniform(0.1, 1) * 1e-6, pitch)


def coated(cell: Cell, rng: np.random.Generator, coverage: float) -> tuple[Stack, FilmCircuit]:
    """Return random films that take 3 % of the reach."""
    shares = rng.uniform(0.5, 2, 3)
    below = float(rng.choice([0, 0.5]))
    names = ["cathode", "electrolyte", "anode", "outer_collector"]
    shares = np.append(shares, 0.1)
    if below:
        names, shares = ["inner_collector", *names], np.append(below, shares)
    thickness = 0.03 * cell.reach.value * shares / shares.sum()
    roles = ["current_collector" if "collector" in name else name for name in names]
    material = load_library().find("LiPON")
    laid = [
        FilmLayer(name, role, material, float(t), coverage)
        for name, role, t in zip(names, roles, thickness, strict=True)
    ]
    stack = stack_films(cell, laid)
    sigma = {"cathode": 10 ** rng.uniform(-6, 1), "electrolyte": 1e-4, "anode": 10 ** rng.uniform(-6, 1)}
    sigma["outer_collector"] = 100.0
    faces = {"cathode|electrolyte": 10 ** rng.uniform(-5, -2), "electrolyte|anode": 10 ** rng.uniform(-5, -2)}
    return stack, wires(stack, sigma, faces if rng.random() < 0.5 else None)


KINDS = ["pillars", "holes", "through", "trenches", "microtubes", "double", "honeycomb", "wave"]


@pytest.mark.parametrize("coverage", [1.0, 0.8, 1.2])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", KINDS)
def test_between_series_and_columns(kind: str, seed: int, coverage: float) -> None:
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    _, conducting = coated(drawn(kind, rng), rng, coverage)
    core = conducting_core(conducting)
    upper = column_resistance(core) + float(core.outside.total)
    reference = reference_asr(conducting)
    series = float(series_resistance(conducting).total)
    # Without feet both nearly agree; the reference's own error is a tenth of its excess at most.
    slack = 0.1 * (reference / series - 1) if kind == "through" else 0.0
    assert reference * (1 - slack) <= upper
    if coverage == 1:
        assert reference >= series * (1 - 1e-9)
    else:  # slanted levels are larger than the columns that cross them: this series form is no strict bound
        assert reference == pytest.approx(series, rel=2e-2)


@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_films_that_hardly_vary_are_uniform_films(kind: str, seed: int) -> None:
    # two closed forms: level by level, and normal by normal
    found = []
    for coverage in (1.0, 1 - 1e-9):
        rng = np.random.default_rng([seed, KINDS.index(kind)])
        found.append(reference_asr(coated(drawn(kind, rng), rng, coverage)[1]))
    assert found[1] == pytest.approx(found[0], rel=1e-4)


def test_films_of_a_through_hole_are_the_same_from_both_faces() -> None:
    rng = np.random.default_rng(0)
    _, conducting = coated(holes(2e-6, 4e-6, 3e-6, "square", through=True), rng, 0.7)
    core = conducting_core(conducting)
    top, above, middle, below = (film_row(core, depth).bounds for depth in (0.0, 1e-6, 1.5e-6, 2e-6))
    assert below == pytest.approx(above, rel=1e-12)
    assert middle == pytest.approx(0.7 * top, rel=1e-12)
