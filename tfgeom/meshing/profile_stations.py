"""The profile of a level as stations: points of it at which rows of nodes are laid.

A level surface is a plan swept along a profile, so all nodes of one row share a distance rho from the plan
and a height.  Stations number these rows from the flat top down the rim and the wall to the foot, of a
through-hole on to its lower flat; for every level they give rho, height and how long it is between them.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.geometry.profile import Level
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.geometry.wave import WaveCell
from tfgeom.meshing.arcs import arc
from tfgeom.meshing.resolution import Resolution
from tfgeom.units import UM

_STEEPEST = math.radians(30)  # turn of a wave that has as many steps as 30 degrees of a circle


@dataclass(frozen=True, slots=True)
class Stations:
    """Stations of a profile.

    Attributes
    ----------
    place
        Returns rho (um) and height (um) of every station at a level, shape (n, 2).
    lengths
        Returns the length of the level's curve, not of the chord, between each station and the next, um,
        shape (n - 1,).
    strips
        Name of the strip between each station and the next: rim, wall or lower rim; length n - 1.
    """

    place: Callable[[Level], NDArray[np.float64]]
    lengths: Callable[[Level], NDArray[np.float64]]
    strips: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of stations."""
        return len(self.strips) + 1


def lay_stations(cell: UnitCell, levels: tuple[Level, ...], first: float, resolution: Resolution) -> Stations:
    """Return the stations of a relief.

    Parameters
    ----------
    cell
        A relief with a flat top and straight walls, or a plane.
    levels
        Levels that will be meshed: where knots of their step coverage lie, and how far the wall reaches.
    first
        Largest step along the surface at foot and rim, um.
    resolution
        How fine.
    """
    if cell.is_flat:
        return Stations(lambda level: np.array([[0.0, level.bottom]]) / UM, lambda level: np.zeros(0), ())
    profile, height = cell.profile, cell.height
    rounding, turn, through = cell.rim_radius, cell.angle, cell.through
    rim = arc(turn, resolution.rim_chords * resolution.refine)
    # arc() runs from the x axis; here from the vertical: (rho, z) = (sin, cos)
    rim_nodes, rim_turns = rim[1:, ::-1], np.arctan2(rim[1:, 1], rim[1:, 0])
    longer = _arc_over_chord(rim)
    ends = [profile.wall_end if through else profile.depth_of_floor_film(level) for level in levels]
    shares, pieces = _wall_shares(cell, levels, min(ends), max(ends), first, resolution)
    lower = arc(math.pi - turn, resolution.rim_chords * resolution.refine) if through else np.zeros((1, 2))
    lower_turns = turn + np.arctan2(lower[1:, 1], lower[1:, 0])
    longer = np.concatenate((longer, np.ones(len(shares)), _arc_over_chord(lower)))
    lower_nodes = np.hypot(lower[1:, 0], lower[1:, 1])[:, None] * np.column_stack(
        (np.sin(lower_turns), np.cos(lower_turns))
    )

    def place(level: Level) -> NDArray[np.float64]:
        found = np.empty((1 + len(rim_nodes) + len(shares) + len(lower_nodes), 2))
        found[0] = profile.top_shift, height + level.top
        depths = rounding * (1 - np.cos(rim_turns))
        offsets = profile.offsets(depths, level)
        at = slice(1, 1 + len(rim_nodes))
        radii = (rounding + offsets)[:, None] * rim_nodes
        if uneven := rounding > 0 and not level.is_uniform:
            radii[:-1] *= _fuller(cell, level, np.vstack(([0.0, rounding + level.top], radii)), lower=False)
        found[at, 0] = profile.top_shift + radii[:, 0]
        found[at, 1] = height - rounding + radii[:, 1]
        end = profile.wall_end if through else profile.depth_of_floor_film(level)
        bounds = np.array([profile.wall_start, *pieces, end])
        depths = bounds[shares[:, 0].astype(int)] * (1 - shares[:, 1])
        depths += bounds[shares[:, 0].astype(int) + 1] * shares[:, 1]
        at = slice(at.stop, at.stop + len(shares))
        found[at] = profile.wall_points(depths, level)
        if any(bounds[-2] < depth < end for depth, _ in level.knots):
            last = slice(at.start + int(np.searchsorted(shares[:, 0], len(pieces))), at.stop - 1)
            found[last] += _shift(cell, level, found[at.start - 1 : at.stop], last.stop - last.start)
        if through:
            depths = height - rounding * (1 + np.cos(lower_turns))
            offsets = profile.offsets(depths, level)
            radii = (rounding + offsets)[:, None] * lower_nodes
            if uneven:
                start = found[at.stop - 1] - [profile.lower_edge, rounding]
                radii[:-1] *= _fuller(cell, level, np.vstack((start, radii)), lower=True)
            found[at.stop :, 0] = profile.lower_edge + radii[:, 0]
            found[at.stop :, 1] = rounding + radii[:, 1]
            found[-1] = profile.lower_edge, -level.top
        else:
            found[-1, 1] = level.bottom
        return found / UM

    def lengths(level: Level) -> NDArray[np.float64]:
        steps = np.diff(place(level), axis=0)
        return np.hypot(steps[:, 0], steps[:, 1]) * longer

    strips = ["rim"] * len(rim_nodes) + ["wall"] * len(shares) + ["lower rim"] * len(lower_nodes)
    return Stations(place, lengths, tuple(strips))


def _arc_over_chord(nodes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how long an arc is over each of its chords, as the polygon's length grows with the offset."""
    steps = np.diff(nodes, axis=0)
    turned = nodes[:-1, 0] * steps[:, 1] - nodes[:-1, 1] * steps[:, 0]
    return np.asarray(turned / (steps[:, 0] ** 2 + steps[:, 1] ** 2) ** 0.5)


def _fuller(cell: UnitCell, level: Level, nodes: NDArray[np.float64], *, lower: bool) -> float:
    """Return the factor, near 1, of the inner nodes of a rim of varying thickness that makes it exact.

    `arc` keeps area and moment of a circle; of a level whose distance from the rim's centre varies along the
    rim the chords between its nodes would cut off a little.

    Parameters
    ----------
    nodes
        Both ends of the rim and the nodes between them, m from its centre, shape (n, 2).
    lower
        Whether it is the rim of a through-hole's lower face.
    """
    profile, plan = cell.profile, cell.sharp_plan
    centre = profile.lower_edge if lower else profile.top_shift
    across = plan.perimeter + 2 * plan.kappa * centre
    x, z = nodes.T
    areas = (z[:-1] * x[1:] - x[:-1] * z[1:]) / 2
    moved = 2 * plan.kappa / 3 * areas
    # of the triangles with the centre the first and the last have one inner node: powers of the factor
    volume = np.polynomial.Polynomial([
        -profile.rim_volume(plan, level, lower=lower),
        across * (areas[0] + areas[-1]) + moved[0] * x[0] + moved[-1] * x[-1],
        across * areas[1:-1].sum() + moved[0] * x[1] + moved[-1] * x[-2],
        moved[1:-1] @ (x[1:-2] + x[2:-1]),
    ])  # fmt: skip
    factor = 1.0
    for _ in range(4):  # Newton's: 1e-3 off, then 1e-6, 1e-12 and rounding
        factor -= float(volume(factor) / volume.deriv()(factor))
    return factor


def _shift(cell: UnitCell, level: Level, wall: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return by how much the last stations above the foot move to make up for a knot between two of them, m.

    Where a knot of the coverage lies at the foot of one of the films, no station is at it: the chord
    across it would cut off a little.

    Parameters
    ----------
    wall
        Stations from the rim to the foot, m, shape (n, 2).
    count
        How many of them before the last move.
    """
    profile, plan = cell.profile, cell.sharp_plan
    out = np.array([profile.sine, 1 - profile.bend])

    def below(line: NDArray[np.float64]) -> float:
        middles = (line[1:, 0] + line[:-1, 0]) / 2
        areas = [plan.area_at(rho) for rho in (line[:-1, 0], middles, line[1:, 0])]
        return float(-np.diff(line[:, 1]) @ (areas[0] + 4 * areas[1] + areas[2])) / 6

    def lacking(shift: float) -> float:
        moved = wall.copy()
        moved[-1 - count : -1] += shift * out
        return below(profile.wall_line(level)) - below(moved)

    scale = 1e-3 * level.bottom
    tried = scale * np.array([-1.0, 0.0, 1.0, 2.0])
    volume = np.polynomial.Polynomial.fit(tried, [lacking(shift) for shift in tried], 3)  # it is a cubic
    found = 0.0
    for _ in range(4):
        found -= float(volume(found) / volume.deriv()(found))
    return found * out


def _wall_shares(
    cell: UnitCell,
    levels: tuple[Level, ...],
    nearest: float,
    furthest: float,
    first: float,
    resolution: Resolution,
) -> tuple[NDArray[np.float64], list[float]]:
    """Return piece and share within it of each wall station, (n, 2), and the depths between the pieces.

    The offset is piecewise linear in depth: a station lies at each of its corners on the bare wall.
    """
    start, sine = cell.profile.wall_start, cell.profile.sine
    knots = {depth for level in levels for depth, _ in level.knots}
    if cell.through:
        knots |= {cell.height - depth for depth in knots}
        if not all(level.is_uniform for level in levels):
            knots.add(cell.height / 2)
    least = 1e-3 * (nearest - start)
    pieces: list[float] = []
    for depth in sorted(depth for depth in knots if start + least < depth < nearest - least):
        # one depth of two films, once in um and once in nm: rounding leaves no room for a station between
        if not pieces or depth - pieces[-1] > 4 * math.ulp(depth):
            pieces.append(depth)
    bounds = [start, *pieces, furthest]
    shares = []
    for piece, (low, high) in enumerate(itertools.pairwise(bounds)):
        length = (high - low) / sine / UM
        at_start, at_end = piece == 0, piece == len(bounds) - 2
        if at_start and at_end:
            fractions = resolution.fractions(length, first, "both")
        elif at_start or at_end:
            fractions = resolution.fractions(length, first, "start" if at_start else "end")
        else:
            fractions = np.linspace(0, 1, 2 * resolution.refine + 1)
        shares.append(np.column_stack((np.full(len(fractions) - 1, piece), fractions[1:])))
    return np.concatenate(shares), pieces


def lay_wave_stations(cell: WaveCell, resolution: Resolution) -> tuple[Stations, NDArray[np.float64]]:
    """Return the stations of half a wave, from crest to valley, and their bare positions x, um, (n,).

    rho is the displacement along x.  Offsets are scaled by a factor near 1, one a level, that makes the area
    between the polygon of the level and that of the bare wave the film's exact area.
    """
    slope = math.atan(cell.amplitude * 2 * math.pi / cell.period)
    n_steps = max(4, math.ceil(2 * slope / _STEEPEST * resolution.angles)) * resolution.refine
    n_steps += n_steps % 2  # symmetric about the inflection
    bare = cell.curve(Level(0.0, 0.0), 2 * n_steps)[: n_steps + 1]
    steps = np.diff(bare, axis=0)
    chords = np.column_stack((-steps[:, 1], steps[:, 0]))

    def place(level: Level) -> NDArray[np.float64]:
        moved = cell.curve(level, 2 * n_steps)[: n_steps + 1] - bare
        linear = float(np.sum((moved[1:] + moved[:-1]) * chords)) / 2
        square = float(np.sum(moved[1:, 0] * moved[:-1, 1] - moved[1:, 1] * moved[:-1, 0])) / 2
        exact = cell.volume(level) / cell.period / 2
        scale = 1.0
        if exact > 0:
            scale = 2 * exact / (linear + math.sqrt(linear**2 + 4 * square * exact))
        return np.column_stack((scale * moved[:, 0], bare[:, 1] + scale * moved[:, 1])) / UM

    def lengths(level: Level) -> NDArray[np.float64]:
        coarse, fine = (_piece_lengths(cell, level, n_steps, pieces) for pieces in (8, 16))
        return np.asarray((4 * fine - coarse) / (3 * UM))

    return Stations(place, lengths, ("wall",) * n_steps), bare[:, 0] / UM


def _piece_lengths(cell: WaveCell, level: Level, steps: int, pieces: int) -> NDArray[np.float64]:
    """Return how long a level is over each of the steps of half a period, as so many chords each, m."""
    along = np.diff(cell.curve(level, 2 * steps * pieces)[: steps * pieces + 1], axis=0)
    return np.asarray(np.hypot(along[:, 0], along[:, 1]).reshape(steps, pieces).sum(axis=1))
