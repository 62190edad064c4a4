"""The command of sweeps: many changed designs into one table, in parts, and the parts together."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tfgeom.cli.application import app, complain, say, typed
from tfgeom.errors import OutputError

if TYPE_CHECKING:
    from tfgeom.sweep import SweepResult, SweepSpec

_PART = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_REASONS = 4


@app.command()
def sweep(
    context: typer.Context,
    given: Annotated[
        list[Path],
        typer.Argument(
            metavar="SWEEP | merge DIR... | page DIR",
            help="Sweep file (YAML); or 'merge' and the folders of the parts of one; or 'page' and a "
            "folder, whose page is made again.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Folder of the sweep; by default the name of the sweep file without its suffix, here.",
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = 1,
    part: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Only part I of N, into DIR/part-I-of-N: for arrays of jobs."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="tcp://...", help="Address of a Dask scheduler whose workers share the work."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count the points and time one of them.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first points.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Begin anew where results are there.")] = False,
) -> None:
    """Evaluate many changed designs into one table and its page. Stopped, it goes on by the same command."""
    from tfgeom.sweep import load_sweep, run_sweep
    from tfgeom.sweep.estimate import estimated
    from tfgeom.sweep.progress import progress_bar
    from tfgeom.sweep.run import numbers_of_part, part_folder

    if str(given[0]) == "merge":
        _merge(given[1:], output, typed(context))
        return
    if str(given[0]) == "page":
        if len(given) != 2:
            raise OutputError("page: give the folder of one sweep, as in 'tfgeom sweep page DIR'")
        say(*_page(given[1], typed(context)))
        return
    if len(given) > 1:
        raise OutputError(f"{given[1]}: one sweep file at a time; 'tfgeom sweep merge DIR...' joins parts")
    which = _part(part)
    if scheduler is not None and workers > 1:
        raise OutputError("--workers: the scheduler has workers of its own; leave it out")
    spec = load_sweep(given[0])
    points = len(numbers_of_part(spec, limit, which))
    if dry_run:
        say(estimated(spec, points, workers))
        return
    folder = output or Path(given[0].stem)
    try:
        with progress_bar(points + _further(spec, which)) as progress:
            result = run_sweep(
                spec,
                folder,
                limit,
                progress,
                workers=workers,
                scheduler=scheduler,
                part=which,
                force=force,
            )
    except KeyboardInterrupt:
        complain(
            f"stopped; what is finished is kept in {part_folder(folder, which)}, and the same command goes on"
        )
        raise typer.Exit(130) from None
    page = _page(folder, typed(context)) if which is None else ()
    _tell(part_folder(folder, which), result, page)


def _page(folder: Path, command: str) -> tuple[str, ...]:
    """Write the page of a sweep; return its path, to be said."""
    from tfgeom.report.sweep_page import render_sweep

    return (str(render_sweep(folder, command)),)


def _further(spec: "SweepSpec", part: tuple[int, int] | None) -> int:
    return 0 if spec.then is None or part is not None else min(spec.then.best, spec.points)


def _part(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    read = _PART.fullmatch(text)
    which, parts = (int(read[1]), int(read[2])) if read else (0, 0)
    if not 1 <= which <= parts:
        raise OutputError(f"--part: '{text:.40}' is none; write 1/10 to 10/10 for ten parts")
    return which, parts


def _tell(folder: Path, result: "SweepResult", page: tuple[str, ...]) -> None:
    """Say what is in the table, and fail where nothing of it is of use."""
    from tfgeom.sweep.table import CSV

    counts = [f"{len(result.rows)} points", f"{result.failed} failed"]
    counts += [f"{result.excluded} excluded"] if result.excluded else []
    counts += [f"{result.repeated} the same as another"] if result.repeated else []
    say(*page, f"{folder / CSV}: {', '.join(counts)}")
    if result.missing:
        complain(result.missing)
    if not result.rows or result.failed + result.excluded < len(result.rows):
        return
    if result.excluded:
        listed = sorted(result.missed.items(), key=lambda item: -item[1])
        said = ", ".join(f"{count} miss '{constraint}'" for constraint, count in listed)
        failed = f", {result.failed} failed" if result.failed else ""
        complain(f"no point meets the constraints: {said}{failed}; loosen them, or widen the ranges")
    else:
        complain(*_reasons([str(row["error"]) for row in result.rows]))
    raise typer.Exit(1)


def _reasons(errors: list[str]) -> list[str]:
    """Return why no point has numbers: the first reason, then how often each, whatever the sizes in it."""
    from tfgeom.sweep.reasons import count_reasons

    reasons = count_reasons(enumerate(errors))
    lines = [f"no point could be evaluated; the first: {errors[0]}"]
    if len(reasons) > 1:
        lines += [f"  {one.count} of {len(errors)}: {one.text}" for one in reasons[:_REASONS]]
        rest = len(reasons) - _REASONS
        lines += [f"  and {rest} other reasons"] if rest > 0 else []
    return lines


def _merge(folders: list[Path], output: Path | None, command: str) -> None:
    from tfgeom.sweep.merging import merge_sweeps

    merged = merge_sweeps(folders, output)
    say(*_page(folders[0] if output is None else output, command), *merged.lines)
    if merged.missing:
        complain(*merged.missing)
        raise typer.Exit(1)
