"""Bodies as 3MF: named, coloured objects in a unit that the file says.

An array holds the bodies of one cell once and builds each of them in every cell.  Its build items are a flat
list: nested components would be shorter, but trimesh follows only part of them (22,684 of 60,000).
"""

import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from tfgeom import marks
from tfgeom.meshing.file_names import distinct_names, instance_names, one_line
from tfgeom.meshing.length_unit import from_um
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.text_rows import chunks, point_rows

_WORDS = {"um": "micron", "mm": "millimeter", "m": "meter"}


def write_3mf(
    solids: Sequence[Solid], file: BinaryIO, unit: str, places_um: NDArray[np.float64] | None = None
) -> None:
    """Write 3MF by its core specification: three parts in a ZIP, base materials for the colours.

    Parameters
    ----------
    solids
        Bodies, of one cell where there are places.
    file
        Open for writing.
    unit
        ``um``, ``mm`` or ``m``.
    places_um
        Where cells stand, um, shape (rows, columns, 2); None for the bodies as they are.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as archive:
        for name, text in _FRAME.items():
            archive.writestr(_zip_entry(name), text)
        with archive.open(_zip_entry("3D/3dmodel.model"), "w", force_zip64=True) as model:
            for part in _model(solids, unit, places_um):
                model.write(part.encode())


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980: the same bodies give the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _model(solids: Sequence[Solid], unit: str, places_um: NDArray[np.float64] | None) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<model unit="{_WORDS[unit]}" xml:lang="en-US" '
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
        for rows in point_rows(solid.points_um, unit, '<vertex x="{!r}" y="{!r}" z="{!r}"/>\n'):
            yield "".join(rows)
        yield "</vertices>\n<triangles>\n"
        for triangles in chunks(solid.triangles):
            yield "".join(map('<triangle v1="{}" v2="{}" v3="{}"/>\n'.format, *triangles.T.tolist()))
        yield "</triangles>\n</mesh>\n</object>\n"
    yield "</resources>\n<build>\n"
    for index, name in enumerate(names):
        if places_um is None:
            yield f'<item objectid="{index + 2}"/>\n'
        else:
            yield from _items(index + 2, name, unit, places_um)
    yield "</build>\n</model>\n"


def _items(number: int, name: str, unit: str, places_um: NDArray[np.float64]) -> Iterator[str]:
    """Yield the build items of one body, row by row of cells; part numbers name each copy."""
    called = instance_names(name, places_um.shape[:2])
    for row in from_um(places_um, unit):
        yield "".join(
            f'<item objectid="{number}" transform="1 0 0 0 1 0 0 0 1 {x!r} {y!r} 0" '
            f"partnumber={quoteattr(next(called))}/>\n"
            for x, y in row.tolist()
        )


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FRAME = {
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
