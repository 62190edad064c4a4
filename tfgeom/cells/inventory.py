"""Where the lithium of a cell is and how much of it moves: arithmetic, for one cell and for n at once.

With inventory I (lithium in the electrodes as made): charged, the anode holds min(I, Qa); discharged, the
cathode holds min(I, Qc); what moves is ``max(0, min(I, Qc) + min(I, Qa) - I)``.  Lithium metal is unlimited
room and supply; lithium that is plated in an anode-free cell is unlimited room, and no supply.

First cycle: an electrode of `initial_efficiency` e keeps the share 1 - e of the lithium that first fills it,
``min(I, Q)``; what both keep no longer moves and is taken from I beforehand.  Against unlimited lithium
nothing is missed.
"""

from dataclasses import dataclass
from typing import Any, Literal

from tfgeom.errors import DesignError
from tfgeom.rows import Numbers, choose, larger, refuse, smaller

Arrangement = Literal["anode", "lithium_metal", "anode_free", "counter"]
"""What stands against the electrode film: an anode film that holds lithium, lithium metal, a face that is
plated, or an unlimited counter electrode."""


@dataclass(frozen=True, slots=True)
class Host:
    """An electrode film that holds lithium; floats of one cell, or shape (n,) of n.

    Attributes
    ----------
    role
        cathode or anode.
    room
        Capacity by film volume, C per m² of footprint, above 0.
    lithiation
        Filled fraction as made, 0 to 1.
    efficiency
        Share of the lithium that first fills it which it gives back, 0 to 1.
    """

    role: str
    room: Numbers
    lithiation: Numbers = 0.0
    efficiency: Numbers = 1.0


@dataclass(frozen=True, slots=True)
class Balance:
    """Capacities per footprint, C/m², and where the lithium is when the cell is charged.

    Of n cells every number is a float or has the shape (n,).

    Attributes
    ----------
    capacity
        What the cell holds: what a full discharge moves, whatever the voltage.
    cathode, anode
        Capacities by film volume; None where there is no such film or it is lithium metal.
    inventory
        Lithium that moves or could: in the electrodes as made, less what the first cycle binds; None with
        unlimited supply.
    limiting
        cathode, anode or lithium.
    charged_cathode, charged_anode
        Filled fractions of the charged cell.
    against
        What the electrode film stands against.
    bound
        Lithium that the first cycle binds.
    """

    capacity: Numbers
    cathode: Numbers | None
    anode: Numbers | None
    inventory: Numbers | None
    limiting: Any
    charged_cathode: Numbers
    charged_anode: Numbers
    bound: Numbers
    against: Arrangement

    @property
    def n_to_p_ratio(self) -> Numbers | None:
        """Anode over cathode capacity; None when one of them is unlimited or missing."""
        return None if self.anode is None or self.cathode is None else self.anode / self.cathode

    @property
    def is_half_cell(self) -> bool:
        """Whether the electrode film stands against a counter electrode that only measures it."""
        return self.against == "counter"


def balance(host: Host, against: Arrangement, anode: Host | None = None) -> Balance:
    """Return the lithium bookkeeping of one cell, or of n of one arrangement.

    Parameters
    ----------
    host
        The electrode film, the cathode where there are two.
    against
        What it stands against.
    anode
        The film where that is an anode.

    Raises
    ------
    DesignError
        When a cell has a number out of its bounds; of n cells `Refused`.
    """
    _require_bounds(host)
    if anode is None:
        return _one_host(host, against)
    _require_bounds(anode)
    return _two_hosts(host, anode)


def _require_bounds(host: Host) -> None:
    """Raise for what no electrode has."""
    for name, number in (
        ("capacity", host.room),
        ("lithiation", host.lithiation),
        ("initial_efficiency", host.efficiency),
    ):
        fine = number > 0 if name == "capacity" else (number >= 0) & (number <= 1)
        bounds = "more than 0" if name == "capacity" else "0 to 1"
        said = f"the {host.role}'s {name} must be {bounds}"
        refuse(
            choose(fine, False, True),
            lambda said=said, number=number: DesignError.at("layers", f"{said}, not {number:g}"),  # type: ignore[misc]
            said,
        )


def _two_hosts(cathode: Host, anode: Host) -> Balance:
    room_c, room_a = cathode.room, anode.room
    as_made = cathode.lithiation * room_c + anode.lithiation * room_a
    kept = (1 - cathode.efficiency) * smaller(as_made, room_c)
    kept = kept + (1 - anode.efficiency) * smaller(as_made, room_a)
    bound = smaller(as_made, kept)
    inventory = as_made - bound
    in_anode, in_cathode = smaller(inventory, room_a), smaller(inventory, room_c)
    limiting = choose(room_a < room_c, "anode", "cathode")
    return Balance(
        capacity=larger(0.0, in_cathode + in_anode - inventory),
        cathode=room_c,
        anode=room_a,
        inventory=inventory,
        limiting=choose(inventory < smaller(room_a, room_c), "lithium", limiting),
        charged_cathode=(inventory - in_anode) / room_c,
        charged_anode=in_anode / room_a,
        bound=bound,
        against="anode",
    )


def _one_host(host: Host, against: Arrangement) -> Balance:
    room, role = host.room, host.role
    moves, inventory, bound, limiting = room, None, 0.0, role
    if against == "anode_free":
        as_made = host.lithiation * room
        bound = (1 - host.efficiency) * as_made
        moves = inventory = as_made - bound
        limiting = choose(inventory < room, "lithium", role)
    return Balance(
        capacity=moves,
        cathode=room if role == "cathode" else None,
        anode=room if role == "anode" else None,
        inventory=inventory,
        limiting=limiting,
        charged_cathode=0.0,
        charged_anode=0.0 if against == "counter" else 1.0,
        bound=bound,
        against=against,
    )
