"""Bodies as files for other programs: STL, 3MF, GLB, OBJ and PLY.

Coordinates are micrometres; 3MF says so, GLB (metres by its specification) scales them in its nodes, and the
others hold no unit.  The text formats hold every digit of a double and PLY holds doubles, so a film of a few
nanometres keeps its volume and neighbours share their faces exactly.  GLB holds single precision about the
middle of all bodies: equal points stay equal, but thickness is rounded to about 6e-8 of the extent.

trimesh checks the bodies and writes GLB.  Its other writers lose what is needed here, as
`tests/test_trimesh_writers.py` shows.  PLY and the STL of a scene round to single precision, in which a film
of 10 nm half a millimetre from the origin is off by thousandths, and hold no names.  Text STL, one body at a
time, keeps digits and short names, but takes 1 kB of memory a triangle and three times as long.  OBJ keeps a
fixed number of decimals and neither role, material nor colour.  3MF always says millimetre, has no colours,
and marks each object with a number drawn by chance: the same bodies would give different bytes.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from tfgeom import marks
from tfgeom.errors import MeshError, OutputError
from tfgeom.meshing.file_names import distinct_names, one_line, one_word
from tfgeom.meshing.solid import Solid
from tfgeom.output import check_suffix, replacing

_CHUNK = 1 << 16  # rows of text made at once
_LARGEST_GLB = 4.29e9  # its length is an unsigned 32-bit number, of which the description takes some


def write_solids(solids: Sequence[Solid], path: str | Path) -> None:
    """Write bodies to one file in the format of its suffix, whole or not at all.

    Parameters
    ----------
    solids
        Closed bodies that turn outwards, one a layer.
    path
        ``.stl``: text, one named ``solid`` a body.  ``.3mf``: one named object a body, unit micron, coloured.
        ``.glb``: one named, coloured mesh a body, y upwards as glTF wants it.  ``.obj``: one named object a
        body, its colour in a comment only (a material library would be a second file).  ``.ply``: one binary
        mesh of all bodies whose faces have the property ``layer``, the index of the body.

    Raises
    ------
    MeshError
        If there is no body, or one is not closed or turned inside out.
    OutputError
        For an unknown suffix, or when the file cannot be written.
    """
    check_suffix(Path(path), SOLID_SUFFIXES)
    if not solids:
        raise MeshError(f"{path}: there is no body to write")
    for solid in solids:
        try:
            solid.check()
        except MeshError as error:
            raise MeshError(f"{path}: {error}") from None
    write = _WRITERS[Path(path).suffix.lower()]
    with replacing(path) as temporary, temporary.open("wb") as file:
        write(solids, file)


def _write_stl(solids: Sequence[Solid], file: BinaryIO) -> None:
    for solid, name in zip(solids, distinct_names((s.name for s in solids), _stl_name), strict=True):
        file.write(f"solid {name}\n".encode())
        corners = [f"vertex {point}\n" for rows in _point_rows(solid, "{!r} {!r} {!r}") for point in rows]
        for triangles in _chunks(solid.triangles):
            a, b, c = (solid.points_um[corner] for corner in triangles.T)
            normals = np.cross(b - a, c - a)
            lengths = np.linalg.norm(normals, axis=1, keepdims=True)
            normals = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
            facets = [
                f"facet normal {x:.6g} {y:.6g} {z:.6g}\nouter loop\n"
                f"{corners[i]}{corners[j]}{corners[k]}endloop\nendfacet\n"
                for (x, y, z), (i, j, k) in zip(normals.tolist(), triangles.tolist(), strict=True)
            ]
            file.write("".join(facets).encode())
        # a mark, not the body's name: readers that look for "solid" would find it there
        file.write(f"endsolid {marks.NAME}\n".encode())


def _stl_name(name: str) -> str:
    # readers search the whole text for these keywords
    return re.sub("(?i)(vert)(ex)|(end)(solid)", r"\1\3_\2\4", one_word(name))


def _write_3mf(solids: Sequence[Solid], file: BinaryIO) -> None:
    """Write 3MF by its core specification: three parts in a ZIP, base materials for the colours."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as archive:
        for name, text in _3MF_FRAME.items():
            archive.writestr(_zip_entry(name), text)
        with archive.open(_zip_entry("3D/3dmodel.model"), "w", force_zip64=True) as model:
            for part in _3mf_model(solids):
                model.write(part.encode())


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980: the same bodies give the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _3mf_model(solids: Sequence[Solid]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<model unit="micron" xml:lang="en-US" '
    yield 'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">\n'
    yield f'<metadata name="Application">{marks.NAME}</metadata>\n<resources>\n'
    yield '<basematerials id="1">\n'
    for solid in solids:
        yield f'<base name={quoteattr(one_line(solid.material))} displaycolor="{solid.colour.upper()}"/>\n'
    yield "</basematerials>\n"
    names = distinct_names((solid.name for solid in solids), one_line)
    for index, (solid, name) in enumerate(zip(solids, names, strict=True)):
        yield f'<object id="{index + 2}" type="model" name={quoteattr(name)} pid="1" pindex="{index}">\n'
        yield "<mesh>\n<vertices>\n"
        for rows in _point_rows(solid, '<vertex x="{!r}" y="{!r}" z="{!r}"/>\n'):
            yield "".join(rows)
        yield "</vertices>\n<triangles>\n"
        for triangles in _chunks(solid.triangles):
            yield "".join(map('<triangle v1="{}" v2="{}" v3="{}"/>\n'.format, *triangles.T.tolist()))
        yield "</triangles>\n</mesh>\n</object>\n"
    yield "</resources>\n<build>\n"
    yield "".join(f'<item objectid="{index + 2}"/>\n' for index in range(len(solids)))
    yield "</build>\n</model>\n"


def _write_glb(solids: Sequence[Solid], file: BinaryIO) -> None:
    """Write binary glTF 2.0 by trimesh; films of the same triangles share them.

    Materials are set in its tree: trimesh would keep 8 bits of linear light, too few for dark colours.
    """
    import trimesh

    size = 4 * sum(solid.points_um.size + solid.triangles.size for solid in solids)
    if size > _LARGEST_GLB:
        raise OutputError(f"{size / 1e9:.1f} GB do not fit a GLB file (4.3 GB); use .ply or .3mf")
    corners = np.concatenate([[s.points_um.min(axis=0), s.points_um.max(axis=0)] for s in solids])
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    to_metres = np.zeros((4, 4))
    # our z is glTF's y, which points upwards
    to_metres[[0, 1, 2, 3], [0, 2, 1, 3]] = (1e-6, 1e-6, -1e-6, 1.0)
    to_metres[:3, 3] = to_metres[:3, :3] @ middle
    *names, base = distinct_names([*(solid.name for solid in solids), "world"], one_line)
    scene = trimesh.Scene(base_frame=base)
    for solid, name in zip(solids, names, strict=True):
        body = solid.to_trimesh()
        body.vertices = solid.points_um - middle
        body.metadata = {"role": solid.role, "material": solid.material}
        scene.add_geometry(body, node_name=name, geom_name=name, transform=to_metres)

    def colour(tree: dict[str, Any]) -> None:
        tree["asset"]["generator"] = marks.NAME
        tree["materials"] = [_gltf_material(solid) for solid in solids]
        for index, mesh in enumerate(tree["meshes"]):
            mesh["primitives"][0]["material"] = index

    file.write(scene.export(file_type="glb", include_normals=False, tree_postprocessor=colour))


def _gltf_material(solid: Solid) -> dict[str, Any]:
    surface = {
        "baseColorFactor": [*_linear_rgb(solid.colour), 1.0],
        "metallicFactor": 0.0,
        "roughnessFactor": 0.8,
    }
    return {"name": solid.material, "pbrMetallicRoughness": surface, "alphaMode": "OPAQUE"}


def _linear_rgb(colour: str) -> list[float]:
    """Return the linear light of an sRGB colour ``#rrggbb`` (IEC 61966-2-1), which glTF wants."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]


def _write_obj(solids: Sequence[Solid], file: BinaryIO) -> None:
    file.write(f"# {marks.COMMENT}\n".encode())
    first = 1  # OBJ counts points from 1 through the whole file
    for solid, name in zip(solids, distinct_names((s.name for s in solids), one_word), strict=True):
        material = one_word(solid.material)
        file.write(f"o {name}\ng {name}\n# {one_word(solid.role)}, {material}, {solid.colour}\n".encode())
        for rows in _point_rows(solid, "v {!r} {!r} {!r}\n"):
            file.write("".join(rows).encode())
        for triangles in _chunks(solid.triangles + first):
            file.write("".join(map("f {} {} {}\n".format, *triangles.T.tolist())).encode())
        first += len(solid.points_um)


def _write_ply(solids: Sequence[Solid], file: BinaryIO) -> None:
    names = distinct_names((solid.name for solid in solids), one_word)
    n_points = sum(len(solid.points_um) for solid in solids)
    if n_points > 2**31 - 1:
        raise OutputError(f"{n_points} points do not fit a PLY file (2147483647); use .stl or .3mf")
    header = [
        "ply",
        "format binary_little_endian 1.0",
        f"comment {marks.COMMENT}",
        *(f"comment layer {index} {name}" for index, name in enumerate(names)),
        f"element vertex {n_points}",
        *(f"property double {axis}" for axis in "xyz"),
        f"element face {sum(len(solid.triangles) for solid in solids)}",
        "property list uchar int vertex_indices",
        "property int layer",
        "end_header\n",
    ]
    file.write("\n".join(header).encode())
    for solid in solids:
        file.write(solid.points_um.astype("<f8").tobytes())
    row = np.dtype([("count", "u1"), ("corners", "<i4", 3), ("layer", "<i4")])
    first = 0
    for index, solid in enumerate(solids):
        faces = np.empty(len(solid.triangles), dtype=row)
        faces["count"], faces["corners"], faces["layer"] = 3, solid.triangles + first, index
        file.write(faces.tobytes())
        first += len(solid.points_um)


def _chunks(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def _point_rows(solid: Solid, template: str) -> Iterator[list[str]]:
    """Yield the points as text, the shortest that gives the same doubles back."""
    return (list(map(template.format, *points.T.tolist())) for points in _chunks(solid.points_um))


_WRITERS: dict[str, Callable[[Sequence[Solid], BinaryIO], None]] = {
    ".stl": _write_stl,
    ".3mf": _write_3mf,
    ".glb": _write_glb,
    ".obj": _write_obj,
    ".ply": _write_ply,
}
SOLID_SUFFIXES = tuple(_WRITERS)
"""Formats that `write_solids` writes."""

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_3MF_FRAME = {
    "[Content_Types].xml": f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
</Types>
""",
    "_rels/.rels": f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Target="/3D/3dmodel.model" Id="rel0"
 Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
</Relationships>
""",
}
