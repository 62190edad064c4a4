"""Bodies as files for other programs: STL, 3MF, GLB, OBJ and PLY.

3MF says its unit, GLB (metres by its specification) holds it in its nodes, the others in a comment.  The text
formats hold every digit of a double and PLY holds doubles, so a film of a few nanometres keeps its volume and
neighbours share their faces exactly.

Each body has its own points.  Where bodies touch, these lie at the same places: a reader that welds points
would tie the bodies together.  OBJ and PLY therefore hold normals at the points, which differ between
neighbours; readers that keep points of different normals apart (trimesh) keep the bodies apart.

trimesh checks the bodies and writes GLB.  Its other writers lose what is needed here, as
`tests/test_trimesh_writers.py` shows.  PLY and the STL of a scene round to single precision, in which a film
of 10 nm half a millimetre from the origin is off by thousandths, and hold no names.  Text STL, one body at a
time, keeps digits and short names, but takes 1 kB of memory a triangle and three times as long.  OBJ keeps a
fixed number of decimals and neither role, material nor colour.  3MF always says millimetre, has no colours,
and marks each object with a number drawn by chance: the same bodies would give different bytes.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from tfgeom import marks
from tfgeom.errors import MeshError, OutputError
from tfgeom.meshing.file_names import distinct_names, one_word
from tfgeom.meshing.glb_files import write_glb
from tfgeom.meshing.length_unit import UNITS, from_um
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.stl_files import normalised, stl_name, write_facets
from tfgeom.meshing.text_rows import chunks, point_rows
from tfgeom.meshing.threemf_files import write_3mf
from tfgeom.meshing.welded_files import write_welded_obj, write_welded_ply, write_welded_stl
from tfgeom.output import check_suffix, replacing


def write_solids(
    solids: Sequence[Solid],
    path: str | Path,
    *,
    unit: str | None = None,
    places_um: NDArray[np.float64] | None = None,
    welded: bool = False,
    first: int = 0,
) -> None:
    """Write bodies to one file in the format of its suffix, whole or not at all.

    Parameters
    ----------
    solids
        Closed bodies that turn outwards, one a layer.
    path
        ``.stl``: text, one named ``solid`` a body.  ``.3mf``: one named object a body, coloured.
        ``.glb``: one named, coloured mesh a body, y upwards as glTF wants it.  ``.obj``: one named object a
        body, its colour in a comment only (a material library would be a second file).  ``.ply``: one binary
        mesh of all bodies whose faces have the property ``layer``, the number of the body.
    unit
        Of the coordinates, as `file_unit` takes it.
    places_um
        Where copies of the bodies stand, um, shape (rows, columns, 2), for `ARRAY_SUFFIXES`: the bodies are
        written once.
    welded
        Whether to write one conforming surface, for `WELDED_SUFFIXES`: each triangle once, in STL and OBJ one
        ``solid`` or object for all between two bodies, in PLY with the properties ``inner`` and ``outer``.
    first
        Number of the first body in PLY; the others follow.

    Raises
    ------
    MeshError
        If there is no body, one is not closed or turned inside out, or two that are to be welded overlap.
    OutputError
        For an unknown suffix or unit, or when the file cannot be written.
    """
    known = WELDED_SUFFIXES if welded else SOLID_SUFFIXES if places_um is None else ARRAY_SUFFIXES
    check_suffix(Path(path), known)
    if not solids:
        raise MeshError(f"{path}: there is no body to write")
    for solid in solids:
        try:
            solid.check()
        except MeshError as error:
            raise MeshError(f"{path}: {error}") from None
    suffix = Path(path).suffix.lower()
    written = file_unit(suffix, unit)
    with replacing(path) as temporary, temporary.open("wb") as file:
        if suffix in _OF_ARRAYS:
            _OF_ARRAYS[suffix](solids, file, written, places_um)
        elif suffix == ".ply":
            (write_welded_ply if welded else _write_ply)(solids, file, written, first)
        else:
            (_WELDED if welded else _WRITERS)[suffix](solids, file, written)


def file_unit(suffix: str, unit: str | None) -> str:
    """Return the unit of a file's coordinates.

    Parameters
    ----------
    suffix
        Its format.
    unit
        One of `UNITS`; None for that of the format: ``m`` for GLB, ``um`` else.  3MF knows no nanometre: it
        is written in ``um`` and says so.
    """
    if unit is None:
        return "m" if suffix == ".glb" else "um"
    if unit not in UNITS:
        raise OutputError(f"--unit {unit}: unknown; use {', '.join(UNITS[:-1])} or {UNITS[-1]}")
    return "um" if (suffix, unit) == (".3mf", "nm") else unit


def _write_stl(solids: Sequence[Solid], file: BinaryIO, unit: str) -> None:
    names = distinct_names((solid.name for solid in solids), stl_name)
    for solid, name in zip(solids, names, strict=True):
        write_facets(name, solid.points_um, solid.triangles, file, unit)


def _write_obj(solids: Sequence[Solid], file: BinaryIO, unit: str) -> None:
    file.write(f"# {marks.comment(unit)}\n".encode())
    first = 1  # OBJ counts points from 1 through the whole file
    for solid, name in zip(solids, distinct_names((s.name for s in solids), one_word), strict=True):
        material = one_word(solid.material)
        file.write(f"o {name}\ng {name}\n# {one_word(solid.role)}, {material}, {solid.colour}\n".encode())
        for rows in point_rows(solid.points_um, unit, "v {!r} {!r} {!r}\n"):
            file.write("".join(rows).encode())
        for normals in chunks(point_normals(solid)):
            file.write("".join(map("vn {:.5g} {:.5g} {:.5g}\n".format, *normals.T.tolist())).encode())
        for triangles in chunks(solid.triangles + first):
            file.write("".join(map("f {0}//{0} {1}//{1} {2}//{2}\n".format, *triangles.T.tolist())).encode())
        first += len(solid.points_um)


def _write_ply(solids: Sequence[Solid], file: BinaryIO, unit: str, number: int) -> None:
    names = distinct_names((solid.name for solid in solids), one_word)
    n_points = sum(len(solid.points_um) for solid in solids)
    if n_points > 2**31 - 1:
        raise OutputError(f"{n_points} points do not fit a PLY file (2147483647); use .stl or .3mf")
    header = [
        "ply",
        "format binary_little_endian 1.0",
        f"comment {marks.comment(unit)}",
        *(f"comment layer {layer} {name}" for layer, name in enumerate(names, number)),
        f"element vertex {n_points}",
        *(f"property double {axis}" for axis in "xyz"),
        *(f"property float n{axis}" for axis in "xyz"),
        f"element face {sum(len(solid.triangles) for solid in solids)}",
        "property list uchar int vertex_indices",
        "property int layer",
        "end_header\n",
    ]
    file.write("\n".join(header).encode())
    point = np.dtype([("place", "<f8", 3), ("normal", "<f4", 3)])
    for solid in solids:
        points = np.empty(len(solid.points_um), dtype=point)
        points["place"], points["normal"] = from_um(solid.points_um, unit), point_normals(solid)
        file.write(points.tobytes())
    row = np.dtype([("count", "u1"), ("corners", "<i4", 3), ("layer", "<i4")])
    first = 0
    for layer, solid in enumerate(solids, number):
        faces = np.empty(len(solid.triangles), dtype=row)
        faces["count"], faces["corners"], faces["layer"] = 3, solid.triangles + first, layer
        file.write(faces.tobytes())
        first += len(solid.points_um)


def point_normals(solid: Solid) -> NDArray[np.float64]:
    """Return the normal of each point, the mean of its triangles' unit normals, shape (n, 3).

    Where two bodies touch, the triangles of the common face turn opposite ways and so keep the normals apart.
    """
    a, b, c = (solid.points_um[corner] for corner in solid.triangles.T)
    faces = normalised(np.cross(b - a, c - a))
    counted = solid.triangles.ravel()
    sums = [
        np.bincount(counted, weights=np.repeat(along, 3), minlength=len(solid.points_um)) for along in faces.T
    ]
    return normalised(np.column_stack(sums))


_WRITERS: dict[str, Callable[[Sequence[Solid], BinaryIO, str], None]] = {
    ".stl": _write_stl,
    ".obj": _write_obj,
}
_OF_ARRAYS: dict[str, Callable[[Sequence[Solid], BinaryIO, str, NDArray[np.float64] | None], None]] = {
    ".3mf": write_3mf,
    ".glb": write_glb,
}
_WELDED: dict[str, Callable[[Sequence[Solid], BinaryIO, str], None]] = {
    ".stl": write_welded_stl,
    ".obj": write_welded_obj,
}
SOLID_SUFFIXES = (".stl", ".3mf", ".glb", ".obj", ".ply")
"""Formats that `write_solids` writes."""
ARRAY_SUFFIXES = tuple(_OF_ARRAYS)
"""Formats that can hold a body once and refer to it many times."""
WELDED_SUFFIXES = (".stl", ".obj", ".ply")
"""Formats that can hold bodies as one surface."""
