"""What the resistance of a relief must come to: the closed form with its corners, and an upper bound.

The closed form takes the levels as equipotentials.  Near feet, rims and vertical edges they are not, and the
current through the strips beside them is less by a constant per length of edge (`corners`).  A wave has no
edges; its reference is a plane solve of half a period.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tfgeom.geometry.plan import Loop
from tfgeom.geometry.unit_cell import UnitCell, swept_cell
from tfgeom.geometry.wave import WaveCell
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.films.core import ConductingCore, conducting_core
from tfgeom.transport.films.film_row import film_row
from tfgeom.transport.films.normals_bound import conductance_along_normals
from tfgeom.transport.series import series_resistance
from tfgeom.units import UM
from tfgeom.verification.corners import foot_excess, rim_excess
from tfgeom.verification.plane_solve import plane_conductance

_WAVE_PIECES = 256  # along half a period
_WAVE_LAYERS = 8  # across each film; there are no corners to resolve
_WAVE_ERROR = 1e-5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
_NODES = (_NODES + 1) / 2
_WEIGHTS = _WEIGHTS / 2


@dataclass(frozen=True, slots=True)
class CornerExcess:
    """What the edges of a relief add to the conductance of the closed form.

    All are negative or zero: the closed form takes the levels as equipotentials.

    Attributes
    ----------
    foot, rim
        At the foot and at the upper rim of the walls, S per m of edge.
    lower_rim
        At the lower rim of a through-hole, which has no foot, S per m of edge.
    vertical
        Of all vertical edges of polygonal sections together, S per unit cell.
    """

    foot: float
    rim: float
    lower_rim: float = 0.0
    vertical: float = 0.0


def corner_excess(circuit: FilmCircuit) -> CornerExcess:
    """Return the corner constants of films on a relief.

    Parameters
    ----------
    circuit
        What conducts; a rounded rim starts its arcs at the rim radius.

    Notes
    -----
    A wall at angle t from the wafer plane turns by t at its rim and at its foot, by pi - t at the lower rim
    of a through-hole.  Films that vary with depth are taken as thick as they are at the edge.
    """
    return _corners(conducting_core(circuit))


def reference_asr(circuit: FilmCircuit) -> float:
    """Return the area-specific resistance by closed form and corner constants, ohm m² of footprint.

    ``G = G_closed + sum of length x excess`` per cell for the films between the ideal collectors.  Rims are
    as long as the bare edge, feet as the wall's outline on the floor at the mean offset of the resistance;
    vertical edges reach from one to the other.  Good where the films are thin against the relief.

    Where films vary with depth the closed form is that of the normals side by side.  It neglects what flows
    from one to the next, so the result is an estimate.  A wave is solved by finite elements over half a
    period, to 1e-5.

    Parameters
    ----------
    circuit
        As for `corner_excess`.
    """
    core = conducting_core(circuit)
    cell, outside = circuit.cell, float(core.outside.total)
    if isinstance(cell, WaveCell):
        return cell.footprint / wave_conductance(core) + outside
    cell = swept_cell(cell, "a reference resistance")
    if core.is_uniform:
        closed = float(series_resistance(circuit).total) - outside
        conductance = cell.footprint / closed
    else:
        conductance = conductance_along_normals(core, cell)
    corners, plan, profile = _corners(core), cell.sharp_plan, cell.profile

    def outline(rho: float) -> float:
        return plan.perimeter + 2 * plan.kappa * rho

    excess = corners.vertical + outline(profile.top_shift) * corners.rim
    if cell.through:
        excess += outline(profile.lower_edge) * corners.lower_rim
    elif not cell.is_flat:
        offset = film_row(core, cell.deepest).mean_offset + cell.rim_radius
        foot = profile.top_shift + cell.height * profile.slope + offset * profile.half_tangent
        excess += outline(foot) * corners.foot
    return cell.footprint / (conductance + excess) + outside


def reference_uncertainty(circuit: FilmCircuit) -> float:
    """Return how far off `reference_asr` may be for films of uniform thickness, relative.

    By how much its two closed forms differ, levels as equipotentials and normals side by side; and what both
    neglect where walls of unlike curvature stand side by side (tubes): the square of the spread of the films'
    offsets, weighted by their resistances, over the smallest radius.

    Parameters
    ----------
    circuit
        As for `reference_asr`.
    """
    core, cell = conducting_core(circuit), circuit.cell
    if not isinstance(cell, UnitCell) or cell.is_flat:
        return _WAVE_ERROR
    along = cell.footprint / conductance_along_normals(core, cell)
    apart = abs(along / (float(series_resistance(circuit).total) - float(core.outside.total)) - 1)
    radii = [loop.inradius for loop in cell.plan.elements if isinstance(loop, Loop) and not loop.sides]
    if not radii:
        return apart
    films = film_row(core, 0.0)
    middles = (films.bounds[1:] + films.bounds[:-1]) / 2
    square = films.film_resistances @ (middles**2 + np.diff(films.bounds) ** 2 / 12)
    square = (square + films.faces @ films.bounds**2) / films.resistance
    return float(apart + (square - films.mean_offset**2) / min(radii) ** 2)


def wave_conductance(core: ConductingCore, pieces: int = _WAVE_PIECES, layers: int = _WAVE_LAYERS) -> float:
    """Return the conductance of a core on a wave by plane finite elements, S per unit cell.

    Two meshes are solved, the coarser with half as many elements each way, and their results extrapolated at
    second order.

    Parameters
    ----------
    core
        Films on a wave.
    pieces
        Elements along half a period, which symmetry lets stand for the whole; even.
    layers
        Elements across each film; even.
    """
    cell = core.stack.cell
    if not isinstance(cell, WaveCell):
        raise TypeError(f"a {cell.kind} cell is no wave")
    coarse, fine = (_half_wave(core, cell, pieces // k, layers // k) for k in (2, 1))
    return 2 * cell.period * (4 * fine - coarse) / 3


def _half_wave(core: ConductingCore, cell: WaveCell, pieces: int, layers: int) -> float:
    """Return the conductance of half a period, S per m."""
    inner = core.conductors[0].film.inner
    faces = [cell.curve(level, 2 * pieces) for level in (inner, *(c.film.outer for c in core.conductors))]
    halves = np.array(faces)[:, : pieces + 1] / UM
    across = np.arange(1, layers + 1)[:, None, None] / layers
    lifted = [halves[:1], *(low + across * (up - low) for low, up in itertools.pairwise(halves))]
    steepest = 2 * np.pi * cell.amplitude / cell.period
    turned = np.arctan(steepest * np.sin(np.pi * np.arange(pieces + 1) / pieces))
    return plane_conductance(
        np.concatenate(lifted),
        np.repeat(np.arange(len(core.conductors)), layers),
        np.array([film.conductivity for film in core.conductors]),
        np.array(core.jump_resistances),
        np.abs(np.diff(turned)),
    )


def _corners(core: ConductingCore) -> CornerExcess:
    if not core.stack.cell.has_corners:
        return CornerExcess(0.0, 0.0)
    cell = swept_cell(core.stack.cell, "corner constants")
    top = film_row(core, 0.0)
    rim = rim_excess(top, cell.angle, cell.rim_radius)
    vertical = _vertical_edges(core, cell)
    if cell.through:
        lower = rim_excess(top, math.pi - cell.angle, cell.rim_radius)
        return CornerExcess(0.0, rim, lower, vertical)
    return CornerExcess(foot_excess(film_row(core, cell.deepest), cell.angle), rim, 0.0, vertical)


def _vertical_edges(core: ConductingCore, cell: UnitCell) -> float:
    """Return what the edges between the sides of polygonal sections add, S per unit cell."""
    total = 0.0
    for element in cell.sharp_plan.elements:
        if isinstance(element, Loop) and element.sides:
            turn = 2 * math.pi / element.sides
            edge = _concave_edge if element.opening else _convex_edge
            total += element.sides * edge(core, cell, turn)
    return total


def _concave_edge(core: ConductingCore, cell: UnitCell, turn: float) -> float:
    """Return what one edge of a polygonal opening adds, S.

    Leaning sides whose normals turn by ``turn`` seen from above meet at a flatter angle, along a line that
    leans more than they do.
    """
    profile = cell.profile
    flatter = math.acos(profile.sine**2 * math.cos(turn) + (1 - profile.bend) ** 2)
    along = math.hypot(1, profile.slope / math.cos(turn / 2))
    return along * _over_height(
        core, cell, lambda depth: foot_excess(film_row(core, depth), flatter), changes=not core.is_uniform
    )


def _convex_edge(core: ConductingCore, cell: UnitCell, turn: float) -> float:
    """Return what one edge of a polygonal pillar adds, S.

    Walls that lean round it off to a cone with its tip at the smallest section.  Across its generators a cone
    is bent with the radius rho/sin t, through the angle ``turn`` sin t.
    """
    profile = cell.profile

    def excess(depth: float) -> float:
        rho = profile.top_shift + profile.erosion + depth * profile.slope
        return rim_excess(film_row(core, depth), turn * profile.sine, max(0.0, rho / profile.sine))

    changes = not (core.is_uniform and profile.is_vertical)
    return _over_height(core, cell, excess, changes=changes) / profile.sine


def _over_height(
    core: ConductingCore, cell: UnitCell, excess: Callable[[float], float], *, changes: bool
) -> float:
    """Return the integral of what an edge adds per m of height, S, at bare depths from rim to floor film."""
    start, height = cell.profile.wall_start, _edge_height(core, cell)
    if not changes:
        return height * excess(start)
    # Cones are sharpest, and change most, at the material's smallest section.
    share = _NODES**2 if cell.profile.slope >= 0 else 1 - _NODES**2
    found = [excess(depth) for depth in start + share * height]
    return height * float(2 * _WEIGHTS * _NODES @ found)


def _edge_height(core: ConductingCore, cell: UnitCell) -> float:
    """Return how much height the wall has at the mean offset of the resistance, m."""
    if cell.through:
        return cell.height - 2 * cell.rim_radius
    top = film_row(core, 0.0).mean_offset + cell.rim_radius
    floor = film_row(core, cell.deepest).mean_offset + cell.rim_radius
    return cell.height + top * (1 - cell.profile.bend) - floor
