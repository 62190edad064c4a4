"""What a film mesh is worth: volumes beside their closed forms, Jacobians, aspect ratios, gaps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError
from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.meshing.flooded_mesh import FloodedMesh
from tfgeom.meshing.quality import aspect_ratios, hex_quality
from tfgeom.units import UM

_COARSEST_ERROR = 4e-5  # of a film's volume at refine 1, where chords make it exact but for rounding
_CLOSED = 1e-9  # of the volume inside the mesh's own outside


@dataclass(frozen=True, slots=True)
class MeshQuality:
    """Quality of a film mesh.

    Attributes
    ----------
    volume_errors
        Relative difference of each film's volume, that of its hexahedra, from its closed form, shape
        (n_films,).
    tolerated_error
        Largest one that is accepted.
    min_jacobian_um3
        Smallest det J at a Gauss point, um³ (unit reference cube).
    min_relative_jacobian
        The smallest over the volume of its hexahedron: 1 for a brick.
    max_aspect_ratio
        Largest ratio of a hexahedron's longest to its shortest edge.
    closure_error
        Relative difference of the volume inside the mesh's outside from that of its hexahedra: 0 when there
        are no gaps and no overlaps.
    """

    volume_errors: NDArray[np.float64]
    tolerated_error: float
    min_jacobian_um3: float
    min_relative_jacobian: float
    max_aspect_ratio: float
    closure_error: float

    @property
    def sentence(self) -> str:
        """The numbers in one line."""
        return (
            f"smallest Jacobian {self.min_jacobian_um3:.3g} um3, "
            f"{self.min_relative_jacobian:.3g} of its cell; "
            f"largest aspect ratio {self.max_aspect_ratio:.0f}; gaps and overlaps {self.closure_error:.1e}"
        )


def measure_mesh(mesh: FilmMesh) -> MeshQuality:
    """Return the quality of a film mesh.

    Raises
    ------
    MeshError
        When a hexahedron is inverted, a film's volume is off, or hexahedra overlap or leave gaps.
    """
    smallest, relative, aspect = np.inf, np.inf, 0.0
    volumes = np.zeros(len(mesh.films))
    levels = zip(mesh.film_of_layer, mesh.points_um[:-1], mesh.points_um[1:], strict=True)
    for film, low, up in levels:
        corners = np.concatenate((low[mesh.quads], up[mesh.quads]), axis=1)
        quality = hex_quality(corners)
        smallest = min(smallest, float(quality.jacobian.min()))
        relative = min(relative, float(quality.relative_jacobian.min()))
        aspect = max(aspect, float(aspect_ratios(corners).max()))
        volumes[film] += quality.volumes.sum()
    exact = np.array([film.volume for film in mesh.films]) * mesh.unit_cells / UM**3
    found = MeshQuality(
        volume_errors=volumes / exact - 1,
        tolerated_error=_COARSEST_ERROR / mesh.resolution.refine**2,
        min_jacobian_um3=smallest,
        min_relative_jacobian=relative,
        max_aspect_ratio=aspect,
        closure_error=enclosed_volume(mesh) / float(volumes.sum()) - 1,
    )
    _require(found, mesh)
    return found


def enclosed_volume(mesh: FilmMesh) -> float:
    """Return the volume inside the outside of all films together, um³ (divergence theorem)."""
    n_surface, n_layers = mesh.points_um.shape[1], len(mesh.film_of_layer)
    top = mesh.quads + n_layers * n_surface
    a, b = mesh.edges.T
    sides = [
        np.column_stack((a, b, b + n_surface, a + n_surface)) + layer * n_surface for layer in range(n_layers)
    ]
    quads = np.concatenate((mesh.quads[:, ::-1], top, *sides))
    points = mesh.points_um.reshape(-1, 3)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    p, q, r, s = (points[corner] - middle for corner in quads.T)
    # two triangles a quad: a third of centroid times area vector each
    halves = np.einsum("ij,ij->", p + q + r, np.cross(q - p, r - p))
    halves += np.einsum("ij,ij->", p + r + s, np.cross(r - p, s - p))
    return float(halves / 18)


def _require(found: MeshQuality, mesh: FilmMesh) -> None:
    if not found.min_jacobian_um3 > 0:
        raise MeshError("a hexahedron of the mesh is inverted; use a higher resolution")
    worst = int(np.argmax(np.abs(found.volume_errors)))
    error = float(found.volume_errors[worst])
    if abs(error) > found.tolerated_error:
        raise MeshError(
            f"the volume of '{mesh.films[worst].layer.name}' is {error:.1e} off its closed form (limit "
            f"{found.tolerated_error:.0e}); use a higher resolution"
        )
    if abs(found.closure_error) > _CLOSED:
        raise MeshError(
            f"hexahedra overlap or leave gaps: together they hold {-found.closure_error:.1e} more than their "
            "outside; use a higher resolution"
        )


def require_space(space: FloodedMesh, name: str) -> None:
    """Raise MeshError when the volume of the space above the films is not that of its closed form."""
    error = space.volume / space.closed_form_volume - 1
    if abs(error) > _COARSEST_ERROR:
        raise MeshError(f"the volume of '{name}' is {error:.1e} off its closed form; use a higher resolution")
