"""What is said of hexahedra from the paths of their quads, against the hexahedra themselves."""

import numpy as np
import pytest

from tests.stacks import pearse_stack
from tfgeom.films import Stack
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.lifting import lift_levels
from tfgeom.meshing.quality import hex_quality
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.pillars import pillars
from tfgeom.units import UM

FINE = Resolution(refine=2, angles=8, growth=1.2)  # more quads than are looked at together


@pytest.mark.parametrize(
    ("stack", "resolution"),
    [
        (pearse_stack(), FINE),
        (pearse_stack(step_coverage=0.8), FINE),
        (pearse_stack(pillars(3e-6, 6e-6, 30e-6, "square", sides=4)), Resolution()),
    ],
    ids=["uniform", "uneven", "square pillars"],
)
def test_volumes_and_smallest_jacobian_are_those_of_the_hexahedra(
    stack: Stack, resolution: Resolution
) -> None:
    mesh = mesh_films(stack, resolution)
    quality = hex_quality(mesh.points_um.reshape(-1, 3)[mesh.hexes])
    volumes = np.bincount(mesh.film_of_hex, quality.volumes) / mesh.unit_cells * UM**3
    assert mesh.film_volumes == pytest.approx(volumes, rel=1e-12, abs=0)
    # these have their least at a Gauss point; a determinant that turns between two would be lower still
    assert mesh.min_jacobian == pytest.approx(quality.jacobian.min(), rel=1e-9, abs=0)


def test_points_that_are_no_numbers_are_not_called_positive() -> None:
    stack = pearse_stack(step_coverage=0.8)
    mesh = mesh_films(stack)
    assert mesh.grid is not None
    mesh.grid._base[7] = np.nan
    faces = (stack.films[0].inner, *(film.outer for film in stack.films))
    with np.errstate(invalid="ignore"):
        lifted = lift_levels(mesh.grid, faces, [np.array([0.0, 1.0])] * len(stack.films))
    assert not lifted.smallest.jacobian > 0
