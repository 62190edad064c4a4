"""One cell ready to compute, of whatever kind: its films in place, and what each stage asks of it.

`CellKind` is what a kind of cell answers.  A kind is a module of plain functions (`conformal`, `flooded`,
`geometry_only`); `tfgeom.cells.kinds` holds their table.  Nothing outside those modules asks for the kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from tfgeom.cells.blueprint import Blueprint, Liquid
from tfgeom.cells.bulk import Bulk, Cover, bulk
from tfgeom.cells.discharge_sides import Side
from tfgeom.cells.lithium import LithiumBalance
from tfgeom.cells.usable import Usable, usable_range
from tfgeom.design import Design
from tfgeom.films import Film, Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.recording import recorded_constants
from tfgeom.rows import Numbers
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.closed_rate import Chemistry, Electrode
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.flooded import FloodedCircuit
from tfgeom.transport.losses import Losses
from tfgeom.transport.solve_options import Drive

if TYPE_CHECKING:
    from tfgeom.transport.hex_stiffness import Kernel
    from tfgeom.transport.steady import AnyProblem

T = TypeVar("T")

Circuit: TypeAlias = FilmCircuit | FloodedCircuit
"""What conducts in a cell, with its relief."""


class CellKind(Protocol):
    """What a kind of cell answers; `None` where it has no such thing."""

    def materials(self, design: Design) -> tuple[str, ...]:
        """Return the names of materials that the kind needs beside those of layers and wafer."""

    def check(self, blueprint: Blueprint, relief: Cell) -> None:
        """Raise for what a design of this kind cannot be, as DesignError or UnsupportedError."""

    def liquid(self, blueprint: Blueprint) -> Liquid | None:
        """Return what fills the relief above the films."""

    def charge(self, blueprint: Blueprint, made: Stack) -> Stack:
        """Return the films at full charge."""

    def lithium(self, made: Stack) -> LithiumBalance | None:
        """Return the lithium bookkeeping of films as made."""

    def cover(self, cell: "AssembledCell") -> Cover:
        """Return what the charged cell has above the films that were laid."""

    def circuit(self, blueprint: Blueprint, charged: Stack) -> Circuit | None:
        """Return what conducts."""

    def closed_form(self, cell: "AssembledCell") -> Losses:
        """Return the losses in closed form."""

    def obstacle_to_closed_form(self, cell: "AssembledCell") -> str | None:
        """Return why there is no closed form for this relief, or None where there is one."""

    def obstacle_to_elements(self, cell: "AssembledCell") -> str | None:
        """Return why finite elements cannot solve this cell yet, or None where they can."""

    def problem(
        self, cell: "AssembledCell", drive: Drive | None, *, contacted: bool, integrate: "Kernel"
    ) -> "AnyProblem":
        """Return the conduction problem; ``contacted`` where the design's contacts count.

        ``integrate`` is who integrates over hexahedra.
        """

    def sides(self, cell: "AssembledCell") -> tuple[Side, ...] | None:
        """Return the electrodes as they discharge; None where an open-circuit curve is missing."""

    def electrodes(self, cell: "AssembledCell", passed: Numbers) -> tuple[Electrode, Electrode]:
        """Return what the rate model takes as cathode and anode, ``passed`` C/m² after full charge."""

    def film_cell(self, cell: "AssembledCell", *, nominal: float, contacted: bool) -> FilmCell:
        """Return what the film model takes: the cell in columns, at the start of its usable range.

        ``nominal`` is what its C-rates count on, C/m²; ``contacted`` where the design's contacts count.
        """

    def chemistry(self, blueprint: Blueprint) -> Chemistry:
        """Return the materials of the rate model's electrodes, with temperature and voltage limit."""

    def collectors(self, cell: "AssembledCell") -> Mapping[str, Film | None]:
        """Return the films that carry the current across the chip by part, None where one is missing."""

    def left_out(self, cell: "AssembledCell", *, by_elements: bool) -> dict[str, str]:
        """Return which losses the kind does not count: what of, and a sentence."""

    def remarks(self, cell: "AssembledCell", *, by_elements: bool) -> list[str]:
        """Return what a reader should know of the kind beside the numbers."""


@dataclass(frozen=True)
class AssembledCell:
    """One cell ready to compute.

    Attributes
    ----------
    kind
        What answers for its kind.
    blueprint
        What it shares with its planes.
    made, charged
        Its films as made, and at full charge: an anode-free cell then carries its plated lithium.

    Lithium, what of it is usable, circuit and bulk are found when they are first asked for: a design whose
    constants do not reach that far can still be meshed and drawn.
    """

    kind: CellKind
    blueprint: Blueprint
    made: Stack
    charged: Stack

    @property
    def relief(self) -> Cell:
        """Its unit cell."""
        return self.made.cell

    @property
    def substrate(self) -> str | None:
        """Name of the wafer's material; None where the design has no wafer."""
        wafer = self.blueprint.wafer_material
        return None if wafer is None else wafer.name

    @property
    def liquid(self) -> Liquid | None:
        """What fills the relief above the films; None where nothing does."""
        return self.kind.liquid(self.blueprint)

    @cached_property
    def lithium(self) -> LithiumBalance | None:
        """Lithium bookkeeping; None without a cell."""
        return self._read(lambda: self.kind.lithium(self.made))

    @cached_property
    def usable(self) -> Usable | None:
        """What one cell delivers at rest between its voltage limits; None without a cell."""
        balance, shared = self.lithium, self.blueprint
        if balance is None:
            return None
        charged = shared.operation.initial_state_of_charge
        return self._read(
            lambda: usable_range(
                self.kind.sides(self), balance.capacity, charged, shared.temperature, shared.window
            )
        )

    @cached_property
    def circuit(self) -> Circuit | None:
        """What conducts at full charge, with its relief; None without a cell."""
        return self._read(lambda: self.kind.circuit(self.blueprint, self.charged))

    @cached_property
    def bulk(self) -> Bulk:
        """Heights and masses of all cells in series, at full charge."""
        shared = self.blueprint
        return self._read(
            lambda: bulk(
                self.made,
                shared.wafer,
                shared.package,
                shared.in_series,
                shared.plate,
                self.kind.cover(self),
            )
        )

    def _read(self, find: Callable[[], T]) -> T:
        """Return what is found, and keep which constants it took: it is found only once.

        Whoever asks first, an error has its place in the design file.
        """
        with self.blueprint.design.located(), recorded_constants() as read:
            found = find()
        self.blueprint.read.update(read)
        return found


def lithium_of(cell: AssembledCell) -> LithiumBalance:
    """Return the lithium bookkeeping of a cell with films, which always has one."""
    balance = cell.lithium
    assert balance is not None
    return balance


def usable_of(cell: AssembledCell) -> Usable:
    """Return what of a cell with films is usable."""
    found = cell.usable
    assert found is not None
    return found
