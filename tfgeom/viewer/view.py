"""What of a cell is shown, and how: the state that stills, the live page and the embedded view share."""

import math
from dataclasses import dataclass, replace

from tfgeom.errors import DesignError, OutputError
from tfgeom.films import FilmLayer, Stack, stack_films, thickest_that_fits

DIRECTIONS = ("x", "y", "z")
"""Directions of a cut."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A plane that takes away what lies before it.

    Attributes
    ----------
    direction
        ``y`` takes the front, ``x`` the right side, ``z`` the upper part.
    position
        Where it lies, 0 at the near end (nothing is taken) to 1 at the far end.
    """

    direction: str = "y"
    position: float = 0.5

    def __post_init__(self) -> None:
        """Refuse directions and positions that mean nothing."""
        if self.direction not in DIRECTIONS:
            raise OutputError(f"cut: '{self.direction}' is no direction; use {', '.join(DIRECTIONS)}")
        if not 0 <= self.position <= 1:
            raise OutputError(f"cut: the position is {self.position:g}; use 0 to 1")


@dataclass(frozen=True, slots=True)
class View:
    """What is shown.

    Attributes
    ----------
    columns, rows
        Unit cells along x and rows of them.
    hidden
        Names of the bodies that are not shown.
    cut
        The cut, None for none.
    explode
        Distance between neighbouring bodies, in heights of the coated relief.
    thickness_scale
        Films are drawn so many times thicker than they are.
    z_scale
        Heights are drawn so many times larger.
    field
        Name of the field that colours the bodies, None for the colours of the films.
    """

    columns: int = 1
    rows: int = 1
    hidden: frozenset[str] = frozenset()
    cut: Cut | None = None
    explode: float = 0.0
    thickness_scale: float = 1.0
    z_scale: float = 1.0
    field: str | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        if self.columns < 1 or self.rows < 1:
            raise OutputError(f"tiles: {self.columns}x{self.rows}; use whole numbers from 1 on")
        if not (
            0 <= self.explode < math.inf
            and 0 < self.thickness_scale < math.inf
            and 0 < self.z_scale < math.inf
        ):
            raise OutputError("view: explode must be 0 or more, the scales more than 0")

    @property
    def is_to_scale(self) -> bool:
        """Whether films and heights are as large as everything else."""
        return self.thickness_scale == 1 and self.z_scale == 1

    @property
    def scale_note(self) -> str:
        """What is not to scale, in words; empty when everything is."""
        notes = []
        if self.thickness_scale != 1:
            notes.append(f"films {self.thickness_scale:g} times as thick as they are")
        if self.z_scale != 1:
            notes.append(f"heights {self.z_scale:g} times as large as they are")
        return ", ".join(notes)


def thicker_films(stack: Stack, factor: float) -> Stack:
    """Return the stack with all films ``factor`` times as thick.

    Raises
    ------
    DesignError
        When they merge; it names the factor that still fits.
    """
    if factor == 1:
        return stack
    layers = [_thicker(film.layer, factor) for film in stack.films]
    try:
        return stack_films(stack.cell, layers)
    except DesignError as error:
        bare = [film.layer for film in stack.films]
        fits = thickest_that_fits(
            lambda times: stack_films(stack.cell, [_thicker(layer, times) for layer in bare]), factor
        )
        raise DesignError.at(
            "", f"films {factor:g} times thicker would merge; use at most {fits:.3g} times"
        ) from error


def _thicker(layer: FilmLayer, factor: float) -> FilmLayer:
    return replace(layer, thickness=layer.thickness * factor)
