"""What the film model takes of a cell: columns over its surface, side by side between the two collectors.

Films are thin against the relief, so that lithium and ions move through them along the normal: at each place
stands a column that crosses all films.  Columns share the collectors and nothing else.  Everything is per m²
of footprint: a column's current I_i is its share of the footprint current, so that they sum to it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.library import Material
from tfgeom.transport.losses import Mechanism

if TYPE_CHECKING:
    from scipy import sparse

Floats = NDArray[np.float64]

NARROWEST = 0.1
"""Of its mean area: a column that its neighbours close in on passes its lithium on to them."""


@dataclass(frozen=True, slots=True)
class FilmColumns:
    """One film cut into n columns, from the face that the electrolyte wets to the blocked one.

    At the share x of the thickness, the area of a column is the quadratic through its three areas: on a
    smooth surface exactly ``1 + 2 H d + K d²`` times that of the face, with mean and Gaussian curvature.

    Attributes
    ----------
    thickness
        m, shape (n,).
    wetted, middle, blocked
        Areas of the columns at the wetted face, at half the thickness and at the blocked face, m² per m² of
        footprint, shape (n,).
    """

    thickness: Floats
    wetted: Floats
    middle: Floats
    blocked: Floats

    @property
    def volume(self) -> Floats:
        """Volume of each column, m³ per m² of footprint."""
        return self.thickness * (self.wetted + 4 * self.middle + self.blocked) / 6

    def area(self, share: Floats) -> Floats:
        """Return the areas at shares (k, 1) of the thickness from the wetted face, shape (k, n)."""
        linear = -3 * self.wetted + 4 * self.middle - self.blocked
        square = 2 * self.wetted - 4 * self.middle + 2 * self.blocked
        mean = (self.wetted + 4 * self.middle + self.blocked) / 6
        return np.maximum(self.wetted + share * (linear + share * square), NARROWEST * mean)


@dataclass(frozen=True, slots=True)
class FilmElectrode:
    """One electrode: a film that lithium diffuses in, or lithium metal.

    Attributes
    ----------
    name
        The layer's; ``plated_lithium`` where it is plated.
    material
        With the design's overrides.
    sign
        +1 where discharge fills it (the cathode), -1 where discharge empties it.
    columns
        Its columns; None for lithium metal.
    capacity
        C per m² of footprint; infinite for lithium metal.  Columns share it by volume.
    start
        Filled fraction at the start.
    face
        Area of each column's electrolyte face, m² per m² of footprint, shape (n,): its kinetics count on it.
        Shape (1,) where n is more and the electrode stands apart on a face of its own, which the sum of the
        columns' currents crosses: lithium metal across a liquid.
    starts
        Filled fraction of each column at the start, shape (n,); None where all have ``start``, their mean.
    """

    name: str
    material: Material
    sign: int
    columns: FilmColumns | None
    capacity: float
    start: float
    face: Floats
    starts: Floats | None = None

    @property
    def filled(self) -> float | Floats:
        """Filled fraction at the start, of all columns or of each."""
        return self.start if self.starts is None else self.starts


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """An ohmic loss of each column, by part and mechanism as in `tfgeom.transport.losses`.

    Attributes
    ----------
    part, mechanism
        What it counts to.
    resistance
        ohm m² of footprint on the column's own current, shape (n,): the drop is ``I_i`` times it.
    """

    part: str
    mechanism: Mechanism
    resistance: Floats


@dataclass(frozen=True, slots=True)
class Sheet:
    """What carries the columns' currents side by side to a contact: a collector, or liquid along a wall.

    The drop from the terminal to column i is that of the sheet's potentials at ``stiffness phi = I``, held at
    0 at its contact; drops of several sheets add up.

    Attributes
    ----------
    part, mechanism
        What its loss counts to: ``inner_collector`` or ``outer_collector`` and ``film``, of a liquid
        ``electrolyte`` and ``liquid`` or ``salt``.
    stiffness
        Surface conductance between the columns, S per m² of footprint, shape (n, n): rows sum to zero.
    contact
        Indices of the columns that the terminal holds.
    """

    part: str
    stiffness: "sparse.csr_matrix"
    contact: NDArray[np.intp]
    mechanism: Mechanism = "film"


@dataclass(frozen=True, slots=True)
class WeakElectrolyte:
    """Electrolyte films whose ions form and recombine, in each column.

    Attributes
    ----------
    name, material
        The layer's; the material has dissociation constants.
    thickness
        m, shape (n,).
    area
        Mean area of each column in it, m² per m² of footprint, shape (n,).
    """

    name: str
    material: Material
    thickness: Floats
    area: Floats


@dataclass(frozen=True, slots=True)
class FilmCell:
    """One cell, three-dimensional or planar, for the film model.

    Attributes
    ----------
    cathode, anode
        Its electrodes.
    ohmic
        Series losses of the columns, without charge transfer, and without ``weak``.
    temperature
        K.
    window
        Lower and upper voltage limit, V.
    capacity
        Usable at rest, C per m² of footprint; utilisation counts on it.
    nominal
        What C-rates count on, C per m² of footprint.
    weak
        Electrolytes solved in time, from the cathode to the anode; empty for ``ohmic`` and ``dc``.
    sheets
        Collectors that are no equipotentials, and liquid between walls.
    joint
        Series losses of the sum of the columns' currents, resistances of shape (1,).
    leak
        Conductance of a parallel leak through the electrolyte, S per m² of footprint.
    missing
        Constants that are not known and whose loss is left out, as ``layer.property``.
    remarks
        What a reader must know of how it is cut.
    tubes
        Column of each of the relief's `current_tubes` (`tfgeom.geometry.protocol.Cell`); None where columns
        are nodes of the surface, or slices of a wall in a liquid.
    """

    cathode: FilmElectrode
    anode: FilmElectrode
    ohmic: tuple[SeriesRow, ...]
    temperature: float
    window: tuple[float, float]
    capacity: float
    nominal: float
    weak: tuple[WeakElectrolyte, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    joint: tuple[SeriesRow, ...] = ()
    leak: float = 0.0
    missing: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    tubes: NDArray[np.intp] | None = None

    @property
    def size(self) -> int:
        """Number of columns."""
        return int(self.cathode.face.size)

    @property
    def resistance(self) -> Floats:
        """Sum of the series losses, ohm m² of footprint on the column's own current, shape (n,)."""
        return sum((row.resistance for row in self.ohmic), np.zeros(self.size))
