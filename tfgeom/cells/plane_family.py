"""Planes whose electrodes may be of any thickness, and the one among them that is best for a drive.

Which plane is best depends on what is asked of it: a thick electrode holds more and delivers less of it the
harder it is driven.  So a family is no plane of its own; one is chosen for a current or a load.

`free_planes` has those that one could build instead of a cell: its materials, electrolyte and N/P, no film
thicker than the design allows and the whole no higher than the cell itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import lay_cell
from tfgeom.cells.planes import with_electrodes
from tfgeom.design.schema import THINNEST_FILM
from tfgeom.films import FilmLayer
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
class FreePlanes:
    """Planes of a design by the gain of their cathode's thickness over that of the design.

    Of a half-cell it is the gain of its one film.

    Attributes
    ----------
    cell
        The cell they stand beside: films and materials are its own.
    least, most
        Smallest and largest gain.
    anode
        Gain of the anode's thickness over that of the cathode, which keeps the N/P of the cell; None where
        the anode is lithium metal and keeps its thickness.
    known
        Planes that were laid already, by their gain.
    """

    cell: AssembledCell
    least: float
    most: float
    anode: float | None = 1.0
    known: Mapping[float, AssembledCell] = field(default_factory=dict, compare=False, repr=False)

    def plane(self, gain: float) -> AssembledCell:
        """Return the plane whose cathode is thicker by ``gain``, on the cell's own road."""
        if gain in self.known:
            return self.known[gain]
        alone = len(self.cell.blueprint.electrodes) == 1
        anode = gain if alone else 1.0 if self.anode is None else gain * self.anode
        layers = with_electrodes(self.cell, gain, anode)
        return lay_cell(self.cell.kind, self.cell.blueprint, planar(), layers)

    def planes(self, gains: Floats) -> Batch:
        """Return the planes of ``gains``, shape (n,)."""
        return tuple(self.plane(float(gain)) for gain in gains)

    def thickness(self, gain: float) -> float:
        """Return the thickness of the cathode, of a half-cell that of its one film, m."""
        return gain * _first(self.cell).thickness


def free_planes(cell: AssembledCell, thickest_film: float) -> FreePlanes | None:
    """Return the planes that could be built instead of a cell; None where not one of them is so low.

    Parameters
    ----------
    cell
        The cell, with films.
    thickest_film
        Thickness (m) that neither electrode film may pass.  The plane as a whole must not be higher than the
        active height of the cell, plated lithium and a swollen anode included.
    """
    metal = any(layer.material.is_lithium_metal for layer in cell.blueprint.electrodes)
    free = FreePlanes(cell, 1.0, 1.0, None if metal else _anode_gain(cell))
    # what grows with the gain is proportional to it, plated lithium too: two planes tell how high any is
    unit, double = free.plane(1.0), free.plane(2.0)
    one, two = unit.bulk.active_height, double.bulk.active_height
    most = (cell.bulk.active_height - (2 * one - two)) / (two - one)
    for layer in unit.made.films:
        if layer.layer.role in ("cathode", "anode") and not layer.layer.material.is_lithium_metal:
            most = min(most, thickest_film / layer.layer.thickness)
    least = THINNEST_FILM / _first(cell).thickness
    return (
        None
        if most <= 0
        else replace(free, least=min(least, most), most=most, known={1.0: unit, 2.0: double})
    )


def _anode_gain(cell: AssembledCell) -> float:
    """Return how much thicker the anode must be on the plane for the N/P that the cell has."""
    own = cell.lithium.n_to_p_ratio if cell.lithium else None
    if own is None:
        return 1.0
    flat = lay_cell(cell.kind, cell.blueprint, planar(), cell.blueprint.layers).lithium
    same = flat.n_to_p_ratio if flat else None
    return own / same if same else 1.0


def _first(cell: AssembledCell) -> FilmLayer:
    """Return the cathode's layer, of a half-cell that of its one film."""
    return min(cell.blueprint.electrodes, key=lambda layer: layer.role != "cathode")


@dataclass(frozen=True, slots=True)
class PlaneFamily(Generic[D]):
    """Planes of which one is chosen for a drive.

    Attributes
    ----------
    free
        The planes.
    delivers
        What each plane of a batch gives at a drive, shape (n,); not negative, nan where it cannot carry it.
        With growing thickness it rises to one largest value and then falls.
    """

    free: FreePlanes
    delivers: Callable[[Batch, D], Floats]


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
    low, high = family.free.least, best
    found = high
    for _ in range(_ROUNDS):
        gains = np.geomspace(low, high, _GRID)
        enough = np.nan_to_num(family.delivers(family.free.planes(gains), drive)) >= _AS_GOOD * most
        enough[-1] = True
        first = int(np.argmax(enough))
        found = float(gains[first])
        if first == 0 or high / low < 1 + _NARROW:
            break
        low, high = float(gains[first - 1]), found
    (plane,) = family.free.planes(np.array([found]))
    (delivered,) = family.delivers((plane,), drive)
    return Choice(found, plane, float(delivered), most)


def _largest(family: PlaneFamily[D], drive: D) -> tuple[float, float] | None:
    """Return the gain of the plane that delivers most, and how much; None where none delivers anything."""
    low, high = family.free.least, family.free.most
    best, most = high, 0.0
    for _ in range(_ROUNDS):
        gains = np.geomspace(low, high, _GRID)
        values = np.nan_to_num(family.delivers(family.free.planes(gains), drive))
        top = int(np.argmax(values))
        if values[top] > most:
            best, most = float(gains[top]), float(values[top])
        if high / low < 1 + _NARROW:
            break
        low, high = float(gains[max(0, top - 1)]), float(gains[min(_GRID - 1, top + 1)])
    return None if most == 0 else (best, most)
