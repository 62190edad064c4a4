"""A solve's current density in the vertical plane through the axes of a row of features.

That plane is a mirror plane of the cell: no current crosses it, so the gradient of the potential lies in it
and follows from the potentials at the nodes on it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.plan import Loop
from tfgeom.geometry.profile import Level
from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.meshing.surface_grid import SurfaceGrid, boundary_edges
from tfgeom.transport.current import current_density
from tfgeom.transport.steady import Fields

_SIDES = np.array([[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
_ON_PLANE = 1e-7  # distance from the plane, over the extent of the mesh
_NO_AREA = 1e-9  # of a polygon, over the largest: the arc of a sharp rim at its inner level
_STRAIGHT = 1e-6  # sine of a turn that no one sees

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Profile:
    """The surface grid's nodes in the plane, from the axis of the feature to the border of the cell.

    Attributes
    ----------
    nodes
        Surface nodes in their order along the profile, shape (n,).
    strips
        Strip of the profile that each piece between two nodes belongs to, length n - 1.
    direction
        Unit vector of the plane in the plan, away from the axis, shape (2,).
    mirrored
        Whether the plane looks the same on the other side of the axis.
    reach
        Where it leaves the cell, um from the axis.
    """

    nodes: Ids
    strips: tuple[str, ...]
    direction: Floats
    mirrored: bool
    reach: float

    def in_plane(self, points_um: Floats) -> Floats:
        """Return distance from the axis and height of points, um, shape (..., 2)."""
        return np.stack((points_um[..., :2] @ self.direction, points_um[..., 2]), axis=-1)

    def line(self, points_um: Floats) -> Floats:
        """Return the profile on a level whose surface nodes are given, um, shape (n, 2)."""
        return self.in_plane(points_um[self.nodes])

    @property
    def bends(self) -> list[tuple[str, int]]:
        """The rims and feet it passes, each by name with its place in ``nodes``."""
        words = [strip.rsplit(" ", 1)[-1] for strip in self.strips]
        found: list[tuple[str, int]] = []
        start = 0
        for place in range(1, len(words) + 1):
            if place < len(words) and words[place] == words[place - 1]:
                continue
            if words[start] == "rim":
                found.append(("rim", (start + place) // 2))
            if place < len(words) and {words[place - 1], words[place]} == {"wall", "floor"}:
                found.append(("foot", place))
            start = place
        return found


@dataclass(frozen=True, slots=True)
class CurrentSection:
    """Current density in the plane.

    Attributes
    ----------
    profile
        The nodes of the films in the plane.
    polygons
        Where each value stands: distance from the axis and height, um, shape (n, 4, 2).
    density
        Its magnitude at 1 A/m² of footprint, A/m² (as well mA/cm² at 1 mA/cm²), shape (n,).
    """

    profile: Profile
    polygons: Floats
    density: Floats

    @property
    def areas(self) -> Floats:
        """Areas of the polygons, um², shape (n,)."""
        first, second = self.polygons[:, 2] - self.polygons[:, 0], self.polygons[:, 3] - self.polygons[:, 1]
        return np.asarray(np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2)


def profile_of(mesh: FilmMesh) -> Profile | None:
    """Return the profile in the plane through the axes; None for a plane, or a cell without mirror planes.

    Parameters
    ----------
    mesh
        Films of one sector.
    """
    around_axis = mesh.grid is not None and mesh.grid.sector is not None
    nodes = mesh.symmetry_planes.get("first" if around_axis else "front")
    if mesh.cell.is_flat or nodes is None:
        return None
    edges = boundary_edges(mesh.quads)
    edges = edges[np.isin(edges, nodes).all(axis=1) & (edges[:, 0] != edges[:, 1])]
    points = mesh.points_um[0]
    ordered = _chain(edges, points)
    furthest = points[ordered[-1], :2]
    reach = float(np.linalg.norm(furthest))
    strip_of_edge = _strips(mesh)
    sides = [element.sides for element in mesh.cell.plan.elements if isinstance(element, Loop)]
    return Profile(
        nodes=ordered,
        strips=tuple(strip_of_edge[frozenset(pair)] for pair in pairwise(ordered.tolist())),
        direction=furthest / reach,
        mirrored=all(count % 2 == 0 for count in sides),
        reach=reach,
    )


def _chain(edges: Ids, points: Floats) -> Ids:
    """Return the nodes of a chain of edges in their order, the end nearer to the axis first."""
    beside: dict[int, list[int]] = {}
    for a, b in edges.tolist():
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    ends = [node for node, others in beside.items() if len(others) == 1]
    at = min(ends, key=lambda node: float(np.hypot(*points[node, :2])))
    ordered, before = [at], -1
    while True:
        following = [node for node in beside[at] if node != before]
        if not following:
            return np.array(ordered)
        before, at = at, following[0]
        ordered.append(at)


def _strips(mesh: FilmMesh) -> dict[frozenset[int], str]:
    found = {}
    for corner in range(4):
        pairs = mesh.quads[:, [corner, (corner + 1) % 4]]
        for (a, b), strip in zip(pairs.tolist(), mesh.strip_of_quad.tolist(), strict=True):
            found[frozenset((a, b))] = mesh.strips[strip]
    return found


def level_line(profile: Profile, grid: SurfaceGrid, level: Level) -> Floats:
    """Return any level of the stack in the plane, um, shape (n, 2)."""
    return profile.line(grid.place(level))


def without_straight(line: Floats) -> Floats:
    """Return a line without the points that lie straight between their neighbours."""
    moved = np.linalg.norm(np.diff(line, axis=0), axis=1) > 0  # at a sharp rim nodes share a place
    line = line[np.concatenate(([True], moved))]
    before, after = line[1:-1] - line[:-2], line[2:] - line[1:-1]
    turn = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
    bent = turn > _STRAIGHT * np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return np.asarray(line[np.concatenate(([True], bent, [True]))])


def current_section(fields: Fields) -> CurrentSection | None:
    """Return the current density in the films or the liquid of a solve; None where there is no such plane."""
    profile = profile_of(fields.film_mesh)
    if profile is None:
        return None
    points, hexes = fields.points_um, fields.hexes
    faces, of_hex = _faces_on_plane(points, hexes, profile)
    polygons = profile.in_plane(points[faces])
    density = current_density(polygons, fields.driving_potential[faces], fields.conductivity[of_hex])
    made = CurrentSection(profile, polygons, np.linalg.norm(density, axis=1) * fields.per_current)
    real = (made.areas > made.areas.max() * _NO_AREA) & np.isfinite(made.density)
    return CurrentSection(profile, made.polygons[real], made.density[real])


def _faces_on_plane(points: Floats, hexes: Ids, profile: Profile) -> tuple[Ids, Ids]:
    """Return the sides of hexahedra in the plane, on the profile's side of the axis, and whose they are."""
    along = points[:, :2] @ profile.direction
    across = points[:, 0] * profile.direction[1] - points[:, 1] * profile.direction[0]
    near = _ON_PLANE * float(np.ptp(points, axis=0).max())
    inside = (np.abs(across) < near) & (along > -near)
    touching = np.flatnonzero(inside[hexes].sum(axis=1) >= 3)
    faces = hexes[touching][:, _SIDES].reshape(-1, 4)
    found = inside[faces].all(axis=1)
    return faces[found], np.repeat(touching, len(_SIDES))[found]
