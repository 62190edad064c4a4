"""What a rate table asks of the model that discharges a cell and its planes: closed, or of films in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tfgeom.cells.beside import Beside
from tfgeom.rows import Numbers
from tfgeom.transport.closed_rate import DischargeEnds
from tfgeom.transport.discharge.charging import Charging
from tfgeom.transport.discharge.curve import Curve

Floats = NDArray[np.float64]
T = TypeVar("T")
OWN = "cell"
"""Name of the design's own cell beside the names of its planes."""


class Rated(Protocol):
    """A cell that can be discharged."""

    @property
    def capacity(self) -> Numbers:
        """Its own usable capacity, on which utilisation counts, C/m²."""

    @property
    def nominal(self) -> Numbers:
        """What its C-rates count on, C/m²."""


@dataclass(frozen=True, slots=True)
class BestEnds:
    """What the best plane delivers at each of n currents, and which plane that is.

    Attributes
    ----------
    thickness
        Of its cathode, m, shape (n,); nan where no plane delivers anything.
    rated
        The planes.
    ends
        What they deliver.
    """

    thickness: Floats
    rated: Sequence[Rated]
    ends: DischargeEnds


class BestPlane(Protocol):
    """The planes that one could build instead of a cell, and the best of them for a current."""

    def at(self, currents: Floats) -> BestEnds:
        """Return the best plane at footprint currents, A/m², shape (n,)."""

    def beaten(self) -> tuple[tuple[float, float], ...]:
        """Return the intervals of footprint current (A/m²) at which the cell beats all of them.

        Of n designs, where a model has them, an array of such tuples, shape (n,).
        """


class RateModel(Protocol):
    """Discharges of a cell and of its planes, which are named: `OWN`, or the name of a plane."""

    @property
    def method(self) -> str:
        """What makes the discharges, in words."""

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Constants that are not known and whose loss is left out, as ``layer.property``."""

    @property
    def in_series(self) -> int:
        """How many equal cells the numbers are of."""

    @property
    def per_decade(self) -> int:
        """How many discharges a decade of rates a smooth line may ask for."""

    @property
    def rated(self) -> Beside[Rated]:
        """The cell and its planes."""

    @property
    def best_plane(self) -> BestPlane | None:
        """The best plane; None where a constant that it would win or lose by is not known."""

    def ends(self, problems: Sequence[tuple[str, Numbers]]) -> DischargeEnds:
        """Return what cells deliver, each at a footprint current, A/m²; arrays of shape (problems,).

        Of n designs, where a model has them, shape (problems, n).
        """

    def currents_at(self, problems: Sequence[tuple[str, float]]) -> Floats:
        """Return the footprint currents (A/m²) at which cells still deliver a share of their capacity.

        Shape (n,); nan where no current delivers it.
        """

    def curve(self, name: str, current: float) -> Curve:
        """Return the discharge of a cell at a footprint current, A/m²."""

    def charge(self, name: str, current: float) -> Charging | None:
        """Return the charge of a cell at a footprint current, A/m²; None where the model has no charging."""


def names_of(beside: Beside[T]) -> tuple[str, ...]:
    """Return the name of the cell and those of its planes."""
    return (OWN, *beside.planes)


def named(beside: Beside[T], name: str) -> T:
    """Return what belongs to the cell, or to a plane, of that name."""
    return beside.cell if name == OWN else beside.planes[name]
