"""A wavy surface z = A cos(k x), as of flexible foils: a cell with the same answers as `UnitCell`.

A parallel curve of a periodic wave is as long as the wave itself as long as it does not fold (what the
crests gain the valleys lose), so a uniform film has the volume A(0) d and the area A(0), exactly.
"""

import math
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tfgeom.geometry.curve_rows import FloatArray, between, curve_points, rows_in
from tfgeom.geometry.free_reach import Obstruction, Reach
from tfgeom.geometry.level_pieces import apart
from tfgeom.geometry.plan import Plan
from tfgeom.geometry.profile import Level, LevelAreas
from tfgeom.geometry.size_words import PLAIN, SizeWords
from tfgeom.rows import Bools, Numbers, alike, larger, plain

_POINTS = 512  # the trapezoidal rule of a smooth periodic function converges faster than any power

_CURVE_CHORDS = 16  # pieces of a wave to one of a rim


@dataclass(frozen=True, slots=True)
class WaveCell:
    """One period of a wave, a period wide.

    Attributes
    ----------
    amplitude
        Half the height from valley to peak, m.
    period
        m.
    words
        What its sizes are called.
    """

    amplitude: Numbers
    period: Numbers
    words: SizeWords = PLAIN

    kind: ClassVar[str] = "wave"
    rim_radius: ClassVar[float] = 0.0
    lattice: ClassVar[None] = None
    gap: ClassVar[None] = None
    wall: ClassVar[None] = None
    thinnest_solid: ClassVar[None] = None
    angle: ClassVar[None] = None
    border_places: ClassVar[tuple[()]] = ()
    first_edge: ClassVar[float] = 0.0
    has_corners: ClassVar[bool] = False
    is_flat: ClassVar[bool] = False
    is_vertical: ClassVar[bool] = False
    through: ClassVar[bool] = False

    @property
    def footprint(self) -> Numbers:
        """Area of the unit cell on the wafer, m²."""
        return self.period**2

    @property
    def plan(self) -> Plan:
        """A wave raises no material with an edge."""
        return Plan(self.footprint)

    @property
    def sharp_plan(self) -> Plan:
        """The same: there is nothing to round."""
        return self.plan

    @property
    def pitch(self) -> Numbers:
        """Period of the relief, m."""
        return self.period

    @property
    def periods(self) -> Numbers:
        """The same: it has one."""
        return self.period

    @property
    def height(self) -> Numbers:
        """From valley to peak, m."""
        return 2 * self.amplitude

    @property
    def feature_width(self) -> Numbers:
        """Width of one wave, m."""
        return self.period

    @property
    def feature_aspect_ratio(self) -> Numbers:
        """Valley to peak over period."""
        return self.height / self.period

    @property
    def gap_aspect_ratio(self) -> Numbers:
        """The same: a wave has no gap of its own."""
        return self.feature_aspect_ratio

    @property
    def solid_volume(self) -> Numbers:
        """Volume of the material above the valleys, m³ per unit cell."""
        return self.amplitude * self.footprint

    @property
    def area_gain(self) -> Numbers:
        """Arc length over period: ``(2/pi) E(m)`` with ``m = -(A k)²``, the complete elliptic integral."""
        from scipy.special import ellipe

        return 2 / math.pi * plain(ellipe(-((self.amplitude * self._wave_number) ** 2)))

    @property
    def reach(self) -> Reach:
        """The smallest radius of curvature, in the valley."""
        return Reach(1 / (self.amplitude * self._wave_number**2), "curvature")

    @property
    def _wave_number(self) -> Numbers:
        return 2 * math.pi / self.period

    def obstruction(self, level: Level) -> Obstruction | None:
        """Return what keeps a level from existing, if anything."""
        thickest, radius = _thickest(level), self.reach.value
        if alike(thickest < radius):
            return None
        return Obstruction("folds", "the valley, by its radius of curvature", radius, thickest)

    def has_room(self, level: Level) -> bool | Bools:
        """Return whether a level exists: it does not fold in the valley."""
        return _thickest(level) < self.reach.value

    def gap_left(self, level: Level) -> None:
        """A wave has no gap."""

    def area(self, level: Level) -> Numbers:
        """Return the area of a level surface, m² per unit cell."""
        if level.is_uniform:
            return self.area_gain * self.footprint
        points, _ = self._curve(level)
        steps = np.diff(points, axis=0)
        return plain(np.hypot(steps[:, 0], steps[:, 1]).sum(axis=0)) * self.period

    def strips(self, level: Level) -> LevelAreas:
        """Return the area of a level surface as one wall, m² per unit cell."""
        return LevelAreas(0.0, 0.0, self.area(level), 0.0)

    def volume(self, level: Level) -> Numbers:
        """Return the volume between the bare wave and a level surface, m³ per unit cell."""
        if level.is_uniform:
            return self.area_gain * self.footprint * level.top
        _, per_length = self._curve(level)
        return per_length * self.period

    @property
    def deepest(self) -> Numbers:
        """Depth of the valley below the peak, m."""
        return self.height

    def current_tubes(self, level: Level, slices: int) -> FloatArray:
        """Return the areas of slices of a level, equal in x, m², shape (slices,)."""
        points, _ = self._curve(level, slices)
        steps = np.diff(points, axis=0)
        return np.asarray(np.hypot(steps[:, 0], steps[:, 1]) * self.period)

    def tube_thicknesses(self, inner: Level, outer: Level, slices: int) -> FloatArray:
        """Return how far two levels are apart along their normal in each of their slices, m, (slices,)."""
        return apart(self.curve(inner, slices), self.curve(outer, slices))

    def offsets(self, x: FloatArray, level: Level) -> FloatArray:
        """Return the offset of a level above places of the bare wave, m."""
        depth = self.amplitude * (1 - np.cos(self._wave_number * x))
        return between(level.table(self.deepest), depth)

    @property
    def raised_intervals(self) -> list[tuple[float, float]]:
        """None: a wave has no flat top."""
        return []

    def curve(self, level: Level, points: int) -> FloatArray:
        """Return a level curve over one period from peak to peak, shape (points + 1, 2), m."""
        return self._curve(level, points)[0]

    def outline(self, level: Level, chords: int) -> FloatArray:
        """Return a level in the section along the wave, from peak to before the next; see `Cell.outline`."""
        return self.curve(level, _CURVE_CHORDS * chords)[:-1]

    def from_above(self, level: Level, window: Any) -> Any:
        """Return all of the window: nothing of a wave is cut."""
        return window

    @property
    def lines_from_above(self) -> tuple[tuple[float, str], ...]:
        """Its crest and its valley."""
        return ((0.0, "crest"), (self.period / 2, "valley"))

    def _curve(self, level: Level, pieces: int = _POINTS) -> tuple[FloatArray, Numbers]:
        """Return points of the level curve, (pieces + 1, 2), and its area above the bare wave, m²."""
        k = self._wave_number
        x = np.linspace(0.0, self.period, pieces + 1)
        if x.ndim == 1 and rows_in(((self.amplitude, level.top), (0.0, level.bottom))):
            x = x[:, None]
        slope = -self.amplitude * k * np.sin(k * x)
        stretch = np.hypot(1.0, slope)
        normal = np.stack((-slope, np.ones_like(slope)), axis=1) / stretch[:, None]
        offset = self.offsets(x, level)
        height = self.amplitude * (1 + np.cos(k * x))
        bend = -self.amplitude * k**2 * np.cos(k * x) / stretch**3  # curvature, negative at a crest
        film = (offset - bend * offset**2 / 2) * stretch
        per_length = plain(np.sum(film[:-1], axis=0)) * self.period / pieces
        return curve_points(x, height) + offset[:, None] * normal, per_length


def _thickest(level: Level) -> Numbers:
    return reduce(larger, (level.top, level.bottom, *(offset for _, offset in level.knots)), 0.0)
