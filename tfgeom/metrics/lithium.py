"""Lithium bookkeeping: what each electrode holds, what moves between them, what would balance them.

With inventory I (lithium in the electrodes as made): charged, the anode holds min(I, Qa); discharged, the
cathode holds min(I, Qc); what moves is ``max(0, min(I, Qc) + min(I, Qa) - I)``.  Lithium metal is unlimited
room and supply; lithium that is plated in an anode-free cell is unlimited room, and no supply.

First cycle: an electrode of `initial_efficiency` e keeps the share 1 - e of the lithium that first fills it,
``min(I, Q)``; what both keep no longer moves and is taken from I beforehand.  Against unlimited lithium
nothing is missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tfgeom.errors import DesignError, MaterialError
from tfgeom.films import Film, FilmLayer, Stack, stack_films
from tfgeom.geometry.kinds import Cell
from tfgeom.searching import Crossing, last_point, possible
from tfgeom.units import NM


@dataclass(frozen=True, slots=True)
class LithiumBalance:
    """Capacities per footprint, C/m², and where the lithium is when the cell is charged.

    Attributes
    ----------
    capacity
        What the cell delivers.
    cathode, anode
        Capacities by film volume; None where there is no such film or it is lithium metal.
    inventory
        Lithium that moves or could: in the electrodes as made, less what the first cycle binds; None with
        unlimited supply.
    limiting
        cathode, anode or lithium.
    charged_cathode, charged_anode
        Filled fractions of the charged cell.
    bound
        Lithium that the first cycle binds.
    """

    capacity: float
    cathode: float | None
    anode: float | None
    inventory: float | None
    limiting: str
    charged_cathode: float
    charged_anode: float
    bound: float = 0.0

    @property
    def n_to_p_ratio(self) -> float | None:
        """Anode over cathode capacity; None when one of them is unlimited or missing."""
        return self.anode / self.cathode if self.anode is not None and self.cathode else None


def electrode_capacity(stack: Stack, film: Film) -> float:
    """Return film volume times volumetric capacity over the footprint, C/m².

    Raises
    ------
    MaterialError
        When the material has no volumetric capacity.
    """
    capacity = film.layer.material.value("volumetric_capacity")
    if capacity is None:
        name = film.layer.material.name
        raise MaterialError.at(
            f"layers.{film.layer.name}.material",
            f"'{name}' has no volumetric capacity in the library; "
            f"give materials.{name}.volumetric_capacity, for example '60 uAh/cm^2/um'",
        )
    return film.volume * capacity / stack.cell.footprint


def lithium_balance(stack: Stack) -> LithiumBalance:
    """Return the lithium bookkeeping of a cell with one or two electrode films.

    A single electrode film beside an electrolyte film is an anode-free cell as made; without one it is a
    half-cell against an unlimited counter electrode and limits by itself.
    """
    cathode, anode = stack.first("cathode"), stack.first("anode")
    if cathode is not None and anode is None and stack.first("electrolyte") is not None:
        return _anode_free(stack, cathode)
    if cathode is None or anode is None:
        return _half_cell(stack, cathode, anode)
    room_c = electrode_capacity(stack, cathode)
    if anode.layer.material.is_lithium_metal:
        return LithiumBalance(room_c, room_c, None, None, "cathode", 0.0, 1.0)
    room_a = electrode_capacity(stack, anode)
    as_made = lithiation_as_made(cathode) * room_c + lithiation_as_made(anode) * room_a
    bound = min(as_made, _kept(cathode, min(as_made, room_c)) + _kept(anode, min(as_made, room_a)))
    inventory = as_made - bound
    in_anode, in_cathode = min(inventory, room_a), min(inventory, room_c)
    smaller = "anode" if room_a < room_c else "cathode"
    return LithiumBalance(
        capacity=max(0.0, in_cathode + in_anode - inventory),
        cathode=room_c,
        anode=room_a,
        inventory=inventory,
        limiting="lithium" if inventory < min(room_a, room_c) else smaller,
        charged_cathode=(inventory - in_anode) / room_c,
        charged_anode=in_anode / room_a,
        bound=bound,
    )


def _kept(film: Film, filled: float) -> float:
    """Return what an electrode keeps of the lithium that first fills it, C/m²."""
    efficiency = film.layer.material.value("initial_efficiency")
    return 0.0 if efficiency is None else (1 - efficiency) * filled


def _anode_free(stack: Stack, cathode: Film) -> LithiumBalance:
    room = electrode_capacity(stack, cathode)
    as_made = lithiation_as_made(cathode) * room
    bound = _kept(cathode, as_made)
    inventory = as_made - bound
    limiting = "lithium" if inventory < room else "cathode"
    return LithiumBalance(inventory, room, None, inventory, limiting, 0.0, 1.0, bound)


def _half_cell(stack: Stack, cathode: Film | None, anode: Film | None) -> LithiumBalance:
    film = cathode or anode
    if film is None:
        raise DesignError.at("layers", "has no electrode film; add a layer with role cathode or anode")
    room = electrode_capacity(stack, film)
    is_cathode = film is cathode
    return LithiumBalance(
        room,
        room if is_cathode else None,
        None if is_cathode else room,
        None,
        film.layer.role,
        0.0,
        0.0,
    )


def lithiation_as_made(film: Film) -> float:
    """Return the filled fraction of an electrode as made: the layer's own, else the material's.

    Raises
    ------
    MaterialError
        When neither is known.
    """
    if film.layer.lithiation is not None:
        return film.layer.lithiation
    stated = film.layer.material.value("lithiation")
    if stated is None:
        raise MaterialError.at(
            f"layers.{film.layer.name}",
            f"how much lithium '{film.layer.material.name}' holds as made is not in the library; "
            f"add 'lithiation: 0' (empty) to 'lithiation: 1' (full) to the layer",
        )
    return stated


def balanced_anode_thickness(stack: Stack, balance: LithiumBalance) -> float | None:
    """Return the nominal anode thickness (m) at which anode and cathode hold the same.

    The anode's area differs from the cathode's on a relief, so the thickness that balances a plane does not
    balance the 3D cell.  None with lithium metal, in a half-cell, or when no thickness fits.
    """
    if balance.n_to_p_ratio is None:
        return None
    anode = stack.first("anode")
    assert anode is not None  # a ratio exists only with both films
    layers = [film.layer for film in stack.films]
    found = _search(stack.cell, layers, anode.layer, 1.0, anode.layer.thickness)
    return found.value if found.reached else None


def balanced_thickness(cell: Cell, layers: Sequence[FilmLayer], name: str, ratio: float) -> float:
    """Return the nominal thickness (m) of one electrode at which anode over cathode capacity is ``ratio``.

    Parameters
    ----------
    cell, layers
        The relief and all layers on it, whatever thickness the electrode has there.
    name
        The electrode's layer, a cathode or an anode.
    ratio
        Wanted N/P.

    Raises
    ------
    DesignError
        When no thickness that fits gives that ratio, with the reach of what does.
    MaterialError
        When a volumetric capacity is missing.
    """
    layer = next(layer for layer in layers if layer.name == name)
    path = f"layers.{name}.thickness"
    limited = {other.role for other in layers if not other.material.is_lithium_metal}
    if not {"cathode", "anode"} <= limited:
        raise DesignError.at(
            path,
            "there is nothing to balance: that takes a cathode and an anode, neither of them lithium metal; "
            "give a thickness",
        )
    found = _search(cell, layers, layer, ratio, 100 * NM)
    if not found.reached:
        reach = "the other films leave no room for it"
        if found.value > 0:
            given = _ratio_with(cell, layers, layer, found.value)
            reach = f"the thickest that fits the relief, {found.value / NM:.4g} nm, gives {given:.3g}"
        raise DesignError.at(
            path,
            f"no thickness of '{name}' gives N/P {ratio:g}: {reach}; "
            "use another ratio, a thinner opposite electrode, or a wider gap in the relief",
        )
    return found.value


def _search(
    cell: Cell, layers: Sequence[FilmLayer], layer: FilmLayer, ratio: float, start: float
) -> Crossing[float]:
    """Find the thickness at which an electrode holds its share of ``ratio``.

    The share, of the anode (N/P)/ratio and of the cathode its inverse, grows from 0 with the electrode's
    thickness.
    """

    def margin(thickness: float) -> float:
        found = _ratio_with(cell, layers, layer, thickness) / ratio
        return 1 - (found if layer.role == "anode" else 1 / found)

    return last_point(possible(margin), start / 2, start, floor=0.0, count=40)


def _ratio_with(cell: Cell, layers: Sequence[FilmLayer], layer: FilmLayer, thickness: float) -> float:
    """Return N/P with a layer that thick (m).

    An electrode that lies inside moves the other one outwards: the whole stack is laid anew.
    """
    laid = [replace(one, thickness=thickness) if one is layer else one for one in layers]
    stack = stack_films(cell, laid)
    anode, cathode = stack.first("anode"), stack.first("cathode")
    assert anode is not None
    assert cathode is not None
    return electrode_capacity(stack, anode) / electrode_capacity(stack, cathode)
