"""The best plane of a design in the closed rate model: what one would build instead of the relief.

Same materials, electrolyte and N/P, electrodes as thick as is best for the current that is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.plane_family import FreePlanes, free_planes
from tfgeom.materials.constants import words_of_all
from tfgeom.metrics.noted import Noted
from tfgeom.metrics.rate_model import BestEnds, Floats
from tfgeom.rows import plain
from tfgeom.transport.closed_rate import RateCell, discharge_ends, shape_of
from tfgeom.transport.plane_rates import PlaneRates, beaten_by_rows, best_planes

_DECIDES = ("diffusivity", "exchange_current")
"""What a film that lacks it would win or lose by for nothing, beside its open-circuit curve."""
_FLATTERS = "electronic_conductivity"


@dataclass(frozen=True, slots=True)
class ClosedBestPlane:
    """The best plane in closed form: a `BestPlane`.

    Attributes
    ----------
    free
        The planes that could be built.
    planes
        What the rate model takes of them.
    own
        The cell that they stand beside.
    """

    free: FreePlanes
    planes: PlaneRates
    own: RateCell

    @property
    def shape(self) -> tuple[int, ...]:
        """(n,) of n designs, () of one."""
        cells = (self.planes.unit, self.own)
        return np.broadcast_shapes(*(shape_of(one, self.planes.chemistry) for one in cells))

    def at(self, currents: Floats) -> BestEnds:
        """Return the best plane at footprint currents, A/m², shape (k,), of n designs (k,) or (k, n)."""
        if self.shape:
            whole = currents if currents.ndim > 1 else currents[:, np.newaxis]
            currents = np.broadcast_to(whole, (len(currents), *self.shape))
        gains = best_planes(self.planes, currents).gain
        # where none delivers anything, any of them shows it
        shown = np.where(np.isnan(gains), self.planes.most, gains)
        ends = discharge_ends(self.planes.cell(shown), currents, self.planes.chemistry)
        rated = [self.planes.cell(plain(gain)) for gain in shown]
        return BestEnds(np.array([self.free.thickness(plain(gain)) for gain in gains]), rated, ends)

    def beaten(self) -> Any:
        """Return the intervals of footprint current (A/m²) at which the cell beats all of them.

        Of n designs an array of such tuples, shape (n,).
        """
        found = beaten_by_rows(self.planes, self.own)
        if not self.shape:
            return found[0]
        rows = np.empty(self.shape, dtype=object)
        for row in range(len(rows)):
            rows[row] = found[row if len(found) > 1 else 0]
        return rows


def closed_best_plane(
    cell: AssembledCell, own: RateCell, rated: Callable[[AssembledCell], RateCell]
) -> Noted[ClosedBestPlane | None]:
    """Return the best plane of a cell; None, with the reason, where there is none.

    Parameters
    ----------
    cell, own
        The cell, and what the rate model takes of it.
    rated
        Makes of a plane what the rate model takes of it.
    """
    unknown = _undecided(cell)
    free = None if unknown else free_planes(cell, cell.blueprint.design.baseline.thickest_film)
    if free is None:
        return Noted(None, (f"the best plane is null: {_why(unknown)}",))
    unit, double = rated(free.plane(1.0)), rated(free.plane(2.0))
    chemistry = cell.kind.chemistry(cell.blueprint)
    planes = PlaneRates(unit, double.ohmic - unit.ohmic, free.least, free.most, chemistry)
    return Noted(ClosedBestPlane(free, planes, own), _flattered(cell))


def no_best_plane(cell: AssembledCell) -> str:
    """Return why a cell that has rates has no best plane; empty where it has."""
    unknown = _undecided(cell)
    if not unknown and free_planes(cell, cell.blueprint.design.baseline.thickest_film) is not None:
        return ""
    return _why(unknown)


def _why(unknown: tuple[str, ...]) -> str:
    if unknown:
        return f"{words_of_all(unknown)} not known, and without it a film would win or lose for nothing"
    return "electrolyte and collectors of a plane are higher than the whole cell"


def _undecided(cell: AssembledCell) -> tuple[str, ...]:
    """Return which constants of the electrodes keep a best plane from being found, as ``layer.property``."""
    found = []
    for layer in cell.blueprint.electrodes:
        metal = layer.material.is_lithium_metal
        found += [
            f"{layer.name}.{key}"
            for key in _DECIDES
            if not layer.material.knows(key) and not (metal and key == "diffusivity")
        ]
    return tuple(found)


def _flattered(cell: AssembledCell) -> tuple[str, ...]:
    """Return which films a thick plane would lose by along their thickness, but for a missing constant."""
    missing = [
        f"{layer.name}.{_FLATTERS}"
        for layer in cell.blueprint.electrodes
        if not (layer.material.is_lithium_metal or layer.material.knows(_FLATTERS))
    ]
    if not missing:
        return ()
    return (
        f"{words_of_all(missing)} not known: thick films lose nothing by it, which favours the best plane",
    )
