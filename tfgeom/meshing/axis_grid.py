"""The surface grid of a cell whose sections lie around one axis: pillars, holes, tubes, honeycombs."""

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.profile_stations import Stations
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.sector import Sector
from tfgeom.meshing.surface_grid import NO_IDS, Ids, SurfaceGrid, grid_quads

_CORE = 0.5  # kite core over disc radius, along the mirror planes
_CORE_TIP = 1.15  # the kite's fourth corner over the other two; 1 would make a flat angle


def axis_grid(
    sector: Sector,
    stations: Stations,
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    first: float,
    resolution: Resolution,
    *,
    through: bool,
) -> SurfaceGrid:
    """Return the grid of a sector.

    Parameters
    ----------
    sector
        Its plan.
    stations
        Stations of the profile.
    ends
        Where they lie at the first and the last level, um.
    first
        Largest lateral cell at foot and rim, um.
    resolution
        How fine.
    through
        Whether the openings go through and the lower face is coated too.
    """
    grid = _Grid(stations, ends, first, resolution, closed=sector.is_whole)
    if through:
        _lay_through(grid, sector)
    else:
        _lay_from_axis(grid, sector)
    return grid.built(sector, 1 / sector.copies, flipped=through)


@dataclass(slots=True)
class _Row:
    """A row of columns: plan of its nodes and their numbers."""

    base: NDArray[np.float64]
    velocity: NDArray[np.float64]
    ids: Ids


class _Grid:
    """Collects nodes and quads, strip by strip."""

    def __init__(
        self,
        stations: Stations,
        ends: tuple[NDArray[np.float64], NDArray[np.float64]],
        first: float,
        resolution: Resolution,
        *,
        closed: bool = False,
    ) -> None:
        self.stations, self.first, self.resolution, self.closed = stations, first, resolution, closed
        self.ends = ends
        self.strips: list[str] = []
        self.borders: dict[str, Ids] = {}
        self.swept: list[Ids] = []
        self.seams: tuple[list[Ids], list[Ids]] = ([], [])
        self._base: list[NDArray[np.float64]] = []
        self._velocity: list[NDArray[np.float64]] = []
        self._station: list[Ids] = []
        self._quads: list[Ids] = []
        self._strip_of_quad: list[Ids] = []
        self._count = 0
        self.turned = False  # whether rows run inwards on the level surface

    def nodes(self, base: NDArray[np.float64], velocity: NDArray[np.float64], station: int | Ids) -> Ids:
        """Add nodes of one station, or each of its own, and return their numbers."""
        ids = self._count + np.arange(len(base))
        self._base.append(base)
        self._velocity.append(velocity)
        self._station.append(np.broadcast_to(np.asarray(station, dtype=np.int64), len(base)))
        self._count += len(base)
        return ids

    def rows(self, base: NDArray[np.float64], velocity: NDArray[np.float64], stations: Ids) -> Ids:
        """Add rows of columns, shape (n_rows, n_columns, 2), each at its station; return the nodes' numbers.

        Of a whole cell the last column is the first.
        """
        n_rows, n_columns = base.shape[:2]
        own = n_columns - 1 if self.closed else n_columns
        plan, moved = (part[:, :own].reshape(-1, 2) for part in (base, velocity))
        ids = self.nodes(plan, moved, np.repeat(stations, own)).reshape(n_rows, own)
        if self.closed:
            return np.concatenate((ids, ids[:, :1]), axis=1)
        self.seams[0].append(ids[:, 0])
        self.seams[1].append(ids[:, -1])
        return ids

    def quads(self, index: Ids, strips: tuple[str, ...]) -> None:
        """Add the quads of an array of node numbers, rows outwards, columns counterclockwise.

        ``strips`` names the strip between each row and the next.
        """
        if self.turned:
            index, strips = index[::-1], strips[::-1]
        self.strips = list(dict.fromkeys((*self.strips, *strips)))
        self._quads.append(grid_quads(index))
        numbers = {name: number for number, name in enumerate(self.strips)}
        self._strip_of_quad.append(np.repeat([numbers[name] for name in strips], index.shape[1] - 1))

    def flat(
        self,
        strip: str,
        start: _Row,
        end: tuple[NDArray[np.float64], NDArray[np.float64]],
        station: int,
        ends: Literal["start", "end", "both"],
    ) -> _Row:
        """Add rows from ``start`` to the columns ``end`` (base, velocity) at the height of a station."""
        length = max(self._distance(start, end, rho[station, 0]) for rho in self.ends)
        return self.strip(strip, start, end, station, self.resolution.fractions(length, self.first, ends))

    def strip(
        self,
        strip: str,
        start: _Row,
        end: tuple[NDArray[np.float64], NDArray[np.float64]],
        station: int,
        shares: NDArray[np.float64],
    ) -> _Row:
        """Add rows at the given shares of the way from ``start`` to ``end``."""
        share = shares[1:, None, None]
        base = (1 - share) * start.base + share * end[0]
        velocity = (1 - share) * start.velocity + share * end[1]
        ids = self.rows(base, velocity, np.full(len(base), station))
        self.quads(np.concatenate((start.ids[None], ids)), (strip,) * len(ids))
        return _Row(base[-1], velocity[-1], ids[-1])

    def _distance(
        self, start: _Row, end: tuple[NDArray[np.float64], NDArray[np.float64]], rho: float
    ) -> float:
        across = end[0] - start.base + rho * (end[1] - start.velocity)
        return float(np.hypot(across[:, 0], across[:, 1]).max())

    def side(
        self,
        outline: tuple[NDArray[np.float64], NDArray[np.float64]],
        start: _Row,
        prefix: str,
        *,
        down: bool,
    ) -> _Row:
        """Add the rows from one end of the stations to the other along an outline."""
        last, strips = self.stations.count - 1, self.stations.strips
        order = np.arange(1, last + 1) if down else np.arange(last - 1, -1, -1)
        base, velocity = (np.broadcast_to(part, (last, *part.shape)) for part in outline)
        index = np.concatenate((start.ids[None], self.rows(base, velocity, order)))
        self.quads(index, tuple(f"{prefix} {strip}".strip() for strip in (strips if down else strips[::-1])))
        self.swept.append(index if down else index[::-1])
        return _Row(*outline, index[-1])

    def built(self, sector: Sector | None, fraction: float, *, flipped: bool = False) -> SurfaceGrid:
        """Return the grid."""
        quads = np.concatenate(self._quads)
        first, last = (np.concatenate(seam) if seam else NO_IDS for seam in self.seams)
        return SurfaceGrid(
            quads=quads[:, ::-1].copy() if flipped else quads,
            strip_of_quad=np.concatenate(self._strip_of_quad),
            strips=tuple(self.strips),
            seams=(first, last),
            borders=self.borders,
            swept=tuple(self.swept),
            sector=sector,
            fraction=fraction,
            _base=np.concatenate(self._base),
            _velocity=np.concatenate(self._velocity),
            _station=np.concatenate(self._station),
            _stations=self.stations,
        )


_Plan = tuple[NDArray[np.float64], NDArray[np.float64]]


def _names(sector: Sector) -> list[str]:
    """Return what the loops' strips are called in front of rim and wall, from the axis outwards."""
    count = len(sector.outlines)
    return {1: [""], 2: ["bore", ""], 4: ["bore", "inner", "annulus", ""]}[count]


def _lay_from_axis(grid: _Grid, sector: Sector) -> None:
    foot = grid.stations.count - 1
    names = _names(sector)
    raised = not sector.outlines[0].opening
    flat = "top" if raised else "floor"
    row = _lay_disc(grid, sector, f"{names[0]} {flat}".strip(), 0 if raised else foot)
    for index, (outline, name) in enumerate(zip(sector.outlines, names, strict=True)):
        plan = outline.base, outline.velocity
        row = grid.side(plan, row, name, down=not outline.opening)
        station = 0 if outline.opening else foot
        flat = "top" if outline.opening else "floor"
        if index + 1 < len(names):
            after = sector.outlines[index + 1]
            # a flat top belongs to the tube around the bore, a floor to the space outside the tube
            strip = f"{names[index + 1]} {flat}".strip()
            row = grid.flat(strip, row, (after.base, after.velocity), station, "both")
        else:
            furthest = max(float(rho[station, 0]) for rho in grid.ends)
            grid.borders[flat] = _lay_to_border(grid, sector, furthest, flat, row, station).ids


def _lay_disc(grid: _Grid, sector: Sector, strip: str, station: int) -> _Row:
    """Add core and ring inside the first outline; return the outline's row."""
    outline = sector.outlines[0]
    columns = np.arange(len(outline.base))
    if not outline.opening and all(rho[station, 0] == 0 for rho in grid.ends):
        columns = sector.merged  # the columns of a sharp corner are one on the flat top
    kept, reduced = np.unique(columns, return_inverse=True)
    wedges = reduced[sector.wedges]
    base, velocity = outline.base[kept], outline.velocity[kept]
    border = _lay_core(grid, base, velocity, wedges, station, strip)
    edge = grid.flat(strip, border, (base, velocity), station, "end")
    return _Row(outline.base, outline.velocity, edge.ids[reduced])


def _lay_core(
    grid: _Grid,
    base: NDArray[np.float64],
    velocity: NDArray[np.float64],
    wedges: Ids,
    station: int,
    strip: str,
) -> _Row:
    """Add one kite a wedge around the axis; return the row of nodes on their outer sides."""
    count = len(wedges) - 1
    spoke: Ids = NO_IDS
    opening: Ids = NO_IDS
    bases, velocities = np.empty_like(base), np.empty_like(velocity)
    ids = np.empty(len(base), dtype=np.int64)
    for number, (begin, end) in enumerate(itertools.pairwise(wedges.tolist())):
        m = (end - begin) // 2
        near, far = base[begin], base[end]
        cosine = float(near @ far / (math.hypot(*near) * math.hypot(*far)))
        tip = _CORE_TIP / math.sqrt(2 * (1 + cosine))
        kite = tuple(_kite(_CORE * plan[[begin, end]], tip, m) for plan in (base, velocity))
        index = np.full((m + 1, m + 1), -1, dtype=np.int64)
        if number:
            index[:, 0] = spoke
        if grid.closed and number == count - 1:
            index[0, :] = opening
        fresh = index < 0
        index[fresh] = grid.nodes(kite[0][fresh], kite[1][fresh], station)
        if number == 0:
            opening = index[:, 0]
            if not grid.closed:
                grid.seams[0].append(index[:-1, 0])
        spoke = index[0, :]
        if number == count - 1 and not grid.closed:
            grid.seams[1].append(index[0, :-1])
        grid.quads(index, (strip,) * m)
        outside = np.concatenate((index[-1, :], index[-2::-1, -1]))
        ids[begin : end + 1] = outside
        for plan, into in zip(kite, (bases, velocities), strict=True):
            into[begin : end + 1] = np.concatenate((plan[-1, :], plan[-2::-1, -1]))
    if not grid.closed:
        grid.seams[0].append(ids[:1])
        grid.seams[1].append(ids[-1:])
    return _Row(bases, velocities, ids)


def _kite(spokes: NDArray[np.float64], tip: float, m: int) -> NDArray[np.float64]:
    """Return the nodes of a kite from the axis along two spokes, shape (m + 1, m + 1, 2).

    Its far corner is ``tip`` times the sum of the spokes: linear in them, so that it moves with them.
    """
    u, v = np.meshgrid(np.linspace(0, 1, m + 1), np.linspace(0, 1, m + 1), indexing="ij")
    near, far = spokes
    nodes = u[..., None] * near + v[..., None] * far + (u * v)[..., None] * (tip - 1) * (near + far)
    return np.asarray(nodes)


def _lay_to_border(grid: _Grid, sector: Sector, rho: float, strip: str, edge: _Row, station: int) -> _Row:
    """Add the flat from an outline's edge to the border of the cell."""
    line, border = sector.border(rho)
    still = np.zeros_like(border)
    if line is not None:
        edge = grid.flat(strip, edge, (line, still), station, "start")
        return grid.strip(
            strip, edge, (border, still), station, np.linspace(0, 1, grid.resolution.refine + 1)
        )
    return grid.flat(strip, edge, (border, still), station, "start")


def _lay_through(grid: _Grid, sector: Sector) -> None:
    """Add top, wall and lower face; the top is laid from the opening outwards and turned around."""
    outline = sector.outlines[0]
    plan = outline.base, outline.velocity
    ids = grid.rows(outline.base[None], outline.velocity[None], np.zeros(1, dtype=np.int64))
    edge = _Row(*plan, ids[0])
    grid.turned = True
    grid.borders["top"] = _lay_to_border(grid, sector, float(grid.ends[0][0, 0]), "top", edge, 0).ids
    grid.turned = False
    row = grid.side(plan, edge, "", down=True)
    lower = grid.stations.count - 1
    rho = float(grid.ends[0][lower, 0])
    grid.borders["lower face"] = _lay_to_border(grid, sector, rho, "lower face", row, lower).ids
