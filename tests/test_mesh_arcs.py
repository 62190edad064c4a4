"""Pieces a surface grid is made of: arcs, sectors of a plan, borders of the cell."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, affinity

from tests.coated_reliefs import films_on
from tfgeom.geometry.lattice import Pitch, corners, lattice_footprint, lattice_vectors
from tfgeom.meshing.arcs import arc
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.unit_cell_border import regular_border, roomy_border
from tfgeom.reliefs.pillars import pillars
from tfgeom.units import UM


@pytest.mark.parametrize("chords", [3, 4, 7, 12])
@pytest.mark.parametrize("degrees", [5, 60, 85, 90, 95, 120, 180])
def test_arc_has_area_and_moments_of_the_sector(degrees: float, chords: int) -> None:
    turn = math.radians(degrees)
    nodes = arc(turn, chords)
    body = Polygon([(0, 0), *nodes])
    assert len(nodes) == chords + 1
    assert body.area == pytest.approx(turn / 2, rel=1e-13)
    # of a disc's sector, by integration over the angle
    moment = body.area * np.array([body.centroid.x, body.centroid.y])
    exact = np.array([math.sin(turn), 1 - math.cos(turn)]) / 3
    assert moment == pytest.approx(exact, rel=1e-12, abs=1e-13)
    assert nodes[[0, -1]] == pytest.approx(np.array([[1, 0], [math.cos(turn), math.sin(turn)]]), abs=1e-15)


@pytest.mark.parametrize("degrees", [30, 90, 180])
def test_arc_is_symmetric_and_its_nodes_near_the_circle(degrees: float) -> None:
    turn = math.radians(degrees)
    for chords in (3, 6, 12):
        x, y = arc(turn, chords).T
        angles = np.arctan2(y, x)
        assert angles + angles[::-1] == pytest.approx(turn, abs=1e-14)
        assert (np.diff(angles) > 0).all()
        # a closed polygon with the area stands out by a twelfth of the angle squared; here the ends do not
        assert np.abs(np.hypot(x, y) - 1).max() < (turn / chords) ** 2 / 6


SECTORS = [
    # lattice, sides, rotation in degrees, copies: twice the mirror lines that section and lattice share
    ("square", 0, 0, 8), ("hexagonal", 0, 0, 12),
    ("square", 4, 0, 8), ("square", 4, 45, 8), ("square", 4, 90, 8), ("square", 4, 20, 1),
    ("hexagonal", 6, 0, 12), ("hexagonal", 6, 30, 12), ("hexagonal", 6, 10, 1),
    ("hexagonal", 4, 0, 4), ("hexagonal", 4, 15, 4), ("hexagonal", 4, 45, 4), ("hexagonal", 4, 10, 1),
    ("rectangular", 0, 0, 4), ("rectangular", 4, 0, 4), ("rectangular", 4, 45, 4), ("rectangular", 6, 30, 4),
    ("rectangular", 6, 10, 1), ("rectangular", 4, 20, 1),
    ("square", 6, 0, 4), ("square", 6, 15, 4), ("square", 6, 30, 4), ("square", 6, 40, 1),
]  # fmt: skip


@pytest.mark.parametrize(("lattice", "sides", "rotation", "copies"), SECTORS)
def test_sectors_lie_between_shared_mirror_lines(
    lattice: str, sides: int, rotation: float, copies: int
) -> None:
    pitch = (6 * UM, 7.5 * UM) if lattice == "rectangular" else 6 * UM
    cell = pillars(2 * UM, pitch, 3 * UM, lattice, sides=sides, rotation=math.radians(rotation))
    mesh = mesh_films(films_on(cell, [0.1 * UM]), Resolution(refine=1))
    assert mesh.unit_cells == pytest.approx(1 / copies, rel=1e-12)
    # the facets of the flats and the outline fill that share of the footprint in projection
    x, y = mesh.points_um[-1][mesh.quads][..., :2].transpose(2, 0, 1)
    area = np.sum((x[:, 2] - x[:, 0]) * (y[:, 3] - y[:, 1]) - (x[:, 3] - x[:, 1]) * (y[:, 2] - y[:, 0])) / 2
    assert area == pytest.approx(cell.footprint / UM**2 / copies, rel=1e-12)


def repeats(border: np.ndarray, pitch: Pitch, lattice: str) -> bool:
    """Return whether copies of a polygon on the lattice fill the plane once."""
    cell = Polygon(border)
    if not math.isclose(cell.area, lattice_footprint(pitch, lattice), rel_tol=1e-12):
        return False
    (ax, ay), (bx, by) = lattice_vectors(pitch, lattice)
    steps = [(m, n) for m in range(-2, 3) for n in range(-2, 3) if (m, n) != (0, 0)]
    copies = [affinity.translate(cell, m * ax + n * bx, m * ay + n * by) for m, n in steps]
    return all(cell.intersection(copy).area < 1e-9 * cell.area for copy in copies)


@pytest.mark.parametrize("lattice", ["square", "hexagonal"])
def test_regular_border_is_the_nearest_points(lattice: str) -> None:
    border = regular_border(3.0, lattice)
    assert repeats(border, 3.0, lattice)
    assert np.hypot(*((border + np.roll(border, -1, axis=0)) / 2).T) == pytest.approx(1.5, rel=1e-14)


def test_border_of_a_rectangular_lattice_is_the_nearest_points() -> None:
    border = regular_border((3.0, 5.0), "rectangular")
    assert repeats(border, (3.0, 5.0), "rectangular")
    assert np.abs(border) == pytest.approx(np.tile([1.5, 2.5], (4, 1)), rel=1e-15)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["square", "hexagonal", "rectangular"]),
    st.sampled_from([4, 6]),
    st.floats(0, 1.6),
    st.floats(0.3, 0.75),
)
def test_roomy_border_repeats_and_leaves_no_less_room(
    lattice: str, sides: int, rotation: float, width: float
) -> None:
    outline = corners(width / 2, sides, rotation)
    pitch = (1.0, 1.3) if lattice == "rectangular" else 1.0
    border = roomy_border(pitch, lattice, outline, mirrored=None)
    assert repeats(border, pitch, lattice)
    section = Polygon(outline)

    def room(polygon: np.ndarray) -> float:
        ring = Polygon(polygon)
        inside = float(ring.exterior.distance(section))
        return inside if ring.contains(section) else -inside

    assert room(border) >= room(regular_border(pitch, lattice)) - 1e-9


def test_squares_on_a_hexagonal_lattice_get_bricks() -> None:
    # Corners 0.566 from the axis reach over the regular hexagon but not over a brick 0.87 high.
    outline = corners(0.4, 4, 0.0)
    border = roomy_border(1.0, "hexagonal", outline, mirrored=0.0)
    assert not Polygon(regular_border(1.0, "hexagonal")).contains(Polygon(outline))
    assert Polygon(border).contains(Polygon(outline))
    assert repeats(border, 1.0, "hexagonal")
    # it keeps its mirror line
    assert Polygon(border).symmetric_difference(Polygon(border * [1, -1])).area < 1e-9
