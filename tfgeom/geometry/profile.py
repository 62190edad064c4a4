"""The profile of a relief and its level curves, measured exactly when swept around a plan.

Coordinates: rho is the distance from the plan's smallest section, z the height above the bare floor (of a
through-hole: above the lower face).  A level curve consists of arcs around the rims, straight pieces along
the wall (the offset is piecewise linear in depth, so the curve is a polyline) and flats.  A curve of length
l and first moment m (integral of rho along it) has the area ``p l + 2 kappa m`` when swept around a plan of
perimeter p, a region of area s and first moment m the volume ``p s + 2 kappa m`` (Steiner, Pappus).
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.plan import Plan

FloatArray = NDArray[np.float64]

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

    top: float
    bottom: float
    knots: tuple[tuple[float, float], ...] = ()

    @property
    def is_uniform(self) -> bool:
        """Whether the distance is the same everywhere."""
        if self.top != self.bottom:
            return False
        return not self.knots or all(offset == self.top for _, offset in self.knots)

    def table(self, deepest: float) -> tuple[tuple[float, float], ...]:
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
        if not (self.knots or other.knots):
            top, bottom = ((1 - share) * a + share * b for a, b in zip(self[:2], other[:2], strict=True))
            return Level(top, bottom)
        depths = np.unique([depth for depth, _ in (*self.table(deepest), *other.table(deepest))])
        inner, outer = (np.interp(depths, *level.depths_and_offsets(deepest)) for level in (self, other))
        mixed = (1 - share) * inner + share * outer
        knots = tuple(zip(depths[1:-1].tolist(), mixed[1:-1].tolist(), strict=True))
        return Level(float(mixed[0]), float(mixed[-1]), knots)


class LevelAreas(NamedTuple):
    """Areas of the strips of a level surface per unit cell, m²; of a through-hole floor is the lower face."""

    top: float
    rim: float
    wall: float
    floor: float


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
    volume: float
    reach_out: float
    wall_left: float


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

    height: float
    angle: float = math.pi / 2
    rim_radius: float = 0.0
    through: bool = False

    @property
    def slope(self) -> float:
        """How far the wall moves out per depth, cot(angle); exactly 0 for a vertical wall."""
        return 0.0 if self.is_vertical else 1 / math.tan(self.angle)

    @property
    def is_vertical(self) -> bool:
        """Whether the wall stands upright; its sines and tangents are then exactly 1."""
        return self.angle == math.pi / 2

    @property
    def sine(self) -> float:
        """Sine of the angle."""
        return 1.0 if self.is_vertical else math.sin(self.angle)

    @property
    def bend(self) -> float:
        """``1 - cos(angle)``: how much wall a unit of offset takes between top and floor film."""
        return 1.0 if self.is_vertical else 1 - math.cos(self.angle)

    @property
    def half_tangent(self) -> float:
        """``tan(angle/2)``."""
        return 1.0 if self.is_vertical else math.tan(self.angle / 2)

    @property
    def top_shift(self) -> float:
        """How far the top edge lies outside the smallest section, m (only of undercut walls)."""
        return max(0.0, -self.height * self.slope)

    @property
    def erosion(self) -> float:
        """How far the plan recedes at the top so that an offset by the rim radius restores it, m."""
        return self.rim_radius * self.half_tangent

    @property
    def deepest(self) -> float:
        """Depth of the point farthest from a face, m: the floor, or the middle of a through-hole."""
        return self.height / 2 if self.through else self.height

    @property
    def highest_rim(self) -> float:
        """Rim radius from which on no wall is left between the rims and the floor, m."""
        return self.height / (2.0 if self.through else self.bend)

    @property
    def wall_start(self) -> float:
        """Depth at which the rim ends, m."""
        return self.rim_radius * self.bend

    @property
    def wall_end(self) -> float:
        """Depth at which the wall ends, m."""
        lower = self.rim_radius * (2 - self.bend) if self.through else 0.0
        return self.height - lower

    @property
    def lower_edge(self) -> float:
        """Position rho of the lower flat's edge in a through-hole, relative to the eroded plan, m."""
        start = self.top_shift + self.erosion + (self.height - self.rim_radius) * self.slope
        return start - self.rim_radius / self.sine

    def reach_out(self, offset: float) -> float:
        """Return the largest rho of the level at a uniform offset, m.

        Upright and undercut walls reach out furthest at the top, leaning ones at the floor, or around the rim
        of a through-hole's lower face.
        """
        distance = self.rim_radius + offset
        if self.slope <= 0:
            return self.top_shift + distance
        if self.through:
            return (self.height - 2 * self.rim_radius) * self.slope + distance
        return self.height * self.slope + distance * self.half_tangent

    def wall_points(self, depths: FloatArray, level: Level) -> FloatArray:
        """Return points (rho, z) of a level curve above bare wall points at ``depths``, shape (n, 2)."""
        offset = self.offsets(depths, level)
        rho = self.top_shift + self.erosion + depths * self.slope + offset * self.sine
        return np.column_stack((rho, self.height - depths + offset * (1 - self.bend)))

    def wall_line(self, level: Level) -> FloatArray:
        """Return the level curve along the wall as a polyline (rho, z) from the rim to the floor film."""
        depths = [self.wall_start, self.wall_end, *(depth for depth, _ in level.knots)]
        if self.through:
            depths += [self.height / 2, *(self.height - depth for depth, _ in level.knots)]
        inside = [d for d in depths if self.wall_start <= d <= self.wall_end]
        points = self.wall_points(np.unique(inside), level)
        return points if self.through else _cut_below(points, level.bottom)

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

    def depth_of_floor_film(self, level: Level) -> float:
        """Return the depth of the bare wall point whose level point meets the floor film, m."""
        depths = np.unique([self.wall_start, self.wall_end, *(depth for depth, _ in level.knots)])
        heights = self.wall_points(depths, level)[:, 1]
        # heights fall with depth; np.interp wants them rising
        return float(np.interp(level.bottom, heights[::-1], depths[::-1]))

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
        rim = self._rim(plan, level, lower=False)
        steps = np.diff(line, axis=0)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        middle = (line[:-1, 0] + line[1:, 0]) / 2
        wall = float(np.sum(lengths * (p + 2 * kappa * middle)))
        top = plan.area_at(shift)
        volume = top * level.top + rim.volume
        if self.through:
            lower = self._rim(plan, level, lower=True)
            bare = [self._bare(self.wall_end), self._bare(self.wall_start)]
            floor = plan.area_at(self.lower_edge)
            volume += lower.volume + floor * level.top
            rim_area, furthest, wall_left = rim.area + lower.area, lower.furthest, math.inf
        else:
            bare = [self._bare(self.height - level.bottom), self._bare(self.wall_start)]
            floor = plan.footprint - plan.area_at(float(line[-1, 0]))
            ends = [self._bare(self.height - z)[0] for z in (0.0, level.bottom / 2, level.bottom)]
            covered = [plan.footprint - plan.area_at(rho) for rho in ends]
            volume += level.bottom / 6 * (covered[0] + 4 * covered[1] + covered[2])
            rim_area, furthest = rim.area, -math.inf
            wall_left = float(line[0, 1]) - level.bottom
        area, moment = _polygon(np.vstack((line, bare)))
        volume += p * area + 2 * kappa * moment
        out = max(rim.furthest, furthest, float(line[:, 0].max()))
        return Measure(LevelAreas(top, rim_area, wall, floor), volume, out, wall_left)

    def _bare(self, depth: float) -> tuple[float, float]:
        return self.top_shift + self.erosion + depth * self.slope, self.height - depth

    def offsets(self, depths: FloatArray, level: Level) -> FloatArray:
        """Return the offset of a level at some depths below the top plane, m."""
        depths = np.minimum(depths, self.height - depths) if self.through else depths
        return np.interp(depths, *level.depths_and_offsets(self.deepest))

    def rim_volume(self, plan: Plan, level: Level, *, lower: bool) -> float:
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
        moment = rc**2 / 2 * turn * centre + rc**3 / 3 * (1 + math.cos(t) if lower else self.bend)
        bare = plan.perimeter * rc**2 / 2 * turn + 2 * plan.kappa * moment
        return bare + self._rim(plan, level, lower=lower).volume

    def _rim(self, plan: Plan, level: Level, *, lower: bool) -> "_Rim":
        """Return what the arc around a rim adds, between the normals of flat and wall."""
        rc, t, table = self.rim_radius, self.angle, level.depths_and_offsets(self.deepest)
        centre = self.lower_edge if lower else self.top_shift
        start, end = (t, math.pi) if lower else (0.0, t)
        breaks = [start, end]
        if rc:
            # the rounded part runs through depths, so the offset may have corners inside the arc
            turns = [1 - depth / rc for depth, _ in level.knots if depth < 2 * rc]
            angles = [math.acos(turn) for turn in turns]
            turned = [math.pi - x if lower else x for x in angles]
            breaks += [x for x in turned if start < x < end]
        breaks.sort()
        area = volume = 0.0
        furthest = -math.inf
        for low, high in pairwise(breaks):
            phi = (low + high) / 2 + (high - low) / 2 * _NODES
            weight = (high - low) / 2 * _WEIGHTS
            depth = rc * (1 + np.cos(phi)) if lower else rc * (1 - np.cos(phi))
            offset = np.interp(depth, *table)
            radius = rc + offset
            turn = self._offset_slopes(depth, level) * rc * np.sin(phi)  # d(offset)/d(phi), sign aside
            rho = centre + radius * np.sin(phi)
            area += float(weight @ ((plan.perimeter + 2 * plan.kappa * rho) * np.hypot(radius, turn)))
            ring, cube = (radius**2 - rc**2) / 2, (radius**3 - rc**3) / 3
            moment = centre * ring + np.sin(phi) * cube
            volume += float(weight @ (plan.perimeter * ring + 2 * plan.kappa * moment))
            furthest = max(furthest, float(rho.max()))
        if start <= math.pi / 2 <= end:
            furthest = max(furthest, centre + rc + float(np.interp(rc, *table)))
        return _Rim(area, volume, furthest)

    def _offset_slopes(self, depths: FloatArray, level: Level) -> FloatArray:
        known, offsets = level.depths_and_offsets(self.deepest)
        piece = np.clip(np.searchsorted(known, depths, side="right") - 1, 0, len(known) - 2)
        return np.asarray((np.diff(offsets) / np.diff(known))[piece])


def area_growth(plan: Plan, profile: Profile) -> tuple[float, float, float]:
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
    area: float
    volume: float
    furthest: float


def _cut_below(points: FloatArray, z: float) -> FloatArray:
    """Return a polyline that descends, ended where it first meets the height ``z``."""
    below = np.flatnonzero(points[:, 1] <= z)
    if not below.size or below[0] == 0:
        return points if not below.size else points[:1]
    last = int(below[0])
    (rho0, z0), (rho1, z1) = points[last - 1], points[last]
    share = (z0 - z) / (z0 - z1)
    return np.vstack((points[:last], [rho0 + share * (rho1 - rho0), z]))


def _polygon(points: FloatArray) -> tuple[float, float]:
    """Return area and first moment about rho = 0 of a polygon, positive if it runs clockwise (shoelace).

    Where a film reaches above the relief its level curve turns around, and what it encloses counts less.
    """
    rho, z = points[:, 0], points[:, 1]
    rho1, z1 = np.roll(rho, -1), np.roll(z, -1)
    cross = rho1 * z - rho * z1
    return float(cross.sum()) / 2, float(((rho + rho1) * cross).sum()) / 6
