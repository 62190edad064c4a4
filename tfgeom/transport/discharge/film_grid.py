"""Columns of a film cut into quadratic elements that crowd at the wetted face, and linear systems on them.

Shares of the thickness are ``sinh(c k/m)/sinh(c)``: each element is so many times longer than the one before
it, as the depth that lithium reaches grows with the root of time.  On an element the driving force is the
quadratic through both ends and the middle; what a node holds is lumped by Simpson's rule, so that lithium is
counted exactly where the profile is a parabola on an even column, as it is under a steady current.  Middles
are eliminated, and the ends of all columns stand in one tridiagonal matrix with zeros between columns.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgttrf, dgttrs

from tfgeom.transport.discharge.film_cell import FilmColumns

Floats = NDArray[np.float64]

ELEMENTS, CROWDING = 14, 6.0
"""The first of these elements ends at 0.22 % of the thickness: the surface of a film that is charged for
1e-5 L²/D is right within 2e-4 (`tests/test_composition.py`)."""
_GAUSS, _WEIGHTS = np.polynomial.legendre.leggauss(3)


@dataclass(frozen=True, slots=True)
class FilmGrid:
    """Nodes of n columns: the m + 1 ends of elements from the wetted face inwards, then their m middles.

    Attributes
    ----------
    shares
        Depths of the nodes over the thickness, shape (2 m + 1,).
    holds
        Share of its column that each node holds, shape (n, 2 m + 1): rows sum to one.
    outer, inner, across
        Conductances over the volume of the column, per unit of diffusivity, from the outer end of each
        element to its middle, from the middle to the inner end and between both ends, 1/m², shape (n, m).
    """

    shares: Floats
    holds: Floats
    outer: Floats
    inner: Floats
    across: Floats

    def flows(self, potential: Floats) -> Floats:
        """Return what flows into each node, 1/s, in the shape of ``potential``, (..., n, 2 m + 1).

        Parameters
        ----------
        potential
            Integral of the diffusivity over the filled fraction at the nodes, m²/s.
        """
        m = self.outer.shape[1]
        start, end, middle = potential[..., :m], potential[..., 1 : m + 1], potential[..., m + 1 :]
        outer, inner = self.outer * (start - middle), self.inner * (middle - end)
        across = self.across * (start - end)
        found = np.empty_like(potential)
        found[..., m + 1 :] = outer - inner
        outer += across
        inner += across
        found[..., 0] = 0.0
        found[..., 1 : m + 1] = inner
        found[..., :m] -= outer
        return found

    def factored(self, pace: float, diffusivity: Floats) -> "Factored":
        """Return the matrix ``holds pace - d flows/d filled`` ready to be solved.

        Parameters
        ----------
        pace
            1/s.
        diffusivity
            At the nodes, m²/s, shape (n, 2 m + 1).
        """
        n, m = self.outer.shape
        start, end, middle = diffusivity[:, :m], diffusivity[:, 1 : m + 1], diffusivity[:, m + 1 :]
        held = self.holds[:, m + 1 :] * pace + (self.outer + self.inner) * middle
        to_outer, to_inner = self.outer * middle / held, self.inner * middle / held
        both = self.across + to_outer * self.inner
        diagonal = self.holds[:, : m + 1] * pace
        diagonal[:, :-1] += (self.outer * (1 - to_outer) + self.across) * start
        diagonal[:, 1:] += (self.inner * (1 - to_inner) + self.across) * end
        lower, upper = np.zeros((n, m + 1)), np.zeros((n, m + 1))
        np.multiply(both, -start, out=lower[:, :-1])
        np.multiply(both, -end, out=upper[:, :-1])
        *factors, fault = dgttrf(lower.ravel()[:-1], diagonal.ravel(), upper.ravel()[:-1])
        if fault:
            raise ZeroDivisionError("the matrix of a film is singular")
        return Factored(tuple(factors), to_outer, to_inner, held, self.outer * start, self.inner * end)


@dataclass(frozen=True, slots=True)
class Factored:
    """One matrix of all columns, factored."""

    factors: tuple[NDArray[np.generic], ...]
    to_outer: Floats
    to_inner: Floats
    held: Floats
    from_outer: Floats
    from_inner: Floats

    def solve(self, sides: Floats) -> Floats:
        """Return the solutions for right-hand sides of shape (k, n, 2 m + 1)."""
        m = self.held.shape[1]
        middle = sides[..., m + 1 :]
        ends = sides[..., : m + 1].copy()
        ends[..., :-1] += self.to_outer * middle
        ends[..., 1:] += self.to_inner * middle
        found, _ = dgttrs(*self.factors, ends.reshape(len(sides), -1).T, overwrite_b=True)
        ends = found.T.reshape(ends.shape)
        whole = np.empty_like(sides)
        whole[..., : m + 1] = ends
        middle = middle + self.from_outer * ends[..., :-1]
        middle += self.from_inner * ends[..., 1:]
        np.divide(middle, self.held, out=whole[..., m + 1 :])
        return whole


def film_grid(columns: FilmColumns, elements: int = ELEMENTS, crowding: float = CROWDING) -> FilmGrid:
    """Return the grid of a film.

    Parameters
    ----------
    columns
        n columns.
    elements
        m.
    crowding
        Logarithm of how much longer the last element is than the first, about.
    """
    ends = np.sinh(crowding * np.linspace(0.0, 1.0, elements + 1)) / np.sinh(crowding)
    length = np.diff(ends)
    shares = np.concatenate((ends, (ends[1:] + ends[:-1]) / 2))
    area = columns.area(shares[:, np.newaxis]).T
    at_ends, middles = area[:, : elements + 1], area[:, elements + 1 :]
    holds = np.concatenate((np.zeros_like(at_ends), 4 * length / 6 * middles), axis=1)
    holds[:, :elements] += length / 6 * at_ends[:, :-1]
    holds[:, 1 : elements + 1] += length / 6 * at_ends[:, 1:]
    mean = holds.sum(axis=1, keepdims=True)
    # integrals of A times products of the slopes of the three quadratics of an element, -1 <= x <= 1
    slopes = _GAUSS - 0.5, -2 * _GAUSS, _GAUSS + 0.5
    at = (ends[:-1] + np.multiply.outer((1 + _GAUSS) / 2, length)).reshape(-1, 1)
    areas = columns.area(at).T.reshape(len(area), 3, elements)
    scale = mean * columns.thickness[:, np.newaxis] ** 2 * length / 2
    outer, inner, across = (
        -np.einsum("g,ngm->nm", _WEIGHTS * slopes[one] * slopes[other], areas) / scale
        for one, other in ((0, 1), (1, 2), (0, 2))
    )
    return FilmGrid(shares, holds / mean, outer, inner, across)
