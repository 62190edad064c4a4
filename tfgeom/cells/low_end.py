"""What a cell delivers at rest when its films hold the least that is known of them."""

from dataclasses import replace

from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.kinds import lay_cell
from tfgeom.films import FilmLayer
from tfgeom.materials.recording import unrecorded_constants

_KEY = "volumetric_capacity"


def low_end(cell: AssembledCell) -> float | None:
    """Return the usable capacity with every electrode at the low end of its band, C/m².

    The same films, of the same thickness; None where no electrode has a low end.
    """
    blueprint = cell.blueprint
    layers = tuple(_at_low_end(layer) for layer in blueprint.layers)
    if layers == blueprint.layers:
        return None
    with unrecorded_constants():
        lower = replace(blueprint, layers=layers, read={})
        return usable_of(lay_cell(cell.kind, lower, cell.relief, layers)).charge


def _at_low_end(layer: FilmLayer) -> FilmLayer:
    known = layer.material.properties.get(_KEY)
    if layer.role not in ("cathode", "anode") or known is None or known.low is None:
        return layer
    properties = {**layer.material.properties, _KEY: replace(known, value=known.low)}
    return replace(layer, material=replace(layer.material, properties=properties))
