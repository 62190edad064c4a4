"""The 3D still: a tile of cells cut through the axes of its first row, beside a close-up of the films.

Run as ``python -m tfgeom.viewer.still DESIGN.yaml OUT.png [WIDTH HEIGHT [SHARE C_RATE FIELD]]``, in a process
of its own: without a working OpenGL library VTK crashes.
"""

import contextlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Design, dump_design, load_design
from tfgeom.errors import MeshError, OutputError, TfgeomError
from tfgeom.films import Stack
from tfgeom.marks import add_mark
from tfgeom.numerals import layer_title
from tfgeom.output import check_output, replacing
from tfgeom.programs import run_program
from tfgeom.rendering import forget_rendering, probe_rendering
from tfgeom.units import UM
from tfgeom.viewer.annotations import Legend, add_frame, add_scale
from tfgeom.viewer.bodies import plane_tiles
from tfgeom.viewer.closeup import RIM, close_up
from tfgeom.viewer.colour_bar import field_bar
from tfgeom.viewer.discharge_fields import SHOWN, AtTime, Discharge, film_cell_of, offered_rates
from tfgeom.viewer.legend import legend_entries
from tfgeom.viewer.node_fields import Fields
from tfgeom.viewer.scene import Scene, light_evenly
from tfgeom.viewer.view import Cut, View

SIZE = (1600, 1000)
"""Usual width and height of a still, pixels."""
RENDER_SECONDS = 120.0
"""Longest wait for a still."""
DISCHARGE_SECONDS = 600.0
"""Longest wait for the discharge that one shows."""
NO_PICTURE_EXIT = 3
"""Exit code of the process for a relief that cannot be drawn; the reason is its last line."""

_SMALLEST, _LARGEST = 200, 8000  # pixels a side
_LEGEND_WIDTH = 0.44  # over that of a picture


def main(arguments: Sequence[str]) -> int:
    """Render the design of a file to a picture; return the exit code."""
    _leave_no_core_file()
    file, picture, *rest = arguments
    size = (int(rest[0]), int(rest[1])) if rest else SIZE
    try:
        design = load_design(file)
        at = AtTime(float(rest[2]), float(rest[3]), rest[4]) if rest[2:] else None
        save_still(design, picture, size=size, at=at)
    except TfgeomError as error:
        sys.stderr.write(f"{error}\n")
        return NO_PICTURE_EXIT
    return 0


def screenshot(
    designs: Sequence[Design],
    path: str | Path,
    size: tuple[int, int] = SIZE,
    *,
    at: AtTime | None = None,
    force: bool = False,
) -> None:
    """Save the stills of designs one below the other as PNG, each with its name and legend.

    They are rendered by processes of their own, so that a missing library is no crash.

    Parameters
    ----------
    designs
        At least one.
    path
        Of the picture.
    size
        Width and height of each still, pixels.
    at
        Moment of a discharge whose field colours the films; by default they have their own colours.
    force
        Whether to replace a file that tfgeom did not write.

    Raises
    ------
    OutputError
        When the file cannot be written or would replace one that tfgeom did not write without ``force``.
    DesignError, MeshError
        When a design cannot be drawn, or this machine cannot render; with the remedy.
    """
    from PIL import Image

    _require_size(size)
    check_output(path, (".png",), [design.origin.file for design in designs], force=force)
    for design in designs:
        cell = assemble_cell(design)  # its errors name the design's file and line
        if at is not None:
            with design.located():
                film_cell_of(cell)
    rendering = probe_rendering()
    if not rendering.works:
        raise MeshError(rendering.sentence)
    with tempfile.TemporaryDirectory(prefix="tfgeom-") as folder, replacing(path) as picture:
        stills = [Path(folder) / f"{index}.png" for index in range(len(designs))]
        for design, still in zip(designs, stills, strict=True):
            _render(design, still, size, at, rendering.environment())
        if len(stills) == 1:
            shutil.copyfile(stills[0], picture)
        else:
            whole = Image.new("RGB", (size[0], len(stills) * size[1]), "white")
            for index, still in enumerate(stills):
                whole.paste(Image.open(still), (0, index * size[1]))
            whole.save(picture, "PNG")
        add_mark(picture, ".png")


def _render(
    design: Design, picture: Path, size: tuple[int, int], at: AtTime | None, environment: dict[str, str]
) -> None:
    """Render a still by a process of its own."""
    copy = picture.with_suffix(".yaml")
    copy.write_text(dump_design(design), encoding="utf-8")
    module = [sys.executable, "-m", "tfgeom.viewer.still", str(copy), str(picture), *map(str, size)]
    longest = RENDER_SECONDS
    if at is not None:
        c_rate = offered_rates(design.operation)[0] if at.c_rate is None else at.c_rate
        module += [repr(at.share), repr(c_rate), at.shown]
        longest += DISCHARGE_SECONDS
    try:
        done = run_program(module, longest, environment)
    except subprocess.TimeoutExpired:
        raise MeshError(f"the picture was not ready within {longest:g} s") from None
    if done.returncode or not picture.is_file():
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        if done.returncode == NO_PICTURE_EXIT:
            raise MeshError(lines[-1].removeprefix(f"{copy}: "))
        forget_rendering()
        raise MeshError(f"the process that renders the picture failed ({lines[-1]}); run 'tfgeom doctor'")


def save_still(
    design: Design,
    path: str | Path,
    view: View | None = None,
    size: tuple[int, int] = SIZE,
    fields: Fields | None = None,
    at: AtTime | None = None,
) -> None:
    """Render a still in this process and save it as PNG.

    Parameters
    ----------
    design
        The design; its films are shown as made.
    path
        Of the picture.
    view
        What to show; by default a tile of at least two cells cut through the axes of its first row.
    size
        Width and height, pixels.
    fields
        Needed when the view shows a field.
    at
        Moment of a discharge whose field colours the films, instead of a view and fields; films are then
        shown as they are at full charge.

    Raises
    ------
    OutputError
        When the size is none of a picture, or the field that the view shows is not given.
    DesignError, MeshError
        When the design cannot be drawn.
    UnsupportedError, SolveError
        When it has no discharge to show, or none is found.
    """
    import pyvista

    _require_size(size)
    if view is not None and view.field is not None and fields is None:
        raise OutputError(f"still: the view shows '{view.field}', and no fields are given")
    cell = assemble_cell(design)
    stack, discharge = cell.made, None
    if at is not None:
        stack = cell.charged
        discharge = Discharge(cell, at.c_rate or offered_rates(design.operation)[0])
        fields = discharge.fields_at(at.share)
    close = bool(stack.films) and not stack.cell.is_flat
    plotter: Any = pyvista.Plotter(
        off_screen=True,
        shape=(1, 3 if close else 2),
        col_weights=[_LEGEND_WIDTH, 1, 1] if close else [_LEGEND_WIDTH / 2, 1],
        window_size=list(size),
        border=False,
    )
    try:
        plotter.set_background("white", all_renderers=True)
        plotter.subplot(0, 1)
        scene = Scene(
            plotter, None if design.substrate is None else design.substrate.material, smooth_edges=True
        )
        field = None if at is None else SHOWN[at.shown]
        shown = _show_tile(scene, stack, fields, field) if view is None else view
        if view is not None:
            scene.show(stack, view, fields)
        scene.look()
        add_scale(plotter, backed=True)
        if close:
            plotter.subplot(0, 2)
            _show_close_up(plotter, scene, stack, shown, size[1])
        plotter.subplot(0, 0)
        notes = ["Left: the cell. Right: its films, closer."] if close else []
        notes += [] if discharge is None or at is None else [f"{discharge.words(at.share)}."]
        if at is not None and shown.hidden:
            covering = ", ".join(layer_title(name) for name in sorted(shown.hidden))
            notes.append(f"Not shown, as it covers what is coloured: {covering}.")
        notes += ["The liquid is not shown."] if cell.liquid is not None else []
        has_field = fields is not None and shown.field is not None and bool(fields.shown(shown.field))
        bars = [replace(field_bar(shown.field, fields), note="")] if has_field else []  # type: ignore[arg-type]
        Legend(plotter.renderer, legend_entries(design.name, scene.bodies, shown, fields, notes), bars)
        plotter.screenshot(path)
    finally:
        plotter.close()


def _show_tile(scene: Scene, stack: Stack, fields: Fields | None, field: str | None) -> View:
    """Show the largest of some tiles that is not too large, cut through the axes of its first row."""
    hidden = _around(stack, set() if fields is None or field is None else set(fields.shown(field)))
    for columns, rows in _tile_sizes(stack):
        view = View(columns=columns, rows=rows, field=field, hidden=hidden)
        try:
            scene.show(stack, view, fields)
        except MeshError:
            if (columns, rows) == (1, 1):
                raise
            continue
        break
    low, high = scene.bounds[:, 1]
    cell = stack.cell
    # strips and planes have no axis: half a cell is cut away
    place = -low if cell.plan.has_axis else math.sqrt(cell.footprint) / UM / 2
    view = replace(view, cut=Cut("y", min(0.5, float(place / (high - low)))))
    scene.show(stack, view, fields)
    return view


def _around(stack: Stack, coloured: set[str]) -> frozenset[str]:
    """Return the films around the outermost one that a field colours: they would hide it."""
    names = [film.layer.name for film in stack.films]
    last = max((index for index, name in enumerate(names) if name in coloured), default=len(names))
    return frozenset(names[last + 1 :])


def _tile_sizes(stack: Stack) -> Iterator[tuple[int, int]]:
    """Yield cells in a row and rows, the largest tile first; more cells for a tall relief."""
    cell = stack.cell
    if cell.pitch is None:
        tiles = plane_tiles(stack)
        yield tiles, tiles
    else:
        most = min(8, max(3, math.ceil(0.8 * cell.height / cell.pitch)))
        deep = cell.pitch**2 / cell.footprint  # of a rectangular lattice, whose rows may lie far apart
        rows = 0.5 * deep if cell.lattice == "rectangular" else 0.5
        yield from ((columns, min(columns, max(2, int(rows * columns)))) for columns in range(most, 1, -1))
    yield 1, 1


def _show_close_up(plotter: Any, scene: Scene, stack: Stack, view: View, height: int) -> None:
    """Show the same bodies near the first rim from the axis in the middle of the cut (crest of a wave)."""
    for actor in scene.actors:
        plotter.add_actor(actor, reset_camera=False, render=False)
    light_evenly(plotter)
    near = close_up(stack, RIM, height, view.thickness_scale)
    x, y = near.x_um, scene.bounds[0, 1]
    if stack.cell.pitch is not None:
        x += (view.columns - 1) // 2 * stack.cell.pitch / UM
    if view.cut is not None and view.cut.direction == "y":
        y += view.cut.position * (scene.bounds[1, 1] - scene.bounds[0, 1])
    scene.look_at((x, float(y), near.z_um * view.z_scale), near.half_um, plotter)
    add_frame(plotter)


def _require_size(size: tuple[int, int]) -> None:
    if not all(_SMALLEST <= side <= _LARGEST for side in size):
        raise OutputError(
            f"picture: {size[0]} x {size[1]} pixels; use {_SMALLEST} to {_LARGEST} for width and height"
        )


def _leave_with(parent: int) -> None:
    """End this process once the one that wants its picture is gone: killed, it cannot say so."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


def _leave_no_core_file() -> None:
    with contextlib.suppress(ImportError):  # the module is not there on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    sys.exit(main(sys.argv[1:]))
