"""From a cell to what the film model takes of it: its electrodes and losses in columns side by side."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.discharge_sides import Side, cell_voltage
from tfgeom.cells.inventory import Host, balance
from tfgeom.cells.lithium import electrode_hosts
from tfgeom.errors import MaterialError
from tfgeom.films import Film
from tfgeom.materials.library import Material
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.searching import last_point
from tfgeom.transport.discharge.columns import CutCircuit
from tfgeom.transport.discharge.film_cell import FilmElectrode, WeakElectrolyte

_HALVINGS = 44

Floats = NDArray[np.float64]


def film_electrode(
    cut: CutCircuit, film: Film, *, wetted_outside: bool, sign: int, room: float, start: float
) -> FilmElectrode:
    """Return an electrode film in columns.

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
    start
        Filled fraction at the start.
    """
    layer, found = film.layer, cut.of(film.layer.name)
    columns = found.columns(wetted_outside=wetted_outside)
    return FilmElectrode(
        name=layer.name,
        material=layer.material,
        sign=sign,
        columns=None if layer.material.is_lithium_metal else columns,
        capacity=room,
        start=start,
        face=columns.wetted,
    )


def with_own_lithium(
    cathode: FilmElectrode, anode: FilmElectrode, cell: AssembledCell
) -> tuple[FilmElectrode, FilmElectrode]:
    """Return both films as columns that keep the lithium they were made with.

    Between films lithium moves within a column, so that each is charged by its own balance: where one has
    more of an anode for its cathode than the others, the anode is filled less.  At the start of the discharge
    all have one voltage at rest, and together have passed what the cell has.
    """
    if cathode.columns is None or anode.columns is None or cathode.face.size == 1:
        return cathode, anode
    rooms = [
        one.capacity * columns.volume / columns.volume.sum()
        for one, columns in ((cathode, cathode.columns), (anode, anode.columns))
    ]
    against, hosts = electrode_hosts(cell.made)
    made = [
        Host(host.role, room, host.lithiation, host.efficiency)
        for host, room in zip(hosts, rooms, strict=True)
    ]
    own = balance(made[0], against, made[1])
    charged = own.charged_cathode, own.charged_anode
    curves = [_curve(one.material) for one in (cathode, anode)]
    sides = [
        Side(curve, room, filled, one.sign, one.sign)
        for curve, room, filled, one in zip(curves, rooms, charged, (cathode, anode), strict=True)
    ]
    passed = _passed(sides, own.capacity, usable_of(cell).start, cell.blueprint.temperature)
    starts = [side.start + side.filling * passed / side.room for side in sides]
    return replace(cathode, starts=starts[0]), replace(anode, starts=starts[1])


def _passed(sides: Sequence[Side], held: Floats, passed: float, kelvin: float) -> Floats:
    """Return what each column has passed, C/m², at one voltage at rest: together ``passed``."""
    if passed == 0.0:
        return np.zeros_like(held)

    def at(voltage: float) -> Floats:
        found = last_point(
            lambda charge: cell_voltage(sides, charge, kelvin) - voltage, 0 * held, held, halvings=_HALVINGS
        )
        return np.asarray(found.value)

    lowest = float(np.min(cell_voltage(sides, held, kelvin)))
    highest = float(np.max(cell_voltage(sides, 0 * held, kelvin)))
    level = last_point(
        lambda voltage: passed - float(at(voltage).sum()), highest, lowest, halvings=_HALVINGS
    ).value
    found = at(level)
    return np.asarray(found * (passed / found.sum()))


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
        _curve(layer.material, layer.name)


def _curve(material: Material, layer: str = "") -> OpenCircuit:
    curve = material.open_circuit
    if curve is None:
        raise MaterialError.at(
            f"layers.{layer}.material",
            f"'{material.name}' has no open-circuit curve in the library, which a discharge in time needs; "
            f"give materials.{material.name}.open_circuit",
        )
    return curve
