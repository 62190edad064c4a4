"""Planes that one could build instead of a cell, their electrodes of any thickness.

Materials, electrolyte and N/P are the cell's, no film is thicker than the design allows and the whole no
higher than the cell itself.  Which of them is best depends on what is asked of it, as a thick electrode holds
more and delivers less of it the harder it is driven: one is chosen for a current
(`tfgeom.transport.plane_rates`) or a load (`tfgeom.metrics.load_numbers`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import lay_cell
from tfgeom.cells.planes import with_electrodes
from tfgeom.design.schema import THINNEST_FILM
from tfgeom.films import FilmLayer
from tfgeom.reliefs.planar import planar
from tfgeom.rows import Numbers, alike, is_rows, smaller


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
    least: Numbers
    most: Numbers
    anode: Numbers | None = 1.0
    known: Mapping[float, AssembledCell] = field(default_factory=dict, compare=False, repr=False)

    def plane(self, gain: Numbers) -> AssembledCell:
        """Return the plane whose cathode is thicker by ``gain``, on the cell's own road."""
        if not is_rows(gain) and gain in self.known:
            return self.known[gain]
        alone = len(self.cell.blueprint.electrodes) == 1
        anode = gain if alone else 1.0 if self.anode is None else gain * self.anode
        layers = with_electrodes(self.cell, gain, anode)
        return lay_cell(self.cell.kind, self.cell.blueprint, planar(), layers)

    def thickness(self, gain: Numbers) -> Numbers:
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
            most = smaller(most, thickest_film / layer.layer.thickness)
    least = THINNEST_FILM / _first(cell).thickness
    return (
        None
        if alike(most <= 0)
        else replace(free, least=smaller(least, most), most=most, known={1.0: unit, 2.0: double})
    )


def _anode_gain(cell: AssembledCell) -> Numbers:
    """Return how much thicker the anode must be on the plane for the N/P that the cell has."""
    own = cell.lithium.n_to_p_ratio if cell.lithium else None
    if own is None:
        return 1.0
    flat = lay_cell(cell.kind, cell.blueprint, planar(), cell.blueprint.layers).lithium
    same = flat.n_to_p_ratio if flat else None
    return 1.0 if same is None else own / same


def _first(cell: AssembledCell) -> FilmLayer:
    """Return the cathode's layer, of a half-cell that of its one film."""
    return min(cell.blueprint.electrodes, key=lambda layer: layer.role != "cathode")
