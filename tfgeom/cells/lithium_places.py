"""Where the lithium of a cell is: as made, charged and discharged."""

from dataclasses import dataclass

from tfgeom.cells.lithium import LithiumBalance
from tfgeom.films import Film, Stack
from tfgeom.units import UAH_PER_CM2, in_unit


@dataclass(frozen=True, slots=True)
class LithiumPlace:
    """Lithium in one place of the cell, uAh/cm² of footprint; None where it is not known or without limit.

    Attributes
    ----------
    name
        Layer, or what holds it: plated, counter electrode, bound by the first cycle.
    material
        Of the layer; empty for what is none.
    room
        What it can hold; None without limit.
    as_made, charged, discharged
        What it holds then.
    """

    name: str
    material: str
    room: float | None
    as_made: float | None
    charged: float | None
    discharged: float | None

    def after(self, share: float) -> float | None:
        """Return what it holds once a share (0 to 1) of what the cell holds was delivered."""
        if self.charged is None or self.discharged is None:
            return None
        return self.charged + share * (self.discharged - self.charged)

    @property
    def is_excess(self) -> bool:
        """Whether it is an unlimited supply."""
        return self.room is None and self.as_made is None


def lithium_places(stack: Stack, balance: LithiumBalance) -> tuple[LithiumPlace, ...]:
    """Return where the lithium is, cathode first.

    Parameters
    ----------
    stack
        Films as made: an anode-free cell without its plated lithium.
    balance
        Its lithium bookkeeping.
    """
    cathode, anode = stack.first("cathode"), stack.first("anode")
    moved = balance.capacity
    places: list[LithiumPlace] = []
    if cathode is not None and balance.cathode is not None:
        start = balance.charged_cathode * balance.cathode
        places.append(_place(cathode, balance.cathode, start, start + moved))
    if anode is not None and balance.anode is not None:
        start = balance.charged_anode * balance.anode
        # an anode alone is a half-cell's film: it fills on discharge
        places.append(_place(anode, balance.anode, start, start + (moved if cathode is None else -moved)))
    elif anode is not None:
        places.append(LithiumPlace(anode.layer.name, anode.layer.material.name, None, None, None, None))
    if balance.against == "anode_free":
        places.append(LithiumPlace("plated lithium", "", None, 0.0, _uah(moved), 0.0))
    if balance.against == "counter":
        places.append(LithiumPlace("counter electrode", "", None, None, None, None))
    if balance.bound:
        bound = _uah(balance.bound)
        places.append(LithiumPlace("bound by the first cycle", "", None, 0.0, bound, bound))
    return tuple(places)


def _place(film: Film, room: float, charged: float, discharged: float) -> LithiumPlace:
    layer = film.layer
    filled = layer.material.value("lithiation") if layer.lithiation is None else layer.lithiation
    made = None if filled is None else _uah(filled * room)
    return LithiumPlace(
        layer.name, layer.material.name, _uah(room), made, _uah(charged), _uah(max(0.0, discharged))
    )


def _uah(charge: float) -> float:
    return float(in_unit(charge, UAH_PER_CM2))
