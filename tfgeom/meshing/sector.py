"""The plan of one sector of the unit cell: what repeats, and the columns of nodes along its sections.

A sector lies between two mirror lines that the section and its lattice share: a half of a section's side (1/8
of a square cell, 1/12 of a hexagonal one), a quarter where their symmetries differ and of a rectangular cell,
the whole cell where they share none.  A column is a node of the section's outline; it moves along a straight
line as the distance rho from the plan grows, and its flats end on the border of the cell.
"""

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError, UnsupportedError
from tfgeom.geometry.lattice import in_unit
from tfgeom.geometry.plan import Loop
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.arcs import arc
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.unit_cell_border import regular_border, room_in, roomy_border
from tfgeom.units import UM

_SPREAD = 0.01  # of the outline's size
_MIRRORS = {"square": math.pi / 4, "hexagonal": math.pi / 6, "rectangular": math.pi / 2}  # rad apart
_SAME = 1e-9  # rad; lines that coincide differ by rounding only


@dataclass(frozen=True, slots=True)
class Outline:
    """Columns on one loop of the sharp plan: node i is at ``base[i] + rho velocity[i]``, um, both (n, 2)."""

    base: NDArray[np.float64]
    velocity: NDArray[np.float64]
    opening: bool


@dataclass(frozen=True, slots=True)
class Sector:
    """Plan of one sector.

    Attributes
    ----------
    start, width
        Angle of its first mirror line and between the two, rad; the width is 2 pi for the whole cell.
    outlines
        Loops from the axis outwards.
    wedges
        Columns at the ends of each half of a side, from the start on: shape (n_wedges + 1,).
    merged
        For each column the first column at the same place on the sharp plan: the columns of a convex corner
        share it.
    corners
        Corners of the cell, counterclockwise, um, shape (n_corners, 2).
    """

    start: float
    width: float
    outlines: tuple[Outline, ...]
    wedges: NDArray[np.int64]
    merged: NDArray[np.int64]
    corners: NDArray[np.float64]

    @property
    def is_whole(self) -> bool:
        """Whether the sector is the whole cell; its last column is then the first."""
        return self.width > 2 * math.pi - _SAME

    @property
    def copies(self) -> int:
        """Number of sectors of the unit cell."""
        return round(2 * math.pi / self.width)

    def border(self, rho: float) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
        """Return where the columns cross a line beside the border of the cell, and where they end on it, um.

        They run along the rays from the axis through the last outline at the distance ``rho`` (um) from the
        plan, one into each corner of the cell.  The line is the border seen smaller.  From there they slide
        along the side, so that nodes lie symmetrically about its middle: opposite sides then have the same
        nodes.

        Returns
        -------
        line, border
            Shape (n, 2) each; no line where the rays end symmetrically by themselves.

        Raises
        ------
        MeshError
            When a chord of the outline leaves the cell.
        """
        last = self.outlines[-1]
        nodes = last.base + rho * last.velocity
        if not last.opening and rho < _SPREAD * np.abs(last.base).max():
            # bare corners have all their columns in one place: look at them as under a film
            nodes = last.base * (1 - _SPREAD) + _SPREAD * np.abs(last.base).max() * last.velocity
        angles = np.unwrap(np.arctan2(nodes[:, 1], nodes[:, 0]))
        angles += self.start - angles[0]
        corners = self.inner_corners
        taken = [int(np.argmin(np.abs(angles - corner))) for corner in corners]
        if len({at % (len(angles) - 1) for at in taken}) < len(taken):
            raise MeshError("two corners of the cell lie at one column of the mesh; use a higher resolution")
        for corner, nearest in zip(corners, taken, strict=True):
            angles[nearest] = corner
            if self.is_whole and nearest in (0, len(angles) - 1):
                angles[0], angles[-1] = corner % (2 * math.pi), corner % (2 * math.pi) + 2 * math.pi
        if not np.all(np.diff(angles) > 0):
            raise MeshError("two columns of the mesh lie on one ray from the axis; use a higher resolution")
        ends = self._on_sides(angles)
        left = float((np.hypot(*ends.T) - np.hypot(*nodes.T)).min())
        if left <= 0:
            raise MeshError(
                "the films leave too little between neighbours for chords of "
                f"{math.degrees(float(np.diff(angles).max())):.3g} degrees: use a higher resolution"
            )
        symmetric = self._on_sides(self._symmetric(angles))
        if np.abs(symmetric - ends).max() < 1e-9 * np.abs(ends).max():
            return None, ends
        smaller = (1 + float((np.hypot(*nodes.T) / np.hypot(*ends.T)).max())) / 2
        return smaller * ends, symmetric

    @property
    def inner_corners(self) -> list[float]:
        """Angles of the cell's corners inside the sector, rad, growing."""
        end = self.start + self.width
        return [angle for angle in self._turned_corners() if self.start + _SAME < angle < end - _SAME]

    def _turned_corners(self) -> list[float]:
        """Return the angles of the cell's corners, from the start of the sector on, for a turn and more."""
        angles = np.arctan2(self.corners[:, 1], self.corners[:, 0])
        after = np.sort((angles - self.start + _SAME) % (2 * math.pi) - _SAME)
        turns = np.concatenate((after, after[:1] + 2 * math.pi))
        return [float(angle) for angle in self.start + turns]

    def _on_sides(self, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the points of the border in some directions, shape (n, 2)."""
        direction = np.column_stack((np.cos(angles), np.sin(angles)))
        ahead = np.roll(self.corners, -1, axis=0) - self.corners
        normal = np.column_stack((ahead[:, 1], -ahead[:, 0]))
        distance = np.sum(normal * self.corners, axis=1)
        return np.asarray(direction / (direction @ (normal / distance[:, None]).T).max(axis=1)[:, None])

    def _symmetric(self, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the angles made symmetric about the middle of each side that lies between two corners."""
        count = len(angles) - 1
        turns = np.concatenate((angles, angles[1:] + 2 * math.pi)) if self.is_whole else angles
        end = math.inf if self.is_whole else self.start + self.width + _SAME
        bounds = [angle for angle in self._turned_corners() if angle < end]
        made = angles.copy()
        for low, high in itertools.pairwise(bounds):
            begin, end = (int(np.argmin(np.abs(turns - bound))) for bound in (low, high))
            points = self._on_sides(turns[begin : end + 1])
            points = (points + points[0] + points[-1] - points[::-1]) / 2
            piece = low + np.unwrap(np.arctan2(points[:, 1], points[:, 0]) - low)
            piece += low - piece[0]
            for offset, angle in enumerate(piece.tolist()):
                at = begin + offset
                if at <= count:
                    made[at] = angle
                if at >= count and self.is_whole:
                    made[at - count] = angle - 2 * math.pi
        return made


def lay_sector(cell: UnitCell, furthest: float, first: float, resolution: Resolution) -> Sector:
    """Return the sector of a cell whose plan consists of loops around one axis.

    Parameters
    ----------
    cell
        The relief.
    furthest
        Distance rho from the plan at which the flats to the border of the cell begin, um: the largest, of
        openings the smallest.
    first
        Largest cell beside a vertical edge, um.
    resolution
        How fine.
    """
    loops = [element for element in cell.sharp_plan.elements if isinstance(element, Loop)]
    loops.sort(key=lambda loop: loop.inradius)
    lattice, pitch = cell.lattice or "", in_unit(cell.periods or 0.0, UM)
    lattice_line = _MIRRORS[lattice]
    section, corners = loops[0].sides, regular_border(pitch, lattice)
    start, width, halves = 0.0, lattice_line, 1
    if section:
        start, width, halves = _shared_lines(section, cell.rotation, lattice_line)
        if halves > 1:
            free = _Place(0.0, 2 * section, 0.0, np.zeros(0), furthest, first, resolution, lattice_line)
            whole = _outline(loops[-1], replace(free, start=cell.rotation, rotation=cell.rotation))[0]
            reached = whole.base + furthest * whole.velocity
            mirrored = None if width > math.pi else start
            corners = roomy_border(pitch, lattice, reached, mirrored=mirrored)
            if room_in(corners, reached) <= 0:
                raise UnsupportedError.lacking(
                    "relief.rotation",
                    "a mesh of coated sections that reach beyond a straight-sided cell around their axis",
                    "turn them, use a larger pitch, or the closed forms (analytic)",
                )
    rays = np.arctan2(corners[:, 1], corners[:, 0])
    place = _Place(start, halves, cell.rotation, rays, furthest, first, resolution, lattice_line)
    parts = [_outline(loop, place) for loop in loops]
    outlines = tuple(part[0] for part in parts)
    wedges, merged = parts[0][1:]
    return Sector(start, width, outlines, wedges, merged, corners)


def _shared_lines(section: int, rotation: float, lattice_line: float) -> tuple[float, float, int]:
    """Return start and width of the sector, and how many halves of a side it holds.

    Mirror lines of the section lie at ``rotation + i pi/section``, of the lattice at ``j lattice_line``.
    """
    own = math.pi / section
    shared = [
        angle
        for angle in rotation % own + own * np.arange(2 * section)
        if abs(angle / lattice_line - round(angle / lattice_line)) * lattice_line < _SAME
    ]
    if not shared:
        return rotation % (2 * own), 2 * math.pi, 2 * section  # from the middle of a flat on
    start = float(shared[0])
    width = float(shared[1]) - start if len(shared) > 1 else math.pi
    return start, width, round(width / own)


@dataclass(frozen=True, slots=True)
class _Place:
    """What the columns of a loop depend on beside the loop."""

    start: float
    halves: int
    rotation: float
    rays: NDArray[np.float64]  # from the axis to the corners of the cell
    furthest: float
    first: float
    resolution: Resolution
    lattice_line: float


def _outline(loop: Loop, place: _Place) -> tuple[Outline, NDArray[np.int64], NDArray[np.int64]]:
    """Return the columns of one loop, the ends of its halves of sides, and which columns share a place."""
    inradius = loop.inradius / UM
    outwards = -1.0 if loop.opening else 1.0
    if loop.sides == 0:
        angles, sine = _around(place)
        chords = len(angles) - 1
        # a polygon of this radius has the area of the circle
        unit = math.sqrt(sine) * np.column_stack((np.cos(angles), np.sin(angles)))
        outline = Outline(inradius * unit, outwards * unit, loop.opening)
        return outline, np.array([0, chords]), np.arange(chords + 1)
    own = math.pi / loop.sides
    flip = np.array([1.0, -1.0])
    bases, velocities, steps = [], [], [np.zeros(1, dtype=bool)]
    for half in range(place.halves):
        line = place.start + half * own
        from_flat = round((line - place.rotation) / own) % 2 == 0
        # made from the middle of a flat towards +x to the corner at angle own, then turned into its place
        turn = line if from_flat else line + own
        rays = (place.rays - turn if from_flat else turn - place.rays) % (2 * math.pi)
        base, velocity = _half_side(loop, inradius, rays[(rays > _SAME) & (rays < own - _SAME)], place)
        same = np.all(base[1:] == base[:-1], axis=1)
        if not from_flat:
            base, velocity, same = base[::-1] * flip, velocity[::-1] * flip, same[::-1]
        cos, sin = math.cos(turn), math.sin(turn)
        rotate = np.array([[cos, sin], [-sin, cos]])
        keep = slice(0 if half == 0 else 1, None)
        bases.append((base @ rotate)[keep])
        velocities.append((velocity @ rotate)[keep])
        steps.append(same)
    joined = np.concatenate(steps)
    merged = np.maximum.accumulate(np.where(joined, 0, np.arange(len(joined))))
    # taken from one column: turned by different angles, those of a corner would differ in the last digit
    outline = Outline(np.concatenate(bases)[merged], np.concatenate(velocities), loop.opening)
    return outline, len(steps[1]) * np.arange(place.halves + 1), merged


def _around(place: _Place) -> tuple[NDArray[np.float64], float]:
    """Return the angles of a circle's columns, and its sector's area over that of their polygon.

    In even steps on either side of a ray into a corner of the cell.
    """
    refine, end = place.resolution.refine, place.lattice_line
    rays = np.sort((place.rays - place.start) % (2 * math.pi))
    bounds = [0.0, *rays[(rays > _SAME) & (rays < end - _SAME)].tolist(), end]
    count = round(place.resolution.angles * refine * end / (math.pi / 6))
    # of a coarse mesh, so that finer ones have a multiple of them
    ends = [
        min(max(round(count / refine * bound / end), 1), count // refine - 1) * refine for bound in bounds
    ]
    ends[0], ends[-1] = 0, count
    angles, polygon = [np.zeros(1)], 0.0
    for (low, high), (begin, last) in zip(itertools.pairwise(bounds), itertools.pairwise(ends), strict=True):
        step = (high - low) / (last - begin)
        angles.append(low + step * np.arange(1, last - begin + 1))
        polygon += (last - begin) * math.sin(step)
    return place.start + np.concatenate(angles), end / polygon


def _half_side(
    loop: Loop, inradius: float, rays: NDArray[np.float64], place: _Place
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return base and velocity of the columns from the middle of a flat towards +x to its next corner.

    An opening shrinks similar to itself.  Raised material keeps its side and turns around its corner, with a
    fan of columns up to the bisector.  Where a ray from the axis at one of the given angles crosses the side
    when it is furthest out, a column is moved onto it: it will end in a corner of the cell.
    """
    own, refine = math.pi / loop.sides, place.resolution.refine
    half = inradius * math.tan(own)
    along = half * place.resolution.fractions(half, place.first, "end", even=True)
    away = inradius + (0.0 if loop.opening else place.furthest)
    last = 0
    for ray in np.sort(rays):
        crossing = away * math.tan(ray)
        nearest = int(np.argmin(np.abs(along - crossing)))
        if len(rays) > 1:  # the far corners of a long cell lie close together
            nearest = max(nearest, last + 1) if last or crossing > along[1] / 4 else nearest
        if 0 < nearest < len(along) - 1:
            along[nearest] = crossing
            last = nearest
    base = np.column_stack((np.full(len(along), inradius), along))
    if loop.opening:
        return base, -base / inradius
    fan = arc(2 * own, 4 * refine)[1 : 2 * refine + 1]
    return (
        np.concatenate((base, np.repeat(base[-1:], len(fan), axis=0))),
        np.concatenate((np.tile([1.0, 0.0], (len(base), 1)), fan)),
    )
