"""What charge transfer crosses is the level surface, not its facets, and not the motion from one to the next."""

import pytest

from tests.kinds import every_relief, unit_cell
from tests.stacks import layers
from tfgeom.films import stack_films
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.units import UM


@pytest.mark.parametrize("coverage", [1.0, 0.4])
@every_relief
def test_faces_have_their_true_areas_on_every_mesh(relief: str, coverage: float) -> None:
    stack = stack_films(unit_cell(relief), layers(step_coverage=coverage))
    mesh = mesh_films(stack, Resolution(1))
    for number, film in enumerate(stack.films):
        low, up = mesh.faces(number)
        for level, area in ((low, film.inner_area), (up, film.outer_area)):
            found = mesh.areas_um2(level).sum() * UM**2 / mesh.unit_cells
            assert found == pytest.approx(area, rel=2e-5)
