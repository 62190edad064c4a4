"""Nodes of all levels of a stack of films, and what the hexahedra between the levels are like.

Between the faces of a film every node moves along a straight line.  What holds for all hexahedra on a quad
then follows from the path of its corners alone, without making the hexahedra: volumes, the smallest Jacobian
determinant, and the speed of the facet along its normal.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.profile import Level
from tfgeom.meshing.quality import normal_speeds, sweep, swept_volume
from tfgeom.meshing.surface_grid import SurfaceGrid

_FIRST_GAUSS = 0.5 - 0.5 / 3**0.5  # Gauss point of a hexahedron, over its thickness
_AT_ONCE = 2048  # largest number of quads or nodes looked at together


class Smallest(NamedTuple):
    """Smallest det J, um³, and the film and quad of it."""

    jacobian: float
    film: int
    quad: int


@dataclass(frozen=True, slots=True)
class Lifted:
    """Levels of a surface grid.

    Attributes
    ----------
    points
        Nodes, um, shape (n_levels, n_nodes, 3).
    normal_speed
        How far facets move along their normal over the local thickness, shape (n_films, n_quads).
    volumes
        Volume between the faces of each film, um³, shape (n_films,).
    smallest
        Smallest det J at the Gauss points of the quads, from the first Gauss point across a film to its last.
    """

    points: NDArray[np.float64]
    normal_speed: NDArray[np.float64]
    volumes: NDArray[np.float64]
    smallest: Smallest


def lift_levels(grid: SurfaceGrid, faces: tuple[Level, ...], counts: list[int]) -> Lifted:
    """Return the levels of all films.

    Uniform films share one path from the first face to the last, which then is looked at once.

    Parameters
    ----------
    grid
        The surface grid.
    faces
        Faces of the films from the first inner to the last outer one, length n_films + 1.
    counts
        Hexahedra across each film.
    """
    straight = all(level.is_uniform for level in faces)
    stops = [0, len(counts)] if straight else list(range(len(faces)))
    placed = [grid.place(faces[stop]) for stop in stops]
    levels = np.concatenate(([0], np.cumsum(counts)))
    shares = _shares(faces, counts, uniform=straight)
    speed, volumes = np.empty((len(counts), len(grid.quads))), np.empty(len(counts))
    worst = []
    for (first, last), ((inner, start), (outer, end)) in zip(pairwise(stops), pairwise(placed), strict=True):
        nodes = np.empty((7, grid.n_nodes))
        nodes[:3], nodes[3:6], nodes[6] = inner.T, (outer - inner).T, end - start
        ends = np.concatenate(([0.0], shares[levels[first + 1 : last + 1]]))
        run = _Run(grid.quads, nodes, ends, counts[first:last])
        speed[first:last], volumes[first:last], (jacobian, film, quad) = run.look()
        worst.append(Smallest(jacobian, first + film, quad))
    # made last: the memory that looking took serves again, and fresh pages cost more time than filling them
    points = np.empty((len(shares), grid.n_nodes, 3))
    for stop, (face, _) in zip(stops, placed, strict=True):
        points[levels[stop]] = face
    for first, last in pairwise(levels[stops]):
        _fill(points[first : last + 1], shares[first + 1 : last])
    # not min(), which would pass over what is no number
    smallest = worst[int(np.argmin([found.jacobian for found in worst]))]
    return Lifted(points, speed, volumes, smallest)


def _shares(faces: tuple[Level, ...], counts: list[int], *, uniform: bool) -> NDArray[np.float64]:
    """Return where each level lies on its straight path, from 0 (the first level only) to 1."""
    ends = [(0.0, 1.0)] * len(counts)
    if uniform:
        tops = np.array([face.top for face in faces])
        ends = list(pairwise((tops - tops[0]) / (tops[-1] - tops[0])))
    pieces = [np.linspace(*pair, count + 1)[1:] for pair, count in zip(ends, counts, strict=True)]
    return np.concatenate(([0.0], *pieces))


def _fill(points: NDArray[np.float64], shares: NDArray[np.float64]) -> None:
    """Set the levels between the first and the last one, at their shares of the way."""
    for at in _slices(points.shape[1]):
        first, between = points[0, at], points[1:-1, at]
        np.multiply(shares[:, None, None], points[-1, at] - first, out=between)
        between += first


def _slices(count: int) -> Iterator[slice]:
    """Yield slices of equal length, as long as what is computed of them stays in the processor's cache."""
    length = math.ceil(count / math.ceil(count / _AT_ONCE))
    return (slice(begin, begin + length) for begin in range(0, count, length))


@dataclass(frozen=True, slots=True)
class _Run:
    """Films along one straight path.

    Attributes
    ----------
    quads
        Corners, shape (n_quads, 4).
    nodes
        Start, path and thickness at each node, um, shape (7, n_nodes).
    faces
        Where the faces of the films lie along the path, 0 to 1, shape (n_films + 1,).
    counts
        Hexahedra across each film.
    """

    quads: NDArray[np.int64]
    nodes: NDArray[np.float64]
    faces: NDArray[np.float64]
    counts: list[int]

    def look(self) -> tuple[NDArray[np.float64], list[float], Smallest]:
        """Return normal speeds, (n_quads,), the volume of each film, and the smallest det J."""
        steps = np.diff(self.faces) / self.counts
        start, end = self.faces[0] + _FIRST_GAUSS * steps[0], self.faces[-1] - _FIRST_GAUSS * steps[-1]
        speed, bounds = np.empty((2, len(self.quads)))
        sums = np.zeros(3)
        for at, corners, thickness in self._pieces(self.quads):
            swept = sweep(corners)
            sums += swept.sums()
            bounds[at] = swept.lower_bounds(start, end)
            speed[at] = normal_speeds(corners, thickness)
        volumes = [swept_volume(sums, low, high) for low, high in pairwise(self.faces)]
        # det J goes with the thickness of a hexahedron: least in thin ones, unless it is negative
        return speed, volumes, self._smallest(np.minimum(bounds * steps.min(), bounds * steps.max()))

    def _smallest(self, bounds: NDArray[np.float64]) -> Smallest:
        """Return the smallest det J, given a lower bound of each quad's: most need not be searched."""
        likely = int(np.argmin(bounds))
        found = self._searched(np.array([likely]))
        lower = np.flatnonzero(bounds < found.jacobian)
        return self._searched(lower) if lower.size else found

    def _searched(self, of: NDArray[np.int64]) -> Smallest:
        """Return the smallest det J on some quads."""
        steps = np.diff(self.faces) / self.counts
        starts, ends = self.faces[:-1] + _FIRST_GAUSS * steps, self.faces[1:] - _FIRST_GAUSS * steps
        jacobian = np.empty((len(steps), len(of)))
        for at, corners, _ in self._pieces(self.quads[of]):
            jacobian[:, at] = steps[:, None] * sweep(corners).smallest(starts, ends)
        film, least = (int(number) for number in np.unravel_index(jacobian.argmin(), jacobian.shape))
        return Smallest(float(jacobian[film, least]), film, int(of[least]))

    def _pieces(
        self, quads: NDArray[np.int64]
    ) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.float64]]]:
        """Yield which quads, their corners' start and path, (2, 3, 4, n), and the thickness there, (4, n)."""
        for at in _slices(len(quads)):
            found = np.take(self.nodes, quads[at].T, axis=1)
            yield at, found[:6].reshape(2, 3, 4, -1), found[6]
