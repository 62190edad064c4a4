"""Bodies of many cells: made for the whole tile, or of one cell that files refer to in every place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.layer_solids import TooManyTrianglesError
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.tiling import cell_places

SEPARATE, WELDED, INSTANCES = "separate", "welded", "instances"
WAYS = (SEPARATE, WELDED, INSTANCES)
"""How bodies are written: each by itself through the whole tile; as one surface whose faces are shared; those
of one cell, repeated by reference."""
MAX_REFERENCES = 1_000_000
"""Most references that a file holds: what reads them makes an object of each."""


@dataclass(frozen=True, slots=True)
class LaidBodies:
    """Bodies to write.

    Attributes
    ----------
    solids
        Those of the whole tile, or of one cell.
    places_um
        Where the cell is repeated, um, shape (rows, columns, 2); None where the bodies stand for themselves.
    """

    solids: list[Solid]
    places_um: NDArray[np.float64] | None

    @property
    def copies(self) -> int:
        """How often each body is there."""
        return 1 if self.places_um is None else self.places_um[..., 0].size

    @property
    def triangles(self) -> int:
        """Number of triangles, each counted once."""
        return sum(len(solid.triangles) for solid in self.solids)

    def counts(self) -> str:
        """Return what is written, as words."""
        one = f"{len(self.solids)} bodies, {self.triangles} triangles"
        if self.places_um is None:
            return one
        rows, columns, _ = self.places_um.shape
        return f"{one} of one cell, repeated {columns}x{rows} times by reference"

    def described(self) -> dict[str, Any]:
        """Return what a sidecar says of them."""
        found: dict[str, Any] = {"n_bodies": len(self.solids), "n_triangles": self.triangles}
        if self.places_um is not None:
            rows, columns, _ = self.places_um.shape
            found["instances"] = {"columns": columns, "rows": rows}
        return found


def lay_bodies(
    make: Callable[[tuple[int, int] | None], list[Solid]],
    cell: Cell,
    tile: tuple[int, int] | None,
    way: str | None,
    *,
    refers: bool,
) -> LaidBodies:
    """Return the bodies of a tile.

    Parameters
    ----------
    make
        Makes the bodies of a tile, of one sector where it is None; raises `TooManyTrianglesError` where the
        tile is too large.
    cell
        The relief.
    tile
        Columns and rows; None for one sector.
    way
        One of `WAYS`; None for instances where the file can hold them and the tile is too large to be made,
        separate bodies else.
    refers
        Whether the file can hold instances.

    Raises
    ------
    MeshError
        When the bodies do not fit, or there are too many references.
    """
    if tile is None or (way is None and (not refers or tile == (1, 1))) or way in (SEPARATE, WELDED):
        return LaidBodies(make(tile), None)
    if way is None:
        try:
            return LaidBodies(make(tile), None)
        except TooManyTrianglesError:
            pass
    one = make((1, 1))
    columns, rows = tile
    wanted = columns * rows * len(one)
    if wanted > MAX_REFERENCES:
        side = int((MAX_REFERENCES / len(one)) ** 0.5)
        raise MeshError(
            f"{columns}x{rows} cells of {len(one)} bodies are {wanted:,} references, more than the "
            f"{MAX_REFERENCES:,} that a file may hold; use at most {side}x{side} cells"
        )
    return LaidBodies(one, cell_places(cell, columns, rows))
