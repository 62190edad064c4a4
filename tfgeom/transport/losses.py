"""What a cell loses: one row for each part, mechanism and place, so that every split is a filter.

A closed form, a small-signal solve and a solve at a finite drive all answer with `Losses`.  A row is a
resistance per footprint; at a finite drive it is the row's dissipation over the square of the current, so
that the rows add up to polarisation over current.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

PARTS = (
    "inner_collector",
    "cathode",
    "cathode_interface",
    "electrolyte",
    "anode_interface",
    "anode",
    "outer_collector",
)
"""The parts of the area-specific resistance, in the order of the printed table."""

INTERFACE_OF = {"cathode": "cathode_interface", "anode": "anode_interface"}
"""The part that the face of an electrode to its electrolyte counts to."""
ELECTRODE_AT = {part: electrode for electrode, part in INTERFACE_OF.items()}
"""The electrode of each of these parts."""
COLLECTORS = ("inner_collector", "outer_collector")
"""The parts of the collectors."""

Mechanism: TypeAlias = Literal["film", "contact", "charge_transfer", "liquid", "salt"]
"""``film``: conduction through or along a film; ``contact``: a stated interface resistance; ``liquid``: ohmic
loss of a liquid electrolyte; ``salt``: the diffusion part that the gradient of its salt adds."""

Place: TypeAlias = Literal["wall", "gaps", "head_space", ""]
"""Of a flooded cell: its films and their faces, the liquid between the walls, that above them; else empty."""

Values: TypeAlias = float | NDArray[np.float64]
"""One number for one cell, or shape (n,) for n cells."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One row.

    Attributes
    ----------
    part
        One of `PARTS`.
    mechanism, place
        How and where.
    value
        Ohm m² of footprint; a float, or shape (n,) for n cells.
    """

    part: str
    mechanism: Mechanism
    value: Values
    place: Place = ""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """The drive at which losses were found: footprint current, A/m², and polarisation, V."""

    current: float
    polarisation: float


@dataclass(frozen=True, slots=True)
class Losses:
    """Rows of a cell's area-specific resistance.

    Attributes
    ----------
    rows
        No two of the same part, mechanism and place.
    drive
        Where they were found; None at small signal, where they do not depend on it.
    """

    rows: tuple[Loss, ...]
    drive: OperatingPoint | None = None

    @classmethod
    def of(cls, rows: Iterable[Loss], drive: OperatingPoint | None = None) -> "Losses":
        """Return losses with rows of the same part, mechanism and place added up."""
        found: dict[tuple[str, str, str], Loss] = {}
        for row in rows:
            key = row.part, row.mechanism, row.place
            found[key] = replace(row, value=found[key].value + row.value) if key in found else row
        return cls(tuple(found.values()), drive)

    @property
    def total(self) -> Values:
        """The area-specific resistance, ohm m² of footprint: all rows added up; 0 without any."""
        return sum((row.value for row in self.rows), 0.0)

    def by_part(self) -> dict[str, Values]:
        """Return the sum of each of `PARTS`, in their order; 0 for one without a row."""
        parts: dict[str, Values] = dict.fromkeys(PARTS, 0.0)
        for row in self.rows:
            parts[row.part] = parts[row.part] + row.value
        return parts

    def where(
        self, part: str | None = None, mechanism: Mechanism | None = None, place: Place | None = None
    ) -> "Losses":
        """Return the rows of a part, a mechanism and a place; None takes all."""
        wanted = (part, mechanism, place)
        rows = tuple(
            row
            for row in self.rows
            if all(
                asked is None or own == asked
                for asked, own in zip(wanted, (row.part, row.mechanism, row.place), strict=True)
            )
        )
        return replace(self, rows=rows)

    def in_series(self, cells: int) -> "Losses":
        """Return those of ``cells`` equal cells in series: values and polarisation times their number."""
        drive = self.drive
        if drive is not None:
            drive = replace(drive, polarisation=cells * drive.polarisation)
        return Losses(tuple(replace(row, value=cells * row.value) for row in self.rows), drive)

    def __add__(self, other: "Losses") -> "Losses":
        """Return the rows of both, those of the same part, mechanism and place added up.

        Raises
        ------
        ValueError
            When they were found at different drives: such rows do not add.
        """
        if self.drive != other.drive:
            raise ValueError(f"losses at {self.drive} and at {other.drive} do not add up")
        return Losses.of((*self.rows, *other.rows), self.drive)
