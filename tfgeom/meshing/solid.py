"""A body bounded by triangles: one layer, or the substrate, as other programs see it."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError

if TYPE_CHECKING:
    import trimesh


@dataclass(frozen=True, slots=True, eq=False)
class Solid:
    """One closed body whose triangles turn outwards.  The arrays are read-only.

    Attributes
    ----------
    name, role, material
        Of the layer, as the design gives them.
    colour
        sRGB as ``#rrggbb``.
    points_um
        Corners, um, shape (n, 3).
    triangles
        Indices into the points, counter-clockwise seen from outside, shape (m, 3).
    euler_number
        What corners less edges plus triangles must come to: 2 for a ball, 2 less for each hole through it;
        None where nobody has said.

    Raises
    ------
    MeshError
        If an array has the wrong shape, a coordinate is not finite, a triangle names a point that is not
        there, or the colour is not ``#rrggbb``.
    """

    name: str
    role: str
    material: str
    colour: str
    points_um: NDArray[np.float64]
    triangles: NDArray[np.int64]
    euler_number: int | None = None

    def __post_init__(self) -> None:
        points = np.asarray(self.points_um, dtype=np.float64).view()
        triangles = np.asarray(self.triangles, dtype=np.int64).view()
        for what, array in (("points", points), ("triangles", triangles)):
            if array.ndim != 2 or array.shape[1] != 3:
                raise MeshError(f"body '{self.name}': {what} have shape {array.shape}; (n, 3) is needed")
            array.setflags(write=False)
        if not np.isfinite(points).all():
            raise MeshError(f"body '{self.name}': a coordinate is not finite")
        if triangles.size and not 0 <= triangles.min() <= triangles.max() < len(points):
            raise MeshError(
                f"body '{self.name}': triangles name points {triangles.min()} to {triangles.max()} "
                f"of {len(points)}; 0 to {len(points) - 1} exist"
            )
        if not re.fullmatch("#[0-9a-fA-F]{6}", self.colour):
            raise MeshError(f"body '{self.name}': colour '{self.colour}'; write it as #rrggbb")
        object.__setattr__(self, "points_um", points)
        object.__setattr__(self, "triangles", triangles)

    @property
    def volume_um3(self) -> float:
        """Enclosed volume, um³; negative if the triangles turn inwards.

        Divergence theorem: a third of the sum over triangles of centroid times area vector.  Centroids count
        from the middle of the body and area vectors come from edges, so a thin film far away keeps digits.
        """
        if not len(self.triangles):
            return 0.0
        middle = (self.points_um.min(axis=0) + self.points_um.max(axis=0)) / 2
        a, b, c = (self.points_um[corner] - middle for corner in self.triangles.T)
        return float(np.einsum("ij,ij->", a + b + c, np.cross(b - a, c - a)) / 18)

    def check(self) -> None:
        """Let trimesh look at the surface.

        By its functions on arrays: a `trimesh.Trimesh` would keep several times the memory until Python
        next looks for cycles.

        Raises
        ------
        MeshError
            If an edge does not join exactly two triangles that turn the same way, the volume inside is not
            positive, or the Euler number is not the one laid out.
        """
        from trimesh.geometry import faces_to_edges
        from trimesh.graph import is_watertight
        from trimesh.triangles import mass_properties

        closed = len(self.triangles) > 0 and all(is_watertight(faces_to_edges(self.triangles)))
        corners = self.points_um[self.triangles]
        if not (closed and mass_properties(corners, skip_inertia=True).volume > 0):
            raise MeshError(f"the surface of '{self.name}' is not closed or turned inside out")
        # of a closed surface: each edge belongs to two triangles, each triangle to three edges
        found = len(np.unique(self.triangles)) - len(self.triangles) // 2
        if self.euler_number not in (None, found):
            raise MeshError(
                f"the surface of '{self.name}' has Euler number {found} where {self.euler_number} was laid "
                "out: it touches itself, or a hole is missing; use a higher resolution"
            )

    def to_trimesh(self) -> "trimesh.Trimesh":
        """Return the body for trimesh with the same points and triangles, um."""
        import trimesh

        return trimesh.Trimesh(self.points_um, self.triangles, process=False, metadata={"name": self.name})
