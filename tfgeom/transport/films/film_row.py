"""The films of a core one above the other at one place of the relief, as resistances in series."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.films.core import ConductingCore


@dataclass(frozen=True, slots=True)
class FilmRow:
    """The films of a core one above the other, at one place of the relief.

    Attributes
    ----------
    bounds
        Offsets of their faces from the bare relief, m, shape (n_films + 1,).
    sigma
        Conductivities, S/m, shape (n_films,).
    faces
        Interface resistance at each of the ``bounds``, ohm m²; 0 where the potential is continuous.
    """

    bounds: NDArray[np.float64]
    sigma: NDArray[np.float64]
    faces: NDArray[np.float64]

    @property
    def film_resistances(self) -> NDArray[np.float64]:
        """Through-film resistance of each film on a plane, ohm m²."""
        return np.diff(self.bounds) / self.sigma

    @property
    def resistance(self) -> float:
        """All films and faces in series on a plane, ohm m²."""
        return float(self.film_resistances.sum() + self.faces.sum())

    @property
    def mean_offset(self) -> float:
        """Offset of films and faces weighted with their resistances, m."""
        middles = (self.bounds[1:] + self.bounds[:-1]) / 2
        return float((self.film_resistances @ middles + self.faces @ self.bounds) / self.resistance)

    def further_out(self, distance: float) -> "FilmRow":
        """Return the same films with all offsets larger by ``distance``, m."""
        return FilmRow(self.bounds + distance, self.sigma, self.faces)


def film_row(core: ConductingCore, depth: float) -> FilmRow:
    """Return the films of a core as thick as they are at a depth of the bare relief, m below its top."""
    cell = core.stack.cell
    depth = min(depth, cell.height - depth) if cell.through else depth
    levels = (core.conductors[0].film.inner, *(film.film.outer for film in core.conductors))
    if cell.is_flat:
        bounds = [level.top for level in levels]
    else:
        tables = [level.depths_and_offsets(cell.deepest) for level in levels]
        bounds = [float(np.interp(depth, depths, offsets)) for depths, offsets in tables]
    return FilmRow(
        np.array(bounds),
        np.array([film.conductivity for film in core.conductors]),
        np.array(core.jump_resistances),
    )
