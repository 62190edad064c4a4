"""The profile of a relief and its level curves, measured exactly when swept around a plan.

Coordinates: rho is the distance from the plan's smallest section, z the height above the bare floor (of a
through-hole: above the lower face).  A level curve consists of arcs around the rims, straight pieces along
the wall (the offset is piecewise linear in depth, so the curve is a polyline) and flats.  A curve of length
l and first moment m (integral of rho along it) has the area ``p l + 2 kappa m`` when swept around a plan of
perimeter p, a region of area s and first moment m the volume ``p s + 2 kappa m`` (Steiner, Pappus).

Of n reliefs every size may be an array of shape (n,); points of a curve then have the shape (points, 2, n).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tfgeom.geometry.curve_rows import (
    FloatArray,
    between,
    curve_points,
    cut_below,
    joined,
    polygon,
    rows_in,
    slopes,
    stacked,
)
from tfgeom.geometry.plan import Plan
from tfgeom.rows import Numbers, alike, cosine, is_rows, larger, plain, sine, tangent

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


class Level(NamedTuple):
    """A surface at a distance from the bare relief, m, that may change with depth.

    Attributes
    ----------
    top
        Distance on the flat top.
    bottom
        Distance at the deepest point: the floor, or the middle of a through-hole.
    knots
        (depth, distance) between them, by increasing depth; linear from one to the next.
    """

    top: Numbers
    bottom: Numbers
    knots: tuple[tuple[float, Numbers], ...] = ()

    @property
    def is_uniform(self) -> bool:
        """Whether the distance is the same everywhere."""
        if not alike(self.top == self.bottom):
            return False
        return not self.knots or all(alike(offset == self.top) for _, offset in self.knots)

    def table(self, deepest: Numbers) -> tuple[tuple[Numbers, Numbers], ...]:
        """Return (depth, distance) from the top to the deepest point, m."""
        return ((0.0, self.top), *self.knots, (deepest, self.bottom))

    def depths_and_offsets(self, deepest: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return the depths and the distances of `table`, m."""
        depths, offsets = zip(*self.table(deepest), strict=True)
        return depths, offsets

    def towards(self, other: "Level", share: float, deepest: float) -> "Level":
        """Return the level that divides the space up to another one in the same ratio everywhere.

        Parameters
        ----------
        other
            The other level.
        share
            0 gives this level, 1 the other one.
        deepest
            Depth of the deepest point, m (`UnitCell.deepest`).
        """
        top, bottom = ((1 - share) * a + share * b for a, b in zip(self[:2], other[:2], strict=True))
        inside = sorted({depth for depth, _ in (*self.knots, *other.knots)})
        tables = [level.table(deepest) for level in (self, other)] if inside else []
        both = ((depth, *(plain(between(table, depth)) for table in tables)) for depth in inside)
        return Level(top, bottom, tuple((depth, (1 - share) * a + share * b) for depth, a, b in both))


class LevelAreas(NamedTuple):
    """Areas of the strips of a level surface per unit cell, m²; of a through-hole floor is the lower face."""

    top: Numbers
    rim: Numbers
    wall: Numbers
    floor: Numbers


class Measure(NamedTuple):
    """What a level surface has and holds.

    Attributes
    ----------
    areas
        Areas of its strips, m² per unit cell.
    volume
        Volume between it and the bare relief, m³ per unit cell.
    reach_out
        Its largest rho: how far it reaches out from the sharp plan, m.
    wall_left
        Height of the wall that is left above the floor film, m; infinite for through-holes.
    """

    areas: LevelAreas
    volume: Numbers
    reach_out: Numbers
    wall_left: Numbers


@dataclass(frozen=True, slots=True)
class Profile:
    """A straight wall between a flat top and a flat floor (or, through, a lower face).

    Attributes
    ----------
    height
        Height of the wall, m.
    angle
        Angle of the wall from the wafer plane, rad; below pi/2 the material widens downwards.
    rim_radius
        Radius of the rounded rims, m.
    through
        Whether there is a lower face instead of a floor.
    """

    height: Numbers
    angle: Numbers = math.pi / 2
    rim_radius: Numbers = 0.0
    through: bool = False

    @property
    def slope(self) -> Numbers:
        """How far the wall moves out per depth, cot(angle); exactly 0 for a vertical wall."""
        return 0.0 if self.is_vertical else 1 / tangent(self.angle)

    @property
    def is_vertical(self) -> bool:
        """Whether the wall stands upright; its sines and tangents are then exactly 1."""
        return alike(self.angle == math.pi / 2)

    @property
    def sine(self) -> Numbers:
        """Sine of the angle."""
        return 1.0 if self.is_vertical else sine(self.angle)

    @property
    def bend(self) -> Numbers:
        """``1 - cos(angle)``: how much wall a unit of offset takes between top and floor film."""
        return 1.0 if self.is_vertical else 1 - cosine(self.angle)

    @property
    def half_tangent(self) -> Numbers:
        """``tan(angle/2)``."""
        return 1.0 if self.is_vertical else tangent(self.angle / 2)

    @property
    def top_shift(self) -> Numbers:
        """How far the top edge lies outside the smallest section, m (only of undercut walls)."""
        return 0.0 if self.is_vertical else larger(0.0, -self.height * self.slope)

    @property
    def erosion(self) -> Numbers:
        """How far the plan recedes at the top so that an offset by the rim radius restores it, m."""
        return self.rim_radius * self.half_tangent

    @property
    def deepest(self) -> Numbers:
        """Depth of the point farthest from a face, m: the floor, or the middle of a through-hole."""
        return self.height / 2 if self.through else self.height

    @property
    def highest_rim(self) -> Numbers:
        """Rim radius from which on no wall is left between the rims and the floor, m."""
        return self.height / (2.0 if self.through else self.bend)

    @property
    def wall_start(self) -> Numbers:
        """Depth at which the rim ends, m."""
        return self.rim_radius * self.bend

    @property
    def wall_end(self) -> Numbers:
        """Depth at which the wall ends, m."""
        lower = self.rim_radius * (2 - self.bend) if self.through else 0.0
        return self.height - lower

    @property
    def lower_edge(self) -> Numbers:
        """Position rho of the lower flat's edge in a through-hole, relative to the eroded plan, m."""
        start = self.top_shift + self.erosion + (self.height - self.rim_radius) * self.slope
        return start - self.rim_radius / self.sine

    def reach_out(self, offset: Numbers) -> Numbers:
        """Return the largest rho of the level at a uniform offset, m.

        Upright and undercut walls reach out furthest at the top, leaning ones at the floor, or around the rim
        of a through-hole's lower face.
        """
        distance = self.rim_radius + offset
        if alike(self.slope <= 0):
            return self.top_shift + distance
        if self.through:
            return (self.height - 2 * self.rim_radius) * self.slope + distance
        return self.height * self.slope + distance * self.half_tangent

    def wall_points(self, depths: FloatArray, level: Level) -> FloatArray:
        """Return points (rho, z) of a level curve above bare wall points at ``depths``, shape (m, 2)."""
        depths = self._by_row(depths, level)
        offset = self.offsets(depths, level)
        rho = self.top_shift + self.erosion + depths * self.slope + offset * self.sine
        return curve_points(rho, self.height - depths + offset * (1 - self.bend))

    def wall_line(self, level: Level) -> FloatArray:
        """Return the level curve along the wall as a polyline (rho, z) from the rim to the floor film."""
        depths = [self.wall_start, self.wall_end, *(depth for depth, _ in level.knots)]
        if self.through:
            depths += [self.height / 2, *(self.height - depth for depth, _ in level.knots)]
        points = self.wall_points(self._along_wall(depths), level)
        return points if self.through else cut_below(points, level.bottom)

    def _along_wall(self, depths: Sequence[Numbers]) -> FloatArray:
        """Return depths by size, of n reliefs by row; those above or below the wall moved to its ends."""
        within = np.clip(stacked(*depths), self.wall_start, self.wall_end)
        return np.sort(within, axis=0) if within.ndim > 1 else np.unique(within)

    def _by_row(self, depths: FloatArray, level: Level) -> FloatArray:
        """Return depths (m,) as (m, 1) where wall or level are those of n reliefs."""
        several = rows_in(((self.height, self.angle), (self.rim_radius, level.top), (0.0, level.bottom)))
        return depths[:, None] if several and depths.ndim == 1 else depths

    def edge(self, level: Level, chords: int) -> FloatArray:
        """Return a level from the top, around the rim and down the wall, (n, 2), m; ``chords`` to a rim.

        Of a through-hole only the upper half, down to the middle of the wafer.
        """
        turns = np.linspace(0, self.angle, chords + 1)
        depths = self.rim_radius * (1 - np.cos(turns))
        radius = self.rim_radius + self.offsets(depths, level)
        centre = (self.top_shift, self.height - self.rim_radius)
        arc = np.column_stack((centre[0] + radius * np.sin(turns), centre[1] + radius * np.cos(turns)))
        wall = self.wall_line(level)[1:]
        if self.through:
            middle = self.wall_points(np.array([self.height / 2]), level)
            wall = np.vstack((wall[wall[:, 1] > self.height / 2], middle))
        return np.vstack((arc, wall))

    def depth_of_floor_film(self, level: Level) -> Numbers:
        """Return the depth of the bare wall point whose level point meets the floor film, m."""
        depths = self._along_wall([self.wall_start, self.wall_end, *(depth for depth, _ in level.knots)])
        heights = self.wall_points(depths, level)[:, 1]
        # heights fall with depth; a table wants them rising
        found = between(tuple(zip(heights[::-1], depths[::-1], strict=True)), level.bottom)
        return found if is_rows(found) else float(found)

    def measure(self, plan: Plan, level: Level) -> Measure:
        """Return areas and volume of a level by integration along the profile.

        Parameters
        ----------
        plan
            The sharp plan: the smallest section, receded by `erosion`.
        level
            The level; any coverage.
        """
        p, kappa, shift = plan.perimeter, plan.kappa, self.top_shift
        line = self.wall_line(level)
        if line.ndim == 2 and (is_rows(p) or is_rows(plan.footprint)):
            line = line[..., None]
        rim = self._rim(plan, level, lower=False)
        steps = np.diff(line, axis=0)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        middle = (line[:-1, 0] + line[1:, 0]) / 2
        wall = plain(np.sum(lengths * (p + 2 * kappa * middle), axis=0))
        top = plan.area_at(shift)
        volume = top * level.top + rim.volume
        floor: Numbers
        furthest: Numbers
        wall_left: Numbers
        if self.through:
            lower = self._rim(plan, level, lower=True)
            bare = [self._bare(self.wall_end), self._bare(self.wall_start)]
            floor = plan.area_at(self.lower_edge)
            volume += lower.volume + floor * level.top
            rim_area, furthest, wall_left = rim.area + lower.area, lower.furthest, math.inf
        else:
            bare = [self._bare(self.height - level.bottom), self._bare(self.wall_start)]
            floor = plan.footprint - plan.area_at(plain(line[-1, 0]))
            ends = [self._bare(self.height - z)[0] for z in (0.0, level.bottom / 2, level.bottom)]
            covered = [plan.footprint - plan.area_at(rho) for rho in ends]
            volume += level.bottom / 6 * (covered[0] + 4 * covered[1] + covered[2])
            rim_area, furthest = rim.area, -math.inf
            wall_left = plain(line[0, 1]) - level.bottom
        ends_of_bare = curve_points(*(stacked(*ends) for ends in zip(*bare, strict=True)))
        area, moment = polygon(joined(line, ends_of_bare))
        volume += p * area + 2 * kappa * moment
        out = larger(larger(rim.furthest, furthest), plain(line[:, 0].max(axis=0)))
        return Measure(LevelAreas(top, rim_area, wall, floor), volume, out, wall_left)

    def _bare(self, depth: Numbers) -> tuple[Numbers, Numbers]:
        return self.top_shift + self.erosion + depth * self.slope, self.height - depth

    def offsets(self, depths: FloatArray, level: Level) -> FloatArray:
        """Return the offset of a level at some depths below the top plane, m."""
        depths = np.minimum(depths, self.height - depths) if self.through else depths
        return between(level.table(self.deepest), depths)

    def rim_volume(self, plan: Plan, level: Level, *, lower: bool) -> Numbers:
        """Return the volume between the centre of a rounded rim and a level around it, m³.

        Parameters
        ----------
        plan
            As in `measure`.
        level
            The level; any coverage.
        lower
            Whether it is the rim of a through-hole's lower face.
        """
        rc, t, centre = self.rim_radius, self.angle, self.lower_edge if lower else self.top_shift
        turn = math.pi - t if lower else t
        moment = rc**2 / 2 * turn * centre + rc**3 / 3 * (1 + cosine(t) if lower else self.bend)
        bare = plan.perimeter * rc**2 / 2 * turn + 2 * plan.kappa * moment
        return bare + self._rim(plan, level, lower=lower).volume

    def _rim(self, plan: Plan, level: Level, *, lower: bool) -> "_Rim":
        """Return what the arc around a rim adds, between the normals of flat and wall."""
        rc, t, table = self.rim_radius, self.angle, level.table(self.deepest)
        centre = self.lower_edge if lower else self.top_shift
        start, end = (t, math.pi) if lower else (0.0, t)
        breaks = [start, end]
        if level.knots and alike(rc != 0):
            # the rounded part runs through depths, so the offset may have corners inside the arc
            angles = [np.arccos(np.clip(1 - depth / rc, -1.0, 1.0)) for depth, _ in level.knots]
            breaks += [np.clip(math.pi - x if lower else x, start, end) for x in angles]
        ends = np.sort(stacked(*breaks), axis=0)
        sizes = (rc, centre), (plan.perimeter, plan.footprint), *table
        if ends.ndim == 1 and rows_in(sizes):
            ends = ends[:, None]
        middle, half = (ends[1:] + ends[:-1]) / 2, (ends[1:] - ends[:-1]) / 2
        rule = [1, -1, *[1] * (ends.ndim - 1)]
        nodes, weights = _NODES.reshape(rule), _WEIGHTS.reshape(rule)
        phi, weight = middle[:, None] + half[:, None] * nodes, half[:, None] * weights
        round_it = np.sin(phi)
        depth = rc * (1 + np.cos(phi)) if lower else rc * (1 - np.cos(phi))
        offset = between(table, depth)
        radius = rc + offset
        turn = slopes(table, depth) * rc * round_it  # d(offset)/d(phi), sign aside
        rho = centre + radius * round_it
        pieces = (0, 1)
        area = (weight * (plan.perimeter + 2 * plan.kappa * rho) * np.hypot(radius, turn)).sum(axis=pieces)
        ring, cube = (radius**2 - rc**2) / 2, (radius**3 - rc**3) / 3
        moment = centre * ring + round_it * cube
        volume = (weight * (plan.perimeter * ring + 2 * plan.kappa * moment)).sum(axis=pieces)
        furthest = plain(rho.max(axis=pieces))
        if alike((start <= math.pi / 2) & (math.pi / 2 <= end)):
            furthest = larger(furthest, centre + rc + plain(between(table, rc)))
        return _Rim(plain(area), plain(volume), furthest)


def area_growth(plan: Plan, profile: Profile) -> tuple[Numbers, Numbers, Numbers]:
    """Return a, b, c of the area ``a + b d + c d²`` of a sharp relief at the uniform offset d.

    The strips added: flat top, arc around the rim, straight wall between two moving ends, floor (or the lower
    flat with its rim).
    """
    p, kappa, t = plan.perimeter, plan.kappa, profile.angle
    if not plan.elements:
        return plan.footprint, 0.0, 0.0
    sine, bend, edge = profile.sine, profile.bend, profile.top_shift
    if profile.through:
        height = profile.height - 2 * profile.rim_radius
        lower, turn = edge + height * profile.slope, math.pi - t
        start = plan.area_at(edge) + plan.area_at(lower) + height / sine * (p + kappa * (edge + lower))
        linear = p * math.pi + 2 * kappa * (edge * t + lower * turn + height)
        return start, linear, 4 * kappa
    foot, spread = edge + profile.height * profile.slope, profile.half_tangent
    long, along = profile.height / sine, p + kappa * (edge + foot)
    start = plan.area_at(edge) + long * along + plan.footprint - plan.area_at(foot)
    linear = (
        (p + 2 * kappa * edge) * t
        - bend / sine * along
        + kappa * long * (sine + spread)
        - (p + 2 * kappa * foot) * spread
    )
    square = kappa * (2 * bend - bend / sine * (sine + spread) - spread**2)
    return start, linear, square


class _Rim(NamedTuple):
    area: Numbers
    volume: Numbers
    furthest: Numbers
