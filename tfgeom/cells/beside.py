"""One thing of a cell beside the same of its planes: a result without its planes is not one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Beside(Generic[T_co]):
    """What belongs to a cell and to its fixed planes.

    Attributes
    ----------
    cell
        The cell's.
    planes
        The planes', by their names in `tfgeom.cells.planes.FIXED_PLANES`, in that order.  A plane that cannot
        be built (the same capacity as a cell that has none) is missing.
    """

    cell: T_co
    planes: Mapping[str, T_co]

    @property
    def same_films(self) -> T_co:
        """That of the plane of the same films, which always exists."""
        return self.planes["same_films"]

    def map(self, change: Callable[[T_co], U]) -> "Beside[U]":
        """Return what ``change`` makes of the cell's and of each plane's: one road for all."""
        return Beside(change(self.cell), {name: change(plane) for name, plane in self.planes.items()})

    def pair(self, other: "Beside[U]") -> "Beside[tuple[T_co, U]]":
        """Return both together, beside the planes that both have."""
        shared = {
            name: (mine, other.planes[name]) for name, mine in self.planes.items() if name in other.planes
        }
        return Beside((self.cell, other.cell), shared)
