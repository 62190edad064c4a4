"""Where current enters and leaves the collectors of a unit cell."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import DesignError
from tfgeom.geometry.protocol import Cell

if TYPE_CHECKING:
    from tfgeom.meshing.film_mesh import FilmMesh

Place = Literal["ideal", "auto", "floor", "top", "both"]
PLACES: tuple[Place, ...] = ("ideal", "auto", "floor", "top", "both")
"""``ideal``: the whole collector is at one potential; ``auto``: wherever it goes on into the next cell."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """Where each collector is held at its potential.

    Attributes
    ----------
    inner, outer
        One of `PLACES` for the collector on the substrate and for the outermost one.
    """

    inner: Place = "ideal"
    outer: Place = "ideal"

    @property
    def places(self) -> tuple[Place, Place]:
        """Inner, outer."""
        return self.inner, self.outer

    @property
    def ideal(self) -> bool:
        """Whether both collectors are equipotential."""
        return self.inner == self.outer == "ideal"


def check_contacts(cell: Cell, contacts: Contacts) -> None:
    """Raise DesignError when a collector does not go on from cell to cell where it is to be contacted."""
    for side, place in zip(("inner", "outer"), contacts.places, strict=True):
        reached = cell.border_places
        if place in ("ideal", "auto"):
            continue
        if not reached:
            raise DesignError.at(
                "operation.contact", f"'{place}' is no place of a {cell.kind} cell; use 'auto' or 'ideal'"
            )
        for name in ("floor", "top") if place == "both" else (place,):
            if name not in reached:
                raise DesignError.at(
                    "operation.contact",
                    f"'{place}' is impossible for the {side} collector of {cell.kind}: its {name} is an "
                    f"island in every unit cell, and it goes on to the next at the {reached[0]}; "
                    f"use '{reached[0]}', 'auto' or 'ideal'",
                )


def contact_nodes(mesh: "FilmMesh", place: Place) -> NDArray[np.int64] | None:
    """Return the surface nodes at which a collector is contacted; None for all of them.

    Parameters
    ----------
    mesh
        The films of one sector.
    place
        Where; one that `check_contacts` passes.
    """
    reached: tuple[Place, ...] = mesh.cell.border_places
    if place == "ideal" or not reached:
        return None
    wanted = reached if place in ("auto", "both") else (place,)
    rows = {"floor" if name == "lower face" else name: nodes for name, nodes in mesh.contacts.items()}
    return np.unique(np.concatenate([rows[name] for name in wanted]))
