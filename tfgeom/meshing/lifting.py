"""Nodes of all levels of a stack of films, and what the hexahedra between the levels are like.

Between the faces of a film every node moves along a straight line.  What holds for all hexahedra on a quad
then follows from the path of its corners alone, without making the hexahedra: volumes and the smallest
Jacobian determinant.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.profile import Level
from tfgeom.meshing.quality import facet_sizes, sweep, swept_volume
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
    area_ratio
        True area over that of the facets at the faces of the films, shape (n_films + 1, n_quads).
    volumes
        Volume between the faces of each film, um³, shape (n_films,).
    smallest
        Smallest det J at the Gauss points of the quads, from the first Gauss point across a film to its last.
    """

    points: NDArray[np.float64]
    area_ratio: NDArray[np.float64]
    volumes: NDArray[np.float64]
    smallest: Smallest


def lift_levels(grid: SurfaceGrid, faces: tuple[Level, ...], across: list[NDArray[np.float64]]) -> Lifted:
    """Return the levels of all films.

    Uniform films share one path from the first face to the last, which then is looked at once.

    Parameters
    ----------
    grid
        The surface grid.
    faces
        Faces of the films from the first inner to the last outer one, length n_films + 1.
    across
        Where levels lie across each film, from 0 to 1.
    """
    counts = [len(shares) - 1 for shares in across]
    straight = all(level.is_uniform for level in faces)
    stops = [0, len(counts)] if straight else list(range(len(faces)))
    placed = [grid.place(faces[stop]) for stop in stops]
    levels = np.concatenate(([0], np.cumsum(counts)))
    shares = _shares(faces, across, uniform=straight)
    volumes = np.empty(len(counts))
    worst = []
    for (first, last), (inner, outer) in zip(pairwise(stops), pairwise(placed), strict=True):
        nodes = np.empty((6, grid.n_nodes))
        nodes[:3], nodes[3:] = inner.T, (outer - inner).T
        along = np.concatenate(([0.0], shares[levels[first] + 1 : levels[last] + 1]))
        run = _Run(grid.quads, nodes, along, levels[first : last + 1] - levels[first])
        volumes[first:last], (jacobian, film, quad) = run.look()
        worst.append(Smallest(jacobian, first + film, quad))
    # made last: the memory that looking took serves again, and fresh pages cost more time than filling them
    points = np.empty((len(shares), grid.n_nodes, 3))
    for stop, face in zip(stops, placed, strict=True):
        points[levels[stop]] = face
    for first, last in pairwise(levels[stops]):
        _fill(points[first : last + 1], shares[first + 1 : last])
    # not min(), which would pass over what is no number
    smallest = worst[int(np.argmin([found.jacobian for found in worst]))]
    ratios = _area_ratios(grid, [faces[stop] for stop in stops], placed)
    if straight:  # faces on a straight path have what lies between the ratios of its ends
        ratios = ratios[0] + np.multiply.outer(shares[levels], ratios[1] - ratios[0])
    return Lifted(points, ratios, volumes, smallest)


def _area_ratios(
    grid: SurfaceGrid, faces: list[Level], placed: list[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return true area over facet area at each face; a sharp edge without area has that of the next face."""
    facets = np.array([facet_sizes(points[grid.quads].transpose(2, 1, 0)) for points in placed])
    true = [grid.true_areas(face, points) for face, points in zip(faces, placed, strict=True)]
    ratios: NDArray[np.float64] = np.divide(true, facets, out=np.ones_like(facets), where=facets > 0)
    ratios[0] = np.where(facets[0] > 0, ratios[0], ratios[1])
    return ratios


def _shares(
    faces: tuple[Level, ...], across: list[NDArray[np.float64]], *, uniform: bool
) -> NDArray[np.float64]:
    """Return where each level lies on its straight path, from 0 (the first level only) to 1."""
    ends = [(0.0, 1.0)] * len(across)
    if uniform:
        tops = np.array([face.top for face in faces])
        ends = list(pairwise((tops - tops[0]) / (tops[-1] - tops[0])))
    pieces = [low + (up - low) * shares[1:] for (low, up), shares in zip(ends, across, strict=True)]
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
        Start and path of each node, um, shape (6, n_nodes).
    levels
        Where the levels lie along the path, 0 to 1, shape (n_levels,).
    faces
        Which of them are the faces of the films, shape (n_films + 1,).
    """

    quads: NDArray[np.int64]
    nodes: NDArray[np.float64]
    levels: NDArray[np.float64]
    faces: NDArray[np.int64]

    def look(self) -> tuple[list[float], Smallest]:
        """Return the volume of each film, and the smallest det J."""
        steps = np.diff(self.levels)
        start, end = self.levels[0] + _FIRST_GAUSS * steps[0], self.levels[-1] - _FIRST_GAUSS * steps[-1]
        bounds = np.empty(len(self.quads))
        sums = np.zeros(3)
        for at, corners in self._pieces(self.quads):
            swept = sweep(corners)
            sums += swept.sums()
            bounds[at] = swept.lower_bounds(start, end)
        volumes = [swept_volume(sums, low, high) for low, high in pairwise(self.levels[self.faces])]
        # det J goes with the thickness of a hexahedron: least in thin ones, unless it is negative
        return volumes, self._smallest(np.minimum(bounds * steps.min(), bounds * steps.max()))

    def _smallest(self, bounds: NDArray[np.float64]) -> Smallest:
        """Return the smallest det J, given a lower bound of each quad's: most need not be searched."""
        likely = int(np.argmin(bounds))
        found = self._searched(np.array([likely]))
        lower = np.flatnonzero(bounds < found.jacobian)
        return self._searched(lower) if lower.size else found

    def _searched(self, of: NDArray[np.int64]) -> Smallest:
        """Return the smallest det J on some quads."""
        steps = np.diff(self.levels)
        starts, ends = self.levels[:-1] + _FIRST_GAUSS * steps, self.levels[1:] - _FIRST_GAUSS * steps
        jacobian = np.empty((len(steps), len(of)))
        for at, corners in self._pieces(self.quads[of]):
            jacobian[:, at] = steps[:, None] * sweep(corners).smallest(starts, ends)
        layer, least = (int(number) for number in np.unravel_index(jacobian.argmin(), jacobian.shape))
        film = int(np.searchsorted(self.faces, layer, side="right")) - 1
        return Smallest(float(jacobian[layer, least]), film, int(of[least]))

    def _pieces(self, quads: NDArray[np.int64]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield which quads, and their corners' start and path, (2, 3, 4, n)."""
        for at in _slices(len(quads)):
            yield at, np.take(self.nodes, quads[at].T, axis=1).reshape(2, 3, 4, -1)
