"""Gradient polish of several points at once: SciPy's SLSQP runs for each, and what all ask for is one batch.

Each problem runs in a thread of its own and waits for its numbers; when all that still run wait, their
points and the neighbours from which derivatives are taken go through the batch together.  Every problem gets
the same answers whatever the others do, so the result does not depend on how threads take turns.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.rows import Floats

STEP = 1e-4
"""Of central differences, as a share of a range."""
_FAR = 10.0
"""What a point without numbers costs: more than any objective, so that a line search comes back."""


class Enough(Exception):  # noqa: N818 (no error: the search may ask for no more)
    """Ends a problem."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a problem asked for at a point x of k values.

    Attributes
    ----------
    values
        Numbers, shape (m,), nan where the point has none.
    slopes
        Their derivatives, shape (m, k); 0 where there are none.
    at
        The point.
    """

    values: Floats
    slopes: Floats
    at: Floats


@dataclass(frozen=True, slots=True)
class Problem:
    """A smooth problem in values between 0 and 1.

    Attributes
    ----------
    start
        Where it begins, shape (k,).
    goals
        What is to become small: answer to numbers and derivatives, shape (p,) and (p, k).
    kept
        What must stay at 0 or above, the same.
    equal
        What must be 0, the same.
    ceilings
        None where the one goal itself becomes small; else each goal stays below its ceiling plus one number
        that all share, which becomes small: the point of the front straight behind the ceilings.
    most
        Points that it may ask for.
    within
        Of the goals, what a step must still change.
    """

    start: Floats
    goals: Callable[[Answer], tuple[Floats, Floats]]
    kept: Callable[[Answer], tuple[Floats, Floats]]
    equal: Callable[[Answer], tuple[Floats, Floats]] | None = None
    ceilings: Floats | None = None
    most: int = 80
    within: float = 1e-10


Ask = Callable[[Sequence[tuple[int, Floats]]], Sequence[Answer]]
"""Answers points, each with the number of its problem; raises `Enough` when it will answer no more."""


def polish(problems: Sequence[Problem], ask: Ask) -> list[Floats]:
    """Return where each problem ends.

    Parameters
    ----------
    problems
        What to solve.
    ask
        Answers all points that are waited for, in the order of the problems.
    """
    asked: queue.SimpleQueue[tuple[int, Floats | None]] = queue.SimpleQueue()
    answers: list[queue.SimpleQueue[Answer | None]] = [queue.SimpleQueue() for _ in problems]
    ends: list[Floats] = [problem.start for problem in problems]
    failed: list[BaseException] = []

    def work(number: int) -> None:
        def get(x: Floats) -> Answer:
            asked.put((number, x.copy()))
            answer = answers[number].get()
            if answer is None:
                raise Enough
            return answer

        try:
            ends[number] = _solve(problems[number], get)
        except Enough:
            pass
        except BaseException as error:  # raised where the search runs
            failed.append(error)
        finally:
            asked.put((number, None))

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(len(problems))]
    for thread in threads:
        thread.start()
    running = len(threads)
    waiting: dict[int, Floats] = {}
    is_over = False
    try:
        while running:
            number, x = asked.get()
            if x is None:
                running -= 1
            elif is_over:
                answers[number].put(None)
            else:
                waiting[number] = x
            if not waiting or len(waiting) < running:
                continue
            batch = sorted(waiting.items())
            waiting.clear()
            try:
                found = ask(batch)
            except Enough:
                is_over = True
                for one, _ in batch:
                    answers[one].put(None)
            else:
                for (one, _), answer in zip(batch, found, strict=True):
                    answers[one].put(answer)
    except BaseException:
        for waiter in answers:
            waiter.put(None)
        raise
    if failed:
        raise failed[0]
    return ends


def _solve(problem: Problem, get: Callable[[Floats], Answer]) -> Floats:
    """Return the end of one problem."""
    from scipy.optimize import minimize

    k = len(problem.start)
    known: dict[bytes, Answer] = {}
    last: list[Answer] = []

    def at(z: NDArray[Any]) -> Answer:
        x = np.clip(z[:k], 0.0, 1.0)
        name = x.tobytes()
        if name not in known:
            if len(known) >= problem.most:
                raise Enough
            answer = get(x)
            if not np.isfinite(answer.values).any():
                known[name] = replace(answer, values=np.full_like(answer.values, np.nan))
            else:
                known[name] = answer
                last[:] = [answer]
        return known[name]

    def goals(z: NDArray[Any]) -> tuple[Floats, Floats]:
        answer = at(z)
        values, slopes = problem.goals(answer)
        if np.isfinite(values).all():
            return values, slopes
        before, slopes = problem.goals(last[0])
        return before + _FAR, slopes

    def kept(z: NDArray[Any]) -> tuple[Floats, Floats]:
        values, slopes = problem.kept(at(z))
        if np.isfinite(values).all():
            return values, slopes
        before, slopes = problem.kept(last[0])
        return np.where(np.isfinite(values), values, before), slopes

    first = problem.goals(at(problem.start))[0]
    if not np.isfinite(first).all():
        return problem.start
    shared = problem.ceilings is not None
    ceilings = np.zeros(len(first)) if problem.ceilings is None else problem.ceilings
    bounds = [(0.0, 1.0)] * k + [(None, None)] * shared
    tail = np.array([(first - ceilings).max()] if shared else [])

    def wide(slopes: Floats) -> Floats:
        return np.hstack([slopes, np.zeros((len(slopes), 1))]) if shared else slopes

    def objective(z: NDArray[Any]) -> float:
        values, _ = goals(z)
        return float(z[k] + 1e-4 * values.sum()) if shared else float(values[0])

    def slope(z: NDArray[Any]) -> Floats:
        _, slopes = goals(z)
        return np.append(1e-4 * slopes.sum(axis=0), 1.0) if shared else slopes[0]

    def margins(z: NDArray[Any]) -> Floats:
        parts = [kept(z)[0]]
        if shared:
            parts.append(z[k] - (goals(z)[0] - ceilings))
        return np.concatenate(parts)

    def margin_slopes(z: NDArray[Any]) -> Floats:
        parts = [wide(kept(z)[1])]
        if shared:
            slopes = goals(z)[1]
            parts.append(np.hstack([-slopes, np.ones((len(slopes), 1))]))
        return np.vstack(parts)

    constraints: list[dict[str, Any]] = [{"type": "ineq", "fun": margins, "jac": margin_slopes}]
    if problem.equal is not None:
        equal = problem.equal

        def zeros(z: NDArray[Any]) -> tuple[Floats, Floats]:
            values, slopes = equal(at(z))
            return (values, slopes) if np.isfinite(values).all() else equal(last[0])

        constraints.append({"type": "eq", "fun": lambda z: zeros(z)[0], "jac": lambda z: wide(zeros(z)[1])})
    with np.errstate(all="ignore"):
        found = minimize(
            objective,
            np.concatenate([problem.start, tail]),
            jac=slope,
            bounds=bounds,
            constraints=constraints,
            method="SLSQP",
            options={"maxiter": problem.most, "ftol": problem.within},
        )
    end: Floats = np.clip(np.asarray(found.x[:k], dtype=float), 0.0, 1.0)
    return end if np.isfinite(end).all() else problem.start
