"""One periodic cell of a relief with vertical walls: areas and film volumes at any offset, exactly.

The surface at offset d from the substrate consists of four strips: the flat top, the arc around the rim,
the wall and the flat floor.  A strip of the profile with length ``l`` and first moment ``m`` (integral of
rho along it) has the area ``p l + 2 kappa m`` when swept around the plan (Steiner, Pappus).

A rounded rim of radius rc is the sharp relief with its plan eroded by rc, seen from offset rc on; floor and
top shift together and the height stays.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from tfgeom.geometry.plan import Plan


class Level(NamedTuple):
    """An offset surface: distance from the bare substrate on the flat top and on the floor, m.

    Between them the distance changes linearly with depth along the wall.
    """

    top: float
    bottom: float


class LevelAreas(NamedTuple):
    """Areas of the four strips of a level surface per unit cell, m²."""

    top: float
    rim: float
    wall: float
    floor: float


@dataclass(frozen=True, slots=True)
class Reach:
    """The offset at which a uniform film would close the relief.

    Attributes
    ----------
    value
        Largest offset, m; infinite for a plane.
    limited_by
        bore, opening, neighbours or depth; None for a plane.
    """

    value: float
    limited_by: str | None


@dataclass(frozen=True, slots=True)
class UnitCell:
    """A plan raised by ``height`` with vertical walls.

    Attributes
    ----------
    kind
        Name of the relief kind.
    plan
        Plan of the unrounded edges (where wall and flat would meet).
    height
        Height of the raised material, m; 0 for a plane.
    rim_radius
        Radius of the rounded rim, m.
    feature_width
        Width of what the kind is named after, m; None for a plane.
    gap
        Smallest distance between facing bare walls, m; None for a plane.
    gap_name
        What that gap is: bore, opening or neighbours; None for a plane.
    pitch, lattice
        Period and lattice, None where the kind has none.
    """

    kind: str
    plan: Plan
    height: float = 0.0
    rim_radius: float = 0.0
    feature_width: float | None = None
    gap: float | None = None
    gap_name: str | None = None
    pitch: float | None = None
    lattice: str | None = None

    @property
    def footprint(self) -> float:
        """Area of the unit cell on the wafer, m²."""
        return self.plan.footprint

    @property
    def sharp_plan(self) -> Plan:
        """The sharp plan whose offset by ``rim_radius`` is the relief."""
        return self.plan.eroded(self.rim_radius) if self.rim_radius else self.plan

    @property
    def area_gain(self) -> float:
        """Area of the bare relief over its footprint."""
        return self.area(Level(0.0, 0.0)) / self.footprint

    @property
    def solid_volume(self) -> float:
        """Volume of the raised material above the floor, m³ per unit cell."""
        rc = self.rim_radius
        rounding = self._sharp_volume((rc, rc)) - self.footprint * rc
        return self.sharp_plan.area * self.height + rounding

    @property
    def reach(self) -> Reach:
        """The offset at which a uniform film closes the gap, or buries the wall."""
        if self.gap is None:
            return Reach(math.inf, None)
        buried = self.height - self.rim_radius
        if self.gap / 2 <= buried:
            return Reach(self.gap / 2, self.gap_name)
        return Reach(buried, "depth")

    def wall_offset(self, level: Level) -> float:
        """Return the largest distance of a level from the bare wall, m."""
        return max(level.top, self.wall_foot(level))

    def wall_foot(self, level: Level) -> float:
        """Return the distance of a level from the bare wall at the floor film's surface, m."""
        if self.height == 0:
            return 0.0
        return level.bottom + (level.top - level.bottom) * level.bottom / self.height

    def strips(self, level: Level) -> LevelAreas:
        """Return the areas of flat top, rim, wall and floor of a level surface, m² per unit cell.

        Parameters
        ----------
        level
            Offsets, m.  With a rounded rim they must be equal: a varying offset is not a parallel surface
            of the eroded plan.
        """
        plan, top, bottom = self._shifted(level)
        a, p, kappa = plan.area, plan.perimeter, plan.kappa
        if not plan.elements:
            return LevelAreas(0.0, 0.0, 0.0, plan.footprint)
        foot = self.wall_foot(Level(top, bottom))
        length = math.hypot(self.height - bottom, top - foot)
        return LevelAreas(
            top=a,
            rim=p * math.pi * top / 2 + 2 * kappa * top**2,
            wall=p * length + kappa * length * (top + foot),
            floor=plan.footprint - a - p * foot - kappa * foot**2,
        )

    def area(self, level: Level) -> float:
        """Return the area of a level surface, m² per unit cell."""
        return sum(self.strips(level))

    def volume(self, level: Level) -> float:
        """Return the volume between the bare relief and a level surface, m³ per unit cell.

        Steiner's formula for the wall, quarter torus for the rim:
        ``a D0 + (F - a) D1 + p [pi D0²/4 + (h - D1)(D0 + w)/2]
        + kappa [2 D0³/3 + (h - D1)(D0² + D0 w + w²)/3]`` with D0 on top, D1 on the floor and w the
        distance from the wall at the floor film's surface.
        """
        if self.rim_radius:
            start = Level(self.rim_radius, self.rim_radius)
            return self._sharp_volume(self._shifted(level)[1:]) - self._sharp_volume(start)
        return self._sharp_volume((level.top, level.bottom))

    def film_volume(self, inner: Level, outer: Level) -> float:
        """Return the volume between two level surfaces, m³ per unit cell."""
        return self.volume(outer) - self.volume(inner)

    def _sharp_volume(self, level: tuple[float, float]) -> float:
        top, bottom = level
        plan = self.sharp_plan
        if not plan.elements:
            return plan.footprint * bottom
        foot = self.wall_foot(Level(top, bottom))
        wall = self.height - bottom
        return (
            plan.area * top
            + (plan.footprint - plan.area) * bottom
            + plan.perimeter * (math.pi * top**2 / 4 + wall * (top + foot) / 2)
            + plan.kappa * (2 * top**3 / 3 + wall * (top**2 + top * foot + foot**2) / 3)
        )

    def _shifted(self, level: Level) -> tuple[Plan, float, float]:
        rc = self.rim_radius
        if rc and level.top != level.bottom:
            raise ValueError("a level of varying offset on a rounded rim has no closed form")
        return self.sharp_plan, level.top + rc, level.bottom + rc
