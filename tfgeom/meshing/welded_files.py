"""Bodies as one conforming surface: STL, OBJ and PLY in which neighbours share points and faces.

Each triangle is there once and knows the bodies on both its sides, as programs want that fill the space with
elements which fit together.  The surface between two bodies is open by itself; the surfaces around one body
together are closed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from tfgeom import marks
from tfgeom.errors import MeshError
from tfgeom.meshing.file_names import distinct_names, one_word
from tfgeom.meshing.length_unit import from_um
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.stl_files import stl_name, write_facets
from tfgeom.meshing.text_rows import chunks, point_rows

OUTSIDE = -1
"""What stands for the space around all bodies."""


@dataclass(frozen=True, slots=True, eq=False)
class WeldedSurface:
    """Triangles between bodies, each once.

    Attributes
    ----------
    points_um
        um, shape (n, 3), no two alike.
    triangles
        Corners, counter-clockwise seen from ``outer``, shape (m, 3).
    inner, outer
        Index of the body on either side, shape (m,): the inner one comes first in the order of the bodies;
        ``outer`` may be `OUTSIDE`.
    """

    points_um: NDArray[np.float64]
    triangles: NDArray[np.int64]
    inner: NDArray[np.int64]
    outer: NDArray[np.int64]

    def interfaces(self) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
        """Yield the bodies on both sides and the triangles between them, from the first body outwards."""
        for inner, outer in np.unique(np.column_stack((self.inner, self.outer)), axis=0).tolist():
            yield inner, outer, self.triangles[(self.inner == inner) & (self.outer == outer)]


def weld(solids: Sequence[Solid]) -> WeldedSurface:
    """Return the surface of closed bodies whose common faces have the same triangles.

    Raises
    ------
    MeshError
        If a triangle belongs to more than two bodies, or to two on the same side.
    """
    everywhere = np.concatenate([solid.points_um for solid in solids])
    points, number = np.unique(everywhere, axis=0, return_inverse=True)
    starts = np.cumsum([0, *(len(solid.points_um) for solid in solids[:-1])])
    number = number.ravel()
    triangles = np.concatenate(
        [number[solid.triangles + first] for solid, first in zip(solids, starts, strict=True)]
    )
    body = np.repeat(np.arange(len(solids)), [len(solid.triangles) for solid in solids])
    # smallest corner first: the two sides of a triangle then differ by the order of the other two
    first = np.argmin(triangles, axis=1)[:, None]
    turned = np.take_along_axis(triangles, (first + np.arange(3)) % 3, axis=1)
    order = np.lexsort((body, turned.max(axis=1), np.sort(turned, axis=1)[:, 1], turned[:, 0]))
    turned, body = turned[order], body[order]
    same = (np.sort(turned[1:], axis=1) == np.sort(turned[:-1], axis=1)).all(axis=1)
    if (same[1:] & same[:-1]).any() or (turned[1:] == turned[:-1]).all(axis=1).any():
        raise MeshError("bodies overlap: a triangle belongs to two of them on the same side")
    outer = np.full(len(turned), OUTSIDE)
    outer[:-1][same] = body[1:][same]
    kept = np.ones(len(turned), dtype=bool)
    kept[1:] = ~same
    return WeldedSurface(points, turned[kept], body[kept], outer[kept])


def interface_names(
    solids: Sequence[Solid], surface: WeldedSurface, allowed: Callable[[str], str] = one_word
) -> list[str]:
    """Return a name for each interface, such as ``cathode|electrolyte`` or ``anode|outside``."""
    names = [*distinct_names([*(solid.name for solid in solids), "outside"], allowed)]
    return [f"{names[inner]}|{names[outer]}" for inner, outer, _ in surface.interfaces()]


def write_welded_stl(solids: Sequence[Solid], file: BinaryIO, unit: str) -> None:
    """Write one ``solid`` an interface."""
    surface = weld(solids)
    names = interface_names(solids, surface, stl_name)
    for name, (_, _, triangles) in zip(names, surface.interfaces(), strict=True):
        used, numbers = np.unique(triangles, return_inverse=True)
        write_facets(name, surface.points_um[used], numbers.reshape(-1, 3), file, unit)


def write_welded_obj(solids: Sequence[Solid], file: BinaryIO, unit: str) -> None:
    """Write all points, then one object an interface."""
    surface = weld(solids)
    file.write(f"# {marks.comment(unit)}\n".encode())
    for rows in point_rows(surface.points_um, unit, "v {!r} {!r} {!r}\n"):
        file.write("".join(rows).encode())
    for name, (_, _, faces) in zip(interface_names(solids, surface), surface.interfaces(), strict=True):
        file.write(f"o {name}\ng {name}\n".encode())
        for triangles in chunks(faces + 1):
            file.write("".join(map("f {} {} {}\n".format, *triangles.T.tolist())).encode())


def write_welded_ply(solids: Sequence[Solid], file: BinaryIO, unit: str, number: int) -> None:
    """Write faces with the properties ``inner`` and ``outer``, the bodies on either side; -1 is outside."""
    surface = weld(solids)
    names = distinct_names((solid.name for solid in solids), one_word)
    header = [
        "ply",
        "format binary_little_endian 1.0",
        f"comment {marks.comment(unit)}",
        *(f"comment layer {layer} {name}" for layer, name in enumerate(names, number)),
        f"comment layer {OUTSIDE} outside",
        f"element vertex {len(surface.points_um)}",
        *(f"property double {axis}" for axis in "xyz"),
        f"element face {len(surface.triangles)}",
        "property list uchar int vertex_indices",
        "property int inner",
        "property int outer",
        "end_header\n",
    ]
    file.write("\n".join(header).encode())
    file.write(from_um(surface.points_um, unit).astype("<f8").tobytes())
    row = np.dtype([("count", "u1"), ("corners", "<i4", 3), ("inner", "<i4"), ("outer", "<i4")])
    faces = np.empty(len(surface.triangles), dtype=row)
    faces["count"], faces["corners"] = 3, surface.triangles
    faces["inner"] = surface.inner + number
    faces["outer"] = np.where(surface.outer == OUTSIDE, OUTSIDE, surface.outer + number)
    file.write(faces.tobytes())
