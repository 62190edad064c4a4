"""Volume meshes as MSH, the format of gmsh: versions 2.2 and 4.1, binary or text, groups with names.

A region's physical tag is its number; tags of surfaces start at `SURFACE_TAGS`, so that no tag stands for a
volume and for a surface, which scikit-fem would confuse.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError
from tfgeom.marks import add_mark
from tfgeom.meshing.element_files import ELEMENT_CORNERS, FACE_CORNERS, ElementGrid
from tfgeom.meshing.file_names import distinct_names, one_line
from tfgeom.meshing.length_unit import from_um
from tfgeom.output import replacing

VERSIONS = ("2.2", "4.1")
"""Versions of the format that can be written."""
SURFACE_TAGS = 1000
"""Tag of the first surface, that of the substrate; the outer face of region ``i`` has this plus ``i``."""

_CODES = {"triangle": 2, "quad": 3, "tetra": 4, "hexahedron": 5, "wedge": 6, "pyramid": 7}  # gmsh's
_DIGITS = "%.17g"
Ids = NDArray[np.int64]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Block:
    """Elements of one shape in one group."""

    dimension: int
    tag: int
    shape: str
    corners: Ids


def write_msh(
    grid: ElementGrid, path: str | Path, *, version: str = "2.2", text: bool = False, unit: str = "um"
) -> None:
    """Write a grid as MSH, regions and surfaces as named physical groups.

    Parameters
    ----------
    grid
        Volume groups have the numbers of its regions, surface groups count from `SURFACE_TAGS`.  Names that
        gmsh cannot hold are changed (quotes, line ends), and made distinct.
    path
        File to write.
    version
        One of `VERSIONS`.
    text
        Whether to write numbers as text, which some readers need, instead of binary.
    unit
        Of the coordinates, one of `tfgeom.meshing.length_unit.UNITS`; the comment at the end says it.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    count = len(grid.legend.regions)
    if count >= SURFACE_TAGS:
        raise MeshError(f"MSH numbers at most {SURFACE_TAGS - 1} layers; there are {count}")
    points = from_um(grid.points_um, unit)
    with replacing(path) as temporary:
        if version == "2.2":
            _write_22(grid, points, temporary, binary=not text)
        else:
            with temporary.open("wb") as file:
                _write_41(grid, points, file, binary=not text)
        add_mark(temporary, ".msh", unit)


def group_tags(grid: ElementGrid) -> dict[str, tuple[int, int]]:
    """Return tag and dimension of each group by its name in the file."""
    tags = [(region.number, 3) for region in grid.regions]
    tags += [(SURFACE_TAGS + index, 2) for index in range(len(grid.surfaces))]
    names = distinct_names((*(region.name for region in grid.regions), *grid.surfaces), _group_name)
    return dict(zip(names, tags, strict=True))


def _write_22(grid: ElementGrid, points: Points, path: Path, *, binary: bool) -> None:
    """Write version 2.2, which tags each element."""
    import meshio

    by_kind: dict[str, list[_Block]] = {}  # one block a kind: many small ones load slowly
    for block in _blocks(grid):
        by_kind.setdefault(block.shape, []).append(block)
    tags = [
        np.repeat([block.tag for block in blocks], [len(block.corners) for block in blocks]).astype(np.int32)
        for blocks in by_kind.values()
    ]
    mesh = meshio.Mesh(
        points,
        [(kind, np.concatenate([block.corners for block in blocks])) for kind, blocks in by_kind.items()],
        cell_data={"gmsh:physical": tags, "gmsh:geometrical": tags},
        field_data={name: np.array(tag) for name, tag in group_tags(grid).items()},
    )
    mesh.write(path, file_format="gmsh22", binary=binary)


def _write_41(grid: ElementGrid, points: Points, file: BinaryIO, *, binary: bool) -> None:
    """Write version 4.1, in which entities have the tags and elements belong to entities.

    Source of the format: gmsh's reference manual, "MSH file format".  meshio can write only entities that own
    a node, which a film of one element across its thickness does not: all its nodes lie on its faces.
    """
    blocks = list(_blocks(grid))
    entities = list(dict.fromkeys((block.dimension, block.tag) for block in blocks))
    write = _Numbers(file, binary)
    file.write(f"$MeshFormat\n4.1 {int(binary)} 8\n".encode())
    if binary:
        write(("i4", 1))
        file.write(b"\n")
    file.write(b"$EndMeshFormat\n")
    names = sorted((dimension, tag, name) for name, (tag, dimension) in group_tags(grid).items())
    file.write(f"$PhysicalNames\n{len(names)}\n".encode())
    file.writelines(f'{dimension} {tag} "{name}"\n'.encode() for dimension, tag, name in names)
    file.write(b"$EndPhysicalNames\n$Entities\n")
    write(*(("u8", sum(dimension == of for of, _ in entities)) for dimension in range(4)))
    for dimension, tag in sorted(entities):
        own = [block.corners.ravel() for block in blocks if (block.dimension, block.tag) == (dimension, tag)]
        within = points[np.concatenate(own)]
        box = np.concatenate((within.min(axis=0), within.max(axis=0)))
        # in one physical group; its bounding entities are not all there: mirror planes have no surface
        write(("i4", tag), ("f8", box), ("u8", 1), ("i4", tag), ("u8", 0))
    write.end()
    file.write(b"$EndEntities\n$Nodes\n")
    owner = np.full(len(points), -1)
    for index in sorted(range(len(entities)), key=lambda index: -entities[index][0]):
        for block in blocks:
            if (block.dimension, block.tag) == entities[index]:
                owner[block.corners] = index  # a surface takes its nodes from the volumes beside it
    owned = [(entity, np.flatnonzero(owner == index)) for index, entity in enumerate(entities)]
    owned = [(entity, nodes) for entity, nodes in owned if len(nodes)]
    write(*(("u8", number) for number in (len(owned), len(owner), 1, len(owner))))
    for (dimension, tag), nodes in owned:
        write(("i4", (dimension, tag, 0)), ("u8", len(nodes)))
        write.rows("u8", nodes[:, None] + 1)
        write.rows("f8", points[nodes])
    write.end()
    n_elements = sum(len(block.corners) for block in blocks)
    file.write(b"$EndNodes\n$Elements\n")
    write(*(("u8", number) for number in (len(blocks), n_elements, 1, n_elements)))
    first = 1
    for block in blocks:
        count = len(block.corners)
        write(("i4", (block.dimension, block.tag, _CODES[block.shape])), ("u8", count))
        write.rows("u8", np.column_stack((np.arange(first, first + count), block.corners + 1)))
        first += count
    write.end()
    file.write(b"$EndElements\n")


class _Numbers:
    """Writes numbers binary, or as text on lines."""

    def __init__(self, file: BinaryIO, binary: bool) -> None:
        self._file, self._binary = file, binary

    def __call__(self, *typed: tuple[str, Any]) -> None:
        """Write numbers of several types on one line."""
        if self._binary:
            for kind, values in typed:
                self._file.write(np.atleast_1d(np.asarray(values, dtype=f"<{kind}")).tobytes())
            return
        words = [
            _DIGITS % value if kind == "f8" else str(value)
            for kind, values in typed
            for value in np.atleast_1d(values).tolist()
        ]
        self._file.write((" ".join(words) + "\n").encode())

    def rows(self, kind: str, values: NDArray[Any]) -> None:
        """Write a table of one type."""
        if self._binary:
            self._file.write(values.astype(f"<{kind}").tobytes())
        else:
            np.savetxt(self._file, values, fmt=_DIGITS if kind == "f8" else "%d")

    def end(self) -> None:
        """End binary numbers with a line end, as the format asks for."""
        if self._binary:
            self._file.write(b"\n")


def _blocks(grid: ElementGrid) -> Iterable[_Block]:
    """Yield elements by kind and region, then faces by kind and surface; none without elements."""
    for kind in ELEMENT_CORNERS:
        corners = grid.elements.get(kind)
        if corners is None:
            continue
        for region in grid.regions:
            own = corners[grid.region[kind] == region.number]
            if len(own):
                yield _Block(3, region.number, kind, own)
    for kind in FACE_CORNERS:
        for index, by_kind in enumerate(grid.surfaces.values()):
            if len(by_kind.get(kind, ())):
                yield _Block(2, SURFACE_TAGS + index, kind, by_kind[kind])


def _group_name(name: str) -> str:
    """Return a name that may stand between double quotes; gmsh reads at most 255 characters of one."""
    return one_line(name).replace('"', "'").replace("\\", "/")[:200]
