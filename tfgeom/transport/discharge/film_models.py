"""Which model answers for a film and for an electrolyte: chosen here alone, by what is known of it."""

from tfgeom.transport.discharge.dissociation import DissociatingFilm
from tfgeom.transport.discharge.film_cell import FilmCell, FilmElectrode
from tfgeom.transport.discharge.modal_film import EvenFilm, ModalFilm
from tfgeom.transport.discharge.responses import Electrolyte, Film


def film_of(electrode: FilmElectrode, temperature: float) -> Film | None:
    """Return the model of an electrode's film at ``temperature`` (K); None of lithium metal.

    A film whose diffusivity nobody knows is filled alike throughout at any time.
    """
    if electrode.columns is None:
        return None
    diffusivity = electrode.material.value_at("diffusivity", temperature)
    if not diffusivity:
        return EvenFilm(electrode.columns.thickness.size)
    return ModalFilm(electrode.columns, diffusivity)


def electrolytes_of(cell: FilmCell) -> tuple[Electrolyte, ...]:
    """Return the models of the electrolytes whose ions are solved in time, in the order of ``cell.weak``.

    Raises
    ------
    MaterialError
        When one has no dissociation constants.
    """
    return tuple(DissociatingFilm(weak, cell.temperature) for weak in cell.weak)
