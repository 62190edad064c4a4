"""An upper bound of a relief's resistance: columns of current along the normals of the bare surface.

Every column is a thin tube of normals.  Its cross-section is a quadratic of the distance r along them: flats
keep theirs, that of a tube that leaves a curved wall grows linearly, and around a rim with the square.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.plan import Loop, Plan
from tfgeom.geometry.profile import Level
from tfgeom.geometry.unit_cell import UnitCell, swept_cell
from tfgeom.geometry.wave import WaveCell
from tfgeom.transport.films.core import ConductingCore
from tfgeom.transport.films.film_row import film_row

FloatArray = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_NODES = (_NODES + 1) / 2
_WEIGHTS = _WEIGHTS / 2
_WAVE_COLUMNS = 1024  # the midpoint rule of a smooth periodic function converges faster than any power


class _Columns(NamedTuple):
    """Tubes of normals side by side.

    Attributes
    ----------
    areas
        Coefficients of 1, r and r² of each cross-section, m², shape (3, n).
    faces
        Distance r at which each tube meets the inner face and the outer face of each film, m, shape
        (n_films + 1, n).
    """

    areas: FloatArray
    faces: FloatArray

    def at(self, r: FloatArray) -> FloatArray:
        """Return the cross-sections at distances r, m²."""
        constant, linear, square = self.areas
        return np.asarray(constant + r * (linear + r * square))


class _Edge(NamedTuple):
    """Part of a plan's edges whose normals stay together.

    Attributes
    ----------
    perimeter, kappa
        Its length at a distance rho from the plan is ``perimeter + 2 kappa rho``, m.
    mitred
        Whether neighbours cut off its ends: only the normals that stay clear of them carry current.
    """

    perimeter: float
    kappa: float
    mitred: bool = False


def column_resistance(core: ConductingCore) -> float:
    """Return an upper bound of a core's resistance, ohm m² of footprint.

    The current is forced to run along the normals of the bare relief, side by side through top, rims, wall
    and floor, and not at all where the films of wall and floor, or of the sides of a polygonal opening, meet.
    Any such flow dissipates at least the true power (Thomson's principle); it crosses faces that lie askew to
    the normals, where films vary with depth, with less dissipation than is counted here.

    Parameters
    ----------
    core
        Films on any cell.
    """
    cell = core.stack.cell
    columns = (
        _wave(core, cell)
        if isinstance(cell, WaveCell)
        else _relief(core, swept_cell(cell, "bounds"), _levels(core))
    )
    return cell.footprint / sum(_conductance(core, tubes) for tubes in columns)


def conductance_along_normals(core: ConductingCore, cell: UnitCell) -> float:
    """Return the conductance of a core as that of its normals side by side, S per unit cell.

    Each normal counts with the area it has at the mean offset of its films' resistance, and the normals of
    sides that meet are cut off at that offset: what the constants of `tfgeom.verification.corners` are added
    to where films vary with depth.

    Parameters
    ----------
    core
        Films of any step coverage on ``cell``.
    cell
        Their relief.
    """
    levels = _levels(core)
    films = film_row(core, cell.deepest)
    share = (films.mean_offset - films.bounds[0]) / (films.bounds[-1] - films.bounds[0])
    meeting = (levels[0].towards(levels[-1], float(share), cell.deepest),)
    sigma = np.array([film.conductivity for film in core.conductors])[:, None]
    jumps = np.array(core.jump_resistances)
    total = 0.0
    for columns in _relief(core, cell, meeting, float(share)):
        through = np.diff(columns.faces, axis=0) / sigma
        resistance = through.sum(axis=0) + jumps.sum()
        middles = (columns.faces[1:] + columns.faces[:-1]) / 2
        mean = ((through * middles).sum(axis=0) + jumps @ columns.faces) / resistance
        total += float(np.sum(columns.at(mean) / resistance))
    return total


def _conductance(core: ConductingCore, columns: _Columns) -> float:
    """Return the conductance of columns in parallel, S."""
    fans = columns.areas[0] == 0  # from a line; at r = 0 they have no area and carry nothing
    kept = ~fans | (columns.faces[0] > 0)
    columns, fans = _Columns(columns.areas[:, kept], columns.faces[:, kept]), fans[kept]
    resistance = np.zeros(fans.shape)
    for film, (low, up) in zip(core.conductors, itertools.pairwise(columns.faces), strict=True):
        # The nodes of a fan are spread evenly in ln r, in which 1/(r (a + b r)) dr is smooth.
        ratio = np.divide(up, low, out=np.ones_like(up), where=fans)
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            r = np.where(fans, low * ratio**node, low + node * (up - low))
            step = np.where(fans, r * np.log(ratio), up - low)
            resistance = resistance + weight * step / (film.conductivity * columns.at(r))
    for r, face in zip(columns.faces, core.jump_resistances, strict=True):
        if face:
            resistance = resistance + face / columns.at(r)
    return float(np.sum(1 / resistance))


def _levels(core: ConductingCore) -> tuple[Level, ...]:
    return (core.conductors[0].film.inner, *(film.film.outer for film in core.conductors))


def _relief(
    core: ConductingCore, cell: UnitCell, meeting: tuple[Level, ...], share: float = 1.0
) -> Iterator[_Columns]:
    """Yield the columns of a plan swept along a wall.

    Wall and floor end where they meet at any of the levels ``meeting``, sides of openings where they do at a
    ``share`` of the films.
    """
    levels, plan, profile = _levels(core), cell.sharp_plan, cell.profile
    tops = np.array([level.top for level in levels])

    def flat(area: float, offsets: FloatArray) -> _Columns:
        return _Columns(np.array([[area], [0.0], [0.0]]), offsets[:, None])

    if cell.is_flat:
        yield flat(cell.footprint, tops)
        return
    yield flat(plan.area_at(profile.top_shift), tops)
    start, end = profile.wall_start, profile.wall_end
    if cell.through:
        yield flat(plan.area_at(profile.lower_edge), tops)
    else:
        # the last normal above the floor film, and the first of the floor beside the wall's films
        depths = np.array([profile.depth_of_floor_film(level) for level in meeting])
        edge = max(
            float(profile.wall_points(depths[k : k + 1], level)[0, 0]) for k, level in enumerate(meeting)
        )
        yield flat(plan.footprint - plan.area_at(edge), np.array([level.bottom for level in levels]))
        end = float(depths.min())
    for part in _edges(plan):
        yield _rim(cell, levels, part, share, lower=False)
        if cell.through:
            yield _rim(cell, levels, part, share, lower=True)
        yield _wall(cell, levels, part, share, (start, end))


def _edges(plan: Plan) -> Iterator[_Edge]:
    """Yield the edges of a plan: the straight sides of a polygonal pillar apart from its corners."""
    for element in plan.elements:
        if isinstance(element, Loop) and element.sides and not element.opening:
            yield _Edge(element.perimeter, 0.0)
            yield _Edge(0.0, element.kappa)
        else:
            mitred = isinstance(element, Loop) and bool(element.sides)
            yield _Edge(element.perimeter, element.kappa, mitred)


def _rim(cell: UnitCell, levels: tuple[Level, ...], edge: _Edge, share: float, *, lower: bool) -> _Columns:
    """Return the columns of a rim, by the angle phi from the upward normal."""
    profile, rc = cell.profile, cell.rim_radius
    first, last = (cell.angle, np.pi) if lower else (0.0, cell.angle)
    centre = profile.lower_edge if lower else profile.top_shift
    phi, width = first + (last - first) * _NODES, (last - first) * _WEIGHTS
    depths = rc * (1 + np.cos(phi)) if lower else rc * (1 - np.cos(phi))
    faces = rc + _offsets(cell, levels, cell.height - depths if lower else depths)
    length = np.full_like(phi, edge.perimeter + 2 * edge.kappa * centre)
    spread = 2 * edge.kappa * np.sin(phi)
    if edge.mitred:
        length, spread = length + spread * _cut(faces, share), np.zeros_like(phi)
    return _Columns(np.array([np.zeros_like(phi), width * length, width * spread]), faces)


def _wall(
    cell: UnitCell, levels: tuple[Level, ...], edge: _Edge, share: float, between: tuple[float, float]
) -> _Columns:
    """Return the columns of the wall whose bare points lie between two depths."""
    profile, (start, end) = cell.profile, between
    knots = [depth for level in levels for depth, _ in level.table(cell.deepest)]
    if cell.through:
        knots += [cell.height - depth for depth in knots]
    breaks = np.unique([start, *(depth for depth in knots if start < depth < end), end])
    steps = np.diff(breaks)[:, None]
    depths = (breaks[:-1, None] + steps * _NODES).ravel()
    width = (steps * _WEIGHTS).ravel() / profile.sine
    faces = _offsets(cell, levels, depths)
    rho = profile.top_shift + profile.erosion + depths * profile.slope
    length = edge.perimeter + 2 * edge.kappa * rho
    spread = np.full_like(depths, 2 * edge.kappa * profile.sine)
    if edge.mitred:
        length, spread = length + spread * _cut(faces, share), np.zeros_like(depths)
    return _Columns(np.array([width * length, width * spread, np.zeros_like(depths)]), faces)


def _cut(faces: FloatArray, share: float) -> FloatArray:
    """Return the distance along each tube up to which it must stay clear of its neighbours, m."""
    return np.asarray((1 - share) * faces[0] + share * faces[-1])


def _offsets(cell: UnitCell, levels: tuple[Level, ...], depths: FloatArray) -> FloatArray:
    """Return the offset of each level above bare points at some depths, m, shape (n_levels, n)."""
    return np.array([cell.profile.offsets(depths, level) for level in levels])


def _wave(core: ConductingCore, cell: WaveCell) -> Iterator[_Columns]:
    """Yield the columns of a wave, equal in x; valleys narrow and crests widen them."""
    levels, k = _levels(core), 2 * np.pi / cell.period
    phase = 2 * np.pi * (np.arange(_WAVE_COLUMNS) + 0.5) / _WAVE_COLUMNS
    stretch = np.hypot(1, cell.amplitude * k * np.sin(phase))
    spread = cell.amplitude * k**2 * np.cos(phase) / stretch**3
    width = stretch * cell.period**2 / _WAVE_COLUMNS
    faces = np.array([cell.offsets(phase / k, level) for level in levels])
    yield _Columns(np.array([width, width * spread, np.zeros_like(phase)]), faces)
