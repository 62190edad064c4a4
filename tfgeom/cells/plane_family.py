"""Planes whose electrodes may be of any thickness, and the one among them that is best for a drive.

Which plane is best depends on what is asked of it: a thick electrode holds more and delivers less of it the
harder it is driven.  So a family is no plane of its own; one is chosen for a current or a load.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import lay_cell
from tfgeom.cells.planes import with_electrodes
from tfgeom.reliefs.planar import planar

_AS_GOOD = 0.99  # of the most that any delivers: the thinnest plane that does is the one to build
_GRID = 17  # planes at once
_ROUNDS = 12  # each narrows the range by a factor of about 8
_NARROW = 1e-4  # relative width of the range at which the search ends

Floats = NDArray[np.float64]
Batch: TypeAlias = tuple[AssembledCell, ...]
"""Cells of one blueprint, alike but for a thickness."""

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class PlaneFamily(Generic[D]):
    """Planes of a design by the gain of their electrodes' thickness over that of the design.

    Attributes
    ----------
    cell
        The cell they stand beside: films, materials and N/P are its own.
    least, most
        Smallest and largest gain.
    delivers
        What each plane of a batch gives at a drive, shape (n,); not negative, nan where it cannot carry it.
        With growing thickness it rises to one largest value and then only falls.
    """

    cell: AssembledCell
    least: float
    most: float
    delivers: Callable[[Batch, D], Floats]

    def planes(self, gains: Floats) -> Batch:
        """Return the planes whose electrodes are thicker by ``gains``, shape (n,), on the cell's own road."""
        cell = self.cell
        return tuple(
            lay_cell(cell.kind, cell.blueprint, planar(), with_electrodes(cell, float(gain)))
            for gain in gains
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The best plane of a family for a drive.

    Attributes
    ----------
    gain
        Of its electrodes' thickness over that of the design.
    plane
        The plane.
    delivered
        What it delivers.
    most
        The most that any plane of the family delivers.
    """

    gain: float
    plane: AssembledCell
    delivered: float
    most: float


def choose(family: PlaneFamily[D], drive: D) -> Choice | None:
    """Return the thinnest plane that delivers 99 % of the most that any does; None where none delivers.

    Parameters
    ----------
    family
        The planes.
    drive
        What they are asked for: whatever the family's ``delivers`` takes.
    """
    top = _largest(family, drive)
    if top is None:
        return None
    best, most = top
    low, high = family.least, best
    found = high
    for _ in range(_ROUNDS):
        gains = np.geomspace(low, high, _GRID)
        enough = np.nan_to_num(family.delivers(family.planes(gains), drive)) >= _AS_GOOD * most
        enough[-1] = True
        first = int(np.argmax(enough))
        found = float(gains[first])
        if first == 0 or high / low < 1 + _NARROW:
            break
        low, high = float(gains[first - 1]), found
    (plane,) = family.planes(np.array([found]))
    (delivered,) = family.delivers((plane,), drive)
    return Choice(found, plane, float(delivered), most)


def _largest(family: PlaneFamily[D], drive: D) -> tuple[float, float] | None:
    """Return the gain of the plane that delivers most, and how much; None where none delivers anything."""
    low, high = family.least, family.most
    best, most = high, 0.0
    for _ in range(_ROUNDS):
        gains = np.geomspace(low, high, _GRID)
        values = np.nan_to_num(family.delivers(family.planes(gains), drive))
        top = int(np.argmax(values))
        if values[top] > most:
            best, most = float(gains[top]), float(values[top])
        if high / low < 1 + _NARROW:
            break
        low, high = float(gains[max(0, top - 1)]), float(gains[min(_GRID - 1, top + 1)])
    return None if most == 0 else (best, most)
