"""From a relief's parameters to its unit cell: one builder a kind, and the table that names them.

Sizes have been checked by the design file; the builders only translate them.
"""

import math
from collections.abc import Callable
from typing import Any

from tfgeom.geometry.cell import UnitCell
from tfgeom.geometry.plan import Bar, Loop, Plan
from tfgeom.units import UM


def lattice_footprint(pitch: float, lattice: str) -> float:
    """Return the area of the primitive cell of a ``square`` or ``hexagonal`` lattice, m²."""
    return pitch**2 if lattice == "square" else math.sqrt(3) / 2 * pitch**2


def planar() -> UnitCell:
    """Return the flat cell, 1 um x 1 um."""
    return UnitCell("planar", Plan(UM**2))


def pillars(diameter: float, pitch: float, height: float, lattice: str, rim_radius: float = 0.0) -> UnitCell:
    """Return the cell of round pillars; lengths in m."""
    return UnitCell(
        kind="pillars",
        plan=Plan(lattice_footprint(pitch, lattice), (Loop(diameter / 2, opening=False),)),
        height=height,
        rim_radius=rim_radius,
        feature_width=diameter,
        gap=pitch - diameter,
        gap_name="neighbours",
        pitch=pitch,
        lattice=lattice,
    )


def holes(diameter: float, pitch: float, depth: float, lattice: str, rim_radius: float = 0.0) -> UnitCell:
    """Return the cell of blind round holes; lengths in m."""
    opening = Loop(diameter / 2, opening=True)
    return UnitCell(
        kind="holes",
        plan=Plan(lattice_footprint(pitch, lattice), (opening,), raised_background=True),
        height=depth,
        rim_radius=rim_radius,
        feature_width=diameter,
        gap=diameter,
        gap_name="opening",
        pitch=pitch,
        lattice=lattice,
    )


def trenches(width: float, pitch: float, depth: float, rim_radius: float = 0.0) -> UnitCell:
    """Return the cell (pitch x pitch) of parallel trenches ``width`` wide; lengths in m."""
    return UnitCell(
        kind="trenches",
        plan=Plan(pitch**2, (Bar(pitch - width, pitch),)),
        height=depth,
        rim_radius=rim_radius,
        feature_width=width,
        gap=width,
        gap_name="opening",
        pitch=pitch,
    )


def microtubes(
    outer_diameter: float, wall: float, pitch: float, height: float, lattice: str, rim_radius: float = 0.0
) -> UnitCell:
    """Return the cell of tubes whose bore is as deep as their outside; lengths in m."""
    bore = outer_diameter - 2 * wall
    space = pitch - outer_diameter
    return UnitCell(
        kind="microtubes",
        plan=Plan(
            lattice_footprint(pitch, lattice),
            (Loop(outer_diameter / 2, opening=False), Loop(bore / 2, opening=True)),
        ),
        height=height,
        rim_radius=rim_radius,
        feature_width=outer_diameter,
        gap=min(bore, space),
        gap_name="bore" if bore <= space else "neighbours",
        pitch=pitch,
        lattice=lattice,
    )


def honeycomb(wall: float, pitch: float, depth: float, rim_radius: float = 0.0) -> UnitCell:
    """Return the cell of hexagonal openings, ``pitch - wall`` across flats; lengths in m."""
    across_flats = pitch - wall
    opening = Loop(across_flats / 2, opening=True, sides=6)
    return UnitCell(
        kind="honeycomb",
        plan=Plan(lattice_footprint(pitch, "hexagonal"), (opening,), raised_background=True),
        height=depth,
        rim_radius=rim_radius,
        feature_width=across_flats,
        gap=across_flats,
        gap_name="opening",
        pitch=pitch,
        lattice="hexagonal",
    )


def _width(value: Any) -> float:
    # With vertical walls a width is the same wherever it is measured.
    return float(value.value)


_BUILDERS: dict[str, Callable[[Any], UnitCell]] = {
    "planar": lambda r: planar(),
    "pillars": lambda r: pillars(_width(r.diameter), r.pitch, r.height, r.lattice, r.rim_radius),
    "holes": lambda r: holes(_width(r.diameter), r.pitch, r.depth, r.lattice, r.rim_radius),
    "trenches": lambda r: trenches(_width(r.width), r.pitch, r.depth, r.rim_radius),
    "microtubes": lambda r: microtubes(
        _width(r.outer_diameter), r.wall, r.pitch, r.height, r.lattice, r.rim_radius
    ),
    "honeycomb": lambda r: honeycomb(r.wall, r.pitch, r.depth, r.rim_radius),
}


def build_cell(relief: Any) -> UnitCell:
    """Return the unit cell of a checked relief (one of the classes of `tfgeom.design`)."""
    return _BUILDERS[relief.kind](relief)
