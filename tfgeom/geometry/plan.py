"""The plan of a relief: its raised material seen from above, as loops and straight bars.

A plan grows with the distance rho from it as ``a + p rho + kappa rho²`` (Steiner's formula for parallel
bodies).  Each element knows its own three numbers; those of a plan are their sum.  Of n reliefs every size
may be an array of shape (n,).
"""

import math
from dataclasses import dataclass, field, replace

from tfgeom.rows import Numbers


@dataclass(frozen=True, slots=True)
class Loop:
    """A circle or regular polygon, either raised material or an opening in it.

    Attributes
    ----------
    inradius
        Radius of the inscribed circle, m.
    opening
        True when the material lies outside the loop.
    sides
        Number of sides of a regular polygon; 0 for a circle.
    """

    inradius: Numbers
    opening: bool
    sides: int = 0

    @property
    def _shape(self) -> float:
        """Area over the squared inradius: pi for a circle, ``n tan(pi/n)`` for a polygon."""
        return math.pi if self.sides == 0 else self.sides * math.tan(math.pi / self.sides)

    @property
    def half_width(self) -> Numbers:
        """Half of its width across flats, m."""
        return self.inradius

    @property
    def area(self) -> Numbers:
        """Area of the raised material it adds, m²; negative for an opening."""
        return (-1 if self.opening else 1) * self._shape * self.inradius**2

    @property
    def perimeter(self) -> Numbers:
        """Length of the loop, m."""
        return 2 * self._shape * self.inradius

    @property
    def kappa(self) -> Numbers:
        """Coefficient of rho² outwards from the material.

        A convex loop rounds its corners (pi, whatever its shape); an opening keeps them sharp and shrinks
        similar to itself, so minus its shape factor: -pi for a circle, ``-sum cot(angle/2)`` for a polygon.
        """
        return -self._shape if self.opening else math.pi

    def eroded(self, distance: Numbers) -> "Loop":
        """Return the loop after the material shrank by ``distance`` (m), corners kept sharp."""
        return replace(self, inradius=self.inradius + (distance if self.opening else -distance))


@dataclass(frozen=True, slots=True)
class Bar:
    """A straight ridge of raised material that runs through the cell along y.

    Attributes
    ----------
    width, length
        m; the length is that of the cell.
    centre
        Where its middle lies in pictures, m from the feature that the kind is named after.
    """

    width: Numbers
    length: Numbers
    centre: Numbers = 0.0

    @property
    def half_width(self) -> Numbers:
        """Half of its width, m."""
        return self.width / 2

    @property
    def area(self) -> Numbers:
        """Area of the ridge, m²."""
        return self.width * self.length

    @property
    def perimeter(self) -> Numbers:
        """Length of its two long edges, m."""
        return 2 * self.length

    @property
    def kappa(self) -> Numbers:
        """Coefficient of rho²: straight edges have none."""
        return 0.0

    def eroded(self, distance: Numbers) -> "Bar":
        """Return the ridge narrower by ``distance`` (m) on both sides."""
        return replace(self, width=self.width - 2 * distance)


@dataclass(frozen=True, slots=True)
class Plan:
    """Raised material of one unit cell.

    Attributes
    ----------
    footprint
        Area of the unit cell, m².
    elements
        Loops and bars; empty for a plane.
    raised_background
        True when everything outside the openings is raised (holes, honeycombs).
    area, perimeter, kappa
        Area of the raised material (m²), length of its edges (m), coefficient of rho².
    """

    footprint: Numbers
    elements: tuple[Loop | Bar, ...] = ()
    raised_background: bool = False
    area: Numbers = field(init=False, repr=False, compare=False)
    perimeter: Numbers = field(init=False, repr=False, compare=False)
    kappa: Numbers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Summed once: every area and volume of every level asks for them.
        background = self.footprint if self.raised_background else 0.0
        object.__setattr__(self, "area", background + sum(element.area for element in self.elements))
        object.__setattr__(self, "perimeter", sum(element.perimeter for element in self.elements))
        object.__setattr__(self, "kappa", sum(element.kappa for element in self.elements))

    def area_at(self, rho: Numbers) -> Numbers:
        """Return the area inside the parallel curve at distance ``rho`` (m) outwards, m², in its shape."""
        return self.area + self.perimeter * rho + self.kappa * rho**2

    def eroded(self, distance: Numbers) -> "Plan":
        """Return the plan after its material shrank by ``distance`` (m) everywhere."""
        return replace(self, elements=tuple(element.eroded(distance) for element in self.elements))

    @property
    def has_axis(self) -> bool:
        """Whether its features stand around an axis, as loops do."""
        return bool(self.elements) and isinstance(self.elements[0], Loop)

    def raised_intervals(self, pitch: float) -> list[tuple[float, float]]:
        """Return where it is raised along a row of features, around the feature at x = 0, m."""
        if not self.elements:
            return []
        first = self.elements[0]
        if isinstance(first, Bar):
            return [(first.centre - first.half_width, first.centre + first.half_width)]
        if self.raised_background:
            return [(first.inradius, pitch - first.inradius)]
        radii = [element.half_width for element in self.elements]
        if len(radii) == 1:
            return [(-radii[0], radii[0])]
        walls = list(zip(radii[::2], radii[1::2], strict=True))  # outside and bore of each tube
        left = [(-outside, -bore) for outside, bore in walls]
        return [*left, *((-b, -a) for a, b in reversed(left))]
