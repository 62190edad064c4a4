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

    def is_closed(self) -> bool:
        """Return whether every directed edge has its reverse exactly once, by index; no triangles: False."""
        tails, heads = self.triangles, np.roll(self.triangles, -1, axis=1)
        if not len(tails) or (tails == heads).any():
            return False
        edges = np.sort((tails * len(self.points_um) + heads).ravel())
        reverse = np.sort((heads * len(self.points_um) + tails).ravel())
        return bool((np.diff(edges) > 0).all() and np.array_equal(edges, reverse))

    def to_trimesh(self) -> "trimesh.Trimesh":
        """Return the body for trimesh with the same points and triangles, um."""
        import trimesh

        return trimesh.Trimesh(self.points_um, self.triangles, process=False, metadata={"name": self.name})
