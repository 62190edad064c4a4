"""From a relief and its levels to the surface grid of one sector."""

from tfgeom.geometry.plan import Bar
from tfgeom.geometry.profile import Level
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import swept_cell
from tfgeom.geometry.wave import WaveCell
from tfgeom.meshing.axis_grid import axis_grid
from tfgeom.meshing.profile_stations import lay_stations
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.sector import lay_sector
from tfgeom.meshing.strip_grid import planar_grid, trench_grid, wave_grid
from tfgeom.meshing.surface_grid import SurfaceGrid
from tfgeom.units import UM


def build_surface_grid(
    cell: Cell, levels: tuple[Level, ...], thinnest: float, resolution: Resolution
) -> SurfaceGrid:
    """Return the grid of one sector of a cell.

    Parameters
    ----------
    cell
        Any relief.
    levels
        Levels that will be meshed, from the first to the last.
    thinnest
        Thickness of the thinnest film, m; sets the lateral size of elements at feet, rims and vertical edges.
    resolution
        How fine.

    Raises
    ------
    MeshError
        When the resolution cannot resolve the gap that the films leave.
    """
    first = resolution.first_cell * thinnest / UM
    if isinstance(cell, WaveCell):
        return wave_grid(cell, resolution)
    cell = swept_cell(cell, "meshes")
    if all(level.is_uniform for level in levels):
        levels = levels[0], levels[-1]  # the walls of those between end between theirs
    stations = lay_stations(cell, levels, first, resolution)
    if cell.is_flat:
        return planar_grid(cell, stations, resolution)
    ends = stations.place(levels[0]), stations.place(levels[-1])
    ridge = cell.sharp_plan.elements[0]
    if isinstance(ridge, Bar):
        return trench_grid(ridge, stations, ends, first, resolution)
    if cell.plan.raised_background:
        furthest = min(float(rho[station, 0]) for rho in ends for station in (0, -1))
    else:
        furthest = max(float(rho[-1, 0]) for rho in ends)
    sector = lay_sector(cell, furthest, first, resolution)
    return axis_grid(sector, stations, ends, first, resolution, through=cell.through)


def fewest_quads(resolution: Resolution) -> int:
    """Return a number of quads that any grid of the resolution has at least, without building one."""
    return 4 * resolution.refine**2
