"""The command that searches: the best designs of a sweep file, or one that holds what is wanted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tfgeom.cli.application import app, complain, print_json, print_table, say, typed

if TYPE_CHECKING:
    from tfgeom.search import SearchSpec, TargetSpec

_SHOWN = 12


@app.command()
def optimize(
    context: typer.Context,
    given: Annotated[
        Path,
        typer.Argument(
            metavar="SWEEP",
            help="Sweep file (YAML) with 'objectives', or with 'target', 'free' and 'limits'.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Folder of the search, of a target the design file; by default named after the sweep file.",
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(min=16, help="Designs to try at most.  [default: 2048]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Begin anew where results are there.")] = False,
) -> None:
    """Search for the best designs, or for one that holds a target."""
    from tfgeom.search import TargetSpec, load_search

    spec = load_search(given)
    if isinstance(spec, TargetSpec):
        _target(given, spec, output, json=json, force=force)
    else:
        _best(given, spec, output, trials, typed(context), json=json, force=force)


def _best(
    given: Path,
    spec: "SearchSpec",
    output: Path | None,
    trials: int | None,
    command: str,
    *,
    json: bool,
    force: bool,
) -> None:
    from tfgeom.report.sweep_page import render_sweep
    from tfgeom.search.folder import PARETO, front_rows, search_folder, summary, write_result
    from tfgeom.search.optimize import TRIALS, run_search, space_of

    most = trials or TRIALS
    space = space_of(spec)
    folder = output or Path(given.stem)
    try:
        with search_folder(folder, spec, space, most, force=force) as (book, manifest):
            result = run_search(spec, most, book.add, space)
            missing = write_result(folder, book, manifest, result)
    except KeyboardInterrupt:
        complain(f"stopped; what is finished is kept in {folder}, and the same command goes on")
        raise typer.Exit(130) from None
    page = render_sweep(folder, command)
    rows = front_rows(result, manifest.layout)
    said = summary(result, rows)
    if json:
        print_json({**said, "folder": str(folder)})
        return
    some = sorted({round(step * (len(rows) - 1) / (_SHOWN - 1)) for step in range(_SHOWN)})
    print_table([*rows[0]], [[_cell(cell) for cell in rows[number].values()] for number in some])
    counts = [f"{said['designs']} designs", f"{said['failed']} failed", f"{said['excluded']} excluded"]
    on_front = f"{len(rows)} of {said['beaten_by_none']}" if len(rows) < said["beaten_by_none"] else len(rows)
    say(
        "",
        page,
        f"{folder / PARETO}: {', '.join(counts)}; {on_front} that no other beats, each a design file",
    )
    if missing:
        complain(missing)


def _cell(cell: Any) -> str:
    return f"{cell:.5g}" if isinstance(cell, float) else "" if cell is None else str(cell)


def _target(given: Path, spec: "TargetSpec", output: Path | None, *, json: bool, force: bool) -> None:
    from tfgeom.output import DESIGNS, check_output, write_text
    from tfgeom.search import solve_target
    from tfgeom.search.target_words import target_dict, target_lines, target_text

    file = output or Path(f"{given.stem}_found.yaml")
    check_output(file, DESIGNS, [given, *spec.sweep.base], force=force, is_edited=True)
    found = solve_target(spec)
    if found.is_reached:
        write_text(file, target_text(found))
    if json:
        print_json({**target_dict(found), "design": str(file) if found.is_reached else None})
    elif found.is_reached:
        say(*target_lines(found), file)
    else:
        complain(*target_lines(found))
    if not found.is_reached:
        raise typer.Exit(1)
