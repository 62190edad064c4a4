"""Progress of long work on stderr, none when nobody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tfgeom.sweep.run import Progress


@contextmanager
def progress_bar(points: int) -> Iterator[Progress]:
    """Lend a callback that counts finished points, with failures and the time left."""
    if not sys.stderr.isatty():
        yield lambda ok: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=points, failed=0)

        def finished(ok: bool) -> None:
            failed = bar.tasks[0].fields["failed"] + (not ok)
            bar.update(task, advance=1, failed=failed)

        yield finished


@contextmanager
def progress_stages() -> Iterator[Callable[[str], object]]:
    """Lend a callback that says which stage of the work runs, and for how long; each leaves its line."""
    if not sys.stderr.isatty():
        yield str
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(finished_text="✓"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:

        def finish() -> None:
            for task in bar.tasks:
                bar.update(task.id, total=1, completed=1)

        def started(stage: str) -> None:
            finish()
            bar.add_task(stage, total=None)

        yield started
        finish()
