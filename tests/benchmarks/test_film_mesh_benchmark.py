"""The meshes of gmsh that the film mesh is timed against are the ones meant."""

import math
import sys

import pytest

from tests.benchmarks.film_mesh import (
    DEPTH,
    FILMS,
    FRONTAL,
    HEXAHEDRON,
    PITCH,
    RADIUS,
    SUBLEVELS,
    Size,
    boundary_layers,
    film_mesh_table,
    plan_and_extrude,
)
from tests.campaigns.__main__ import main
from tests.oracles import gmsh_or_skip
from tests.stacks import pearse_stack
from tfgeom.meshing.resolution import Resolution
from tfgeom.units import UM

TINY = Size(Resolution(1, electrolyte_sublevels=4, film_sublevels=4), 8, 5, 0.6, 0.6)
SMALL = Size(Resolution(2, electrolyte_sublevels=2, film_sublevels=2), 16, 10, 0.5, 0.5)


@pytest.fixture
def gmsh() -> None:
    gmsh_or_skip()


def test_the_films_are_those_of_the_stack() -> None:
    stack = pearse_stack()
    assert [film.layer.thickness / UM for film in stack.films] == pytest.approx(FILMS, rel=1e-12)
    assert stack.cell.footprint / UM**2 == pytest.approx(math.sqrt(3) / 2 * PITCH**2, rel=1e-12)


@pytest.mark.usefixtures("gmsh")
def test_plan_and_extrude_fills_the_rings_with_hexahedra() -> None:
    chords, along = 8, 5
    mesh = plan_and_extrude(chords, along)
    assert mesh.cells == {HEXAHEDRON: 4 * chords * len(FILMS) * SUBLEVELS * along}
    rings = math.pi * DEPTH * (RADIUS**2 - (RADIUS - sum(FILMS)) ** 2)
    assert mesh.volume == pytest.approx(rings, rel=0.03)


@pytest.mark.usefixtures("gmsh")
def test_boundary_layers_fill_the_films_with_hexahedra() -> None:
    mesh = boundary_layers(0.4, FRONTAL)
    closed_form = sum(film.volume for film in pearse_stack().films) / UM**3
    assert mesh.volume == pytest.approx(closed_form, rel=0.03)
    assert mesh.n_cells % (len(FILMS) * SUBLEVELS) == 0
    assert mesh.hexahedra > 0.99
    # The relief has 30 um of wall and the top and floor: quads of 0.4 um, within a third.
    area = PITCH**2 * math.sqrt(3) / 2 + 2 * math.pi * RADIUS * DEPTH
    assert mesh.n_cells / (len(FILMS) * SUBLEVELS) == pytest.approx(area / 0.4**2, rel=1 / 3)


@pytest.mark.usefixtures("gmsh")
def test_the_table_has_a_row_for_every_bar() -> None:
    rows = film_mesh_table((TINY, SMALL), repeats=1)
    assert [row.bar for row in rows if row.bar.startswith("1/")] == 2 * ["1/100", "1/500", "1/500"]
    assert rows[-1].bar == "1.1"
    assert all(row.met for row in rows if row.what == "arrays held")


def test_without_gmsh_the_campaign_says_so_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "gmsh", None)
    monkeypatch.setattr(sys, "argv", ["campaigns", "film_mesh"])
    assert main() == 1
    told = capsys.readouterr()
    assert "tfgeom[oracle]" in told.err
    assert not told.out
