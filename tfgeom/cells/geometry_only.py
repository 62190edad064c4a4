"""A design without a cell: the relief, perhaps with nothing on it.  It has geometry, and no other number."""

from typing import TYPE_CHECKING

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.blueprint import Blueprint
from tfgeom.cells.bulk import Cover
from tfgeom.cells.discharge_sides import Side
from tfgeom.design import Design
from tfgeom.errors import DesignError
from tfgeom.films import Film, Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.rows import Numbers
from tfgeom.transport.closed_rate import Chemistry, Electrode
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.losses import Losses
from tfgeom.transport.solve_options import Drive

if TYPE_CHECKING:
    from tfgeom.transport.hex_stiffness import Kernel
    from tfgeom.transport.steady import AnyProblem


def materials(design: Design) -> tuple[str, ...]:
    """Return none."""
    return ()


def check(blueprint: Blueprint, relief: Cell) -> None:
    """Pass: nothing is run."""


def liquid(blueprint: Blueprint) -> None:
    """Return None: nothing fills the relief above the films."""


def charge(blueprint: Blueprint, made: Stack) -> Stack:
    """Return the films as made."""
    return made


def lithium(made: Stack) -> None:
    """Return None."""


def cover(cell: AssembledCell) -> Cover:
    """Return none."""
    return Cover()


def circuit(blueprint: Blueprint, charged: Stack) -> None:
    """Return None."""


def closed_form(cell: AssembledCell) -> Losses:
    """Raise DesignError: without films there is no resistance."""
    raise _no_films()


def obstacle_to_closed_form(cell: AssembledCell) -> str:
    """Return why there is no closed form."""
    return "the resistance of a design without layers"


def obstacle_to_elements(cell: AssembledCell) -> str:
    """Return why there are no finite elements."""
    return "finite elements on a design without layers"


def problem(
    cell: AssembledCell, drive: Drive | None, *, contacted: bool, integrate: "Kernel"
) -> "AnyProblem":
    """Raise DesignError: without films there is no resistance."""
    raise _no_films()


def sides(cell: AssembledCell) -> tuple[Side, ...] | None:
    """Return None."""


def electrodes(cell: AssembledCell, passed: Numbers) -> tuple[Electrode, Electrode]:
    """Raise DesignError: without films there is no rate."""
    raise _no_films()


def film_cell(cell: AssembledCell, *, nominal: float, contacted: bool) -> FilmCell:
    """Raise DesignError: without films there is no rate."""
    raise _no_films()


def chemistry(blueprint: Blueprint) -> Chemistry:
    """Raise DesignError: without films there is no rate."""
    raise _no_films()


def collectors(cell: AssembledCell) -> dict[str, Film | None]:
    """Return none."""
    return {}


def left_out(cell: AssembledCell, *, by_elements: bool) -> dict[str, str]:
    """Return that there is nothing but the relief."""
    return {"films": "a relief without films: what they would take of its gaps, and all a cell has"}


def remarks(cell: AssembledCell, *, by_elements: bool) -> list[str]:
    """Return that all but geometry is null."""
    return ["geometry only: the design has no layers, so capacity, energy, resistance and rate are null"]


def _no_films() -> DesignError:
    return DesignError.at("layers", "is missing: a design without films has no resistance")
