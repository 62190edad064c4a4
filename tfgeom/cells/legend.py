"""Numbers of the films and materials of a design, whatever of it a file holds."""

from tfgeom.cells.assembled import AssembledCell
from tfgeom.design.paths import PLATED_LITHIUM
from tfgeom.meshing.legend import LIQUID, Legend, film_legend


def cell_legend(cell: AssembledCell) -> Legend:
    """Return the numbers of substrate, films, and liquid or plated lithium."""
    beyond = None
    plated = cell.charged.named(PLATED_LITHIUM)
    if cell.liquid is not None:
        beyond = (LIQUID, "electrolyte", cell.liquid.name)
    elif plated is not None:
        beyond = (PLATED_LITHIUM, plated.layer.role, plated.layer.material.name)
    return film_legend([film.layer for film in cell.made.films], substrate=cell.substrate, beyond=beyond)
