"""How unevenly a current crosses an interface, and where it crowds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import FilmMesh

_PEAK_SHARE = 1e-3  # of the interface's area: the maximum itself is infinite at a sharp foot
_SAMPLES = 6  # per quad and direction
_NO_SPREAD = 1e-6  # below it the hot spot of an even current would be a matter of rounding

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HotSpot:
    """Where a face carries the largest current density of all quads' middles.

    Attributes
    ----------
    strip
        Name of the strip of the profile: top, rim, wall, floor.
    place_um
        x, y, z; the axis of the feature is z, the bare floor z = 0.
    """

    strip: str
    place_um: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class CurrentSpread:
    """How unevenly a current spreads over an interface.

    Attributes
    ----------
    mean
        Mean density over the interface at 1 A/m² of footprint: footprint over area.
    peak_to_mean
        Density exceeded on 0.1 % of the area, over the mean.
    variation
        Standard deviation over the area, over the mean: the coefficient of variation.
    hot_spot
        None where the current is even.
    """

    mean: float
    peak_to_mean: float
    variation: float
    hot_spot: HotSpot | None


def current_spread(mesh: FilmMesh, level: int, density: Floats) -> CurrentSpread:
    """Return peak, variation and hot spot of a current.

    The nodal densities are interpolated bilinearly and sampled at equal parts of each quad.

    Parameters
    ----------
    mesh
        The films.
    level
        Level of the mesh that the current crosses.
    density
        Current density at its nodes, in any unit, mostly positive, shape (n_surface,).
    """
    areas = mesh.areas_um2(level)
    position = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    u, v = (axis.ravel() for axis in np.meshgrid(position, position))
    shapes = np.stack(((1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v))
    samples = density[mesh.quads] @ shapes
    weights = np.repeat(areas[:, None] / len(u), len(u), axis=1)
    order = np.argsort(samples, axis=None)[::-1]
    covered = np.cumsum(weights.ravel()[order])
    share = covered / covered[-1]
    # Densities agree to rounding on a plane: the quantile must not be less than the mean there.
    peak = float(np.interp(_PEAK_SHARE, share, samples.ravel()[order]))
    mean = float(np.sum(samples * weights)) / float(covered[-1])
    variation = float(np.sqrt(np.sum(weights * (samples - mean) ** 2) / covered[-1])) / mean
    spot = None
    if variation > _NO_SPREAD:
        middles = np.where(areas > areas.max() * 1e-9, density[mesh.quads].mean(axis=1), -np.inf)
        hottest = int(np.argmax(middles))
        x, y, z = (float(value) for value in mesh.points_um[level][mesh.quads[hottest]].mean(axis=0))
        spot = HotSpot(mesh.strips[mesh.strip_of_quad[hottest]], (x, y, z))
    footprint = mesh.cell.footprint * 1e12 * mesh.unit_cells
    return CurrentSpread(footprint / float(covered[-1]), peak / mean, variation, spot)
