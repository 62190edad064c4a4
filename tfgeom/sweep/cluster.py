"""The workers of a Dask scheduler as those of a sweep: for film and finite-element points on many machines.

The workers have this version of tfgeom installed and see the files that designs name under the same paths.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tfgeom import __version__
from tfgeom.errors import MissingExtraError, OutputError, TfgeomError
from tfgeom.sweep.evaluating import Outcome
from tfgeom.sweep.workers import AHEAD, DIED, Batch, Feed, Job, Outcomes, evaluate_batch

ANSWER_SECONDS = 10
"""How long a scheduler is waited for."""
WORKER_SECONDS = 60
"""How long its first worker is waited for."""
_ADDRESS = re.compile(r"(?:tcp|tls|ws|wss|ucx)://[^\s/]+:\d{1,5}")


def run_on_scheduler(address: str, job: Job, feed: Feed) -> Iterator[Outcomes]:
    """Yield outcomes as the workers of a scheduler return them, in any order.

    A batch whose worker dies is evaluated again by another one, as Dask does by itself.  Of what was with
    several workers that died each point is evaluated alone at the end: only one that kills then is a failed
    row.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    OutputError
        If the address is none.
    TfgeomError
        If the scheduler does not answer, has no workers or workers of another version, or goes away.
    """
    try:
        from distributed import Client, KilledWorker, wait
    except ImportError as error:
        raise MissingExtraError(
            "--scheduler needs Dask; 'pip install \"tfgeom[dask]\"' installs it, or use --workers"
        ) from error
    if not _ADDRESS.fullmatch(address):
        raise OutputError(f"--scheduler: '{address:.80}' is no address; write for example tcp://node1:8786")
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is wrong is told once, in our words
    try:
        client = Client(address, timeout=ANSWER_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise TfgeomError(
            f"no scheduler answers at {address}; start one with 'dask scheduler', or use --workers"
        ) from error
    with client:
        slots = _slots(client, address)
        running: dict[Any, Batch] = {}
        suspects: Batch = []
        alone: Batch = []

        def submit(batch: Batch) -> None:
            sent = [(key, replace(one, folder=one.folder.absolute())) for key, one in batch]
            running[client.submit(evaluate_batch, job, sent, pure=False)] = batch

        def fill() -> None:
            while len(running) < AHEAD * slots and (batch := feed.batch(slots)):
                submit(batch)
            if not running and suspects:
                alone.append(suspects.pop())
                submit(alone[-1:])

        fill()
        while running:
            try:
                done = wait(list(running), timeout=WORKER_SECONDS, return_when="FIRST_COMPLETED").done
            except TimeoutError as error:
                if client.nthreads():
                    continue  # a long point
                raise _gone(address, "no worker is left") from error
            for future in done:
                batch = running.pop(future)
                failure = future.exception() if future.status == "error" else None
                if future.status == "finished":
                    outcomes = future.result()
                    feed.took(outcomes)
                    yield outcomes
                elif not isinstance(failure, KilledWorker):
                    raise _gone(address, failure or future.status)
                elif batch == alone[-1:]:
                    yield [(batch[0][0], Outcome(error=DIED))]
                else:
                    suspects += batch
            fill()


def _slots(client: Any, address: str) -> int:
    """Return how many batches the workers take at once; raise TfgeomError where they are none of ours."""
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
        theirs = client.submit(worker_version, pure=False).result(timeout=WORKER_SECONDS)
    except TimeoutError as error:
        raise TfgeomError(
            f"the scheduler at {address} has no workers; start some with 'dask worker {address}'"
        ) from error
    except Exception as error:  # whatever a worker without tfgeom fails of
        raise TfgeomError(
            f"a worker of {address} cannot run tfgeom ({type(error).__name__}: {error}); install tfgeom "
            f"{__version__} there"
        ) from error
    if theirs != __version__:
        raise TfgeomError(
            f"a worker of {address} has tfgeom {theirs} and this is {__version__}; install the same there"
        )
    return max(1, sum(int(threads) for threads in client.nthreads().values()))


def worker_version() -> str:
    """Return the version of tfgeom where this runs."""
    return __version__


def _gone(address: str, why: object) -> TfgeomError:
    said = f"{type(why).__name__}: {why}" if isinstance(why, Exception) else str(why)
    return TfgeomError(
        f"the scheduler at {address} lost the work ({said}); finished rows are kept, and the same command "
        "goes on"
    )
