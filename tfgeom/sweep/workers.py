"""Who evaluates the points of a sweep: this process, several beside it, or the workers of a scheduler.

Batches take about a second, so that little is lost with a worker and little time between them.  A batch
whose worker died is tried again point by point: only a point that kills its worker alone is a failed row.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Protocol

from tfgeom.errors import TfgeomError
from tfgeom.sweep.evaluating import Changed, Outcome, evaluate_points

BATCH_SECONDS = 1.0
MOST_POINTS = 256
"""Points in a batch, at most."""
AHEAD = 2
"""Batches that wait for each worker, its own one included."""
DIED = "the process that evaluated it died, as where memory runs out; try it with 'tfgeom evaluate'"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

Item = tuple[str, Changed]
"""A point and the key by which its outcome is known."""
Batch = list[Item]
Outcomes = list[tuple[str, Outcome]]


@dataclass(frozen=True, slots=True)
class Work:
    """Who evaluates: so many processes, or the workers of the scheduler at an address."""

    workers: int = 1
    scheduler: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What is computed of each point: at a fidelity, column to the key of its number."""

    fidelity: str
    outputs: dict[str, str | None]


class Feed(Protocol):
    """Deals out points in batches."""

    def batch(self, workers: int) -> Batch:
        """Return the next batch for one of so many workers; empty when all are dealt out."""
        ...

    def took(self, outcomes: Outcomes) -> None:
        """Learn from a finished batch how long a point takes."""
        ...


def run_work(work: Work, job: Job, feed: Feed) -> Iterator[Outcomes]:
    """Yield outcomes as they come, in any order.

    Parameters
    ----------
    work, job
        Who evaluates, and what.
    feed
        Deals out the points, as they are needed.
    """
    if work.scheduler is not None:
        from tfgeom.sweep.cluster import run_on_scheduler

        return run_on_scheduler(work.scheduler, job, feed)
    if work.workers > 1:
        return _run_in_processes(work.workers, job, feed)
    return _run_here(job, feed)


def evaluate_batch(job: Job, batch: Batch) -> Outcomes:
    """Return the outcome of each point of a batch."""
    outcomes = evaluate_points([changed for _, changed in batch], job.fidelity, job.outputs)
    return [(key, outcome) for (key, _), outcome in zip(batch, outcomes, strict=True)]


@dataclass(slots=True)
class Points:
    """Deals points out in batches of about `BATCH_SECONDS`, smaller ones at the end."""

    todo: Iterator[Item]
    most: int
    _seconds: float | None = None
    _taken: int = 0

    def batch(self, workers: int) -> Batch:
        """Return the next batch, as `Feed` says."""
        size = 1
        if self._seconds is not None:
            size = min(MOST_POINTS, int(BATCH_SECONDS / max(self._seconds, 1e-6)))
            if workers > 1:
                size = min(size, (self.most - self._taken) // (AHEAD * workers))
        found = list(islice(self.todo, max(1, size)))
        self._taken += len(found)
        return found

    def took(self, outcomes: Outcomes) -> None:
        """Learn from a finished batch, as `Feed` says."""
        if outcomes:
            each = sum(outcome.seconds for _, outcome in outcomes) / len(outcomes)
            self._seconds = each if self._seconds is None else (self._seconds + each) / 2


@dataclass(slots=True)
class Blocks:
    """Deals out batches that are made already."""

    todo: Iterator[Batch]

    def batch(self, workers: int) -> Batch:
        """Return the next batch, as `Feed` says."""
        return next(self.todo, [])

    def took(self, outcomes: Outcomes) -> None:
        """Learn nothing."""


def _run_here(job: Job, feed: Feed) -> Iterator[Outcomes]:
    while batch := feed.batch(1):
        outcomes = evaluate_batch(job, batch)
        feed.took(outcomes)
        yield outcomes


def _run_in_processes(workers: int, job: Job, feed: Feed) -> Iterator[Outcomes]:
    with _Pool(workers) as pool:
        running: dict[Future[Outcomes], Batch] = {}
        while True:
            lost: list[Batch] = []
            while not lost and len(running) < AHEAD * workers and (batch := feed.batch(workers)):
                try:
                    running[pool.submit(job, batch)] = batch
                except BrokenProcessPool:  # one died since
                    lost.append(batch)
            if not running and not lost:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                batch = running.pop(future)
                try:
                    outcomes = future.result()
                except BrokenProcessPool:
                    lost.append(batch)
                    continue
                feed.took(outcomes)
                yield outcomes
            if lost:
                lost += running.values()  # the executor is broken as a whole
                running.clear()
                pool.restart()
                yield from _one_by_one(job, [item for batch in lost for item in batch])


def _one_by_one(job: Job, items: Sequence[Item]) -> Iterator[Outcomes]:
    """Yield the outcomes of points of which one killed its worker: each by itself, in a process apart."""
    with _Pool(1) as pool:
        for item in items:
            try:
                outcomes = pool.submit(job, [item]).result()
            except BrokenProcessPool:
                pool.restart()
                outcomes = [(item[0], Outcome(error=DIED))]
            yield outcomes


class _Pool:
    """Processes that evaluate batches, each on one thread, and end with this one however it ends."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __enter__(self) -> "_Pool":
        self._threads = _one_thread_each()
        self._threads.__enter__()
        self._start()
        try:
            with _interrupts_later():
                ready = self._executor.submit(_ready)
            ready.result()
        except BrokenProcessPool as error:
            self._stop()
            self._threads.__exit__(None, None, None)
            raise TfgeomError(
                "worker processes do not start; in a script call this under 'if __name__ == \"__main__\":', "
                "or leave workers out"
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if kind is None:
            self._executor.shutdown(wait=True)
        self._stop()
        self._threads.__exit__(None, None, None)

    def submit(self, job: Job, batch: Batch) -> Future[Outcomes]:
        """Return the outcomes to come of a batch."""
        with _interrupts_later():
            return self._executor.submit(evaluate_batch, job, batch)

    def restart(self) -> None:
        """Take new processes after some died."""
        self._stop()
        self._start()

    def _start(self) -> None:
        context: Any = get_context("spawn")
        reading, self._alive = context.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(
            self.workers, mp_context=context, initializer=_begin, initargs=(reading,)
        )
        self._reading = reading

    def _stop(self) -> None:
        self._alive.close()  # whatever a worker is doing, it ends
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._reading.close()


def _ready() -> bool:
    return True


def _begin(alive: Connection) -> None:
    """Set a worker up: Ctrl-C is for the driver, and a worker ends when the driver does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        with suppress(OSError, EOFError):
            alive.recv()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Hold Ctrl-C back: a process that starts meanwhile never hears of it, not even before it is set up."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Have processes that start meanwhile compute on one thread: more would fight for the cores."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def seconds_of(job: Job, batch: Batch) -> float:
    """Return how long each point of a batch takes, s; 0 for none."""
    start = time.perf_counter()
    evaluate_batch(job, batch)
    return (time.perf_counter() - start) / max(1, len(batch))
