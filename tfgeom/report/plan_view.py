"""The relief seen from above, to scale: a cut at half its height, films where they are cut.

Every level surface there is a parallel curve of the plan, at the distance that the wall's profile gives, so
buffers of the plan draw it exactly, reentrant corners sharp and convex ones round.
"""

from typing import Any

import numpy as np
import shapely
from shapely import affinity

from tfgeom.design import Design, Flooded
from tfgeom.films import Stack
from tfgeom.geometry.cell import Level, UnitCell
from tfgeom.geometry.plan import Bar, Loop
from tfgeom.geometry.sections import corners, lattice_vectors
from tfgeom.geometry.wave import WaveCell
from tfgeom.palette import INK, LIQUID, SUBSTRATE, film_colours
from tfgeom.report.figures import Picture, drawing, svg_picture
from tfgeom.report.numerals import length, number
from tfgeom.report.outline import level_edge
from tfgeom.units import NM, UM

_QUARTER = 32  # chords of a quarter circle
_FLOOR = "#f2f2f2"


def draw_plan(design: Design, stack: Stack) -> Picture | None:
    """Return the unit cell and its neighbours seen from above; None for a plane."""
    cell = stack.cell
    if cell.pitch is None:
        return None
    pitch = cell.pitch / UM
    rotation = getattr(design.relief, "rotation", 0.0)
    half = 1.25 * pitch
    window = shapely.box(-half, -half, half, half)
    height = 0.0 if isinstance(cell, WaveCell) else cell.height / 2
    with drawing(5.2, 5.2) as figure:
        axes = figure.add_axes((0.01, 0.07, 0.98, 0.92))
        if isinstance(cell, WaveCell):
            _draw_wave(axes, cell, half)
        else:
            background = LIQUID if isinstance(design.cell, Flooded) else _FLOOR
            _fill(axes, window, background)
            for area, colour in film_areas(stack, height, rotation, window):
                _fill(axes, area, colour)
        outline = unit_cell_outline(cell)
        axes.plot(*outline.exterior.xy, color=INK, lw=1.6, ls="--")
        axes.annotate(
            "",
            (0, 0),
            (pitch, 0),
            arrowprops={"arrowstyle": "<->", "color": INK, "lw": 1, "shrinkA": 0, "shrinkB": 0},
        )
        plate = {"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.85}
        words = ("period " if isinstance(cell, WaveCell) else "pitch ") + length(cell.pitch / NM)
        axes.text(pitch / 2, 0.04 * pitch, words, ha="center", va="bottom", fontsize=9, bbox=plate)
        footprint = f"unit cell {number(cell.footprint / UM**2)} µm²"
        axes.text(0, -1.31 * pitch, footprint, ha="center", va="top", fontsize=9)
        axes.set_xlim(-half, half)
        axes.set_ylim(-half, half)
        axes.set_aspect("equal")
        axes.set_axis_off()
        lattice = f", {cell.lattice} lattice" if cell.lattice else ""
        return svg_picture(
            figure,
            f"The {cell.kind} from above, to scale: {words}{lattice}, {footprint} outlined.",
        )


def film_areas(
    stack: Stack, height: float, rotation: float, window: shapely.Geometry
) -> list[tuple[shapely.Geometry, str]]:
    """Return what a horizontal cut shows: material and films with their colours, coordinates in um.

    Parameters
    ----------
    stack
        Films on a relief with walls.
    height
        Height of the cut above the bare floor, m.
    rotation
        Turn of polygonal sections, rad.
    window
        What to show, um.
    """
    cell = stack.cell
    assert isinstance(cell, UnitCell)
    colours = film_colours([film.layer for film in stack.films])
    material = _material(cell, rotation, window)
    # films beyond the window reach into it
    levels = [_at_level(cell, material, height, Level(0.0, 0.0))]
    for film in stack.films:
        whole = film.layer.fills or (not cell.through and film.outer.bottom >= height)
        levels.append(_wide(window) if whole else _at_level(cell, material, height, film.outer))
    shown = [(shapely.intersection(levels[0], window), SUBSTRATE)]
    for film, inner, outer in zip(stack.films, levels[:-1], levels[1:], strict=True):
        area = shapely.intersection(shapely.difference(outer, inner), window)
        shown.append((area, colours[film.layer.name]))
    return shown


def unit_cell_outline(cell: UnitCell | WaveCell) -> shapely.Polygon:
    """Return the footprint around the feature at the origin, um: nearest to it on its lattice."""
    assert cell.pitch is not None
    sides = 6 if cell.lattice == "hexagonal" else 4
    return shapely.Polygon(corners(cell.pitch / 2 / UM, sides, 0.0))


def _at_level(cell: UnitCell, material: shapely.Geometry, height: float, level: Level) -> shapely.Geometry:
    edge = level_edge(cell, level, _QUARTER)
    # the curve runs downwards, np.interp wants heights that rise
    distance = float(np.interp(height, edge[::-1, 1], edge[::-1, 0]))
    return shapely.buffer(material, distance / UM, quad_segs=_QUARTER)


def _material(cell: UnitCell, rotation: float, window: shapely.Geometry) -> shapely.Geometry:
    """Return the smallest section of the raised material over a wide surrounding of the window, um."""
    assert cell.pitch is not None
    pitch, plan, around = cell.pitch / UM, cell.sharp_plan, _wide(window)
    if isinstance(plan.elements[0], Bar):
        width = plan.elements[0].width / UM
        low, high = around.bounds[1], around.bounds[3]
        bars = (
            shapely.box(k * pitch + (pitch - width) / 2, low, k * pitch + (pitch + width) / 2, high)
            for k in range(-4, 4)
        )
        return shapely.union_all(list(bars))
    feature = shapely.Polygon()
    for element in plan.elements:
        assert isinstance(element, Loop)
        inside = _loop(element, rotation)
        opens = element.opening and not plan.raised_background
        feature = shapely.difference(feature, inside) if opens else shapely.union(feature, inside)
    (ax, ay), (bx, by) = lattice_vectors(pitch, cell.lattice or "square")
    copies = [
        affinity.translate(feature, m * ax + n * bx, m * ay + n * by)
        for m in range(-6, 7)
        for n in range(-6, 7)
    ]
    near = [copy for copy in copies if shapely.intersects(copy, around)]
    together = shapely.union_all(near)
    return shapely.difference(around, together) if plan.raised_background else together


def _loop(element: Loop, rotation: float) -> shapely.Polygon:
    radius = element.inradius / UM
    if element.sides == 0:
        return shapely.Point(0, 0).buffer(radius, quad_segs=_QUARTER)
    return shapely.Polygon(corners(radius, element.sides, rotation))


def _wide(window: shapely.Geometry) -> shapely.Geometry:
    low, high = window.bounds[0], window.bounds[2]
    reach = high - low
    return shapely.box(low - reach, low - reach, high + reach, high + reach)


def _draw_wave(axes: Any, cell: WaveCell, half: float) -> None:
    period = cell.period / UM
    axes.fill([-half, half, half, -half], [-half, -half, half, half], color=SUBSTRATE)
    for k in range(-2, 3):
        for x, style, words in ((k * period, "-", "crest"), ((k + 0.5) * period, ":", "valley")):
            if abs(x) < half:
                axes.axvline(x, color="#777777", lw=1, ls=style)
                axes.text(x, 0.93 * half, words, ha="center", fontsize=8.5, backgroundcolor=SUBSTRATE)


def _fill(axes: Any, area: shapely.Geometry, colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    for polygon in getattr(area, "geoms", [area]):
        if isinstance(polygon, shapely.Polygon) and not polygon.is_empty:
            rings = [Path(np.asarray(ring.coords)) for ring in (polygon.exterior, *polygon.interiors)]
            axes.add_patch(PathPatch(Path.make_compound_path(*rings), fc=colour, ec="none", lw=0))
