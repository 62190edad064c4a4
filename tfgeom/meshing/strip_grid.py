"""The surface grid of a cell that is the same along y: planes, trenches, waves."""

import math

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.plan import Bar
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.wave import WaveCell
from tfgeom.meshing.profile_stations import Stations, lay_wave_stations
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.surface_grid import NO_IDS, Ids, SurfaceGrid, grid_quads
from tfgeom.units import UM


def planar_grid(cell: Cell, stations: Stations, resolution: Resolution) -> SurfaceGrid:
    """Return the grid of a whole planar cell."""
    side, n = math.sqrt(cell.footprint) / UM, 2 * resolution.refine
    x = np.linspace(0, side, n + 1)
    return _strip_grid(x, np.zeros(n + 1, dtype=np.int64), x, stations, ("floor",) * n, mirrored=False)


def wave_grid(cell: WaveCell, resolution: Resolution) -> SurfaceGrid:
    """Return the grid of half a wave, from crest to valley, a period long."""
    stations, x = lay_wave_stations(cell, resolution)
    y = np.linspace(0, cell.period / UM, resolution.refine + 1)
    strips = ("wall",) * (len(x) - 1)
    return _strip_grid(x, np.arange(len(x)), y, stations, strips, mirrored=True)


def _strip_grid(
    x: NDArray[np.float64],
    station: Ids,
    y: NDArray[np.float64],
    stations: Stations,
    strips: tuple[str, ...],
    *,
    mirrored: bool,
    velocity: NDArray[np.float64] | None = None,
    wall: slice | None = None,
) -> SurfaceGrid:
    """Return a grid of rows at x, (n,), at their stations, and columns at y, um.

    ``velocity`` is that of x with rho, by default 1; ``wall`` are the rows of a wall between two flats.
    """
    velocity = np.ones(len(x)) if velocity is None else velocity
    ids = np.arange(len(x) * len(y)).reshape(len(x), len(y))
    names = tuple(dict.fromkeys(strips))
    base = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    speed = np.repeat(velocity, len(y))
    borders = {
        "top" if mirrored else "left": ids[0],
        "floor" if mirrored else "right": ids[-1],
        "front": ids[:, 0],
        "back": ids[:, -1],
    }
    return SurfaceGrid(
        quads=grid_quads(ids),
        strip_of_quad=np.repeat([names.index(strip) for strip in strips], len(y) - 1),
        strips=names,
        seams=(ids[0], ids[-1]) if mirrored else (NO_IDS, NO_IDS),
        borders=borders,
        swept=() if wall is None else (ids[wall],),
        sector=None,
        fraction=0.5 if mirrored else 1.0,
        _base=base,
        _velocity=np.column_stack((speed, np.zeros_like(speed))),
        _station=np.repeat(station, len(y)),
        _stations=stations,
    )


def trench_grid(
    ridge: Bar,
    stations: Stations,
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    first: float,
    resolution: Resolution,
) -> SurfaceGrid:
    """Return the grid from the middle of a ridge to the middle of a trench, a pitch long."""
    edge, pitch = ridge.width / 2 / UM, ridge.length / UM
    top = resolution.fractions(edge + max(float(rho[0, 0]) for rho in ends), first, "end")
    left = pitch / 2 - edge - min(float(rho[-1, 0]) for rho in ends)
    floor = resolution.fractions(left, first, "start")[1:]
    count = stations.count
    x = np.concatenate((top * edge, np.full(count - 1, edge), edge + floor * (pitch / 2 - edge)))
    velocity = np.concatenate((top, np.ones(count - 1), 1 - floor))
    station = np.concatenate(
        (np.zeros(len(top)), np.arange(1, count), np.full(len(floor), count - 1))
    ).astype(np.int64)
    strips = ("top",) * (len(top) - 1) + stations.strips + ("floor",) * len(floor)
    y = np.linspace(0, pitch, resolution.refine + 1)
    wall = slice(len(top) - 1, len(top) - 1 + count)
    return _strip_grid(x, station, y, stations, strips, mirrored=True, velocity=velocity, wall=wall)
