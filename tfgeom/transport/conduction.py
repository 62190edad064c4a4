"""Steady conduction through the films of a conformal cell by finite elements: resistance and current spread.

``div(sigma grad phi) = 0`` in each film, continuous current and a jump of the potential at every interface
with a resistance (linear, or Butler-Volmer at a finite drive), collectors that are equipotential or conduct
along the relief to their contacts.
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MaterialError, SolveError, UnsupportedError
from tfgeom.films import Stack
from tfgeom.geometry.plan import Loop
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.coefficients import PARTS, Conductors
from tfgeom.transport.conducting_core import ConductingCore, NodeSheets, conducting_core
from tfgeom.transport.conduction_system import ConductionSystem, assemble_conduction
from tfgeom.transport.contacts import Contacts, check_contacts, contact_nodes
from tfgeom.transport.film_newton import drive_films
from tfgeom.transport.film_solve import FilmSolution, solve_films
from tfgeom.transport.interface_current import FaceCurrent, face_current, flux_mismatch
from tfgeom.transport.limits import column_resistance
from tfgeom.transport.series import series_resistance
from tfgeom.transport.solve_options import Drive, require_accuracy
from tfgeom.transport.spread import CurrentSpread, current_spread
from tfgeom.transport.two_resolutions import IMBALANCE_LIMIT, require_balance, solve_twice

_COLUMNS_EXCESS = 1e-3  # by which parallel columns of varying films may exceed the true resistance
_SHARP_SUBLEVELS = 6
_BYTES_PER_UNKNOWN = 2000  # peak of assembly and solve, measured at 1e6 unknowns
_OUTSIDE_SHARE = 1e-6
_COLLECTORS = ("inner_collector", "outer_collector")


@dataclass(frozen=True, slots=True)
class Conduction:
    """Result of the finite-element solve, per footprint.

    Attributes
    ----------
    asr
        Area-specific resistance, ohm m²: at small signal, or polarisation over current at a finite drive.
    asr_by_part
        Its split by dissipation over `PARTS`, ohm m²; sums to ``asr``.
    spread
        For ``cathode`` and ``anode``: how unevenly the current crosses its interface with the electrolyte.
    reaction_imbalance
        Largest relative difference between the currents through the electrolyte, its two interfaces, and
        the dissipated power per volt: guards the linear solve.
    flux_mismatch
        Mean absolute difference, relative, between the current density of an interface and the electrolyte's
        own gradient there: indicates the resolution.
    discretisation_error
        Estimate of the relative error of ``asr``, from a second solve on another member of the mesh family:
        the parts' differences added without their signs, so that they cannot cancel, extrapolated.
    bounds
        Lower and upper bound of ``asr``, ohm m²: levels as equipotentials, and current along the normals.  A
        bound that does not hold for the cell (contacts, finite drives) is None.
    unknowns, n_nodes, n_cells
        Size of the linear system and of the mesh (nodes doubled at interfaces).
    iterations, newton_steps
        Of the finer solve; 0 where it was direct, or linear.
    seconds
        Time for ``mesh``, ``assemble`` and ``solve``, both solves together.
    core
        The films that were solved for.
    mesh
        Their mesh.
    sheets
        Which copies of its levels carry unknowns.
    potential
        Potential at the nodes of the sheets, V, shape (n_sheets, n_surface); 0 at the inner terminal.
    voltage
        Potential of the outer terminal of the core, V: 1 at small signal.
    face_density
        For ``cathode`` and ``anode``: current density at the surface nodes of its interface at 1 A/m² of
        footprint, A/m², shape (n_surface,).
    polarisation, footprint_current
        Of a finite drive: V, A/m²; None at small signal.
    """

    asr: float
    asr_by_part: dict[str, float]
    spread: dict[str, CurrentSpread]
    reaction_imbalance: float
    flux_mismatch: float
    discretisation_error: float
    bounds: tuple[float | None, float | None]
    unknowns: int
    n_nodes: int
    n_cells: int
    iterations: int
    newton_steps: int
    seconds: dict[str, float]
    core: ConductingCore
    mesh: FilmMesh
    sheets: NodeSheets
    potential: NDArray[np.float64]
    voltage: float
    face_density: dict[str, NDArray[np.float64]]
    polarisation: float | None = None
    footprint_current: float | None = None

    @property
    def current_peak_to_mean(self) -> dict[str, float]:
        """For ``cathode`` and ``anode``: the density exceeded on 0.1 % of its interface, over its mean."""
        return {electrode: spread.peak_to_mean for electrode, spread in self.spread.items()}


def solve_conduction(
    stack: Stack,
    conductors: Conductors,
    resolution: Resolution | None = None,
    contacts: Contacts | None = None,
    drive: Drive | None = None,
    within: float | None = None,
) -> Conduction:
    """Return resistance and current distribution of a conformal cell.

    Parameters
    ----------
    stack
        Films on any relief.
    conductors
        Their conductivities and interface resistances, from `coefficients.conductors`.
    resolution
        Of the mesh; the default is usually within 1e-4, with polygonal openings within 3e-4.
    contacts
        Where the collectors are contacted; equipotential collectors by default.
    drive
        A finite voltage or current, at which charge transfer follows Butler-Volmer; small signal by default.
        A voltage is that between the terminals of the core.
    within
        Largest discretisation error that is accepted, relative; any by default.

    Raises
    ------
    UnsupportedError
        When a layer fills the relief.
    DesignError
        For a contact that the relief does not have.
    MaterialError
        When nothing that is known to conduct leads along the relief to a contact.
    SolveError
        When the solve did not reach its tolerance, its result violates a bound, or the resolution is too
        coarse for the error asked for.
    """
    core = conducting_core(stack, conductors)
    check_contacts(stack.cell, contacts or Contacts())
    places = _effective(contacts or Contacts(), core)
    resolution = resolution or usual_resolution(stack.cell)
    if drive is not None and drive.voltage is not None:
        _require_all_inside(stack, conductors, core)
    seconds = dict.fromkeys(("mesh", "assemble", "solve"), 0.0)
    solves = solve_twice(lambda at: _solve_core(core, at, places, drive, seconds), resolution, stack.cell)
    fine = solves.fine
    require_balance(fine.imbalance, "the films' conductivities")
    parts, others = (
        {part: core.outside[part] + solve.by_part.get(part, 0.0) for part in PARTS}
        for solve in (fine, solves.other)
    )
    asr = sum(parts.values())
    error = solves.error(parts, others)
    require_accuracy(error, within, resolution)
    bounds: tuple[float | None, float | None] = (None, None)
    if drive is None:
        bounds = _checked_bounds(stack, conductors, core, asr, error, places.ideal)
    density = abs(fine.current) * 1e-6 / (fine.system.mesh.cells * stack.cell.footprint)  # A/m² of footprint
    return Conduction(
        asr=asr,
        asr_by_part=parts,
        spread={
            electrode: current_spread(fine.system.mesh, face.level, np.sign(face.total) * face.density)
            for electrode, face in zip(core.electrodes, fine.faces, strict=True)
        },
        reaction_imbalance=fine.imbalance,
        flux_mismatch=fine.mismatch,
        discretisation_error=error,
        bounds=bounds,
        unknowns=fine.solution.unknowns,
        n_nodes=fine.system.n_nodes,
        n_cells=fine.system.mesh.n_hexes,
        iterations=fine.solution.iterations,
        newton_steps=fine.solution.newton_steps,
        seconds=seconds,
        core=core,
        mesh=fine.system.mesh,
        sheets=fine.system.sheets,
        potential=fine.solution.potential,
        voltage=fine.solution.voltage,
        face_density={
            electrode: np.sign(face.total) * face.density * 1e6 / density
            for electrode, face in zip(core.electrodes, fine.faces, strict=True)
        },
        polarisation=None if drive is None else asr * density,
        footprint_current=None if drive is None else density,
    )


def _require_all_inside(stack: Stack, conductors: Conductors, core: ConductingCore) -> None:
    """Raise UnsupportedError when resistance outside the core would take part of a given voltage."""
    outside = {part: value for part, value in core.outside.items() if value}
    share = sum(outside.values()) / sum(series_resistance(stack, conductors).values())
    if share > _OUTSIDE_SHARE:
        largest = max(outside, key=lambda part: outside[part])
        raise UnsupportedError.at(
            "--voltage",
            f"not yet supported: a finite voltage where {largest} outside the solved films takes {share:.1%} "
            "of it; give --current",
        )


def usual_resolution(cell: Cell) -> Resolution:
    """Return the resolution within 3e-4: the concave vertical edges of an opening want finer films."""
    sharp = any(isinstance(loop, Loop) and loop.opening and loop.sides for loop in cell.plan.elements)
    return Resolution(electrolyte_sublevels=_SHARP_SUBLEVELS) if sharp else Resolution()


def _effective(contacts: Contacts, core: ConductingCore) -> Contacts:
    """Return the contacts with ideal ones where the collector's resistance is not known.

    Raises
    ------
    MaterialError
        When there is no collector and the electrode's conductivity is not known.
    """
    places = [contacts.inner, contacts.outer]
    for index, (side, sheet) in enumerate(zip(_COLLECTORS, core.sheets, strict=True)):
        unlimited = [conductor for conductor in sheet if np.isinf(conductor.conductivity)]
        if places[index] == "ideal" or not unlimited:
            continue
        layer = unlimited[0].film.layer
        collected = any(conductor.part == side for conductor in sheet) or layer.material.is_lithium_metal
        if not collected:
            raise MaterialError.at(
                f"layers.{layer.name}.material",
                f"there is no {side}, and the electronic conductivity of '{layer.material.name}', which has "
                f"to carry the current to the contact '{places[index]}', is not known; give "
                f"materials.{layer.material.name}.electronic_conductivity, add a current_collector, or use "
                "operation.contact: ideal",
            )
        places[index] = "ideal"
    return Contacts(*places)


@dataclass(frozen=True, slots=True)
class _Solution:
    """One solve: resistances in ohm m² of footprint, current in 1e-6 A of the sector."""

    system: ConductionSystem
    solution: FilmSolution
    current: float
    resistance: float
    by_part: dict[str, float]
    faces: tuple[FaceCurrent, FaceCurrent]
    imbalance: float
    mismatch: float


def _solve_core(
    core: ConductingCore,
    resolution: Resolution,
    contacts: Contacts,
    drive: Drive | None,
    seconds: dict[str, float],
) -> _Solution:
    start = perf_counter()
    mesh = mesh_films(core.stack, resolution)
    unknowns = mesh.n_nodes + sum(jump is not None for jump in core.jumps) * mesh.points_um.shape[1]
    require_memory(_BYTES_PER_UNKNOWN * unknowns, f"the solve for {unknowns:,} unknowns")
    meshed = perf_counter()
    terminals = (contact_nodes(mesh, contacts.inner), contact_nodes(mesh, contacts.outer))
    system = assemble_conduction(core, mesh, terminals)
    assembled = perf_counter()
    solution = solve_films(system) if drive is None else drive_films(system, drive)
    measured = _measure(system, solution)
    for name, spent in (
        ("mesh", meshed - start),
        ("assemble", assembled - meshed),
        ("solve", perf_counter() - assembled),
    ):
        seconds[name] += spent
    return measured


def _measure(system: ConductionSystem, solution: FilmSolution) -> _Solution:
    core, sheets, links, potential = system.core, system.sheets, solution.links, solution.potential
    ramp = _electrolyte_ramp(system)
    by_part: dict[str, float] = {}
    current = 0.0

    def count(part: str, watts: float) -> None:
        by_part[part] = by_part.get(part, 0.0) + watts

    for (link, _), film in zip(sheets.layers, sheets.films, strict=True):
        count(core.conductors[film].part, links.link_product(link, potential, potential))
        if film in core.electrolyte:
            current += links.link_product(link, ramp, potential)
    for junction, link, _ in sheets.jumps:
        interface = core.jumps[junction]
        assert interface is not None
        count(interface.part, links.link_product(link, potential, potential))
        if core.electrolyte[0] < junction <= core.electrolyte[-1]:
            current += links.link_product(link, ramp, potential)
    for side, sheet in ((0, 0), (1, links.n_sheets - 1)):
        watts = links.along_power(sheet, potential)
        if watts:
            along = [
                conductor.conductivity * conductor.film.layer.thickness for conductor in core.sheets[side]
            ]
            for conductor, share in zip(core.sheets[side], along, strict=True):
                count(conductor.part, watts * share / sum(along))
    power_total = sum(by_part.values())
    voltage = solution.voltage
    resistance = core.stack.cell.footprint * voltage / (current * 1e-6 / system.mesh.cells)
    faces = (face_current(system, solution, "inner"), face_current(system, solution, "outer"))
    others = (power_total / voltage, faces[0].total, faces[1].total)
    return _Solution(
        system,
        solution,
        current,
        resistance,
        {part: resistance * watts / power_total for part, watts in by_part.items()},
        faces,
        max(abs(other / current - 1) for other in others),
        max(flux_mismatch(system, solution, face) for face in faces),
    )


def _electrolyte_ramp(system: ConductionSystem) -> NDArray[np.float64]:
    """Return a test function that rises from 0 to 1 across the electrolyte, (n_sheets, n_surface).

    Weighted with it, the electrolyte's gradients give the total current without the cancellation that
    conductances many orders larger in the electrodes would cause.
    """
    sheets, electrolyte = system.sheets, system.core.electrolyte
    first, last = sheets.faces[electrolyte[0]][0], sheets.faces[electrolyte[-1]][1]
    steps = np.array(sheets.levels, dtype=float)
    ramp = (steps - steps[first]) / (steps[last] - steps[first])
    return np.repeat(np.clip(ramp, 0, 1)[:, None], system.mesh.points_um.shape[1], axis=1)


def _checked_bounds(
    stack: Stack,
    conductors: Conductors,
    core: ConductingCore,
    asr: float,
    error: float,
    ideal: bool,
) -> tuple[float, float | None]:
    """Return the bounds of a resistance; raise SolveError when it lies outside.

    Levels as equipotentials bound a uniform stack from below on every mesh; the columns of films that vary
    with depth only nearly do.  Current along the normals bounds it from above between equipotential
    collectors.
    """
    uniform = all(film.inner.is_uniform and film.outer.is_uniform for film in core.stack.films)
    below = IMBALANCE_LIMIT if uniform else _COLUMNS_EXCESS
    lower = sum(series_resistance(stack, conductors).values())
    upper = column_resistance(core) + sum(core.outside.values()) if ideal and uniform else None
    most = np.inf if upper is None else upper * (1 + IMBALANCE_LIMIT + error)
    if not lower * (1 - below) <= asr <= most:
        raise SolveError(
            f"the resistance by finite elements, {asr * 1e4:.6g} ohm cm2, lies outside its bounds "
            f"{lower * 1e4:.6g} to {most * 1e4:.6g} ohm cm2; use a higher resolution"
        )
    return lower, upper
