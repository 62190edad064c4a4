"""The scene of the 3D still: a patch of cells cut along a row, and a close-up of the films at a rim.

Run as ``python -m tfgeom.report.scene DESIGN.yaml OUT.png``, in a process of its own: without a working
OpenGL library VTK crashes.  One sector of the film mesh is mirrored to cells; at the cut every film
shows its thickness.
"""

import contextlib
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.design import load_design
from tfgeom.errors import TfgeomError
from tfgeom.films import Stack
from tfgeom.geometry.kinds import Cell
from tfgeom.geometry.plan import Bar
from tfgeom.geometry.profile import Level
from tfgeom.meshing.build_grid import build_surface_grid
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.surface_grid import boundary_edges
from tfgeom.meshing.tiling import Tiling, tile_grid
from tfgeom.model import build_model
from tfgeom.palette import SUBSTRATE, film_colours
from tfgeom.report.still import NO_PICTURE_EXIT
from tfgeom.units import UM

Points = NDArray[np.float64]
Quads = NDArray[np.int64]

_WIDTH, _HEIGHT = 800, 900  # of one view, pixels
_SHEETS = Resolution(refine=1, angles=8, rim_chords=8, electrolyte_sublevels=1)


@dataclass(frozen=True, slots=True)
class Surface:
    """Quads of one colour, um: ``points`` (n, 3) and ``quads`` (m, 4); a cut face or the outer skin."""

    colour: str
    is_cut: bool
    points: Points
    quads: Quads


def main(arguments: Sequence[str]) -> int:
    """Render the design of a file to a picture; return the exit code."""
    _leave_no_core_file()
    design, picture = arguments
    try:
        stack = build_model(load_design(design)).stack
        surfaces = cut_patch(stack)
    except TfgeomError as error:
        sys.stderr.write(f"{error}\n")
        return NO_PICTURE_EXIT
    _render(stack, surfaces, Path(picture))
    return 0


def cut_patch(stack: Stack) -> list[Surface]:
    """Return the surfaces of a patch of cells whose first row is cut through the features' axes (at y = 0).

    A layer that fills the relief is left out: it would hide everything.

    Raises
    ------
    MeshError
        When the coarse grid cannot resolve the gaps that the films leave.
    """
    cell, films = stack.cell, [film for film in stack.films if not film.layer.fills]
    base = -0.1 * cell.height / UM if cell.height else -0.4 * stack.top.top / UM or -0.2
    levels = (Level(0.0, 0.0), *(film.outer for film in films))
    room = cell.gap or math.sqrt(cell.footprint)
    grid = build_surface_grid(
        cell, levels, min((f.layer.thickness for f in films), default=room / 20), _SHEETS
    )
    tiling = tile_grid(grid, cell, *_patch(stack))
    points = tiling.points(np.stack([grid.place(level)[0] for level in levels]))
    quads = tiling.quads(grid.quads)[np.repeat(_behind_cut(tiling), len(grid.quads))]
    used, numbers = np.unique(quads, return_inverse=True)
    points, quads = points[:, used], numbers.reshape(-1, 4)
    edges = boundary_edges(quads)
    foot = points[0] * np.array([1, 1, 0]) + np.array([0, 0, base])
    colours = film_colours([film.layer for film in films])
    bodies = [(SUBSTRATE, points[0] if cell.through else foot, points[0])]
    bodies += [
        (colours[film.layer.name], low, up)
        for film, low, up in zip(films, points[:-1], points[1:], strict=True)
    ]
    outermost = colours[films[-1].layer.name] if films else SUBSTRATE
    return [
        Surface(outermost, False, points[-1], quads),
        *(Surface(colour, True, *_curtain(low, up, edges)) for colour, low, up in bodies),
    ]


def _behind_cut(tiling: Tiling) -> NDArray[np.bool_]:
    """Return which sectors stay: of the first row those with y > 0, if it can be cut between sectors."""
    cells, copies = len(tiling.shifts_um), len(tiling.turns)
    kept = np.ones((cells, copies), dtype=bool)
    if copies > 2:
        middle = tiling.turns @ np.array([math.cos(math.pi / copies), math.sin(math.pi / copies)])
        kept[: tiling.columns] = middle[:, 1] > 0
    return kept.ravel()


def _patch(stack: Stack) -> tuple[int, int]:
    """Return the cells in a row of the patch and the rows; more cells for a tall relief."""
    cell = stack.cell
    if cell.pitch is None:
        side = math.sqrt(cell.footprint) / UM
        tiles = min(8, max(1, math.ceil(1.5 * stack.top.top / UM / side)))
        return tiles, tiles
    columns = _columns(cell)
    return columns, max(2, columns // 2)


def _columns(cell: Cell) -> int:
    """Return the number of cells in a row of the patch: enough that a tall relief is no needle."""
    return min(8, max(3, math.ceil(0.8 * cell.height / (cell.pitch or cell.height))))


def _curtain(lower: Points, upper: Points, edges: Quads) -> tuple[Points, Quads]:
    """Return the quads between two levels along the edges."""
    count = len(lower)
    a, b = edges.T
    return np.concatenate((lower, upper)), np.stack((a, b, b + count, a + count), axis=1)


def _render(stack: Stack, surfaces: Sequence[Surface], picture: Path) -> None:
    import pyvista

    views = (_overview(surfaces),) if stack.cell.pitch is None else (_overview(surfaces), _close_up(stack))
    plotter: Any = pyvista.Plotter(
        off_screen=True, shape=(1, len(views)), window_size=[_WIDTH * len(views), _HEIGHT], border=False
    )
    for column, (focus, half_height, direction) in enumerate(views):
        plotter.subplot(0, column)
        plotter.set_background("white")
        for surface in surfaces:
            faces = np.insert(surface.quads, 0, 4, axis=1).ravel()
            # cut faces keep the colour of the legend, the skin shows its shape by shading
            ambient, diffuse = (0.85, 0.2) if surface.is_cut else (0.25, 0.75)
            sheet = pyvista.PolyData(surface.points, faces)
            plotter.add_mesh(sheet, color=surface.colour, ambient=ambient, diffuse=diffuse)
        plotter.enable_parallel_projection()
        plotter.camera.focal_point = focus
        plotter.camera.position = tuple(
            f + 10 * half_height * d for f, d in zip(focus, direction, strict=True)
        )
        plotter.camera.up = (0, 0, 1)
        plotter.camera.parallel_scale = half_height
        plotter.reset_camera_clipping_range()
    plotter.enable_anti_aliasing("ssaa")
    plotter.screenshot(picture)
    plotter.close()


View = tuple[tuple[float, float, float], float, tuple[float, float, float]]


def _overview(surfaces: Sequence[Surface]) -> View:
    points = np.concatenate([surface.points for surface in surfaces])
    low, high = points.min(axis=0), points.max(axis=0)
    direction = np.array([0.35, -0.82, 0.45])
    direction /= np.linalg.norm(direction)
    right = np.cross([0, 0, 1], direction)
    right /= np.linalg.norm(right)
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    across, along = corners @ right, corners @ np.cross(direction, right)
    half = 0.54 * max(np.ptp(along), np.ptp(across) * _HEIGHT / _WIDTH)
    centre = (low + high) / 2
    return tuple(centre.tolist()), float(half), tuple(direction.tolist())


def _close_up(stack: Stack) -> View:
    cell = stack.cell
    assert cell.pitch is not None  # a plane has no rim
    edge = _edge(cell) / UM
    thickness = (stack.top.top + cell.rim_radius) / UM or 0.1 * cell.pitch / UM
    middle = (0.0 if _columns(cell) % 2 else 0.5) * cell.pitch / UM
    half = min(5 * thickness, 0.6 * cell.pitch / UM)
    return (middle + edge, 0.0, cell.height / UM - 0.3 * half), half, (0.3, -0.75, 0.55)


def _edge(cell: Cell) -> float:
    """Return the distance of the first rim from the axis, m; 0 for a wave, whose crest is there."""
    if not cell.plan.elements:
        return 0.0
    first = cell.plan.elements[0]
    return first.width / 2 if isinstance(first, Bar) else first.inradius


def _leave_no_core_file() -> None:
    with contextlib.suppress(ImportError):  # the module is not there on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
