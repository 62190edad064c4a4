"""How far lithium diffuses in a film that is curved, or thinner at depth: its quasi-steady length.

A constant current fills every place at the same rate r once the surface leads by a steady excess.  Through a
column whose area at offset x is A(x), blocked where V(x), the volume behind x, is 0, the flux is r V/A, so
that the surface leads the mean by ``r/(D V) integral V²/A dx``.  Columns side by side share the surface, and
their integrals add up.  A flat film has ``r L²/(3 D)``: the length of a film is that of the flat one with the
same lead.  On a round wall this is the steady solution for a hollow cylinder (H. S. Carslaw, J. C. Jaeger,
Conduction of Heat in Solids, 2nd ed., 1959, section 7.10 and what follows from it).
"""

from dataclasses import dataclass

import numpy as np

from tfgeom.films import Film
from tfgeom.geometry.protocol import Cell
from tfgeom.rows import Numbers, abreast, choose, is_rows, root

_SLICES = 64
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
_NODES = (_NODES + 1) / 2
_WEIGHTS = _WEIGHTS / 2
_NARROWEST = 0.1  # of its mean area: a floor that its walls close in on passes its lithium on to them
_EVEN = 0.98  # thinnest over mean thickness
_CURVED, _UNEVEN = 0.075, 0.5  # of how far a film is from flat, that a discharge may be wrong by


@dataclass(frozen=True, slots=True)
class FilmDiffusion:
    """Diffusion in one electrode film, against that in a flat one; of n cells in arrays of shape (n,).

    Attributes
    ----------
    name
        The layer's.
    length
        Thickness of the flat film with the same quasi-steady lead of the surface, m.
    against_flat
        That lead over the one of a flat film of its mean thickness, at the same current per area of its face.
    left_out
        Most by which a discharge between slow and fast comes out wrong, relative: early on the surface knows
        only its area, late only the length, and in between the film passes for flat.  From radial solutions
        up to radii of 1:3 and from films that thin to a tenth.
    thinnest
        Least of its thickness over the mean; 1 where it is even.
    fills
        Whether it fills the relief, and then passes for a flat film.
    """

    name: str
    length: Numbers
    against_flat: Numbers
    left_out: Numbers = 0.0
    thinnest: Numbers = 1.0
    fills: bool = False

    @property
    def is_even(self) -> bool:
        """Whether it is as thick everywhere, within 2 %."""
        return bool(self.thinnest > _EVEN)


def film_diffusion(cell: Cell, film: Film, *, wetted_outside: bool) -> FilmDiffusion | None:
    """Return how lithium diffuses in a film that is blocked on one face and wetted on the other.

    None of lithium metal, and where no diffusivity is known: then there is no such loss.

    Parameters
    ----------
    cell
        Its relief.
    film
        The film; what fills a relief passes for a flat film of its volume over its inner face.
    wetted_outside
        Whether the electrolyte lies on its outer face.
    """
    name, face = film.layer.name, film.outer_area if wetted_outside else film.inner_area
    if film.layer.material.is_lithium_metal or not film.layer.material.knows("diffusivity"):
        return None
    slab = film.volume / face
    if film.layer.fills or cell.is_flat:
        return FilmDiffusion(name, slab, 1.0, fills=film.layer.fills and not cell.is_flat)
    levels = [film.inner.towards(film.outer, share, cell.deepest) for share in (0.0, 0.5, 1.0)]
    inner, middle, outer, thickness = abreast(
        *(cell.current_tubes(level, _SLICES) for level in levels),
        cell.tube_thicknesses(film.inner, film.outer, _SLICES),
    )
    blocked, wetted = (inner, outer) if wetted_outside else (outer, inner)
    linear, square = -3 * blocked + 4 * middle - wetted, 2 * blocked - 4 * middle + 2 * wetted
    mean = (blocked + 4 * middle + wetted) / 6
    x = _NODES.reshape(-1, *[1] * mean.ndim)
    areas = np.maximum(blocked + x * (linear + x * square), _NARROWEST * mean)
    behind = x * (blocked + x * (linear / 2 + x * square / 3))
    lead = np.sum(np.tensordot(_WEIGHTS, behind**2 / areas, axes=1) * thickness**3, axis=0)
    volume = np.sum(mean * thickness, axis=0)
    flat = np.sum(thickness * wetted, axis=0) / np.sum(wetted, axis=0)
    thinnest = thickness.min(axis=0) / flat
    if not is_rows(lead):
        lead, volume, flat, thinnest = float(lead), float(volume), float(flat), float(thinnest)
    length = root(3 * lead / volume)
    between = choose(thinnest > _EVEN, _CURVED, _UNEVEN)
    left_out = between * abs((slab / length) ** 2 - 1)
    return FilmDiffusion(name, length, length**2 / (slab * flat), left_out, thinnest)
