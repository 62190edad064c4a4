"""What the resistance of a relief must come to: the closed form, its corners, and an upper bound.

The closed form takes the levels as equipotentials.  Near a wall foot and a rim they are not, and the current
through the strips beside them is less by a constant per length of edge.  These constants come from plane
finite elements on the corner alone, with the design's films and interfaces.
"""

import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.linalg import splu

from tfgeom.films import Stack
from tfgeom.transport.coefficients import Conductors
from tfgeom.transport.conducting_core import ConductingCore, conducting_core, node_sheets
from tfgeom.transport.series import series_resistance
from tfgeom.units import UM

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_FAN_CELLS = 24  # of half a rim, 45 degrees
_RATIO = 1.15  # of neighbouring cells, towards faces and corner
_FINEST = 1e-3  # first cell over the film's thickness


@dataclass(frozen=True, slots=True)
class CornerExcess:
    """What a 90 degree foot and a 90 degree rim add to the conductance of the closed form, S/m of edge.

    Both are negative or zero: the closed form takes the levels as equipotentials.
    """

    foot: float
    rim: float


def corner_excess(stack: Stack, conductors: Conductors) -> CornerExcess:
    """Return the corner constants of a stack, S per m of edge.

    Parameters
    ----------
    stack
        Uniform films; a rounded rim starts its arcs at the rim radius.
    conductors
        Their conductivities and interface resistances.

    Notes
    -----
    By symmetry half of each corner is solved: the films on one flat strip up to the bisector.  The strip is
    long against the distances over which the potential relaxes, so at its far end the films conduct as on a
    plane and the difference from the closed form no longer depends on it.
    """
    return _corners(conducting_core(stack, conductors))


def reference_asr(stack: Stack, conductors: Conductors) -> float:
    """Return the area-specific resistance by closed form and corner constants, ohm m² of footprint.

    ``G = G_closed + p_foot dG_foot + p_rim dG_rim`` per cell for the films between the ideal collectors: the
    rim is as long as the bare edge, the foot as the wall's outline at the mean offset of the resistance.
    Good where the films are thin against the relief.
    """
    core = conducting_core(stack, conductors)
    outside = sum(core.outside.values())
    closed = sum(series_resistance(stack, conductors).values()) - outside
    corners = _corners(core)
    plan, offset = stack.cell.sharp_plan, _mean_offset(core) + stack.cell.rim_radius
    feet = (plan.perimeter + 2 * plan.kappa * offset) * corners.foot
    conductance = stack.cell.footprint / closed + feet + plan.perimeter * corners.rim
    return stack.cell.footprint / conductance + outside


def column_resistance(core: ConductingCore) -> float:
    """Return an upper bound of a core's resistance, ohm m² of footprint.

    The current is forced to run along the normals of the relief, side by side through top, rim, wall and
    floor, and not at all where the films of wall and floor meet.  Any such flow dissipates at least the
    true power (Thomson's principle).
    """
    cell = core.stack.cell
    plan, rounding = cell.sharp_plan, cell.rim_radius
    last = core.stack.top.bottom + rounding

    def columns(offset: float) -> NDArray[np.float64]:
        d = offset + rounding
        floor = cell.footprint - plan.area - plan.perimeter * last - plan.kappa * last**2
        areas = [floor] if cell.height == 0 else [floor, plan.area]
        for edge in plan.elements:
            areas.append(edge.perimeter * np.pi / 2 * d + 2 * edge.kappa * d**2)
            areas.append((edge.perimeter + 2 * edge.kappa * d) * (cell.height - last))
        return np.array(areas)

    resistance = np.zeros(1)
    with np.errstate(divide="ignore"):  # the arc of a sharp rim at offset 0 carries nothing
        for film in core.conductors:
            start, end = film.film.inner.top, film.film.outer.top
            for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                area = columns((start + end) / 2 + node * (end - start) / 2)
                resistance = resistance + weight * (end - start) / 2 / (film.conductivity * area)
        for offset, face in zip(_faces(core), core.jump_resistances, strict=True):
            if face:
                resistance = resistance + face / columns(offset)
        return float(cell.footprint / np.sum(1 / resistance))


def _corners(core: ConductingCore) -> CornerExcess:
    if core.stack.cell.height == 0:
        return CornerExcess(0.0, 0.0)
    rounding = core.stack.cell.rim_radius
    bounds = _faces(core) / UM
    # Half a foot is half the floor strip from the bisector on: its closed form has the width L - d.
    foot = 2 * _half_corner(core, bounds, is_rim=False)
    rim = 2 * _half_corner(core, bounds + rounding / UM, is_rim=True)
    return CornerExcess(foot, rim)


def _half_corner(core: ConductingCore, bounds: NDArray[np.float64], *, is_rim: bool) -> float:
    """Return the conductance of half a corner less its closed form, S/m; offsets in um."""
    sigma = np.array([film.conductivity for film in core.conductors])
    faces = np.array(core.jump_resistances)
    length = _strip_length(core, bounds)
    levels, films = _film_levels(bounds)
    profile = _profile(length, bounds, is_rim=is_rim)
    points = profile.origin[None] + levels[:, None, None] * profile.velocity[None]
    conductance = _plane_conductance(points, films, sigma, faces, profile.chords)
    # Closed form for long strips, width length + slope d: its 1/length terms go with the strip's far end.
    slope = np.pi / 4 if is_rim else -1.0
    total = sum(core.film_resistances) + faces.sum()
    shift = bounds[0] - core.conductors[0].film.inner.top / UM
    mean_offset = _mean_offset(core) / UM + shift
    return float(conductance - (length + slope * mean_offset) * UM / total)


def _faces(core: ConductingCore) -> NDArray[np.float64]:
    """Return the offsets of the films' faces, m."""
    return np.array([core.conductors[0].film.inner.top, *(c.film.outer.top for c in core.conductors)])


def _mean_offset(core: ConductingCore) -> float:
    """Return the offset of a core's films and faces weighted with their resistances, m."""
    bounds = _faces(core)
    films, faces = np.array(core.film_resistances), np.array(core.jump_resistances)
    weighted = films @ (bounds[1:] + bounds[:-1]) / 2 + faces @ bounds
    return float(weighted / (films.sum() + faces.sum()))


def _strip_length(core: ConductingCore, bounds: NDArray[np.float64]) -> float:
    """Return a length, um, long against thickness and against the relaxation along each film.

    Along a film of sheet conductance sigma t that leaks through the resistances on both its sides, the
    potential relaxes over sqrt(sigma t/(g_in + g_out)).
    """
    films, faces = np.array(core.film_resistances), np.array(core.jump_resistances)
    inside = np.cumsum(films) - films + np.cumsum(faces[:-1])
    outside = np.maximum(films.sum() + faces.sum() - inside - films, 0.0)
    sheet = np.array([film.conductivity * film.film.layer.thickness for film in core.conductors])
    with np.errstate(divide="ignore"):
        relaxation = np.sqrt(sheet / (1 / inside + 1 / outside)) / UM
    return float(max(20 * (bounds[-1] - bounds[0]), 15 * relaxation.max()))


def _film_levels(bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return levels fine at both faces of every film, um, and the film of each layer."""
    steps = _graded(0.5, _FINEST / 2)
    across = np.concatenate((steps, 1 - steps[-2::-1]))
    levels, films = [bounds[:1]], []
    for index, (low, up) in enumerate(itertools.pairwise(bounds)):
        levels.append(low + across[1:] * (up - low))
        films.append(np.full(len(across) - 1, index))
    return np.concatenate(levels), np.concatenate(films)


def _graded(length: float, first: float) -> NDArray[np.float64]:
    """Return nodes from 0 to ``length`` in geometric progression, the first cell at most ``first``."""
    count = max(1, int(np.ceil(np.log(1 + length * (_RATIO - 1) / first) / np.log(_RATIO))))
    return np.asarray(length * (_RATIO ** np.arange(count + 1) - 1) / (_RATIO**count - 1))


class _Profile(NamedTuple):
    """Nodes in the plane at ``origin[i] + d velocity[i]``, both (n, 2), and the arc angle of each segment."""

    origin: NDArray[np.float64]
    velocity: NDArray[np.float64]
    chords: NDArray[np.float64]


def _profile(length: float, bounds: NDArray[np.float64], *, is_rim: bool) -> _Profile:
    """Return the profile of half a corner: from the bisector around the rim, then a strip along +x."""
    first = _FINEST * float(np.diff(bounds).min())
    strip = _graded(length, first) / length
    flat = np.column_stack((length * strip, np.zeros(len(strip))))
    if not is_rim:
        velocity = np.column_stack((1 - strip, np.ones(len(strip))))
        return _Profile(flat, velocity, np.zeros(len(strip) - 1))
    step = np.pi / 4 / _FAN_CELLS
    angles = step * np.arange(_FAN_CELLS) - np.pi / 4
    fan = np.column_stack((np.sin(angles), np.cos(angles)))
    return _Profile(
        np.concatenate((np.zeros((_FAN_CELLS, 2)), flat)),
        np.concatenate((fan, np.tile([0.0, 1.0], (len(strip), 1)))),
        np.concatenate((np.full(_FAN_CELLS, step), np.zeros(len(strip) - 1))),
    )


def _plane_conductance(
    points: NDArray[np.float64],
    film_of_layer: NDArray[np.int64],
    sigma: NDArray[np.float64],
    faces: NDArray[np.float64],
    chords: NDArray[np.float64],
) -> float:
    """Return the conductance between first and last level of a lifted profile, S/m.

    Parameters
    ----------
    points
        Shape (n_levels, n_profile, 2), um.
    film_of_layer
        Shape (n_levels - 1,).
    sigma
        Conductivity of each film, S/m.
    faces
        Resistance below each film and above the last, ohm m².
    chords
        Arc angle that each segment of the profile stands for, shape (n_profile - 1,).  A chord lies nearer
        to its neighbour than the arc by cos(angle/2) and is shorter by sin(angle/2)/(angle/2).
    """
    from skfem import Basis, BilinearForm, ElementQuad0, ElementQuad1, MeshQuad
    from skfem.helpers import dot, grad

    counts = tuple(int(count) for count in np.bincount(film_of_layer))
    sheets = node_sheets(counts, tuple(bool(face) for face in faces))
    n = points.shape[1]
    nodes = points[list(sheets.levels)].reshape(-1, 2)
    along = np.arange(n - 1)
    quads = np.concatenate(
        [
            np.column_stack((low * n + along, low * n + along + 1, up * n + along + 1, up * n + along))
            for low, up in sheets.layers
        ]
    )
    basis = Basis(MeshQuad(nodes.T.copy(), quads.T.copy()), ElementQuad1(), intorder=3)
    laplace = BilinearForm(lambda u, v, w: w["sigma"] * dot(grad(u), grad(v)))
    half = np.where(chords > 0, chords / 2, 1e-9)
    per_quad = np.outer(sigma[list(sheets.films)], half / np.tan(half)).ravel()
    matrix = csr_matrix(
        laplace.assemble(basis, sigma=basis.with_element(ElementQuad0()).interpolate(per_quad))
    )
    matrix.resize((len(nodes), len(nodes)))  # a terminal behind an interface belongs to no quad
    for junction, low, up in sheets.jumps:
        matrix = matrix + _line_jump(
            points[sheets.levels[low]],
            (low * n, up * n),
            UM / faces[junction] * half / np.sin(half),
            matrix.shape[0],
        )
    potential = np.zeros(matrix.shape[0])
    potential[-n:] = 1.0
    free = np.arange(n, matrix.shape[0] - n)
    right = -(matrix[free] @ potential)
    factored = splu(
        matrix[free][:, free].tocsc(),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    potential[free] = factored.solve(right)
    return float((matrix[:n] @ potential).sum() * -1)


def _line_jump(
    points: NDArray[np.float64], starts: tuple[int, int], conductance: NDArray[np.float64], size: int
) -> csr_matrix:
    """Return the coupling of two copies of a polyline of nodes by a conductance per length."""
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1) * conductance
    left = np.arange(len(lengths))
    rows, columns, values = [], [], []
    for a, b, weight in ((0, 0, 1 / 3), (1, 1, 1 / 3), (0, 1, 1 / 6), (1, 0, 1 / 6)):
        for i, j, sign in ((0, 0, 1), (1, 1, 1), (0, 1, -1), (1, 0, -1)):
            rows.append(left + a + starts[i])
            columns.append(left + b + starts[j])
            values.append(sign * weight * lengths)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return coo_matrix(entries, shape=(size, size)).tocsr()
