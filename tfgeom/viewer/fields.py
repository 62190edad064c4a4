"""Fields of the finite-element solve as values on the nodes of each film."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.transport.conduction import Conduction
from tfgeom.transport.flooded_solve import FloodedConduction
from tfgeom.units import UM

POTENTIAL = "potential"
CURRENT_DENSITY = "current density"
FIELDS = (POTENTIAL, CURRENT_DENSITY)
"""Names of the fields, as people read them."""
UNITS = {
    POTENTIAL: "mV at 1 mA/cm2 of footprint",
    CURRENT_DENSITY: "mA/cm2 at 1 mA/cm2 of footprint",
}
"""Their units."""

Points = NDArray[np.float64]
_MA_CM2 = 10.0  # A/m2
_EVEN = 1e-6  # spread over value of a field that is the same everywhere, but for the solve's tolerance
_LITTLE = 0.01  # spread of a film over the widest one that is as good as none


@dataclass(frozen=True, slots=True)
class Fields:
    """Values on the nodes of the films that were solved for.

    Attributes
    ----------
    mesh
        The mesh of the solve, which carries the nodes.
    values
        By field and film, shape (levels of the film, n_surface).  A field that the solve does not have is
        missing.
    """

    mesh: FilmMesh
    values: dict[str, dict[str, NDArray[np.float64]]]

    def shown(self, field: str) -> dict[str, NDArray[np.float64]]:
        """Return the values of the films in which a field varies.

        A film at one potential would stretch the range of colours and show nothing.
        """
        arrays = self.values.get(field, {})
        if not arrays:
            return {}
        spans = {name: float(np.ptp(array)) for name, array in arrays.items()}
        widest, largest = max(spans.values()), max(float(np.abs(array).max()) for array in arrays.values())
        if widest <= _EVEN * largest:
            return dict(arrays)
        return {name: array for name, array in arrays.items() if spans[name] > _LITTLE * widest}

    def constant(self, field: str) -> dict[str, float]:
        """Return the value of a field in the films in which it does not vary, by film."""
        left_out = self.values.get(field, {}).keys() - self.shown(field).keys()
        return {name: float(self.values[field][name].mean()) for name in left_out}

    def range_of(self, field: str) -> tuple[float, float]:
        """Return the smallest and the largest value that is shown of a field, never the same."""
        arrays = self.shown(field).values()
        low, high = min(float(a.min()) for a in arrays), max(float(a.max()) for a in arrays)
        if high - low <= _EVEN * max(abs(low), abs(high)):
            room = 0.01 * max(abs(low), abs(high)) or 1.0
            return low - room, high + room
        return low, high


def conduction_fields(conduction: Conduction) -> Fields:
    """Return potential and current density of a solve at 1 mA/cm² of footprint.

    The potential is that above the inner terminal.  The current density is the normal one through the middle
    of each layer of elements, by the potential difference across it, at its two faces alike.

    Parameters
    ----------
    conduction
        A solve; what a finite drive makes of it is scaled too.
    """
    # V between the terminals of the core at 1 mA/cm2, over those of the solve
    scale = conduction.asr * _MA_CM2 * _share_inside(conduction) / conduction.voltage
    sheets, mesh = conduction.sheets, conduction.mesh
    potential: dict[str, NDArray[np.float64]] = {}
    current: dict[str, NDArray[np.float64]] = {}
    for index, conductor in enumerate(conduction.core.conductors):
        layers = [pair for pair, film in zip(sheets.layers, sheets.films, strict=True) if film == index]
        levels = [layers[0][0], *(up for _, up in layers)]
        name = conductor.film.layer.name
        volts = conduction.potential[levels] * scale
        potential[name] = volts * 1e3
        points = mesh.points_um[[sheets.levels[level] for level in levels]] * UM
        steps = np.stack([_distance(*pair, mesh.quads) for pair in pairwise(points)])
        flow = conductor.conductivity * np.abs(np.diff(volts, axis=0)) / steps
        nodes = np.concatenate((flow[:1], (flow[1:] + flow[:-1]) / 2, flow[-1:]))
        current[name] = nodes / _MA_CM2
    return Fields(mesh, {POTENTIAL: potential, CURRENT_DENSITY: current})


def flooded_fields(flooded: FloodedConduction) -> Fields:
    """Return the current density through the electrode film of a flooded cell at 1 mA/cm² of footprint.

    It is that of the film's outer face, at both faces alike.  The films' potential was not solved for: their
    resistance counts straight through them.

    Parameters
    ----------
    flooded
        A solve.
    """
    mesh = flooded.film_mesh
    return Fields(mesh, {CURRENT_DENSITY: {mesh.films[-1].layer.name: np.tile(flooded.wall_density, (2, 1))}})


def solved_fields(solved: Conduction | FloodedConduction) -> Fields:
    """Return the fields of a solve of either kind of cell."""
    return flooded_fields(solved) if isinstance(solved, FloodedConduction) else conduction_fields(solved)


def _distance(low: Points, high: Points, quads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the distance of two levels along the normal at each node, (n,): nodes move sideways too."""
    corners = (low + high)[quads] / 2
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]) / 2
    areas = np.linalg.norm(normals, axis=1)
    moved = np.einsum("qk,qck->qc", normals, (high - low)[quads])
    count = len(low)
    around = np.bincount(quads.ravel(), np.repeat(areas, 4), count)
    return np.asarray(np.bincount(quads.ravel(), moved.ravel(), count) / around)


def _share_inside(conduction: Conduction) -> float:
    """Return the share of the resistance that lies between the terminals of the solve."""
    outside = sum(conduction.core.outside.values())
    return (conduction.asr - outside) / conduction.asr
