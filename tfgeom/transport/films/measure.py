"""What the potential of a film problem means: losses row by row, currents through the faces, their spread."""

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.films.faces import face_current, flux_mismatch
from tfgeom.transport.films.fields import FilmFields
from tfgeom.transport.films.linear import FilmSolution
from tfgeom.transport.films.system import ConductionSystem
from tfgeom.transport.losses import Loss, Losses, Mechanism, OperatingPoint
from tfgeom.transport.spread import current_spread
from tfgeom.transport.steady import Measured
from tfgeom.transport.surface_element import GAUSS_SHAPES
from tfgeom.units import UM

Floats = NDArray[np.float64]


def measure_films(system: ConductionSystem, solution: FilmSolution, *, driven: bool) -> Measured:
    """Return what a potential means, the losses outside the core included.

    Parameters
    ----------
    system
        The assembled problem.
    solution
        Its potential.
    driven
        Whether it is that of a finite drive, at which losses belong to its current.
    """
    core, mesh = system.core, system.mesh
    rows, current = _powers(system, solution)
    power, voltage = float(Losses(tuple(rows)).total), solution.voltage
    cells, footprint = mesh.unit_cells, core.stack.cell.footprint
    resistance = footprint * voltage / (current * 1e-6 / cells)
    inside = Losses.of(Loss(row.part, row.mechanism, resistance * row.value / power) for row in rows)
    losses = inside + core.outside
    density = abs(current) * 1e-6 / (cells * footprint)  # A/m² of footprint
    if driven:
        losses = Losses(losses.rows, OperatingPoint(density, float(losses.total) * density))
    inner, outer = core.electrodes
    faces = {
        inner: face_current(system, solution, "inner"),
        outer: face_current(system, solution, "outer"),
    }
    others = (power / voltage, *(face.total for face in faces.values()))
    forward = {electrode: np.sign(face.total) * face.density for electrode, face in faces.items()}
    return Measured(
        losses=losses,
        spread={
            electrode: current_spread(mesh, face.level, forward[electrode])
            for electrode, face in faces.items()
        },
        reaction_imbalance=max(abs(other / current - 1) for other in others),
        flux_mismatch=max(flux_mismatch(system, solution, face) for face in faces.values()),
        unknowns=solution.unknowns,
        n_nodes=system.n_nodes,
        n_cells=mesh.n_hexes,
        iterations=solution.iterations,
        newton_steps=solution.newton_steps,
        fields=FilmFields(
            core=core,
            film_mesh=mesh,
            sheets=system.sheets,
            potential=solution.potential,
            voltage=voltage,
            per_current=float(inside.total) / voltage,
            face_density={electrode: 1e6 / density * values for electrode, values in forward.items()},
        ),
    )


def _powers(system: ConductionSystem, solution: FilmSolution) -> tuple[list[Loss], float]:
    """Return the power of each row, 1e-6 W of the sector, and the current through the electrolyte, 1e-6 A."""
    core, sheets, links, potential = system.core, system.sheets, solution.links, solution.potential
    ramp = _electrolyte_ramp(system)
    rows: list[Loss] = []
    current = 0.0
    for (link, _), film in zip(sheets.layers, sheets.films, strict=True):
        rows.append(Loss(core.conductors[film].part, "film", links.link_product(link, potential, potential)))
        if film in core.electrolyte:
            current += links.link_product(link, ramp, potential)
    for junction, link, _ in sheets.jumps:
        rows += _face_rows(system, solution, junction, links.link_product(link, potential, potential))
        if core.electrolyte[0] < junction <= core.electrolyte[-1]:
            current += links.link_product(link, ramp, potential)
    for side, sheet in ((0, 0), (1, links.n_sheets - 1)):
        watts = links.along_power(sheet, potential)
        if watts:
            along = [one.along for one in core.sheets[side]]
            rows += [
                Loss(one.part, "film", watts * share / sum(along))
                for one, share in zip(core.sheets[side], along, strict=True)
            ]
    return rows, current


def _face_rows(system: ConductionSystem, solution: FilmSolution, junction: int, power: float) -> list[Loss]:
    """Return the power of an interface by mechanism: the same current crosses contact and charge transfer.

    At small signal they share it as their resistances; at a finite drive the contact takes ``i² R``.
    """
    interface = system.core.jumps[junction]
    assert interface is not None
    mechanisms = interface.by_mechanism
    shares: dict[Mechanism, float] = {
        mechanism: power * value / interface.resistance for mechanism, value in mechanisms.items()
    }
    if len(mechanisms) > 1 and solution.newton_steps:
        crossing = 1e6 * GAUSS_SHAPES @ solution.jump_density[junction][system.mesh.quads].T  # A/m²
        ohmic = interface.contact * float(np.sum(system.face_areas[junction] * crossing**2)) * UM**2 * 1e6
        shares = {"charge_transfer": power - ohmic, "contact": ohmic}
    return [Loss(interface.part, mechanism, share) for mechanism, share in shares.items()]


def _electrolyte_ramp(system: ConductionSystem) -> Floats:
    """Return a test function that rises from 0 to 1 across the electrolyte, (n_sheets, n_surface).

    Weighted with it, the electrolyte's gradients give the total current without the cancellation that
    conductances many orders larger in the electrodes would cause.
    """
    sheets, electrolyte = system.sheets, system.core.electrolyte
    first, last = sheets.faces[electrolyte[0]][0], sheets.faces[electrolyte[-1]][1]
    steps = np.array(sheets.levels, dtype=float)
    ramp = (steps - steps[first]) / (steps[last] - steps[first])
    return np.repeat(np.clip(ramp, 0, 1)[:, None], system.mesh.points_um.shape[1], axis=1)
