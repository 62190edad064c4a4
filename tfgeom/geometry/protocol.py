"""What every unit cell answers: the contract between a relief and whoever lays films, meshes or draws.

Nobody outside `tfgeom.geometry` and `tfgeom.reliefs` asks which class or kind a cell is; what differs from
kind to kind is a question here.
"""

from typing import Any, Literal, Protocol, runtime_checkable

from tfgeom.geometry.curve_rows import FloatArray
from tfgeom.geometry.free_reach import Obstruction, Reach
from tfgeom.geometry.lattice import Pitch
from tfgeom.geometry.plan import Plan
from tfgeom.geometry.profile import Level, LevelAreas
from tfgeom.geometry.size_words import SizeWords
from tfgeom.rows import Bools, Numbers

BorderPlace = Literal["floor", "top"]
"""A flat that crosses the border of the unit cell."""


@runtime_checkable
class Cell(Protocol):
    """One periodic cell of a relief.  Lengths in m, areas and volumes per unit cell.

    Of n reliefs of one kind every number may be an array of shape (n,); what belongs to tubes of current then
    has the shape (tubes, n).
    """

    @property
    def kind(self) -> str:
        """Name of the relief kind."""

    @property
    def words(self) -> SizeWords:
        """What its sizes are called."""

    @property
    def footprint(self) -> Numbers:
        """Area of the unit cell on the wafer, m²."""

    @property
    def pitch(self) -> Numbers | None:
        """Period along x, m; None for a plane."""

    @property
    def periods(self) -> Pitch | None:
        """Period of the lattice, m: of a rectangular one that along x and that along y; None for a plane."""

    @property
    def lattice(self) -> str | None:
        """``square``, ``hexagonal`` or ``rectangular``; None where the kind has none."""

    @property
    def height(self) -> Numbers:
        """From the lowest to the highest place, m; 0 for a plane."""

    @property
    def deepest(self) -> Numbers:
        """Depth of the point farthest from a face, m."""

    @property
    def rim_radius(self) -> Numbers:
        """Radius of the rounded rims, m."""

    @property
    def angle(self) -> Numbers | None:
        """Angle of the walls from the wafer plane, rad; None without straight walls."""

    @property
    def is_vertical(self) -> bool:
        """Whether the walls stand upright."""

    @property
    def through(self) -> bool:
        """Whether there is a lower face instead of a floor, and both faces are coated."""

    @property
    def feature_width(self) -> Numbers | None:
        """Width at the top of what the kind is named after, m; None for a plane."""

    @property
    def wall(self) -> Numbers | None:
        """Thickness of what the kind calls its wall, m; None without one."""

    @property
    def thinnest_solid(self) -> Numbers | None:
        """Thickness of the raised material where it is thinnest, m; None without edges."""

    @property
    def is_flat(self) -> bool:
        """Whether there is no relief at all."""

    @property
    def has_corners(self) -> bool:
        """Whether its surface has edges, at which fields are singular."""

    @property
    def border_places(self) -> tuple[BorderPlace, ...]:
        """Which flats go on into the next cell; none where collectors are contacted everywhere."""

    @property
    def plan(self) -> Plan:
        """What is raised, seen from above; without elements where nothing is raised with an edge."""

    @property
    def sharp_plan(self) -> Plan:
        """The sharp plan whose offset by ``rim_radius`` is the relief."""

    @property
    def area_gain(self) -> Numbers:
        """Area of the bare relief over its footprint."""

    @property
    def solid_volume(self) -> Numbers:
        """Volume of the material above the lowest place, m³."""

    @property
    def gap(self) -> Numbers | None:
        """Smallest distance between facing bare walls, m; None without any."""

    @property
    def feature_aspect_ratio(self) -> Numbers | None:
        """Height over the width of the feature; None for a plane."""

    @property
    def gap_aspect_ratio(self) -> Numbers | None:
        """Height over the smallest gap; None for a plane."""

    @property
    def reach(self) -> Reach:
        """The offset at which a uniform film closes, buries or folds."""

    def gap_left(self, level: Level) -> Numbers | None:
        """Return the smallest width left between coated walls above the floor film, m."""

    def obstruction(self, level: Level) -> Obstruction | None:
        """Return what keeps a level from existing, if anything."""

    def has_room(self, level: Level) -> bool | Bools:
        """Return whether nothing keeps a level from existing: `obstruction` without its words."""

    def strips(self, level: Level) -> LevelAreas:
        """Return the areas of flat top, rim, wall and floor of a level surface, m²."""

    def area(self, level: Level) -> Numbers:
        """Return the area of a level surface, m²."""

    def volume(self, level: Level) -> Numbers:
        """Return the volume between the bare relief and a level surface, m³."""

    def current_tubes(self, level: Level, slices: int) -> FloatArray:
        """Return the areas at a level of the tubes of current side by side, m²."""

    def tube_thicknesses(self, inner: Level, outer: Level, slices: int) -> FloatArray:
        """Return how far two levels are apart along their normal in each of their `current_tubes`, m."""

    @property
    def first_edge(self) -> Numbers:
        """Distance of the first rim from the axis, or from the middle of a ridge, m; 0 without a rim."""

    @property
    def raised_intervals(self) -> list[tuple[float, float]]:
        """Where flat tops lie along a row of features, around the feature at x = 0, m."""

    def outline(self, level: Level, chords: int) -> FloatArray:
        """Return a level in the section through the axes of a row of features, over one cell.

        Parameters
        ----------
        level
            The level.
        chords
            To a rim.

        Returns
        -------
        FloatArray
            Points from left to right around the feature at x = 0, shape (n, 2), m; bare floor at height 0.
            The next cell goes on a pitch further.
        """

    def from_above(self, level: Level, window: Any) -> Any:
        """Return what lies below a level where a horizontal cut at half the height goes through it.

        Parameters
        ----------
        level
            The level.
        window
            A square box around the feature at the origin, um; what lies beyond it may be left out.

        Returns
        -------
        shapely.Geometry
            In um.
        """

    @property
    def lines_from_above(self) -> tuple[tuple[float, str], ...]:
        """Lines along y that show a smooth relief from above: place within the pitch, m, and name."""
