"""Lithium bookkeeping: what each electrode holds, what moves between them, what would balance them.

With inventory I (lithium in the electrodes as made): charged, the anode holds min(I, Qa); discharged, the
cathode holds min(I, Qc); what moves is ``max(0, min(I, Qc) + min(I, Qa) - I)``.  Lithium metal is unlimited
room and supply.
"""

from dataclasses import dataclass, replace

from scipy.optimize import brentq

from tfgeom.errors import DesignError, MaterialError
from tfgeom.films import Film, Stack, stack_films

_TOO_THICK = 1e3  # stands for the surplus of an anode that does not fit


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
        Lithium in the electrodes as made; None with unlimited supply.
    limiting
        cathode, anode or lithium.
    charged_cathode, charged_anode
        Filled fractions of the charged cell.
    """

    capacity: float
    cathode: float | None
    anode: float | None
    inventory: float | None
    limiting: str
    charged_cathode: float
    charged_anode: float

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

    A single film is a half-cell against an unlimited counter electrode and limits by itself.
    """
    cathode, anode = stack.first("cathode"), stack.first("anode")
    if cathode is None or anode is None:
        return _half_cell(stack, cathode, anode)
    room_c = electrode_capacity(stack, cathode)
    if anode.layer.material.is_lithium_metal:
        return LithiumBalance(room_c, room_c, None, None, "cathode", 0.0, 1.0)
    room_a = electrode_capacity(stack, anode)
    inventory = _lithiation(cathode) * room_c + _lithiation(anode) * room_a
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
    )


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


def _lithiation(film: Film) -> float:
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
    balance the 3D cell.  When the anode lies inside, thickening it moves the cathode outwards too: the
    whole stack is laid again.  None with lithium metal, in a half-cell, or when no thickness fits.
    """
    if balance.n_to_p_ratio is None:
        return None
    anode = stack.first("anode")
    assert anode is not None  # a ratio exists only with both films

    def surplus(thickness: float) -> float:
        layers = [
            replace(film.layer, thickness=thickness) if film is anode else film.layer for film in stack.films
        ]
        try:
            ratio = lithium_balance(stack_films(stack.cell, layers)).n_to_p_ratio
        except DesignError:
            return _TOO_THICK
        return _TOO_THICK if ratio is None else ratio - 1

    low = high = anode.layer.thickness
    while surplus(high) < 0:
        low, high = high, 2 * high
    while surplus(low) > 0:
        low, high = low / 2, low
    thickness = float(brentq(surplus, low, high, xtol=1e-22, rtol=1e-12))
    # The search also ends where the films begin to merge: that is no balance.
    return thickness if abs(surplus(thickness)) < 1e-6 else None
