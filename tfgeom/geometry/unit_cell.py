"""One periodic cell of a relief: areas and film volumes at any offset, exactly.

A level surface consists of the flat top, arcs around the rims, the wall and the flat floor (of a
through-hole: the lower face).  For a uniform offset from a straight wall everything is closed: A(d) is a
quadratic, its integral V(d) Simpson's rule, exactly.  Where the offset changes with depth the profile is
integrated (`tfgeom.geometry.profile`).

A rounded rim of radius rc is the sharp relief with its plan eroded by rc tan(t/2), t the angle of the wall,
seen from offset rc on; floor and top shift together and the height stays (a through-hole loses 2 rc).

Of n reliefs of one kind every number may be an array of shape (n,).
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from tfgeom.errors import UnsupportedError
from tfgeom.geometry.curve_rows import FloatArray, rows_in, tubes
from tfgeom.geometry.free_reach import Gap, Obstruction, Reach, gaps_between, narrowest, thinnest_solid
from tfgeom.geometry.from_above import QUARTER_CHORDS, raised_um
from tfgeom.geometry.lattice import Pitch
from tfgeom.geometry.level_pieces import apart
from tfgeom.geometry.plan import Plan
from tfgeom.geometry.profile import Level, LevelAreas, Measure, Profile, area_growth
from tfgeom.geometry.protocol import BorderPlace, Cell
from tfgeom.geometry.size_words import PLAIN, SizeWords
from tfgeom.rows import Bools, Numbers, alike, first_axis, is_rows
from tfgeom.units import UM

__all__ = ["Gap", "Level", "LevelAreas", "Obstruction", "Reach", "UnitCell", "swept_cell"]


@dataclass(frozen=True, slots=True)
class UnitCell:
    """A plan swept along a straight wall.

    Attributes
    ----------
    kind
        Name of the relief kind.
    plan
        Plan of the unrounded edges at the smallest section of the material: the top, of undercut walls the
        foot.
    height
        Height of the raised material, m; 0 for a plane.
    rim_radius
        Radius of the rounded rims, m.
    feature_width
        Width at the top of what the kind is named after, m; None for a plane.
    pitch, lattice
        Period (along x) and lattice, None where the kind has none.
    pitch_y
        Period along y, m; only of a rectangular lattice.
    angle
        Angle of the walls from the wafer plane, rad; below pi/2 the material widens downwards.
    through
        Whether holes go through the wafer and both faces are coated.
    rotation
        Angle by which polygonal sections are turned from a flat towards +x, rad.
    words
        What its sizes are called.
    wall
        Thickness of what the kind calls its wall, m; None without one.
    profile
        The wall with its rims.
    sharp_plan
        The sharp plan whose offset by ``rim_radius`` is the relief.
    gaps
        Distances between facing edges of the sharp plan.
    """

    kind: str
    plan: Plan
    height: Numbers = 0.0
    rim_radius: Numbers = 0.0
    feature_width: Numbers | None = None
    pitch: Numbers | None = None
    lattice: str | None = None
    angle: Numbers = math.pi / 2
    through: bool = False
    rotation: Numbers = 0.0
    words: SizeWords = PLAIN
    wall: Numbers | None = None
    pitch_y: Numbers | None = None
    profile: Profile = field(init=False, repr=False, compare=False)
    sharp_plan: Plan = field(init=False, repr=False, compare=False)
    gaps: tuple[Gap, ...] = field(init=False, repr=False, compare=False)
    _growth: tuple[Numbers, Numbers, Numbers] = field(init=False, repr=False, compare=False)
    _found: list[tuple[Level, Measure]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Made once: every area and volume of every level asks for them.
        profile = Profile(self.height, self.angle, self.rim_radius, self.through)
        object.__setattr__(self, "profile", profile)
        eroded = self.plan.eroded(profile.erosion) if alike(self.rim_radius != 0) else self.plan
        object.__setattr__(self, "sharp_plan", eroded)
        gaps = gaps_between(eroded, self.periods, self.lattice, self.rotation)
        object.__setattr__(self, "gaps", gaps)
        object.__setattr__(self, "_growth", area_growth(eroded, profile))
        object.__setattr__(self, "_found", [])

    @property
    def periods(self) -> Pitch | None:
        """Period of the lattice, m; of a rectangular one that along x and that along y."""
        return self.pitch if self.pitch is None or self.pitch_y is None else (self.pitch, self.pitch_y)

    @property
    def footprint(self) -> Numbers:
        """Area of the unit cell on the wafer, m²."""
        return self.plan.footprint

    @property
    def is_flat(self) -> bool:
        """Whether there is no relief at all."""
        return not self.plan.elements

    @property
    def is_vertical(self) -> bool:
        """Whether the walls stand upright."""
        return self.profile.is_vertical

    @property
    def has_corners(self) -> bool:
        """Whether its surface has edges, at which fields are singular."""
        return not self.is_flat

    @property
    def border_places(self) -> tuple[BorderPlace, ...]:
        """Which flats go on into the next cell: a through-hole's lower face counts as floor.

        The floor around what stands, the top around openings, both beside ridges that run through.
        """
        if self.is_flat:
            return ()
        if self.through or not self.plan.has_axis:
            return ("floor", "top")
        return ("top",) if self.plan.raised_background else ("floor",)

    @property
    def first_edge(self) -> Numbers:
        """Distance of the first rim from the axis, or from the middle of a ridge, m; 0 for a plane."""
        return 0.0 if self.is_flat else self.plan.elements[0].half_width

    @property
    def area_gain(self) -> Numbers:
        """Area of the bare relief over its footprint."""
        return self.area(Level(0.0, 0.0)) / self.footprint

    @property
    def solid_volume(self) -> Numbers:
        """Volume of the raised material above the floor, m³ per unit cell."""
        rc, plan, profile = self.rim_radius, self.sharp_plan, self.profile
        if self.is_flat:
            return 0.0
        height = self.height - 2 * rc if self.through else self.height
        ends = (profile.top_shift + share * height * profile.slope for share in (0.0, 0.5, 1.0))
        top, middle, foot = map(plan.area_at, ends)
        solid = height / 6 * (top + 4 * middle + foot)
        shell = self._sharp_volume(rc)
        return solid + (shell if self.through else shell - self.footprint * rc)

    @property
    def gap(self) -> Numbers | None:
        """Smallest distance between facing bare walls, m; None for a plane."""
        return self.gap_left(Level(0.0, 0.0))

    @property
    def thinnest_solid(self) -> Numbers | None:
        """Thickness of the raised material where it is thinnest, between unrounded edges, m."""
        return thinnest_solid(self.plan, self.periods, self.lattice, self.rotation)

    @property
    def feature_aspect_ratio(self) -> Numbers | None:
        """Height over the width of the feature; None for a plane."""
        return None if self.feature_width is None else self.height / self.feature_width

    @property
    def gap_aspect_ratio(self) -> Numbers | None:
        """Height over the smallest gap; None for a plane."""
        return None if self.gap is None else self.height / self.gap

    @property
    def _narrowest(self) -> Gap:
        return narrowest(self.gaps)

    @property
    def reach(self) -> Reach:
        """The offset at which a uniform film closes the gap, or buries the wall."""
        if not self.gaps:
            return Reach(math.inf, None)
        rc, profile = self.rim_radius, self.profile
        width, name = self._narrowest
        if not self.through and alike(profile.slope > 0):
            # the flat floor film closes before the walls above it meet
            found = [((width / 2 - self.height * profile.slope) / profile.half_tangent - rc, "floor")]
        else:
            found = [(width / 2 - profile.reach_out(0.0), name)]
        if not self.through:
            found.append((self.height / profile.bend - rc, "depth"))
            if alike(found[1][0] < found[0][0]):
                return Reach(*found[1])
        return Reach(*found[0])

    def reach_out(self, level: Level) -> Numbers:
        """Return how far a level reaches out from the sharp plan, m along the wafer."""
        return self.profile.reach_out(level.top) if level.is_uniform else self._measure(level).reach_out

    def gap_left(self, level: Level) -> Numbers | None:
        """Return the smallest width left between coated walls above the floor film, m; None for a plane."""
        return None if not self.gaps else self._narrowest.width - 2 * self.reach_out(level)

    def obstruction(self, level: Level) -> Obstruction | None:
        """Return what keeps a level from existing, if anything: a closed gap or a buried wall."""
        gap = self.gap_left(level)
        if gap is not None and alike(gap <= 0):
            width = 0.0 if self.gap is None else self.gap
            # at the narrowest place, so that what is taken exceeds what is there
            return Obstruction("closes", self._narrowest.place, width, width - gap)
        if not (self.is_flat or self.through):
            left = self._wall_left(level)
            if alike(left <= 0):
                # where the film on the wall begins, below that around the rim
                return Obstruction("buries", "the wall", level.bottom + left, level.bottom)
        return None

    def has_room(self, level: Level) -> bool | Bools:
        """Return whether a level exists: its gap is open and its wall not buried."""
        gap = self.gap_left(level)
        open_gap = True if gap is None else gap > 0
        return open_gap if self.is_flat or self.through else open_gap & (self._wall_left(level) > 0)

    def _wall_left(self, level: Level) -> Numbers:
        """Return how much of the wall stands above the floor film, m."""
        if level.is_uniform:
            return self.height - (level.top + self.rim_radius) * self.profile.bend
        return self._measure(level).wall_left

    def strips(self, level: Level) -> LevelAreas:
        """Return the areas of flat top, rim, wall and floor of a level surface, m² per unit cell."""
        if self.is_flat:
            return LevelAreas(0.0, 0.0, 0.0, self.footprint)
        if level.is_uniform:
            return self._sharp_strips(level.top + self.rim_radius)
        return self._measure(level).areas

    def area(self, level: Level) -> Numbers:
        """Return the area of a level surface, m² per unit cell."""
        if not level.is_uniform:
            return sum(self.strips(level))
        start, linear, square = self._growth
        d = level.top + self.rim_radius
        return start + d * (linear + d * square)

    def volume(self, level: Level) -> Numbers:
        """Return the volume between the bare relief and a level surface, m³ per unit cell."""
        if self.is_flat:
            return self.footprint * level.bottom
        if level.is_uniform:
            rc = self.rim_radius
            return self._sharp_volume(level.top + rc) - self._sharp_volume(rc)
        return self._measure(level).volume

    @property
    def raised_intervals(self) -> list[tuple[float, float]]:
        """Where the sharp relief is raised along a row of features, around the feature at x = 0, m."""
        return self.sharp_plan.raised_intervals(self.pitch or 0.0)

    def outline(self, level: Level, chords: int) -> FloatArray:
        """Return a level in the section through the axes, over one cell; see `Cell.outline`."""
        if self.is_flat:
            half = math.sqrt(self.footprint) / 2
            return np.array([[-half, level.bottom], [half, level.bottom]])
        edge = self.profile.edge(level, chords)
        sides = [
            side
            for left, right in self.raised_intervals
            for side in (np.column_stack((left - edge[::-1, 0], edge[::-1, 1])), np.add(edge, (right, 0.0)))
        ]
        return np.concatenate(sides)

    def from_above(self, level: Level, window: Any) -> Any:
        """Return what lies below a level, cut at half the height; see `Cell.from_above`."""
        import shapely

        edge = self.profile.edge(level, QUARTER_CHORDS)
        # the curve runs downwards, np.interp wants heights that rise
        distance = float(np.interp(self.height / 2, edge[::-1, 1], edge[::-1, 0]))
        raised = raised_um(self.sharp_plan, self.periods or 0.0, self.lattice, self.rotation, window)
        return shapely.buffer(raised, distance / UM, quad_segs=QUARTER_CHORDS)

    @property
    def lines_from_above(self) -> tuple[()]:
        """None: its walls show."""
        return ()

    @property
    def deepest(self) -> Numbers:
        """Depth of the point farthest from a face, m: the floor, or the middle of a through-hole."""
        return self.profile.deepest

    def current_tubes(self, level: Level, slices: int) -> FloatArray:
        """Return the areas at a level of the tubes of current side by side, m².

        The flat top with the rims, ``slices`` of the wall equal in bare height, and the floor.
        """
        strips = self.strips(level)
        if self.is_flat:
            return tubes(strips.floor)
        wall, flat = self.wall_slices(level, slices), strips.top + strips.rim
        return tubes(flat + strips.floor, *wall) if self.through else tubes(flat, *wall, strips.floor)

    def tube_thicknesses(self, inner: Level, outer: Level, slices: int) -> FloatArray:
        """Return how far two levels are apart along their normal in each of their `current_tubes`, m."""
        floor = outer.bottom - inner.bottom
        if self.is_flat:
            return tubes(floor)
        wall, top = self.slice_thicknesses(inner, outer, slices), outer.top - inner.top
        return tubes(top, *wall) if self.through else tubes(top, *wall, floor)

    def wall_slices(self, level: Level, slices: int) -> FloatArray:
        """Return the areas of wall slices of a level, equal in bare height, from the top, m², (slices,)."""
        plan = self.sharp_plan
        points = self._slice_ends(level, slices)
        steps = np.diff(points, axis=0)
        length, middle = (
            first_axis(one, plan.perimeter)
            for one in (np.hypot(steps[:, 0], steps[:, 1]), (points[:-1, 0] + points[1:, 0]) / 2)
        )
        return np.asarray(length * (plan.perimeter + 2 * plan.kappa * middle))

    def slice_thicknesses(self, inner: Level, outer: Level, slices: int) -> FloatArray:
        """Return how far two levels are apart along their normal in each of their wall slices, m."""
        return apart(self._slice_ends(inner, slices), self._slice_ends(outer, slices))

    def _slice_ends(self, level: Level, slices: int) -> FloatArray:
        """Return the points of a level between its wall slices, (rho, z), m, shape (slices + 1, 2)."""
        profile = self.profile
        end = profile.wall_end if self.through else profile.depth_of_floor_film(level)
        return profile.wall_points(np.linspace(profile.wall_start, end, slices + 1), level)

    def _measure(self, level: Level) -> Measure:
        """Return what a level has and holds: a film's is asked for room, area, strips and volume."""
        plan, profile = self.sharp_plan, self.profile
        sizes = (profile.height, profile.angle), (profile.rim_radius, plan.perimeter), level[:2]
        if not rows_in(sizes) and not is_rows(plan.footprint):
            return _measured(profile, plan, level)
        found = next((measure for known, measure in self._found if known is level), None)
        if found is None:
            found = profile.measure(plan, level)
            self._found[:] = [(level, found), *self._found[:7]]
        return found

    def _sharp_strips(self, d: Numbers) -> LevelAreas:
        """Return the strips of the sharp relief at a uniform offset (closed form for a straight wall)."""
        plan, profile, t = self.sharp_plan, self.profile, self.angle
        p, kappa, edge = plan.perimeter, plan.kappa, profile.top_shift
        sine, bend = profile.sine, profile.bend
        rim = p * t * d + 2 * kappa * (edge * t * d + bend * d**2)
        if self.through:
            height = self.height - 2 * self.rim_radius
            lower = edge + height * profile.slope
            turn = math.pi - t
            rim += p * turn * d + 2 * kappa * (lower * turn * d + (2 - bend) * d**2)
            length = height / sine
            wall = p * length + kappa * length * (edge + lower + 2 * d * sine)
            return LevelAreas(plan.area_at(edge), rim, wall, plan.area_at(lower))
        length = (self.height - bend * d) / sine
        foot = (self.height - d) * profile.slope + d / sine
        wall = p * length + kappa * length * (2 * edge + d * sine + foot)
        return LevelAreas(plan.area_at(edge), rim, wall, plan.footprint - plan.area_at(edge + foot))

    def _sharp_volume(self, d: Numbers) -> Numbers:
        """Return the volume up to a uniform offset of the sharp relief, the integral of its area."""
        start, linear, square = self._growth
        return d * (start + d * (linear / 2 + d * square / 3))


@lru_cache(maxsize=64)
def _measured(profile: Profile, plan: Plan, level: Level) -> Measure:
    """Return what a level of one relief has and holds."""
    return profile.measure(plan, level)


def swept_cell(cell: Cell, feature: str) -> UnitCell:
    """Return a cell as a plan swept along a wall; say that ``feature`` is not yet there for another one.

    Raises
    ------
    UnsupportedError
        When it is another kind of cell.
    """
    if isinstance(cell, UnitCell):
        return cell
    raise UnsupportedError.at("relief.kind", f"not yet supported: {feature} of kind {cell.kind}")
