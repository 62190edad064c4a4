"""The driver of steady solves on a problem whose error is known, and the problems without the driver."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.half_cells import half_cell
from tests.solves import rows_of
from tests.wires import pearse
from tfgeom.errors import MeshError, SolveError
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.wave import wave
from tfgeom.transport.films.problem import film_problem
from tfgeom.transport.liquid.problem import LiquidProblem
from tfgeom.transport.losses import Loss, Losses
from tfgeom.transport.solve_options import Drive
from tfgeom.transport.steady import IMBALANCE_LIMIT, AnyProblem, Bounds, Measured, solve_steady

HOLES = holes(3e-6, 6e-6, 5e-6, "hexagonal")
EXACT = {"cathode": 2.0, "electrolyte": 3.0}


@dataclass(frozen=True)
class Known:
    """A problem whose losses are `EXACT` and ``errors`` times the cell size to the power ``order``."""

    relief: Cell = HOLES
    order: float = 4 / 3
    errors: tuple[float, float] = (0.1, 0.2)
    limits: Bounds = field(default_factory=Bounds)
    imbalance: dict[int, float] = field(default_factory=dict)
    coarsest: int = 1
    calls: Counter[str] = field(default_factory=Counter)
    usual: Resolution = field(default_factory=Resolution)
    conductors: str = "the springs"

    def miss(self, refine: int) -> list[float]:
        """Return the error of each part on a member of the family."""
        return [error * refine**-self.order for error in self.errors]

    def mesh(self, resolution: Resolution) -> int:
        """Return the member of the family."""
        if resolution.refine < self.coarsest:
            raise MeshError("too coarse")
        return resolution.refine

    def assemble(self, mesh: int) -> int:
        """Return the member of the family."""
        return mesh

    def solve(self, system: int) -> int:
        """Return the member of the family."""
        self.calls[f"refine {system}"] += 1
        return system

    def measure(self, system: int, solution: int) -> Measured:
        """Return the losses with their errors."""
        assert system == solution
        values = zip(EXACT.items(), self.miss(solution), strict=True)
        losses = Losses(tuple(Loss(part, "film", value + miss) for (part, value), miss in values))
        others = {"limit": 7.0 + self.miss(solution)[0]}
        off = self.imbalance.get(solution, 0.0)
        return Measured(losses, {}, off, 0.0, 1, 2, 3, 4, 5, cast(Any, None), others)

    def bounds(self, system: int) -> Bounds:
        """Return what was given."""
        self.calls["bounds"] += 1
        return self.limits


@pytest.mark.parametrize("refine", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("relief", "order"), [(HOLES, 4 / 3), (planar(), 2.0), (wave(2e-6, 20e-6), 2.0)], ids=lambda x: str(x)[:5]
)
def test_the_error_is_that_of_the_solve(relief: Cell, order: float, refine: int) -> None:
    problem = Known(relief, order)
    found = solve_steady(problem, refine)
    others = {1: 2, 2: 1, 3: 1, 4: 2}
    assert problem.calls == {f"refine {refine}": 1, f"refine {others[refine]}": 1, "bounds": 1}
    miss = problem.miss(refine)
    assert found.asr == pytest.approx(5 + sum(miss), rel=1e-14)
    assert found.discretisation_error * found.asr == pytest.approx(sum(miss), rel=1e-9)
    # a number beside the losses has its own estimate, to first order in its error
    assert found.other_errors["limit"] * found.others["limit"] == pytest.approx(miss[0], rel=1e-9)
    assert (found.unknowns, found.n_nodes, found.n_cells, found.iterations, found.newton_steps) == (
        1,
        2,
        3,
        4,
        5,
    )
    assert set(found.seconds) == {"mesh", "assemble", "solve"}


def test_errors_of_parts_do_not_cancel() -> None:
    problem = Known(errors=(0.1, -0.1))
    found = solve_steady(problem)
    assert found.asr == pytest.approx(5.0, rel=1e-14)
    assert found.discretisation_error * found.asr == pytest.approx(0.2 * 2 ** (-4 / 3), rel=1e-9)


def test_where_the_coarse_companion_does_not_fit_a_finer_one_tells_the_error() -> None:
    problem = Known(coarsest=2)
    found = solve_steady(problem)
    assert problem.calls == {"refine 2": 1, "refine 3": 1, "bounds": 1}
    assert found.discretisation_error * found.asr == pytest.approx(sum(problem.miss(2)), rel=1e-9)
    with pytest.raises(MeshError, match="too coarse"):
        solve_steady(problem, 1)


def test_the_accuracy_asked_for() -> None:
    error = solve_steady(Known()).discretisation_error
    assert solve_steady(Known(), within=1.001 * error).discretisation_error == error
    with pytest.raises(SolveError, match=r"at resolution 2, more than the .* asked for; use a higher"):
        solve_steady(Known(), within=0.999 * error)


@pytest.mark.parametrize("at", [2, 1], ids=["solve", "companion"])
def test_currents_that_do_not_balance_are_refused(at: int) -> None:
    solve_steady(Known(imbalance={at: 0.99 * IMBALANCE_LIMIT}))
    for off in (1.01 * IMBALANCE_LIMIT, float("nan")):
        with pytest.raises(SolveError, match="the springs may differ by too much"):
            solve_steady(Known(imbalance={at: off}))


def test_bounds_give_way_by_the_error_and_no_more() -> None:
    plain = solve_steady(Known())
    asr, slack = plain.asr, plain.discretisation_error + IMBALANCE_LIMIT
    assert plain.bounds == (None, None)
    for limits in (
        Bounds(lower=asr / (1 - 0.99 * slack)),
        Bounds(upper=asr / (1 + 0.99 * slack)),
        Bounds(lower=1.004 * asr, lower_slack=5e-3),
        Bounds(0.5 * asr, 2 * asr),
    ):
        found = solve_steady(Known(limits=limits))
        assert found.bounds == (limits.lower, limits.upper)
    for limits in (
        Bounds(lower=asr / (1 - 1.01 * slack)),
        Bounds(upper=asr / (1 + 1.01 * slack)),
        Bounds(lower=1.006 * asr, lower_slack=5e-3),
        Bounds(lower=(1 + 2e-6) * asr, lower_slack=1e-6),
    ):
        with pytest.raises(SolveError, match="lies outside its bounds"):
            solve_steady(Known(limits=limits))


def test_a_refusal_shows_the_limits_that_were_missed() -> None:
    asr = solve_steady(Known()).asr
    least, most = 1.8 * asr * 1e4, float("inf")
    with pytest.raises(SolveError, match=rf"bounds {least:.6g} to {most} ohm cm2; use a higher resolution"):
        solve_steady(Known(limits=Bounds(lower=2 * asr, lower_slack=0.1)))


@pytest.mark.parametrize(
    "problem",
    [
        film_problem(pearse(cell=HOLES)[1]),
        film_problem(pearse(cell=planar())[1]),
        LiquidProblem(half_cell(pillars(2e-6, 4e-6, 10e-6, "square"))[1]),
    ],
    ids=["films", "plane", "liquid"],
)
def test_a_problem_solves_without_the_driver(problem: AnyProblem) -> None:
    system = problem.assemble(problem.mesh(problem.usual.member(1)))
    alone = problem.measure(system, problem.solve(system))
    assert rows_of(alone.losses) == rows_of(solve_steady(problem, 1).losses)
    assert alone.losses.drive is None


def test_a_drive_has_no_bounds() -> None:
    _, circuit = pearse(float("inf"), planar())
    assert None not in solve_steady(film_problem(circuit), 1).bounds
    assert solve_steady(film_problem(circuit, drive=Drive(current=1.0)), 1).bounds == (None, None)
