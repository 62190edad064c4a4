"""A design's cell and planes for the film model, on one road."""

from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.design import Contact
from tfgeom.metrics.closed_rates import no_rates, nominal_of
from tfgeom.metrics.noted import Noted
from tfgeom.transport.discharge.column_voltages import Columns
from tfgeom.transport.discharge.film_cell import FilmCell

_HOUR, _DAY = 3600.0, 24 * 3600.0
_SHOWS = 1e-3
_TOLD_IN_HOURS, _TOLD_IN_DAYS = 2 * _DAY, 1000 * _DAY


def film_cells(cells: Beside[AssembledCell], *, contacted: bool = True) -> Noted[Beside[FilmCell] | None]:
    """Return the cell and its planes in columns; None, with a note, where there is no rate model.

    Parameters
    ----------
    cells
        The cell and its planes.
    contacted
        Whether the design's contacts count, and not ideal collectors; a plane is contacted everywhere.
    """
    reason, own = no_rates(cells), cells.cell.usable
    if reason or own is None:
        return Noted(None, (f"rate is null: {reason}",))
    obstacle = cells.cell.kind.obstacle_to_closed_form(cells.cell)
    if obstacle is not None:
        return Noted(None, (f"the film model is not yet supported: {obstacle}",))
    whole, stated = own.charge, cells.cell.blueprint.operation.nominal_capacity
    nominal = whole if stated is None else stated
    notes = []
    if contacted and cells.cell.blueprint.operation.contact != Contact():
        obstacle = cells.cell.kind.obstacle_to_elements(cells.cell)
        if obstacle is not None:
            contacted = False
            notes.append(
                f"the film model takes the collectors as equipotentials: not yet supported: {obstacle}"
            )

    def cut(cell: AssembledCell) -> FilmCell:
        counted = nominal_of(usable_of(cell).charge, whole, nominal)
        return cell.kind.film_cell(cell, nominal=counted, contacted=contacted)

    found = cells.map(cut)
    notes += [*found.cell.remarks, *_energy_notes(cells.cell, found.cell)]
    return Noted(found, (*notes, *_leak_notes(cells.cell, found.cell)))


def _energy_notes(cell: AssembledCell, cut: FilmCell) -> list[str]:
    """Return how much more or less columns hold at rest than at their mean composition, if that shows."""
    resting, energy = Columns(cut).resting, usable_of(cell).energy
    if resting is None or not energy:
        return []
    more = resting.energy(cut.capacity, cut.window[0]) / energy - 1
    if abs(more) < _SHOWS:
        return []
    return [
        f"each column keeps the lithium that it was made with: so filled, the cell holds {abs(more):.1%} "
        f"{'more' if more > 0 else 'less'} energy at rest than at its mean composition, on which energies at "
        "open circuit count"
    ]


def _leak_notes(cell: AssembledCell, cut: FilmCell) -> list[str]:
    """Return how long a charged cell lasts at rest where electrons leak through its electrolyte."""
    voltage = usable_of(cell).mean_voltage
    if not (cut.leak and voltage):
        return []
    lasts = _lasting(cut.capacity / (cut.leak * voltage))
    return [
        "electrons leak through the electrolyte, by its electronic_conductivity: at rest the charged cell "
        f"lasts {lasts}; the film model counts it"
    ]


def _lasting(seconds: float) -> str:
    if seconds < _TOLD_IN_HOURS:
        return f"{seconds / _HOUR:.3g} hours"
    if seconds < _TOLD_IN_DAYS:
        return f"{seconds / _DAY:.3g} days"
    return f"{seconds / (365.25 * _DAY):.3g} years"
