"""What a concentration in the liquid of a flooded half-cell means: losses by part, currents, and places."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.film_mesh import facet_areas
from tfgeom.transport.flooded_current import flux_mismatch, liquid_power
from tfgeom.transport.salt_system import SaltState, SaltSystem
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


@dataclass(frozen=True, slots=True)
class SaltCurrent:
    """Losses and currents of one solve at a given current.

    Attributes
    ----------
    by_part
        Loss by part over the current, ohm m² of footprint.
    liquid_in_gaps, head_space
        The liquid's below and above the level of the coated flat top, ohm m² of footprint.
    gradient
        The part of the liquid's that the gradient of its salt makes, ohm m² of footprint.
    density
        Current density into the films at the nodes of their outer level, A/m² at 1 A/m² of footprint.
    imbalance
        Largest relative difference between wall current, counter current and power per volt.
    mismatch
        Of the liquid's gradient at the wall against the current density there, relative mean.
    """

    by_part: dict[str, float]
    liquid_in_gaps: float
    head_space: float
    gradient: float
    density: Floats
    imbalance: float
    mismatch: float


def measure_salt(problem: SaltSystem, state: SaltState) -> SaltCurrent:
    """Return what a state means.

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
    watts = dict.fromkeys(system.wall_resistances, 0.0) | {"electrolyte": sum(ohmic) + sum(gradient)}
    potential = state.excess + salt.logarithmic_voltage * state.logarithm
    n_surface = film_mesh.points_um.shape[1]
    if problem.wall is None:
        into_wall = -(system.liquid @ state.excess)[:n_surface]
    else:
        into_wall = (problem.wall * (potential + state.wall_offset))[:n_surface]
    level = len(film_mesh.points_um) - 1
    areas = nodal_areas(mesh.points_um[:n_surface], mesh.film_quads, film_mesh.normal_speed[-1])
    density = np.divide(into_wall, areas, out=np.zeros(n_surface), where=areas > 0)
    if problem.wall is None:
        into = density[mesh.film_quads].mean(axis=1) * film_mesh.areas_um2(level)
    else:
        conductance = 1e6 / system.wall_resistance / facet_areas(mesh.points_um, mesh.film_quads)
        shares = GAUSS_SHAPES.T @ (gauss_areas(mesh.points_um, mesh.film_quads) * conductance)
        drops = (potential + state.wall_offset)[mesh.film_quads].T
        into = np.sum(shares * drops, axis=0)
        power = np.sum(shares * drops**2, axis=0)
        for part, own in system.wall_resistances.items():
            watts[part] += float(power @ (own / system.wall_resistance))
    if problem.counter is None:
        counter_current = float((system.liquid @ state.excess)[problem.plane].sum())
    else:
        drop = state.counter_offset - potential
        counter_current = float(problem.counter @ drop)
        part = circuit.other_interface
        watts[part] = watts.get(part, 0.0) + float(problem.counter @ drop**2)
    footprint = film_mesh.cell.footprint
    current, wall_current = state.current, float(into_wall.sum())
    scale = 1e6 * footprint * mesh.cells / current**2
    through = sum(watts.values()) / state.polarisation
    return SaltCurrent(
        by_part={part: value * scale for part, value in watts.items()},
        liquid_in_gaps=(ohmic[0] + gradient[0]) * scale,
        head_space=(ohmic[1] + gradient[1]) * scale,
        gradient=sum(gradient) * scale,
        density=density * (footprint / UM**2 * mesh.cells / wall_current),
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
