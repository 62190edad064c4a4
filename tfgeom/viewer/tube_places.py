"""Where on the surface grid the columns of the film model stand."""

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Film
from tfgeom.geometry.profile import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.wave import WaveCell
from tfgeom.meshing.surface_grid import SurfaceGrid
from tfgeom.units import UM

Floats = NDArray[np.float64]


def columns_on_nodes(cell: Cell, grid: SurfaceGrid, film: Film, tubes: NDArray[np.intp]) -> Floats:
    """Return the share that each column has of what a node shows, shape (n_nodes, n_columns); rows sum to 1.

    A quad shows its part of the tubes by the depths between which it lies, and a node the mean of its quads
    by their areas: summed by lumped areas, what is shown is what the columns hold.

    Parameters
    ----------
    cell
        The relief.
    grid
        Of one sector.
    film
        The film that is shown; depths and areas are those in its middle.
    tubes
        Column of each of the relief's `current_tubes`.
    """
    level = film.inner.towards(film.outer, 0.5, cell.deepest)
    points = grid.place(level)
    of_quad = np.zeros((len(grid.quads), int(tubes.max()) + 1))
    for tube, share in enumerate(_tubes_of_quads(cell, grid, points, len(tubes)).T):
        of_quad[:, tubes[tube]] += share
    areas = grid.true_areas(level, points)
    corners = grid.quads.T.ravel()
    weights = np.bincount(corners, np.tile(areas, 4), grid.n_nodes)
    summed = np.array(
        [np.bincount(corners, np.tile(areas * share, 4), grid.n_nodes) for share in of_quad.T]
    ).T
    return np.asarray(summed / weights[:, np.newaxis])


def _tubes_of_quads(cell: Cell, grid: SurfaceGrid, points: Floats, count: int) -> Floats:
    """Return the share of each tube in each quad, shape (n_quads, count).

    Tubes are the flat top with its rims, slices of the wall from the top, and the floor; of a wave, slices of
    a period.
    """
    found = np.zeros((len(grid.quads), count))
    if isinstance(cell, WaveCell):
        x = grid.place(Level(0.0, 0.0))[grid.quads, 0] * UM / cell.period
        return _overlap(x, count)
    # of a tube also "bore wall", "annulus floor"
    names = np.array([name.split()[-1] for name in grid.strips])[grid.strip_of_quad]
    wall = names == "wall"
    slices = count - 1 if count == 1 or cell.through else count - 2
    found[~wall, 0] = 1.0
    if not cell.is_flat and not cell.through:
        floor = names == "floor"
        found[floor, 0], found[floor, -1] = 0.0, 1.0
    if wall.any():
        heights = points[grid.quads[wall], 2]
        top, bottom = heights.max(), heights.min()
        found[wall, 1 : 1 + slices] = _overlap((top - heights) / (top - bottom), slices)
    return found


def _overlap(places: Floats, slices: int) -> Floats:
    """Return how much of each quad lies in each of equal slices from 0 to 1, by its corners (n, 4)."""
    low, high = places.min(axis=1)[:, None], places.max(axis=1)[:, None]
    edges = np.linspace(0.0, 1.0, slices + 1)
    inside = np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0.0, None)
    return np.asarray(inside / inside.sum(axis=1, keepdims=True))
