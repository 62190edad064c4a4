"""The surface grid of one mirror-symmetric sector, as straight paths of its nodes.

Between vertical walls, flats and rims every node of the offset surfaces moves along a straight line as the
offset grows, so a grid is an origin and a velocity per node.  The grid is structured: profile (from the axis
outwards) times angle, with a kite-shaped core at the axis.

Two small displacements make all volumes exact for any number of chords.  Nodes on a circle lie at
``g = sqrt(dth/sin dth)`` times its radius, so the polygon has the circle's area at every level.  The inner
nodes of a rim's quarter circle are moved so that the polygon in the meridian plane has the area and the first
moment of the quarter disc, and by Pappus its volume.  The facets of successive levels are parallel, and the
speed of a facet along its normal (about 1) times its area is exactly dV/dd: the true area.
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from tfgeom.errors import MeshError
from tfgeom.geometry.kinds import Cell
from tfgeom.geometry.plan import Loop
from tfgeom.meshing.resolution import Resolution
from tfgeom.units import UM

MESHED_KINDS = ("planar", "pillars", "holes", "microtubes")
"""Relief kinds that have a film mesh."""
_CORE = 0.5  # kite core over disc radius, along the mirror planes
_CORE_TIP = 1.15  # the kite's fourth corner over the other two; 1 would make a flat angle


@dataclass(frozen=True, slots=True)
class SurfaceGrid:
    """Nodes of the level surfaces: at offset d (um) node i lies at ``origin_um[i] + d velocity[i]``.

    Attributes
    ----------
    origin_um, velocity
        Shape (n_surface, 3).
    quads
        Shape (n_quads, 4), normals towards growing offsets.
    strip_of_quad
        Index into ``strips``, shape (n_quads,).
    strips
        Names of the strips of the profile, from the axis outwards.
    edges
        The closed boundary of the grid as node pairs, shape (n_edges, 2), each in the direction of its quad.
    sector_fraction
        Area of the sector over the footprint.
    """

    origin_um: NDArray[np.float64]
    velocity: NDArray[np.float64]
    quads: NDArray[np.int64]
    strip_of_quad: NDArray[np.int64]
    strips: tuple[str, ...]
    edges: NDArray[np.int64]
    sector_fraction: float


class _Ring(NamedTuple):
    """A circle that moves with the offset, um: ``radius + d*outwards`` at height ``height + d*upwards``."""

    radius: float
    outwards: float
    height: float
    upwards: float


class _Row(NamedTuple):
    """A row of nodes at equal angles: origins and velocities, both (n_angles + 1, 3)."""

    origin: NDArray[np.float64]
    velocity: NDArray[np.float64]

    def blend(self, other: "_Row", weight: float) -> "_Row":
        return _Row(
            (1 - weight) * self.origin + weight * other.origin,
            (1 - weight) * self.velocity + weight * other.velocity,
        )


def build_surface_grid(
    cell: Cell, offsets: tuple[float, float], thinnest: float, resolution: Resolution
) -> SurfaceGrid:
    """Return the grid of one sector of a cell.

    The sector is 1/12 of a hexagonal cell, 1/8 of a square one, and all of a planar cell.

    Parameters
    ----------
    cell
        A relief of one of `MESHED_KINDS`.
    offsets
        First and last offset that will be meshed, m, from the bare surface.
    thinnest
        Thickness of the thinnest film, m; sets the lateral cells at foot and rim.
    resolution
        How fine.
    """
    if cell.kind == "planar":
        return _planar_grid(cell, resolution)
    return _Sector(cell, offsets, thinnest, resolution).grid()


def fewest_quads(resolution: Resolution) -> int:
    """Return a number of quads that any grid of the resolution has at least, without building one."""
    return 4 * resolution.refine**2


def _planar_grid(cell: Cell, resolution: Resolution) -> SurfaceGrid:
    side, n = math.sqrt(cell.footprint) / UM, 2 * resolution.refine
    x, y = np.meshgrid(np.linspace(0, side, n + 1), np.linspace(0, side, n + 1), indexing="ij")
    origin = np.stack((x.ravel(), y.ravel(), np.zeros(x.size)), axis=1)
    quads = _grid_quads(np.arange(x.size).reshape(n + 1, n + 1))
    return SurfaceGrid(
        origin, np.tile([0.0, 0.0, 1.0], (len(origin), 1)), quads, np.zeros(len(quads), dtype=np.int64),
        ("floor",), _boundary_edges(quads), 1.0,
    )  # fmt: skip


class _Sector:
    """Builds the grid strip by strip from the axis outwards."""

    def __init__(
        self, cell: Cell, offsets: tuple[float, float], thinnest: float, resolution: Resolution
    ) -> None:
        self.cell, self.resolution = cell, resolution
        self.rounding = cell.rim_radius / UM
        self.offsets = tuple(offset / UM + self.rounding for offset in offsets)
        self.first = resolution.first_cell * thinnest / UM
        self.angle = math.pi / (6 if cell.lattice == "hexagonal" else 4)
        chords = round(resolution.angles * resolution.refine * self.angle / (math.pi / 6))
        self.theta = np.linspace(0, self.angle, chords + 1)
        step = self.angle / chords
        self.gain = math.sqrt(step / math.sin(step))
        self.height = cell.height / UM
        self.half_pitch = (cell.pitch or 0.0) / 2 / UM
        self.rows: list[_Row] = []
        self.strips: list[str] = []
        self.strip_of_row: list[int] = []

    def grid(self) -> SurfaceGrid:
        """Return the grid in offsets from the bare surface, bare floor at z = 0."""
        core = self._lay_strips()
        n = len(self.theta)
        core_index = self._core_index()
        ring_index = core_index.size + np.arange((len(self.rows) - 1) * n).reshape(-1, n)
        index = np.vstack((self._core_border(core_index), ring_index))
        core_quads, ring_quads = _grid_quads(core_index), _grid_quads(index)
        quads = np.concatenate((core_quads, ring_quads))
        strip = np.concatenate(
            (np.zeros(len(core_quads), dtype=np.int64), np.repeat(self.strip_of_row, n - 1))
        )
        origin = np.concatenate([core.origin, *(row.origin for row in self.rows[1:])])
        velocity = np.concatenate([core.velocity, *(row.velocity for row in self.rows[1:])])
        # The rounded relief is the eroded sharp one seen from offset rc on, its floor rc lower.
        origin = origin + self.rounding * (velocity - [0.0, 0.0, 1.0])
        fraction = self.half_pitch**2 * math.tan(self.angle) / 2 / (self.cell.footprint / UM**2)
        return SurfaceGrid(
            origin, velocity, quads, strip, tuple(self.strips), _boundary_edges(quads), fraction
        )

    def _core_index(self) -> NDArray[np.int64]:
        m = (len(self.theta) - 1) // 2
        return np.arange((m + 1) ** 2).reshape(m + 1, m + 1)

    def _core_border(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the nodes of the core's two outer sides, by angle."""
        return np.concatenate((index[-1, :], index[-2::-1, -1]))

    def _lay_strips(self) -> _Row:
        """Append the rows of the kind's profile, in sizes of the sharp relief, and return the core."""
        loops = [element for element in self.cell.sharp_plan.elements if isinstance(element, Loop)]
        h = self.height
        if self.cell.kind == "pillars":
            core = self._disc("top", _Ring(loops[0].inradius / UM, 0, h, 1))
            self._outside(loops[0].inradius / UM)
        elif self.cell.kind == "holes":
            radius = loops[0].inradius / UM
            core = self._bore(radius, "floor", "wall", "rim")
            self._flat("top", _Ring(radius, 0, h, 1))
        else:
            outer, bore = loops[0].inradius / UM, loops[1].inradius / UM
            core = self._bore(bore, "bore floor", "bore wall", "bore rim")
            self._straight("top", _Ring(bore, 0, h, 1), _Ring(outer, 0, h, 1), outer - bore)
            self._outside(outer)
        return core

    def _bore(self, radius: float, floor: str, wall: str, rim: str) -> _Row:
        foot, edge = _Ring(radius, -1, 0, 1), _Ring(radius, -1, self.height, 0)
        core = self._disc(floor, foot)
        self._straight(wall, foot, edge, self.height - self.offsets[0])
        self._rim(rim, radius, -1)
        return core

    def _outside(self, radius: float) -> None:
        foot, edge = _Ring(radius, 1, 0, 1), _Ring(radius, 1, self.height, 0)
        self._rim("rim", radius, 1)
        self._straight("wall", edge, foot, self.height - self.offsets[0])
        self._flat("floor", foot)

    def _disc(self, name: str, ring: _Ring) -> _Row:
        kite = self._kite()
        core = _Row(
            np.column_stack((kite * ring.radius, np.full(len(kite), ring.height))),
            np.column_stack((kite * ring.outwards, np.full(len(kite), ring.upwards))),
        )
        border = self._core_border(self._core_index())
        self.rows.append(_Row(core.origin[border], core.velocity[border]))
        length = (1 - _CORE) * max(ring.radius + ring.outwards * d for d in self.offsets)
        self._append(name, self.rows[0], self._row(ring), self._fractions(length, "end"))
        return core

    def _straight(self, name: str, start: _Ring, end: _Ring, length: float) -> None:
        self._append(name, self._row(start), self._row(end), self._fractions(length, "both"))

    def _flat(self, name: str, start: _Ring) -> None:
        directions = np.column_stack((np.cos(self.theta), np.sin(self.theta)))
        border = directions * (self.half_pitch / np.cos(self.theta))[:, None]
        n = len(self.theta)
        end = _Row(
            np.column_stack((border, np.full(n, start.height))),
            np.column_stack((np.zeros((n, 2)), np.full(n, start.upwards))),
        )
        inner, outer = sorted(start.radius + start.outwards * d for d in self.offsets)
        if outer * self.gain >= self.half_pitch:
            raise MeshError(
                f"only {(self.half_pitch - outer) * 2000:.3g} nm are left between neighbours, too little for "
                f"facets of {math.degrees(self.theta[1]):.3g} degrees: use a higher resolution"
            )
        length = self.half_pitch / math.cos(self.angle) - inner
        self._append(name, self._row(start), end, self._fractions(length, "start"))

    def _rim(self, name: str, radius: float, sign: int) -> None:
        arc = quarter_arc(self.resolution.rim_chords * self.resolution.refine)
        arc = arc if sign < 0 else arc[::-1]
        self.strips.append(name)
        for along, up in arc[1:]:
            self.rows.append(self._row(_Ring(radius, sign * along, self.height, up)))
            self.strip_of_row.append(len(self.strips) - 1)

    def _append(self, name: str, start: _Row, end: _Row, fractions: NDArray[np.float64]) -> None:
        self.strips.append(name)
        for fraction in fractions[1:]:
            self.rows.append(start.blend(end, float(fraction)))
            self.strip_of_row.append(len(self.strips) - 1)

    def _fractions(self, length: float, ends: Literal["start", "end", "both"]) -> NDArray[np.float64]:
        return self.resolution.fractions(length, self.first, ends)

    def _row(self, ring: _Ring) -> _Row:
        directions = self.gain * np.column_stack((np.cos(self.theta), np.sin(self.theta)))
        n = len(self.theta)
        return _Row(
            np.column_stack((directions * ring.radius, np.full(n, ring.height))),
            np.column_stack((directions * ring.outwards, np.full(n, ring.upwards))),
        )

    def _kite(self) -> NDArray[np.float64]:
        """Return the nodes of the kite core of the unit disc, ((m + 1)², 2), row by row from the axis."""
        m = (len(self.theta) - 1) // 2
        u, v = np.meshgrid(np.linspace(0, 1, m + 1), np.linspace(0, 1, m + 1), indexing="ij")
        near = _CORE * np.array([1.0, 0.0])
        far = _CORE * np.array([math.cos(self.angle), math.sin(self.angle)])
        tip = _CORE * _CORE_TIP * np.array([math.cos(self.angle / 2), math.sin(self.angle / 2)])
        nodes = u[..., None] * near + v[..., None] * far + (u * v)[..., None] * (tip - near - far)
        return np.asarray(nodes.reshape(-1, 2))


def quarter_arc(chords: int) -> NDArray[np.float64]:
    """Return the nodes of a quarter of the unit circle drawn with ``chords`` chords, shape (chords + 1, 2).

    The ends lie at (1, 0) and (0, 1).  The other nodes share one radius, the chords between them one angle;
    the two are such that the polygon with the centre has the quarter disc's area pi/4 and first moments 1/3.
    """
    inner = chords - 2

    def nodes(end_angle: float) -> NDArray[np.float64]:
        step = (math.pi / 2 - 2 * end_angle) / inner
        # area: inner/2 sin(step) q² + sin(end) q = pi/4
        square, linear = inner / 2 * math.sin(step), math.sin(end_angle)
        radius = (math.sqrt(linear**2 + math.pi * square) - linear) / (2 * square)
        angles = end_angle + step * np.arange(inner + 1)
        points = radius * np.column_stack((np.cos(angles), np.sin(angles)))
        return np.concatenate(([[1.0, 0.0]], points, [[0.0, 1.0]]))

    def moment_excess(end_angle: float) -> float:
        x, y = nodes(end_angle).T
        twice_areas = x[:-1] * y[1:] - x[1:] * y[:-1]
        return float(np.sum(twice_areas * (x[:-1] + x[1:])) / 6 - 1 / 3)

    equal = math.pi / 2 / chords
    return nodes(brentq(moment_excess, 0.6 * equal, 1.2 * equal, xtol=1e-15))


def _grid_quads(index: NDArray[np.int64]) -> NDArray[np.int64]:
    corners = (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:])
    return np.stack([corner.ravel() for corner in corners], axis=1).astype(np.int64)


def _boundary_edges(quads: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the directed edges whose reverse belongs to no quad."""
    edges = np.concatenate([quads[:, [a, (a + 1) % 4]] for a in range(4)])
    size = int(quads.max()) + 1
    codes, reverse = edges[:, 0] * size + edges[:, 1], edges[:, 1] * size + edges[:, 0]
    return np.asarray(edges[~np.isin(codes, reverse)])
