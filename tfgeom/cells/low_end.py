"""What a cell delivers at rest when its films hold the least that is known of them."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from itertools import product

from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.kinds import lay_cell
from tfgeom.films import FilmLayer
from tfgeom.materials.recording import unrecorded_constants
from tfgeom.rows import Numbers, smaller

_KEY = "volumetric_capacity"


def low_end(cell: AssembledCell) -> Numbers | None:
    """Return the least usable capacity with electrodes at the low end of their bands or as they are, C/m².

    The same films, of the same thickness; None where no electrode has a low end.  Less of the electrode that
    does not limit may shift where the other starts, either way: each of them by itself counts too.
    """
    blueprint = cell.blueprint
    found = []
    with unrecorded_constants():
        for layers in _with_low_ends(blueprint.layers):
            lower = replace(blueprint, layers=layers, read={})
            found.append(usable_of(lay_cell(cell.kind, lower, cell.relief, layers)).charge)
    return reduce(smaller, found, usable_of(cell).charge) if found else None


def _with_low_ends(layers: tuple[FilmLayer, ...]) -> Iterator[tuple[FilmLayer, ...]]:
    """Yield the layers with one electrode or several at their low ends."""
    choices = []
    for layer in layers:
        lower = _at_low_end(layer)
        choices.append((layer,) if lower is layer else (layer, lower))
    yield from list(product(*choices))[1:]


def _at_low_end(layer: FilmLayer) -> FilmLayer:
    known = layer.material.properties.get(_KEY)
    if layer.role not in ("cathode", "anode") or known is None or known.low is None:
        return layer
    properties = {**layer.material.properties, _KEY: replace(known, value=known.low)}
    return replace(layer, material=replace(layer.material, properties=properties))
