"""Where the lithium of a cell is and how much of it moves: arithmetic, for one cell and for n at once.

With inventory I (lithium in the electrodes as made): charged, the anode holds min(I, Qa); discharged, the
cathode holds min(I, Qc); what moves is ``max(0, min(I, Qc) + min(I, Qa) - I)``.  Lithium metal is unlimited
room and supply; lithium that is plated in an anode-free cell is unlimited room, and no supply.

First cycle: an electrode of `initial_efficiency` e keeps the share 1 - e of the lithium that first fills it,
``min(I, Q)``; what both keep no longer moves and is taken from I beforehand.  Against unlimited lithium
nothing is missed.
"""

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import DesignError

Value = TypeVar("Value", float, NDArray[np.float64])
Word = TypeVar("Word", str, NDArray[np.str_])

Arrangement = Literal["anode", "lithium_metal", "anode_free", "counter"]
"""What stands against the electrode film: an anode film that holds lithium, lithium metal, a face that is
plated, or an unlimited counter electrode."""


@dataclass(frozen=True, slots=True)
class Host(Generic[Value]):
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
    room: Value
    lithiation: Value | float = 0.0
    efficiency: Value | float = 1.0


@dataclass(frozen=True, slots=True)
class Balance(Generic[Value, Word]):
    """Capacities per footprint, C/m², and where the lithium is when the cell is charged.

    Of n cells every number has the shape (n,), nan where a cell is impossible.

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
    reasons
        Of n cells: why each is impossible, empty where it is possible.  A single cell raises.
    """

    capacity: Value
    cathode: Value | None
    anode: Value | None
    inventory: Value | None
    limiting: Word
    charged_cathode: Value
    charged_anode: Value
    bound: Value
    against: Arrangement
    reasons: tuple[str, ...] = ()

    @property
    def n_to_p_ratio(self) -> Value | None:
        """Anode over cathode capacity; None when one of them is unlimited or missing."""
        return None if self.anode is None or self.cathode is None else self.anode / self.cathode

    @property
    def is_half_cell(self) -> bool:
        """Whether the electrode film stands against a counter electrode that only measures it."""
        return self.against == "counter"


def balance(host: Host[Value], against: Arrangement, anode: Host[Value] | None = None) -> Balance[Value, Any]:
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
        When a single cell has a number out of its bounds; of n cells that is the row's reason.
    """
    given = [host] if anode is None else [host, anode]
    parts = [getattr(one, name) for one in given for name in ("room", "lithiation", "efficiency")]
    columns = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in parts))
    alone = columns[0].ndim == 0
    reasons = _reasons(given, [np.atleast_1d(column) for column in columns])
    if alone and reasons[0]:
        raise DesignError.at("layers", reasons[0])
    with np.errstate(invalid="ignore"):
        found = _two_hosts(*columns) if against == "anode" else _one_host(host.role, against, *columns)
    possible = np.array([not reason for reason in reasons])

    def handed_out(number: Any) -> Any:
        if number is None:
            return None
        number = np.asarray(number)
        nothing = "" if number.dtype.kind == "U" else np.nan
        return number.item() if alone else np.where(possible, number, nothing)

    numbers = {name: handed_out(number) for name, number in found.items()}
    return Balance(**numbers, against=against, reasons=() if alone else reasons)


def _reasons(given: list[Host[Value]], columns: list[NDArray[np.float64]]) -> tuple[str, ...]:
    """Return what is impossible in each row, else an empty text."""
    found = [""] * columns[0].size
    for index, host in enumerate(given):
        room, lithiation, efficiency = columns[3 * index : 3 * index + 3]
        for name, numbers, fine in (
            ("capacity", room, room > 0),
            ("lithiation", lithiation, (lithiation >= 0) & (lithiation <= 1)),
            ("initial_efficiency", efficiency, (efficiency >= 0) & (efficiency <= 1)),
        ):
            if fine.all():
                continue
            bounds = "more than 0" if name == "capacity" else "0 to 1"
            for row in np.flatnonzero(~fine):
                found[row] = found[row] or f"the {host.role}'s {name} must be {bounds}, not {numbers[row]:g}"
    return tuple(found)


def _two_hosts(
    room_c: Any, lithiation_c: Any, efficiency_c: Any, room_a: Any, lithiation_a: Any, efficiency_a: Any
) -> dict[str, Any]:
    as_made = lithiation_c * room_c + lithiation_a * room_a
    kept = (1 - efficiency_c) * np.minimum(as_made, room_c) + (1 - efficiency_a) * np.minimum(as_made, room_a)
    bound = np.minimum(as_made, kept)
    inventory = as_made - bound
    in_anode, in_cathode = np.minimum(inventory, room_a), np.minimum(inventory, room_c)
    smaller = np.where(room_a < room_c, "anode", "cathode")
    limiting = np.where(inventory < np.minimum(room_a, room_c), "lithium", smaller)
    return {
        "capacity": np.maximum(0.0, in_cathode + in_anode - inventory),
        "cathode": room_c,
        "anode": room_a,
        "inventory": inventory,
        "limiting": limiting,
        "charged_cathode": (inventory - in_anode) / room_c,
        "charged_anode": in_anode / room_a,
        "bound": bound,
    }


def _one_host(role: str, against: Arrangement, room: Any, lithiation: Any, efficiency: Any) -> dict[str, Any]:
    none, whole = np.zeros_like(room), np.ones_like(room)
    found = {
        "capacity": room,
        "cathode": room if role == "cathode" else None,
        "anode": room if role == "anode" else None,
        "inventory": None,
        "limiting": np.full(room.shape, role),
        "charged_cathode": none,
        "charged_anode": none if against == "counter" else whole,
        "bound": none,
    }
    if against == "anode_free":
        as_made = lithiation * room
        bound = (1 - efficiency) * as_made
        inventory = as_made - bound
        limiting = np.where(inventory < room, "lithium", found["limiting"])
        found |= {"capacity": inventory, "inventory": inventory, "limiting": limiting, "bound": bound}
    return found
