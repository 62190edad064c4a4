"""What of the lithium that a cell holds is usable: from where a discharge starts to its lower voltage limit.

A discharge starts at the emptier of the initial state, a share of what is held, and the upper voltage limit
at rest; it ends at the lower limit at rest.  On that range count capacity, energy, C-rates, utilisation and
gain, of the cell and of its planes; for one cell and for n at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.cells.discharge_sides import Side, cell_voltage
from tfgeom.rows import Numbers, is_rows
from tfgeom.searching import last_point
from tfgeom.transport.closed_rate import clustered_rule

Floats = NDArray[np.float64]

_NODES, _WEIGHTS = clustered_rule()
_HALVINGS = 40
_NOTHING = 1e-9  # of what is held: what the search leaves of an empty range


@dataclass(frozen=True, slots=True)
class Usable:
    """What a discharge at rest delivers, per footprint; floats of one cell, or shape (n,) of n.

    Attributes
    ----------
    held
        What the lithium balance gives, C/m².
    above
        Charge of it that lies above the initial state, C/m².
    start, end
        Charge (C/m²) after full charge at which the discharge starts and ends.
    energy
        Integral of the rest voltage in between, J/m²; None without open-circuit curves, and then the whole
        of what is left of the initial state is usable.
    """

    held: Numbers
    above: Numbers
    start: Numbers
    end: Numbers
    energy: Numbers | None

    @property
    def charge(self) -> Numbers:
        """Usable capacity, C/m²; 0 where the range is empty."""
        return self.end - self.start

    @property
    def is_cut(self) -> bool:
        """Whether held and usable of one cell differ by 1 %: then both are shown."""
        return bool(self.charge < 0.99 * self.held)

    @property
    def mean_voltage(self) -> Numbers | None:
        """Energy over charge, V; None without curves; where nothing is usable nan, of one cell None."""
        if self.energy is None:
            return None
        with np.errstate(invalid="ignore"):
            found = np.divide(self.energy, self.charge)
        return found if is_rows(found) else None if np.isnan(found) else found.item()

    def in_series(self, cells: int) -> "Usable":
        """Return that of ``cells`` such cells in series: the same charge at as many times the voltage."""
        energy = None if self.energy is None else self.energy * cells
        return Usable(self.held, self.above, self.start, self.end, energy)


def usable_range(
    sides: Sequence[Side] | None,
    held: Numbers,
    charged: Numbers,
    kelvin: Numbers,
    limits: tuple[Numbers, Numbers],
) -> Usable:
    """Return what is usable of a cell, or of n cells with the same curves.

    Parameters
    ----------
    sides
        The electrodes.  None without open-circuit curves.  All numbers, theirs and the following, are floats
        or, of n cells, have the shape (n,).
    held
        Charge of a full discharge by the lithium balance, C/m².
    charged
        Initial state of charge, 0 to 1, a share of what is held.
    kelvin
        Temperature, K.
    limits
        Lower and upper voltage of one cell, V.
    """
    above = (1 - charged) * held
    if sides is None:
        return Usable(held, above, above, held, None)
    given = (
        held,
        charged,
        kelvin,
        *limits,
        *(number for side in sides for number in (side.room, side.start)),
    )
    shape = np.broadcast_shapes(*(np.shape(number) for number in given))
    bound = np.stack([np.broadcast_to(limit, shape) for limit in limits[::-1]])
    nodes = _NODES.reshape(-1, *[1] * len(shape))

    # First charge not above the upper limit, last charge above the lower one: the voltage falls.
    def margin(charge: Floats) -> Floats:
        more = cell_voltage(sides, charge, kelvin) - bound
        return np.where(more == 0, -np.inf, more)  # at a limit is not above it

    found = last_point(margin, above + 0 * bound, held + 0 * bound, halvings=_HALVINGS)
    start, end = found.value[0], found.beyond[1]
    end = np.where(end - start > _NOTHING * held, end, start)
    voltage = cell_voltage(sides, start + (end - start) * nodes, kelvin)
    energy = np.tensordot(_WEIGHTS, voltage, axes=1) * (end - start)
    if not shape:
        start, end, energy = (float(number) for number in (start, end, energy))
    return Usable(held, above, start, end, energy)
