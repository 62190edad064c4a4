"""A design's cell and planes for the film model, on one road."""

from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.metrics.closed_rates import no_rates, nominal_of
from tfgeom.metrics.noted import Noted
from tfgeom.transport.discharge.film_cell import FilmCell


def film_cells(cells: Beside[AssembledCell], *, contacted: bool = False) -> Noted[Beside[FilmCell] | None]:
    """Return the cell and its planes in columns; None, with a note, where there is no rate model.

    Parameters
    ----------
    cells
        The cell and its planes.
    contacted
        Whether the design's contacts count, and not ideal collectors.
    """
    reason, own = no_rates(cells), cells.cell.usable
    if reason or own is None:
        return Noted(None, (f"rate is null: {reason}",))
    obstacle = cells.cell.kind.obstacle_to_closed_form(cells.cell)
    if obstacle is not None:
        return Noted(None, (f"the film model is not yet supported: {obstacle}",))
    whole, stated = own.charge, cells.cell.blueprint.operation.nominal_capacity
    nominal = whole if stated is None else stated

    def cut(cell: AssembledCell) -> FilmCell:
        counted = nominal_of(usable_of(cell).charge, whole, nominal)
        return cell.kind.film_cell(cell, nominal=counted, contacted=contacted)

    return Noted(cells.map(cut))
