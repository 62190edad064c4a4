"""How much a sweep is, before it is run."""

from tfgeom.errors import TfgeomError
from tfgeom.sweep.plan import Plan
from tfgeom.sweep.run import changed_design, manifest_of
from tfgeom.sweep.spec import SweepSpec
from tfgeom.sweep.workers import Job, seconds_of

_TRIED = 8


def estimated(spec: SweepSpec, points: int, workers: int = 1) -> str:
    """Return the count of the points and the time that they take, from one that is evaluated for it.

    Raises
    ------
    DesignError
        As `tfgeom.sweep.run_sweep`: what is wrong with the sweep is told here too.
    """
    plan = Plan(spec)
    keys = dict(manifest_of(plan).keys)
    stages = [(spec.fidelity, points)]
    if spec.then is not None:
        stages.append((spec.then.fidelity, min(spec.then.best, points)))
    texts = [f"{points} points"]
    seconds = 0.0
    for fidelity, count in stages:
        each = _seconds_each(plan, Job(fidelity, keys))
        seconds += each * count
        texts.append(f"{each:.2g} s each at {fidelity}" + ("" if count == points else f" ({count} of them)"))
    texts.append(f"about {_time(seconds / workers)}" + (f" on {workers} workers" if workers > 1 else ""))
    return ", ".join(texts)


def _seconds_each(plan: Plan, job: Job) -> float:
    """Return the time of the slowest of two points from the middle, which are less often impossible."""
    middle = len(plan) // 2
    found = []
    for number in range(middle, min(middle + _TRIED, len(plan))):
        point = plan.point(number)
        if point.error:
            continue
        try:
            plan.mapping(point)
        except TfgeomError:
            continue
        found.append(seconds_of(job, ("", changed_design(plan, point))))
        if len(found) == 2:
            break
    return max(found, default=0.0)


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.2g} min" if seconds < 7200 else f"{seconds / 3600:.2g} h"
