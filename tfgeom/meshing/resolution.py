"""How fine a film mesh is, and the graded spacing along a profile.

All counts are those of the coarsest member of a family; `refine` multiplies every one of them and divides
every cell, so two members of a family differ by a known factor everywhere and errors can be extrapolated.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError

_TOWARDS_FACES = 1.5


@dataclass(frozen=True, slots=True)
class Resolution:
    """Resolution of a film mesh.

    Attributes
    ----------
    refine
        Member of the family: 1 coarse, 2 the default, 4 fine; elements go with its cube.
    angles
        Chords per 30 degrees of arc at ``refine`` 1, a multiple of 4.
    rim_chords
        Chords of the quarter circle around a rim at ``refine`` 1, at least 3.
    electrolyte_sublevels, film_sublevels
        Hexahedra across an electrolyte and across any other film at ``refine`` 1.
    first_cell
        Lateral size of the elements at foot and rim at ``refine`` 1, in thicknesses of the thinnest film.
    growth
        Ratio of neighbouring elements along the surface at ``refine`` 1; its root at ``refine`` 2, and so on.
    """

    refine: int = 2
    angles: int = 4
    rim_chords: int = 3
    electrolyte_sublevels: int = 2
    film_sublevels: int = 1
    first_cell: float = 1.0
    growth: float = 2.0

    def __post_init__(self) -> None:
        """Refuse numbers that no mesh can be made of."""
        limits = {
            "refine": (self.refine, 1),
            "angles": (self.angles, 4),
            "rim_chords": (self.rim_chords, 3),
            "electrolyte_sublevels": (self.electrolyte_sublevels, 1),
            "film_sublevels": (self.film_sublevels, 1),
        }
        for name, (given, least) in limits.items():
            if given < least:
                raise MeshError(f"resolution: {name} is {given}; use {least} or more")
        if self.angles % 4:
            raise MeshError(f"resolution: angles is {self.angles}; use a multiple of 4")
        if not (self.first_cell > 0 and math.isfinite(self.first_cell)):
            raise MeshError(f"resolution: first_cell is {self.first_cell}; use a positive number")
        if not 1 < self.growth <= 4:
            raise MeshError(f"resolution: growth is {self.growth}; use a number between 1 and 4")

    def member(self, refine: int) -> "Resolution":
        """Return another member of the same family."""
        return replace(self, refine=refine)

    def across(self, role: str) -> NDArray[np.float64]:
        """Return where levels lie across a film of that role, from 0 to 1; they are closest at its faces.

        At a foot the film below a face ends in a corner of 270 degrees, beside which the potential goes with
        the distance to the power 2/3; steps that grow with its square root meet that with half the error.
        """
        count = self.refine * (self.electrolyte_sublevels if role == "electrolyte" else self.film_sublevels)
        steps = np.linspace(0, 1, count + 1)
        from_face = (2 * np.minimum(steps, 1 - steps)) ** _TOWARDS_FACES / 2
        return np.where(steps < 0.5, from_face, 1 - from_face)

    def fractions(
        self, length: float, first: float, ends: Literal["start", "end", "both"], *, even: bool = False
    ) -> NDArray[np.float64]:
        """Return node positions from 0 to 1 along a strip, finest at the given ends.

        Parameters
        ----------
        length
            Length of the strip.
        first
            Largest allowed cell at a fine end at ``refine`` 1, in the unit of ``length``.
        ends
            Where the strip meets a foot or a rim.
        even
            Whether the number of steps has to be even.

        Returns
        -------
        ndarray
            Increasing, shape (steps + 1,).  The nodes of a member are among those of its refinements.
        """
        if ends == "both":
            half = self.fractions(length / 2, first, "start") / 2
            return np.concatenate((half, 1 - half[-2::-1]))
        count = max(1, math.ceil(math.log(1 + length * (self.growth - 1) / first, self.growth)))
        count += count % 2 if even else 0
        steps = np.linspace(0, count, count * self.refine + 1)
        fractions = (self.growth**steps - 1) / (self.growth**count - 1)
        return 1 - fractions[::-1] if ends == "end" else fractions
