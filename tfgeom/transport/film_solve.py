"""Potentials of a film problem: one linear solve, or Newton steps with Butler-Volmer kinetics."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import splu

from tfgeom.errors import SolveError
from tfgeom.transport.coefficients import Interface
from tfgeom.transport.conduction_system import ConductionSystem
from tfgeom.transport.film_links import FilmBlocks, FilmLinks
from tfgeom.transport.kinetics import ButlerVolmer
from tfgeom.transport.line_solver import solve_by_lines
from tfgeom.transport.solve_options import Drive
from tfgeom.transport.surface_element import GAUSS_SHAPES, pair_integrals

_DIRECT_UNKNOWNS = 4000  # above it lines are quicker
_RESIDUAL_LIMIT = 1e-6  # of Kirchhoff's law at a node, relative to what flows through it at 1 V
_TOLERANCE = 1e-8  # of the error in the energy norm, relative; that of the cell's current is its square
_JUMP_TOLERANCE = 1e-7  # of the current through an interface by its jump
_MOST_NEWTON, _MOST_HALVINGS = 60, 40
_NEWTON_TOLERANCE = 1e-7  # of the last step in the energy norm, relative; the steps converge quadratically
_STEP_TOLERANCE = 1e-9
_BISECTIONS = 60
_SUFFICIENT = 0.1  # share of the linear prediction by which a step has to lower the slope along it

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FilmSolution:
    """Potentials of one solve.

    Attributes
    ----------
    potential
        At the nodes of the sheets, V, (n_sheets, n); 0 at the inner terminal.
    voltage
        At the outer terminal, V.
    links
        The matrix with each interface at its secant: ``links`` times ``potential`` is what flows.
    unknowns
        Free nodes.
    iterations
        Of the line solver, all Newton steps together; 0 of a direct solve.
    jump_density
        Current density at the surface nodes of each junction at which the potential jumps, from its upper to
        its lower side, 1e6 A/m², (n,).
    newton_steps
        0 of a linear problem.
    """

    potential: Floats
    voltage: float
    links: FilmLinks
    unknowns: int
    iterations: int
    jump_density: dict[int, Floats]
    newton_steps: int = 0


def solve_films(system: ConductionSystem) -> FilmSolution:
    """Return the potential for 1 V between the terminals, at small signal.

    Raises
    ------
    SolveError
        When the solver did not reach its tolerance.
    """
    fixed = system.fixed
    lift = np.zeros(fixed.shape)
    lift[-1, fixed[-1]] = 1.0
    answer, iterations = _solve_lifted(system, system.links, lift)
    _require_solved(system.links, answer, fixed)
    density = {
        junction: 1e-6 / system.core.jump_resistances[junction] * (answer[above] - answer[below])
        for junction, below, above in system.sheets.jumps
    }
    return FilmSolution(answer, 1.0, system.links, int((~fixed).sum()), iterations, density)


def _solve_lifted(system: ConductionSystem, links: FilmLinks, lift: Floats) -> tuple[Floats, int]:
    """Return potentials that are those of ``lift`` at the fixed nodes."""

    def power(change: Floats) -> float:
        return links.power(lift + change)

    change, iterations = _solve(system, links, -links.node_current(lift), power, _tolerance(system))
    return lift + change, iterations


def _solve(
    system: ConductionSystem,
    links: FilmLinks,
    right: Floats,
    power: Callable[[Floats], float],
    tolerance: float,
) -> tuple[Floats, int]:
    """Return what solves ``links x = right`` at the free nodes and is zero at the fixed ones."""
    fixed = system.fixed
    right = np.where(fixed, 0.0, right)
    blocks = links.blocks(fixed)
    if int((~fixed).sum()) <= _DIRECT_UNKNOWNS:
        return _direct(blocks, right), 0
    found = solve_by_lines(blocks, right, _groups(system), power, tolerance)
    return found.potential, found.iterations


def _tolerance(system: ConductionSystem) -> float:
    """Return the error to stop at.

    That of the current through an interface, taken by its jump, is larger by the root of its conductance.
    """
    jumps = [jump for jump in system.core.jump_resistances if jump]
    if not jumps:
        return _TOLERANCE
    contrast = (sum(system.core.film_resistances) + sum(jumps)) / min(jumps)
    return min(_TOLERANCE, _JUMP_TOLERANCE / math.sqrt(contrast))


def _groups(system: ConductionSystem) -> NDArray[np.int64]:
    """Return the coarse unknown of each sheet: one a film, two where currents run along the films.

    Along a wall the potential of a poor electrolyte leans from one face to the other, which one constant
    cannot follow; between ideal contacts it makes little difference.
    """
    films = system.sheets.film_of_sheet
    groups = np.cumsum(np.concatenate(([0], np.diff(films) != 0)))
    if all(nodes is None for nodes in system.terminals):
        return groups
    sizes = np.bincount(groups)
    inside = np.arange(len(groups)) - (np.cumsum(sizes) - sizes)[groups]
    halves = 2 * groups + (inside >= sizes[groups] / 2)
    return np.asarray(np.unique(halves, return_inverse=True)[1])


def _direct(blocks: FilmBlocks, right: Floats) -> Floats:
    columns = blocks.matrix().tocsc()
    try:
        factored = splu(
            columns, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
        )
    except RuntimeError as error:
        raise SolveError(f"the films are not held by anything: {error}") from error
    load = right.T.ravel()
    solved = factored.solve(load)
    solved = solved + factored.solve(load - columns @ solved)
    return np.asarray(solved.reshape(right.T.shape).T)


def _require_solved(links: FilmLinks, potential: Floats, fixed: NDArray[np.bool_]) -> None:
    """Raise unless Kirchhoff's law holds at every free node."""
    missed = np.abs(links.node_current(potential))[~fixed]
    steps = np.abs(potential).max()
    scale = np.array([links.within(sheet)[links.pattern.diagonal] for sheet in range(links.n_sheets)])[~fixed]
    residual = float(np.max(missed / np.where(scale > 0, scale * steps, 1.0), initial=0.0))
    if not (np.isfinite(potential).all() and residual < _RESIDUAL_LIMIT):
        raise SolveError(
            f"the linear solver left a relative residual of {residual:.1e} (limit {_RESIDUAL_LIMIT:.0e}); "
            "the films' conductivities may differ by too much: check them"
        )


@dataclass(frozen=True, slots=True)
class _Face:
    """One interface: its link, its law (None where it is linear), and whether the electrode lies below."""

    link: int
    junction: int
    interface: Interface
    law: ButlerVolmer | None
    electrode_below: bool

    def flow(self, drop: Floats) -> tuple[Floats, Floats]:
        """Return current density from the upper to the lower side (A/m²) and its derivative (S/m²).

        ``drop`` is the potential of the upper side over the lower one, V.
        """
        if self.law is None:
            conductance = 1 / self.interface.resistance
            return conductance * drop, np.full_like(drop, conductance)
        # the law takes the electrode over the electrolyte, and gives what leaves the electrode
        sign = -1.0 if self.electrode_below else 1.0
        current, slope = self.law.current(sign * drop)
        return sign * current, slope

    def drop(self, density: float) -> float:
        """Return the potential difference at which a current density passes, V."""
        if self.law is None:
            return density * self.interface.resistance
        sign = -1.0 if self.electrode_below else 1.0
        return sign * self.law.drop(sign * density)

    def density(self, potential: Floats) -> Floats:
        """Return the current density at the nodes, 1e6 A/m²."""
        return 1e-6 * self.flow(potential[self.link + 1] - potential[self.link])[0]


def drive_films(system: ConductionSystem, drive: Drive) -> FilmSolution:
    """Return the potential at a finite voltage or current, with Butler-Volmer kinetics at the electrodes.

    Newton steps on a convex problem (all laws grow with the potential); each is shortened until it lowers the
    slope of the dissipation potential along it.  At given current the voltage is one more unknown.

    Parameters
    ----------
    system
        The assembled problem.
    drive
        Voltage or current, positive on discharge: then current runs through the electrolyte from the anode
        to the cathode.

    Raises
    ------
    SolveError
        When the steps do not converge, or an interface has charge transfer without an exchange current.
    """
    faces = _faces(system)
    fixed = system.fixed
    outwards = 1.0 if system.core.electrodes[1] == "anode" else -1.0
    at_terminal = np.zeros(fixed.shape)
    at_terminal[-1, fixed[-1]] = 1.0
    linear = solve_films(system)
    conductance = system.links.power(linear.potential)  # 1e-6 S
    target = None
    if drive.current is not None:  # 1e-6 A of the sector
        target = outwards * drive.current * 1e6 * system.mesh.cells * system.core.stack.cell.footprint
    aimed = None if drive.voltage is None else outwards * drive.voltage
    potential, voltage = _start(system, faces, linear, aimed, target)
    iterations = linear.iterations
    descent = power = np.inf
    for step in range(1, _MOST_NEWTON + 1):
        _, tangent, currents = _faces_at(system, faces, potential)
        power = abs(float(np.sum(potential * currents)))
        measure = partial(_constant, power)
        change, used = _solve(system, tangent, -currents, measure, _STEP_TOLERANCE)
        iterations += used
        dv, load = 0.0, 0.0
        if target is not None:
            # what a volt more does, and by how much the terminal misses its current after the plain step
            measure = partial(_constant, conductance)
            reply, used = _solve(
                system, tangent, -tangent.node_current(at_terminal), measure, _STEP_TOLERANCE
            )
            iterations += used
            reply += at_terminal
            after = (currents + tangent.node_current(change))[-1][fixed[-1]].sum()
            dv = float((target - after) / tangent.node_current(reply)[-1][fixed[-1]].sum())
            change, load = change + dv * reply, target * dv
        descent = float(np.sum(change * currents)) - load
        if abs(descent) <= _NEWTON_TOLERANCE**2 * power:
            potential, voltage = potential + change, voltage + dv
            secant = _faces_at(system, faces, potential)[0]
            _require_solved(secant, potential, fixed)
            density = {face.junction: face.density(potential) for face in faces}
            return FilmSolution(potential, voltage, secant, linear.unknowns, iterations, density, step)
        share = _line_search(system, faces, potential, change, descent, load)
        potential, voltage = potential + share * change, voltage + share * dv
    raise SolveError(
        f"the Newton iteration did not converge in {_MOST_NEWTON} steps (last error "
        f"{abs(descent / power) ** 0.5:.1e}, limit {_NEWTON_TOLERANCE:.0e}); use a smaller current or voltage"
    )


def _constant(power: float, _: Floats) -> float:
    return power


def _line_search(
    system: ConductionSystem, faces: tuple[_Face, ...], potential: Floats, change: Floats,
    descent: float, load: float,
) -> float:  # fmt: skip
    """Return the share of a step at which the slope along it has fallen enough."""
    share = 1.0
    for _ in range(_MOST_HALVINGS):
        try:
            currents = _faces_at(system, faces, potential + share * change)[2]
        except SolveError:  # exponentials overflow that far out
            share /= 2
            continue
        slope = float(np.sum(change * currents)) - load
        if abs(slope) <= (1 - _SUFFICIENT * share) * abs(descent):
            return share
        share /= 2
    raise SolveError("the Newton iteration found no step that helps; use a smaller current or voltage")


def _faces(system: ConductionSystem) -> tuple[_Face, ...]:
    found = []
    for junction, below, _ in system.sheets.jumps:
        interface = system.core.jumps[junction]
        assert interface is not None
        law = None
        if interface.charge_transfer:
            if interface.exchange is None:
                raise SolveError(f"{interface.part}: Butler-Volmer kinetics need its exchange current")
            law = ButlerVolmer(
                interface.exchange,
                interface.anodic,
                interface.charge_transfer * interface.exchange,
                interface.contact,
            )
        inner = interface.part.removesuffix("_interface") == system.core.electrodes[0]
        found.append(_Face(below, junction, interface, law, inner))
    return tuple(found)


def _faces_at(
    system: ConductionSystem, faces: tuple[_Face, ...], potential: Floats
) -> tuple[FilmLinks, FilmLinks, Floats]:
    """Return the matrix with the faces' secants, with their tangents, and what each node gives, 1e-6 A."""
    links, quads = system.links, system.mesh.quads
    low, cross, up = links.low.copy(), links.cross.copy(), links.up.copy()
    tangents = low.copy(), cross.copy(), up.copy()
    for face in faces:
        if face.law is None:
            continue
        drop = GAUSS_SHAPES @ (potential[face.link + 1] - potential[face.link])[quads].T
        flow, slope = face.flow(drop)
        secant = np.divide(flow, drop, out=slope.copy(), where=drop != 0)
        areas = system.face_areas[face.junction]
        for (first, second, third), conductance in (((low, cross, up), secant), (tangents, slope)):
            mass = links.pattern.gather(pair_integrals(areas * conductance * 1e-6))
            first[face.link], second[face.link], third[face.link] = mass, -mass, mass
    secants = replace(links, low=low, cross=cross, up=up)
    first, second, third = tangents
    return secants, replace(links, low=first, cross=second, up=third), secants.node_current(potential)


def _start(
    system: ConductionSystem,
    faces: tuple[_Face, ...],
    linear: FilmSolution,
    voltage: float | None,
    target: float | None,
) -> tuple[Floats, float]:
    """Return potentials near the solution and their voltage: interfaces at the secants of their mean current.

    At given voltage that current is found by bisection of the ohmic rest and the interfaces in series.
    """
    curved = [face for face in faces if face.law is not None]
    areas = {face.link: float(system.face_areas[face.junction].sum()) for face in curved}
    conductance = system.links.power(linear.potential)
    at_faces = sum(
        system.links.link_product(face.link, linear.potential, linear.potential) for face in curved
    )
    rest = (1 - at_faces / conductance) / conductance

    def drops(current: float) -> list[float]:
        return [face.drop(1e6 * current / areas[face.link]) for face in curved]

    if target is None:
        assert voltage is not None
        low, high = 0.0, voltage / rest
        for _ in range(_BISECTIONS):
            target = (low + high) / 2
            short = abs(rest * target + sum(drops(target))) < abs(voltage)
            low, high = (target, high) if short else (low, target)
        assert target is not None
    found = drops(target)
    voltage = rest * target + sum(found) if voltage is None else voltage
    low_, cross, up = (values.copy() for values in (system.links.low, system.links.cross, system.links.up))
    for face, drop in zip(curved, found, strict=True):
        ratio = 1e6 * target / areas[face.link] / drop * face.interface.resistance
        for values in (low_, cross, up):
            values[face.link] *= ratio
    lift = np.zeros(system.fixed.shape)
    lift[-1, system.fixed[-1]] = voltage
    links = replace(system.links, low=low_, cross=cross, up=up)
    return _solve_lifted(system, links, lift)[0], voltage
