"""The unit cell as triangles that travel in a page: whole, cut through the axes, and with its fields."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.viewer.bodies import (
    VALUES,
    Body,
    cut_plane,
    cut_surface,
    plane_tiles,
    relief_height,
    scene_bodies,
    scene_bounds,
)
from tfgeom.viewer.closeup import PLACES, CloseUp, close_up
from tfgeom.viewer.colour_bar import ColourBar, field_bar
from tfgeom.viewer.node_fields import Fields
from tfgeom.viewer.view import Cut, View

MAX_TRIANGLES = 60_000
"""Most triangles that one picture of a page is made of."""
LEVELS = 255
"""Steps between the smallest and the largest value of a field."""

_FEATURE = 35.0  # degrees between faces that stay sharp
_PIXELS = 400  # height of the picture in a page, as little as it may be
_DIGITS = 5e-7  # of the scene's size: what the coordinates are rounded to, so that they pack well


@dataclass(frozen=True, slots=True)
class Triangles:
    """A closed, outward-oriented surface, um: ``points`` (n, 3) and ``corners`` (m, 3).

    Points are double along sharp edges, so that the mean of the adjacent faces is the normal everywhere.
    """

    points: NDArray[np.float32]
    corners: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class TriangulatedBody:
    """One body of the cell.

    Attributes
    ----------
    name
        Of the layer, or ``substrate``.
    title
        Name and material, to be read.
    colour
        ``#rrggbb``.
    whole
        The body uncut; None where all of them together are too many triangles for a page.
    cut
        The same with what lies before the axes taken away.
    solved
        The cut body on the nodes of the finite elements; None without a field.
    levels
        By field that varies in the body, on the points of ``solved``: 0 for the smallest value in the cell to
        `LEVELS` for the largest.
    """

    name: str
    title: str
    colour: str
    whole: Triangles | None
    cut: Triangles
    solved: Triangles | None
    levels: dict[str, NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field and its colour bar."""

    name: str
    bar: ColourBar


@dataclass(frozen=True, slots=True)
class TriangulatedCell:
    """The unit cell that a page holds.

    Attributes
    ----------
    bodies
        From the substrate outwards; empty when even the cut cell is too many triangles for a page.
    fields
        Ranges of the fields.
    fields_left_out
        Whether there are fields, but on too many triangles for a page.
    bounds_um
        Least and greatest coordinates of the uncut cell, shape (2, 3).
    height_um
        Height of the coated relief: what an exploded view counts in.
    places
        What to look at closely on the cut, by its name: a rim and a foot, nothing on a plane.
    """

    bodies: tuple[TriangulatedBody, ...]
    fields: tuple[ShownField, ...]
    fields_left_out: bool
    bounds_um: NDArray[np.float64]
    height_um: float
    places: dict[str, CloseUp]

    @property
    def has_whole(self) -> bool:
        """Whether the uncut cell is there."""
        return all(body.whole is not None for body in self.bodies)


def triangulate_cell(
    stack: Stack,
    substrate: str | None = None,
    fields: Fields | None = None,
    limit: int = MAX_TRIANGLES,
) -> TriangulatedCell:
    """Return the unit cell of a stack for a page; of a plane, which has none, a piece.

    What is too many triangles is left out: first the fields, then the uncut bodies, then everything.

    Parameters
    ----------
    stack
        Films on a relief.
    substrate
        Material of the substrate, where the design says.
    fields
        Fields of the films, from `tfgeom.viewer.node_fields.solved_fields`; shown where the cell is cut.
    limit
        Most triangles of one picture.

    Raises
    ------
    MeshError
        As `tfgeom.viewer.bodies.scene_bodies`.
    """
    view = View(columns=plane_tiles(stack), rows=plane_tiles(stack))
    bodies = scene_bodies(stack, view, substrate=substrate)
    bounds, cut, height = scene_bounds(bodies), Cut("y"), relief_height(stack)
    wholes = [_triangles(body, None, bounds) for body in bodies]
    cuts = [_triangles(body, cut, bounds) for body in bodies]
    if _count(cuts) > limit:
        return TriangulatedCell((), (), fields is not None, bounds, height, {})
    whole_fits = _count(wholes) <= limit
    solved = {} if fields is None else _solved_surfaces(stack, view, substrate, fields, cut, bounds)
    fields_fit = bool(solved) and _count([triangles for triangles, _ in solved.values()]) <= limit
    made = []
    for body, whole, half in zip(bodies, wholes, cuts, strict=True):
        fine, levels = solved.get(body.name, (None, {})) if fields_fit else (None, {})
        kept = whole if whole_fits else None
        made.append(TriangulatedBody(body.name, body.title, body.colour, kept, half, fine, levels))
    ranges = _ranges(fields) if fields is not None and fields_fit else ()
    left_out = bool(solved) and not fields_fit
    return TriangulatedCell(tuple(made), ranges, left_out, bounds, height, _places(stack))


def _ranges(fields: Fields) -> tuple[ShownField, ...]:
    return tuple(ShownField(name, field_bar(name, fields)) for name in fields.values)


def _places(stack: Stack) -> dict[str, CloseUp]:
    return {} if stack.cell.is_flat else {place: close_up(stack, place, _PIXELS) for place in PLACES}


def surface_triangles(surface: Any, cut: Cut | None, bounds: NDArray[np.float64]) -> tuple[Triangles, Any]:
    """Return a body's surface as triangles, and as pyvista's surface of the same points.

    Triangles on the cut face what was taken away, whatever way they came.

    Parameters
    ----------
    surface
        From `tfgeom.viewer.bodies.cut_surface`, not empty.
    cut, bounds
        What it was cut by.
    """
    smooth = surface.triangulate().compute_normals(
        cell_normals=False, split_vertices=True, feature_angle=_FEATURE, consistent_normals=False
    )
    exact = np.asarray(smooth.points, dtype=np.float64)
    corners = np.asarray(smooth.regular_faces, dtype=np.uint32)
    grain = _DIGITS * float(np.ptp(bounds, axis=0).max())
    if cut is not None and cut.position > 0:
        origin, normal = cut_plane(cut, bounds)
        on_cut = (np.abs((exact - origin) @ normal) < 4 * grain)[corners].all(axis=1)
        a, b, c = np.moveaxis(exact[corners], 1, 0)
        wrong = on_cut & (np.cross(b - a, c - a) @ normal > 0)
        corners[wrong] = corners[wrong][:, ::-1]
    return Triangles((np.round(exact / grain) * grain).astype(np.float32), corners), smooth


def _count(surfaces: list[Triangles]) -> int:
    return sum(len(surface.corners) for surface in surfaces)


def _triangles(body: Body, cut: Cut | None, bounds: NDArray[np.float64]) -> Triangles:
    surface = cut_surface(body, cut, bounds)
    if not surface.n_cells:
        return Triangles(np.empty((0, 3), np.float32), np.empty((0, 3), np.uint32))
    return surface_triangles(surface, cut, bounds)[0]


def _solved_surfaces(
    stack: Stack, view: View, substrate: str | None, fields: Fields, cut: Cut, bounds: NDArray[np.float64]
) -> dict[str, tuple[Triangles, dict[str, NDArray[np.uint8]]]]:
    """Return the cut surface of each film that carries values, with its levels by field."""
    found: dict[str, tuple[Triangles, dict[str, NDArray[np.uint8]]]] = {}
    for name in fields.values:
        low, high = fields.range_of(name)
        for body in scene_bodies(stack, replace(view, field=name), substrate=substrate, fields=fields):
            if body.has_values:
                triangles, surface = surface_triangles(cut_surface(body, cut, bounds), cut, bounds)
                shares = (np.asarray(surface.point_data[VALUES]) - low) / (high - low)
                levels = np.round(LEVELS * np.clip(shares, 0, 1)).astype(np.uint8)
                found.setdefault(body.name, (triangles, {}))[1][name] = levels
    return found
