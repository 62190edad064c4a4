"""Triangles as text STL, under a name."""

import re
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from tfgeom import marks
from tfgeom.meshing.file_names import one_word
from tfgeom.meshing.text_rows import chunks, point_rows


def write_facets(
    name: str, points_um: NDArray[np.float64], triangles: NDArray[np.int64], file: BinaryIO, unit: str
) -> None:
    """Write one ``solid`` with every digit of its points; its last line says the unit."""
    file.write(f"solid {name}\n".encode())
    corners = [
        f"vertex {point}\n" for rows in point_rows(points_um, unit, "{!r} {!r} {!r}") for point in rows
    ]
    for some in chunks(triangles):
        a, b, c = (points_um[corner] for corner in some.T)
        facets = [
            f"facet normal {x:.6g} {y:.6g} {z:.6g}\nouter loop\n"
            f"{corners[i]}{corners[j]}{corners[k]}endloop\nendfacet\n"
            for (x, y, z), (i, j, k) in zip(
                normalised(np.cross(b - a, c - a)).tolist(), some.tolist(), strict=True
            )
        ]
        file.write("".join(facets).encode())
    # a mark, not the body's name: readers that look for "solid" would find it there
    file.write(f"endsolid {marks.comment(unit)}\n".encode())


def stl_name(name: str) -> str:
    """Return a name as one word that readers, who search the whole text for keywords, do not stumble over."""
    return re.sub("(?i)(vert)(ex)|(end)(solid)", r"\1\3_\2\4", one_word(name))


def normalised(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vectors of length 1, or 0 where they were."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))
