"""How soon a front of two objectives is known, beside optuna's NSGA-II: ``python -m tests.campaigns search``.

Both search `designs/sweeps/energy_and_resistance.yaml`.  NSGA-II asks for a population at a time, which is
evaluated in one batch as tfgeom's own designs are, so what differs is the search.  Seconds are of the process,
until the hypervolume is 0.99 of that of a long search; NSGA-II is stopped after 12 s.
"""

import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.speed import Row
from tfgeom.rows import Floats
from tfgeom.search import SearchSpec, load_search, run_search
from tfgeom.search.optimize import space_of
from tfgeom.search.scores import columns_of_objectives
from tfgeom.search.space import Found, Points, Space

FILE = Path(__file__).parent.parent.parent / "designs" / "sweeps" / "energy_and_resistance.yaml"
SHARE = 0.99
TRIALS = 1024
POPULATION = 50
MOST_SECONDS = 12.0
ROUNDS = 2


def hypervolume(points: Floats, corner: Floats) -> float:
    """Area that points cover up to a corner, less being better in both."""
    area, edge = 0.0, corner[1]
    for x, y in sorted(map(tuple, points.tolist())):
        if x < corner[0] and y < edge:
            area += (corner[0] - x) * (edge - y)
            edge = y
    return area


def search_table() -> list[Row]:
    """Return the rows."""
    spec = load_search(FILE)
    assert isinstance(spec, SearchSpec)
    space = space_of(spec)
    run_search(spec, 64, space=space)  # loads what is loaded once
    long = run_search(spec, 8192, space=space)
    known = long.tried.objective_columns()[long.tried.is_met()]
    front = long.tried.objective_columns()[long.tried.front()]
    corner = front.max(axis=0) + 0.1 * np.ptp(front, axis=0)
    whole = hypervolume(known, corner)
    ours, theirs, reached = [], [], []
    for turn in range(ROUNDS):
        start = time.process_time()
        found = run_search(spec, TRIALS, space=space).tried
        ours.append(time.process_time() - start)
        reached.append(hypervolume(found.objective_columns()[found.is_met()], corner) / whole)
        theirs.append(nsga(spec, space, corner, whole, turn))
    ratio = statistics.median(a / b[0] for a, b in zip(ours, theirs, strict=True))
    measured = (
        f"{ratio:.3f} ({statistics.median(ours):.2f} s of the processor for {min(reached):.4f} of the hypervolume; "
        f"NSGA-II {statistics.median(one[0] for one in theirs):.1f} s and "
        f"{statistics.median(one[1] for one in theirs):.0f} designs for {min(one[2] for one in theirs):.4f})"
    )
    met = ratio <= 0.1 and min(reached) >= SHARE
    return [
        Row(
            "hypervolume 0.99 of two objectives, time beside optuna's NSGA-II (stopped after 12 s)",
            measured,
            "0.1",
            met,
        )
    ]


def nsga(spec: SearchSpec, space: Space, corner: Floats, whole: float, seed: int) -> tuple[float, int, float]:
    """Return seconds and designs until the hypervolume is reached or the time is over, and its share."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def missed(trial: Any) -> list[float]:
        return [float(one) for one in trial.user_attrs["missed"]]

    sampler = optuna.samplers.NSGAIISampler(population_size=POPULATION, seed=seed, constraints_func=missed)
    study = optuna.create_study(directions=["minimize"] * len(spec.objectives), sampler=sampler)
    start = time.process_time()
    best = np.empty((0, len(spec.objectives)))
    share, designs = 0.0, 0
    while share < SHARE and time.process_time() - start < MOST_SECONDS:
        trials = [study.ask() for _ in range(POPULATION)]
        shares = [[one.suggest_float(path, 0.0, 1.0) for path, _ in space.axes] for one in trials]
        found: Found = space.evaluate(Points(np.zeros(len(trials), dtype=np.int64), np.array(shares)))
        objectives = columns_of_objectives(found, spec.objectives)
        for row, trial in enumerate(trials):
            if found.reasons[row]:
                trial.set_user_attr("missed", [1.0])
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                trial.set_user_attr("missed", [*(-found.margins[row])])
                study.tell(trial, objectives[row].tolist())
        designs += len(trials)
        best = np.vstack([best, objectives[found.is_met]])
        share = hypervolume(best, corner) / whole
    return time.process_time() - start, designs, share
