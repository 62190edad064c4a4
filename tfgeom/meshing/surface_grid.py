"""The surface grid of one mirror-symmetric sector: which nodes there are, and where they lie at every level.

The grid is structured: stations along the profile times columns along the plan, with kite-shaped cores at the
axis.  A node lies at ``base + rho velocity`` in the plan, rho and its height being those of its station
(`tfgeom.meshing.profile_stations`); in flats it blends between the outlines, or the outline and the border of
the cell.  Columns on a circle, rims and rounded vertical edges keep areas and moments
(`tfgeom.meshing.arcs`): film volumes are exact for any number of chords.  The true area of a
facet's patch follows from the same structure, whatever the levels below and above it are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.profile import Level
from tfgeom.meshing.profile_stations import Stations
from tfgeom.meshing.quality import facet_sizes, normal_distances
from tfgeom.meshing.sector import Sector

Ids = NDArray[np.int64]
NO_IDS: Ids = np.zeros(0, dtype=np.int64)
"""No nodes."""


@dataclass(frozen=True, slots=True)
class SurfaceGrid:
    """Topology and placing rule of the level surfaces of one sector.

    Attributes
    ----------
    quads
        Corners, shape (n_quads, 4), normals towards growing offsets.  Beside a convex vertical edge two
        neighbouring corners may be one node.
    strip_of_quad, strips
        Index into the names of the strips of the profile, shape (n_quads,).
    seams
        Nodes on the first and on the last mirror plane; empty where the sector is the whole cell.
    borders
        Rows of nodes on the border of the cell, each by growing angle or coordinate, by name: ``top`` and
        ``floor`` on the flats (a trench's or wave's border is its mirror plane), ``lower face``; of cells in
        strips also ``front`` and ``back``, where the strip is cut.
    swept
        Nodes of each wall by station and column, one array of shape (n_stations, n_columns) a wall.
    sector
        Plan of a cell around an axis; None of planes, trenches and waves.
    fraction
        Area of the sector over the footprint.
    """

    quads: Ids
    strip_of_quad: Ids
    strips: tuple[str, ...]
    seams: tuple[Ids, Ids]
    borders: dict[str, Ids]
    swept: tuple[Ids, ...]
    sector: Sector | None
    fraction: float
    _base: NDArray[np.float64]
    _velocity: NDArray[np.float64]
    _station: Ids
    _stations: Stations

    @property
    def n_nodes(self) -> int:
        """Number of nodes of a level."""
        return len(self._station)

    @property
    def n_stations(self) -> int:
        """Number of stations of the profile."""
        return self._stations.count

    def place(self, level: Level) -> NDArray[np.float64]:
        """Return the nodes at a level, um, shape (n_nodes, 3)."""
        rho, height = self._stations.place(level).T[:, self._station]
        points = np.empty((self.n_nodes, 3))
        for axis in range(2):
            points[:, axis] = self._base[:, axis] + rho * self._velocity[:, axis]
        points[:, 2] = height
        return points

    def true_areas(self, level: Level, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the area of the curved patch of a level that each facet stands for, um², (n_quads,).

        Parameters
        ----------
        level
            The level.
        points
            Its nodes, as of `place`.

        Notes
        -----
        A patch between two stations and two columns is as long as the level curve between the stations.  It
        is as wide as its chords times their speed along their normal in the plan, which is the width's growth
        with rho over the chord's (Steiner).  Flats are plane.
        """
        found = facet_sizes(points[self.quads].transpose(2, 1, 0))
        stations = self._station[self.quads[:, :2]]
        swept = np.flatnonzero(stations[:, 0] != stations[:, 1])
        quads = self.quads[swept]
        chords = sum(
            np.linalg.norm(points[quads[:, far]] - points[quads[:, near]], axis=1)
            for near, far in ((0, 3), (1, 2))
        )
        # of the second row: on a flat top, where the first may lie, the columns of a convex corner are one
        at = quads[:, 1:3]
        (start, end), (first, last) = self._base[at].swapaxes(0, 1), self._velocity[at].swapaxes(0, 1)
        # and elsewhere they have one base
        along = np.where(np.any(start != end, axis=1)[:, None], end - start, last - first)
        along /= np.hypot(along[:, 0], along[:, 1])[:, None]
        moved = (first + last) / 2
        speed = np.abs(along[:, 0] * moved[:, 1] - along[:, 1] * moved[:, 0])
        found[swept] = self._stations.lengths(level)[stations[swept].min(axis=1)] * speed * chords / 2
        return found

    def thicknesses(self, inner: Level, outer: Level) -> NDArray[np.float64]:
        """Return how far two levels are apart along their normal above each quad, um, (n_quads,)."""
        placed = [self.place(level) for level in (inner, outer)]
        true = sum(self.true_areas(*pair) for pair in zip((inner, outer), placed, strict=True))
        start, end = (points[self.quads].transpose(2, 1, 0) for points in placed)
        facets = facet_sizes(start) + facet_sizes(end)
        # a chord lies nearer to its neighbour than their arcs as much as its patch is larger than itself
        return np.asarray(normal_distances(np.stack((start, end - start))) * facets / true)

    def border_plan(self, nodes: Ids) -> NDArray[np.float64]:
        """Return the plan of nodes on the border of the cell, which do not move, um, shape (n, 2)."""
        return np.asarray(self._base[nodes])

    def place_at(self, level: Level, station: int, nodes: Ids) -> NDArray[np.float64]:
        """Return where nodes of flats lie when they are moved to the height of a station, um, (n, 3)."""
        rho, height = self._stations.place(level)[station]
        plan = self._base[nodes] + rho * self._velocity[nodes]
        return np.column_stack((plan, np.full(len(nodes), height)))


def grid_quads(index: Ids) -> Ids:
    """Return the quads of an array of node numbers (rows, columns)."""
    corners = (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:])
    return np.stack(corners, axis=-1).reshape(-1, 4)


def boundary_edges(quads: Ids) -> Ids:
    """Return the directed edges whose reverse belongs to no quad."""
    edges = np.concatenate([quads[:, [a, (a + 1) % 4]] for a in range(4)])
    size = int(quads.max()) + 1
    codes, reverse = edges[:, 0] * size + edges[:, 1], edges[:, 1] * size + edges[:, 0]
    return np.asarray(edges[~np.isin(codes, reverse)])


def coincident(points: NDArray[np.float64]) -> Ids:
    """Return for each node the first one with exactly the same coordinates: an edge has many nodes."""
    _, first, inverse = np.unique(points, axis=0, return_index=True, return_inverse=True)
    return np.asarray(first[inverse.reshape(-1)])
