"""Steady conduction through the films of a conformal cell by finite elements: resistance and current spread.

``div(sigma grad phi) = 0`` in each film between ideal collectors, continuous current and a jump of the
potential ``j = (phi_outer - phi_inner)/R`` at every interface with a resistance (linear kinetics).
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import splu

from tfgeom.errors import MeshError, SolveError
from tfgeom.films import Stack
from tfgeom.geometry.kinds import Cell
from tfgeom.geometry.plan import Loop
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.coefficients import PARTS, Conductors
from tfgeom.transport.conducting_core import ConductingCore, NodeSheets, conducting_core
from tfgeom.transport.conduction_system import ConductionSystem, assemble_conduction
from tfgeom.transport.interface_current import FaceCurrent, face_current, flux_mismatch, peak_to_mean
from tfgeom.transport.limits import column_resistance
from tfgeom.transport.line_solver import solve_by_lines
from tfgeom.transport.series import series_resistance
from tfgeom.transport.surface_element import surface_mass

_RESIDUAL_LIMIT = 1e-8
_IMBALANCE_LIMIT = 1e-6
_BOUND_ROUNDING = 1e-9
_COLUMNS_EXCESS = 1e-3  # by which parallel columns of varying films may exceed the true resistance
_SHARP_SUBLEVELS = 6
_DIRECT_UNKNOWNS = 4000  # above it lines are quicker
_CORNER_ORDER = 4 / 3  # a film's outer face at a foot is a 270 degree corner


@dataclass(frozen=True, slots=True)
class Conduction:
    """Result of the finite-element solve, per footprint.

    Attributes
    ----------
    asr
        Area-specific resistance, ohm m².
    asr_by_part
        Its split by dissipation over `PARTS`, ohm m²; sums to ``asr``.
    current_peak_to_mean
        For ``cathode`` and ``anode``: the current density exceeded on 0.1 % of the electrode's interface with
        the electrolyte, over its mean.
    reaction_imbalance
        Largest relative difference between the currents through the electrolyte, its two interfaces, and
        the dissipated power per volt: guards the linear solve.
    flux_mismatch
        Mean absolute difference, relative, between the current density of an interface and the electrolyte's
        own gradient there: indicates the resolution.
    discretisation_error
        Estimate of the relative error of ``asr``, from a second solve on another member of the mesh family:
        the parts' differences added without their signs, so that they cannot cancel, extrapolated.
    unknowns, n_nodes, n_cells
        Size of the linear system and of the mesh (nodes doubled at interfaces).
    seconds
        Time for ``mesh``, ``assemble`` and ``solve``, both solves together.
    core
        The films that were solved for.
    mesh
        Their mesh.
    sheets
        Which copies of its levels carry unknowns.
    potential
        Potential at the nodes of the sheets when 1 V lies between the terminals, shape (n_sheets, n_surface).
    """

    asr: float
    asr_by_part: dict[str, float]
    current_peak_to_mean: dict[str, float]
    reaction_imbalance: float
    flux_mismatch: float
    discretisation_error: float
    unknowns: int
    n_nodes: int
    n_cells: int
    seconds: dict[str, float]
    core: ConductingCore
    mesh: FilmMesh
    sheets: NodeSheets
    potential: NDArray[np.float64]


def solve_conduction(
    stack: Stack, conductors: Conductors, resolution: Resolution | None = None
) -> Conduction:
    """Return resistance and current distribution of a conformal cell between ideal collectors.

    Parameters
    ----------
    stack
        Films on any relief.
    conductors
        Their conductivities and interface resistances, from `coefficients.conductors`.
    resolution
        Of the mesh; the default is usually within 1e-4, with polygonal openings within 3e-4.

    Raises
    ------
    UnsupportedError
        When a layer fills the relief.
    SolveError
        When the solve did not reach its tolerance or its result violates a bound.
    """
    core = conducting_core(stack, conductors)
    resolution = resolution or _usual_resolution(stack.cell)
    other = resolution.member(resolution.refine // 2 if resolution.refine > 1 else 2)
    seconds = dict.fromkeys(("mesh", "assemble", "solve"), 0.0)
    fine = _solve_core(core, resolution, seconds)
    try:
        coarse = _solve_core(core, other, seconds)
    except MeshError:
        # the coarse companion's facets may not fit a narrow place that the finer mesh resolves
        other = resolution.member(resolution.refine + 1)
        coarse = _solve_core(core, other, seconds)
    outside = sum(core.outside.values())
    asr = fine.resistance + outside
    parts = {part: core.outside[part] + fine.by_part.get(part, 0.0) for part in PARTS}
    if fine.imbalance > _IMBALANCE_LIMIT:
        raise SolveError(
            f"the currents through the cell differ by {fine.imbalance:.1e} of each other (limit "
            f"{_IMBALANCE_LIMIT:.0e}); the films' conductivities may differ by too much: check them"
        )
    order = 2.0 if stack.cell.kind in ("planar", "wave") else _CORNER_ORDER
    ratio = (resolution.refine / other.refine) ** order
    change = sum(abs(coarse.by_part[part] - value) for part, value in fine.by_part.items())
    error = change / (abs(ratio - 1) * asr)
    _check_bounds(stack, conductors, core, asr, error)
    inner, outer = core.electrodes
    return Conduction(
        asr=asr,
        asr_by_part=parts,
        current_peak_to_mean={
            electrode: peak_to_mean(fine.system.mesh, face)
            for electrode, face in ((inner, fine.faces[0]), (outer, fine.faces[1]))
        },
        reaction_imbalance=fine.imbalance,
        flux_mismatch=fine.mismatch,
        discretisation_error=error,
        unknowns=fine.unknowns,
        n_nodes=fine.system.matrix.shape[0],
        n_cells=fine.system.mesh.n_hexes,
        seconds=seconds,
        core=core,
        mesh=fine.system.mesh,
        sheets=fine.system.sheets,
        potential=fine.potential,
    )


def _usual_resolution(cell: Cell) -> Resolution:
    """Return the resolution within 3e-4: the concave vertical edges of an opening want finer films."""
    sharp = any(isinstance(loop, Loop) and loop.opening and loop.sides for loop in cell.plan.elements)
    return Resolution(electrolyte_sublevels=_SHARP_SUBLEVELS) if sharp else Resolution()


@dataclass(frozen=True, slots=True)
class _Solution:
    """One solve: resistances in ohm m² of footprint."""

    system: ConductionSystem
    potential: NDArray[np.float64]
    unknowns: int
    resistance: float
    by_part: dict[str, float]
    faces: tuple[FaceCurrent, FaceCurrent]
    imbalance: float
    mismatch: float


def _solve_core(core: ConductingCore, resolution: Resolution, seconds: dict[str, float]) -> _Solution:
    start = perf_counter()
    mesh = mesh_films(core.stack, resolution)
    meshed = perf_counter()
    system = assemble_conduction(core, mesh)
    assembled = perf_counter()
    potential, unknowns = _solve(system)
    solution = _measure(system, potential, unknowns)
    for name, spent in (
        ("mesh", meshed - start),
        ("assemble", assembled - meshed),
        ("solve", perf_counter() - assembled),
    ):
        seconds[name] += spent
    return solution


def _solve(system: ConductionSystem) -> tuple[NDArray[np.float64], int]:
    """Return the potential for 1 V between the terminals, (n_sheets, n_surface), and the unknowns."""
    n_surface = system.mesh.points_um.shape[1]
    size = system.matrix.shape[0]
    potential = np.zeros(size)
    potential[size - n_surface :] = 1.0
    inside = slice(n_surface, size - n_surface)
    inner = system.matrix[inside, inside].tocsr()
    right = -(system.matrix[inside] @ potential)
    if len(right) <= _DIRECT_UNKNOWNS:
        potential[inside] = _direct(inner, right)
    else:
        films = system.sheets.film_of_sheet[1:-1]
        plane = sum(system.core.film_resistances) + sum(system.core.jump_resistances)
        power = 1e6 * system.mesh.cells * system.core.stack.cell.footprint / plane
        potential[inside] = solve_by_lines(inner, right, films, n_surface, power).potential.ravel()
    solved = potential[inside]
    scale = np.abs(inner) @ np.abs(solved) + np.abs(right)
    residual = float(np.max(np.abs(inner @ solved - right) / np.where(scale > 0, scale, 1.0)))
    if not (np.isfinite(solved).all() and residual < _RESIDUAL_LIMIT):
        raise SolveError(
            f"the linear solver left a relative residual of {residual:.1e} (limit {_RESIDUAL_LIMIT:.0e}); "
            "the films' conductivities may differ by too much: check them"
        )
    return potential.reshape(-1, n_surface), len(right)


def _direct(matrix: csr_matrix, right: NDArray[np.float64]) -> NDArray[np.float64]:
    columns = matrix.tocsc()
    factored = splu(
        columns, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    solved = factored.solve(right)
    return np.asarray(solved + factored.solve(right - columns @ solved))


def _measure(system: ConductionSystem, potential: NDArray[np.float64], unknowns: int) -> _Solution:
    from skfem import ElementHex0, Functional
    from skfem.helpers import dot, grad

    core, mesh, sheets, basis = system.core, system.mesh, system.sheets, system.basis
    sigma = basis.with_element(ElementHex0()).interpolate(system.sigma)
    power = Functional(lambda w: w["sigma"] * dot(grad(w["phi"]), grad(w["test"])))
    phi = basis.interpolate(potential.ravel()[: basis.N])
    dissipated = power.elemental(basis, sigma=sigma, phi=phi, test=phi)
    weight = _electrolyte_ramp(system)
    current = float(
        power.elemental(basis, sigma=sigma, phi=phi, test=basis.interpolate(weight.ravel()[: basis.N])).sum()
    )
    per_layer = dissipated.reshape(len(sheets.layers), -1).sum(axis=1)
    by_part: dict[str, float] = {}
    for film, watts in zip(sheets.films, per_layer, strict=True):
        part = core.conductors[film].part
        by_part[part] = by_part.get(part, 0.0) + float(watts)
    for (junction, low, up), conductance in zip(sheets.jumps, system.conductances, strict=True):
        interface = core.jumps[junction]
        assert interface is not None
        mass = surface_mass(mesh.points_um[sheets.levels[low]], mesh.quads, conductance)
        jump = potential[up] - potential[low]
        watts = float(np.sum(mass.values * jump[mass.rows] * jump[mass.columns]))
        by_part[interface.part] = by_part.get(interface.part, 0.0) + watts
    power_total = sum(by_part.values())
    resistance = core.stack.cell.footprint / (current * 1e-6 / mesh.cells)
    faces = (face_current(system, potential, "inner"), face_current(system, potential, "outer"))
    imbalance = max(abs(other / current - 1) for other in (power_total, faces[0].total, faces[1].total))
    mismatch = max(flux_mismatch(system, potential, face) for face in faces)
    return _Solution(
        system,
        potential,
        unknowns,
        resistance,
        {part: resistance * watts / power_total for part, watts in by_part.items()},
        faces,
        imbalance,
        mismatch,
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


def _check_bounds(
    stack: Stack, conductors: Conductors, core: ConductingCore, asr: float, error: float
) -> None:
    """Raise SolveError for a resistance outside its bounds.

    Levels as equipotentials bound a uniform stack from below on every mesh; the columns of films that vary
    with depth only nearly do.
    """
    uniform = all(film.inner.is_uniform and film.outer.is_uniform for film in core.stack.films)
    below = _BOUND_ROUNDING if uniform else _COLUMNS_EXCESS
    lower = sum(series_resistance(stack, conductors).values())
    upper = column_resistance(core) + sum(core.outside.values())
    if not lower * (1 - below) <= asr <= upper * (1 + _BOUND_ROUNDING + error):
        raise SolveError(
            f"the resistance by finite elements, {asr * 1e4:.6g} ohm cm2, lies outside its bounds "
            f"{lower * 1e4:.6g} to {upper * 1e4:.6g} ohm cm2; use a higher resolution"
        )
