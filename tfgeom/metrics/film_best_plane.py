"""The best plane beside a cell in the film model.

On a plane with constant diffusivities and electrolytes that are steady the film model and the closed one are
the same sums of modes, so the closed one finds the plane; what the cell itself delivers is the film model's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tfgeom.metrics.best_plane import ClosedBestPlane
from tfgeom.metrics.rate_model import BestEnds, Floats
from tfgeom.transport.discharge.prescribed import Propagation
from tfgeom.transport.plane_rates import beaten_by


@dataclass(frozen=True, slots=True)
class FilmBestPlane:
    """The best plane beside a cell in the film model: a `BestPlane`.

    Attributes
    ----------
    closed
        The best plane in closed form.
    charges
        What the cell delivers (C/m²) at footprint currents, A/m².
    """

    closed: ClosedBestPlane
    charges: Callable[[Floats], Floats]

    def at(self, currents: Floats) -> BestEnds:
        """Return the best plane at footprint currents, A/m², shape (n,)."""
        return self.closed.at(currents)

    def beaten(self) -> tuple[tuple[float, float], ...]:
        """Return the intervals of footprint current (A/m²) at which the cell beats all planes."""
        whole = self.closed.own.capacity
        return beaten_by(self.closed.planes, whole, self.charges, self.closed.beaten())


def planes_agree(best: ClosedBestPlane) -> bool:
    """Return whether the closed model is exact for the planes."""
    plane = best.free.plane(1.0)
    return Propagation.applies(plane.kind.film_cell(plane, nominal=best.planes.unit.nominal, contacted=False))
