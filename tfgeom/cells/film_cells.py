"""From a cell to what the film model takes of it: its electrodes and losses in columns side by side."""

import numpy as np

from tfgeom.cells.assembled import AssembledCell
from tfgeom.errors import MaterialError
from tfgeom.films import Film
from tfgeom.materials.library import Material
from tfgeom.transport.discharge.columns import CutCircuit
from tfgeom.transport.discharge.film_cell import FilmElectrode, WeakElectrolyte


def film_electrode(
    cut: CutCircuit,
    film: Film,
    *,
    wetted_outside: bool,
    sign: int,
    room: float,
    charged: float,
    passed: float,
) -> FilmElectrode:
    """Return an electrode film in columns, ``passed`` C/m² after full charge.

    Parameters
    ----------
    cut
        The cell's circuit in columns; the film is part of it.
    film
        The electrode.
    wetted_outside
        Whether the electrolyte lies on its outer face.
    sign
        +1 where discharge fills it, -1 where it empties it.
    room
        Its capacity, C per m² of footprint; infinite for lithium metal.
    charged
        Filled fraction of the charged cell.
    passed
        C per m² of footprint.
    """
    layer, found = film.layer, cut.of(film.layer.name)
    columns = found.columns(wetted_outside=wetted_outside)
    return FilmElectrode(
        name=layer.name,
        material=layer.material,
        sign=sign,
        columns=None if layer.material.is_lithium_metal else columns,
        capacity=room,
        start=charged + sign * passed / room,
        face=columns.wetted,
    )


def lithium_counter(material: Material) -> FilmElectrode:
    """Return a flat counter electrode of lithium metal, which discharge empties and never exhausts."""
    return FilmElectrode("counter", material, -1, None, np.inf, 1.0, np.ones(1))


def weak_electrolytes(cut: CutCircuit, *, cathode_inside: bool) -> tuple[WeakElectrolyte, ...]:
    """Return the electrolyte films whose ions form and recombine, in columns, from the cathode on."""
    outwards = tuple(
        WeakElectrolyte(one.film.layer.name, one.film.layer.material, found.thickness, found.mean_area)
        for one, found in zip(cut.circuit.films, cut.films, strict=True)
        if one.film.layer.role == "electrolyte"
    )
    return outwards if cathode_inside else outwards[::-1]


def require_curves(cell: AssembledCell) -> None:
    """Raise MaterialError for an electrode without an open-circuit curve: it has no voltage in time."""
    for layer in cell.blueprint.electrodes:
        if layer.material.open_circuit is None:
            name = layer.material.name
            raise MaterialError.at(
                f"layers.{layer.name}.material",
                f"'{name}' has no open-circuit curve in the library, which a discharge in time needs; "
                f"give materials.{name}.open_circuit",
            )
