"""What a concentration in the liquid of a flooded half-cell means: losses by part, currents, and places."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.liquid.salt_system import SaltState, SaltSystem
from tfgeom.transport.liquid.wall_current import WallCurrent, flux_mismatch, liquid_power
from tfgeom.transport.losses import Loss, Losses, OperatingPoint
from tfgeom.transport.surface_element import GAUSS_SHAPES, gauss_areas, nodal_areas
from tfgeom.units import UM

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much salt the liquid holds at a place.

    Attributes
    ----------
    value
        mol/m³.
    strip
        Strip of the films' profile, or ``counter electrode``.
    place_um
        x, y, z; the axis of the feature is z, the bare floor z = 0.
    """

    value: float
    strip: str
    place_um: tuple[float, float, float]


def measure_salt(problem: SaltSystem, state: SaltState) -> WallCurrent:
    """Return what a state means; losses are those at its current.

    The liquid's loss is the integral of the current density times the gradient of the potential: of its
    linear part (the ohmic loss) and of its logarithmic one (the loss of the salt's gradient).

    Parameters
    ----------
    problem
        The assembled problem.
    state
        Its solution at a current.
    """
    system, mesh, salt = problem.system, problem.mesh, problem.salt
    circuit, film_mesh = system.circuit, system.film_mesh
    ohmic = liquid_power(system, state.excess, state.excess)
    gradient = liquid_power(system, state.excess, salt.logarithmic_voltage * state.logarithm)
    rows = [
        Loss("electrolyte", "liquid", ohmic[0], "gaps"),
        Loss("electrolyte", "liquid", ohmic[1], "head_space"),
        Loss("electrolyte", "salt", gradient[0], "gaps"),
        Loss("electrolyte", "salt", gradient[1], "head_space"),
    ]
    potential = state.excess + salt.logarithmic_voltage * state.logarithm
    n_surface = film_mesh.points_um.shape[1]
    if problem.wall is None:
        into_wall = -(system.liquid @ state.excess)[:n_surface]
    else:
        into_wall = (problem.wall * (potential + state.wall_offset))[:n_surface]
    level = len(film_mesh.points_um) - 1
    areas = nodal_areas(mesh.points_um[:n_surface], mesh.film_quads, film_mesh.area_ratio[-1])
    density = np.divide(into_wall, areas, out=np.zeros(n_surface), where=areas > 0)
    if problem.wall is None:
        into = density[mesh.film_quads].mean(axis=1) * film_mesh.areas_um2(level)
    else:
        areas_there = gauss_areas(mesh.points_um, mesh.film_quads)
        shares = GAUSS_SHAPES.T @ (areas_there * system.wall_conductance)
        drops = (potential + state.wall_offset)[mesh.film_quads].T
        into = np.sum(shares * drops, axis=0)
        power = np.sum(shares * drops**2, axis=0)
        rows += [
            Loss(*key, float(power @ (own / system.wall_resistance)), "wall")
            for key, own in system.wall_resistances.items()
        ]
    if problem.counter is None:
        counter_current = float((system.liquid @ state.excess)[problem.plane].sum())
    else:
        drop = state.counter_offset - potential
        counter_current = float(problem.counter @ drop)
        rows.append(Loss(circuit.other_interface, "charge_transfer", float(problem.counter @ drop**2)))
    footprint = film_mesh.cell.footprint
    current, wall_current = state.current, float(into_wall.sum())
    scale = 1e6 * footprint * mesh.unit_cells / current**2
    through = float(Losses(tuple(rows)).total) / state.polarisation
    drive = OperatingPoint(1e-6 * current / (footprint * mesh.unit_cells), state.polarisation)
    return WallCurrent(
        losses=Losses.of((replace(row, value=row.value * scale) for row in rows), drive),
        density=density * (footprint / UM**2 * mesh.unit_cells / wall_current),
        imbalance=max(abs(other / current - 1) for other in (wall_current, counter_current, through)),
        mismatch=flux_mismatch(system, state.excess, into),
    )


def least_on_films(problem: SaltSystem, state: SaltState) -> Concentration:
    """Return where the films have least salt beside them: a harmonic function is least at its border."""
    node = int(problem.films[np.argmin(state.logarithm[problem.films])])
    film_mesh = problem.system.film_mesh
    quad = int(np.flatnonzero((problem.mesh.film_quads == node).any(axis=1))[0])
    return _at(problem, state, node, film_mesh.strips[film_mesh.strip_of_quad[quad]])


def most_at_counter(problem: SaltSystem, state: SaltState) -> Concentration:
    """Return where the counter electrode has most salt beside it."""
    node = int(problem.plane[np.argmax(state.logarithm[problem.plane])])
    return _at(problem, state, node, "counter electrode")


def _at(problem: SaltSystem, state: SaltState, node: int, strip: str) -> Concentration:
    x, y, z = (float(value) for value in problem.mesh.points_um[node])
    value = problem.salt.concentration * float(np.exp(state.logarithm[node]))
    return Concentration(value, strip, (x, y, z))
