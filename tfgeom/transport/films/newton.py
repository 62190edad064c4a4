"""Potentials at a finite current or voltage: Newton steps with Butler-Volmer kinetics at the electrodes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.searching import last_point
from tfgeom.transport.circuit import Interface
from tfgeom.transport.films.linear import (
    FilmSolution,
    require_solved,
    solve_films,
    solve_free,
    solve_lifted,
    tolerance_of,
)
from tfgeom.transport.films.links import FilmLinks
from tfgeom.transport.films.system import ConductionSystem
from tfgeom.transport.kinetics import ButlerVolmer
from tfgeom.transport.losses import ELECTRODE_AT
from tfgeom.transport.solve_options import Drive
from tfgeom.transport.surface_element import GAUSS_SHAPES, pair_integrals

_MOST_NEWTON, _MOST_HALVINGS = 60, 40
_NEWTON_TOLERANCE = 1e-7  # of the last step in the energy norm, relative; the steps converge quadratically
_STEP_TOLERANCE = 1e-9
_SUFFICIENT = 0.1  # share of the linear prediction by which a step has to lower the slope along it

Floats = NDArray[np.float64]


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
            return density * float(self.interface.resistance)
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
    terminal = system.held(1)
    at_terminal = terminal.astype(float)
    linear = solve_films(system)
    conductance = system.links.power(linear.potential)  # 1e-6 S
    target = None
    if drive.current is not None:  # 1e-6 A of the sector
        target = outwards * drive.current * 1e6 * system.mesh.unit_cells * system.core.stack.cell.footprint
    aimed = None if drive.voltage is None else outwards * drive.voltage
    potential, voltage = _start(system, faces, linear, aimed, target)
    iterations = linear.iterations
    descent = power = np.inf
    for step in range(1, _MOST_NEWTON + 1):
        _, tangent, currents = _faces_at(system, faces, potential)
        power = abs(float(np.sum(potential * currents)))
        change, used = _step(system, tangent, -currents, power)
        iterations += used
        dv, load = 0.0, 0.0
        if target is not None:
            # what a volt more does, and by how much the terminal misses its current after the plain step
            reply, used = _step(system, tangent, -tangent.node_current(at_terminal), conductance)
            iterations += used
            reply += at_terminal
            after = (currents + tangent.node_current(change))[terminal].sum()
            dv = float((target - after) / tangent.node_current(reply)[terminal].sum())
            change, load = change + dv * reply, target * dv
        descent = float(np.sum(change * currents)) - load
        if abs(descent) <= _NEWTON_TOLERANCE**2 * power:
            potential, voltage = potential + change, voltage + dv
            secant = _faces_at(system, faces, potential)[0]
            require_solved(secant, potential, fixed)
            density = {face.junction: face.density(potential) for face in faces}
            return FilmSolution(potential, voltage, secant, linear.unknowns, iterations, density, step)
        share = _line_search(system, faces, potential, change, descent, load)
        potential, voltage = potential + share * change, voltage + share * dv
    raise SolveError(
        f"the Newton iteration did not converge in {_MOST_NEWTON} steps (last error "
        f"{abs(descent / power) ** 0.5:.1e}, limit {_NEWTON_TOLERANCE:.0e}); use a smaller current or voltage"
    )


def _step(system: ConductionSystem, tangent: FilmLinks, right: Floats, power: float) -> tuple[Floats, int]:
    """Return the answer of the tangent problem to some currents, and the iterations it took."""
    try:
        return solve_free(system, tangent, right, lambda _: power, min(_STEP_TOLERANCE, tolerance_of(system)))
    except SolveError as error:
        raise SolveError(
            "the Newton iteration ended in a problem that has no solution: charge transfer is "
            "far from what the current asks; use a smaller current or voltage"
        ) from error


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
        inner = ELECTRODE_AT.get(interface.part) == system.core.electrodes[0]
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

    At given voltage that current is that of the ohmic rest and the interfaces in series.
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
        size = abs(voltage)
        target = last_point(
            lambda current: size - abs(rest * current + sum(drops(current))), 0.0, voltage / rest
        ).value
    found = drops(target)
    voltage = rest * target + sum(found) if voltage is None else voltage
    low_, cross, up = (values.copy() for values in (system.links.low, system.links.cross, system.links.up))
    for face, drop in zip(curved, found, strict=True):
        ratio = 1e6 * target / areas[face.link] / drop * face.interface.resistance
        for values in (low_, cross, up):
            values[face.link] *= ratio
    lift = np.where(system.held(1), voltage, 0.0)
    links = replace(system.links, low=low_, cross=cross, up=up)
    return solve_lifted(system, links, lift)[0], voltage
