"""Fields of the finite-element solve as values on the nodes of each film."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.transport.steady import Solve

POTENTIAL = "potential"
CURRENT_DENSITY = "current density"
LITHIUM = "lithium fraction"
LITHIUM_AT_FACE = "lithium fraction at the electrolyte's face"
DISCHARGE_CURRENT = "current at the electrolyte's face"
SOLVED_FIELDS = (POTENTIAL, CURRENT_DENSITY)
"""Names of the fields of finite elements, as people read them."""
DISCHARGE_FIELDS = (LITHIUM, LITHIUM_AT_FACE, DISCHARGE_CURRENT)
"""Names of those over a discharge: mean filling through a film, at its face, and local current there."""
FIELDS = (*SOLVED_FIELDS, *DISCHARGE_FIELDS)
"""Names of all fields."""
UNITS = {
    LITHIUM: "0 empty to 1 full",
    LITHIUM_AT_FACE: "0 empty to 1 full",
    DISCHARGE_CURRENT: "mA/cm² of the film's own face",
    POTENTIAL: "mV at 1 mA/cm² of footprint",
    CURRENT_DENSITY: "mA/cm² at 1 mA/cm² of footprint",
}
"""Their units."""

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
    ends
        Smallest and largest value of a field at all times, where it varies in time: its colours then mean
        the same at each, and all films that have it show it.
    """

    mesh: FilmMesh
    values: dict[str, dict[str, NDArray[np.float64]]]
    ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def shown(self, field: str) -> dict[str, NDArray[np.float64]]:
        """Return the values of the films in which a field varies.

        A film at one potential would stretch the range of colours and show nothing.
        """
        arrays = self.values.get(field, {})
        if not arrays or field in self.ends:
            return dict(arrays)
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
        low, high = self.ends.get(field) or (
            min(float(a.min()) for a in arrays),
            max(float(a.max()) for a in arrays),
        )
        if high - low <= _EVEN * max(abs(low), abs(high)):
            room = 0.01 * max(abs(low), abs(high)) or 1.0
            return low - room, high + room
        return low, high


def solved_fields(solved: Solve) -> Fields:
    """Return potential and current density of a solve at 1 mA/cm² of footprint; a finite drive is scaled.

    The potential is that above the inner terminal.  The current density is its magnitude at the middle of
    the elements, averaged to the nodes.  Of a flooded cell it is that into the electrode film, at both faces
    alike: the film's potential was not solved for, its resistance counts straight through it.
    """
    fields = solved.fields
    scale = fields.per_current * _MA_CM2
    potentials = {name: values * scale * 1e3 for name, values in fields.film_potentials.items()}
    known = {POTENTIAL: potentials, CURRENT_DENSITY: fields.film_densities}
    return Fields(fields.film_mesh, {field: values for field, values in known.items() if values})
