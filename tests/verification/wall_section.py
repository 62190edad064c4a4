"""The films of one whole wall solved at once: top, rim, wall, foot or lower rim, floor; plane or about an axis.

Own quadrilaterals, own quadrature and the weight 2 pi r: nothing in common with the corner solves but the
geometry of a level.
"""

import math

import numpy as np
from numpy.typing import NDArray
from skfem import Basis, BilinearForm, ElementQuad0, ElementQuad1, MeshQuad, condense, solve
from skfem.helpers import dot, grad

from tfgeom.geometry.plan import Bar, Loop
from tfgeom.geometry.profile import Level
from tfgeom.geometry.unit_cell import UnitCell

Array = NDArray[np.float64]
_FINEST = 2e-3
_RATIO = 1.12


def graded(first: float) -> Array:
    """Return nodes from 0 to 1, the first cell at most ``first``."""
    count = int(np.ceil(np.log(1 + (_RATIO - 1) / first) / np.log(_RATIO)))
    return np.asarray((_RATIO ** np.arange(count + 1) - 1) / (_RATIO**count - 1))


def graded_to_both_ends(first: float) -> Array:
    half = graded(2 * first) / 2
    return np.concatenate((half, 1 - half[-2::-1]))


def conductance(cell: UnitCell, bounds_um: Array, sigma: Array) -> float:
    """Return the conductance (S) of a cell of trenches, round pillars or round holes.

    The flats of a round cell become a disc and a ring of the same areas: far from the edges it does not
    matter where they lie.
    """
    element, um = cell.sharp_plan.elements[0], 1e-6
    profile = cell.profile
    foot = profile.lower_edge if cell.through else profile.top_shift + cell.height * profile.slope
    if isinstance(element, Bar):
        half = element.width / 2 + profile.top_shift
        floor = cell.footprint / element.length / 2 - element.width / 2 - foot
        profile_points = section(cell, bounds_um, half / um, floor / um)
        return 2 * element.length * _solve(*profile_points, sigma, axis=False)
    assert isinstance(element, Loop)
    outermost = math.sqrt(cell.footprint / math.pi)
    if element.opening:
        top = outermost - (element.inradius - profile.top_shift)
        floor = outermost - (element.inradius - foot) if cell.through else element.inradius - foot
        sense = -1
    else:
        top, floor, sense = element.inradius + profile.top_shift, outermost - element.inradius - foot, 1
    points, films, arcs = section(cell, bounds_um, top / um, floor / um)
    points[..., 0] = element.inradius / um + sense * points[..., 0]
    return _solve(points, films, arcs, sigma, axis=True) * um


def section(
    cell: UnitCell, bounds: Array, top: float, floor: float
) -> tuple[Array, NDArray[np.int64], Array]:
    """Return points (rho, z) of every level, um, the film of each layer and the arc angle of each segment."""
    t, um = cell.angle, 1e-6
    small = _FINEST * (bounds[-1] - bounds[0])
    height = (cell.height - (2 * cell.rim_radius if cell.through else 0.0)) / um
    edge = cell.profile.top_shift / um
    low = edge + height * (0.0 if cell.is_vertical else 1 / math.tan(t))
    wall_normal = np.array([math.sin(t), math.cos(t)])
    at_foot = wall_normal if cell.through else np.array([math.tan(t / 2), 1.0])

    def arc(at: tuple[float, float], start: float, end: float) -> tuple[Array, Array, Array]:
        count = int(np.ceil(24 * (end - start)))
        phi = np.linspace(start, end, count + 1)[1:]
        step = np.full(count, (end - start) / count)
        return np.tile(at, (count, 1)), np.column_stack((np.sin(phi), np.cos(phi))), step

    s = (1 - graded(small / top))[::-1]
    origin = [np.column_stack((edge - top * (1 - s), np.full(len(s), height)))]
    velocity, arcs = [np.tile([0.0, 1.0], (len(s), 1))], [np.zeros(len(s) - 1)]
    pieces = [arc((edge, height), 0.0, t)]
    s = graded_to_both_ends(small / height)[1:, None]
    wall = np.array([edge, height]) + s * np.array([low - edge, -height])
    pieces.append((wall, wall_normal + s * (at_foot - wall_normal), np.zeros(len(s))))
    s = graded(small / floor)[1:, None]
    if cell.through:
        pieces.append(arc((low, 0.0), t, math.pi))
        pieces.append((np.hstack((low - floor * s, 0 * s)), np.tile([0.0, -1.0], (len(s), 1)), 0 * s[:, 0]))
    else:
        flat = np.hstack((low + floor * s, 0 * s))
        pieces.append((flat, np.hstack((at_foot[0] * (1 - s), np.ones_like(s))), 0 * s[:, 0]))
    origins, velocities, angles = (
        np.concatenate([first[0], *(piece[k] for piece in pieces)])
        for k, first in enumerate((origin, velocity, arcs))
    )
    across = graded_to_both_ends(_FINEST)[1:]
    levels = np.concatenate([[bounds[0]], *(bounds[k] + across * d for k, d in enumerate(np.diff(bounds)))])
    films = np.repeat(np.arange(len(bounds) - 1), len(across)).astype(np.int64)
    return origins[None] + levels[:, None, None] * velocities[None], films, angles


def covered_trench(cell: UnitCell, inner: Level, outer: Level) -> float:
    """Return the conductance (S) of one film of conductivity 1 between levels on vertical sharp walls."""
    um = 1e-6
    element = cell.sharp_plan.elements[0]
    assert isinstance(element, Bar)
    height, top = cell.height / um, element.width / 2 / um
    floor = cell.footprint / element.length / um / 2 - top
    small = _FINEST * (outer.top - inner.top) / um
    flat = (1 - graded(small / top))[::-1]
    phi = np.linspace(0, math.pi / 2, 41)[1:]
    down, along = graded_to_both_ends(small / height)[1:], graded(small / floor)[1:]
    rows, shares = [], graded_to_both_ends(_FINEST)
    for share in shares:
        level = inner.towards(outer, float(share), cell.deepest)
        depths, offsets = np.transpose(level.table(cell.deepest)) / um
        d = down * cell.profile.depth_of_floor_film(level) / um
        wall = np.interp(d, depths, offsets)
        raised, low = level.top / um, level.bottom / um
        rows.append(
            [
                np.column_stack((top * (flat - 1), np.full(len(flat), height + raised))),
                np.column_stack((raised * np.sin(phi), height + raised * np.cos(phi))),
                np.column_stack((wall, height - d)),
                np.column_stack((wall[-1] + (floor - wall[-1]) * along, np.full(len(along), low))),
            ]
        )
    points = np.array([np.concatenate(row) for row in rows])
    arcs = np.zeros(points.shape[1] - 1)
    arcs[len(flat) - 1 : len(flat) + 39] = math.pi / 80
    films = np.zeros(len(shares) - 1, dtype=np.int64)
    return 2 * element.length * _solve(points, films, arcs, np.ones(1), axis=False)


def _solve(points: Array, films: NDArray[np.int64], arcs: Array, sigma: Array, *, axis: bool) -> float:
    n = points.shape[1]
    along = np.arange(n - 1)
    quads = np.concatenate(
        [
            np.column_stack((k * n + along, k * n + along + 1, (k + 1) * n + along + 1, (k + 1) * n + along))
            for k in range(len(films))
        ]
    )
    basis = Basis(MeshQuad(points.reshape(-1, 2).T.copy(), quads.T.copy()), ElementQuad1(), intorder=4)
    half = np.where(arcs > 0, arcs / 2, 1e-9)
    per_quad = np.outer(sigma[films], half / np.tan(half)).ravel()
    form = BilinearForm(
        lambda u, v, w: w["sigma"] * (2 * np.pi * w.x[0] if axis else 1.0) * dot(grad(u), grad(v))
    )
    matrix = form.assemble(basis, sigma=basis.with_element(ElementQuad0()).interpolate(per_quad))
    potential = np.zeros(matrix.shape[0])
    potential[-n:] = 1.0
    ends = np.concatenate((np.arange(n), np.arange(len(potential) - n, len(potential))))
    potential = solve(*condense(matrix, x=potential, D=ends))
    return float(potential @ (matrix @ potential))
