"""How much a sweep is, before it is run."""

from itertools import islice

from tfgeom.sweep.evaluating import go_together
from tfgeom.sweep.plan import Plan
from tfgeom.sweep.run import BLOCK
from tfgeom.sweep.said import manifest_of
from tfgeom.sweep.spec import SweepSpec
from tfgeom.sweep.workers import Item, Job, seconds_of

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
    """Return the time of a point: one of a block where that goes together, else the longer of two."""
    if go_together(job.fidelity, job.outputs):
        return seconds_of(job, _items(plan, 0, BLOCK, BLOCK))
    middle = len(plan) // 2
    items = _items(plan, middle, middle + _TRIED, 2)
    return max((seconds_of(job, [item]) for item in items), default=0.0)


def _items(plan: Plan, first: int, end: int, most: int) -> list[Item]:
    points = (plan.point(number) for number in range(first, min(end, len(plan))))
    return list(islice((("", plan.changed(one)) for one in points if not one.error), most))


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.2g} min" if seconds < 7200 else f"{seconds / 3600:.2g} h"
