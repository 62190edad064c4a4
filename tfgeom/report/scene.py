"""The scene of the 3D still: a patch of cells cut along a row, and a close-up of the films at a rim.

Run as ``python -m tfgeom.report.scene DESIGN.yaml OUT.png``, in a process of its own: without a working
OpenGL library VTK crashes.  One sector of the film mesh is mirrored to cells; at the cut every film
shows its thickness.
"""

import contextlib
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.design import load_design
from tfgeom.errors import TfgeomError
from tfgeom.films import Stack
from tfgeom.geometry.kinds import Cell
from tfgeom.meshing.film_mesh import mesh_films, mesh_obstacle
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.surface_grid import build_surface_grid
from tfgeom.model import build_model
from tfgeom.report.palette import SUBSTRATE, film_colours
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


@dataclass(frozen=True, slots=True)
class Sector:
    """What the scene needs of one mirror sector, um.

    Attributes
    ----------
    levels
        Nodes of the bare surface and of each film's outer face, shape (n_films + 1, n_surface, 3).
    quads, edges
        Cells and boundary edges of the surface.
    copies
        Number of sectors of the unit cell.
    """

    levels: Points
    quads: Quads
    edges: Quads
    copies: int


def main(arguments: Sequence[str]) -> int:
    """Render the design of a file to a picture; return the exit code."""
    _leave_no_core_file()
    design, picture = arguments
    try:
        stack = build_model(load_design(design)).stack
        obstacle = mesh_obstacle(stack)
        if obstacle is not None:
            sys.stderr.write(f"not yet supported: {obstacle}\n")
            return NO_PICTURE_EXIT
        surfaces = cut_patch(stack)
    except TfgeomError as error:
        sys.stderr.write(f"{error}\n")
        return NO_PICTURE_EXIT
    _render(stack, surfaces, Path(picture))
    return 0


def cut_patch(stack: Stack) -> list[Surface]:
    """Return the surfaces of a patch of cells whose first row is cut through the features' axes (at y = 0).

    The relief must be one that `mesh_obstacle` finds nothing against.

    Raises
    ------
    UnsupportedError, MeshError
        For films without a mesh.
    """
    sector = _sector(stack)
    base = -0.1 * stack.cell.height / UM if stack.cell.height else -0.4 * stack.top.top / UM or -0.2
    names = [film.layer.name for film in stack.films]
    colours = film_colours([film.layer for film in stack.films])
    skin: list[tuple[Points, Quads]] = []
    cuts: dict[str, list[tuple[Points, Quads]]] = {name: [] for name in ("", *names)}
    for at, row in _cells(stack):
        shift = np.array([*at, 0.0])
        for copy in range(sector.copies):
            if row == 0 and copy >= max(1, sector.copies // 2):
                continue
            placed = _copy(sector, copy) + shift
            skin.append((placed[-1], sector.quads))
            cut = _cut_edges(sector, placed, copy, row)
            foot = placed[0] * np.array([1, 1, 0]) + np.array([0, 0, base])
            cuts[""].append(_curtain(foot, placed[0], cut))
            for index, name in enumerate(names):
                cuts[name].append(_curtain(placed[index], placed[index + 1], cut))
    outermost = colours[names[-1]] if names else SUBSTRATE
    return [
        Surface(outermost, False, *_joined(skin)),
        *(Surface(colours.get(name, SUBSTRATE), True, *_joined(pieces)) for name, pieces in cuts.items()),
    ]


def _sector(stack: Stack) -> Sector:
    if stack.films:
        mesh = mesh_films(stack, _SHEETS)
        last = np.array([np.flatnonzero(mesh.film_of_layer == i)[-1] + 1 for i in range(len(stack.films))])
        levels = mesh.points_um[np.concatenate(([0], last))]
        return Sector(levels, mesh.quads, mesh.edges, round(1 / mesh.sector_fraction))
    cell = stack.cell
    grid = build_surface_grid(cell, (0.0, 0.0), (cell.gap or math.sqrt(cell.footprint)) / 20, _SHEETS)
    return Sector(grid.origin_um[None], grid.quads, grid.edges, round(1 / grid.sector_fraction))


def _cells(stack: Stack) -> Iterator[tuple[tuple[float, float], int]]:
    """Yield the axis (um) and the row of each cell of the patch; more cells for a tall relief."""
    cell = stack.cell
    if cell.pitch is None:
        side = math.sqrt(cell.footprint) / UM
        tiles = min(8, max(1, math.ceil(1.5 * stack.top.top / UM / side)))
        yield from (((x * side, y * side), y) for y in range(tiles) for x in range(tiles))
        return
    pitch = cell.pitch / UM
    columns = _columns(cell)
    rows = max(2, columns // 2)
    skew, step = (0.5, math.sqrt(3) / 2) if cell.lattice == "hexagonal" else (0.0, 1.0)
    for row in range(rows):
        for column in range(columns):
            x = column - (columns - 1) / 2 + skew * (row % 2)
            yield (x * pitch, row * step * pitch), row


def _columns(cell: Cell) -> int:
    """Return the number of cells in a row of the patch: enough that a tall relief is no needle."""
    return min(8, max(3, math.ceil(0.8 * cell.height / (cell.pitch or cell.height))))


def _copy(sector: Sector, copy: int) -> Points:
    """Return the levels of a sector's mirror image between the angles ``copy`` and ``copy + 1`` sectors."""
    angle = 2 * math.pi / sector.copies
    mirrored = copy % 2 == 1
    turn = (copy + 1 if mirrored else copy) * angle
    cos, sin = math.cos(turn), math.sin(turn)
    rotation = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    mirror = np.array([1.0, -1.0 if mirrored else 1.0, 1.0])
    return np.asarray((sector.levels * mirror) @ rotation)


def _cut_edges(sector: Sector, placed: Points, copy: int, row: int) -> Quads:
    """Return the edges that lie open: the cell's border, and in the first row the cut through its axis."""
    base = sector.levels[0]
    if sector.copies == 1:
        return sector.edges
    angle = 2 * math.pi / sector.copies
    small = 1e-6 * float(np.abs(base).max())
    on_first = np.abs(base[:, 1]) < small
    on_second = np.abs(base[:, 0] * math.sin(angle) - base[:, 1] * math.cos(angle)) < small
    a, b = sector.edges.T
    border = ~(on_first[a] & on_first[b]) & ~(on_second[a] & on_second[b])
    if row == 0 and copy in (0, sector.copies // 2 - 1):
        border |= on_first[a] & on_first[b]
    return np.asarray(sector.edges[border])


def _curtain(lower: Points, upper: Points, edges: Quads) -> tuple[Points, Quads]:
    """Return the quads between two levels along the edges."""
    count = len(lower)
    a, b = edges.T
    return np.concatenate((lower, upper)), np.stack((a, b, b + count, a + count), axis=1)


def _joined(pieces: Sequence[tuple[Points, Quads]]) -> tuple[Points, Quads]:
    starts = np.cumsum([0, *(len(points) for points, _ in pieces)])
    return (
        np.concatenate([points for points, _ in pieces]),
        np.concatenate([quads + start for (_, quads), start in zip(pieces, starts, strict=False)]),
    )


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
    first = cell.plan.elements[0]
    edge = getattr(first, "inradius", 0.0) / UM
    thickness = (stack.top.top + cell.rim_radius) / UM or 0.1 * cell.pitch / UM
    middle = (0.0 if _columns(cell) % 2 else 0.5) * cell.pitch / UM
    half = min(5 * thickness, 0.6 * cell.pitch / UM)
    return (middle + edge, 0.0, cell.height / UM - 0.3 * half), half, (0.3, -0.75, 0.55)


def _leave_no_core_file() -> None:
    with contextlib.suppress(ImportError):  # the module is not there on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
