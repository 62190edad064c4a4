"""Reliefs to mesh, one of each: sections, slopes, rims, coaxial tubes, both faces of a wafer."""

import math

from tests.kinds import further, unit_cell
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave
from tfgeom.units import UM

# One of each: sections, lattices that share their mirror lines or do not, slopes, coaxial tubes, both faces.
SHARP: dict[str, UnitCell] = {
    "square pillars": pillars(3 * UM, 6 * UM, 4 * UM, "square", sides=4),
    "square pillars at 15 deg": pillars(3 * UM, 6 * UM, 4 * UM, "square", sides=4, rotation=math.radians(15)),
    "square pillars on hexagonal": pillars(3 * UM, 6 * UM, 4 * UM, "hexagonal", sides=4),
    "leaning square pillars": pillars(3 * UM, 6 * UM, 4 * UM, "square", sides=4, angle=math.radians(80)),
    "undercut square pillars": pillars(3 * UM, 6 * UM, 4 * UM, "square", sides=4, angle=math.radians(94)),
    "hexagonal pillars": pillars(3 * UM, 6 * UM, 4 * UM, "hexagonal", sides=6),
    "round pillars": pillars(3 * UM, 6 * UM, 4 * UM, "square"),
    "leaning round pillars": pillars(3 * UM, 6 * UM, 4 * UM, "hexagonal", angle=math.radians(75)),
    "square holes": holes(3 * UM, 6 * UM, 4 * UM, "square", sides=4),
    "hexagonal holes at 20 deg": holes(3 * UM, 6 * UM, 4 * UM, "square", sides=6, rotation=math.radians(20)),
    "leaning round holes": holes(3 * UM, 6 * UM, 4 * UM, "hexagonal", angle=math.radians(85)),
    "through-holes": holes(3 * UM, 6 * UM, 4 * UM, "square", through=True),
    "square through-holes": holes(
        3 * UM, 6 * UM, 4 * UM, "square", through=True, sides=4, angle=math.radians(85)
    ),
    "honeycomb": honeycomb(1 * UM, 6 * UM, 4 * UM),
    "trenches": trenches(2 * UM, 5 * UM, 4 * UM),
    "leaning trenches": trenches(3 * UM, 6 * UM, 4 * UM, angle=math.radians(82)),
    "undercut trenches": trenches(2 * UM, 5 * UM, 4 * UM, angle=math.radians(93)),
    "tubes": microtubes(4 * UM, 1 * UM, 6 * UM, 4 * UM, "hexagonal"),
    "double tubes": microtubes(4.8 * UM, 0.5 * UM, 6 * UM, 4 * UM, "square", inner=(2.3 * UM, 0.5 * UM)),
}
ROUNDED: dict[str, Cell] = {
    "rounded square pillars": pillars(3 * UM, 6 * UM, 4 * UM, "square", 0.1 * UM, sides=4),
    "rounded holes at 85 deg": holes(3 * UM, 6 * UM, 4 * UM, "hexagonal", 0.1 * UM, angle=math.radians(85)),
    "rounded through-holes": holes(
        3 * UM, 6 * UM, 4 * UM, "hexagonal", 0.1 * UM, through=True, angle=math.radians(87)
    ),
    "rounded honeycomb": honeycomb(1 * UM, 6 * UM, 4 * UM, 0.1 * UM),
    "rounded tubes": microtubes(4.2 * UM, 1 * UM, 6 * UM, 4 * UM, "square", 0.1 * UM),
}
_VARIED: dict[str, Cell] = {**SHARP, **ROUNDED, "planar": planar(), "wave": wave(1 * UM, 8 * UM)}
CELLS = _VARIED | {kind: unit_cell(kind) for kind in further({cell.kind for cell in _VARIED.values()})}
