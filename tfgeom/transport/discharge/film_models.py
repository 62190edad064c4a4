"""Which model answers for a film and for an electrolyte: chosen here alone, by what is known of it."""

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.library import Material
from tfgeom.materials.two_phases import phase_limits
from tfgeom.transport.discharge.composition import CompositionFilm, DiffusivityCurve
from tfgeom.transport.discharge.dissociation import DissociatingFilm
from tfgeom.transport.discharge.film_cell import FilmCell, FilmElectrode
from tfgeom.transport.discharge.modal_film import EvenFilm, ModalFilm
from tfgeom.transport.discharge.responses import Electrolyte, Film
from tfgeom.transport.discharge.two_phase import TwoPhaseFilm

_FILLED = np.linspace(0.0, 1.0, 1025)


def film_of(electrode: FilmElectrode, temperature: float) -> Film | None:
    """Return the model of an electrode's film at ``temperature`` (K); None of lithium metal.

    A film whose diffusivity nobody knows is filled alike throughout at any time.  One with limits of two
    phases falls into them; else one with a table diffuses as fast as its composition lets it.
    """
    if electrode.columns is None:
        return None
    limits = phase_limits(electrode.material, temperature)
    if limits is not None:
        return TwoPhaseFilm(electrode.columns, limits)
    diffusivity = electrode.material.value_at("diffusivity", temperature)
    if not diffusivity:
        return EvenFilm(electrode.columns.thickness.size)
    table = diffusivity_over_filling(electrode.material, temperature)
    if table is not None:
        return CompositionFilm(electrode.columns, DiffusivityCurve(table))
    return ModalFilm(electrode.columns, diffusivity)


def diffusivity_over_filling(material: Material, temperature: float) -> NDArray[np.float64] | None:
    """Return the diffusivity (m²/s) at even filled fractions from 0 to 1; None where it is one value."""
    known = material.get("diffusivity")
    if known is None or known.table is None:
        return None
    warmer = (material.value_at("diffusivity", temperature) or 0.0) / known.value
    return np.asarray(known.table.over_filling(_FILLED, material.open_circuit) * warmer)


def electrolytes_of(cell: FilmCell) -> tuple[Electrolyte, ...]:
    """Return the models of the electrolytes whose ions are solved in time, in the order of ``cell.weak``.

    Raises
    ------
    MaterialError
        When one has no dissociation constants.
    """
    return tuple(DissociatingFilm(weak, cell.temperature) for weak in cell.weak)
