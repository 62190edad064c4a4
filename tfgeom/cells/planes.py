"""The planar cells that a cell stands beside: the same design on the flat, assembled on the same road.

A fixed plane is a named builder.  Those whose electrodes may be of any thickness are in
`tfgeom.cells.plane_family`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.cells.kinds import lay_cell
from tfgeom.films import FilmLayer
from tfgeom.reliefs.planar import planar
from tfgeom.rows import Numbers, alike


def beside_planes(cell: AssembledCell) -> Beside[AssembledCell]:
    """Return a cell beside all its fixed planes.

    Raises
    ------
    MaterialError
        When a constant that sizes a plane is not known.
    """
    planes: dict[str, AssembledCell] = {}
    for name, build in FIXED_PLANES.items():
        plane = build(cell, planes)
        if plane is not None:
            planes[name] = plane
    return Beside(cell, planes)


def beside_same_films(cell: AssembledCell) -> Beside[AssembledCell]:
    """Return a cell beside the plane of the same films alone, which takes no constant of its electrodes."""
    return Beside(cell, {"same_films": _same_films(cell, {})})


def with_electrodes(cell: AssembledCell, cathode: Numbers, anode: Numbers) -> tuple[FilmLayer, ...]:
    """Return a cell's layers with electrodes thicker by these gains, electrolyte and collectors unchanged."""
    gains = {"cathode": cathode, "anode": anode}
    return tuple(
        replace(layer, thickness=layer.thickness * gains[layer.role]) if layer.role in gains else layer
        for layer in cell.blueprint.layers
    )


def _same_films(cell: AssembledCell, _: Mapping[str, AssembledCell]) -> AssembledCell:
    """Return the plane of the same films: what the relief gains."""
    return lay_cell(cell.kind, cell.blueprint, planar(), cell.blueprint.layers)


def _same_capacity(cell: AssembledCell, planes: Mapping[str, AssembledCell]) -> AssembledCell | None:
    """Return the plane whose electrodes are thicker by the capacity gain: what the relief saves in rate.

    None where there is nothing to scale: without a cell, or where nothing is usable.
    """
    own, flat = cell.usable, planes["same_films"].usable
    if own is None or flat is None or not alike((own.charge > 0) & (flat.charge > 0)):
        return None
    gain = own.charge / flat.charge
    layers = with_electrodes(cell, gain, gain)
    return lay_cell(cell.kind, cell.blueprint, planar(), layers)


FIXED_PLANES: Mapping[str, Callable[[AssembledCell, Mapping[str, AssembledCell]], AssembledCell | None]] = {
    "same_films": _same_films,
    "same_capacity": _same_capacity,
}
"""Builders by name, each given the cell and the planes before it; names are those of the JSON."""
