"""The best plane beside a cell in the film model."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.best_planes import best_of, charges, known
from tests.shipped import PEARSE
from tfgeom.design import design_from_mapping, load_design
from tfgeom.evaluation import evaluate
from tfgeom.metrics.against_best_plane import why_unknown
from tfgeom.metrics.film_best_plane import FilmBestPlane, planes_agree
from tfgeom.transport.closed_rate import delivered_charges
from tfgeom.transport.discharge.constant_current import discharge_curves
from tfgeom.transport.plane_rates import Floats, beaten_by, best_planes


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["conformal", "lithium anode", "anode-free", "dc electrolyte"])
def test_on_planes_the_film_model_and_the_closed_one_agree(cell: str) -> None:
    best = best_of(evaluate(design_from_mapping(known(cell))))
    assert planes_agree(best)
    currents = np.array([0.3, 10.0]) * best.own.capacity / 3600
    found = best_planes(best.planes, currents)
    for gain, current in zip(found.gain, currents, strict=True):
        plane = best.free.plane(float(gain))
        film = plane.kind.film_cell(plane, nominal=1.0, contacted=False)
        (curve,) = discharge_curves(film, [float(current)])
        (closed,) = charges(best.planes, np.array([gain]), current)
        assert curve.charge[-1] == pytest.approx(closed, rel=1e-5)


def test_the_ends_of_an_interval_move_with_the_cells_own_model() -> None:
    best = best_of(evaluate(load_design(PEARSE)))
    near, whole = best.beaten(), best.own.capacity

    def weaker(share: float) -> Callable[[Floats], Floats]:
        return lambda currents: (
            share * delivered_charges([best.own] * len(currents), currents, best.planes.chemistry)
        )

    ((start, end),) = beaten_by(best.planes, whole, weaker(1.0), near)
    assert (start, end) == pytest.approx(near[0], rel=2e-3)
    ((later, sooner),) = beaten_by(best.planes, whole, weaker(0.5), near)
    assert later > 1.5 * start
    assert sooner < 0.7 * end
    half = weaker(0.5)(np.array([later, sooner]))
    assert half[0] == pytest.approx(1.01 * best_planes(best.planes, np.array([later])).most[0], rel=3e-3)
    assert half[1] == pytest.approx(0.05 * whole, rel=3e-3)
    assert beaten_by(best.planes, whole, weaker(0.01), near) == ()
    assert FilmBestPlane(best, weaker(0.5)).beaten() == ((later, sooner),)


@pytest.mark.slow
def test_fidelity_film_has_the_best_plane() -> None:
    found = evaluate(design_from_mapping(known("conformal", "trenches")), "film")
    assert found.rate_summary is not None
    intervals = found.rate_summary.beats_best_plane_mA_cm2
    assert intervals is not None
    assert why_unknown(found) == ""
    closed = evaluate(design_from_mapping(known("conformal", "trenches"))).rate_summary
    assert closed is not None
    # even films on walls: both models say nearly the same
    assert np.ravel(intervals) == pytest.approx(np.ravel(closed.beats_best_plane_mA_cm2 or ()), rel=0.1)
